/*
 * What a run asks at the door: rosters row by row, and people who come with an appointment or without.
 */
#include <stdio.h>
#include <string.h>

#include "model_run.h"

uint64_t run_new_card(struct run *r)
{
	return (uint64_t)++r->n_cards;
}

uint64_t run_phone(struct run *r)
{
	return (uint64_t)run_below(r, 6);
}

const struct naive_visit *run_expected(struct run *r)
{
	int n = r->model.n_visits, at = n ? run_below(r, n) : 0;

	for (int i = 0; i < n; i++) {
		const struct naive_visit *v = &r->model.visits[(at + i) % n];

		if (v->appointment && (v->state == VISIT_EXPECTED || run_percent(r, 4)))
			return v;
	}
	return NULL;
}

static const char *some_party(struct run *r)
{
	static const char *const parties[] = {"aaaaaaaa-0000-4000-8000-000000000001",
					      "aaaaaaaa-0000-4000-8000-000000000002",
					      "aaaaaaaa-0000-4000-8000-000000000003",
					      "aaaaaaaa-0000-4000-8000-000000000004"};

	return run_percent(r, 50) ? parties[run_below(r, 4)] : NULL;
}

/* How somebody with an appointment says who they are. */
static void ask_appointment(struct run *r, struct command *c)
{
	const struct naive_visit *v = run_expected(r);
	int way = run_below(r, 3);

	if (way == 0)
		c->appointment = v ? v->appointment : (uint64_t)run_below(r, 40) + 1;
	else if (way == 1)
		c->by_id = v ? v->by_id : (uint64_t)run_below(r, r->n_cards + 2) + 1;
	else
		c->by_phone = v && v->by_phone ? v->by_phone : (uint64_t)run_below(r, 6) + 1;
}

static void ask_walk_in(struct run *r, struct command *c)
{
	static const char *const born[] = {"1950-01-02", "1990-05-06", NULL};

	c->person = RUN_PERSON;
	c->birth_date = run_percent(r, 1) ? "2030-01-01" : born[run_below(r, 3)];
	c->by_phone = run_phone(r);
	if (run_percent(r, 50))
		c->by_id = run_percent(r, 60) ? run_new_card(r) : (uint64_t)run_below(r, r->n_cards + 1);
}

void run_ask_check_in(struct run *r, struct command *c)
{
	c->device = r->kiosk;
	if (run_percent(r, 60))
		ask_walk_in(r, c);
	else if (run_percent(r, 97))
		ask_appointment(r, c);
	c->party = some_party(r);
	c->companions = run_percent(r, 20) ? run_below(r, 4) : 0;
	c->assisted = run_percent(r, 8);
	c->failed_check = run_percent(r, 3) ? "mask" : NULL;
	c->missing_check = run_percent(r, 2) ? "checks.mask" : NULL;
}

void run_ask_row(struct run *r, struct sent *s)
{
	struct command *c = &s->c;

	if (!r->load[0] || run_percent(r, 10))
		snprintf(r->load, sizeof(r->load), "bbbbbbbb-0000-4000-8000-%012x", (unsigned)r->n_sent);
	memcpy(s->load, r->load, sizeof(s->load));
	c->load = s->load;
	if (c->kind == COMMAND_ROSTER_LOADED) {
		c->device = r->board;
		c->rows = r->model.n_loading + run_percent(r, 3);
		c->details = "{}";
		r->load[0] = '\0';
		return;
	}
	run_date(r->now + run_below(r, 3) * 24 * MS_HOUR, s->day);
	c->day = s->day;
	c->person = RUN_PERSON;
	c->birth_date = run_percent(r, 30) ? "1950-01-02" : "1990-05-06";
	c->by_id = run_new_card(r);
	c->by_phone = run_phone(r);
	c->assisted = run_percent(r, 10);
	c->slot_from = r->now + run_below(r, 4) * 30 * MS_MINUTE;
	c->slot_to = c->slot_from + 30 * MS_MINUTE;
}
