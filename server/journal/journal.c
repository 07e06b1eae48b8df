/*
 * The life of a journal: what it owns, when it looks around, how it ends. What it does with the log is in take.c (a
 * site is taken), send.c (commits leave) and doubt.c (what is true after anything went wrong).
 *
 * Ten times a second it looks: was the process stopped? does an answer not come? is the site still ours?
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <event2/event.h>

#include "disk.h"
#include "head.h"
#include "internal.h"
#include "log.h"
#include "../loop_base.h"

#define CLOSE_WAIT_MS 3000
#define HEAD_EVERY_MS 1000
#define SMOOTHING 0.1

/* ---- what happens to it */

void journal_end(struct journal *j, enum journal_state state, const char *format, ...)
{
	char why[JOURNAL_WHY_MAX_BYTES];
	va_list args;

	if (j->ended)
		return;
	j->ended = true;
	if (j->state != JOURNAL_STARTING)
		j->state = state;
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	log_line(LOG_LEVEL_ERROR, "journal_ended", "site", "%s", j->o.site, "why", "%s", why, NULL);
	loop_timer_stop(j->tick);
	loop_timer_stop(j->retry);
	link_close(j->link);
	j->o.ended(j->o.arg, j->state, why);
}

static void write_head(struct journal *j)
{
	j->head_ms = loop_boottime_ms();
	if (!log_id_compare(j->head_written, j->acked))
		return;
	if (head_write(j->o.dir, j->acked))
		j->head_written = j->acked;
	else
		log_line(LOG_LEVEL_WARN, "head_not_written", "why", "%s", strerror(errno), NULL);
}

void journal_owned(struct journal *j)
{
	j->state = JOURNAL_OWNER;
	j->acked = j->fence.id;
	j->answered_ms = j->turn_ms = loop_boottime_ms();
	j->retry_ms = 0;
	commits_fence(&j->commits);
	write_head(j);
	log_line(LOG_LEVEL_INFO, "site_owned", "site", "%s", j->o.site, "fence", "%s", log_id_format(j->fence.id).text, NULL);
	send_watch(j, true);
	doubt_probe(j);
	j->o.ready(j->o.arg, j->fence.id.epoch);
}

void journal_acknowledged(struct journal *j)
{
	const struct commit *c = j->commits.flying;
	int64_t now = loop_boottime_ms();

	j->commit_ms += SMOOTHING * ((double)(now - c->sent_ms) - j->commit_ms);
	j->acked.number = c->last;
	j->answered_ms = now;
	j->accepted = false;
	commits_land(&j->commits, JOURNAL_RING_BYTES);
	if (j->state == JOURNAL_OWNER)
		doubt_over(j);
	j->o.durable(j->o.arg, j->acked.number);
	journal_look_back(j);
}

void journal_look_back(struct journal *j)
{
	if (!j->away || j->state != JOURNAL_OWNER || j->commits.flying)
		return;
	j->away = false;
	log_line(LOG_LEVEL_INFO, "redis_back", "site", "%s", j->o.site, NULL);
	j->o.back(j->o.arg);
}

static void go_on(void *arg)
{
	struct journal *j = arg;

	if (j->ended || !link_is_up(j->link))
		return;
	if (j->state == JOURNAL_STARTING)
		take_go_on(j);
	else if (j->state == JOURNAL_DOUBT)
		doubt_check(j);
	else if (j->commits.flying && !j->outstanding)
		send_flying(j);
}

void journal_retry_later(struct journal *j)
{
	if (j->retry_ms < JOURNAL_RETRY_FIRST_MS)
		j->retry_ms = JOURNAL_RETRY_FIRST_MS;
	loop_timer_set(j->retry, j->retry_ms);
	j->retry_ms = j->retry_ms * 2 > JOURNAL_RETRY_LAST_MS ? JOURNAL_RETRY_LAST_MS : j->retry_ms * 2;
}

void journal_xrange(struct journal *j, const char *from, const char *to, long count, link_reply_fn *fn)
{
	struct link_words w = { 0 };
	char n[24];

	snprintf(n, sizeof(n), "%ld", count);
	link_words_add(&w, "XRANGE");
	link_words_add(&w, j->key);
	link_words_add(&w, from);
	link_words_add(&w, to);
	link_words_add(&w, "COUNT");
	link_words_add(&w, n);
	link_send(j->link, &w, fn, j);
}

