/* The parts of the HTTP layer that need no socket: the reader of requests, routes, paths, queries, cookies, tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/request.h"
#include "http/route.h"
#include "http/text.h"

/* Feeds a text in pieces; returns the last step, and how much was taken. */
static enum request_step feed(struct request *r, const char *text, size_t len, size_t piece, size_t *taken)
{
	enum request_step step = REQUEST_MORE;

	*taken = 0;
	while (step == REQUEST_MORE || step == REQUEST_HEAD) {
		size_t n = len - *taken < piece ? len - *taken : piece;
		size_t used;

		if (!n && step == REQUEST_MORE)
			break;
		step = request_feed(r, text + *taken, step == REQUEST_HEAD ? 0 : n, &used);
		*taken += used;
	}
	return step;
}

struct refusal {
	int status;
	const char *text;
};

static const struct refusal refusals[] = {
	/* Lengths: RFC 9112, 6.3. */
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1f\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1 1\r\n\r\nx"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"},
	{413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n"},
	{501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
	{501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"},
	{501, "POST / HTTP/1.1\r\nHost: a\r\ntransfer-encoding:\tidentity\r\n\r\n"},
	{501, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
	{400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, x\r\nContent-Length: 3\r\n\r\n"},
	/* Lines: RFC 9112, 2.2 and 5. */
	{400, "GET / HTTP/1.1\r\nHost: a\r\n\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\n\r\n"},
	{400, "GET / HTTP/1.1\nHost: a\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\n\rX"},
	{400, "GET / HTTP/1.1\rHost: a\r\n\r\n"},
	{400, "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n\t2\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nX y: 1\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nX(y): 1\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n"},
	/* Hosts: RFC 9112, 3.2. */
	{400, "GET / HTTP/1.1\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
	{400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"},
	{400, "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n"},
	/* What would be read differently by different readers. */
	{400, "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n"},
	{400, "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: a=2\r\n\r\n"},
	/* Request lines. */
	{400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /\r\n\r\n"},
	{400, "GET / \r\n\r\n"},
	{400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
	{400, "GET / http/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET / HTTP/1\r\nHost: a\r\n\r\n"},
	{400, "GET / HTTP/1.10\r\nHost: a\r\n\r\n"},
	{400, "GET / HTTQ/1.1\r\nHost: a\r\n\r\n"},
	{505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
	{505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
	{505, "GET / HTTP/0.9\r\nHost: a\r\n\r\n"},
	{505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
	{501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{501, "get / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{501, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{501, "ABCDEFGHIJKLMNOPQRSTUVWXYZ / HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "\x16\x03\x01\x02\x01\x01\xfc\x03\x03"},
	{400, "GE\x80 / HTTP/1.1\r\nHost: a\r\n\r\n"},
	/* Targets: RFC 3986, and what must not reach a file name. */
	{400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /a?b=%00 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%0a HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%7f HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /% HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%4g HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /a?b=%4 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%c0%af HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /%ed%a0%80 HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /.. HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /a/. HTTP/1.1\r\nHost: a\r\n\r\n"},
	{400, "GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n"},
	{417, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 200-ok\r\n\r\nx"},
};

static void each_bad_request_gets_its_status(void **state)
{
	static const size_t pieces[] = {1, 2, 7, 100000};

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		for (size_t j = 0; j < sizeof(pieces) / sizeof(*pieces); j++) {
			struct request r;
			size_t taken;
			enum request_step step;

			request_init(&r);
			step = feed(&r, refusals[i].text, strlen(refusals[i].text), pieces[j], &taken);
			if (step != REQUEST_REFUSED || r.status != refusals[i].status)
				fail_msg("in pieces of %zu: step %d, status %d instead of %d for:\n%s", pieces[j], step,
					 r.status, refusals[i].status, refusals[i].text);
			assert_non_null(r.detail);
			request_free(&r);
		}
	}
}

static void a_nul_byte_is_refused_anywhere_in_the_head(void **state)
{
	static const char good[] = "GET /abc?d=e HTTP/1.1\r\nHost: a\r\nX-Y: zz\r\n\r\n";

	(void)state;
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		struct request r;
		char text[sizeof(good)];
		size_t taken;

		memcpy(text, good, sizeof(good));
		text[i] = '\0';
		request_init(&r);
		assert_int_equal(feed(&r, text, sizeof(good) - 1, 1000, &taken), REQUEST_REFUSED);
		assert_int_equal(r.status, 400);
		request_free(&r);
	}
}

static void a_request_is_read_alike_in_any_pieces(void **state)
{
	static const char text[] =
		"\r\nPOST /a%20b/%E5%8F%B7?x=%31&y HTTP/1.1\r\nhOST: site.example:8080\r\n"
		"Authorization:  Bearer t \t\r\nCookie: a=b; c=d\r\nContent-Type:application/json\r\n"
		"If-None-Match: \"1\"\r\nIf-None-Match: \"2\"\r\nOrigin: http://o\r\nX-Empty:\r\n"
		"Content-Length: 11\r\n\r\nhello\0worldGET /next HTTP/1.1\r\n";
	size_t whole = sizeof(text) - 1 - strlen("GET /next HTTP/1.1\r\n");

	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct request r;
		size_t taken;

		request_init(&r);
		/* And the same again: what was made of an equal head is taken from memory. */
		for (int time = 0; time < 3; time++) {
			if (time)
				request_reset(&r);
			assert_int_equal(feed(&r, text, sizeof(text) - 1, piece, &taken), REQUEST_DONE);
			assert_int_equal(taken, whole);
			assert_int_equal(r.scan.method, HTTP_METHOD_POST);
			assert_true(r.keep_alive);
			assert_string_equal(r.text.data + r.path_at, "/a b/\xe5\x8f\xb7");
			assert_string_equal(r.text.data + r.query_at, "x=%31&y");
			assert_string_equal(request_text(&r, r.header_at[HEADER_HOST]), "site.example:8080");
			assert_string_equal(request_text(&r, r.header_at[HEADER_AUTHORIZATION]), "Bearer t");
			assert_string_equal(request_text(&r, r.header_at[HEADER_COOKIE]), "a=b; c=d");
			assert_string_equal(request_text(&r, r.header_at[HEADER_CONTENT_TYPE]), "application/json");
			assert_string_equal(request_text(&r, r.header_at[HEADER_IF_NONE_MATCH]), "\"1\"");
			assert_string_equal(request_text(&r, r.header_at[HEADER_ORIGIN]), "http://o");
			assert_null(request_text(&r, r.header_at[HEADER_EXPECT]));
			assert_int_equal(r.body_len, 11);
			assert_memory_equal(r.text.data + r.body_at, "hello\0world", 12);
		}
		request_reset(&r);
		assert_false(request_started(&r));
		assert_int_equal(feed(&r, "GET /next HTTP/1.0\r\n\r\n", 22, piece, &taken), REQUEST_DONE);
		assert_string_equal(r.text.data + r.path_at, "/next");
		assert_string_equal(r.text.data + r.query_at, "");
		assert_string_equal(r.text.data + r.body_at, "");
		assert_false(r.keep_alive);
		request_free(&r);
	}
}

/* One byte more, less or other in the head, and nothing of the one before holds. */
static void a_head_like_the_last_is_read_anew(void **state)
{
	static const struct {
		const char *text, *path;
		size_t body_len;
	} rows[] = {
		{"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", "/a", 2},
		{"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "/a", 3},
		{"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", "/a", 2},
		{"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX: y\r\n\r\nab", "/a", 2},
		{"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX: y\r\n\r\nab", "/b", 2},
		{"GET /b HTTP/1.1\r\nHost: a\r\n\r\n", "/b", 0},
	};
	struct request r;
	size_t taken;

	(void)state;
	request_init(&r);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(feed(&r, rows[i].text, strlen(rows[i].text), 1000, &taken), REQUEST_DONE);
		assert_int_equal(taken, strlen(rows[i].text));
		assert_string_equal(r.text.data + r.path_at, rows[i].path);
		assert_int_equal(r.body_len, rows[i].body_len);
		request_reset(&r);
	}
	/* Refused is refused, and the memory of the head before it does not help it. */
	assert_int_equal(feed(&r, "GET /b HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 38, 1000, &taken), REQUEST_REFUSED);
	request_free(&r);
}

static void absolute_targets_name_the_host(void **state)
{
	static const struct {
		const char *target, *host, *path, *query;
	} rows[] = {
		{"http://b.example/x?y", "b.example", "/x", "y"},
		{"HTTPS://b:1/x", "b:1", "/x", ""},
		{"http://b", "b", "/", ""},
		{"http://b?q", "b", "/", "q"},
		{"http://[::1]:80/?", "[::1]:80", "/", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct request r;
		char text[200];
		size_t taken;
		int n = snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", rows[i].target);

		request_init(&r);
		assert_int_equal(feed(&r, text, (size_t)n, 1000, &taken), REQUEST_DONE);
		assert_string_equal(request_text(&r, r.header_at[HEADER_HOST]), rows[i].host);
		assert_string_equal(r.text.data + r.path_at, rows[i].path);
		assert_string_equal(r.text.data + r.query_at, rows[i].query);
		request_free(&r);
	}
}

static void an_upgrade_is_not_taken_up(void **state)
{
	static const char plain[] = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
	static const char body[] = "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n"
				   "Content-Length: 2\r\n\r\nab";
	struct request r;
	size_t taken;

	(void)state;
	request_init(&r);
	assert_int_equal(feed(&r, plain, sizeof(plain) - 1, 1000, &taken), REQUEST_DONE);
	request_reset(&r);
	assert_int_equal(feed(&r, body, sizeof(body) - 1, 1, &taken), REQUEST_DONE);
	assert_string_equal(r.text.data + r.body_at, "ab");
	request_free(&r);
}

/* A request with a target of `target` bytes, `headers` header lines of `header_bytes` bytes in all, Host among them. */
static char *sized_request(size_t target, unsigned headers, size_t header_bytes)
{
	struct buf b = {0};
	size_t used = strlen("Host: a\r\n");

	buf_add_str(&b, "GET /");
	for (size_t i = 1; i < target; i++)
		buf_add_char(&b, 'a');
	buf_add_str(&b, " HTTP/1.1\r\nHost: a\r\n");
	for (unsigned i = 2; i < headers; i++, used += 5)
		buf_add_str(&b, "X:y\r\n");
	if (headers > 1) {
		buf_add_str(&b, "X:");
		for (used += 4; used < header_bytes; used++)
			buf_add_char(&b, 'y');
		buf_add_str(&b, "\r\n");
	}
	buf_add_str(&b, "\r\n");
	return buf_take(&b);
}

static void the_bounds_are_exact(void **state)
{
	static const struct {
		size_t target;
		unsigned headers;
		size_t header_bytes;
		int status;
	} rows[] = {
		{HTTP_LINE_MAX_BYTES, 1, 0, 0},
		{HTTP_LINE_MAX_BYTES + 1, 1, 0, 414},
		{1, HTTP_HEADERS_MAX, 0, 0},
		{1, HTTP_HEADERS_MAX + 1, 0, 431},
		{1, 2, HTTP_HEADER_MAX_BYTES, 0},
		{1, 2, HTTP_HEADER_MAX_BYTES + 1, 431},
		{HTTP_LINE_MAX_BYTES, HTTP_HEADERS_MAX, HTTP_HEADER_MAX_BYTES, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = sized_request(rows[i].target, rows[i].headers, rows[i].header_bytes);
		struct request r;
		size_t taken;

		request_init(&r);
		assert_int_equal(feed(&r, text, strlen(text), 1000, &taken),
				 rows[i].status ? REQUEST_REFUSED : REQUEST_DONE);
		assert_int_equal(r.status, rows[i].status);
		request_free(&r);
		free(text);
	}
}

static void memory_of_a_large_request_is_given_back(void **state)
{
	char *text = sized_request(100, 2, HTTP_HEADER_MAX_BYTES);
	struct request r;
	size_t taken;

	(void)state;
	request_init(&r);
	assert_int_equal(feed(&r, text, strlen(text), 100000, &taken), REQUEST_DONE);
	request_reset(&r);
	assert_int_equal(r.text.cap, 0);
	request_free(&r);
	free(text);
}

static void handler(void *arg, const struct http_request *rq)
{
	(void)arg;
	(void)rq;
}

static const struct http_route rows[] = {
	{HTTP_METHOD_GET, "/", handler, 0, 1u << HTTP_PUBLIC},
	{HTTP_METHOD_GET, "/api/visits/{ref}", handler, 0, 0},
	{HTTP_METHOD_POST, "/api/visits/{ref}/{action}", handler, 0, 0},
	{HTTP_METHOD_GET, "/api/tickets/{token}.svg", handler, 0, 1u << HTTP_PUBLIC},
	{HTTP_METHOD_GET, "/api/tickets/{token}.png", handler, 0, 1u << HTTP_PUBLIC},
	{HTTP_METHOD_GET, "/api/views/display:{stage}", handler, 0, 1u << HTTP_PUBLIC},
	{HTTP_METHOD_GET, "/api/views/{view}", handler, 0, 0},
	{HTTP_METHOD_PUT, "/api/devices/{id}", handler, 0, 0},
	{HTTP_METHOD_DELETE, "/api/devices/{id}", handler, 0, 0},
	{HTTP_METHOD_GET, "/pages/{path...}", handler, 0, 1u << HTTP_PUBLIC},
};
static const struct route_table table = {rows, sizeof(rows) / sizeof(*rows)};

/* The row found, or -1. */
static int find(enum http_method method, const char *path, enum http_door door, struct route_part part[HTTP_PARAMS_MAX])
{
	const struct http_route *row = route_find(&table, method, path, door, part);

	return row ? (int)(row - rows) : -1;
}

static void check_part(const char *path, const struct route_part *part, const char *want)
{
	if (!want) {
		assert_int_equal(part->at, -1);
		return;
	}
	assert_int_equal(part->len, strlen(want));
	assert_memory_equal(path + part->at, want, strlen(want));
}

static void paths_find_their_route(void **state)
{
	static const struct {
		enum http_method method;
		const char *path;
		enum http_door door;
		int row;
		const char *part[2];
	} cases[] = {
		{HTTP_METHOD_GET, "/", HTTP_STAFF, 0, {NULL}},
		{HTTP_METHOD_GET, "/api/visits/A012", HTTP_STAFF, 1, {"A012"}},
		{HTTP_METHOD_GET, "/api/visits/A012", HTTP_PUBLIC, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/visits/", HTTP_STAFF, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/visits", HTTP_STAFF, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/visits/a/", HTTP_STAFF, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/visits/a/b", HTTP_STAFF, -1, {NULL}},
		{HTTP_METHOD_POST, "/api/visits/a/b", HTTP_STAFF, 2, {"a", "b"}},
		{HTTP_METHOD_POST, "/api/visits//b", HTTP_STAFF, -1, {NULL}},
		{HTTP_METHOD_POST, "/api/visits/a/b/c", HTTP_STAFF, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/tickets/XYZ.svg", HTTP_PUBLIC, 3, {"XYZ"}},
		{HTTP_METHOD_GET, "/api/tickets/a.svg.png", HTTP_PUBLIC, 4, {"a.svg"}},
		{HTTP_METHOD_GET, "/api/tickets/.svg", HTTP_PUBLIC, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/tickets/XYZ", HTTP_PUBLIC, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/tickets/XYZ.svg/", HTTP_PUBLIC, -1, {NULL}},
		{HTTP_METHOD_GET, "/api/views/display:all", HTTP_PUBLIC, 5, {"all"}},
		{HTTP_METHOD_GET, "/api/views/display:", HTTP_STAFF, 6, {"display:"}},
		{HTTP_METHOD_GET, "/api/views/board", HTTP_STAFF, 6, {"board"}},
		{HTTP_METHOD_GET, "/pages/js/a.mjs", HTTP_PUBLIC, 9, {"js/a.mjs"}},
		{HTTP_METHOD_GET, "/pages/", HTTP_PUBLIC, 9, {""}},
		{HTTP_METHOD_GET, "/page", HTTP_PUBLIC, -1, {NULL}},
		{HTTP_METHOD_GET, "/API/visits/A", HTTP_STAFF, -1, {NULL}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct route_part part[HTTP_PARAMS_MAX];

		assert_int_equal(find(cases[i].method, cases[i].path, cases[i].door, part), cases[i].row);
		if (cases[i].row < 0)
			continue;
		check_part(cases[i].path, &part[0], cases[i].part[0]);
		check_part(cases[i].path, &part[1], cases[i].part[0] ? cases[i].part[1] : NULL);
		check_part(cases[i].path, &part[2], NULL);
	}
}

static void a_path_lists_the_methods_it_has(void **state)
{
	struct buf b = {0};

	(void)state;
	route_allow(&table, "/api/devices/7", HTTP_STAFF, &b);
	assert_string_equal(b.data, "PUT, DELETE");
	buf_clear(&b);
	route_allow(&table, "/api/visits/7", HTTP_STAFF, &b);
	assert_string_equal(b.data, "GET, HEAD");
	buf_clear(&b);
	route_allow(&table, "/api/devices/7", HTTP_PUBLIC, &b);
	route_allow(&table, "/nowhere", HTTP_STAFF, &b);
	assert_int_equal(b.len, 0);
	buf_free(&b);
}

static void query_values_are_decoded_and_bounded(void **state)
{
	char out[8];

	(void)state;
	assert_true(http_query_value("a=1&b=x%2Cy&c", "b", out, sizeof(out)));
	assert_string_equal(out, "x,y");
	assert_true(http_query_value("a=1&b=x+y&c", "b", out, sizeof(out)));
	assert_string_equal(out, "x y");
	assert_true(http_query_value("a=1&b=2&c", "c", out, sizeof(out)));
	assert_string_equal(out, "");
	assert_true(http_query_value("a=1&a=2", "a", out, sizeof(out)));
	assert_string_equal(out, "1");
	assert_true(http_query_value("ab=1&a=2", "a", out, sizeof(out)));
	assert_string_equal(out, "2");
	assert_true(http_query_value("&&a=b=c&", "a", out, sizeof(out)));
	assert_string_equal(out, "b=c");
	assert_true(http_query_value("a=1234567", "a", out, sizeof(out)));
	assert_false(http_query_value("a=12345678", "a", out, sizeof(out)));
	assert_false(http_query_value("a=%", "a", out, sizeof(out)));
	assert_false(http_query_value("a=%4", "a", out, sizeof(out)));
	assert_false(http_query_value("a=%zz", "a", out, sizeof(out)));
	assert_false(http_query_value("a=%00", "a", out, sizeof(out)));
	assert_false(http_query_value("b=1", "a", out, sizeof(out)));
	assert_false(http_query_value("", "a", out, sizeof(out)));
	assert_false(http_query_value("a=%4&b", "b", out, 0));
}

static void cookies_are_found_by_their_whole_name(void **state)
{
	char out[8];

	(void)state;
	assert_true(http_cookie_value("token=abc", "token", out, sizeof(out)));
	assert_string_equal(out, "abc");
	assert_true(http_cookie_value("xtoken=1; token=2 ;y=3", "token", out, sizeof(out)));
	assert_string_equal(out, "2");
	assert_true(http_cookie_value("a=1;token=", "token", out, sizeof(out)));
	assert_string_equal(out, "");
	assert_false(http_cookie_value("token=12345678", "token", out, sizeof(out)));
	assert_false(http_cookie_value("token", "token", out, sizeof(out)));
	assert_false(http_cookie_value("tokens=1", "token", out, sizeof(out)));
	assert_false(http_cookie_value(NULL, "token", out, sizeof(out)));
	assert_false(http_cookie_value(";; ; ", "token", out, sizeof(out)));
}

static void entity_tags_are_compared_weakly(void **state)
{
	(void)state;
	assert_true(text_etag_matches("\"a\"", "\"a\""));
	assert_true(text_etag_matches("W/\"a\"", "\"a\""));
	assert_true(text_etag_matches("\"b\", \"a\"", "\"a\""));
	assert_true(text_etag_matches("*", "\"a\""));
	assert_false(text_etag_matches("\"ab\"", "\"a\""));
	assert_false(text_etag_matches("a", "\"a\""));
	assert_false(text_etag_matches("", "\"a\""));
	assert_false(text_etag_matches(NULL, "\"a\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bad_request_gets_its_status),
		cmocka_unit_test(a_nul_byte_is_refused_anywhere_in_the_head),
		cmocka_unit_test(a_request_is_read_alike_in_any_pieces),
		cmocka_unit_test(a_head_like_the_last_is_read_anew),
		cmocka_unit_test(absolute_targets_name_the_host),
		cmocka_unit_test(an_upgrade_is_not_taken_up),
		cmocka_unit_test(the_bounds_are_exact),
		cmocka_unit_test(memory_of_a_large_request_is_given_back),
		cmocka_unit_test(paths_find_their_route),
		cmocka_unit_test(a_path_lists_the_methods_it_has),
		cmocka_unit_test(query_values_are_decoded_and_bounded),
		cmocka_unit_test(cookies_are_found_by_their_whole_name),
		cmocka_unit_test(entity_tags_are_compared_weakly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
