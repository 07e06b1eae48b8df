/*
 * Closed days older than journal.keep_days leave Redis, the oldest first and one at a time, while nobody is inside.
 *
 *   log:  ... day_opened ............... day_closed ... day_opened ...
 *          |  each line is compared with     |       |  trimmed up to here, and again from the beginning
 *          |  DIR/days/DATE.ndjson           its digest is right
 *          what stands between the days goes to DIR/days/DATE.before.ndjson of the next one
 *
 * So nothing is taken away that does not stand in a file which was read back. The day before the open one stays: it may
 * be asked about, and a log must begin with a day that is whole.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app_parts.h"
#include "day_file.h"
#include "log.h"

/* What failed for a reason that may pass is tried again after this. */
#define TRIM_AGAIN_MS 60000

enum trim_stage {
	TRIM_BEFORE, /* reading what stands before the first day */
	TRIM_INSIDE, /* in it */
	TRIM_AFTER,  /* after it: its file is right */
	TRIM_UP_TO,  /* the next day begins there */
	TRIM_NOTHING,
	TRIM_FAILED,
};

struct trim_run {
	struct app *app;
	struct journal_read *read;
	struct loop_timer *step; /* a read is ended from here, never from within a line */
	enum trim_stage stage;
	bool again;     /* it may go better later */
	bool any;       /* days have gone */
	char first[11]; /* the oldest day to be kept, by the configuration */
	char date[11];  /* of the day being looked at */
	char next[11];  /* of the one after it */
	struct day_reader day;
	struct day_writer between;
	uint64_t epoch, seq; /* up to there */
	char why[300];
};

