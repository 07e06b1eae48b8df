/*
 * After a power cut an append-only file may end in half a command, in zeros or in junk, and Redis refuses to start.
 *
 *   manifest -> last incremental file -> redis-check-aof: how much is bad?
 *     nothing             the reason is another one
 *     at most 1 MiB       copy the directory, cut the end off, check again
 *     more                stop: a person decides
 *
 * Whatever was acknowledged stood before that end; DIR/head proves it when the log is read.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "repair.h"

#define LINE_BYTES 512
#define PATH_BYTES (PATH_MAX + 256)
#define OUTPUT_BYTES 8192
#define COPIES_MAX 100 /* made within as many seconds */

/* The last line of type i in the manifest: `file NAME seq N type i`. False: there is none. */
static bool last_incremental(const char *dir, char *path, size_t size)
{
	char manifest[PATH_BYTES], line[LINE_BYTES], name[LINE_BYTES];
	bool found = false;
	FILE *f;

	snprintf(manifest, sizeof(manifest), "%s/appendonly.aof.manifest", dir);
	f = fopen(manifest, "re");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		char type;

		if (sscanf(line, "file %511s seq %*u type %c", name, &type) == 2 && type == 'i') {
			int n = snprintf(path, size, "%s/%s", dir, name);

			found = n > 0 && (size_t)n < size && !strchr(name, '/');
		}
	}
	fclose(f);
	return found;
}

/* Runs redis-check-aof on the file, says yes to its question, keeps the beginning of its output. Its exit status. */
static int check_aof(const char *path, bool fix, char *output, size_t size)
{
	int in[2], out[2], status;
	size_t len = 0;
	bool answered;
	ssize_t n;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) < 0)
		return -1;
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in[0]);
		close(in[1]);
		return -1;
	}
	pid = fork();
	if (!pid) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(out[1], 2);
		if (fix)
			execlp("redis-check-aof", "redis-check-aof", "--fix", path, (char *)NULL);
		else
			execlp("redis-check-aof", "redis-check-aof", path, (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	answered = write(in[1], "y\n", 2) == 2;
	close(in[1]);
	while (pid > 0 && (n = read(out[0], output + len, size - 1 - len)) > 0)
		len = len + (size_t)n == size - 1 ? len : len + (size_t)n;
	output[len] = '\0';
	close(out[0]);
	return answered && pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool copy_bytes(int from, int to)
{
	struct stat st;
	off_t done = 0;

	if (fstat(from, &st) < 0)
		return false;
	while (done < st.st_size) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, (size_t)(st.st_size - done), 0);

		if (n <= 0)
			return false;
		done += n;
	}
	return !fsync(to);
}

/* A file that nobody writes to any more may share its bytes with the copy. */
static bool copy_file(const char *from, const char *to, bool may_link)
{
	bool ok = false;
	int in, out;

	if (may_link && !link(from, to))
		return true;
	in = open(from, O_RDONLY | O_CLOEXEC);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (in >= 0 && out >= 0)
		ok = copy_bytes(in, out);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return ok;
}

/* dir.broken-<seconds>, or some seconds on where that is there already. */
static bool make_copy(const char *dir, char *copy, size_t size)
{
	long long now = (long long)time(NULL);

	for (int i = 0; i < COPIES_MAX; i++) {
		snprintf(copy, size, "%s.broken-%lld", dir, now + i);
		if (mkdir(copy, 0700) == 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

/* The directory as it was found. */
static bool copy_directory(const char *dir, const char *changing, char *copy, size_t size)
{
	struct dirent *entry;
	bool ok = true;
	DIR *d;

	if (!make_copy(dir, copy, size) || !(d = opendir(dir)))
		return false;
	while (ok && (entry = readdir(d))) {
		char from[PATH_BYTES * 2], to[PATH_BYTES * 2];

		if (*entry->d_name == '.')
			continue;
		snprintf(from, sizeof(from), "%s/%s", dir, entry->d_name);
		snprintf(to, sizeof(to), "%s/%s", copy, entry->d_name);
		ok = copy_file(from, to, strcmp(from, changing) != 0);
	}
	closedir(d);
	return ok;
}

bool repair_aof(const char *dir, char *why, size_t why_size)
{
	char path[PATH_BYTES], copy[PATH_BYTES], output[OUTPUT_BYTES];
	const char *diff;
	long long bad;
	int status;

	*why = '\0';
	if (!last_incremental(dir, path, sizeof(path)))
		return true;
	status = check_aof(path, false, output, sizeof(output));
	diff = strstr(output, "diff=");
	bad = diff ? strtoll(diff + 5, NULL, 10) : -1;
	if (!status || !bad)
		return true;
	if (bad < 0) {
		snprintf(why, why_size, "redis-check-aof cannot tell what is wrong with %s; restore %s from a backup",
			 path, dir);
		return false;
	}
	if (bad > REPAIR_MAX_BYTES) {
		snprintf(
			why, why_size,
			"%s is damaged %lld bytes before its end, and more than %d bytes are never dropped unasked: restore "
			"%s from a backup, or copy it and run redis-check-aof --fix on that file",
			path, bad, REPAIR_MAX_BYTES, dir);
		return false;
	}
	if (!copy_directory(dir, path, copy, sizeof(copy))) {
		snprintf(why, why_size,
			 "%s ends in %lld damaged bytes, and %s cannot be copied before their repair: %s", path, bad,
			 dir, strerror(errno));
		return false;
	}
	if (check_aof(path, true, output, sizeof(output)) || check_aof(path, false, output, sizeof(output))) {
		snprintf(why, why_size, "redis-check-aof could not repair %s; a copy of its directory is %s", path,
			 copy);
		return false;
	}
	snprintf(why, why_size, "%s ended in %lld damaged bytes, which were cut off; a copy of its directory is %s",
		 path, bad, copy);
	return true;
}
