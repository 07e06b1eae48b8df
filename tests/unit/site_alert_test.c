/*
 * Alarms: what raises each, when, how it counts and escalates, and what settles it.
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

/* Rule 4: injected and not in observation within 5 minutes. */
static void test_rule_4_never_arrived_at_five_minutes_not_before(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);
	const struct alert *a;
	char id[64];

	world_pass(w, 5 * MS_MINUTE - 1);
	assert_null(alarm_of(w, ALERT_NEVER_ARRIVED, v));
	assert_int_equal(site_deadline(w->site), w->now + 1);
	world_pass(w, 1);
	a = alarm_of(w, ALERT_NEVER_ARRIVED, v);
	assert_non_null(a);
	snprintf(id, sizeof(id), "never_arrived-v%u-%lld", v, (long long)w->now);
	assert_string_equal(a->id, id);
	assert_int_equal(a->urgency, 2);
	assert_int_equal(a->raised_at, w->now);
	assert_true(visit_of(w, v)->f.flags & 1u << ALERT_NEVER_ARRIVED);
	world_pass(w, 10 * MS_MINUTE);
	assert_int_equal(alarms_of(w, ALERT_NEVER_ARRIVED, v), 1);
	assert_int_equal(a->count, 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_ACCEPTED);
	assert_int_equal(a->state, ALERT_SETTLED);
}

static void test_an_arrival_in_time_raises_nothing(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, 5 * MS_MINUTE - 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_ARRIVE), VERDICT_ACCEPTED);
	world_pass(w, 10 * MS_MINUTE);
	assert_null(alarm_of(w, ALERT_NEVER_ARRIVED, v));
}

/* overstay: 15 min past due and not out; an extension settles it, and it counts from the new due. */
static void test_overstay_fifteen_minutes_past_due(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	const struct alert *a;

	world_pass(w, WORLD_DUE + 15 * MS_MINUTE - 1);
	assert_null(alarm_of(w, ALERT_OVERSTAY, v));
	world_pass(w, 1);
	a = alarm_of(w, ALERT_OVERSTAY, v);
	assert_non_null(a);
	assert_int_equal(a->urgency, 1);
	assert_verdict(world_act(w, w->observer, v, ACTION_EXTEND), VERDICT_ACCEPTED);
	assert_int_equal(a->state, ALERT_SETTLED);
	/* The new due is ten minutes after the old one, so the new alarm comes in ten minutes. */
	world_pass(w, 10 * MS_MINUTE - 1);
	assert_int_equal(alarms_of(w, ALERT_OVERSTAY, v), 1);
	world_pass(w, 1);
	assert_int_equal(alarms_of(w, ALERT_OVERSTAY, v), 2);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_OVERSTAY, v)->state, ALERT_SETTLED);
}

static void ten_minutes(struct rules *r)
{
	r->overstay_minutes = 10;
}

static void twenty_minutes(struct rules *r)
{
	r->overstay_minutes = 20;
}

/* Another limit while an alarm is open makes no second one of it; nor does a shorter one of what was settled. */
static void test_another_limit_while_it_is_open(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_pass(w, WORLD_DUE + 15 * MS_MINUTE);
	assert_int_equal(alarms_of(w, ALERT_OVERSTAY, v), 1);
	assert_verdict(world_configure(w, twenty_minutes), VERDICT_ACCEPTED);
	world_pass(w, 5 * MS_MINUTE);
	assert_int_equal(alarms_of(w, ALERT_OVERSTAY, v), 1);
	assert_verdict(world_configure(w, ten_minutes), VERDICT_ACCEPTED);
	world_pass(w, 0);
	assert_int_equal(alarms_of(w, ALERT_OVERSTAY, v), 1);
	assert_verdict(world_settle(w, alarm_of(w, ALERT_OVERSTAY, v)), VERDICT_ACCEPTED);
	world_pass(w, MS_HOUR);
	assert_int_equal(alarms_of(w, ALERT_OVERSTAY, v), 1);
	assert_int_equal(alarm_of(w, ALERT_OVERSTAY, v)->state, ALERT_SETTLED);
}

