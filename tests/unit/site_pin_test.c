/*
 * PINs: who is asked for one, what a guess learns, and how long it waits for the next. The shell compares; what it
 * found comes in as right, wrong or not given.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

static int setup(void **state)
{
	struct world *w = *state = world_unstaffed(NULL);

	assert_verdict(world_list(w, "N1", "clinician=2099-12-31"), VERDICT_ACCEPTED);
	assert_verdict(world_list(w, "N2", "supervisor"), VERDICT_ACCEPTED);
	assert_verdict(world_list(w, "N3", "vaccinator=2099-12-31"), VERDICT_ACCEPTED);
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static uint32_t hand(const struct world *w)
{
	return w->hand[STAGE_INJECTION][0];
}

/* member NULL: a badge that nobody has. */
static enum verdict try(struct world *w, uint32_t device, const char *member, enum pin_check pin)
{
	struct command c = {.kind = COMMAND_SIGN_ON, .device = device, .pin = pin};

	c.badge = member ? world_badge(member, 1) : 0;
	return world_do(w, &c);
}

static void guess(struct world *w, uint32_t device, const char *member, int times)
{
	for (; times > 0; times--)
		assert_verdict(try(w, device, member, PIN_WRONG), VERDICT_SIGN_ON_REFUSED);
}

static ms_t wait(const struct world *w, uint32_t device, const char *member)
{
	return site_sign_on_wait(w->site, member ? site_staff(w->site, member) : NULL, site_device(w->site, device),
				 w->now);
}

/* ---- who is asked ---- */

static void test_a_pin_is_asked_of_whoever_has_a_role_that_asks(void **state)
{
	struct world *w = *state;

	assert_true(site_asks_pin(w->site, site_staff(w->site, "N1")));
	assert_false(site_asks_pin(w->site, site_staff(w->site, "N3")));
	assert_verdict(world_list(w, "N4", "guard,supervisor"), VERDICT_ACCEPTED);
	assert_true(site_asks_pin(w->site, site_staff(w->site, "N4")));
	assert_verdict(try(w, hand(w), "N1", PIN_NOT_GIVEN), VERDICT_PIN_REQUIRED);
	assert_int_equal(w->events.n, 0);
	assert_verdict(try(w, hand(w), "N3", PIN_NOT_GIVEN), VERDICT_ACCEPTED);
	assert_int_equal(event_of(w, EVENT_SIGNED_ON)->pin, 0);
	assert_verdict(try(w, hand(w), "N1", PIN_RIGHT), VERDICT_ACCEPTED);
	assert_int_equal(event_of(w, EVENT_SIGNED_ON)->pin, 1);
	assert_verdict(try(w, hand(w), "N3", PIN_RIGHT), VERDICT_ACCEPTED);
	assert_int_equal(event_of(w, EVENT_SIGNED_ON)->pin, 0);
}

static void test_where_a_pin_is_asked_and_none_was_set_nobody_signs_on(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_STAFF_LIST,
			    .member = "N1",
			    .person = "{}",
			    .roles = "clinician",
			    .badge = world_badge("N1", 1)};

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_verdict(try(w, hand(w), "N1", PIN_NOT_GIVEN), VERDICT_PIN_NOT_SET);
	assert_verdict(try(w, hand(w), "N1", PIN_RIGHT), VERDICT_PIN_NOT_SET);
	assert_int_equal(w->events.n, 0);
	assert_verdict(try(w, hand(w), "N1", PIN_WRONG), VERDICT_SIGN_ON_REFUSED);
}

/* ---- what a guess learns ---- */

