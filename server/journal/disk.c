/* Room on the disk: how much there is, and a file that stands for what can be given back when there is none. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "disk.h"

int64_t disk_free(const char *dir)
{
	struct statvfs fs;

	return statvfs(dir, &fs) < 0 ? -1 : (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
}

int64_t disk_used(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	struct stat st;
	int64_t n = 0;

	if (!d)
		return -1;
	while ((entry = readdir(d)))
		if (!fstatat(dirfd(d), entry->d_name, &st, 0) && S_ISREG(st.st_mode))
			n += (int64_t)st.st_blocks * 512;
	closedir(d);
	return n;
}

bool disk_ballast(const char *dir, int64_t bytes)
{
	int dir_fd = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int fd = -1, error = dir_fd < 0 ? errno : 0;
	struct stat st;

	if (!error && !bytes) {
		error = unlinkat(dir_fd, "ballast", 0) < 0 && errno != ENOENT ? errno : 0;
	} else if (!error) {
		fd = openat(dir_fd, "ballast", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		error = fd < 0 ? errno : 0;
		/* Blocks count, not the length: a sparse file gives nothing back. */
		if (!error && (fstat(fd, &st) < 0 || (int64_t)st.st_blocks * 512 < bytes))
			error = posix_fallocate(fd, 0, bytes);
		if (error == ENOSPC)
			unlinkat(dir_fd, "ballast", 0);
	}
	if (fd >= 0)
		close(fd);
	if (dir_fd >= 0)
		close(dir_fd);
	errno = error;
	return !error;
}
