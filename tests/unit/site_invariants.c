/*
 * The invariants of the hall, by plain searching.
 */
#include "site_invariants.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define EACH_VISIT(s, v, i)                                                                                            \
	for (size_t i = 0; (s)->today && i < (s)->today->n_visits; i++)                                                \
		for (const struct visit *v = (s)->today->visits[i]; v; v = NULL)

__attribute__((format(printf, 2, 3))) static bool broken_is(char out[BROKEN_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(out, BROKEN_MAX, format, args);
	va_end(args);
	return false;
}

static unsigned heads(const struct visit *v)
{
	return 1 + (unsigned)v->f.companions;
}

static bool at_desk(const struct visit *v)
{
	return v->f.state == VISIT_CALLED || v->f.state == VISIT_SERVING;
}

static bool in_room(const struct site *s, const struct visit *v)
{
	return at_desk(v) || (v->f.state == VISIT_QUEUED && (v->admitted || site_room_capacity(s, v->f.stage) == 0));
}

unsigned people_in_room(const struct site *s, enum stage stage)
{
	unsigned n = 0;

	EACH_VISIT(s, v, i)
	{
		if (v->f.stage == stage && in_room(s, v))
			n += heads(v);
	}
	return n;
}

unsigned people_with_seats(const struct site *s, ms_t now)
{
	unsigned n = 0;

	EACH_VISIT(s, v, i)
	{
		enum visit_state st = v->f.state;

		if (st == VISIT_OBSERVING || st == VISIT_INJECTED || (at_desk(v) && v->f.stage == STAGE_INJECTION) ||
		    (st == VISIT_UNWELL && v->f.injected_at) || (st == VISIT_LEFT_EARLY && now < v->f.due_at))
			n += heads(v);
	}
	return n;
}

/* ---- desks ---- */

static int times_in(const uint32_t *list, size_t n, uint32_t id)
{
	int times = 0;

	for (size_t i = 0; i < n; i++)
		times += list[i] == id;
	return times;
}

static bool visit_is_placed(const struct site *s, const struct visit *v, char out[BROKEN_MAX])
{
	int called = 0, serving = 0;

	for (size_t i = 0; i < s->n_desks; i++) {
		const struct desk *d = &s->desks[i];
		int c = times_in(d->called, d->n_called, v->f.id), n = times_in(d->serving, d->n_serving, v->f.id);

		called += c;
		serving += n;
		if (c + n > 0 && (!v->f.desk || strcmp(v->f.desk, d->id) != 0 || d->stage != v->f.stage))
			return broken_is(out, "visit %u does not know that it is at %s", v->f.id, d->id);
	}
	if (called != (v->f.state == VISIT_CALLED) || serving != (v->f.state == VISIT_SERVING))
		return broken_is(out, "visit %u, %s, is called to %d and served at %d desks", v->f.id,
				 visit_state_name(v->f.state), called, serving);
	if (!at_desk(v) && v->f.desk)
		return broken_is(out, "visit %u, %s, says it is at %s", v->f.id, visit_state_name(v->f.state),
				 v->f.desk);
	return true;
}

static bool one_party(const struct site *s, const uint32_t *list, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct visit *first = site_visit(s, list[0]), *v = site_visit(s, list[i]);

		if (!first || !v || !first->party || v->party != first->party)
			return false;
	}
	return true;
}

static bool desks_are_sound(const struct site *s, char out[BROKEN_MAX])
{
	for (size_t i = 0; i < s->n_desks; i++) {
		const struct desk *d = &s->desks[i];

		if (!one_party(s, d->called, d->n_called) || !one_party(s, d->serving, d->n_serving))
			return broken_is(out, "%s has called or serves several who are no party", d->id);
	}
	return true;
}

/* ---- queues, rooms, seats ---- */

