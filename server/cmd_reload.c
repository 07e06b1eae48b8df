/* A server is told by SIGHUP; which process it is, its lock says. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cmd_reload.h"
#include "journal.h"

int cmd_reload(const char *data, const char *what)
{
	int pid = journal_holder(data);

	if (pid <= 0) {
		printf("no server runs on %s; its next start reads %s\n", data, what);
		return 0;
	}
	if (kill(pid, SIGHUP) == 0) {
		printf("told the running server (process %d) to read %s\n", pid, what);
		return 0;
	}
	fprintf(stderr, "vaxline: cannot tell the running server (process %d): %s; send it SIGHUP, or restart it\n",
		pid, strerror(errno));
	return 1;
}
