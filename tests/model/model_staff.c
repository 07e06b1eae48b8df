/*
 * What a run asks of the staff: who is listed, removed, signs on and off, tries PINs; and what must hold of them.
 */
#include <stdio.h>
#include <string.h>

#include "model_run.h"

#define ALL "registrar,screener=2099-12-31,vaccinator=2099-12-31,observer,guard,clinician=2099-12-31,supervisor"
#define PERSON "{\"name\":\"Zhao Min\"}"

static const struct {
	const char *id, *roles;
} people[] = {
	/* one for each device, and some who may not do everything, or not any more */
	{"A1", ALL},
	{"A2", ALL},
	{"A3", ALL},
	{"A4", ALL},
	{"A5", ALL},
	{"A6", ALL},
	{"A7", ALL},
	{"A8", ALL},
	{"A9", ALL},
	{"A10", ALL},
	{"A11", ALL},
	{"A12", ALL},
	{"N1", "vaccinator=2026-11-20,observer"},
	{"N2", "vaccinator,screener=2099-12-31"},
	{"N3", "clinician=2026-11-21"},
	{"N4", "supervisor"},
	{"N5", "registrar"},
	{"N6", "vaccinator=2099-12-31"},
	{"N7", "clinician=2099-12-31,vaccinator=2026-11-19"},
};
#define N_PEOPLE ((int)(sizeof(people) / sizeof(*people)))

static uint64_t badge_of(int person, unsigned ordinal)
{
	return (uint64_t)(person + 1) * 1000 + ordinal;
}

static void submit(struct run *r, const struct command *c)
{
	struct sent s = {.c = *c};

	run_submit(r, &s);
}

static void list(struct run *r, int person, const char *roles, bool pin)
{
	const struct naive_staff *f = naive_member(&r->model, people[person].id);
	struct command c = {.kind = COMMAND_STAFF_LIST,
			    .member = people[person].id,
			    .person = PERSON,
			    .roles = roles,
			    .has_pin = pin};

	c.badge = f ? f->badge : badge_of(person, 1);
	if (f && run_percent(r, 30))
		c.badge++; /* a lost one is replaced */
	submit(r, &c);
}

/* ---- asking ---- */

static bool has_sessions(const struct naive_device *d)
{
	return d->kind == DEVICE_HANDHELD || d->kind == DEVICE_BOARD || d->kind == DEVICE_EXIT;
}

static void sign_on(struct run *r, uint32_t device, uint64_t badge, enum pin_check pin)
{
	struct command c = {.kind = COMMAND_SIGN_ON, .device = device, .badge = badge, .pin = pin};

	if (run_percent(r, 30))
		c.shift_end = r->now + run_below(r, 2 * MS_HOUR) - MS_MINUTE;
	submit(r, &c);
}

/* Mostly somebody is there who may do it. */
void run_staff(struct run *r, const struct command *c)
{
	const struct naive_device *d = naive_device(&r->model, c->device);
	const struct naive_session *here = naive_session(&r->model, c->device);
	int person = (int)c->device - 1;

	if (!d || !has_sessions(d) || person >= N_PEOPLE || !duty_roles(c->kind, c->action) || run_percent(r, 4))
		return;
	if (here && naive_session_due(&r->model, here) > r->now && here->staff->id[0] == 'A' && run_percent(r, 98))
		return;
	if (!naive_member(&r->model, people[person].id)->listed || !naive_member(&r->model, people[person].id)->pin)
		list(r, person, ALL, true);
	sign_on(r, c->device, naive_member(&r->model, people[person].id)->badge, PIN_RIGHT);
}

static void ask_sign_on(struct run *r, uint32_t device)
{
	const struct naive_staff *f = &r->model.staff[run_below(r, r->model.n_staff)];
	uint64_t badge = run_percent(r, 90) ? f->badge : run_percent(r, 50) ? f->badge + 1 : 0;

	if (run_percent(r, 8)) {
		for (int tries = run_below(r, 12); tries > 0; tries--)
			sign_on(r, device, badge, PIN_WRONG);
		return;
	}
	sign_on(r, device, badge, run_percent(r, 80) ? PIN_RIGHT : run_percent(r, 50) ? PIN_WRONG : PIN_NOT_GIVEN);
}

