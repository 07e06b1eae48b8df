/*
 * A program that does with a journal what it is told on standard input, for the tests beside it.
 *
 *   journal_driver DIR SITE [REDIS_URL]
 *
 *   append N [B]     N commands of one event of about B bytes, at most 4 MiB of them waiting at a time
 *   open [1]         one event that a log may begin with; with 1 the entry does not begin with it
 *   trim E N         journal_trim; prints: trimmed OK WHY
 *   mark E N         journal_mark; prints: marked OK
 *   compact N        journal_compact with so many bytes to spare
 *   sure             prints: sure 0|1
 *   state            prints: state STATE durable N appended N away 0|1 pending BYTES
 *   commits          prints: commits N bytes N events N slowest_ms MS, of those on disk
 *   read E N E N     prints each event of that range's number and digest: read OK COUNT HASH
 *   readall E N E N  the same, blocking
 *   quit             journal_free, then: bye
 *
 *   Told by itself: last E WALL (the fence of the owner before, or 0 0), fence E, begin E N, ready E EVENTS HASH,
 * durable N (at most every 20 ms, and each one that ends an append), away, back, ended STATE WHY
 *
 * With REPLAY=1 in the environment it does journal_replay instead and prints: replayed EVENTS HASH.
 * Each event is {"k":"<epoch>-<number>",...}: what was acknowledged can be told from the log alone.
 */
#include <event2/event.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "journal.h"
#include "loop.h"
#include "loop_base.h"

#define WAITING_MAX_BYTES (4 * 1024 * 1024)
#define TELL_EVERY_MS 20

struct driver {
	struct loop *loop;
	struct journal *journal;
	struct loop_timer *more;
	struct event *input;
	struct buf line;
	uint64_t epoch, appended, left, events, hash;
	uint64_t durable, told;
	int64_t told_ms, started_us;
	size_t bytes;
	int commands; /* events a command */
	bool paused_once;
	struct journal_read *read;
	struct loop_timer *resume;
	uint64_t read_events, read_hash;
	uint64_t commits, committed_bytes, committed_events;
	double slowest_ms;
};

static const char *const states[] = {"starting", "owner", "doubt", "deposed", "lost", "failed"};

static uint64_t fnv(uint64_t hash, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
	return hash;
}

static int64_t micros(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int64_t now_ms(void *arg, const struct journal_fence *last)
{
	(void)arg;
	printf("last %" PRIu64 " %" PRId64 "\n", last ? last->epoch : 0, last ? last->wall_ms : 0);
	return loop_walltime_ms();
}

static void on_fence(void *arg, const struct journal_fence *f)
{
	(void)arg;
	printf("fence %" PRIu64 "\n", f->epoch);
}

static bool on_begin(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	(void)arg;
	printf("begin %" PRIu64 " %" PRIu64 "\n", epoch, number);
	return memmem(line, len, "\"open\"", 6);
}

static bool on_event(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error, size_t size)
{
	struct driver *d = arg;

	(void)epoch;
	(void)number;
	if (!strncmp(line, "{\"refuse", 8)) {
		snprintf(error, size, "a refused event");
		return false;
	}
	d->events++;
	d->hash = getenv("NOHASH") ? 0 : fnv(d->hash, line, len);
	return true;
}

static void on_ready(void *arg, uint64_t epoch)
{
	struct driver *d = arg;

	d->epoch = epoch;
	printf("ready %" PRIu64 " %" PRIu64 " %016" PRIx64 " us %" PRId64 "\n", epoch, d->events, d->hash,
	       micros() - d->started_us);
	fflush(stdout);
}

static void tell(struct driver *d, bool all)
{
	int64_t now = loop_boottime_ms();

	if (d->durable == d->told || (!all && now - d->told_ms < TELL_EVERY_MS))
		return;
	d->told = d->durable;
	d->told_ms = now;
	printf("durable %" PRIu64 "\n", d->durable);
	fflush(stdout);
}

static void on_durable(void *arg, uint64_t number)
{
	struct driver *d = arg;

	if (number < d->durable)
		abort();
	d->durable = number;
	tell(d, number == d->appended && !d->left);
	if (d->left)
		loop_timer_set(d->more, 0);
}

static void on_away(void *arg)
{
	(void)arg;
	puts("away");
	fflush(stdout);
}

static void on_back(void *arg)
{
	(void)arg;
	puts("back");
	fflush(stdout);
}

static void on_ended(void *arg, enum journal_state state, const char *why)
{
	struct driver *d = arg;

	d->left = 0;
	printf("ended %s %s\n", states[state], why);
	fflush(stdout);
}

static void on_committed(void *arg, double ms, size_t bytes, size_t events)
{
	struct driver *d = arg;

	d->commits++;
	d->committed_bytes += bytes;
	d->committed_events += events;
	d->slowest_ms = ms > d->slowest_ms ? ms : d->slowest_ms;
}

static void append_more(void *arg)
{
	struct driver *d = arg;
	char line[4096];

	while (d->left && journal_pending_bytes(d->journal) < WAITING_MAX_BYTES) {
		int len = snprintf(line, sizeof(line),
				   "{\"k\":\"%" PRIu64 "-%" PRIu64 "\",\"pid\":%d,\"fill\":\"%0*d\"}", d->epoch,
				   d->appended + 1, (int)getpid(), (int)d->bytes, 7);

		d->appended++;
		d->left--;
		journal_append(d->journal, d->appended, line, (size_t)len,
			       d->appended % (unsigned)d->commands == 0 || !d->left);
		if (getenv("ONE") || (getenv("BATCH") && d->appended % strtoull(getenv("BATCH"), NULL, 10) == 0))
			break;
	}
}

static void append_open(struct driver *d, bool cut)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "{\"k\":\"%" PRIu64 "-%" PRIu64 "\",\"open\":1}", d->epoch,
			   d->appended + 1);

	if (cut)
		journal_cut(d->journal);
	journal_append(d->journal, ++d->appended, line, (size_t)len, true);
}

