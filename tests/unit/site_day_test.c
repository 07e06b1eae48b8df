/*
 * The day: it opens by itself, says what stands in the way of closing, and what outlives it is carried over. And the
 * time of acts that were kept offline.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define NEXT_MORNING (WORLD_MORNING + 24 * MS_HOUR)

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static enum verdict close_day(struct world *w)
{
	struct command c = world_command(w, COMMAND_DAY_CLOSE, w->board, 0);

	c.reason = "evening";
	return world_do(w, &c);
}

static void test_the_first_command_opens_the_day(void **state)
{
	struct world *w = *state;

	assert_null(w->site->today);
	world_check_in(w);
	assert_int_equal(events_of(w, EVENT_DAY_OPENED), 1);
	assert_int_equal(events_of(w, EVENT_DAY_READY), 1);
	assert_string_equal(w->site->today->date, "2026-11-20");
	assert_true(w->site->today->ready);
	assert_false(w->site->today->closed);
	world_check_in(w);
	assert_int_equal(events_of(w, EVENT_DAY_OPENED), 0);
}

/* Whoever must be seen to stands in the way, one state at a time; so does an unwell nobody has settled. */
static void test_closing_says_what_stands_in_the_way(void **state)
{
	const enum visit_state in_the_way[] = {VISIT_SERVING, VISIT_INJECTED, VISIT_OBSERVING, VISIT_UNWELL};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct world *w = world_new();
		const struct visit *who[4] = {NULL};
		uint32_t v = 0;

		if (i < 4)
			v = world_visit(w, in_the_way[i]);
		else
			world_unwell(w, w->kiosk, 0);
		assert_verdict(close_day(w), VERDICT_DAY_NOT_CLEAR);
		assert_int_equal(site_in_the_way(w->site, who, 4), 1);
		if (v)
			assert_ptr_equal(who[0], visit_of(w, v));
		if (v)
			world_act(w, w->board, v, ACTION_UNWELL);
		if (v)
			world_act(w, w->board, v, ACTION_TRANSFER);
		else
			world_settle(w, alarm_of(w, ALERT_UNWELL, 0));
		assert_verdict(close_day(w), VERDICT_ACCEPTED);
		world_free(w);
	}
}

/* Closing: queued, called and parked have left; everyone is in exactly one final state. */
static void test_closing_ends_everybody(void **state)
{
	struct world *w = *state;
	uint32_t called = world_visit(w, VISIT_CALLED), parked = world_visit(w, VISIT_PARKED);
	uint32_t early = world_visit(w, VISIT_LEFT_EARLY), queued = world_visit(w, VISIT_QUEUED);
	uint32_t deferred = world_visit(w, VISIT_DEFERRED);
	const unsigned *n;

	assert_verdict(close_day(w), VERDICT_ACCEPTED);
	assert_true(w->site->today->closed);
	/* It might have returned until then. */
	assert_verdict(world_scan(w, w->observer, early), VERDICT_DAY_CLOSED);
	assert_verdict(world_act(w, w->exit, early, ACTION_RETURNED), VERDICT_DAY_CLOSED);
	assert_state(w, called, VISIT_LEFT);
	assert_state(w, parked, VISIT_LEFT);
	assert_state(w, queued, VISIT_LEFT);
	assert_state(w, early, VISIT_LEFT_EARLY);
	assert_state(w, deferred, VISIT_DEFERRED);
	assert_int_equal(site_desk(w->site, "registration-1")->n_called, 0);
	n = w->site->today->totals.by_state;
	assert_int_equal(n[VISIT_LEFT], 3);
	assert_int_equal(n[VISIT_LEFT_EARLY], 1);
	assert_int_equal(n[VISIT_DEFERRED], 1);
	assert_int_equal(n[VISIT_QUEUED] + n[VISIT_CALLED] + n[VISIT_PARKED], 0);
	assert_int_equal(w->site->today->totals.injections, 1);
}

