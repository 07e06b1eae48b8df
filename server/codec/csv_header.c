/*
 * The header of a CSV file: names in Chinese or English, in any order, to columns. "Birth date", "birth_date" and
 * "ＢＩＲＴＨ－ＤＡＴＥ" are the same name.
 */
#include "csv_header.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "text_rules.h"

static int column_of(const struct csv_column *columns, size_t n, const char *name)
{
	char folded[CSV_FIELD_MAX_BYTES + 1];

	strcpy(folded, name);
	text_fold(folded);
	for (char *p = folded; *p; p++) {
		if (*p == ' ' || *p == '-')
			*p = '_';
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(folded, columns[i].name) == 0 || strcmp(folded, columns[i].chinese) == 0)
			return (int)i;
	}
	return -1;
}

static void add_unknown(struct csv_header *h, size_t i, const char *name)
{
	char unnamed[32];

	snprintf(unnamed, sizeof(unnamed), "(column %zu)", i + 1);
	h->unknown[h->n_unknown++] = xstrdup(*name ? name : unnamed);
}

/* NULL, or what is wrong with the name. */
static const char *take_column(struct csv_header *h, const struct csv_column *columns, size_t n_known, size_t i,
			       const char *name)
{
	int column;

	if (strlen(name) > CSV_FIELD_MAX_BYTES)
		return "has a name of more than 2,000 bytes";
	if (!text_printable(name, false))
		return "has a control character or a line break in its name";
	column = column_of(columns, n_known, name);
	if (column < 0) {
		add_unknown(h, i, name);
		return NULL;
	}
	if (h->field_of[column] >= 0)
		return "stands twice";
	h->field_of[column] = (int)i;
	return NULL;
}

static bool has_required(const struct csv_header *h, const struct csv_column *columns, size_t n_known, unsigned line,
			 char *error, size_t error_size)
{
	char missing[200] = "";
	size_t len = 0;

	for (size_t i = 0; i < n_known; i++) {
		if (columns[i].required && h->field_of[i] < 0)
			len += (size_t)snprintf(missing + len, sizeof(missing) - len, "%s%s (%s)", len ? ", " : "",
						columns[i].chinese, columns[i].name);
	}
	if (len)
		snprintf(error, error_size, "line %u, the header, lacks the column %s", line, missing);
	return len == 0;
}

bool csv_header_read(struct csv_header *h, const struct csv_column *columns, size_t n_known, unsigned line,
		     char *const *names, size_t n, char *error, size_t error_size)
{
	const char *wrong;

	*h = (struct csv_header){.n_columns = n, .unknown = xcalloc(n, sizeof(*h->unknown))};
	assert(n_known <= CSV_KNOWN_COLUMNS_MAX);
	for (size_t i = 0; i < n_known; i++)
		h->field_of[i] = -1;
	for (size_t i = 0; i < n; i++) {
		wrong = take_column(h, columns, n_known, i, names[i]);
		if (wrong) {
			snprintf(error, error_size, "line %u: column %zu %s", line, i + 1, wrong);
			return false;
		}
	}
	return has_required(h, columns, n_known, line, error, error_size);
}

void csv_header_end(struct csv_header *h)
{
	for (size_t i = 0; i < h->n_unknown; i++)
		free(h->unknown[i]);
	free(h->unknown);
}
