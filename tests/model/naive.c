/*
 * The naive model: each command is a handful of ifs on arrays.
 *
 *   submit: time first; then the receipts; then the day; then the judgement, which is also the deed
 */
#include "naive.h"

#include <stdio.h>
#include <string.h>

/* ---- searching ---- */

static bool ended(enum visit_state s)
{
	return s == VISIT_COMPLETED || s == VISIT_DEFERRED || s == VISIT_DECLINED || s == VISIT_LEFT ||
	       s == VISIT_TRANSFERRED || s == VISIT_NO_SHOW;
}

static bool waits(enum visit_state s)
{
	return s == VISIT_QUEUED || s == VISIT_CALLED || s == VISIT_PARKED;
}

static bool in_the_way(enum visit_state s)
{
	return s == VISIT_SERVING || s == VISIT_INJECTED || s == VISIT_OBSERVING || s == VISIT_UNWELL;
}

static struct naive_visit *visit_find(struct naive *m, uint64_t ticket)
{
	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].ticket == ticket)
			return &m->visits[i];
	}
	return NULL;
}

static struct naive_device *device_find(struct naive *m, uint32_t id)
{
	for (int i = 0; i < m->n_devices; i++) {
		if (m->devices[i].id == id)
			return &m->devices[i];
	}
	return NULL;
}

static int desk_find(const struct naive *m, const char *id)
{
	for (int i = 0; id && i < m->n_desks; i++) {
		if (strcmp(m->desks[i].id, id) == 0)
			return i;
	}
	return -1;
}

struct naive_visit *naive_at_desk(struct naive *m, int desk, enum visit_state state)
{
	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].desk == desk && m->visits[i].state == state)
			return &m->visits[i];
	}
	return NULL;
}

struct naive_visit *naive_waiting(struct naive *m, enum stage stage, int n)
{
	for (int i = 0; i < m->n_visits; i++) {
		struct naive_visit *v = &m->visits[i];
		int ahead = 0;

		if (v->state != VISIT_QUEUED || v->stage != stage)
			continue;
		for (int j = 0; j < m->n_visits; j++) {
			const struct naive_visit *w = &m->visits[j];

			ahead += w->state == VISIT_QUEUED && w->stage == stage &&
				 (w->key < v->key || (w->key == v->key && w->id < v->id));
		}
		if (ahead == n)
			return v;
	}
	return NULL;
}

static struct naive_alarm *alarm_open(struct naive *m, enum alert_kind kind, uint32_t visit)
{
	for (int i = 0; i < m->n_alarms; i++) {
		struct naive_alarm *a = &m->alarms[i];

		if (a->kind == kind && a->visit == visit && a->state != ALERT_SETTLED)
			return a;
	}
	return NULL;
}

unsigned naive_flags(const struct naive *m, const struct naive_visit *v)
{
	unsigned flags = v->extended ? VISIT_FLAG_EXTENDED : 0;

	for (int i = 0; i < m->n_alarms; i++) {
		if (m->alarms[i].visit == v->id && m->alarms[i].state != ALERT_SETTLED)
			flags |= 1u << m->alarms[i].kind;
	}
	return flags;
}

const struct naive_receipt *naive_receipt(const struct naive *m, const char *id)
{
	for (int i = 0; i < m->n_receipts; i++) {
		if (strcmp(m->receipts[i].id, id) == 0)
			return &m->receipts[i];
	}
	return NULL;
}

/* ---- alarms ---- */

static struct naive_alarm *alarm_new(struct naive *m, enum alert_kind kind, uint32_t visit, ms_t now)
{
	struct naive_alarm *a = &m->alarms[m->n_alarms++];

	memset(a, 0, sizeof(*a));
	a->kind = kind;
	a->visit = visit;
	a->raised_at = a->cried_at = now;
	a->count = 1;
	return a;
}

static void cry(struct naive *m, enum alert_kind kind, uint32_t visit, const struct command *c, ms_t now)
{
	const char *place = c->place ? c->place : c->desk ? c->desk : "";
	struct naive_alarm *a = visit ? alarm_open(m, kind, visit) : NULL;

	for (int i = 0; !visit && i < m->n_alarms; i++) {
		struct naive_alarm *b = &m->alarms[i];

		if (b->kind == kind && !b->visit && b->state != ALERT_SETTLED && b->device == c->device &&
		    strcmp(b->place, place) == 0)
			a = b;
	}
	m->marked = true;
	if (a) {
		a->count++;
		a->state = ALERT_OPEN;
		a->escalated = 0;
		a->cried_at = now;
		return;
	}
	a = alarm_new(m, kind, visit, now);
	a->device = c->device;
	snprintf(a->place, sizeof(a->place), "%s", place);
}

