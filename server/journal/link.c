/*
 * A connection by hiredis 0.14 in the loop. What that library asks for:
 *
 * - never free or disconnect inside its connect callback: contexts are let go by a timer instead;
 * - after a failed TCP connect it frees its own context;
 * - unanswered commands get NULL, and their number of replies may still be delivered after a free that was asked for
 *   within a callback: the replies of a context that was let go count as unknown;
 * - it has no timeouts: link_waiting_since is for a watchdog outside.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <event2/event.h>
#include <hiredis/adapters/libevent.h>
#include <hiredis/async.h>
#include <uthash.h>
#include <utlist.h>

#include "../loop_base.h"
#include "buf.h"
#include "link.h"
#include "log.h"

#define BACKOFF_FIRST_MS 10
#define BACKOFF_LAST_MS 500
#define LOADING_LOOK_MS 50
#define WHY_MAX_BYTES 160

struct call {
	struct call *prev, *next;
	struct link *link;
	link_reply_fn *fn;
	void *arg;
	int64_t sent_ms;
};

struct link {
	struct loop *loop;
	struct link_options o;
	redisAsyncContext *ac;    /* NULL: none, or let go */
	redisAsyncContext *dying; /* let go, freed by the timer */
	struct loop_timer *timer; /* frees what is dying, connects, looks whether loading has ended */
	struct call *calls;       /* unanswered, oldest first */
	bool up, closed, authorized;
	int replicas;
	int64_t backoff_ms;
	int64_t connecting_ms; /* when connecting began; 0: it has not */
};

static void schedule(struct link *l)
{
	if (l->closed || l->o.once)
		return;
	loop_timer_set(l->timer, l->backoff_ms);
	l->backoff_ms = l->backoff_ms * 2 > BACKOFF_LAST_MS ? BACKOFF_LAST_MS : l->backoff_ms * 2;
}

/*
 * Lets the context go: its answers reach us no more. It knows us until it is freed, since it may free itself before our
 * timer does: what has come in the meantime, the end of the connection above all, is handled first.
 */
static void let_go(struct link *l, bool freed_by_itself)
{
	redisAsyncContext *ac = l->ac;

	l->ac = NULL;
	l->up = false;
	l->authorized = false;
	l->connecting_ms = 0;
	if (!ac)
		return;
	if (freed_by_itself)
		ac->data = NULL;
	else
		l->dying = ac;
}

static bool reap(struct link *l)
{
	redisAsyncContext *ac = l->dying;

	l->dying = NULL;
	if (!ac)
		return false;
	ac->data = NULL;
	redisAsyncFree(ac);
	return true;
}

/* Those who wait hear at once that they will not hear. */
static void fail_calls(struct link *l)
{
	struct call *failed = l->calls, *c, *next;

	l->calls = NULL;
	DL_FOREACH_SAFE(failed, c, next) {
		c->link = NULL; /* hiredis hands it back once more; freed then */
		c->fn(c->arg, NULL);
	}
}

static void lose(struct link *l, const char *why, bool freed_by_itself)
{
	char copy[WHY_MAX_BYTES];

	snprintf(copy, sizeof(copy), "%s", why); /* may be the context's own */
	let_go(l, freed_by_itself);
	fail_calls(l);
	if (l->dying)
		loop_timer_set(l->timer, 0);
	else
		schedule(l);
	if (!l->closed)
		l->o.down(l->o.arg, copy);
}

/* It has ended and frees itself. */
static void ended_by_itself(struct link *l, const redisAsyncContext *ac, const char *why)
{
	if (ac != l->dying) {
		lose(l, why, true);
		return;
	}
	l->dying = NULL;
	schedule(l);
}

void link_drop(struct link *l, const char *why)
{
	if (l->ac)
		lose(l, why, false);
}

static void on_reply(redisAsyncContext *ac, void *data, void *privdata)
{
	struct call *c = privdata;
	struct link *l = c->link;

	(void)ac;
	if (l) {
		DL_DELETE(l->calls, c);
		c->fn(c->arg, data);
	}
	free(c);
}

