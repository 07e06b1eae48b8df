#ifndef VAXLINE_EVENT_NAMES_H
#define VAXLINE_EVENT_NAMES_H

#include <stddef.h>

/* The names of an enumeration, to be found quickly. All zero is an empty table. */
#define EVENT_NAME_SLOTS 256 /* a power of two, at least twice the longest list */

struct name_slot {
	const char *text; /* NULL: free */
	size_t len;
	int value;
};

struct name_table {
	struct name_slot slots[EVENT_NAME_SLOTS];
};

/* Adds the names of the values from first up to n; they must outlive the table. */
void event_names_fill(struct name_table *t, int n, const char *(*name)(int), int first);
/* The value of a name, or -1. */
int event_name_find(const struct name_table *t, const char *text, size_t len);

#endif
