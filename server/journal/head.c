/* DIR/head, DIR/mark: one line, `5-120`. DIR/fence: one line, `5 BOOT-ID BOOTTIME WALL`. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "head.h"

#define FENCE_LINE_BYTES 128

static enum head_found read_id(const char *dir, const char *name, struct log_id *id)
{
	char text[LOG_ID_MAX_BYTES + 2];
	enum head_found found = HEAD_UNREADABLE;
	int dir_fd = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int fd = dir_fd < 0 ? -1 : openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
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

/* Replaces the file whole; what it held before stands until then. False with errno. */
static bool replace(const char *dir, const char *name, const char *text, size_t len)
{
	int dir_fd = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC), fd = -1, saved;
	char part[32];
	bool ok;

	snprintf(part, sizeof(part), "%s.new", name);
	if (dir_fd >= 0)
		fd = openat(dir_fd, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok = fd >= 0 && write(fd, text, len) == (ssize_t)len && !fsync(fd) && !renameat(dir_fd, part, dir_fd, name) &&
	     !fsync(dir_fd);
	saved = errno;
	if (fd >= 0)
		close(fd);
	if (dir_fd >= 0)
		close(dir_fd);
	errno = saved;
	return ok;
}

static bool write_id(const char *dir, const char *name, struct log_id id)
{
	char line[LOG_ID_MAX_BYTES + 2];
	int len = snprintf(line, sizeof(line), "%s\n", log_id_format(id).text);

	return replace(dir, name, line, (size_t)len);
}

enum head_found head_read(const char *dir, struct log_id *id)
{
	return read_id(dir, "head", id);
}

bool head_write(const char *dir, struct log_id id)
{
	return write_id(dir, "head", id);
}

bool mark_read(const char *dir, struct log_id *id)
{
	return read_id(dir, "mark", id) == HEAD_FOUND;
}

bool mark_write(const char *dir, struct log_id id)
{
	return write_id(dir, "mark", id);
}

bool fence_write(const char *dir, const struct journal_fence *f)
{
	char line[FENCE_LINE_BYTES];
	int len = snprintf(line, sizeof(line), "%" PRIu64 " %s %" PRId64 " %" PRId64 "\n", f->epoch, f->boot_id,
			   f->boottime_ms, f->wall_ms);

	return replace(dir, "fence", line, (size_t)len);
}

bool fence_read(const char *dir, struct journal_fence *f)
{
	char path[PATH_MAX], line[FENCE_LINE_BYTES];
	bool ok;
	FILE *in;

	snprintf(path, sizeof(path), "%s/fence", dir);
	in = fopen(path, "re");
	if (!in)
		return false;
	ok = fgets(line, sizeof(line), in) && sscanf(line, "%" SCNu64 " %39s %" SCNd64 " %" SCNd64, &f->epoch,
						     f->boot_id, &f->boottime_ms, &f->wall_ms) == 4;
	fclose(in);
	return ok;
}
