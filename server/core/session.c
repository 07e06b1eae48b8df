/*
 * Who is signed on where: badge and PIN at a handheld, an exit or a board begin a session, a tap, time or somebody else
 * ends it.
 *
 *   nobody --signed_on--> somebody --signed_off--> nobody      by a tap, idle time, the end of the shift, whoever takes
 *                         |      ^                             over or is elsewhere now, what becomes of list or device
 *                         +------+ signed_on again, or an act: idle time begins anew
 *
 * At one device there is one, and one is at one device of a kind. The device keeps the last few who were there today:
 * an act kept offline is theirs in whose time it was made. Whom idle time has ended may have gone on working offline;
 * each such act that comes in late carries the session as much further as it would have done at once.
 */
#include <string.h>

#include "core.h"

#define WRONG_WAIT_MAX (15 * MS_MINUTE)

static ms_t idle_time(const struct site *s, const struct device *v)
{
	const struct rules *r = s->rules;

	return (v->kind == DEVICE_BOARD ? r->sign_on_board_idle_minutes : r->sign_on_idle_minutes) * MS_MINUTE;
}

ms_t session_idle_at(const struct site *s, const struct device *d)
{
	return d->session.last_at + idle_time(s, d);
}

ms_t session_due(const struct site *s, const struct device *d)
{
	ms_t idle = session_idle_at(s, d);

	if (!d->session.staff)
		return MS_NEVER;
	return idle < d->session.ends_at ? idle : d->session.ends_at;
}

/* ---- whose time it was ---- */

static const struct session *session_of(const struct device *v, ms_t acted)
{
	if (v->session.staff && acted >= v->session.since)
		return &v->session;
	for (int i = 0; i < SESSIONS_KEPT; i++) {
		const struct session *before = &v->before[i];

		if (before->staff && acted >= before->since)
			return acted <= before->ended_at ? before : NULL;
	}
	return NULL;
}

const struct staff *session_at(const struct device *v, ms_t acted, bool offline)
{
	const struct session *of = offline ? session_of(v, acted) : &v->session;

	return of ? of->staff : NULL;
}

void session_touch(const struct site *s, struct device *v, const char *staff, ms_t at)
{
	struct session *of = (struct session *)session_of(v, at);
	ms_t until = at + idle_time(s, v);

	if (!of || strcmp(of->staff->id, staff) != 0)
		return;
	if (of->last_at < at)
		of->last_at = at;
	if (of->why != SIGN_OFF_IDLE)
		return;
	if (until > of->ends_at)
		until = of->ends_at;
	if (of->ended_at < until)
		of->ended_at = until;
}

void session_curtail(struct site *s, const struct staff *f, enum device_kind kind, ms_t at)
{
	struct device *v, *next;

	HASH_ITER(hh, s->devices, v, next) {
		for (int i = 0; i < SESSIONS_KEPT; i++) {
			struct session *before = &v->before[i];

			if (before->staff != f || (kind != DEVICE_NONE && v->kind != kind))
				continue;
			if (before->ends_at > at)
				before->ends_at = at;
			if (before->ended_at > at)
				before->ended_at = at;
		}
	}
}

/* ---- signing on and off ---- */

static bool has_sessions(enum device_kind kind)
{
	return kind == DEVICE_HANDHELD || kind == DEVICE_BOARD || kind == DEVICE_EXIT;
}

static bool roles_ask_pin(const struct rules *r, unsigned roles)
{
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if ((roles & 1u << role) && r->roles[role].pin)
			return true;
	}
	return false;
}

bool site_asks_pin(const struct site *s, const struct staff *f)
{
	return roles_ask_pin(s->rules, f->roles);
}

static ms_t wrong_wait(const struct rules *r, int wrong, ms_t wrong_at, ms_t now)
{
	ms_t wait = r->sign_on_wait_seconds * MS_SECOND;

	if (wrong < r->sign_on_tries)
		return 0;
	for (int i = r->sign_on_tries; i < wrong && wait < WRONG_WAIT_MAX; i++)
		wait = wait * 2 < WRONG_WAIT_MAX ? wait * 2 : WRONG_WAIT_MAX;
	return wrong_at + wait > now ? wrong_at + wait - now : 0;
}

ms_t site_sign_on_wait(const struct site *s, const struct staff *f, const struct device *d, ms_t now)
{
	ms_t of_device = wrong_wait(s->rules, d->wrong, d->wrong_at, now);
	ms_t of_badge = f ? wrong_wait(s->rules, f->wrong, f->wrong_at, now) : 0;

	return of_device > of_badge ? of_device : of_badge;
}

void session_end(struct decision *d, const struct device *v, enum sign_off why)
{
	struct event *e;

	if (!v->session.staff)
		return;
	e = emit(d, EVENT_SIGNED_OFF);
	e->subject = v->id;
	e->member = v->session.staff->id;
	e->sign_off = why;
}

void session_end_all(struct decision *d, const struct staff *f, enum sign_off why)
{
	struct device *v, *next;

	HASH_ITER(hh, d->s->devices, v, next) {
		if (v->session.staff == f)
			session_end(d, v, why);
	}
}

void session_end_unasked(struct decision *d, const struct rules *r)
{
	struct device *v, *next;

	HASH_ITER(hh, d->s->devices, v, next) {
		const struct staff *f = v->session.staff;

		if (f && !site_asks_pin(d->s, f) && roles_ask_pin(r, f->roles))
			session_end(d, v, SIGN_OFF_REMOVED);
	}
}

/* Nobody is known to have done it: not whoever is signed on there. */
static enum verdict sign_on_refuse(struct decision *d, const struct device *v, const struct staff *f)
{
	struct event *e;

