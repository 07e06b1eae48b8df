/*
 * The naive model: each command is a handful of ifs on arrays.
 *
 *   submit: time first; then the receipts; then the day; then who may; then the judgement, which is also the deed
 */
#include "naive.h"

#include <stdio.h>
#include <string.h>

/* ---- searching ---- */

bool naive_ended(enum visit_state s)
{
	return s == VISIT_COMPLETED || s == VISIT_DEFERRED || s == VISIT_DECLINED || s == VISIT_LEFT ||
	       s == VISIT_TRANSFERRED || s == VISIT_NO_SHOW;
}

bool naive_waits(enum visit_state s)
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

struct naive_device *naive_device(struct naive *m, uint32_t id)
{
	for (int i = 0; i < m->n_devices; i++) {
		if (m->devices[i].id == id)
			return &m->devices[i];
	}
	return NULL;
}

int naive_desk(const struct naive *m, const char *id)
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

const struct naive_receipt *naive_receipt(const struct naive *m, const char *id)
{
	for (int i = 0; i < m->n_receipts; i++) {
		if (strcmp(m->receipts[i].id, id) == 0)
			return &m->receipts[i];
	}
	return NULL;
}

/* ---- a visit changes ---- */

void naive_become(struct naive *m, struct naive_visit *v, enum visit_state state, enum stage stage)
{
	bool left_call = v->state == VISIT_CALLED && state != VISIT_CALLED;
	/* Nobody has seen the one whose early exit was never settled: what was asked about them stays asked. */
	bool lapsed = state == VISIT_LEFT_EARLY && naive_alarm(m, ALERT_EARLY_EXIT, v->id);
	enum stage from = v->stage;

	v->changes++;
	v->state = state;
	v->stage = stage;
	v->undo.can = false;
	if (state != VISIT_CALLED && state != VISIT_SERVING)
		v->desk = -1;
	v->admitted = state == VISIT_CALLED || state == VISIT_SERVING;
	if (stage != STAGE_NONE && stage != STAGE_OBSERVATION)
		v->reached = stage;
	if (v->party[0] && from != STAGE_NONE)
		naive_party_goes_on(m, v, from);
	naive_settle(m, v->id, ALERT_MISSING);
	if (left_call)
		naive_settle(m, v->id, ALERT_CALL_EXPIRED);
	if (state != VISIT_UNWELL)
		naive_settle(m, v->id, ALERT_UNWELL);
	if (state != VISIT_INJECTED && !lapsed)
		naive_settle(m, v->id, ALERT_NEVER_ARRIVED);
	if (state != VISIT_INJECTED && state != VISIT_OBSERVING)
		naive_settle(m, v->id, ALERT_OVERSTAY);
}

void naive_place(struct naive *m, struct naive_visit *v, int desk, ms_t now)
{
	for (int i = 0; i < m->n_parties; i++) {
		if (strcmp(m->parties[i].id, v->party) == 0)
			m->parties[i].desk[v->stage] = desk;
	}
	if (v->state == VISIT_QUEUED)
		m->waits[m->n_waits++] = (struct naive_wait){v->stage, now, now - v->entered_at};
	v->desk = desk;
}

static int credit(enum visit_class class)
{
	switch (class) {
	case CLASS_CALLED_BACK:
		return 30;
	case CLASS_ASSISTED:
		return 20;
	case CLASS_ELDERLY:
		return 15;
	case CLASS_APPOINTMENT:
		return 10;
	default:
		return 0;
	}
}

void naive_queue(struct naive_visit *v, ms_t since)
{
	v->entered_at = since;
	v->key = since - credit(v->class) * MS_MINUTE;
}

void naive_remember(struct naive *m, struct naive_visit *v, const struct naive_visit *before, enum action a, ms_t now)
{
	v->undo = (struct naive_before){.can = true,
					.act = m->acts,
					.action = a,
					.at = now,
					.entered_at = before->entered_at,
					.key = before->key,
					.state = before->state,
					.stage = before->stage,
					.desk = before->desk,
					.long_minutes = before->long_minutes,
					.admitted = before->admitted};
}

/* ---- desks, alarms ---- */

static enum verdict do_call(struct naive *m, int desk, ms_t now)
{
	struct naive_visit *group[NAIVE_GROUP];
	enum pause why;
	int n;

