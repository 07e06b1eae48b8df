/*
 * The hall's own alarms at their edges: the moment before, the moment itself, and across a restart in between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define LONG (30 * MS_MINUTE)
#define STILL_LONG (25 * MS_MINUTE) /* five sixths of it: settled at most there */
#define FULL (2 * MS_MINUTE)

static void small(struct rules *r)
{
	r->observation_seats = 1;
}

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int setup_small(void **state)
{
	*state = world_new_with(small);
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static const struct alert *wait_long(const struct world *w)
{
	return alarm_at(w, ALERT_WAIT_LONG, STAGE_REGISTRATION);
}

static void assert_open(const struct alert *a)
{
	assert_non_null(a);
	assert_int_equal(a->state, ALERT_OPEN);
}

static void assert_settled(const struct alert *a)
{
	assert_non_null(a);
	assert_int_equal(a->state, ALERT_SETTLED);
}

/* ---- wait_long ---- */

static void test_wait_long_at_thirty_minutes_not_before(void **state)
{
	struct world *w = *state;
	const struct alert *a;
	char id[64];
	ms_t p50, p90;

	world_check_in(w);
	world_pass(w, LONG - 1);
	assert_null(wait_long(w));
	assert_true(site_waits(w->site, STAGE_REGISTRATION, w->now, &p50, &p90));
	assert_int_equal(p50, LONG - 1);
	world_restart(w);
	world_pass(w, 1);
	a = wait_long(w);
	assert_open(a);
	assert_int_equal(a->urgency, 1);
	assert_int_equal(a->visit, 0);
	assert_int_equal(a->raised_at, w->now);
	snprintf(id, sizeof(id), "wait_long-registration-%lld", (long long)w->now);
	assert_string_equal(a->id, id);
	/* Once. */
	world_pass(w, MS_HOUR);
	assert_int_equal(alarms_of(w, ALERT_WAIT_LONG, 0), 1);
	assert_int_equal(wait_long(w)->count, 1);
}

/* The median of all, not the longest: half and one more must have waited. */
static void test_wait_long_is_of_the_median(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	world_pass(w, 10 * MS_MINUTE);
	world_check_in(w);
	world_pass(w, 10 * MS_MINUTE);
	world_check_in(w);
	world_check_in(w);
	/* Four wait: the second of them, by nearest rank, is the median, so three must have waited for long. */
	world_until(w, WORLD_MORNING + 20 * MS_MINUTE + LONG - 1);
	assert_null(wait_long(w));
	world_pass(w, 1);
	assert_open(wait_long(w));
}

/* The waits that ended within the hour count; when the short ones are older than that, the others are the median. */
static void test_short_waits_of_the_last_hour_count(void **state)
{
	struct world *w = *state;
	uint32_t v[3];

	for (int i = 0; i < 3; i++) {
		v[i] = world_check_in(w);
		assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v[i], ACTION_START), VERDICT_ACCEPTED);
		assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v[i], ACTION_FINISH), VERDICT_ACCEPTED);
		world_act(w, w->exit, v[i], ACTION_LEAVE);
	}
	world_check_in(w);
	world_pass(w, MS_HOUR - 1);
	assert_null(wait_long(w));
	world_restart(w);
	world_pass(w, 1);
	assert_open(wait_long(w));
}

/* Settled when the median is at most five sixths of the limit; a little over is no reason. */
static void test_wait_long_settles_at_five_sixths(void **state)
{
	struct world *w = *state;
	uint32_t first = world_check_in(w), v[2];

	world_pass(w, LONG - STILL_LONG);
	v[0] = world_check_in(w);
	world_pass(w, 1);
	v[1] = world_check_in(w);
	world_until(w, WORLD_MORNING + LONG + 5 * MS_MINUTE);
	assert_open(wait_long(w)); /* 35, 30 and just under 30 minutes */
	/* The first is served: it has waited 35 minutes, and the median of the hour is what it was. */
	world_act(w, w->hand[STAGE_REGISTRATION][0], first, ACTION_START);
	assert_open(wait_long(w));
	for (int i = 0; i < 2; i++)
		world_check_in(w);
	assert_open(wait_long(w)); /* 35, 30, 30-, 0, 0: the third */
	world_check_in(w);
	assert_settled(wait_long(w)); /* 0 is the third of six */
	assert_int_not_equal(v[0], v[1]);
}

