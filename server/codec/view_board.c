/*
 * The board: where everybody is, desk by desk and stage by stage, and whom to look for.
 *
 *   {at, position, site: {id, name, time_zone}, day, stages: {registration: {waiting, called, serving, done}, ..,
 *    observation: {in_it, on_the_way, due}}, desks: [..], seats: {..}, totals: {..}, follow_up: [..]}
 */
#include "codec.h"

#include <stdlib.h>

#include "view.h"

static void write_count(struct json_writer *w, const char *key, size_t n)
{
	json_key(w, key);
	json_int(w, (int64_t)n);
}

static void write_stage(struct json_writer *w, const struct site *s, enum stage stage)
{
	size_t called = 0, serving = 0;

	for (size_t i = 0; i < s->n_desks; i++) {
		if (s->desks[i].stage != stage)
			continue;
		called += s->desks[i].called != 0;
		serving += s->desks[i].serving != 0;
	}
	json_key(w, stage_name(stage));
	json_open(w, '{');
	write_count(w, "waiting", s->queues[stage].n);
	write_count(w, "called", called);
	write_count(w, "serving", serving);
	write_count(w, "done", s->queues[stage].done);
	json_close(w, '}');
}

static void write_observation(struct json_writer *w, const struct site *s, ms_t now)
{
	size_t n, due = 0;
	const struct visit **observing = view_observing(s, &n);

	for (size_t i = 0; i < n; i++)
		due += view_may_leave(s, observing[i], now);
	free(observing);
	json_key(w, stage_name(STAGE_OBSERVATION));
	json_open(w, '{');
	write_count(w, "in_it", n);
	write_count(w, "on_the_way", s->today ? s->today->totals.by_state[VISIT_INJECTED] : 0);
	write_count(w, "due", due);
	json_close(w, '}');
}

static void write_stages(struct json_writer *w, const struct site *s, ms_t now)
{
	json_key(w, "stages");
	json_open(w, '{');
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++)
		write_stage(w, s, (enum stage)st);
	write_observation(w, s, now);
	json_close(w, '}');
}

static void write_desk(struct json_writer *w, const struct site *s, const struct desk *d, ms_t now)
{
	unsigned per_hour = desk_hourly(d, now);

	json_open(w, '{');
	json_key(w, "id");
	json_str(w, d->id);
	json_key(w, "stage");
	json_str(w, part_stage(d->stage));
	json_key(w, "open");
	json_bool(w, d->open);
	json_key(w, "called");
	json_str(w, view_number(s, d->called));
	json_key(w, "serving");
	json_str(w, view_number(s, d->serving));
	json_key(w, "since");
	json_time(w, d->serving ? d->started_at : d->called ? d->called_at : 0);
	write_count(w, "done", d->done);
	write_count(w, "per_hour", per_hour);
	json_key(w, "fast");
	json_bool(w, d->stage == STAGE_INJECTION && s->rules && per_hour > (unsigned)s->rules->injections_per_hour);
	json_close(w, '}');
}

static void write_desks(struct json_writer *w, const struct site *s, ms_t now)
{
	json_key(w, "desks");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_desks; i++) {
		/* A desk no longer configured is shown while somebody is at it. */
		if (!s->desks[i].retired || s->desks[i].called || s->desks[i].serving)
			write_desk(w, s, &s->desks[i], now);
	}
	json_close(w, ']');
}

static void write_totals(struct json_writer *w, const struct day *day)
{
	static const struct totals nobody;
	char text[TOTALS_TEXT_MAX];

	totals_text(day ? &day->totals : &nobody, text);
	json_key(w, "totals");
	json_raw(w, text);
}

/* Early leavers who have not come back: somebody rings them. */
static void write_follow_up(struct json_writer *w, const struct day *day)
{
	size_t left = day ? day->totals.by_state[VISIT_LEFT_EARLY] : 0;

	json_key(w, "follow_up");
	json_open(w, '[');
	for (size_t i = 0; left > 0 && i < day->n_visits; i++) {
		const struct visit *v = day->visits[i];

		if (!v || v->f.state != VISIT_LEFT_EARLY)
			continue;
		left--;
		json_open(w, '{');
		json_key(w, "visit");
		json_visit(w, v->f.id);
		json_key(w, "number");
		json_str(w, v->f.number);
		json_key(w, "injected_at");
		json_time(w, v->f.injected_at);
		json_key(w, "due_at");
		json_time(w, v->f.due_at);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_site(struct json_writer *w, const struct rules *r)
{
	json_key(w, "site");
	if (!r) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	json_key(w, "id");
	json_str(w, r->site);
	json_key(w, "name");
	json_raw(w, r->name);
	json_key(w, "time_zone");
	json_str(w, r->time_zone);
	json_close(w, '}');
}

void view_board(const struct site *s, const struct picture *p, struct buf *out)
{
	struct json_writer w;

	view_open(&w, s, p, out);
	write_site(&w, s->rules);
	json_key(&w, "day");
	json_str(&w, s->today ? s->today->date : NULL);
	write_stages(&w, s, p->now);
	write_desks(&w, s, p->now);
	view_seats(&w, s);
	write_totals(&w, s->today);
	write_follow_up(&w, s->today);
	json_close(&w, '}');
}

void day_encode(const struct site *s, struct buf *out)
{
	const struct day *day = s->today;
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "day");
	json_str(&w, day ? day->date : NULL);
	json_key(&w, "state");
	json_str(&w, !day ? "none" : day->closed ? "closed" : "open");
	json_key(&w, "opened");
	if (day)
		json_position(&w, day->opened_epoch, day->opened_seq);
	else
		json_null(&w);
	write_totals(&w, day);
	json_key(&w, "in_the_way");
	part_in_the_way(&w, s);
	json_close(&w, '}');
}
