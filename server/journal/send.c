/*
 * One commit, one entry, one in flight.
 *
 *   open -> MULTI, XADD key NOMKSTREAM <epoch>-<last> e <lines>, EXEC, WATCH key
 *           id            -> on disk: durable, the next
 *           id, replicas  -> WAIT 1 200 until one has it
 *           nil or error  -> doubt
 *           nothing       -> the link is lost: doubt
 *
 * The stream alone would take an id above its last one also where its tail was cut off meanwhile. So the log is watched
 * from the moment its tail was seen, or written by ourselves, and EXEC adds nothing when anybody has touched it since.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static void add_key(struct link_words *w, struct journal *j, bool create)
{
	link_words_add(w, "XADD");
	link_words_add(w, j->key);
	if (!create)
		link_words_add(w, "NOMKSTREAM");
}

void send_fence(struct journal *j, bool create, link_reply_fn *fn)
{
	const struct own_fence *f = &j->fence;
	struct log_id_text id = log_id_format(f->id), after = log_id_format(f->after);
	char boottime[24], wall[24];
	struct link_words w = {0};

	snprintf(boottime, sizeof(boottime), "%" PRId64, f->boottime_ms);
	snprintf(wall, sizeof(wall), "%" PRId64, f->wall_ms);
	add_key(&w, j, create);
	link_words_add(&w, id.text);
	link_words_add(&w, "v");
	link_words_add(&w, "1");
	link_words_add(&w, "owner");
	link_words_add(&w, f->owner);
	link_words_add(&w, "after");
	link_words_add(&w, after.text);
	link_words_add(&w, "boot");
	link_words_add(&w, f->boot_id);
	link_words_add(&w, "boottime");
	link_words_add(&w, boottime);
	link_words_add(&w, "wall");
	link_words_add(&w, wall);
	link_send(j->link, &w, fn, j);
}

void send_commit(struct journal *j, const struct commit *c, link_reply_fn *fn)
{
	struct log_id_text id = log_id_format((struct log_id){j->fence.id.epoch, c->last});
	struct link_words w = {0};

	if (!c->last) {
		send_fence(j, false, fn);
		return;
	}
	add_key(&w, j, false);
	link_words_add(&w, id.text);
	link_words_add(&w, "e");
	link_words_add_bytes(&w, c->text, c->len);
	link_send(j->link, &w, fn, j);
}

static void on_wait(void *arg, redisReply *r)
{
	struct journal *j = arg;

	j->outstanding = false;
	if (!r || !j->accepted)
		return;
	if (link_error_of(r)) {
		doubt_error(j, r);
		return;
	}
	if (r->type != REDIS_REPLY_INTEGER || r->integer < 1) {
		send_wait(j);
		return;
	}
	journal_acknowledged(j);
	send_next(j);
}

void send_wait(struct journal *j)
{
	struct link_words w = {0};

	link_words_add(&w, "WAIT");
	link_words_add(&w, "1");
	link_words_add(&w, "200");
	j->accepted = true;
	j->outstanding = true;
	link_send(j->link, &w, on_wait, j);
}

static void on_exec(void *arg, redisReply *r)
{
	struct journal *j = arg;

	j->outstanding = false;
	if (!r || j->ended)
		return;
	if (r->type == REDIS_REPLY_ARRAY && r->elements == 1)
		r = r->element[0];
	if (r->type == REDIS_REPLY_ERROR) {
		if (strncmp(r->str, "EXECABORT", 9)) /* else XADD itself has been answered with the reason */
			doubt_error(j, r);
	} else if (r->type != REDIS_REPLY_STRING) {
		doubt_enter(j, "the log was changed or is gone");
	} else if (link_replicas(j->link) > 0) {
		send_wait(j);
	} else {
		journal_acknowledged(j);
		send_next(j);
	}
}

/* Of MULTI, XADD and WATCH only a refusal says anything. */
static void on_queued(void *arg, redisReply *r)
{
	struct journal *j = arg;

	if (r && !j->ended && r->type == REDIS_REPLY_ERROR) {
		j->outstanding = false;
		doubt_error(j, r);
	}
}

void send_word(struct journal *j, const char *word, link_reply_fn *fn)
{
	struct link_words w = {0};

	link_words_add(&w, word);
	link_send(j->link, &w, fn, j);
}

void send_watch(struct journal *j, bool anew)
{
	struct link_words w = {0};

	if (anew)
		send_word(j, "UNWATCH", on_queued); /* forgets that it was touched, by our own refill perhaps */
	link_words_add(&w, "WATCH");
	link_words_add(&w, j->key);
	link_send(j->link, &w, on_queued, j);
}

void send_flying(struct journal *j)
{
	if (!j->commits.flying->sent_us)
		j->commits.flying->sent_us = journal_micros();
	j->accepted = false;
	j->outstanding = true;
	send_word(j, "MULTI", on_queued);
	send_commit(j, j->commits.flying, on_queued);
	send_word(j, "EXEC", on_exec);
	send_watch(j, false);
	link_flush(j->link);
}

void send_next(struct journal *j)
{
	watch_turn(j);
	if (j->state == JOURNAL_OWNER && !j->commits.flying && !trim_go_on(j) && commits_take(&j->commits))
		send_flying(j);
}

void send_xrange(struct journal *j, const char *from, const char *to, long count, link_reply_fn *fn)
{
	struct link_words w = {0};
	char n[24];

	snprintf(n, sizeof(n), "%ld", count);
	link_words_add(&w, "XRANGE");
	link_words_add(&w, j->key);
	link_words_add(&w, from);
	link_words_add(&w, to);
	link_words_add(&w, "COUNT");
	link_words_add(&w, n);
	link_send(j->link, &w, fn, j);
}

void send_xrevrange(struct journal *j, long count, link_reply_fn *fn)
{
	struct link_words w = {0};
	char n[24];

	snprintf(n, sizeof(n), "%ld", count);
	link_words_add(&w, "XREVRANGE");
	link_words_add(&w, j->key);
	link_words_add(&w, "+");
	link_words_add(&w, "-");
	link_words_add(&w, "COUNT");
	link_words_add(&w, n);
	link_send(j->link, &w, fn, j);
}
