/*
 *   FILE.csv --staff_csv--> people, PINs --nobody of the configuration?--> beside the list of before: what is new
 */
#include "cmd_staff_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHUNK_BYTES 8192

_Static_assert(STAFF_PIN_MIN_DIGITS == PIN_MIN_DIGITS && STAFF_PIN_MAX_DIGITS == PIN_MAX_DIGITS,
	       "a file may hold the PINs that there may be");
_Static_assert(STAFF_HASH_MAX_BYTES == PIN_HASH_SIZE - 1, "a file has room for a hash");

/* What is counted while it is printed. */
struct tally {
	unsigned added, changed, removed, same, pins;
};

/* ---- the file ---- */

/* What it holds, up to one byte past the bound; malloc. NULL with errno. */
static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char chunk[CHUNK_BYTES];
	struct buf text = {0};
	bool ok;
	size_t n;

	if (!f)
		return NULL;
	while (text.len <= STAFF_CSV_MAX_BYTES && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&text, chunk, n);
	ok = !ferror(f);
	fclose(f);
	explicit_bzero(chunk, sizeof(chunk));
	*len = text.len;
	if (ok)
		return buf_take(&text);
	buf_free(&text);
	return NULL;
}

static void say_problems(const char *path, const struct staff_problems *p, const char *kind)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct staff_problem *problem = &p->list[i];

		fprintf(stderr, "%s: line %u%s%s: %s%s\n", path, problem->line, *problem->column ? ", column " : "",
			problem->column, kind, problem->problem);
	}
	if (p->total > p->n)
		fprintf(stderr, "%s: and %zu more\n", path, p->total - p->n);
}

/* Of the configuration: each is said. */
static bool nobody_is_configured(const struct staff_source *s, const struct staff_csv *c, const char *path)
{
	bool nobody = true;

	for (size_t i = 0; i < c->list.n; i++) {
		if (!staff_find(&s->configured, c->list.rows[i].id))
			continue;
		fprintf(stderr, "%s: line %u, column id: %s stands in the configuration: take it out of one of them\n",
			path, c->lines[i], c->list.rows[i].id);
		nobody = false;
	}
	return nobody;
}

/*
 * A badge not said is the one there was. One that comes before it was lost once: whoever has found it is not to be let
 * in by a slip of the pen.
 */
static bool take_badges(const struct staff_source *s, struct staff_csv *c, const char *path)
{
	bool good = true;

	for (size_t i = 0; i < c->list.n; i++) {
		struct staff_row *row = &c->list.rows[i];
		const struct staff_row *before = staff_find(&s->file.list, row->id);
		unsigned least = before ? before->badge : 1;

		if (!row->badge)
			row->badge = least;
		if (row->badge >= least)
			continue;
		fprintf(stderr, "%s: line %u, column badge: comes before the badge that %s has, number %u\n", path,
			c->lines[i], row->id, least);
		good = false;
	}
	return good;
}

/* By the clock of this machine; the process runs in that zone from now on. */
static void today_at(const char *zone, char out[11])
{
	time_t now = time(NULL);
	struct tm local;

	setenv("TZ", zone, 1);
	tzset();
	localtime_r(&now, &local);
	strftime(out, 11, "%Y-%m-%d", &local);
}

static bool read_csv(struct staff_csv *c, const struct staff_source *s, const char *path)
{
	size_t len;
	char *text = read_file(path, &len), today[11];
	bool ok;

	*c = (struct staff_csv){0};
	if (!text) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	today_at(s->rules->time_zone, today);
	ok = staff_csv_read(c, s->rules, today, text, len);
	for (size_t i = 0; i < c->n_unknown_columns; i++)
		fprintf(stderr, "%s: column %s means nothing here\n", path, c->unknown_columns[i]);
	if (*c->error)
		fprintf(stderr, "%s: %s\n", path, c->error);
	say_problems(path, &c->rejected, "");
	if (ok)
		say_problems(path, &c->warnings, "warning: ");
	return ok && nobody_is_configured(s, c, path) && take_badges(s, c, path);
}

/* ---- what is new ---- */

static void say_person(const struct staff_row *before, const struct staff_row *now, struct tally *t)
{
	if (!before) {
		t->added++;
		printf("added    %s\n", now->id);
		return;
	}
	if (staff_rows_agree(before, now)) {
		t->same++;
		return;
	}
	t->changed++;
	printf("changed  %s:%s%s%s\n", now->id, strcmp(before->name, now->name) != 0 ? " name" : "",
	       before->roles != now->roles || memcmp(before->until, now->until, sizeof(now->until)) != 0 ? " roles" :
													   "",
	       before->badge != now->badge ? " badge" : "");
}

static void say_people(const struct staff_list *before, const struct staff_list *now, struct tally *t)
{
	for (size_t i = 0; i < now->n; i++)
		say_person(staff_find(before, now->rows[i].id), &now->rows[i], t);
	for (size_t i = 0; i < before->n; i++) {
		if (staff_find(now, before->rows[i].id))
			continue;
		t->removed++;
		printf("removed  %s\n", before->rows[i].id);
	}
}

/* The PIN of somebody listed no more is not to open anything for whoever gets that id next. */
static void forget_pins(struct staff_source *s, const struct staff_list *now)
{
	for (size_t i = 0; i < s->file.list.n; i++) {
		if (!staff_find(now, s->file.list.rows[i].id))
			staff_file_set_pin(&s->file, s->file.list.rows[i].id, NULL);
	}
}

/* An equal PIN is left alone: its hash would be another one, and the file would seem changed. */
static void set_pins(struct staff_file *f, const struct pepper *p, const struct staff_csv *c, struct tally *t)
{
	char hash[PIN_HASH_SIZE];

	for (size_t i = 0; i < c->n_pins; i++) {
		const struct staff_new_pin *new = &c->pins[i];
		const char *old = staff_file_pin(f, new->id);

		if (old && pin_check(p, new->id, new->pin, old))
			continue;
		pin_hash(p, new->id, new->pin, hash);
		staff_file_set_pin(f, new->id, hash);
		t->pins++;
		printf("PIN set  %s\n", new->id);
	}
}

bool staff_import(struct staff_source *s, const struct pepper *p, const char *path, bool *changed)
{
	struct tally t = {0};
	struct staff_csv c;
	struct staff_list before;
	bool ok = read_csv(&c, s, path);

	if (!ok) {
		fprintf(stderr, "%s: nothing was imported\n", path);
		staff_csv_free(&c);
		return false;
	}
	say_people(&s->file.list, &c.list, &t);
	forget_pins(s, &c.list);
	set_pins(&s->file, p, &c, &t);
	printf("%u added, %u changed, %u removed, %u as before; %u PIN%s set\n", t.added, t.changed, t.removed, t.same,
	       t.pins, t.pins == 1 ? "" : "s");
	*changed = t.added || t.changed || t.removed || t.pins;
	before = s->file.list;
	s->file.list = c.list;
	c.list = before;
	staff_csv_free(&c);
	return true;
}
