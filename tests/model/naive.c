/*
 * The naive model: each command is a handful of ifs on arrays.
 *
 *   submit: time first; then the receipts; then the day; then the judgement, which is also the deed
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

struct naive_alarm *naive_alarm(struct naive *m, enum alert_kind kind, uint32_t visit)
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

void naive_cry(struct naive *m, enum alert_kind kind, uint32_t visit, const struct command *c, ms_t now)
{
	const char *place = c->place ? c->place : c->desk ? c->desk : "";
	struct naive_alarm *a = visit ? naive_alarm(m, kind, visit) : NULL;

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

/* Seen before the exit was tried, or before the roll call. */
static bool of_later(const struct naive *m, const struct naive_alarm *a)
{
	return m->acted < a->cried_at &&
	       (a->kind == ALERT_EARLY_EXIT || (a->kind == ALERT_MISSING && m->acted < m->roll_call_at));
}

void naive_settle(struct naive *m, uint32_t visit, enum alert_kind kind)
{
	struct naive_alarm *a = naive_alarm(m, kind, visit);

	if (!a || (m->sighting && of_later(m, a)))
		return;
	a->state = ALERT_SETTLED;
	a->settled_in = m->acts;
}

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
	v->undo = (struct naive_undo){.can = true,
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

/* ---- time ---- */

/* Equal times in this order, then in that of the visits or alarms. */
enum {
	DUE_NEVER_ARRIVED,
	DUE_OVERSTAY,
	DUE_CALL_EXPIRED,
	DUE_MAY_LEAVE, /* the seat of an early leaver is free */
	DUE_OF_VISITS,
	DUE_ESCALATION = DUE_OF_VISITS,
	DUE_LAPSE,
	DUE_OF_ALARMS,
	DUE_WAIT_LONG = DUE_OF_ALARMS,
	DUE_SEATS_FULL,
};

/* What falls due first: on a visit or an alarm. */
struct due {
	ms_t at;
	int kind;
	struct naive_visit *visit;
	struct naive_alarm *alarm;
	enum stage stage;
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

	if (kind == DUE_NEVER_ARRIVED && v->state == VISIT_INJECTED)
		due = v->injected_at + 5 * MS_MINUTE;
	if (kind == DUE_OVERSTAY && (v->state == VISIT_INJECTED || v->state == VISIT_OBSERVING))
		due = v->due_at + 15 * MS_MINUTE;
	if (kind == DUE_CALL_EXPIRED && v->state == VISIT_CALLED)
		due = v->called_at + 3 * MS_MINUTE;
	if (kind == DUE_MAY_LEAVE)
		return v->state == VISIT_LEFT_EARLY && v->due_at > m->clock ? v->due_at : MS_NEVER;
	return due != MS_NEVER && raised_before(m, timed[kind], v->id, due) ? MS_NEVER : due;
}

static ms_t alarm_due(const struct naive *m, const struct naive_alarm *a, int kind)
{
	enum visit_state s = VISIT_NONE;

	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].id == a->visit)
			s = m->visits[i].state;
	}
	if (kind == DUE_ESCALATION && a->kind == ALERT_UNWELL && a->state == ALERT_OPEN && a->escalated < 2)
		return a->cried_at + (a->escalated + 1) * 30 * MS_SECOND;
	if (kind == DUE_LAPSE && a->kind == ALERT_EARLY_EXIT && a->state != ALERT_SETTLED &&
	    (s == VISIT_INJECTED || s == VISIT_OBSERVING))
		return a->raised_at + 3 * MS_MINUTE;
	return MS_NEVER;
}

static const struct naive_alarm *open_at(const struct naive *m, enum alert_kind kind, enum stage stage)
{
	for (int i = 0; i < m->n_alarms; i++) {
		if (m->alarms[i].kind == kind && m->alarms[i].stage == stage && m->alarms[i].state != ALERT_SETTLED)
			return &m->alarms[i];
	}
	return NULL;
}

