/*
 * The bytes of a connection, in and out.
 *
 *   socket -> inbox of the server -> handled at once, nearly always
 *                                 -> kept, where it cannot be yet; at INBOX_BYTES the socket is not read any more
 *   answer -> socket
 *          -> output, what the socket does not take
 *
 * One event for reading stays in the loop for as long as the socket is read, and one for writing is in it while output
 * waits; so a request that comes whole and an answer that goes whole cost one system call each and no copy.
 *
 * With TLS the bytes pass through tls.c, a record at a time. Two things are different then. What has come may lie
 * in the connection while the socket is silent ("more"). And either direction may have to wait for the other
 * readiness of the socket ("crossed"), which happens when a client changes its keys.
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "tls.h"

#define KEPT_BYTES 1024    /* memory kept for what comes early */
#define RECORDS_AT_ONCE 16 /* read or sent by one connection; then others have their turn */

/* The loop tells only what something can be done with. */
static void watch(struct conn *c)
{
	bool in = c->crossed_write || (!c->deaf && !c->crossed_read);
	bool out = c->crossed_read || c->goodbye || (c->waits && !c->crossed_write);

	if (in && !c->watched_in)
		event_add(c->readable, NULL);
	else if (!in && c->watched_in)
		event_del(c->readable);
	if (out && !c->watched_out)
		event_add(c->writable, NULL);
	else if (!out && c->watched_out)
		event_del(c->writable);
	c->watched_in = in;
	c->watched_out = out;
}

/* ---- in ---- */

static void listen_to(struct conn *c, bool on)
{
	static const struct timeval at_once = {0};

	if (c->deaf == on) {
		c->deaf = !on;
		watch(c);
	}
	/* In the next turn: others are served between two inboxes full. */
	if (on && c->more)
		event_add(c->readable, &at_once);
}

size_t wire_piece(const struct conn *c, const char **data)
{
	size_t kept = c->kept.len - c->kept_at;

	*data = kept ? c->kept.data + c->kept_at : c->fresh;
	return kept ? kept : c->n_fresh;
}

void wire_eat(struct conn *c, size_t n)
{
	if (c->kept.len == c->kept_at) {
		c->fresh += n;
		c->n_fresh -= n;
		return;
	}
	c->kept_at += n;
	if (c->kept_at < c->kept.len)
		return;
	c->kept_at = 0;
	if (c->kept.cap > KEPT_BYTES)
		buf_free(&c->kept);
	else
		buf_clear(&c->kept);
}

void wire_keep(struct conn *c)
{
	if (c->n_fresh && c->kept_at) {
		c->kept.len -= c->kept_at;
		memmove(c->kept.data, c->kept.data + c->kept_at, c->kept.len);
		c->kept_at = 0;
	}
	if (c->n_fresh)
		buf_add(&c->kept, c->fresh, c->n_fresh);
	c->n_fresh = 0;
	listen_to(c, !c->eof && wire_unread(c) < INBOX_BYTES);
}

size_t wire_discard(struct conn *c)
{
	size_t n = wire_unread(c);

	c->n_fresh = 0;
	c->kept_at = 0;
	buf_free(&c->kept);
	listen_to(c, !c->eof);
	return n;
}

/* Takes the connection's next bytes as fresh; n = 0: there are none, and none will come. */
static void take(struct conn *c, size_t n, bool eof)
{
	c->fresh = c->h->inbox;
	c->n_fresh = n;
	if (!eof)
		return;
	c->eof = true;
	listen_to(c, false);
}

/* Reads records until what the socket had is used up, the inbox is full, or it is enough for now. */
static bool receive_tls(struct conn *c)
{
	size_t room = INBOX_BYTES - wire_unread(c), len = 0, got;
	enum tls_step step;
	int records = 0;

	do {
		step = tls_read(c->tls, c->h->inbox + len, room - len, &got);
		if (step == TLS_DONE)
			len += got;
	} while (step == TLS_DONE && len < room && ++records < RECORDS_AT_ONCE && tls_has_more(c->tls));
	/* What came before a break is handled first; the break is met again. */
	c->more = step == TLS_DONE ? tls_has_more(c->tls) : step == TLS_BROKEN;
	c->crossed_read = step == TLS_WANTS_WRITE;
	if (c->crossed_read)
		watch(c);
	if (len || step == TLS_EOF) {
		take(c, len, step == TLS_EOF);
		return true;
	}
	if (step == TLS_BROKEN)
		conn_close(c, CONN_END_ERROR);
	return false;
}

