/*
 * From bytes to handlers and on to the next request.
 *
 *   input -> request_feed -> head: route, limit of the body, 100 Continue -> body -> handler
 *               ^                                                                       |
 *               '---------------- answered, nothing of it still to be sent -------------'
 *
 * While this runs the connection is busy: whatever would end it waits until the loop is done with it.
 */
#include <string.h>

#include "conn.h"

/* "localhost", with a port or without, or a name below it (RFC 6761, 6.3). */
static bool is_localhost(const char *host)
{
	size_t len = host ? strcspn(host, ":") : 0, own = strlen("localhost");

	return len >= own && strncasecmp(host + len - own, "localhost", own) == 0 &&
	       (len == own || host[len - own - 1] == '.');
}

/* Finds the request's route and what it may hold; false where it was refused on the spot. */
static bool route_request(struct conn *c)
{
	struct request *rq = &c->rq;
	struct route_part part[HTTP_PARAMS_MAX];
	size_t max = HTTP_BODY_MAX_BYTES;

	c->keep_alive = rq->keep_alive;
	c->as_localhost = is_localhost(request_text(rq, rq->header_at[HEADER_HOST]));
	if (!rq->scan.other_method)
		c->route = route_find(&c->h->routes, rq->scan.method, rq->text.data + rq->path_at, c->side->door, part);
	if (c->route && c->route->body_max_bytes)
		max = c->route->body_max_bytes;
	if (rq->content_length > max) {
		reply_refusal(c, 413, "The body is larger than is taken here.");
		return false;
	}
	for (int i = 0; i < HTTP_PARAMS_MAX; i++)
		c->param_at[i] = c->route && part[i].at >= 0 ? request_note(rq, part[i].at, part[i].len) : 0;
	return true;
}

static void answer_no_route(struct conn *c)
{
	struct buf allow = {0};
	struct http *h = c->h;

	buf_add_str(&allow, "Allow: ");
	route_allow(&h->routes, c->rq.text.data + c->rq.path_at, c->side->door, &allow);
	if (allow.len > strlen("Allow: ")) {
		buf_add_str(&allow, "\r\n");
		reply_problem(c, 405, "method_not_allowed", "This resource has other methods.", allow.data);
	} else {
		reply_problem(c, 404, "not_found", "There is nothing under this path.", NULL);
	}
	buf_free(&allow);
}

static void call_handler(struct conn *c)
{
	const struct request *rq = &c->rq;
	struct http_request view = {
		.id = c->id = http_next_id(c->h, c->slot),
		.method = rq->scan.method,
		.path = rq->text.data + rq->path_at,
		.query = rq->text.data + rq->query_at,
		.body = rq->text.data + rq->body_at,
		.body_len = rq->body_len,
		.authorization = request_text(rq, rq->header_at[HEADER_AUTHORIZATION]),
		.cookie = request_text(rq, rq->header_at[HEADER_COOKIE]),
		.content_type = request_text(rq, rq->header_at[HEADER_CONTENT_TYPE]),
		.if_none_match = request_text(rq, rq->header_at[HEADER_IF_NONE_MATCH]),
		.origin = request_text(rq, rq->header_at[HEADER_ORIGIN]),
		.host = request_text(rq, rq->header_at[HEADER_HOST]),
		.peer = c->peer,
		.loopback = c->loopback,
		.door = c->side->door,
		.secure = c->tls != NULL,
		.keep = c->keep,
	};

	for (int i = 0; i < HTTP_PARAMS_MAX; i++)
		view.param[i] = request_text(rq, c->param_at[i]);
	conn_enter(c, CONN_WAITING);
	c->route->fn(c->h->o.arg, &view);
}

static void dispatch(struct conn *c)
{
	if (c->route)
		call_handler(c);
	else
		answer_no_route(c);
	request_reset(&c->rq);
	if (c->state == CONN_READING)
		c->route = NULL;
}

/* The head is read: the request is routed, and its body asked for where the client waits for that. */
static void begin_body(struct conn *c)
{
	size_t used;

	if (!route_request(c))
		return;
	if (c->rq.expects_continue && !wire_unread(c)) {
		if (c->route) {
			reply_continue(c);
		} else {
			/* Whether the body still comes after this answer cannot be known. */
			c->keep_alive = false;
			answer_no_route(c);
			return;
		}
	}
	if (!c->rq.content_length && request_feed(&c->rq, "", 0, &used) == REQUEST_DONE)
		dispatch(c);
}

/* Reads one contiguous piece of what has come; false where there is none. */
static bool read_piece(struct conn *c)
{
	const char *data;
	size_t used, len = wire_piece(c, &data);
	enum request_step step;

	if (!len)
		return false;
	if (!request_started(&c->rq)) {
		c->began_us = http_now_us();
		c->route = NULL;
	}
	step = request_feed(&c->rq, data, len, &used);
	wire_eat(c, used);
	c->head_only = c->rq.scan.head_method;
	c->http_1_0 = c->rq.scan.http_1_0;
	if (step == REQUEST_REFUSED)
		reply_refusal(c, c->rq.status, c->rq.detail);
	else if (step == REQUEST_HEAD)
		begin_body(c);
	else if (step == REQUEST_DONE)
		dispatch(c);
	return true;
}

/* All that has come is read, and no answer is on its way. */
static void rest(struct conn *c)
{
	const struct http_limits *limits = &c->h->limits;

	if (c->eof && request_started(&c->rq))
		reply_refusal(c, 400, "The connection ended within the request.");
	else if (c->eof)
		conn_close(c, CONN_END_EOF);
	else if (!request_started(&c->rq) && c->h->draining)
		conn_close(c, CONN_END_SHUTDOWN);
	else if (!request_started(&c->rq))
		c->deadline_ms = http_now_ms() + limits->idle_timeout_ms;
	else
		c->deadline_ms = c->began_us / 1000 +
				 (c->rq.head_known ? limits->request_timeout_ms : limits->header_timeout_ms);
}

void serve_input(struct conn *c)
{
	c->busy = true;
	while (c->state == CONN_READING && !c->ends && !conn_queued(c) && read_piece(c))
		;
	c->busy = false;
	wire_keep(c);
	if (c->ends)
		conn_close(c, c->ends);
	else if (c->state == CONN_READING && !conn_queued(c))
		rest(c);
	else if (c->state == CONN_FLUSHING || c->state == CONN_LINGERING || c->state == CONN_STREAM)
		conn_discard(c);
}
