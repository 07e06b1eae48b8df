/*
 * The private redis-server.
 *
 *   DIR/redis.lock   held by redis-server itself (it inherits the descriptor), so it outlives this process and is
 *                    released by the kernel when redis-server is gone, however that came about
 *   DIR/redis.sock   its socket; reached as /proc/self/fd/N/redis.sock, since a socket's path may have 107 bytes only
 *   DIR/redis/       its append-only files
 *   DIR/redis.log    what it says
 *
 *   lock free:  start -> exits before it was reached: start with repair -> exits again: say so
 *   lock held:  an orphan of a killed process, or the one started before: connect to it
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "log.h"
#include "private.h"
#include "repair.h"

#define SAYS_MAX_BYTES 1024
#define STOP_WAIT_MS 5000
#define STOP_LOOK_MS 5
#define RESTART_FIRST_MS 20
#define RESTART_LAST_MS 1000

struct private
{
	char *dir;
	int dir_fd;
	pid_t pid;      /* of our child; 0: none, or an orphan of another */
	int says_fd;    /* what the child says when it cannot become a redis-server */
	bool reached;   /* the last one started answered, or was adopted */
	bool repairing; /* the last one was started with repair */
	bool started;   /* by the last private_poll */
	int64_t restart_ms, backoff_ms;
	char says[SAYS_MAX_BYTES];
};

/* Its whole configuration: nothing of a redis.conf on the machine counts. */
static const char *const redis_args[] = {
	"redis-server",
	/* Only this directory's owner reaches it, and only by the socket. */
	"--port",
	"0",
	"--unixsocket",
	"redis.sock",
	"--unixsocketperm",
	"700",
	/* An answer means that the entry is on disk; also while the file is being rewritten. */
	"--appendonly",
	"yes",
	"--appendfsync",
	"always",
	"--no-appendfsync-on-rewrite",
	"no",
	/*
	 * Never by itself: the fork and its child compete with the site for processor and disk, seen as commits of 20
	 * to 48 ms, and a log that is only appended to gains nothing. We ask for it after a trim, with nobody inside.
	 */
	"--auto-aof-rewrite-percentage",
	"0",
	/* No second kind of file to restore from. */
	"--save",
	"",
	/* A damaged end is repaired by us, with a copy kept and a bound on what is dropped. */
	"--aof-load-truncated",
	"no",
	/* Everything of its own in one directory. */
	"--dir",
	".",
	"--appenddirname",
	"redis",
	/* The log is never evicted. */
	"--maxmemory",
	"0",
	"--maxmemory-policy",
	"noeviction",
	"--daemonize",
	"no",
	"--databases",
	"1",
	"--logfile",
	"",
	"--timeout",
	"0",
	NULL,
};

struct private *private_new(const char *dir, char *error, size_t error_size)
{
	struct private *p;
	int fd = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		snprintf(error, error_size, "cannot open the data directory %s: %s", dir, strerror(errno));
		return NULL;
	}
	p = xcalloc(1, sizeof(*p));
	p->dir = realpath(dir, NULL);
	if (!p->dir)
		abort(); /* out of memory: it could be opened */
	p->dir_fd = fd;
	p->says_fd = -1;
	p->backoff_ms = RESTART_FIRST_MS;
	return p;
}

