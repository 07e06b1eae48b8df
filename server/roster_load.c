/*
 * A roster on its way into the log, a little in each turn of the loop, so that scans go on meanwhile.
 *
 *   reading --all read--> comparing --every row looked up--> sending --all sent--> roster_loaded, the answer
 *      |                      |                                 |
 *      +-- no roster: 422     +-- rows in error: 422            +-- nothing can be promised: 503
 *                             +-- only asked: 200               +-- the disk is nearly full: 409
 *      whoever asks is revoked meanwhile: 401
 *
 * Rows count from roster_loaded on. Whatever ends a load before that leaves rows in the log that never count: each
 * attempt has a load id of its own.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app_parts.h"
#include "log.h"
#include "problem.h"
#include "roster.h"

#define READ_ROWS 200    /* a turn */
#define COMPARE_ROWS 100 /* a turn; each may be held against a whole day to come */
#define SEND_ROWS 50     /* a turn */
/* No more than this ahead of the disk: what scans append waits behind it. */
#define SEND_AHEAD_MAX_BYTES (64 * 1024)
#define SEND_WAIT_MS 1

struct roster_load {
	struct app_roster ask;
	char id[37];   /* of ask */
	char load[37]; /* of this attempt */
	struct roster *roster;
	struct loop_timer *timer;
	void (*step)(struct app *a);
	const struct roster_row *rows;
	size_t n, at;
	uint64_t *by_id; /* of each row; 0: it is expected already */
	size_t accepted, sent;
};

void app_roster_free(struct app *a)
{
	struct roster_load *l = a->roster;

	if (!l)
		return;
	a->roster = NULL;
	loop_timer_free(l->timer);
	roster_free(l->roster);
	free(l->by_id);
	free(l);
}

bool app_roster_is_busy(const struct app *a)
{
	return a->roster != NULL;
}

static size_t duplicates(const struct roster_load *l)
{
	return roster_duplicates(l->roster) + l->n - l->accepted;
}

static void end_with(struct app *a, int status, const char *content_type, const struct buf *body)
{
	struct http_response r = {.status = status,
				  .content_type = content_type,
				  .headers = "Cache-Control: no-store\r\n",
				  .body = body->data,
				  .body_len = body->len};

	app_answer(a, a->roster->ask.request, &r, NULL);
	app_roster_free(a);
}

static void end_with_problem(struct app *a, int status, const char *code, const char *detail)
{
	app_problem(a, a->roster->ask.request, status, code, detail);
	app_roster_free(a);
}

static void end_unpromised(struct app *a)
{
	end_with_problem(a, 503, "unavailable", "Nothing can be promised now; it was not loaded.");
}

/* ---- sending ---- */

/* A minute of a local day; the day that follows begins at 1440. */
static ms_t slot_time(const char *date, int minute)
{
	struct tm tm = {.tm_year = atoi(date) - 1900,
			.tm_mon = atoi(date + 5) - 1,
			.tm_mday = atoi(date + 8),
			.tm_min = minute,
			.tm_isdst = -1};

	return (ms_t)mktime(&tm) * MS_SECOND;
}

static bool send_row(struct app *a, struct roster_load *l, size_t i)
{
	const struct roster_row *row = &l->rows[i];
	struct outcome o;
	struct command c = {.kind = COMMAND_ROSTER_ROW,
			    .device = l->ask.device,
			    .load = l->load,
			    .day = row->date,
			    .slot_from = slot_time(row->date, row->from_minute),
			    .slot_to = slot_time(row->date, row->to_minute),
			    .person = row->person,
			    .birth_date = row->birth_date,
			    .assisted = row->assisted,
			    .by_id = l->by_id[i]};

	if (row->phone)
		c.by_phone = trust_hash_phone(a->trust, row->phone, row->birth_date);
	return app_submit(a, &c, &o);
}

static void send_end(struct app *a)
{
	struct roster_load *l = a->roster;
	struct buf details = {0};
	struct outcome o;
	struct command c = {.kind = COMMAND_ROSTER_LOADED,
			    .id = l->id,
			    .body = l->ask.body,
			    .device = l->ask.device,
			    .load = l->load,
			    .rows = (int64_t)l->sent};

	roster_reply_encode(l->roster, l->by_id, &details);
	c.details = details.data;
	if (app_submit(a, &c, &o)) {
		log_line(LOG_LEVEL_INFO, "roster_loaded", "verdict", "%s", verdict_code(o.verdict), "rows", "%zu",
			 l->sent, "duplicates", "%zu", duplicates(l), NULL);
		l->ask.loaded(a, l->ask.request, &c, &o);
		app_roster_free(a);
	} else {
		end_unpromised(a);
	}
	buf_free(&details);
}

