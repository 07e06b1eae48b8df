/*
 * Who is signed on where: from a badge to a tap, idle time, the end of the shift or somebody else, and from day to day.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define IDLE (30 * MS_MINUTE)
#define BOARD_IDLE (240 * MS_MINUTE)

static int setup(void **state)
{
	struct world *w = *state = world_unstaffed(NULL);

	assert_verdict(world_list(w, "N1", WORLD_ALL_ROLES), VERDICT_ACCEPTED);
	assert_verdict(world_list(w, "N2", WORLD_ALL_ROLES), VERDICT_ACCEPTED);
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static uint32_t hand(const struct world *w)
{
	return w->hand[STAGE_REGISTRATION][0];
}

static const struct session *session_of(const struct world *w, uint32_t device)
{
	return &site_device(w->site, device)->session;
}

/* NULL: nobody. */
static void assert_signed_on(const struct world *w, uint32_t device, const char *member)
{
	const struct staff *f = session_of(w, device)->staff;

	assert_string_equal(f ? f->id : "nobody", member ? member : "nobody");
}

static void sign_on(struct world *w, uint32_t device, const char *member)
{
	assert_verdict(world_sign_on(w, device, member), VERDICT_ACCEPTED);
	assert_signed_on(w, device, member);
}

static void sign_on_until(struct world *w, uint32_t device, const char *member, ms_t shift_end)
{
	struct command c = {.kind = COMMAND_SIGN_ON,
			    .device = device,
			    .badge = world_badge(member, 1),
			    .pin = PIN_RIGHT,
			    .shift_end = shift_end};

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

static void assert_ended(const struct world *w, uint32_t device, const char *member, enum sign_off why)
{
	const struct event *e = event_of(w, EVENT_SIGNED_OFF);

	assert_non_null(e);
	assert_int_equal(e->subject, device);
	assert_string_equal(e->member, member);
	assert_string_equal(sign_off_name(e->sign_off), sign_off_name(why));
	assert_ptr_equal(site_device(w->site, device)->before[0].staff, site_staff(w->site, member));
	assert_int_equal(site_device(w->site, device)->before[0].why, why);
	assert_int_equal(site_device(w->site, device)->before[0].ended_at, e->at);
}

/* ---- on ---- */

static void test_a_badge_signs_on_at_a_handheld_an_exit_and_a_board(void **state)
{
	struct world *w = *state;
	const uint32_t devices[] = {hand(w), w->exit, w->board};
	uint64_t version = w->site->staff_version;
	const struct event *e;

	for (int i = 0; i < 3; i++) {
		sign_on(w, devices[i], "N1");
		e = event_of(w, EVENT_SIGNED_ON);
		assert_int_equal(w->events.n, 1);
		assert_int_equal(e->device, devices[i]);
		assert_string_equal(e->staff, "N1");
		assert_string_equal(e->member, "N1");
		assert_int_equal(e->badge, world_badge("N1", 1));
		assert_int_equal(e->pin, 1);
		assert_int_equal(e->due_at, 0);
		assert_null(e->command);
		assert_int_equal(w->outcome.subject, devices[i]);
		assert_int_equal(session_of(w, devices[i])->since, w->now);
		assert_int_equal(session_of(w, devices[i])->ends_at, MS_NEVER);
	}
	assert_int_equal(w->site->staff_version, version + 3);
}

static void test_nobody_signs_on_at_another_device(void **state)
{
	struct world *w = *state;

	assert_verdict(world_sign_on(w, w->kiosk, "N1"), VERDICT_NOT_AVAILABLE);
	assert_verdict(world_sign_off(w, w->kiosk), VERDICT_NOT_AVAILABLE);
	assert_verdict(world_sign_on(w, 99, "N1"), VERDICT_DEVICE_UNKNOWN);
	assert_verdict(world_sign_on(w, 0, "N1"), VERDICT_DEVICE_UNKNOWN);
	assert_int_equal(w->events.n, 0);
}

static void test_the_same_again_renews(void **state)
{
	struct world *w = *state;
	ms_t since = w->now;

	sign_on_until(w, hand(w), "N1", w->now + MS_HOUR);
	world_pass(w, 20 * MS_MINUTE);
	sign_on_until(w, hand(w), "N1", since + 2 * MS_HOUR);
	assert_int_equal(events_of(w, EVENT_SIGNED_OFF), 0);
	assert_int_equal(events_of(w, EVENT_SIGNED_ON), 1);
	assert_int_equal(session_of(w, hand(w))->since, since);
	assert_int_equal(session_of(w, hand(w))->ends_at, since + 2 * MS_HOUR);
	world_pass(w, IDLE - 1);
	assert_signed_on(w, hand(w), "N1");
	world_pass(w, 1);
	assert_signed_on(w, hand(w), NULL);
}

/* "They change shift and desk." The one who is being served does not notice. */
static void test_taking_over_in_mid_visit_leaves_the_visit_as_it_is(void **state)
{
	struct world *w = *state;
	const uint32_t at = w->hand[STAGE_INJECTION][0];
	uint32_t v = world_check_in(w);
	const struct event *off;

	world_bring(w, v, STAGE_INJECTION);
	sign_on(w, at, "N1");
	assert_verdict(world_act(w, at, v, ACTION_START), VERDICT_ACCEPTED);
	assert_string_equal(event_of(w, EVENT_STARTED)->staff, "N1");
	world_pass(w, MS_MINUTE);
	sign_on(w, at, "N2");
	assert_int_equal(w->events.n, 2);
	off = &w->events.v[0];
	assert_ended(w, at, "N1", SIGN_OFF_TAKEN_OVER);
	assert_ptr_equal(off, event_of(w, EVENT_SIGNED_OFF));
	assert_string_equal(off->staff, "N2");
	assert_int_equal(off->device, at);
	assert_state(w, v, VISIT_SERVING);
	assert_string_equal(visit_of(w, v)->f.desk, "injection-1");
	assert_verdict(world_act(w, at, v, ACTION_INJECT), VERDICT_ACCEPTED);
	assert_string_equal(event_of(w, EVENT_INJECTED)->staff, "N2");
}

static void test_one_is_at_one_device_of_a_kind(void **state)
{
	struct world *w = *state;
	const uint32_t other = w->hand[STAGE_INJECTION][1];

	sign_on(w, hand(w), "N1");
	sign_on(w, w->exit, "N1");
	sign_on(w, w->board, "N1");
	sign_on(w, other, "N2");
	assert_signed_on(w, hand(w), "N1");
	sign_on(w, other, "N1");
	assert_int_equal(w->events.n, 3);
	assert_ended(w, hand(w), "N1", SIGN_OFF_ELSEWHERE);
	assert_int_equal(w->events.v[1].sign_off, SIGN_OFF_TAKEN_OVER);
	assert_int_equal(w->events.v[0].device, other);
	assert_string_equal(w->events.v[0].staff, "N1");
	assert_signed_on(w, hand(w), NULL);
	assert_signed_on(w, w->exit, "N1");
	assert_signed_on(w, w->board, "N1");
}

/* ---- off ---- */

static void test_a_tap_signs_off(void **state)
{
	struct world *w = *state;

	assert_verdict(world_sign_off(w, hand(w)), VERDICT_ACCEPTED);
	assert_int_equal(w->events.n, 0);
	sign_on(w, hand(w), "N1");
	world_pass(w, MS_MINUTE);
	assert_verdict(world_sign_off(w, hand(w)), VERDICT_ACCEPTED);
	assert_ended(w, hand(w), "N1", SIGN_OFF_TAP);
	assert_string_equal(event_of(w, EVENT_SIGNED_OFF)->staff, "N1");
	assert_int_equal(w->outcome.subject, hand(w));
	assert_signed_on(w, hand(w), NULL);
	world_pass(w, IDLE);
	assert_int_equal(w->events.n, 0);
}

static void test_idle_time_signs_off_at_the_very_millisecond(void **state)
{
	struct world *w = *state;

	sign_on(w, hand(w), "N1");
	sign_on(w, w->exit, "N1");
	sign_on(w, w->board, "N1");
	assert_int_equal(session_due(w->site, site_device(w->site, hand(w))), w->now + IDLE);
	assert_int_equal(session_due(w->site, site_device(w->site, w->board)), w->now + BOARD_IDLE);
	assert_int_equal(session_due(w->site, site_device(w->site, w->observer)), MS_NEVER);
	world_pass(w, IDLE - 1);
	assert_int_equal(w->events.n, 0);
	world_pass(w, 1);
	assert_int_equal(events_of(w, EVENT_SIGNED_OFF), 2);
	for (size_t i = 0; i < w->events.n; i++) {
		assert_int_equal(w->events.v[i].sign_off, SIGN_OFF_IDLE);
		assert_int_equal(w->events.v[i].device, 0);
		assert_null(w->events.v[i].staff);
	}
	assert_signed_on(w, w->board, "N1");
	world_pass(w, BOARD_IDLE - IDLE - 1);
	assert_signed_on(w, w->board, "N1");
	world_pass(w, 1);
	assert_ended(w, w->board, "N1", SIGN_OFF_IDLE);
	assert_int_equal(site_deadline(w->site), MS_NEVER);
}

static void test_an_act_at_that_millisecond_is_too_late(void **state)
{
	struct world *w = *state;
	const uint32_t at = w->hand[STAGE_INJECTION][0];
	uint32_t v = world_check_in(w);

	world_bring(w, v, STAGE_INJECTION);
	sign_on(w, at, "N1");
	assert_verdict(world_act(w, at, v, ACTION_START), VERDICT_ACCEPTED);
	w->now += IDLE;
	assert_verdict(world_act(w, at, v, ACTION_INJECT), VERDICT_NOT_SIGNED_ON);
	assert_int_equal(events_of(w, EVENT_SIGNED_OFF), 1);
	sign_on(w, at, "N1");
	w->now += IDLE - 1;
	assert_verdict(world_act(w, at, v, ACTION_INJECT), VERDICT_ACCEPTED);
}

static void test_each_act_begins_idle_time_anew(void **state)
{
	struct world *w = *state;

	sign_on(w, hand(w), "N1");
	for (int i = 0; i < 5; i++) {
		world_pass(w, IDLE - 1);
		assert_signed_on(w, hand(w), "N1");
		assert_verdict(world_scan(w, hand(w), world_check_in(w)), i ? VERDICT_DESK_BUSY : VERDICT_ACCEPTED);
		if (i)
			break;
	}
	/* What is refused and leaves no mark is no act. */
	world_pass(w, 0);
	assert_int_equal(session_of(w, hand(w))->last_at, WORLD_MORNING + IDLE - 1);
	world_pass(w, 1);
	assert_signed_on(w, hand(w), NULL);
}

/* A supervisor at the board who enrols devices all morning is not idle; somebody who guesses PINs there is no act. */
static void test_acts_without_an_id_count_and_wrong_pins_do_not(void **state)
{
	struct world *w = *state;
	struct command invite = {.kind = COMMAND_DEVICE_INVITE,
				 .device = w->board,
				 .device_kind = DEVICE_EXIT,
				 .name = "new",
				 .code_hash = "c0de000000000000000000000000000000000000000000000000000000000001"};
	struct command guess = {
		.kind = COMMAND_SIGN_ON, .device = w->board, .badge = world_badge("N2", 1), .pin = PIN_WRONG};

	sign_on(w, w->board, "N1");
	world_pass(w, MS_HOUR);
	assert_verdict(world_do(w, &invite), VERDICT_ACCEPTED);
	assert_string_equal(event_of(w, EVENT_DEVICE_INVITED)->staff, "N1");
	assert_int_equal(session_of(w, w->board)->last_at, w->now);
	world_pass(w, MS_HOUR);
	assert_verdict(world_do(w, &guess), VERDICT_SIGN_ON_REFUSED);
	assert_null(event_of(w, EVENT_SIGN_ON_REFUSED)->staff);
	assert_int_equal(session_of(w, w->board)->last_at, w->now - MS_HOUR);
}

static void test_the_end_of_the_shift_signs_off_at_the_very_millisecond(void **state)
{
	struct world *w = *state;

	sign_on_until(w, hand(w), "N1", w->now + 40 * MS_MINUTE);
	assert_int_equal(event_of(w, EVENT_SIGNED_ON)->due_at, w->now + 40 * MS_MINUTE);
	world_pass(w, 20 * MS_MINUTE);
	assert_verdict(world_scan(w, hand(w), world_check_in(w)), VERDICT_ACCEPTED);
	world_pass(w, 20 * MS_MINUTE - 1);
	assert_signed_on(w, hand(w), "N1");
	world_pass(w, 1);
	assert_ended(w, hand(w), "N1", SIGN_OFF_SHIFT_END);
	assert_null(event_of(w, EVENT_SIGNED_OFF)->staff);
}

static void test_whichever_is_first_ends_it(void **state)
{
	struct world *w = *state;

	sign_on_until(w, hand(w), "N1", w->now + IDLE + 1);
	sign_on_until(w, w->exit, "N1", w->now + IDLE);
	world_pass(w, IDLE);
	assert_int_equal(site_device(w->site, hand(w))->before[0].why, SIGN_OFF_IDLE);
	assert_int_equal(site_device(w->site, w->exit)->before[0].why, SIGN_OFF_SHIFT_END);
}

static void shorter(struct rules *r)
{
	r->sign_on_idle_minutes = 10;
}

static void longer(struct rules *r)
{
	r->sign_on_idle_minutes = 60;
}

static void test_another_idle_time_counts_at_once(void **state)
{
	struct world *w = *state;

	sign_on(w, hand(w), "N1");
	assert_verdict(world_configure(w, longer), VERDICT_ACCEPTED);
	world_pass(w, 59 * MS_MINUTE);
	assert_signed_on(w, hand(w), "N1");
	assert_verdict(world_configure(w, shorter), VERDICT_ACCEPTED);
	world_pass(w, 0);
	assert_ended(w, hand(w), "N1", SIGN_OFF_IDLE);
	sign_on(w, hand(w), "N1");
	world_pass(w, 10 * MS_MINUTE - 1);
	assert_signed_on(w, hand(w), "N1");
	world_pass(w, 1);
	assert_signed_on(w, hand(w), NULL);
}

static void test_a_revoked_device_has_nobody(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_DEVICE_REVOKE, .device = w->board, .subject = hand(w)};

	sign_on(w, w->board, "N2");
	sign_on(w, hand(w), "N1");
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_ended(w, hand(w), "N1", SIGN_OFF_REVOKED);
	assert_string_equal(event_of(w, EVENT_SIGNED_OFF)->staff, "N2");
	assert_int_equal(event_of(w, EVENT_SIGNED_OFF)->device, w->board);
	assert_verdict(world_sign_on(w, hand(w), "N1"), VERDICT_DEVICE_UNKNOWN);
}

