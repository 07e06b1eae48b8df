/*
 * "Everything must stop in one tap": the hold of the whole site. And the roll call, which finds seats empty.
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

/* ---- hold ---- */

/* Nobody is called or taken, by whatever way; the reason is told. */
static void test_a_hold_stops_calls_and_starts(void **state)
{
	struct world *w = *state;
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	uint32_t called = world_check_in(w), v = world_check_in(w);
	ms_t until;

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), called);
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_SITE_HELD), 1);
	assert_true(w->site->today->facts.hold.on);
	assert_string_equal(w->site->today->facts.hold.reason, "the fridge");
	assert_int_equal(w->site->today->facts.hold.since, w->now);
	assert_int_equal(w->site->today->facts.hold.by, w->board);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	assert_verdict(w->outcome.verdict, VERDICT_HOLD);
	assert_string_equal(w->outcome.text, "the fridge");
	assert_verdict(world_act(w, hand, called, ACTION_START), VERDICT_HOLD);
	assert_string_equal(w->outcome.text, "the fridge");
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], v, ACTION_START), VERDICT_HOLD);
	assert_verdict(world_scan(w, hand, called), VERDICT_HOLD);
	assert_int_equal(site_paused(w->site, STAGE_REGISTRATION, w->now, &until), PAUSE_HOLD);
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_HOLD);
	world_restart(w);
	assert_verdict(world_act(w, hand, called, ACTION_START), VERDICT_HOLD);
	assert_verdict(world_site(w, COMMAND_SITE_RESUME), VERDICT_ACCEPTED);
	assert_false(w->site->today->facts.hold.on);
	assert_verdict(world_site(w, COMMAND_SITE_RESUME), VERDICT_NOT_HELD);
	assert_verdict(world_act(w, hand, called, ACTION_START), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), v);
}

/* Whoever is being served is finished, whoever sits may go home, and whoever falls ill is heard. */
static void test_all_else_goes_on(void **state)
{
	struct world *w = *state;
	uint32_t due = world_visit(w, VISIT_OBSERVING), going, called, served, needle;

	world_pass(w, WORLD_DUE);
	going = world_visit(w, VISIT_INJECTED);
	needle = world_check_in(w);
	world_bring(w, needle, STAGE_INJECTION);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][0], needle, ACTION_START), VERDICT_ACCEPTED);
	served = world_visit(w, VISIT_SERVING);
	called = world_check_in(w);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), called);
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_ACCEPTED);
	world_check_in(w);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], served, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][0], needle, ACTION_INJECT), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->observer, going), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->exit, due), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], called, ACTION_NO_SHOW), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->board, called, ACTION_PARK), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->board, called, ACTION_RESUME), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->exit, called, ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_verdict(world_unwell(w, w->kiosk, going), VERDICT_ACCEPTED);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_verdict(world_desk(w, COMMAND_DESK_OPEN, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
}

/* A hold is of its day. */
static void test_the_next_day_is_not_on_hold(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_ACCEPTED);
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	world_until(w, WORLD_MORNING + 24 * MS_HOUR);
	world_check_in(w);
	assert_false(w->site->today->facts.hold.on);
	assert_int_not_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
}

static void test_a_hold_repeated_is_one(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_SITE_HOLD, w->board, 0), again;

	world_check_in(w);
	c.reason = "evacuation";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	again = world_again(w, &c);
	assert_verdict(world_do(w, &again), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	assert_int_equal(w->outcome.receipt->form, REPLY_SITE);
}

/* ---- roll call ---- */

/* Rule 4: "so is a seat found empty at a roll call". */
static void test_rule_4_a_seat_found_empty(void **state)
{
	struct world *w = *state;
	uint32_t here = world_visit(w, VISIT_OBSERVING), gone = world_visit(w, VISIT_OBSERVING), other, going;
	const struct alert *a;

	world_pass(w, MS_MINUTE);
	going = world_visit(w, VISIT_INJECTED);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_END), VERDICT_NO_ROLL_CALL);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_START), VERDICT_ACCEPTED);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_START), VERDICT_ROLL_CALL_ON);
	assert_true(w->site->today->facts.roll_call.on);
	assert_verdict(world_scan(w, w->observer, here), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_SEEN), 1);
	world_pass(w, 20 * MS_SECOND);
	/* Whoever comes in meanwhile has been seen. */
	other = world_visit(w, VISIT_OBSERVING);
	world_restart(w);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_END), VERDICT_ACCEPTED);
	assert_int_equal(w->site->today->facts.roll_call.missing, 1);
	assert_false(w->site->today->facts.roll_call.on);
	assert_int_equal(w->site->today->facts.roll_call.ended_at, w->now);
	a = alarm_of(w, ALERT_MISSING, gone);
	assert_non_null(a);
	assert_int_equal(a->urgency, 3);
	assert_true(visit_of(w, gone)->f.flags & 1u << ALERT_MISSING);
	assert_null(alarm_of(w, ALERT_MISSING, here));
	assert_null(alarm_of(w, ALERT_MISSING, other));
	assert_null(alarm_of(w, ALERT_MISSING, going));
	/* Found: in the corridor. A scan in observation outside a roll call says so too. */
	assert_verdict(world_act(w, w->observer, gone, ACTION_SEEN), VERDICT_ACCEPTED);
	assert_int_equal(a->state, ALERT_SETTLED);
	assert_int_equal(visit_of(w, gone)->f.flags, 0);
}

