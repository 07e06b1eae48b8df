#ifndef VAXLINE_HTTP_H
#define VAXLINE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "loop.h"

/*
 * HTTP/1.1 as a site needs it: requests, replies, event streams, long bodies, static files. RFC 9110, RFC 9112.
 *
 * A request is handed to the handler of its route and named by a number from then on. Whoever answers later gives the
 * number back; where the connection is gone meanwhile the answer goes nowhere. One connection handles one request at a
 * time, so pipelined requests are answered in order.
 *
 *   bytes -> conn (llhttp + what llhttp lets through) -> route table -> handler
 *   handler, at once or later -> http_reply(id) -> conn -> bytes
 */

/* Limits; each is enforced with the answer named, then the connection is closed. */
#define HTTP_LINE_MAX_BYTES 2048         /* request target; 414 */
#define HTTP_HEADERS_MAX 40              /* header lines; 431 */
#define HTTP_HEADER_MAX_BYTES 8192       /* all header lines together; 431 */
#define HTTP_BODY_MAX_BYTES (64 * 1024)  /* unless the route allows more; 413 */
#define HTTP_HEADER_TIMEOUT_MS 10000     /* from the first byte to the end of the headers; 408 */
#define HTTP_REQUEST_TIMEOUT_MS 30000    /* the whole request; 408 */
#define HTTP_HANDSHAKE_TIMEOUT_MS 10000  /* from accepting to the end of the TLS handshake; closed in silence */
#define HTTP_IDLE_TIMEOUT_MS 60000       /* kept alive without a byte; closed in silence */
#define HTTP_CONNECTIONS_MAX 4096        /* staff listener; accepting pauses at the cap */
#define HTTP_PUBLIC_CONNECTIONS_MAX 1024 /* public listener, and as many at the plain one */
#define HTTP_STREAM_BEHIND_MAX_BYTES (256 * 1024)
#define HTTP_WRITE_TIMEOUT_MS 30000 /* the client takes not one byte of what waits for it; reset */
#define HTTP_LINGER_MS 2000         /* after the last answer: reading on so that the client gets it; closed */
#define HTTP_PARAMS_MAX 3
#define HTTP_KEEP_BYTES 128

/* The same limits as a value, for tests that cannot wait; 0 in a field means the default above. */
struct http_limits {
	unsigned handshake_timeout_ms;
	unsigned header_timeout_ms;
	unsigned request_timeout_ms;
	unsigned idle_timeout_ms;
	unsigned write_timeout_ms;
	unsigned linger_ms;
	unsigned connections_max;
	unsigned public_connections_max;
	size_t stream_behind_max_bytes;
};

enum http_method { HTTP_METHOD_GET, HTTP_METHOD_POST, HTTP_METHOD_PUT, HTTP_METHOD_DELETE };
const char *http_method_name(enum http_method m); /* "GET", .. */

/*
 * The ways in. What is served at each is a matter of the route. Where a certificate is loaded, staff and public speak
 * TLS; without one they listen on loopback only. The plain one never speaks TLS and listens anywhere: it is opened by
 * an explicit wish, for what may be seen by anybody on the network.
 */
enum http_door { HTTP_STAFF, HTTP_PUBLIC, HTTP_PLAIN, HTTP_DOORS };

/* Names one request, or the stream it became. Never 0, never used twice in a process. */
typedef uint64_t http_id;

/* What the handler sees. Everything is borrowed until the handler returns. */
struct http_request {
	http_id id;
	enum http_method method;            /* HEAD arrives as GET; its body is left out on the way back */
	const char *path;                   /* percent-decoded, without the query; no NUL, no control characters */
	const char *query;                  /* as sent, without '?'; "" where there is none */
	const char *param[HTTP_PARAMS_MAX]; /* what stood at each {name} of the pattern, decoded; NULL past the last */
	const char *body;                   /* "" where there is none; NUL-terminated */
	size_t body_len;
	const char *authorization; /* these five: NULL where the header is absent */
	const char *cookie;
	const char *content_type;
	const char *if_none_match;
	const char *origin;
	const char *host;
	const char *peer;    /* numeric address of the other end */
	bool loopback;       /* the other end is on this machine */
	enum http_door door; /* where it came in */
	bool secure;         /* by TLS */
	/*
	 * HTTP_KEEP_BYTES of the connection's own, zeros at first: what handlers would else work out for each of its
	 * requests anew.
	 */
	void *keep;
};

typedef void http_handler(void *arg, const struct http_request *rq);