static void test_an_unknown_badge_is_answered_like_a_known_one(void **state)
{
	struct world *w = *state;
	const struct event *e;

	assert_verdict(try(w, hand(w), NULL, PIN_NOT_GIVEN), VERDICT_PIN_REQUIRED);
	assert_verdict(try(w, hand(w), NULL, PIN_WRONG), VERDICT_SIGN_ON_REFUSED);
	e = event_of(w, EVENT_SIGN_ON_REFUSED);
	assert_null(e->member);
	assert_null(e->staff);
	assert_int_equal(e->device, hand(w));
	assert_int_equal(e->count, 1);
	assert_verdict(try(w, hand(w), "N1", PIN_WRONG), VERDICT_SIGN_ON_REFUSED);
	e = event_of(w, EVENT_SIGN_ON_REFUSED);
	assert_string_equal(e->member, "N1");
	assert_int_equal(e->count, 1);
	assert_verdict(try(w, hand(w), NULL, PIN_WRONG), VERDICT_SIGN_ON_REFUSED);
	assert_int_equal(event_of(w, EVENT_SIGN_ON_REFUSED)->count, 3);
	assert_verdict(try(w, hand(w), NULL, PIN_RIGHT), VERDICT_SIGN_ON_REFUSED);
}

static void nobody_needs_one(struct rules *r)
{
	memset(r->roles, 0, sizeof(r->roles));
}

static void test_where_nobody_needs_a_pin_a_badge_alone_is_refused_or_not(void **state)
{
	struct world *w = *state;

	assert_verdict(world_configure(w, nobody_needs_one), VERDICT_ACCEPTED);
	assert_verdict(try(w, hand(w), NULL, PIN_NOT_GIVEN), VERDICT_SIGN_ON_REFUSED);
	assert_verdict(try(w, hand(w), "N1", PIN_NOT_GIVEN), VERDICT_ACCEPTED);
	assert_verdict(try(w, hand(w), "N2", PIN_WRONG), VERDICT_SIGN_ON_REFUSED);
}

static void test_a_refused_one_leaves_whoever_is_signed_on(void **state)
{
	struct world *w = *state;

	assert_verdict(try(w, hand(w), "N3", PIN_NOT_GIVEN), VERDICT_ACCEPTED);
	guess(w, hand(w), "N1", 1);
	assert_ptr_equal(site_device(w->site, hand(w))->session.staff, site_staff(w->site, "N3"));
}

/* ---- how long it waits ---- */

static void test_after_five_wrong_ones_in_a_row_it_waits(void **state)
{
	struct world *w = *state;

	guess(w, hand(w), "N1", 4);
	assert_int_equal(wait(w, hand(w), "N1"), 0);
	guess(w, hand(w), "N1", 1);
	assert_int_equal(wait(w, hand(w), "N1"), 30 * MS_SECOND);
	assert_verdict(try(w, hand(w), "N1", PIN_RIGHT), VERDICT_TOO_MANY_TRIES);
	assert_int_equal(w->outcome.until, w->now + 30 * MS_SECOND);
	assert_int_equal(w->events.n, 0);
	assert_verdict(try(w, hand(w), "N1", PIN_NOT_GIVEN), VERDICT_TOO_MANY_TRIES);
	world_pass(w, 30 * MS_SECOND - 1);
	assert_int_equal(wait(w, hand(w), "N1"), 1);
	assert_verdict(try(w, hand(w), "N1", PIN_RIGHT), VERDICT_TOO_MANY_TRIES);
	world_pass(w, 1);
	assert_int_equal(wait(w, hand(w), "N1"), 0);
	assert_verdict(try(w, hand(w), "N1", PIN_RIGHT), VERDICT_ACCEPTED);
}

static void test_each_further_one_doubles_the_wait_up_to_a_quarter_of_an_hour(void **state)
{
	static const int seconds[] = {30, 60, 120, 240, 480, 900, 900, 900};
	struct world *w = *state;

	guess(w, hand(w), "N1", 4);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		guess(w, hand(w), "N1", 1);
		assert_int_equal(wait(w, hand(w), "N1"), seconds[i] * MS_SECOND);
		world_pass(w, seconds[i] * MS_SECOND);
	}
}

static void one_try_and_an_hour(struct rules *r)
{
	r->sign_on_tries = 1;
	r->sign_on_wait_seconds = 3600;
}

