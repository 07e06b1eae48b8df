#ifndef VAXLINE_CSV_ROWS_H
#define VAXLINE_CSV_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include <csv.h>

#include "buf.h"
#include "csv_header.h"
#include "csv_text.h"

#define CSV_COLUMNS_MAX 100
#define CSV_ROW_MAX_BYTES 65536

/* A CSV file being read, a little at a time, into rows of texts. */
struct csv_rows {
	struct csv_text text;
	struct csv_parser csv;
	const struct csv_column *columns; /* that mean something; borrowed */
	size_t n_known;
	char error[300]; /* the file is unusable, and why; else empty */
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
	size_t starts[CSV_COLUMNS_MAX], n_fields;
	bool has_header;
	struct csv_header header;
	size_t n_rows; /* so far, without the header */
};

/* Takes the bytes (malloc), of at most so many. */
void csv_rows_start(struct csv_rows *c, const struct csv_column *columns, size_t n_known, char *text, size_t len,
		    size_t most_bytes);
void csv_rows_end(struct csv_rows *c);
/* Goes on by a line, or as much work. True where a row is whole: it stands until the next step. Not after the end. */
bool csv_rows_step(struct csv_rows *c);
/* Of the row: its text in a column without blanks around, to be changed in place; "" where the file has no such one. */
char *csv_rows_field(struct csv_rows *c, int column);
/* The row has fewer (-1) or more (1) fields than the header; 0: as many. */
int csv_rows_misfit(const struct csv_rows *c);
/* Ends it with a sentence. */
void csv_rows_fail(struct csv_rows *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
