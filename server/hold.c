/*
 * Answers and pictures that wait for the disk, in the order of the events they rest on.
 *
 *   app_answer -> [seq 7][seq 7][seq 9] ... journal: on disk up to 8 -> the first two leave
 *
 * An answer that waits too long leaves as 503, or, for a safety command, as 202 `noted`.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "app_parts.h"
#include "problem.h"

#define TICK_MS 100
#ifdef __SANITIZE_ADDRESS__
#define SPARE_MAX 0 /* what is used after its end shows only where it is freed */
#else
#define SPARE_MAX 1024 /* answers whose memory is kept for the next */
#endif
#define SPARE_BODY_BYTES 2048 /* but not that of a larger body */

struct held {
	TAILQ_ENTRY(held) link;
	uint64_t seq;
	http_id id;    /* 0: a picture for all */
	uint64_t view; /* 0: an answer */
	struct blob *picture;
	int64_t since_ms;
	int status;
	bool close, safe, export, log;
	struct journal_range range; /* of the log asked for */
	uint64_t limit;
	const char *content_type; /* static */
	struct buf headers, body, noted;
};

static void held_free(struct app *a, struct held *h)
{
	struct buf headers = h->headers, body = h->body;

	blob_unref(h->picture);
	buf_free(&h->noted);
	if (a->hold.n_spare == SPARE_MAX || body.cap > SPARE_BODY_BYTES) {
		buf_free(&headers);
		buf_free(&body);
		free(h);
		return;
	}
	memset(h, 0, sizeof(*h));
	buf_clear(&headers);
	buf_clear(&body);
	h->headers = headers;
	h->body = body;
	TAILQ_INSERT_HEAD(&a->hold.spare, h, link);
	a->hold.n_spare++;
}

static struct held *held_new(struct app *a)
{
	struct held *h = TAILQ_FIRST(&a->hold.spare);

	if (!h)
		return xcalloc(1, sizeof(*h));
	TAILQ_REMOVE(&a->hold.spare, h, link);
	a->hold.n_spare--;
	return h;
}

/* Keeps the order of what is rested on; equal ones in the order of coming. */
static struct held *hold_add(struct app *a, uint64_t seq)
{
	struct held *h = held_new(a), *before = TAILQ_LAST(&a->hold.list, held_list);

	h->seq = seq;
	h->since_ms = loop_boottime_ms();
	while (before && before->seq > seq)
		before = TAILQ_PREV(before, held_list, link);
	if (before)
		TAILQ_INSERT_AFTER(&a->hold.list, before, h, link);
	else
		TAILQ_INSERT_HEAD(&a->hold.list, h, link);
	if (!loop_timer_pending(a->hold.tick))
		loop_timer_set(a->hold.tick, TICK_MS);
	return h;
}

static bool is_on_disk(const struct app *a, uint64_t seq)
{
	return seq <= journal_durable(a->journal);
}

/* While the journal has just lost sight of its site, nothing leaves until it knows; away, what is on disk may leave. */
static bool may_leave(const struct app *a)
{
	return journal_is_sure(a->journal) || journal_is_away(a->journal) || a->phase == APP_STOPPED;
}

static void reply(struct app *a, http_id id, const struct http_response *r)
{
	if (id)
		http_reply(a->http, id, r);
}

void app_problem(struct app *a, http_id id, int status, const char *code, const char *detail)
{
	struct buf body = {0};
	struct http_response r = {.status = status, .content_type = PROBLEM_CONTENT_TYPE};

	problem_write(&body, status, code, NULL, detail);
	r.body = body.data;
	r.body_len = body.len;
	if (status == 503 || strcmp(code, "roster_busy") == 0)
		r.headers = "Retry-After: 1\r\n";
	if (status == 401)
		r.headers = "WWW-Authenticate: Bearer\r\n";
	reply(a, id, &r);
	buf_free(&body);
}

static void leave(struct app *a, struct held *h)
{
	struct http_response r = {.status = h->status,
				  .content_type = h->content_type,
				  .headers = h->headers.data,
				  .body = h->body.data,
				  .body_len = h->body.len,
				  .close = h->close};

	if (h->export) {
		export_closed_day(a);
	} else if (h->log) {
		h->range.to_epoch = a->site->epoch;
		h->range.to_number = journal_durable(a->journal);
		log_send(a, h->id, &h->range, h->limit);
	} else if (h->view) {
		views_deliver(a, h->view, h->id, h->picture);
		h->picture = NULL;
	} else {
		reply(a, h->id, &r);
	}
}

