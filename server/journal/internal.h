#ifndef VAXLINE_JOURNAL_INTERNAL_H
#define VAXLINE_JOURNAL_INTERNAL_H

#include "commit.h"
#include "entry.h"
#include "journal.h"
#include "link.h"
#include "private.h"
#include "target.h"

/*
 * The journal's own state, shared by its files:
 *
 *   journal.c  life and use          take.c     fence, then read     send.c  one commit in flight
 *   watch.c    link and time         doubt.c    what the log says    read.c  reading for others
 *   replay.c   reading it whole      salvage.c  what the log lost    sync.c  reading while waiting
 *   trim.c     what is old goes
 */

#define JOURNAL_TICK_MS 100
#define JOURNAL_GAP_MS 1000 /* turns of the loop so far apart: the process was stopped, much may have happened */
#define JOURNAL_WATCHDOG_MS 2000
#define JOURNAL_RETRY_FIRST_MS 50
#define JOURNAL_RETRY_LAST_MS 500
#define JOURNAL_PAGE_BYTES (8 * 1024 * 1024) /* of one XRANGE, about: their number follows the size of the last */
#define JOURNAL_PAGE_ENTRIES 1000
#define JOURNAL_KEY_MAX_BYTES 128
#define JOURNAL_WHY_MAX_BYTES 1024

/* Our fence, kept to write the same again where a log lost it. */
struct own_fence {
	struct log_id id, after; /* after: the last id known when it was written */
	struct log_id before;    /* the entry that it really follows, known once the log is read */
	char owner[OWNER_BYTES + 1];
	char boot_id[40];
	int64_t boottime_ms, wall_ms;
};

enum fence_seen { FENCE_MISSING, FENCE_OURS, FENCE_FOREIGN };

/* What was asked to go from the beginning of the log; done NULL: nothing. */
struct trim {
	struct log_id to;   /* the event that is to be the first */
	struct log_id gone; /* what may have been trimmed before this */
	bool looked;        /* it was found to begin an entry */
	bool sent;          /* XTRIM is in flight */
	char why[160];      /* it was refused */
	journal_trimmed_fn *done;
	void *arg;
};

struct journal {
	struct loop *loop;
	struct journal_options o; /* its strings are ours */
	char key[JOURNAL_KEY_MAX_BYTES];
	int server_lock;
	struct private *redis; /* NULL: external */
	struct target target;
	struct link *link;
	struct loop_timer *tick, *retry;

	enum journal_state state;
	bool ended, away, freeing;
	int64_t turn_ms; /* the last sign that the loop turns */

	struct own_fence fence;
	uint64_t refused_epoch; /* the highest that the stream refused */
	struct log_id tail;     /* of the log when its last fence was asked for */
	struct log_walk walk;   /* replay */
	bool replaying;         /* our fence is written, the log is being read up to it */
	bool asked;             /* for a page of it */
	redisReply *page;       /* to be told of next, or NULL */
	struct loop_timer *step;
	long page_entries;
	struct log_id mark;  /* DIR/mark */
	bool mark_said;      /* that it could not be written */
	struct log_id first; /* what the log begins with */
	struct log_id gone;  /* all before this was, or may have been, trimmed by ourselves */
	struct trim trim;
	struct log_id head; /* DIR/head as it was found */
	bool head_found, head_seen;

	struct log_id acked; /* the last entry known to be on disk: our fence at first */
	struct log_id head_written;
	int64_t head_ms;
	struct commits commits;
	bool outstanding;      /* XADD of the flying commit was sent on this link and is unanswered */
	bool accepted;         /* it was accepted, and WAIT is to tell of replicas */
	struct commit *refill; /* the ring's commit being sent again */

	bool checking, probing;
	enum fence_seen fence_seen;
	int stale;                 /* how often an id was refused as stale since anything was accepted */
	bool doubt_said;           /* a line about it was logged; the next will be about its end */
	int64_t doubt_ms, down_ms; /* since when; 0: not */
	int64_t answered_ms;       /* the last answer to a commit or probe */
	int64_t retry_ms;
};

