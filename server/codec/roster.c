/*
 * A roster being read, a little at a time:
 *
 *   bytes --csv_rows--> a text for each column --roster_row--> a good row, or problems --seen before?--> rows
 */
#include "roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "csv_rows.h"
#include "json_tree.h"
#include "roster_row.h"
#include "text_rules.h"

/* A person on a date, as the key of a table of those seen. */
struct seen {
	UT_hash_handle hh;
	size_t row;
	char key[];
};

struct roster {
	struct csv_rows csv;
	struct roster_checks checks;
	struct roster_row *rows;
	size_t n_rows, duplicates;
	struct seen *seen;
};

/* ---- rows ---- */

/* Newlines part the texts; no text but the notes can hold one. */
static void make_key(const struct roster_row *row, struct buf *key)
{
	if (row->id_number)
		buf_printf(key, "%s\n%s\n%s", row->date, row->id_type, row->id_number);
	else
		buf_printf(key, "%s\n\n%s\n%s\n%s", row->date, row->name, row->birth_date,
			   row->phone ? row->phone : "");
}

static bool rows_agree(const struct roster_row *a, const struct roster_row *b)
{
	return a->from_minute == b->from_minute && a->to_minute == b->to_minute && strcmp(a->person, b->person) == 0;
}

/* Takes the row, unless an earlier one is of the same person and date. */
static void keep_row(struct roster *r, struct roster_row *row)
{
	struct buf key = {0};
	struct seen *seen;

	make_key(row, &key);
	HASH_FIND(hh, r->seen, key.data, key.len, seen);
	if (seen) {
		r->duplicates++;
		if (!rows_agree(row, &r->rows[seen->row]))
			roster_problem_add(&r->checks.warnings, row->line, ROSTER_WHOLE_ROW, ROSTER_REPEAT_DIFFERS);
		roster_row_end(row);
	} else {
		seen = xmalloc(sizeof(*seen) + key.len + 1);
		seen->row = r->n_rows;
		memcpy(seen->key, key.data, key.len + 1);
		HASH_ADD_KEYPTR(hh, r->seen, seen->key, key.len, seen);
		if ((r->n_rows & (r->n_rows - 1)) == 0)
			r->rows = xrealloc(r->rows, (r->n_rows ? 2 * r->n_rows : 1) * sizeof(*r->rows));
		r->rows[r->n_rows++] = *row;
	}
	buf_free(&key);
}

static void take_row(struct roster *r)
{
	char *fields[ROSTER_COLUMN_COUNT];
	struct roster_row row;
	int misfit = csv_rows_misfit(&r->csv);

	if (r->csv.n_rows > ROSTER_ROWS_MAX) {
		csv_rows_fail(&r->csv, "line %u: more than %d rows", r->csv.row_line, ROSTER_ROWS_MAX);
		return;
	}
	if (misfit) {
		roster_problem_add(&r->checks.rejected, r->csv.row_line, ROSTER_WHOLE_ROW,
				   misfit < 0 ? ROSTER_SHORT : ROSTER_LONG);
		return;
	}
	for (int i = 0; i < ROSTER_COLUMN_COUNT; i++)
		fields[i] = csv_rows_field(&r->csv, i);
	if (roster_row_check(&r->checks, r->csv.row_line, fields, &row))
		keep_row(r, &row);
}

/* ---- the whole ---- */

static void take_assisted(struct roster_checks *c, const struct rules *rules)
{
	cJSON *root = rules->text ? cJSON_Parse(rules->text) : NULL;
	const cJSON *words = json_tree_member(root, "assisted_words"), *word;

	c->assisted = xcalloc((size_t)cJSON_GetArraySize(words), sizeof(*c->assisted));
	cJSON_ArrayForEach(word, words)
	{
		c->assisted[c->n_assisted] = xstrdup(word->valuestring);
		text_fold(c->assisted[c->n_assisted++]);
	}
	cJSON_Delete(root);
}

struct roster *roster_new(const struct rules *rules, const char *today, char *text, size_t len)
{
	struct roster *r = xcalloc(1, sizeof(*r));

	csv_rows_start(&r->csv, roster_columns, ROSTER_COLUMN_COUNT, text, len, ROSTER_MAX_BYTES);
	r->checks.terms = terms_of(rules);
	take_assisted(&r->checks, rules);
	snprintf(r->checks.today, sizeof(r->checks.today), "%s", today);
	date_days(today, &r->checks.today_days);
	return r;
}

void roster_free(struct roster *r)
{
	struct seen *seen, *next;

	if (!r)
		return;
	HASH_ITER(hh, r->seen, seen, next) {
		HASH_DEL(r->seen, seen);
		free(seen);
	}
	for (size_t i = 0; i < r->n_rows; i++)
		roster_row_end(&r->rows[i]);
	for (size_t i = 0; i < r->checks.n_assisted; i++)
		free(r->checks.assisted[i]);
	free(r->rows);
	free(r->checks.assisted);
	free(r->checks.rejected.list);
	free(r->checks.warnings.list);
	terms_free(r->checks.terms);
	csv_rows_end(&r->csv);
	free(r);
}

bool roster_read(struct roster *r, size_t rows)
{
	for (; rows > 0 && !r->csv.ended; rows--) {
		if (csv_rows_step(&r->csv))
			take_row(r);
	}
	return !r->csv.ended;
}

const char *roster_error(const struct roster *r)
{
	return *r->csv.error ? r->csv.error : NULL;
}

const struct roster_row *roster_rows(const struct roster *r, size_t *n)
{
	*n = *r->csv.error ? 0 : r->n_rows;
	return r->rows;
}

static const struct roster_problem *listed(const struct roster_problems *p, size_t *n, size_t *total)
{
	*n = p->n;
	*total = p->total;
	return p->list;
}

const struct roster_problem *roster_rejected(const struct roster *r, size_t *n, size_t *total)
{
	return listed(&r->checks.rejected, n, total);
}

const struct roster_problem *roster_warnings(const struct roster *r, size_t *n, size_t *total)
{
	return listed(&r->checks.warnings, n, total);
}

const char *const *roster_unknown_columns(const struct roster *r, size_t *n)
{
	*n = r->csv.header.n_unknown;
	return (const char *const *)r->csv.header.unknown;
}

size_t roster_duplicates(const struct roster *r)
{
	return r->duplicates;
}

int64_t roster_today(const struct roster *r)
{
	return r->checks.today_days;
}
