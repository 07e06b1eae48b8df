/*
 * Rule 7 of domain.md: observation seats are finite. When they run out, injection slows down, and observation is not
 * cut short.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"
#include "site_invariants.h"

static void three_seats(struct rules *r)
{
	r->observation_seats = 3;
}

static int setup(void **state)
{
	*state = world_new_with(three_seats);
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static uint32_t at_injection(struct world *w, const char *party, int companions)
{
	uint32_t v = world_member(w, party, companions);

	world_bring(w, v, STAGE_INJECTION);
	return v;
}

static uint32_t observed(struct world *w, int companions)
{
	uint32_t v = world_member(w, NULL, companions);

	world_inject(w, v);
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_ACCEPTED);
	return v;
}

static void assert_committed(const struct world *w, unsigned wanted)
{
	assert_int_equal(site_seats_committed(w->site, w->now), wanted);
	assert_int_equal(people_with_seats(w->site, w->now), wanted);
}

static void assert_paused(struct world *w, int desk, ms_t until)
{
	assert_int_equal(world_call(w, STAGE_INJECTION, desk), 0);
	assert_verdict(w->outcome.verdict, VERDICT_PAUSED);
	assert_string_equal(pause_name(w->outcome.why), "seats_full");
	assert_int_equal(w->outcome.until, until);
}

/* Called, served, on the way, sitting: each has its seat from the call on. */
static void test_rule_7_calls_stop_when_the_seats_are_spoken_for(void **state)
{
	struct world *w = *state;
	uint32_t sitting = observed(w, 0), going, called, next;
	ms_t due = visit_of(w, sitting)->f.due_at;

	going = world_member(w, NULL, 0);
	world_inject(w, going);
	called = at_injection(w, NULL, 0);
	world_pass(w, MS_MINUTE);
	next = at_injection(w, NULL, 0);
	assert_committed(w, 2);
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), called);
	assert_committed(w, 3);
	assert_paused(w, 1, due);
	/* Neither can it be taken without a call; the called one can. */
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][1], next, ACTION_START), VERDICT_SEATS_FULL);
	assert_int_equal(w->outcome.until, due);
	assert_verdict(world_scan(w, w->hand[STAGE_INJECTION][1], next), VERDICT_SEATS_FULL);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][0], called, ACTION_START), VERDICT_ACCEPTED);
	assert_committed(w, 3);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][0], called, ACTION_INJECT), VERDICT_ACCEPTED);
	assert_paused(w, 0, due);
	/* A seat frees: calls go on at once. */
	world_until(w, due);
	assert_paused(w, 0, due);
	assert_verdict(world_scan(w, w->exit, sitting), VERDICT_ACCEPTED);
	assert_committed(w, 2);
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), next);
	assert_state(w, going, VISIT_INJECTED);
}

/* Nobody sits there yet: nobody can say when. */
static void test_until_is_not_known_while_nobody_sits(void **state)
{
	struct world *w = *state;

	world_inject(w, world_member(w, NULL, 2));
	at_injection(w, NULL, 0);
	assert_paused(w, 0, 0);
}

/* "Companions sit in chairs too." */
static void test_companions_sit_in_chairs_too(void **state)
{
	struct world *w = *state;
	uint32_t pair, single;

	observed(w, 1);
	assert_int_equal(site_seats_taken(w->site), 2);
	pair = at_injection(w, NULL, 1);
	world_pass(w, MS_MINUTE);
	single = at_injection(w, NULL, 0);
	/* Nobody is passed over for being many. */
	assert_paused(w, 0, visit_of(w, 1)->f.due_at);
	assert_verdict(world_act(w, w->exit, pair, ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), single);
	assert_committed(w, 3);
}

