/*
 * A day's roster: who is expected, by which code, and how far they have come.
 *
 *   today       the visits that began as an appointment, whatever has become of them
 *   to come     the rows that wait for their day
 */
#include "codec.h"

#include <string.h>

#include "view.h"

struct roster {
	const struct site *s;
	const char *day;
	roster_code *code;
	void *arg;
	const struct reader *reader;
	size_t expected, arrived;
};

static void write_row(struct json_writer *w, const struct roster *r, const struct appointment *a, const struct visit *v)
{
	char code[ROSTER_CODE_MAX_BYTES + 1] = "";
	const char *person = v ? v->f.person : a->person;

	r->code(r->arg, a->id, code);
	json_open(w, '{');
	view_text(w, "appointment", code);
	view_time(w, "slot_from", a->slot_from);
	view_time(w, "slot_to", a->slot_to);
	view_text(w, "class", a->class == CLASS_NONE ? NULL : visit_class_name(a->class));
	json_key(w, "visit");
	json_visit(w, v ? v->f.id : 0);
	view_text(w, "number", v && v->f.number[0] ? v->f.number : NULL);
	view_text(w, "state", visit_state_name(v ? v->f.state : VISIT_EXPECTED));
	if (r->reader->person && person) {
		json_key(w, "person");
		json_raw(w, person);
	}
	json_close(w, '}');
}

static void write_today(struct json_writer *w, const struct roster *r)
{
	const struct day *day = r->s->today;

	for (size_t i = 0; i < day->n_visits; i++) {
		const struct visit *v = day->visits[i];

		if (v && v->appointment)
			write_row(w, r, v->appointment, v);
	}
}

static void write_to_come(struct json_writer *w, const struct roster *r)
{
	const struct appointments *all = &r->s->to_come;

	for (size_t i = all->first; i < all->n; i++) {
		if (strcmp(all->v[i]->date, r->day) == 0)
			write_row(w, r, all->v[i], NULL);
	}
}

static void count(struct roster *r, bool is_today)
{
	const struct day *day = r->s->today;
	const struct appointments *all = &r->s->to_come;

	for (size_t i = 0; is_today && i < day->n_visits; i++) {
		const struct visit *v = day->visits[i];

		r->expected += v && v->appointment;
		r->arrived += v && v->appointment && v->f.arrived_at;
	}
	for (size_t i = all->first; !is_today && i < all->n; i++)
		r->expected += strcmp(all->v[i]->date, r->day) == 0;
}

void roster_encode(const struct site *s, const char *day, roster_code *code, void *arg, const struct reader *reader,
		   struct buf *out)
{
	struct roster r = {.s = s, .day = day, .code = code, .arg = arg, .reader = reader};
	bool is_today = s->today && strcmp(s->today->date, day) == 0;
	struct json_writer w;

	count(&r, is_today);
	json_start(&w, out);
	json_open(&w, '{');
	view_text(&w, "day", day);
	view_count(&w, "expected", r.expected);
	view_count(&w, "arrived", r.arrived);
	json_key(&w, "rows");
	json_open(&w, '[');
	if (is_today)
		write_today(&w, &r);
	else
		write_to_come(&w, &r);
	json_close(&w, ']');
	json_close(&w, '}');
}