/* After closing, check-ins, desk acts and acts on ended tickets are day_closed; an unwell is not. */
static void test_after_closing(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_DEFERRED);
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	assert_verdict(close_day(w), VERDICT_ACCEPTED);
	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"1950-01-02\"}";
	assert_verdict(world_do(w, &c), VERDICT_DAY_CLOSED);
	assert_verdict(world_desk(w, COMMAND_DESK_CALL, STAGE_REGISTRATION, 0), VERDICT_DAY_CLOSED);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_DAY_CLOSED);
	assert_verdict(world_act(w, w->board, v, ACTION_FINISH), VERDICT_DAY_CLOSED);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_DAY_CLOSED);
	assert_verdict(close_day(w), VERDICT_DAY_CLOSED);
	assert_verdict(world_unwell(w, w->exit, v), VERDICT_ACCEPTED);
	assert_int_equal(alarms_of(w, ALERT_UNWELL, v), 1);
}

/* A new date with the old day closed: numbers begin again, devices stay, desks stand as configured, old tickets are
 * dead. */
static void test_the_next_day(void **state)
{
	struct world *w = *state;
	uint32_t old = world_visit(w, VISIT_DEFERRED), v;
	struct command scan = world_command(w, COMMAND_SCAN, w->exit, old);
	uint64_t ticket = scan.ticket;

	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_CONSENT, 1), VERDICT_ACCEPTED);
	assert_verdict(close_day(w), VERDICT_ACCEPTED);
	world_until(w, NEXT_MORNING);
	v = world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
	assert_string_equal(visit_of(w, v)->f.number, "W001");
	assert_int_not_equal(v, old);
	assert_true(visit_of(w, v)->f.ticket != ticket);
	assert_verdict(world_do(w, &scan), VERDICT_DAY_CLOSED);
	assert_null(site_visit(w->site, old));
	/* ... but for an unwell, which is never refused. */
	scan.kind = COMMAND_UNWELL;
	assert_verdict(world_do(w, &scan), VERDICT_ACCEPTED);
	assert_int_equal(alarms_of(w, ALERT_UNWELL, 0), 1);
	assert_true(site_desk(w->site, "consent-2")->open);
	assert_true(site_has_board(w->site));
	assert_int_equal(site_device(w->site, w->exit)->kind, DEVICE_EXIT);
	assert_int_equal(w->site->today->totals.by_state[VISIT_QUEUED], 1);
	assert_int_equal(w->site->today->totals.by_state[VISIT_DEFERRED], 0);
}

/* While somebody is inside, the old day goes on past midnight. */
static void test_a_day_with_people_inside_goes_on(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING), late;

	world_until(w, NEXT_MORNING);
	late = world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-20");
	assert_string_equal(visit_of(w, late)->f.number, "W002");
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
	assert_verdict(close_day(w), VERDICT_ACCEPTED);
	late = world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
	assert_string_equal(visit_of(w, late)->f.number, "W001");
}

/* A day that holds nobody needs no closing. */
static void test_a_day_that_holds_nobody_gives_way(void **state)
{
	struct world *w = *state;

	world_visit(w, VISIT_COMPLETED);
	world_until(w, NEXT_MORNING);
	world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
}

/* Command ids of the day before are still known; and of the day before that no more. */
static void test_yesterdays_ids_are_known(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);
	uint32_t first;
	char id[37];

	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"1950-01-02\"}";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	memcpy(id, w->last_id, sizeof(id));
	first = w->outcome.receipt->visit.id;
	assert_verdict(close_day(w), VERDICT_ACCEPTED);
	world_until(w, NEXT_MORNING);
	world_check_in(w);
	assert_true(events_of(w, EVENT_COMMAND_CARRIED) > 0);
	world_restart(w);
	c.id = id;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	assert_int_equal(w->outcome.receipt->visit.id, first);
	assert_string_equal(w->outcome.receipt->visit.number, "W001");
	assert_int_equal(w->outcome.receipt->visit.state, VISIT_QUEUED);
	assert_string_equal(w->outcome.receipt->visit.person, c.person);
	assert_int_equal(w->site->today->n_visits, 1);
	c.id = NULL;
	assert_verdict(close_day(w), VERDICT_ACCEPTED);
	world_until(w, NEXT_MORNING + 24 * MS_HOUR);
	world_check_in(w);
	c.id = id;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_false(w->outcome.repeat);
}

