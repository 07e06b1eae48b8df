/*
 * Rooms and seats: people are admitted from the hall in batches, companions counted, and injections stop while there is
 * no seat for whoever would get one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"
#include "site_invariants.h"

static void rooms(struct rules *r)
{
	r->room_registration = 3;
	r->room_consent = 2;
	r->party_call_max = 3;
}

static int setup(void **state)
{
	*state = world_new_with(rooms);
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static bool admitted(const struct world *w, uint32_t visit)
{
	return site_in_room(w->site, visit_of(w, visit));
}

static unsigned in_room(const struct world *w)
{
	return w->site->queues[STAGE_REGISTRATION].room;
}

/* As many as the room holds, the others wait in the hall; desks call the admitted alone. */
static void test_the_room_fills_and_the_hall_waits(void **state)
{
	struct world *w = *state;
	uint32_t v[5];

	for (int i = 0; i < 5; i++) {
		v[i] = world_check_in(w);
		assert_int_equal(events_of(w, EVENT_ADMITTED) + visit_of(w, v[i])->admitted, i < 3 ? 2 : 0);
		assert_int_equal(admitted(w, v[i]), i < 3);
	}
	assert_int_equal(in_room(w), 3);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[0]);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), v[1]);
	assert_int_equal(in_room(w), 3);
	/* Served, one is still in the room; finished, the next is let in by the same act. */
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v[0], ACTION_START), VERDICT_ACCEPTED);
	assert_false(admitted(w, v[3]));
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v[0], ACTION_FINISH), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[3]));
	assert_false(admitted(w, v[4]));
	assert_true(admitted(w, v[0])); /* to the room of consent */
	assert_int_equal(events_of(w, EVENT_ADMITTED), 2);
}

/* Nobody is passed over for being many: one alone waits behind a pair that does not fit. */
static void test_companions_take_places_and_nobody_is_passed_over(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, NULL, 1), b = world_member(w, NULL, 1), c = world_check_in(w);

	assert_true(admitted(w, a));
	assert_false(admitted(w, b));
	assert_false(admitted(w, c));
	assert_int_equal(in_room(w), 2);
	assert_verdict(world_act(w, w->board, a, ACTION_PARK), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_ADMITTED), 2);
	assert_true(admitted(w, b) && admitted(w, c));
	assert_int_equal(in_room(w), 3);
	/* Back from the toilet, its place in the room is taken; its place in line is not. */
	assert_verdict(world_act(w, w->board, a, ACTION_RESUME), VERDICT_ACCEPTED);
	assert_false(admitted(w, a));
	assert_int_equal(site_ahead(w->site, visit_of(w, a)), 0);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), b);
}

/* With more companions than any room, or observation, has places: said at the door. */
static void test_too_many_for_any_room(void **state)
{
	struct world *w = *state;
	struct command c = world_arrival(w);

	c.companions = 2;
	assert_verdict(world_do(w, &c), VERDICT_ROOM_FULL);
	assert_int_equal(events_of(w, EVENT_CHECKED_IN), 0);
	c.companions = 1;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* Whatever takes somebody out of the room lets the next one in, in the same commit. */
static void test_what_frees_a_place(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t v[9];

	for (int i = 0; i < 9; i++) {
		v[i] = world_check_in(w);
		world_pass(w, 1000);
	}
	assert_verdict(world_act(w, w->board, v[0], ACTION_PARK), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[3]));
	assert_verdict(world_act(w, w->exit, v[1], ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[4]));
	assert_verdict(world_unwell(w, w->kiosk, v[2]), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[5]));
	assert_verdict(world_act(w, hand, v[3], ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, hand, v[3], ACTION_DEFER), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[6]));
	/* A no-show goes out to the hall and to the back. */
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[4]);
	assert_verdict(world_act(w, hand, v[4], ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[7]));
	assert_false(admitted(w, v[4]));
	/* A call given back is still in the room. */
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[5]);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[5]));
	assert_int_equal(events_of(w, EVENT_ADMITTED), 0);
	assert_int_equal(in_room(w), 3);
}

/* A start without a call needs a place in the room, and takes it. */
static void test_a_start_from_the_hall(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, NULL, 1), b = world_member(w, NULL, 1), c = world_check_in(w);

	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], b, ACTION_START), VERDICT_ROOM_FULL);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], b), VERDICT_ROOM_FULL);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], c, ACTION_START), VERDICT_ACCEPTED);
	assert_int_equal(in_room(w), 3);
	assert_state(w, a, VISIT_QUEUED);
}

/* All who wait are in the hall and the room has no place: calling is paused, and why. */
static void test_calls_pause_while_the_room_is_full(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, NULL, 1), b;
	ms_t until;

	world_pass(w, 1000);
	b = world_member(w, NULL, 1);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	assert_verdict(w->outcome.verdict, VERDICT_PAUSED);
	assert_string_equal(pause_name(w->outcome.why), "room_full");
	assert_int_equal(w->outcome.until, 0);
	assert_int_equal(site_paused(w->site, STAGE_REGISTRATION, w->now, &until), PAUSE_ROOM);
	world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_START);
	world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_FINISH);
	assert_int_equal(site_paused(w->site, STAGE_REGISTRATION, w->now, &until), PAUSE_NONE);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), b);
}

