/* `vaxline replay`: the whole log of a site, read without taking it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "head.h"
#include "internal.h"

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
	return sync_walk(c, j->key, (struct log_id){0, 0}, tail, &j->walk, error, error_size);
}

bool journal_replay(const struct journal_options *o, char *error, size_t error_size)
{
	struct journal *j = journal_create(o);
	redisContext *c = NULL;
	char busy[JOURNAL_WHY_MAX_BYTES];
	bool ok = false, mine = false;
	enum head_found found;

	/* Where no server runs, none shall start and adopt a redis-server that is about to be stopped again. */
	j->server_lock = journal_take_lock(j->o.dir, busy, sizeof(busy));
	if (!journal_open_target(j, error, error_size))
		goto fail;
	found = head_read(j->o.dir, &j->head);
	if (found == HEAD_UNREADABLE) {
		snprintf(error, error_size, "%s/head cannot be read", j->o.dir);
		goto fail;
	}
	j->head_found = found == HEAD_FOUND;
	if (journal_log_gone(j) || (j->redis && !j->head_found)) {
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
	journal_destroy(j);
	return ok;
}
