/*
 * The queue's order: who came when, less the credit of the class; and what moves a place or keeps it.
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

/* The world's day is 2026-11-20: born on the 20th of November 1966 is 60 today, a day later is not. */
#define SIXTY_TODAY "1966-11-20"
#define SIXTY_TOMORROW "1966-11-21"

static uint32_t arrive(struct world *w, const char *birth_date, bool assisted)
{
	struct command c = world_arrival(w);

	c.birth_date = birth_date;
	c.assisted = assisted;
	return world_enter(w, &c);
}

static void assert_credit(const struct world *w, uint32_t visit, enum visit_class class, int minutes)
{
	const struct visit *v = visit_of(w, visit);

	assert_string_equal(visit_class_name(v->f.class), visit_class_name(class));
	assert_int_equal(v->entered_at, w->now);
	assert_int_equal(v->key, w->now - minutes * MS_MINUTE);
}

static void test_the_class_comes_from_age_and_help(void **state)
{
	struct world *w = *state;

	assert_credit(w, arrive(w, NULL, false), CLASS_WALK_IN, 0);
	assert_credit(w, arrive(w, SIXTY_TOMORROW, false), CLASS_WALK_IN, 0);
	assert_credit(w, arrive(w, SIXTY_TODAY, false), CLASS_ELDERLY, 15);
	assert_credit(w, arrive(w, "1930-12-31", false), CLASS_ELDERLY, 15);
	assert_credit(w, arrive(w, SIXTY_TODAY, true), CLASS_ASSISTED, 20);
	assert_credit(w, arrive(w, NULL, true), CLASS_ASSISTED, 20);
}

/* Fifteen minutes of credit: ahead of whoever came less than that before, behind whoever came earlier. */
static void test_credit_is_time_and_no_more(void **state)
{
	struct world *w = *state;
	uint32_t early = arrive(w, NULL, false), even, late, old;

	world_pass(w, 1);
	even = arrive(w, NULL, false);
	world_pass(w, 1);
	late = arrive(w, NULL, false);
	world_until(w, visit_of(w, even)->entered_at + 15 * MS_MINUTE);
	old = arrive(w, SIXTY_TODAY, false);
	/* Equal keys: the visit that was there first. */
	assert_int_equal(site_ahead(w->site, visit_of(w, early)), 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, even)), 1);
	assert_int_equal(site_ahead(w->site, visit_of(w, old)), 2);
	assert_int_equal(site_ahead(w->site, visit_of(w, late)), 3);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), early);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), even);
}

/* Cannot starve: whoever comes twenty minutes later is not ahead, whatever the class; sent back, half an hour. */
static void test_nobody_starves(void **state)
{
	struct world *w = *state;
	uint32_t back = arrive(w, NULL, false), first, helped;

	world_bring(w, back, STAGE_CONSENT);
	first = arrive(w, NULL, false);
	world_pass(w, 20 * MS_MINUTE);
	helped = arrive(w, "1930-12-31", true);
	assert_int_equal(site_ahead(w->site, visit_of(w, first)), 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, helped)), 1);
	world_pass(w, 10 * MS_MINUTE + 1);
	assert_verdict(world_move(w, back, STAGE_REGISTRATION), VERDICT_ACCEPTED);
	assert_int_equal(site_ahead(w->site, visit_of(w, first)), 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, back)), 2);
}

