/*
 *   DIR/days/DATE.ndjson there?  yes: read it for its digest, then print it
 *                                no:  read the log, print from day_opened of that date to day_closed, or to its end
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd_export.h"
#include "codec.h"
#include "day_file.h"
#include "journal.h"

struct day_export {
	const char *day;
	struct event_decoder *decoder;
	bool inside, found;
};

/* ---- from its file ---- */

static bool print_file(struct day_reader *r, const char *day, char *error, size_t size)
{
	const char *line;
	size_t len;

	while (day_reader_next(r, &len))
		;
	if (!day_reader_is_whole(r)) {
		snprintf(error, size,
			 "the file of day %s is damaged: it does not have the digest that stands beside it", day);
		return false;
	}
	rewind(r->file);
	while ((line = day_reader_next(r, &len)))
		fwrite(line, 1, len, stdout);
	return true;
}

/* ---- from the log ---- */

static bool is_day(const char *line, size_t len)
{
	return memmem(line, len, "\"type\":\"day_", 12);
}

static bool on_event(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error, size_t size)
{
	struct day_export *x = arg;
	struct event e = {0};

	(void)epoch;
	(void)number;
	if (is_day(line, len) && !event_decode(x->decoder, line, len, &e, error, size))
		return false;
	rules_free(e.rules);
	if (e.type == EVENT_DAY_OPENED)
		x->inside = strcmp(e.day, x->day) == 0;
	if (!x->inside)
		return true;
	x->found = true;
	fwrite(line, 1, len, stdout);
	putchar('\n');
	x->inside = e.type != EVENT_DAY_CLOSED;
	return true;
}

static bool on_begin(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct day_export *x = arg;
	char error[200];
	struct event e;

	(void)epoch;
	(void)number;
	if (!event_decode(x->decoder, line, len, &e, error, sizeof(error)))
		return false;
	rules_free(e.rules);
	return e.type == EVENT_DAY_OPENED;
}

static bool print_log(const char *site, const char *data, const char *redis_url, const char *day, char *error,
		      size_t size)
{
	struct day_export x = {.day = day, .decoder = event_decoder_new()};
	struct journal_options o = {
		.site = site, .dir = data, .redis_url = redis_url, .arg = &x, .begin = on_begin, .event = on_event};
	bool ok = journal_replay(&o, error, size);

	event_decoder_free(x.decoder);
	if (ok && !x.found) {
		snprintf(error, size, "there is no day %s: neither a file %s/days/%s.ndjson nor in the log of site %s",
			 day, data, day, site);
		return false;
	}
	return ok;
}

bool cmd_export(const char *site, const char *data, const char *redis_url, const char *day, char *error, size_t size)
{
	struct day_reader r;
	bool none, ok;

	if (day_reader_open(&r, data, day, &none, error, size)) {
		ok = print_file(&r, day, error, size);
		day_reader_close(&r);
	} else {
		ok = none && print_log(site, data, redis_url, day, error, size);
	}
	if (!ok)
		return false;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	snprintf(error, size, "cannot write: %s", strerror(errno));
	return false;
}
