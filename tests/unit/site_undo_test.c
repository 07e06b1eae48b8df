/*
 * Undo: the last act of a visit can be taken back within a minute, if nothing has followed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

static void small(struct rules *r)
{
	r->room_registration = 2;
	r->observation_seats = 2;
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

/* The eight that can be undone, each from where it is done. */
static const struct undoable {
	enum visit_state from;
	enum action action;
} undoables[] = {
	{VISIT_QUEUED, ACTION_CALL},     {VISIT_QUEUED, ACTION_START},  {VISIT_CALLED, ACTION_START},
	{VISIT_SERVING, ACTION_FINISH},  {VISIT_QUEUED, ACTION_PARK},   {VISIT_CALLED, ACTION_PARK},
	{VISIT_CALLED, ACTION_NO_SHOW},  {VISIT_SERVING, ACTION_DEFER}, {VISIT_SERVING, ACTION_DECLINE},
	{VISIT_INJECTED, ACTION_ARRIVE},
};
#define N_UNDOABLES (sizeof(undoables) / sizeof(*undoables))

static void act(struct world *w, uint32_t visit, enum action a)
{
	const uint32_t by = a == ACTION_ARRIVE ? w->observer : w->hand[STAGE_REGISTRATION][0];

	if (a == ACTION_CALL)
		assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), visit);
	else
		assert_verdict(world_act(w, by, visit, a), VERDICT_ACCEPTED);
}

static void assert_as_before(const struct world *w, const struct visit *before, uint32_t visit)
{
	const struct visit *v = visit_of(w, visit);

	assert_same_facts(&v->f, &before->f);
	assert_int_equal(v->entered_at, before->entered_at);
	assert_int_equal(v->key, before->key);
	assert_int_equal(v->admitted, before->admitted);
	assert_int_equal(v->no_shows, before->no_shows);
	assert_int_equal(v->observed_at, before->observed_at);
}

/* Exactly a minute, inclusive; and it leads back exactly. */
static void test_each_of_the_eight_within_a_minute(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_UNDOABLES; i++) {
		struct world *w = world_new();
		uint32_t v = world_visit(w, undoables[i].from);
		struct visit before = *visit_of(w, v);

		world_pass(w, MS_SECOND);
		act(w, v, undoables[i].action);
		world_pass(w, 60 * MS_SECOND);
		world_restart(w);
		assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
		assert_int_equal(events_of(w, EVENT_UNDONE), 1);
		assert_as_before(w, &before, v);
		/* What was undone is not undone again. */
		assert_verdict(world_undo(w, v), VERDICT_NOTHING_TO_UNDO);
		/* And it can be done again. */
		act(w, v, undoables[i].action);
		world_free(w);
	}
}

static void test_each_of_the_eight_a_moment_later(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_UNDOABLES; i++) {
		struct world *w = world_new();
		uint32_t v = world_visit(w, undoables[i].from);

		act(w, v, undoables[i].action);
		world_pass(w, 60 * MS_SECOND + 1);
		assert_verdict(world_undo(w, v), VERDICT_UNDO_TOO_LATE);
		assert_int_equal(w->events.n, 0);
		world_free(w);
	}
}

/* Check-in, resume, leave, return_to, inject and all that is done after an injection cannot be undone. */
static void test_what_cannot_be_undone(void **state)
{
	struct world *w = *state;
	const struct {
		enum visit_state from;
		enum action action;
	} others[] = {
		{VISIT_QUEUED, ACTION_NONE},         {VISIT_PARKED, ACTION_RESUME},
		{VISIT_QUEUED, ACTION_LEAVE},        {VISIT_INJECTED, ACTION_NONE},
		{VISIT_OBSERVING, ACTION_EXTEND},    {VISIT_OBSERVING, ACTION_WALKED_OUT},
		{VISIT_LEFT_EARLY, ACTION_RETURNED}, {VISIT_OBSERVING, ACTION_UNWELL},
		{VISIT_UNWELL, ACTION_CLEAR},        {VISIT_COMPLETED, ACTION_NONE},
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		uint32_t v = world_visit(w, others[i].from);

		if (others[i].action)
			assert_verdict(world_act(w, w->board, v, others[i].action), VERDICT_ACCEPTED);
		assert_verdict(world_undo(w, v), VERDICT_NOTHING_TO_UNDO);
	}
}

/* Only the last: something has followed. */
static void test_only_the_last_act(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);

	act(w, v, ACTION_CALL);
	act(w, v, ACTION_START);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_CALLED);
	assert_verdict(world_undo(w, v), VERDICT_NOTHING_TO_UNDO);
	act(w, v, ACTION_START);
	act(w, v, ACTION_FINISH);
	world_unwell(w, w->kiosk, v);
	assert_verdict(world_undo(w, v), VERDICT_NOTHING_TO_UNDO);
	world_act(w, w->clinician, v, ACTION_CLEAR);
	assert_verdict(world_undo(w, v), VERDICT_NOTHING_TO_UNDO);
	assert_int_equal(site_desk(w->site, "registration-1")->n_serving, 0);
}

