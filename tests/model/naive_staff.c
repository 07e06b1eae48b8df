/*
 * The naive model's staff: a list of people, and every session of the day, one after the other. Who was there is found
 * by going through all of them.
 */
#include <stdio.h>
#include <string.h>

#include "naive.h"

#define IDLE(d) (((d)->kind == DEVICE_BOARD ? m->board_idle : m->idle) * MS_MINUTE)

/* ---- searching ---- */

struct naive_staff *naive_member(struct naive *m, const char *id)
{
	for (int i = 0; i < m->n_staff; i++) {
		if (strcmp(m->staff[i].id, id) == 0)
			return &m->staff[i];
	}
	return NULL;
}

static struct naive_staff *of_badge(struct naive *m, uint64_t badge)
{
	for (int i = 0; i < m->n_staff; i++) {
		if (m->staff[i].listed && m->staff[i].badge == badge)
			return &m->staff[i];
	}
	return NULL;
}

struct naive_session *naive_session(struct naive *m, uint32_t device)
{
	for (int i = 0; i < m->n_sessions; i++) {
		if (m->sessions[i].device == device && !m->sessions[i].why)
			return &m->sessions[i];
	}
	return NULL;
}

/* Sessions of the device that are over, and began or ended after this one. */
static int ended_since(const struct naive *m, const struct naive_session *of)
{
	int n = 0;

	for (const struct naive_session *o = of + 1; o < m->sessions + m->n_sessions; o++)
		n += o->device == of->device && o->why;
	return n;
}

/* The last act that may still be its own. Idle time begins anew with each act, as far as nothing else has ended it. */
static ms_t ends(struct naive *m, const struct naive_session *of)
{
	ms_t at = of->ended_at, idle = of->last_at + IDLE(naive_device(m, of->device));

	if (!of->why)
		return MS_NEVER;
	if (of->why == SIGN_OFF_IDLE && idle > at)
		at = idle < of->shift_end ? idle : of->shift_end;
	return at < of->cut_at ? at : of->cut_at;
}

/* In whose time it was: of those who had begun by then the last. */
static struct naive_session *session_of(struct naive *m, uint32_t device, ms_t acted)
{
	struct naive_session *last = NULL;

	for (int i = 0; i < m->n_sessions; i++) {
		if (m->sessions[i].device == device && m->sessions[i].since <= acted)
			last = &m->sessions[i];
	}
	return last && acted <= ends(m, last) && ended_since(m, last) < SESSIONS_KEPT ? last : NULL;
}

void naive_find_who(struct naive *m, const struct command *c, ms_t acted)
{
	m->session = c->device_at ? session_of(m, c->device, acted) : naive_session(m, c->device);
	m->who = m->session ? m->session->staff : NULL;
}

void naive_touched(struct naive *m, ms_t acted)
{
	if (m->session && m->session->last_at < acted)
		m->session->last_at = acted;
}

/* ---- what they may do ---- */

static bool is_qualified(const struct naive_staff *f, enum role role, const char *date, bool *expired)
{
	if (!f->is[role])
		return false;
	if (role != ROLE_SCREENER && role != ROLE_VACCINATOR && role != ROLE_CLINICIAN)
		return true;
	if (!f->until[role][0])
		return false;
	*expired |= strcmp(f->until[role], date) < 0;
	return strcmp(f->until[role], date) >= 0;
}

enum verdict naive_duty(const struct naive *m, const struct command *c)
{
	enum role one = ROLE_NONE, other = ROLE_NONE;
	bool expired = false;

	if (c->kind == COMMAND_SITE_HOLD || c->kind == COMMAND_SITE_RESUME)
		one = ROLE_SUPERVISOR, other = ROLE_CLINICIAN;
	if (c->kind == COMMAND_DAY_CLOSE)
		one = ROLE_SUPERVISOR;
	if (c->kind == COMMAND_VISIT && c->action == ACTION_INJECT)
		one = ROLE_VACCINATOR;
	if (c->kind == COMMAND_VISIT &&
	    (c->action == ACTION_ASSESS || c->action == ACTION_CLEAR || c->action == ACTION_TRANSFER))
		one = ROLE_CLINICIAN;
	if (c->kind == COMMAND_VISIT && (c->action == ACTION_CORRECT || c->action == ACTION_MOVE))
		one = ROLE_SUPERVISOR;
	if (!one)
		return VERDICT_ACCEPTED;
	if (!m->who)
		return VERDICT_NOT_SIGNED_ON;
	if (is_qualified(m->who, one, c->date, &expired) || is_qualified(m->who, other, c->date, &expired))
		return VERDICT_ACCEPTED;
	return expired ? VERDICT_QUALIFICATION_EXPIRED : VERDICT_NOT_QUALIFIED;
}

/* ---- on and off ---- */

static void end(struct naive_session *of, enum sign_off why, ms_t now)
{
	of->why = why;
	of->ended_at = now;
}

/* Nothing done later is theirs, by any session (where kind is none) or those at devices of a kind. */
static void cut(struct naive *m, const struct naive_staff *f, enum device_kind kind, ms_t now)
{
	for (int i = 0; i < m->n_sessions; i++) {
		struct naive_session *of = &m->sessions[i];

		if (of->staff != f || (kind && naive_device(m, of->device)->kind != kind))
			continue;
		if (!of->why)
			end(of, kind ? SIGN_OFF_ELSEWHERE : SIGN_OFF_REMOVED, now);
		if (of->cut_at > now)
			of->cut_at = now;
	}
}