/* "Not out" is the injected one too, whom nobody has seen in observation. */
static void test_overstay_of_one_never_seen(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, 5 * MS_MINUTE);
	assert_verdict(world_settle(w, alarm_of(w, ALERT_NEVER_ARRIVED, v)), VERDICT_ACCEPTED);
	world_pass(w, WORLD_DUE + 10 * MS_MINUTE - 1);
	assert_null(alarm_of(w, ALERT_OVERSTAY, v));
	world_pass(w, 1);
	assert_non_null(alarm_of(w, ALERT_OVERSTAY, v));
}

static void test_call_expired_at_three_minutes(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_CALLED);
	const uint32_t hand = w->hand[STAGE_REGISTRATION][0];
	const enum action ways[] = {ACTION_PARK, ACTION_NO_SHOW, ACTION_START};

	for (int i = 0; i < 3; i++) {
		int before = alarms_of(w, ALERT_CALL_EXPIRED, v);

		world_pass(w, 3 * MS_MINUTE - 1);
		assert_int_equal(alarms_of(w, ALERT_CALL_EXPIRED, v), before);
		world_pass(w, 1);
		assert_int_equal(alarms_of(w, ALERT_CALL_EXPIRED, v), before + 1);
		assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->urgency, 1);
		assert_string_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->desk, "registration-1");
		assert_verdict(world_act(w, hand, v, ways[i]), VERDICT_ACCEPTED);
		assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_SETTLED);
		if (state_of(w, v) == VISIT_PARKED)
			world_act(w, hand, v, ACTION_RESUME);
		if (state_of(w, v) == VISIT_QUEUED)
			assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v);
	}
	assert_state(w, v, VISIT_SERVING);
}

static void test_a_closing_desk_settles_call_expired(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_CALLED);

	world_pass(w, 3 * MS_MINUTE);
	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_CALL_EXPIRED, v)->state, ALERT_SETTLED);
}

/* Rule 5: escalated until somebody acknowledges it: at 30 s and at 60 s. */
static void test_rule_5_unwell_escalates_at_30_and_60_seconds(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	const struct alert *a;

	assert_verdict(world_unwell(w, w->observer, v), VERDICT_ACCEPTED);
	a = alarm_of(w, ALERT_UNWELL, v);
	assert_non_null(a);
	assert_int_equal(a->urgency, 3);
	world_pass(w, 30 * MS_SECOND - 1);
	assert_int_equal(a->escalated, 0);
	world_pass(w, 1);
	assert_int_equal(a->escalated, 1);
	assert_int_equal(event_of(w, EVENT_ALERT_ESCALATED)->level, 1);
	world_pass(w, 30 * MS_SECOND - 1);
	assert_int_equal(a->escalated, 1);
	world_pass(w, 1);
	assert_int_equal(a->escalated, 2);
	world_pass(w, MS_HOUR);
	assert_int_equal(a->escalated, 2);
	assert_int_equal(a->state, ALERT_OPEN);
}

static void test_an_acknowledged_unwell_does_not_escalate(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_UNWELL);
	const struct alert *a = alarm_of(w, ALERT_UNWELL, v);

	world_pass(w, 30 * MS_SECOND - 1);
	assert_verdict(world_acknowledge(w, a), VERDICT_ACCEPTED);
	assert_int_equal(a->state, ALERT_ACKNOWLEDGED);
	assert_int_equal(a->by, w->board);
	world_pass(w, MS_HOUR);
	assert_int_equal(a->escalated, 0);
}

/* Between the two levels, too. */
static void test_acknowledged_after_the_first_level(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_UNWELL);

	world_pass(w, 45 * MS_SECOND);
	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_UNWELL, v)), VERDICT_ACCEPTED);
	world_pass(w, MS_HOUR);
	assert_int_equal(alarm_of(w, ALERT_UNWELL, v)->escalated, 1);
}

/* A second cry counts up and sounds again: open, and escalation from the start. */
static void test_a_second_cry_counts_and_sounds_again(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_UNWELL);
	const struct alert *a = alarm_of(w, ALERT_UNWELL, v);

	world_pass(w, 40 * MS_SECOND);
	assert_verdict(world_acknowledge(w, a), VERDICT_ACCEPTED);
	assert_verdict(world_unwell(w, w->kiosk, v), VERDICT_ACCEPTED);
	assert_int_equal(alarms_of(w, ALERT_UNWELL, v), 1);
	assert_int_equal(a->count, 2);
	assert_int_equal(a->state, ALERT_OPEN);
	assert_int_equal(a->escalated, 0);
	world_pass(w, 30 * MS_SECOND - 1);
	assert_int_equal(a->escalated, 0);
	world_pass(w, 1);
	assert_int_equal(a->escalated, 1);
	world_pass(w, 30 * MS_SECOND);
	assert_int_equal(a->escalated, 2);
}

