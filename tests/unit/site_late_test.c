/*
 * Acts kept offline: each belongs to whoever was signed on at the device when it was made, also where they no longer
 * are.
 *
 *   N1 signed on ---- act ---- signed off    N2 signed on ---- now: the act comes in, and names N1
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define IDLE (30 * MS_MINUTE)

static int setup(void **state)
{
	struct world *w = *state = world_unstaffed(NULL);

	for (int i = 1; i <= 6; i++) {
		char id[16];

		snprintf(id, sizeof(id), "N%d", i);
		assert_verdict(world_list(w, id, WORLD_ALL_ROLES), VERDICT_ACCEPTED);
	}
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static uint32_t hand(const struct world *w)
{
	return w->clinician;
}

static struct device *device_of(const struct world *w)
{
	return site_device(w->site, hand(w));
}

static void at(struct world *w, int minute)
{
	world_until(w, WORLD_MORNING + minute * MS_MINUTE);
}

static void sign_on(struct world *w, const char *member)
{
	assert_verdict(world_sign_on(w, hand(w), member), VERDICT_ACCEPTED);
}

static void sign_on_until(struct world *w, const char *member, int minute)
{
	struct command c = {.kind = COMMAND_SIGN_ON,
			    .device = hand(w),
			    .badge = world_badge(member, 1),
			    .pin = PIN_RIGHT,
			    .shift_end = WORLD_MORNING + minute * MS_MINUTE};

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* Whom the assessment names that was made at that time and comes in now. */
static const char *made_at(struct world *w, ms_t made)
{
	struct command c = world_command(w, COMMAND_VISIT, hand(w), 1);

	if (state_of(w, 1) != VISIT_UNWELL)
		assert_verdict(world_unwell(w, w->kiosk, 1), VERDICT_ACCEPTED);
	c.action = ACTION_ASSESS;
	c.device_at = 99 * MS_HOUR;
	c.device_sent_at = c.device_at + w->now - made;
	if (world_do(w, &c) == VERDICT_ACCEPTED)
		return event_of(w, EVENT_ASSESSED)->staff;
	assert_verdict(w->outcome.verdict, VERDICT_NOT_SIGNED_ON);
	return "nobody";
}

static const char *made(struct world *w, int minute)
{
	return made_at(w, WORLD_MORNING + minute * MS_MINUTE);
}

static void test_an_act_is_theirs_in_whose_time_it_was_made(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	at(w, 10);
	sign_on(w, "N1");
	at(w, 20);
	sign_on(w, "N2");
	at(w, 30);
	assert_verdict(world_sign_off(w, hand(w)), VERDICT_ACCEPTED);
	at(w, 40);
	sign_on(w, "N3");
	at(w, 45);
	assert_string_equal(made(w, 5), "nobody");
	assert_string_equal(made_at(w, WORLD_MORNING + 10 * MS_MINUTE - 1), "nobody");
	assert_string_equal(made(w, 10), "N1");
	assert_string_equal(made(w, 19), "N1");
	assert_string_equal(made(w, 20), "N2");
	assert_string_equal(made(w, 30), "N2");
	assert_string_equal(made_at(w, WORLD_MORNING + 30 * MS_MINUTE + 1), "nobody");
	assert_string_equal(made_at(w, WORLD_MORNING + 40 * MS_MINUTE - 1), "nobody");
	assert_string_equal(made(w, 40), "N3");
	assert_string_equal(made(w, 45), "N3");
}

/* The site's clock says when it was made, however wrong the device's is: not after now, not before its last act. */
static void test_the_time_is_that_of_the_act_as_recorded(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	sign_on(w, "N1");
	at(w, 10);
	sign_on(w, "N2");
	at(w, 15);
	assert_string_equal(made(w, 99), "N2");
	assert_int_equal(event_of(w, EVENT_ASSESSED)->acted_at, w->now);
	assert_string_equal(made(w, 5), "N2");
	assert_int_equal(event_of(w, EVENT_ASSESSED)->acted_at, w->now);
}

/* What is done now is theirs who is signed on now, and nobody else's. */
static void test_an_act_at_once_is_nobodys_who_has_gone(void **state)
{
	struct world *w = *state;

	world_visit(w, VISIT_UNWELL);
	sign_on(w, "N1");
	assert_verdict(world_sign_off(w, hand(w)), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, hand(w), 1, ACTION_ASSESS), VERDICT_NOT_SIGNED_ON);
	assert_string_equal(made_at(w, w->now), "N1");
}

/* An hour of work without the network, and the server has long signed off whoever did it. */
static void test_who_works_on_offline_was_not_idle(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	sign_on(w, "N1");
	at(w, 100);
	assert_null(device_of(w)->session.staff);
	assert_int_equal(device_of(w)->before[0].why, SIGN_OFF_IDLE);
	assert_string_equal(made(w, 20), "N1");
	assert_string_equal(made(w, 45), "N1");
	assert_string_equal(made(w, 75), "N1");
	assert_string_equal(made_at(w, WORLD_MORNING + 105 * MS_MINUTE), "N1"); /* that is now */
	assert_null(device_of(w)->session.staff);
	world_restart(w);
	assert_verdict(world_act(w, hand(w), 1, ACTION_ASSESS), VERDICT_NOT_SIGNED_ON);
}

