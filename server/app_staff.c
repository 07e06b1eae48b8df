/*
 * The list of the staff, and what is read again while the server runs.
 *
 *   start    configuration, DIR/staff.json --read, checked--> wanted --log read--> the site is told what it lacks
 *   SIGHUP   the same files --read, checked--> configuration taken by the site? --> staff likewise
 *                                   | wrong                      | no
 *                                   +----------------------------+--> reload_refused, and all stays as it was
 *
 * Where the site cannot take it yet, it is done as soon as it can: a lost badge is not to be good until the next signal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "log.h"

bool staff_open(struct app *a, char *error, size_t size)
{
	/* Looked for before the pepper is made. */
	if (!staff_source_check(&a->staff, a->trust, a->o.data, error, size))
		return false;
	a->pepper = pepper_open(a->o.data, error, size);
	return a->pepper != NULL;
}

void staff_close(struct app *a)
{
	staff_source_free(&a->staff);
	pepper_free(a->pepper);
}

const char *app_pin_hash(const struct app *a, const char *staff_id)
{
	return staff_file_pin(&a->staff.file, staff_id);
}

const struct pepper *app_pepper(const struct app *a)
{
	return a->pepper;
}

/* ---- telling the site ---- */

static bool submit(struct app *a, struct command *c)
{
	struct outcome o;

	if (!app_submit(a, c, &o))
		return false;
	if (o.verdict != VERDICT_ACCEPTED)
		log_line(LOG_LEVEL_ERROR, "staff_refused", "member", "%s", c->member, "code", "%s",
			 verdict_code(o.verdict), NULL);
	return true;
}

/* Those first who are no more: a badge may have become somebody else's. */
static bool remove_unlisted(struct app *a)
{
	const struct staff *f, *next;

	for (f = a->site->staff; f; f = next) {
		struct command c = {.kind = COMMAND_STAFF_REMOVE, .member = f->id};

		next = f->hh.next;
		if (!f->removed && !staff_source_find(&a->staff, f->id) && !submit(a, &c))
			return false;
	}
	return true;
}

static bool list_one(struct app *a, const struct staff_row *row)
{
	char roles[STAFF_ROLES_SIZE];
	struct buf person = {0};
	struct command c = {.kind = COMMAND_STAFF_LIST,
			    .member = row->id,
			    .roles = roles,
			    .badge = badge_number(a->trust, row->id, row->badge),
			    .has_pin = app_pin_hash(a, row->id)};
	bool ok;

	staff_roles_text(row, roles);
	staff_person_encode(row, &person);
	c.person = person.data;
	ok = submit(a, &c);
	buf_free(&person);
	return ok;
}

static bool is_there(const struct app *a, enum role role, const char *date)
{
	for (const struct staff *f = a->site->staff; f; f = f->hh.next) {
		if (!f->removed && (f->pin || !site_asks_pin(a->site, f)) &&
		    staff_may(a->site, f, 1u << role, date) == VERDICT_ACCEPTED)
			return true;
	}
	return false;
}

/* A site goes on without them; that what they do is refused to all is known before the first who waits for it. */
static void say_lacking(struct app *a)
{
	static const enum role roles[] = {ROLE_VACCINATOR, ROLE_CLINICIAN, ROLE_SUPERVISOR};
	char date[11];

	app_date(a, date);
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (!is_there(a, roles[i], date))
			log_line(LOG_LEVEL_WARN, "staff_lacking", "role", "%s", role_name(roles[i]), NULL);
	}
}

/* The site says nothing of whoever it knows just so. */
bool staff_tell(struct app *a)
{
	size_t n = staff_source_count(&a->staff);

	if (!remove_unlisted(a))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!list_one(a, staff_source_row(&a->staff, i)))
			return false;
	}
	log_line(LOG_LEVEL_INFO, "staff", "listed", "%zu", n, "with_pin", "%zu", a->staff.file.n_pins, NULL);
	say_lacking(a);
	return true;
}

/* ---- reading again ---- */

static void refuse(const char *what, const char *why)
{
	log_line(LOG_LEVEL_ERROR, "reload_refused", "what", "%s", what, "why", "%s", why, NULL);
}

/* Names the log, and the days that it is cut into. */
static bool is_same_site(const struct app *a, const struct rules *r, char *error, size_t size)
{
	const struct rules *now = a->site->rules;
	const char *what = strcmp(r->site, now->site) != 0           ? "site" :
			   strcmp(r->time_zone, now->time_zone) != 0 ? "time_zone" :
								       NULL;

	if (!what)
		return true;
	snprintf(error, size, "%s: %s: can be changed by a restart alone", a->o.config, what);
	return false;
}

static bool take_rules(struct app *a, struct staff_source *s, char *error, size_t size)
{
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = s->rules};
	struct outcome o;

	if (!app_submit(a, &c, &o)) {
		snprintf(error, size, "nothing can be promised now");
		return false;
	}
	if (o.verdict != VERDICT_ACCEPTED) {
		snprintf(error, size, "%s: desk %s is in use and cannot be taken away now", a->o.config, o.desk);
		return false;
	}
	s->rules = NULL; /* taken */
	return true;
}

void staff_reload(struct app *a)
{
	struct staff_source s;
	char error[512];

	if (a->phase != APP_STARTING && a->phase != APP_SERVING) {
		refuse("configuration", "this server has no site any more");
		return;
	}
	a->reload = a->phase == APP_STARTING || journal_is_away(a->journal);
	if (a->reload) {
		log_line(LOG_LEVEL_INFO, "reload_waits", NULL);
		return;
	}
	if (!staff_source_load(&s, a->o.config, a->o.data, error, sizeof(error))) {
		refuse("configuration", error);
		return;
	}
	if (!is_same_site(a, s.rules, error, sizeof(error)) ||
	    !staff_source_check(&s, a->trust, a->o.data, error, sizeof(error)) ||
	    !take_rules(a, &s, error, sizeof(error))) {
		staff_source_free(&s);
		refuse("configuration", error);
		return;
	}
	staff_source_free(&a->staff);
	a->staff = s;
	if (staff_tell(a))
		log_line(LOG_LEVEL_INFO, "reloaded", "file", "%s", a->o.config, NULL);
}
