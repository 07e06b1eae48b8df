/*
 * The naive model's alarms and time: each look asks every visit, alarm and stage when it will do something next.
 */
#include <stdio.h>
#include <string.h>

#include "naive.h"

/* ---- alarms ---- */

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

struct naive_alarm *naive_alarm_new(struct naive *m, enum alert_kind kind, uint32_t visit, ms_t now)
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
	a = naive_alarm_new(m, kind, visit, now);
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
	DUE_SESSION,
};

/* What falls due first: on a visit or an alarm. */
struct due {
	ms_t at;
	int kind;
	struct naive_visit *visit;
	struct naive_alarm *alarm;
	enum stage stage;
	struct naive_session *session;
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
		*first = (struct due){at, kind, v, a, (enum stage)stage, NULL};
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

/* Of equal ones that of the first device. */
static struct due first_session(struct naive *m)
{
	struct due first = {.at = MS_NEVER, .kind = DUE_SESSION};

	for (int i = 0; i < m->n_sessions; i++) {
		struct naive_session *of = &m->sessions[i];
		ms_t at = naive_session_due(m, of);

		if (at < first.at || (first.session && at == first.at && of->device < first.session->device)) {
			first.at = at;
			first.session = of;
		}
	}
	return first;
}

static struct due first_of_day(struct naive *m)
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

static struct due first_due(struct naive *m)
{
	struct due of_day = first_of_day(m), session = first_session(m);

	return session.at < of_day.at ? session : of_day;
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
		naive_alarm_new(m, kind, 0, at)->stage = stage;
}

void naive_advance(struct naive *m, ms_t now)
{
	struct due d;

	while ((d = first_due(m)).at <= now) {
		if (d.at > m->clock)
			m->clock = d.at;
		if (d.kind < DUE_MAY_LEAVE)
			naive_alarm_new(m, timed[d.kind], d.visit->id, d.at)->due = d.at;
		else if (d.kind == DUE_ESCALATION)
			d.alarm->escalated++;
		else if (d.kind == DUE_LAPSE)
			lapse(m, d.alarm->visit);
		else if (d.kind == DUE_WAIT_LONG)
			raise_at(m, ALERT_WAIT_LONG, d.stage, d.at);
		else if (d.kind == DUE_SEATS_FULL)
			raise_at(m, ALERT_SEATS_FULL, d.stage, d.at);
		else if (d.kind == DUE_SESSION)
			naive_session_ends(m, d.session, m->clock);
		naive_follow(m, m->clock);
	}
	if (now > m->clock)
		m->clock = now;
}
