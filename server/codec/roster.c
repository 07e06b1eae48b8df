/*
 * A roster being read, a little at a time:
 *
 *   bytes --roster_text--> UTF-8 --a line at a time, libcsv--> fields --header--> a text for each column
 *         --roster_row--> a good row, or problems --seen before?--> rows
 *
 * libcsv gets whole lines, so that this file knows the line of everything: a row ends with a line or goes on in a
 * quoted field, and then the quote was opened in the line that brought the last of its fields.
 */
#include "roster.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>
#include <uthash.h>

#include "json_tree.h"
#include "roster_header.h"
#include "roster_row.h"
#include "roster_text.h"
#include "text_rules.h"

#define STEP_BYTES 256 /* of decoding, as much work as a line */

/* A person on a date, as the key of a table of those seen. */
struct seen {
	UT_hash_handle hh;
	size_t row;
	char key[];
};

struct roster {
	struct roster_text text;
	struct csv_parser csv;
	struct roster_checks checks;
	char error[300];
	bool ended;
	/* where it reads */
	size_t at;
	unsigned line;
	bool in_quotes; /* the row goes on in the next line */
	unsigned row_line, quote_line;
	size_t row_bytes, quoted_field;
	/* the row being read */
	bool row_done;
	struct buf fields;
	size_t starts[ROSTER_COLUMNS_MAX], n_fields;
	bool has_header;
	struct roster_header header;
	/* what came of it */
	struct roster_row *rows;
	size_t n_rows, n_read, duplicates;
	struct seen *seen;
};

static __attribute__((format(printf, 2, 3))) void fail(struct roster *r, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(r->error, sizeof(r->error), format, ap);
	va_end(ap);
	r->ended = true;
}

/* ---- a row of fields ---- */

static void on_field(void *text, size_t len, void *arg)
{
	struct roster *r = arg;

	if (r->n_fields < ROSTER_COLUMNS_MAX) {
		r->starts[r->n_fields] = r->fields.len;
		buf_add(&r->fields, text, len);
		buf_add_char(&r->fields, '\0');
	}
	r->n_fields++;
}

static void on_row(int end, void *arg)
{
	(void)end;
	((struct roster *)arg)->row_done = true;
}

static char *field(const struct roster *r, size_t i)
{
	return text_trim(r->fields.data + r->starts[i]);
}

static bool row_is_blank(const struct roster *r)
{
	for (size_t i = 0; i < r->n_fields; i++) {
		if (i >= ROSTER_COLUMNS_MAX || *field(r, i))
			return false;
	}
	return true;
}

static void take_header(struct roster *r)
{
	char *names[ROSTER_COLUMNS_MAX];

	if (r->n_fields > ROSTER_COLUMNS_MAX) {
		fail(r, "line %u: more than %d columns", r->row_line, ROSTER_COLUMNS_MAX);
		return;
	}
	for (size_t i = 0; i < r->n_fields; i++)
		names[i] = field(r, i);
	r->has_header = true;
	if (!roster_header_read(&r->header, r->row_line, names, r->n_fields, r->error, sizeof(r->error)))
		r->ended = true;
}

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
	char *fields[ROSTER_COLUMN_COUNT], none[] = "";
	struct roster_row row;

	if (++r->n_read > ROSTER_ROWS_MAX) {
		fail(r, "line %u: more than %d rows", r->row_line, ROSTER_ROWS_MAX);
		return;
	}
	if (r->n_fields != r->header.n_columns) {
		roster_problem_add(&r->checks.rejected, r->row_line, ROSTER_WHOLE_ROW,
				   r->n_fields < r->header.n_columns ? ROSTER_SHORT : ROSTER_LONG);
		return;
	}
	for (int i = 0; i < ROSTER_COLUMN_COUNT; i++)
		fields[i] = r->header.field_of[i] < 0 ? none : field(r, (size_t)r->header.field_of[i]);
	if (roster_row_check(&r->checks, r->row_line, fields, &row))
		keep_row(r, &row);
}

static void end_row(struct roster *r)
{
	if (row_is_blank(r))
		;
	else if (!r->has_header)
		take_header(r);
	else
		take_row(r);
	r->row_done = r->in_quotes = false;
	r->n_fields = 0;
	buf_clear(&r->fields);
}

/* ---- lines ---- */

static void finish(struct roster *r)
{
	r->ended = true;
	if (r->in_quotes)
		fail(r, "line %u: a quote is opened here and never closed", r->quote_line);
	else if (!r->has_header)
		fail(r, "the file is empty");
	else if (r->n_read == 0)
		fail(r, "there is no row after the header");
}