static void on_trimmed(void *arg, bool ok, const char *why)
{
	(void)arg;
	printf("trimmed %d %s\n", ok, why);
	fflush(stdout);
}

static void trim_to(struct driver *d, const char *text)
{
	uint64_t epoch, number;

	if (sscanf(text, "%" SCNu64 " %" SCNu64, &epoch, &number) != 2)
		abort();
	journal_trim(d->journal, epoch, number, on_trimmed, d);
}

static bool on_read_line(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct driver *d = arg;

	(void)epoch;
	d->read_events++;
	d->read_hash = fnv(fnv(d->read_hash, (const char *)&number, sizeof(number)), line, len);
	if (d->read && d->read_events % 7 == 0) {
		loop_timer_set(d->resume, 0);
		return false;
	}
	return true;
}

static void on_resume(void *arg)
{
	struct driver *d = arg;

	if (d->read)
		journal_read_resume(d->read);
}

static void on_read_done(void *arg, bool ok)
{
	struct driver *d = arg;

	d->read = NULL;
	printf("read %d %" PRIu64 " %016" PRIx64 "\n", ok, d->read_events, d->read_hash);
	fflush(stdout);
}

static void read_range(struct driver *d, const char *text, bool all)
{
	struct journal_range r = {0};
	char error[512] = "";
	bool ok;

	if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &r.after_epoch, &r.after_number, &r.to_epoch,
		   &r.to_number) != 4)
		abort();
	d->read_events = 0;
	d->read_hash = 14695981039346656037u;
	if (!all) {
		d->read = journal_read_start(d->journal, &r, on_read_line, on_read_done, d);
		return;
	}
	ok = journal_read_all(d->journal, &r, on_read_line, d, error, sizeof(error));
	printf("read %d %" PRIu64 " %016" PRIx64 " %s\n", ok, d->read_events, d->read_hash, error);
}

