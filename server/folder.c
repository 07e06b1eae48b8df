/* Files of certificates: small, read whole, written whole and on disk before anything rests on them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certificate.h"
#include "folder.h"

bool folder_open(struct folder *f, const char *path)
{
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->fd >= 0;
}

static bool write_whole(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
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
	ok = fstat(f->fd, &owner) == 0 && give(fd, &owner) && write_whole(fd, text->data, text->len) && fsync(fd) == 0;
	return close(fd) == 0 && ok;
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