/* What moves nobody has not followed: a scan at the kiosk, another's act, an alarm. */
static void test_a_scan_has_not_followed(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w), other = world_check_in(w);

	act(w, v, ACTION_PARK);
	assert_verdict(world_scan(w, w->kiosk, v), VERDICT_WHERE_TO_GO);
	act(w, other, ACTION_CALL);
	world_pass(w, 20 * MS_SECOND);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_QUEUED);
}

/* Counts go back too: the totals, what the desk has done, and the no-show that would have parked. */
static void test_counts_go_back(void **state)
{
	struct world *w = *state;
	const struct desk *d = site_desk(w->site, "registration-1");
	uint32_t v = world_visit(w, VISIT_SERVING);

	act(w, v, ACTION_FINISH);
	assert_int_equal(site_desk(w->site, "registration-1")->done, 1);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	d = site_desk(w->site, "registration-1");
	assert_int_equal(d->done, 0);
	assert_int_equal(desk_hourly(d, w->now), 0);
	assert_int_equal(w->site->queues[STAGE_REGISTRATION].done, 0);
	act(w, v, ACTION_DEFER);
	assert_int_equal(w->site->today->totals.by_state[VISIT_DEFERRED], 1);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_int_equal(w->site->today->totals.by_state[VISIT_DEFERRED], 0);
	act(w, v, ACTION_FINISH);
	v = world_check_in(w);
	for (int i = 0; i < 5; i++) {
		act(w, v, ACTION_CALL);
		act(w, v, ACTION_NO_SHOW);
		assert_state(w, v, VISIT_QUEUED);
		assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_CALLED);
		assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
		assert_verdict(world_desk(w, COMMAND_DESK_OPEN, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	}
}

/* Back to a desk that has somebody else now, or that has closed. */
static void test_the_desk_must_have_a_place(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_SERVING), other;

	act(w, v, ACTION_FINISH);
	other = world_visit(w, VISIT_SERVING);
	assert_verdict(world_undo(w, v), VERDICT_DESK_BUSY);
	assert_string_equal(w->outcome.desk, "registration-1");
	act(w, other, ACTION_FINISH);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, v), VERDICT_DESK_CLOSED);
	assert_int_equal(w->events.n, 0);
	assert_verdict(world_desk(w, COMMAND_DESK_OPEN, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_SERVING);
	assert_string_equal(visit_of(w, v)->f.desk, "registration-1");
}

static void test_back_to_called_at_a_desk_that_has_called_another(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_CALLED), other;

	act(w, v, ACTION_NO_SHOW);
	other = world_check_in(w);
	act(w, v, ACTION_PARK);
	act(w, other, ACTION_CALL);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED); /* of the park: back in the queue */
	assert_state(w, v, VISIT_QUEUED);
	v = world_check_in(w);
	assert_int_not_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	v = site_desk(w->site, "registration-2")->called[0];
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], v, ACTION_PARK), VERDICT_ACCEPTED);
	assert_int_not_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	assert_verdict(world_undo(w, v), VERDICT_DESK_BUSY);
	assert_state(w, v, VISIT_PARKED);
}

/* A call is taken back for all who were called with it. */
static void test_undo_of_a_call_is_of_the_whole_party(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0), c;

	c = world_member(w, WORLD_PARTY, 0);
	world_pass(w, MS_SECOND);
	act(w, a, ACTION_CALL);
	act(w, c, ACTION_START);
	assert_verdict(world_undo(w, b), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_UNDONE), 2);
	assert_state(w, a, VISIT_QUEUED);
	assert_state(w, b, VISIT_QUEUED);
	assert_state(w, c, VISIT_SERVING);
	assert_int_equal(site_desk(w->site, "registration-1")->n_called, 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, a)), 0);
	/* They still belong to the desk that has the third. */
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
}

/* The clock that a wrong arrival stopped goes on: nobody is forgotten on the way to observation. */
static void test_undo_of_an_arrival_looks_for_them_again(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, 4 * MS_MINUTE);
	act(w, v, ACTION_ARRIVE);
	world_pass(w, 30 * MS_SECOND);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	world_pass(w, 30 * MS_SECOND - 1);
	assert_null(alarm_of(w, ALERT_NEVER_ARRIVED, v));
	world_pass(w, 1);
	assert_non_null(alarm_of(w, ALERT_NEVER_ARRIVED, v));
}

/* ... also where it had been raised before. */
static void test_undo_of_an_arrival_after_the_alarm(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, 5 * MS_MINUTE);
	act(w, v, ACTION_ARRIVE);
	assert_int_equal(alarm_of(w, ALERT_NEVER_ARRIVED, v)->state, ALERT_SETTLED);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_INJECTED);
	assert_int_equal(alarm_of(w, ALERT_NEVER_ARRIVED, v)->state, ALERT_OPEN);
}

