/*
 * What several views have in common.
 */
#include "view.h"

#include <stdlib.h>

void view_open(struct json_writer *w, const struct site *s, const struct picture *p, struct buf *out)
{
	json_start(w, out);
	json_open(w, '{');
	json_key(w, "at");
	json_time(w, p->now);
	json_key(w, "position");
	json_position(w, s->epoch, s->seq);
}

const char *view_number(const struct site *s, uint32_t visit)
{
	const struct visit *v = visit ? site_visit(s, visit) : NULL;

	return v ? v->f.number : NULL;
}

static int by_due(const void *a, const void *b)
{
	const struct visit *x = *(const struct visit *const *)a, *y = *(const struct visit *const *)b;

	if (x->f.due_at != y->f.due_at)
		return x->f.due_at < y->f.due_at ? -1 : 1;
	return x->f.id < y->f.id ? -1 : x->f.id > y->f.id;
}

const struct visit **view_observing(const struct site *s, size_t *n)
{
	const struct day *day = s->today;
	size_t most = day ? day->totals.by_state[VISIT_OBSERVING] : 0;
	const struct visit **found = xmalloc((most + 1) * sizeof(*found));

	*n = 0;
	for (size_t i = 0; day && i < day->n_visits && *n < most; i++) {
		const struct visit *v = day->visits[i];

		if (v && v->f.state == VISIT_OBSERVING)
			found[(*n)++] = v;
	}
	qsort(found, *n, sizeof(*found), by_due);
	return found;
}

bool view_may_leave(const struct site *s, const struct visit *v, ms_t now)
{
	const struct alert *doubt = s->conditions[ALERT_CLOCK_DOUBT];

	/* While the time is in doubt nobody is released. */
	return v->f.due_at <= now && !(doubt && doubt->state != ALERT_SETTLED);
}

void view_seats(struct json_writer *w, const struct site *s)
{
	int64_t total = s->rules ? s->rules->observation_seats : 0, taken = site_seats_taken(s);

	json_key(w, "seats");
	json_open(w, '{');
	json_key(w, "total");
	json_int(w, total);
	json_key(w, "taken");
	json_int(w, taken);
	json_key(w, "free");
	json_int(w, total > taken ? total - taken : 0);
	json_close(w, '}');
}
