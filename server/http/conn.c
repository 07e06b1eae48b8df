/*
 * The life of a connection.
 *
 *                 .-----------------------------------------.
 *                 v                                         | answered, kept alive
 *   accept -> READING --whole request--> WAITING --reply----+--close--> FLUSHING -> LINGERING -> gone
 *                 |                         |               |
 *                 |                         '-> STREAM, BODY'
 *                 '--refused--> FLUSHING
 *
 * One request at a time: while one is handled the next ones wait in the input buffer, and the buffer's watermark stops
 * the reading. The next request is not begun either while output waits, so a client that asks and does not read
 * costs one answer and not a thousand.
 *
 * A client that shuts down its writing side still gets its answers: end of input only ends a connection that has
 * nothing left to say. After the last answer our side is shut down and what still comes is read and thrown away for a
 * moment; closed at once, the kernel would answer it with a reset, which can take the answer from under the client.
 */
#include "conn.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

#define INPUT_MAX_BYTES (16 * 1024)          /* kept of what comes before it can be handled */
#define DISCARD_MAX_BYTES (32 * 1024 * 1024) /* read and thrown away after the last answer */
#define BODY_LOW_BYTES (256 * 1024)          /* a long body has room again */
#define STREAM_SNDBUF_BYTES (64 * 1024)      /* what the kernel may hold for a stream's reader */
#define STREAM_USER_TIMEOUT_MS 20000u        /* sent and not acknowledged for so long: the reader is gone */

