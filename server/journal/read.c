/*
 * Reading a part of the log for others, on a connection of its own.
 *
 *   open -> page -> told line by line -> paused? wait for resume -> next page -> ... -> done
 *
 * done() is always called from the loop, never from within journal_read_start or journal_read_resume.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"
#include "log.h"

#define READ_PAGE_BYTES (1024 * 1024)
#define READ_PATIENCE_MS 30000
#define READ_FIRST_ENTRIES 16
/* Of each step of journal_read_all, while which nothing else happens. */
#define READ_ALL_TIMEOUT_MS 5000

struct range_lines {
	struct journal_range range;
	journal_line_fn *line;
	void *arg;
	bool paused;
};

struct journal_read {
	struct range_lines lines;
	struct log_walk walk;
	struct link *link;
	struct loop_timer *timer; /* a step to take; while a page is awaited, the end of patience */
	journal_done_fn *done;
	void *arg;
	char key[JOURNAL_KEY_MAX_BYTES];
	redisReply *page; /* NULL: none */
	size_t next;      /* its next entry */
	long count;
	bool opened, awaiting, reached;
	/* Where a pause fell into an entry, its lines up to here have been told. */
	struct log_id told;
};

static bool is_within(const struct journal_range *r, struct log_id id)
{
	return log_id_compare(id, (struct log_id){r->after_epoch, r->after_number}) > 0 &&
	       log_id_compare(id, (struct log_id){r->to_epoch, r->to_number}) <= 0;
}

static bool tell_all(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error, size_t size)
{
	struct range_lines *l = arg;

	if (is_within(&l->range, (struct log_id){epoch, number}) && !l->line(l->arg, epoch, number, line, len)) {
		snprintf(error, size, "reading was ended");
		return false;
	}
	return true;
}

static void read_free(struct journal_read *r)
{
	link_free(r->link);
	loop_timer_free(r->timer);
	freeReplyObject(r->page);
	free(r);
}

static void finish(struct journal_read *r, bool ok)
{
	journal_done_fn *done = r->done;
	void *arg = r->arg;

	read_free(r);
	done(arg, ok);
}

static void on_page(void *arg, redisReply *reply)
{
	struct journal_read *r = arg;

	if (!reply)
		return; /* the link is lost: on_down follows */
	r->awaiting = false;
	if (reply->type != REDIS_REPLY_ARRAY) {
		finish(r, false);
		return;
	}
	r->count = sync_page_entries(reply, READ_PAGE_BYTES);
	r->page = sync_take_array(reply);
	r->next = 0;
	loop_timer_set(r->timer, 0);
}

static void ask(struct journal_read *r)
{
	struct log_id_text from = log_id_format(r->walk.last);
	char exclusive[LOG_ID_MAX_BYTES + 2], count[24];
	struct link_words w = {0};

	snprintf(exclusive, sizeof(exclusive), "(%s", from.text);
	snprintf(count, sizeof(count), "%ld", r->count);
	link_words_add(&w, "XRANGE");
	link_words_add(&w, r->key);
	link_words_add(&w, exclusive);
	link_words_add(&w, "+");
	link_words_add(&w, "COUNT");
	link_words_add(&w, count);
	r->awaiting = true;
	loop_timer_set(r->timer, READ_PATIENCE_MS);
	link_send(r->link, &w, on_page, r);
}

/* As tell_all, but a line at a time: a pause ends the walk inside an entry, which is walked again from its beginning. */
static bool tell_until_pause(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error,
			     size_t size)
{
	struct journal_read *r = arg;
	struct log_id id = {epoch, number};

	if (log_id_compare(id, r->told) <= 0 || !is_within(&r->lines.range, id))
		return true;
	if (r->lines.paused) {
		snprintf(error, size, "paused");
		return false;
	}
	r->told = id;
	r->lines.paused = !r->lines.line(r->lines.arg, epoch, number, line, len);
	return true;
}

/* Lines were ended in place; an entry that is walked again has its newlines back. */
static void restore_lines(struct log_entry *e)
{
	for (char *p = e->body; p && p < e->body + e->len; p++)
		if (!*p)
			*p = '\n';
}

