#ifndef VAXLINE_ROSTER_ROW_H
#define VAXLINE_ROSTER_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "csv_header.h"
#include "roster.h"
#include "terms.h"

/* The columns of a row and what is asked of it. */
enum roster_column {
#define ROSTER_COLUMN(value, ...) value,
	ROSTER_COLUMNS(ROSTER_COLUMN)
#undef ROSTER_COLUMN
		ROSTER_COLUMN_COUNT,
	ROSTER_WHOLE_ROW = ROSTER_COLUMN_COUNT,
};

extern const struct csv_column roster_columns[ROSTER_COLUMN_COUNT];

enum roster_problem_kind {
#define ROSTER_PROBLEM_KIND(value, ...) value,
	ROSTER_PROBLEMS(ROSTER_PROBLEM_KIND)
#undef ROSTER_PROBLEM_KIND
		ROSTER_PROBLEM_COUNT
};

struct roster_problems {
	struct roster_problem *list; /* owned */
	size_t n, total;
};
void roster_problem_add(struct roster_problems *p, unsigned line, enum roster_column column,
			enum roster_problem_kind kind);

/* What rows are checked against, and where what is wrong goes. */
struct roster_checks {
	struct terms *terms;
	char **assisted; /* folded */
	size_t n_assisted;
	char today[11];
	int64_t today_days;
	struct roster_problems rejected, warnings;
};

/*
 * Checks a row of that line: a text for each column, "" where there is none, without blanks around; they are changed.
 * False where the row is in error; else it is filled, and its texts are freed with roster_row_end.
 */
bool roster_row_check(struct roster_checks *c, unsigned line, char *const fields[ROSTER_COLUMN_COUNT],
		      struct roster_row *row);
void roster_row_end(struct roster_row *row);

#endif
