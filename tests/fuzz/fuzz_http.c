/*
 * The reader of requests, fed with anything: the same bytes whole and in pieces must be read alike, and what is
 * accepted must keep what the reader promises.
 *
 * The first byte of the input chooses the size of the pieces.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/request.h"
#include "http/route.h"
#include "http/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read of one connection: a line for each request. */
struct reading {
	struct buf out;
	size_t taken;
};

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static void check_done(const struct request *r)
{
	const char *path = r->text.data + r->path_at;
	const char *query = r->text.data + r->query_at;
	char value[64];

	promise(path[0] == '/' && !strstr(path, "/../") && !strstr(path, "/./"));
	for (const char *p = path; *p; p++)
		promise((unsigned char)*p >= ' ' && *p != 0x7f);
	promise(text_percent_ok(query, strlen(query)));
	promise(r->body_len == r->content_length && r->body_at + r->body_len == r->text.len);
	promise(!r->text.data[r->text.len]);
	promise(r->scan.http_1_0 || r->header_at[HEADER_HOST]);
	promise(!r->header_at[HEADER_TRANSFER_ENCODING]);
	http_query_value(query, "a", value, sizeof(value));
	if (r->header_at[HEADER_COOKIE])
		http_cookie_value(request_text(r, r->header_at[HEADER_COOKIE]), "a", value, sizeof(value));
	text_etag_matches(request_text(r, r->header_at[HEADER_IF_NONE_MATCH]), "\"a\"");
}

static void note_head(struct request *r)
{
	static const char *const patterns[] = {"/{a}", "/a/{b}.svg", "/{a}/{b}/{c}", "/f/{path...}"};
	struct route_part part[HTTP_PARAMS_MAX];

	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		if (!route_match(patterns[i], r->text.data + r->path_at, part))
			continue;
		for (int j = 0; j < HTTP_PARAMS_MAX && part[j].at >= 0; j++)
			request_note(r, part[j].at, part[j].len);
	}
}

static void read_all(struct reading *reading, const char *data, size_t size, size_t piece)
{
	enum request_step step = REQUEST_MORE;
	struct request r;
	size_t used;

	request_init(&r);
	while (reading->taken < size || step == REQUEST_HEAD) {
		size_t left = size - reading->taken;

		step = request_feed(&r, data + reading->taken,
				    step == REQUEST_HEAD ? 0 :
				    left < piece         ? left :
							   piece,
				    &used);
		reading->taken += used;
		if (step == REQUEST_HEAD)
			note_head(&r);
		if (step == REQUEST_REFUSED || (step == REQUEST_HEAD && r.content_length > HTTP_BODY_MAX_BYTES))
			break;
		if (step != REQUEST_DONE)
			continue;
		check_done(&r);
		buf_printf(&reading->out, "%d %s %s %zu %d\n", (int)r.scan.method, r.text.data + r.path_at,
			   r.text.data + r.query_at, r.body_len, r.keep_alive);
		request_reset(&r);
	}
	buf_printf(&reading->out, "%d %d\n", (int)step, r.status);
	request_free(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading whole = {{0}, 0}, pieces = {{0}, 0};

	if (!size)
		return 0;
	read_all(&whole, (const char *)data + 1, size - 1, size);
	read_all(&pieces, (const char *)data + 1, size - 1, 1 + data[0] % 32u);
	promise(whole.taken == pieces.taken && whole.out.len == pieces.out.len &&
		!memcmp(whole.out.data, pieces.out.data, whole.out.len));
	buf_free(&whole.out);
	buf_free(&pieces.out);
	return 0;
}