static void test_but_a_longer_pause_was_one(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	sign_on(w, "N1");
	at(w, 100);
	assert_string_equal(made(w, 20), "N1");
	assert_string_equal(made_at(w, WORLD_MORNING + 50 * MS_MINUTE + 1), "nobody");
	assert_string_equal(made(w, 50), "N1");
}

static void test_nobody_works_on_past_the_end_of_the_shift(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	sign_on_until(w, "N1", 40);
	at(w, 100);
	assert_int_equal(device_of(w)->before[0].why, SIGN_OFF_IDLE);
	assert_string_equal(made(w, 25), "N1");
	assert_string_equal(made(w, 40), "N1");
	assert_string_equal(made(w, 41), "nobody");
	sign_on_until(w, "N2", 110);
	at(w, 120);
	assert_int_equal(device_of(w)->before[0].why, SIGN_OFF_SHIFT_END);
	assert_string_equal(made(w, 109), "N2");
	assert_string_equal(made(w, 110), "N2");
	assert_string_equal(made(w, 111), "nobody");
}

/* ... nor after signing on at another handheld: what is done at the first is then somebody else's. */
static void test_nobody_works_on_here_who_has_begun_elsewhere(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	sign_on(w, "N1");
	at(w, 35);
	assert_verdict(world_sign_on(w, w->exit, "N1"), VERDICT_ACCEPTED);
	assert_string_equal(made(w, 20), "N1");
	at(w, 40);
	assert_verdict(world_sign_on(w, w->observer, "N1"), VERDICT_ACCEPTED);
	at(w, 60);
	assert_string_equal(made(w, 38), "N1"); /* an exit is another thing to hold */
	assert_string_equal(made(w, 40), "N1");
	assert_string_equal(made(w, 41), "nobody");
}

static void test_nobody_works_on_who_was_removed(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_STAFF_REMOVE, .member = "N1"};

	world_check_in(w);
	sign_on(w, "N1");
	at(w, 35);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	at(w, 60);
	assert_string_equal(made(w, 20), "N1"); /* it was done, and is on record, by whoever did it */
	assert_string_equal(made(w, 30), "N1");
	assert_string_equal(made(w, 35), "N1");
	assert_string_equal(made(w, 36), "nobody");
}

/* Signed off by somebody, it is over: what comes in late carries nothing further. */
static void test_a_tap_is_final(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	sign_on(w, "N1");
	at(w, 10);
	assert_verdict(world_sign_off(w, hand(w)), VERDICT_ACCEPTED);
	at(w, 20);
	assert_string_equal(made(w, 9), "N1");
	assert_string_equal(made(w, 11), "nobody");
}

/* The acts of whoever was there before do not keep the one awake who is there now. */
static void test_late_acts_are_no_acts_of_the_next(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	sign_on(w, "N1");
	at(w, 40);
	sign_on(w, "N2");
	at(w, 60);
	assert_string_equal(made(w, 29), "N1");
	assert_int_equal(device_of(w)->session.last_at, WORLD_MORNING + 40 * MS_MINUTE);
	assert_string_equal(made(w, 39), "N1");
	assert_string_equal(made(w, 50), "N2");
	assert_int_equal(device_of(w)->session.last_at, WORLD_MORNING + 50 * MS_MINUTE);
	at(w, 79);
	assert_non_null(device_of(w)->session.staff);
	at(w, 80);
	assert_null(device_of(w)->session.staff);
}

static void test_the_last_four_are_remembered(void **state)
{
	static const char *const ids[] = {"N1", "N2", "N3", "N4", "N5", "N6"};
	struct world *w = *state;

	world_check_in(w);
	for (int i = 0; i < 6; i++) {
		at(w, 10 * i);
		sign_on(w, ids[i]);
	}
	assert_string_equal(made(w, 5), "nobody");
	for (int i = 1; i < 6; i++)
		assert_string_equal(made(w, 10 * i + (i < 5 ? 5 : 0)), ids[i]);
}

/* Duty is asked of whoever made the act, not of whoever sends it. */
static void test_duty_is_asked_of_whoever_made_it(void **state)
{
	struct world *w = *state;

	assert_verdict(world_list(w, "G", "guard"), VERDICT_ACCEPTED);
	world_check_in(w);
	sign_on(w, "G");
	at(w, 10);
	sign_on(w, "N1");
	assert_string_equal(made(w, 10), "N1");
	at(w, 20);
	sign_on(w, "G");
	at(w, 25);
	assert_string_equal(made(w, 15), "N1");
	assert_verdict(world_act(w, hand(w), 1, ACTION_ASSESS), VERDICT_NOT_QUALIFIED);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_an_act_is_theirs_in_whose_time_it_was_made),
		T(test_the_time_is_that_of_the_act_as_recorded),
		T(test_an_act_at_once_is_nobodys_who_has_gone),
		T(test_who_works_on_offline_was_not_idle),
		T(test_but_a_longer_pause_was_one),
		T(test_nobody_works_on_past_the_end_of_the_shift),
		T(test_nobody_works_on_here_who_has_begun_elsewhere),
		T(test_nobody_works_on_who_was_removed),
		T(test_a_tap_is_final),
		T(test_late_acts_are_no_acts_of_the_next),
		T(test_the_last_four_are_remembered),
		T(test_duty_is_asked_of_whoever_made_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
