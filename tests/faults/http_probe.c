/*
 * A server with nothing behind it: the HTTP layer as hostile tests and benchmarks meet it.
 *
 *   http_probe [--handshake-timeout MS] [--header-timeout MS] [--request-timeout MS] [--idle-timeout MS]
 *              [--write-timeout MS] [--linger MS] [--connections N] [--public-connections N] [--listen HOST:PORT]
 *              [--tls-cert FILE --tls-key FILE] ROOT
 *
 * It prints where its doors are, staff, public and plain, serves until SIGTERM and then prints what its callbacks were
 * told. With SIGHUP it loads the certificate again.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "loop.h"
#include "problem.h"

#define STREAMS_MAX 2048
#define BIG_PIECE_BYTES (64 * 1024)
#define BIG_AHEAD_BYTES (1024 * 1024)

struct later {
	struct probe *probe;
	http_id id;
	struct loop_timer *timer;
};

struct probe {
	struct loop *loop;
	struct http *http;
	struct loop_timer *tick;
	const char *root;
	const char *cert, *key; /* or NULL */
	http_id streams[STREAMS_MAX];
	size_t n_streams;
	http_id big; /* the long body under way, and how many bytes of it are missing */
	size_t big_left;
	unsigned long answered;
	unsigned long closed;
};

static void say(struct probe *p, http_id id, const char *text)
{
	struct http_response r = {.status = 200, .content_type = "text/plain", .body = text, .body_len = strlen(text)};

	http_reply(p->http, id, &r);
}

static void hello(void *arg, const struct http_request *rq)
{
	say(arg, rq->id, "hello\n");
}

static void echo(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;
	struct http_response r = {.status = 200, .content_type = "application/octet-stream"};

	r.body = rq->body;
	r.body_len = rq->body_len;
	http_reply(p->http, rq->id, &r);
}

/* What the request looks like from within, one line each. */
static void show(void *arg, const struct http_request *rq)
{
	struct buf out = {0};

	buf_printf(&out, "path=%s\nquery=%s\nname=%s\nhost=%s\ncookie=%s\npeer=%s\nloopback=%d\npublic=%d\nsecure=%d\n",
		   rq->path, rq->query, rq->param[0], rq->host ? rq->host : "-", rq->cookie ? rq->cookie : "-",
		   rq->peer, rq->loopback, rq->door == HTTP_PUBLIC, rq->secure);
	say(arg, rq->id, out.data);
	buf_free(&out);
}

static void answer_later(void *arg)
{
	struct later *l = arg;

	say(l->probe, l->id, "later\n");
	loop_timer_free(l->timer);
	free(l);
}

static void slow(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;
	struct later *l = xmalloc(sizeof(*l));

	*l = (struct later){.probe = p, .id = rq->id, .timer = loop_timer_new(p->loop, answer_later, l)};
	loop_timer_set(l->timer, 50);
}

static void open_stream(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;

	if (p->n_streams < STREAMS_MAX && http_stream_open(p->http, rq->id))
		p->streams[p->n_streams++] = rq->id;
}

/* Sends as many bytes as the query asks for to all streams at once. */
static void flood(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;
	char number[16] = "0";
	struct blob *b;
	size_t len;

	http_query_value(rq->query, "bytes", number, sizeof(number));
	len = strtoul(number, NULL, 10) & 0xffffff;
	b = xcalloc(1, sizeof(*b) + len + 1);
	b->refs = 1;
	b->len = len;
	memset(b->data, '.', len);
	for (size_t i = p->n_streams; i-- > 0;)
		http_stream_send(p->http, p->streams[i], b);
	blob_unref(b);
	say(p, rq->id, "sent\n");
}

static void beat(void *arg)
{
	struct probe *p = arg;
	struct blob *b = blob_new("event: beat\ndata: {}\n\n", 22);

	/* Backwards: a stream that breaks is taken out of the list meanwhile. */
	for (size_t i = p->n_streams; i-- > 0;)
		http_stream_send(p->http, p->streams[i], b);
	blob_unref(b);
	loop_timer_set(p->tick, 50);
}

static void send_big(struct probe *p)
{
	static const char piece[BIG_PIECE_BYTES];

	while (p->big_left) {
		size_t len = p->big_left < sizeof(piece) ? p->big_left : sizeof(piece);
		long queued = http_body_send(p->http, p->big, piece, len);

		p->big_left -= len;
		if (queued < 0 || queued > BIG_AHEAD_BYTES)
			return;
	}
	http_body_end(p->http, p->big);
	p->big = 0;
}

static void big(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;
	char number[16] = "0";
	struct http_response busy = {.status = 503};

	http_query_value(rq->query, "bytes", number, sizeof(number));
	if (p->big) {
		http_reply(p->http, rq->id, &busy);
	} else if (http_body_begin(p->http, rq->id, "application/octet-stream")) {
		p->big = rq->id;
		p->big_left = strtoul(number, NULL, 10);
		send_big(p);
	}
}

/* Breaks the long body under way off. */
static void abort_big(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;

	http_body_abort(p->http, p->big);
	p->big = 0;
	say(p, rq->id, "aborted\n");
}

static void file(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;

	http_serve_file(p->http, rq, p->root, rq->param[0]);
}

