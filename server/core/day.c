/*
 * The day: opened by the first command of its date, closed by the supervisor, carried into the next.
 *
 *   day_opened, configured, staff_listed ..., device_carried ..., command_carried ..., alert_carried ..., day_ready
 *                                                                                  the log can be read from here
 *   ... the day's events ...
 *   left / no_show of whoever still waits, alert_settled of what is open, day_closed
 *
 * Carrying may be cut by a crash; the next command goes on where the log ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

struct day *day_new(const char *date)
{
	struct day *day = core_alloc(sizeof(*day));

	copy_text(day->date, sizeof(day->date), date);
	return day;
}

void day_free(struct day *day)
{
	struct alert *a, *next_alert;
	struct dead_ticket *dead, *next_dead;

	if (!day)
		return;
	HASH_CLEAR(by_number, day->by_number);
	HASH_CLEAR(by_ticket, day->by_ticket);
	HASH_CLEAR(by_appointment, day->by_appointment);
	HASH_CLEAR(by_id, day->by_id);
	HASH_CLEAR(by_phone, day->by_phone);
	party_free_all(day);
	for (size_t i = 0; i < day->n_visits; i++) {
		free(day->visits[i]->timeline);
		appointment_free(day->visits[i]->appointment);
		free(day->visits[i]);
	}
	free(day->visits);
	free(day->observing.v);
	free(day->left_early.v);
	free(day->doses);
	free(day->turned_away);
	HASH_ITER(hh, day->dead, dead, next_dead) {
		HASH_DEL(day->dead, dead);
		free(dead);
	}
	HASH_ITER(hh, day->alerts, a, next_alert) {
		HASH_DEL(day->alerts, a);
		free(a);
	}
	receipts_free(&day->receipts);
	arena_free(&day->arena);
	free(day);
}

void totals_text(const struct totals *t, char out[TOTALS_TEXT_MAX])
{
	unsigned arrived = 0;
	size_t n = 0;

	for (int st = VISIT_QUEUED; st < VISIT_STATE_COUNT; st++)
		arrived += st == VISIT_NO_SHOW ? 0 : t->by_state[st];
	n += (size_t)snprintf(out, TOTALS_TEXT_MAX, "{\"arrived\":%u,\"injected\":%u,\"not_today\":%u,\"by_state\":{",
			      arrived, t->injections, t->not_today);
	for (int st = VISIT_EXPECTED; st < VISIT_STATE_COUNT; st++)
		n += (size_t)snprintf(out + n, TOTALS_TEXT_MAX - n, "%s\"%s\":%u", st > VISIT_EXPECTED ? "," : "",
				      visit_state_name(st), t->by_state[st]);
	snprintf(out + n, TOTALS_TEXT_MAX - n, "}}");
}

/* ---- closing ---- */

static bool alert_in_the_way(const struct alert *a)
{
	return a->kind == ALERT_UNWELL && !a->visit && alert_is_open(a);
}

size_t site_in_the_way(const struct site *s, const struct visit **out, size_t max)
{
	size_t n = 0;
	struct alert *a, *next;

	if (!s->today)
		return 0;
	for (size_t i = 0; i < s->today->n_visits; i++) {
		const struct visit *v = s->today->visits[i];

		if (!v || !(STATE_BIT(v->f.state) & STATES_IN_THE_WAY))
			continue;
		if (n < max)
			out[n] = v;
		n++;
	}
	HASH_ITER(hh, s->today->alerts, a, next)
		n += alert_in_the_way(a);
	return n;
}

bool site_holds_people(const struct site *s)
{
	for (int st = 0; s->today && st < VISIT_STATE_COUNT; st++) {
		if ((STATE_BIT(st) & STATES_INSIDE) && s->today->totals.by_state[st])
			return true;
	}
	return false;
}