static void test_wait_long_at_the_edge_of_settling(void **state)
{
	struct world *w = *state;
	uint32_t old = world_check_in(w), other;

	world_pass(w, LONG - STILL_LONG);
	other = world_check_in(w);
	world_until(w, WORLD_MORNING + LONG + 1);
	/* Two wait: the median is the shorter wait, 25 minutes and a moment. */
	assert_null(wait_long(w));
	world_act(w, w->exit, other, ACTION_LEAVE);
	assert_true(site_deadline(w->site) <= w->now);
	world_pass(w, 0);
	assert_open(wait_long(w));
	/* Back as long as 25 minutes: settled. */
	world_act(w, w->exit, old, ACTION_LEAVE);
	assert_settled(wait_long(w));
}

/* Nobody waits any more: that is over, whatever the hour before was like. */
static void test_wait_long_is_over_when_nobody_waits(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);

	world_pass(w, LONG);
	assert_open(wait_long(w));
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_START), VERDICT_ACCEPTED);
	assert_settled(wait_long(w));
	/* And while the hour's median is long, the next to wait raises another, under another name. */
	world_pass(w, MS_SECOND);
	world_check_in(w);
	world_check_in(w);
	assert_int_equal(alarms_of(w, ALERT_WAIT_LONG, 0), 1);
	world_pass(w, LONG);
	assert_int_equal(alarms_of(w, ALERT_WAIT_LONG, 0), 2);
}

/* A long wait that ended leaves the hour: that, too, is over, by time alone. */
static void test_wait_long_ends_by_time_alone(void **state)
{
	struct world *w = *state;
	uint32_t first = world_check_in(w);
	ms_t started;

	world_pass(w, LONG);
	world_act(w, w->hand[STAGE_REGISTRATION][0], first, ACTION_START);
	started = w->now;
	world_pass(w, MS_HOUR - 20 * MS_MINUTE);
	/* One of 30 minutes in the hour before, and one who has waited no time: the shorter is the median. */
	first = world_check_in(w);
	world_until(w, started + MS_HOUR - 1);
	world_restart(w);
	world_pass(w, 1);
	/* Now the one who waits is alone, with twenty minutes. */
	assert_settled(wait_long(w));
	world_pass(w, 10 * MS_MINUTE);
	assert_open(wait_long(w));
	assert_int_equal(wait_long(w)->raised_at, started + MS_HOUR + 10 * MS_MINUTE);
}

/* While it is open, too: two long waits of the hour keep it, and when the first of them is gone the median is short. */
static void test_an_open_wait_long_ends_by_time_alone(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t v[3];
	ms_t started;

	for (int i = 0; i < 3; i++)
		v[i] = world_check_in(w);
	world_pass(w, LONG);
	assert_open(wait_long(w));
	world_act(w, hand, v[0], ACTION_START);
	world_act(w, hand, v[0], ACTION_FINISH);
	started = w->now;
	world_pass(w, MS_MINUTE);
	world_act(w, hand, v[1], ACTION_START);
	world_act(w, hand, v[1], ACTION_FINISH);
	world_act(w, w->exit, v[2], ACTION_LEAVE);
	assert_settled(wait_long(w)); /* nobody waits */
	world_pass(w, 50 * MS_MINUTE);
	world_check_in(w);
	world_pass(w, 0);
	assert_open(wait_long(w)); /* 31 and 30 minutes, and one who has just come */
	world_until(w, started + MS_HOUR - 1);
	assert_open(wait_long(w));
	world_pass(w, 1);
	assert_settled(wait_long(w)); /* of two the shorter */
}

/* Given back with an old wait, one makes the others' median long sooner than anybody would have thought. */
static void test_an_old_wait_comes_back_to_the_queue(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t old = world_check_in(w), young;

	world_pass(w, 20 * MS_MINUTE);
	young = world_check_in(w);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), old);
	world_pass(w, 40 * MS_SECOND);
	assert_verdict(world_act(w, hand, old, ACTION_UNDO), VERDICT_ACCEPTED);
	world_act(w, w->exit, young, ACTION_LEAVE);
	/* 20 minutes once ended, and the same one still waiting: both must be long, so it is when the hour is over. */
	world_until(w, WORLD_MORNING + LONG);
	assert_null(wait_long(w));
	world_until(w, WORLD_MORNING + 80 * MS_MINUTE - 1);
	assert_null(wait_long(w));
	world_pass(w, 1);
	assert_open(wait_long(w));
}