static void settle(struct naive *m, uint32_t visit, enum alert_kind kind)
{
	struct naive_alarm *a = alarm_open(m, kind, visit);

	if (a)
		a->state = ALERT_SETTLED;
}

/* The visit changes to this state; whatever it was flagged for and is over is settled. */
static void become(struct naive *m, struct naive_visit *v, enum visit_state state, enum stage stage)
{
	bool left_call = v->state == VISIT_CALLED && state != VISIT_CALLED;
	/* Nobody has seen the one whose early exit was never settled: what was asked about them stays asked. */
	bool lapsed = state == VISIT_LEFT_EARLY && alarm_open(m, ALERT_EARLY_EXIT, v->id);

	v->changes++;
	v->state = state;
	v->stage = stage;
	if (state != VISIT_CALLED && state != VISIT_SERVING)
		v->desk = -1;
	if (left_call)
		settle(m, v->id, ALERT_CALL_EXPIRED);
	if (state != VISIT_UNWELL)
		settle(m, v->id, ALERT_UNWELL);
	if (state != VISIT_INJECTED && !lapsed)
		settle(m, v->id, ALERT_NEVER_ARRIVED);
	if (state != VISIT_INJECTED && state != VISIT_OBSERVING)
		settle(m, v->id, ALERT_OVERSTAY);
}

/* ---- time ---- */

/* What falls due first: on a visit or an alarm. */
struct due {
	ms_t at;
	int kind; /* order among equals: enum timer_kind */
	struct naive_visit *visit;
	struct naive_alarm *alarm;
};

static bool raised_before(const struct naive *m, enum alert_kind kind, uint32_t visit, ms_t due)
{
	for (int i = 0; i < m->n_alarms; i++) {
		if (m->alarms[i].kind == kind && m->alarms[i].visit == visit && m->alarms[i].due == due)
			return true;
	}
	return false;
}

static const enum alert_kind timed[] = {ALERT_NEVER_ARRIVED, ALERT_OVERSTAY, ALERT_CALL_EXPIRED};

static ms_t visit_due(const struct naive *m, const struct naive_visit *v, int kind)
{
	ms_t due = MS_NEVER;

	if (kind == TIMER_NEVER_ARRIVED && v->state == VISIT_INJECTED)
		due = v->injected_at + 5 * MS_MINUTE;
	if (kind == TIMER_OVERSTAY && (v->state == VISIT_INJECTED || v->state == VISIT_OBSERVING))
		due = v->due_at + 15 * MS_MINUTE;
	if (kind == TIMER_CALL_EXPIRED && v->state == VISIT_CALLED)
		due = v->called_at + 3 * MS_MINUTE;
	return due != MS_NEVER && raised_before(m, timed[kind], v->id, due) ? MS_NEVER : due;
}

static ms_t alarm_due(const struct naive *m, const struct naive_alarm *a, int kind)
{
	enum visit_state s = VISIT_NONE;

	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].id == a->visit)
			s = m->visits[i].state;
	}
	if (kind == TIMER_ESCALATE && a->kind == ALERT_UNWELL && a->state == ALERT_OPEN && a->escalated < 2)
		return a->cried_at + (a->escalated + 1) * 30 * MS_SECOND;
	if (kind == TIMER_LAPSE && a->kind == ALERT_EARLY_EXIT && a->state != ALERT_SETTLED &&
	    (s == VISIT_INJECTED || s == VISIT_OBSERVING))
		return a->raised_at + 3 * MS_MINUTE;
	return MS_NEVER;
}

static struct due first_due(struct naive *m)
{
	struct due first = {MS_NEVER, 0, NULL, NULL};

	for (int k = 0; k < TIMER_VISIT_KINDS; k++) {
		for (int i = 0; i < m->n_visits; i++) {
			ms_t at = visit_due(m, &m->visits[i], k);

			if (at < first.at)
				first = (struct due){at, k, &m->visits[i], NULL};
		}
	}
	for (int k = TIMER_VISIT_KINDS; k < TIMER_KINDS; k++) {
		for (int i = 0; i < m->n_alarms; i++) {
			ms_t at = alarm_due(m, &m->alarms[i], k);

			if (at < first.at)
				first = (struct due){at, k, NULL, &m->alarms[i]};
		}
	}
	return first;
}

