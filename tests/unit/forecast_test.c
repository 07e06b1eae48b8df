/*
 * The forecast in small: who waits, which desk will be free when, and for injections which seat.
 *
 * Until something is measured a registration takes 90 s, a consent 150 s, an injection 210 s and the pause before each
 * 20 s, spread evenly from half to one and a half: 45, 67.5, 90, 112.5, 135.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forecast.h"
#include "site_help.h"

#define SERVICE_MS (90 * MS_SECOND)
#define CONSENT_MS (150 * MS_SECOND)
#define INJECTION_MS (210 * MS_SECOND)
#define GAP_MS (20 * MS_SECOND)

struct place {
	struct world *w;
	struct forecast *f;
};

static void one_seat(struct rules *r)
{
	r->observation_seats = 1;
}

static void place_with(void **state, void (*change)(struct rules *))
{
	struct place *p = calloc(1, sizeof(*p));

	p->w = world_new_with(change);
	p->f = forecast_new();
	*state = p;
}

static int setup(void **state)
{
	place_with(state, NULL);
	return 0;
}

static int setup_one_seat(void **state)
{
	place_with(state, one_seat);
	return 0;
}

static int teardown(void **state)
{
	struct place *p = *state;

	forecast_free(p->f);
	forecast_free(NULL);
	world_free(p->w);
	free(p);
	return 0;
}

static ms_t wait_of(const struct place *p, uint32_t visit)
{
	return forecast_visit(p->f, p->w->site, visit_of(p->w, visit), p->w->now);
}

static ms_t joining(const struct place *p, enum stage stage)
{
	return forecast_joining(p->f, p->w->site, stage, p->w->now);
}

static void start(const struct place *p, enum stage stage, int n, uint32_t visit)
{
	assert_verdict(world_act(p->w, p->w->hand[stage][n], visit, ACTION_START), VERDICT_ACCEPTED);
}

static void finish(const struct place *p, enum stage stage, int n, uint32_t visit)
{
	assert_verdict(world_act(p->w, p->w->hand[stage][n], visit, ACTION_FINISH), VERDICT_ACCEPTED);
}

/* Both desks of registration have somebody. */
static void occupy(const struct place *p)
{
	for (int n = 0; n < 2; n++)
		start(p, STAGE_REGISTRATION, n, world_check_in(p->w));
}

static void test_minutes_are_whole_and_nearest(void **state)
{
	(void)state;
	assert_int_equal(forecast_minutes(-1), -1);
	assert_int_equal(forecast_minutes(0), 0);
	assert_int_equal(forecast_minutes(29999), 0);
	assert_int_equal(forecast_minutes(30000), 1);
	assert_int_equal(forecast_minutes(89999), 1);
	assert_int_equal(forecast_minutes(MS_HOUR), 60);
}

static void test_before_the_first_day_nobody_can_say(void **state)
{
	struct site *s = site_new();
	struct forecast *f = forecast_new();

	(void)state;
	assert_int_equal(forecast_joining(f, s, STAGE_REGISTRATION, WORLD_MORNING), -1);
	forecast_free(f);
	site_free(s);
}

static void test_who_waits_for_nothing_has_no_forecast(void **state)
{
	struct place *p = *state;
	uint32_t v = world_check_in(p->w);

	start(p, STAGE_REGISTRATION, 0, v);
	assert_int_equal(wait_of(p, v), -1);
	world_inject(p->w, v);
	assert_int_equal(wait_of(p, v), -1);
	assert_int_equal(joining(p, STAGE_OBSERVATION), -1);
	assert_int_equal(joining(p, STAGE_NONE), -1);
}

static void test_a_free_desk_calls_at_once(void **state)
{
	struct place *p = *state;
	uint32_t a = world_check_in(p->w), b = world_check_in(p->w), c = world_check_in(p->w);

	assert_int_equal(wait_of(p, a), 0);
	assert_int_equal(wait_of(p, b), 0);
	assert_int_equal(wait_of(p, c), GAP_MS + SERVICE_MS);
	assert_int_equal(joining(p, STAGE_REGISTRATION), GAP_MS + SERVICE_MS);
	assert_int_equal(joining(p, STAGE_CONSENT), 0);
}

