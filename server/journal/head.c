/* DIR/head: one line, `5-120`. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "head.h"

enum head_found head_read(const char *dir, struct log_id *id)
{
	char text[LOG_ID_MAX_BYTES + 2];
	enum head_found found = HEAD_UNREADABLE;
	int dir_fd = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int fd = dir_fd < 0 ? -1 : openat(dir_fd, "head", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0) {
		found = dir_fd >= 0 && errno == ENOENT ? HEAD_NONE : HEAD_UNREADABLE;
	} else {
		n = read(fd, text, sizeof(text));
		if (n > 1 && text[n - 1] == '\n' && log_id_parse(text, (size_t)n - 1, id))
			found = HEAD_FOUND;
		close(fd);
	}
	if (dir_fd >= 0)
		close(dir_fd);
	return found;
}

static bool write_new(int dir_fd, const char *text, size_t len)
{
	int fd = openat(dir_fd, "head.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len && !fsync(fd);
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return ok;
}

bool head_write(const char *dir, struct log_id id)
{
	char line[LOG_ID_MAX_BYTES + 2];
	int len = snprintf(line, sizeof(line), "%s\n", log_id_format(id).text);
	int dir_fd = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	bool ok;
	int saved;

	if (dir_fd < 0)
		return false;
	ok = write_new(dir_fd, line, (size_t)len) && !renameat(dir_fd, "head.new", dir_fd, "head") && !fsync(dir_fd);
	saved = errno;
	close(dir_fd);
	errno = saved;
	return ok;
}
