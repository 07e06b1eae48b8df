/*
 * Parties: a family goes together, to one desk; a school class so many at a time, to one desk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define OTHERS "aaaaaaaa-0000-4000-8000-000000000002"

static void class_of_two(struct rules *r)
{
	r->party_call_max = 2;
}

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int setup_classes(void **state)
{
	*state = world_new_with(class_of_two);
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static const struct desk *desk(const struct world *w, const char *id)
{
	return site_desk(w->site, id);
}

/* "A family wants to go together": with the first of them all are called, whoever came in between. */
static void test_a_family_is_called_whole(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), x, b, c;

	world_pass(w, 1000);
	x = world_check_in(w);
	b = world_member(w, WORLD_PARTY, 0);
	world_pass(w, 1000);
	c = world_member(w, WORLD_PARTY, 1);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_int_equal(w->outcome.receipt->n_party, 3);
	assert_int_equal(w->outcome.receipt->party[0].id, a);
	assert_int_equal(w->outcome.receipt->party[1].id, b);
	assert_int_equal(w->outcome.receipt->party[2].id, c);
	for (int i = 0; i < 3; i++)
		assert_int_equal(w->outcome.receipt->party[i].state, VISIT_CALLED);
	assert_int_equal(desk(w, "registration-1")->n_called, 3);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_DESK_BUSY);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), x);
	assert_int_equal(w->outcome.receipt->n_party, 1);
}

/* Alone is a party of one in the answer. */
static void test_one_alone_is_called_alone(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w);

	world_check_in(w);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_int_equal(w->outcome.receipt->n_party, 1);
	assert_int_equal(w->outcome.receipt->visit.id, a);
	assert_int_equal(desk(w, "registration-1")->n_called, 1);
}

/* Not before the last of them has come to the stage; others go ahead meanwhile. */
static void test_a_family_waits_for_its_last(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0), x;

	world_bring(w, a, STAGE_CONSENT);
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_NOBODY_WAITING);
	world_pass(w, MS_MINUTE);
	x = world_check_in(w);
	world_act(w, w->hand[STAGE_REGISTRATION][1], x, ACTION_START);
	world_act(w, w->hand[STAGE_REGISTRATION][1], x, ACTION_FINISH);
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), x);
	assert_verdict(world_act(w, hand, b, ACTION_START), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_CONSENT, 1), 0);
	assert_verdict(world_act(w, hand, b, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_CONSENT, 1), a);
	assert_int_equal(w->outcome.receipt->n_party, 2);
}

/* Whoever is parked, unwell or gone keeps nobody waiting. */
static void test_the_family_does_not_wait_for_who_will_not_come(void **state)
{
	struct world *w = *state;
	const enum action ways[] = {ACTION_PARK, ACTION_LEAVE, ACTION_UNWELL};

	for (int i = 0; i < 3; i++) {
		char party[37];
		uint32_t a, b;

		memcpy(party, WORLD_PARTY, sizeof(party));
		party[35] = (char)('2' + i);
		a = world_member(w, party, 0);
		b = world_member(w, party, 0);
		world_bring(w, a, STAGE_CONSENT);
		assert_int_equal(world_call(w, STAGE_CONSENT, 0), 0);
		assert_verdict(world_act(w, w->exit, b, ways[i]), VERDICT_ACCEPTED);
		assert_int_equal(world_call(w, STAGE_CONSENT, 0), a);
		assert_int_equal(w->outcome.receipt->n_party, 1);
		world_inject(w, a);
	}
}