static void state(void *arg, const struct http_request *rq)
{
	struct probe *p = arg;
	char text[200];

	snprintf(text, sizeof(text), "{\"connections\":%zu,\"streams\":%zu,\"unanswered\":%zu,\"closed\":%lu}\n",
		 http_connections(p->http), http_streams(p->http), http_unanswered(p->http), p->closed);
	say(p, rq->id, text);
}

static const struct http_route routes[] = {
	{HTTP_METHOD_GET, "/hello", hello, 0, 1u << HTTP_PUBLIC | 1u << HTTP_PLAIN},
	{HTTP_METHOD_POST, "/echo", echo, 0, 0},
	{HTTP_METHOD_PUT, "/echo", echo, 8 * 1024 * 1024, 0},
	{HTTP_METHOD_GET, "/show/{name}", show, 0, 1u << HTTP_PUBLIC | 1u << HTTP_PLAIN},
	{HTTP_METHOD_GET, "/slow", slow, 0, 0},
	{HTTP_METHOD_GET, "/stream", open_stream, 0, 0},
	{HTTP_METHOD_POST, "/flood", flood, 0, 0},
	{HTTP_METHOD_GET, "/big", big, 0, 0},
	{HTTP_METHOD_DELETE, "/big", abort_big, 0, 0},
	{HTTP_METHOD_GET, "/state", state, 0, 0},
	{HTTP_METHOD_GET, "/files/{path...}", file, 0, 0},
};

static void on_closed(void *arg, http_id id)
{
	struct probe *p = arg;

	p->closed++;
	if (p->big == id)
		p->big = 0;
	for (size_t i = 0; i < p->n_streams; i++)
		if (p->streams[i] == id)
			p->streams[i] = p->streams[--p->n_streams];
}

static void on_drained(void *arg, http_id id)
{
	struct probe *p = arg;

	if (p->big == id)
		send_big(p);
}

static void on_answered(void *arg, const struct http_route *route, int status, int64_t took_us)
{
	struct probe *p = arg;

	(void)route;
	(void)status;
	(void)took_us;
	p->answered++;
}

static void stop(void *arg)
{
	struct probe *p = arg;

	http_drain(p->http);
	loop_stop(p->loop);
}

static bool load_certificate(struct probe *p)
{
	char error[300];
	bool ok = http_tls_load(p->http, p->cert, p->key, error, sizeof(error));

	printf("%s\n", ok ? "loaded" : error);
	fflush(stdout);
	return ok;
}

static void reload(void *arg)
{
	load_certificate(arg);
}

static bool listen_on(struct probe *p, const char *address, enum http_door door)
{
	static const char *const names[HTTP_DOORS] = {"listening", "public", "plain"};
	char error[300];
	int port = http_listen(p->http, address, door, error, sizeof(error));

	if (port < 0)
		fprintf(stderr, "http_probe: %s\n", error);
	else
		printf("%s %s://127.0.0.1:%d\n", names[door], p->cert && door != HTTP_PLAIN ? "https" : "http", port);
	fflush(stdout);
	return port >= 0;
}

static unsigned *limit_named(struct http_limits *l, const char *option)
{
	struct {
		const char *name;
		unsigned *value;
	} options[] = {
		{"--handshake-timeout", &l->handshake_timeout_ms},
		{"--header-timeout", &l->header_timeout_ms},
		{"--request-timeout", &l->request_timeout_ms},
		{"--idle-timeout", &l->idle_timeout_ms},
		{"--write-timeout", &l->write_timeout_ms},
		{"--linger", &l->linger_ms},
		{"--connections", &l->connections_max},
		{"--public-connections", &l->public_connections_max},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (!strcmp(options[i].name, option))
			return options[i].value;
	return NULL;
}

static int usage(void)
{
	fprintf(stderr,
		"usage: http_probe [--LIMIT N]... [--listen HOST:PORT] [--tls-cert FILE --tls-key FILE] ROOT\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct http_limits limits = {0};
	const char *address = "127.0.0.1:0";
	struct probe p = {0};
	struct http_options o = {
		.routes = routes,
		.n_routes = sizeof(routes) / sizeof(*routes),
		.arg = &p,
		.limits = &limits,
		.closed = on_closed,
		.drained = on_drained,
		.answered = on_answered,
	};
	bool up;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		unsigned *limit = limit_named(&limits, argv[i]);

		if (limit)
			*limit = (unsigned)atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--listen"))
			address = argv[i + 1];
		else if (!strcmp(argv[i], "--tls-cert"))
			p.cert = argv[i + 1];
		else if (!strcmp(argv[i], "--tls-key"))
			p.key = argv[i + 1];
		else
			return usage();
	}
	if (i != argc - 1)
		return usage();
	p.root = argv[i];
	p.loop = loop_new();
	p.http = http_new(p.loop, &o);
	p.tick = loop_timer_new(p.loop, beat, &p);
	loop_on_signal(p.loop, SIGTERM, stop, &p);
	loop_on_signal(p.loop, SIGHUP, reload, &p);
	loop_timer_set(p.tick, 50);
	up = (!p.cert || load_certificate(&p)) && listen_on(&p, address, HTTP_STAFF) &&
	     listen_on(&p, "127.0.0.1:0", HTTP_PUBLIC) && listen_on(&p, "127.0.0.1:0", HTTP_PLAIN);
	if (up)
		loop_run(p.loop);
	loop_timer_free(p.tick);
	http_free(p.http);
	loop_free(p.loop);
	printf("answered %lu closed %lu\n", p.answered, p.closed);
	return up ? 0 : 1;
}