static void test_no_open_desk_nobody_can_say(void **state)
{
	struct place *p = *state;
	uint32_t v = world_check_in(p->w);

	for (int n = 0; n < 2; n++)
		assert_verdict(world_desk(p->w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, n), VERDICT_ACCEPTED);
	assert_int_equal(wait_of(p, v), -1);
	assert_int_equal(joining(p, STAGE_REGISTRATION), -1);
	assert_verdict(world_desk(p->w, COMMAND_DESK_OPEN, STAGE_REGISTRATION, 1), VERDICT_ACCEPTED);
	assert_int_equal(wait_of(p, v), 0);
}

static void test_a_service_is_expected_to_last_as_those_that_lasted_longer(void **state)
{
	struct place *p = *state;
	uint32_t a, b, c;

	occupy(p);
	a = world_check_in(p->w);
	b = world_check_in(p->w);
	c = world_check_in(p->w);
	assert_int_equal(wait_of(p, a), SERVICE_MS);
	assert_int_equal(wait_of(p, b), SERVICE_MS);
	assert_int_equal(wait_of(p, c), SERVICE_MS + GAP_MS + SERVICE_MS);
	world_pass(p->w, 60 * MS_SECOND);
	/* 7.5, 30, 52.5 or 75 s more. */
	assert_int_equal(wait_of(p, a), 41250);
	/* Longer than any: as long again as half of it. */
	world_pass(p->w, 140 * MS_SECOND);
	assert_int_equal(wait_of(p, a), 100 * MS_SECOND);
}

static void test_who_is_called_has_still_to_come_and_to_be_served(void **state)
{
	struct place *p = *state;
	uint32_t a;

	world_check_in(p->w);
	world_check_in(p->w);
	world_call(p->w, STAGE_REGISTRATION, 0);
	world_call(p->w, STAGE_REGISTRATION, 1);
	a = world_check_in(p->w);
	assert_int_equal(wait_of(p, a), GAP_MS + SERVICE_MS);
	/* Pauses of 10, 15, 20, 25, 30 s: 7.5 s more. */
	world_pass(p->w, 20 * MS_SECOND);
	assert_int_equal(wait_of(p, a), 7500 + SERVICE_MS);
}

static void test_what_is_measured_takes_over_from_the_configuration(void **state)
{
	struct place *p = *state;
	uint32_t v[6];

	for (int i = 0; i < 6; i++)
		v[i] = world_check_in(p->w);
	assert_verdict(world_desk(p->w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 1), VERDICT_ACCEPTED);
	for (int i = 0; i < 4; i++) {
		start(p, STAGE_REGISTRATION, 0, v[i]);
		world_pass(p->w, 60 * MS_SECOND);
		finish(p, STAGE_REGISTRATION, 0, v[i]);
		world_pass(p->w, 38 * MS_SECOND);
	}
	/* Four of 60 s beside the five of 90, three pauses of 38 s beside the five of 20. */
	assert_int_equal(wait_of(p, v[4]), 0);
	assert_int_equal(wait_of(p, v[5]), (4 * 60000 + 5 * 90000) / 9 + (3 * 38000 + 5 * 20000) / 8);
}

static void test_a_form_left_open_does_not_spoil_the_pace(void **state)
{
	struct place *p = *state;
	uint32_t a = world_check_in(p->w), b;

	start(p, STAGE_REGISTRATION, 0, a);
	world_pass(p->w, 4 * MS_HOUR);
	finish(p, STAGE_REGISTRATION, 0, a);
	assert_verdict(world_desk(p->w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 1), VERDICT_ACCEPTED);
	world_check_in(p->w);
	b = world_check_in(p->w);
	/* It counts as six of the median, which is 112.5 s now. */
	assert_int_equal(wait_of(p, b), GAP_MS + (450000 + 6 * 112500) / 6);
}

static void test_a_party_goes_to_one_desk(void **state)
{
	struct place *p = *state;
	uint32_t a, b, c, d;

	occupy(p);
	world_pass(p->w, MS_SECOND);
	a = world_member(p->w, WORLD_PARTY, 0);
	c = world_check_in(p->w);
	b = world_member(p->w, WORLD_PARTY, 0);
	d = world_check_in(p->w);
	/* Called together by the first desk, which has both to serve; the other desk takes the rest. */
	assert_int_equal(wait_of(p, a), SERVICE_MS - MS_SECOND);
	assert_int_equal(wait_of(p, b), wait_of(p, a));
	assert_int_equal(wait_of(p, c), wait_of(p, a));
	assert_int_equal(wait_of(p, d), wait_of(p, c) + GAP_MS + SERVICE_MS);
	assert_int_equal(joining(p, STAGE_REGISTRATION), wait_of(p, a) + GAP_MS + 2 * SERVICE_MS);
}

