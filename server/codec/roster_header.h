#ifndef VAXLINE_ROSTER_HEADER_H
#define VAXLINE_ROSTER_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "roster_row.h"

/* Which field of a row is which column. */
struct roster_header {
	size_t n_columns;
	int field_of[ROSTER_COLUMN_COUNT]; /* -1: the file lacks the column */
	char **unknown;                    /* owned */
	size_t n_unknown;
};

/* Reads the names, without blanks around, of the header in that line. False with a sentence. */
bool roster_header_read(struct roster_header *h, unsigned line, char *const *names, size_t n, char *error,
			size_t error_size);
/* Of one that was read, or is all zero. */
void roster_header_end(struct roster_header *h);

#endif
