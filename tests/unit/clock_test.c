/*
 * The clock at the start of a server: where event time goes on from, and when it is doubted. design: Clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "app_parts.h"
#include "json.h"

#define WALL 1795132800000LL
#define BOOT "8c1f0a52-0000-4000-8000-000000000000"

struct start {
	struct journal_fence before;
	bool has_before;
	ms_t wall, last_event;
	int64_t boot_ms;
	bool people;
	ms_t manual;
};

static struct clock clock_after(const struct start *s, bool *doubt)
{
	struct clock c;
	struct clock_past past = {.last_event = s->last_event};

	past.fence.boottime_ms = s->boot_ms;
	past.fence.wall_ms =
		clock_for_fence(s->has_before ? &s->before : NULL, BOOT, s->boot_ms, s->wall, &past.same_boot);
	*doubt = clock_start(&c, s->manual, &past, s->boot_ms, s->wall, s->people, 10);
	return c;
}

static struct start in_same_boot(void)
{
	struct start s = {.has_before = true, .wall = WALL, .boot_ms = 100000, .people = true};

	strcpy(s.before.boot_id, BOOT);
	s.before.boottime_ms = 40000;
	s.before.wall_ms = WALL - 5 * MS_HOUR; /* NTP has stepped the wall clock since */
	s.last_event = s.before.wall_ms + 30000;
	return s;
}

static void test_steps_of_the_wall_clock_move_nothing(void **state)
{
	struct start s = in_same_boot();
	bool doubt;

	(void)state;
	assert_int_equal(clock_after(&s, &doubt).anchor, s.before.wall_ms + 60000);
	assert_false(doubt);
	s.wall = WALL - 9 * MS_HOUR;
	assert_int_equal(clock_after(&s, &doubt).anchor, s.before.wall_ms + 60000);
	assert_false(doubt);
}

static void test_never_before_the_last_event(void **state)
{
	struct start s = in_same_boot();
	bool doubt;

	(void)state;
	s.last_event = s.before.wall_ms + MS_HOUR;
	assert_int_equal(clock_after(&s, &doubt).anchor, s.last_event);
	assert_false(doubt);
}

static void test_another_boot_asks_the_wall_clock(void **state)
{
	struct start s = in_same_boot();
	bool doubt;

	(void)state;
	strcpy(s.before.boot_id, "another");
	s.last_event = WALL - 10 * MS_MINUTE;
	assert_int_equal(clock_after(&s, &doubt).anchor, WALL);
	assert_false(doubt); /* ten minutes is not more than ten */
	s.last_event--;
	assert_int_equal(clock_after(&s, &doubt).anchor, s.last_event); /* the earlier estimate */
	assert_true(doubt);
	s.people = false; /* the night has passed */
	assert_int_equal(clock_after(&s, &doubt).anchor, WALL);
	assert_false(doubt);
}

static void test_confirmed_it_goes_on_by_the_wall_clock(void **state)
{
	struct start s = in_same_boot();
	struct clock c;
	bool doubt;

	(void)state;
	strcpy(s.before.boot_id, "another");
	s.last_event = WALL - MS_HOUR;
	c = clock_after(&s, &doubt);
	assert_true(doubt);
	c.anchor_boot_ms = loop_boottime_ms();
	clock_confirm(&c, loop_boottime_ms(), WALL);
	assert_int_equal(c.anchor, WALL);
	clock_confirm(&c, loop_boottime_ms(), WALL - MS_HOUR); /* never back */
	assert_int_equal(c.anchor, WALL);
}

static void test_a_wall_clock_before_the_last_event_is_doubted(void **state)
{
	struct start s = in_same_boot();
	bool doubt;

	(void)state;
	strcpy(s.before.boot_id, "another");
	s.last_event = WALL + 1;
	s.people = false;
	assert_int_equal(clock_after(&s, &doubt).anchor, WALL + 1);
	assert_true(doubt);
	s.last_event = WALL;
	clock_after(&s, &doubt);
	assert_false(doubt);
}