static void test_whoever_holds_a_moved_handheld_moves_along(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_DEVICE_MOVE, .device = w->board, .subject = hand(w)};
	uint64_t version;

	sign_on(w, hand(w), "N1");
	version = w->site->staff_version;
	c.device_desk = "consent-2";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_signed_on(w, hand(w), "N1");
	assert_int_equal(w->site->staff_version, version + 1);
}

/* ---- over restarts and nights ---- */

static void test_a_session_survives_a_restart(void **state)
{
	struct world *w = *state;

	sign_on_until(w, hand(w), "N1", w->now + MS_HOUR);
	world_pass(w, 20 * MS_MINUTE);
	assert_verdict(world_scan(w, hand(w), world_check_in(w)), VERDICT_ACCEPTED);
	world_restart(w);
	assert_signed_on(w, hand(w), "N1");
	world_pass(w, IDLE - 1);
	assert_signed_on(w, hand(w), "N1");
	world_restart(w);
	world_pass(w, 1);
	assert_ended(w, hand(w), "N1", SIGN_OFF_IDLE);
}

/* To just before midnight, with somebody signed on there since then. */
static void evening(struct world *w)
{
	world_visit(w, VISIT_DEFERRED);
	world_until(w, WORLD_MORNING + 16 * MS_HOUR - 5 * MS_MINUTE);
}