ms_t naive_deadline(const struct naive *m)
{
	return first_due((struct naive *)m).at;
}

static void lapse(struct naive *m, uint32_t visit)
{
	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].id == visit)
			become(m, &m->visits[i], VISIT_LEFT_EARLY, STAGE_NONE);
	}
}

void naive_advance(struct naive *m, ms_t now)
{
	struct due d;

	while ((d = first_due(m)).at <= now) {
		if (d.kind < TIMER_VISIT_KINDS)
			alarm_new(m, timed[d.kind], d.visit->id, d.at)->due = d.at;
		else if (d.kind == TIMER_ESCALATE)
			d.alarm->escalated++;
		else
			lapse(m, d.alarm->visit);
	}
}

/* ---- acts on a visit ---- */

/* Refusals of acts that need an injection. */
static enum verdict after_injection(const struct naive_visit *v)
{
	if (v->state == VISIT_UNWELL)
		return VERDICT_UNWELL;
	if (ended(v->state))
		return VERDICT_TICKET_ENDED;
	return waits(v->state) || v->state == VISIT_SERVING ? VERDICT_NOT_INJECTED : VERDICT_ACCEPTED;
}

/* Refusals of acts in the queue and at the desks. */
static enum verdict before_injection(const struct naive_visit *v)
{
	if (v->state == VISIT_UNWELL)
		return VERDICT_UNWELL;
	if (ended(v->state))
		return VERDICT_TICKET_ENDED;
	return waits(v->state) || v->state == VISIT_SERVING ? VERDICT_ACCEPTED : VERDICT_WRONG_STAGE;
}

/* "Actions other than start by a desk on somebody at another desk." */
static enum verdict desk_right(const struct naive_visit *v, int desk)
{
	return v->desk >= 0 && desk >= 0 && v->desk != desk ? VERDICT_DESK_WRONG : VERDICT_ACCEPTED;
}

static enum verdict do_start(struct naive *m, struct naive_visit *v, const struct command *c, int desk)
{
	enum verdict r = before_injection(v);

	if (r != VERDICT_ACCEPTED)
		return r;
	if (v->state == VISIT_PARKED)
		return VERDICT_PARKED;
	if (v->state == VISIT_SERVING)
		return v->desk == desk ? VERDICT_BEING_SERVED : VERDICT_ALREADY_SERVED;
	if (desk >= 0 && m->desks[desk].stage != v->stage)
		return VERDICT_WRONG_STAGE;
	if (desk < 0)
		return c->desk ? VERDICT_DESK_UNKNOWN : VERDICT_DESK_MISSING;
	if (!m->desks[desk].open)
		return VERDICT_DESK_CLOSED;
	if (naive_at_desk(m, desk, VISIT_SERVING))
		return VERDICT_DESK_BUSY;
	become(m, v, VISIT_SERVING, v->stage);
	v->desk = desk;
	return VERDICT_ACCEPTED;
}

static enum verdict field_of_inject(const struct command *c)
{
	return c->vaccine && c->lot && c->dose && c->checks ? VERDICT_ACCEPTED : VERDICT_FIELD_MISSING;
}

/* finish, defer, decline, return_to, inject: of one being served. */
static enum verdict do_served(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted)
{
	enum verdict r = before_injection(v);
	enum action a = c->action;

	if (r != VERDICT_ACCEPTED)
		return r;
	if (v->state != VISIT_SERVING)
		return VERDICT_NOT_SERVING;
	if ((a == ACTION_FINISH && v->stage == STAGE_INJECTION) ||
	    (a == ACTION_INJECT && v->stage != STAGE_INJECTION) || (a == ACTION_RETURN_TO && c->stage >= v->stage))
		return VERDICT_WRONG_STAGE;
	if ((a == ACTION_DEFER && !c->reason) || (a == ACTION_RETURN_TO && c->stage == STAGE_NONE) ||
	    (a == ACTION_INJECT && field_of_inject(c) != VERDICT_ACCEPTED))
		return VERDICT_FIELD_MISSING;
	r = desk_right(v, desk);
	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_DEFER || a == ACTION_DECLINE) {
		become(m, v, a == ACTION_DEFER ? VISIT_DEFERRED : VISIT_DECLINED, STAGE_NONE);
	} else if (a == ACTION_INJECT) {
		v->injected_at = acted;
		v->due_at = acted + (v->long_minutes ? v->long_minutes : 30) * MS_MINUTE;
		become(m, v, VISIT_INJECTED, STAGE_OBSERVATION);
	} else {
		if (c->long_observation)
			v->long_minutes = 60;
		v->key = acted;
		become(m, v, VISIT_QUEUED, a == ACTION_FINISH ? v->stage + 1 : c->stage);
	}
	return VERDICT_ACCEPTED;
}

