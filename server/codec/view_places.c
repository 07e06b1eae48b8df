/*
 * What is seen at one place: the observation room, a desk, a ticket in somebody's hand.
 *
 * The room's screen and the ticket are read by strangers: they hold numbers and times, no person, and nothing that
 * tells who is unwell.
 */
#include "codec.h"

#include <stdlib.h>

#include "view.h"

#define NEXT_SHOWN 5 /* tickets named as next at a desk; all of a party */

void view_observation(const struct site *s, const struct picture *p, struct buf *out)
{
	struct json_writer w;
	size_t n;
	const struct visit **observing = view_observing(s, &n);

	view_open(&w, s, p, out);
	view_seats(&w, s, p->now);
	json_key(&w, "tickets");
	json_open(&w, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(&w, '{');
		view_text(&w, "number", observing[i]->f.number);
		view_time(&w, "due_at", observing[i]->f.due_at);
		view_text(&w, "status", view_may_leave(s, observing[i], p->now) ? "may_leave" : "waiting");
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

/* All who are called here or served here. */
static void write_party(struct json_writer *w, const struct site *s, const struct desk *d, const struct reader *r)
{
	json_key(w, "party");
	json_open(w, '[');
	for (size_t i = 0; i < d->n_serving; i++)
		part_visit(w, &site_visit(s, d->serving[i])->f, r);
	for (size_t i = 0; i < d->n_called; i++)
		part_visit(w, &site_visit(s, d->called[i])->f, r);
	json_close(w, ']');
}

static bool is_among(uint32_t visit, const uint32_t *list, size_t n)
{
	size_t i = 0;

	while (i < n && list[i] != visit)
		i++;
	return i < n;
}

/* Whom a call would take, and who comes after them: first those in the room, then those in the hall. */
static void write_next(struct json_writer *w, const struct site *s, const struct desk *d, const uint32_t *group,
		       size_t n_group)
{
	const struct queue *q = &s->queues[d->stage];
	size_t n = n_group;

	json_key(w, "next");
	json_open(w, '[');
	for (size_t i = 0; i < n_group; i++)
		json_str(w, view_number(s, group[i]));
	for (int in_room = 1; in_room >= 0; in_room--) {
		for (size_t i = 0; i < q->n && n < NEXT_SHOWN; i++) {
			const struct visit *v = site_visit(s, q->visits[i]);

			if (!v || site_in_room(s, v) != in_room || is_among(v->f.id, group, n_group))
				continue;
			json_str(w, v->f.number);
			n++;
		}
	}
	json_close(w, ']');
}

void view_desk(const struct site *s, const struct desk *d, const struct picture *p, struct buf *out)
{
	uint32_t group[DESK_PEOPLE_MAX];
	enum pause why = PAUSE_NONE;
	ms_t until = 0;
	size_t n = s->today && d->open ? site_next_for(s, d, p->now, group, &why, &until) : 0;
	struct json_writer w;

	view_open(&w, s, p, out);
	json_key(&w, "desk");
	json_open(&w, '{');
	view_text(&w, "id", d->id);
	view_text(&w, "stage", part_stage(d->stage));
	view_flag(&w, "open", d->open);
	json_close(&w, '}');
	view_flag(&w, "open", d->open);
	part_staff(&w, "staff", view_staff_at(s, d));
	write_visit(&w, "here", s, d->n_serving ? d->serving[0] : 0, p->reader);
	write_visit(&w, "called", s, d->n_called ? d->called[0] : 0, p->reader);
	write_party(&w, s, d, p->reader);
	write_next(&w, s, d, group, n);
	view_count(&w, "waiting", s->queues[d->stage].n);
	view_count(&w, "hall", view_hall(s, d->stage));
	view_paused(&w, "paused", n ? PAUSE_NONE : why, until);
	view_flag(&w, "hold", view_on_hold(s));
	json_close(&w, '}');
}

/* ---- a ticket ---- */

/* Whether it may go into the room of its stage; null where it waits for none. */
static void write_admitted(struct json_writer *w, const struct site *s, const struct visit *v)
{
	bool at_desk = v->f.state == VISIT_CALLED || v->f.state == VISIT_SERVING;

	json_key(w, "admitted");
	if (v->f.state == VISIT_QUEUED || at_desk)
		json_bool(w, site_in_room(s, v));
	else
		json_null(w);
}

static const char *place_of(const struct site *s, const struct visit *v)
{
	if (v->f.state != VISIT_QUEUED)
		return NULL;
	return site_in_room(s, v) ? "room" : "hall";
}

void view_ticket(const struct site *s, const struct visit *v, const struct picture *p, struct buf *out)
{
	int ahead = site_ahead(s, v);
	struct json_writer w;

	view_open(&w, s, p, out);
	view_text(&w, "number", v->f.number[0] ? v->f.number : NULL);
	view_text(&w, "state", visit_state_name(v->f.state));
	view_text(&w, "stage", part_stage(v->f.stage));
	view_text(&w, "desk", v->f.desk);
	json_key(&w, "ahead");
	if (ahead < 0)
		json_null(&w);
	else
		json_int(&w, ahead);
	view_minutes(&w, "expected_minutes",
		     p->forecast && v->f.state == VISIT_QUEUED ? forecast_visit(p->forecast, s, v, p->now) : -1);
	write_admitted(&w, s, v);
	view_count(&w, "party", v->party ? v->party->n : 1);
	view_time(&w, "due_at", v->f.due_at);
	view_text(&w, "time_zone", s->rules ? s->rules->time_zone : NULL);
	json_key(&w, "next");
	part_next_at(&w, &v->f, place_of(s, v));
	view_flag(&w, "hold", view_on_hold(s));
	view_text(&w, "language", v->f.language == LANGUAGE_NONE ? NULL : language_name(v->f.language));
	json_close(&w, '}');
}
