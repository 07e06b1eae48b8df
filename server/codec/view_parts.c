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

void view_count(struct json_writer *w, const char *key, size_t n)
{
	json_key(w, key);
	json_int(w, (int64_t)n);
}

void view_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_str(w, text);
}

void view_time(struct json_writer *w, const char *key, ms_t at)
{
	json_key(w, key);
	json_time(w, at);
}

void view_flag(struct json_writer *w, const char *key, bool v)
{
	json_key(w, key);
	json_bool(w, v);
}

void view_minutes(struct json_writer *w, const char *key, ms_t wait)
{
	json_key(w, key);
	if (wait < 0)
		json_null(w);
	else
		json_int(w, forecast_minutes(wait));
}

void view_paused(struct json_writer *w, const char *key, enum pause why, ms_t until)
{
	json_key(w, key);
	if (why == PAUSE_NONE) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	view_text(w, "why", pause_name(why));
	view_time(w, "until", until);
	json_close(w, '}');
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

bool view_on_hold(const struct site *s)
{
	return s->today && s->today->facts.hold.on;
}

unsigned view_capacity(const struct site *s, enum stage stage)
{
	return s->rules ? site_room_capacity(s, stage) : 0;
}

size_t view_hall(const struct site *s, enum stage stage)
{
	const struct queue *q = &s->queues[stage];
	size_t n = 0;

	for (size_t i = 0; view_capacity(s, stage) && i < q->n; i++) {
		const struct visit *v = site_visit(s, q->visits[i]);

		n += v && !site_in_room(s, v);
	}
	return n;
}

void view_capacity_member(struct json_writer *w, const struct site *s, enum stage stage)
{
	unsigned capacity = view_capacity(s, stage);

	json_key(w, "capacity");
	if (capacity)
		json_int(w, capacity);
	else
		json_null(w);
}

void view_seats(struct json_writer *w, const struct site *s, ms_t now)
{
	size_t total = s->rules ? (size_t)s->rules->observation_seats : 0, taken = site_seats_taken(s);

	json_key(w, "seats");
	json_open(w, '{');
	view_count(w, "total", total);
	view_count(w, "taken", taken);
	view_count(w, "free", total > taken ? total - taken : 0);
	view_count(w, "committed", site_seats_committed(s, now));
	view_time(w, "next_free_at", site_next_seat(s, now));
	json_close(w, '}');
}