static void day_end_visits(struct decision *d, struct totals *t)
{
	struct day *day = d->s->today;
	struct step to;

	for (size_t i = 0; i < day->n_visits; i++) {
		const struct visit *v = day->visits[i];

		if (!v || act_step(d, v, ACTION_DAY_END, NULL, &to) != VERDICT_ACCEPTED)
			continue;
		emit_step(d, v, &to);
		t->by_state[v->f.state]--;
		t->by_state[to.state]++;
	}
}

static struct event *day_close(struct decision *d)
{
	struct totals t = d->s->today->totals;
	char text[TOTALS_TEXT_MAX];
	struct event *e;

	day_end_visits(d, &t);
	alert_settle_all(d, "day_closed");
	e = emit(d, EVENT_DAY_CLOSED);
	e->day = d->s->today->date;
	totals_text(&t, text);
	e->totals = arena_str(&d->out->arena, text);
	return e;
}

enum verdict decide_day_close(struct decision *d)
{
	struct event *e;

	if (d->s->today->closed)
		return VERDICT_DAY_CLOSED;
	if (site_in_the_way(d->s, NULL, 0))
		return VERDICT_DAY_NOT_CLEAR;
	e = day_close(d);
	e->reason = keep(d, d->c->reason);
	e->reply = VERDICT_ACCEPTED;
	e->reply_as = REPLY_DAY;
	e->body = d->c->body;
	return VERDICT_ACCEPTED;
}

/* ---- opening ---- */

static void apply_new(struct decision *d)
{
	for (size_t i = d->first; i < d->out->n; i++)
		site_apply(d->s, &d->out->v[i]);
	d->first = d->out->n;
}

static void carry_device(struct decision *d, struct device *v)
{
	struct event *e = emit(d, EVENT_DEVICE_CARRIED);

	e->subject = v->id;
	e->device_kind = v->kind;
	e->name = v->name;
	e->device_desk = v->desk;
	e->code_hash = v->code_hash[0] ? v->code_hash : NULL;
	e->token_hash = v->token_hash[0] ? v->token_hash : NULL;
	e->expires_at = v->expires_at;
	e->acted_at = v->last_act;
	session_carry(e, v);
}

static void carry_alert(struct event *e, const struct alert *a)
{
	e->alert = a->id;
	e->kind = a->kind;
	e->level = a->escalated;
	e->count = a->count;
	e->by = a->by;
	e->raised_at = a->raised_at;
	e->alert_state = a->state;
	e->place = a->place;
	e->note = a->note;
	e->outcome = a->outcome;
	e->subject = a->device;
	e->minutes = a->urgency;
	e->device_desk = a->desk;
	e->last_visit = a->visit;
	e->stage = a->stage; /* of one that is about a stage, and no visit; the stage of a visit comes to stand here */
}

/* One event, or for a party's call one for each who was called. */
static void carry_receipt(struct decision *d, const struct receipt *r, const struct visit_facts *f)
{
	struct event *e = emit(d, EVENT_COMMAND_CARRIED);

	e->command = r->id;
	e->device = r->device;
	e->staff = NULL;
	e->desk = r->desk;
	e->body = r->body;
	e->reply = r->verdict;
	e->reply_as = r->form;
	e->action = r->action;
	e->acted_at = r->at;
	if (verdict_status(r->verdict) == 200) {
		e->totals = r->text;
	} else {
		e->note = r->text;
		e->device_desk = r->desk;
	}
	if (r->site)
		receipt_carry_site(e, r->site);
	if (r->alert)
		carry_alert(e, r->alert);
	if (r->n_party)
		e->count = f - r->party;
	if (!f->id)
		return;
	e->visit = f->id;
	e->state = f->state;
	e->stage = f->stage;
	e->number = f->number;
	e->ticket = (int64_t)f->ticket;
	e->class = f->class;
	e->language = f->language;
	e->party = f->party;
	e->person = f->person;
	e->companions = f->companions;
	e->flags = f->flags;
	e->arrived_at = f->arrived_at;
	e->injected_at = f->injected_at;
	e->due_at = f->due_at;
	if (f->desk)
		e->desk = f->desk;
}

