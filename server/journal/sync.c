/* Reading the log while the caller waits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "internal.h"

#define LOADING_LOOK_MS 50
#define FIRST_ENTRIES 64 /* of a page, before the size of entries is known */

static bool authenticate(redisContext *c, const struct target *t, char *error, size_t error_size)
{
	redisReply *r;
	bool ok;

	if (!t->auth)
		return true;
	r = *t->user ? redisCommand(c, "AUTH %s %s", t->user, t->password) : redisCommand(c, "AUTH %s", t->password);
	ok = r && r->type != REDIS_REPLY_ERROR;
	if (!ok)
		snprintf(error, error_size, "Redis: %s", r ? r->str : c->errstr);
	freeReplyObject(r);
	return ok;
}

/* Until the data set is loaded, or so long. */
static bool wait_loaded(redisContext *c, int timeout_ms, char *error, size_t error_size)
{
	for (int waited = 0; waited <= timeout_ms; waited += LOADING_LOOK_MS) {
		redisReply *r = redisCommand(c, "PING");
		bool loading = r && r->type == REDIS_REPLY_ERROR && !strncmp(r->str, "LOADING", 7);

		if (!r) {
			snprintf(error, error_size, "Redis: %s", c->errstr);
			return false;
		}
		freeReplyObject(r);
		if (!loading)
			return true;
		nanosleep(&(struct timespec){.tv_nsec = LOADING_LOOK_MS * 1000000L}, NULL);
	}
	snprintf(error, error_size, "Redis is still loading its data");
	return false;
}

redisContext *sync_connect(const struct target *t, int timeout_ms, char *error, size_t error_size)
{
	struct timeval patience = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
	redisContext *c = *t->path ? redisConnectUnixWithTimeout(t->path, patience) :
				     redisConnectWithTimeout(t->host, t->port, patience);

	if (!c)
		abort(); /* out of memory */
	if (c->err) {
		snprintf(error, error_size, "cannot connect to Redis: %s", c->errstr);
		goto fail;
	}
	c->reader->maxbuf = 0;
	redisSetTimeout(c, patience);
	if (authenticate(c, t, error, error_size) && wait_loaded(c, timeout_ms, error, error_size))
		return c;
fail:
	redisFree(c);
	return NULL;
}

/* The array of entries, or NULL with error. */
static redisReply *entries_of(redisContext *c, redisReply *r, char *error, size_t error_size)
{
	if (r && r->type == REDIS_REPLY_ARRAY)
		return r;
	snprintf(error, error_size, "the log cannot be read: %s", !r ? c->errstr : r->str ? r->str : "no entries");
	freeReplyObject(r);
	return NULL;
}

bool sync_tail(redisContext *c, const char *key, const char *to, struct log_id *tail, char *error, size_t error_size)
{
	redisReply *r = entries_of(c, redisCommand(c, "XREVRANGE %s %s - COUNT 1", key, to), error, error_size);
	struct log_entry e;
	bool ok = r;

	*tail = (struct log_id){0, 0};
	if (r && r->elements) {
		ok = log_entry_at(r, 0, &e);
		if (ok)
			*tail = e.id;
		else
			snprintf(error, error_size, "%s in Redis is not a log of this program", key);
	}
	freeReplyObject(r);
	return ok;
}

static bool walk_page(const redisReply *r, struct log_id to, struct log_walk *w, bool *end, char *error,
		      size_t error_size)
{
	for (size_t i = 0; i < r->elements && !*end; i++) {
		struct log_entry e;

		if (!log_entry_at(r, i, &e)) {
			snprintf(error, error_size, "the log has an entry after %s that is not of this program",
				 log_id_format(w->last).text);
			return false;
		}
		if (!log_walk_entry(w, &e, error, error_size))
			return false;
		*end = log_id_compare(e.id, to) >= 0;
	}
	return true;
}

/* Asks for what follows an entry, without waiting for it. */
static bool ask_after(redisContext *c, const char *key, struct log_id after, long count, char *error, size_t error_size)
{
	int sent = 0;

	if (redisAppendCommand(c, "XRANGE %s (%s + COUNT %ld", key, log_id_format(after).text, count) == REDIS_OK)
		while (!sent && redisBufferWrite(c, &sent) == REDIS_OK)
			;
	if (!sent)
		snprintf(error, error_size, "the log cannot be read: %s", c->errstr);
	return sent;
}

static redisReply *next_page(redisContext *c)
{
	void *r = NULL;

	return redisGetReply(c, &r) == REDIS_OK ? r : NULL;
}

/* Redis reads the next page while we walk this one. */
bool sync_walk(redisContext *c, const char *key, struct log_id after, struct log_id to, struct log_walk *w, char *error,
	       size_t error_size)
{
	bool end = false, ahead = ask_after(c, key, after, FIRST_ENTRIES, error, error_size), ok = ahead;

	while (ok && !end) {
		redisReply *r = entries_of(c, next_page(c), error, error_size);
		struct log_entry last;

		ahead = r && r->elements && log_entry_at(r, r->elements - 1, &last) && log_id_compare(last.id, to) < 0;
		ok = r && (!ahead ||
			   ask_after(c, key, last.id, sync_page_entries(r, JOURNAL_PAGE_BYTES), error, error_size));
		ok = ok && walk_page(r, to, w, &end, error, error_size);
		end |= !ahead;
		freeReplyObject(r);
	}
	if (ahead && !c->err)
		freeReplyObject(next_page(c)); /* asked for in vain */
	return ok;
}

redisReply *sync_take_array(redisReply *r)
{
	redisReply *taken = xcalloc(1, sizeof(*taken));

	taken->type = REDIS_REPLY_ARRAY;
	taken->elements = r->elements;
	taken->element = r->element;
	r->elements = 0;
	r->element = NULL;
	return taken;
}

long sync_page_entries(const redisReply *page, size_t bytes)
{
	struct log_entry e;
	size_t weight = 0, n = page->elements;

	if (!n)
		return 1;
	for (size_t i = 0; i < n; i++)
		if (log_entry_at(page, i, &e))
			weight += e.len + 1;
	n = bytes / (weight / n + 1);
	return n > JOURNAL_PAGE_ENTRIES ? JOURNAL_PAGE_ENTRIES : n ? (long)n : 1;
}
