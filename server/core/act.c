/*
 * What is asked of a visit: check-in, the actions, a scan, and `unwell`.
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

static enum verdict missing(struct decision *d, const char *field)
{
	d->o->field = field;
	return VERDICT_FIELD_MISSING;
}

/* ---- the table, with what it needs to know ---- */

enum verdict act_step(const struct decision *d, const struct visit *v, enum action a, const struct desk *desk,
		      struct step *to)
{
	struct step_context c = {
		.stage = v->f.stage,
		.desk_stage = desk ? desk->stage : STAGE_NONE,
		.due = v->f.due_at && d->acted >= v->f.due_at,
		.injected = v->f.injected_at != 0,
		.early_exit_open = v->alarms[ALERT_EARLY_EXIT] != NULL,
		.last_no_show = v->no_shows + 1 >= d->s->rules->no_show_limit,
		.came_from = v->came_from,
		.to_stage = d->c ? d->c->stage : STAGE_NONE,
		.with_reason = d->c && d->c->reason,
	};

	return visit_step(v->f.state, a, &c, to);
}

/* ---- what single acts add to their event ---- */

/* A device's clock may say anything: nobody is dealt with before waiting for it, or goes ahead of others by that. */
static ms_t act_time(const struct decision *d, const struct visit *v)
{
	return d->acted > v->entered_at ? d->acted : v->entered_at;
}

