/*
 * The life of a journal: what it owns, how it ends, what it tells. What it does with the log is in take.c (a site is
 * taken), send.c (commits leave), trim.c (its beginning goes) and doubt.c (what is true after anything went wrong);
 * watch.c looks around.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "../loop_base.h"
#include "disk.h"
#include "head.h"
#include "internal.h"
#include "log.h"

#define CLOSE_WAIT_MS 3000

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

void journal_owned(struct journal *j)
{
	j->state = JOURNAL_OWNER;
	j->acked = j->fence.id;
	j->answered_ms = j->turn_ms = loop_boottime_ms();
	j->retry_ms = 0;
	commits_fence(&j->commits);
	watch_head(j);
	log_line(LOG_LEVEL_INFO, "site_owned", "site", "%s", j->o.site, "fence", "%s", log_id_format(j->fence.id).text,
		 NULL);
	send_watch(j, true);
	doubt_probe(j);
	j->o.ready(j->o.arg, j->fence.id.epoch);
}

int64_t journal_micros(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* Numbers run on without a gap inside an epoch: they say how many events there were. */
static void measure(struct journal *j, const struct commit *c)
{
	if (j->o.committed)
		j->o.committed(j->o.arg, (double)(journal_micros() - c->sent_us) / 1000, c->len,
			       (size_t)(c->last - j->acked.number));
}

void journal_acknowledged(struct journal *j)
{
	const struct commit *c = j->commits.flying;

	measure(j, c);
	j->acked.number = c->last;
	j->answered_ms = loop_boottime_ms();
	j->accepted = false;
	commits_land(&j->commits, JOURNAL_RING_BYTES);
	if (j->state == JOURNAL_OWNER)
		doubt_over(j);
	/* First the next commit, so that the disk works while the answers of this one leave. */
	if (!j->away)
		send_next(j);
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

void journal_retry_later(struct journal *j)
{
	if (j->retry_ms < JOURNAL_RETRY_FIRST_MS)
		j->retry_ms = JOURNAL_RETRY_FIRST_MS;
	loop_timer_set(j->retry, j->retry_ms);
	j->retry_ms = j->retry_ms * 2 > JOURNAL_RETRY_LAST_MS ? JOURNAL_RETRY_LAST_MS : j->retry_ms * 2;
}

bool journal_open_target(struct journal *j, char *error, size_t error_size)
{
	if (j->o.redis_url)
		return target_parse(j->o.redis_url, &j->target, error, error_size);
	j->redis = private_new(j->o.dir, error, error_size);
	if (j->redis)
		private_target(j->redis, &j->target);
	return j->redis;
}

/* Without loop and link: what reading alone needs too. */
struct journal *journal_create(const struct journal_options *o)
{
	struct journal *j = xcalloc(1, sizeof(*j));

	j->o = *o;
	j->o.site = xstrdup(o->site);
	j->o.dir = xstrdup(o->dir);
	j->o.redis_url = o->redis_url ? xstrdup(o->redis_url) : NULL;
	j->server_lock = -1;
	j->page_entries = JOURNAL_PAGE_ENTRIES / 10;
	snprintf(j->key, sizeof(j->key), "vaxline:{%s}:log", o->site);
	j->walk = (struct log_walk){.arg = o->arg, .fence = o->fence, .begin = o->begin, .line = o->event};
	return j;
}

void journal_destroy(struct journal *j)
{
	link_free(j->link);
	loop_timer_free(j->tick);
	loop_timer_free(j->retry);
	loop_timer_free(j->step);
	freeReplyObject(j->page);
	private_free(j->redis);
	commits_free(&j->commits);
	journal_give_lock(j->server_lock);
	free((char *)j->o.site);
	free((char *)j->o.dir);
	free((char *)j->o.redis_url);
	free(j);
}

struct journal *journal_new(struct loop *l, const struct journal_options *o, char *error, size_t error_size)
{
	struct journal *j = journal_create(o);
	struct link_options link = {
		.arg = j, .prepare = watch_prepare, .up = watch_up, .down = watch_down, .refused = watch_refused};

	j->loop = l;
	j->server_lock = journal_take_lock(j->o.dir, error, error_size);
	if (j->server_lock < 0 || !journal_open_target(j, error, error_size))
		goto fail;
	if (head_read(j->o.dir, &j->head) == HEAD_UNREADABLE) {
		snprintf(error, error_size,
			 "%s/head cannot be read: it names the last acknowledged event; see whether it is "
			 "readable, and remove it only to give up that check",
			 j->o.dir);
		goto fail;
	}
	j->head_found = j->head.epoch;
	link.target = j->target;
	j->link = link_new(l, &link);
	j->tick = loop_timer_new(l, watch_tick, j);
	j->retry = loop_timer_new(l, watch_go_on, j);
	j->step = loop_timer_new(l, take_step, j);
	if (o->ballast_bytes > 0)
		journal_ballast(j, true);
	return j;
fail:
	journal_destroy(j);
	return NULL;
}

/* A private log that is gone is told of before a new redis-server would begin an empty one in its place. */
bool journal_log_gone(const struct journal *j)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/redis/appendonly.aof.manifest", j->o.dir);
	return j->redis && j->head_found && access(path, F_OK) < 0;
}

void journal_start(struct journal *j)
{
	struct log_id_text head = log_id_format(j->head);

	j->turn_ms = loop_boottime_ms();
	journal_name_holder(j->server_lock);
	if (journal_log_gone(j)) {
		journal_end(
			j, JOURNAL_STARTING,
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
	return j->trim.sent || j->commits.flying || j->commits.sealed.first || j->commits.cut_bytes;
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
		watch_head(j);
	link_close(j->link);
	if (j->redis)
		private_stop(j->redis);
	journal_destroy(j);
}

enum journal_state journal_state(const struct journal *j)
{
	return j->state;
}

bool journal_is_sure(const struct journal *j)
{
	return j->state == JOURNAL_OWNER && !watch_was_stopped(j);
}

void journal_append(struct journal *j, uint64_t number, const char *line, size_t len, bool cut)
{
	if (!j->ended)
		commits_append(&j->commits, number, line, len, cut);
}

void journal_cut(struct journal *j)
{
	if (!j->ended)
		commits_cut(&j->commits);
}

void journal_flush(struct journal *j)
{
	if (!j->ended && j->state != JOURNAL_STARTING)
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