static enum verdict do_no_show(struct naive *m, struct naive_visit *v, ms_t acted)
{
	struct naive_visit *behind = NULL;

	if (++v->no_shows >= 3) {
		become(m, v, VISIT_PARKED, v->stage);
		return VERDICT_ACCEPTED;
	}
	for (int i = 0; i < 5 && naive_waiting(m, v->stage, i); i++)
		behind = naive_waiting(m, v->stage, i);
	v->key = behind ? behind->key + 1 : acted;
	become(m, v, VISIT_QUEUED, v->stage);
	return VERDICT_ACCEPTED;
}

/* park, resume, no_show, leave */
static enum verdict do_waiting(struct naive *m, struct naive_visit *v, enum action a, int desk, ms_t acted)
{
	enum verdict r = before_injection(v);

	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_LEAVE) {
		become(m, v, VISIT_LEFT, STAGE_NONE);
		return VERDICT_ACCEPTED;
	}
	if (a == ACTION_RESUME && v->state != VISIT_PARKED)
		return VERDICT_NOT_PARKED;
	if (a != ACTION_RESUME && v->state == VISIT_PARKED)
		return VERDICT_PARKED;
	if (v->state == VISIT_SERVING)
		return VERDICT_ALREADY_SERVED;
	if (a == ACTION_NO_SHOW && v->state == VISIT_QUEUED)
		return VERDICT_NOT_CALLED;
	r = desk_right(v, desk);
	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_NO_SHOW)
		return do_no_show(m, v, acted);
	become(m, v, a == ACTION_PARK ? VISIT_PARKED : VISIT_QUEUED, v->stage);
	return VERDICT_ACCEPTED;
}

static enum verdict do_release(struct naive *m, struct naive_visit *v, const char *reason, ms_t acted)
{
	if (v->state == VISIT_LEFT_EARLY)
		return VERDICT_NOT_OBSERVING;
	if (acted < v->due_at)
		return VERDICT_NOT_DUE;
	if (v->state == VISIT_INJECTED && !reason)
		return VERDICT_NOT_OBSERVED;
	if (m->doubt)
		return VERDICT_CLOCK_DOUBT;
	settle(m, v->id, ALERT_EARLY_EXIT);
	become(m, v, VISIT_COMPLETED, STAGE_NONE);
	return VERDICT_ACCEPTED;
}

static enum verdict do_returned(struct naive *m, struct naive_visit *v)
{
	if (v->state != VISIT_LEFT_EARLY && !alarm_open(m, ALERT_EARLY_EXIT, v->id))
		return VERDICT_NOT_LEFT;
	settle(m, v->id, ALERT_EARLY_EXIT);
	become(m, v, v->state == VISIT_LEFT_EARLY ? VISIT_OBSERVING : v->state, STAGE_OBSERVATION);
	return VERDICT_ACCEPTED;
}

/* arrive, release, extend, walked_out, returned */
static enum verdict do_observed(struct naive *m, struct naive_visit *v, const struct command *c, enum action a,
				ms_t acted)
{
	enum verdict r = after_injection(v);

	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_RELEASE)
		return do_release(m, v, c->reason, acted);
	if (a == ACTION_RETURNED)
		return do_returned(m, v);
	if (a == ACTION_ARRIVE) {
		if (v->state == VISIT_OBSERVING)
			return VERDICT_ALREADY_HERE;
		if (v->state == VISIT_LEFT_EARLY)
			return do_returned(m, v);
		become(m, v, VISIT_OBSERVING, STAGE_OBSERVATION);
		return VERDICT_ACCEPTED;
	}
	if (v->state == VISIT_LEFT_EARLY || (a == ACTION_EXTEND && v->state == VISIT_INJECTED))
		return VERDICT_NOT_OBSERVING;
	if (a == ACTION_WALKED_OUT) {
		settle(m, v->id, ALERT_EARLY_EXIT);
		become(m, v, VISIT_LEFT_EARLY, STAGE_NONE);
		return VERDICT_ACCEPTED;
	}
	if (!c->minutes || !c->reason)
		return VERDICT_FIELD_MISSING;
	v->due_at += c->minutes * MS_MINUTE;
	v->extended = true;
	v->changes++;
	settle(m, v->id, ALERT_OVERSTAY);
	return VERDICT_ACCEPTED;
}

