/*
 * What the service manager is told: sd_notify(3), READY=1 when the site is served, a sentence about how it stands, and
 * WATCHDOG=1 from the loop, so that a loop that hangs is restarted.
 *
 *   NOTIFY_SOCKET=/run/systemd/notify    one datagram a message, lines KEY=VALUE; '@' first: an abstract address
 *   WATCHDOG_USEC=30000000               a ping must come within this; we send two
 *
 * The protocol is these few lines and is promised to stay (systemd.io/PORTABILITY_AND_STABILITY). libsystemd would add
 * a package to build with, and its compression and cryptography to the process, for one sendto.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "app_parts.h"
#include "log.h"

#define STATUS_MS 5000
#define STATUS_MAX_BYTES 200
#define START_MORE_US "30000000" /* while the log is read, the start may take this much longer */

struct notify {
	struct app *app;
	int fd;
	struct sockaddr_un to;
	socklen_t to_len;
	bool watched; /* pings are asked for */
	bool failed;  /* and said so */
	bool stopping;
	int64_t every_ms;
	struct loop_timer *tick;
};

static void tell(struct notify *n, const char *message)
{
	size_t len = strlen(message);

	if (sendto(n->fd, message, len, MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&n->to, n->to_len) < 0 &&
	    !n->failed) {
		n->failed = true;
		log_line(LOG_LEVEL_WARN, "notify_failed", "why", "%s", strerror(errno), NULL);
	}
}

static void status(const struct app *a, char out[STATUS_MAX_BYTES])
{
	const struct site *s = a->site;

	switch (a->phase) {
	case APP_STARTING:
		snprintf(out, STATUS_MAX_BYTES, "Reading the log, %llu events so far", a->replayed);
		break;
	case APP_DEPOSED:
		snprintf(out, STATUS_MAX_BYTES, "Another server has taken this site");
		break;
	case APP_STOPPED:
		snprintf(out, STATUS_MAX_BYTES, "The log is lost or refuses us, nothing can be promised");
		break;
	default:
		snprintf(out, STATUS_MAX_BYTES, "%s, position %llu-%llu, %zu visits today",
			 app_is_ready(a) ? "Serving" : "Redis does not answer", (unsigned long long)s->epoch,
			 (unsigned long long)s->seq, s->today ? s->today->n_visits : (size_t)0);
	}
}

static void on_tick(void *arg)
{
	struct notify *n = arg;
	char said[STATUS_MAX_BYTES], message[STATUS_MAX_BYTES + 100];

	status(n->app, said);
	snprintf(message, sizeof(message), "%s%s%s%s", n->watched ? "WATCHDOG=1\n" : "",
		 n->app->phase == APP_STARTING ? "EXTEND_TIMEOUT_USEC=" START_MORE_US "\n" : "",
		 n->stopping ? "" : "STATUS=", n->stopping ? "" : said);
	if (message[0])
		tell(n, message);
	loop_timer_set(n->tick, n->every_ms);
}

/* The address as the kernel wants it; false where it is none. */
static bool address(struct notify *n, const char *name)
{
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof(n->to.sun_path))
		return false;
	n->to.sun_family = AF_UNIX;
	memcpy(n->to.sun_path, name, len);
	if (name[0] == '@')
		n->to.sun_path[0] = 0;
	n->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return true;
}

/* Half of what the manager waits, where it waits for us; else 0. */
static int64_t watchdog_ms(void)
{
	const char *wait = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	long long us = wait ? strtoll(wait, NULL, 10) : 0;

	if (us <= 0 || (pid && strtoll(pid, NULL, 10) != getpid()))
		return 0;
	return us >= 4000 ? us / 2000 : 2;
}

struct notify *notify_new(struct app *a)
{
	const char *name = getenv("NOTIFY_SOCKET");
	struct notify *n;

	if (!name)
		return NULL;
	n = xcalloc(1, sizeof(*n));
	n->app = a;
	n->every_ms = watchdog_ms();
	n->watched = n->every_ms > 0;
	if (!n->watched || n->every_ms > STATUS_MS)
		n->every_ms = STATUS_MS;
	n->tick = loop_timer_new(a->loop, on_tick, n);
	n->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (n->fd >= 0 && address(n, name))
		loop_timer_set(n->tick, 0);
	else
		log_line(LOG_LEVEL_WARN, "notify_failed", "why", "%s", "the address in NOTIFY_SOCKET cannot be used",
			 NULL);
	/* It is for us, not for the redis-server that we start. */
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return n;
}

void notify_ready(struct notify *n)
{
	char said[STATUS_MAX_BYTES], message[STATUS_MAX_BYTES + 100];

	if (!n || !n->to_len)
		return;
	status(n->app, said);
	snprintf(message, sizeof(message), "READY=1\nSTATUS=%s", said);
	tell(n, message);
}

void notify_stopping(struct notify *n)
{
	if (!n || !n->to_len)
		return;
	n->stopping = true;
	tell(n, "STOPPING=1\nSTATUS=Answering what was asked, then stopping");
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	loop_timer_free(n->tick);
	if (n->fd >= 0)
		close(n->fd);
	free(n);
}
