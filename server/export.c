/*
 * A closed day leaves the log as a file: DIR/days/DATE.ndjson, and DATE.ndjson.sha256 beside it for sha256sum -c.
 *
 * It is written while nobody is inside, so the loop may wait for it; the answer to the closing waits too.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app_parts.h"
#include "log.h"

#define PATH_MAX_BYTES 4200
/* A day that could not be written is tried again after this. */
#define EXPORT_AGAIN_MS 5000

struct export
{
	FILE *file;
	struct sha256 *digest;
	uint64_t first_epoch, first_seq;
	unsigned long long lines;
};

static bool export_line(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct export *x = arg;

	/* An entry of the log may hold events from before the day. */
	if (epoch == x->first_epoch && number < x->first_seq)
		return true;
	fwrite(line, 1, len, x->file);
	fputc('\n', x->file);
	sha256_add(x->digest, line, len);
	sha256_add(x->digest, "\n", 1);
	x->lines++;
	return true;
}

static bool sync_close(FILE *f)
{
	bool ok = fflush(f) == 0 && !ferror(f) && fsync(fileno(f)) == 0;

	return fclose(f) == 0 && ok;
}

static bool sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

static bool write_digest(const char *path, const char *date, const char *digest)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return false;
	fprintf(f, "%s  %s.ndjson\n", digest, date);
	return sync_close(f);
}

static bool export_write(struct app *a, const struct day *day, FILE *f, char digest[65], char *error, size_t size)
{
	struct export x = {
		.file = f, .digest = sha256_new(), .first_epoch = day->opened_epoch, .first_seq = day->opened_seq};
	struct journal_range range = {.after_epoch = day->opened_epoch,
				      .after_number = day->opened_seq - 1,
				      .to_epoch = day->closed_epoch,
				      .to_number = day->closed_seq};
	bool ok = journal_read_all(a->journal, &range, export_line, &x, error, size);

	sha256_end(x.digest, digest);
	if (ok)
		log_line(LOG_LEVEL_INFO, "day_exported", "day", "%s", day->date, "events", "%llu", x.lines, NULL);
	return ok;
}

static bool path_of(char out[PATH_MAX_BYTES], const char *dir, const char *name, const char *ending)
{
	return snprintf(out, PATH_MAX_BYTES, "%s/%s%s", dir, name, ending) < PATH_MAX_BYTES;
}

static bool export_day(struct app *a, const struct day *day, char *error, size_t size)
{
	char dir[PATH_MAX_BYTES], file[PATH_MAX_BYTES], part[PATH_MAX_BYTES], sum[PATH_MAX_BYTES], digest[65];
	FILE *f;

	if (!path_of(dir, a->o.data, "days", "") || !path_of(file, dir, day->date, ".ndjson") ||
	    !path_of(part, dir, day->date, ".part") || !path_of(sum, dir, day->date, ".ndjson.sha256")) {
		snprintf(error, size, "the path of the data directory is too long");
		return false;
	}
	if (access(file, F_OK) == 0 && access(sum, F_OK) == 0)
		return true;
	mkdir(dir, 0700);
	f = fopen(part, "we");
	if (!f) {
		snprintf(error, size, "the file of the day cannot be made: %s", strerror(errno));
		return false;
	}
	if (!export_write(a, day, f, digest, error, size)) {
		fclose(f);
		return false;
	}
	if (sync_close(f) && write_digest(sum, day->date, digest) && rename(part, file) == 0 && sync_dir(dir))
		return true;
	snprintf(error, size, "the file of the day cannot be written: %s", strerror(errno));
	return false;
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
