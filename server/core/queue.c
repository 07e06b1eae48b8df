/*
 * The queue of a stage: visit ids in the order of their keys.
 *
 *   key = entered_at - credit of the class; equal keys in the order of visit ids
 *
 * Whoever comes back keeps the key, and so the place. Beside the queue stands what it has shown today: the waits that
 * have ended, and how long services and the pauses between them take.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

static bool before(const struct visit *a, const struct visit *b)
{
	return a->key != b->key ? a->key < b->key : a->f.id < b->f.id;
}

void queue_reset(struct queue *q)
{
	q->n = 0;
	q->done = 0;
	q->room = 0;
	q->n_waits = 0;
	memset(&q->pace, 0, sizeof(q->pace));
	memset(q->timer_due, 0, sizeof(q->timer_due));
	q->recheck = 0;
	q->full_since = 0;
	q->full_due = 0;
	q->version++;
}

void queue_insert(struct site *s, struct visit *v)
{
	struct queue *q = &s->queues[v->f.stage];
	size_t at = q->n;

	if (q->n == q->cap) {
		q->cap = q->cap ? q->cap * 2 : 64;
		q->visits = core_grow(q->visits, q->cap * sizeof(*q->visits));
	}
	while (at > 0 && before(v, site_visit(s, q->visits[at - 1])))
		at--;
	memmove(q->visits + at + 1, q->visits + at, (q->n - at) * sizeof(*q->visits));
	q->visits[at] = v->f.id;
	q->n++;
	q->version++;
}

static size_t queue_position(const struct queue *q, uint32_t visit)
{
	size_t i = 0;

	while (i < q->n && q->visits[i] != visit)
		i++;
	return i;
}

void queue_remove(struct site *s, const struct visit *v, enum stage stage)
{
	struct queue *q = &s->queues[stage];
	size_t at = queue_position(q, v->f.id);

	if (at == q->n)
		return;
	q->n--;
	memmove(q->visits + at, q->visits + at + 1, (q->n - at) * sizeof(*q->visits));
	q->version++;
}

ms_t queue_key_behind(const struct site *s, const struct visit *v, int behind)
{
	const struct queue *q = &s->queues[v->f.stage];
	size_t first = 0, at;

	while (first < q->n && before(site_visit(s, q->visits[first]), v))
		first++;
	at = first + (size_t)behind < q->n ? first + (size_t)behind : q->n;
	/* Among equal keys the larger id is behind; one more millisecond is behind them all. */
	return at > first ? site_visit(s, q->visits[at - 1])->key + 1 : v->key;
}

ms_t queue_credit(const struct rules *r, enum visit_class class)
{
	switch (class) {
	case CLASS_CALLED_BACK:
		return r->credit_called_back_minutes * MS_MINUTE;
	case CLASS_ASSISTED:
		return r->credit_assisted_minutes * MS_MINUTE;
	case CLASS_ELDERLY:
		return r->credit_elderly_minutes * MS_MINUTE;
	case CLASS_APPOINTMENT:
		return r->credit_appointment_minutes * MS_MINUTE;
	default:
		return r->credit_walk_in_minutes * MS_MINUTE;
	}
}

int site_ahead(const struct site *s, const struct visit *v)
{
	const struct queue *q = &s->queues[v->f.stage];

	if (v->f.state != VISIT_QUEUED)
		return -1;
	/* A party is called by its first member's place. */
	for (size_t i = 0; i < q->n; i++) {
		const struct visit *u = site_visit(s, q->visits[i]);

		if (u == v || (v->party && u->party == v->party))
			return (int)i;
	}
	return -1;
}

/* ---- what the day has shown ---- */

void queue_waited(struct queue *q, ms_t at, ms_t waited)
{
	if (q->n_waits == q->cap_waits) {
		q->cap_waits = q->cap_waits ? q->cap_waits * 2 : 256;
		q->waits = core_grow(q->waits, q->cap_waits * sizeof(*q->waits));
	}
	q->waits[q->n_waits++] = (struct wait){at, waited};
}

void queue_served(struct queue *q, ms_t took)
{
	q->pace.service[q->pace.n_service++ % PACE_SAMPLES] = took;
}

void queue_paused(struct queue *q, ms_t took)
{
	q->pace.gap[q->pace.n_gap++ % PACE_SAMPLES] = took;
}

/* More starts than any site has in an hour. */
#define WAITS_MAX 1000

