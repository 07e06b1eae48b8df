/*
 * Devices: a one-time code makes each, a supervisor moves and revokes them, and they outlive the day.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define CODE "c0de000000000000000000000000000000000000000000000000000000000001"
#define TOKEN "70ce000000000000000000000000000000000000000000000000000000000001"

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

static enum verdict invite(struct world *w, enum device_kind kind, const char *desk)
{
	struct command c = {.kind = COMMAND_DEVICE_INVITE,
			    .device = w->board,
			    .device_kind = kind,
			    .device_desk = desk,
			    .name = "new",
			    .code_hash = CODE};

	return world_do(w, &c);
}

static enum verdict enrol(struct world *w, const char *code)
{
	struct command c = {.kind = COMMAND_DEVICE_ENROL, .code_hash = code, .token_hash = TOKEN, .name = "it"};

	return world_do(w, &c);
}

/* Whoever holds the token is this device: by its hash. */
static bool token_is_good(struct world *w)
{
	const struct device *d = site_device_by_token(w->site, TOKEN);

	return d && d->enrolled && !d->revoked;
}

static void test_a_code_is_good_once(void **state)
{
	struct world *w = *state;

	assert_verdict(enrol(w, CODE), VERDICT_CODE_UNKNOWN);
	assert_verdict(invite(w, DEVICE_EXIT, NULL), VERDICT_ACCEPTED);
	assert_false(token_is_good(w));
	assert_verdict(enrol(w, CODE), VERDICT_ACCEPTED);
	assert_true(token_is_good(w));
	assert_int_equal(site_device_by_token(w->site, TOKEN)->kind, DEVICE_EXIT);
	assert_verdict(enrol(w, CODE), VERDICT_CODE_USED);
}

static void test_a_code_is_good_for_fifteen_minutes(void **state)
{
	struct world *w = *state;

	assert_verdict(invite(w, DEVICE_EXIT, NULL), VERDICT_ACCEPTED);
	world_pass(w, 15 * MS_MINUTE);
	assert_verdict(enrol(w, CODE), VERDICT_CODE_UNKNOWN);
	world_free(w);
	*state = w = world_new();
	assert_verdict(invite(w, DEVICE_EXIT, NULL), VERDICT_ACCEPTED);
	world_pass(w, 15 * MS_MINUTE - 1);
	assert_verdict(enrol(w, CODE), VERDICT_ACCEPTED);
}

/* The setup code makes the first board and no other. */
static void test_the_setup_code_works_while_there_is_no_board(void **state)
{
	struct world *w = *state;

	assert_true(site_has_board(w->site));
	assert_verdict(enrol(w, NULL), VERDICT_CODE_USED);
	assert_false(token_is_good(w));
}

static void test_a_desk_must_be_one_of_the_site(void **state)
{
	struct world *w = *state;

	assert_verdict(invite(w, DEVICE_HANDHELD, "registration-9"), VERDICT_DESK_UNKNOWN);
	assert_verdict(invite(w, DEVICE_HANDHELD, NULL), VERDICT_DESK_MISSING);
	assert_verdict(invite(w, DEVICE_KIOSK, "treatment"), VERDICT_DESK_UNKNOWN);
	assert_verdict(invite(w, DEVICE_KIOSK, "observation"), VERDICT_ACCEPTED);
}

/* "Two staff swap handhelds": moved, it acts for its new desk. */
static void test_a_moved_handheld_is_at_its_new_desk(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	struct command c = {.kind = COMMAND_DEVICE_MOVE, .device = w->board, .subject = hand};
	uint32_t v = world_check_in(w);

	c.device_desk = "nowhere";
	assert_verdict(world_do(w, &c), VERDICT_DESK_UNKNOWN);
	c.device_desk = "consent-2";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_string_equal(site_device(w->site, hand)->desk, "consent-2");
	assert_verdict(world_scan(w, hand, v), VERDICT_WRONG_STAGE);
	c.subject = 999;
	assert_verdict(world_do(w, &c), VERDICT_DEVICE_UNKNOWN);
}