static void test_a_second_early_exit_counts_up(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);

	world_scan(w, w->exit, v);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v), 1);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->count, 2);
}

/* All that fell due while nobody looked happens in order, each at its own time, the same as step by step. */
static void test_a_long_absence_is_the_same_as_many_looks(void **state)
{
	struct world *far = *state, *near = world_new();
	struct world *both[] = {far, near};

	for (int i = 0; i < 2; i++) {
		struct world *w = both[i];

		world_visit(w, VISIT_INJECTED);
		world_pass(w, 7 * MS_SECOND);
		world_scan(w, w->exit, world_visit(w, VISIT_OBSERVING));
		world_pass(w, 7 * MS_SECOND);
		world_visit(w, VISIT_UNWELL);
		world_visit(w, VISIT_CALLED);
	}
	for (ms_t end = near->now + MS_HOUR, at = near->now; at < end;) {
		at = site_deadline(near->site) < end ? site_deadline(near->site) : end;
		assert_true(at > near->now);
		world_until(near, at);
	}
	world_pass(far, MS_HOUR);
	assert_true(far->events.n >= 6);
	for (size_t i = 1; i < far->events.n; i++)
		assert_true(far->events.v[i].at >= far->events.v[i - 1].at);
	assert_true(site_hash(far->site) == site_hash(near->site));
	world_free(near);
}

/* "Shared with a friend": a ticket that has ended, scanned anywhere but deferred or declined at the exit. */
static void test_an_ended_ticket_scanned_again(void **state)
{
	struct world *w = *state;
	const enum visit_state ends[] = {VISIT_COMPLETED, VISIT_DEFERRED, VISIT_DECLINED, VISIT_LEFT,
					 VISIT_TRANSFERRED};

	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		uint32_t v = world_visit(w, ends[i]);
		const uint32_t by[] = {w->hand[STAGE_REGISTRATION][0], w->observer, w->exit, w->kiosk};
		int wanted = 0;

		for (size_t j = 0; j < sizeof(by) / sizeof(*by); j++) {
			bool free_to_go = by[j] == w->exit && (ends[i] == VISIT_DEFERRED || ends[i] == VISIT_DECLINED);

			world_pass(w, MS_MINUTE);
			assert_verdict(world_scan(w, by[j], v), free_to_go ? VERDICT_FREE_TO_GO : VERDICT_TICKET_ENDED);
			wanted += !free_to_go;
			assert_int_equal(alarms_of(w, ALERT_TICKET_REUSED, v), 1);
			assert_int_equal(alarm_of(w, ALERT_TICKET_REUSED, v)->count, wanted);
		}
		assert_int_equal(alarm_of(w, ALERT_TICKET_REUSED, v)->urgency, 2);
		/* An act that is no scan is refused without a cry. */
		assert_verdict(world_act(w, w->board, v, ACTION_FINISH), VERDICT_TICKET_ENDED);
		assert_int_equal(alarm_of(w, ALERT_TICKET_REUSED, v)->count, wanted);
		assert_verdict(world_settle(w, alarm_of(w, ALERT_TICKET_REUSED, v)), VERDICT_ACCEPTED);
		assert_verdict(world_settle(w, alarm_of(w, ALERT_TICKET_REUSED, v)), VERDICT_ALERT_SETTLED);
	}
}

/* "By two people at once": two places within 10 s with nothing in between. */
static void test_two_places_within_ten_seconds(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->observer, v), VERDICT_ACCEPTED);
	world_pass(w, 9 * MS_SECOND);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	assert_int_equal(alarms_of(w, ALERT_TICKET_REUSED, v), 1);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, v), 1);
}

static void test_two_places_in_eleven_seconds_is_a_walk(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);

	assert_verdict(world_scan(w, w->observer, v), VERDICT_ACCEPTED);
	world_pass(w, 10 * MS_SECOND + 1);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	assert_null(alarm_of(w, ALERT_TICKET_REUSED, v));
}