static size_t index_of(const struct events *l, enum event_type type)
{
	size_t i = 0;

	while (l->v[i].type != type)
		i++;
	return i;
}

static void test_people_on_at_midnight_are_on_the_next_day(void **state)
{
	struct world *w = *state;
	const struct event *carried = NULL;
	ms_t since, acted;

	evening(w);
	since = w->now;
	sign_on_until(w, hand(w), "N1", since + MS_HOUR);
	sign_on(w, w->board, "N2");
	world_pass(w, MS_MINUTE);
	acted = w->now;
	assert_verdict(world_act(w, w->board, 0, ACTION_UNWELL), VERDICT_ACCEPTED);
	assert_verdict(world_settle(w, alarm_of(w, ALERT_UNWELL, 0)), VERDICT_ACCEPTED);
	sign_on_until(w, hand(w), "N1", since + MS_HOUR); /* no command with an id, and still no idleness */
	world_pass(w, 5 * MS_MINUTE);
	world_check_in(w);
	assert_string_equal(w->site->today->date, "2026-11-21");
	assert_int_equal(w->events.v[index_of(&w->events, EVENT_DAY_OPENED) + 2].type, EVENT_STAFF_LISTED);
	assert_int_equal(events_of(w, EVENT_STAFF_LISTED), 2);
	for (size_t i = 0; i < w->events.n; i++) {
		const struct event *e = &w->events.v[i];

		assert_null(e->type == EVENT_CHECKED_IN ? NULL : e->staff);
		if (e->type == EVENT_DEVICE_CARRIED && e->subject == hand(w))
			carried = e;
	}
	assert_string_equal(carried->member, "N1");
	assert_int_equal(carried->signed_on_at, since);
	assert_int_equal(carried->due_at, since + MS_HOUR);
	assert_signed_on(w, hand(w), "N1");
	assert_int_equal(session_of(w, w->board)->last_at, acted);
	world_restart(w);
	world_until(w, acted + IDLE - 1);
	assert_signed_on(w, hand(w), "N1");
	world_pass(w, 1);
	assert_ended(w, hand(w), "N1", SIGN_OFF_IDLE);
	world_until(w, acted + BOARD_IDLE);
	assert_ended(w, w->board, "N2", SIGN_OFF_IDLE);
}

