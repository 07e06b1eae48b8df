#ifndef VAXLINE_EVENT_TABLE_H
#define VAXLINE_EVENT_TABLE_H

#include <stddef.h>

#include "event.h"

/*
 * EVENT_FIELDS as rows: what `data` may hold, in the order in which it is written and must be read. Encoder and decoder
 * both go by these rows and nothing else, so a field added to the list is written and read from then on; a log written
 * before it lacks the field and still reads.
 */

enum field_kind { FIELD_TEXT, FIELD_JSON, FIELD_TIME, FIELD_COUNT, FIELD_HEX, FIELD_NAME, FIELD_RULES };

struct event_row {
	const char *name;
	const char *quoted; /* "name": */
	unsigned char quoted_len;
	enum field_kind kind;
	size_t offset; /* in struct event */
	/* FIELD_NAME: how many values, and the name of one. */
	int n_values;
	const char *(*value_name)(int v);
};

enum {
#define ROW_INDEX(member, ...) EVENT_ROW_##member,
	EVENT_FIELDS(ROW_INDEX, ROW_INDEX, ROW_INDEX, ROW_INDEX, ROW_INDEX, ROW_INDEX, ROW_INDEX)
#undef ROW_INDEX
		EVENT_ROWS
};

extern const struct event_row event_rows[EVENT_ROWS];

/* Where the field of a row is. Enumerations have the size of an int. */
static inline void *event_member(struct event *e, const struct event_row *row)
{
	return (char *)e + row->offset;
}

#endif
