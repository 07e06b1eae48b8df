/*
 * What is seen at one place: the observation room, a desk, a ticket in somebody's hand.
 *
 * The room's screen and the ticket are read by strangers: they hold numbers and times, no person, and nothing that
 * tells who is unwell.
 */
#include "codec.h"

#include <stdlib.h>

#include "view.h"

#define NEXT_SHOWN 5 /* tickets named as next at a desk */

void view_observation(const struct site *s, const struct picture *p, struct buf *out)
{
	struct json_writer w;
	size_t n;
	const struct visit **observing = view_observing(s, &n);

	view_open(&w, s, p, out);
	view_seats(&w, s);
	json_key(&w, "tickets");
	json_open(&w, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(&w, '{');
		json_key(&w, "number");
		json_str(&w, observing[i]->f.number);
		json_key(&w, "due_at");
		json_time(&w, observing[i]->f.due_at);
		json_key(&w, "status");
		json_str(&w, view_may_leave(s, observing[i], p->now) ? "may_leave" : "waiting");
		json_close(&w, '}');
	}
	json_close(&w, ']');
	json_close(&w, '}');
	free(observing);
}

/* ---- a desk ---- */

static void write_visit(struct json_writer *w, const char *key, const struct site *s, uint32_t id,
			const struct reader *r)
{
	const struct visit *v = id ? site_visit(s, id) : NULL;

	json_key(w, key);
	if (v)
		part_visit(w, &v->f, r);
	else
		json_null(w);
}

void view_desk(const struct site *s, const struct desk *d, const struct picture *p, struct buf *out)
{
	const struct queue *q = &s->queues[d->stage];
	struct json_writer w;

	view_open(&w, s, p, out);
	json_key(&w, "desk");
	json_open(&w, '{');
	json_key(&w, "id");
	json_str(&w, d->id);
	json_key(&w, "stage");
	json_str(&w, part_stage(d->stage));
	json_key(&w, "open");
	json_bool(&w, d->open);
	json_close(&w, '}');
	json_key(&w, "open");
	json_bool(&w, d->open);
	write_visit(&w, "here", s, d->serving, p->reader);
	write_visit(&w, "called", s, d->called, p->reader);
	json_key(&w, "next");
	json_open(&w, '[');
	for (size_t i = 0; i < q->n && i < NEXT_SHOWN; i++)
		json_str(&w, view_number(s, q->visits[i]));
	json_close(&w, ']');
	json_key(&w, "waiting");
	json_int(&w, (int64_t)q->n);
	json_key(&w, "paused");
	json_null(&w);
	json_close(&w, '}');
}

/* ---- a ticket ---- */

/* Finishes a millisecond of one desk, over the time since its first finish within the hour; 0 where it had no two. */
static double desk_pace(const struct desk *d, ms_t now)
{
	size_t first = 0;

	while (first < d->n_recent && d->recent[first] <= now - MS_HOUR)
		first++;
	if (d->n_recent - first < 2 || d->recent[first] >= now)
		return 0;
	return (double)(d->n_recent - first - 1) / (double)(now - d->recent[first]);
}

/* By the pace of the stage's open desks; null while they have none, or the ticket waits for nothing. */
static void write_expected_minutes(struct json_writer *w, const struct site *s, const struct visit *v, int ahead,
				   ms_t now)
{
	double pace = 0;

	for (size_t i = 0; i < s->n_desks; i++) {
		if (s->desks[i].stage == v->f.stage && s->desks[i].open)
			pace += desk_pace(&s->desks[i], now);
	}
	json_key(w, "expected_minutes");
	if (ahead < 0 || pace <= 0)
		json_null(w);
	else
		json_number(w, (ahead + 1) / pace / (double)MS_MINUTE, 0);
}

void view_ticket(const struct site *s, const struct visit *v, const struct picture *p, struct buf *out)
{
	int ahead = site_ahead(s, v);
	struct json_writer w;

	view_open(&w, s, p, out);
	json_key(&w, "number");
	json_str(&w, v->f.number);
	json_key(&w, "state");
	json_str(&w, visit_state_name(v->f.state));
	json_key(&w, "stage");
	json_str(&w, part_stage(v->f.stage));
	json_key(&w, "desk");
	json_str(&w, v->f.desk);
	json_key(&w, "ahead");
	if (ahead < 0)
		json_null(&w);
	else
		json_int(&w, ahead);
	write_expected_minutes(&w, s, v, ahead, p->now);
	json_key(&w, "due_at");
	json_time(&w, v->f.due_at);
	json_key(&w, "next");
	part_next(&w, &v->f);
	json_key(&w, "language");
	json_str(&w, v->f.language == LANGUAGE_NONE ? NULL : language_name(v->f.language));
	json_close(&w, '}');
}