size_t conn_queued(const struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

/* Adds or takes away (by = -1) what a connection counts for while it is in its state. */
static void count(struct conn *c, int by)
{
	if (c->state == CONN_WAITING || c->state == CONN_BODY)
		c->h->n_unanswered += (size_t)by;
	if (c->state == CONN_STREAM)
		c->h->n_streams += (size_t)by;
}

/* The one place where a state is changed. Columns: reading, waiting, stream, body, flushing, lingering. */
void conn_enter(struct conn *c, enum conn_state state)
{
	static const char allowed[][7] = {
		[CONN_READING] = "110010", [CONN_WAITING] = "101110",  [CONN_STREAM] = "000010",
		[CONN_BODY] = "100010",    [CONN_FLUSHING] = "000001", [CONN_LINGERING] = "000000",
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
	bufferevent_free(c->bev);
	request_free(&c->rq);
	free(c);
	if (owned && why != CONN_END_ABORTED && h->o.closed)
		h->o.closed(h->o.arg, id);
}

/* Our last byte is out. */
static void linger(struct conn *c)
{
	if (c->eof) {
		conn_close(c, CONN_END_EOF);
		return;
	}
	conn_enter(c, CONN_LINGERING);
	c->deadline_ms = http_now_ms() + c->h->limits.linger_ms;
	if (shutdown(c->fd, SHUT_WR) < 0)
		conn_close(c, CONN_END_ERROR);
}

void conn_finish(struct conn *c)
{
	bufferevent_setwatermark(c->bev, EV_WRITE, 0, 0);
	conn_enter(c, CONN_FLUSHING);
	if (!conn_queued(c))
		linger(c);
}

void conn_discard(struct conn *c)
{
	struct evbuffer *input = bufferevent_get_input(c->bev);

	c->discarded += evbuffer_get_length(input);
	evbuffer_drain(input, evbuffer_get_length(input));
	if (c->state != CONN_STREAM && c->discarded > DISCARD_MAX_BYTES)
		conn_close(c, CONN_END_LINGERED);
}

static void unref_blob(const void *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	blob_unref(arg);
}

void conn_queue(struct conn *c, const struct iovec *iov, int n, size_t sent, struct blob *b)
{
	struct evbuffer *output = bufferevent_get_output(c->bev);

	for (int i = 0; i < n; i++) {
		size_t skip = sent < iov[i].iov_len ? sent : iov[i].iov_len;
		const char *data = iov[i].iov_base;
		size_t len = iov[i].iov_len - skip;
		int r = 0;

		sent -= skip;
		c->queued += len;
		if (len && b && i == n - 1)
			r = evbuffer_add_reference(output, data + skip, len, unref_blob, blob_ref(b));
		else if (len)
			r = evbuffer_add(output, data + skip, len);
		if (r < 0)
			abort(); /* out of memory */
	}
	if (!c->stall_ms)
		c->stall_ms = http_now_ms() + c->h->limits.write_timeout_ms;
}

void conn_drained_later(struct conn *c)
{
	bufferevent_trigger(c->bev, EV_WRITE, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

bool conn_write(struct conn *c, const struct iovec *iov, int n, struct blob *b)
{
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)iov, .msg_iovlen = (size_t)n};
	size_t total = 0;
	ssize_t sent = 0;

	for (int i = 0; i < n; i++)
		total += iov[i].iov_len;
	if (!conn_queued(c)) {
		sent = sendmsg(c->fd, &message, MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR) {
			conn_close(c, CONN_END_ERROR);
			return false;
		}
		if (sent < 0)
			sent = 0;
	}
	if ((size_t)sent < total)
		conn_queue(c, iov, n, (size_t)sent, b);
	return true;
}

/* Reads on in the next turn: whoever answers must not find himself in the handler of the next request. */
static void resume_later(struct conn *c)
{
	if (c->eof || evbuffer_get_length(bufferevent_get_input(c->bev)))
		bufferevent_trigger(c->bev, EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
}

void conn_answered(struct conn *c, bool keep)
{
	c->id = 0;
	bufferevent_setwatermark(c->bev, EV_WRITE, 0, 0);
	if (!keep) {
		conn_finish(c);
		return;
	}
	conn_enter(c, CONN_READING);
	if (c->busy)
		return;
	c->deadline_ms = http_now_ms() + c->h->limits.idle_timeout_ms;
	resume_later(c);
}

void conn_become(struct conn *c, enum conn_state state)
{
	int sndbuf = STREAM_SNDBUF_BYTES;
	unsigned timeout = STREAM_USER_TIMEOUT_MS;

	conn_enter(c, state);
	if (state == CONN_BODY) {
		bufferevent_setwatermark(c->bev, EV_WRITE, BODY_LOW_BYTES, 0);
		return;
	}
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
	setsockopt(c->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof(timeout));
	conn_discard(c);
}

static void read_cb(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (c->state == CONN_READING)
		serve_input(c);
	else if (c->state != CONN_WAITING && c->state != CONN_BODY)
		conn_discard(c);
}

static void write_cb(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (!conn_queued(c))
		c->stall_ms = 0;
	if (c->state == CONN_BODY && c->h->o.drained)
		c->h->o.drained(c->h->o.arg, c->id);
	else if (c->state == CONN_READING)
		serve_input(c);
	else if (c->state == CONN_FLUSHING && !conn_queued(c))
		linger(c);
}

static void event_cb(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	if (!(what & BEV_EVENT_EOF)) {
		conn_close(c, CONN_END_ERROR);
		return;
	}
	c->eof = true;
	if (c->state == CONN_READING)
		serve_input(c);
	else if (c->state == CONN_LINGERING)
		conn_close(c, CONN_END_EOF);
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

	if (c->state == CONN_READING && !c->busy && !request_started(&c->rq) && !conn_queued(c)) {
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
	struct conn *c = xcalloc(1, sizeof(*c));

	c->h = side->h;
	c->side = side;
	c->slot = slot;
	c->fd = fd;
	note_peer(c, address);
	request_init(&c->rq);
	c->bev = bufferevent_socket_new(side->h->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev)
		abort(); /* out of memory */
	bufferevent_setcb(c->bev, read_cb, write_cb, event_cb, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, INPUT_MAX_BYTES);
	if (bufferevent_enable(c->bev, EV_READ) < 0)
		abort();
	c->deadline_ms = http_now_ms() + side->h->limits.idle_timeout_ms;
	return c;
}