static bool asks_pin(const struct naive_staff *f)
{
	return !f || f->is[ROLE_CLINICIAN] || f->is[ROLE_SUPERVISOR];
}

/* 30 seconds after the fifth, a minute after the sixth, and so on. */
static bool must_wait(int wrong, ms_t wrong_at, ms_t now)
{
	static const int seconds[] = {30, 60, 120, 240, 480, 900};

	return wrong >= 5 && now < wrong_at + seconds[wrong < 10 ? wrong - 5 : 5] * MS_SECOND;
}

static enum verdict sign_on(struct naive *m, const struct command *c, ms_t now)
{
	struct naive_device *at = naive_device(m, c->device);
	struct naive_staff *f = of_badge(m, c->badge);
	struct naive_session *here = naive_session(m, c->device);

	if (must_wait(at->wrong, at->wrong_at, now) || (f && must_wait(f->wrong, f->wrong_at, now)))
		return VERDICT_TOO_MANY_TRIES;
	if (c->pin == PIN_NOT_GIVEN && asks_pin(f))
		return f && !f->pin ? VERDICT_PIN_NOT_SET : VERDICT_PIN_REQUIRED;
	m->who = NULL;
	if (!f || c->pin == PIN_WRONG) {
		at->wrong++;
		at->wrong_at = now;
		if (f) {
			f->wrong++;
			f->wrong_at = now;
		}
		return VERDICT_SIGN_ON_REFUSED;
	}
	if (asks_pin(f) && !f->pin)
		return VERDICT_PIN_NOT_SET;
	m->who = f;
	if (asks_pin(f))
		at->wrong = f->wrong = 0;
	if (!here || here->staff != f) {
		if (here)
			end(here, SIGN_OFF_TAKEN_OVER, now);
		cut(m, f, at->kind, now);
		here = &m->sessions[m->n_sessions++];
		*here = (struct naive_session){.staff = f, .device = c->device, .since = now, .cut_at = MS_NEVER};
	}
	here->last_at = now;
	here->shift_end = c->shift_end ? c->shift_end : MS_NEVER;
	return VERDICT_ACCEPTED;
}

static enum verdict list(struct naive *m, const struct command *c, ms_t now)
{
	struct naive_staff *f = naive_member(m, c->member);
	bool asked = f && asks_pin(f);
	char roles[200], *at = roles;

	if (!f) {
		f = &m->staff[m->n_staff++];
		snprintf(f->id, sizeof(f->id), "%s", c->member);
	}
	if (f->badge != c->badge || !f->listed) {
		cut(m, f, DEVICE_NONE, now);
		f->wrong = 0;
	}
	f->listed = true;
	f->badge = c->badge;
	f->pin = c->has_pin;
	memset(f->is, 0, sizeof(f->is));
	memset(f->until, 0, sizeof(f->until));
	snprintf(roles, sizeof(roles), "%s", c->roles);
	for (char *one; (one = strsep(&at, ",")) != NULL;) {
		char *name = strsep(&one, "=");
		int role = role_from(name);

		f->is[role] = true;
		if (one)
			snprintf(f->until[role], sizeof(f->until[role]), "%s", one);
	}
	for (int i = 0; asks_pin(f) && !asked && i < m->n_sessions; i++) {
		if (m->sessions[i].staff == f && !m->sessions[i].why)
			end(&m->sessions[i], SIGN_OFF_REMOVED, now);
	}
	return VERDICT_ACCEPTED;
}

enum verdict naive_staff(struct naive *m, const struct command *c, ms_t now)
{
	struct naive_session *here;
	struct naive_staff *f;

	switch (c->kind) {
	case COMMAND_STAFF_LIST:
		return list(m, c, now);
	case COMMAND_STAFF_REMOVE:
		f = naive_member(m, c->member);
		if (!f || !f->listed)
			return VERDICT_STAFF_UNKNOWN;
		cut(m, f, DEVICE_NONE, now);
		f->listed = false;
		return VERDICT_ACCEPTED;
	case COMMAND_SIGN_ON:
		return sign_on(m, c, now);
	default:
		here = naive_session(m, c->device);
		m->who = here ? here->staff : NULL;
		if (here)
			end(here, SIGN_OFF_TAP, now);
		return VERDICT_ACCEPTED;
	}
}

/* ---- time ---- */

ms_t naive_session_due(struct naive *m, const struct naive_session *of)
{
	ms_t idle = of->last_at + IDLE(naive_device(m, of->device));

	return of->why ? MS_NEVER : idle < of->shift_end ? idle : of->shift_end;
}

void naive_session_ends(struct naive *m, struct naive_session *of, ms_t now)
{
	end(of, of->shift_end <= of->last_at + IDLE(naive_device(m, of->device)) ? SIGN_OFF_SHIFT_END : SIGN_OFF_IDLE,
	    now);
}

void naive_staff_day_turns(struct naive *m)
{
	int kept = 0;

	for (int i = 0; i < m->n_sessions; i++) {
		if (!m->sessions[i].why)
			m->sessions[kept++] = m->sessions[i];
	}
	m->n_sessions = kept;
	for (int i = 0; i < m->n_staff; i++)
		m->staff[i].wrong = 0;
	for (int i = 0; i < m->n_devices; i++)
		m->devices[i].wrong = 0;
}