/* One desk, for all of them: elsewhere it is refused, and said where. */
static void test_one_desk_serves_them_all(void **state)
{
	struct world *w = *state;
	const uint32_t here = w->hand[STAGE_REGISTRATION][0], there = w->hand[STAGE_REGISTRATION][1];
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0), x = world_check_in(w);

	assert_verdict(world_act(w, here, a, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, there, b, ACTION_START), VERDICT_DESK_WRONG);
	assert_string_equal(w->outcome.desk, "registration-1");
	assert_verdict(world_scan(w, there, b), VERDICT_DESK_WRONG);
	/* The other desk is not idle for that. */
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), x);
	/* Several of one party at once; nobody else. */
	assert_verdict(world_act(w, here, b, ACTION_START), VERDICT_ACCEPTED);
	assert_int_equal(desk(w, "registration-1")->n_serving, 2);
	assert_verdict(world_act(w, here, world_check_in(w), ACTION_START), VERDICT_DESK_BUSY);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(w->outcome.verdict, VERDICT_DESK_BUSY);
	assert_verdict(world_act(w, here, a, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_int_equal(desk(w, "registration-1")->n_serving, 1);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	assert_verdict(world_act(w, here, b, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_int_not_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
}

/* A member that comes while the others are served goes to their desk. */
static void test_a_latecomer_goes_where_the_others_are(void **state)
{
	struct world *w = *state;
	const uint32_t here = w->hand[STAGE_REGISTRATION][0], there = w->hand[STAGE_REGISTRATION][1];
	uint32_t a = world_member(w, WORLD_PARTY, 0), late;

	assert_verdict(world_act(w, here, a, ACTION_START), VERDICT_ACCEPTED);
	late = world_member(w, WORLD_PARTY, 0);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	assert_verdict(w->outcome.verdict, VERDICT_NOBODY_WAITING);
	assert_verdict(world_act(w, there, late, ACTION_START), VERDICT_DESK_WRONG);
	assert_verdict(world_act(w, here, late, ACTION_START), VERDICT_ACCEPTED);
	/* When all of them have gone on, the next may go anywhere. */
	world_act(w, here, a, ACTION_FINISH);
	world_act(w, here, late, ACTION_FINISH);
	late = world_member(w, WORLD_PARTY, 0);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), late);
}

/* Their desk closes: those called go back to their places and are called by another, whole. */
static void test_a_closing_desk_gives_the_family_back(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), b, x;
	ms_t key;

	world_pass(w, 1000);
	x = world_check_in(w);
	b = world_member(w, WORLD_PARTY, 0);
	key = visit_of(w, b)->key;
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	world_pass(w, 1000);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_GIVEN_BACK), 2);
	assert_int_equal(visit_of(w, b)->key, key);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), a);
	assert_int_equal(w->outcome.receipt->n_party, 2);
	assert_state(w, x, VISIT_QUEUED);
}

/* ... and while one of them is still being served at the closed desk, the other may go elsewhere. */
static void test_a_closed_desk_holds_nobody(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0);

	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), b);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], b, ACTION_START), VERDICT_ACCEPTED);
}

/* One of the called does not come: the others are served, and it is called again to their desk only. */
static void test_one_of_them_does_not_come(void **state)
{
	struct world *w = *state;
	const uint32_t here = w->hand[STAGE_REGISTRATION][0];
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0);

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_verdict(world_act(w, here, b, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_state(w, a, VISIT_CALLED);
	assert_int_equal(desk(w, "registration-1")->n_called, 1);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	assert_verdict(world_act(w, here, a, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, here, a, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), b);
	/* The one that is further on waits for it. */
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), 0);
	world_act(w, here, b, ACTION_START);
	world_act(w, here, b, ACTION_FINISH);
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), a);
	assert_int_equal(w->outcome.receipt->n_party, 2);
}

static void test_a_recall_is_of_all_the_called(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0);

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_START);
	assert_verdict(world_desk(w, COMMAND_DESK_RECALL, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_int_equal(w->outcome.receipt->visit.id, b);
	world_act(w, w->hand[STAGE_REGISTRATION][0], b, ACTION_START);
	assert_verdict(world_desk(w, COMMAND_DESK_RECALL, STAGE_REGISTRATION, 0), VERDICT_NOBODY_CALLED);
}

/* A school class: so many at a time, to the desk that has had the first of them, and no waiting for the last. */
static void test_a_school_class_goes_by_twos_to_one_desk(void **state)
{
	struct world *w = *state;
	uint32_t v[5];

	for (int i = 0; i < 5; i++)
		v[i] = world_member(w, WORLD_PARTY, 0);
	for (int i = 0; i < 4; i += 2) {
		assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[i]);
		assert_int_equal(w->outcome.receipt->n_party, 2);
		assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
		assert_verdict(w->outcome.verdict, VERDICT_NOBODY_WAITING);
		for (int k = i; k < i + 2; k++) {
			world_act(w, w->hand[STAGE_REGISTRATION][0], v[k], ACTION_START);
			world_act(w, w->hand[STAGE_REGISTRATION][0], v[k], ACTION_FINISH);
		}
	}
	/* Consent does not wait for the fifth. */
	assert_int_equal(world_call(w, STAGE_CONSENT, 1), v[0]);
	assert_int_equal(w->outcome.receipt->n_party, 2);
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), 0);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[4]);
}

/* A call at the wrong desk, taken back, binds nobody to it. */
static void test_an_undone_call_binds_nobody(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0);

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_verdict(world_undo(w, b), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), a);
	assert_int_equal(w->outcome.receipt->n_party, 2);
}