static void act_requeue(struct decision *d, struct event *e, const struct visit *v, enum action a)
{
	if (e->state != VISIT_QUEUED)
		return;
	e->entered_at = v->entered_at;
	if (a == ACTION_FINISH || a == ACTION_RETURN_TO)
		e->entered_at = act_time(d, v);
	if (a == ACTION_NO_SHOW)
		e->entered_at = queue_key_behind(d->s, v->f.stage, d->s->rules->no_show_behind, d->acted);
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

static enum verdict act_needs(struct decision *d, enum action a)
{
	const struct command *c = d->c;

	if (a == ACTION_INJECT) {
		if (!c->vaccine)
			return missing(d, "vaccine");
		if (!c->lot)
			return missing(d, "lot");
		if (!c->dose)
			return missing(d, "dose");
		if (!c->checks)
			return missing(d, "checks");
	}
	if (a == ACTION_EXTEND && !c->minutes)
		return missing(d, "minutes");
	if ((a == ACTION_EXTEND || a == ACTION_DEFER) && !c->reason)
		return missing(d, "reason");
	if (a == ACTION_RETURN_TO && c->stage == STAGE_NONE)
		return missing(d, "stage");
	return VERDICT_ACCEPTED;
}

static enum verdict act_at_desk(struct decision *d, const struct visit *v, enum action a, const struct desk *desk)
{
	if (a == ACTION_START) {
		if (!desk)
			return d->c->desk ? VERDICT_DESK_UNKNOWN : VERDICT_DESK_MISSING;
		if (!desk->open)
			return VERDICT_DESK_CLOSED;
		return desk->serving ? VERDICT_DESK_BUSY : VERDICT_ACCEPTED;
	}
	/* A desk acts on whom it has; the exit guard's `leave` and a report of illness come from anywhere. */
	if (a == ACTION_LEAVE || a == ACTION_UNWELL || !v->f.desk || !desk)
		return VERDICT_ACCEPTED;
	return strcmp(v->f.desk, desk->id) == 0 ? VERDICT_ACCEPTED : refuse_at(d, VERDICT_DESK_WRONG, v->f.desk);
}

static bool act_releases(enum action a, const struct step *to)
{
	return (a == ACTION_RELEASE || a == ACTION_EXIT) && to->state == VISIT_COMPLETED;
}

static void act_reply(struct decision *d, enum action a, enum verdict v, enum reply_form form)
{
	struct event *e = &d->out->v[d->out->n - 1];

	e->reply = v;
	e->reply_as = form;
	e->action = a;
	e->body = d->c->body;
	e->scan = d->scan;
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

static enum verdict act_refused(struct decision *d, const struct visit *v, enum action a, enum verdict verdict,
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

static enum verdict act_on(struct decision *d, const struct visit *v, enum action a, struct desk *desk)
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
	needs = act_needs(d, a);
	if (needs == VERDICT_ACCEPTED)
		needs = act_at_desk(d, v, a, desk);
	if (needs != VERDICT_ACCEPTED)
		return needs;

	if (to.type == EVENT_SCANNED)
		emit_visit(d, EVENT_SCANNED, v);
	else
		act_fill(d, emit_step(d, v, &to), v, a);
	if (a == ACTION_EXIT && v->f.state == VISIT_LEFT_EARLY) {
		verdict = act_exit_again(d, v, &to);
		if (verdict != VERDICT_ACCEPTED)
			return act_refused(d, v, a, verdict, to.raises);
		if (clock_in_doubt(d->s))
			return act_refused(d, v, a, VERDICT_CLOCK_DOUBT, ALERT_NONE);
		act_fill(d, emit_step(d, v, &to), v, ACTION_RELEASE);
		a = ACTION_RELEASE;
	}
	if (a == ACTION_EXIT && to.state == VISIT_COMPLETED)
		a = ACTION_RELEASE;
	if (a == ACTION_ARRIVE && to.type == EVENT_RETURNED)
		a = ACTION_RETURNED;
	act_reply(d, a, verdict, REPLY_VISIT);
	return verdict;
}

/* ---- finding the visit ---- */

static enum verdict act_find(struct decision *d, struct visit **v)
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

/* ---- a scan ---- */

/* What a scan by this device means; for those that move nobody, what is answered. */
static enum action scan_means(const struct decision *d, const struct device *by, enum verdict *noted)
{
	const char *desk = d->c->desk;

	*noted = VERDICT_WHERE_TO_GO;
	if (by && by->kind == DEVICE_EXIT)
		return ACTION_EXIT;
	if (!desk)
		return ACTION_NOTE;
	if (strcmp(desk, "observation") == 0)
		return ACTION_ARRIVE;
	if (by && by->kind == DEVICE_KIOSK)
		return ACTION_NOTE;
	if (strcmp(desk, "treatment") == 0) {
		*noted = VERDICT_REACTION_FORM;
		return ACTION_NOTE;
	}
	return ACTION_START;
}

static const char *scan_place(const struct decision *d, char buffer[DEVICE_PLACE_SIZE])
{
	return d->c->desk ? d->c->desk : device_place(d->c->device, buffer);
}

/* One ticket at two places within seconds, and nothing happened to it in between: two people hold it. */
static bool scan_is_elsewhere(const struct decision *d, const struct visit *v)
{
	char buffer[DEVICE_PLACE_SIZE];

	return v->scan_place && v->scan_version == v->version &&
	       d->now - v->scan_at <= d->s->rules->reused_seconds * MS_SECOND &&
	       strcmp(v->scan_place, scan_place(d, buffer)) != 0;
}

static enum verdict scan_note(struct decision *d, const struct visit *v, enum verdict noted)
{
	if (visit_state_ended(v->f.state) && noted != VERDICT_REACTION_FORM)
		return act_refused(d, v, ACTION_NOTE, VERDICT_TICKET_ENDED, ALERT_TICKET_REUSED);
	emit_visit(d, EVENT_SCANNED, v);
	act_reply(d, ACTION_NOTE, noted, REPLY_VISIT);
	return noted;
}

static enum verdict scan_judge(struct decision *d, const struct visit *v, enum action a, enum verdict noted)
{
	struct desk *desk = d->c->desk ? site_desk(d->s, d->c->desk) : NULL;
	enum verdict verdict;

	if (a == ACTION_NOTE)
		return scan_note(d, v, noted);
	verdict = act_on(d, v, a, desk);
	if (verdict == VERDICT_TICKET_ENDED && d->out->n == d->first)
		return act_refused(d, v, a, verdict, ALERT_TICKET_REUSED);
	return verdict;
}

static bool scan_has_raised(const struct decision *d, enum alert_kind kind)
{
	for (size_t i = d->first; i < d->out->n; i++) {
		if (d->out->v[i].kind == kind)
			return true;
	}
	return false;
}

enum verdict decide_scan(struct decision *d)
{
	struct visit *v;
	enum verdict noted, verdict = act_find(d, &v);
	enum action a;
	struct event answered = {0};

	d->scan = true;
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	a = scan_means(d, site_device(d->s, d->c->device), &noted);
	verdict = scan_judge(d, v, a, noted);
	if (!scan_is_elsewhere(d, v) || scan_has_raised(d, ALERT_TICKET_REUSED))
		return verdict;

	/* The alarm joins the scan's events, so the answer moves to the end of them. */
	if (d->out->n > d->first) {
		struct event *last = &d->out->v[d->out->n - 1];

		answered = *last;
		last->reply = 0;
		last->reply_as = REPLY_NONE;
		last->action = ACTION_NONE;
		last->body = 0;
		last->scan = 0;
	}
	alert_cry(d, ALERT_TICKET_REUSED, v, NULL);
	if (!answered.reply_as)
		emit_visit(d, EVENT_REFUSED, v);
	act_reply(d, answered.reply_as ? answered.action : a, verdict, REPLY_VISIT);
	return verdict;
}

/* ---- unwell ---- */

enum verdict decide_unwell(struct decision *d)
{
	const struct command *c = d->c;
	struct visit *v = NULL;
	struct step to;
	const char *place = c->place ? c->place : c->desk;

	if (c->ticket)
		v = site_visit_by_ticket(d->s, c->ticket);
	else if (c->number)
		v = site_visit_by_number(d->s, c->number);
	if (v && v->f.state != VISIT_UNWELL) {
		act_step(d, v, ACTION_UNWELL, NULL, &to);
		act_fill(d, emit_step(d, v, &to), v, ACTION_UNWELL);
	}
	alert_cry(d, ALERT_UNWELL, v, place);
	act_reply(d, ACTION_UNWELL, VERDICT_ACCEPTED, REPLY_VISIT);
	return VERDICT_ACCEPTED;
}

/* ---- check-in ---- */

enum verdict decide_check_in(struct decision *d)
{
	const struct command *c = d->c;
	struct site *s = d->s;
	struct event *e;

	if (s->today->closed)
		return VERDICT_DAY_CLOSED;
	if (s->disk_full)
		return VERDICT_DISK_FULL;
	if (!c->person)
		return missing(d, "person");
	if (c->birth_date && strcmp(c->birth_date, c->date) > 0)
		return VERDICT_BIRTH_DATE_TO_COME;
	e = emit(d, EVENT_CHECKED_IN);
	e->visit = s->last_visit + 1;
	e->ticket = (int64_t)s->last_ticket + 1;
	e->class = CLASS_WALK_IN;
	e->number = arena_printf(&d->out->arena, "W%03u", s->today->last_number[CLASS_WALK_IN] + 1);
	e->state = VISIT_QUEUED;
	e->stage = STAGE_REGISTRATION;
	e->language = c->language ? c->language : LANGUAGE_ZH_HANS;
	e->party = keep(d, c->party);
	e->companions = c->companions;
	e->person = keep(d, c->person);
	e->entered_at = d->acted;
	e->arrived_at = d->acted;
	act_reply(d, ACTION_CHECK_IN, VERDICT_ACCEPTED, REPLY_TICKET);
	return VERDICT_ACCEPTED;
}
