/*
 * seats_full and device_silent at their edges: the moment before, the moment itself, and across a restart in between.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

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
	assert_int_equal(seats_full(w)->urgency, 1);
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
	assert_int_equal(silent(w)->urgency, 1);
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

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define S(name) cmocka_unit_test_setup_teardown(name, setup_small, teardown)
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