static void test_tries_and_wait_are_the_rules(void **state)
{
	struct world *w = *state;

	assert_verdict(world_configure(w, one_try_and_an_hour), VERDICT_ACCEPTED);
	guess(w, hand(w), "N1", 1);
	assert_int_equal(wait(w, hand(w), "N1"), MS_HOUR);
	world_pass(w, MS_HOUR);
	guess(w, hand(w), "N1", 1);
	assert_int_equal(wait(w, hand(w), "N1"), MS_HOUR);
}

/* From ten devices at once: the badge waits everywhere, and whoever stands beside them signs on. */
static void test_a_badge_waits_wherever_it_was_tried(void **state)
{
	struct world *w = *state;
	const uint32_t from[] = {hand(w), w->hand[STAGE_INJECTION][1], w->observer, w->clinician, w->exit};

	for (int i = 0; i < 5; i++)
		guess(w, from[i], "N1", 1);
	assert_int_equal(event_of(w, EVENT_SIGN_ON_REFUSED)->count, 5);
	assert_verdict(try(w, w->board, "N1", PIN_RIGHT), VERDICT_TOO_MANY_TRIES);
	assert_verdict(try(w, w->board, "N2", PIN_RIGHT), VERDICT_ACCEPTED);
	assert_verdict(try(w, hand(w), "N3", PIN_NOT_GIVEN), VERDICT_ACCEPTED);
}

/* One device through all the badges: it waits for every badge, and every other device goes on. */
static void test_a_device_waits_whatever_was_tried_at_it(void **state)
{
	struct world *w = *state;

	guess(w, hand(w), NULL, 2);
	guess(w, hand(w), "N1", 2);
	guess(w, hand(w), "N2", 1);
	assert_verdict(try(w, hand(w), "N3", PIN_NOT_GIVEN), VERDICT_TOO_MANY_TRIES);
	assert_verdict(try(w, hand(w), NULL, PIN_WRONG), VERDICT_TOO_MANY_TRIES);
	assert_int_equal(wait(w, hand(w), NULL), 30 * MS_SECOND);
	assert_verdict(try(w, w->board, "N1", PIN_RIGHT), VERDICT_ACCEPTED);
}

static void test_a_right_one_clears_both_counts(void **state)
{
	struct world *w = *state;

	guess(w, hand(w), "N1", 4);
	assert_verdict(try(w, hand(w), "N1", PIN_RIGHT), VERDICT_ACCEPTED);
	guess(w, hand(w), "N1", 4);
	assert_int_equal(wait(w, hand(w), "N1"), 0);
}

/* A badge that needs no PIN is no right one: else every fifth guess would be free. */
static void test_a_badge_alone_clears_nothing(void **state)
{
	struct world *w = *state;

	guess(w, hand(w), "N1", 4);
	assert_verdict(try(w, hand(w), "N3", PIN_NOT_GIVEN), VERDICT_ACCEPTED);
	guess(w, hand(w), "N2", 1);
	assert_int_equal(wait(w, hand(w), NULL), 30 * MS_SECOND);
}

/* ... and one's own right one does not clear the other's badge. */
static void test_ones_own_pin_clears_no_other_badge(void **state)
{
	struct world *w = *state;

	guess(w, hand(w), "N1", 4);
	assert_verdict(try(w, hand(w), "N2", PIN_RIGHT), VERDICT_ACCEPTED);
	assert_int_equal(site_device(w->site, hand(w))->wrong, 0);
	guess(w, hand(w), "N1", 1);
	assert_int_equal(wait(w, hand(w), "N1"), 30 * MS_SECOND);
	assert_int_equal(wait(w, hand(w), "N2"), 0);
}

static void test_a_new_badge_begins_anew(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_STAFF_LIST,
			    .member = "N1",
			    .person = "{}",
			    .roles = "clinician",
			    .badge = world_badge("N1", 2),
			    .has_pin = true};

	guess(w, w->board, "N1", 5);
	assert_int_equal(wait(w, hand(w), "N1"), 30 * MS_SECOND);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(wait(w, hand(w), "N1"), 0);
}

