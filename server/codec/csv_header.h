#ifndef VAXLINE_CSV_HEADER_H
#define VAXLINE_CSV_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/* A column that a kind of file may have. */
struct csv_column {
	const char *name, *chinese;
	bool required;
};
#define CSV_KNOWN_COLUMNS_MAX 16
#define CSV_FIELD_MAX_BYTES 2000

/* Which field of a row is which column. */
struct csv_header {
	size_t n_columns;
	int field_of[CSV_KNOWN_COLUMNS_MAX]; /* -1: the file lacks the column */
	char **unknown;                      /* owned */
	size_t n_unknown;
};

/* Reads the names, without blanks around, of the header in that line. False with a sentence. */
bool csv_header_read(struct csv_header *h, const struct csv_column *columns, size_t n_known, unsigned line,
		     char *const *names, size_t n, char *error, size_t error_size);
/* Of one that was read, or is all zero. */
void csv_header_end(struct csv_header *h);

#endif
