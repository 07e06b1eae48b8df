/*
 * Rule 4 of domain.md at its edges: observation is 30 minutes from the injection, it ends by a scan at the exit, and
 * whoever tries to leave earlier is flagged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

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

static void test_rule_4_a_millisecond_before_due_is_refused_and_flagged(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	const struct alert *a;

	world_pass(w, WORLD_DUE - 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	assert_state(w, v, VISIT_OBSERVING);
	a = alarm_of(w, ALERT_EARLY_EXIT, v);
	assert_non_null(a);
	assert_int_equal(a->state, ALERT_OPEN);
	assert_int_equal(a->urgency, 3);
	assert_int_equal(a->raised_at, w->now);
	assert_int_equal(a->device, w->exit);
	assert_true(visit_of(w, v)->f.flags & 1u << ALERT_EARLY_EXIT);
	world_pass(w, 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_int_equal(w->outcome.receipt->action, ACTION_RELEASE);
	assert_state(w, v, VISIT_COMPLETED);
	assert_int_equal(a->state, ALERT_SETTLED);
	assert_false(visit_of(w, v)->f.flags & 1u << ALERT_EARLY_EXIT);
}

static void test_rule_4_extended_likewise(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	assert_verdict(world_act(w, w->observer, v, ACTION_EXTEND), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, v)->f.due_at, w->now + WORLD_DUE + 10 * MS_MINUTE);
	assert_true(visit_of(w, v)->f.flags & VISIT_FLAG_EXTENDED);
	world_pass(w, WORLD_DUE);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_NOT_DUE);
	world_pass(w, 10 * MS_MINUTE - 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v), 1);
	world_pass(w, 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
}

static void test_extending_needs_minutes_and_a_reason(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command c = world_command(w, COMMAND_VISIT, w->observer, v);

	c.action = ACTION_EXTEND;
	c.reason = "dizzy";
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	c.reason = NULL;
	c.minutes = 5;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
}

/* Only a scan at the exit flags: an observer who asks too early is just told. */
static void test_release_before_due_raises_nothing(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_pass(w, WORLD_DUE - 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_NOT_DUE);
	assert_int_equal(w->events.n, 0);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v), 0);
	world_pass(w, 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
}

/* Everyone injected is observed: at due without arrival the exit refuses, and an observer releases with a reason. */
static void test_injected_but_never_observed(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);
	struct command c = world_command(w, COMMAND_VISIT, w->observer, v);

	world_pass(w, WORLD_DUE - 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v), 1);
	world_pass(w, 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_OBSERVED);
	assert_state(w, v, VISIT_INJECTED);
	c.action = ACTION_RELEASE;
	assert_verdict(world_do(w, &c), VERDICT_NOT_OBSERVED);
	c.reason = "sat in the corner, seen by the guard";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
	assert_int_equal(alarm_of(w, ALERT_NEVER_ARRIVED, v)->state, ALERT_SETTLED);
}

/* early_exit unsettled after 3 min: left_early, and the alarm stays on the list. */
static void test_an_early_exit_lapses_to_left_early(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_pass(w, 10 * MS_MINUTE);
	world_scan(w, w->exit, v);
	/* Seen by somebody is not settled. */
	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_EARLY_EXIT, v)), VERDICT_ACCEPTED);
	world_pass(w, 3 * MS_MINUTE - 1);
	assert_state(w, v, VISIT_OBSERVING);
	assert_int_equal(site_deadline(w->site), w->now + 1);
	world_pass(w, 1);
	assert_state(w, v, VISIT_LEFT_EARLY);
	assert_int_equal(event_of(w, EVENT_LEFT_EARLY)->at, w->now);
	assert_null(event_of(w, EVENT_LEFT_EARLY)->command);
	assert_int_not_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
}

/* `returned` settles an open early_exit; the state is what it was. */
static void test_returned_in_time_settles(void **state)
{
	struct world *w = *state;
	const enum visit_state states[] = {VISIT_INJECTED, VISIT_OBSERVING};

	for (int i = 0; i < 2; i++) {
		uint32_t v = world_visit(w, states[i]);

		assert_verdict(world_act(w, w->exit, v, ACTION_RETURNED), VERDICT_NOT_LEFT);
		world_pass(w, MS_MINUTE);
		assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
		world_pass(w, MS_MINUTE);
		assert_verdict(world_act(w, w->exit, v, ACTION_RETURNED), VERDICT_ACCEPTED);
		assert_state(w, v, states[i]);
		assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
		world_pass(w, 2 * MS_MINUTE + MS_SECOND);
		assert_state(w, v, states[i]);
		assert_verdict(world_act(w, w->exit, v, ACTION_RETURNED), VERDICT_NOT_LEFT);
	}
}

