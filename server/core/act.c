/*
 * What is asked of a visit: the actions, and `unwell`.
 *
 *   find the visit -> the lifecycle table -> what the act needs -> the desk -> events
 *
 * The state is judged before the fields: a wrong state is the more useful answer.
 */
#include <stdio.h>
#include <string.h>

#include "core.h"

static enum verdict refuse_at(struct decision *d, enum verdict v, const char *desk)
{
	d->o->desk = desk;
	return v;
}

enum verdict act_missing(struct decision *d, const char *field)
{
	d->o->field = field;
	return VERDICT_FIELD_MISSING;
}

/* ---- the table, with what it needs to know ---- */

enum verdict act_step(const struct decision *d, const struct visit *v, enum action a, const struct desk *desk,
		      struct step *to)
{
	const struct alert *early = v->alarms[ALERT_EARLY_EXIT];
	struct step_context c = {
		.stage = v->f.stage,
		.desk_stage = desk ? desk->stage : STAGE_NONE,
		.due = v->f.due_at && d->acted >= v->f.due_at,
		.injected = v->f.injected_at != 0,
		.early_exit_open = early && !alert_is_of_later(d, early),
		.last_no_show = v->no_shows + 1 >= d->s->rules->no_show_limit,
		.came_from = v->came_from,
		.to_stage = d->c ? d->c->stage : STAGE_NONE,
		.reached = v->reached,
		.with_reason = d->c && d->c->reason,
		.undoable = v->undo.type != EVENT_NONE,
		.undo_late = d->acted - v->undo.at > d->s->rules->undo_seconds * MS_SECOND,
		.undo_state = v->undo.state,
		.undo_stage = v->undo.stage,
	};

	return visit_step(v->f.state, a, &c, to);
}

/* ---- what single acts add to their event ---- */

/* A device's clock may say anything: nobody is dealt with before waiting for it, or goes ahead of others by that. */
static ms_t act_time(const struct decision *d, const struct visit *v)
{
	return d->acted > v->entered_at ? d->acted : v->entered_at;
}

/* Where in line: anew behind those who came before, less its credit, or at its old place. */
static void act_requeue(struct decision *d, struct event *e, const struct visit *v, enum action a)
{
	const struct rules *r = d->s->rules;

	if (e->state != VISIT_QUEUED)
		return;
	e->entered_at = v->entered_at;
	e->key = v->key;
	switch (a) {
	case ACTION_RETURN_TO:
	case ACTION_MOVE:
		e->class = CLASS_CALLED_BACK;
		e->entered_at = act_time(d, v);
		e->key = e->entered_at - queue_credit(r, e->class);
		break;
	case ACTION_FINISH:
		e->entered_at = act_time(d, v);
		e->key = e->entered_at - queue_credit(r, v->f.class);
		break;
	case ACTION_NO_SHOW:
		e->key = queue_key_behind(d->s, v, r->no_show_behind);
		e->entered_at = d->acted;
		break;
	case ACTION_RESUME:
	case ACTION_CLEAR:
		e->entered_at = d->acted;
		break;
	default:
		break;
	}
}

static void act_inject(struct decision *d, struct event *e, const struct visit *v)
{
	int minutes = v->observation_minutes ? v->observation_minutes : d->s->rules->observation_minutes;

	e->injected_at = act_time(d, v);
	e->due_at = e->injected_at + minutes * MS_MINUTE;
	e->vaccine = keep(d, d->c->vaccine);
	e->lot = keep(d, d->c->lot);
	e->dose = d->c->dose;
}

static void act_correct(struct event *e, struct decision *d)
{
	const struct command *c = d->c;

	e->person = keep(d, c->person);
	e->by_id = c->by_id;
	e->by_phone = c->by_phone;
	e->language = c->language;
	e->count = c->companions + 1; /* 0: not told, so that nobody is told apart from none */
	e->vaccine = keep(d, c->vaccine);
	e->lot = keep(d, c->lot);
	e->dose = c->dose;
}

