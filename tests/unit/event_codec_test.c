/* Events and lines of the log: what is written is read back, and nothing else is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec.h"
#include "json.h"

#define UUID "0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6f"
#define HEAD                                                                                                           \
	"{\"id\":\"3-7\",\"at\":\"2026-11-20T00:00:00.000Z\",\"type\":\"called\",\"command\":\"" UUID                  \
	"\",\"device\":\"d3\",\"staff\":null,\"visit\":\"v12\",\"desk\":\"consent-1\",\"data\":"

#define LANGUAGES_OF "\"name\":{\"zh-Hans\":\"a\",\"zh-Hant\":\"b\",\"en\":\"c\"}"
static const char config[] =
	"{\"site\":\"s\"," LANGUAGES_OF
	",\"time_zone\":\"Asia/Nowhere\",\"desks\":[{\"id\":\"r\",\"stage\":\"registration\"},"
	"{\"id\":\"c\",\"stage\":\"consent\",\"open\":false},{\"id\":\"i\",\"stage\":\"injection\"}],"
	"\"vaccines\":[{\"id\":\"v\"," LANGUAGES_OF "}]}";

static int setup(void **state)
{
	*state = event_decoder_new();
	return 0;
}

static int teardown(void **state)
{
	event_decoder_free(*state);
	return 0;
}

/* From memory of exactly its size. */
static bool decode(struct event_decoder *d, const char *line, size_t len, struct event *e, char *error, size_t size)
{
	char *copy = malloc(len ? len : 1);
	bool good;

	memcpy(copy, line, len);
	good = event_decode(d, copy, len, e, error, size);
	free(copy);
	return good;
}

static void assert_reads_back(struct event_decoder *d, const struct event *e)
{
	struct buf line = {0}, again = {0};
	struct event back;
	char error[200] = "";

	event_encode(e, &line);
	assert_null(memchr(line.data, '\n', line.len));
	assert_true(json_check(line.data, line.len, error, sizeof(error)));
	if (!decode(d, line.data, line.len, &back, error, sizeof(error)))
		fail_msg("%s\n%s", error, line.data);
	event_encode(&back, &again);
	assert_string_equal(line.data, again.data);
	assert_int_equal(back.type, e->type);
	assert_true(back.at == e->at && back.epoch == e->epoch && back.seq == e->seq);
	rules_free(back.rules);
	buf_free(&line);
	buf_free(&again);
}

static struct event plain(void)
{
	return (struct event){.epoch = 1, .seq = 2, .at = 1795132800000LL, .type = EVENT_CALLED};
}

static void test_the_form(void **state)
{
	struct event e = plain();
	struct buf out = {0};

	event_encode(&e, &out);
	assert_string_equal(out.data,
			    "{\"id\":\"1-2\",\"at\":\"2026-11-20T00:00:00.000Z\",\"type\":\"called\",\"command\":null,"
			    "\"device\":null,\"staff\":null,\"visit\":null,\"desk\":null,\"data\":{}}");
	buf_clear(&out);
	e = (struct event){.epoch = 3,
			   .seq = 7,
			   .at = 1795132800000LL,
			   .type = EVENT_CALLED,
			   .command = UUID,
			   .device = 3,
			   .visit = 12,
			   .desk = "consent-1",
			   .state = VISIT_CALLED,
			   .stage = STAGE_CONSENT,
			   .body = 255,
			   .reply = VERDICT_ACCEPTED,
			   .reply_as = REPLY_CALL,
			   .action = ACTION_CALL};
	event_encode(&e, &out);
	assert_string_equal(out.data, HEAD "{\"state\":\"called\",\"stage\":\"consent\",\"reply\":\"accepted\","
					   "\"reply_as\":\"call\",\"action\":\"call\",\"body\":\"00000000000000ff\"}}");
	buf_free(&out);
	assert_reads_back(*state, &e);
}

static void test_each_type(void **state)
{
	for (int type = EVENT_NONE + 1; type < EVENT_TYPE_COUNT; type++) {
		struct event e = plain();

		e.type = (enum event_type)type;
		assert_reads_back(*state, &e);
	}
}

