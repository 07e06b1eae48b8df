/*
 * What a supervisor sets right: somebody put elsewhere, a record corrected, a lost ticket replaced. Each is a new
 * entry, never an erasure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

static void small(struct rules *r)
{
	r->room_consent = 2;
	r->observation_seats = 3;
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

/* ---- move ---- */

/* To any queue that it has stood in today, from wherever it is; never on to one that it has not reached. */
static void test_a_move_goes_back_and_never_ahead(void **state)
{
	struct world *w = *state;
	const enum visit_state from[] = {VISIT_QUEUED, VISIT_CALLED, VISIT_SERVING, VISIT_PARKED};

	for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
		uint32_t v = world_visit(w, from[i]);

		assert_verdict(world_move(w, v, STAGE_CONSENT), VERDICT_WRONG_STAGE);
		assert_verdict(world_move(w, v, STAGE_INJECTION), VERDICT_WRONG_STAGE);
		assert_verdict(world_move(w, v, STAGE_OBSERVATION), VERDICT_NOT_INJECTED);
		assert_verdict(world_move(w, v, STAGE_REGISTRATION), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_QUEUED);
		assert_null(visit_of(w, v)->f.desk);
		assert_int_equal(events_of(w, EVENT_MOVED), 1);
		assert_string_equal(event_of(w, EVENT_MOVED)->reason, "a mistake");
		world_bring(w, v, STAGE_INJECTION);
		assert_verdict(world_move(w, v, STAGE_REGISTRATION), VERDICT_ACCEPTED);
		assert_int_equal(visit_of(w, v)->f.stage, STAGE_REGISTRATION);
		/* Rule 1: what lay behind it must be gone through again. */
		assert_verdict(world_move(w, v, STAGE_INJECTION), VERDICT_WRONG_STAGE);
		world_inject(w, v);
	}
}

/* A ticket ended by mistake lives again. */
static void test_a_move_from_an_end(void **state)
{
	struct world *w = *state;
	const enum visit_state ends[] = {VISIT_DEFERRED, VISIT_DECLINED, VISIT_LEFT};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		uint32_t v = world_visit(w, ends[i]);

		assert_verdict(world_move(w, v, STAGE_REGISTRATION), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_QUEUED);
		assert_int_equal(visit_of(w, v)->f.class, CLASS_CALLED_BACK);
		assert_int_equal(w->site->today->totals.by_state[ends[i]], 0);
		assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v);
		world_act(w, w->board, v, ACTION_LEAVE);
		world_move(w, v, STAGE_REGISTRATION);
		world_inject(w, v);
	}
}

/* Whoever is injected belongs to observation, and there alone; the due time stays what it was. */
static void test_a_move_after_the_injection(void **state)
{
	struct world *w = *state;
	const enum visit_state from[] = {VISIT_INJECTED, VISIT_OBSERVING, VISIT_LEFT_EARLY, VISIT_COMPLETED,
					 VISIT_TRANSFERRED};

	for (size_t i = 0; i < sizeof(from) / sizeof(*from); i++) {
		uint32_t v = world_visit(w, from[i] == VISIT_TRANSFERRED ? VISIT_OBSERVING : from[i]);
		ms_t due;

		if (from[i] == VISIT_TRANSFERRED) {
			world_unwell(w, w->observer, v);
			assert_verdict(world_move(w, v, STAGE_OBSERVATION), VERDICT_UNWELL);
			assert_verdict(world_act(w, w->clinician, v, ACTION_TRANSFER), VERDICT_ACCEPTED);
		}
		due = visit_of(w, v)->f.due_at;
		for (int stage = STAGE_REGISTRATION; stage <= STAGE_INJECTION; stage++)
			assert_verdict(world_move(w, v, (enum stage)stage), VERDICT_WRONG_STAGE);
		assert_verdict(world_move(w, v, STAGE_OBSERVATION), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_OBSERVING);
		assert_int_equal(visit_of(w, v)->f.stage, STAGE_OBSERVATION);
		assert_int_equal(visit_of(w, v)->f.due_at, due);
		assert_int_not_equal(visit_of(w, v)->observed_at, 0);
	}
}

static void test_a_move_needs_a_stage(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);

	assert_verdict(world_move(w, v, STAGE_NONE), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "stage");
}

/* Moved in front of a call that was running out: nobody is waited for any more. */
static void test_a_move_settles_the_call(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_CALLED);

	world_pass(w, 3 * MS_MINUTE);
	assert_verdict(world_move(w, v, STAGE_REGISTRATION), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_SETTLED);
}

