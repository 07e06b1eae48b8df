/*
 * The board: where everybody is, stage by stage and desk by desk, and whom to look for.
 *
 *   {at, position, site, day, hold, roll_call, stages: {registration: {..}, .., observation: {..}}, desks: [..],
 *    seats: {..}, totals: {..}, not_today: [..], stock: [..], devices: [..], inside: [..] or null, parked: [..],
 *    follow_up: [..]}
 */
#include "codec.h"

#include <stdlib.h>

#include "view.h"

/* ---- stages ---- */

static void write_wait(struct json_writer *w, const struct site *s, enum stage stage, ms_t now)
{
	ms_t p50, p90;

	json_key(w, "wait");
	if (!site_waits(s, stage, now, &p50, &p90)) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	view_minutes(w, "p50", p50);
	view_minutes(w, "p90", p90);
	json_close(w, '}');
}

static void write_stage(struct json_writer *w, const struct site *s, enum stage stage, const struct picture *p)
{
	const struct queue *q = &s->queues[stage];
	size_t called = 0, serving = 0;
	enum pause why = PAUSE_NONE;
	ms_t until = 0;

	for (size_t i = 0; i < s->n_desks; i++) {
		if (s->desks[i].stage != stage)
			continue;
		called += s->desks[i].n_called;
		serving += s->desks[i].n_serving;
	}
	json_key(w, stage_name(stage));
	json_open(w, '{');
	view_count(w, "waiting", q->n);
	view_count(w, "hall", view_hall(s, stage));
	view_count(w, "called", called);
	view_count(w, "serving", serving);
	view_count(w, "done", q->done);
	view_count(w, "people", q->room);
	view_capacity_member(w, s, stage);
	write_wait(w, s, stage, p->now);
	view_minutes(w, "forecast", p->forecast ? forecast_joining(p->forecast, s, stage, p->now) : -1);
	if (s->today)
		why = site_paused(s, stage, p->now, &until);
	view_paused(w, "paused", why, until);
	json_close(w, '}');
}

static void write_observation(struct json_writer *w, const struct site *s, ms_t now)
{
	const struct roll_call *roll = s->today ? &s->today->facts.roll_call : NULL;
	size_t n, due = 0, seen = 0;
	const struct visit **observing = view_observing(s, &n);

	for (size_t i = 0; i < n; i++) {
		due += view_may_leave(s, observing[i], now);
		seen += roll && observing[i]->seen_at >= roll->started_at;
	}
	free(observing);
	json_key(w, stage_name(STAGE_OBSERVATION));
	json_open(w, '{');
	view_count(w, "in_it", n);
	view_count(w, "on_the_way", s->today ? s->today->totals.by_state[VISIT_INJECTED] : 0);
	view_count(w, "due", due);
	json_key(w, "seen");
	if (roll && roll->on)
		json_int(w, (int64_t)seen);
	else
		json_null(w);
	json_close(w, '}');
}

static void write_stages(struct json_writer *w, const struct site *s, const struct picture *p)
{
	json_key(w, "stages");
	json_open(w, '{');
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++)
		write_stage(w, s, (enum stage)st, p);
	write_observation(w, s, p->now);
	json_close(w, '}');
}

/* ---- the whole ---- */

static void write_totals(struct json_writer *w, const struct day *day)
{
	static const struct totals nobody;
	char text[TOTALS_TEXT_MAX];

	totals_text(day ? &day->totals : &nobody, text);
	json_key(w, "totals");
	json_raw(w, text);
}

static void write_site(struct json_writer *w, const struct rules *r)
{
	json_key(w, "site");
	if (!r) {
		json_null(w);
		return;
	}
	json_open(w, '{');
	view_text(w, "id", r->site);
	json_key(w, "name");
	json_raw(w, r->name);
	view_text(w, "time_zone", r->time_zone);
	json_close(w, '}');
}

void view_board(const struct site *s, const struct picture *p, struct buf *out)
{
	static const struct site_facts nothing;
	struct json_writer w;

	view_open(&w, s, p, out);
	write_site(&w, s->rules);
	view_text(&w, "day", s->today ? s->today->date : NULL);
	part_site_facts(&w, s->today ? &s->today->facts : &nothing);
	write_stages(&w, s, p);
	view_board_desks(&w, s, p->now);
	view_seats(&w, s, p->now);
	write_totals(&w, s->today);
	view_board_tallies(&w, s);
	view_board_devices(&w, s, p);
	view_board_inside(&w, s);
	view_board_people(&w, s);
	json_close(&w, '}');
}

void day_encode(const struct site *s, struct buf *out)
{
	const struct day *day = s->today;
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	view_text(&w, "day", day ? day->date : NULL);
	view_text(&w, "state", !day ? "none" : day->closed ? "closed" : "open");
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