/* The first wait that ended within the hour before now. */
static size_t waits_from(const struct queue *q, ms_t now)
{
	size_t first = q->n_waits > WAITS_MAX ? q->n_waits - WAITS_MAX : 0, end = q->n_waits;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (q->waits[middle].at > now - MS_HOUR)
			end = middle;
		else
			first = middle + 1;
	}
	return first;
}

static int by_length(const void *a, const void *b)
{
	ms_t x = *(const ms_t *)a, y = *(const ms_t *)b;

	return x < y ? -1 : x > y;
}

static ms_t nearest_rank(const ms_t *sorted, size_t n, size_t percent)
{
	return sorted[(n * percent + 99) / 100 - 1];
}

bool site_waits(const struct site *s, enum stage stage, ms_t now, ms_t *p50, ms_t *p90)
{
	const struct queue *q = &s->queues[stage];
	size_t first = waits_from(q, now), n = 0;
	ms_t *all;

	if (q->n + q->n_waits - first == 0)
		return false;
	all = core_alloc((q->n + q->n_waits - first) * sizeof(*all));
	for (size_t i = first; i < q->n_waits; i++)
		all[n++] = q->waits[i].waited;
	for (size_t i = 0; i < q->n; i++)
		all[n++] = now - site_visit(s, q->visits[i])->entered_at;
	qsort(all, n, sizeof(*all), by_length);
	*p50 = nearest_rank(all, n, 50);
	*p90 = nearest_rank(all, n, 90);
	free(all);
	return true;
}

/* By nearest rank the median is that long where more than half of the waits are. */
static bool median_is(const struct site *s, enum stage stage, ms_t now, ms_t least)
{
	const struct queue *q = &s->queues[stage];
	size_t first = waits_from(q, now), over = 0;

	for (size_t i = first; i < q->n_waits; i++)
		over += q->waits[i].waited >= least;
	for (size_t i = 0; i < q->n; i++)
		over += now - site_visit(s, q->visits[i])->entered_at >= least;
	return over > (q->n + q->n_waits - first) / 2;
}

bool queue_is_long(const struct site *s, enum stage stage, ms_t now)
{
	return s->queues[stage].n && median_is(s, stage, now, s->rules->wait_long_minutes * MS_MINUTE);
}

bool queue_is_still_long(const struct site *s, enum stage stage, ms_t now)
{
	return s->queues[stage].n && median_is(s, stage, now, s->rules->wait_long_minutes * MS_MINUTE * 5 / 6 + 1);
}

/* When time alone may bring the median down again: the oldest wait that ended is an hour ago. MS_NEVER: not by time. */
ms_t queue_shorter_at(const struct site *s, enum stage stage, ms_t now)
{
	const struct queue *q = &s->queues[stage];
	size_t first = waits_from(q, now);

	return q->n && first < q->n_waits ? q->waits[first].at + MS_HOUR : MS_NEVER;
}

/*
 * When to look whether the median wait has reached the limit: with n waits in all, it has when n/2+1 of them have.
 * Until then newcomers only put it off, and so does a start; the end of an hour that the oldest wait is kept for may
 * bring it on, and so may many newcomers where too few wait now: these are counted in *recheck, the length of the queue
 * at which to ask anew.
 */
ms_t queue_long_at(const struct site *s, enum stage stage, ms_t now, size_t *recheck)
{
	const struct queue *q = &s->queues[stage];
	ms_t limit = s->rules->wait_long_minutes * MS_MINUTE, *since, at = MS_NEVER;
	size_t first = waits_from(q, now), over = 0, need;

	if (q->n == 0) {
		*recheck = 1;
		return MS_NEVER;
	}
	for (size_t i = first; i < q->n_waits; i++)
		over += q->waits[i].waited >= limit;
	need = (q->n + q->n_waits - first) / 2 + 1;
	need -= over < need ? over : need;
	*recheck = q->n < need ? 2 * need - q->n - 1 : SIZE_MAX;
	if (need == 0)
		return now;
	if (first < q->n_waits)
		at = q->waits[first].at + MS_HOUR;
	if (need > q->n)
		return at;
	since = core_alloc(q->n * sizeof(*since));
	for (size_t i = 0; i < q->n; i++)
		since[i] = site_visit(s, q->visits[i])->entered_at;
	qsort(since, q->n, sizeof(*since), by_length);
	if (since[need - 1] + limit < at)
		at = since[need - 1] + limit;
	free(since);
	return at;
}
