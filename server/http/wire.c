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
 */
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"

#define KEPT_BYTES 1024 /* memory kept for what comes early */

/* ---- in ---- */

static void listen_to(struct conn *c, bool on)
{
	if (c->deaf != on)
		return;
	c->deaf = !on;
	if (on)
		event_add(c->readable, NULL);
	else
		event_del(c->readable);
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

/* False where nothing has come, or the connection broke and is gone. */
static bool receive(struct conn *c)
{
	ssize_t n = recv(c->fd, c->h->inbox, INBOX_BYTES - wire_unread(c), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		conn_close(c, CONN_END_ERROR);
		return false;
	}
	if (n == 0) {
		c->eof = true;
		listen_to(c, false);
	}
	c->fresh = c->h->inbox;
	c->n_fresh = (size_t)n;
	return true;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	if (!(what & EV_READ) || c->deaf || receive(c))
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

void conn_queue(struct conn *c, const struct iovec *iov, int n, size_t sent, struct blob *b)
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
	if (c->waits)
		event_add(c->writable, NULL);
	if (!c->stall_ms)
		c->stall_ms = http_now_ms() + c->h->limits.write_timeout_ms;
}

bool conn_write(struct conn *c, const struct iovec *iov, int n, struct blob *b)
{
	struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)iov, .msg_iovlen = (size_t)n};
	size_t total = 0;
	ssize_t sent = 0;

	for (int i = 0; i < n; i++)
		total += iov[i].iov_len;
	if (!conn_queued(c)) {
		sent = n == 1 ? send(c->fd, iov->iov_base, iov->iov_len, MSG_NOSIGNAL) :
				sendmsg(c->fd, &message, MSG_NOSIGNAL);
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

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	if ((what & EV_WRITE) && evbuffer_write(c->output, fd) < 0 && errno != EAGAIN && errno != EINTR) {
		conn_close(c, CONN_END_ERROR);
		return;
	}
	c->waits = evbuffer_get_length(c->output);
	if (!c->waits)
		event_del(c->writable);
	if (c->waits <= c->low)
		conn_written(c);
}

void wire_written_later(struct conn *c)
{
	event_active(c->writable, EV_TIMEOUT, 0);
}

/* ---- both ---- */

void wire_open(struct conn *c)
{
	c->readable = event_new(c->h->base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(c->h->base, c->fd, EV_WRITE | EV_PERSIST, on_writable, c);
	c->output = evbuffer_new();
	if (!c->readable || !c->writable || !c->output || event_add(c->readable, NULL) < 0)
		abort(); /* out of memory */
}

void wire_close(struct conn *c)
{
	event_free(c->readable);
	event_free(c->writable);
	evbuffer_free(c->output);
	close(c->fd);
	buf_free(&c->kept);
}
