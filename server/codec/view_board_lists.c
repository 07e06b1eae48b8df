/*
 * The lists on the board: desks, devices, what was given, who was turned away, who is inside, who is set aside,
 * who left too early.
 */
#include <string.h>

#include "view.h"

/* ---- desks ---- */

static void write_numbers(struct json_writer *w, const char *key, const struct site *s, const uint32_t *visits,
			  size_t n)
{
	json_key(w, key);
	json_open(w, '[');
	for (size_t i = 0; i < n; i++)
		json_str(w, view_number(s, visits[i]));
	json_close(w, ']');
}

static bool is_shown(const struct device *d)
{
	return d->enrolled && !d->revoked;
}

static void write_devices_at(struct json_writer *w, const struct site *s, const struct desk *desk)
{
	json_key(w, "devices");
	json_open(w, '[');
	for (const struct device *d = s->devices; d; d = d->hh.next) {
		if (!is_shown(d) || !d->desk || strcmp(d->desk, desk->id) != 0)
			continue;
		json_open(w, '{');
		json_key(w, "id");
		json_device(w, d->id);
		view_text(w, "name", d->name);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_desk(struct json_writer *w, const struct site *s, const struct desk *d, ms_t now)
{
	unsigned per_hour = desk_hourly(d, now);

	json_open(w, '{');
	view_text(w, "id", d->id);
	view_text(w, "stage", part_stage(d->stage));
	view_flag(w, "open", d->open);
	view_text(w, "called", d->n_called ? view_number(s, d->called[0]) : NULL);
	view_text(w, "serving", d->n_serving ? view_number(s, d->serving[0]) : NULL);
	write_numbers(w, "called_all", s, d->called, d->n_called);
	write_numbers(w, "serving_all", s, d->serving, d->n_serving);
	view_time(w, "since", d->n_serving ? d->started_at : d->n_called ? d->called_at : 0);
	view_count(w, "done", d->done);
	view_count(w, "per_hour", per_hour);
	view_flag(w, "fast",
		  d->stage == STAGE_INJECTION && s->rules && per_hour > (unsigned)s->rules->injections_per_hour);
	part_staff(w, "staff", view_staff_at(s, d));
	write_devices_at(w, s, d);
	json_close(w, '}');
}

void view_board_desks(struct json_writer *w, const struct site *s, ms_t now)
{
	json_key(w, "desks");
	json_open(w, '[');
	for (size_t i = 0; i < s->n_desks; i++) {
		const struct desk *d = &s->desks[i];

		/* A desk no longer configured is shown while somebody is at it. */
		if (!d->retired || d->n_called || d->n_serving)
			write_desk(w, s, d, now);
	}
	json_close(w, ']');
}

/* ---- devices ---- */

void view_board_devices(struct json_writer *w, const struct site *s, const struct picture *p)
{
	json_key(w, "devices");
	json_open(w, '[');
	for (const struct device *d = s->devices; d; d = d->hh.next) {
		if (d->revoked)
			continue;
		json_open(w, '{');
		json_key(w, "id");
		json_device(w, d->id);
		view_text(w, "kind", device_kind_name(d->kind));
		view_text(w, "name", d->name);
		view_text(w, "desk", d->desk);
		view_text(w, "state", d->enrolled ? "enrolled" : "invited");
		view_time(w, "last_contact", p->last_contact ? p->last_contact(p->contact_arg, d->id) : 0);
		view_flag(w, "silent", d->silent != NULL);
		part_staff(w, "staff", d->session.staff);
		json_close(w, '}');
	}
	json_close(w, ']');
}

/* ---- people ---- */

static bool is_inside(const struct visit *v)
{
	return v && v->f.state != VISIT_EXPECTED && v->f.state != VISIT_LEFT_EARLY && !visit_state_ended(v->f.state);
}

void view_board_inside(struct json_writer *w, const struct site *s)
{
	const struct day *day = s->today;

	json_key(w, "inside");
	if (!view_on_hold(s)) {
		json_null(w);
		return;
	}
	json_open(w, '[');
	for (size_t i = 0; i < day->n_visits; i++) {
		const struct visit *v = day->visits[i];

		if (!is_inside(v))
			continue;
		json_open(w, '{');
		view_text(w, "number", v->f.number);
		view_text(w, "state", visit_state_name(v->f.state));
		view_text(w, "stage", part_stage(v->f.stage));
		view_text(w, "desk", v->f.desk);
		view_count(w, "companions", (size_t)v->f.companions);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_person(struct json_writer *w, const struct visit *v)
{
	json_open(w, '{');
	json_key(w, "visit");
	json_visit(w, v->f.id);
	view_text(w, "number", v->f.number);
	view_text(w, "stage", part_stage(v->f.stage));
	view_time(w, "injected_at", v->f.injected_at);
	view_time(w, "due_at", v->f.due_at);
	json_close(w, '}');
}

static void write_people(struct json_writer *w, const char *key, const struct day *day, enum visit_state state)
{
	size_t left = day ? day->totals.by_state[state] : 0;

	json_key(w, key);
	json_open(w, '[');
	for (size_t i = 0; left > 0 && i < day->n_visits; i++) {
		const struct visit *v = day->visits[i];

		if (!v || v->f.state != state)
			continue;
		left--;
		write_person(w, v);
	}
	json_close(w, ']');
}

void view_board_people(struct json_writer *w, const struct site *s)
{
	write_people(w, "parked", s->today, VISIT_PARKED);
	write_people(w, "follow_up", s->today, VISIT_LEFT_EARLY);
}

/* ---- counts ---- */

void view_board_tallies(struct json_writer *w, const struct site *s)
{
	const struct day *day = s->today;

	json_key(w, "not_today");
	json_open(w, '[');
	for (size_t i = 0; day && i < day->n_turned_away; i++) {
		json_open(w, '{');
		view_text(w, "check", day->turned_away[i].name);
		view_count(w, "count", day->turned_away[i].n);
		json_close(w, '}');
	}
	json_close(w, ']');
	json_key(w, "stock");
	json_open(w, '[');
	for (size_t i = 0; day && i < day->n_doses; i++) {
		json_open(w, '{');
		view_text(w, "vaccine", day->doses[i].name);
		view_text(w, "lot", day->doses[i].lot);
		view_count(w, "given", day->doses[i].n);
		json_close(w, '}');
	}
	json_close(w, ']');
}
