/*
 * What a request means: the head by llhttp and by our own refusals, the body by llhttp alone.
 *
 * The head is kept until it is whole (scan.c bounds it), then llhttp gets it in one piece, and then the lines are
 * walked for what llhttp lets through. Only after that is anything written into the text: NULs behind values, the
 * decoded path.
 *
 * A device asks the same thing again and again, with the same head to the byte. What was made of the last one is kept,
 * and where the next begins with the same bytes it is taken as it is.
 */
#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

#define TEXT_KEEP_BYTES 4096 /* memory kept between the requests of a connection */
#define HEAD_KEEP_BYTES 640  /* longer heads are read anew */

struct head_memory {
	struct request made; /* but for its text and last */
	size_t len;
	char raw[HEAD_KEEP_BYTES];  /* as it came */
	char text[HEAD_KEEP_BYTES]; /* as it stands in the text */
};

#define NAME(text)                                                                                                     \
	{                                                                                                              \
		text, sizeof(text) - 1                                                                                 \
	}
static const struct {
	const char *text;
	size_t len;
} header_names[HEADERS_KNOWN] = {
	[HEADER_AUTHORIZATION] = NAME("authorization"),
	[HEADER_CONTENT_LENGTH] = NAME("content-length"),
	[HEADER_CONTENT_TYPE] = NAME("content-type"),
	[HEADER_COOKIE] = NAME("cookie"),
	[HEADER_EXPECT] = NAME("expect"),
	[HEADER_HOST] = NAME("host"),
	[HEADER_IF_NONE_MATCH] = NAME("if-none-match"),
	[HEADER_ORIGIN] = NAME("origin"),
	[HEADER_TRANSFER_ENCODING] = NAME("transfer-encoding"),
};

static int on_headers_complete(llhttp_t *p)
{
	struct request *r = p->data;

	r->keep_alive = llhttp_should_keep_alive(p);
	return 0;
}

static int on_body(llhttp_t *p, const char *data, size_t len)
{
	struct request *r = p->data;

	buf_add(&r->text, data, len);
	return 0;
}

static int on_message_complete(llhttp_t *p)
{
	struct request *r = p->data;

	r->complete = true;
	return 0;
}