/* Goes on carrying what outlives a day, from wherever the log ends. */
static void day_carry(struct decision *d)
{
	struct site *s = d->s;
	struct device *v, *next_device;

	staff_carry(d);
	HASH_ITER(hh, s->devices, v, next_device) {
		bool expired = !v->enrolled && d->now >= v->expires_at;

		if (!v->carried && !v->revoked && !expired)
			carry_device(d, v);
	}
	roster_carry(d);
	for (size_t i = 0; s->before && i < s->before->receipts.n; i++) {
		const struct receipt *r = s->before->receipts.v[i];

		if (r->carried)
			continue;
		carry_receipt(d, r, r->n_party ? r->party : &r->visit);
		for (size_t k = 1; k < r->n_party; k++)
			carry_receipt(d, r, &r->party[k]);
	}
	for (int k = 0; k < ALERT_KIND_COUNT; k++) {
		if (alert_is_open(s->conditions[k]))
			carry_alert(emit(d, EVENT_ALERT_CARRIED), s->conditions[k]);
	}
	emit(d, EVENT_DAY_READY);
	apply_new(d);
}

static void day_open(struct decision *d)
{
	struct event *e = emit(d, EVENT_DAY_OPENED);

	e->day = keep(d, d->c->date);
	e->last_visit = d->s->last_visit;
	e->last_ticket = (int64_t)d->s->last_ticket;
	e->last_device = d->s->last_device;
	e->last_appointment = (int64_t)d->s->last_appointment;
	emit_rules(d, d->s->rules);
	apply_new(d);
	day_carry(d);
}

void day_prepare(struct decision *d)
{
	const struct day *day = d->s->today;
	const struct command *c = d->c;
	/* What opens and closes days is nobody's act in particular. */
	struct command by_date = {.date = c->date};

	d->c = &by_date;
	if (!day) {
		day_open(d);
	} else if (!day->ready) {
		day_carry(d);
	} else if (strcmp(c->date, day->date) > 0 && !site_holds_people(d->s) && !site_in_the_way(d->s, NULL, 0)) {
		if (!day->closed)
			day_close(d);
		else /* raised after the closing, about one who was unwell by then */
			alert_settle_all(d, "day_closed");
		apply_new(d);
		day_open(d);
	}
	d->c = c;
}

/* ---- applying ---- */

static void day_opened(struct site *s, const struct event *e)
{
	struct device *v, *next;

	timer_clear(s);
	for (int st = 0; st < STAGE_COUNT; st++)
		queue_reset(&s->queues[st]);
	memset(&s->seats, 0, sizeof(s->seats));
	if (s->today) {
		day_free(s->before);
		s->before = s->today;
	}
	s->today = day_new(e->day);
	s->today->opened_epoch = e->epoch;
	s->today->opened_seq = e->seq;
	s->today->first_visit = (uint32_t)e->last_visit + 1;
	s->today->first_ticket = (uint64_t)e->last_ticket + 1;
	s->last_visit = (uint32_t)e->last_visit;
	s->last_ticket = (uint64_t)e->last_ticket;
	s->last_device = (uint32_t)e->last_device;
	s->last_appointment = (uint64_t)e->last_appointment;
	roster_day_opened(s);
	staff_day_opened(s);
	HASH_ITER(hh, s->devices, v, next) {
		v->carried = false;
		v->silent = NULL;
		session_day_opened(v);
	}
	desks_reset(s);
}

void day_apply(struct site *s, const struct event *e)
{
	if (e->type == EVENT_DAY_OPENED) {
		day_opened(s, e);
	} else if (e->type == EVENT_DAY_READY) {
		s->today->ready = true;
		roster_day_ready(s);
	} else {
		s->today->closed = true;
		s->today->closed_epoch = e->epoch;
		s->today->closed_seq = e->seq;
	}
}
