/*
 * The header of a roster: names in Chinese or English, in any order, to columns. "Birth date", "birth_date" and
 * "ＢＩＲＴＨ－ＤＡＴＥ" are the same name.
 */
#include "roster_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "text_rules.h"

static int column_of(const char *name)
{
	char folded[ROSTER_FIELD_MAX_BYTES + 1];

	strcpy(folded, name);
	text_fold(folded);
	for (char *p = folded; *p; p++) {
		if (*p == ' ' || *p == '-')
			*p = '_';
	}
	for (int i = 0; i < ROSTER_COLUMN_COUNT; i++) {
		if (strcmp(folded, roster_columns[i].name) == 0 || strcmp(folded, roster_columns[i].chinese) == 0)
			return i;
	}
	return -1;
}

static void add_unknown(struct roster_header *h, size_t i, const char *name)
{
	char unnamed[32];

	snprintf(unnamed, sizeof(unnamed), "(column %zu)", i + 1);
	h->unknown[h->n_unknown++] = xstrdup(*name ? name : unnamed);
}

/* NULL, or what is wrong with the name. */
static const char *take_column(struct roster_header *h, size_t i, const char *name)
{
	int column;

	if (strlen(name) > ROSTER_FIELD_MAX_BYTES)
		return "has a name of more than 2,000 bytes";
	if (!text_printable(name, false))
		return "has a control character or a line break in its name";
	column = column_of(name);
	if (column < 0) {
		add_unknown(h, i, name);
		return NULL;
	}
	if (h->field_of[column] >= 0)
		return "stands twice";
	h->field_of[column] = (int)i;
	return NULL;
}

static bool has_required(const struct roster_header *h, unsigned line, char *error, size_t error_size)
{
	char missing[200] = "";
	size_t len = 0;

	for (int i = 0; i < ROSTER_COLUMN_COUNT; i++) {
		if (roster_columns[i].required && h->field_of[i] < 0)
			len += (size_t)snprintf(missing + len, sizeof(missing) - len, "%s%s (%s)", len ? ", " : "",
						roster_columns[i].chinese, roster_columns[i].name);
	}
	if (len)
		snprintf(error, error_size, "line %u, the header, lacks the column %s", line, missing);
	return len == 0;
}

bool roster_header_read(struct roster_header *h, unsigned line, char *const *names, size_t n, char *error,
			size_t error_size)
{
	const char *wrong;

	*h = (struct roster_header){.n_columns = n, .unknown = xcalloc(n, sizeof(*h->unknown))};
	for (int i = 0; i < ROSTER_COLUMN_COUNT; i++)
		h->field_of[i] = -1;
	for (size_t i = 0; i < n; i++) {
		wrong = take_column(h, i, names[i]);
		if (wrong) {
			snprintf(error, error_size, "line %u: column %zu %s", line, i + 1, wrong);
			return false;
		}
	}
	return has_required(h, line, error, error_size);
}

void roster_header_end(struct roster_header *h)
{
	for (size_t i = 0; i < h->n_unknown; i++)
		free(h->unknown[i]);
	free(h->unknown);
}