	if (naive_at_desk(m, desk, VISIT_CALLED) || naive_at_desk(m, desk, VISIT_SERVING))
		return VERDICT_DESK_BUSY;
	n = naive_next(m, m->desks[desk].stage, desk, now, group, &why);
	if (n == 0)
		return why == PAUSE_HOLD ? VERDICT_HOLD : why ? VERDICT_PAUSED : VERDICT_NOBODY_WAITING;
	for (int i = 0; i < n; i++) {
		struct naive_visit before = *group[i];

		naive_place(m, group[i], desk, now);
		naive_become(m, group[i], VISIT_CALLED, group[i]->stage);
		naive_remember(m, group[i], &before, ACTION_CALL, now);
		group[i]->called_at = now;
		m->group[i] = group[i]->id;
	}
	m->n_group = n;
	m->about = group[0]->id;
	return VERDICT_ACCEPTED;
}

static enum verdict do_desk(struct naive *m, const struct command *c, ms_t now)
{
	int desk = naive_desk(m, c->desk);
	struct naive_visit *called;

	if (desk < 0)
		return VERDICT_DESK_UNKNOWN;
	if (m->closed)
		return VERDICT_DAY_CLOSED;
	called = naive_at_desk(m, desk, VISIT_CALLED);
	if (c->kind == COMMAND_DESK_RECALL)
		return called ? VERDICT_ACCEPTED : VERDICT_NOBODY_CALLED;
	if (c->kind == COMMAND_DESK_OPEN && m->desks[desk].open)
		return VERDICT_DESK_OPEN;
	if (c->kind != COMMAND_DESK_OPEN && !m->desks[desk].open)
		return VERDICT_DESK_CLOSED;
	if (c->kind == COMMAND_DESK_CALL)
		return do_call(m, desk, now);
	for (; called; called = naive_at_desk(m, desk, VISIT_CALLED)) {
		naive_become(m, called, VISIT_QUEUED, called->stage);
		called->admitted = true; /* it has not left the room */
	}
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
		if (naive_waits(m->visits[i].state))
			naive_become(m, &m->visits[i], VISIT_LEFT, STAGE_NONE);
		if (m->visits[i].state == VISIT_EXPECTED)
			naive_become(m, &m->visits[i], VISIT_NO_SHOW, STAGE_NONE);
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
		if (naive_waits(m->visits[i].state))
			return;
	}
	if (m->day && (strcmp(date, m->date) <= 0 || !day_clear(m)))
		return;
	snprintf(m->date, sizeof(m->date), "%s", date);
	m->day++;
	m->closed = false;
	m->n_visits = m->n_alarms = m->n_parties = m->n_waits = 0;
	m->numbers[0] = m->numbers[1] = 0;
	m->not_today = m->known = 0;
	m->hold = m->roll_call = false;
	m->full_since = 0;
	for (int i = 0; i < m->n_desks; i++)
		m->desks[i].open = true;
	naive_door_opens(m);
	naive_staff_day_turns(m);
	for (int i = 0; i < m->n_receipts; i++) {
		if (m->receipts[i].day + 1 >= m->day)
			m->receipts[kept++] = m->receipts[i];
	}
	m->n_receipts = kept;
}

/* ---- all ---- */

/* Whose ticket this was before it was replaced. */
static struct naive_visit *dead_find(struct naive *m, uint64_t ticket)
{
	for (int i = 0; i < m->n_visits; i++) {
		for (int k = 0; k < m->visits[i].n_dead; k++) {
			if (m->visits[i].dead_tickets[k] == ticket)
				return &m->visits[i];
		}
	}
	return NULL;
}

static enum verdict judge_visit(struct naive *m, const struct command *c, ms_t acted, ms_t now)
{
	struct naive_visit *v = c->ticket ? visit_find(m, c->ticket) : NULL;
	struct naive_visit *dead = !v && c->ticket ? dead_find(m, c->ticket) : NULL;

	m->about = v ? v->id : dead ? dead->id : 0;
	if (c->kind == COMMAND_UNWELL || c->action == ACTION_UNWELL)
		return naive_unwell(m, v ? v : dead, c, now);
	if (dead && c->kind == COMMAND_SCAN)
		naive_cry(m, ALERT_TICKET_REUSED, dead->id, c, now);
	if (dead)
		return VERDICT_TICKET_ENDED;
	if (!v)
		return c->ticket && c->ticket <= m->last_ticket ? VERDICT_DAY_CLOSED : VERDICT_TICKET_UNKNOWN;
	if (m->closed && (naive_ended(v->state) || v->state == VISIT_LEFT_EARLY))
		return VERDICT_DAY_CLOSED;
	if (c->kind == COMMAND_SCAN)
		return naive_scan(m, v, c, acted, now);
	return naive_act(m, v, c, naive_desk(m, c->desk), acted, now);
}