static bool queue_is_sound(const struct site *s, enum stage stage, char out[BROKEN_MAX])
{
	const struct queue *q = &s->queues[stage];
	unsigned people = people_in_room(s, stage), capacity = site_room_capacity(s, stage);

	for (size_t i = 0; i < q->n; i++) {
		const struct visit *v = site_visit(s, q->visits[i]), *u = i ? site_visit(s, q->visits[i - 1]) : NULL;

		if (!v || v->f.state != VISIT_QUEUED || v->f.stage != stage)
			return broken_is(out, "visit %u does not wait for %s", q->visits[i], stage_name(stage));
		if (u && (u->key > v->key || (u->key == v->key && u->f.id >= v->f.id)))
			return broken_is(out, "visit %u is behind visit %u at %s", v->f.id, u->f.id, stage_name(stage));
	}
	if (q->room != people)
		return broken_is(out, "%u people in the room of %s, counted as %u", people, stage_name(stage), q->room);
	if (capacity && people > capacity)
		return broken_is(out, "%u people in the room of %s, which holds %u", people, stage_name(stage),
				 capacity);
	return true;
}

static bool counts_are_right(const struct site *s, char out[BROKEN_MAX])
{
	unsigned by_state[VISIT_STATE_COUNT] = {0}, sitting = 0, leavers = 0;
	size_t waiting[STAGE_COUNT] = {0};
	const struct seats *n = &s->seats;

	EACH_VISIT(s, v, i)
	{
		by_state[v->f.state]++;
		if (v->f.state == VISIT_QUEUED)
			waiting[v->f.stage]++;
		if (v->f.state == VISIT_OBSERVING)
			sitting += heads(v);
		if (v->f.state == VISIT_LEFT_EARLY && s->last_at < v->f.due_at)
			leavers += heads(v);
	}
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (s->queues[st].n != waiting[st])
			return broken_is(out, "%zu wait for %s, the queue has %zu", waiting[st],
					 stage_name((enum stage)st), s->queues[st].n);
	}
	for (int st = 0; s->today && st < VISIT_STATE_COUNT; st++) {
		if (s->today->totals.by_state[st] != by_state[st])
			return broken_is(out, "%u are %s, counted as %u", by_state[st],
					 visit_state_name((enum visit_state)st), s->today->totals.by_state[st]);
	}
	if (n->observing != sitting ||
	    n->observing + n->coming + n->injecting + n->unwell + leavers != people_with_seats(s, s->last_at))
		return broken_is(out, "seats: %u sit, %u committed; counted as %u, %u, %u, %u", sitting,
				 people_with_seats(s, s->last_at), n->observing, n->coming, n->injecting, n->unwell);
	return true;
}

/* ---- staff ---- */

/* Whoever is signed on is on the list, at a device that is there, and at no other of its kind. */
static bool sessions_are_sound(const struct site *s, char out[BROKEN_MAX])
{
	for (const struct device *v = s->devices; v; v = v->hh.next) {
		const struct session *of = &v->session;

		if (!of->staff)
			continue;
		if (of->staff->removed || !v->enrolled || v->revoked)
			return broken_is(out, "%s is signed on at device %u, and one of them is gone", of->staff->id,
					 v->id);
		if (of->last_at < of->since || of->why != SIGN_OFF_NONE)
			return broken_is(out, "the session of %s at device %u is over", of->staff->id, v->id);
		for (const struct device *u = v->hh.next; u; u = u->hh.next) {
			if (u->kind == v->kind && u->session.staff == of->staff)
				return broken_is(out, "%s is signed on at devices %u and %u", of->staff->id, v->id,
						 u->id);
		}
	}
	return true;
}

bool site_is_sound(const struct site *s, char broken[BROKEN_MAX])
{
	if (!s->rules) /* nobody has come before it is configured */
		return true;
	EACH_VISIT(s, v, i)
	{
		if (!visit_is_placed(s, v, broken))
			return false;
		if (*v->f.number && site_visit_by_number(s, v->f.number) != v)
			return broken_is(broken, "number %s is of two visits", v->f.number);
	}
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (!queue_is_sound(s, (enum stage)st, broken))
			return false;
	}
	return desks_are_sound(s, broken) && counts_are_right(s, broken) && sessions_are_sound(s, broken);
}
