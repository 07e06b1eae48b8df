/*
 * Whoever asks again gets the same answer: the id of a command is its act. Kept through restarts, for it is replayed.
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

/* The same id from the same device with the same body: the same answer, and nothing happens. */
static void assert_repeats(struct world *w, const struct command *c, enum verdict wanted,
			   const struct visit_facts *facts, uint64_t seq)
{
	struct command again = world_again(w, c);
	uint64_t before = w->site->seq;

	assert_verdict(world_do(w, &again), wanted);
	assert_true(w->outcome.repeat);
	assert_non_null(w->outcome.receipt);
	assert_int_equal(w->outcome.receipt->verdict, wanted);
	assert_int_equal(w->outcome.receipt->seq, seq);
	assert_same_facts(&w->outcome.receipt->visit, facts);
	assert_int_equal(w->site->seq, before);
}

/* A check-in is answered with the same ticket twenty times, also when the visit has gone on and after a restart. */
static void test_a_repeated_check_in_is_the_same_ticket(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);
	struct visit_facts facts;
	uint64_t seq;
	char id[37];

	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"1950-01-02\"}";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_false(w->outcome.repeat);
	facts = w->outcome.receipt->visit;
	seq = w->outcome.receipt->seq;
	memcpy(id, w->last_id, sizeof(id));
	for (int i = 0; i < 20; i++)
		assert_repeats(w, &c, VERDICT_ACCEPTED, &facts, seq);
	assert_int_equal(w->site->today->n_visits, 1);
	world_act(w, w->hand[STAGE_REGISTRATION][0], facts.id, ACTION_START);
	world_restart(w);
	memcpy(w->last_id, id, sizeof(id));
	assert_repeats(w, &c, VERDICT_ACCEPTED, &facts, seq);
	assert_string_equal(w->outcome.receipt->visit.person, c.person);
	assert_state(w, facts.id, VISIT_SERVING);
}

static void test_another_body_is_id_reused_another_device_id_taken(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c = world_command(w, COMMAND_VISIT, w->board, v), again;

	c.action = ACTION_PARK;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	again = world_again(w, &c);
	again.body = 2;
	assert_verdict(world_do(w, &again), VERDICT_ID_REUSED);
	assert_int_equal(w->events.n, 0);
	again.body = c.body;
	again.device = w->exit;
	assert_verdict(world_do(w, &again), VERDICT_ID_TAKEN);
	assert_int_equal(w->events.n, 0);
	again = world_again(w, &c);
	assert_verdict(world_do(w, &again), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
}

/* UUIDs are compared as such, not as text. */
static void test_an_id_in_capitals_is_the_same_id(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c = world_command(w, COMMAND_VISIT, w->board, v);

	c.action = ACTION_PARK;
	c.id = "abcdefab-cdef-4bcd-8bcd-abcdefabcdef";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c.id = "ABCDEFAB-CDEF-4BCD-8BCD-ABCDEFABCDEF";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
}

/* A refused early exit has left a mark: repeated after due under its id, it is still that refusal. */
static void test_a_refused_early_exit_stays_refused_under_its_id(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command c = world_command(w, COMMAND_SCAN, w->exit, v);
	struct visit_facts facts;
	uint64_t seq;
	char id[37];

	world_pass(w, WORLD_DUE - 1);
	assert_verdict(world_do(w, &c), VERDICT_NOT_DUE);
	assert_non_null(w->outcome.receipt);
	facts = w->outcome.receipt->visit;
	seq = w->outcome.receipt->seq;
	memcpy(id, w->last_id, sizeof(id));
	assert_true(facts.flags & 1u << ALERT_EARLY_EXIT);
	world_pass(w, 1);
	world_restart(w);
	assert_repeats(w, &c, VERDICT_NOT_DUE, &facts, seq);
	assert_state(w, v, VISIT_OBSERVING);
	assert_int_equal(alarm_of(w, ALERT_EARLY_EXIT, v)->count, 1);
	/* A new act of the same device is judged anew. */
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_state(w, v, VISIT_COMPLETED);
	memcpy(w->last_id, id, sizeof(id));
	assert_repeats(w, &c, VERDICT_NOT_DUE, &facts, seq);
}

/* Any other refused command changed nothing and is judged again. */
static void test_a_refusal_without_a_mark_is_judged_again(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command c = world_command(w, COMMAND_VISIT, w->observer, v), again;

	c.action = ACTION_RELEASE;
	world_pass(w, WORLD_DUE - 1);
	assert_verdict(world_do(w, &c), VERDICT_NOT_DUE);
	assert_null(w->outcome.receipt);
	world_pass(w, 1);
	again = world_again(w, &c);
	assert_verdict(world_do(w, &again), VERDICT_ACCEPTED);
	assert_false(w->outcome.repeat);
	assert_state(w, v, VISIT_COMPLETED);
}

/* Noted ones, too: a scan that moved nobody is answered the same under its id. */
static void test_noted_acts_are_kept(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);
	struct command c = world_command(w, COMMAND_SCAN, w->kiosk, v);
	struct visit_facts facts;
	uint64_t seq;

	assert_verdict(world_do(w, &c), VERDICT_WHERE_TO_GO);
	facts = w->outcome.receipt->visit;
	seq = w->outcome.receipt->seq;
	assert_repeats(w, &c, VERDICT_WHERE_TO_GO, &facts, seq);
}

