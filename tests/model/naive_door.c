/*
 * The naive model's door: rosters, and the ways to check in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive.h"

/* Whoever came before under the same card, and has ended, makes room. */
void naive_known_by(struct naive *m, struct naive_visit *v, uint64_t by_id, uint64_t by_phone)
{
	v->by_id = by_id;
	for (int i = 0; by_id && i < m->n_visits; i++) {
		struct naive_visit *u = &m->visits[i];

		if (u == v || u->by_id != by_id)
			continue;
		/* The card finds one of them: whoever is here already, else the newest. */
		if (naive_ended(u->state))
			u->by_id = 0;
		else
			v->by_id = 0;
	}
	v->by_phone = by_phone;
	v->known_since = ++m->known;
}

static struct naive_visit *with_card(struct naive *m, uint64_t by_id)
{
	for (int i = 0; by_id && i < m->n_visits; i++) {
		if (m->visits[i].by_id == by_id)
			return &m->visits[i];
	}
	return NULL;
}

/* ---- rosters ---- */

/* Nobody who is expected already, is here, or has had the injection. */
static void expect(struct naive *m, const struct naive_row *r)
{
	const struct naive_visit *known = with_card(m, r->by_id);
	struct naive_visit *v;

	if (known && (known->appointment || known->injected_at || !naive_ended(known->state)))
		return;
	v = &m->visits[m->n_visits++];
	memset(v, 0, sizeof(*v));
	v->id = ++m->last_visit;
	v->state = VISIT_EXPECTED;
	v->desk = -1;
	v->class = v->slot_class = r->class;
	v->appointment = r->id;
	v->slot_from = r->slot_from;
	v->slot_to = r->slot_to;
	naive_known_by(m, v, r->by_id, r->by_phone);
}

/* Rows of today are expected, of later days they wait, of days gone by they are forgotten. */
static void take(struct naive *m, const struct naive_row *r)
{
	if (strcmp(r->day, m->date) == 0)
		expect(m, r);
	else if (strcmp(r->day, m->date) > 0)
		m->to_come[m->n_to_come++] = *r;
}

void naive_door_opens(struct naive *m)
{
	int n = m->n_to_come;
	struct naive_row rows[NAIVE_ROWS];

	memcpy(rows, m->to_come, (size_t)n * sizeof(*rows));
	m->n_loading = m->n_to_come = 0;
	for (int i = 0; i < n; i++)
		take(m, &rows[i]);
}

static int age(const char *birth_date, const char *day)
{
	int years = atoi(day) - atoi(birth_date);

	return strcmp(day + 5, birth_date + 5) < 0 ? years - 1 : years;
}

enum verdict naive_row(struct naive *m, const struct command *c)
{
	struct naive_row *r;

	if (strcmp(m->load, c->load) != 0)
		m->n_loading = 0;
	snprintf(m->load, sizeof(m->load), "%s", c->load);
	r = &m->loading[m->n_loading++];
	*r = (struct naive_row){.id = ++m->last_appointment,
				.by_id = c->by_id,
				.by_phone = c->by_phone,
				.slot_from = c->slot_from,
				.slot_to = c->slot_to};
	snprintf(r->day, sizeof(r->day), "%s", c->day);
	r->class = c->assisted ? CLASS_ASSISTED : age(c->birth_date, c->day) >= 60 ? CLASS_ELDERLY : CLASS_APPOINTMENT;
	return VERDICT_ACCEPTED;
}

enum verdict naive_loaded(struct naive *m, const struct command *c)
{
	int rows = strcmp(m->load, c->load) == 0 ? m->n_loading : 0;

	if (rows != c->rows)
		return VERDICT_ROSTER_BUSY;
	for (int i = 0; m->closed && i < rows; i++) {
		if (strcmp(m->loading[i].day, m->date) <= 0)
			return VERDICT_DAY_CLOSED;
	}
	for (int i = 0; i < rows; i++)
		take(m, &m->loading[i]);
	if (rows)
		m->n_loading = 0;
	return VERDICT_ACCEPTED;
}

/* ---- who is it ---- */

static enum verdict on_another_day(const struct naive *m, const struct command *c)
{
	for (int i = 0; i < m->n_to_come; i++) {
		const struct naive_row *r = &m->to_come[i];

		if (c->appointment ? r->id == c->appointment :
		    c->by_id       ? r->by_id == c->by_id :
				     r->by_phone == c->by_phone)
			return VERDICT_WRONG_DAY;
	}
	return c->appointment && c->appointment <= m->last_appointment ? VERDICT_WRONG_DAY :
									 VERDICT_APPOINTMENT_UNKNOWN;
}

