#ifndef VAXLINE_JOURNAL_COMMIT_H
#define VAXLINE_JOURNAL_COMMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * The commits of one epoch on their way: appended lines, sealed commits waiting, the one in flight, and the ring of
 * acknowledged ones.
 */

struct commit {
	struct commit *next;
	uint64_t last;   /* number of its last event; 0: the fence of this epoch */
	int64_t sent_us; /* CLOCK_BOOTTIME when it left first; 0: it has not */
	size_t len;
	char text[]; /* lines, each ended by a newline */
};

struct commit_list {
	struct commit *first, *last;
	size_t bytes; /* of text and of the structs */
};

struct commits {
	struct buf open;      /* lines not sealed yet */
	size_t cut_bytes;     /* how much of open ends with a command */
	uint64_t cut_number;  /* the number of its last event */
	uint64_t last_number; /* appended last */
	struct commit_list sealed;
	struct commit *flying; /* sent and not known to be on disk */
	struct commit_list ring;
};

/* The number must be one more than the last. */
void commits_append(struct commits *c, uint64_t number, const char *line, size_t len, bool cut);
/* The next event begins a commit of its own; the last one must be one that a commit may end after. */
void commits_cut(struct commits *c);
/* Where nothing flies, makes the next commit the flying one and returns it; NULL where there is none. */
struct commit *commits_take(struct commits *c);
/* The flying one is on disk: into the ring, which forgets its oldest above ring_bytes. */
void commits_land(struct commits *c, size_t ring_bytes);
/* The fence opens the ring. */
void commits_fence(struct commits *c);
/* The ring's commit that ends with this number, or NULL. */
struct commit *commits_find(const struct commits *c, uint64_t number);
size_t commits_pending_bytes(const struct commits *c);
void commits_free(struct commits *c);

#endif