/* A finish that is undone was no wait at the next stage, whose median it would else shorten for an hour. */
static void test_an_undone_finish_was_no_wait(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b = world_check_in(w);
	ms_t p50, p90, since;

	world_bring(w, a, STAGE_CONSENT);
	since = w->now;
	world_act(w, w->hand[STAGE_REGISTRATION][0], b, ACTION_START);
	world_pass(w, MS_MINUTE);
	world_act(w, w->hand[STAGE_REGISTRATION][0], b, ACTION_FINISH);
	assert_verdict(world_undo(w, b), VERDICT_ACCEPTED);
	world_until(w, since + LONG - 1);
	assert_null(alarm_at(w, ALERT_WAIT_LONG, STAGE_CONSENT));
	assert_true(site_waits(w->site, STAGE_CONSENT, w->now, &p50, &p90));
	assert_int_equal(p50, LONG - 1);
	world_pass(w, 1);
	assert_open(alarm_at(w, ALERT_WAIT_LONG, STAGE_CONSENT));
}

/* After a long wait has ended, fewer newcomers are needed than before. */
static void test_wait_long_after_a_long_wait_has_ended(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t v = world_check_in(w);

	world_act(w, hand, v, ACTION_START);
	world_act(w, hand, v, ACTION_FINISH);
	v = world_check_in(w);
	world_pass(w, LONG + MS_SECOND);
	assert_null(wait_long(w)); /* of two the shorter: none */
	world_act(w, hand, v, ACTION_START);
	world_act(w, hand, v, ACTION_FINISH);
	world_pass(w, 5 * MS_SECOND);
	world_check_in(w);
	world_until(w, WORLD_MORNING + MS_HOUR - 1);
	assert_null(wait_long(w));
	/* 0, 30:01 and 29:54: when the first is an hour ago, 30:01 and 29:54 - the shorter is the median. */
	world_pass(w, 6 * MS_SECOND);
	assert_null(wait_long(w));
	world_pass(w, 1);
	assert_open(wait_long(w));
}

/* Each stage for itself. */
static void test_wait_long_is_of_a_stage(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);

	world_pass(w, 10 * MS_MINUTE);
	world_bring(w, v, STAGE_CONSENT);
	world_pass(w, LONG - 1);
	assert_null(alarm_at(w, ALERT_WAIT_LONG, STAGE_CONSENT));
	world_pass(w, 1);
	assert_open(alarm_at(w, ALERT_WAIT_LONG, STAGE_CONSENT));
	assert_null(wait_long(w));
}

/* By hand, too; and the same wait is not raised again at once for ever. */
static void test_wait_long_settled_by_hand(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	world_pass(w, LONG);
	assert_verdict(world_settle(w, wait_long(w)), VERDICT_ACCEPTED);
	world_pass(w, MS_HOUR);
	assert_true(alarms_of(w, ALERT_WAIT_LONG, 0) <= 3);
	assert_true(site_deadline(w->site) > w->now);
}

/* ---- seats_full ---- */

static const struct alert *seats_full(const struct world *w)
{
	return alarm_at(w, ALERT_SEATS_FULL, STAGE_INJECTION);
}

static void test_seats_full_at_two_minutes_not_before(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w), next = world_check_in(w);
	ms_t since;
	char id[64];

	world_bring(w, v, STAGE_INJECTION);
	world_bring(w, next, STAGE_INJECTION);
	world_pass(w, MS_MINUTE);
	/* Calls stop when the seat is spoken for. */
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), v);
	since = w->now;
	assert_int_equal(w->site->queues[STAGE_INJECTION].full_since, since);
	world_pass(w, MS_MINUTE);
	world_inject(w, v);
	world_until(w, since + FULL - 1);
	assert_null(seats_full(w));
	world_restart(w);
	world_pass(w, 1);
	assert_open(seats_full(w));
	assert_int_equal(seats_full(w)->urgency, 2);
	assert_int_equal(seats_full(w)->raised_at, since + FULL);
	snprintf(id, sizeof(id), "seats_full-injection-%lld", (long long)(since + FULL));
	assert_string_equal(seats_full(w)->id, id);
	/* Settled when calls may go on. */
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_ACCEPTED);
	world_pass(w, WORLD_DUE);
	assert_open(seats_full(w));
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
	assert_settled(seats_full(w));
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), next);
}

