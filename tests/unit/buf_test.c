/* Buffers, blobs and problem documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "problem.h"

static void a_buffer_grows_and_stays_a_string(void **state)
{
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		buf_add(&b, "abc", 3);
		buf_add_str(&b, "de");
		buf_add_char(&b, 'f');
		assert_int_equal(b.len, (size_t)(i + 1) * 6);
		assert_int_equal(strlen(b.data), b.len);
	}
	assert_memory_equal(b.data + 5994, "abcdef", 7);
	buf_free(&b);
	assert_null(b.data);
}

static void an_empty_addition_makes_an_empty_string(void **state)
{
	struct buf b = {0};

	(void)state;
	buf_add(&b, NULL, 0);
	assert_string_equal(b.data, "");
	buf_free(&b);
	buf_free(&b);
}

/* Every length around the ends of the memory had. */
static void printf_fits_at_every_length(void **state)
{
	(void)state;
	for (int n = 0; n < 300; n++) {
		struct buf b = {0};

		buf_add_str(&b, "x");
		buf_printf(&b, "%*d", n + 1, 7);
		assert_int_equal(b.len, (size_t)n + 2);
		assert_int_equal(strlen(b.data), b.len);
		assert_int_equal(b.data[b.len - 1], '7');
		buf_free(&b);
	}
}

static void clearing_keeps_the_memory(void **state)
{
	struct buf b = {0};
	const char *data;

	(void)state;
	buf_clear(&b);
	assert_null(b.data);
	buf_add_str(&b, "something");
	data = b.data;
	buf_clear(&b);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	buf_add_str(&b, "other");
	assert_ptr_equal(b.data, data);
	buf_free(&b);
}

static void taking_leaves_an_empty_buffer(void **state)
{
	struct buf b = {0};
	char *text;

	(void)state;
	text = buf_take(&b);
	assert_string_equal(text, "");
	free(text);
	buf_add_str(&b, "mine");
	text = buf_take(&b);
	assert_string_equal(text, "mine");
	assert_null(b.data);
	assert_int_equal(b.cap, 0);
	free(text);
}

static void a_blob_lives_as_long_as_its_last_holder(void **state)
{
	struct blob *b = blob_new("a\0b", 3);

	(void)state;
	assert_int_equal(b->len, 3);
	assert_memory_equal(b->data, "a\0b", 4);
	assert_ptr_equal(blob_ref(b), b);
	blob_unref(b);
	assert_int_equal(b->refs, 1);
	blob_unref(b);
	blob_unref(NULL);
}

static void copies_are_bounded(void **state)
{
	char *text = xstrndup("abcdef", 3);

	(void)state;
	assert_string_equal(text, "abc");
	free(text);
	text = xstrndup("ab", 30);
	assert_string_equal(text, "ab");
	free(text);
}

static void a_problem_is_json_whatever_stands_in_it(void **state)
{
	struct buf b = {0};

	(void)state;
	problem_write(&b, 409, "not_due", "Not \"due\" yet", "a\\b\n\x01");
	assert_string_equal(b.data, "{\"type\":\"urn:vaxline:problem:not_due\",\"title\":\"Not \\\"due\\\" yet\","
				    "\"status\":409,\"code\":\"not_due\",\"detail\":\"a\\\\b\\u000a\\u0001\"}");
	buf_clear(&b);
	problem_write(&b, 404, "not_found", NULL, NULL);
	assert_string_equal(b.data, "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
				    "\"code\":\"not_found\"}");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_grows_and_stays_a_string),
		cmocka_unit_test(an_empty_addition_makes_an_empty_string),
		cmocka_unit_test(printf_fits_at_every_length),
		cmocka_unit_test(clearing_keeps_the_memory),
		cmocka_unit_test(taking_leaves_an_empty_buffer),
		cmocka_unit_test(a_blob_lives_as_long_as_its_last_holder),
		cmocka_unit_test(copies_are_bounded),
		cmocka_unit_test(a_problem_is_json_whatever_stands_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