void hold_release(struct app *a)
{
	struct held *h = TAILQ_FIRST(&a->hold.list), *next;

	for (; h && is_on_disk(a, h->seq) && may_leave(a); h = next) {
		next = TAILQ_NEXT(h, link);
		TAILQ_REMOVE(&a->hold.list, h, link);
		leave(a, h);
		held_free(a, h);
	}
}

/* True where the answer has left, late: its place in the line is not needed any more. */
static bool too_late(struct app *a, const struct held *h, int64_t now)
{
	struct http_response noted = {
		.status = 202, .content_type = "application/json", .body = h->noted.data, .body_len = h->noted.len};
	int64_t waited = now - h->since_ms;

	if (!h->id || h->view || waited < (h->safe ? APP_NOTED_MS : APP_ANSWER_MS))
		return false;
	if (h->safe)
		reply(a, h->id, &noted);
	else
		app_problem(a, h->id, 503, "unavailable",
			    "Not on disk yet; it may have been done. Ask again under the same id.");
	return true;
}

static void hold_tick(void *arg)
{
	struct app *a = arg;
	int64_t now = loop_boottime_ms();
	struct held *h, *next;

	hold_release(a);
	for (h = TAILQ_FIRST(&a->hold.list); h; h = next) {
		next = TAILQ_NEXT(h, link);
		if (!too_late(a, h, now))
			continue;
		TAILQ_REMOVE(&a->hold.list, h, link);
		held_free(a, h);
	}
	if (TAILQ_FIRST(&a->hold.list))
		loop_timer_set(a->hold.tick, TICK_MS);
}

void hold_init(struct app *a)
{
	TAILQ_INIT(&a->hold.list);
	TAILQ_INIT(&a->hold.spare);
	a->hold.tick = loop_timer_new(a->loop, hold_tick, a);
}

void hold_drop(struct app *a)
{
	struct held *h = TAILQ_FIRST(&a->hold.list), *next;

	for (; h; h = next) {
		next = TAILQ_NEXT(h, link);
		TAILQ_REMOVE(&a->hold.list, h, link);
		if (!h->view && h->id)
			app_problem(a, h->id, 503, "unavailable", "This server no longer serves the site.");
		held_free(a, h);
	}
}

void hold_free(struct app *a)
{
	struct held *h;

	hold_drop(a);
	while ((h = TAILQ_FIRST(&a->hold.spare))) {
		TAILQ_REMOVE(&a->hold.spare, h, link);
		buf_free(&h->headers);
		buf_free(&h->body);
		free(h);
	}
	loop_timer_free(a->hold.tick);
}

void hold_export(struct app *a)
{
	hold_add(a, a->stamp)->export = true;
}

void app_log(struct app *a, http_id id, const struct journal_range *range, uint64_t limit)
{
	struct held *h = hold_add(a, a->stamp);

	h->log = true;
	h->id = id;
	h->range = *range;
	h->limit = limit;
	hold_release(a);
}

struct held *hold_picture(struct app *a, uint64_t view, http_id id, struct blob *b)
{
	struct held *h;

	if (is_on_disk(a, a->stamp) && may_leave(a)) {
		views_deliver(a, view, id, b);
		return NULL;
	}
	h = hold_add(a, a->stamp);
	h->view = view;
	h->id = id;
	h->picture = b;
	return h;
}

void hold_forget(struct app *a, struct held *h)
{
	if (!h)
		return;
	TAILQ_REMOVE(&a->hold.list, h, link);
	held_free(a, h);
}

static void answer_at(struct app *a, http_id id, const struct http_response *r, const struct buf *noted, uint64_t seq)
{
	struct held *h;

	if (is_on_disk(a, seq) && may_leave(a)) {
		reply(a, id, r);
		return;
	}
	h = hold_add(a, seq);
	h->id = id;
	h->status = r->status;
	h->close = r->close;
	h->content_type = r->content_type;
	buf_add_str(&h->headers, r->headers ? r->headers : "");
	buf_add(&h->body, r->body ? r->body : "", r->body_len);
	if (noted) {
		h->safe = true;
		buf_add(&h->noted, noted->data, noted->len);
	}
}

void app_answer(struct app *a, http_id id, const struct http_response *r, const struct buf *noted)
{
	answer_at(a, id, r, noted, a->stamp);
}

void app_answer_again(struct app *a, http_id id, const struct http_response *r, const struct buf *noted,
		      const struct receipt *of)
{
	answer_at(a, id, r, noted, of->epoch == a->site->epoch ? of->seq : 0);
}