static void first_of(struct due *first, ms_t at, int kind, struct naive_visit *v, struct naive_alarm *a, int stage)
{
	if (at < first->at)
		*first = (struct due){at, kind, v, a, (enum stage)stage};
}

/* Settled by hand, and the seats are still full. */
static bool raised_for(const struct naive *m, enum alert_kind kind, ms_t due)
{
	for (int i = 0; i < m->n_alarms; i++) {
		if (m->alarms[i].kind == kind && m->alarms[i].raised_at == due)
			return true;
	}
	return false;
}

static struct due first_due(struct naive *m)
{
	struct due first = {.at = MS_NEVER};

	if (m->closed && m->n_alarms == 0)
		return first;
	for (int k = 0; k < DUE_OF_VISITS; k++) {
		for (int i = 0; i < m->n_visits; i++)
			first_of(&first, visit_due(m, &m->visits[i], k), k, &m->visits[i], NULL, 0);
	}
	for (int k = DUE_OF_VISITS; k < DUE_OF_ALARMS; k++) {
		for (int i = 0; i < m->n_alarms; i++)
			first_of(&first, alarm_due(m, &m->alarms[i], k), k, NULL, &m->alarms[i], 0);
	}
	if (m->closed)
		return first;
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++)
		first_of(&first, naive_long_at(m, (enum stage)st), DUE_WAIT_LONG, NULL, NULL, st);
	if (m->full_since && !open_at(m, ALERT_SEATS_FULL, STAGE_INJECTION) &&
	    !raised_for(m, ALERT_SEATS_FULL, m->full_since + 2 * MS_MINUTE))
		first_of(&first, m->full_since + 2 * MS_MINUTE, DUE_SEATS_FULL, NULL, NULL, STAGE_INJECTION);
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
			naive_become(m, &m->visits[i], VISIT_LEFT_EARLY, STAGE_NONE);
	}
}

static void raise_at(struct naive *m, enum alert_kind kind, enum stage stage, ms_t at)
{
	if (!open_at(m, kind, stage)) /* else it is time to see that it is over */
		alarm_new(m, kind, 0, at)->stage = stage;
}

void naive_advance(struct naive *m, ms_t now)
{
	struct due d;

	while ((d = first_due(m)).at <= now) {
		if (d.at > m->clock)
			m->clock = d.at;
		if (d.kind < DUE_MAY_LEAVE)
			alarm_new(m, timed[d.kind], d.visit->id, d.at)->due = d.at;
		else if (d.kind == DUE_ESCALATION)
			d.alarm->escalated++;
		else if (d.kind == DUE_LAPSE)
			lapse(m, d.alarm->visit);
		else if (d.kind == DUE_WAIT_LONG)
			raise_at(m, ALERT_WAIT_LONG, d.stage, d.at);
		else if (d.kind == DUE_SEATS_FULL)
			raise_at(m, ALERT_SEATS_FULL, d.stage, d.at);
		naive_follow(m, m->clock);
	}
	if (now > m->clock)
		m->clock = now;
}

/* ---- the rest ---- */

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
	a = alarm_new(m, ALERT_DEVICE_SILENT, 0, c->due);
	a->device = c->subject;
	a->due = c->due;
	return VERDICT_ACCEPTED;
}

/* What has no id: the shell's word, and the rows of a roster. */
static enum verdict without_id(struct naive *m, const struct command *c)
{
	switch (c->kind) {
	case COMMAND_ROSTER_ROW:
		day_turn(m, c->date);
		return naive_row(m, c);
	case COMMAND_DEVICE_SILENT:
	case COMMAND_DEVICE_HEARD:
		return silence(m, c);
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
		verdict = without_id(m, c);
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
	verdict = judge(m, c, acted, now);
	if (verdict_status(verdict) != 200 && !m->marked)
		return verdict;
	keep_receipt(m, c, verdict);
	naive_follow(m, now);
	if (by)
		by->last_act = acted;
	return verdict;
}
