/*
 * The list of the staff as its two sources have it: what the server tells the site, and what the commands of the staff
 * change and print.
 */
#include "staff_source.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "codec.h"

bool staff_source_load(struct staff_source *s, const char *config, const char *dir, char *error, size_t error_size)
{
	*s = (struct staff_source){0};
	s->rules = rules_load_staff(config, &s->configured, error, error_size);
	if (s->rules && staff_file_load(dir, &s->file, error, error_size))
		return true;
	staff_source_free(s);
	return false;
}

void staff_source_free(struct staff_source *s)
{
	rules_free(s->rules);
	staff_list_free(&s->configured);
	staff_file_free(&s->file);
	*s = (struct staff_source){0};
}

size_t staff_source_count(const struct staff_source *s)
{
	return s->configured.n + s->file.list.n;
}

const struct staff_row *staff_source_row(const struct staff_source *s, size_t i)
{
	return i < s->configured.n ? &s->configured.rows[i] : &s->file.list.rows[i - s->configured.n];
}

const struct staff_row *staff_source_find(const struct staff_source *s, const char *id)
{
	const struct staff_row *row = staff_find(&s->configured, id);

	return row ? row : staff_find(&s->file.list, id);
}

/* ---- held against each other ---- */

static bool ids_differ(const struct staff_source *s, const char *dir, char *error, size_t error_size)
{
	for (size_t i = 0; i < s->file.list.n; i++) {
		const char *id = s->file.list.rows[i].id;

		if (!staff_find(&s->configured, id))
			continue;
		snprintf(error, error_size,
			 "%s stands in the configuration and in %s/staff.json: take it out of one of them", id, dir);
		return false;
	}
	return true;
}

struct badge {
	uint64_t number;
	const char *id;
};

static int compare_badges(const void *a, const void *b)
{
	const struct badge *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

/* Numbers of badges have 40 bits: of a thousand people, two share one once in two million sites. */
static bool badges_differ(const struct staff_source *s, const struct trust *t, char *error, size_t error_size)
{
	size_t n = staff_source_count(s), i;
	struct badge *badges = xcalloc(n + 1, sizeof(*badges));

	for (i = 0; i < n; i++) {
		const struct staff_row *row = staff_source_row(s, i);

		badges[i] = (struct badge){badge_number(t, row->id, row->badge), row->id};
	}
	qsort(badges, n, sizeof(*badges), compare_badges);
	for (i = 1; i < n && badges[i].number != badges[i - 1].number; i++)
		;
	if (i < n)
		snprintf(error, error_size,
			 "the badges of %s and %s have the same number: give one of them the next badge",
			 badges[i - 1].id, badges[i].id);
	free(badges);
	return i >= n;
}

static bool pins_can_be_checked(const struct staff_source *s, const char *dir, char *error, size_t error_size)
{
	const struct staff_file *f = &s->file;
	char key[PATH_MAX];

	for (size_t i = 0; i < f->n_pins; i++) {
		if (pin_hash_valid(f->pins[i].hash))
			continue;
		snprintf(error, error_size, "%s/staff.json: pins[%zu].hash: is none that vaxline makes", dir, i);
		return false;
	}
	snprintf(key, sizeof(key), "%s/pin.key", dir);
	if (f->n_pins == 0 || access(key, F_OK) == 0 || errno != ENOENT)
		return true;
	snprintf(error, error_size,
		 "%s/staff.json has PINs, but %s, without which none can be checked, is gone: bring it back, or take "
		 "the pins out of the file and set them anew",
		 dir, key);
	return false;
}

bool staff_source_check(const struct staff_source *s, const struct trust *t, const char *dir, char *error,
			size_t error_size)
{
	return ids_differ(s, dir, error, error_size) && badges_differ(s, t, error, error_size) &&
	       pins_can_be_checked(s, dir, error, error_size);
}