/* Each field of the list alone, with values at its ends; a field added to the list is tested from then on. */
static void test_each_field(void **state)
{
	static const char *const texts[] = {"", "x", "A\"\\\b\f\n\r\t\x01\x1f\x7f",
					    "\xc3\xa9\xe5\xbc\xa0\xf0\x9f\x98\x80 end"};
	static const char *const values[] = {"{}",  "[]", "1", "\"a\\\"}\"", "{\"a\":[1,{\"b\":\"]}\"}],\"c\":null}",
					     "true"};
	static const ms_t times[] = {1, 1795132800123LL, 253402300799999LL};
	static const int64_t counts[] = {1, -1, INT64_MAX, INT64_MIN, 42};
	static const uint64_t words[] = {1, UINT64_MAX, UINT64_C(0x0123456789abcdef)};

#define EACH(member, list)                                                                                             \
	for (size_t i = 0; i < sizeof(list) / sizeof(*(list)); i++) {                                                  \
		struct event e = plain();                                                                              \
		e.member = (list)[i];                                                                                  \
		assert_reads_back(*state, &e);                                                                         \
	}
#define EACH_TEXT(member) EACH(member, texts)
#define EACH_JSON(member) EACH(member, values)
#define EACH_TIME(member) EACH(member, times)
#define EACH_COUNT(member) EACH(member, counts)
#define EACH_HEX(member) EACH(member, words)
#define EACH_NAME(member, type, names)                                                                                 \
	for (int i = 1; i < 200; i++) {                                                                                \
		struct event e = plain();                                                                              \
		if (names##_limit <= i)                                                                                \
			break;                                                                                         \
		e.member = (type)i;                                                                                    \
		assert_reads_back(*state, &e);                                                                         \
	}
#define EACH_RULES(member)                                                                                             \
	{                                                                                                              \
		struct event e = plain();                                                                              \
		struct rules r;                                                                                        \
		rules_init(&r);                                                                                        \
		r.text = (char *)(uintptr_t)config;                                                                    \
		e.member = &r;                                                                                         \
		assert_reads_back(*state, &e);                                                                         \
	}
	enum {
		visit_state_limit = VISIT_STATE_COUNT,
		stage_limit = STAGE_COUNT,
		visit_class_limit = CLASS_COUNT,
		language_limit = LANGUAGE_COUNT,
		alert_kind_limit = ALERT_KIND_COUNT,
		alert_state_limit = ALERT_STATE_COUNT,
		event_type_limit = EVENT_TYPE_COUNT,
		verdict_limit = VERDICT_COUNT,
		reply_form_limit = REPLY_FORM_COUNT,
		sign_off_limit = SIGN_OFF_COUNT,
		action_limit = ACTION_COUNT,
		device_kind_limit = DEVICE_KIND_COUNT,
	};
	EVENT_FIELDS(EACH_TEXT, EACH_JSON, EACH_TIME, EACH_COUNT, EACH_HEX, EACH_NAME, EACH_RULES)
}

/* All fields at once, so that the order of the line is that of the list. */
static void test_all_fields(void **state)
{
	struct rules r;
	struct event e = {.epoch = UINT64_MAX,
			  .seq = UINT64_MAX,
			  .at = 1,
			  .type = EVENT_ALERT_SETTLED,
			  .command = UUID,
			  .device = UINT32_MAX,
			  .staff = "s1",
			  .visit = UINT32_MAX,
			  .desk = "d"};

	rules_init(&r);
	r.text = (char *)(uintptr_t)config;
#define ALL_TEXT(member) e.member = "x";
#define ALL_JSON(member) e.member = "[1]";
#define ALL_NUMBER(member) e.member = 7;
#define ALL_NAME(member, type, names) e.member = (type)1;
#define ALL_RULES(member) e.member = &r;
	EVENT_FIELDS(ALL_TEXT, ALL_JSON, ALL_NUMBER, ALL_NUMBER, ALL_NUMBER, ALL_NAME, ALL_RULES)
	assert_reads_back(*state, &e);
}

static void test_what_is_borrowed(void **state)
{
	static const char line[] = HEAD
		"{\"number\":\"A\\n1\",\"person\":{\"name\":\"\xe5\xbc\xa0\"},\"flags\":5,\"lot\":\"L\"}}";
	struct event e;
	char error[200];

	assert_true(decode(*state, line, sizeof(line) - 1, &e, error, sizeof(error)));
	assert_string_equal(e.command, UUID);
	assert_int_equal(e.device, 3);
	assert_int_equal(e.visit, 12);
	assert_null(e.staff);
	assert_string_equal(e.desk, "consent-1");
	assert_string_equal(e.number, "A\n1");
	assert_string_equal(e.person, "{\"name\":\"\xe5\xbc\xa0\"}");
	assert_int_equal(e.flags, 5);
	assert_string_equal(e.lot, "L");
	assert_int_equal(e.epoch, 3);
	assert_int_equal(e.seq, 7);
}

/* The rules of the log are taken as they were recorded, whatever this machine knows of time zones. */
static void test_rules_of_the_log(void **state)
{
	char line[2048], error[200];
	struct event e;

	snprintf(line, sizeof(line), HEAD "{\"rules\":%s}}", config);
	assert_true(decode(*state, line, strlen(line), &e, error, sizeof(error)));
	assert_non_null(e.rules);
	assert_string_equal(e.rules->time_zone, "Asia/Nowhere");
	assert_int_equal(e.rules->n_desks, 3);
	assert_false(e.rules->desks[1].open);
	assert_string_equal(e.rules->text, config);
	rules_free(e.rules);
	/* Freed where the line breaks off behind them. */
	snprintf(line, sizeof(line), HEAD "{\"rules\":%s,\"nonsense\":1}}", config);
	assert_false(decode(*state, line, strlen(line), &e, error, sizeof(error)));
	assert_null(e.rules);
}

static void test_each_prefix_is_refused(void **state)
{
	static const char line[] = HEAD
		"{\"state\":\"called\",\"number\":\"\xe5\xbc\xa0\\u0001\",\"person\":{\"a\":\"\\\\\"},"
		"\"due_at\":\"2026-11-20T00:00:00.000Z\",\"dose\":-12,\"reply\":\"accepted\","
		"\"reply_as\":\"visit\",\"body\":\"0123456789abcdef\"}}";
	struct event e;
	char error[200], more[sizeof(line) + 1];

	for (size_t len = 0; len < sizeof(line) - 1; len++)
		assert_false(decode(*state, line, len, &e, error, sizeof(error)));
	assert_true(decode(*state, line, sizeof(line) - 1, &e, error, sizeof(error)));
	/* Any byte more, or any byte changed to one that no name or text could hold. */
	snprintf(more, sizeof(more), "%s ", line);
	assert_false(decode(*state, more, sizeof(line), &e, error, sizeof(error)));
	assert_non_null(strstr(error, "something follows"));
	for (size_t i = 0; i < sizeof(line) - 1; i++) {
		memcpy(more, line, sizeof(line));
		more[i] = '\x02';
		assert_false(decode(*state, more, sizeof(line) - 1, &e, error, sizeof(error)));
		more[i] = '\0';
		assert_false(decode(*state, more, sizeof(line) - 1, &e, error, sizeof(error)));
		more[i] = '\xff';
		assert_false(decode(*state, more, sizeof(line) - 1, &e, error, sizeof(error)));
	}
}

static void test_data_that_we_never_write(void **state)
{
	static const char *const bad[] = {
		"null",
		"[]",
		"{ }",
		"{\"nonsense\":1}",
		"{\"state\":\"none\"}",
		"{\"state\":\"Called\"}",
		"{\"state\":null}",
		"{\"stage\":\"consent\",\"state\":\"called\"}" /* order */,
		"{\"lot\":\"a\",\"lot\":\"b\"}",
		"{\"state\":\"called\",}",
		"{,\"state\":\"called\"}",
		"{\"state\" :\"called\"}",
		"{\"dose\":0}",
		"{\"dose\":-0}",
		"{\"dose\":01}",
		"{\"dose\":1.0}",
		"{\"dose\":1e2}",
		"{\"dose\":\"1\"}",
		"{\"dose\":9223372036854775808}",
		"{\"dose\":-9223372036854775809}",
		"{\"dose\":99999999999999999999}",
		"{\"dose\":+1}",
		"{\"dose\":}",
		"{\"body\":\"0000000000000000\"}",
		"{\"body\":\"0123456789ABCDEF\"}",
		"{\"body\":\"123\"}",
		"{\"body\":255}",
		"{\"due_at\":\"2026-11-20T08:00:00Z\"}",
		"{\"due_at\":\"2026-11-20T08:00:00+00:00\"}",
		"{\"due_at\":null}",
		"{\"due_at\":\"2026-02-30T00:00:00.000Z\"}",
		"{\"due_at\":\"1970-01-01T00:00:00.000Z\"}",
		"{\"lot\":null}",
		"{\"lot\":1}",
		"{\"lot\":\"\\/\"}",
		"{\"lot\":\"\\u0041\"}",
		"{\"lot\":\"\\u000a\"}",
		"{\"lot\":\"\\u001F\"}",
		"{\"lot\":\"\\u0000\"}",
		"{\"lot\":\"\\x\"}",
		"{\"lot\":\"\xed\xa0\x80\"}",
		"{\"lot\":\"\\ud83d\\ude00\"}",
		"{\"person\":}",
		"{\"person\":{\"a\": 1}}",
		"{\"person\":{\"a\":1,\"a\":1}}",
		"{\"person\":[1,]}",
		"{\"person\":[}",
		"{\"person\":]}",
		"{\"person\":nul}",
		"{\"rules\":{}}",
		"{\"rules\":null}",
		"{\"reply_as\":\"visit\"}",
		"{\"reply\":\"accepted\"}",
		"{\"alert_state\":\"open\"}",
		"{\"kind\":\"none\"}",
	};
	char line[512], error[200];
	struct event e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(line, sizeof(line), HEAD "%s}", bad[i]);
		if (decode(*state, line, strlen(line), &e, error, sizeof(error)))
			fail_msg("taken: %s", line);
	}
}