/* False where nothing has come, or the connection broke and is gone. */
static bool receive(struct conn *c)
{
	ssize_t n;

	if (c->tls)
		return receive_tls(c);
	n = recv(c->fd, c->h->inbox, INBOX_BYTES - wire_unread(c), 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		conn_close(c, CONN_END_ERROR);
		return false;
	}
	take(c, (size_t)n, n == 0);
	return true;
}

/* True where it is done and something has come behind it. */
static bool shake_hands(struct conn *c)
{
	enum tls_step step = tls_handshake(c->tls);

	c->crossed_read = step == TLS_WANTS_WRITE;
	watch(c);
	if (step == TLS_DONE) {
		conn_greeted(c);
		return tls_has_more(c->tls);
	}
	if (step == TLS_EOF) {
		conn_close(c, CONN_END_EOF);
	} else if (step == TLS_PLAIN || step == TLS_BROKEN) {
		/* Whatever is said now is said in clear. */
		tls_close(c->tls, false);
		c->tls = NULL;
		conn_not_greeted(c, step == TLS_PLAIN);
	}
	return false;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	bool read = (what & EV_READ) || c->more;

	(void)fd;
	if ((what & EV_TIMEOUT) && c->watched_in)
		event_add(c->readable, NULL); /* a timeout has taken it out of the loop */
	if (c->crossed_write && (what & EV_READ)) {
		c->crossed_write = false;
		watch(c);
		event_active(c->writable, EV_WRITE, 0);
	}
	if (c->state == CONN_HANDSHAKING && (!read || !shake_hands(c)))
		return;
	if (!read || c->deaf || receive(c))
		conn_arrived(c);
}

void wire_arrived_later(struct conn *c)
{
	event_active(c->readable, EV_TIMEOUT, 0);
}

/* ---- out ---- */

static void unref_blob(const void *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	blob_unref(arg);
}

static void enqueue(struct conn *c, const struct iovec *iov, int n, size_t sent, struct blob *b)
{
	for (int i = 0; i < n; i++) {
		size_t skip = sent < iov[i].iov_len ? sent : iov[i].iov_len;
		const char *data = iov[i].iov_base;
		size_t len = iov[i].iov_len - skip;
		int r = 0;

		sent -= skip;
		c->queued += len;
		if (len && b && i == n - 1)
			r = evbuffer_add_reference(c->output, data + skip, len, unref_blob, blob_ref(b));
		else if (len)
			r = evbuffer_add(c->output, data + skip, len);
		if (r < 0)
			abort(); /* out of memory */
	}
	c->waits = evbuffer_get_length(c->output);
	if (!c->stall_ms)
		c->stall_ms = http_now_ms() + c->h->limits.write_timeout_ms;
}

void conn_queue(struct conn *c, const struct iovec *iov, int n, size_t sent, struct blob *b)
{
	enqueue(c, iov, n, sent, b);
	watch(c);
}

/* Sends what waits as far as the socket takes it; false where the connection broke. */
static bool flush_tls(struct conn *c)
{
	enum tls_step step = TLS_DONE;

	for (int i = 0; i < RECORDS_AT_ONCE && step == TLS_DONE; i++) {
		size_t len = evbuffer_get_length(c->output), took;

		if (!len)
			break;
		if (len > RECORD_BYTES)
			len = RECORD_BYTES;
		step = tls_write(c->tls, evbuffer_pullup(c->output, (ev_ssize_t)len), len, &took);
		if (step == TLS_DONE)
			evbuffer_drain(c->output, took);
	}
	c->crossed_write = step == TLS_WANTS_READ;
	return step == TLS_DONE || step == TLS_WANTS_READ || step == TLS_WANTS_WRITE;
}

