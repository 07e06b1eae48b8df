/*
 * The log as a long response: of the open day from Redis, by a connection of its own; of a closed one from its file.
 *
 *   line -> http_body_send -> (far ahead of the client: pause) -> drained -> go on -> ... -> end
 *
 * A reader is ended from its timer, never from within the sending of a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"

#define AHEAD_MAX_BYTES (1024 * 1024)

struct log_reader {
	http_id id;
	struct app *app;
	struct journal_read *read; /* one of these two */
	FILE *file;
	char *text; /* of the file's line */
	size_t text_size;
	uint64_t after_epoch, after_seq;
	uint64_t left; /* lines still wanted */
	bool sending, gone;
	struct buf line;
	struct loop_timer *step;
	UT_hash_handle hh;
};

static void reader_free(struct log_reader *r)
{
	HASH_DEL(r->app->readers, r);
	if (r->read)
		journal_read_cancel(r->read);
	if (r->file)
		fclose(r->file);
	loop_timer_free(r->step);
	buf_free(&r->line);
	free(r->text);
	free(r);
}

static void reader_end(struct log_reader *r, bool whole)
{
	if (!r->gone && whole)
		http_body_end(r->app->http, r->id);
	else if (!r->gone)
		http_body_abort(r->app->http, r->id);
	reader_free(r);
}

/* False where no more is to be sent now: the client is slow, gone, or has what it asked for. */
static bool reader_send(struct log_reader *r, uint64_t epoch, uint64_t seq, const char *line, size_t len)
{
	long ahead;

	if (epoch < r->after_epoch || (epoch == r->after_epoch && seq <= r->after_seq))
		return true;
	buf_clear(&r->line);
	buf_add(&r->line, line, len);
	buf_add_char(&r->line, '\n');
	r->left--;
	r->sending = true;
	ahead = http_body_send(r->app->http, r->id, r->line.data, r->line.len);
	r->sending = false;
	r->gone |= ahead < 0;
	return !r->gone && r->left && ahead < AHEAD_MAX_BYTES;
}

/* ---- from Redis ---- */

static bool reader_line(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct log_reader *r = arg;
	bool more = reader_send(r, epoch, number, line, len);

	if (r->gone || !r->left)
		loop_timer_set(r->step, 0);
	return more;
}

static void reader_done(void *arg, bool ok)
{
	struct log_reader *r = arg;

	r->read = NULL; /* freed already */
	reader_end(r, ok);
}

/* ---- from a file ---- */

static void reader_pump(struct log_reader *r)
{
	unsigned long long epoch, seq;
	ssize_t n;

	while ((n = getline(&r->text, &r->text_size, r->file)) > 0) {
		if (sscanf(r->text, "{\"id\":\"%llu-%llu\"", &epoch, &seq) != 2) {
			reader_end(r, false);
			return;
		}
		if (!reader_send(r, epoch, seq, r->text, (size_t)n - (r->text[n - 1] == '\n')))
			break;
	}
	if (n <= 0 || r->gone || !r->left)
		reader_end(r, !ferror(r->file));
}

/* ---- both ---- */

static void reader_step(void *arg)
{
	struct log_reader *r = arg;

	if (r->gone || !r->left)
		reader_end(r, true);
	else if (r->file)
		reader_pump(r);
}

static struct log_reader *reader_new(struct app *a, http_id id, const struct journal_range *range, uint64_t limit)
{
	struct log_reader *r;

	if (!http_body_begin(a->http, id, "application/x-ndjson"))
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->id = id;
	r->app = a;
	r->after_epoch = range->after_epoch;
	r->after_seq = range->after_number;
	r->left = limit;
	r->step = loop_timer_new(a->loop, reader_step, r);
	HASH_ADD(hh, a->readers, id, sizeof(r->id), r);
	return r;
}

static bool is_empty(const struct journal_range *r)
{
	return r->after_epoch > r->to_epoch || (r->after_epoch == r->to_epoch && r->after_number >= r->to_number);
}

void log_send(struct app *a, http_id id, const struct journal_range *range, uint64_t limit)
{
	struct log_reader *r = reader_new(a, id, range, is_empty(range) ? 0 : limit);

	if (r && r->left)
		r->read = journal_read_start(a->journal, range, reader_line, reader_done, r);
	else if (r)
		reader_end(r, true);
}

bool app_log_reaches(const struct app *a, const struct journal_range *r, uint64_t *epoch, uint64_t *seq)
{
	journal_first(a->journal, epoch, seq);
	return !r->after_epoch || r->after_epoch > *epoch || (r->after_epoch == *epoch && r->after_number + 1 >= *seq);
}

bool app_log_day(struct app *a, http_id id, const char *day, const struct journal_range *after, uint64_t limit)
{
	char path[4096];
	FILE *f;
	struct log_reader *r;

	if (snprintf(path, sizeof(path), "%s/days/%s.ndjson", a->o.data, day) >= (int)sizeof(path))
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	r = reader_new(a, id, after, limit);
	if (r) {
		r->file = f;
		loop_timer_set(r->step, 0);
	} else {
		fclose(f);
	}
	return true;
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

	if (r && r->read)
		journal_read_resume(r->read);
	else if (r)
		loop_timer_set(r->step, 0);
}

void app_http_closed(void *arg, http_id id)
{
	struct app *a = arg;
	struct log_reader *r = reader_find(a, id);

	stream_closed(a, id);
	if (!r)
		return;
	r->gone = true;
	if (!r->sending)
		reader_free(r);
}

void readers_free(struct app *a)
{
	struct log_reader *r, *next;

	HASH_ITER(hh, a->readers, r, next) {
		reader_free(r);
	}
}