static enum verdict do_clinical(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted)
{
	if (v->state != VISIT_UNWELL)
		return VERDICT_NOT_UNWELL;
	if (c->action == ACTION_ASSESS) {
		v->changes++;
	} else if (c->action == ACTION_TRANSFER) {
		become(m, v, VISIT_TRANSFERRED, STAGE_NONE);
	} else if (v->injected_at) {
		if (c->minutes)
			v->due_at = acted + c->minutes * MS_MINUTE;
		become(m, v, VISIT_OBSERVING, STAGE_OBSERVATION);
	} else if (ended(v->came_from)) {
		become(m, v, v->came_from, STAGE_NONE);
	} else {
		become(m, v, VISIT_QUEUED, v->stage);
	}
	return VERDICT_ACCEPTED;
}

static enum verdict do_unwell(struct naive *m, struct naive_visit *v, const struct command *c, ms_t now)
{
	if (v && v->state != VISIT_UNWELL) {
		v->came_from = v->state;
		settle(m, v->id, ALERT_EARLY_EXIT);
		become(m, v, VISIT_UNWELL, v->stage);
	}
	cry(m, ALERT_UNWELL, v ? v->id : 0, c, now);
	return VERDICT_ACCEPTED;
}

static enum verdict do_act(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted)
{
	switch (c->action) {
	case ACTION_START:
		return do_start(m, v, c, desk);
	case ACTION_FINISH:
	case ACTION_DEFER:
	case ACTION_DECLINE:
	case ACTION_RETURN_TO:
	case ACTION_INJECT:
		return do_served(m, v, c, desk, acted);
	case ACTION_PARK:
	case ACTION_RESUME:
	case ACTION_NO_SHOW:
	case ACTION_LEAVE:
		return do_waiting(m, v, c->action, desk, acted);
	case ACTION_ARRIVE:
	case ACTION_RELEASE:
	case ACTION_EXTEND:
	case ACTION_WALKED_OUT:
	case ACTION_RETURNED:
		return do_observed(m, v, c, c->action, acted);
	case ACTION_ASSESS:
	case ACTION_CLEAR:
	case ACTION_TRANSFER:
		return do_clinical(m, v, c, acted);
	default:
		return VERDICT_NOT_AVAILABLE;
	}
}

/* ---- scans ---- */

static enum verdict do_exit(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now)
{
	enum verdict r = after_injection(v);

	if (v->state == VISIT_DEFERRED || v->state == VISIT_DECLINED)
		return VERDICT_FREE_TO_GO;
	if (r != VERDICT_ACCEPTED)
		return r;
	if (v->state == VISIT_LEFT_EARLY) {
		do_returned(m, v);
		m->marked = true;
	}
	if (acted < v->due_at) {
		cry(m, ALERT_EARLY_EXIT, v->id, c, now);
		return VERDICT_NOT_DUE;
	}
	return do_release(m, v, NULL, acted);
}

static enum verdict scan_means(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now)
{
	const struct naive_device *by = device_find(m, c->device);

	if (by->kind == DEVICE_EXIT)
		return do_exit(m, v, c, acted, now);
	if (c->desk && strcmp(c->desk, "observation") == 0)
		return do_observed(m, v, c, ACTION_ARRIVE, acted);
	if (c->desk && strcmp(c->desk, "treatment") == 0)
		return VERDICT_REACTION_FORM;
	if (c->desk && by->kind == DEVICE_HANDHELD)
		return do_start(m, v, c, desk_find(m, c->desk));
	return ended(v->state) ? VERDICT_TICKET_ENDED : VERDICT_WHERE_TO_GO;
}

static enum verdict do_scan(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now)
{
	char place[40];
	bool elsewhere;
	enum verdict r;