static void act_fill(struct decision *d, struct event *e, const struct visit *v, enum action a)
{
	const struct command *c = d->c;

	e->reason = keep(d, c->reason);
	e->note = keep(d, c->note);
	e->details = keep(d, c->details);
	act_requeue(d, e, v, a);
	switch (a) {
	case ACTION_INJECT:
		act_inject(d, e, v);
		break;
	case ACTION_FINISH:
		if (c->long_observation)
			e->observation_minutes = d->s->rules->observation_long_minutes;
		break;
	case ACTION_EXTEND:
		e->minutes = c->minutes;
		e->due_at = v->f.due_at + c->minutes * MS_MINUTE;
		break;
	case ACTION_NO_SHOW:
		e->no_shows = v->no_shows + 1;
		break;
	case ACTION_UNWELL:
		e->came_from = v->f.state;
		break;
	case ACTION_CORRECT:
		act_correct(e, d);
		break;
	case ACTION_REISSUE:
		e->ticket = (int64_t)d->s->last_ticket + 1;
		break;
	case ACTION_CLEAR:
		if (e->state == VISIT_OBSERVING && c->minutes) {
			e->minutes = c->minutes;
			e->due_at = d->now + c->minutes * MS_MINUTE; /* from now on, whatever a device's clock says */
		}
		break;
	default:
		break;
	}
	if (e->state == VISIT_OBSERVING && !v->observed_at)
		e->observed_at = d->acted;
}

/* ---- what an act needs ---- */

static enum verdict act_needs(struct decision *d, const struct visit *v, enum action a)
{
	const struct command *c = d->c;

	if (a == ACTION_INJECT) {
		if (!c->vaccine)
			return act_missing(d, "vaccine");
		if (!c->lot)
			return act_missing(d, "lot");
		if (!c->dose)
			return act_missing(d, "dose");
		if (!c->checks)
			return act_missing(d, "checks");
	}
	if (a == ACTION_EXTEND && !c->minutes)
		return act_missing(d, "minutes");
	if ((a == ACTION_EXTEND || a == ACTION_DEFER) && !c->reason)
		return act_missing(d, "reason");
	if (a == ACTION_CORRECT && !c->reason)
		return act_missing(d, "reason");
	if (a == ACTION_CORRECT && !v->f.injected_at && (c->vaccine || c->lot || c->dose))
		return VERDICT_NOT_INJECTED;
	if (a == ACTION_CORRECT && c->birth_date && strcmp(c->birth_date, d->s->today->date) > 0)
		return VERDICT_BIRTH_DATE_TO_COME;
	if ((a == ACTION_RETURN_TO || a == ACTION_MOVE) && c->stage == STAGE_NONE)
		return act_missing(d, "stage");
	return VERDICT_ACCEPTED;
}

/* A desk serves one ticket, or several of one party; and a party goes to one desk. */
static enum verdict act_start_at(struct decision *d, const struct visit *v, const struct desk *desk)
{
	const struct desk *theirs = v->party ? party_desk(d->s, v->party, v->f.stage) : NULL;

	if (!desk)
		return d->c->desk ? VERDICT_DESK_UNKNOWN : VERDICT_DESK_MISSING;
	if (!desk->open)
		return VERDICT_DESK_CLOSED;
	if (theirs && theirs != desk)
		return refuse_at(d, VERDICT_DESK_WRONG, theirs->id);
	if (!desk_takes(d->s, desk, v))
		return refuse_at(d, VERDICT_DESK_BUSY, desk->id);
	return flow_may_start(d, v);
}

static enum verdict act_at_desk(struct decision *d, const struct visit *v, enum action a, const struct desk *desk)
{
	const char *at = v->f.desk;

	if (a == ACTION_START)
		return act_start_at(d, v, desk);
	if (a == ACTION_UNDO && v->undo.desk)
		at = v->undo.desk;
	/* A desk acts on whom it has; the exit guard's `leave` and a report of illness come from anywhere. */
	if (a == ACTION_LEAVE || a == ACTION_UNWELL || a == ACTION_REISSUE || !at || !d->c->desk)
		return VERDICT_ACCEPTED;
	if (!desk && a != ACTION_UNDO)
		return VERDICT_ACCEPTED;
	return strcmp(at, d->c->desk) == 0 ? VERDICT_ACCEPTED : refuse_at(d, VERDICT_DESK_WRONG, at);
}

/* More people where they are, or another seat: only as far as there is room. */
static enum verdict act_has_room(struct decision *d, const struct visit *v, enum action a, const struct step *to)
{
	struct visit more = *v;
	unsigned heads;