/* The one who is expected; several: -1. Nobody is any more: the first who was. */
static int with_phone(struct naive *m, uint64_t by_phone, struct naive_visit **found)
{
	struct naive_visit *first = NULL;
	int expected = 0;

	for (int i = 0; i < m->n_visits; i++) {
		struct naive_visit *v = &m->visits[i];

		if (v->by_phone != by_phone)
			continue;
		if (v->state == VISIT_EXPECTED) {
			*found = v;
			expected++;
		}
		if (!first || v->known_since < first->known_since)
			first = v;
	}
	if (expected == 0)
		*found = first;
	return expected > 1 ? -1 : 0;
}

static enum verdict find(struct naive *m, const struct command *c, struct naive_visit **v)
{
	for (int i = 0; c->appointment && i < m->n_visits; i++) {
		if (m->visits[i].appointment == c->appointment)
			*v = &m->visits[i];
	}
	if (!c->appointment && c->by_id)
		*v = with_card(m, c->by_id);
	else if (!c->appointment && with_phone(m, c->by_phone, v) < 0)
		return VERDICT_AMBIGUOUS;
	if (!*v)
		return on_another_day(m, c);
	m->about = (*v)->id;
	if ((*v)->state == VISIT_UNWELL)
		return VERDICT_UNWELL;
	if (naive_ended((*v)->state))
		return VERDICT_TICKET_ENDED;
	return (*v)->state == VISIT_EXPECTED ? VERDICT_ACCEPTED : VERDICT_NOT_EXPECTED;
}

static enum verdict walks_in(struct naive *m, const struct command *c)
{
	const struct naive_visit *v = with_card(m, c->by_id);

	if (c->birth_date && strcmp(c->birth_date, c->date) > 0)
		return VERDICT_BIRTH_DATE_TO_COME;
	if (!v || naive_ended(v->state))
		return VERDICT_ACCEPTED;
	return v->state == VISIT_EXPECTED ? VERDICT_HAS_APPOINTMENT : VERDICT_NOT_EXPECTED;
}

/* ---- in ---- */

static enum visit_class class_of(const struct naive *m, const struct naive_visit *v, const struct command *c,
				 ms_t acted)
{
	if (c->assisted || v->slot_class == CLASS_ASSISTED)
		return CLASS_ASSISTED;
	if (v->slot_class == CLASS_ELDERLY)
		return CLASS_ELDERLY;
	if (!v->appointment)
		return c->birth_date && age(c->birth_date, m->date) >= 60 ? CLASS_ELDERLY : CLASS_WALK_IN;
	return acted >= v->slot_from - 15 * MS_MINUTE && acted <= v->slot_to + 30 * MS_MINUTE ? CLASS_APPOINTMENT :
												CLASS_WALK_IN;
}

static void join(struct naive *m, const char *party)
{
	struct naive_party *p = &m->parties[m->n_parties];

	for (int i = 0; i < m->n_parties; i++) {
		if (strcmp(m->parties[i].id, party) == 0)
			return;
	}
	m->n_parties++;
	snprintf(p->id, sizeof(p->id), "%s", party);
	for (int st = 0; st < STAGE_COUNT; st++)
		p->desk[st] = -1;
}

static void come_in(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted)
{
	bool expected = v->appointment != 0;

	v->class = class_of(m, v, c, acted);
	v->ticket = ++m->last_ticket;
	snprintf(v->number, sizeof(v->number), "%c%03d", expected ? 'A' : 'W', ++m->numbers[expected]);
	v->companions = (int)c->companions;
	if (c->party) {
		snprintf(v->party, sizeof(v->party), "%s", c->party);
		join(m, c->party);
	}
	naive_become(m, v, VISIT_QUEUED, STAGE_REGISTRATION);
	naive_queue(v, acted);
	m->about = v->id;
}

enum verdict naive_check_in(struct naive *m, const struct command *c, ms_t acted)
{
	struct naive_visit *v = NULL;
	enum verdict r;

	if (m->closed)
		return VERDICT_DAY_CLOSED;
	if (!c->person && !c->appointment && !c->by_id && !c->by_phone)
		return VERDICT_FIELD_MISSING;
	r = c->person ? walks_in(m, c) : find(m, c, &v);
	if (r != VERDICT_ACCEPTED)
		return r;
	if (c->failed_check) {
		m->not_today++;
		m->marked = true;
		return VERDICT_NOT_TODAY;
	}
	if (c->missing_check)
		return VERDICT_FIELD_MISSING;
	if (!naive_fits_anywhere(m, 1 + (int)c->companions))
		return VERDICT_ROOM_FULL;
	if (!v) {
		v = &m->visits[m->n_visits++];
		memset(v, 0, sizeof(*v));
		v->id = ++m->last_visit;
		naive_known_by(m, v, c->by_id, c->by_phone);
	}
	come_in(m, v, c, acted);
	return VERDICT_ACCEPTED;
}
