/*
 * DIR/staff.json. A changed one is written beside it and takes its place whole, so that a server that reads it at that
 * moment, or a power cut, finds the one or the other.
 */
#include "staff.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

#define CHUNK_BYTES 8192

/* ---- pins ---- */

static struct staff_pin *find_pin(const struct staff_file *f, const char *id)
{
	for (size_t i = 0; i < f->n_pins; i++) {
		if (strcmp(f->pins[i].id, id) == 0)
			return &f->pins[i];
	}
	return NULL;
}

const char *staff_file_pin(const struct staff_file *f, const char *id)
{
	const struct staff_pin *pin = find_pin(f, id);

	return pin ? pin->hash : NULL;
}

void staff_file_set_pin(struct staff_file *f, const char *id, const char *hash)
{
	struct staff_pin *pin = find_pin(f, id);

	if (!hash) {
		if (pin)
			memmove(pin, pin + 1, (size_t)(f->pins + --f->n_pins - pin) * sizeof(*pin));
		return;
	}
	if (!pin) {
		if ((f->n_pins & (f->n_pins - 1)) == 0)
			f->pins = xrealloc(f->pins, (f->n_pins ? 2 * f->n_pins : 1) * sizeof(*f->pins));
		pin = &f->pins[f->n_pins++];
		snprintf(pin->id, sizeof(pin->id), "%s", id);
	}
	snprintf(pin->hash, sizeof(pin->hash), "%s", hash);
}

void staff_file_free(struct staff_file *f)
{
	staff_list_free(&f->list);
	free(f->pins);
	*f = (struct staff_file){0};
}

/* ---- reading ---- */

static bool fail_errno(const char *what, const char *path, char *error, size_t error_size)
{
	snprintf(error, error_size, "cannot %s %s: %s", what, path, strerror(errno));
	return false;
}

static bool path_of(const char *dir, const char *suffix, char path[PATH_MAX], char *error, size_t error_size)
{
	if (snprintf(path, PATH_MAX, "%s/staff.json%s", dir, suffix) < PATH_MAX)
		return true;
	snprintf(error, error_size, "the name of the data directory is too long");
	return false;
}

/* What it holds, up to one byte past the bound. */
static bool read_all(int fd, struct buf *text)
{
	char chunk[CHUNK_BYTES];
	ssize_t n;

	while (text->len <= STAFF_FILE_MAX_BYTES && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0)
			buf_add(text, chunk, (size_t)n);
	}
	return true;
}

static bool may_be_read(int fd, const char *path, char *error, size_t error_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail_errno("examine", path, error, error_size);
	if (!S_ISREG(st.st_mode))
		snprintf(error, error_size, "%s is not a regular file", path);
	else if (st.st_mode & 077)
		snprintf(error, error_size, "%s has mode %04o and is open to others: it must be 0600", path,
			 (unsigned)st.st_mode & 07777);
	else
		return true;
	return false;
}

bool staff_file_load(const char *dir, struct staff_file *f, char *error, size_t error_size)
{
	char path[PATH_MAX], problem[200];
	struct buf text = {0};
	bool good = false;
	int fd;

	*f = (struct staff_file){0};
	if (!path_of(dir, "", path, error, error_size))
		return false;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || fail_errno("open", path, error, error_size);
	if (!may_be_read(fd, path, error, error_size))
		goto done;
	good = read_all(fd, &text);
	if (!good) {
		fail_errno("read", path, error, error_size);
		goto done;
	}
	good = staff_file_decode(text.data ? text.data : "", text.len, f, problem, sizeof(problem));
	if (!good)
		snprintf(error, error_size, "%s: %s", path, problem);
done:
	close(fd);
	buf_free(&text);
	return good;
}

/* ---- writing ---- */

bool staff_file_save(const char *dir, const struct staff_file *f, char *error, size_t error_size)
{
	char path[PATH_MAX], beside[PATH_MAX];
	struct buf text = {0};
	bool ok;
	int fd;

	if (!path_of(dir, "", path, error, error_size) || !path_of(dir, ".XXXXXX", beside, error, error_size))
		return false;
	fd = mkostemp(beside, O_CLOEXEC); /* mode 0600 */
	if (fd < 0)
		return fail_errno("make", path, error, error_size);
	staff_file_encode(f, &text);
	ok = (file_give(fd, dir) && file_write(fd, text.data, text.len) && fsync(fd) == 0) ||
	     fail_errno("write", beside, error, error_size);
	close(fd);
	buf_free(&text);
	if (ok && rename(beside, path) < 0)
		ok = fail_errno("make", path, error, error_size);
	if (!ok)
		unlink(beside);
	return ok && (file_sync_dir(dir) || fail_errno("sync", dir, error, error_size));
}

int staff_file_lock(const char *dir, char *error, size_t error_size)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return fd;
	fail_errno("lock", dir, error, error_size);
	if (fd >= 0)
		close(fd);
	return -1;
}
