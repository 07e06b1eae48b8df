/*
 * The way of one person through the site, the desks, and the queue: what domain.md and the design's lifecycle ask.
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

/* The lifecycle's main road, as the devices drive it. */
static void test_from_the_door_to_the_exit(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	const struct visit *visit = visit_of(w, v);

	assert_string_equal(visit->f.number, "W001");
	assert_int_equal(visit->f.stage, STAGE_REGISTRATION);
	assert_int_equal(visit->f.arrived_at, w->now);
	assert_int_equal(visit->f.class, CLASS_WALK_IN);
	for (int stage = STAGE_REGISTRATION; stage <= STAGE_INJECTION; stage++) {
		assert_state(w, v, VISIT_QUEUED);
		assert_int_equal(world_call(w, (enum stage)stage, 1), v);
		assert_state(w, v, VISIT_CALLED);
		assert_verdict(world_scan(w, w->hand[stage][1], v), VERDICT_ACCEPTED);
		assert_state(w, v, VISIT_SERVING);
		assert_verdict(world_act(w, w->hand[stage][1], v,
					 stage == STAGE_INJECTION ? ACTION_INJECT : ACTION_FINISH),
			       VERDICT_ACCEPTED);
	}
	assert_state(w, v, VISIT_INJECTED);
	assert_int_equal(visit_of(w, v)->f.injected_at, w->now);
	assert_int_equal(visit_of(w, v)->f.due_at, w->now + WORLD_DUE);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->observer, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_OBSERVING);
	world_pass(w, WORLD_DUE - MS_MINUTE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v) + alarms_of(w, ALERT_NEVER_ARRIVED, v), 0);
}

/* Rule 1: nobody is injected who has not been registered, screened and given consent, in that order. */
static void test_rule_1_no_stage_can_be_skipped(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	const uint32_t injector = w->hand[STAGE_INJECTION][0];

	assert_verdict(world_scan(w, injector, v), VERDICT_WRONG_STAGE);
	assert_verdict(world_act(w, injector, v, ACTION_START), VERDICT_WRONG_STAGE);
	assert_verdict(world_act(w, injector, v, ACTION_INJECT), VERDICT_NOT_SERVING);
	assert_verdict(world_act(w, w->board, v, ACTION_INJECT), VERDICT_NOT_SERVING);
	for (int stage = STAGE_REGISTRATION; stage < STAGE_INJECTION; stage++) {
		const uint32_t hand = w->hand[stage][0];

		assert_verdict(world_act(w, hand, v, ACTION_START), VERDICT_ACCEPTED);
		assert_verdict(world_act(w, hand, v, ACTION_INJECT), VERDICT_WRONG_STAGE);
		assert_verdict(world_act(w, w->board, v, ACTION_INJECT), VERDICT_WRONG_STAGE);
		assert_verdict(world_act(w, hand, v, ACTION_FINISH), VERDICT_ACCEPTED);
	}
	assert_verdict(world_act(w, injector, v, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, injector, v, ACTION_FINISH), VERDICT_WRONG_STAGE);
	assert_verdict(world_act(w, injector, v, ACTION_INJECT), VERDICT_ACCEPTED);
}

/* Rule 4: 30 minutes, and longer where screening says so. */
static void test_rule_4_long_observation_is_asked_for_at_consent(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c;

	world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_START);
	world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH);
	world_act(w, w->hand[STAGE_CONSENT][0], v, ACTION_START);
	c = world_command(w, COMMAND_VISIT, w->hand[STAGE_CONSENT][0], v);
	c.action = ACTION_FINISH;
	c.long_observation = true;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	world_inject(w, v);
	assert_int_equal(visit_of(w, v)->f.due_at, w->now + 60 * MS_MINUTE);
	world_act(w, w->observer, v, ACTION_ARRIVE);
	world_pass(w, 60 * MS_MINUTE - 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_NOT_DUE);
	world_pass(w, 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
}

/*
 * Rules 2 and 3, as far as they go here: an injection names its vaccine, lot and dose, and says that the checks were
 * confirmed. The state is judged before such fields.
 */
