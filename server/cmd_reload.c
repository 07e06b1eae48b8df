/*
 * A server is told by SIGHUP; which process it is, its lock says. The server's user can write there what they like, and
 * whoever may signal everybody is not to do it for them: the process must be that user's own.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd_reload.h"
#include "journal.h"

/* By its status: the owner of /proc/PID is root for a program with capabilities, whoever runs it. */
static bool runs_as(int pid, uint32_t user)
{
	char path[32], line[128];
	uint32_t uid;
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "Uid:\t%" SCNu32, &uid) == 1;
	if (f)
		fclose(f);
	return found && uid == user;
}

int cmd_reload(const char *data, const char *what)
{
	uint32_t owner;
	int pid = journal_holder(data, &owner);

	if (pid <= 0) {
		printf("no server runs on %s; its next start reads %s\n", data, what);
		return 0;
	}
	if (!runs_as(pid, owner)) {
		fprintf(stderr,
			"vaxline: %s/server.lock names process %d, which is not of the user whose file that is: it was not "
			"told; send SIGHUP to the server, or restart it\n",
			data, pid);
		return 1;
	}
	if (kill(pid, SIGHUP) == 0) {
		printf("told the running server (process %d) to read %s\n", pid, what);
		return 0;
	}
	fprintf(stderr, "vaxline: cannot tell the running server (process %d): %s; send it SIGHUP, or restart it\n",
		pid, strerror(errno));
	return 1;
}
