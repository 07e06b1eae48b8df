/*
 * Rule 5 of domain.md: a reaction reported by anybody alerts at once, and keeps the person from being released until a
 * clinician clears them or sends them to hospital. Danger beats order: `unwell` is never refused.
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

static const enum visit_state states[] = {
	VISIT_QUEUED,    VISIT_CALLED,   VISIT_SERVING,  VISIT_PARKED, VISIT_INJECTED,   VISIT_OBSERVING,
	VISIT_COMPLETED, VISIT_DEFERRED, VISIT_DECLINED, VISIT_LEFT,   VISIT_LEFT_EARLY, VISIT_TRANSFERRED,
};
#define N_STATES (sizeof(states) / sizeof(*states))

static enum visit_state cleared_to(enum visit_state from)
{
	switch (from) {
	case VISIT_CALLED:
	case VISIT_SERVING:
	case VISIT_PARKED:
		return VISIT_QUEUED;
	case VISIT_INJECTED:
	case VISIT_COMPLETED:
	case VISIT_LEFT_EARLY:
		return VISIT_OBSERVING;
	default:
		return from;
	}
}

/* From every state and by both paths, and back where it came from. */
static void test_rule_5_unwell_from_every_state_and_cleared(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < 2 * N_STATES; i++) {
		enum visit_state from = states[i % N_STATES];
		uint32_t v = world_visit(w, from);
		enum stage stage = visit_of(w, v)->f.stage;
		int before = alarms_of(w, ALERT_UNWELL, v); /* a transferred one was unwell before */

		world_pass(w, MS_SECOND);
		if (i < N_STATES)
			assert_verdict(world_unwell(w, w->kiosk, v), VERDICT_ACCEPTED);
		else
			assert_verdict(world_act(w, w->exit, v, ACTION_UNWELL), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_UNWELL);
		assert_null(visit_of(w, v)->f.desk);
		assert_int_equal(visit_of(w, v)->came_from, from);
		assert_int_equal(alarms_of(w, ALERT_UNWELL, v), before + 1);
		assert_int_equal(site_ahead(w->site, visit_of(w, v)), -1);
		assert_int_equal(site_desk(w->site, "registration-1")->n_called, 0);
		assert_int_equal(site_desk(w->site, "registration-1")->n_serving, 0);
		assert_verdict(world_act(w, w->clinician, v, ACTION_ASSESS), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_UNWELL);
		assert_verdict(world_act(w, w->clinician, v, ACTION_CLEAR), VERDICT_ACCEPTED);
		assert_state(w, v, cleared_to(from));
		if (cleared_to(from) == VISIT_QUEUED)
			assert_int_equal(visit_of(w, v)->f.stage, stage);
		assert_int_equal(alarm_of(w, ALERT_UNWELL, v)->state, ALERT_SETTLED);
		/* Out of the way of the next one. */
		if (cleared_to(from) == VISIT_QUEUED)
			world_act(w, w->exit, v, ACTION_LEAVE);
	}
}

/* Not released by anybody, by any way, until cleared. */
static void test_rule_5_an_unwell_one_is_not_released(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_unwell(w, w->observer, v);
	world_pass(w, WORLD_DUE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_UNWELL);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_UNWELL);
	assert_verdict(world_act(w, w->board, v, ACTION_WALKED_OUT), VERDICT_UNWELL);
	assert_verdict(world_act(w, w->exit, v, ACTION_LEAVE), VERDICT_UNWELL);
	assert_verdict(world_act(w, w->observer, v, ACTION_EXTEND), VERDICT_UNWELL);
	assert_verdict(world_settle(w, alarm_of(w, ALERT_UNWELL, v)), VERDICT_UNWELL);
	assert_state(w, v, VISIT_UNWELL);
	assert_verdict(world_act(w, w->clinician, v, ACTION_CLEAR), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
}

static void test_cleared_with_more_minutes(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);
	struct command c = world_command(w, COMMAND_VISIT, w->clinician, v);
	ms_t due = visit_of(w, v)->f.due_at;

	world_pass(w, 3 * MS_MINUTE);
	world_unwell(w, w->exit, v);
	world_pass(w, 17 * MS_MINUTE);
	assert_null(alarm_of(w, ALERT_NEVER_ARRIVED, v));
	c.action = ACTION_CLEAR;
	c.minutes = 45;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_OBSERVING);
	assert_int_equal(visit_of(w, v)->f.due_at, w->now + 45 * MS_MINUTE);
	assert_true(visit_of(w, v)->f.due_at > due);
	world_pass(w, 45 * MS_MINUTE - 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_NOT_DUE);
	world_pass(w, 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
}