	if (c->desk)
		snprintf(place, sizeof(place), "%s", c->desk);
	else
		snprintf(place, sizeof(place), "device %u", c->device);
	elsewhere = v->scan_place[0] && strcmp(v->scan_place, place) != 0 && v->scan_changes == v->changes &&
		    now - v->scan_at <= 10 * MS_SECOND;
	r = scan_means(m, v, c, acted, now);
	if (elsewhere || r == VERDICT_TICKET_ENDED)
		cry(m, ALERT_TICKET_REUSED, v->id, c, now);
	if (verdict_status(r) == 200) {
		snprintf(v->scan_place, sizeof(v->scan_place), "%s", place);
		v->scan_at = now;
		v->scan_changes = v->changes;
	}
	return r;
}

/* ---- the rest ---- */

static enum verdict do_check_in(struct naive *m, const struct command *c, ms_t acted)
{
	struct naive_visit *v = &m->visits[m->n_visits];

	if (m->closed)
		return VERDICT_DAY_CLOSED;
	if (!c->person)
		return VERDICT_FIELD_MISSING;
	memset(v, 0, sizeof(*v));
	m->n_visits++;
	v->id = ++m->last_visit;
	v->ticket = ++m->last_ticket;
	v->state = VISIT_QUEUED;
	v->stage = STAGE_REGISTRATION;
	v->desk = -1;
	v->key = acted;
	v->changes = 1;
	m->about = v->id;
	return VERDICT_ACCEPTED;
}

static enum verdict do_desk(struct naive *m, const struct command *c, ms_t now)
{
	int desk = desk_find(m, c->desk);
	struct naive_visit *called, *head;

	if (desk < 0)
		return VERDICT_DESK_UNKNOWN;
	if (m->closed)
		return VERDICT_DAY_CLOSED;
	called = naive_at_desk(m, desk, VISIT_CALLED);
	head = naive_waiting(m, m->desks[desk].stage, 0);
	if (c->kind == COMMAND_DESK_RECALL)
		return called ? VERDICT_ACCEPTED : VERDICT_NOBODY_CALLED;
	if (c->kind == COMMAND_DESK_OPEN && m->desks[desk].open)
		return VERDICT_DESK_OPEN;
	if (c->kind != COMMAND_DESK_OPEN && !m->desks[desk].open)
		return VERDICT_DESK_CLOSED;
	if (c->kind == COMMAND_DESK_CALL) {
		if (called || naive_at_desk(m, desk, VISIT_SERVING))
			return VERDICT_DESK_BUSY;
		if (!head)
			return VERDICT_NOBODY_WAITING;
		become(m, head, VISIT_CALLED, head->stage);
		head->desk = desk;
		head->called_at = now;
		m->about = head->id;
		return VERDICT_ACCEPTED;
	}
	if (called)
		become(m, called, VISIT_QUEUED, called->stage);
	m->desks[desk].open = c->kind == COMMAND_DESK_OPEN;
	return VERDICT_ACCEPTED;
}

/* The alarm is named by its place among the day's alarms, in `subject`, from 1. */
static enum verdict do_alarm(struct naive *m, const struct command *c)
{
	struct naive_alarm *a;
	bool is_unwell = false;

	if (!c->subject || (int)c->subject > m->n_alarms)
		return VERDICT_ALERT_UNKNOWN;
	a = &m->alarms[c->subject - 1];
	if (a->state == ALERT_SETTLED)
		return VERDICT_ALERT_SETTLED;
	if (c->kind == COMMAND_ALERT_ACKNOWLEDGE) {
		a->state = ALERT_ACKNOWLEDGED;
		return VERDICT_ACCEPTED;
	}
	if (!c->outcome)
		return VERDICT_FIELD_MISSING;
	for (int i = 0; i < m->n_visits; i++)
		is_unwell |= m->visits[i].id == a->visit && m->visits[i].state == VISIT_UNWELL;
	if (a->kind == ALERT_UNWELL && is_unwell)
		return VERDICT_UNWELL;
	a->state = ALERT_SETTLED;
	return VERDICT_ACCEPTED;
}

/* ---- the day ---- */

static bool day_clear(const struct naive *m)
{
	for (int i = 0; i < m->n_visits; i++) {
		if (in_the_way(m->visits[i].state))
			return false;
	}
	for (int i = 0; i < m->n_alarms; i++) {
		if (m->alarms[i].kind == ALERT_UNWELL && !m->alarms[i].visit && m->alarms[i].state != ALERT_SETTLED)
			return false;
	}
	return true;
}

