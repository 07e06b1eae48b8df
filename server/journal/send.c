/*
 * One commit, one entry, one in flight.
 *
 *   open -> XADD key NOMKSTREAM <epoch>-<last> e <lines> -> id            -> on disk: durable, the next
 *                                                       -> id, replicas   -> WAIT 1 200 until one has it
 *                                                       -> nil or error   -> doubt
 *                                                       -> nothing (NULL) -> the link is lost: doubt
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
	struct link_words w = { 0 };

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
	struct log_id_text id = log_id_format((struct log_id){ j->fence.id.epoch, c->last });
	struct link_words w = { 0 };

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
	struct link_words w = { 0 };

	link_words_add(&w, "WAIT");
	link_words_add(&w, "1");
	link_words_add(&w, "200");
	j->accepted = true;
	j->outstanding = true;
	link_send(j->link, &w, on_wait, j);
}

static void on_xadd(void *arg, redisReply *r)
{
	struct journal *j = arg;

	j->outstanding = false;
	if (!r || j->ended)
		return;
	if (r->type == REDIS_REPLY_ERROR) {
		doubt_error(j, r);
	} else if (r->type != REDIS_REPLY_STRING) {
		doubt_enter(j, "the log is gone");
	} else if (link_replicas(j->link) > 0) {
		send_wait(j);
	} else {
		journal_acknowledged(j);
		send_next(j);
	}
}

void send_flying(struct journal *j)
{
	if (!j->commits.flying->sent_ms)
		j->commits.flying->sent_ms = loop_boottime_ms();
	j->accepted = false;
	j->outstanding = true;
	send_commit(j, j->commits.flying, on_xadd);
}

void send_next(struct journal *j)
{
	if (j->state == JOURNAL_OWNER && !j->commits.flying && commits_take(&j->commits))
		send_flying(j);
}
