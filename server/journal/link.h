#ifndef VAXLINE_JOURNAL_LINK_H
#define VAXLINE_JOURNAL_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hiredis/hiredis.h>

#include "loop.h"
#include "target.h"

/*
 * One connection to a Redis that is opened again whenever it is lost.
 *
 *   down --connect, AUTH, INFO--> loading? wait --> up() --> lost, or link_drop --> down(why) --> again, with back-off
 *
 * Commands may be sent between up() and down(). A reply of NULL means unknown: the command may have been carried out.
 */

struct link;

typedef void link_reply_fn(void *arg, redisReply *reply);

struct link_options {
	struct target target;
	bool once; /* down() is the end: no second connection */
	void *arg;
	bool (*prepare)(void *arg); /* before each connect; false: not now, try later. May be NULL */
	void (*up)(void *arg);
	void (*down)(void *arg, const char *why);    /* called for failed attempts too */
	void (*refused)(void *arg, const char *why); /* the Redis will not have us: wrong password, no permission */
};

struct link *link_new(struct loop *l, const struct link_options *o);
void link_open(struct link *l);
/* Closes; every unanswered command gets NULL, then down(why) is called. */
void link_drop(struct link *l, const char *why);
/* Closes for good, without callbacks. Accepts NULL. Not from within one of its own callbacks: see link_close. */
void link_free(struct link *l);
/* Closes, without callbacks, from anywhere; nothing is opened again. */
void link_close(struct link *l);
bool link_is_up(const struct link *l);
/* Replicas that were connected to it when it came up. */
int link_replicas(const struct link *l);

/* The words of a command: link_words_add borrows until link_send returns. */
#define LINK_WORDS_MAX 24
struct link_words {
	int count;
	const char *word[LINK_WORDS_MAX];
	size_t len[LINK_WORDS_MAX];
};
void link_words_add(struct link_words *w, const char *word);
void link_words_add_bytes(struct link_words *w, const char *word, size_t len);
/* fn gets the reply, or NULL; where the link is not up it gets NULL at once. */
void link_send(struct link *l, const struct link_words *w, link_reply_fn *fn, void *arg);

/* Hands what was sent to the socket now, as far as it takes it, and not in the next turn of the loop. */
void link_flush(struct link *l);

/* CLOCK_BOOTTIME when the oldest unanswered command was sent (or connecting began); 0: nothing is awaited. */
int64_t link_waiting_since(const struct link *l);
/* Starts that time anew: this process has been stopped, so the answer may be waiting to be read. */
void link_forgive(struct link *l);

enum link_error {
	LINK_ERROR_NONE,      /* not an error */
	LINK_ERROR_TRANSIENT, /* may pass: READONLY, NOREPLICAS, OOM, LOADING, MISCONF and whatever is not known */
	LINK_ERROR_STALE,     /* XADD: the id is not above the last one */
	LINK_ERROR_PERMANENT, /* NOPERM, WRONGTYPE, a wrong password, a command that this Redis lacks */
};
enum link_error link_error_of(const redisReply *reply);

#endif