static void on_connect(const redisAsyncContext *ac, int status)
{
	struct link *l = ac->data;

	if (l && status != REDIS_OK)
		ended_by_itself(l, ac, ac->errstr && *ac->errstr ? ac->errstr : "cannot connect");
}

static void on_disconnect(const redisAsyncContext *ac, int status)
{
	struct link *l = ac->data;

	(void)status;
	if (l)
		ended_by_itself(l, ac, ac->errstr && *ac->errstr ? ac->errstr : "closed by Redis");
}

static void call(struct link *l, const struct link_words *w, link_reply_fn *fn, void *arg)
{
	struct call *c;

	if (!l->ac) {
		fn(arg, NULL);
		return;
	}
	c = xmalloc(sizeof(*c));
	*c = (struct call){.link = l, .fn = fn, .arg = arg, .sent_ms = loop_boottime_ms()};
	if (redisAsyncCommandArgv(l->ac, on_reply, c, w->count, (const char **)w->word, w->len) != REDIS_OK) {
		free(c);
		fn(arg, NULL);
		return;
	}
	DL_APPEND(l->calls, c);
}

void link_send(struct link *l, const struct link_words *w, link_reply_fn *fn, void *arg)
{
	if (l->up)
		call(l, w, fn, arg);
	else
		fn(arg, NULL);
}

/*
 * Not by redisAsyncHandleWrite: that frees the context on an error, and we may be within a callback of it. An error
 * seen here stays in the context, and the loop's own write finds it.
 */
void link_flush(struct link *l)
{
	redisAsyncContext *ac = l->ac;
	int done = 0;

	if (l->up && redisBufferWrite(&ac->c, &done) == REDIS_OK && done)
		ac->ev.delWrite(ac->ev.data);
}

static void refuse(struct link *l, const char *why)
{
	char copy[WHY_MAX_BYTES];

	snprintf(copy, sizeof(copy), "%s", why);
	link_close(l);
	l->o.refused(l->o.arg, copy);
}

static void on_auth(void *arg, redisReply *r)
{
	struct link *l = arg;

	if (!r)
		return;
	if (link_error_of(r) == LINK_ERROR_PERMANENT)
		refuse(l, r->str);
	else if (link_error_of(r))
		link_drop(l, r->str);
}

/* The number after "name:" at the beginning of a line of INFO, or -1. */
static long info_number(const char *info, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = info; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, name, len) && line[len] == ':')
			return strtol(line + len + 1, NULL, 10);
		if (!*line)
			break;
	}
	return -1;
}

static void on_info(void *arg, redisReply *r)
{
	struct link *l = arg;

	if (!r)
		return;
	if (link_error_of(r)) {
		if (!strncmp(r->str, "NOPERM", 6)) {
			log_line(LOG_LEVEL_WARN, "redis_info_forbidden", "effect", "%s", "replicas are not waited for",
				 NULL);
		} else if (link_error_of(r) == LINK_ERROR_PERMANENT) {
			refuse(l, r->str);
			return;
		} else {
			link_drop(l, r->str);
			return;
		}
	} else if (r->type == REDIS_REPLY_STRING) {
		if (info_number(r->str, "loading") == 1) {
			l->connecting_ms = loop_boottime_ms();
			loop_timer_set(l->timer, LOADING_LOOK_MS);
			return;
		}
		l->replicas = (int)info_number(r->str, "connected_slaves");
	}
	l->up = true;
	l->connecting_ms = 0;
	l->backoff_ms = BACKOFF_FIRST_MS;
	l->o.up(l->o.arg);
}

/* AUTH once, then INFO until the data set is loaded. */
static void introduce(struct link *l)
{
	struct link_words auth = {0}, info = {0};

	if (l->o.target.auth && !l->authorized) {
		link_words_add(&auth, "AUTH");
		if (*l->o.target.user)
			link_words_add(&auth, l->o.target.user);
		link_words_add(&auth, l->o.target.password);
		call(l, &auth, on_auth, l);
	}
	l->authorized = true;
	link_words_add(&info, "INFO");
	call(l, &info, on_info, l);
}

