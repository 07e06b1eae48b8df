/*
 * A closed day leaves the log as a file: DIR/days/DATE.ndjson, and DATE.ndjson.sha256 beside it for sha256sum -c.
 *
 * It is written while nobody is inside, so the loop may wait for it; the answer to the closing waits too.
 */
#include <errno.h>
#include <string.h>

#include "app_parts.h"
#include "day_file.h"
#include "log.h"

/* A day that could not be written is tried again after this. */
#define EXPORT_AGAIN_MS 5000

struct export
{
	struct day_writer file;
	uint64_t first_epoch, first_seq;
};

static bool export_line(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct export *x = arg;

	/* An entry of the log may hold events from before the day. */
	if (epoch > x->first_epoch || number >= x->first_seq)
		day_writer_add(&x->file, line, len);
	return true;
}

static bool export_day(struct app *a, const struct day *day, char *error, size_t size)
{
	struct export x = {.first_epoch = day->opened_epoch, .first_seq = day->opened_seq};
	struct journal_range range = {.after_epoch = day->opened_epoch,
				      .after_number = day->opened_seq - 1,
				      .to_epoch = day->closed_epoch,
				      .to_number = day->closed_seq};

	if (day_file_exists(a->o.data, day->date))
		return true;
	if (!day_writer_open(&x.file, a->o.data, day->date)) {
		snprintf(error, size, "the file of the day cannot be made: %s", strerror(errno));
		return false;
	}
	if (!journal_read_all(a->journal, &range, export_line, &x, error, size)) {
		day_writer_drop(&x.file);
		return false;
	}
	if (!day_writer_finish(&x.file, day->date)) {
		snprintf(error, size, "the file of the day cannot be written: %s", strerror(errno));
		return false;
	}
	log_line(LOG_LEVEL_INFO, "day_exported", "day", "%s", day->date, "events", "%llu", x.file.lines, NULL);
	return true;
}

void export_closed_day(struct app *a)
{
	const struct site *s = a->site;
	const struct day *days[] = {s->before, s->today};
	char error[256];

	a->export_again_ms = 0;
	for (size_t i = 0; i < 2; i++) {
		if (!days[i] || !days[i]->closed || !days[i]->opened_epoch)
			continue;
		if (export_day(a, days[i], error, sizeof(error)))
			continue;
		log_line(LOG_LEVEL_ERROR, "day_not_exported", "day", "%s", days[i]->date, "why", "%s", error, NULL);
		a->export_again_ms = loop_boottime_ms() + EXPORT_AGAIN_MS;
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
