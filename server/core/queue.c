/*
 * The queue of a stage: visit ids in the order of their keys.
 *
 *   key = entered_at; equal keys in the order of visit ids. Whoever comes back keeps the key, and so the place.
 */
#include <string.h>

#include "core.h"

static bool before(const struct visit *a, const struct visit *b)
{
	return a->entered_at != b->entered_at ? a->entered_at < b->entered_at : a->f.id < b->f.id;
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

struct visit *queue_head(const struct site *s, enum stage stage)
{
	const struct queue *q = &s->queues[stage];

	return q->n ? site_visit(s, q->visits[0]) : NULL;
}

ms_t queue_key_behind(const struct site *s, enum stage stage, int behind, ms_t now)
{
	const struct queue *q = &s->queues[stage];
	size_t at = q->n < (size_t)behind ? q->n : (size_t)behind;

	/* Among equal keys the larger id is behind; one more millisecond is behind them all. */
	return at ? site_visit(s, q->visits[at - 1])->entered_at + 1 : now;
}

int site_ahead(const struct site *s, const struct visit *v)
{
	const struct queue *q = &s->queues[v->f.stage];

	return v->f.state == VISIT_QUEUED ? (int)queue_position(q, v->f.id) : -1;
}