void private_target(const struct private *p, struct target *t)
{
	memset(t, 0, sizeof(*t));
	snprintf(t->path, sizeof(t->path), "/proc/self/fd/%d/redis.sock", p->dir_fd);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* The lock's descriptor, or -1 with errno EWOULDBLOCK where a redis-server holds it. */
static int take_lock(const struct private *p)
{
	int fd = openat(p->dir_fd, "redis.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

static void __attribute__((noreturn)) say(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));

	_exit(n < 0 ? 4 : 3);
}

/* What a rewrite of the file left behind when it was killed, as large as the log each time. We hold the lock. */
static void remove_unfinished(void)
{
	DIR *d = opendir(".");
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (!strncmp(entry->d_name, "temp-rewriteaof-", 16))
			unlink(entry->d_name);
	if (d)
		closedir(d);
}

/* In the child: everything but the lock and the way to speak is closed, then it becomes redis-server. */
static void __attribute__((noreturn)) child(const struct private *p, int lock, int says)
{
	char why[SAYS_MAX_BYTES], files[PATH_MAX];
	sigset_t none;
	int out;

	umask(077); /* what the log holds concerns nobody else on the machine */
	setsid();   /* an interrupt typed at the server's terminal is not for it */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	lock = fcntl(lock, F_DUPFD, 10);
	says = fcntl(says, F_DUPFD_CLOEXEC, 11);
	out = openat(p->dir_fd, "redis.log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fchdir(p->dir_fd) < 0 || lock < 0 || says < 0 || out < 0)
		say(says, "cannot open DIR/redis.log");
	dup2(open("/dev/null", O_RDONLY), 0);
	dup2(out, 1);
	dup2(out, 2);
	close_range(3, (unsigned)(lock < says ? lock : says) - 1, 0);
	close_range((unsigned)(lock < says ? says : lock) + 1, ~0U, 0);
	remove_unfinished();
	snprintf(files, sizeof(files), "%s/redis", p->dir);
	if (p->repairing && !repair_aof(files, why, sizeof(why)))
		say(says, why);
	if (p->repairing && *why && write(says, why, strlen(why)) < 0)
		say(says, "cannot tell of a repair");
	execvp(redis_args[0], (char *const *)redis_args);
	snprintf(why, sizeof(why), "cannot run redis-server: %s; install the package redis-server", strerror(errno));
	say(says, why);
}

static bool spawn(struct private *p, int lock, char *why, size_t why_size)
{
	int says[2];
	pid_t pid;

	if (pipe2(says, O_CLOEXEC) < 0) {
		snprintf(why, why_size, "cannot start redis-server: %s", strerror(errno));
		return false;
	}
	pid = fork();
	if (!pid)
		child(p, lock, says[1]);
	close(says[1]);
	if (pid < 0) {
		snprintf(why, why_size, "cannot start redis-server: %s", strerror(errno));
		close(says[0]);
		return false;
	}
	p->pid = pid;
	p->says_fd = says[0];
	p->reached = false;
	p->started = true;
	*p->says = '\0';
	return true;
}

/* What the child said before it ended, if anything. */
static void listen_to_child(struct private *p)
{
	ssize_t n = p->says_fd < 0 ? 0 : read(p->says_fd, p->says, sizeof(p->says) - 1);

	p->says[n > 0 ? n : 0] = '\0';
	if (p->says_fd >= 0)
		close(p->says_fd);
	p->says_fd = -1;
}

/* True while our child runs; its end is noted. */
static bool child_runs(struct private *p, bool *refused)
{
	int status;

	*refused = false;
	if (!p->pid)
		return false;
	if (waitpid(p->pid, &status, WNOHANG) == 0)
		return true;
	p->pid = 0;
	listen_to_child(p);
	*refused = !p->reached && WIFEXITED(status);
	log_line(LOG_LEVEL_WARN, "redis_ended", "status", "%d", status, "said", "%s", p->says, NULL);
	return false;
}

/* Where it did not even start: once more with repair; after that there is nothing more to try. */
static bool try_repair(struct private *p, char *why, size_t why_size)
{
	if (!p->repairing) {
		p->repairing = true;
		return true;
	}
	p->repairing = false;
	if (*p->says)
		snprintf(why, why_size, "%s", p->says);
	else
		snprintf(why, why_size, "redis-server does not start in %s; the end of %s/redis.log says why", p->dir,
			 p->dir);
	return false;
}

enum private_state private_poll(struct private *p, char *why, size_t why_size)
{
	bool refused;
	int lock;

	p->started = false;
	if (child_runs(p, &refused))
		return PRIVATE_RUNNING;
	if (refused && !try_repair(p, why, why_size))
		return PRIVATE_REFUSES;
	if (now_ms() < p->restart_ms) {
		snprintf(why, why_size, "redis-server ended and will be started again");
		return PRIVATE_WAITING;
	}
	lock = take_lock(p);
	if (lock < 0) {
		if (errno == EWOULDBLOCK)
			return PRIVATE_RUNNING;
		snprintf(why, why_size, "cannot lock %s/redis.lock: %s", p->dir, strerror(errno));
		return PRIVATE_WAITING;
	}
	p->restart_ms = now_ms() + p->backoff_ms;
	p->backoff_ms = p->backoff_ms * 2 > RESTART_LAST_MS ? RESTART_LAST_MS : p->backoff_ms * 2;
	if (!spawn(p, lock, why, why_size)) {
		close(lock);
		return PRIVATE_WAITING;
	}
	close(lock); /* the child's copy keeps it locked */
	return PRIVATE_RUNNING;
}

void private_reached(struct private *p)
{
	listen_to_child(p);
	if (*p->says)
		log_line(LOG_LEVEL_WARN, "redis_repaired", "how", "%s", p->says, NULL);
	*p->says = '\0';
	p->reached = true;
	p->repairing = false;
	p->backoff_ms = RESTART_FIRST_MS;
	p->restart_ms = 0;
}

bool private_started(const struct private *p)
{
	return p->started;
}

/* Who listens on the socket: of an orphan we know no other name. 0: nobody. */
static pid_t peer(const struct private *p)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ucred who = {0};
	socklen_t len = sizeof(who);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return 0;
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/redis.sock", p->dir_fd);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		who.pid = 0;
	close(fd);
	return who.pid;
}

/* Reaps a child of ours; true when nobody holds the lock any more. */
static bool is_gone(struct private *p)
{
	int lock;

	if (p->pid && waitpid(p->pid, NULL, WNOHANG) != 0)
		p->pid = 0;
	if (p->pid)
		return false;
	lock = take_lock(p);
	if (lock >= 0)
		close(lock);
	return lock >= 0;
}

void private_stop(struct private *p)
{
	pid_t pid = p->pid ? p->pid : peer(p);
	int64_t patience = now_ms() + STOP_WAIT_MS;

	if (is_gone(p))
		return;
	if (pid > 0)
		kill(pid, SIGTERM);
	while (!is_gone(p)) {
		/* Under appendfsync always whatever it answered is on disk: killing it loses nothing. */
		if (pid > 0 && now_ms() > patience)
			kill(pid, SIGKILL);
		if (now_ms() > patience + STOP_WAIT_MS) {
			log_line(LOG_LEVEL_ERROR, "redis_stays", "pid", "%d", (int)pid, NULL);
			return;
		}
		sleep_ms(STOP_LOOK_MS);
	}
}

void private_free(struct private *p)
{
	if (!p)
		return;
	if (p->says_fd >= 0)
		close(p->says_fd);
	close(p->dir_fd);
	free(p->dir);
	free(p);
}