static void fail(struct trim_run *t, bool again, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void fail(struct trim_run *t, bool again, const char *format, ...)
{
	va_list args;

	t->stage = TRIM_FAILED;
	t->again = again;
	va_start(args, format);
	vsnprintf(t->why, sizeof(t->why), format, args);
	va_end(args);
}

/* ---- what the log says ---- */

/* The first "type" of a line is the event's own: before it stand its id and time alone. */
static bool line_is(const char *line, const char *type)
{
	const char *at = strstr(line, "\"type\":\"");
	size_t len = strlen(type);

	return at && strncmp(at + 8, type, len) == 0 && at[8 + len] == '"';
}

static bool date_in(struct trim_run *t, const char *line, size_t len, char out[11])
{
	char error[200];
	struct event e;

	if (event_decode(t->app->decoder, line, len, &e, error, sizeof(error))) {
		rules_free(e.rules);
		if (e.day && strlen(e.day) == 10) {
			memcpy(out, e.day, 11);
			return true;
		}
	}
	fail(t, false, "a day of the log has no date");
	return false;
}

static void begin_day(struct trim_run *t)
{
	char error[sizeof(t->why)];
	bool none;

	t->stage = TRIM_INSIDE;
	memcpy(t->date, t->next, sizeof(t->date));
	if (!day_reader_open(&t->day, t->app->o.data, t->date, &none, error, sizeof(error)))
		fail(t, false, "%s", error);
}

/* What was between goes under the name of the day that follows. */
static void close_between(struct trim_run *t)
{
	char name[24];

	snprintf(name, sizeof(name), "%s.before", t->next);
	if (t->between.file && !day_writer_finish(&t->between, name))
		fail(t, true, "%s.ndjson cannot be written: %s", name, strerror(errno));
}

static void on_opened(struct trim_run *t, uint64_t epoch, uint64_t seq, const char *line, size_t len)
{
	const struct day *today = t->app->site->today;
	bool is_today = epoch == today->opened_epoch && seq == today->opened_seq;

	if (!date_in(t, line, len, t->next))
		return;
	if (t->stage == TRIM_AFTER && !is_today) {
		t->epoch = epoch;
		t->seq = seq;
		t->stage = TRIM_UP_TO;
		close_between(t);
	} else if (t->stage == TRIM_AFTER || is_today || strcmp(t->next, t->first) >= 0) {
		t->stage = TRIM_NOTHING;
	} else {
		close_between(t);
		if (t->stage == TRIM_BEFORE)
			begin_day(t);
	}
}

static void compare(struct trim_run *t, const char *line, size_t len)
{
	size_t n = 0;
	const char *kept = day_reader_next(&t->day, &n);

	if (!kept || n != len + 1 || memcmp(kept, line, len) != 0)
		fail(t, false, "the file of the day is not what the log holds");
}

static void end_day(struct trim_run *t)
{
	size_t n;

	if (day_reader_next(&t->day, &n) || !day_reader_is_whole(&t->day))
		fail(t, false, "the file of the day does not have its digest");
	else
		t->stage = TRIM_AFTER;
	day_reader_close(&t->day);
}

static void keep_between(struct trim_run *t, const char *line, size_t len)
{
	if (!t->between.file && !day_writer_open(&t->between, t->app->o.data, "between"))
		fail(t, true, "the file of what lies between the days cannot be made: %s", strerror(errno));
	else
		day_writer_add(&t->between, line, len);
}

static bool on_line(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct trim_run *t = arg;

	if (t->stage != TRIM_INSIDE && line_is(line, "day_opened"))
		on_opened(t, epoch, number, line, len);
	else if (t->stage != TRIM_INSIDE)
		keep_between(t, line, len);
	if (t->stage == TRIM_INSIDE)
		compare(t, line, len);
	if (t->stage == TRIM_INSIDE && line_is(line, "day_closed"))
		end_day(t);
	if (t->stage < TRIM_UP_TO)
		return true;
	loop_timer_set(t->step, 0);
	return false;
}

/* ---- one day after the other ---- */

static void end_read(struct trim_run *t)
{
	if (t->read)
		journal_read_cancel(t->read);
	t->read = NULL;
	day_reader_close(&t->day);
	day_writer_drop(&t->between);
}

static void on_read(void *arg, bool ok)
{
	struct trim_run *t = arg;

	t->read = NULL; /* freed already */
	if (ok)
		t->stage = TRIM_NOTHING;
	else
		fail(t, true, "the log could not be read");
	loop_timer_set(t->step, 0);
}

static void read_on(struct trim_run *t)
{
	const struct site *s = t->app->site;
	struct journal_range range = {.to_epoch = s->epoch, .to_number = UINT64_MAX};

	t->stage = TRIM_BEFORE;
	t->date[0] = 0;
	t->read = journal_read_start(t->app->journal, &range, on_line, on_read, t);
}

static void end(struct trim_run *t)
{
	struct app *a = t->app;

	if (t->stage == TRIM_FAILED)
		log_line(LOG_LEVEL_ERROR, "log_not_trimmed", "day", "%s", t->date, "why", "%s", t->why, NULL);
	if (t->any)
		journal_compact(a->journal, a->site->rules->disk_warn_mib * MIB);
	a->trim_due_ms = t->stage == TRIM_FAILED && t->again ? loop_boottime_ms() + TRIM_AGAIN_MS : 0;
	trim_stop(a);
}

static void on_trimmed(void *arg, bool ok, const char *why)
{
	struct trim_run *t = ((struct app *)arg)->trim;

	if (!t)
		return;
	t->any |= ok;
	if (ok)
		t->stage = TRIM_BEFORE;
	else
		fail(t, true, "%s", why);
	loop_timer_set(t->step, 0);
}

static void on_step(void *arg)
{
	struct trim_run *t = arg;

	end_read(t);
	if (t->stage == TRIM_UP_TO) {
		log_line(LOG_LEVEL_INFO, "day_leaves_log", "day", "%s", t->date, NULL);
		journal_trim(t->app->journal, t->epoch, t->seq, on_trimmed, t->app);
	} else if (t->stage == TRIM_BEFORE) {
		read_on(t);
	} else {
		end(t);
	}
}

/* ---- when ---- */

/* The date so many days before. */
static void date_before(const char *date, int days, char out[11])
{
	struct tm tm = {0};
	time_t at;

	strptime(date, "%Y-%m-%d", &tm);
	at = timegm(&tm) - (time_t)days * 24 * 3600;
	gmtime_r(&at, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}

void trim_look(struct app *a)
{
	const struct site *s = a->site;
	struct trim_run *t;

	if (a->trim || !a->trim_due_ms || loop_boottime_ms() < a->trim_due_ms || !s->today || site_holds_people(s) ||
	    journal_is_away(a->journal))
		return;
	t = xcalloc(1, sizeof(*t));
	t->app = a;
	t->step = loop_timer_new(a->loop, on_step, t);
	date_before(s->today->date, s->rules->keep_days, t->first);
	a->trim = t;
	a->trim_due_ms = 0;
	read_on(t);
}

void trim_stop(struct app *a)
{
	if (!a->trim)
		return;
	end_read(a->trim);
	loop_timer_free(a->trim->step);
	free(a->trim);
	a->trim = NULL;
}