/* Event time never runs backward, whatever the caller says. */
static void test_time_never_runs_backward(void **state)
{
	struct world *w = *state;
	uint32_t v;

	world_check_in(w);
	w->now -= MS_HOUR;
	v = world_check_in(w);
	assert_int_equal(event_of(w, EVENT_CHECKED_IN)->at, WORLD_MORNING);
	assert_int_equal(visit_of(w, v)->f.arrived_at, WORLD_MORNING);
}

/* An act kept offline happened when it was made: receipt - (sent_at - at), by the device's own clock, however wrong. */
static void test_offline_acts_count_from_when_they_were_made(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c;

	for (int stage = STAGE_REGISTRATION; stage <= STAGE_CONSENT; stage++) {
		world_act(w, w->hand[stage][0], v, ACTION_START);
		world_act(w, w->hand[stage][0], v, ACTION_FINISH);
	}
	world_act(w, w->hand[STAGE_INJECTION][0], v, ACTION_START);
	world_pass(w, 10 * MS_MINUTE);
	c = world_command(w, COMMAND_VISIT, w->hand[STAGE_INJECTION][0], v);
	c.action = ACTION_INJECT;
	c.vaccine = "inactivated";
	c.lot = "L1";
	c.dose = 1;
	c.checks = true;
	c.device_at = 77 * MS_HOUR;
	c.device_sent_at = c.device_at + 4 * MS_MINUTE;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, v)->f.injected_at, w->now - 4 * MS_MINUTE);
	assert_int_equal(visit_of(w, v)->f.due_at, w->now + 26 * MS_MINUTE);
	assert_int_equal(event_of(w, EVENT_INJECTED)->device_at, c.device_at);
	assert_int_equal(event_of(w, EVENT_INJECTED)->device_sent_at, c.device_sent_at);
	assert_int_equal(event_of(w, EVENT_INJECTED)->acted_at, w->now - 4 * MS_MINUTE);
	world_pass(w, MS_MINUTE - 1);
	assert_null(alarm_of(w, ALERT_NEVER_ARRIVED, v));
	world_pass(w, 1);
	assert_non_null(alarm_of(w, ALERT_NEVER_ARRIVED, v));
}

/* A handheld comes back into the network with several: each keeps its own time, in the order they were made. */
static void test_several_offline_acts_keep_their_times(void **state)
{
	struct world *w = *state;
	uint32_t v[3];
	ms_t back;

	for (int i = 0; i < 3; i++)
		v[i] = world_visit(w, VISIT_INJECTED);
	world_pass(w, 4 * MS_MINUTE);
	back = w->now;
	for (int i = 0; i < 3; i++) {
		struct command c = world_command(w, COMMAND_SCAN, w->observer, v[i]);

		c.device_at = MS_HOUR + i * MS_MINUTE;
		c.device_sent_at = MS_HOUR + 3 * MS_MINUTE;
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_int_equal(visit_of(w, v[i])->observed_at, back - (3 - i) * MS_MINUTE);
	}
}

/* ... but not before the last command on record of that device, and not after its receipt. */
static void test_offline_acts_have_bounds(void **state)
{
	struct world *w = *state;
	uint32_t a = world_visit(w, VISIT_INJECTED), b = world_visit(w, VISIT_INJECTED);
	ms_t last;
	struct command c;

	world_pass(w, MS_MINUTE);
	last = w->now;
	assert_verdict(world_scan(w, w->observer, a), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	c = world_command(w, COMMAND_SCAN, w->observer, b);
	c.device_at = MS_HOUR;
	c.device_sent_at = c.device_at + 90 * MS_SECOND;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, b)->observed_at, last);
	world_pass(w, MS_MINUTE);
	c = world_command(w, COMMAND_SCAN, w->exit, a);
	c.device_at = MS_HOUR;
	c.device_sent_at = c.device_at - MS_HOUR;
	assert_verdict(world_do(w, &c), VERDICT_NOT_DUE);
	assert_true(event_of(w, EVENT_REFUSED)->acted_at <= w->now);
}