static void test_each_stage_counts_anew(void **state)
{
	struct world *w = *state;
	uint32_t v = arrive(w, SIXTY_TODAY, false);

	for (int stage = STAGE_REGISTRATION; stage < STAGE_INJECTION; stage++) {
		world_pass(w, MS_MINUTE);
		assert_verdict(world_act(w, w->hand[stage][0], v, ACTION_START), VERDICT_ACCEPTED);
		world_pass(w, MS_MINUTE);
		assert_verdict(world_act(w, w->hand[stage][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
		assert_credit(w, v, CLASS_ELDERLY, 15);
	}
}

/* Sent back to an earlier stage, by return_to or by a board: called back, ahead of all but the long waiting. */
static void test_whoever_is_sent_back_is_called_back(void **state)
{
	struct world *w = *state;
	uint32_t v = arrive(w, NULL, false), moved = arrive(w, NULL, false);
	struct command c;

	world_bring(w, v, STAGE_CONSENT);
	world_bring(w, moved, STAGE_CONSENT);
	assert_verdict(world_act(w, w->hand[STAGE_CONSENT][0], v, ACTION_START), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	c = world_command(w, COMMAND_VISIT, w->hand[STAGE_CONSENT][0], v);
	c.action = ACTION_RETURN_TO;
	c.stage = STAGE_REGISTRATION;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_credit(w, v, CLASS_CALLED_BACK, 30);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_move(w, moved, STAGE_REGISTRATION), VERDICT_ACCEPTED);
	assert_credit(w, moved, CLASS_CALLED_BACK, 30);
	/* Also in the queues that follow. */
	world_bring(w, v, STAGE_CONSENT);
	assert_credit(w, v, CLASS_CALLED_BACK, 30);
}

/* A no-show takes the key of the fifth waiting behind it; those ahead of its own place do not count. */
static void test_a_no_show_goes_behind_five_that_are_behind_it(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t late = arrive(w, NULL, false), others[6], ahead;

	for (int i = 0; i < 6; i++) {
		world_pass(w, 1000);
		others[i] = arrive(w, NULL, false);
	}
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), late);
	ahead = arrive(w, NULL, true);
	world_pass(w, 1000);
	assert_verdict(world_act(w, hand, late, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, late)->key, visit_of(w, others[4])->key + 1);
	assert_int_equal(visit_of(w, late)->entered_at, w->now);
	assert_int_equal(site_ahead(w->site, visit_of(w, ahead)), 0);
	assert_int_equal(site_ahead(w->site, visit_of(w, late)), 6);
}

/* Fewer than five behind: to the end; nobody: its own place. */
static void test_a_no_show_with_few_behind(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t late = arrive(w, NULL, false), other;
	ms_t key = visit_of(w, late)->key;

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), late);
	world_pass(w, 1000);
	assert_verdict(world_act(w, hand, late, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, late)->key, key);
	assert_int_equal(visit_of(w, late)->entered_at, w->now);
	other = arrive(w, NULL, false);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), late);
	assert_verdict(world_act(w, hand, late, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, late)->key, visit_of(w, other)->key + 1);
}

/* Parked and resumed, called and given back, ill in the queue and cleared: the place is kept. */
static void test_what_keeps_the_place(void **state)
{
	struct world *w = *state;
	uint32_t v = arrive(w, SIXTY_TODAY, false);
	ms_t entered = w->now, key = visit_of(w, v)->key;

	world_pass(w, MS_MINUTE);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, v)->key, key);
	assert_int_equal(visit_of(w, v)->entered_at, entered);
	assert_verdict(world_act(w, w->board, v, ACTION_PARK), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->board, v, ACTION_RESUME), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, v)->key, key);
	assert_int_equal(visit_of(w, v)->entered_at, w->now);
	assert_verdict(world_unwell(w, w->kiosk, v), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->clinician, v, ACTION_CLEAR), VERDICT_ACCEPTED);
	assert_int_equal(visit_of(w, v)->key, key);
	assert_int_equal(visit_of(w, v)->entered_at, w->now);
}

static void credits(struct rules *r)
{
	r->credit_elderly_minutes = 0;
	r->credit_walk_in_minutes = 7;
	r->elderly_years = 30;
}

/* Every number is a default: the configuration has the last word. */
static void test_credits_are_configured(void **state)
{
	struct world *w = world_new_with(credits);

	(void)state;
	assert_credit(w, arrive(w, "1996-11-20", false), CLASS_ELDERLY, 0);
	assert_credit(w, arrive(w, "1996-11-21", false), CLASS_WALK_IN, 7);
	world_free(w);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_the_class_comes_from_age_and_help),
		T(test_credit_is_time_and_no_more),
		T(test_nobody_starves),
		T(test_each_stage_counts_anew),
		T(test_whoever_is_sent_back_is_called_back),
		T(test_a_no_show_goes_behind_five_that_are_behind_it),
		T(test_a_no_show_with_few_behind),
		T(test_what_keeps_the_place),
		T(test_credits_are_configured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