/* It stays a class when only a few are left on their way. */
static void test_a_class_is_large_to_its_end(void **state)
{
	struct world *w = *state;
	uint32_t v[4];

	for (int i = 0; i < 4; i++)
		v[i] = world_member(w, WORLD_PARTY, 0);
	world_inject(w, v[0]);
	world_inject(w, v[1]);
	world_bring(w, v[2], STAGE_CONSENT);
	assert_state(w, v[3], VISIT_QUEUED);
	assert_int_equal(world_call(w, STAGE_CONSENT, 0), v[2]);
}

/* Two families at two desks, at once. */
static void test_two_families(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), x = world_member(w, OTHERS, 0);

	world_member(w, WORLD_PARTY, 0);
	world_member(w, OTHERS, 0);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), x);
	assert_int_equal(desk(w, "registration-1")->n_called, 2);
	assert_int_equal(desk(w, "registration-2")->n_called, 2);
}

/* ---- the same question, the same answer ---- */

struct answer {
	struct visit_facts first, party[3];
	char id[37];
};

static void call_three(struct world *w, struct command *c, struct answer *a)
{
	for (int i = 0; i < 3; i++)
		world_member(w, WORLD_PARTY, i);
	*c = world_command(w, COMMAND_DESK_CALL, w->hand[STAGE_REGISTRATION][0], 0);
	assert_verdict(world_do(w, c), VERDICT_ACCEPTED);
	assert_int_equal(w->outcome.receipt->n_party, 3);
	a->first = w->outcome.receipt->visit;
	memcpy(a->party, w->outcome.receipt->party, sizeof(a->party));
	memcpy(a->id, w->last_id, sizeof(a->id));
}

static void assert_answered_alike(struct world *w, struct command *c, const struct answer *a)
{
	c->id = a->id;
	assert_verdict(world_do(w, c), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	assert_same_facts(&w->outcome.receipt->visit, &a->first);
	assert_int_equal(w->outcome.receipt->n_party, 3);
	for (int i = 0; i < 3; i++)
		assert_same_facts(&w->outcome.receipt->party[i], &a->party[i]);
}

static void test_a_repeated_call_names_the_same_people(void **state)
{
	struct world *w = *state;
	struct command c;
	struct answer a;

	call_three(w, &c, &a);
	assert_answered_alike(w, &c, &a);
	world_act(w, w->hand[STAGE_REGISTRATION][0], a.party[1].id, ACTION_START);
	world_act(w, w->board, a.party[2].id, ACTION_LEAVE);
	assert_answered_alike(w, &c, &a);
	world_restart(w);
	assert_answered_alike(w, &c, &a);
}

/* Also on the next day, and after a restart in it: carried over, person and all. */
static void test_a_repeated_call_on_the_next_day(void **state)
{
	struct world *w = *state;
	struct command c;
	struct answer a;

	call_three(w, &c, &a);
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	world_until(w, WORLD_MORNING + 24 * MS_HOUR);
	world_check_in(w);
	assert_answered_alike(w, &c, &a);
	world_restart(w);
	assert_answered_alike(w, &c, &a);
}

static void first_desk_is_for_consent(struct rules *r)
{
	r->desks[0].stage = STAGE_CONSENT;
}

/* The desk that had them serves another stage now: it holds nobody back at the old one. */
static void test_a_desk_of_another_stage_holds_nobody(void **state)
{
	struct world *w = *state;
	uint32_t a = world_member(w, WORLD_PARTY, 0), b = world_member(w, WORLD_PARTY, 0);

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), a);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], b, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_verdict(world_configure(w, first_desk_is_for_consent), VERDICT_ACCEPTED);
	assert_true(world_call(w, STAGE_REGISTRATION, 1) != 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define C(name) cmocka_unit_test_setup_teardown(name, setup_classes, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_family_is_called_whole),
		T(test_one_alone_is_called_alone),
		T(test_a_family_waits_for_its_last),
		T(test_the_family_does_not_wait_for_who_will_not_come),
		T(test_one_desk_serves_them_all),
		T(test_a_latecomer_goes_where_the_others_are),
		T(test_a_closing_desk_gives_the_family_back),
		T(test_a_closed_desk_holds_nobody),
		T(test_one_of_them_does_not_come),
		T(test_a_recall_is_of_all_the_called),
		C(test_a_school_class_goes_by_twos_to_one_desk),
		C(test_a_class_is_large_to_its_end),
		T(test_an_undone_call_binds_nobody),
		T(test_two_families),
		T(test_a_repeated_call_names_the_same_people),
		T(test_a_repeated_call_on_the_next_day),
		T(test_a_desk_of_another_stage_holds_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