/* A family is admitted together or not yet; whoever is behind it waits. */
static void test_a_family_is_admitted_together(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b, x;

	world_site(w, COMMAND_SITE_HOLD); /* the door opens when all are there */
	b = world_member(w, WORLD_PARTY, 0);
	world_member(w, WORLD_PARTY, 0);
	world_member(w, WORLD_PARTY, 0);
	x = world_check_in(w);
	assert_verdict(world_site(w, COMMAND_SITE_RESUME), VERDICT_ACCEPTED);
	assert_false(admitted(w, b));
	assert_false(admitted(w, x));
	assert_verdict(world_act(w, w->exit, a, ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_ADMITTED), 3);
	assert_false(admitted(w, x));
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), b);
	assert_int_equal(w->outcome.receipt->n_party, 3);
}

/* Those of an incomplete family take no places that others could use: it is let in when its last has come. */
static void test_an_incomplete_family_waits_in_the_hall(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0), x = world_check_in(w);

	world_bring(w, a, STAGE_CONSENT);
	world_bring(w, x, STAGE_CONSENT);
	assert_false(admitted(w, a));
	assert_true(admitted(w, x));
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), x);
	world_bring(w, b, STAGE_CONSENT);
	assert_false(admitted(w, a) || admitted(w, b));
	world_act(w, w->hand[STAGE_CONSENT][0], x, ACTION_START);
	world_act(w, w->hand[STAGE_CONSENT][0], x, ACTION_FINISH);
	assert_true(admitted(w, a) && admitted(w, b));
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), a);
	assert_int_equal(w->outcome.receipt->n_party, 2);
}

/* A family that no room would hold goes in one by one; so does a school class. */
static void test_what_is_larger_than_the_room_goes_in_one_by_one(void **state)
{
	struct world *w = *state;
	uint32_t v[5];

	for (int i = 0; i < 5; i++)
		v[i] = world_member(w, WORLD_PARTY, 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(admitted(w, v[i]), i < 3);
	assert_verdict(world_act(w, w->board, v[0], ACTION_PARK), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[3]));
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[1]);
	assert_int_equal(w->outcome.receipt->n_party, 3);
}

/* On hold nobody is let in; with the hold the door opens, in the same commit. */
static void test_nobody_is_admitted_on_hold(void **state)
{
	struct world *w = *state;
	uint32_t v[5];

	for (int i = 0; i < 4; i++)
		v[i] = world_check_in(w);
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->exit, v[0], ACTION_LEAVE), VERDICT_ACCEPTED);
	v[4] = world_check_in(w);
	assert_false(admitted(w, v[3]) || admitted(w, v[4]));
	world_restart(w);
	assert_verdict(world_site(w, COMMAND_SITE_RESUME), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_ADMITTED), 1);
	assert_true(admitted(w, v[3]));
	assert_false(admitted(w, v[4]));
}

static void larger(struct rules *r)
{
	r->room_registration = 4;
}

/* The next room is opened: a configuration, and the hall moves up. */
static void test_a_larger_room_lets_more_in(void **state)
{
	struct world *w = *state;
	uint32_t v[5];

	for (int i = 0; i < 5; i++)
		v[i] = world_check_in(w);
	assert_verdict(world_configure(w, larger), VERDICT_ACCEPTED);
	assert_true(admitted(w, v[3]));
	assert_false(admitted(w, v[4]));
}

static void open_rooms(struct rules *r)
{
	r->room_registration = 0;
}

/* Where a room gets its limit while people are in it, they stay; nobody more goes in until there is a place. */
static void test_a_room_without_a_limit_admits_everybody(void **state)
{
	struct world *w = *state;
	uint32_t v[5];

	for (int i = 0; i < 5; i++)
		v[i] = world_check_in(w);
	assert_verdict(world_configure(w, open_rooms), VERDICT_ACCEPTED);
	for (int i = 0; i < 5; i++)
		assert_true(admitted(w, v[i]));
	assert_int_equal(in_room(w), 5);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_the_room_fills_and_the_hall_waits),
		T(test_companions_take_places_and_nobody_is_passed_over),
		T(test_too_many_for_any_room),
		T(test_what_frees_a_place),
		T(test_a_start_from_the_hall),
		T(test_calls_pause_while_the_room_is_full),
		T(test_a_family_is_admitted_together),
		T(test_an_incomplete_family_waits_in_the_hall),
		T(test_what_is_larger_than_the_room_goes_in_one_by_one),
		T(test_nobody_is_admitted_on_hold),
		T(test_a_larger_room_lets_more_in),
		T(test_a_room_without_a_limit_admits_everybody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