/* The quote of the field that the row ended in, at the end of this line. */
static void go_on_in_quotes(struct roster *r)
{
	if (!r->in_quotes || r->quoted_field != r->n_fields)
		r->quote_line = r->line;
	r->in_quotes = true;
	r->quoted_field = r->n_fields;
}

static void parse_line(struct roster *r, const char *line, size_t len)
{
	size_t done = csv_parse(&r->csv, line, len, on_field, on_row, r);

	if (done == len && csv_parse(&r->csv, "\n", 1, on_field, on_row, r) == 1) {
		if (r->row_done)
			end_row(r);
		else
			go_on_in_quotes(r);
	} else if (r->in_quotes) {
		fail(r, "line %u: text follows a closing quote; its field was opened in line %u", r->line,
		     r->quote_line);
	} else {
		fail(r, "line %u: a quote inside a field; a field with quotes stands in quotes, each of its own twice",
		     r->line);
	}
}

/* The line at r->at; false where it is longer than a row may be. */
static bool next_line(struct roster *r, const char **line, size_t *len)
{
	size_t left = r->text.len - r->at, most = left < ROSTER_ROW_MAX_BYTES ? left : ROSTER_ROW_MAX_BYTES;
	const char *end;

	*line = r->text.text + r->at;
	end = memchr(*line, '\n', most);
	if (!end && left > most)
		return false;
	*len = end ? (size_t)(end - *line) : left;
	r->at += *len + (end != NULL);
	r->line++;
	if (end && *len > 0 && (*line)[*len - 1] == '\r')
		(*len)--;
	return true;
}

static bool line_is_blank(const char *line, size_t len)
{
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	return len == 0;
}

static void read_line(struct roster *r)
{
	const char *line;
	size_t len;

	if (r->at == r->text.len) {
		finish(r);
		return;
	}
	if (!next_line(r, &line, &len)) {
		fail(r, "line %u: longer than %d bytes", r->line + 1, ROSTER_ROW_MAX_BYTES);
		return;
	}
	if (!r->in_quotes) {
		r->row_line = r->line;
		r->row_bytes = 0;
	}
	r->row_bytes += len + 1;
	if (memchr(line, '\0', len))
		fail(r, "line %u: a byte of zero, so this is no text; save the roster as CSV, UTF-8", r->line);
	else if (memchr(line, '\r', len))
		fail(r, "line %u: a carriage return that ends no line; lines end with LF or CRLF", r->line);
	else if (r->row_bytes > ROSTER_ROW_MAX_BYTES)
		fail(r, "line %u: a quote is opened here and not closed within %d bytes", r->quote_line,
		     ROSTER_ROW_MAX_BYTES);
	else if (r->in_quotes || !line_is_blank(line, len))
		parse_line(r, line, len);
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

	roster_text_start(&r->text, text, len);
	r->checks.terms = terms_of(rules);
	take_assisted(&r->checks, rules);
	snprintf(r->checks.today, sizeof(r->checks.today), "%s", today);
	date_days(today, &r->checks.today_days);
	csv_init(&r->csv, CSV_STRICT);
	csv_set_realloc_func(&r->csv, xrealloc);
	csv_set_blk_size(&r->csv, ROSTER_FIELD_MAX_BYTES);
	if (len > ROSTER_MAX_BYTES)
		fail(r, "the file is longer than %d bytes", ROSTER_MAX_BYTES);
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
	roster_header_end(&r->header);
	free(r->checks.assisted);
	free(r->checks.rejected.list);
	free(r->checks.warnings.list);
	terms_free(r->checks.terms);
	buf_free(&r->fields);
	csv_free(&r->csv);
	roster_text_end(&r->text);
	free(r);
}

bool roster_read(struct roster *r, size_t rows)
{
	for (; rows > 0 && !r->ended; rows--) {
		if (r->text.ready)
			read_line(r);
		else if (!roster_text_step(&r->text, STEP_BYTES, r->error, sizeof(r->error)))
			r->ended = true;
	}
	return !r->ended;
}

const char *roster_error(const struct roster *r)
{
	return *r->error ? r->error : NULL;
}

const struct roster_row *roster_rows(const struct roster *r, size_t *n)
{
	*n = *r->error ? 0 : r->n_rows;
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
	*n = r->header.n_unknown;
	return (const char *const *)r->header.unknown;
}

size_t roster_duplicates(const struct roster *r)
{
	return r->duplicates;
}

int64_t roster_today(const struct roster *r)
{
	return r->checks.today_days;
}