/* "A man who feels fine walks out after ten minutes" and comes back: observing again, by whatever scan sees him. */
static void test_an_early_leaver_may_return(void **state)
{
	struct world *w = *state;

	for (int way = 0; way < 3; way++) {
		uint32_t v = world_visit(w, VISIT_OBSERVING);

		world_pass(w, 10 * MS_MINUTE);
		world_scan(w, w->exit, v);
		world_pass(w, 3 * MS_MINUTE);
		assert_state(w, v, VISIT_LEFT_EARLY);
		assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_NOT_OBSERVING);
		if (way == 0)
			assert_verdict(world_act(w, w->exit, v, ACTION_RETURNED), VERDICT_ACCEPTED);
		if (way == 1)
			assert_verdict(world_scan(w, w->observer, v), VERDICT_ACCEPTED);
		if (way == 2)
			assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
		assert_state(w, v, VISIT_OBSERVING);
		assert_int_equal(events_of(w, EVENT_RETURNED), 1);
		/* Red again before due: at the exit a new alarm, elsewhere none. */
		assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v), way == 2 ? 2 : 1);
		assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, way == 2 ? ALERT_OPEN : ALERT_SETTLED);
		world_act(w, w->exit, v, ACTION_RETURNED);
		world_pass(w, 17 * MS_MINUTE - 1);
		assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_NOT_DUE);
		world_pass(w, 1);
		assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
	}
}

/* left_early, scanned at the exit after due: returned, then released, in one scan. */
static void test_an_early_leaver_at_the_exit_after_due_is_released(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_LEFT_EARLY);

	world_pass(w, WORLD_DUE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_int_equal(w->outcome.receipt->action, ACTION_RELEASE);
	assert_state(w, v, VISIT_COMPLETED);
	assert_int_equal(events_of(w, EVENT_RETURNED), 1);
	assert_int_equal(events_of(w, EVENT_RELEASED), 1);
}

static void test_walked_out_is_left_early_and_settles(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, 5 * MS_MINUTE);
	world_scan(w, w->exit, v);
	assert_verdict(world_act(w, w->exit, v, ACTION_WALKED_OUT), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_LEFT_EARLY);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
	assert_int_equal(alarm_of(w, ALERT_NEVER_ARRIVED, v)->state, ALERT_SETTLED);
	assert_verdict(world_act(w, w->exit, v, ACTION_WALKED_OUT), VERDICT_NOT_OBSERVING);
}

/* Who was given nothing is free to go; before that, the guard's `leave` ends the ticket. */
static void test_the_exit_without_an_injection(void **state)
{
	struct world *w = *state;
	const enum visit_state before[] = {VISIT_QUEUED, VISIT_CALLED, VISIT_SERVING, VISIT_PARKED};
	uint32_t v;

	v = world_visit(w, VISIT_DEFERRED);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_FREE_TO_GO);
	v = world_visit(w, VISIT_DECLINED);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_FREE_TO_GO);
	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		v = world_visit(w, before[i]);
		assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_INJECTED);
		assert_state(w, v, before[i]);
		assert_verdict(world_act(w, w->exit, v, ACTION_LEAVE), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_LEFT);
	}
	assert_int_equal(site_desk(w->site, "registration-1")->n_called, 0);
	assert_int_equal(site_desk(w->site, "registration-1")->n_serving, 0);
}

/* Invariant: nobody completes before due, whoever asks. */
static void test_leave_is_no_way_around_observation(void **state)
{
	struct world *w = *state;
	const enum visit_state states[] = {VISIT_INJECTED, VISIT_OBSERVING, VISIT_LEFT_EARLY};

	for (size_t i = 0; i < 3; i++) {
		uint32_t v = world_visit(w, states[i]);

		assert_verdict(world_act(w, w->exit, v, ACTION_LEAVE), VERDICT_WRONG_STAGE);
		assert_verdict(world_act(w, w->board, v, ACTION_DEFER), VERDICT_WRONG_STAGE);
		assert_state(w, v, states[i]);
	}
}

/* A scan that was kept offline is judged by when it was made. */
static void test_an_exit_scan_kept_offline_is_judged_by_its_own_time(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command c = world_command(w, COMMAND_SCAN, w->exit, v);

	world_pass(w, WORLD_DUE + 10 * MS_SECOND);
	c.device_at = 5000000; /* whatever that clock says */
	c.device_sent_at = c.device_at + 10 * MS_SECOND + 1;
	assert_verdict(world_do(w, &c), VERDICT_NOT_DUE);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v), 1);
	world_pass(w, MS_MINUTE);
	c.device_sent_at = c.device_at + 10 * MS_SECOND;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_rule_4_a_millisecond_before_due_is_refused_and_flagged),
		T(test_rule_4_extended_likewise),
		T(test_extending_needs_minutes_and_a_reason),
		T(test_release_before_due_raises_nothing),
		T(test_injected_but_never_observed),
		T(test_an_early_exit_lapses_to_left_early),
		T(test_returned_in_time_settles),
		T(test_an_early_leaver_may_return),
		T(test_an_early_leaver_at_the_exit_after_due_is_released),
		T(test_walked_out_is_left_early_and_settles),
		T(test_the_exit_without_an_injection),
		T(test_leave_is_no_way_around_observation),
		T(test_an_exit_scan_kept_offline_is_judged_by_its_own_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