static void test_heads_that_we_never_write(void **state)
{
	static const char *const changes[][2] = {
		{"\"3-7\"", "\"3-07\""},
		{"\"3-7\"", "\"3\""},
		{"\"3-7\"", "\"-7\""},
		{"\"3-7\"", "\"3-18446744073709551616\""},
		{"\"called\"", "\"none\""},
		{"\"called\"", "\"arrivedd\""},
		{"\"called\"", "\"\""},
		{"\"called\"", "null"},
		{UUID, "0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6"},
		{UUID, "0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6g"},
		{UUID, ""},
		{"\"d3\"", "\"d0\""},
		{"\"d3\"", "\"d03\""},
		{"\"d3\"", "\"v3\""},
		{"\"d3\"", "3"},
		{"\"d3\"", "\"d4294967296\""},
		{"\"v12\"", "\"d12\""},
		{"\"v12\"", "\"v\""},
		{"\"v12\"", "12"},
		{"\"v12\"", "\"v-1\""},
		{"\"id\"", "\"ID\""},
		{"\"2026-11-20T00:00:00.000Z\"", "null"},
		{"\"staff\":null,", ""},
		{"{\"id\"", " {\"id\""},
		{"\"consent-1\"", "{}"},
		{"\"consent-1\"", "false"},
	};
	static const char good[] = HEAD "{}}";
	char line[512], error[200];
	struct event e;

	assert_true(decode(*state, good, sizeof(good) - 1, &e, error, sizeof(error)));
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		const char *at = strstr(good, changes[i][0]);

		assert_non_null(at);
		snprintf(line, sizeof(line), "%.*s%s%s", (int)(at - good), good, changes[i][1],
			 at + strlen(changes[i][0]));
		if (decode(*state, line, strlen(line), &e, error, sizeof(error)))
			fail_msg("taken: %s", line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_form, setup, teardown),
		cmocka_unit_test_setup_teardown(test_each_type, setup, teardown),
		cmocka_unit_test_setup_teardown(test_each_field, setup, teardown),
		cmocka_unit_test_setup_teardown(test_all_fields, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_borrowed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rules_of_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(test_each_prefix_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_data_that_we_never_write, setup, teardown),
		cmocka_unit_test_setup_teardown(test_heads_that_we_never_write, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
