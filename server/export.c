/*
 * A closed day leaves the log as a file: DIR/days/DATE.ndjson, and DATE.ndjson.sha256 beside it for sha256sum -c.
 *
 *   closed by the supervisor: nobody is inside, so the loop waits for it, and so does the answer to the closing
 *   closed by the next day's first command, or found at a start: with people inside, it is read beside the work
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "day_file.h"
#include "log.h"

/* A day that could not be written is tried again after this. */
#define EXPORT_AGAIN_MS 5000

struct export_run {
	struct app *app;
	struct journal_read *read; /* NULL: the loop waits */
	struct journal_range range;
	struct day_writer file;
	char date[11];
};

static bool export_line(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct export_run *x = arg;

	/* An entry of the log may hold events from before the day. */
	if (epoch > x->range.after_epoch || number > x->range.after_number)
		day_writer_add(&x->file, line, len);
	return true;
}

static void export_failed(struct app *a, const char *date, const char *why)
{
	log_line(LOG_LEVEL_ERROR, "day_not_exported", "day", "%s", date, "why", "%s", why, NULL);
	a->export_again_ms = loop_boottime_ms() + EXPORT_AGAIN_MS;
}

static void export_end(struct export_run *x, const char *why)
{
	char error[256];

	if (!why && !day_writer_finish(&x->file, x->date)) {
		snprintf(error, sizeof(error), "the file of the day cannot be written: %s", strerror(errno));
		why = error;
	}
	if (why)
		export_failed(x->app, x->date, why);
	else
		log_line(LOG_LEVEL_INFO, "day_exported", "day", "%s", x->date, "events", "%llu", x->file.lines, NULL);
	day_writer_drop(&x->file);
	free(x);
}

static void export_read(void *arg, bool ok)
{
	struct export_run *x = arg;
	struct app *a = x->app;

	a->exporting = NULL;
	a->export_again_ms = loop_boottime_ms(); /* for another that waits */
	export_end(x, ok ? NULL : "the log could not be read");
}

void export_stop(struct app *a)
{
	struct export_run *x = a->exporting;

	if (!x)
		return;
	a->exporting = NULL;
	journal_read_cancel(x->read);
	day_writer_drop(&x->file);
	free(x);
}

static void export_day(struct app *a, const struct day *day)
{
	struct export_run *x = xcalloc(1, sizeof(*x));
	char error[256];

	x->app = a;
	x->range = (struct journal_range){.after_epoch = day->opened_epoch,
					  .after_number = day->opened_seq - 1,
					  .to_epoch = day->closed_epoch,
					  .to_number = day->closed_seq};
	memcpy(x->date, day->date, sizeof(x->date));
	if (!day_writer_open(&x->file, a->o.data, x->date)) {
		snprintf(error, sizeof(error), "the file of the day cannot be made: %s", strerror(errno));
		export_end(x, error);
	} else if (site_holds_people(a->site) && a->phase == APP_SERVING) {
		a->exporting = x;
		x->read = journal_read_start(a->journal, &x->range, export_line, export_read, x);
	} else {
		export_end(x, journal_read_all(a->journal, &x->range, export_line, x, error, sizeof(error)) ? NULL :
													      error);
	}
}

void export_closed_day(struct app *a)
{
	const struct site *s = a->site;
	const struct day *days[] = {s->before, s->today};

	a->export_again_ms = 0;
	for (size_t i = 0; i < 2 && !a->exporting; i++) {
		if (days[i] && days[i]->closed && days[i]->opened_epoch && !day_file_exists(a->o.data, days[i]->date))
			export_day(a, days[i]);
	}
}

void mark_day(struct app *a)
{
	const struct day *today = a->site->today, *before = a->site->before;

	if (!today || !today->ready || (today->opened_epoch == a->marked_epoch && today->opened_seq == a->marked_seq) ||
	    journal_durable(a->journal) < a->ready_seq || !journal_is_sure(a->journal))
		return;
	if (before && before->opened_epoch && !day_file_exists(a->o.data, before->date))
		return;
	if (!journal_mark(a->journal, today->opened_epoch, today->opened_seq))
		return;
	a->marked_epoch = today->opened_epoch;
	a->marked_seq = today->opened_seq;
}
