/*
 * The staff: the list, and what its roles may do.
 *
 *   listed --listed again, changed--> listed --removed--> removed, kept for the names in the record
 *
 *   command, action --duty_roles--> roles --staff_may--> accepted, not_signed_on, not_qualified, qualification_expired
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

#define ROLE_BIT(role) (1u << (role))

/* ---- roles as text ---- */

static bool is_date(const char *text)
{
	for (int i = 0; i < 10; i++) {
		bool dash = i == 4 || i == 7;

		if (dash ? text[i] != '-' : text[i] < '0' || text[i] > '9')
			return false;
	}
	return true;
}

/* "observer", "vaccinator=2027-06-30" */
static bool role_parse(const char *text, size_t len, struct staff *f)
{
	const char *until = memchr(text, '=', len);
	size_t n = until ? (size_t)(until - text) : len;
	char name[16];
	int role;

	if (n >= sizeof(name))
		return false;
	memcpy(name, text, n);
	name[n] = 0;
	role = role_from(name);
	if (role < 0 || (f->roles & ROLE_BIT(role)))
		return false;
	f->roles |= ROLE_BIT(role);
	if (!until)
		return true;
	if (len - n - 1 != sizeof(f->until[role]) - 1 || !is_date(until + 1))
		return false;
	memcpy(f->until[role], until + 1, sizeof(f->until[role]) - 1);
	return true;
}

bool staff_roles_parse(const char *text, struct staff *f)
{
	struct staff read = {0};
	size_t len;

	do {
		len = text ? strcspn(text, ",") : 0;
		if (!len || !role_parse(text, len, &read))
			return false;
		text += len;
	} while (*text++);
	f->roles = read.roles;
	memcpy(f->until, read.until, sizeof(f->until));
	return true;
}

#define ROLES_TEXT_MAX (ROLE_COUNT * 32)

static void roles_text(const struct staff *f, char out[ROLES_TEXT_MAX])
{
	size_t n = 0;

	out[0] = 0;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (!(f->roles & ROLE_BIT(role)))
			continue;
		n += (size_t)snprintf(out + n, ROLES_TEXT_MAX - n, "%s%s%s%s", n ? "," : "", role_name((enum role)role),
				      f->until[role][0] ? "=" : "", f->until[role]);
	}
}

/* ---- look-ups ---- */

struct staff *site_staff(const struct site *s, const char *id)
{
	struct staff *f;

	HASH_FIND(hh, s->staff, id, strlen(id), f);
	return f;
}

struct staff *site_staff_by_badge(const struct site *s, uint64_t badge)
{
	struct staff *f;

	HASH_FIND(by_badge, s->staff_by_badge, &badge, sizeof(badge), f);
	return f;
}

/* ---- what they may do ---- */

unsigned duty_roles(enum command_kind kind, enum action a)
{
	switch (kind) {
	case COMMAND_DAY_CLOSE:
		return ROLE_BIT(ROLE_SUPERVISOR);
	case COMMAND_SITE_HOLD:
	case COMMAND_SITE_RESUME:
		return ROLE_BIT(ROLE_SUPERVISOR) | ROLE_BIT(ROLE_CLINICIAN);
	case COMMAND_VISIT:
		break;
	default:
		return 0;
	}
	switch (a) {
	case ACTION_INJECT:
		return ROLE_BIT(ROLE_VACCINATOR);
	case ACTION_ASSESS:
	case ACTION_CLEAR:
	case ACTION_TRANSFER:
		return ROLE_BIT(ROLE_CLINICIAN);
	case ACTION_MOVE:
	case ACTION_CORRECT:
		return ROLE_BIT(ROLE_SUPERVISOR);
	default:
		return 0;
	}
}

enum verdict staff_may(const struct site *s, const struct staff *f, unsigned roles, const char *date)
{
	enum verdict verdict = VERDICT_NOT_QUALIFIED;

	if (!f)
		return VERDICT_NOT_SIGNED_ON;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (!(f->roles & roles & ROLE_BIT(role)))
			continue;
		if (!s->rules->roles[role].qualification)
			return VERDICT_ACCEPTED;
		if (!f->until[role][0])
			continue;
		if (strcmp(date, f->until[role]) <= 0)
			return VERDICT_ACCEPTED;
		verdict = VERDICT_QUALIFICATION_EXPIRED;
	}
	return verdict;
}

enum verdict duty_check(const struct decision *d)
{
	unsigned roles = duty_roles(d->c->kind, d->c->action);

	return roles ? staff_may(d->s, d->staff, roles, d->c->date) : VERDICT_ACCEPTED;
}

/* ---- the list ---- */

static bool is_listed_so(const struct staff *f, const struct command *c, const struct staff *as)
{
	return f && !f->removed && f->roles == as->roles && memcmp(f->until, as->until, sizeof(f->until)) == 0 &&
	       f->badge == c->badge && f->pin == c->has_pin && strcmp(f->person, c->person) == 0;
}