static void test_whoever_is_removed_is_not_carried(void **state)
{
	struct world *w = *state;
	struct command c = {.kind = COMMAND_STAFF_REMOVE, .member = "N1"};

	evening(w);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	world_pass(w, 10 * MS_MINUTE);
	world_check_in(w);
	assert_int_equal(events_of(w, EVENT_STAFF_LISTED), 1);
	assert_string_equal(event_of(w, EVENT_STAFF_LISTED)->member, "N2");
	/* Back on the list after others: the same site to whoever has read both days. */
	assert_verdict(world_list(w, "N1", "guard"), VERDICT_ACCEPTED);
}

static void test_histories_end_with_the_day(void **state)
{
	struct world *w = *state;

	evening(w);
	sign_on(w, hand(w), "N1");
	assert_verdict(world_sign_off(w, hand(w)), VERDICT_ACCEPTED);
	assert_non_null(site_device(w->site, hand(w))->before[0].staff);
	world_pass(w, 10 * MS_MINUTE);
	world_check_in(w);
	assert_null(site_device(w->site, hand(w))->before[0].staff);
}

static void replay(struct site *into, const struct event *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct event e = from[i];
		char reason[200];

		if (e.rules)
			e.rules = rules_copy(e.rules);
		if (!site_admits(into, &e, reason, sizeof(reason)))
			fail_msg("%s is refused: %s", event_type_name(e.type), reason);
		site_apply(into, &e);
	}
}