static void test_a_wait_survives_a_restart_and_ends_with_the_day(void **state)
{
	struct world *w = *state;

	world_visit(w, VISIT_DEFERRED);
	world_until(w, WORLD_MORNING + 16 * MS_HOUR - MS_SECOND);
	guess(w, hand(w), "N1", 5);
	world_restart(w);
	assert_int_equal(wait(w, hand(w), "N1"), 30 * MS_SECOND);
	world_pass(w, 2 * MS_SECOND);
	assert_int_equal(wait(w, hand(w), "N1"), 28 * MS_SECOND);
	world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
	assert_int_equal(wait(w, hand(w), "N1"), 0);
}

/* ---- where a PIN is asked that was not ---- */

static void ask_vaccinators(struct rules *r)
{
	r->roles[ROLE_VACCINATOR].pin = true;
}

/* Signed on by the badge alone, nobody comes by roles that ask for more. */
static void test_a_role_that_asks_is_not_had_without_its_pin(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_SITE_HOLD, .device = w->board};

	assert_verdict(try(w, w->board, "N3", PIN_NOT_GIVEN), VERDICT_ACCEPTED);
	assert_verdict(world_list(w, "N3", "vaccinator=2099-12-31,supervisor"), VERDICT_ACCEPTED);
	assert_int_equal(event_of(w, EVENT_SIGNED_OFF)->sign_off, SIGN_OFF_REMOVED);
	assert_verdict(world_do(w, &c), VERDICT_NOT_SIGNED_ON);
	assert_verdict(try(w, w->board, "N3", PIN_NOT_GIVEN), VERDICT_PIN_REQUIRED);
	assert_verdict(try(w, w->board, "N3", PIN_RIGHT), VERDICT_ACCEPTED);
	assert_verdict(world_list(w, "N3", "clinician=2099-12-31,supervisor"), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

static void test_rules_that_ask_from_now_on_sign_off_who_was_not_asked(void **state)
{
	struct world *w = *state;

	assert_verdict(try(w, hand(w), "N3", PIN_NOT_GIVEN), VERDICT_ACCEPTED);
	assert_verdict(try(w, w->board, "N2", PIN_RIGHT), VERDICT_ACCEPTED);
	assert_verdict(world_configure(w, ask_vaccinators), VERDICT_ACCEPTED);
	assert_int_equal(event_of(w, EVENT_SIGNED_OFF)->sign_off, SIGN_OFF_REMOVED);
	assert_null(site_device(w->site, hand(w))->session.staff);
	assert_non_null(site_device(w->site, w->board)->session.staff);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_pin_is_asked_of_whoever_has_a_role_that_asks),
		T(test_where_a_pin_is_asked_and_none_was_set_nobody_signs_on),
		T(test_an_unknown_badge_is_answered_like_a_known_one),
		T(test_where_nobody_needs_a_pin_a_badge_alone_is_refused_or_not),
		T(test_a_refused_one_leaves_whoever_is_signed_on),
		T(test_after_five_wrong_ones_in_a_row_it_waits),
		T(test_each_further_one_doubles_the_wait_up_to_a_quarter_of_an_hour),
		T(test_tries_and_wait_are_the_rules),
		T(test_a_badge_waits_wherever_it_was_tried),
		T(test_a_device_waits_whatever_was_tried_at_it),
		T(test_a_right_one_clears_both_counts),
		T(test_a_badge_alone_clears_nothing),
		T(test_ones_own_pin_clears_no_other_badge),
		T(test_a_new_badge_begins_anew),
		T(test_a_wait_survives_a_restart_and_ends_with_the_day),
		T(test_a_role_that_asks_is_not_had_without_its_pin),
		T(test_rules_that_ask_from_now_on_sign_off_who_was_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