void journal_xrevrange(struct journal *j, long count, link_reply_fn *fn)
{
	struct link_words w = { 0 };
	char n[24];

	snprintf(n, sizeof(n), "%ld", count);
	link_words_add(&w, "XREVRANGE");
	link_words_add(&w, j->key);
	link_words_add(&w, "+");
	link_words_add(&w, "-");
	link_words_add(&w, "COUNT");
	link_words_add(&w, n);
	link_send(j->link, &w, fn, j);
}

/* ---- the link */

static bool on_prepare(void *arg)
{
	struct journal *j = arg;
	char why[JOURNAL_WHY_MAX_BYTES];
	enum private_state state;

	if (!j->redis)
		return true;
	state = private_poll(j->redis, why, sizeof(why));
	if (state == PRIVATE_REFUSES && j->state == JOURNAL_STARTING)
		journal_end(j, JOURNAL_STARTING, "%s", why);
	else if (state == PRIVATE_REFUSES)
		log_line(LOG_LEVEL_ERROR, "redis_refuses", "why", "%s", why, NULL);
	if (state == PRIVATE_RUNNING && private_started(j->redis))
		log_line(LOG_LEVEL_INFO, "redis_started", "dir", "%s", j->o.dir, NULL);
	return state == PRIVATE_RUNNING;
}

/* An external Redis is set up by others: say where it promises less than we do. */
static void on_config(void *arg, redisReply *r)
{
	struct journal *j = arg;
	const char *name, *value;

	if (!r || r->type != REDIS_REPLY_ARRAY || r->elements != 2 || r->element[0]->type != REDIS_REPLY_STRING ||
	    r->element[1]->type != REDIS_REPLY_STRING)
		return; /* CONFIG may be forbidden */
	name = r->element[0]->str;
	value = r->element[1]->str;
	if (strcmp(value, !strcmp(name, "appendonly") ? "yes" : "always"))
		log_line(LOG_LEVEL_WARN, "redis_not_durable", "site", "%s", j->o.site, "setting", "%s", name, "value", "%s",
			 value, NULL);
}

static void ask_config(struct journal *j, const char *name)
{
	struct link_words w = { 0 };

	link_words_add(&w, "CONFIG");
	link_words_add(&w, "GET");
	link_words_add(&w, name);
	link_send(j->link, &w, on_config, j);
}

static void on_up(void *arg)
{
	struct journal *j = arg;

	log_line(LOG_LEVEL_INFO, "redis_up", "site", "%s", j->o.site, "replicas", "%d", link_replicas(j->link), NULL);
	j->down_ms = 0;
	j->retry_ms = 0;
	loop_timer_stop(j->retry);
	if (j->redis) {
		private_reached(j->redis);
	} else {
		ask_config(j, "appendonly");
		ask_config(j, "appendfsync");
	}
	go_on(j);
}

static void on_down(void *arg, const char *why)
{
	struct journal *j = arg;

	loop_timer_stop(j->retry);
	if (!j->down_ms) {
		j->down_ms = loop_boottime_ms();
		if (!j->redis || j->state != JOURNAL_STARTING)
			log_line(LOG_LEVEL_WARN, "redis_down", "site", "%s", j->o.site, "why", "%s", why, NULL);
	}
	if (j->state != JOURNAL_STARTING)
		doubt_enter(j, why);
}

static void on_refused(void *arg, const char *why)
{
	struct journal *j = arg;

	journal_end(j, JOURNAL_FAILED, "Redis refuses site %s: %s", j->o.site, why);
}

/* ---- looking around */

static bool was_stopped(const struct journal *j)
{
	return loop_boottime_ms() - j->turn_ms > JOURNAL_GAP_MS;
}

/* A process that was stopped may wake up to find its site in other hands: it asks before it does anything else. */
static void note_turn(struct journal *j)
{
	bool stopped = was_stopped(j);

	j->turn_ms = loop_boottime_ms();
	if (!stopped || j->state == JOURNAL_STARTING)
		return;
	link_forgive(j->link);
	doubt_enter(j, "the process was stopped");
}

