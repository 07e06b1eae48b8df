/*
 * A CSV file being read:
 *
 *   bytes --csv_text--> UTF-8 --a line at a time, libcsv--> fields --header--> a text for each column
 *
 * libcsv gets whole lines, so that this file knows the line of everything: a row ends with a line or goes on in a
 * quoted field, and then the quote was opened in the line that brought the last of its fields.
 */
#include "csv_rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text_rules.h"

#define STEP_BYTES 256 /* of decoding, as much work as a line */

void csv_rows_fail(struct csv_rows *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->error, sizeof(c->error), format, ap);
	va_end(ap);
	c->ended = true;
}

/* ---- a row of fields ---- */

static void on_field(void *text, size_t len, void *arg)
{
	struct csv_rows *c = arg;

	if (c->n_fields < CSV_COLUMNS_MAX) {
		c->starts[c->n_fields] = c->fields.len;
		buf_add(&c->fields, text, len);
		buf_add_char(&c->fields, '\0');
	}
	c->n_fields++;
}

static void on_row(int end, void *arg)
{
	(void)end;
	((struct csv_rows *)arg)->row_done = true;
}

static char *field(const struct csv_rows *c, size_t i)
{
	return text_trim(c->fields.data + c->starts[i]);
}

static bool row_is_blank(const struct csv_rows *c)
{
	for (size_t i = 0; i < c->n_fields; i++) {
		if (i >= CSV_COLUMNS_MAX || *field(c, i))
			return false;
	}
	return true;
}

static void take_header(struct csv_rows *c)
{
	char *names[CSV_COLUMNS_MAX];

	if (c->n_fields > CSV_COLUMNS_MAX) {
		csv_rows_fail(c, "line %u: more than %d columns", c->row_line, CSV_COLUMNS_MAX);
		return;
	}
	for (size_t i = 0; i < c->n_fields; i++)
		names[i] = field(c, i);
	c->has_header = true;
	if (!csv_header_read(&c->header, c->columns, c->n_known, c->row_line, names, c->n_fields, c->error,
			     sizeof(c->error)))
		c->ended = true;
}

/* Makes room for the next one. */
static void forget_row(struct csv_rows *c)
{
	c->row_done = false;
	c->n_fields = 0;
	buf_clear(&c->fields);
}

/* Whether the row that is whole is one of the file's, neither blank nor its header. */
static bool take_row(struct csv_rows *c)
{
	c->in_quotes = false;
	if (row_is_blank(c))
		return false;
	if (!c->has_header) {
		take_header(c);
		return false;
	}
	c->n_rows++;
	return true;
}

/* ---- lines ---- */

static void finish(struct csv_rows *c)
{
	c->ended = true;
	if (c->in_quotes)
		csv_rows_fail(c, "line %u: a quote is opened here and never closed", c->quote_line);
	else if (!c->has_header)
		csv_rows_fail(c, "the file is empty");
	else if (c->n_rows == 0)
		csv_rows_fail(c, "there is no row after the header");
}

/* The quote of the field that the row ended in, at the end of this line. */
static void go_on_in_quotes(struct csv_rows *c)
{
	if (!c->in_quotes || c->quoted_field != c->n_fields)
		c->quote_line = c->line;
	c->in_quotes = true;
	c->quoted_field = c->n_fields;
}

static void parse_line(struct csv_rows *c, const char *line, size_t len)
{
	size_t done = csv_parse(&c->csv, line, len, on_field, on_row, c);

	if (done == len && csv_parse(&c->csv, "\n", 1, on_field, on_row, c) == 1) {
		if (!c->row_done)
			go_on_in_quotes(c);
	} else if (c->in_quotes) {
		csv_rows_fail(c, "line %u: text follows a closing quote; its field was opened in line %u", c->line,
			      c->quote_line);
	} else {
		csv_rows_fail(
			c,
			"line %u: a quote inside a field; a field with quotes stands in quotes, each of its own twice",
			c->line);
	}
}

/* The line at c->at; false where it is longer than a row may be. */
static bool next_line(struct csv_rows *c, const char **line, size_t *len)
{
	size_t left = c->text.len - c->at, most = left < CSV_ROW_MAX_BYTES ? left : CSV_ROW_MAX_BYTES;
	const char *end;

	*line = c->text.text + c->at;
	end = memchr(*line, '\n', most);
	if (!end && left > most)
		return false;
	*len = end ? (size_t)(end - *line) : left;
	c->at += *len + (end != NULL);
	c->line++;
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

static void read_line(struct csv_rows *c)
{
	const char *line;
	size_t len;

	if (c->at == c->text.len) {
		finish(c);
		return;
	}
	if (!next_line(c, &line, &len)) {
		csv_rows_fail(c, "line %u: longer than %d bytes", c->line + 1, CSV_ROW_MAX_BYTES);
		return;
	}
	if (!c->in_quotes) {
		c->row_line = c->line;
		c->row_bytes = 0;
	}
	c->row_bytes += len + 1;
	if (memchr(line, '\0', len))
		csv_rows_fail(c, "line %u: a byte of zero, so this is no text; save the file as CSV, UTF-8", c->line);
	else if (memchr(line, '\r', len))
		csv_rows_fail(c, "line %u: a carriage return that ends no line; lines end with LF or CRLF", c->line);
	else if (c->row_bytes > CSV_ROW_MAX_BYTES)
		csv_rows_fail(c, "line %u: a quote is opened here and not closed within %d bytes", c->quote_line,
			      CSV_ROW_MAX_BYTES);
	else if (c->in_quotes || !line_is_blank(line, len))
		parse_line(c, line, len);
}

/* ---- the whole ---- */

void csv_rows_start(struct csv_rows *c, const struct csv_column *columns, size_t n_known, char *text, size_t len,
		    size_t most_bytes)
{
	*c = (struct csv_rows){.columns = columns, .n_known = n_known};
	csv_text_start(&c->text, text, len);
	csv_init(&c->csv, CSV_STRICT);
	csv_set_realloc_func(&c->csv, xrealloc);
	csv_set_blk_size(&c->csv, CSV_FIELD_MAX_BYTES);
	if (len > most_bytes)
		csv_rows_fail(c, "the file is longer than %zu bytes", most_bytes);
}

void csv_rows_end(struct csv_rows *c)
{
	csv_header_end(&c->header);
	buf_free(&c->fields);
	csv_free(&c->csv);
	csv_text_end(&c->text);
}

bool csv_rows_step(struct csv_rows *c)
{
	if (c->row_done)
		forget_row(c);
	if (c->text.ready)
		read_line(c);
	else if (!csv_text_step(&c->text, STEP_BYTES, c->error, sizeof(c->error)))
		c->ended = true;
	return c->row_done && take_row(c);
}

char *csv_rows_field(struct csv_rows *c, int column)
{
	/* The NUL behind the last field. */
	if (c->header.field_of[column] < 0)
		return c->fields.data + c->fields.len;
	return field(c, (size_t)c->header.field_of[column]);
}

int csv_rows_misfit(const struct csv_rows *c)
{
	return (c->n_fields > c->header.n_columns) - (c->n_fields < c->header.n_columns);
}
