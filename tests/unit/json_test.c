/* Strict JSON in, compact JSON out, and times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"

static bool checks(const char *text, size_t len)
{
	char error[200] = "", *copy = malloc(len + 1);
	bool good;

	/* At its exact size, so that a read past the end is seen. */
	assert_non_null(copy);
	memcpy(copy, text, len);
	copy = realloc(copy, len ? len : 1);
	good = json_check(copy, len, error, sizeof(error));
	assert_int_equal(good, error[0] == '\0');
	free(copy);
	return good;
}

static void test_what_is_json(void **state)
{
	static const char *const good[] = {
		"{}",
		"[]",
		"null",
		"true",
		"false",
		"0",
		"-0",
		"-1.5e+10",
		"1E5",
		"\"\"",
		" [ 1 , 2 ] ",
		"{\"a\":{\"a\":1}}",
		"\"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		"\"\\ud83d\\ude00\"",
		"\"\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\"",
		"[{\"a\":1},{\"a\":2}]",
		"\t\r\n1",
		"[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]",
		"\"\x7f\"",
		"{\"\":0}",
		"123456789012345678901234567890123456789012345678901234567890",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (!checks(good[i], strlen(good[i])))
			fail_msg("refused: %s", good[i]);
	}
}

static void test_what_is_not(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"}",
		"[1,]",
		"[,1]",
		"[1 2]",
		"{\"a\"}",
		"{\"a\":}",
		"{\"a\":1,}",
		"{a:1}",
		"{'a':1}",
		"tru",
		"nul",
		"True",
		"NaN",
		"Infinity",
		"01",
		"-",
		"+1",
		"1.",
		".5",
		"1e",
		"1e+",
		"0x10",
		"\"",
		"\"a",
		"\"\\\"",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\\u0000\"",
		"\"\\ud800\"",
		"\"\\udc00\"",
		"\"\\ud800\\u0041\"",
		"\"\\ud800x\"",
		"\"a\nb\"",
		"\"\t\"",
		"\"\x1f\"",
		"1 2",
		"{}{}",
		"[1]]",
		"\xef\xbb\xbf{}",
		"/**/1",
		"{\"a\":1,\"a\":2}",
		"{\"a\":1,\"b\":2,\"\\u0061\":3}",
		"{\"\xc3\xa9\":1,\"\\u00e9\":2}",
		"{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}",
		"\"\x80\"",
		"\"\xc3\"",
		"\"\xc0\xaf\"",
		"\"\xe0\x80\xaf\"",
		"\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"",
		"\"\xf5\x80\x80\x80\"",
		"\"\xf0\x80\x80\x80\"",
		"\"\xe4\xb8\"",
		"\"\xff\"",
		"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]",
		"1234567890123456789012345678901234567890123456789012345678901",
		"\"\\",
		"\"\\u",
		"[\"\\ud800\\u",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (checks(bad[i], strlen(bad[i])))
			fail_msg("taken: %s", bad[i]);
	}
	assert_false(checks("\"a\0b\"", 5));
	assert_false(checks("1\0", 2));
}

static void test_each_prefix_of_a_text_is_none(void **state)
{
	static const char text[] = "{\"a\":[1,-2.5e3,\"\\ud83d\\ude00\xe4\xb8\xad\",true,null],\"b\":{\"c\":false}}";

	(void)state;
	for (size_t len = 0; len < sizeof(text) - 1; len++)
		assert_false(checks(text, len));
	assert_true(checks(text, sizeof(text) - 1));
}

static void test_error_names_the_byte(void **state)
{
	char error[200];

	(void)state;
	assert_false(json_check("{\"a\":1,\"a\":2}", 13, error, sizeof(error)));
	assert_string_equal(error, "not valid JSON at byte 7: the same key twice");
	assert_false(json_check("[1,x]", 5, error, sizeof(error)));
	assert_string_equal(error, "not valid JSON at byte 3: not a JSON value");
}

static void test_keys_are_bounded(void **state)
{
	struct buf text = {0};

	(void)state;
	for (int n = JSON_KEYS_MAX; n <= JSON_KEYS_MAX + 1; n++) {
		buf_clear(&text);
		for (int i = 0; i < n; i++)
			buf_printf(&text, "%c\"k%d\":{}", i ? ',' : '{', i);
		buf_add_char(&text, '}');
		assert_int_equal(checks(text.data, text.len), n <= JSON_KEYS_MAX);
	}
	buf_free(&text);
}