static int64_t earlier(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* Since when something is not as it should be; 0: all is well. */
static int64_t waiting_since(const struct journal *j)
{
	int64_t since = earlier(j->doubt_ms, j->down_ms);

	if (j->commits.flying)
		since = earlier(since, j->commits.flying->sent_ms);
	return earlier(since, link_waiting_since(j->link));
}

static void watch(struct journal *j)
{
	int64_t now = j->turn_ms, since = waiting_since(j), asked = link_waiting_since(j->link);

	if (!j->away && j->state != JOURNAL_STARTING && since && now - since > JOURNAL_AWAY_MS) {
		j->away = true;
		log_line(LOG_LEVEL_WARN, "redis_away", "site", "%s", j->o.site, "for_ms", "%lld", (long long)(now - since),
			 NULL);
		j->o.away(j->o.arg);
	}
	if (asked && now - asked > JOURNAL_WATCHDOG_MS)
		link_drop(j->link, "no answer");
}

static void on_tick(void *arg)
{
	struct journal *j = arg;

	loop_timer_set(j->tick, JOURNAL_TICK_MS);
	note_turn(j);
	watch(j);
	if (j->ended || j->state == JOURNAL_STARTING)
		return;
	if (j->state == JOURNAL_OWNER && link_is_up(j->link) && !j->commits.flying && !j->probing &&
	    j->turn_ms - j->answered_ms >= JOURNAL_PROBE_MS)
		doubt_probe(j);
	if (j->turn_ms - j->head_ms >= HEAD_EVERY_MS)
		write_head(j);
}

/* ---- life */

static int take_server_lock(const char *dir, char *error, size_t error_size)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/server.lock", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		snprintf(error, error_size, "cannot open %s: %s", path, strerror(errno));
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		snprintf(error, error_size,
			 errno == EWOULDBLOCK ? "another vaxline serves the data directory %s" : "cannot lock %s/server.lock",
			 dir);
		close(fd);
		return -1;
	}
	return fd;
}

static bool open_target(struct journal *j, char *error, size_t error_size)
{
	if (j->o.redis_url)
		return target_parse(j->o.redis_url, &j->target, error, error_size);
	j->redis = private_new(j->o.dir, error, error_size);
	if (j->redis)
		private_target(j->redis, &j->target);
	return j->redis;
}

/* Without loop and link: what reading alone needs too. */
static struct journal *create(const struct journal_options *o)
{
	struct journal *j = xcalloc(1, sizeof(*j));

	j->o = *o;
	j->o.site = xstrdup(o->site);
	j->o.dir = xstrdup(o->dir);
	j->o.redis_url = o->redis_url ? xstrdup(o->redis_url) : NULL;
	j->server_lock = -1;
	j->page_entries = JOURNAL_PAGE_ENTRIES / 10;
	snprintf(j->key, sizeof(j->key), "vaxline:{%s}:log", o->site);
	j->walk = (struct log_walk){ .arg = o->arg, .fence = o->fence, .line = o->event };
	return j;
}

static void destroy(struct journal *j)
{
	link_free(j->link);
	loop_timer_free(j->tick);
	loop_timer_free(j->retry);
	private_free(j->redis);
	commits_free(&j->commits);
	if (j->server_lock >= 0)
		close(j->server_lock);
	free((char *)j->o.site);
	free((char *)j->o.dir);
	free((char *)j->o.redis_url);
	free(j);
}

struct journal *journal_new(struct loop *l, const struct journal_options *o, char *error, size_t error_size)
{
	struct journal *j = create(o);
	struct link_options link = { .arg = j, .prepare = on_prepare, .up = on_up, .down = on_down, .refused = on_refused };

	j->loop = l;
	j->server_lock = take_server_lock(j->o.dir, error, error_size);
	if (j->server_lock < 0 || !open_target(j, error, error_size))
		goto fail;
	if (head_read(j->o.dir, &j->head) == HEAD_UNREADABLE) {
		snprintf(error, error_size, "%s/head cannot be read: it names the last acknowledged event; see whether it is "
					    "readable, and remove it only to give up that check", j->o.dir);
		goto fail;
	}
	j->head_found = j->head.epoch;
	link.target = j->target;
	j->link = link_new(l, &link);
	j->tick = loop_timer_new(l, on_tick, j);
	j->retry = loop_timer_new(l, go_on, j);
	if (o->ballast_bytes > 0)
		journal_ballast(j, true);
	return j;
fail:
	destroy(j);
	return NULL;
}

/* A private log that is gone is told of before a new redis-server would begin an empty one in its place. */
static bool private_log_gone(const struct journal *j)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/redis/appendonly.aof.manifest", j->o.dir);
	return j->redis && j->head_found && access(path, F_OK) < 0;
}

void journal_start(struct journal *j)
{
	struct log_id_text head = log_id_format(j->head);

	j->turn_ms = loop_boottime_ms();
	if (private_log_gone(j)) {
		journal_end(j, JOURNAL_STARTING,
			    "site %s has no log in %s/redis, but %s was acknowledged: restore that directory from a backup; only "
			    "to give up what is missing, remove %s/head and start again",
			    j->o.site, j->o.dir, head.text, j->o.dir);
		return;
	}
	loop_timer_set(j->tick, JOURNAL_TICK_MS);
	link_open(j->link);
}