static void test_rules_2_and_3_an_injection_says_what_and_that_it_was_checked(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c;

	for (int stage = STAGE_REGISTRATION; stage <= STAGE_CONSENT; stage++) {
		world_act(w, w->hand[stage][0], v, ACTION_START);
		world_act(w, w->hand[stage][0], v, ACTION_FINISH);
	}
	c = world_command(w, COMMAND_VISIT, w->hand[STAGE_INJECTION][0], v);
	c.action = ACTION_INJECT;
	assert_verdict(world_do(w, &c), VERDICT_NOT_SERVING);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][0], v, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "vaccine");
	c.vaccine = "recombinant";
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "lot");
	c.lot = "L7";
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "dose");
	c.dose = 2;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "checks");
	assert_state(w, v, VISIT_SERVING);
	assert_int_equal(w->events.n, 0);
	c.checks = true;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_string_equal(event_of(w, EVENT_INJECTED)->lot, "L7");
	assert_string_equal(event_of(w, EVENT_INJECTED)->vaccine, "recombinant");
	assert_int_equal(event_of(w, EVENT_INJECTED)->dose, 2);
	assert_string_equal(event_of(w, EVENT_INJECTED)->desk, "injection-1");
	assert_int_equal(event_of(w, EVENT_INJECTED)->device, w->hand[STAGE_INJECTION][0]);
	assert_int_equal(event_of(w, EVENT_INJECTED)->at, w->now);
}

static void test_numbers_are_never_reused_in_a_day(void **state)
{
	struct world *w = *state;
	uint64_t tickets[12];

	for (int i = 0; i < 12; i++) {
		char number[16];
		uint32_t v = world_check_in(w);

		snprintf(number, sizeof(number), "W%03d", i + 1);
		assert_string_equal(visit_of(w, v)->f.number, number);
		tickets[i] = visit_of(w, v)->f.ticket;
		for (int j = 0; j < i; j++)
			assert_int_not_equal(tickets[i], tickets[j]);
		assert_ptr_equal(site_visit_by_number(w->site, number), visit_of(w, v));
		assert_ptr_equal(site_visit_by_ticket(w->site, tickets[i]), visit_of(w, v));
		if (i % 3 == 0)
			assert_verdict(world_act(w, w->exit, v, ACTION_LEAVE), VERDICT_ACCEPTED);
		if (i % 4 == 0)
			world_restart(w);
	}
}

/* Design, Queue: desks call for themselves, first come first called, and two never get the same ticket. */
static void test_desks_call_in_order_and_never_the_same(void **state)
{
	struct world *w = *state;
	uint32_t v[4];

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_NOBODY_WAITING);
	for (int i = 0; i < 4; i++) {
		v[i] = world_check_in(w);
		world_pass(w, i == 1 ? 0 : 1000);
	}
	for (int i = 0; i < 4; i++)
		assert_int_equal(site_ahead(w->site, visit_of(w, v[i])), i);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[0]);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), v[1]);
	assert_string_equal(visit_of(w, v[1])->f.desk, "registration-2");
	assert_int_equal(site_ahead(w->site, visit_of(w, v[0])), -1);
	assert_int_equal(site_ahead(w->site, visit_of(w, v[3])), 1);
}

/* Invariant: a desk serves one party at most; `call` needs an open desk with nobody called and nobody served. */
static void test_a_desk_has_one_at_a_time(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t a = world_check_in(w), b = world_check_in(w), c = world_check_in(w);

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_DESK_BUSY);
	/* Another may be started meanwhile; the called one stays called. */
	assert_verdict(world_act(w, hand, b, ACTION_START), VERDICT_ACCEPTED);
	assert_state(w, a, VISIT_CALLED);
	assert_verdict(world_act(w, hand, a, ACTION_START), VERDICT_DESK_BUSY);
	assert_verdict(world_scan(w, hand, c), VERDICT_DESK_BUSY);
	assert_verdict(world_act(w, hand, b, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, hand, a, ACTION_START), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_DESK_BUSY);
	assert_int_equal(site_desk(w->site, "registration-1")->serving[0], a);
}