/* A call that had expired before a wrong start has expired still; one that had not does in its time. */
static void test_undo_of_a_start_after_the_alarm(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_CALLED);
	const char *desk = visit_of(w, v)->f.desk;

	world_pass(w, 2 * MS_MINUTE + 30 * MS_SECOND);
	act(w, v, ACTION_START);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_null(alarm_of(w, ALERT_CALL_EXPIRED, v));
	world_pass(w, 30 * MS_SECOND);
	assert_int_equal(alarms_of(w, ALERT_CALL_EXPIRED, v), 1);
	act(w, v, ACTION_START);
	assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_SETTLED);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_CALLED);
	assert_int_equal(alarms_of(w, ALERT_CALL_EXPIRED, v), 2);
	assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_OPEN);
	assert_string_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->desk, desk);
}

/* What the slip had settled is open again: the one at the door is still at the door. */
static void test_undo_of_an_arrival_opens_an_early_exit_again(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	world_pass(w, 20 * MS_SECOND);
	act(w, v, ACTION_ARRIVE);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
	world_restart(w);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_OPEN);
	/* And lapses as any other. */
	world_pass(w, 3 * MS_MINUTE);
	assert_state(w, v, VISIT_LEFT_EARLY);
}

/* ... and so is a call that nobody came to. What somebody had settled by hand stays settled. */
static void test_undo_of_a_start_opens_an_expired_call_again(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_CALLED);

	world_pass(w, 3 * MS_MINUTE);
	act(w, v, ACTION_START);
	assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_SETTLED);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_OPEN);
	assert_verdict(world_settle(w, alarm_of(w, ALERT_CALL_EXPIRED, v)), VERDICT_ACCEPTED);
	act(w, v, ACTION_START);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_SETTLED);
}

/* The long observation that a finish had asked for is undone with it. */
static void test_undo_of_a_finish_takes_back_what_it_asked_for(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_CONSENT][0];
	uint32_t v = world_check_in(w);
	struct command c;

	world_bring(w, v, STAGE_CONSENT);
	assert_verdict(world_act(w, hand, v, ACTION_START), VERDICT_ACCEPTED);
	c = world_command(w, COMMAND_VISIT, hand, v);
	c.action = ACTION_FINISH;
	c.long_observation = true;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	world_inject(w, v);
	assert_int_equal(visit_of(w, v)->f.due_at, w->now + WORLD_DUE);
}

/* Rooms and seats keep their size. */
static void test_undo_needs_the_place_that_was_given_up(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b = world_check_in(w), c = world_check_in(w);

	assert_false(visit_of(w, c)->admitted);
	act(w, a, ACTION_PARK);
	assert_true(visit_of(w, c)->admitted);
	assert_verdict(world_undo(w, a), VERDICT_ROOM_FULL);
	assert_state(w, a, VISIT_PARKED);
	assert_verdict(world_act(w, w->exit, b, ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, a), VERDICT_ACCEPTED);
	assert_true(visit_of(w, a)->admitted);
}

static void test_undo_needs_a_seat(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_INJECTION][0];
	uint32_t a = world_check_in(w), b;

	world_bring(w, a, STAGE_INJECTION);
	assert_verdict(world_act(w, hand, a, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, hand, a, ACTION_DECLINE), VERDICT_ACCEPTED);
	b = world_member(w, NULL, 1);
	world_bring(w, b, STAGE_INJECTION);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][1], b, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, a), VERDICT_SEATS_FULL);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][1], b, ACTION_DEFER), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, a), VERDICT_ACCEPTED);
	assert_state(w, a, VISIT_SERVING);
}

/* At a desk: only what was done at this desk. */
static void test_a_desk_undoes_its_own_acts(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_SERVING);

	act(w, v, ACTION_FINISH);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], v, ACTION_UNDO), VERDICT_DESK_WRONG);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_UNDO), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_SERVING);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define S(name) cmocka_unit_test_setup_teardown(name, setup_small, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_of_the_eight_within_a_minute),
		cmocka_unit_test(test_each_of_the_eight_a_moment_later),
		T(test_what_cannot_be_undone),
		T(test_only_the_last_act),
		T(test_a_scan_has_not_followed),
		T(test_counts_go_back),
		T(test_the_desk_must_have_a_place),
		T(test_back_to_called_at_a_desk_that_has_called_another),
		T(test_undo_of_a_call_is_of_the_whole_party),
		T(test_undo_of_an_arrival_looks_for_them_again),
		T(test_undo_of_an_arrival_after_the_alarm),
		T(test_undo_of_a_start_after_the_alarm),
		T(test_undo_of_an_arrival_opens_an_early_exit_again),
		T(test_undo_of_a_start_opens_an_expired_call_again),
		T(test_undo_of_a_finish_takes_back_what_it_asked_for),
		S(test_undo_needs_the_place_that_was_given_up),
		S(test_undo_needs_a_seat),
		T(test_a_desk_undoes_its_own_acts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