	if (a == ACTION_UNDO)
		return undo_has_place(d, v);
	if (a == ACTION_MOVE && to->state == VISIT_OBSERVING && !flow_needs_seat(v, d->now))
		return flow_seats_take(d->s, flow_heads(v), d->now) ? VERDICT_ACCEPTED : VERDICT_SEATS_FULL;
	if (a != ACTION_CORRECT || d->c->companions <= v->f.companions)
		return VERDICT_ACCEPTED;
	more.f.companions = (int)d->c->companions;
	heads = flow_heads(&more) - flow_heads(v);
	if (site_in_room(d->s, v) && !flow_room_takes(d->s, v->f.stage, heads))
		return VERDICT_ROOM_FULL;
	if (flow_needs_seat(v, d->now) && !flow_seats_take(d->s, heads, d->now))
		return VERDICT_SEATS_FULL;
	return flow_fits_anywhere(d->s, flow_heads(&more)) ? VERDICT_ACCEPTED : VERDICT_ROOM_FULL;
}

static bool act_releases(enum action a, const struct step *to)
{
	return (a == ACTION_RELEASE || a == ACTION_EXIT) && to->state == VISIT_COMPLETED;
}

void act_reply(struct decision *d, enum action a, enum verdict v, enum reply_form form)
{
	struct event *e = &d->out->v[d->out->n - 1];

	e->reply = v;
	e->reply_as = form;
	e->action = a;
	e->body = d->c->body;
	e->scan = d->scan;
	if (e->type != EVENT_REFUSED)
		return;
	/* What the refusal points at is told again to whoever asks again. */
	e->device_desk = d->o->desk;
	e->note = keep(d, d->o->text);
}

/* An early leaver who comes back to the exit has returned first; then the exit is judged anew. */
static enum verdict act_exit_again(struct decision *d, const struct visit *v, struct step *to)
{
	struct visit back = *v;

	back.f.state = VISIT_OBSERVING;
	back.f.stage = STAGE_OBSERVATION;
	back.alarms[ALERT_EARLY_EXIT] = NULL; /* settled by the return just emitted */
	return act_step(d, &back, ACTION_EXIT, NULL, to);
}

enum verdict act_refused(struct decision *d, const struct visit *v, enum action a, enum verdict verdict,
			 enum alert_kind raises)
{
	if (v->f.desk && (verdict == VERDICT_ALREADY_SERVED || verdict == VERDICT_WRONG_STAGE))
		d->o->desk = v->f.desk;
	if (raises == ALERT_NONE && d->out->n == d->first)
		return verdict;
	if (raises != ALERT_NONE)
		alert_cry(d, raises, v, NULL);
	emit_visit(d, EVENT_REFUSED, v);
	act_reply(d, a, verdict, REPLY_VISIT);
	return verdict;
}

static void act_emit(struct decision *d, const struct visit *v, enum action a, const struct step *to)
{
	switch (to->type) {
	case EVENT_SCANNED:
		emit_visit(d, EVENT_SCANNED, v);
		break;
	case EVENT_CORRECTED:
	case EVENT_REISSUED:
		act_fill(d, emit_visit(d, to->type, v), v, a); /* it stays where and what it is */
		break;
	case EVENT_UNDONE:
		undo_emit(d, v, to);
		break;
	default:
		act_fill(d, emit_step(d, v, to), v, a);
		break;
	}
}

/* What an act is called in its answer: by what it came to. */
static enum action act_named(enum action a, const struct step *to)
{
	if (a == ACTION_EXIT && to->state == VISIT_COMPLETED)
		return ACTION_RELEASE;
	if ((a == ACTION_ARRIVE || a == ACTION_SEEN) && to->type == EVENT_RETURNED)
		return ACTION_RETURNED;
	return a == ACTION_SEEN && to->type == EVENT_ARRIVED ? ACTION_ARRIVE : a;
}

enum verdict act_on(struct decision *d, const struct visit *v, enum action a, struct desk *desk)
{
	struct step to;
	enum verdict verdict = act_step(d, v, a, desk, &to), needs;