/* One row of the table of routes. */
struct http_route {
	enum http_method method;
	const char *pattern; /* "/api/visits/{ref}/{action}"; a last "{path...}" takes the rest, slashes and all */
	http_handler *fn;
	size_t body_max_bytes; /* 0: HTTP_BODY_MAX_BYTES; a GET or DELETE may carry a body of that size too */
	unsigned doors;        /* further doors where it is served, bits 1 << enum http_door; staff is always one */
};

struct http_options {
	const struct http_route *routes; /* borrowed for the life of the server; first match wins */
	size_t n_routes;
	void *arg;                        /* handed to every callback */
	const struct http_limits *limits; /* borrowed until http_new returns; NULL: the defaults */
	/*
	 * A stream or long body ended otherwise than by http_body_end, http_body_abort or http_stream_close: forget its
	 * id. Comes from the loop, and also from within http_stream_send, http_drain and http_free.
	 */
	void (*closed)(void *arg, http_id id);
	/* A long body's connection has room again (see http_body_send). */
	void (*drained)(void *arg, http_id id);
	/*
	 * Every response is reported once, when it is queued: for metrics. route is NULL where none matched; took_us is
	 * counted from the first byte of the request.
	 */
	void (*answered)(void *arg, const struct http_route *route, int status, int64_t took_us);
};

struct http;

/* Takes copies of the options' fields, not of what they point to. */
struct http *http_new(struct loop *l, const struct http_options *o);
/* Closes all listeners and connections. Accepts NULL. */
void http_free(struct http *h);

/*
 * Loads a certificate chain and its key (PEM files): listeners of staff and public speak TLS 1.2 and 1.3 from then on.
 * Called again, new connections get the new certificate and the old ones live on. False with a reason in error: what
 * was loaded before stays.
 */
bool http_tls_load(struct http *h, const char *cert, const char *key, char *error, size_t error_size);

/*
 * Listens on "HOST:PORT" ("[::1]:0", "127.0.0.1:8080"); port 0 picks a free one. Returns the port, or -1 with a
 * one-line reason in error. May be called once for each door.
 */
int http_listen(struct http *h, const char *address, enum http_door door, char *error, size_t error_size);
/* Stops accepting, closes idle connections; the others close after the answer they wait for. Streams are closed. */
void http_drain(struct http *h);
/* Requests handed out and not yet answered. */
size_t http_unanswered(const struct http *h);
size_t http_connections(const struct http *h);
size_t http_streams(const struct http *h);
/* Streams ended since the start because their reader did not read. */
uint64_t http_streams_dropped(const struct http *h);

struct http_response {
	int status;
	const char *content_type; /* NULL with an empty body */
	const char *headers; /* further header lines, each ended by CRLF, or NULL. Never made from what a client sent. */
	const void *body;    /* copied */
	size_t body_len;
	bool close; /* close the connection after it */
};

/* Answers a request; false where its connection is gone. */
bool http_reply(struct http *h, http_id id, const struct http_response *r);

/* Turns the request into an event stream (text/event-stream), head sent at once. False where the connection is gone. */
bool http_stream_open(struct http *h, http_id id);
/*
 * Queues bytes by reference. False where the stream is gone; a reader more than HTTP_STREAM_BEHIND_MAX_BYTES behind is
 * dropped (closed() is called for it).
 */
bool http_stream_send(struct http *h, http_id id, struct blob *b);
/* Closes a stream after what was queued for it. closed() is not called. */
void http_stream_close(struct http *h, http_id id);

/* A long 200 body in pieces (chunked; to an HTTP/1.0 client ended by closing). */
bool http_body_begin(struct http *h, http_id id, const char *content_type);
/* Bytes still queued after adding these, or -1 where the connection is gone. Wait for drained() before sending more
 * than 1 MiB ahead. */
long http_body_send(struct http *h, http_id id, const void *data, size_t len);
void http_body_end(struct http *h, http_id id);
/* Breaks a long body off so that the client can tell (the connection is reset). closed() is not called. */
void http_body_abort(struct http *h, http_id id);

/*
 * Serves one file below root. `name` is a decoded path relative to root; anything that would leave root, a hidden file
 * or a directory is 404. Strong ETag, 304 on If-None-Match, content type from the ending, Cache-Control: no-cache.
 */
void http_serve_file(struct http *h, const struct http_request *rq, const char *root, const char *name);

/* The value of a query parameter, percent-decoded, in out; false where it is absent or does not fit or is malformed. */
bool http_query_value(const char *query, const char *name, char *out, size_t out_size);
/* The value of a cookie; false where it is absent or does not fit. */
bool http_cookie_value(const char *cookie, const char *name, char *out, size_t out_size);

#endif