/* A call gives the same ticket again, and does not call the next. */
static void test_a_repeated_call_calls_nobody_else(void **state)
{
	struct world *w = *state;
	uint32_t a = world_check_in(w), b = world_check_in(w);
	struct command c = world_command(w, COMMAND_DESK_CALL, w->hand[STAGE_REGISTRATION][0], 0);
	struct visit_facts facts;
	uint64_t seq;
	char id[37];

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	facts = w->outcome.receipt->visit;
	seq = w->outcome.receipt->seq;
	memcpy(id, w->last_id, sizeof(id));
	assert_int_equal(facts.id, a);
	world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_START);
	world_act(w, w->hand[STAGE_REGISTRATION][0], a, ACTION_FINISH);
	memcpy(w->last_id, id, sizeof(id));
	assert_repeats(w, &c, VERDICT_ACCEPTED, &facts, seq);
	assert_state(w, b, VISIT_QUEUED);
}

/* An unwell repeated under its id is one cry; an acknowledgement shows the alarm as it was. */
static void test_repeated_alarms(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command c = world_command(w, COMMAND_UNWELL, w->kiosk, v), ack, again;
	char id[37];

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	again = world_again(w, &c);
	assert_verdict(world_do(w, &again), VERDICT_ACCEPTED);
	assert_int_equal(alarm_of(w, ALERT_UNWELL, v)->count, 1);
	ack = world_command(w, COMMAND_ALERT_ACKNOWLEDGE, w->board, 0);
	ack.alert = alarm_of(w, ALERT_UNWELL, v)->id;
	assert_verdict(world_do(w, &ack), VERDICT_ACCEPTED);
	memcpy(id, w->last_id, sizeof(id));
	world_act(w, w->clinician, v, ACTION_CLEAR);
	memcpy(w->last_id, id, sizeof(id));
	again = world_again(w, &ack);
	assert_verdict(world_do(w, &again), VERDICT_ACCEPTED);
	assert_non_null(w->outcome.receipt->alert);
	assert_int_equal(w->outcome.receipt->alert->state, ALERT_ACKNOWLEDGED);
	assert_int_equal(alarm_of(w, ALERT_UNWELL, v)->state, ALERT_SETTLED);
}

/* On the next day, from the log alone: what it was about, a visit or a stage, is still told. */
static void test_an_alarm_acknowledged_yesterday(void **state)
{
	struct world *w = *state;
	struct command acks[2];
	char ids[2][37];
	uint32_t v;

	v = world_visit(w, VISIT_QUEUED);
	world_pass(w, 30 * MS_MINUTE);
	for (int i = 0; i < 2; i++) {
		const struct alert *a = i ? alarm_of(w, ALERT_UNWELL, v) :
					    alarm_at(w, ALERT_WAIT_LONG, STAGE_REGISTRATION);

		acks[i] = world_command(w, COMMAND_ALERT_ACKNOWLEDGE, w->board, 0);
		acks[i].alert = a->id;
		assert_verdict(world_do(w, &acks[i]), VERDICT_ACCEPTED);
		memcpy(ids[i], w->last_id, sizeof(ids[i]));
		world_unwell(w, w->kiosk, v);
	}
	world_act(w, w->clinician, v, ACTION_TRANSFER);
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	world_until(w, WORLD_MORNING + 24 * MS_HOUR);
	world_check_in(w);
	world_restart(w);
	for (int i = 0; i < 2; i++) {
		acks[i].id = ids[i];
		acks[i].alert = "gone";
		assert_verdict(world_do(w, &acks[i]), VERDICT_ACCEPTED);
		assert_true(w->outcome.repeat);
		assert_int_equal(w->outcome.receipt->alert->visit, i ? v : 0);
		assert_int_equal(w->outcome.receipt->alert->stage, i ? STAGE_NONE : STAGE_REGISTRATION);
		assert_int_equal(w->outcome.receipt->alert->state, ALERT_ACKNOWLEDGED);
	}
}

/* sent_at tells when it was sent, not what: a repeat sent later is the same act, and so is its time. */
static void test_a_repeat_sent_later_is_the_same(void **state)
{
	struct world *w = *state;
	uint32_t v = world_visit(w, VISIT_INJECTED);
	struct command c = world_command(w, COMMAND_SCAN, w->observer, v);
	ms_t observed;

	world_pass(w, MS_MINUTE);
	c.device_at = 1000;
	c.device_sent_at = 1000;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	observed = visit_of(w, v)->observed_at;
	world_pass(w, MS_MINUTE);
	c = world_again(w, &c);
	c.device_sent_at += MS_MINUTE;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	assert_int_equal(visit_of(w, v)->observed_at, observed);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_a_repeated_check_in_is_the_same_ticket),
		T(test_another_body_is_id_reused_another_device_id_taken),
		T(test_an_id_in_capitals_is_the_same_id),
		T(test_a_refused_early_exit_stays_refused_under_its_id),
		T(test_a_refusal_without_a_mark_is_judged_again),
		T(test_noted_acts_are_kept),
		T(test_a_repeated_call_calls_nobody_else),
		T(test_repeated_alarms),
		T(test_an_alarm_acknowledged_yesterday),
		T(test_a_repeat_sent_later_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