static enum verdict judge(struct naive *m, const struct command *c, ms_t acted, ms_t now)
{
	if (c->kind == COMMAND_CHECK_IN || (c->kind == COMMAND_SCAN && c->appointment))
		return naive_check_in(m, c, acted);
	if (c->kind >= COMMAND_DESK_OPEN && c->kind <= COMMAND_DESK_RECALL)
		return do_desk(m, c, now);
	if (c->kind == COMMAND_ALERT_ACKNOWLEDGE || c->kind == COMMAND_ALERT_SETTLE)
		return do_alarm(m, c);
	if (c->kind == COMMAND_DAY_CLOSE)
		return do_day_close(m);
	if (c->kind >= COMMAND_SITE_HOLD && c->kind <= COMMAND_ROLL_CALL_END)
		return naive_site(m, c, now);
	if (c->kind == COMMAND_ROSTER_LOADED)
		return naive_loaded(m, c);
	return judge_visit(m, c, acted, now);
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
	r->of_site = c->kind >= COMMAND_SITE_HOLD && c->kind <= COMMAND_ROLL_CALL_END;
	r->hold = m->hold;
	r->roll_call = m->roll_call;
	r->n_group = m->n_group;
	memcpy(r->group, m->group, sizeof(r->group));
	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].id == m->about) {
			r->visit = m->visits[i];
			r->flags = naive_flags(m, &m->visits[i]);
		}
	}
}

static enum verdict silence(struct naive *m, const struct command *c)
{
	struct naive_alarm *a = NULL;
	bool known = false;

	for (int i = 0; i < m->n_alarms; i++) {
		struct naive_alarm *b = &m->alarms[i];

		if (b->kind != ALERT_DEVICE_SILENT || b->device != c->subject)
			continue;
		known |= b->due == c->due;
		if (b->state != ALERT_SETTLED)
			a = b;
	}
	if (a && c->kind == COMMAND_DEVICE_HEARD)
		a->state = ALERT_SETTLED;
	if (a || known || c->kind == COMMAND_DEVICE_HEARD || !m->day || m->closed)
		return VERDICT_ACCEPTED;
	a = naive_alarm_new(m, ALERT_DEVICE_SILENT, 0, c->due);
	a->device = c->subject;
	a->due = c->due;
	return VERDICT_ACCEPTED;
}

/* What has no id: the shell's word, and the rows of a roster. */
static enum verdict without_id(struct naive *m, const struct command *c, ms_t now)
{
	m->session = NULL;
	m->who = NULL;
	switch (c->kind) {
	case COMMAND_ROSTER_ROW:
		day_turn(m, c->date);
		return naive_row(m, c);
	case COMMAND_DEVICE_SILENT:
	case COMMAND_DEVICE_HEARD:
		return silence(m, c);
	case COMMAND_STAFF_LIST:
	case COMMAND_STAFF_REMOVE:
	case COMMAND_SIGN_ON:
	case COMMAND_SIGN_OFF:
		return naive_staff(m, c, now);
	default:
		m->doubt = c->kind == COMMAND_CONDITION_RAISE;
		return VERDICT_ACCEPTED;
	}
}

enum verdict naive_submit(struct naive *m, const struct command *c, ms_t now)
{
	const struct naive_receipt *r;
	struct naive_device *by = naive_device(m, c->device);
	enum verdict verdict;
	ms_t acted = now;

	naive_advance(m, now);
	m->acts++;
	if (c->kind >= COMMAND_DEVICE_INVITE) {
		verdict = without_id(m, c, now);
		naive_follow(m, now);
		return verdict;
	}
	r = naive_receipt(m, c->id);
	if (r)
		return r->device != c->device ? VERDICT_ID_TAKEN : r->body != c->body ? VERDICT_ID_REUSED : r->verdict;
	day_turn(m, c->date);
	if (c->device_at)
		acted = now - (c->device_sent_at - c->device_at);
	if (by && acted < by->last_act)
		acted = by->last_act;
	m->acted = acted;
	m->marked = false;
	m->about = 0;
	m->n_group = 0;
	naive_find_who(m, c, acted);
	verdict = naive_duty(m, c);
	if (verdict == VERDICT_ACCEPTED)
		verdict = judge(m, c, acted, now);
	if (verdict_status(verdict) != 200 && !m->marked)
		return verdict;
	keep_receipt(m, c, verdict);
	naive_follow(m, now);
	naive_touched(m, acted);
	if (by)
		by->last_act = acted;
	return verdict;
}