/* Made hours before the person came, says a device that has no act on record to hold that against. */
static struct command hours_ago(struct world *w, uint32_t visit, enum action a)
{
	struct command c = world_command(w, COMMAND_VISIT, w->board, visit);

	c.action = a;
	c.device_at = MS_HOUR;
	c.device_sent_at = c.device_at + 5 * MS_HOUR;
	return c;
}

/* Rule 4: whatever its clock says, nobody was injected before they waited for it, and nobody is due before that. */
static void test_a_wrong_clock_shortens_no_observation(void **state)
{
	struct world *w = *state;
	struct command c;
	uint32_t v;
	ms_t came;

	world_pass(w, 6 * MS_HOUR);
	v = world_check_in(w);
	for (int stage = STAGE_REGISTRATION; stage <= STAGE_CONSENT; stage++) {
		world_act(w, w->hand[stage][0], v, ACTION_START);
		world_act(w, w->hand[stage][0], v, ACTION_FINISH);
	}
	came = w->now;
	world_pass(w, 5 * MS_MINUTE);
	world_act(w, w->hand[STAGE_INJECTION][0], v, ACTION_START);
	world_pass(w, MS_MINUTE);
	c = hours_ago(w, v, ACTION_INJECT);
	c.vaccine = "inactivated";
	c.lot = "L1";
	c.dose = 1;
	c.checks = true;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(visit_of(w, v)->f.injected_at >= came);
	assert_int_equal(visit_of(w, v)->f.due_at, visit_of(w, v)->f.injected_at + WORLD_DUE);
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_ACCEPTED);
	world_until(w, came + WORLD_DUE - 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	world_pass(w, 6 * MS_MINUTE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
}

/* "Another twenty minutes" count from when they are written down. */
static void test_a_wrong_clock_clears_nobody_early(void **state)
{
	struct world *w = *state;
	struct command c;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_pass(w, 6 * MS_HOUR);
	world_unwell(w, w->kiosk, v);
	c = hours_ago(w, v, ACTION_CLEAR);
	c.minutes = 20;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_OBSERVING);
	assert_int_equal(visit_of(w, v)->f.due_at, w->now + 20 * MS_MINUTE);
	world_pass(w, 20 * MS_MINUTE - 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	world_pass(w, 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
}

/* Two go on to consent; the second came later, and must not be ahead because of a clock. */
static void test_a_wrong_clock_jumps_no_queue(void **state)
{
	struct world *w = *state;
	uint32_t first, second;
	struct command c;

	world_pass(w, 6 * MS_HOUR);
	first = world_check_in(w);
	world_act(w, w->hand[STAGE_REGISTRATION][0], first, ACTION_START);
	world_act(w, w->hand[STAGE_REGISTRATION][0], first, ACTION_FINISH);
	world_pass(w, MS_MINUTE);
	second = world_check_in(w);
	world_act(w, w->hand[STAGE_REGISTRATION][0], second, ACTION_START);
	world_pass(w, MS_MINUTE);
	c = hours_ago(w, second, ACTION_FINISH);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(site_ahead(w->site, visit_of(w, first)), 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, second)), 1);
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), first);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_the_first_command_opens_the_day),
		T(test_closing_says_what_stands_in_the_way),
		T(test_closing_ends_everybody),
		T(test_after_closing),
		T(test_the_next_day),
		T(test_a_day_with_people_inside_goes_on),
		T(test_a_day_that_holds_nobody_gives_way),
		T(test_yesterdays_ids_are_known),
		T(test_time_never_runs_backward),
		T(test_offline_acts_count_from_when_they_were_made),
		T(test_several_offline_acts_keep_their_times),
		T(test_offline_acts_have_bounds),
		T(test_a_wrong_clock_shortens_no_observation),
		T(test_a_wrong_clock_clears_nobody_early),
		T(test_a_wrong_clock_jumps_no_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