static bool flush(struct conn *c)
{
	bool ok = c->tls ? flush_tls(c) : evbuffer_write(c->output, c->fd) >= 0 || errno == EAGAIN || errno == EINTR;

	if (!ok) {
		conn_close(c, CONN_END_ERROR);
		return false;
	}
	c->waits = evbuffer_get_length(c->output);
	watch(c);
	return true;
}

/* One contiguous piece of them all; they are no more than a record. */
static const char *gather(struct conn *c, const struct iovec *iov, int n)
{
	size_t len = 0;

	if (n == 1)
		return iov->iov_base;
	for (int i = 0; i < n; i++) {
		memcpy(c->h->outbox + len, iov[i].iov_base, iov[i].iov_len);
		len += iov[i].iov_len;
	}
	return c->h->outbox;
}

/* Nothing waits. What fits a record is one, and mostly leaves at once. */
static bool write_tls(struct conn *c, const struct iovec *iov, int n, size_t total, struct blob *b)
{
	enum tls_step step;
	size_t took = 0;

	if (total > RECORD_BYTES) {
		enqueue(c, iov, n, 0, b);
		if (!flush(c))
			return false;
		if (!c->waits)
			c->stall_ms = 0;
		return true;
	}
	step = tls_write(c->tls, gather(c, iov, n), total, &took);
	if (step != TLS_DONE && step != TLS_WANTS_READ && step != TLS_WANTS_WRITE) {
		conn_close(c, CONN_END_ERROR);
		return false;
	}
	c->crossed_write = step == TLS_WANTS_READ;
	if (took < total)
		conn_queue(c, iov, n, took, b);
	return true;
}

static bool write_plain(struct conn *c, const struct iovec *iov, int n, size_t total, struct blob *b)
{
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)iov, .msg_iovlen = (size_t)n};
	ssize_t sent = n == 1 ? send(c->fd, iov->iov_base, iov->iov_len, MSG_NOSIGNAL) :
				sendmsg(c->fd, &message, MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		conn_close(c, CONN_END_ERROR);
		return false;
	}
	if (sent < 0)
		sent = 0;
	if ((size_t)sent < total)
		conn_queue(c, iov, n, (size_t)sent, b);
	return true;
}

bool conn_write(struct conn *c, const struct iovec *iov, int n, struct blob *b)
{
	size_t total = 0;

	for (int i = 0; i < n; i++)
		total += iov[i].iov_len;
	if (!total)
		return true;
	if (conn_queued(c)) {
		conn_queue(c, iov, n, 0, b);
		return true;
	}
	return c->tls ? write_tls(c, iov, n, total, b) : write_plain(c, iov, n, total, b);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	if (c->crossed_read && (what & EV_WRITE)) {
		c->crossed_read = false;
		watch(c);
		event_active(c->readable, EV_READ, 0);
	}
	if ((what & EV_WRITE) && !flush(c))
		return;
	if (c->waits <= c->low)
		conn_written(c);
}

void wire_written_later(struct conn *c)
{
	event_active(c->writable, EV_TIMEOUT, 0);
}

/* ---- both ---- */

void wire_open(struct conn *c, const struct tls *t)
{
	c->readable = event_new(c->h->base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(c->h->base, c->fd, EV_WRITE | EV_PERSIST, on_writable, c);
	c->output = evbuffer_new();
	if (!c->readable || !c->writable || !c->output)
		abort(); /* out of memory */
	if (t)
		c->tls = tls_open(t, c->fd);
	watch(c);
}

enum wire_shut wire_shut(struct conn *c)
{
	enum tls_step step = c->tls ? tls_shut(c->tls) : TLS_DONE;

	c->goodbye = step == TLS_WANTS_WRITE;
	if (c->tls)
		watch(c);
	if (c->goodbye)
		return WIRE_SHUTS_LATER;
	return step == TLS_DONE && shutdown(c->fd, SHUT_WR) == 0 ? WIRE_SHUT : WIRE_BROKEN;
}

void wire_close(struct conn *c, bool orderly)
{
	tls_close(c->tls, orderly);
	event_free(c->readable);
	event_free(c->writable);
	evbuffer_free(c->output);
	close(c->fd);
	buf_free(&c->kept);
}