/* Invariant: a visit is at one desk at most. */
static void test_a_visit_is_at_one_desk(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w);

	/* Called to the first desk and started at the second: the first is free again. */
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], a, ACTION_START), VERDICT_ACCEPTED);
	assert_string_equal(visit_of(w, a)->f.desk, "registration-2");
	assert_int_equal(site_desk(w->site, "registration-1")->n_called, 0);
	assert_int_equal(site_desk(w->site, "registration-2")->serving[0], a);
	/* Served here: noted. At another desk: refused, and only this desk and the board may act. */
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], a, ACTION_START), VERDICT_BEING_SERVED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_START), VERDICT_ALREADY_SERVED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_FINISH), VERDICT_DESK_WRONG);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_DEFER), VERDICT_DESK_WRONG);
	assert_verdict(world_act(w, w->board, a, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_int_equal(site_desk(w->site, "registration-2")->n_serving, 0);
	assert_null(visit_of(w, a)->f.desk);
}

static void test_start_without_a_desk_asks_for_one(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w);
	struct command c = world_command(w, COMMAND_VISIT, w->board, a);

	c.action = ACTION_START;
	assert_verdict(world_do(w, &c), VERDICT_DESK_MISSING);
	c.desk = "registration-99";
	assert_verdict(world_do(w, &c), VERDICT_DESK_UNKNOWN);
	c.desk = "registration-2";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(site_desk(w->site, "registration-2")->serving[0], a);
	/* The state is judged before such fields. */
	c.desk = NULL;
	assert_verdict(world_do(w, &c), VERDICT_ALREADY_SERVED);
	world_act(w, w->board, a, ACTION_DECLINE);
	assert_verdict(world_do(w, &c), VERDICT_TICKET_ENDED);
}

/* Design, Queue: a closing desk gives its called ticket back to its place; whoever is served is finished there. */
static void test_a_closing_desk_gives_back(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b;

	world_pass(w, 1000);
	b = world_check_in(w);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	world_pass(w, 1000);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_state(w, a, VISIT_QUEUED);
	assert_int_equal(site_ahead(w->site, visit_of(w, a)), 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, b)), 1);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_DESK_CLOSED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_DESK_CLOSED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), a);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], a, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 1), VERDICT_ACCEPTED);
	assert_state(w, a, VISIT_SERVING);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], a, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_verdict(world_desk(w, COMMAND_DESK_OPEN, STAGE_REGISTRATION, 1), VERDICT_ACCEPTED);
	assert_verdict(world_desk(w, COMMAND_DESK_OPEN, STAGE_REGISTRATION, 1), VERDICT_DESK_OPEN);
}

static void test_recall_needs_somebody_called(void **state)
{
	struct world *w = *state;

	assert_verdict(world_desk(w, COMMAND_DESK_RECALL, STAGE_REGISTRATION, 0), VERDICT_NOBODY_CALLED);
	world_visit(w, VISIT_CALLED);
	assert_verdict(world_desk(w, COMMAND_DESK_RECALL, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_DESK_RECALLED), 1);
}

/* "Somebody is called and does not come": back in line behind five, the third time parked. */
static void test_no_show_goes_behind_five_and_the_third_time_is_parked(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t late = world_check_in(w), others[7];

	for (int i = 0; i < 7; i++) {
		world_pass(w, 1000);
		others[i] = world_check_in(w);
	}
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), late);
	assert_verdict(world_act(w, hand, others[0], ACTION_NO_SHOW), VERDICT_NOT_CALLED);
	assert_verdict(world_act(w, hand, late, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_state(w, late, VISIT_QUEUED);
	assert_int_equal(site_ahead(w->site, visit_of(w, late)), 5);
	assert_int_equal(site_ahead(w->site, visit_of(w, others[4])), 4);
	assert_int_equal(site_ahead(w->site, visit_of(w, others[5])), 6);
	/* The five go on; then it is called again, with fewer than five behind it: to the end. */
	for (int i = 0; i < 5; i++)
		assert_verdict(world_act(w, w->exit, others[i], ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), late);
	assert_verdict(world_act(w, hand, late, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_state(w, late, VISIT_QUEUED);
	assert_int_equal(site_ahead(w->site, visit_of(w, late)), 2);
	for (int i = 5; i < 7; i++)
		assert_verdict(world_act(w, w->exit, others[i], ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), late);
	assert_verdict(world_act(w, hand, late, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_state(w, late, VISIT_PARKED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_NOBODY_WAITING);
}

/* "Somebody goes to the toilet": parked and resumed, the place is kept. */
static void test_park_and_resume_keep_the_place(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b;

	world_pass(w, 1000);
	b = world_check_in(w);
	world_pass(w, 1000);
	world_check_in(w);
	assert_verdict(world_act(w, w->board, b, ACTION_PARK), VERDICT_ACCEPTED);
	assert_int_equal(site_ahead(w->site, visit_of(w, b)), -1);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], b), VERDICT_PARKED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->board, b, ACTION_RESUME), VERDICT_ACCEPTED);
	assert_int_equal(site_ahead(w->site, visit_of(w, b)), 1);
	/* From a call, too. */
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_PARK), VERDICT_ACCEPTED);
	assert_int_equal(site_desk(w->site, "registration-1")->n_called, 0);
	assert_verdict(world_act(w, w->board, a, ACTION_RESUME), VERDICT_ACCEPTED);
	assert_int_equal(site_ahead(w->site, visit_of(w, a)), 0);
	assert_verdict(world_act(w, w->board, a, ACTION_RESUME), VERDICT_NOT_PARKED);
}