static void test_writing(void **state)
{
	struct buf out = {0};
	struct json_writer w;

	(void)state;
	json_start(&w, &out);
	json_open(&w, '{');
	json_key(&w, "text");
	json_str(&w, "a\"b\\c\b\f\n\r\t\x01\x1f\x7f\xe4\xb8\xad");
	json_key(&w, "none");
	json_str(&w, NULL);
	json_key(&w, "list");
	json_open(&w, '[');
	json_int(&w, INT64_MIN);
	json_bool(&w, true);
	json_bool(&w, false);
	json_null(&w);
	json_open(&w, '{');
	json_close(&w, '}');
	json_raw(&w, "{\"x\":1}");
	json_raw(&w, NULL);
	json_number(&w, 2.345, 1);
	json_number(&w, 1.0 / 0.0, 1);
	json_str_len(&w, "abcdef", 3);
	json_close(&w, ']');
	json_key(&w, "at");
	json_time(&w, 1795132800123LL);
	json_key(&w, "never");
	json_time(&w, 0);
	json_close(&w, '}');
	assert_string_equal(
		out.data,
		"{\"text\":\"a\\\"b\\\\c\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\xe4\xb8\xad\",\"none\":null,\"list\":["
		"-9223372036854775808,true,false,null,{},{\"x\":1},null,2.3,null,\"abc\"],"
		"\"at\":\"2026-11-20T00:00:00.123Z\",\"never\":null}");
	assert_true(checks(out.data, out.len));
	buf_free(&out);
}

static void test_times(void **state)
{
	static const struct {
		ms_t at;
		const char *text;
	} rows[] = {
		{1, "1970-01-01T00:00:00.001Z"},
		{951782399999LL, "2000-02-28T23:59:59.999Z"},
		{951782400000LL, "2000-02-29T00:00:00.000Z"},
		{951868800000LL, "2000-03-01T00:00:00.000Z"},
		{1795132800000LL, "2026-11-20T00:00:00.000Z"},
		{4107542400000LL, "2100-03-01T00:00:00.000Z"},
		{253402300799999LL, "9999-12-31T23:59:59.999Z"},
	};
	char text[TIME_TEXT_LEN + 1];
	ms_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		time_format(rows[i].at, text);
		assert_string_equal(text, rows[i].text);
		assert_true(time_parse(text, &at));
		assert_true(at == rows[i].at);
	}
	/* Every day of two centuries and some, there and back. */
	for (ms_t day = 0; day < 90000; day++) {
		time_format(day * 24 * MS_HOUR + 1, text);
		assert_true(time_parse(text, &at));
		assert_true(at == day * 24 * MS_HOUR + 1);
	}
	time_format(-5, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	time_format(MS_NEVER, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void test_times_as_others_write_them(void **state)
{
	static const char *const bad[] = {
		"",
		"2026-11-20",
		"2026-11-20T08:00:00",
		"2026-11-20T08:00:00.1Z",
		"2026-11-20T08:00:00.1234Z",
		"2026-11-20 08:00:00Z",
		"2026-11-20T08:00:00z",
		"2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-01-00T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-11-20T24:00:00Z",
		"2026-11-20T08:60:00Z",
		"2026-11-20T08:00:60Z",
		"2026-11-20T08:00:00Zx",
		"2026-11-20T08:00:00+0800",
		"2026-11-20T08:00:00+24:00",
		"1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00+08:00",
		"9999-12-31T23:59:59-01:00",
		"+026-11-20T08:00:00Z",
		"2026-1-20T08:00:00Z",
	};
	ms_t at;

	(void)state;
	assert_true(time_parse("2026-11-20T08:00:00+08:00", &at));
	assert_true(at == 1795132800000LL);
	assert_true(time_parse("2026-11-19T18:30:00.250-05:30", &at));
	assert_true(at == 1795132800250LL);
	assert_true(time_parse("2026-11-20T00:00:00Z", &at));
	assert_true(at == 1795132800000LL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (time_parse(bad[i], &at))
			fail_msg("taken: %s", bad[i]);
	}
	assert_true(date_valid("1904-02-29"));
	assert_true(date_valid("0001-01-01"));
	assert_false(date_valid("1900-02-29"));
	assert_false(date_valid("2026-11-20T"));
	assert_false(date_valid("2026-11-2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_json),
		cmocka_unit_test(test_what_is_not),
		cmocka_unit_test(test_each_prefix_of_a_text_is_none),
		cmocka_unit_test(test_error_names_the_byte),
		cmocka_unit_test(test_keys_are_bounded),
		cmocka_unit_test(test_writing),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_times_as_others_write_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
