/*
 * The naive model's hall: who is in which room, who has a seat, who may be called, who has waited for long. Everything
 * is counted anew each time it is asked for.
 */
#include <stdio.h>
#include <string.h>

#include "naive.h"

int naive_heads(const struct naive_visit *v)
{
	return 1 + v->companions;
}

static bool at_desk(const struct naive_visit *v)
{
	return v->state == VISIT_CALLED || v->state == VISIT_SERVING;
}

static bool on_the_way(const struct naive_visit *v)
{
	return v->state == VISIT_QUEUED || at_desk(v);
}

/* ---- rooms and seats ---- */

bool naive_in_room(const struct naive *m, const struct naive_visit *v)
{
	return at_desk(v) || (v->state == VISIT_QUEUED && (v->admitted || !m->room[v->stage]));
}

bool naive_room_takes(const struct naive *m, enum stage stage, int heads)
{
	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].stage == stage && naive_in_room(m, &m->visits[i]))
			heads += naive_heads(&m->visits[i]);
	}
	return !m->room[stage] || heads <= m->room[stage];
}

bool naive_fits_anywhere(const struct naive *m, int heads)
{
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (m->room[st] && heads > m->room[st])
			return false;
	}
	return heads <= m->seats;
}

bool naive_needs_seat(const struct naive_visit *v, ms_t now)
{
	return (at_desk(v) && v->stage == STAGE_INJECTION) || v->state == VISIT_INJECTED ||
	       v->state == VISIT_OBSERVING || (v->state == VISIT_UNWELL && v->injected_at) ||
	       (v->state == VISIT_LEFT_EARLY && now < v->due_at);
}

int naive_committed(const struct naive *m, ms_t now)
{
	int n = 0;

	for (int i = 0; i < m->n_visits; i++)
		n += naive_needs_seat(&m->visits[i], now) ? naive_heads(&m->visits[i]) : 0;
	return n;
}

/* ---- parties ---- */

static bool same_party(const struct naive_visit *v, const struct naive_visit *w)
{
	return v->party[0] && strcmp(v->party, w->party) == 0;
}

bool naive_small(const struct naive *m, const struct naive_visit *v)
{
	int n = 0;

	for (int i = 0; i < m->n_visits; i++)
		n += same_party(v, &m->visits[i]);
	return n <= m->party_max;
}

/* A small party is together at this stage, or further: nobody of it is still before. */
static bool complete(const struct naive *m, const struct naive_visit *v)
{
	for (int i = 0; naive_small(m, v) && i < m->n_visits; i++) {
		const struct naive_visit *w = &m->visits[i];

		if (same_party(v, w) && on_the_way(w) && w->stage < v->stage)
			return false;
	}
	return true;
}

int naive_party_desk(const struct naive *m, const struct naive_visit *v)
{
	for (int i = 0; i < m->n_parties; i++) {
		int desk = m->parties[i].desk[v->stage];

		if (v->party[0] && strcmp(m->parties[i].id, v->party) == 0)
			return desk >= 0 && m->desks[desk].open ? desk : -1;
	}
	return -1;
}

void naive_party_goes_on(struct naive *m, const struct naive_visit *v, enum stage from)
{
	for (int i = 0; i < m->n_visits; i++) {
		if (same_party(v, &m->visits[i]) && on_the_way(&m->visits[i]) && m->visits[i].stage <= from)
			return;
	}
	for (int i = 0; i < m->n_parties; i++) {
		if (strcmp(m->parties[i].id, v->party) == 0)
			m->parties[i].desk[from] = -1;
	}
}

void naive_party_unbound(struct naive *m, const struct naive_visit *v)
{
	for (int i = 0; i < m->n_visits; i++) {
		const struct naive_visit *w = &m->visits[i];

		if (same_party(v, w) &&
		    ((w != v && at_desk(w) && w->stage == v->stage) || w->reached > v->stage || w->injected_at))
			return;
	}
	for (int i = 0; v->state == VISIT_QUEUED && i < m->n_parties; i++) {
		if (strcmp(m->parties[i].id, v->party) == 0)
			m->parties[i].desk[v->stage] = -1;
	}
}

/* ---- who is next ---- */

