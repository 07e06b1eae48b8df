#ifndef VAXLINE_JOURNAL_H
#define VAXLINE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop.h"

/*
 * The journal: the log of one site in one Redis stream, owned by one process at a time.
 *
 *   stream  vaxline:{SITE}:log
 *   entry   <epoch>-<number of its last event>   field "e": one JSON event a line
 *   fence   <epoch>-0                            fields "v" (format), "owner", "after", "boot", "boottime", "wall"
 *
 * The log begins with the fence of its first owner; or, once it was trimmed, with an event that begin() takes for one
 * that all before it can be done without.
 *
 * One commit is one entry, and one is in flight: the next leaves when it is answered. So a commit is in the log whole
 * or not at all, and nothing can follow a refused one. A process takes a site by writing a fence with the next epoch,
 * and reads the log only then, up to that fence: whatever an older owner still had in a socket is either before the
 * fence and read, or refused by the stream, because its id is too small.
 *
 *   starting --fence written, log read--> owner --link lost, error, watchdog--> doubt --own fence, tail right--> owner
 *   doubt --foreign fence--> deposed      doubt --acknowledged entries gone, ring too short--> lost
 *   any --NOPERM, WRONGTYPE--> failed
 *
 * Deposed, lost and failed are for good: the process serves no command any more.
 */

#define JOURNAL_COMMIT_MAX_BYTES (256 * 1024) /* of lines in one entry; cut only between commands, see journal_append */
#define JOURNAL_RING_BYTES (16 * 1024 * 1024) /* acknowledged commits kept to refill a log that lost its tail */
#define JOURNAL_AWAY_MS 2000                  /* without an answer for so long, Redis counts as away */
#define JOURNAL_PROBE_MS 1000                 /* how often an idle owner looks whether the site is still its own */
#define JOURNAL_FORMAT 1

enum journal_state {
	JOURNAL_STARTING,
	JOURNAL_OWNER,
	JOURNAL_DOUBT,
	JOURNAL_DEPOSED,
	JOURNAL_LOST,
	JOURNAL_FAILED,
};

/* What a fence says about the process that wrote it. */
struct journal_fence {
	uint64_t epoch;
	char boot_id[40];    /* the kernel's, 36 characters */
	int64_t boottime_ms; /* CLOCK_BOOTTIME when it was written */
	int64_t wall_ms;     /* the owner's event clock when it was written, UTC */
};

struct journal_options {
	const char *site;      /* its id: letters, digits, '-' */
	const char *dir;       /* data directory; exists */
	const char *redis_url; /* NULL: a private redis-server in dir; else unix:///path or
				  redis://[user:pass@]host[:port] */
	int64_t ballast_bytes; /* size of the ballast file in dir; 0 for none */
	void *arg;             /* handed to every callback */

	/* The event clock, for the fence; last: the fence of the owner before, NULL where there was none. */
	int64_t (*now_ms)(void *arg, const struct journal_fence *last);
	/*
	 * Replay, between journal_start and ready(): each fence met and each event line in order. A line is borrowed
	 * and NUL-terminated. event() returns false to refuse it, with a reason in error; the start then fails with it.
	 */
	void (*fence)(void *arg, const struct journal_fence *f);
	/*
	 * The log begins with this event, all before it was trimmed: true where it may; then event() gets it too, and
	 * the fence of its epoch is not to come. NULL: a log begins with a fence.
	 */
	bool (*begin)(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len);
	bool (*event)(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error,
		      size_t size);
	/* The log has been read; events may be appended under this epoch, numbered from 1. Called once. */
	void (*ready)(void *arg, uint64_t epoch);
	/* Every event up to this number is on disk. Never called with a smaller number than before. */
	void (*durable)(void *arg, uint64_t number);
	/*
	 * For metrics; or NULL. A commit is on disk: how long that took from when it left first, an outage included,
	 * and how large it was. Called before durable.
	 */
	void (*committed)(void *arg, double ms, size_t bytes, size_t events);
	/* No answer for JOURNAL_AWAY_MS; and answers again, everything resolved. Alternate; the first is away. */
	void (*away)(void *arg);
	void (*back)(void *arg);
	/* Entered DEPOSED, LOST or FAILED, or the start failed (STARTING): a sentence for the operator. Called once. */
	void (*ended)(void *arg, enum journal_state state, const char *why);
};

struct journal;

