/* How often something may be tried: to the millisecond, per key, and for so many keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "trust.h"

#define BURST 3
#define EVERY 6000
#define NOW INT64_C(86400000)

static int setup(void **state)
{
	*state = limit_new(BURST, EVERY);
	return 0;
}

static int teardown(void **state)
{
	limit_free(*state);
	return 0;
}

static void count_times(struct limit *l, const char *key, int times, int64_t now)
{
	for (int i = 0; i < times; i++)
		limit_count(l, key, now);
}

static void test_a_burst_then_one_at_a_time(void **state)
{
	struct limit *l = *state;

	for (int i = 0; i < BURST; i++) {
		assert_int_equal(limit_wait(l, "a", NOW), 0);
		limit_count(l, "a", NOW);
	}
	assert_int_equal(limit_wait(l, "a", NOW), EVERY);
	assert_int_equal(limit_wait(l, "a", NOW + EVERY - 1), 1);
	assert_int_equal(limit_wait(l, "a", NOW + EVERY), 0);
	limit_count(l, "a", NOW + EVERY);
	assert_int_equal(limit_wait(l, "a", NOW + EVERY), EVERY);
	assert_int_equal(limit_wait(l, "a", NOW + 2 * EVERY - 1), 1);
	assert_int_equal(limit_wait(l, "a", NOW + 2 * EVERY), 0);
}

static void test_rest_gives_the_burst_back_one_by_one(void **state)
{
	struct limit *l = *state;

	count_times(l, "a", BURST, NOW);
	limit_count(l, "a", NOW + 2 * EVERY);
	assert_int_equal(limit_wait(l, "a", NOW + 2 * EVERY), 0);
	limit_count(l, "a", NOW + 2 * EVERY);
	assert_int_equal(limit_wait(l, "a", NOW + 2 * EVERY), EVERY);
	/* and not more than the burst, however long the rest was */
	count_times(l, "a", BURST, NOW + 1000 * EVERY);
	assert_int_equal(limit_wait(l, "a", NOW + 1000 * EVERY), EVERY);
}

static void test_asking_counts_nothing(void **state)
{
	for (int i = 0; i < 100; i++)
		assert_int_equal(limit_wait(*state, "a", NOW), 0);
	count_times(*state, "a", BURST, NOW);
	for (int i = 0; i < 100; i++)
		assert_int_equal(limit_wait(*state, "a", NOW), EVERY);
}

/* Whoever does not stop is held up as long as they go on, and not for longer. */
static void test_tries_in_the_wait_do_not_add_up(void **state)
{
	struct limit *l = *state;

	count_times(l, "a", 1000, NOW);
	assert_int_equal(limit_wait(l, "a", NOW), EVERY);
	limit_count(l, "a", NOW + EVERY / 2);
	assert_int_equal(limit_wait(l, "a", NOW + EVERY / 2), EVERY);
}

static void test_keys_are_apart(void **state)
{
	count_times(*state, "a", BURST, NOW);
	assert_int_equal(limit_wait(*state, "a", NOW), EVERY);
	assert_int_equal(limit_wait(*state, "b", NOW), 0);
	assert_int_equal(limit_wait(*state, "", NOW), 0);
	count_times(*state, "aa", BURST - 1, NOW);
	assert_int_equal(limit_wait(*state, "aa", NOW), 0);
}

static void test_the_clock_may_start_at_zero(void **state)
{
	count_times(*state, "a", BURST, 0);
	assert_int_equal(limit_wait(*state, "a", 0), EVERY);
	assert_int_equal(limit_wait(*state, "a", EVERY), 0);
}

static void test_a_burst_of_one(void **state)
{
	struct limit *l = limit_new(1, EVERY);

	(void)state;
	assert_int_equal(limit_wait(l, "a", NOW), 0);
	limit_count(l, "a", NOW);
	assert_int_equal(limit_wait(l, "a", NOW + 1), EVERY - 1);
	assert_int_equal(limit_wait(l, "a", NOW + EVERY), 0);
	limit_free(l);
	limit_free(NULL);
}

/* The key that tried longest ago goes, and not the one that came first. */
static void test_the_oldest_key_is_forgotten(void **state)
{
	struct limit *l = *state;
	char key[16];

	count_times(l, "first", BURST, NOW);
	count_times(l, "second", BURST, NOW);
	for (int i = 2; i < LIMIT_KEYS_MAX; i++) {
		snprintf(key, sizeof(key), "%d", i);
		limit_count(l, key, NOW);
	}
	assert_int_equal(limit_wait(l, "first", NOW), EVERY);
	limit_count(l, "first", NOW);
	assert_int_equal(limit_wait(l, "second", NOW), EVERY);
	limit_count(l, "one more", NOW);
	assert_int_equal(limit_wait(l, "second", NOW), 0);
	assert_int_equal(limit_wait(l, "first", NOW), EVERY);
}

/* Whoever moves within a network of IPv6 is the same; of IPv4 an address is one machine's. */
static void test_the_key_of_an_address_is_what_one_machine_can_have(void **state)
{
	static const char *const same[][2] = {
		{"192.0.2.1", "192.0.2.1"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
		{"2001:db8:1:2::1", "2001:db8:1:2::"},
		{"2001:db8:1:3::1", "2001:db8:1:3::"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::"},
		{"::1", "::"},
		{"", ""},
	};
	char key[LIMIT_KEY_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		limit_key(same[i][0], key);
		assert_string_equal(key, same[i][1]);
	}
}

#define WITH_LIMIT(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LIMIT(test_a_burst_then_one_at_a_time),
		WITH_LIMIT(test_rest_gives_the_burst_back_one_by_one),
		WITH_LIMIT(test_asking_counts_nothing),
		WITH_LIMIT(test_tries_in_the_wait_do_not_add_up),
		WITH_LIMIT(test_keys_are_apart),
		WITH_LIMIT(test_the_clock_may_start_at_zero),
		WITH_LIMIT(test_a_burst_of_one),
		WITH_LIMIT(test_the_oldest_key_is_forgotten),
		WITH_LIMIT(test_the_key_of_an_address_is_what_one_machine_can_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
