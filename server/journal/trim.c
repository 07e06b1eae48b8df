/*
 * The beginning of the log goes: MULTI, XTRIM key MINID = <first to stay>, EXEC, WATCH key.
 *
 *   asked -> does an entry begin there? -> nothing in flight -> DIR/head, DIR/fence -> XTRIM
 *
 * It leaves like a commit, alone and under the watch of the log, so that it does nothing when another took the site.
 * What tells of this process must outlive what is taken away: DIR/head, lest it name an entry that is gone, and the
 * fence of an epoch that goes on.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "disk.h"
#include "head.h"
#include "internal.h"
#include "log.h"

static void finish(struct journal *j, bool ok, const char *why)
{
	struct trim was = j->trim;

	memset(&j->trim, 0, sizeof(j->trim));
	was.done(was.arg, ok, why);
}

/* By this one nothing is gone. Whose the log is now is not known: another may have been there before the watch was
 * lifted. */
static void fail(struct journal *j, const char *why)
{
	j->gone = j->trim.gone;
	doubt_enter(j, "the log could not be trimmed");
	finish(j, false, why);
}

static void on_exec(void *arg, redisReply *r)
{
	struct journal *j = arg;
	const redisReply *n = r && r->type == REDIS_REPLY_ARRAY && r->elements == 1 ? r->element[0] : NULL;
	char why[sizeof(j->trim.why)];

	if (!r || j->ended) {
		finish(j, false, "the link to Redis was lost");
	} else if (n && n->type == REDIS_REPLY_INTEGER) {
		j->first = j->trim.to;
		log_line(LOG_LEVEL_INFO, "log_trimmed", "site", "%s", j->o.site, "first", "%s",
			 log_id_format(j->first).text, "entries", "%lld", n->integer, NULL);
		finish(j, true, "");
		send_next(j);
	} else {
		if (n && n->type == REDIS_REPLY_ERROR)
			snprintf(why, sizeof(why), "%s", n->str);
		else
			snprintf(why, sizeof(why), "%s", *j->trim.why ? j->trim.why : "the log was changed meanwhile");
		fail(j, why);
	}
}

/* Of MULTI and XTRIM only a refusal says anything; EXEC will fail then. */
static void on_queued(void *arg, redisReply *r)
{
	struct journal *j = arg;

	if (r && r->type == REDIS_REPLY_ERROR)
		snprintf(j->trim.why, sizeof(j->trim.why), "%s", r->str);
}

static void send_trim(struct journal *j)
{
	struct log_id_text to = log_id_format(j->trim.to);
	struct link_words w = {0};

	j->trim.sent = true;
	j->trim.gone = j->gone;
	if (log_id_compare(j->gone, j->trim.to) < 0)
		j->gone = j->trim.to;
	send_word(j, "MULTI", on_queued);
	link_words_add(&w, "XTRIM");
	link_words_add(&w, j->key);
	link_words_add(&w, "MINID");
	link_words_add(&w, "=");
	link_words_add(&w, to.text);
	link_send(j->link, &w, on_queued, j);
	send_word(j, "EXEC", on_exec);
	send_watch(j, false);
}

/* What has to be in the data directory before. */
static bool keep_traces(struct journal *j)
{
	struct journal_fence f = {
		.epoch = j->fence.id.epoch, .boottime_ms = j->fence.boottime_ms, .wall_ms = j->fence.wall_ms};

	watch_head(j);
	if (log_id_compare(j->head_written, j->trim.to) < 0)
		return false;
	memcpy(f.boot_id, j->fence.boot_id, sizeof(f.boot_id));
	return log_id_compare(j->fence.id, j->trim.to) > 0 || fence_write(j->o.dir, &f);
}

bool trim_go_on(struct journal *j)
{
	char why[160];

	if (!j->trim.done || !j->trim.looked || j->trim.sent)
		return j->trim.sent;
	if (keep_traces(j)) {
		send_trim(j);
		return true;
	}
	snprintf(why, sizeof(why), "the data directory cannot be written: %s", strerror(errno));
	finish(j, false, why);
	return false;
}

static void on_first(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct log_entry e;

	if (!r || j->ended) {
		finish(j, false, "the link to Redis was lost");
	} else if (r->type == REDIS_REPLY_ERROR) {
		finish(j, false, r->str);
	} else if (!log_entry_at(r, 0, &e) || e.id.epoch != j->trim.to.epoch ||
		   log_entry_first(&e) != j->trim.to.number) {
		finish(j, false, "no entry of the log begins there");
	} else {
		j->trim.looked = true;
		send_next(j);
	}
}

void journal_trim(struct journal *j, uint64_t epoch, uint64_t number, journal_trimmed_fn *done, void *arg)
{
	struct log_id_text from;

	j->trim = (struct trim){.to = {epoch, number}, .done = done, .arg = arg};
	from = log_id_format(j->trim.to);
	send_xrange(j, from.text, "+", 1, on_first);
}

static void on_compact(void *arg, redisReply *r)
{
	struct journal *j = arg;

	if (r && r->type == REDIS_REPLY_ERROR)
		log_line(LOG_LEVEL_WARN, "redis_not_compacted", "site", "%s", j->o.site, "why", "%s", r->str, NULL);
}

/* Redis ends when its file cannot be written: the new one must find room beside the old. */
void journal_compact(struct journal *j, int64_t spare_bytes)
{
	int64_t used;
	char dir[PATH_MAX];

	if (!j->redis || j->ended)
		return;
	snprintf(dir, sizeof(dir), "%s/redis", j->o.dir);
	used = disk_used(dir);
	if (used < 0 || journal_disk_free(j) < used + spare_bytes)
		log_line(LOG_LEVEL_WARN, "redis_not_compacted", "site", "%s", j->o.site, "why", "%s", "too little disk",
			 NULL);
	else
		send_word(j, "BGREWRITEAOF", on_compact);
}

bool journal_mark(struct journal *j, uint64_t epoch, uint64_t number)
{
	struct log_id mark = {epoch, number};
	bool ok;

	watch_head(j);
	ok = !log_id_compare(j->head_written, j->acked) && mark_write(j->o.dir, mark);
	if (!ok && !j->mark_said) /* once: it will be asked for again and again */
		log_line(LOG_LEVEL_WARN, "mark_not_written", "site", "%s", j->o.site, "why", "%s", strerror(errno),
			 NULL);
	j->mark_said = !ok;
	return ok;
}

void journal_first(const struct journal *j, uint64_t *epoch, uint64_t *number)
{
	*epoch = j->first.epoch;
	*number = j->first.number;
}