static void send_rows(struct app *a)
{
	struct roster_load *l = a->roster;

	if (a->site->disk_full) {
		end_with_problem(a, 409, "disk_full", "The server's disk is nearly full; it was not loaded.");
		return;
	}
	if (journal_pending_bytes(a->journal) > SEND_AHEAD_MAX_BYTES && !journal_is_away(a->journal)) {
		loop_timer_set(l->timer, SEND_WAIT_MS);
		return;
	}
	for (size_t n = 0; n < SEND_ROWS && l->at < l->n; l->at++) {
		if (!l->by_id[l->at])
			continue;
		if (!send_row(a, l, l->at)) {
			end_unpromised(a);
			return;
		}
		l->sent++;
		n++;
	}
	if (l->at == l->n)
		send_end(a);
	else
		loop_timer_set(l->timer, 0);
}

/* ---- comparing ---- */

static void judge(struct app *a)
{
	struct roster_load *l = a->roster;
	struct buf body = {0};
	size_t listed, rejected;

	roster_rejected(l->roster, &listed, &rejected);
	if (rejected && !l->ask.partial) {
		roster_refused_encode(l->roster, l->by_id, &body);
		end_with(a, 422, PROBLEM_CONTENT_TYPE, &body);
	} else if (l->ask.dry_run) {
		roster_reply_encode(l->roster, l->by_id, &body);
		end_with(a, 200, "application/json", &body);
	} else {
		l->step = send_rows;
		l->at = 0;
		loop_timer_set(l->timer, 0);
	}
	buf_free(&body);
}

static uint64_t hash_of(const struct app *a, const struct roster_row *row)
{
	uint64_t by_id = row->id_number ? trust_hash_id(a->trust, row->id_type, row->id_number) : 0;

	return by_id ? by_id : trust_hash_name(a->trust, row->name, row->birth_date, row->phone);
}

static void compare_rows(struct app *a)
{
	struct roster_load *l = a->roster;
	size_t end = l->at + COMPARE_ROWS < l->n ? l->at + COMPARE_ROWS : l->n;

	for (; l->at < end; l->at++) {
		uint64_t by_id = hash_of(a, &l->rows[l->at]);

		if (site_expects(a->site, l->rows[l->at].date, by_id))
			continue;
		l->by_id[l->at] = by_id;
		l->accepted++;
	}
	if (l->at == l->n)
		judge(a);
	else
		loop_timer_set(l->timer, 0);
}

/* ---- reading ---- */

static void read_rows(struct app *a)
{
	struct roster_load *l = a->roster;

	if (roster_read(l->roster, READ_ROWS)) {
		loop_timer_set(l->timer, 0);
		return;
	}
	if (roster_error(l->roster)) {
		end_with_problem(a, 422, "bad_roster", roster_error(l->roster));
		return;
	}
	l->rows = roster_rows(l->roster, &l->n);
	l->by_id = xcalloc(l->n ? l->n : 1, sizeof(*l->by_id));
	l->step = compare_rows;
	loop_timer_set(l->timer, 0);
}

/* The device that asked may still act. */
static bool may_go_on(const struct app *a)
{
	const struct device *by = site_device(a->site, a->roster->ask.device);

	return by && !by->revoked;
}

static void step(void *arg)
{
	struct app *a = arg;

	if (a->phase != APP_SERVING)
		end_unpromised(a);
	else if (!may_go_on(a))
		end_with_problem(a, 401, "unauthorized", "This device was revoked meanwhile; it was not loaded.");
	else
		a->roster->step(a);
}

void app_roster_start(struct app *a, const struct app_roster *ask, const char *text, size_t len)
{
	struct roster_load *l = xcalloc(1, sizeof(*l));
	char today[11], *copy = xmalloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	app_date(a, today);
	l->ask = *ask;
	memcpy(l->id, ask->id, sizeof(l->id));
	uuid_make(l->load);
	l->roster = roster_new(a->site->rules, today, copy, len);
	l->step = read_rows;
	l->timer = loop_timer_new(a->loop, step, a);
	a->roster = l;
	loop_timer_set(l->timer, 0);
}
