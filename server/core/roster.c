/*
 * Rosters: who is expected, and when.
 *
 *   expected ... expected, roster_loaded     rows count once their load is complete; a load cut short leaves nothing
 *        |                |
 *     loading --today--> visits in state expected
 *                \-----> to_come --its day opens--> appointment_carried --> visits, or to_come again
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* ---- lists ---- */

void appointment_free(struct appointment *a)
{
	if (a)
		free(a->person);
	free(a);
}

static void list_add(struct appointments *l, struct appointment *a)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 256;
		l->v = core_grow(l->v, l->cap * sizeof(struct appointment *));
	}
	l->v[l->n++] = a;
}

static void list_free(struct appointments *l)
{
	for (size_t i = l->first; i < l->n; i++)
		appointment_free(l->v[i]);
	free(l->v);
	memset(l, 0, sizeof(*l));
}

void roster_free_all(struct site *s)
{
	list_free(&s->loading);
	list_free(&s->to_come);
	list_free(&s->carrying);
}

/* Under this card somebody is expected today, or came in without an appointment and is here. */
static bool is_known(const struct site *s, uint64_t by_id)
{
	const struct visit *v = site_visit_by_id(s, by_id);

	return v && (v->appointment || v->f.injected_at || !visit_state_ended(v->f.state));
}

bool site_expects(const struct site *s, const char *date, uint64_t by_id)
{
	if (s->today && strcmp(date, s->today->date) == 0)
		return is_known(s, by_id);
	for (size_t i = 0; i < s->to_come.n; i++) {
		if (s->to_come.v[i]->by_id == by_id && strcmp(s->to_come.v[i]->date, date) == 0)
			return true;
	}
	return false;
}

/* ---- deciding ---- */

static enum verdict decide_row(struct decision *d)
{
	const struct command *c = d->c;
	struct event *e = emit(d, EVENT_EXPECTED);

	e->load = keep(d, c->load);
	e->appointment = (int64_t)d->s->last_appointment + 1;
	e->day = keep(d, c->day);
	e->slot_from = c->slot_from;
	e->slot_to = c->slot_to;
	e->class = c->assisted                                                 ? CLASS_ASSISTED :
		   age_on(c->birth_date, c->day) >= d->s->rules->elderly_years ? CLASS_ELDERLY :
										 CLASS_APPOINTMENT;
	e->by_id = c->by_id;
	e->by_phone = c->by_phone;
	e->person = keep(d, c->person);
	return VERDICT_ACCEPTED;
}

static enum verdict decide_loaded(struct decision *d)
{
	const struct appointments *l = &d->s->loading;
	const struct command *c = d->c;
	/* Those of another load, that was cut short, may stand there for ever. */
	size_t rows = d->s->load && strcmp(d->s->load, c->load) == 0 ? l->n : 0;
	struct event *e;

	/* A day that turned in the middle has dropped the rows. */
	if ((int64_t)rows != c->rows)
		return VERDICT_ROSTER_BUSY;
	for (size_t i = 0; d->s->today->closed && i < rows; i++) {
		if (strcmp(l->v[i]->date, d->s->today->date) <= 0)
			return VERDICT_DAY_CLOSED;
	}
	e = emit(d, EVENT_ROSTER_LOADED);
	e->load = keep(d, c->load);
	e->count = c->rows;
	e->details = keep(d, c->details);
	e->reply = VERDICT_ACCEPTED;
	e->reply_as = REPLY_ROSTER;
	e->body = c->body;
	return VERDICT_ACCEPTED;
}

enum verdict decide_roster(struct decision *d)
{
	return d->c->kind == COMMAND_ROSTER_ROW ? decide_row(d) : decide_loaded(d);
}

/* ---- carrying it into the next day ---- */

void roster_day_opened(struct site *s)
{
	list_free(&s->loading);
	list_free(&s->carrying);
	s->carrying = s->to_come;
	memset(&s->to_come, 0, sizeof(s->to_come));
}

void roster_day_ready(struct site *s)
{
	list_free(&s->carrying);
}

void roster_carry(struct decision *d)
{
	const struct appointments *l = &d->s->carrying;

	for (size_t i = l->first; i < l->n; i++) {
		const struct appointment *a = l->v[i];
		struct event *e;

		if (strcmp(a->date, d->s->today->date) < 0)
			continue;
		e = emit(d, EVENT_APPOINTMENT_CARRIED);
		e->appointment = (int64_t)a->id;
		e->day = keep(d, a->date);
		e->slot_from = a->slot_from;
		e->slot_to = a->slot_to;
		e->class = a->class;
		e->by_id = a->by_id;
		e->by_phone = a->by_phone;
		e->person = keep(d, a->person);
	}
}

/* ---- applying ---- */

static struct appointment *appointment_new(const struct event *e)
{
	struct appointment *a = core_alloc(sizeof(*a));
	size_t size = strlen(e->person) + 1;

	a->id = (uint64_t)e->appointment;
	copy_text(a->date, sizeof(a->date), e->day);
	a->slot_from = e->slot_from;
	a->slot_to = e->slot_to;
	a->class = e->class;
	a->by_id = e->by_id;
	a->by_phone = e->by_phone;
	a->person = memcpy(core_alloc(size), e->person, size);
	return a;
}

/* Whoever came in while the rows were on their way is not expected as well: one person, one visit. */
static void expect(struct site *s, struct appointment *a)
{
	int when = strcmp(a->date, s->today->date);

	if (when == 0 && !is_known(s, a->by_id))
		visit_expected(s, a);
	else if (when > 0)
		list_add(&s->to_come, a);
	else
		appointment_free(a);
}

static void expected(struct site *s, const struct event *e)
{
	if (!s->load || strcmp(s->load, e->load) != 0) {
		list_free(&s->loading);
		s->load = site_name(s, e->load);
	}
	list_add(&s->loading, appointment_new(e));
	s->last_appointment = (uint64_t)e->appointment;
}

static void loaded(struct site *s, const struct event *e)
{
	if (!s->load || strcmp(s->load, e->load) != 0)
		return;
	for (size_t i = 0; i < s->loading.n; i++)
		expect(s, s->loading.v[i]);
	s->loading.n = 0;
	list_free(&s->loading);
}

/* A process that lived through the night drops its own for the one that the log carries. */
static void carried(struct site *s, const struct event *e)
{
	struct appointments *l = &s->carrying;
	/* Carried in their order; those passed over are of days gone by. */
	while (l->first < l->n && l->v[l->first]->id <= (uint64_t)e->appointment)
		appointment_free(l->v[l->first++]);
	if (s->last_appointment < (uint64_t)e->appointment)
		s->last_appointment = (uint64_t)e->appointment;
	expect(s, appointment_new(e));
}

void roster_apply(struct site *s, struct event *e)
{
	if (e->type == EVENT_EXPECTED)
		expected(s, e);
	else if (e->type == EVENT_ROSTER_LOADED)
		loaded(s, e);
	else
		carried(s, e);
}
