/*
 * Whoever asks again gets the same bytes: answers of every form, from the site that gave them, from one that replayed
 * its log, and, once the day has turned, from one that began with the new day.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "site_help.h"

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAA"
#define LOAD "bbbbbbbb-0000-4000-8000-000000000001"
#define NEXT_MORNING (WORLD_MORNING + 24 * MS_HOUR)
#define KEPT_MAX 40

static const struct reader sees = {.person = true};

struct asked {
	struct world *w;
	struct {
		char id[37];
		char *text;
	} kept[KEPT_MAX];
	size_t n;
	unsigned forms; /* bits of enum reply_form */
};

static char *text_of(const struct site *s, const struct outcome *o)
{
	struct buf out = {0};

	reply_encode(s, TOKEN, o, &sees, &out);
	return buf_take(&out);
}

/* Keeps the answer to the last command. */
static void keep(struct asked *a)
{
	const struct receipt *r = a->w->outcome.receipt;

	assert_non_null(r);
	assert_true(a->n < KEPT_MAX);
	memcpy(a->kept[a->n].id, a->w->last_id, sizeof(a->kept[a->n].id));
	a->kept[a->n++].text = text_of(a->w->site, &a->w->outcome);
	a->forms |= 1u << r->form;
}

static void assert_knows(const struct asked *a, const struct site *s)
{
	for (size_t i = 0; i < a->n; i++) {
		struct outcome o = {.repeat = true, .receipt = site_receipt(s, a->kept[i].id)};
		char *again;

		assert_non_null(o.receipt);
		o.verdict = o.receipt->verdict;
		again = text_of(s, &o);
		assert_string_equal(again, a->kept[i].text);
		free(again);
	}
}

static void assert_same_bytes(const struct asked *a)
{
	assert_knows(a, a->w->site);
	assert_knows(a, a->w->shadow);
	assert_knows(a, a->w->day);
}

static void act(struct asked *a, uint32_t device, uint32_t visit, enum action action)
{
	world_act(a->w, device, visit, action);
	keep(a);
}

static void at_the_door(struct asked *a)
{
	struct world *w = a->w;
	struct command c = world_row(w, LOAD, WORLD_DAY);

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	keep(a);
	c = world_command(w, COMMAND_SCAN, w->kiosk, 0);
	c.appointment = 1;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	keep(a);
	c = world_arrival(w);
	c.failed_check = "temperature";
	assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	keep(a);
	c = world_arrival(w);
	c.companions = 2;
	world_enter(w, &c);
	keep(a);
}

static void in_the_hall(struct asked *a)
{
	struct world *w = a->w;
	const struct alert *longest;
	uint32_t v;

	world_pass(w, 31 * MS_MINUTE);
	longest = alarm_at(w, ALERT_WAIT_LONG, STAGE_REGISTRATION);
	assert_verdict(world_acknowledge(w, longest), VERDICT_ACCEPTED);
	keep(a);
	assert_verdict(world_settle(w, longest), VERDICT_ACCEPTED);
	keep(a);
	world_member(w, WORLD_PARTY, 1);
	world_member(w, WORLD_PARTY, 0);
	v = world_call(w, STAGE_REGISTRATION, 0);
	keep(a);
	act(a, w->hand[STAGE_REGISTRATION][0], v, ACTION_START);
	act(a, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH);
	act(a, w->board, v, ACTION_UNDO);
	act(a, w->board, v, ACTION_REISSUE);
	world_desk(w, COMMAND_DESK_CLOSE, STAGE_CONSENT, 1);
	keep(a);
	world_site(w, COMMAND_SITE_HOLD);
	keep(a);
	world_site(w, COMMAND_SITE_RESUME);
	keep(a);
	world_site(w, COMMAND_ROLL_CALL_START);
	keep(a);
	act(a, w->exit, v, ACTION_LEAVE);
}

static void after_the_needle(struct asked *a)
{
	struct world *w = a->w;
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command c = world_command(w, COMMAND_UNWELL, w->observer, v);

	world_pass(w, MS_MINUTE);
	world_site(w, COMMAND_ROLL_CALL_END);
	keep(a);
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	keep(a);
	c.note = "pale";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	keep(a);
	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_UNWELL, v)), VERDICT_ACCEPTED);
	keep(a);
	act(a, w->clinician, v, ACTION_TRANSFER);
	c = world_command(w, COMMAND_UNWELL, w->kiosk, 0);
	c.place = "door";
	c.note = "a child";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	keep(a);
	assert_verdict(world_settle(w, alarm_of(w, ALERT_UNWELL, 0)), VERDICT_ACCEPTED);
	keep(a);
}

/* One ticket at two desks: a refusal that is kept, and says where the ticket really is. */
static void at_two_desks(struct asked *a)
{
	struct world *w = a->w;
	uint32_t v = world_visit(w, VISIT_QUEUED);

	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_ACCEPTED);
	keep(a);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][1], v), VERDICT_ALREADY_SERVED);
	keep(a);
	assert_non_null(strstr(a->kept[a->n - 1].text, "is being served at desk registration-1."));
	assert_non_null(strstr(a->kept[a->n - 1].text, "\"desk\":\"registration-1\""));
	act(a, w->hand[STAGE_REGISTRATION][0], v, ACTION_DECLINE);
}

/* Refused for the hold, at a second place within seconds: the reason of the hold is in every answer. */
static void on_hold(struct asked *a)
{
	struct world *w = a->w;
	uint32_t v = world_visit(w, VISIT_QUEUED);

	world_site(w, COMMAND_SITE_HOLD);
	world_scan(w, w->kiosk, v);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_HOLD);
	keep(a);
	assert_non_null(strstr(a->kept[a->n - 1].text, "\"reason\":\"the fridge\""));
	world_site(w, COMMAND_SITE_RESUME);
}

static void test_every_form_today_and_tomorrow(void **state)
{
	struct asked a = {.w = world_new()};

	(void)state;
	at_the_door(&a);
	in_the_hall(&a);
	after_the_needle(&a);
	at_two_desks(&a);
	on_hold(&a);
	assert_same_bytes(&a);
	assert_verdict(world_close_day(a.w), VERDICT_ACCEPTED);
	keep(&a);
	/* None but the first, which shows nothing, has been left out. */
	for (int form = REPLY_NONE + 1; form < REPLY_FORM_COUNT; form++)
		assert_true(a.forms >> form & 1);
	world_until(a.w, NEXT_MORNING);
	world_check_in(a.w);
	assert_same_bytes(&a);
	world_restart(a.w);
	world_check_in(a.w);
	assert_same_bytes(&a);
	for (size_t i = 0; i < a.n; i++)
		free(a.kept[i].text);
	world_free(a.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_today_and_tomorrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