static enum verdict staff_missing(struct decision *d, const char *field)
{
	d->o->field = field;
	return VERDICT_FIELD_MISSING;
}

static struct event *emit_listed(struct decision *d, const struct staff *f)
{
	struct event *e = emit(d, EVENT_STAFF_LISTED);
	char roles[ROLES_TEXT_MAX];

	roles_text(f, roles);
	e->member = keep(d, f->id);
	e->person = keep(d, f->person);
	e->roles = keep(d, roles);
	e->badge = (int64_t)f->badge;
	e->pin = f->pin;
	return e;
}

/* Says nothing of one who is listed just so already. */
static enum verdict decide_list(struct decision *d)
{
	const struct command *c = d->c;
	const struct staff *f = site_staff(d->s, c->member), *of_badge = site_staff_by_badge(d->s, c->badge);
	struct staff listed = {.id = c->member, .person = (char *)c->person, .badge = c->badge, .pin = c->has_pin};

	if (!c->person)
		return staff_missing(d, "person");
	if (!staff_roles_parse(c->roles, &listed))
		return staff_missing(d, "roles");
	if (!c->badge || (of_badge && of_badge != f))
		return staff_missing(d, "badge");
	if (is_listed_so(f, c, &listed))
		return VERDICT_ACCEPTED;
	/* Whoever has found the old badge is not to go on with it; nor anybody without the PIN of a new role. */
	if (f && (f->badge != c->badge || (site_asks_pin(d->s, &listed) && !site_asks_pin(d->s, f))))
		session_end_all(d, f, SIGN_OFF_REMOVED);
	emit_listed(d, &listed);
	return VERDICT_ACCEPTED;
}

static enum verdict decide_remove(struct decision *d)
{
	const struct staff *f = site_staff(d->s, d->c->member);

	if (!f || f->removed)
		return VERDICT_STAFF_UNKNOWN;
	session_end_all(d, f, SIGN_OFF_REMOVED);
	emit(d, EVENT_STAFF_REMOVED)->member = f->id;
	return VERDICT_ACCEPTED;
}

enum verdict decide_staff(struct decision *d)
{
	if (!d->c->member)
		return staff_missing(d, "member");
	return d->c->kind == COMMAND_STAFF_LIST ? decide_list(d) : decide_remove(d);
}

void staff_carry(struct decision *d)
{
	struct staff *f, *next;

	HASH_ITER(hh, d->s->staff, f, next) {
		if (!f->removed && !f->carried)
			emit_listed(d, f);
	}
}

/* ---- applying ---- */

static struct staff *staff_of(struct site *s, const struct event *e)
{
	struct staff *f = site_staff(s, e->member);

	if (f)
		return f;
	f = core_alloc(sizeof(*f));
	f->id = site_name(s, e->member);
	HASH_ADD_KEYPTR(hh, s->staff, f->id, strlen(f->id), f);
	return f;
}

/* 0: none. What was tried with the one before, and what may still come under it, ends with it. */
static void set_badge(struct site *s, struct staff *f, uint64_t badge, ms_t at)
{
	if (f->badge == badge)
		return;
	if (f->badge) {
		HASH_DELETE(by_badge, s->staff_by_badge, f);
		session_curtail(s, f, DEVICE_NONE, at);
	}
	f->badge = badge;
	f->wrong = 0;
	f->wrong_at = 0;
	if (badge)
		HASH_ADD(by_badge, s->staff_by_badge, badge, sizeof(f->badge), f);
}

static void set_person(struct staff *f, const char *person)
{
	size_t size = strlen(person) + 1;

	if (f->person && strcmp(f->person, person) == 0)
		return;
	free(f->person);
	f->person = memcpy(core_alloc(size), person, size);
}

void staff_apply(struct site *s, const struct event *e)
{
	struct staff *f = staff_of(s, e);

	f->removed = e->type == EVENT_STAFF_REMOVED;
	if (f->removed) {
		set_badge(s, f, 0, e->at);
	} else {
		set_badge(s, f, (uint64_t)e->badge, e->at);
		set_person(f, e->person);
		staff_roles_parse(e->roles, f);
		f->pin = e->pin;
		f->carried = true;
	}
	s->staff_version++;
}

void staff_day_opened(struct site *s)
{
	struct staff *f, *next;

	HASH_ITER(hh, s->staff, f, next) {
		f->carried = false;
		f->wrong = 0;
		f->wrong_at = 0;
	}
}

void staff_free_all(struct site *s)
{
	struct staff *f, *next;

	HASH_CLEAR(by_badge, s->staff_by_badge);
	HASH_ITER(hh, s->staff, f, next) {
		HASH_DEL(s->staff, f);
		free(f->person);
		free(f);
	}
}
