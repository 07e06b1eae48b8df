/*
 * What comes from outside: the link goes up and down, time passes.
 *
 * Ten times a second it looks: was the process stopped? does an answer not come? is the site still ours?
 */
#include <errno.h>
#include <string.h>

#include "head.h"
#include "internal.h"
#include "log.h"

#define HEAD_EVERY_MS 1000

/* Whatever the state asks for, now that something may be asked. */
void watch_go_on(void *arg)
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

bool watch_prepare(void *arg)
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
		log_line(LOG_LEVEL_WARN, "redis_not_durable", "site", "%s", j->o.site, "setting", "%s", name, "value",
			 "%s", value, NULL);
}

static void ask_config(struct journal *j, const char *name)
{
	struct link_words w = {0};

	link_words_add(&w, "CONFIG");
	link_words_add(&w, "GET");
	link_words_add(&w, name);
	link_send(j->link, &w, on_config, j);
}

void watch_up(void *arg)
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
	watch_go_on(j);
}

void watch_down(void *arg, const char *why)
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

void watch_refused(void *arg, const char *why)
{
	struct journal *j = arg;

	journal_end(j, JOURNAL_FAILED, "Redis refuses site %s: %s", j->o.site, why);
}

void watch_head(struct journal *j)
{
	j->head_ms = loop_boottime_ms();
	if (!log_id_compare(j->head_written, j->acked))
		return;
	if (head_write(j->o.dir, j->acked))
		j->head_written = j->acked;
	else
		log_line(LOG_LEVEL_WARN, "head_not_written", "why", "%s", strerror(errno), NULL);
}

bool watch_was_stopped(const struct journal *j)
{
	return loop_boottime_ms() - j->turn_ms > JOURNAL_GAP_MS;
}

/* A process that was stopped may wake up to find its site in other hands: it asks before it does anything else. */
void watch_turn(struct journal *j)
{
	bool stopped = watch_was_stopped(j);

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
		since = earlier(since, j->commits.flying->sent_us / 1000);
	return earlier(since, link_waiting_since(j->link));
}

static void look_at_times(struct journal *j)
{
	int64_t now = j->turn_ms, since = waiting_since(j), asked = link_waiting_since(j->link);

	if (!j->away && j->state != JOURNAL_STARTING && since && now - since > JOURNAL_AWAY_MS) {
		j->away = true;
		log_line(LOG_LEVEL_WARN, "redis_away", "site", "%s", j->o.site, "for_ms", "%lld",
			 (long long)(now - since), NULL);
		j->o.away(j->o.arg);
	}
	if (asked && now - asked > JOURNAL_WATCHDOG_MS)
		link_drop(j->link, "no answer");
}

void watch_tick(void *arg)
{
	struct journal *j = arg;

	loop_timer_set(j->tick, JOURNAL_TICK_MS);
	watch_turn(j);
	look_at_times(j);
	if (j->ended || j->state == JOURNAL_STARTING)
		return;
	if (j->state == JOURNAL_OWNER && link_is_up(j->link) && !j->commits.flying && !j->probing &&
	    j->turn_ms - j->answered_ms >= JOURNAL_PROBE_MS)
		doubt_probe(j);
	if (j->turn_ms - j->head_ms >= HEAD_EVERY_MS)
		watch_head(j);
}