static void test_the_first_start(void **state)
{
	struct start s = {.wall = WALL, .boot_ms = 7};
	bool doubt;

	(void)state;
	assert_int_equal(clock_after(&s, &doubt).anchor, WALL);
	assert_false(doubt);
}

static void test_a_manual_clock_is_never_doubted(void **state)
{
	struct start s = in_same_boot();
	bool doubt;

	(void)state;
	strcpy(s.before.boot_id, "another");
	s.manual = WALL - MS_HOUR;
	s.last_event = WALL + MS_HOUR;
	assert_int_equal(clock_after(&s, &doubt).anchor, s.last_event);
	assert_false(doubt);
	s.last_event = 0;
	assert_int_equal(clock_after(&s, &doubt).anchor, s.manual);
}

/* The next of these minutes of a day in a time zone, as text; "-": none. */
static void assert_next(const char *zone, const int *minutes, size_t n, const char *after, const char *next)
{
	char found[TIME_TEXT_LEN + 1] = "-";
	ms_t at;

	setenv("TZ", zone, 1);
	tzset();
	assert_true(time_parse(after, &at));
	at = clock_next(minutes, n, at);
	if (at)
		time_format(at, found);
	assert_string_equal(found, next);
}

static void test_the_next_minute_of_a_day(void **state)
{
	static const int ends[] = {12 * 60 + 30, 18 * 60};

	(void)state;
	assert_next("Asia/Shanghai", ends, 2, "2026-11-20T00:00:00.000Z", "2026-11-20T04:30:00.000Z");
	assert_next("Asia/Shanghai", ends, 2, "2026-11-20T04:29:59.999Z", "2026-11-20T04:30:00.000Z");
	assert_next("Asia/Shanghai", ends, 2, "2026-11-20T04:30:00.000Z", "2026-11-20T10:00:00.000Z");
	assert_next("Asia/Shanghai", ends, 2, "2026-11-20T10:00:00.000Z", "2026-11-21T04:30:00.000Z");
	assert_next("Asia/Shanghai", ends, 2, "2026-12-31T15:59:00.000Z", "2027-01-01T04:30:00.000Z");
	assert_next("Asia/Shanghai", ends, 0, "2026-11-20T00:00:00.000Z", "-");
}

/* Berlin: an hour is left out at 2 on 29 March 2026, and comes twice at 3 on 25 October. */
static void test_the_next_minute_where_the_clocks_change(void **state)
{
	static const int six[] = {6 * 60}, half_past_two[] = {2 * 60 + 30};

	(void)state;
	assert_next("Europe/Berlin", six, 1, "2026-03-28T05:00:00.000Z", "2026-03-29T04:00:00.000Z");
	assert_next("Europe/Berlin", six, 1, "2026-03-29T04:00:00.000Z", "2026-03-30T04:00:00.000Z");
	assert_next("Europe/Berlin", six, 1, "2026-10-24T18:00:00.000Z", "2026-10-25T05:00:00.000Z");
	assert_next("Europe/Berlin", half_past_two, 1, "2026-10-25T02:00:00.000Z", "2026-10-26T01:30:00.000Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_of_the_wall_clock_move_nothing),
		cmocka_unit_test(test_never_before_the_last_event),
		cmocka_unit_test(test_another_boot_asks_the_wall_clock),
		cmocka_unit_test(test_confirmed_it_goes_on_by_the_wall_clock),
		cmocka_unit_test(test_a_wall_clock_before_the_last_event_is_doubted),
		cmocka_unit_test(test_the_first_start),
		cmocka_unit_test(test_a_manual_clock_is_never_doubted),
		cmocka_unit_test(test_the_next_minute_of_a_day),
		cmocka_unit_test(test_the_next_minute_where_the_clocks_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