/* Tells of the page until it ends or a pause is asked for. False: the read is over, and freed. */
static bool tell_page(struct journal_read *r)
{
	struct log_id to = {r->lines.range.to_epoch, r->lines.range.to_number};
	char error[256];

	while (r->next < r->page->elements && !r->reached && !r->lines.paused) {
		struct log_entry e;
		bool ok = log_entry_at(r->page, r->next, &e);

		if (ok)
			ok = log_walk_entry(&r->walk, &e, error, sizeof(error));
		else
			snprintf(error, sizeof(error), "an entry is not of this program");
		if (!ok && r->lines.paused) {
			restore_lines(&e);
			return true;
		}
		if (!ok) {
			log_line(LOG_LEVEL_ERROR, "log_unreadable", "why", "%s", error, NULL);
			finish(r, false);
			return false;
		}
		r->next++;
		r->reached = log_id_compare(e.id, to) >= 0;
	}
	return true;
}

static void on_step(void *arg)
{
	struct journal_read *r = arg;
	bool whole;

	if (!r->opened) {
		r->opened = true;
		loop_timer_set(r->timer, READ_PATIENCE_MS);
		link_open(r->link);
		return;
	}
	if (r->awaiting || !r->page) {
		finish(r, false);
		return;
	}
	if (!tell_page(r) || r->lines.paused)
		return;
	whole = !r->page->elements;
	freeReplyObject(r->page);
	r->page = NULL;
	if (r->reached || whole)
		finish(r, r->reached || r->lines.range.to_number == UINT64_MAX);
	else
		ask(r);
}

static void on_up(void *arg)
{
	ask(arg);
}

static void on_down(void *arg, const char *why)
{
	log_line(LOG_LEVEL_WARN, "log_read_lost", "why", "%s", why, NULL);
	finish(arg, false);
}

struct journal_read *journal_read_start(struct journal *j, const struct journal_range *range, journal_line_fn *line,
					journal_done_fn *done, void *arg)
{
	struct journal_read *r = xcalloc(1, sizeof(*r));
	struct link_options o = {
		.target = j->target, .once = true, .arg = r, .up = on_up, .down = on_down, .refused = on_down};

	r->lines = (struct range_lines){.range = *range, .line = line, .arg = arg};
	r->walk = (struct log_walk){.last = {range->after_epoch, range->after_number},
				    .anywhere = true,
				    .arg = r,
				    .line = tell_until_pause};
	r->done = done;
	r->arg = arg;
	r->count = READ_FIRST_ENTRIES;
	memcpy(r->key, j->key, sizeof(r->key));
	r->link = link_new(j->loop, &o);
	r->timer = loop_timer_new(j->loop, on_step, r);
	loop_timer_set(r->timer, 0);
	return r;
}

void journal_read_resume(struct journal_read *r)
{
	r->lines.paused = false;
	if (r->page)
		loop_timer_set(r->timer, 0);
}

void journal_read_cancel(struct journal_read *r)
{
	read_free(r);
}

bool journal_read_all(struct journal *j, const struct journal_range *range, journal_line_fn *line, void *arg,
		      char *error, size_t error_size)
{
	struct log_id after = {range->after_epoch, range->after_number}, to = {range->to_epoch, range->to_number};
	struct range_lines lines = {.range = *range, .line = line, .arg = arg};
	struct log_walk w = {.last = after, .anywhere = true, .arg = &lines, .line = tell_all};
	redisContext *c = sync_connect(&j->target, READ_ALL_TIMEOUT_MS, error, error_size);
	bool ok = c && sync_walk(c, j->key, after, to, &w, error, error_size);

	if (ok && range->to_number != UINT64_MAX && log_id_compare(w.last, to) < 0) {
		snprintf(error, error_size, "the log ends at %s, before %s", log_id_format(w.last).text,
			 log_id_format(to).text);
		ok = false;
	}
	if (c)
		redisFree(c);
	return ok;
}