/* Rule 1: a finish that was undone is none, and opens no way past the stage. */
static void test_rule_1_an_undone_finish_opens_no_way(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_CONSENT][0];
	uint32_t v = world_check_in(w);

	world_bring(w, v, STAGE_CONSENT);
	assert_verdict(world_act(w, hand, v, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, hand, v, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_verdict(world_move(w, v, STAGE_INJECTION), VERDICT_WRONG_STAGE);
	assert_verdict(world_act(w, hand, v, ACTION_DEFER), VERDICT_ACCEPTED);
	world_restart(w);
	assert_verdict(world_move(w, v, STAGE_INJECTION), VERDICT_WRONG_STAGE);
	assert_verdict(world_move(w, v, STAGE_CONSENT), VERDICT_ACCEPTED);
}

/* Whoever has a seat needs none; whoever has not waits for one, also when a supervisor says so. */
static void test_a_move_needs_a_seat(void **state)
{
	struct world *w = *state;
	uint32_t gone = world_visit(w, VISIT_COMPLETED), going = world_member(w, NULL, 1);

	world_inject(w, going);
	world_visit(w, VISIT_OBSERVING);
	assert_verdict(world_move(w, gone, STAGE_OBSERVATION), VERDICT_SEATS_FULL);
	assert_verdict(world_move(w, going, STAGE_OBSERVATION), VERDICT_ACCEPTED);
	world_pass(w, WORLD_DUE);
	assert_verdict(world_act(w, w->observer, going, ACTION_RELEASE), VERDICT_ACCEPTED);
	assert_verdict(world_move(w, gone, STAGE_OBSERVATION), VERDICT_ACCEPTED);
}

static void small_seats(struct rules *r)
{
	r->observation_seats = 1;
}

/* Fewer seats than people, by a new configuration: those who have theirs are not asked for it. */
static void test_a_move_of_one_who_has_a_seat(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_visit(w, VISIT_INJECTED);
	assert_verdict(world_configure(w, small_seats), VERDICT_ACCEPTED);
	assert_verdict(world_move(w, v, STAGE_OBSERVATION), VERDICT_ACCEPTED);
}

/* ---- correct ---- */

static struct command correction(struct world *w, uint32_t visit)
{
	struct command c = world_command(w, COMMAND_VISIT, w->board, visit);

	c.action = ACTION_CORRECT;
	c.companions = -1; /* not told */
	c.reason = "misread";
	return c;
}

static void test_a_person_is_corrected(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_SERVING);
	struct command c = correction(w, v);
	struct visit_facts before = visit_of(w, v)->f;
	size_t lines = visit_of(w, v)->n_timeline;

	c.person = "{\"name\":\"Li Wey\",\"birth_date\":\"1950-01-03\"}";
	c.language = LANGUAGE_EN;
	c.by_id = 77;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_string_equal(visit_of(w, v)->f.person, c.person);
	assert_int_equal(visit_of(w, v)->f.language, LANGUAGE_EN);
	assert_ptr_equal(site_visit_by_id(w->site, 77), visit_of(w, v));
	assert_int_equal(visit_of(w, v)->n_timeline, lines + 1);
	before.person = visit_of(w, v)->f.person;
	before.language = LANGUAGE_EN;
	assert_same_facts(&visit_of(w, v)->f, &before);
	/* Found by what it is now, and not by what it was. */
	c.by_id = 78;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_null(site_visit_by_id(w->site, 77));
	assert_ptr_equal(site_visit_by_id(w->site, 78), visit_of(w, v));
	world_restart(w);
	assert_null(site_visit_by_id(w->site, 77));
}

static void test_a_correction_needs_a_reason(void **state)
{
	struct world *w = *state;
	struct command c = correction(w, world_check_in(w));

	c.language = LANGUAGE_EN;
	c.reason = NULL;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "reason");
}

/* In any state, also the last. */
static void test_a_correction_in_every_state(void **state)
{
	struct world *w = *state;
	const enum visit_state in[] = {VISIT_QUEUED,   VISIT_CALLED,     VISIT_SERVING,   VISIT_PARKED,
				       VISIT_INJECTED, VISIT_OBSERVING,  VISIT_COMPLETED, VISIT_DEFERRED,
				       VISIT_LEFT,     VISIT_LEFT_EARLY, VISIT_UNWELL,    VISIT_TRANSFERRED};

	for (size_t i = 0; i < sizeof(in) / sizeof(*in); i++) {
		uint32_t v = world_visit(w, in[i]);
		struct command c = correction(w, v);

		c.language = LANGUAGE_ZH_HANT;
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_int_equal(visit_of(w, v)->f.language, LANGUAGE_ZH_HANT);
		assert_state(w, v, in[i]);
		if (in[i] == VISIT_QUEUED || in[i] == VISIT_CALLED || in[i] == VISIT_SERVING || in[i] == VISIT_PARKED)
			world_act(w, w->board, v, ACTION_LEAVE);
	}
}

