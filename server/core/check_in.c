/*
 * Check-in: of somebody expected, found by appointment code, id number, or phone and birth date; or of a walk-in.
 *
 *   find -> the door's checks -> a number, a class, a place in line
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* ---- who ---- */

static enum verdict to_come(struct decision *d, const struct appointment *a)
{
	d->o->text = a->date;
	return VERDICT_WRONG_DAY;
}

/* Not on today's list: perhaps on another day's. */
static enum verdict not_today(struct decision *d)
{
	const struct command *c = d->c;
	const struct appointments *l = &d->s->to_come;

	for (size_t i = 0; i < l->n; i++) {
		const struct appointment *a = l->v[i];

		if ((c->appointment && a->id == c->appointment) || (c->by_id && a->by_id == c->by_id) ||
		    (!c->appointment && !c->by_id && c->by_phone && a->by_phone == c->by_phone))
			return to_come(d, a);
	}
	if (c->appointment && c->appointment <= d->s->last_appointment)
		return VERDICT_WRONG_DAY;
	return VERDICT_APPOINTMENT_UNKNOWN;
}

/* Twins share a birthday and a family its phone: only one who is still expected is meant. */
static enum verdict find_by_phone(struct decision *d, struct visit **v)
{
	struct visit *u = site_visit_by_phone(d->s, d->c->by_phone), *arrived = u;
	size_t expected = 0;

	for (; u; u = u->same_phone) {
		if (u->f.state != VISIT_EXPECTED)
			continue;
		*v = u;
		expected++;
	}
	if (expected > 1)
		return VERDICT_AMBIGUOUS;
	if (expected == 0)
		*v = arrived;
	return VERDICT_ACCEPTED;
}

static enum verdict find_expected(struct decision *d, struct visit **v)
{
	const struct command *c = d->c;
	enum verdict verdict = VERDICT_ACCEPTED;
	struct step to;

	if (c->appointment)
		*v = site_visit_by_appointment(d->s, c->appointment);
	else if (c->by_id)
		*v = site_visit_by_id(d->s, c->by_id);
	else
		verdict = find_by_phone(d, v);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (!*v)
		return not_today(d);
	d->o->visit = (*v)->f;
	return act_step(d, *v, ACTION_CHECK_IN, NULL, &to);
}

/* A walk-in may share a name and a birthday with anybody, but an identity card with nobody who is here. */
static enum verdict may_walk_in(struct decision *d)
{
	const struct visit *v = d->c->by_id ? site_visit_by_id(d->s, d->c->by_id) : NULL;

	if (d->c->birth_date && strcmp(d->c->birth_date, d->c->date) > 0)
		return VERDICT_BIRTH_DATE_TO_COME;
	if (!v || visit_state_ended(v->f.state))
		return VERDICT_ACCEPTED;
	d->o->visit = v->f;
	return v->f.state == VISIT_EXPECTED ? VERDICT_HAS_APPOINTMENT : VERDICT_NOT_EXPECTED;
}

/* ---- the door's checks ---- */

static enum verdict turned_away(struct decision *d, const struct visit *v)
{
	struct event *e = emit(d, EVENT_TURNED_AWAY);

	e->visit = v ? v->f.id : 0;
	e->reason = keep(d, d->c->failed_check);
	e->checks = keep(d, d->c->entry_checks);
	d->o->text = d->c->failed_check;
	act_reply(d, ACTION_CHECK_IN, VERDICT_NOT_TODAY, REPLY_VISIT);
	return VERDICT_NOT_TODAY;
}

/* ---- which class ---- */

int age_on(const char *birth_date, const char *date)
{
	return atoi(date) - atoi(birth_date) - (strcmp(date + 4, birth_date + 4) < 0);
}

static enum visit_class class_of(const struct decision *d, const struct visit *v)
{
	const struct appointment *a = v ? v->appointment : NULL;
	const struct rules *r = d->s->rules;

	if (d->c->assisted || (a && a->class == CLASS_ASSISTED))
		return CLASS_ASSISTED;
	if ((a && a->class == CLASS_ELDERLY) ||
	    (!a && d->c->birth_date && age_on(d->c->birth_date, d->s->today->date) >= r->elderly_years))
		return CLASS_ELDERLY;
	if (a && d->acted >= a->slot_from - r->slot_early_minutes * MS_MINUTE &&
	    d->acted <= a->slot_to + r->slot_late_minutes * MS_MINUTE)
		return CLASS_APPOINTMENT;
	return CLASS_WALK_IN;
}

static void emit_check_in(struct decision *d, const struct visit *v)
{
	const struct command *c = d->c;
	struct site *s = d->s;
	struct event *e = emit(d, EVENT_CHECKED_IN);

	e->visit = v ? v->f.id : s->last_visit + 1;
	e->ticket = (int64_t)s->last_ticket + 1;
	e->class = class_of(d, v);
	e->number = arena_printf(&d->out->arena, "%c%03u", v ? 'A' : 'W', s->today->last_number[v != NULL] + 1);
	e->state = VISIT_QUEUED;
	e->stage = STAGE_REGISTRATION;
	e->language = c->language ? c->language : LANGUAGE_ZH_HANS;
	e->party = keep(d, c->party);
	e->companions = c->companions;
	e->checks = keep(d, c->entry_checks);
	e->entered_at = d->acted;
	e->key = d->acted - queue_credit(s->rules, e->class);
	e->arrived_at = d->acted;
	if (v)
		return;
	e->person = keep(d, c->person);
	e->by_id = c->by_id;
	e->by_phone = c->by_phone;
}

enum verdict decide_check_in(struct decision *d)
{
	const struct command *c = d->c;
	struct visit *v = NULL;
	enum verdict verdict;

	if (d->s->today->closed)
		return VERDICT_DAY_CLOSED;
	if (d->s->disk_full)
		return VERDICT_DISK_FULL;
	if (!c->person && !c->appointment && !c->by_id && !c->by_phone)
		return act_missing(d, "person");
	verdict = c->person ? may_walk_in(d) : find_expected(d, &v);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	if (c->failed_check)
		return turned_away(d, v);
	if (c->missing_check)
		return act_missing(d, c->missing_check);
	if (!flow_fits_anywhere(d->s, 1 + (unsigned)c->companions))
		return VERDICT_ROOM_FULL;
	emit_check_in(d, v);
	act_reply(d, ACTION_CHECK_IN, VERDICT_ACCEPTED, c->kind == COMMAND_SCAN ? REPLY_NEW_TICKET : REPLY_TICKET);
	return VERDICT_ACCEPTED;
}
