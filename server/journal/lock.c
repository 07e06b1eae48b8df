/*
 * DIR/server.lock: locked by whoever serves the data directory, or starts a redis-server in it to read its log. A
 * server that can be spoken to writes its process id in it; the kernel gives the lock back, however it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"
#include "log.h"

static int open_lock(const char *dir, int flags)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/server.lock", dir) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, flags | O_CLOEXEC, 0600);
}

int journal_take_lock(const char *dir, char *error, size_t error_size)
{
	int fd = open_lock(dir, O_RDWR | O_CREAT);

	if (fd < 0) {
		snprintf(error, error_size, "cannot open %s/server.lock: %s", dir, strerror(errno));
		return -1;
	}
	/* Whose id stands there has ended: it must not be taken for ours. */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && ftruncate(fd, 0) == 0)
		return fd;
	snprintf(error, error_size,
		 errno == EWOULDBLOCK ? "another vaxline serves the data directory %s" : "cannot lock %s/server.lock",
		 dir);
	close(fd);
	return -1;
}

/* Emptied first, so that nobody asks whether the lock is held while another server takes it. */
void journal_give_lock(int lock)
{
	if (lock < 0)
		return;
	if (ftruncate(lock, 0) < 0)
		log_line(LOG_LEVEL_WARN, "lock_not_emptied", "why", "%s", strerror(errno), NULL);
	close(lock);
}

void journal_name_holder(int lock)
{
	dprintf(lock, "%d\n", (int)getpid());
}

int journal_holder(const char *dir, uint32_t *owner)
{
	char text[16];
	struct stat st;
	int fd = open_lock(dir, O_RDONLY | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return 0;
	*owner = fstat(fd, &st) == 0 ? st.st_uid : UINT32_MAX;
	n = pread(fd, text, sizeof(text) - 1, 0);
	/* The lock of one that was killed is free. */
	if (n > 0 && flock(fd, LOCK_SH | LOCK_NB) == 0)
		n = 0;
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return (int)strtol(text, NULL, 10);
}
