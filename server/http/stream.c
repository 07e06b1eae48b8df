/*
 * Answers that go on: event streams and long bodies.
 *
 * A stream is written at once, as far as the socket takes it; what is left waits by reference, so one picture for two
 * hundred watchers is one piece of memory. A long body is only queued, and its owner hears when there is room: that
 * makes its pace the client's.
 */
#include <stdio.h>
#include <string.h>

#include "conn.h"

static struct iovec piece(const void *data, size_t len)
{
	return (struct iovec){.iov_base = (void *)(uintptr_t)data, .iov_len = len};
}

/* Sends the head of an answer that goes on. */
static bool begin(struct conn *c, const char *content_type, const char *headers, bool keep)
{
	struct reply_head head;
	struct iovec iov[2];

	reply_head(c, &head, 200, content_type, -1, keep);
	iov[0] = piece(head.text, head.len);
	iov[1] = piece(headers, strlen(headers));
	reply_report(c, 200);
	return conn_write(c, iov, 2, NULL);
}

bool http_stream_open(struct http *h, http_id id)
{
	struct conn *c = http_find(h, id, CONN_WAITING);

	if (!c || !begin(c, "text/event-stream", "Cache-Control: no-cache\r\nX-Accel-Buffering: no\r\n\r\n", false))
		return false;
	if (c->head_only) {
		conn_answered(c, false);
		return false;
	}
	conn_become(c, CONN_STREAM);
	return true;
}

bool http_stream_send(struct http *h, http_id id, struct blob *b)
{
	struct conn *c = http_find(h, id, CONN_STREAM);
	struct iovec iov = piece(b->data, b->len);

	if (!c)
		return false;
	if (conn_queued(c) > h->limits.stream_behind_max_bytes) {
		conn_close(c, CONN_END_SLOW);
		return false;
	}
	return conn_write(c, &iov, 1, b);
}

void http_stream_close(struct http *h, http_id id)
{
	struct conn *c = http_find(h, id, CONN_STREAM);

	if (!c)
		return;
	c->id = 0;
	conn_finish(c);
}

bool http_body_begin(struct http *h, http_id id, const char *content_type)
{
	struct conn *c = http_find(h, id, CONN_WAITING);

	if (!c)
		return false;
	c->chunked = !c->http_1_0;
	c->keep_alive = c->keep_alive && c->chunked && !h->draining;
	if (!begin(c, content_type, c->chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n", c->keep_alive))
		return false;
	conn_become(c, CONN_BODY);
	return true;
}

long http_body_send(struct http *h, http_id id, const void *data, size_t len)
{
	struct conn *c = http_find(h, id, CONN_BODY);
	struct iovec iov[3];
	char size[24];
	int n;

	if (!c)
		return -1;
	if (c->head_only) {
		wire_written_later(c);
		return 0;
	}
	if (len) {
		n = snprintf(size, sizeof(size), "%zx\r\n", len);
		iov[0] = piece(size, c->chunked ? (size_t)n : 0);
		iov[1] = piece(data, len);
		iov[2] = piece("\r\n", c->chunked ? 2 : 0);
		conn_queue(c, iov, 3, 0, NULL);
	}
	return (long)conn_queued(c);
}

void http_body_end(struct http *h, http_id id)
{
	struct conn *c = http_find(h, id, CONN_BODY);
	struct iovec last = piece("0\r\n\r\n", 5);

	if (!c)
		return;
	if (c->chunked && !c->head_only)
		conn_queue(c, &last, 1, 0, NULL);
	conn_answered(c, c->keep_alive && !h->draining);
}

void http_body_abort(struct http *h, http_id id)
{
	struct conn *c = http_find(h, id, CONN_BODY);

	if (c)
		conn_close(c, CONN_END_ABORTED);
}