/* Revoked at once, and for good: also on the next day. The others stay. */
static void test_a_revoked_device_is_gone(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_DEVICE_REVOKE, .device = w->board};

	assert_verdict(invite(w, DEVICE_EXIT, NULL), VERDICT_ACCEPTED);
	c.subject = w->outcome.subject;
	assert_verdict(enrol(w, CODE), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_false(token_is_good(w));
	world_visit(w, VISIT_DEFERRED);
	world_restart(w);
	assert_false(token_is_good(w));
	world_pass(w, 24 * MS_HOUR);
	world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
	assert_int_equal(events_of(w, EVENT_DEVICE_CARRIED), 11);
	for (size_t i = 0; i < w->events.n; i++) {
		const struct event *e = &w->events.v[i];

		assert_false(e->type == EVENT_DEVICE_CARRIED && e->subject == c.subject);
	}
	assert_false(token_is_good(w));
	assert_true(site_device(w->site, w->exit)->enrolled);
}

/* An invitation not taken up yet outlives the day, too. */
static void test_an_open_invitation_is_carried_over(void **state)
{
	struct world *w = *state;

	world_visit(w, VISIT_DEFERRED);
	world_until(w, WORLD_MORNING + 16 * MS_HOUR - MS_MINUTE);
	assert_verdict(invite(w, DEVICE_EXIT, NULL), VERDICT_ACCEPTED);
	world_pass(w, 2 * MS_MINUTE);
	world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
	world_restart(w);
	assert_verdict(enrol(w, CODE), VERDICT_ACCEPTED);
	assert_true(token_is_good(w));
}

/* ... but not one that has expired: it would be carried for ever. */
static void test_an_expired_invitation_is_not_carried_over(void **state)
{
	struct world *w = *state;
	uint32_t invited;

	world_visit(w, VISIT_DEFERRED);
	assert_verdict(invite(w, DEVICE_EXIT, NULL), VERDICT_ACCEPTED);
	invited = w->outcome.subject;
	world_pass(w, 24 * MS_HOUR);
	world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
	assert_int_equal(events_of(w, EVENT_DEVICE_CARRIED), 11);
	for (size_t i = 0; i < w->events.n; i++)
		assert_false(w->events.v[i].type == EVENT_DEVICE_CARRIED && w->events.v[i].subject == invited);
	assert_verdict(enrol(w, CODE), VERDICT_CODE_UNKNOWN);
}

/* Somebody must be left who can enrol devices. An invitation is nobody yet. */
static void test_the_last_board_cannot_be_revoked(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_DEVICE_REVOKE, .device = w->board, .subject = w->board};
	uint32_t second;

	assert_verdict(world_do(w, &c), VERDICT_LAST_BOARD);
	assert_int_equal(w->events.n, 0);
	assert_verdict(invite(w, DEVICE_BOARD, NULL), VERDICT_ACCEPTED);
	second = w->outcome.subject;
	assert_verdict(world_do(w, &c), VERDICT_LAST_BOARD);
	assert_verdict(enrol(w, CODE), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(site_has_board(w->site));
	c.device = c.subject = second;
	assert_verdict(world_do(w, &c), VERDICT_LAST_BOARD);
	assert_true(token_is_good(w));
}

/* A board that has not come yet can be told not to. */
static void test_an_invited_board_can_be_revoked(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_DEVICE_REVOKE, .device = w->board};

	assert_verdict(invite(w, DEVICE_BOARD, NULL), VERDICT_ACCEPTED);
	c.subject = w->outcome.subject;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(site_has_board(w->site));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_code_is_good_once),
		T(test_a_code_is_good_for_fifteen_minutes),
		T(test_the_setup_code_works_while_there_is_no_board),
		T(test_a_desk_must_be_one_of_the_site),
		T(test_a_moved_handheld_is_at_its_new_desk),
		T(test_a_revoked_device_is_gone),
		T(test_an_open_invitation_is_carried_over),
		T(test_an_expired_invitation_is_not_carried_over),
		T(test_the_last_board_cannot_be_revoked),
		T(test_an_invited_board_can_be_revoked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