	d->staff = NULL;
	e = emit(d, EVENT_SIGN_ON_REFUSED);
	e->member = f ? f->id : NULL;
	e->count = (f ? f->wrong : v->wrong) + 1;
	return VERDICT_SIGN_ON_REFUSED;
}

static void session_begin(struct decision *d, const struct device *v, const struct staff *f)
{
	struct device *other, *next;
	struct event *e;

	d->staff = f;
	HASH_ITER(hh, d->s->devices, other, next) {
		if (other != v && other->kind == v->kind && other->session.staff == f)
			session_end(d, other, SIGN_OFF_ELSEWHERE);
	}
	if (v->session.staff != f)
		session_end(d, v, SIGN_OFF_TAKEN_OVER);
	e = emit(d, EVENT_SIGNED_ON);
	e->member = f->id;
	e->badge = (int64_t)f->badge;
	e->pin = d->c->pin == PIN_RIGHT && site_asks_pin(d->s, f);
	e->due_at = d->c->shift_end;
}

/* A guess learns nothing: an unknown badge is asked for a PIN wherever a known one may be, and refused alike. */
static enum verdict decide_sign_on(struct decision *d, const struct device *v)
{
	const struct staff *f = site_staff_by_badge(d->s, d->c->badge);
	bool asks = f ? site_asks_pin(d->s, f) : roles_ask_pin(d->s->rules, ~0u);
	ms_t wait = site_sign_on_wait(d->s, f, v, d->now);

	if (wait) {
		d->o->until = d->now + wait;
		return VERDICT_TOO_MANY_TRIES;
	}
	if (d->c->pin == PIN_WRONG)
		return sign_on_refuse(d, v, f);
	if (f && asks && !f->pin)
		return VERDICT_PIN_NOT_SET;
	if (asks && d->c->pin == PIN_NOT_GIVEN)
		return VERDICT_PIN_REQUIRED;
	if (!f)
		return sign_on_refuse(d, v, f);
	session_begin(d, v, f);
	return VERDICT_ACCEPTED;
}

enum verdict decide_session(struct decision *d)
{
	const struct device *v = site_device(d->s, d->c->device);

	if (!v || !v->enrolled || v->revoked)
		return VERDICT_DEVICE_UNKNOWN;
	if (!has_sessions(v->kind))
		return VERDICT_NOT_AVAILABLE;
	d->o->subject = v->id;
	if (d->c->kind == COMMAND_SIGN_ON)
		return decide_sign_on(d, v);
	session_end(d, v, SIGN_OFF_TAP);
	return VERDICT_ACCEPTED;
}

void session_fire(struct decision *d, struct device *v)
{
	bool idle = session_idle_at(d->s, v) < v->session.ends_at;

	v->session_due = 0;
	if (session_due(d->s, v) <= d->now)
		session_end(d, v, idle ? SIGN_OFF_IDLE : SIGN_OFF_SHIFT_END);
	else
		timer_session(d->s, v);
}

/* ---- applying ---- */

static void signed_on(struct site *s, const struct event *e)
{
	struct device *v = site_device(s, e->device);
	struct staff *f = site_staff(s, e->member);

	if (v->session.staff != f)
		v->session = (struct session){.staff = f, .since = e->at};
	v->session.last_at = e->at;
	v->session.ends_at = e->due_at ? e->due_at : MS_NEVER;
	if (e->pin) {
		f->wrong = v->wrong = 0;
		f->wrong_at = v->wrong_at = 0;
	}
	/* What was done here from now on was not done there. */
	session_curtail(s, f, v->kind, e->at);
	timer_session(s, v);
}

static void signed_off(struct site *s, const struct event *e)
{
	struct device *v = site_device(s, (uint32_t)e->subject);

	memmove(&v->before[1], &v->before[0], (SESSIONS_KEPT - 1) * sizeof(v->before[0]));
	v->before[0] = v->session;
	v->before[0].ended_at = e->at;
	v->before[0].why = e->sign_off;
	memset(&v->session, 0, sizeof(v->session));
	timer_session(s, v);
}

static void sign_on_refused(struct site *s, const struct event *e)
{
	struct device *v = site_device(s, e->device);
	struct staff *f = e->member ? site_staff(s, e->member) : NULL;

	v->wrong++;
	v->wrong_at = e->at;
	if (f) {
		f->wrong++;
		f->wrong_at = e->at;
	}
}

void session_apply(struct site *s, const struct event *e)
{
	if (e->type == EVENT_SIGNED_ON)
		signed_on(s, e);
	else if (e->type == EVENT_SIGNED_OFF)
		signed_off(s, e);
	else
		sign_on_refused(s, e);
	s->staff_version++;
}

/* ---- from day to day ---- */

void session_day_opened(struct device *v)
{
	memset(v->before, 0, sizeof(v->before));
	v->wrong = 0;
	v->wrong_at = 0;
	v->session_due = 0; /* set again when the device is carried */
}

void session_carry(struct event *e, const struct device *v)
{
	const struct session *of = &v->session;

	if (!of->staff)
		return;
	e->member = of->staff->id;
	e->signed_on_at = of->since;
	e->observed_at = of->last_at; /* also by what is no command with an id, and so no last act */
	e->due_at = of->ends_at == MS_NEVER ? 0 : of->ends_at;
}

void session_carried(struct site *s, struct device *v, const struct event *e)
{
	if (e->member)
		v->session = (struct session){.staff = site_staff(s, e->member),
					      .since = e->signed_on_at,
					      .last_at = e->observed_at,
					      .ends_at = e->due_at ? e->due_at : MS_NEVER};
	timer_session(s, v);
}