	if (a == ACTION_START && desk && v->f.state == VISIT_SERVING && strcmp(v->f.desk, desk->id) == 0) {
		emit_visit(d, EVENT_SCANNED, v);
		act_reply(d, a, VERDICT_BEING_SERVED, REPLY_VISIT);
		return VERDICT_BEING_SERVED;
	}
	if (verdict != VERDICT_ACCEPTED && to.type == EVENT_NONE)
		return act_refused(d, v, a, verdict, to.raises);
	if (act_releases(a, &to) && clock_in_doubt(d->s))
		return VERDICT_CLOCK_DOUBT;
	needs = act_needs(d, v, a);
	if (needs == VERDICT_ACCEPTED)
		needs = act_at_desk(d, v, a, desk);
	if (needs == VERDICT_ACCEPTED)
		needs = act_has_room(d, v, a, &to);
	if (needs != VERDICT_ACCEPTED)
		return needs;

	act_emit(d, v, a, &to);
	if (a == ACTION_EXIT && v->f.state == VISIT_LEFT_EARLY) {
		verdict = act_exit_again(d, v, &to);
		if (verdict != VERDICT_ACCEPTED)
			return act_refused(d, v, a, verdict, to.raises);
		if (clock_in_doubt(d->s))
			return act_refused(d, v, a, VERDICT_CLOCK_DOUBT, ALERT_NONE);
		act_fill(d, emit_step(d, v, &to), v, ACTION_RELEASE);
		a = ACTION_RELEASE;
	}
	act_reply(d, act_named(a, &to), verdict, a == ACTION_REISSUE ? REPLY_NEW_TICKET : REPLY_VISIT);
	return verdict;
}

/* ---- finding the visit ---- */

/* Whose ticket this was before it was replaced. */
static struct visit *act_dead_ticket(const struct site *s, uint64_t ticket)
{
	struct dead_ticket *dead = NULL;

	if (s->today)
		HASH_FIND(hh, s->today->dead, &ticket, sizeof(ticket), dead);
	return dead ? site_visit(s, dead->visit) : NULL;
}

enum verdict act_find(struct decision *d, struct visit **v)
{
	const struct command *c = d->c;
	const struct day *day = d->s->today;

	*v = c->ticket ? site_visit_by_ticket(d->s, c->ticket) :
	     c->number ? site_visit_by_number(d->s, c->number) :
			 NULL;
	if (*v && day->closed && ((*v)->f.state == VISIT_LEFT_EARLY || visit_state_ended((*v)->f.state)))
		return VERDICT_DAY_CLOSED;
	if (*v) {
		d->o->visit = (*v)->f;
		return VERDICT_ACCEPTED;
	}
	if (c->number)
		return VERDICT_VISIT_UNKNOWN;
	*v = act_dead_ticket(d->s, c->ticket);
	if (*v)
		return VERDICT_TICKET_ENDED;
	/* A tag that fits was given out by this site: on an earlier day, then. */
	return c->ticket && c->ticket <= d->s->last_ticket ? VERDICT_DAY_CLOSED : VERDICT_TICKET_UNKNOWN;
}

enum verdict decide_visit(struct decision *d)
{
	struct visit *v;
	struct desk *desk = d->c->desk ? site_desk(d->s, d->c->desk) : NULL;
	enum verdict verdict;

	if (d->c->action == ACTION_UNWELL)
		return decide_unwell(d);
	verdict = act_find(d, &v);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	return act_on(d, v, d->c->action, desk);
}

/* ---- unwell ---- */

enum verdict decide_unwell(struct decision *d)
{
	const struct command *c = d->c;
	struct visit *v = NULL;
	struct step to;
	const char *place = c->place ? c->place : c->desk;

	if (c->ticket) {
		v = site_visit_by_ticket(d->s, c->ticket);
		v = v ? v : act_dead_ticket(d->s, c->ticket);
	}
	if (!v && c->number)
		v = site_visit_by_number(d->s, c->number);
	if (v && v->f.state != VISIT_UNWELL) {
		act_step(d, v, ACTION_UNWELL, NULL, &to);
		act_fill(d, emit_step(d, v, &to), v, ACTION_UNWELL);
	}
	alert_cry(d, ALERT_UNWELL, v, place);
	act_reply(d, ACTION_UNWELL, VERDICT_ACCEPTED, REPLY_VISIT);
	return VERDICT_ACCEPTED;
}
