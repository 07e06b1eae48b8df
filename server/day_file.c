/* A file is written under another name, fsynced, and renamed when its digest stands beside it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "day_file.h"
#include "file.h"

/* So much is sent on its way to the disk at a time, lest the fsync at the end take long. */
#define SYNC_EVERY_BYTES (1024 * 1024)

static bool path_of(char out[DAY_PATH_MAX_BYTES], const char *dir, const char *name, const char *ending)
{
	if (snprintf(out, DAY_PATH_MAX_BYTES, "%s/%s%s", dir, name, ending) < DAY_PATH_MAX_BYTES)
		return true;
	errno = ENAMETOOLONG;
	return false;
}

static bool sync_close(FILE *f)
{
	bool ok = fflush(f) == 0 && !ferror(f) && fsync(fileno(f)) == 0;
	int saved = errno;

	ok = fclose(f) == 0 && ok;
	errno = saved;
	return ok;
}

bool day_writer_open(struct day_writer *w, const char *data, const char *part)
{
	memset(w, 0, sizeof(*w));
	if (!path_of(w->dir, data, "days", "") || !path_of(w->part, w->dir, part, ".part"))
		return false;
	mkdir(w->dir, 0700);
	w->file = fopen(w->part, "we");
	if (w->file)
		w->digest = sha256_new();
	return w->file;
}

void day_writer_add(struct day_writer *w, const char *line, size_t len)
{
	fwrite(line, 1, len, w->file);
	fputc('\n', w->file);
	sha256_add(w->digest, line, len);
	sha256_add(w->digest, "\n", 1);
	w->lines++;
	w->unsynced += len + 1;
	if (w->unsynced < SYNC_EVERY_BYTES)
		return;
	w->unsynced = 0;
	if (fflush(w->file) == 0)
		sync_file_range(fileno(w->file), 0, 0, SYNC_FILE_RANGE_WRITE);
}

static bool write_digest(const char *path, const char *name, const char *digest)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return false;
	fprintf(f, "%s  %s.ndjson\n", digest, name);
	return sync_close(f);
}

bool day_writer_finish(struct day_writer *w, const char *name)
{
	char file[DAY_PATH_MAX_BYTES], sum[DAY_PATH_MAX_BYTES], digest[65];
	FILE *f = w->file;

	sha256_end(w->digest, digest);
	w->digest = NULL;
	w->file = NULL;
	return sync_close(f) && path_of(file, w->dir, name, ".ndjson") &&
	       path_of(sum, w->dir, name, ".ndjson.sha256") && write_digest(sum, name, digest) &&
	       rename(w->part, file) == 0 && file_sync_dir(w->dir);
}

void day_writer_drop(struct day_writer *w)
{
	char digest[65];

	if (!w->file)
		return;
	sha256_end(w->digest, digest);
	fclose(w->file);
	unlink(w->part);
	w->digest = NULL;
	w->file = NULL;
}

static bool path_in(char out[DAY_PATH_MAX_BYTES], const char *data, const char *name, const char *ending)
{
	char dir[DAY_PATH_MAX_BYTES];

	return path_of(dir, data, "days", "") && path_of(out, dir, name, ending);
}

bool day_file_exists(const char *data, const char *name)
{
	char file[DAY_PATH_MAX_BYTES], sum[DAY_PATH_MAX_BYTES];

	return path_in(file, data, name, ".ndjson") && path_in(sum, data, name, ".ndjson.sha256") &&
	       access(file, F_OK) == 0 && access(sum, F_OK) == 0;
}

/* `DIGEST  NAME.ndjson`, nothing else. */
static bool read_digest(const char *path, const char *name, char out[65])
{
	char line[256] = "", wanted[256];
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(line, 1, sizeof(line) - 1, f) : 0;

	if (f)
		fclose(f);
	snprintf(wanted, sizeof(wanted), "  %s.ndjson\n", name);
	if (n <= 64 || strcmp(line + 64, wanted) != 0)
		return false;
	memcpy(out, line, 64);
	out[64] = '\0';
	return true;
}

bool day_reader_open(struct day_reader *r, const char *data, const char *name, bool *none, char *error, size_t size)
{
	char file[DAY_PATH_MAX_BYTES], sum[DAY_PATH_MAX_BYTES];

	memset(r, 0, sizeof(*r));
	*none = false;
	if (!path_in(file, data, name, ".ndjson") || !path_in(sum, data, name, ".ndjson.sha256")) {
		snprintf(error, size, "the path of the data directory is too long");
		return false;
	}
	r->file = fopen(file, "re");
	if (!r->file) {
		*none = errno == ENOENT;
		snprintf(error, size, "%s: %s", file, strerror(errno));
		return false;
	}
	if (!read_digest(sum, name, r->wanted)) {
		snprintf(error, size, "%s: no digest of that file", sum);
		day_reader_close(r);
		return false;
	}
	r->digest = sha256_new();
	return true;
}

const char *day_reader_next(struct day_reader *r, size_t *len)
{
	ssize_t n = getline(&r->text, &r->size, r->file);

	if (n < 0)
		return NULL;
	if (r->digest)
		sha256_add(r->digest, r->text, (size_t)n);
	*len = (size_t)n;
	return r->text;
}

bool day_reader_is_whole(struct day_reader *r)
{
	char digest[65];

	sha256_end(r->digest, digest);
	r->digest = NULL;
	return !ferror(r->file) && strcmp(digest, r->wanted) == 0;
}

void day_reader_close(struct day_reader *r)
{
	char digest[65];

	if (r->digest)
		sha256_end(r->digest, digest);
	if (r->file)
		fclose(r->file);
	free(r->text);
	memset(r, 0, sizeof(*r));
}