/* What comes first after the power has come back. */
typedef void next_fn(struct world *w, struct events *out);

/* The power goes when so much of the day's opening is on disk; false where that is all of it. */
static bool power_goes_after(struct world *w, size_t n, next_fn *then)
{
	struct command first = {.kind = COMMAND_CHECK_IN,
				.id = "00000000-0000-4000-8000-00000000abcd",
				.body = 1,
				.device = w->kiosk,
				.person = "{}",
				.date = "2026-11-21"};
	struct events opening = {0}, next = {0};
	struct site *later = site_new();
	struct outcome o;
	size_t from;
	bool cut;

	assert_verdict(world_list(w, "N3", "guard"), VERDICT_ACCEPTED);
	evening(w);
	sign_on(w, w->exit, "N2");
	sign_on(w, hand(w), "N1");
	sign_on(w, w->observer, "N3");
	w->now += 10 * MS_MINUTE;
	site_submit(w->site, &first, w->now, &opening, &o);
	from = index_of(&opening, EVENT_DAY_OPENED);
	cut = from + n < index_of(&opening, EVENT_DAY_READY);
	replay(w->shadow, opening.v, from + n);
	site_begin_epoch(w->shadow, w->shadow->epoch + 1);
	then(w, &next);
	assert_true(w->shadow->today->ready);
	site_begin_at(later, w->site->epoch, opening.v[from].seq);
	replay(later, opening.v + from, n);
	site_begin_epoch(later, w->shadow->epoch);
	replay(later, next.v, next.n);
	assert_int_equal(later->seq, w->shadow->seq);
	assert_int_equal(site_hash(later), site_hash(w->shadow));
	site_free(later);
	events_free(&opening);
	events_free(&next);
	return cut;
}