static int group_seated(const struct naive *m, struct naive_visit **group, int n, ms_t now)
{
	int taken = naive_committed(m, now), heads = 0, fit = 0;

	for (int i = 0; i < n; i++) {
		heads += naive_heads(group[i]);
		if (taken + heads <= m->seats)
			fit = i + 1;
	}
	/* Together, but for those whom no seats would hold, and a class that comes some at a time anyway. */
	return fit == n || heads > m->seats || (n && !naive_small(m, group[0])) ? fit : 0;
}

int naive_next(struct naive *m, enum stage stage, int desk, ms_t now, struct naive_visit *out[NAIVE_GROUP],
	       enum pause *why)
{
	struct naive_visit *v, *first = NULL;
	bool in_hall = false;
	int n = 0;

	*why = m->hold ? PAUSE_HOLD : PAUSE_NONE;
	for (int i = 0; !m->hold && !first && (v = naive_waiting(m, stage, i)); i++) {
		int theirs = naive_party_desk(m, v);

		in_hall |= !naive_in_room(m, v) && complete(m, v);
		if (naive_in_room(m, v) && (theirs < 0 || desk < 0 || theirs == desk) && complete(m, v))
			first = v;
	}
	if (!first) {
		*why = in_hall ? PAUSE_ROOM : *why;
		return 0;
	}
	for (int i = 0; (v = naive_waiting(m, stage, i)); i++) {
		if (v == first || (same_party(first, v) && naive_in_room(m, v) && n < m->party_max))
			out[n++] = v;
	}
	if (stage == STAGE_INJECTION)
		n = group_seated(m, out, n, now);
	if (n == 0)
		*why = PAUSE_SEATS;
	return n;
}

enum verdict naive_may_start(const struct naive *m, const struct naive_visit *v, ms_t now)
{
	if (m->hold)
		return VERDICT_HOLD;
	if (v->state != VISIT_QUEUED)
		return VERDICT_ACCEPTED;
	if (!naive_in_room(m, v) && !naive_room_takes(m, v->stage, naive_heads(v)))
		return VERDICT_ROOM_FULL;
	if (v->stage == STAGE_INJECTION && naive_committed(m, now) + naive_heads(v) > m->seats)
		return VERDICT_SEATS_FULL;
	return VERDICT_ACCEPTED;
}

/* ---- waits ---- */

/* By nearest rank, the median is over the limit when more than half of all are. Nobody waits: it is not. */
static bool median_over(const struct naive *m, enum stage stage, ms_t now, ms_t limit)
{
	int n = 0, over = 0;
	bool anybody = false;

	for (int i = 0; i < m->n_visits; i++) {
		const struct naive_visit *v = &m->visits[i];

		if (v->state != VISIT_QUEUED || v->stage != stage)
			continue;
		anybody = true;
		n++;
		over += now - v->entered_at >= limit;
	}
	for (int i = 0; i < m->n_waits; i++) {
		if (m->waits[i].stage != stage || m->waits[i].at <= now - MS_HOUR)
			continue;
		n++;
		over += m->waits[i].waited >= limit;
	}
	return anybody && over >= n / 2 + 1;
}

/* Long at 30 minutes, and then not any more at 25 or less. */
static bool changes_at(const struct naive *m, enum stage stage, ms_t at, bool open)
{
	return open ? !median_over(m, stage, at, 25 * MS_MINUTE + 1) : median_over(m, stage, at, 30 * MS_MINUTE);
}

ms_t naive_long_at(const struct naive *m, enum stage stage)
{
	ms_t first = MS_NEVER;
	bool open = false, anybody = false;

	for (int i = 0; i < m->n_alarms; i++)
		open |= m->alarms[i].kind == ALERT_WAIT_LONG && m->alarms[i].stage == stage &&
			m->alarms[i].state != ALERT_SETTLED;
	for (int i = 0; i < m->n_visits; i++)
		anybody |= m->visits[i].state == VISIT_QUEUED && m->visits[i].stage == stage;
	if (!anybody)
		return MS_NEVER;
	if (changes_at(m, stage, m->clock, open))
		return m->clock;
	for (int i = 0; !open && i < m->n_visits; i++) {
		const struct naive_visit *v = &m->visits[i];
		ms_t at = v->entered_at + 30 * MS_MINUTE;

		if (v->state == VISIT_QUEUED && v->stage == stage && at > m->clock && at < first &&
		    changes_at(m, stage, at, open))
			first = at;
	}
	for (int i = 0; i < m->n_waits; i++) {
		ms_t at = m->waits[i].at + MS_HOUR;

		if (m->waits[i].stage == stage && at > m->clock && at < first && changes_at(m, stage, at, open))
			first = at;
	}
	return first;
}