static void connect_now(struct link *l)
{
	const struct target *t = &l->o.target;
	redisAsyncContext *ac;

	if (l->o.prepare && !l->o.prepare(l->o.arg)) {
		if (!l->closed)
			schedule(l);
		return;
	}
	ac = *t->path ? redisAsyncConnectUnix(t->path) : redisAsyncConnect(t->host, t->port);
	if (!ac)
		abort(); /* out of memory */
	l->ac = ac;
	ac->data = l;
	l->connecting_ms = loop_boottime_ms();
	if (ac->err || redisLibeventAttach(ac, loop_base(l->loop)) != REDIS_OK) {
		lose(l, *ac->errstr ? ac->errstr : "cannot connect", false);
		return;
	}
	ac->c.reader->maxbuf = 0; /* keep the read buffer between replies */
	redisAsyncSetConnectCallback(ac, on_connect);
	redisAsyncSetDisconnectCallback(ac, on_disconnect);
	introduce(l);
}

static void on_timer(void *arg)
{
	struct link *l = arg;

	if (reap(l)) {
		schedule(l);
		return;
	}
	if (l->closed || l->up)
		return;
	if (l->ac)
		introduce(l);
	else if (!l->o.once)
		connect_now(l);
}

struct link *link_new(struct loop *loop, const struct link_options *o)
{
	struct link *l = xcalloc(1, sizeof(*l));

	l->loop = loop;
	l->o = *o;
	l->backoff_ms = BACKOFF_FIRST_MS;
	l->timer = loop_timer_new(loop, on_timer, l);
	return l;
}

void link_open(struct link *l)
{
	if (!l->ac && !l->dying && !l->closed)
		connect_now(l);
}

void link_close(struct link *l)
{
	l->closed = true;
	lose(l, "closed", false);
}

void link_free(struct link *l)
{
	if (!l)
		return;
	l->closed = true;
	let_go(l, false);
	fail_calls(l);
	reap(l);
	loop_timer_free(l->timer);
	free(l);
}

bool link_is_up(const struct link *l)
{
	return l->up;
}

int link_replicas(const struct link *l)
{
	return l->replicas;
}

int64_t link_waiting_since(const struct link *l)
{
	if (l->connecting_ms)
		return l->connecting_ms;
	return l->calls ? l->calls->sent_ms : 0;
}

void link_forgive(struct link *l)
{
	int64_t now = loop_boottime_ms();
	struct call *c;

	if (l->connecting_ms)
		l->connecting_ms = now;
	DL_FOREACH(l->calls, c) {
		c->sent_ms = now;
	}
}

void link_words_add_bytes(struct link_words *w, const char *word, size_t len)
{
	if (w->count == LINK_WORDS_MAX)
		abort();
	w->word[w->count] = word;
	w->len[w->count++] = len;
}

void link_words_add(struct link_words *w, const char *word)
{
	link_words_add_bytes(w, word, strlen(word));
}

enum link_error link_error_of(const redisReply *r)
{
	static const char *const permanent[] = {
		"NOPERM",
		"WRONGTYPE",
		"NOAUTH",
		"WRONGPASS",
		"ERR unknown command",
		"ERR syntax error",
		"ERR wrong number",
		"ERR invalid password",
		"ERR invalid username",
		"ERR AUTH",
		"ERR Client sent AUTH",
		"ERR unknown subcommand",
	};

	if (r->type != REDIS_REPLY_ERROR)
		return LINK_ERROR_NONE;
	for (size_t i = 0; i < sizeof(permanent) / sizeof(*permanent); i++)
		if (!strncasecmp(r->str, permanent[i], strlen(permanent[i])))
			return LINK_ERROR_PERMANENT;
	return strstr(r->str, "equal or smaller") ? LINK_ERROR_STALE : LINK_ERROR_TRANSIENT;
}