static void test_cleared_without_minutes_keeps_the_due_time(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	ms_t due = visit_of(w, v)->f.due_at;

	world_pass(w, MS_MINUTE);
	world_unwell(w, w->kiosk, v);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->clinician, v, ACTION_CLEAR), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, v)->f.due_at, due);
}

/* "A woman faints" while she waits: cleared, she has her old place in the queue. */
static void test_cleared_to_its_place_in_the_queue(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b;

	world_pass(w, MS_SECOND);
	b = world_check_in(w);
	world_unwell(w, w->kiosk, a);
	assert_int_equal(site_ahead(w->site, visit_of(w, b)), 0);
	world_pass(w, 10 * MS_MINUTE);
	assert_verdict(world_act(w, w->clinician, a, ACTION_CLEAR), VERDICT_ACCEPTED);
	assert_int_equal(site_ahead(w->site, visit_of(w, a)), 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, b)), 1);
}

static void test_transferred_to_hospital(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	assert_verdict(world_act(w, w->clinician, v, ACTION_TRANSFER), VERDICT_NOT_UNWELL);
	world_unwell(w, w->observer, v);
	assert_verdict(world_act(w, w->clinician, v, ACTION_TRANSFER), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_TRANSFERRED);
	assert_int_equal(alarm_of(w, ALERT_UNWELL, v)->state, ALERT_SETTLED);
	assert_verdict(world_act(w, w->clinician, v, ACTION_CLEAR), VERDICT_NOT_UNWELL);
}

/* Twice: it stays unwell, where it came from is kept, and a new one after the clearance is a new alarm. */
static void test_unwell_twice(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	assert_verdict(world_unwell(w, w->observer, v), VERDICT_ACCEPTED);
	world_pass(w, MS_SECOND);
	assert_verdict(world_unwell(w, w->exit, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_UNWELL);
	assert_int_equal(visit_of(w, v)->came_from, VISIT_OBSERVING);
	assert_int_equal(alarm_of(w, ALERT_UNWELL, v)->count, 2);
	world_act(w, w->clinician, v, ACTION_CLEAR);
	assert_state(w, v, VISIT_OBSERVING);
	world_pass(w, MS_SECOND);
	assert_verdict(world_unwell(w, w->observer, v), VERDICT_ACCEPTED);
	assert_int_equal(alarms_of(w, ALERT_UNWELL, v), 2);
	assert_int_equal(alarm_of(w, ALERT_UNWELL, v)->count, 1);
}

/* An unknown code, or no code at all: then the place. Settled by hand, for nobody can be cleared. */
static void test_unwell_of_nobody_known(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_UNWELL, w->kiosk, 0);
	const struct alert *a;

	for (int i = 0; i < 3; i++) {
		c.ticket = i == 0 ? 987654321 : 0;
		c.place = i == 2 ? NULL : "entrance";
		world_pass(w, MS_SECOND);
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_non_null(w->outcome.receipt);
		a = alarm_of(w, ALERT_UNWELL, 0);
		assert_non_null(a);
		assert_int_equal(a->state, ALERT_OPEN);
		assert_int_equal(a->device, w->kiosk);
		if (c.place)
			assert_string_equal(a->place, "entrance");
		assert_verdict(world_settle(w, a), VERDICT_ACCEPTED);
		assert_int_equal(a->state, ALERT_SETTLED);
	}
}

/* The first thing that happens on a day, and a device that is none: a ticket's holder reports by phone. */
static void test_unwell_before_anything_else(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_UNWELL, .body = 1};

	assert_null(w->site->today);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(alarms_of(w, ALERT_UNWELL, 0), 1);
	world_pass(w, 30 * MS_SECOND);
	assert_int_equal(alarm_of(w, ALERT_UNWELL, 0)->escalated, 1);
}

/* Whatever else was flagged about the person is settled: found. */
static void test_unwell_settles_what_it_explains(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, 5 * MS_MINUTE);
	world_scan(w, w->exit, v);
	assert_verdict(world_unwell(w, w->exit, v), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_NEVER_ARRIVED, v)->state, ALERT_SETTLED);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
	world_pass(w, 10 * MS_MINUTE);
	assert_state(w, v, VISIT_UNWELL);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_rule_5_unwell_from_every_state_and_cleared),
		T(test_rule_5_an_unwell_one_is_not_released),
		T(test_cleared_with_more_minutes),
		T(test_cleared_without_minutes_keeps_the_due_time),
		T(test_cleared_to_its_place_in_the_queue),
		T(test_transferred_to_hospital),
		T(test_unwell_twice),
		T(test_unwell_of_nobody_known),
		T(test_unwell_before_anything_else),
		T(test_unwell_settles_what_it_explains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
