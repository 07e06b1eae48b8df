/*
 * What a run asks: commands by chance, most of them such as somebody at a site would send.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model_run.h"

/* ---- chance ---- */

uint64_t run_random(struct run *r)
{
	/* splitmix64 */
	uint64_t z = r->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int run_below(struct run *r, int n)
{
	return (int)(run_random(r) % (uint64_t)n);
}

bool run_percent(struct run *r, int p)
{
	return run_below(r, 100) < p;
}

/* ---- time ---- */

void run_date(ms_t now, char out[11])
{
	time_t t = (time_t)(now / 1000 + 8 * 3600);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}

ms_t run_next_step(struct run *r)
{
	ms_t deadline = site_deadline(r->site) - r->now;

	if (r->model.closed && run_percent(r, 20))
		return 16 * MS_HOUR;
	switch (run_below(r, 20)) {
	case 0:
	case 1:
		return 1 + run_below(r, 5000);
	case 2:
		return 10 * MS_SECOND;
	case 3:
		return 10 * MS_SECOND + 1;
	case 4:
	case 5:
		return deadline > 0 && deadline < MS_HOUR ? deadline : MS_SECOND;
	case 6:
		return deadline > 1 && deadline < MS_HOUR ? deadline - 1 : 30 * MS_SECOND;
	case 7:
		return run_below(r, 5 * MS_MINUTE);
	case 10:
		return run_percent(r, 40) ? 30 * MS_MINUTE : MS_MINUTE;
	case 11:
		return run_percent(r, 6) ? (6 + run_below(r, 14)) * MS_HOUR : 0;
	default:
		return run_percent(r, 50) ? 0 : MS_SECOND;
	}
}

/* ---- what is asked ---- */

static bool inside(const struct naive_visit *v)
{
	return !visit_state_ended(v->state) && v->state != VISIT_EXPECTED;
}

static int people_inside(const struct run *r)
{
	int n = 0;

	for (int i = 0; i < r->model.n_visits; i++)
		n += inside(&r->model.visits[i]);
	return n;
}

/* Mostly one who is still inside, rather one who has come far; else anybody. */
static const struct naive_visit *some_visit(struct run *r)
{
	int n = r->model.n_visits, at = n ? run_below(r, n) : 0;
	bool far = run_percent(r, 50);

	if (!n)
		return NULL;
	for (int i = 0; i < n && run_percent(r, 97); i++) {
		const struct naive_visit *v = &r->model.visits[(at + i) % n];

		if (inside(v) && (!far || v->injected_at || v->stage >= STAGE_CONSENT))
			return v;
	}
	return &r->model.visits[at];
}

static const struct naive_device *some_device(struct run *r)
{
	return &r->model.devices[run_below(r, r->model.n_devices)];
}

static void by(struct command *c, const struct naive_device *d)
{
	c->device = d->id;
	c->desk = d->desk;
}

/* A device whose desk is this one or of this stage; else the board. */
static void by_desk(struct run *r, struct command *c, const struct naive_visit *v)
{
	c->device = r->board;
	c->desk = NULL;
	for (int i = 0, at = run_below(r, r->model.n_devices); i < r->model.n_devices; i++) {
		const struct naive_device *d = &r->model.devices[(at + i) % r->model.n_devices];

		for (int k = 0; d->desk && k < r->model.n_desks; k++) {
			if (strcmp(d->desk, r->model.desks[k].id) == 0 &&
			    (v->desk >= 0 ? v->desk == k : r->model.desks[k].stage == v->stage))
				by(c, d);
		}
	}
}

/* What one would do to a visit in this state: the way onward, and now and then what leads aside. */
static enum action fitting_action(struct run *r, const struct naive_visit *v)
{
	static const struct {
		enum action onward[2], aside[4];
	} fitting[VISIT_STATE_COUNT] = {
		[VISIT_QUEUED] = {{ACTION_START, ACTION_START},
				  {ACTION_PARK, ACTION_PARK, ACTION_LEAVE, ACTION_UNWELL}},
		[VISIT_CALLED] = {{ACTION_START, ACTION_NO_SHOW},
				  {ACTION_PARK, ACTION_NO_SHOW, ACTION_LEAVE, ACTION_UNWELL}},
		[VISIT_SERVING] = {{ACTION_FINISH, ACTION_FINISH},
				   {ACTION_DEFER, ACTION_DECLINE, ACTION_RETURN_TO, ACTION_RETURN_TO}},
		[VISIT_PARKED] = {{ACTION_RESUME, ACTION_RESUME},
				  {ACTION_RESUME, ACTION_LEAVE, ACTION_UNWELL, ACTION_PARK}},
		[VISIT_INJECTED] = {{ACTION_ARRIVE, ACTION_ARRIVE},
				    {ACTION_RELEASE, ACTION_WALKED_OUT, ACTION_RETURNED, ACTION_UNWELL}},
		[VISIT_OBSERVING] = {{ACTION_RELEASE, ACTION_RETURNED},
				     {ACTION_EXTEND, ACTION_WALKED_OUT, ACTION_EXTEND, ACTION_UNWELL}},
		[VISIT_UNWELL] = {{ACTION_CLEAR, ACTION_CLEAR},
				  {ACTION_ASSESS, ACTION_TRANSFER, ACTION_UNWELL, ACTION_CLEAR}},
		[VISIT_LEFT_EARLY] = {{ACTION_RETURNED, ACTION_ARRIVE},
				      {ACTION_RELEASE, ACTION_UNWELL, ACTION_EXTEND, ACTION_LEAVE}},
	};
	enum action a = run_percent(r, 85) ? fitting[v->state].onward[run_below(r, 2)] :
					     fitting[v->state].aside[run_below(r, 4)];

	if (a == ACTION_FINISH && v->stage == STAGE_INJECTION)
		return ACTION_INJECT;
	return a == ACTION_NONE ? ACTION_RELEASE : a;
}

static enum action any_action(struct run *r)
{
	static const enum action sent[] = {
		ACTION_START,  ACTION_FINISH,  ACTION_DEFER,    ACTION_DECLINE,    ACTION_RETURN_TO, ACTION_INJECT,
		ACTION_ARRIVE, ACTION_RELEASE, ACTION_EXTEND,   ACTION_WALKED_OUT, ACTION_RETURNED,  ACTION_UNWELL,
		ACTION_ASSESS, ACTION_CLEAR,   ACTION_TRANSFER, ACTION_PARK,       ACTION_RESUME,    ACTION_NO_SHOW,
		ACTION_LEAVE,  ACTION_SEEN,    ACTION_MOVE,     ACTION_UNDO,       ACTION_CORRECT,   ACTION_REISSUE,
	};

	return sent[run_below(r, (int)(sizeof(sent) / sizeof(*sent)))];
}

static void ask_fields(struct run *r, struct command *c, const struct naive_visit *v)
{
	bool whole = run_percent(r, 92);

	if (c->action == ACTION_INJECT) {
		c->vaccine = "inactivated";
		c->lot = whole ? "L1" : NULL;
		c->dose = 1;
		c->checks = true;
	}
	if (c->action == ACTION_EXTEND || c->action == ACTION_CLEAR)
		c->minutes = whole && run_percent(r, 70) ? 5 * (1 + run_below(r, 6)) : 0;
	if (c->action == ACTION_EXTEND || c->action == ACTION_DEFER)
		c->reason = whole ? "fever" : NULL;
	if (c->action == ACTION_RELEASE)
		c->reason = run_percent(r, 30) ? "seen by the guard" : NULL;
	if (c->action == ACTION_RETURN_TO)
		c->stage = (enum stage)run_below(r, STAGE_OBSERVATION);
	if (c->action == ACTION_MOVE)
		c->stage = (enum stage)run_below(r, STAGE_COUNT);
	if (c->action == ACTION_CORRECT) {
		c->reason = whole ? "misread" : NULL;
		c->companions = run_below(r, 4) - 1; /* -1: not told */
		c->lot = run_percent(r, 20) ? "L2" : NULL;
		c->person = run_percent(r, 30) ? RUN_PERSON : NULL;
		c->by_id = c->person && run_percent(r, 50) ? run_new_card(r) : 0;
		c->by_phone = c->person ? run_phone(r) : 0;
	}
	c->long_observation = c->action == ACTION_FINISH && v && v->stage == STAGE_CONSENT && run_percent(r, 15);
}

static const struct naive_visit *visit_of(const struct run *r, uint64_t ticket)
{
	for (int i = 0; ticket && i < r->model.n_visits; i++) {
		if (r->model.visits[i].ticket == ticket)
			return &r->model.visits[i];
	}
	return NULL;
}

/* Its ticket, or now and then one that it had. */
static uint64_t some_ticket(struct run *r, const struct naive_visit *v)
{
	return v->n_dead && run_percent(r, 20) ? v->dead_tickets[run_below(r, v->n_dead)] : v->ticket;
}

/* Second thoughts, mostly about what was done last. */
static bool ask_set_right(struct run *r, struct command *c)
{
	static const enum action acts[] = {ACTION_UNDO, ACTION_UNDO, ACTION_UNDO,    ACTION_UNDO,
					   ACTION_MOVE, ACTION_MOVE, ACTION_CORRECT, ACTION_REISSUE};
	const struct naive_visit *last = visit_of(r, r->last_ticket), *v = some_visit(r);

	if (last && run_percent(r, 75))
		v = last;
	if (!v || !run_percent(r, 12))
		return false;
	c->ticket = v->ticket;
	c->action = acts[run_below(r, 8)];
	if (c->action == ACTION_REISSUE && v->n_dead > 12)
		c->action = ACTION_UNDO;
	c->device = r->board;
	if (run_percent(r, 30))
		by_desk(r, c, v);
	ask_fields(r, c, v);
	return true;
}

static void ask_visit(struct run *r, struct command *c)
{
	const struct naive_visit *v = some_visit(r);

	if (ask_set_right(r, c))
		return;
	if (v)
		c->ticket = some_ticket(r, v);
	if (run_percent(r, 3))
		c->ticket = run_percent(r, 50) ? r->model.last_ticket + 7 : (uint64_t)run_below(r, 40);
	c->action = v && run_percent(r, 88) ? fitting_action(r, v) : any_action(r);
	if (v && c->action == ACTION_REISSUE && v->n_dead > 12)
		c->action = ACTION_PARK;
	by(c, some_device(r));
	if (v && run_percent(r, 90))
		by_desk(r, c, v);
	ask_fields(r, c, v);
}

static void ask_scan(struct run *r, struct command *c)
{
	const struct naive_visit *v = some_visit(r);

	if (v)
		c->ticket = some_ticket(r, v);
	if (run_percent(r, 3))
		c->ticket = run_percent(r, 50) ? r->model.last_ticket + 7 : (uint64_t)run_below(r, 40);
	by(c, some_device(r));
	if (v && run_percent(r, 50))
		by_desk(r, c, v);
	if (run_percent(r, 4)) {
		c->device = r->kiosk;
		c->desk = NULL;
		c->ticket = 0;
		v = run_expected(r);
		c->appointment = v ? v->appointment : 1 + (uint64_t)run_below(r, 30);
		return;
	}
	if (v && v->injected_at && run_percent(r, 60)) {
		c->device = run_percent(r, 60) ? r->exit : r->observer;
		c->desk = c->device == r->exit ? NULL : "observation";
	}
}

static void ask_alarm(struct run *r, struct sent *s)
{
	const struct alert *a = r->site->today ? r->site->today->alerts : NULL;
	int n = r->model.n_alarms, at = n ? run_below(r, n) : -1;

	s->c.device = r->board;
	s->c.outcome = run_percent(r, 90) ? "found" : NULL;
	snprintf(s->alert, sizeof(s->alert), "overstay-v0-0");
	s->c.alert = s->alert;
	if (at < 0 || run_percent(r, 3))
		return;
	for (int i = 0; i < at; i++)
		a = a->hh.next;
	snprintf(s->alert, sizeof(s->alert), "%s", a->id);
	s->c.subject = (uint32_t)at + 1;
}

static enum command_kind some_kind(struct run *r)
{
	static const struct {
		enum command_kind kind;
		int weight;
	} weights[] = {
		{COMMAND_CHECK_IN, 10},        {COMMAND_SCAN, 22},         {COMMAND_VISIT, 41},
		{COMMAND_UNWELL, 2},           {COMMAND_DESK_OPEN, 2},     {COMMAND_DESK_CLOSE, 1},
		{COMMAND_DESK_CALL, 9},        {COMMAND_DESK_RECALL, 1},   {COMMAND_ALERT_ACKNOWLEDGE, 3},
		{COMMAND_ALERT_SETTLE, 2},     {COMMAND_DAY_CLOSE, 1},     {COMMAND_CONDITION_RAISE, 0},
		{COMMAND_CONDITION_SETTLE, 1}, {COMMAND_ROSTER_ROW, 2},    {COMMAND_SITE_HOLD, 1},
		{COMMAND_ROLL_CALL_START, 1},  {COMMAND_DEVICE_SILENT, 1},
	};
	int at = run_below(r, 101);

	for (size_t i = 0; i < sizeof(weights) / sizeof(*weights); i++) {
		at -= weights[i].weight;
		if (at < 0)
			return weights[i].kind;
	}
	return COMMAND_SCAN;
}

/* One that has nobody, of a stage where somebody waits. */
static void by_free_desk(struct run *r, struct command *c)
{
	for (int i = 0, at = run_below(r, 6); i < 6; i++) {
		int desk = (at + i) % 6; /* the devices stand in the order of the desks */

		if (naive_waiting(&r->model, r->model.desks[desk].stage, 0) &&
		    !naive_at_desk(&r->model, desk, VISIT_CALLED) && !naive_at_desk(&r->model, desk, VISIT_SERVING))
			by(c, &r->model.devices[desk]);
	}
}

/* What stops everything does not last: a hold, a desk that is closed. */
static bool ask_go_on(struct run *r, struct command *c)
{
	int desk = run_below(r, r->model.n_desks);

	c->body = run_random(r) | 1;
	c->device = r->board;
	c->reason = "go on";
	if (r->model.hold && run_percent(r, 15))
		c->kind = COMMAND_SITE_RESUME;
	else if (!r->model.desks[desk].open && run_percent(r, 25))
		c->kind = COMMAND_DESK_OPEN;
	else
		return false;
	c->desk = c->kind == COMMAND_DESK_OPEN ? r->model.desks[desk].id : NULL;
	return true;
}

static void ask_fresh(struct run *r, struct sent *s)
{
	struct command *c = &s->c;

	if (ask_go_on(r, c))
		return;
	memset(c, 0, sizeof(*c));
	c->kind = some_kind(r);
	if (c->kind == COMMAND_CHECK_IN && people_inside(r) > 10 && run_percent(r, 80))
		c->kind = COMMAND_VISIT;
	c->body = run_random(r) | 1;
	switch (c->kind) {
	case COMMAND_CHECK_IN:
		run_ask_check_in(r, c);
		break;
	case COMMAND_SCAN:
		ask_scan(r, c);
		break;
	case COMMAND_ROSTER_ROW:
		c->kind = run_percent(r, 30) ? COMMAND_ROSTER_LOADED : COMMAND_ROSTER_ROW;
		run_ask_row(r, s);
		break;
	case COMMAND_SITE_HOLD:
		c->device = r->board;
		c->kind = r->model.hold == run_percent(r, 90) ? COMMAND_SITE_RESUME : COMMAND_SITE_HOLD;
		c->reason = "the fridge";
		break;
	case COMMAND_ROLL_CALL_START:
		c->device = r->board;
		c->kind = r->model.roll_call == run_percent(r, 90) ? COMMAND_ROLL_CALL_END : COMMAND_ROLL_CALL_START;
		break;
	case COMMAND_DEVICE_SILENT:
		c->kind = run_percent(r, 50) ? COMMAND_DEVICE_SILENT : COMMAND_DEVICE_HEARD;
		c->subject = some_device(r)->id;
		c->due = r->now - run_below(r, 3);
		break;
	case COMMAND_VISIT:
		ask_visit(r, c);
		break;
	case COMMAND_UNWELL:
		by(c, some_device(r));
		c->place = run_percent(r, 50) ? "entrance" : NULL;
		if (run_percent(r, 70) && r->model.n_visits)
			c->ticket = some_visit(r)->ticket;
		break;
	case COMMAND_ALERT_ACKNOWLEDGE:
	case COMMAND_ALERT_SETTLE:
		ask_alarm(r, s);
		break;
	case COMMAND_CONDITION_SETTLE:
		c->kind = run_percent(r, 30) ? COMMAND_CONDITION_RAISE : COMMAND_CONDITION_SETTLE;
		c->condition = ALERT_CLOCK_DOUBT;
		break;
	case COMMAND_DAY_CLOSE:
		c->device = r->board;
		break;
	default:
		by(c, &r->model.devices[run_below(r, 6)]); /* those with desks */
		if (c->kind == COMMAND_DESK_CALL && run_percent(r, 80))
			by_free_desk(r, c);
		if (run_percent(r, 2))
			c->desk = "registration-9";
	}
	if ((c->kind == COMMAND_SCAN || c->kind == COMMAND_VISIT) && run_percent(r, 8)) {
		c->device_at = 1000000;
		c->device_sent_at = c->device_at + run_below(r, 3 * MS_MINUTE);
		r->stats->offline++;
	}
}

/* Something sent before, as it was or not quite; false where there is nothing fit to be repeated. */
static bool ask_again(struct run *r, struct sent *s)
{
	const struct sent *old;
	const struct naive_receipt *receipt;

	if (r->n_sent < 2)
		return false;
	old = &r->sent[run_below(r, r->n_sent - 1)];
	if (old->c.kind >= COMMAND_DEVICE_INVITE)
		return false;
	receipt = naive_receipt(&r->model, old->id);
	/* An alarm's place among the day's alarms means nothing on another day. */
	if (!receipt && (old->c.alert || old->answered || old->c.load))
		return false;
	s->c = old->c;
	memcpy(s->id, old->id, sizeof(s->id));
	memcpy(s->alert, old->alert, sizeof(s->alert));
	if (s->c.alert)
		s->c.alert = s->alert;
	if (receipt && run_percent(r, 15))
		s->c.body ^= 2;
	if (receipt && run_percent(r, 15))
		s->c.device = s->c.device == r->exit ? r->board : r->exit;
	return true;
}

void run_ask(struct run *r, struct sent *s)
{
	if (!run_percent(r, 8) || !ask_again(r, s))
		ask_fresh(r, s);
}
