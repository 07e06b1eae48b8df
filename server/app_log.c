/*
 * The log as a long response: read from Redis by a connection of its own, paused while the client is slow.
 *
 *   journal_read -> line -> http_body_send -> (more than 1 MiB ahead: pause) -> drained -> resume
 */
#include <stdlib.h>

#include "app_parts.h"

#define AHEAD_MAX_BYTES (1024 * 1024)

struct log_reader {
	http_id id;
	struct app *app;
	struct journal_read *read;
	uint64_t after_epoch, after_seq;
	uint64_t left; /* lines still wanted */
	struct buf line;
	UT_hash_handle hh;
};

static void reader_free(struct log_reader *r)
{
	HASH_DEL(r->app->readers, r);
	buf_free(&r->line);
	free(r);
}

static bool reader_line(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct log_reader *r = arg;

	if (!r->left || (epoch == r->after_epoch && number <= r->after_seq))
		return true;
	r->left--;
	buf_clear(&r->line);
	buf_add(&r->line, line, len);
	buf_add_char(&r->line, '\n');
	return http_body_send(r->app->http, r->id, r->line.data, r->line.len) < AHEAD_MAX_BYTES;
}

static void reader_done(void *arg, bool ok)
{
	struct log_reader *r = arg;

	if (ok)
		http_body_end(r->app->http, r->id);
	else
		http_body_abort(r->app->http, r->id);
	reader_free(r);
}

void log_send(struct app *a, http_id id, const struct journal_range *range, uint64_t limit)
{
	struct log_reader *r;

	if (!http_body_begin(a->http, id, "application/x-ndjson"))
		return;
	if (range->after_epoch > range->to_epoch ||
	    (range->after_epoch == range->to_epoch && range->after_number >= range->to_number)) {
		http_body_end(a->http, id);
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->id = id;
	r->app = a;
	r->after_epoch = range->after_epoch;
	r->after_seq = range->after_number;
	r->left = limit;
	HASH_ADD(hh, a->readers, id, sizeof(r->id), r);
	r->read = journal_read_start(a->journal, range, reader_line, reader_done, r);
}

static struct log_reader *reader_find(struct app *a, http_id id)
{
	struct log_reader *r;

	HASH_FIND(hh, a->readers, &id, sizeof(id), r);
	return r;
}

void app_http_drained(void *arg, http_id id)
{
	struct log_reader *r = reader_find(arg, id);

	if (r)
		journal_read_resume(r->read);
}

void app_http_closed(void *arg, http_id id)
{
	struct app *a = arg;
	struct log_reader *r = reader_find(a, id);

	stream_closed(a, id);
	if (!r)
		return;
	journal_read_cancel(r->read);
	reader_free(r);
}

void readers_free(struct app *a)
{
	struct log_reader *r, *next;

	HASH_ITER(hh, a->readers, r, next) {
		journal_read_cancel(r->read);
		reader_free(r);
	}
}