static void test_a_family_has_its_seats_together(void **state)
{
	struct world *w = *state;
	uint32_t sitting = observed(w, 1), a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0);

	world_bring(w, a, STAGE_INJECTION);
	world_bring(w, b, STAGE_INJECTION);
	assert_paused(w, 0, visit_of(w, sitting)->f.due_at);
	/* One of them may be taken by a scan, where there is a seat for one. */
	world_until(w, visit_of(w, sitting)->f.due_at);
	assert_verdict(world_act(w, w->observer, sitting, ACTION_RELEASE), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), a);
	assert_int_equal(w->outcome.receipt->n_party, 2);
	assert_committed(w, 2);
}

/* Ill after the injection: the seat is kept for when the clinician is done, but not of one taken to hospital. */
static void test_the_seat_of_the_unwell_is_kept(void **state)
{
	struct world *w = *state;
	uint32_t v = observed(w, 2), before;

	world_unwell(w, w->observer, v);
	assert_int_equal(site_seats_taken(w->site), 0);
	assert_committed(w, 3);
	before = at_injection(w, NULL, 0);
	world_unwell(w, w->kiosk, before);
	assert_committed(w, 3);
	assert_verdict(world_act(w, w->clinician, v, ACTION_TRANSFER), VERDICT_ACCEPTED);
	assert_committed(w, 0);
}

/* Who left early may be brought back until the time is over. */
static void test_the_seat_of_an_early_leaver_is_kept_until_due(void **state)
{
	struct world *w = *state;
	uint32_t v = observed(w, 2), next = at_injection(w, NULL, 0);

	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->observer, v, ACTION_WALKED_OUT), VERDICT_ACCEPTED);
	assert_int_equal(site_seats_taken(w->site), 0);
	assert_committed(w, 3);
	world_until(w, visit_of(w, v)->f.due_at - 1);
	assert_paused(w, 0, 0);
	world_pass(w, 1);
	assert_committed(w, 0);
	assert_int_equal(world_call(w, STAGE_INJECTION, 0), next);
}

/* Whoever is not injected after all needs no seat. */
static void test_deferred_at_the_needle_frees_the_seat(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_INJECTION][0];
	const enum action ways[] = {ACTION_DEFER, ACTION_DECLINE, ACTION_LEAVE};

	for (int i = 0; i < 3; i++) {
		uint32_t v = at_injection(w, NULL, 2);

		assert_verdict(world_act(w, hand, v, ACTION_START), VERDICT_ACCEPTED);
		assert_committed(w, 3);
		assert_verdict(world_act(w, hand, v, ways[i]), VERDICT_ACCEPTED);
		assert_committed(w, 0);
	}
}

/* Full seats stop injections and nothing else; nobody's observation is cut short. */
static void test_everything_else_goes_on(void **state)
{
	struct world *w = *state;
	uint32_t sitting = observed(w, 2), v = world_check_in(w);

	world_bring(w, v, STAGE_INJECTION);
	assert_paused(w, 0, visit_of(w, sitting)->f.due_at);
	assert_int_not_equal(world_visit(w, VISIT_CALLED), 0);
	world_pass(w, WORLD_DUE - 1);
	assert_verdict(world_scan(w, w->exit, sitting), VERDICT_NOT_DUE);
}

/* More people than all the seats cannot come in with one ticket. */
static void test_too_many_for_the_seats(void **state)
{
	struct world *w = *state;
	struct command c = world_arrival(w);

	c.companions = 3;
	assert_verdict(world_do(w, &c), VERDICT_ROOM_FULL);
	c.companions = 2;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_rule_7_calls_stop_when_the_seats_are_spoken_for),
		T(test_until_is_not_known_while_nobody_sits),
		T(test_companions_sit_in_chairs_too),
		T(test_a_family_has_its_seats_together),
		T(test_the_seat_of_the_unwell_is_kept),
		T(test_the_seat_of_an_early_leaver_is_kept_until_due),
		T(test_deferred_at_the_needle_frees_the_seat),
		T(test_everything_else_goes_on),
		T(test_too_many_for_the_seats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