/* Full seats with nobody waiting for them are no alarm; the time counts from the first who waits. */
static void test_seats_full_counts_from_who_waits(void **state)
{
	struct world *w = *state;
	uint32_t next;

	world_inject(w, world_check_in(w));
	world_pass(w, 10 * MS_MINUTE);
	assert_null(seats_full(w));
	next = world_check_in(w);
	world_bring(w, next, STAGE_INJECTION);
	world_pass(w, FULL - 1);
	assert_null(seats_full(w));
	world_pass(w, 1);
	assert_open(seats_full(w));
	assert_verdict(world_act(w, w->exit, next, ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_settled(seats_full(w));
}

/* A seat frees for a moment: the time counts anew. */
static void test_seats_full_counts_anew(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING), a, b;

	world_pass(w, WORLD_DUE);
	a = world_check_in(w);
	b = world_check_in(w);
	world_bring(w, a, STAGE_INJECTION);
	world_bring(w, b, STAGE_INJECTION);
	world_pass(w, FULL - 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), a);
	world_pass(w, FULL - 1);
	assert_null(seats_full(w));
	world_pass(w, 1);
	assert_open(seats_full(w));
}

/* An early leaver's seat is free when the time is over, with nobody doing anything: that settles it. */
static void test_seats_full_ends_by_time_alone(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING), next;

	assert_verdict(world_act(w, w->observer, v, ACTION_WALKED_OUT), VERDICT_ACCEPTED);
	next = world_check_in(w);
	world_bring(w, next, STAGE_INJECTION);
	world_until(w, visit_of(w, v)->f.due_at - 1);
	assert_open(seats_full(w));
	world_pass(w, 1);
	assert_settled(seats_full(w));
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), next);
}

/* ... and a seat that time has freed before the two minutes are over stops the count: nothing is raised. */
static void test_seats_full_is_not_raised_of_calls_that_go_on(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING), next;

	assert_verdict(world_act(w, w->observer, v, ACTION_WALKED_OUT), VERDICT_ACCEPTED);
	next = world_check_in(w);
	world_until(w, visit_of(w, v)->f.due_at - MS_MINUTE);
	world_bring(w, next, STAGE_INJECTION);
	world_pass(w, MS_MINUTE);
	world_pass(w, MS_HOUR);
	assert_null(seats_full(w));
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), next);
}

/* Settled by hand while the seats are still full: not raised again for that, also after a restart; later anew. */
static void test_seats_full_settled_by_hand(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING), next = world_check_in(w);

	world_bring(w, next, STAGE_INJECTION);
	world_pass(w, FULL);
	assert_verdict(world_settle(w, seats_full(w)), VERDICT_ACCEPTED);
	world_pass(w, FULL);
	world_restart(w);
	world_pass(w, FULL);
	assert_int_equal(alarms_of(w, ALERT_SEATS_FULL, 0), 1);
	assert_verdict(world_act(w, w->board, next, ACTION_PARK), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->board, next, ACTION_RESUME), VERDICT_ACCEPTED);
	world_pass(w, FULL);
	assert_int_equal(alarms_of(w, ALERT_SEATS_FULL, 0), 2);
	assert_state(w, v, VISIT_OBSERVING);
}

/* ---- device_silent ---- */

static enum verdict silence(struct world *w, enum command_kind kind, uint32_t device, ms_t due)
{
	struct command c = {.kind = kind, .subject = device, .due = due};

	return world_do(w, &c);
}

static const struct alert *silent(const struct world *w)
{
	return alarm_of(w, ALERT_DEVICE_SILENT, 0);
}

