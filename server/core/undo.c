/*
 * Undoing the last act, within a minute: a slip of a gloved finger.
 *
 * What an event changes is remembered when it is applied, as long as nothing else happens to the visit. Undoing is an
 * event of its own that leads back there; the log keeps both.
 */
#include <string.h>

#include "core.h"

#define UNDOABLE                                                                                                       \
	(EVENT_BIT(EVENT_CALLED) | EVENT_BIT(EVENT_STARTED) | EVENT_BIT(EVENT_FINISHED) | EVENT_BIT(EVENT_PARKED) |    \
	 EVENT_BIT(EVENT_NO_SHOW) | EVENT_BIT(EVENT_DEFERRED) | EVENT_BIT(EVENT_DECLINED) | EVENT_BIT(EVENT_ARRIVED))

void undo_remember(struct visit *v, const struct event *e)
{
	if (!(UNDOABLE & EVENT_BIT(e->type)) || !e->command) {
		v->undo.type = EVENT_NONE;
		return;
	}
	v->undo = (struct visit_undo){
		.type = e->type,
		.at = e->at,
		.state = v->f.state,
		.stage = v->f.stage,
		.desk = v->f.desk,
		.entered_at = v->entered_at,
		.key = v->key,
		.admitted = v->admitted,
		.observation_minutes = v->observation_minutes,
		.flags = v->f.flags,
	};
}

/* As it will be, for what is asked about it. */
static struct visit as_before(const struct visit *v)
{
	struct visit back = *v;

	back.f.state = v->undo.state;
	back.f.stage = v->undo.stage;
	back.f.desk = v->undo.desk;
	back.admitted = v->undo.admitted;
	return back;
}

/* The desk that it goes back to has nobody else at what it goes back to. */
static enum verdict desk_has_place(struct decision *d, const struct visit *v)
{
	const struct desk *desk = site_desk(d->s, v->undo.desk);
	const struct visit *other;

	d->o->desk = v->undo.desk;
	if (!desk || !desk->open)
		return VERDICT_DESK_CLOSED;
	if (v->undo.state == VISIT_SERVING)
		return desk_takes(d->s, desk, v) ? VERDICT_ACCEPTED : VERDICT_DESK_BUSY;
	other = desk->n_called ? site_visit(d->s, desk->called[0]) : NULL;
	if (other && other != v && (!v->party || other->party != v->party))
		return VERDICT_DESK_BUSY;
	return desk->n_called < DESK_PEOPLE_MAX ? VERDICT_ACCEPTED : VERDICT_DESK_BUSY;
}

enum verdict undo_has_place(struct decision *d, const struct visit *v)
{
	struct visit back = as_before(v);
	enum verdict desk = v->undo.desk ? desk_has_place(d, v) : VERDICT_ACCEPTED;

	if (desk != VERDICT_ACCEPTED)
		return desk;
	d->o->desk = NULL;
	if (site_in_room(d->s, &back) && !(site_in_room(d->s, v) && v->f.stage == back.f.stage) &&
	    !flow_room_takes(d->s, back.f.stage, flow_heads(v)))
		return VERDICT_ROOM_FULL;
	if (flow_needs_seat(&back, d->now) && !flow_needs_seat(v, d->now) &&
	    !flow_seats_take(d->s, flow_heads(v), d->now))
		return VERDICT_SEATS_FULL;
	return VERDICT_ACCEPTED;
}

/* What the act had settled is not settled: whoever was at the door, or looked for, still is. */
static void undo_alarms(struct decision *d, const struct visit *v)
{
	for (int k = ALERT_NONE + 1; k < ALERT_KIND_COUNT; k++) {
		if (!(v->undo.flags & STATE_BIT(k)) || v->alarms[k] ||
		    !(alert_kind_settled_by(k) & EVENT_BIT(v->undo.type)))
			continue;
		alert_cry(d, k, v, NULL);
		if (v->undo.desk)
			d->out->v[d->out->n - 1].desk = v->undo.desk;
	}
}

static void undo_one(struct decision *d, const struct visit *v, const struct step *to)
{
	struct event *e = emit_step(d, v, to);

	e->undoes = v->undo.type;
	e->entered_at = v->undo.entered_at;
	e->key = v->undo.key;
	e->admitted = v->undo.admitted;
	if (v->undo.desk)
		e->desk = v->undo.desk;
	else if (v->f.desk)
		e->desk = v->f.desk; /* where it was undone */
	e->reason = keep(d, d->c->reason);
	if (v->undo.type == EVENT_FINISHED)
		e->observation_minutes = v->undo.observation_minutes;
	undo_alarms(d, v);
}

/* A call is taken back for all who were called with it. */
void undo_emit(struct decision *d, const struct visit *v, const struct step *to)
{
	const struct desk *desk = v->f.desk ? site_desk(d->s, v->f.desk) : NULL;

	for (size_t i = 0; v->undo.type == EVENT_CALLED && desk && i < desk->n_called; i++) {
		const struct visit *u = site_visit(d->s, desk->called[i]);

		if (u != v && u->undo.type == EVENT_CALLED && u->undo.at == v->undo.at)
			undo_one(d, u, to);
	}
	undo_one(d, v, to);
}

void undo_apply(struct site *s, struct visit *v, const struct event *e)
{
	struct desk *d = e->desk ? site_desk(s, e->desk) : NULL;

	v->admitted = e->admitted;
	if (e->undoes == EVENT_NO_SHOW)
		v->no_shows--;
	if (e->undoes == EVENT_ARRIVED)
		v->observed_at = v->seen_at = 0;
	if (e->undoes == EVENT_CALLED || e->undoes == EVENT_STARTED)
		party_unbind(s, v);
	if (e->undoes == EVENT_FINISHED)
		v->observation_minutes = (int)e->observation_minutes;
	if (e->undoes != EVENT_FINISHED || !d)
		return;
	d->done--;
	s->queues[d->stage].done--;
	if (d->n_recent)
		d->n_recent--;
}