/* ---- what follows ---- */

static void admit(struct naive *m, enum stage stage)
{
	struct naive_visit *v, *first;
	int heads;

	do {
		first = NULL;
		heads = 0;
		for (int i = 0; !first && (v = naive_waiting(m, stage, i)); i++) {
			if (!naive_in_room(m, v) && complete(m, v))
				first = v;
		}
		for (int i = 0; first && i < m->n_visits; i++) {
			v = &m->visits[i];
			if (v == first || (same_party(first, v) && naive_small(m, v) && v->state == VISIT_QUEUED &&
					   v->stage == stage && !naive_in_room(m, v)))
				heads += naive_heads(v);
		}
		if (!first || !naive_room_takes(m, stage, heads > m->room[stage] ? naive_heads(first) : heads))
			return;
		for (int i = 0; i < m->n_visits; i++) {
			v = &m->visits[i];
			if (v == first || (heads <= m->room[stage] && same_party(first, v) && naive_small(m, v) &&
					   v->state == VISIT_QUEUED && v->stage == stage && !naive_in_room(m, v))) {
				v->admitted = true;
				v->changes++;
			}
		}
	} while (first);
}

static void settle_at(struct naive *m, enum alert_kind kind, enum stage stage)
{
	for (int i = 0; i < m->n_alarms; i++) {
		if (m->alarms[i].kind == kind && m->alarms[i].stage == stage)
			m->alarms[i].state = ALERT_SETTLED;
	}
}

static void note_full(struct naive *m, ms_t now)
{
	struct naive_visit *group[NAIVE_GROUP];
	enum pause why;

	naive_next(m, STAGE_INJECTION, -1, now, group, &why);
	if (why != PAUSE_SEATS)
		m->full_since = 0;
	else if (!m->full_since)
		m->full_since = now;
}

void naive_follow(struct naive *m, ms_t now)
{
	if (!m->day || m->closed)
		return;
	note_full(m, now); /* a moment in which nobody is left in the room is one in which no seat stops a call */
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (!m->hold && m->room[st])
			admit(m, (enum stage)st);
		if (!median_over(m, (enum stage)st, now, 25 * MS_MINUTE + 1))
			settle_at(m, ALERT_WAIT_LONG, (enum stage)st);
	}
	note_full(m, now);
	if (!m->full_since)
		settle_at(m, ALERT_SEATS_FULL, STAGE_INJECTION);
}

/* ---- hold and roll call ---- */

static enum verdict roll_call_ends(struct naive *m, const struct command *c, ms_t now)
{
	if (!m->roll_call)
		return VERDICT_NO_ROLL_CALL;
	for (int i = 0; i < m->n_visits; i++) {
		if (m->visits[i].state == VISIT_OBSERVING && m->visits[i].seen_at < m->roll_call_at)
			naive_cry(m, ALERT_MISSING, m->visits[i].id, c, now);
	}
	m->roll_call = false;
	return VERDICT_ACCEPTED;
}

enum verdict naive_site(struct naive *m, const struct command *c, ms_t now)
{
	if (m->closed)
		return VERDICT_DAY_CLOSED;
	switch (c->kind) {
	case COMMAND_SITE_HOLD:
		if (m->hold)
			return VERDICT_HOLD;
		m->hold = true;
		return VERDICT_ACCEPTED;
	case COMMAND_SITE_RESUME:
		if (!m->hold)
			return VERDICT_NOT_HELD;
		m->hold = false;
		return VERDICT_ACCEPTED;
	case COMMAND_ROLL_CALL_START:
		if (m->roll_call)
			return VERDICT_ROLL_CALL_ON;
		m->roll_call = true;
		m->roll_call_at = now;
		return VERDICT_ACCEPTED;
	default:
		return roll_call_ends(m, c, now);
	}
}