static void test_a_silent_device(void **state)
{
	struct world *w = *state;
	char id[64];
	ms_t due;

	world_check_in(w);
	world_pass(w, 30 * MS_SECOND);
	due = w->now;
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, due), VERDICT_ACCEPTED);
	assert_open(silent(w));
	assert_int_equal(silent(w)->urgency, 2);
	assert_int_equal(silent(w)->device, w->exit);
	assert_int_equal(silent(w)->raised_at, due);
	snprintf(id, sizeof(id), "device_silent-d%u-%lld", w->exit, (long long)due);
	assert_string_equal(silent(w)->id, id);
	assert_ptr_equal(site_device(w->site, w->exit)->silent, silent(w));
	/* Told again: nothing more; nor after a restart. */
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, due), VERDICT_ACCEPTED);
	assert_int_equal(w->events.n, 0);
	world_restart(w);
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, due), VERDICT_ACCEPTED);
	assert_int_equal(w->events.n, 0);
	assert_verdict(silence(w, COMMAND_DEVICE_HEARD, w->kiosk, 0), VERDICT_ACCEPTED);
	assert_open(silent(w));
	assert_verdict(silence(w, COMMAND_DEVICE_HEARD, w->exit, 0), VERDICT_ACCEPTED);
	assert_settled(silent(w));
	assert_null(site_device(w->site, w->exit)->silent);
	assert_verdict(silence(w, COMMAND_DEVICE_HEARD, w->exit, 0), VERDICT_ACCEPTED);
	assert_int_equal(w->events.n, 0);
	/* Silent again: another alarm. */
	world_pass(w, MS_MINUTE);
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, w->now), VERDICT_ACCEPTED);
	assert_int_equal(alarms_of(w, ALERT_DEVICE_SILENT, 0), 2);
}

/* Settled by hand (the guard has gone to lunch): not raised again for the same silence. */
static void test_a_silence_settled_by_hand(void **state)
{
	struct world *w = *state;
	ms_t due = w->now;

	world_check_in(w);
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, due), VERDICT_ACCEPTED);
	assert_verdict(world_settle(w, silent(w)), VERDICT_ACCEPTED);
	assert_null(site_device(w->site, w->exit)->silent);
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, due), VERDICT_ACCEPTED);
	assert_int_equal(alarms_of(w, ALERT_DEVICE_SILENT, 0), 1);
}

/* Revoked: nobody waits for it. */
static void test_a_revoked_device_is_not_silent(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_DEVICE_REVOKE, w->board, 0);

	world_check_in(w);
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, w->now), VERDICT_ACCEPTED);
	c.subject = w->exit;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_settled(silent(w));
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, w->now), VERDICT_DEVICE_UNKNOWN);
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, 999, w->now), VERDICT_DEVICE_UNKNOWN);
}

/* A device silent over night: the next day knows no old alarm, and it can be raised anew. */
static void test_a_silence_over_night(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, w->now), VERDICT_ACCEPTED);
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	assert_settled(silent(w));
	world_until(w, WORLD_MORNING + 24 * MS_HOUR);
	world_check_in(w);
	assert_null(silent(w));
	assert_verdict(silence(w, COMMAND_DEVICE_SILENT, w->exit, w->now), VERDICT_ACCEPTED);
	assert_open(silent(w));
}

/* Closing the day settles what the hall has raised. */
static void test_the_day_ends_and_so_do_they(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	world_pass(w, LONG);
	assert_open(wait_long(w));
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	assert_settled(wait_long(w));
	world_pass(w, 2 * MS_HOUR);
	assert_int_equal(w->events.n, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define S(name) cmocka_unit_test_setup_teardown(name, setup_small, teardown)
	const struct CMUnitTest tests[] = {
		T(test_wait_long_at_thirty_minutes_not_before),
		T(test_wait_long_is_of_the_median),
		T(test_short_waits_of_the_last_hour_count),
		T(test_wait_long_settles_at_five_sixths),
		T(test_wait_long_at_the_edge_of_settling),
		T(test_wait_long_is_over_when_nobody_waits),
		T(test_wait_long_ends_by_time_alone),
		T(test_an_open_wait_long_ends_by_time_alone),
		T(test_an_old_wait_comes_back_to_the_queue),
		T(test_an_undone_finish_was_no_wait),
		T(test_wait_long_after_a_long_wait_has_ended),
		T(test_wait_long_is_of_a_stage),
		T(test_wait_long_settled_by_hand),
		S(test_seats_full_at_two_minutes_not_before),
		S(test_seats_full_counts_from_who_waits),
		S(test_seats_full_counts_anew),
		S(test_seats_full_ends_by_time_alone),
		S(test_seats_full_settled_by_hand),
		S(test_seats_full_is_not_raised_of_calls_that_go_on),
		T(test_a_silent_device),
		T(test_a_silence_settled_by_hand),
		T(test_a_revoked_device_is_not_silent),
		T(test_a_silence_over_night),
		T(test_the_day_ends_and_so_do_they),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
