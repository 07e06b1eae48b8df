/*
 * What hangs on the wall: who is called to which desk, who may come in from the hall, who is next, how long it takes.
 *
 *   display:STAGE   {at, position, stage, hold, calls, admitted, next, waiting, hall, capacity, expected_minutes}
 *   display:all     {at, position, hold, calls, stages: {STAGE: {the same but for calls}}}
 *
 * It is read by strangers: numbers only, and whoever is unwell is simply not there.
 */
#include "codec.h"

#include <string.h>

#include "view.h"

#define CALLS_SHOWN 12
#define NEXT_SHOWN 10
#define STARTED_SHOWN_MS (60 * MS_SECOND) /* a call stays for so long after its start */

/* ---- calls ---- */

static bool has_begun_lately(const struct visit *v, ms_t now)
{
	return v->f.state == VISIT_SERVING && now - v->started_at < STARTED_SHOWN_MS;
}

static bool call_stands(const struct visit *v, const struct call *c, ms_t now)
{
	return v && v->f.stage == c->stage && v->f.desk && strcmp(v->f.desk, c->desk) == 0 &&
	       (v->f.state == VISIT_CALLED || has_begun_lately(v, now));
}

/* Calls that still stand, the newest first; a ticket that was called twice counts once. STAGE_NONE: of all stages. */
static size_t calls_standing(const struct site *s, enum stage stage, ms_t now, const struct call *out[CALLS_SHOWN])
{
	const struct day *day = s->today;
	size_t kept = !day ? 0 : day->n_calls < CALLS_KEPT ? day->n_calls : CALLS_KEPT, n = 0;

	for (size_t i = 1; i <= kept && n < CALLS_SHOWN; i++) {
		const struct call *c = &day->calls[(day->n_calls - i) % CALLS_KEPT];
		bool again = false;

		if (stage != STAGE_NONE && c->stage != stage)
			continue;
		for (size_t k = 0; k < n; k++)
			again |= out[k]->visit == c->visit;
		if (!again && call_stands(site_visit(s, c->visit), c, now))
			out[n++] = c;
	}
	return n;
}

static void write_calls(struct json_writer *w, const struct site *s, enum stage stage, ms_t now)
{
	const struct call *calls[CALLS_SHOWN];
	size_t n = calls_standing(s, stage, now, calls);

	json_key(w, "calls");
	json_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		json_open(w, '{');
		view_text(w, "number", view_number(s, calls[i]->visit));
		view_text(w, "desk", calls[i]->desk);
		if (stage == STAGE_NONE)
			view_text(w, "stage", part_stage(calls[i]->stage));
		view_time(w, "at", calls[i]->at);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* ---- who waits ---- */

/* Numbers of those who wait in the room or in the hall, in order; how many were written. */
static size_t write_waiting(struct json_writer *w, const struct site *s, enum stage stage, bool in_room, size_t most)
{
	const struct queue *q = &s->queues[stage];
	size_t n = 0;

	for (size_t i = 0; i < q->n && n < most; i++) {
		const struct visit *v = site_visit(s, q->visits[i]);

		if (!v || site_in_room(s, v) != in_room)
			continue;
		json_str(w, v->f.number);
		n++;
	}
	return n;
}

static void write_stage(struct json_writer *w, const struct site *s, enum stage stage, const struct picture *p)
{
	size_t n;

	json_key(w, "admitted");
	json_open(w, '[');
	/* Without a limit nobody waits outside, so nobody is asked in. */
	if (view_capacity(s, stage))
		write_waiting(w, s, stage, true, SIZE_MAX);
	json_close(w, ']');
	json_key(w, "next");
	json_open(w, '[');
	n = write_waiting(w, s, stage, true, NEXT_SHOWN);
	write_waiting(w, s, stage, false, NEXT_SHOWN - n);
	json_close(w, ']');
	view_count(w, "waiting", s->queues[stage].n);
	view_count(w, "hall", view_hall(s, stage));
	view_capacity_member(w, s, stage);
	view_minutes(w, "expected_minutes", p->forecast ? forecast_joining(p->forecast, s, stage, p->now) : -1);
}

static void write_stages(struct json_writer *w, const struct site *s, const struct picture *p)
{
	json_key(w, "stages");
	json_open(w, '{');
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		json_key(w, stage_name((enum stage)st));
		json_open(w, '{');
		write_stage(w, s, (enum stage)st, p);
		json_close(w, '}');
	}
	json_close(w, '}');
}

void view_display(const struct site *s, enum stage stage, const struct picture *p, struct buf *out)
{
	struct json_writer w;

	view_open(&w, s, p, out);
	if (stage != STAGE_NONE)
		view_text(&w, "stage", part_stage(stage));
	view_flag(&w, "hold", view_on_hold(s));
	write_calls(&w, s, stage, p->now);
	if (stage == STAGE_NONE)
		write_stages(&w, s, p);
	else
		write_stage(&w, s, stage, p);
	json_close(&w, '}');
}
