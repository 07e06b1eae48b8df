/*
 * How often something may be tried: token buckets, each kept as one number, the time at which it would be full again.
 *
 *   now        full_at - (burst - 1) * every        full_at
 *    |-- must wait ---------|                          |       each try moves full_at on by `every`
 *
 * The table keeps its keys in the order of their last tries, so the oldest is at hand when one more comes than it holds.
 */
#include "trust.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "buf.h"

struct tries {
	int64_t full_at;
	UT_hash_handle hh;
	char key[];
};

struct limit {
	unsigned burst;
	int64_t every_ms;
	struct tries *keys; /* the one that tried longest ago first */
};

struct limit *limit_new(unsigned burst, int64_t every_ms)
{
	struct limit *l = xcalloc(1, sizeof(*l));

	l->burst = burst;
	l->every_ms = every_ms;
	return l;
}

static void forget(struct limit *l, struct tries *t)
{
	HASH_DEL(l->keys, t);
	free(t);
}

void limit_free(struct limit *l)
{
	struct tries *t, *next;

	if (!l)
		return;
	HASH_ITER(hh, l->keys, t, next)
		forget(l, t);
	free(l);
}

static struct tries *find(const struct limit *l, const char *key)
{
	struct tries *t;

	HASH_FIND_STR(l->keys, key, t);
	return t;
}

int64_t limit_wait(const struct limit *l, const char *key, int64_t now_ms)
{
	const struct tries *t = find(l, key);
	int64_t free_at = t ? t->full_at - (l->burst - 1) * l->every_ms : now_ms;

	return free_at > now_ms ? free_at - now_ms : 0;
}

void limit_count(struct limit *l, const char *key, int64_t now_ms)
{
	struct tries *t = find(l, key);
	int64_t empty = now_ms + l->burst * l->every_ms;

	if (t) {
		HASH_DEL(l->keys, t); /* to stand behind all others */
	} else {
		t = xcalloc(1, sizeof(*t) + strlen(key) + 1);
		strcpy(t->key, key);
	}
	t->full_at = (t->full_at > now_ms ? t->full_at : now_ms) + l->every_ms;
	if (t->full_at > empty)
		t->full_at = empty;
	HASH_ADD_STR(l->keys, key, t);
	if (HASH_COUNT(l->keys) > LIMIT_KEYS_MAX)
		forget(l, l->keys);
}

void limit_key(const char *address, char key[LIMIT_KEY_SIZE])
{
	struct in6_addr six;

	snprintf(key, LIMIT_KEY_SIZE, "%s", address);
	if (inet_pton(AF_INET6, address, &six) != 1)
		return;
	memset(six.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &six, key, LIMIT_KEY_SIZE);
}
