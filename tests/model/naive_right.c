/*
 * What sets a mistake right, in the naive model: moves, corrections, new tickets, and taking back the last act.
 */
#include <stdio.h>
#include <string.h>

#include "naive.h"

enum verdict naive_move(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted, ms_t now)
{
	if (v->state == VISIT_UNWELL)
		return VERDICT_UNWELL;
	if (v->injected_at && c->stage != STAGE_OBSERVATION)
		return VERDICT_WRONG_STAGE;
	if (!v->injected_at && c->stage == STAGE_OBSERVATION)
		return VERDICT_NOT_INJECTED;
	if (!v->injected_at && c->stage > v->reached)
		return VERDICT_WRONG_STAGE;
	if (c->stage == STAGE_NONE)
		return VERDICT_FIELD_MISSING;
	if (naive_desk_right(v, desk) != VERDICT_ACCEPTED)
		return VERDICT_DESK_WRONG;
	if (v->injected_at) {
		if (!naive_needs_seat(v, now) && naive_committed(m, now) + naive_heads(v) > m->seats)
			return VERDICT_SEATS_FULL;
		naive_settle(m, v->id, ALERT_EARLY_EXIT);
		naive_become(m, v, VISIT_OBSERVING, STAGE_OBSERVATION);
		naive_seen(m, v);
		return VERDICT_ACCEPTED;
	}
	v->class = CLASS_CALLED_BACK;
	naive_queue(v, acted < v->entered_at ? v->entered_at : acted);
	naive_become(m, v, VISIT_QUEUED, c->stage);
	return VERDICT_ACCEPTED;
}

enum verdict naive_correct(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t now)
{
	int more = (int)c->companions - v->companions;

	if (!c->reason)
		return VERDICT_FIELD_MISSING;
	if (!v->injected_at && (c->vaccine || c->lot || c->dose))
		return VERDICT_NOT_INJECTED;
	if (naive_desk_right(v, desk) != VERDICT_ACCEPTED)
		return VERDICT_DESK_WRONG;
	if (more > 0) {
		if (naive_in_room(m, v) && !naive_room_takes(m, v->stage, more))
			return VERDICT_ROOM_FULL;
		if (naive_needs_seat(v, now) && naive_committed(m, now) + more > m->seats)
			return VERDICT_SEATS_FULL;
		if (!naive_fits_anywhere(m, 1 + (int)c->companions))
			return VERDICT_ROOM_FULL;
	}
	if (c->companions >= 0)
		v->companions = (int)c->companions;
	if (c->person)
		naive_known_by(m, v, c->by_id, c->by_phone);
	v->changes++;
	return VERDICT_ACCEPTED;
}

enum verdict naive_reissue(struct naive *m, struct naive_visit *v)
{
	if (naive_ended(v->state))
		return VERDICT_TICKET_ENDED;
	v->dead_tickets[v->n_dead++] = v->ticket;
	v->ticket = ++m->last_ticket;
	v->changes++;
	return VERDICT_ACCEPTED;
}

/* ---- undo ---- */

/* The desk that it goes back to must be open and have nobody else; then the room, then the seats. */
static enum verdict undo_place(struct naive *m, const struct naive_visit *v, ms_t now)
{
	const struct naive_visit *other = NULL;
	struct naive_visit back = *v;

	back.state = v->undo.state;
	back.stage = v->undo.stage;
	back.admitted = v->undo.admitted;
	if (v->undo.desk >= 0 && !m->desks[v->undo.desk].open)
		return VERDICT_DESK_CLOSED;
	if (v->undo.desk >= 0)
		other = naive_at_desk(m, v->undo.desk, v->undo.state);
	if (other && !(v->party[0] && strcmp(v->party, other->party) == 0))
		return VERDICT_DESK_BUSY;
	if (naive_in_room(m, &back) && !(naive_in_room(m, v) && v->stage == back.stage) &&
	    !naive_room_takes(m, back.stage, naive_heads(v)))
		return VERDICT_ROOM_FULL;
	if (naive_needs_seat(&back, now) && !naive_needs_seat(v, now) &&
	    naive_committed(m, now) + naive_heads(v) > m->seats)
		return VERDICT_SEATS_FULL;
	return VERDICT_ACCEPTED;
}

/* What that act had settled is raised again, in the order of the kinds, unless it has been meanwhile. */
static void undo_alarms(struct naive *m, const struct naive_visit *v, int act, const struct command *c, ms_t now)
{
	bool again[ALERT_KIND_COUNT] = {false};

	for (int i = 0; i < m->n_alarms; i++) {
		if (m->alarms[i].visit == v->id && m->alarms[i].settled_in == act)
			again[m->alarms[i].kind] = true;
	}
	for (int k = 0; k < ALERT_KIND_COUNT; k++) {
		if (again[k] && !naive_alarm(m, (enum alert_kind)k, v->id))
			naive_cry(m, (enum alert_kind)k, v->id, c, now);
	}
}

static void undo_one(struct naive *m, struct naive_visit *v, const struct command *c, ms_t now)
{
	struct naive_before u = v->undo;

	naive_become(m, v, u.state, u.stage);
	v->desk = u.desk;
	if (u.desk >= 0)
		naive_place(m, v, u.desk, now);
	v->entered_at = u.entered_at;
	v->key = u.key;
	v->admitted = u.admitted;
	v->long_minutes = u.long_minutes;
	v->no_shows -= u.action == ACTION_NO_SHOW;
	if (v->party[0] && (u.action == ACTION_CALL || u.action == ACTION_START))
		naive_party_unbound(m, v);
	if (u.action == ACTION_ARRIVE)
		v->seen_at = 0;
	undo_alarms(m, v, u.act, c, now);
}

enum verdict naive_undo(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted, ms_t now)
{
	int at = v->undo.desk >= 0 ? v->undo.desk : v->desk, called_at = v->desk;
	ms_t when = v->undo.at;
	enum verdict r;

	if (!v->undo.can)
		return VERDICT_NOTHING_TO_UNDO;
	if (acted - v->undo.at > 60 * MS_SECOND)
		return VERDICT_UNDO_TOO_LATE;
	if (at >= 0 && c->desk && desk != at)
		return VERDICT_DESK_WRONG;
	r = undo_place(m, v, now);
	if (r != VERDICT_ACCEPTED)
		return r;
	if (v->undo.action != ACTION_CALL) {
		undo_one(m, v, c, now);
		return VERDICT_ACCEPTED;
	}
	for (int i = 0; i < m->n_visits; i++) {
		struct naive_visit *w = &m->visits[i];

		if (w->state == VISIT_CALLED && w->desk == called_at && w->undo.can && w->undo.action == ACTION_CALL &&
		    w->undo.at == when)
			undo_one(m, w, c, now);
	}
	return VERDICT_ACCEPTED;
}