static const llhttp_settings_t settings = {
	.on_headers_complete = on_headers_complete,
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

void request_init(struct request *r)
{
	memset(r, 0, sizeof(*r));
}

void request_free(struct request *r)
{
	buf_free(&r->text);
	free(r->last);
}

void request_reset(struct request *r)
{
	struct head_memory *last = r->last;
	struct buf text = r->text;

	if (text.cap > TEXT_KEEP_BYTES)
		buf_free(&text);
	else
		buf_clear(&text);
	memset(r, 0, sizeof(*r));
	r->text = text;
	r->last = last;
}

bool request_started(const struct request *r)
{
	return r->scan.pos > 0;
}

enum request_step request_refuse(struct request *r, int status, const char *detail)
{
	r->status = status;
	r->detail = detail;
	return REQUEST_REFUSED;
}

size_t request_note(struct request *r, int path_offset, int len)
{
	size_t at = r->text.len;
	char copy[HTTP_LINE_MAX_BYTES]; /* by the stack: the text may move while it grows */

	memcpy(copy, r->text.data + r->path_at + path_offset, (size_t)len);
	buf_add(&r->text, copy, (size_t)len);
	buf_add_char(&r->text, '\0');
	return at;
}

static int known_header(const char *name, size_t len)
{
	for (int i = 0; i < HEADERS_KNOWN; i++)
		if (header_names[i].len == len && !strncasecmp(header_names[i].text, name, len))
			return i;
	return -1;
}

/*
 * Notes where the known headers' values stand and ends each with NUL. A field that names one thing and stands twice
 * would be read differently by different readers, so it is refused; of If-None-Match, a list, the first is taken.
 */
static bool note_headers(struct request *r)
{
	char *text = r->text.data;
	char *line = text + r->scan.headers_at;

	for (unsigned i = 0; i < r->scan.n_headers; i++) {
		char *colon = strchr(line, ':');
		char *end = strchr(colon, '\r');
		char *value = colon + 1 + strspn(colon + 1, " \t");
		int which = known_header(line, (size_t)(colon - line));

		line = end + 2;
		if (which < 0)
			continue;
		if (r->header_at[which]) {
			if (which == HEADER_IF_NONE_MATCH)
				continue;
			return false;
		}
		while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		*end = '\0';
		r->header_at[which] = (size_t)(value - text);
	}
	return true;
}

static enum request_step check_framing(struct request *r)
{
	const char *length = request_text(r, r->header_at[HEADER_CONTENT_LENGTH]);

	if (r->header_at[HEADER_TRANSFER_ENCODING])
		return length ? request_refuse(r, 400, "Content-Length and Transfer-Encoding exclude each other.") :
				request_refuse(r, 501, "Transfer-Encoding is not supported; send a Content-Length.");
	if (!length)
		return REQUEST_HEAD;
	if (!*length || length[strspn(length, "0123456789")])
		return request_refuse(r, 400, "Content-Length is not a plain number.");
	for (const char *p = length; *p; p++)
		if (__builtin_mul_overflow(r->content_length, 10, &r->content_length) ||
		    __builtin_add_overflow(r->content_length, (uint64_t)(*p - '0'), &r->content_length))
			return request_refuse(r, 413, "The body is too large.");
	return REQUEST_HEAD;
}

static bool is_host(const char *text)
{
	static const unsigned char in_host[256] = {
		['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['-'] = 1, ['.'] = 1,
		['_'] = 1,         ['~'] = 1,         [':'] = 1,         ['['] = 1, [']'] = 1,
	};
	const char *p = text;

	while (in_host[(unsigned char)*p])
		p++;
	return p > text && !*p;
}

static enum request_step check_host(struct request *r)
{
	const char *host = request_text(r, r->header_at[HEADER_HOST]);

	if (!host && !r->scan.http_1_0)
		return request_refuse(r, 400, "There is no Host header.");
	if (host && !is_host(host))
		return request_refuse(r, 400, "The Host header does not name a host.");
	return REQUEST_HEAD;
}

static enum request_step check_expect(struct request *r)
{
	const char *expect = request_text(r, r->header_at[HEADER_EXPECT]);

	if (!expect || r->scan.http_1_0)
		return REQUEST_HEAD;
	if (strcasecmp(expect, "100-continue"))
		return request_refuse(r, 417, "Nothing but 100-continue can be expected.");
	r->expects_continue = r->content_length > 0;
	return REQUEST_HEAD;
}

/*
 * An absolute target (RFC 9112, 3.2.2) names the host itself. Its authority is moved to where "://" stood, which makes
 * room for the NUL behind it and for the "/" of an empty path:   http://host?q  ->  httphost NUL / NUL ?q
 */
static enum request_step split_absolute(struct request *r, size_t *at, size_t *len)
{
	char *text = r->text.data;
	size_t scheme = !strncasecmp(text + *at, "http://", 7) ? 4 : !strncasecmp(text + *at, "https://", 8) ? 5 : 0;
	size_t authority = *at + scheme + 3;
	size_t n;

	if (!scheme)
		return REQUEST_HEAD;
	n = strcspn(text + authority, "/?");
	memmove(text + authority - 3, text + authority, n);
	text[authority - 3 + n] = '\0';
	r->header_at[HEADER_HOST] = authority - 3;
	if (!is_host(text + authority - 3))
		return request_refuse(r, 400, "The request target does not name a host.");
	*len -= scheme + 3 + n;
	*at = authority + n;
	if (!*len || text[*at] != '/') {
		text[authority + n - 1] = '/';
		*at -= 1;
		*len += 1;
	}
	return REQUEST_HEAD;
}

static enum request_step read_target(struct request *r)
{
	size_t at = r->scan.target_at, len = r->scan.target_len;
	char *text = r->text.data;
	size_t path_len;
	const char *wrong;

	text[at + len] = '\0';
	if (split_absolute(r, &at, &len) == REQUEST_REFUSED)
		return REQUEST_REFUSED;
	path_len = strcspn(text + at, "?");
	r->path_at = at;
	r->query_at = path_len < len ? at + path_len + 1 : at + len;
	if (!text_percent_ok(text + r->query_at, at + len - (path_len < len ? r->query_at : at + len)))
		return request_refuse(r, 400, "The query is not properly percent-encoded.");
	wrong = text_decode_path(text + at, path_len);
	return wrong ? request_refuse(r, 400, wrong) : REQUEST_HEAD;
}

static enum request_step read_head(struct request *r)
{
	enum llhttp_errno error;

	llhttp_init(&r->llhttp, HTTP_REQUEST, &settings);
	r->llhttp.data = r;
	error = llhttp_execute(&r->llhttp, r->text.data, r->text.len);
	if (!note_headers(r))
		return request_refuse(r, 400, "A header that may stand once stands twice.");
	if (check_framing(r) == REQUEST_REFUSED || check_host(r) == REQUEST_REFUSED ||
	    check_expect(r) == REQUEST_REFUSED)
		return REQUEST_REFUSED;
	/* An upgrade is not taken up, so the message after it is HTTP/1.1 like this one. */
	if (error != HPE_OK && error != HPE_PAUSED_UPGRADE)
		return request_refuse(r, 400, "The head of the request is malformed.");
	if (r->complete != (r->content_length == 0))
		return request_refuse(r, 400, "The length of the body is not clear.");
	r->head_known = true;
	return read_target(r);
}

/* Reads a whole head and remembers it. */
static enum request_step take_head(struct request *r)
{
	struct head_memory *m = r->last;

	if (r->text.len > HEAD_KEEP_BYTES)
		return read_head(r);
	if (!m)
		m = r->last = xmalloc(sizeof(*m));
	m->len = 0;
	memcpy(m->raw, r->text.data, r->text.len);
	if (read_head(r) != REQUEST_HEAD)
		return REQUEST_REFUSED;
	m->made = *r;
	m->len = r->text.len;
	memcpy(m->text, r->text.data, m->len);
	return REQUEST_HEAD;
}

/* Whether the bytes begin with the head remembered; then it has been read. */
static bool same_head(struct request *r, const char *data, size_t len)
{
	struct head_memory *m = r->last;
	struct buf text = r->text;

	if (!m || !m->len || r->scan.pos || len < m->len || memcmp(data, m->raw, m->len) != 0)
		return false;
	*r = m->made;
	r->text = text;
	r->last = m;
	buf_add(&r->text, m->text, m->len);
	return true;
}

static enum request_step feed_head(struct request *r, const char *data, size_t len, size_t *used)
{
	enum scan_step step;

	if (same_head(r, data, len)) {
		*used = r->last->len;
		return REQUEST_HEAD;
	}
	step = scan_feed(&r->scan, data, len, used);
	if (step == SCAN_REFUSED)
		return request_refuse(r, r->scan.status, r->scan.detail);
	buf_add(&r->text, data, *used);
	return step == SCAN_HEAD ? take_head(r) : REQUEST_MORE;
}

static enum request_step feed_body(struct request *r, const char *data, size_t len, size_t *used)
{
	uint64_t missing;
	enum llhttp_errno error;

	*used = 0;
	if (!r->body_at)
		r->body_at = r->text.len;
	missing = r->content_length - r->body_len;
	if (missing) {
		*used = len < missing ? len : (size_t)missing;
		error = llhttp_execute(&r->llhttp, data, *used);
		if (error != HPE_OK && error != HPE_PAUSED_UPGRADE)
			return request_refuse(r, 400, "The body of the request is malformed.");
		r->body_len += *used;
		r->expects_continue = false;
	}
	return r->complete ? REQUEST_DONE : REQUEST_MORE;
}

enum request_step request_feed(struct request *r, const char *data, size_t len, size_t *used)
{
	return r->head_known ? feed_body(r, data, len, used) : feed_head(r, data, len, used);
}