/* At the edge: seen in the very moment that the roll call starts is seen, a millisecond before is not. */
static void test_the_edge_of_a_roll_call(void **state)
{
	struct world *w = *state;
	uint32_t before = world_visit(w, VISIT_OBSERVING), just;

	world_pass(w, 1);
	just = world_visit(w, VISIT_OBSERVING);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_START), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_END), VERDICT_ACCEPTED);
	assert_non_null(alarm_of(w, ALERT_MISSING, before));
	assert_null(alarm_of(w, ALERT_MISSING, just));
}

/* A scan at observation during a roll call: seen; it arrives whoever is on the way, and brings back who had left. */
static void test_what_a_scan_means_in_a_roll_call(void **state)
{
	struct world *w = *state;
	uint32_t going = world_visit(w, VISIT_INJECTED), left = world_visit(w, VISIT_LEFT_EARLY);
	uint32_t waits = world_visit(w, VISIT_QUEUED), sits = world_visit(w, VISIT_OBSERVING);

	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->observer, sits), VERDICT_ALREADY_HERE);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_START), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->observer, going), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_ARRIVED), 1);
	assert_state(w, going, VISIT_OBSERVING);
	assert_verdict(world_scan(w, w->observer, left), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_RETURNED), 1);
	assert_verdict(world_scan(w, w->observer, waits), VERDICT_NOT_INJECTED);
	assert_verdict(world_scan(w, w->observer, sits), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_SEEN), 1);
	assert_int_equal(visit_of(w, sits)->seen_at, w->now);
	assert_verdict(world_scan(w, w->observer, sits), VERDICT_ACCEPTED);
	assert_verdict(world_site(w, COMMAND_ROLL_CALL_END), VERDICT_ACCEPTED);
	assert_int_equal(w->site->today->facts.roll_call.missing, 0);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->observer, sits), VERDICT_ALREADY_HERE);
}

/* What settles a missing: seen, returned, released, walked out, unwell. */
static void test_what_settles_a_missing(void **state)
{
	struct world *w = *state;
	const struct {
		enum action action;
		bool left_first;
	} ways[] = {{ACTION_SEEN, false}, {ACTION_RELEASE, false}, {ACTION_WALKED_OUT, false}, {ACTION_UNWELL, false}};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		uint32_t v = world_visit(w, VISIT_OBSERVING);

		world_pass(w, WORLD_DUE);
		world_site(w, COMMAND_ROLL_CALL_START);
		world_site(w, COMMAND_ROLL_CALL_END);
		assert_int_equal(alarm_of(w, ALERT_MISSING, v)->state, ALERT_OPEN);
		assert_verdict(world_act(w, w->observer, v, ways[i].action), VERDICT_ACCEPTED);
		assert_int_equal(alarm_of(w, ALERT_MISSING, v)->state, ALERT_SETTLED);
		assert_string_equal(alarm_of(w, ALERT_MISSING, v)->outcome,
				    event_type_name(ways[i].action == ACTION_SEEN       ? EVENT_SEEN :
						    ways[i].action == ACTION_RELEASE    ? EVENT_RELEASED :
						    ways[i].action == ACTION_WALKED_OUT ? EVENT_WALKED_OUT :
											  EVENT_UNWELL));
	}
}

/* More time for somebody whom nobody has seen finds nobody. */
static void test_extending_settles_no_missing(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_pass(w, MS_MINUTE);
	world_site(w, COMMAND_ROLL_CALL_START);
	world_site(w, COMMAND_ROLL_CALL_END);
	assert_verdict(world_act(w, w->observer, v, ACTION_EXTEND), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_MISSING, v)->state, ALERT_OPEN);
}

/* Found after the roll call: a scan where they sit is enough. */
static void test_a_scan_finds_who_was_missing(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_pass(w, MS_MINUTE);
	world_site(w, COMMAND_ROLL_CALL_START);
	world_site(w, COMMAND_ROLL_CALL_END);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->observer, v), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_SEEN), 1);
	assert_int_equal(alarm_of(w, ALERT_MISSING, v)->state, ALERT_SETTLED);
	assert_verdict(world_scan(w, w->observer, v), VERDICT_ALREADY_HERE);
}