static void test_return_to_an_earlier_stage_only(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c;

	world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_START);
	world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH);
	world_act(w, w->hand[STAGE_CONSENT][0], v, ACTION_START);
	c = world_command(w, COMMAND_VISIT, w->hand[STAGE_CONSENT][0], v);
	c.action = ACTION_RETURN_TO;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	c.stage = STAGE_CONSENT;
	assert_verdict(world_do(w, &c), VERDICT_WRONG_STAGE);
	c.stage = STAGE_REGISTRATION;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_QUEUED);
	assert_int_equal(visit_of(w, v)->f.stage, STAGE_REGISTRATION);
	/* Registered and screened again before the needle. */
	assert_verdict(world_scan(w, w->hand[STAGE_INJECTION][0], v), VERDICT_WRONG_STAGE);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v);
}

/* "Scanned at the wrong station": the answer says where to go, and nothing has changed. */
static void test_a_refusal_changes_nothing(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	uint64_t hash = site_hash(w->site), seq = w->site->seq;

	assert_verdict(world_act(w, w->hand[STAGE_CONSENT][0], v, ACTION_START), VERDICT_WRONG_STAGE);
	assert_int_equal(w->outcome.visit.id, v);
	assert_int_equal(w->outcome.visit.stage, STAGE_REGISTRATION);
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_NOT_INJECTED);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_INJECTED);
	assert_verdict(world_act(w, w->board, v, ACTION_SEEN), VERDICT_NOT_INJECTED);
	assert_null(w->outcome.receipt);
	assert_int_equal(w->site->seq, seq);
	assert_true(site_hash(w->site) == hash);
}

static void test_unknown_tickets_are_refused(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c = world_command(w, COMMAND_SCAN, w->exit, v);

	c.ticket += 1000;
	assert_verdict(world_do(w, &c), VERDICT_TICKET_UNKNOWN);
	c.ticket = 0;
	assert_verdict(world_do(w, &c), VERDICT_TICKET_UNKNOWN);
	assert_int_equal(w->events.n, 0);
}

/* A full disk refuses new check-ins, never an arrival, an exit or an unwell. */
static void test_a_full_disk_refuses_check_ins_alone(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	w->site->disk_full = true;
	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"1950-01-02\"}";
	assert_verdict(world_do(w, &c), VERDICT_DISK_FULL);
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	assert_verdict(world_unwell(w, w->kiosk, v), VERDICT_ACCEPTED);
	w->site->disk_full = false;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* The kiosk tells where to go; the handheld at its desk sees who is served there. */
static void test_scans_that_move_nobody_are_noted(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);

	assert_verdict(world_scan(w, w->kiosk, v), VERDICT_WHERE_TO_GO);
	assert_state(w, v, VISIT_QUEUED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->clinician, v), VERDICT_REACTION_FORM);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_BEING_SERVED);
	world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH);
	world_inject(w, v);
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->observer, v), VERDICT_ALREADY_HERE);
	assert_int_equal(alarms_of(w, ALERT_TICKET_REUSED, v), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_from_the_door_to_the_exit),
		T(test_rule_1_no_stage_can_be_skipped),
		T(test_rules_2_and_3_an_injection_says_what_and_that_it_was_checked),
		T(test_rule_4_long_observation_is_asked_for_at_consent),
		T(test_numbers_are_never_reused_in_a_day),
		T(test_desks_call_in_order_and_never_the_same),
		T(test_a_desk_has_one_at_a_time),
		T(test_a_visit_is_at_one_desk),
		T(test_start_without_a_desk_asks_for_one),
		T(test_a_closing_desk_gives_back),
		T(test_recall_needs_somebody_called),
		T(test_no_show_goes_behind_five_and_the_third_time_is_parked),
		T(test_park_and_resume_keep_the_place),
		T(test_return_to_an_earlier_stage_only),
		T(test_a_refusal_changes_nothing),
		T(test_unknown_tickets_are_refused),
		T(test_a_full_disk_refuses_check_ins_alone),
		T(test_scans_that_move_nobody_are_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