/* Takes the data directory's lock. Returns NULL with a sentence in error. Nothing is connected yet. */
struct journal *journal_new(struct loop *l, const struct journal_options *o, char *error, size_t error_size);
/* Starts the private redis-server where there is none, connects, takes the site, replays. All in the loop. */
void journal_start(struct journal *j);
/* Waits (bounded) for what is in flight, stops the private redis-server, releases the locks. Accepts NULL. */
void journal_free(struct journal *j);

enum journal_state journal_state(const struct journal *j);

/*
 * The process that serves a data directory and listens to signals; 0: none. It stands in a file that the server's user
 * can write: *owner, whose file that is, tells what it is worth.
 */
int journal_holder(const char *dir, uint32_t *owner);

/*
 * Adds one event line (no newline in it; copied) numbered one more than the one before. cut: an entry may end after
 * this event (it is the last of its command). Call journal_flush when the turn ends.
 */
void journal_append(struct journal *j, uint64_t number, const char *line, size_t len, bool cut);
/* The next event begins an entry of its own, so that the log can be trimmed up to it. The last was one with cut. */
void journal_cut(struct journal *j);
/* Sends the open commit where none is in flight. */
void journal_flush(struct journal *j);
/* Bytes appended and not yet on disk. */
size_t journal_pending_bytes(const struct journal *j);
/* Number of the last event on disk, of this epoch; 0 at first. */
uint64_t journal_durable(const struct journal *j);
bool journal_is_away(const struct journal *j);
/*
 * The site is ours as far as can be known: an owner, not in doubt, and the process was not stopped for more than a
 * second just now. While this is false an answer that rests on nothing new may be stale; whenever a doubt ends well,
 * durable() is called, be it with the same number as before.
 */
bool journal_is_sure(const struct journal *j);

/*
 * Reads the log by a connection of its own, oldest first: entries after (after_epoch, after_number) up to and including
 * (to_epoch, to_number); a to_number of UINT64_MAX means as far as the log goes. line() is called per event and returns
 * false to pause after it; journal_read_resume goes on. done() is called once, from the loop, with ok false where the
 * log could not be read to that end; the read is freed before it. Reads are cancelled before journal_free.
 */
struct journal_read;
struct journal_range {
	uint64_t after_epoch, after_number;
	uint64_t to_epoch, to_number;
};
typedef bool journal_line_fn(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len);
typedef void journal_done_fn(void *arg, bool ok);
struct journal_read *journal_read_start(struct journal *j, const struct journal_range *range, journal_line_fn *line,
					journal_done_fn *done, void *arg);
void journal_read_resume(struct journal_read *r);
/* Ends it early; done() is not called. */
void journal_read_cancel(struct journal_read *r);

/* The same, waiting for the whole range: for the export of a closed day and for `vaxline replay`. False with error. */
bool journal_read_all(struct journal *j, const struct journal_range *range, journal_line_fn *line, void *arg,
		      char *error, size_t error_size);

/*
 * Takes every entry before this event away for good; the event must begin an entry, and be on disk. It waits for what
 * is in flight, and nothing leaves before it is answered. Only an owner trims: where another took the site meanwhile,
 * nothing is taken away. One at a time. done() is called once, perhaps at once, with a sentence where ok is false
 * (where the link was lost, it may have been done all the same); or never, where the journal ends before.
 */
typedef void journal_trimmed_fn(void *arg, bool ok, const char *why);
void journal_trim(struct journal *j, uint64_t epoch, uint64_t number, journal_trimmed_fn *done, void *arg);
/*
 * Lets the private redis-server write its file anew, without what was trimmed, where that leaves so many bytes free on
 * the disk meanwhile. An external one is its operator's.
 */
void journal_compact(struct journal *j, int64_t spare_bytes);
/*
 * From now on a start from this data directory reads the log from this event on, which begins an entry and which
 * begin() takes. It is on disk, as is all after it that makes what lies before needless. What is found to be otherwise
 * by then is read from its beginning. False where that could not be written down.
 */
bool journal_mark(struct journal *j, uint64_t epoch, uint64_t number);
/* Where the log begins: a fence (number 0) or an event. */
void journal_first(const struct journal *j, uint64_t *epoch, uint64_t *number);

/* Free bytes on the data directory's disk, or -1. */
int64_t journal_disk_free(const struct journal *j);
/* Gives the ballast back to the disk when it is full, takes it again when there is room. */
void journal_ballast(struct journal *j, bool held);

/*
 * `vaxline replay`: reads the log of a site without taking it, from --redis or from the private directory (where no
 * server holds it, a redis-server is started for the time being). Callbacks fence and event are used. False with error.
 */
bool journal_replay(const struct journal_options *o, char *error, size_t error_size);

#endif
