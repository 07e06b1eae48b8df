/* Files of certificates: small, read whole, written whole and on disk before anything rests on them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certificate.h"
#include "file.h"
#include "folder.h"

static bool open_as(struct folder *f, const char *path, int flags)
{
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
	return f->fd >= 0;
}

bool folder_open(struct folder *f, const char *path)
{
	return open_as(f, path, 0);
}

bool folder_look(struct folder *f, const char *path)
{
	return open_as(f, path, O_PATH);
}

bool folder_make(struct folder *f, char *template)
{
	f->fd = -1;
	return mkdtemp(template) && open_as(f, template, O_NOFOLLOW);
}

/* What root makes in another's folder is that one's: the server that reads it does not run as root. */
static bool give(int fd, const struct stat *owner)
{
	return geteuid() != 0 || fchown(fd, owner->st_uid, owner->st_gid) == 0;
}

bool folder_write(const struct folder *f, const char *name, const struct buf *text)
{
	struct stat owner;
	int fd;
	bool ok;

	unlinkat(f->fd, name, 0);
	fd = openat(f->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	ok = fstat(f->fd, &owner) == 0 && give(fd, &owner) && file_write(fd, text->data, text->len) && fsync(fd) == 0;
	return close(fd) == 0 && ok;
}

bool folder_replace(const struct folder *f, const char *name, const struct buf *text)
{
	char beside[FOLDER_NAME_MAX_BYTES];

	snprintf(beside, sizeof(beside), "%s.new", name);
	if (folder_write(f, beside, text) && renameat(f->fd, beside, f->fd, name) == 0 && fsync(f->fd) == 0)
		return true;
	unlinkat(f->fd, beside, 0);
	return false;
}

bool folder_lock(const struct folder *f)
{
	return flock(f->fd, LOCK_EX) == 0;
}

bool folder_read(const struct folder *f, const char *name, struct buf *out)
{
	int fd = openat(f->fd, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= CERTIFICATE_FILE_MAX_BYTES) {
		char *room = buf_room(out, (size_t)st.st_size);

		n = pread(fd, room, (size_t)st.st_size, 0);
		buf_end(out, room + (n > 0 ? n : 0));
	} else {
		errno = EINVAL;
	}
	close(fd);
	return n >= 0;
}

bool folder_give(const struct folder *f, const char *like)
{
	struct stat owner;

	return stat(like, &owner) == 0 && give(f->fd, &owner);
}

void folder_close(struct folder *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
