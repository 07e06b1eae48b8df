#ifndef VAXLINE_JOURNAL_ENTRY_H
#define VAXLINE_JOURNAL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hiredis/hiredis.h>

#include "journal.h"

/*
 * What stands in the stream: ids, fences, commits; and the rule that numbers run on without a gap.
 */

#define LOG_ID_MAX_BYTES 41 /* two 20-digit numbers and a dash */
#define OWNER_BYTES 32      /* hexadecimal digits of an owner's random id */

struct log_id {
	uint64_t epoch, number;
};

struct log_id_text {
	char text[LOG_ID_MAX_BYTES + 1];
};

bool log_id_parse(const char *text, size_t len, struct log_id *id);
struct log_id_text log_id_format(struct log_id id);
int log_id_compare(struct log_id a, struct log_id b);

/* One entry, borrowed from a reply. */
struct log_entry {
	struct log_id id;
	char *body; /* of a commit: lines, NUL after them; NULL: a fence */
	size_t len;
	const redisReply *fields;
};

/* Entry i of what XRANGE or XREVRANGE replied; false where it is none of ours. */
bool log_entry_at(const redisReply *reply, size_t i, struct log_entry *e);
/* The value of a fence's field, or NULL. */
const char *log_entry_field(const struct log_entry *e, const char *name);

/* What a fence says; false where a field is missing. */
bool log_fence_read(const struct log_entry *e, struct journal_fence *f);

/* What a reader has seen so far, and to whom it tells it. */
struct log_walk {
	struct log_id last; /* the last entry seen, 0-0 at first */
	bool anywhere;      /* the first entry may be any, not only a fence: a part of the log is read */
	void *arg;
	void (*fence)(void *arg, const struct journal_fence *f); /* or NULL */
	/* Whether the log may begin with this event; or NULL. */
	bool (*begin)(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len);
	/* False refuses the line and with it the log. */
	bool (*line)(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error,
		     size_t size);
};

/* The number of the entry's first event; of a fence 0. */
uint64_t log_entry_first(const struct log_entry *e);

/* Whether reading may begin with this entry and not with a fence. */
bool log_walk_begins(const struct log_walk *w, const struct log_entry *e);
/* Checks that the entry follows the last one, then tells of it. Ends lines with NUL in place. False with error. */
bool log_walk_entry(struct log_walk *w, struct log_entry *e, char *error, size_t error_size);

#endif
