#ifndef VAXLINE_JOURNAL_PRIVATE_H
#define VAXLINE_JOURNAL_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "target.h"

/*
 * The redis-server that belongs to a data directory: started when nobody holds DIR/redis.lock, adopted when somebody
 * does, started again when it died.
 */

struct private;

enum private_state {
	PRIVATE_RUNNING, /* started or adopted; it may not listen yet */
	PRIVATE_WAITING, /* died just now; asked again it will be started */
	PRIVATE_REFUSES, /* it does not start, and starting it again will not help */
};

struct private *private_new(const char *dir, char *error, size_t error_size);
/* Its socket, by a path of a few bytes wherever the directory lies. Valid until private_free. */
void private_target(const struct private *p, struct target *t);
/* Looks after it; to be called before each connect. With PRIVATE_REFUSES or PRIVATE_WAITING why is a sentence. */
enum private_state private_poll(struct private *p, char *why, size_t why_size);
/* It answered. */
void private_reached(struct private *p);
/* This call of private_poll started it. */
bool private_started(const struct private *p);
/* Stops it and waits until it is gone. */
void private_stop(struct private *p);
/* Leaves it running. Accepts NULL. */
void private_free(struct private *p);

#endif