static enum verdict do_day_close(struct naive *m)
{
	if (m->closed)
		return VERDICT_DAY_CLOSED;
	if (!day_clear(m))
		return VERDICT_DAY_NOT_CLEAR;
	for (int i = 0; i < m->n_visits; i++) {
		if (waits(m->visits[i].state))
			become(m, &m->visits[i], VISIT_LEFT, STAGE_NONE);
	}
	for (int i = 0; i < m->n_alarms; i++)
		m->alarms[i].state = ALERT_SETTLED;
	m->closed = true;
	return VERDICT_ACCEPTED;
}

static void day_turn(struct naive *m, const char *date)
{
	int kept = 0;

	for (int i = 0; i < m->n_visits; i++) {
		if (waits(m->visits[i].state))
			return;
	}
	if (m->day && (strcmp(date, m->date) <= 0 || !day_clear(m)))
		return;
	snprintf(m->date, sizeof(m->date), "%s", date);
	m->day++;
	m->closed = false;
	m->n_visits = 0;
	m->n_alarms = 0;
	for (int i = 0; i < m->n_desks; i++)
		m->desks[i].open = true;
	for (int i = 0; i < m->n_receipts; i++) {
		if (m->receipts[i].day + 1 >= m->day)
			m->receipts[kept++] = m->receipts[i];
	}
	m->n_receipts = kept;
}

/* ---- all ---- */

static enum verdict judge(struct naive *m, const struct command *c, ms_t acted, ms_t now)
{
	struct naive_visit *v = c->ticket ? visit_find(m, c->ticket) : NULL;

	if (c->kind == COMMAND_CHECK_IN)
		return do_check_in(m, c, acted);
	if (c->kind >= COMMAND_DESK_OPEN && c->kind <= COMMAND_DESK_RECALL)
		return do_desk(m, c, now);
	if (c->kind == COMMAND_ALERT_ACKNOWLEDGE || c->kind == COMMAND_ALERT_SETTLE)
		return do_alarm(m, c);
	if (c->kind == COMMAND_DAY_CLOSE)
		return do_day_close(m);
	m->about = v ? v->id : 0;
	if (c->kind == COMMAND_UNWELL || c->action == ACTION_UNWELL)
		return do_unwell(m, v, c, now);
	if (!v)
		return c->ticket && c->ticket <= m->last_ticket ? VERDICT_DAY_CLOSED : VERDICT_TICKET_UNKNOWN;
	if (m->closed && (ended(v->state) || v->state == VISIT_LEFT_EARLY))
		return VERDICT_DAY_CLOSED;
	if (c->kind == COMMAND_SCAN)
		return do_scan(m, v, c, acted, now);
	return do_act(m, v, c, desk_find(m, c->desk), acted);
}

static void keep_receipt(struct naive *m, const struct command *c, enum verdict verdict)
{
	struct naive_receipt *r = &m->receipts[m->n_receipts++];

	memset(r, 0, sizeof(*r));
	snprintf(r->id, sizeof(r->id), "%s", c->id);
	r->device = c->device;
	r->body = c->body;
	r->verdict = verdict;
	r->day = m->day;
	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].id == m->about) {
			r->visit = m->visits[i];
			r->flags = naive_flags(m, &m->visits[i]);
		}
	}
}

enum verdict naive_submit(struct naive *m, const struct command *c, ms_t now)
{
	const struct naive_receipt *r;
	struct naive_device *by = device_find(m, c->device);
	enum verdict verdict;
	ms_t acted = now;

	naive_advance(m, now);
	if (c->kind >= COMMAND_DEVICE_INVITE) {
		m->doubt = c->kind == COMMAND_CONDITION_RAISE;
		return VERDICT_ACCEPTED;
	}
	r = naive_receipt(m, c->id);
	if (r)
		return r->device != c->device ? VERDICT_ID_TAKEN : r->body != c->body ? VERDICT_ID_REUSED : r->verdict;
	day_turn(m, c->date);
	if (c->device_at)
		acted = now - (c->device_sent_at - c->device_at);
	if (by && acted < by->last_act)
		acted = by->last_act;
	m->marked = false;
	m->about = 0;
	verdict = judge(m, c, acted, now);
	if (verdict_status(verdict) != 200 && !m->marked)
		return verdict;
	keep_receipt(m, c, verdict);
	if (by)
		by->last_act = acted;
	return verdict;
}