static unsigned given(const struct world *w, const char *lot)
{
	for (size_t i = 0; i < w->site->today->n_doses; i++) {
		if (strcmp(w->site->today->doses[i].lot, lot) == 0)
			return w->site->today->doses[i].n;
	}
	return 0;
}

/* "The lot on the tray is not the lot on the screen": what was given is counted by what it was. */
static void test_a_lot_is_corrected(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING), waiting;
	struct command c = correction(w, v);
	ms_t due = visit_of(w, v)->f.due_at;

	world_visit(w, VISIT_INJECTED);
	assert_int_equal(given(w, "L1"), 2);
	c.lot = "L2";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_string_equal(event_of(w, EVENT_CORRECTED)->lot, "L2");
	assert_int_equal(visit_of(w, v)->f.due_at, due);
	assert_int_equal(given(w, "L1"), 1);
	assert_int_equal(given(w, "L2"), 1);
	world_restart(w);
	assert_int_equal(given(w, "L1"), 1);
	waiting = world_check_in(w);
	c = correction(w, waiting);
	c.lot = "L2";
	assert_verdict(world_do(w, &c), VERDICT_NOT_INJECTED);
	c.lot = NULL;
	c.dose = 2;
	assert_verdict(world_do(w, &c), VERDICT_NOT_INJECTED);
}

static void test_nobody_is_born_tomorrow(void **state)
{
	struct world *w = *state;
	struct command c = correction(w, world_check_in(w));

	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"2026-11-21\"}";
	c.birth_date = "2026-11-21";
	assert_verdict(world_do(w, &c), VERDICT_BIRTH_DATE_TO_COME);
	c.birth_date = "2026-11-20";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* Companions are counted where they are: room and seats keep their size. */
static void test_companions_are_corrected_as_far_as_there_is_room(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b = world_check_in(w);
	struct command c;

	world_bring(w, a, STAGE_CONSENT);
	c = correction(w, a);
	c.companions = 1;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, a)->f.companions, 1);
	assert_int_equal(w->site->queues[STAGE_CONSENT].room, 2);
	world_bring(w, b, STAGE_CONSENT);
	assert_false(visit_of(w, b)->admitted);
	/* Fewer: somebody more goes in, by the same commit. */
	c.companions = 0;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(visit_of(w, b)->admitted);
	c.companions = 1;
	assert_verdict(world_do(w, &c), VERDICT_ROOM_FULL);
	/* In observation: seats. */
	world_bring(w, a, STAGE_INJECTION);
	world_inject(w, a);
	world_inject(w, b);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c = correction(w, b);
	c.companions = 1;
	assert_verdict(world_do(w, &c), VERDICT_SEATS_FULL);
}

static void test_more_companions_than_any_room_takes(void **state)
{
	struct world *w = *state;
	struct command c = correction(w, world_check_in(w));

	c.companions = 2;
	assert_verdict(world_do(w, &c), VERDICT_ROOM_FULL);
}

/* ---- reissue ---- */

/* "Lost, photographed": a new ticket, and the old one dead. */
static void test_a_new_ticket_kills_the_old(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command old = world_command(w, COMMAND_SCAN, w->exit, v);
	struct visit_facts before = visit_of(w, v)->f;

	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->board, v, ACTION_REISSUE), VERDICT_ACCEPTED);
	assert_int_equal(w->outcome.receipt->form, REPLY_NEW_TICKET);
	assert_true(visit_of(w, v)->f.ticket != old.ticket);
	assert_ptr_equal(site_visit_by_ticket(w->site, visit_of(w, v)->f.ticket), visit_of(w, v));
	assert_null(site_visit_by_ticket(w->site, old.ticket));
	before.ticket = visit_of(w, v)->f.ticket;
	assert_same_facts(&visit_of(w, v)->f, &before);
	/* A scan of the old one is somebody who holds what they should not; the alarm is about the visit. */
	world_pass(w, MS_MINUTE);
	assert_verdict(world_do(w, &old), VERDICT_TICKET_ENDED);
	assert_int_equal(alarms_of(w, ALERT_TICKET_REUSED, v), 1);
	assert_null(alarm_of(w, ALERT_EARLY_EXIT, v));
	old.kind = COMMAND_VISIT;
	old.action = ACTION_RELEASE;
	assert_verdict(world_do(w, &old), VERDICT_TICKET_ENDED);
	assert_state(w, v, VISIT_OBSERVING);
	/* Danger beats order. */
	old.kind = COMMAND_UNWELL;
	assert_verdict(world_do(w, &old), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_UNWELL);
	assert_int_equal(alarms_of(w, ALERT_UNWELL, v), 1);
	world_act(w, w->clinician, v, ACTION_CLEAR);
	world_pass(w, WORLD_DUE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
}

