/*
 * The alarms that nobody has settled: the most urgent first, then the oldest.
 *
 * This view goes out before its events are on disk, so danger may be shown early and its end must not: an alarm that an
 * event after the last one on disk has calmed is shown as it was before that event.
 */
#include "codec.h"

#include <stdlib.h>
#include <string.h>

#include "view.h"

/* Alarms to be shown, each once. */
struct shown {
	const struct alert **v;
	size_t n, cap;
};

static bool on_disk(const struct picture *p, uint64_t epoch, uint64_t seq)
{
	return epoch < p->on_disk_epoch || (epoch == p->on_disk_epoch && seq <= p->on_disk_seq);
}

static enum alert_state shown_state(const struct alert *a, const struct picture *p)
{
	if (a->state == ALERT_SETTLED && on_disk(p, a->settled_epoch, a->settled_seq))
		return ALERT_SETTLED;
	if (a->acknowledged_seq && on_disk(p, a->acknowledged_epoch, a->acknowledged_seq))
		return ALERT_ACKNOWLEDGED;
	return ALERT_OPEN;
}

static void show(struct shown *l, const struct alert *a, const struct picture *p)
{
	if (shown_state(a, p) == ALERT_SETTLED)
		return;
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->v = xrealloc(l->v, l->cap * sizeof(*l->v));
	}
	l->v[l->n++] = a;
}

static bool is_shown(const struct shown *l, const struct alert *a)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i] == a || strcmp(l->v[i]->id, a->id) == 0)
			return true;
	}
	return false;
}

static int by_urgency(const void *a, const void *b)
{
	const struct alert *x = *(const struct alert *const *)a, *y = *(const struct alert *const *)b;

	if (x->urgency != y->urgency)
		return x->urgency > y->urgency ? -1 : 1;
	if (x->raised_at != y->raised_at)
		return x->raised_at < y->raised_at ? -1 : 1;
	return strcmp(x->id, y->id);
}

void view_alerts(const struct site *s, const struct picture *p, struct buf *out)
{
	struct shown l = {0};
	struct json_writer w;

	for (const struct alert *a = s->today ? s->today->alerts : NULL; a; a = a->hh.next)
		show(&l, a, p);
	/* A condition of the machine is no day's, and may stand in the day's list too. */
	for (int kind = 0; kind < ALERT_KIND_COUNT; kind++) {
		if (s->conditions[kind] && !is_shown(&l, s->conditions[kind]))
			show(&l, s->conditions[kind], p);
	}
	if (l.n > 1)
		qsort(l.v, l.n, sizeof(*l.v), by_urgency);
	view_open(&w, s, p, out);
	json_key(&w, "alerts");
	json_open(&w, '[');
	for (size_t i = 0; i < l.n; i++)
		part_alert(&w, l.v[i], shown_state(l.v[i], p), view_number(s, l.v[i]->visit));
	json_close(&w, ']');
	json_close(&w, '}');
	free(l.v);
}