/* journal.c */
void journal_owned(struct journal *j);
/* CLOCK_BOOTTIME, microseconds. */
int64_t journal_micros(void);
/* Every event up to the flying commit's last is on disk. */
void journal_acknowledged(struct journal *j);
/* Leaves for good (or, while starting, gives up), with a sentence. */
void journal_end(struct journal *j, enum journal_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* back(), where away() was said and nothing is in the way any more. */
void journal_look_back(struct journal *j);
/* Goes on with whatever the state asks for, later. */
void journal_retry_later(struct journal *j);
/* The parts of journal_new that reading alone needs too. The lock's descriptor, or -1 with error. */
struct journal *journal_create(const struct journal_options *o);
void journal_destroy(struct journal *j);
bool journal_open_target(struct journal *j, char *error, size_t error_size);
/* ---- lock.c ---- */
int journal_take_lock(const char *dir, char *error, size_t error_size);
void journal_give_lock(int lock); /* -1: none */
/* From now on this process listens to signals. */
void journal_name_holder(int lock);

/* Redis's files are gone from the data directory, though events were acknowledged. */
bool journal_log_gone(const struct journal *j);

/* watch.c */
void watch_go_on(void *journal);
bool watch_prepare(void *journal);
void watch_up(void *journal);
void watch_down(void *journal, const char *why);
void watch_refused(void *journal, const char *why);
void watch_tick(void *journal);
/* The loop turns. Where it had stood still for long, the journal is in doubt after this. */
void watch_turn(struct journal *j);
bool watch_was_stopped(const struct journal *j);
/* Writes DIR/head where it lags behind. */
void watch_head(struct journal *j);

/* take.c: from nothing, or from where the link was lost */
void take_go_on(struct journal *j);
/* Tells of the page that came last. */
void take_step(void *journal);

/* send.c */
void send_next(struct journal *j);
void send_xrange(struct journal *j, const char *from, const char *to, long count, link_reply_fn *fn);
void send_xrevrange(struct journal *j, long count, link_reply_fn *fn);
void send_commit(struct journal *j, const struct commit *c, link_reply_fn *fn);
void send_fence(struct journal *j, bool create, link_reply_fn *fn);
/* What flies leaves; and WAIT where there are replicas and it was accepted. */
void send_flying(struct journal *j);
void send_wait(struct journal *j);
void send_word(struct journal *j, const char *word, link_reply_fn *fn);
/* From now on EXEC adds nothing where anybody touched the log; anew: whatever was before. */
void send_watch(struct journal *j, bool anew);

/* trim.c */
/* Sends XTRIM where it is asked for and nothing is in flight. True where it is in flight: nothing else may leave. */
bool trim_go_on(struct journal *j);

/* doubt.c */
void doubt_enter(struct journal *j, const char *why);
void doubt_check(struct journal *j);
void doubt_probe(struct journal *j);
/* Nothing is open any more. */
void doubt_over(struct journal *j);
/* An error answered one of our commands: doubt, or the end. */
void doubt_error(struct journal *j, const redisReply *r);

/* salvage.c: writes acknowledged commits above the tail, or all that the log lacks, to DIR/salvage-<epoch>.ndjson.
 * Returns a sentence about it, or an empty one. */
struct salvage_note {
	char text[JOURNAL_WHY_MAX_BYTES / 2];
};
struct salvage_note salvage_after(const struct journal *j, struct log_id tail);
struct salvage_note salvage_missing(const struct journal *j);

/* sync.c: blocking, for programs that wait and for moments when nothing else is to be done. */
#define SYNC_TIMEOUT_MS 30000
redisContext *sync_connect(const struct target *t, int timeout_ms, char *error, size_t error_size);
/* The last entry's id up to `to`, or 0-0 where there is none. False with error. */
bool sync_tail(redisContext *c, const char *key, const char *to, struct log_id *tail, char *error, size_t error_size);
/* Every entry after `after` up to and including `to`; what the walk says ends it. False with error. */
bool sync_walk(redisContext *c, const char *key, struct log_id after, struct log_id to, struct log_walk *w, char *error,
	       size_t error_size);

/* Takes the array out of a reply that hiredis frees when its callback returns; the caller frees it. */
redisReply *sync_take_array(redisReply *r);
/* COUNT for the next page of about so many bytes, from what the last one weighed. */
long sync_page_entries(const redisReply *page, size_t bytes);

#endif