static void test_reissued_twice(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command first = world_command(w, COMMAND_SCAN, w->kiosk, v), second;

	assert_verdict(world_act(w, w->board, v, ACTION_REISSUE), VERDICT_ACCEPTED);
	second = world_command(w, COMMAND_SCAN, w->kiosk, v);
	assert_verdict(world_act(w, w->board, v, ACTION_REISSUE), VERDICT_ACCEPTED);
	world_restart(w);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_do(w, &first), VERDICT_TICKET_ENDED);
	assert_verdict(world_do(w, &second), VERDICT_TICKET_ENDED);
	assert_int_equal(alarm_of(w, ALERT_TICKET_REUSED, v)->count, 2);
	assert_verdict(world_scan(w, w->kiosk, v), VERDICT_WHERE_TO_GO);
	/* A new visit gets a ticket that neither of them had. */
	v = world_check_in(w);
	assert_true(visit_of(w, v)->f.ticket > second.ticket + 1);
}

/* Asked again under the same id: the same new ticket. */
static void test_a_reissue_repeated_is_the_same_ticket(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c = world_command(w, COMMAND_VISIT, w->board, 0), again;
	uint64_t ticket;

	/* A lost ticket is found by its number. */
	c.number = visit_of(w, v)->f.number;
	c.action = ACTION_REISSUE;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	ticket = w->outcome.receipt->visit.ticket;
	assert_true(ticket == visit_of(w, v)->f.ticket);
	again = world_again(w, &c);
	assert_verdict(world_do(w, &again), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	assert_true(w->outcome.receipt->visit.ticket == ticket);
	assert_true(visit_of(w, v)->f.ticket == ticket);
}

static void test_who_gets_no_new_ticket(void **state)
{
	struct world *w = *state;

	assert_verdict(world_act(w, w->board, world_visit(w, VISIT_DEFERRED), ACTION_REISSUE), VERDICT_TICKET_ENDED);
	assert_verdict(world_act(w, w->board, world_visit(w, VISIT_COMPLETED), ACTION_REISSUE), VERDICT_TICKET_ENDED);
	assert_verdict(world_act(w, w->board, world_visit(w, VISIT_LEFT_EARLY), ACTION_REISSUE), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->board, world_visit(w, VISIT_UNWELL), ACTION_REISSUE), VERDICT_ACCEPTED);
}

/* Neither a new ticket nor a correction stands in the way of an undo, or is one. */
static void test_set_right_and_undone(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_PARKED);

	assert_verdict(world_act(w, w->board, v, ACTION_REISSUE), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_QUEUED);
	assert_verdict(world_move(w, v, STAGE_REGISTRATION), VERDICT_ACCEPTED);
	assert_verdict(world_undo(w, v), VERDICT_NOTHING_TO_UNDO);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define S(name) cmocka_unit_test_setup_teardown(name, setup_small, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_move_goes_back_and_never_ahead),
		T(test_a_move_from_an_end),
		T(test_a_move_after_the_injection),
		T(test_a_move_needs_a_stage),
		T(test_rule_1_an_undone_finish_opens_no_way),
		S(test_a_move_needs_a_seat),
		T(test_a_move_of_one_who_has_a_seat),
		T(test_a_move_settles_the_call),
		T(test_a_person_is_corrected),
		T(test_a_correction_needs_a_reason),
		T(test_a_correction_in_every_state),
		T(test_a_lot_is_corrected),
		T(test_nobody_is_born_tomorrow),
		S(test_companions_are_corrected_as_far_as_there_is_room),
		S(test_more_companions_than_any_room_takes),
		T(test_a_new_ticket_kills_the_old),
		T(test_reissued_twice),
		T(test_a_reissue_repeated_is_the_same_ticket),
		T(test_who_gets_no_new_ticket),
		T(test_set_right_and_undone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
