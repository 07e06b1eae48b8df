/*
 * A key file. A new key is written beside its place and linked into it, which fails where another was quicker:
 *
 *   open NAME --absent--> write NAME.XXXXXX, fsync, link, unlink, fsync of the directory --> open again
 *             --there---> kind, mode and size as they must be? --> read
 */
#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "file.h"

static bool fail_errno(const char *what, const char *path, char *error, size_t error_size)
{
	snprintf(error, error_size, "cannot %s %s: %s", what, path, strerror(errno));
	return false;
}

/* Fills the open temporary file and gives it its name; that another process gave it first is no failure. */
static bool fill_and_link(int fd, const char *dir, const char *temporary, const char *path, char *error,
			  size_t error_size)
{
	unsigned char key[KEY_BYTES];
	bool ok;

	randombytes_buf(key, sizeof(key));
	ok = file_give(fd, dir) && file_write(fd, key, sizeof(key)) && fsync(fd) == 0;
	sodium_memzero(key, sizeof(key));
	if (!ok)
		return fail_errno("write", temporary, error, error_size);
	if (link(temporary, path) < 0 && errno != EEXIST)
		return fail_errno("make", path, error, error_size);
	return true;
}

static bool make_key(const char *dir, const char *path, char *error, size_t error_size)
{
	char temporary[PATH_MAX];
	int fd;
	bool ok;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return fail_errno("make", path, error, error_size);
	}
	fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
	if (fd < 0)
		return fail_errno("make", path, error, error_size);
	ok = fill_and_link(fd, dir, temporary, path, error, error_size);
	close(fd);
	unlink(temporary);
	return ok && (file_sync_dir(dir) || fail_errno("sync", dir, error, error_size));
}

static bool check_file(int fd, const char *path, char *error, size_t error_size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail_errno("examine", path, error, error_size);
	if (!S_ISREG(st.st_mode))
		snprintf(error, error_size, "%s is not a regular file", path);
	else if (st.st_mode & 077)
		snprintf(error, error_size, "%s has mode %04o and is open to others: it must be 0600", path,
			 (unsigned)st.st_mode & 07777);
	else if (st.st_size != KEY_BYTES)
		snprintf(error, error_size, "%s has %lld bytes and must have %d", path, (long long)st.st_size,
			 KEY_BYTES);
	else
		return true;
	return false;
}

static bool read_key(int fd, const char *path, unsigned char key[KEY_BYTES], char *error, size_t error_size)
{
	ssize_t n;

	if (!check_file(fd, path, error, error_size))
		return false;
	n = pread(fd, key, KEY_BYTES, 0);
	if (n == KEY_BYTES)
		return true;
	sodium_memzero(key, KEY_BYTES);
	if (n >= 0)
		errno = EIO;
	return fail_errno("read", path, error, error_size);
}

/* Not blocking, so that a fifo in its place is refused instead of waited for. */
static int open_key(const char *path)
{
	return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
}

bool key_load(const char *dir, const char *name, unsigned char key[KEY_BYTES], char *error, size_t error_size)
{
	char path[PATH_MAX];
	int fd;
	bool ok;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path)) {
		snprintf(error, error_size, "the name of the data directory is too long");
		return false;
	}
	fd = open_key(path);
	if (fd < 0 && errno == ENOENT) {
		if (!make_key(dir, path, error, error_size))
			return false;
		fd = open_key(path);
	}
	if (fd < 0 && errno == ELOOP) {
		snprintf(error, error_size, "%s is a symbolic link: it must be a regular file", path);
		return false;
	}
	if (fd < 0)
		return fail_errno("open", path, error, error_size);
	ok = read_key(fd, path, key, error, error_size);
	close(fd);
	return ok;
}
