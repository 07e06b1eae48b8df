/*
 * The life of a connection.
 *
 *                 .-----------------------------------------.
 *                 v                                         | answered, kept alive
 *   accept -> READING --whole request--> WAITING --reply----+--close--> FLUSHING -> LINGERING -> gone
 *      |        ^ |                         |               |
 *      | TLS    | |                         '-> STREAM, BODY'
 *      v        | '--refused--> FLUSHING
 *   HANDSHAKING-'--failed--> FLUSHING
 *
 * One request at a time: while one is handled the next ones are kept, and when enough is kept the socket is not read.
 * The next request is not begun either while output waits, so a client that asks and does not read costs one answer and
 * not a thousand.
 *
 * A client that shuts down its writing side still gets its answers: end of input only ends a connection that has
 * nothing left to say. After the last answer our side is shut down and what still comes is read and thrown away for a
 * moment; closed at once, the kernel would answer it with a reset, which can take the answer from under the client.
 */
#include "conn.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "tls.h"

#define DISCARD_MAX_BYTES (32 * 1024 * 1024) /* read and thrown away after the last answer */
#define BODY_LOW_BYTES (256 * 1024)          /* a long body has room again */
#define STREAM_SNDBUF_BYTES (64 * 1024)      /* what the kernel may hold for a stream's reader */
#define STREAM_USER_TIMEOUT_MS 20000u        /* sent and not acknowledged for so long: the reader is gone */

/* Adds or takes away (by = -1) what a connection counts for while it is in its state. */
static void count(struct conn *c, int by)
{
	if (c->state == CONN_WAITING || c->state == CONN_BODY)
		c->h->n_unanswered += (size_t)by;
	if (c->state == CONN_STREAM)
		c->h->n_streams += (size_t)by;
}

/* The one place where a state is changed. Columns: handshaking, reading, waiting, stream, body, flushing, lingering. */
void conn_enter(struct conn *c, enum conn_state state)
{
	static const char allowed[][8] = {
		[CONN_HANDSHAKING] = "0100010", [CONN_READING] = "0110010", [CONN_WAITING] = "0101110",
		[CONN_STREAM] = "0000010",      [CONN_BODY] = "0100010",    [CONN_FLUSHING] = "0000001",
		[CONN_LINGERING] = "0000000",
	};

	assert(allowed[c->state][state] == '1');
	count(c, -1);
	c->state = state;
	count(c, 1);
	c->deadline_ms = 0;
}

static void reset_on_close(struct conn *c)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* Without the address: it may be an attendee's phone. */
static void say_dropped(struct conn *c)
{
	bool stream = c->state == CONN_STREAM;

	c->h->n_dropped += stream;
	log_line(LOG_LEVEL_WARN, "reader_dropped", "what", "%s", stream ? "stream" : "answer", "route", "%s",
		 c->route ? c->route->pattern : "none", "behind_bytes", "%zu", conn_queued(c), NULL);
}

void conn_close(struct conn *c, enum conn_end why)
{
	bool owned = c->state == CONN_STREAM || c->state == CONN_BODY;
	struct http *h = c->h;
	http_id id = c->id;

	if (c->busy) {
		if (!c->ends)
			c->ends = why;
		return;
	}
	if (why == CONN_END_SLOW)
		say_dropped(c);
	if (why == CONN_END_SLOW || why == CONN_END_ABORTED)
		reset_on_close(c);
	count(c, -1);
	http_release(c->side, c->slot);
	wire_close(c, why != CONN_END_ERROR && why != CONN_END_SLOW && why != CONN_END_ABORTED);
	request_free(&c->rq);
	free(c);
	if (owned && why != CONN_END_ABORTED && h->o.closed)
		h->o.closed(h->o.arg, id);
}

/* Our last byte is out. */
static void linger(struct conn *c)
{
	enum wire_shut shut;

	if (c->eof) {
		conn_close(c, CONN_END_EOF);
		return;
	}
	shut = wire_shut(c);
	if (shut == WIRE_SHUTS_LATER) {
		c->stall_ms = http_now_ms() + c->h->limits.write_timeout_ms;
		return;
	}
	conn_enter(c, CONN_LINGERING);
	c->deadline_ms = http_now_ms() + c->h->limits.linger_ms;
	if (shut == WIRE_BROKEN)
		conn_close(c, CONN_END_ERROR);
}

void conn_finish(struct conn *c)
{
	c->low = 0;
	conn_enter(c, CONN_FLUSHING);
	if (!conn_queued(c))
		linger(c);
}

void conn_discard(struct conn *c)
{
	c->discarded += wire_discard(c);
	if (c->state != CONN_STREAM && c->discarded > DISCARD_MAX_BYTES)
		conn_close(c, CONN_END_LINGERED);
}

void conn_answered(struct conn *c, bool keep)
{
	c->id = 0;
	c->low = 0;
	if (!keep) {
		conn_finish(c);
		return;
	}
	conn_enter(c, CONN_READING);
	if (c->busy)
		return;
	c->deadline_ms = http_now_ms() + c->h->limits.idle_timeout_ms;
	/* Whoever answers must not find himself in the handler of the next request. */
	if (c->eof || wire_unread(c))
		wire_arrived_later(c);
}