static void test_a_late_member_waits_for_the_party_s_desk(void **state)
{
	struct place *p = *state;
	uint32_t a = world_member(p->w, WORLD_PARTY, 0), b, c;

	assert_int_equal(world_call(p->w, STAGE_REGISTRATION, 1), a);
	start(p, STAGE_REGISTRATION, 1, a);
	b = world_member(p->w, WORLD_PARTY, 0);
	c = world_check_in(p->w);
	assert_int_equal(wait_of(p, b), SERVICE_MS);
	assert_int_equal(wait_of(p, c), 0);
}

static void test_a_party_waits_for_its_slowest(void **state)
{
	struct place *p = *state;
	uint32_t a = world_member(p->w, WORLD_PARTY, 0), b = world_member(p->w, WORLD_PARTY, 0), c;

	world_bring(p->w, a, STAGE_CONSENT);
	c = world_check_in(p->w);
	world_bring(p->w, c, STAGE_CONSENT);
	/* b is called to registration at once, comes, and is served there; c passes them meanwhile. */
	assert_int_equal(wait_of(p, b), 0);
	assert_true(wait_of(p, a) > MS_MINUTE);
	assert_int_equal(wait_of(p, c), 0);
	world_bring(p->w, b, STAGE_CONSENT);
	assert_int_equal(wait_of(p, a), 0);
	assert_int_equal(wait_of(p, b), 0);
}

static void test_others_will_come_and_stand_before_who_has_no_credit(void **state)
{
	struct place *p = *state;
	struct command elderly = world_arrival(p->w);
	uint32_t walk_in = 0, old = 0;

	assert_verdict(world_desk(p->w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 1), VERDICT_ACCEPTED);
	for (int i = 0; i < 11; i++)
		walk_in = world_check_in(p->w);
	elderly.birth_date = "1950-01-02";
	for (int i = 0; i < 15; i++)
		old = world_enter(p->w, &elderly);
	/*
	 * Fifteen elderly have come within a quarter of an hour, so one a minute will; those of the next quarter of an
	 * hour, which is their credit, are called before the walk-ins, and after the elderly who wait.
	 */
	assert_int_equal(wait_of(p, old), 14 * (GAP_MS + SERVICE_MS));
	assert_int_equal(wait_of(p, walk_in), (15 + 15 + 10) * (GAP_MS + SERVICE_MS));
	assert_int_equal(joining(p, STAGE_REGISTRATION), (15 + 15 + 11) * (GAP_MS + SERVICE_MS));
}

static void test_an_injection_waits_for_a_seat(void **state)
{
	struct place *p = *state;
	uint32_t a = world_check_in(p->w), b, c;
	ms_t linger = 600000 / 11; /* ten people who stay a minute longer, and one there who does not yet */

	world_inject(p->w, a);
	world_pass(p->w, MS_MINUTE);
	assert_verdict(world_act(p->w, p->w->observer, a, ACTION_ARRIVE), VERDICT_ACCEPTED);
	b = world_check_in(p->w);
	world_bring(p->w, b, STAGE_INJECTION);
	c = world_check_in(p->w);
	world_bring(p->w, c, STAGE_INJECTION);
	assert_int_equal(wait_of(p, b), 29 * MS_MINUTE + linger);
	/* Then b comes, is injected and observed. */
	assert_true(wait_of(p, c) >= 59 * MS_MINUTE + 2 * linger + GAP_MS);
	assert_true(wait_of(p, c) <= 59 * MS_MINUTE + 2 * linger + GAP_MS + INJECTION_MS);
}

static void test_a_seat_that_will_not_free_nobody_can_say(void **state)
{
	struct place *p = *state;
	uint32_t a = world_check_in(p->w), b;

	world_inject(p->w, a);
	assert_verdict(world_unwell(p->w, p->w->observer, a), VERDICT_ACCEPTED);
	b = world_check_in(p->w);
	world_bring(p->w, b, STAGE_INJECTION);
	assert_int_equal(wait_of(p, b), -1);
}

