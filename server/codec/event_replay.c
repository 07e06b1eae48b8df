/*
 * Replay: a line of the log becomes a change of the site, or a sentence why it cannot.
 */
#include "codec.h"

#include <stdio.h>

static bool admits(const struct site *s, const struct event *e, uint64_t epoch, uint64_t number, char *error,
		   size_t error_size)
{
	if (e->epoch == epoch && e->seq == number)
		return site_admits(s, e, error, error_size);
	snprintf(error, error_size, "an event that says it is %llu-%llu", (unsigned long long)e->epoch,
		 (unsigned long long)e->seq);
	return false;
}

bool event_replay_begin(struct event_decoder *d, struct site *s, uint64_t epoch, uint64_t number, const char *line,
			size_t len)
{
	char error[200];
	struct event e;

	if (!event_decode(d, line, len, &e, error, sizeof(error)))
		return false;
	rules_free(e.rules);
	if (e.type != EVENT_DAY_OPENED)
		return false;
	site_begin_at(s, epoch, number);
	return true;
}

bool event_replay(struct event_decoder *d, struct site *s, uint64_t epoch, uint64_t number, const char *line,
		  size_t len, char *error, size_t error_size)
{
	struct event e;

	if (!event_decode(d, line, len, &e, error, error_size))
		return false;
	if (!admits(s, &e, epoch, number, error, error_size)) {
		rules_free(e.rules);
		return false;
	}
	site_apply(s, &e);
	return true;
}