/* An act of the observer that comes late from a corner without network, made so long ago. */
static enum verdict late(struct world *w, uint32_t visit, enum action a, ms_t ago)
{
	struct command c = world_command(w, COMMAND_VISIT, w->observer, visit);

	c.action = a;
	c.device_sent_at = w->now;
	c.device_at = w->now - ago;
	return world_do(w, &c);
}

/* Seen before the roll call is not seen in it, whenever that is heard of. */
static void test_a_late_word_of_before_the_roll_call(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING), other = world_visit(w, VISIT_OBSERVING);

	world_pass(w, 10 * MS_MINUTE);
	world_site(w, COMMAND_ROLL_CALL_START);
	world_pass(w, MS_MINUTE);
	assert_verdict(late(w, v, ACTION_SEEN, 2 * MS_MINUTE), VERDICT_ACCEPTED);
	world_site(w, COMMAND_ROLL_CALL_END);
	assert_non_null(alarm_of(w, ALERT_MISSING, v));
	assert_non_null(alarm_of(w, ALERT_MISSING, other));
	world_pass(w, MS_MINUTE);
	assert_verdict(late(w, v, ACTION_SEEN, 2 * MS_MINUTE + 1), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_MISSING, v)->state, ALERT_OPEN);
	/* In the roll call, heard of after it: found. */
	assert_verdict(late(w, v, ACTION_SEEN, 2 * MS_MINUTE), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_MISSING, v)->state, ALERT_SETTLED);
}

/* Seen sitting before they tried the exit does not say that they have come back from there. */
static void test_a_late_word_of_before_an_early_exit(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	const enum action acts[] = {ACTION_SEEN, ACTION_ARRIVE, ACTION_RETURNED};

	world_pass(w, 10 * MS_MINUTE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	world_pass(w, MS_MINUTE);
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		late(w, v, acts[i], MS_MINUTE + 3 - (ms_t)i);
		assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_OPEN);
	}
	assert_verdict(late(w, v, ACTION_RETURNED, MS_MINUTE), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
}

/* Missing again at the next roll call: the one alarm counts up. */
static void test_a_second_roll_call_counts_up(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	for (int i = 1; i <= 2; i++) {
		world_pass(w, MS_MINUTE);
		assert_verdict(world_site(w, COMMAND_ROLL_CALL_START), VERDICT_ACCEPTED);
		assert_verdict(world_site(w, COMMAND_ROLL_CALL_END), VERDICT_ACCEPTED);
		assert_int_equal(alarms_of(w, ALERT_MISSING, v), 1);
		assert_int_equal(alarm_of(w, ALERT_MISSING, v)->count, i);
	}
	assert_verdict(world_settle(w, alarm_of(w, ALERT_MISSING, v)), VERDICT_ACCEPTED);
}

/* `seen` by hand, in every state. */
static void test_seen_outside_of_a_roll_call(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, MS_SECOND);
	assert_verdict(world_act(w, w->observer, v, ACTION_SEEN), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_OBSERVING);
	assert_int_equal(visit_of(w, v)->observed_at, w->now);
	assert_verdict(world_act(w, w->observer, v, ACTION_WALKED_OUT), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->observer, v, ACTION_SEEN), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_OBSERVING);
	assert_verdict(world_act(w, w->observer, world_visit(w, VISIT_DEFERRED), ACTION_SEEN), VERDICT_TICKET_ENDED);
	assert_verdict(world_act(w, w->observer, world_visit(w, VISIT_UNWELL), ACTION_SEEN), VERDICT_UNWELL);
}

/* Seen sitting, whoever had tried the exit is not about to leave. */
static void test_seen_settles_an_early_exit(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_act(w, w->observer, v, ACTION_SEEN), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->state, ALERT_SETTLED);
	world_pass(w, 5 * MS_MINUTE);
	assert_state(w, v, VISIT_OBSERVING);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_hold_stops_calls_and_starts),       T(test_all_else_goes_on),
		T(test_the_next_day_is_not_on_hold),         T(test_a_hold_repeated_is_one),
		T(test_rule_4_a_seat_found_empty),           T(test_the_edge_of_a_roll_call),
		T(test_what_a_scan_means_in_a_roll_call),    T(test_what_settles_a_missing),
		T(test_a_second_roll_call_counts_up),        T(test_seen_outside_of_a_roll_call),
		T(test_seen_settles_an_early_exit),          T(test_extending_settles_no_missing),
		T(test_a_scan_finds_who_was_missing),        T(test_a_late_word_of_before_the_roll_call),
		T(test_a_late_word_of_before_an_early_exit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