static void test_a_hold_counts_as_if_it_ended_now(void **state)
{
	struct place *p = *state;
	uint32_t a;

	occupy(p);
	a = world_check_in(p->w);
	assert_verdict(world_site(p->w, COMMAND_SITE_HOLD), VERDICT_ACCEPTED);
	assert_int_equal(wait_of(p, a), SERVICE_MS);
}

#define CROWD 500

static void test_a_stage_is_computed_once_for_all_who_wait(void **state)
{
	struct place *p = *state;
	struct forecast *again = forecast_new();
	uint32_t first = world_check_in(p->w);
	ms_t before = 0, wait;

	for (uint32_t i = 1; i < CROWD; i++)
		world_check_in(p->w);
	for (uint32_t i = 0; i < CROWD; i++) {
		wait = wait_of(p, first + i);
		assert_true(wait >= before);
		assert_int_equal(wait, (ms_t)(i / 2) * (GAP_MS + SERVICE_MS));
		before = wait;
		/* Another forecast, and the site that only replayed: the same. */
		assert_int_equal(forecast_visit(again, p->w->shadow, site_visit(p->w->shadow, first + i), p->w->now),
				 wait);
	}
	assert_int_equal(forecast_runs(p->f), 1);
	/* Time alone: it is that much nearer, until the forecast is old. */
	world_pass(p->w, FORECAST_AGE_MS - 1);
	assert_int_equal(wait_of(p, first + CROWD - 1), before - FORECAST_AGE_MS + 1);
	assert_int_equal(wait_of(p, first), 0);
	assert_int_equal(forecast_runs(p->f), 1);
	world_pass(p->w, 1);
	assert_int_equal(wait_of(p, first), 0);
	assert_int_equal(forecast_runs(p->f), 2);
	/* A desk of another stage does not matter, one of this stage does. */
	assert_verdict(world_desk(p->w, COMMAND_DESK_CLOSE, STAGE_CONSENT, 0), VERDICT_ACCEPTED);
	assert_int_equal(wait_of(p, first), 0);
	assert_int_equal(forecast_runs(p->f), 2);
	assert_verdict(world_desk(p->w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_int_equal(wait_of(p, first + CROWD - 1), (CROWD - 1) * (GAP_MS + SERVICE_MS));
	assert_int_equal(forecast_runs(p->f), 3);
	forecast_free(again);
}

static void test_another_day_begins_anew(void **state)
{
	struct place *p = *state;
	uint32_t v;

	assert_int_equal(wait_of(p, world_check_in(p->w)), 0);
	assert_verdict(world_close_day(p->w), VERDICT_ACCEPTED);
	world_pass(p->w, 24 * MS_HOUR);
	v = world_check_in(p->w);
	assert_int_equal(wait_of(p, v), 0);
	assert_int_equal(forecast_runs(p->f), 2);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define T_SEAT(name) cmocka_unit_test_setup_teardown(name, setup_one_seat, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_minutes_are_whole_and_nearest),
		cmocka_unit_test(test_before_the_first_day_nobody_can_say),
		T(test_who_waits_for_nothing_has_no_forecast),
		T(test_a_free_desk_calls_at_once),
		T(test_no_open_desk_nobody_can_say),
		T(test_a_service_is_expected_to_last_as_those_that_lasted_longer),
		T(test_who_is_called_has_still_to_come_and_to_be_served),
		T(test_what_is_measured_takes_over_from_the_configuration),
		T(test_a_form_left_open_does_not_spoil_the_pace),
		T(test_a_party_goes_to_one_desk),
		T(test_a_late_member_waits_for_the_party_s_desk),
		T(test_a_party_waits_for_its_slowest),
		T(test_others_will_come_and_stand_before_who_has_no_credit),
		T_SEAT(test_an_injection_waits_for_a_seat),
		T_SEAT(test_a_seat_that_will_not_free_nobody_can_say),
		T(test_a_hold_counts_as_if_it_ended_now),
		T(test_a_stage_is_computed_once_for_all_who_wait),
		T(test_another_day_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