static void obey(struct driver *d, char *line)
{
	unsigned long long n, b = 60, c = 1;

	if (sscanf(line, "append %llu %llu %llu", &n, &b, &c) >= 1) {
		d->left += n;
		d->bytes = b < 3900 ? b : 3900;
		d->commands = (int)c;
		append_more(d);
	} else if (!strncmp(line, "open", 4)) {
		append_open(d, !line[4]);
	} else if (!strncmp(line, "trim ", 5)) {
		trim_to(d, line + 5);
	} else if (sscanf(line, "mark %llu %llu", &n, &b) == 2) {
		printf("marked %d\n", journal_mark(d->journal, n, b));
	} else if (!strncmp(line, "compact ", 8)) {
		journal_compact(d->journal, strtoll(line + 8, NULL, 10));
	} else if (!strcmp(line, "state")) {
		printf("state %s durable %" PRIu64 " appended %" PRIu64 " away %d pending %zu\n",
		       states[journal_state(d->journal)], journal_durable(d->journal), d->appended,
		       journal_is_away(d->journal), journal_pending_bytes(d->journal));
	} else if (!strcmp(line, "commits")) {
		printf("commits %" PRIu64 " bytes %" PRIu64 " events %" PRIu64 " slowest_ms %.3f\n", d->commits,
		       d->committed_bytes, d->committed_events, d->slowest_ms);
	} else if (!strcmp(line, "sure")) {
		printf("sure %d\n", journal_is_sure(d->journal));
	} else if (!strncmp(line, "read ", 5)) {
		read_range(d, line + 5, false);
	} else if (!strncmp(line, "readall ", 8)) {
		read_range(d, line + 8, true);
	} else if (!strcmp(line, "quit")) {
		loop_stop(d->loop);
	}
	fflush(stdout);
}

static void on_input(evutil_socket_t fd, short what, void *arg)
{
	struct driver *d = arg;
	char data[4096], *end;
	ssize_t n = read(fd, data, sizeof(data));

	(void)what;
	if (n <= 0) {
		loop_stop(d->loop);
		return;
	}
	buf_add(&d->line, data, (size_t)n);
	while ((end = strchr(d->line.data, '\n'))) {
		size_t len = (size_t)(end - d->line.data) + 1;

		*end = '\0';
		obey(d, d->line.data);
		memmove(d->line.data, d->line.data + len, d->line.len - len + 1);
		d->line.len -= len;
	}
}

static void on_turn(void *arg)
{
	struct driver *d = arg;

	if (d->journal)
		journal_flush(d->journal);
}

static void on_more(void *arg)
{
	append_more(arg);
}

static void stop(void *arg)
{
	loop_stop(arg);
}

static int replay(struct driver *d, const struct journal_options *o)
{
	char error[1024] = "";
	int64_t start = micros();

	if (!journal_replay(o, error, sizeof(error))) {
		printf("refused %s\n", error);
		return 1;
	}
	printf("replayed %" PRIu64 " %016" PRIx64 " us %" PRId64 "\n", d->events, d->hash, micros() - start);
	return 0;
}

int main(int argc, char **argv)
{
	struct driver d = {.bytes = 60, .commands = 1, .hash = 14695981039346656037u, .started_us = micros()};
	struct journal_options o = {.arg = &d,
				    .now_ms = now_ms,
				    .fence = on_fence,
				    .begin = on_begin,
				    .event = on_event,
				    .ready = on_ready,
				    .durable = on_durable,
				    .committed = on_committed,
				    .away = on_away,
				    .back = on_back,
				    .ended = on_ended};
	char error[1024];

	if (argc < 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	o.dir = argv[1];
	o.site = argv[2];
	o.redis_url = argc > 3 ? argv[3] : NULL;
	o.ballast_bytes = getenv("BALLAST") ? strtoll(getenv("BALLAST"), NULL, 10) : 0;
	if (getenv("REPLAY"))
		return replay(&d, &o);
	d.loop = loop_new();
	d.more = loop_timer_new(d.loop, on_more, &d);
	d.resume = loop_timer_new(d.loop, on_resume, &d);
	loop_on_turn(d.loop, on_turn, &d);
	loop_on_signal(d.loop, SIGTERM, stop, d.loop);
	d.journal = journal_new(d.loop, &o, error, sizeof(error));
	if (!d.journal) {
		printf("refused %s\n", error);
	} else {
		d.input = event_new(loop_base(d.loop), 0, EV_READ | EV_PERSIST, on_input, &d);
		event_add(d.input, NULL);
		journal_start(d.journal);
		loop_run(d.loop);
		event_free(d.input);
		journal_free(d.journal);
		tell(&d, true);
		puts("bye");
	}
	loop_timer_free(d.more);
	loop_timer_free(d.resume);
	loop_free(d.loop);
	buf_free(&d.line);
	return 0;
}