static bool has_to_send(const struct journal *j)
{
	return j->commits.flying || j->commits.sealed.first || j->commits.cut_bytes;
}

void journal_free(struct journal *j)
{
	int64_t patience = loop_boottime_ms() + CLOSE_WAIT_MS;

	if (!j)
		return;
	while (!j->ended && j->state != JOURNAL_STARTING && has_to_send(j) && loop_boottime_ms() < patience) {
		journal_flush(j);
		event_base_loop(loop_base(j->loop), EVLOOP_ONCE);
	}
	if (!j->ended && j->state != JOURNAL_STARTING)
		write_head(j);
	link_close(j->link);
	if (j->redis)
		private_stop(j->redis);
	destroy(j);
}

/* ---- use */

enum journal_state journal_state(const struct journal *j)
{
	return j->state;
}

bool journal_is_sure(const struct journal *j)
{
	return j->state == JOURNAL_OWNER && !was_stopped(j);
}

void journal_append(struct journal *j, uint64_t number, const char *line, size_t len, bool cut)
{
	if (!j->ended)
		commits_append(&j->commits, number, line, len, cut);
}

void journal_flush(struct journal *j)
{
	if (j->ended || j->state == JOURNAL_STARTING)
		return;
	note_turn(j);
	send_next(j);
}

size_t journal_pending_bytes(const struct journal *j)
{
	return commits_pending_bytes(&j->commits);
}

uint64_t journal_durable(const struct journal *j)
{
	return j->acked.number;
}

double journal_commit_ms(const struct journal *j)
{
	return j->commit_ms;
}

bool journal_is_away(const struct journal *j)
{
	return j->away;
}

int64_t journal_disk_free(const struct journal *j)
{
	return disk_free(j->o.dir);
}

void journal_ballast(struct journal *j, bool held)
{
	if (!disk_ballast(j->o.dir, held ? j->o.ballast_bytes : 0))
		log_line(LOG_LEVEL_WARN, "ballast", "held", "%d", held, "why", "%s", strerror(errno), NULL);
}

/* ---- reading a site without taking it */

/* The private redis-server of another process, or one of our own for the time being (then *mine). */
static redisContext *reach(struct journal *j, bool *mine, char *error, size_t error_size)
{
	int64_t patience = loop_boottime_ms() + SYNC_TIMEOUT_MS;
	redisContext *c = NULL;

	*mine = false;
	while (!c && loop_boottime_ms() < patience) {
		if (j->redis && private_poll(j->redis, error, error_size) == PRIVATE_REFUSES)
			return NULL;
		*mine |= j->redis && private_started(j->redis);
		c = sync_connect(&j->target, SYNC_TIMEOUT_MS, error, error_size);
		if (!c && !j->redis)
			return NULL;
		if (!c)
			usleep(10000);
	}
	if (c && j->redis)
		private_reached(j->redis);
	return c;
}

static bool replay_whole(struct journal *j, redisContext *c, char *error, size_t error_size)
{
	struct log_id tail;

	if (!sync_tail(c, j->key, "+", &tail, error, error_size))
		return false;
	if (!tail.epoch || (j->head_found && log_id_compare(tail, j->head) < 0)) {
		snprintf(error, error_size, "the log of site %s ends at %s, but %s was acknowledged", j->o.site,
			 tail.epoch ? log_id_format(tail).text : "nothing", log_id_format(j->head).text);
		if (!j->head_found)
			snprintf(error, error_size, "there is no log of site %s", j->o.site);
		return false;
	}
	return sync_walk(c, j->key, (struct log_id){ 0, 0 }, tail, &j->walk, error, error_size);
}

bool journal_replay(const struct journal_options *o, char *error, size_t error_size)
{
	struct journal *j = create(o);
	redisContext *c = NULL;
	char busy[JOURNAL_WHY_MAX_BYTES];
	bool ok = false, mine = false;

	/* Where no server runs, none shall start and adopt a redis-server that is about to be stopped again. */
	j->server_lock = take_server_lock(j->o.dir, busy, sizeof(busy));
	if (!open_target(j, error, error_size))
		goto fail;
	if (head_read(j->o.dir, &j->head) == HEAD_FOUND)
		j->head_found = true;
	if (private_log_gone(j) || (j->redis && !j->head_found)) {
		snprintf(error, error_size, "there is no log of site %s in %s", j->o.site, j->o.dir);
		goto fail;
	}
	c = reach(j, &mine, error, error_size);
	ok = c && replay_whole(j, c, error, error_size);
fail:
	if (c)
		redisFree(c);
	if (mine)
		private_stop(j->redis);
	destroy(j);
	return ok;
}