/* Served on, and scanned at the next desk at once: that is one person in a hurry. The same place twice is a shaky hand.
 */
static void test_a_quick_pair_of_scans_that_means_nothing(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);

	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_BEING_SERVED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->hand[STAGE_CONSENT][0], v), VERDICT_ACCEPTED);
	assert_null(alarm_of(w, ALERT_TICKET_REUSED, v));
}

/* The shell tells of storage and disk: raised once, settled by itself when it is over. */
static void test_conditions_are_raised_once_and_settled(void **state)
{
	struct world *w = *state;
	const enum alert_kind kinds[] = {ALERT_STORAGE_DOWN, ALERT_STORAGE_LOST, ALERT_DISK_LOW, ALERT_CLOCK_DOUBT};
	const int urgency[] = {2, 3, 2, 2};

	world_check_in(w);
	for (size_t i = 0; i < 4; i++) {
		struct command c = {.kind = COMMAND_CONDITION_RAISE, .condition = kinds[i]};

		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_non_null(w->site->conditions[kinds[i]]);
		assert_int_equal(w->site->conditions[kinds[i]]->urgency, urgency[i]);
		assert_int_equal(events_of(w, EVENT_ALERT_RAISED), 0);
		c.kind = COMMAND_CONDITION_SETTLE;
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_int_equal(events_of(w, EVENT_ALERT_SETTLED), 1);
		assert_int_equal(w->site->conditions[kinds[i]]->state, ALERT_SETTLED);
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_int_equal(w->events.n, 0);
	}
}

/* The time is in doubt: nobody is released until a supervisor confirms it; alarms and refusals go on. */
static void test_clock_doubt_stops_releases_until_confirmed(void **state)
{
	struct world *w = *state;
	uint32_t early, due = world_visit(w, VISIT_OBSERVING);
	struct command c = {.kind = COMMAND_CONDITION_RAISE, .condition = ALERT_CLOCK_DOUBT};

	world_pass(w, WORLD_DUE);
	early = world_visit(w, VISIT_OBSERVING);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->observer, due, ACTION_RELEASE), VERDICT_CLOCK_DOUBT);
	assert_verdict(world_scan(w, w->exit, due), VERDICT_CLOCK_DOUBT);
	assert_verdict(world_scan(w, w->exit, early), VERDICT_NOT_DUE);
	assert_int_equal(alarms_of(w, ALERT_EARLY_EXIT, early), 1);
	assert_state(w, due, VISIT_OBSERVING);
	assert_verdict(world_settle(w, w->site->conditions[ALERT_CLOCK_DOUBT]), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE);
	assert_verdict(world_scan(w, w->exit, due), VERDICT_ACCEPTED);
	assert_state(w, due, VISIT_COMPLETED);
}

static void test_unknown_alarms(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_ALERT_ACKNOWLEDGE, w->board, 0);

	c.alert = "overstay-v9-1";
	assert_verdict(world_do(w, &c), VERDICT_ALERT_UNKNOWN);
	c.kind = COMMAND_ALERT_SETTLE;
	c.outcome = "x";
	assert_verdict(world_do(w, &c), VERDICT_ALERT_UNKNOWN);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_rule_4_never_arrived_at_five_minutes_not_before),
		T(test_an_arrival_in_time_raises_nothing),
		T(test_overstay_fifteen_minutes_past_due),
		T(test_another_limit_while_it_is_open),
		T(test_overstay_of_one_never_seen),
		T(test_call_expired_at_three_minutes),
		T(test_a_closing_desk_settles_call_expired),
		T(test_rule_5_unwell_escalates_at_30_and_60_seconds),
		T(test_an_acknowledged_unwell_does_not_escalate),
		T(test_acknowledged_after_the_first_level),
		T(test_a_second_cry_counts_and_sounds_again),
		T(test_a_second_early_exit_counts_up),
		T(test_a_long_absence_is_the_same_as_many_looks),
		T(test_an_ended_ticket_scanned_again),
		T(test_two_places_within_ten_seconds),
		T(test_two_places_in_eleven_seconds_is_a_walk),
		T(test_a_quick_pair_of_scans_that_means_nothing),
		T(test_conditions_are_raised_once_and_settled),
		T(test_clock_doubt_stops_releases_until_confirmed),
		T(test_unknown_alarms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