void run_ask_staff(struct run *r)
{
	const struct naive_device *d = &r->model.devices[run_below(r, r->model.n_devices)];
	struct command c = {.kind = COMMAND_SIGN_OFF, .device = d->id};
	int person = run_below(r, N_PEOPLE), what = run_below(r, 100);

	if (what < 20) {
		list(r, person, people[run_percent(r, 70) ? person : run_below(r, N_PEOPLE)].roles, run_percent(r, 85));
	} else if (what < 30) {
		c = (struct command){.kind = COMMAND_STAFF_REMOVE};
		c.member = run_percent(r, 95) ? people[person].id : "nobody";
		submit(r, &c);
	} else if (has_sessions(d) && what < 40) {
		submit(r, &c);
	} else if (has_sessions(d)) {
		ask_sign_on(r, d->id);
	}
}

void run_list_staff(struct run *r)
{
	for (int i = 0; i < N_PEOPLE; i++)
		list(r, i, people[i].roles, true);
	for (int i = 0; i < r->model.n_devices; i++) {
		if (has_sessions(&r->model.devices[i]))
			sign_on(r, r->model.devices[i].id, badge_of((int)r->model.devices[i].id - 1, 1), PIN_RIGHT);
	}
}

/* ---- the same? ---- */

static void compare_session(struct run *r, const struct naive_device *d)
{
	const struct naive_session *n = naive_session(&r->model, d->id);
	const struct device *v = site_device(r->site, d->id);
	const struct session *of = &v->session;

	must(r, !of->staff == !n, "%s is signed on at device %u", of->staff ? of->staff->id : "nobody", d->id);
	must(r, v->wrong == d->wrong, "%d wrong PINs at device %u, not %d", v->wrong, d->id, d->wrong);
	if (!n)
		return;
	must(r, strcmp(of->staff->id, n->staff->id) == 0, "%s is signed on at device %u, not %s", of->staff->id, d->id,
	     n->staff->id);
	must(r, of->since == n->since && of->last_at == n->last_at && of->ends_at == n->shift_end,
	     "the session at device %u since +%lld, last act +%lld, not +%lld, +%lld", d->id,
	     (long long)(of->since - MORNING), (long long)(of->last_at - MORNING), (long long)(n->since - MORNING),
	     (long long)(n->last_at - MORNING));
	must(r, session_due(r->site, v) == naive_session_due(&r->model, n), "the session's end at device %u", d->id);
}

void run_compare_staff(struct run *r)
{
	for (int i = 0; i < r->model.n_devices; i++)
		compare_session(r, &r->model.devices[i]);
	for (int i = 0; i < r->model.n_staff; i++) {
		const struct naive_staff *n = &r->model.staff[i];
		const struct staff *f = site_staff(r->site, n->id);

		must(r, f && f->removed == !n->listed, "%s is %son the list", n->id, n->listed ? "not " : "");
		must(r, !n->listed || site_staff_by_badge(r->site, n->badge) == f, "the badge of %s", n->id);
		must(r, !n->listed || f->wrong == n->wrong, "%d wrong PINs for %s, not %d", f->wrong, n->id, n->wrong);
		must(r, f->pin == n->pin, "the PIN of %s", n->id);
	}
}

/* ---- whom events name ---- */

void run_check_named(struct run *r, const struct event *e)
{
	const struct naive_staff *who = e->type == EVENT_SIGN_ON_REFUSED ? NULL : r->model.who;
	const struct staff *f = e->staff ? site_staff(r->site, e->staff) : NULL;
	char today[11];

	if (e->type == EVENT_SIGNED_OFF)
		r->stats->sign_offs[e->sign_off]++;
	if (!e->device || e->type == EVENT_COMMAND_CARRIED) {
		must(r, !e->staff, "%s, which time did, names %s", event_type_name(e->type), e->staff);
		return;
	}
	must(r, !who == !e->staff && (!who || strcmp(e->staff, who->id) == 0), "%s names %s, not %s",
	     event_type_name(e->type), e->staff ? e->staff : "nobody", who ? who->id : "nobody");
	r->stats->by_former += r->model.session && r->model.session->why && who == r->model.session->staff;
	if (e->type != EVENT_INJECTED)
		return;
	run_date(r->now, today);
	must(r, f && f->roles & 1u << ROLE_VACCINATOR && strcmp(today, f->until[ROLE_VACCINATOR]) <= 0,
	     "%s may not inject", e->staff ? e->staff : "nobody");
}