void conn_become(struct conn *c, enum conn_state state)
{
	int sndbuf = STREAM_SNDBUF_BYTES;
	unsigned timeout = STREAM_USER_TIMEOUT_MS;

	conn_enter(c, state);
	if (state == CONN_BODY) {
		c->low = BODY_LOW_BYTES;
		return;
	}
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	setsockopt(c->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
	conn_discard(c);
}

void conn_greeted(struct conn *c)
{
	conn_enter(c, CONN_READING);
	c->deadline_ms = http_now_ms() + c->h->limits.idle_timeout_ms;
}

/*
 * Whoever comes without TLS is told, and not led on: a program that is would go on sending its token in clear, and
 * nobody would notice.
 */
void conn_not_greeted(struct conn *c, bool http)
{
	c->began_us = http_now_us();
	if (http)
		reply_problem(c, 400, "tls_required", "This address speaks TLS: it begins with https://.", NULL);
	else
		conn_finish(c); /* the alert is out; it arrives before the end */
}

void conn_arrived(struct conn *c)
{
	if (c->state == CONN_READING)
		serve_input(c);
	else if (c->state == CONN_WAITING || c->state == CONN_BODY)
		wire_keep(c);
	else if (c->state == CONN_LINGERING && c->eof)
		conn_close(c, CONN_END_EOF);
	else
		conn_discard(c);
}

void conn_written(struct conn *c)
{
	if (!conn_queued(c))
		c->stall_ms = 0;
	if (c->state == CONN_BODY && c->h->o.drained)
		c->h->o.drained(c->h->o.arg, c->id);
	else if (c->state == CONN_READING)
		serve_input(c);
	else if (c->state == CONN_FLUSHING && !conn_queued(c))
		linger(c);
}

/* Output waits: has any left since we looked? */
static bool output_moves(struct conn *c, int64_t now_ms)
{
	uint64_t left = c->queued - conn_queued(c);

	if (left == c->left)
		return false;
	c->left = left;
	c->stall_ms = now_ms + c->h->limits.write_timeout_ms;
	return true;
}

void conn_check(struct conn *c, int64_t now_ms)
{
	if (c->stall_ms && now_ms >= c->stall_ms && !output_moves(c, now_ms)) {
		conn_close(c, CONN_END_SLOW);
		return;
	}
	if (!c->deadline_ms || now_ms < c->deadline_ms)
		return;
	if (c->state == CONN_LINGERING)
		conn_close(c, CONN_END_LINGERED);
	else if (conn_queued(c))
		c->deadline_ms = now_ms + c->h->limits.idle_timeout_ms;
	else if (request_started(&c->rq))
		reply_refusal(c, 408, "The request did not come in time.");
	else
		conn_close(c, CONN_END_IDLE);
}

void conn_drain(struct conn *c)
{
	struct http *h = c->h;
	http_id id = c->id;

	if (c->state == CONN_HANDSHAKING ||
	    (c->state == CONN_READING && !c->busy && !request_started(&c->rq) && !conn_queued(c))) {
		conn_close(c, CONN_END_SHUTDOWN);
	} else if (c->state == CONN_STREAM) {
		c->id = 0;
		conn_finish(c); /* may free c */
		if (h->o.closed)
			h->o.closed(h->o.arg, id);
	}
}

static void note_peer(struct conn *c, const struct sockaddr *address)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	const struct sockaddr_in6 *six = (const void *)address;
	const struct sockaddr_in *four = (const void *)address;

	if (address->sa_family == AF_INET6 && memcmp(&six->sin6_addr, mapped, sizeof(mapped))) {
		inet_ntop(AF_INET6, &six->sin6_addr, c->peer, sizeof(c->peer));
		c->loopback = IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
	} else {
		const unsigned char *bytes = address->sa_family == AF_INET6 ? six->sin6_addr.s6_addr + 12 :
									      (const void *)&four->sin_addr;

		inet_ntop(AF_INET, bytes, c->peer, sizeof(c->peer));
		c->loopback = bytes[0] == 127;
	}
}

struct conn *conn_new(struct http_side *side, unsigned slot, int fd, const struct sockaddr *address)
{
	bool secure = side->door != HTTP_PLAIN && tls_is_loaded(side->h->tls);
	const struct http_limits *limits = &side->h->limits;
	struct conn *c = xcalloc(1, sizeof(*c));

	c->h = side->h;
	c->side = side;
	c->slot = slot;
	c->fd = fd;
	note_peer(c, address);
	request_init(&c->rq);
	wire_open(c, secure ? side->h->tls : NULL);
	c->state = secure ? CONN_HANDSHAKING : CONN_READING;
	c->deadline_ms = http_now_ms() + (secure ? limits->handshake_timeout_ms : limits->idle_timeout_ms);
	return c;
}