static void badge_an_hour_later(struct world *w, struct events *out)
{
	struct command on = {.kind = COMMAND_SIGN_ON,
			     .device = w->hand[STAGE_INJECTION][1],
			     .badge = world_badge("N1", 1),
			     .pin = PIN_RIGHT,
			     .date = "2026-11-21"};
	struct outcome o;

	w->now += MS_HOUR;
	site_submit(w->shadow, &on, w->now, out, &o);
	assert_verdict(o.verdict, VERDICT_ACCEPTED);
	site_advance(w->shadow, w->now, out);
	/* All were idle for an hour: N1 has signed on elsewhere since. */
	for (struct device *v = w->shadow->devices; v; v = v->hh.next)
		assert_int_equal(v->session.staff != NULL, v->id == on.device);
}

static void rules_that_ask_guards_for_a_pin(struct world *w, struct events *out)
{
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = rules_copy(w->shadow->rules), .date = "2026-11-21"};
	struct outcome o;

	c.rules->roles[ROLE_GUARD].pin = true;
	free(c.rules->text);
	c.rules->text = strdup("{\"other\":1}");
	site_submit(w->shadow, &c, w->now, out, &o);
	assert_verdict(o.verdict, VERDICT_ACCEPTED);
	for (struct device *v = w->shadow->devices; v; v = v->hh.next)
		assert_int_equal(v->session.staff != NULL, v->id == w->exit || v->id == hand(w));
}

/*
 * Whatever comes next, also a badge, finds the staff and the devices carried; and nobody is signed off in a log that,
 * read from the opening on, does not know the device yet.
 */
static void finish_cut_opening(void **state, next_fn *then)
{
	/* The first of the staff comes to disk with the opening itself. */
	for (size_t n = 3; power_goes_after(*state, n, then); n++) {
		teardown(state);
		setup(state);
	}
}

static void test_an_opening_that_was_cut_is_finished_by_the_next_badge(void **state)
{
	finish_cut_opening(state, badge_an_hour_later);
}

static void test_an_opening_that_was_cut_is_finished_before_other_rules(void **state)
{
	finish_cut_opening(state, rules_that_ask_guards_for_a_pin);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_badge_signs_on_at_a_handheld_an_exit_and_a_board),
		T(test_nobody_signs_on_at_another_device),
		T(test_the_same_again_renews),
		T(test_taking_over_in_mid_visit_leaves_the_visit_as_it_is),
		T(test_one_is_at_one_device_of_a_kind),
		T(test_a_tap_signs_off),
		T(test_idle_time_signs_off_at_the_very_millisecond),
		T(test_an_act_at_that_millisecond_is_too_late),
		T(test_each_act_begins_idle_time_anew),
		T(test_acts_without_an_id_count_and_wrong_pins_do_not),
		T(test_the_end_of_the_shift_signs_off_at_the_very_millisecond),
		T(test_whichever_is_first_ends_it),
		T(test_another_idle_time_counts_at_once),
		T(test_a_revoked_device_has_nobody),
		T(test_whoever_holds_a_moved_handheld_moves_along),
		T(test_a_session_survives_a_restart),
		T(test_people_on_at_midnight_are_on_the_next_day),
		T(test_whoever_is_removed_is_not_carried),
		T(test_histories_end_with_the_day),
		T(test_an_opening_that_was_cut_is_finished_by_the_next_badge),
		T(test_an_opening_that_was_cut_is_finished_before_other_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
