/*
 * The scanner of request heads.
 *
 *   start -> method SP target SP version CR LF -> line
 *   line  -> name ':' value CR LF -> line
 *   line  -> CR LF -> end of the head
 *
 * llhttp is the parser of what the lines mean. This stands before it because llhttp takes a bare LF for the end of the
 * headers, folded lines, empty names and `Host :`, and knows no bounds: each of these has let one request be read as
 * two by somebody else's server on the way.
 */
#include "scan.h"

#include <string.h>

#include "bytes.h"

enum {
	START,
	START_LF,
	METHOD,
	VERSION,
	VERSION_LF,
	LINE,
	VALUE_LF,
	END_LF,
	/* Runs of bytes that mean nothing by themselves: */
	TARGET,
	NAME,
	VALUE,
};

/* tchar of RFC 9110, 5.6.2. */
static const unsigned char token[256] = {
	['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['!'] = 1, ['#'] = 1, ['$'] = 1,
	['%'] = 1,         ['&'] = 1,         ['\''] = 1,        ['*'] = 1, ['+'] = 1, ['-'] = 1,
	['.'] = 1,         ['^'] = 1,         ['_'] = 1,         ['`'] = 1, ['|'] = 1, ['~'] = 1,
};

/* What a value may hold: all but control characters. */
static const unsigned char in_value[256] = {['\t'] = 1, [' ' ... 0x7e] = 1, [0x80 ... 0xff] = 1};

/* What a target may hold: printable ASCII but '#'. */
static const unsigned char in_target[256] = {['!'] = 1, ['"'] = 1, ['$' ... 0x7e] = 1};

static const struct {
	const char *name;
	enum http_method method;
	bool head;
	bool other;
} methods[] = {
	{"GET", HTTP_METHOD_GET, false, false},  {"POST", HTTP_METHOD_POST, false, false},
	{"PUT", HTTP_METHOD_PUT, false, false},  {"DELETE", HTTP_METHOD_DELETE, false, false},
	{"HEAD", HTTP_METHOD_GET, true, false},  {"OPTIONS", HTTP_METHOD_GET, false, true},
	{"PATCH", HTTP_METHOD_GET, false, true}, {"TRACE", HTTP_METHOD_GET, false, true},
};

static enum scan_step refuse(struct scan *s, int status, const char *detail)
{
	s->status = status;
	s->detail = detail;
	return SCAN_REFUSED;
}

static enum scan_step method_end(struct scan *s)
{
	s->word[s->word_len] = '\0';
	s->word_len = 0;
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		if (strcmp(s->word, methods[i].name))
			continue;
		s->method = methods[i].method;
		s->head_method = methods[i].head;
		s->other_method = methods[i].other;
		return SCAN_MORE;
	}
	s->status = 501; /* told at the end of the line, where the version may be wrong as well */
	return SCAN_MORE;
}

static enum scan_step version_end(struct scan *s)
{
	s->word[s->word_len] = '\0';
	if (s->word_len != 8 || memcmp(s->word, "HTTP/", 5) || s->word[5] < '0' || s->word[5] > '9' ||
	    s->word[6] != '.' || s->word[7] < '0' || s->word[7] > '9')
		return refuse(s, 400, "The request line does not end in an HTTP version.");
	if (strcmp(s->word, "HTTP/1.1") && strcmp(s->word, "HTTP/1.0"))
		return refuse(s, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
	if (s->status == 501)
		return refuse(s, 501, "The method is not known.");
	s->http_1_0 = s->word[7] == '0';
	return SCAN_MORE;
}

static enum scan_step scan_start(struct scan *s, unsigned char c)
{
	if (c == '\r' && !s->empty_line) {
		s->empty_line = true;
		s->state = START_LF;
		return SCAN_MORE;
	}
	if (!token[c])
		return refuse(s, 400, "This is not an HTTP request.");
	s->state = METHOD;
	s->word[s->word_len++] = (char)c;
	return SCAN_MORE;
}

static enum scan_step scan_method(struct scan *s, unsigned char c)
{
	if (c == ' ') {
		s->target_at = s->pos;
		s->state = TARGET;
		return method_end(s);
	}
	if (!token[c])
		return refuse(s, 400, "This is not an HTTP request.");
	if (s->word_len == SCAN_METHOD_MAX_BYTES - 1)
		return refuse(s, 501, "The method is not known.");
	s->word[s->word_len++] = (char)c;
	return SCAN_MORE;
}

static enum scan_step scan_target(struct scan *s, unsigned char c)
{
	if (c == ' ') {
		s->target_len = s->pos - 1 - s->target_at;
		s->state = VERSION;
		return s->target_len ? SCAN_MORE : refuse(s, 400, "The request line has no target.");
	}
	if (!in_target[c])
		return refuse(s, 400, "The request target holds a byte that must be percent-encoded.");
	if (s->pos - s->target_at > HTTP_LINE_MAX_BYTES)
		return refuse(s, 414, "The request target is longer than 2048 bytes.");
	return SCAN_MORE;
}

static enum scan_step scan_version(struct scan *s, unsigned char c)
{
	if (c == '\r') {
		s->state = VERSION_LF;
		return SCAN_MORE;
	}
	if (c <= ' ' || c >= 0x7f || s->word_len == 8)
		return refuse(s, 400, "The request line does not end in an HTTP version.");
	s->word[s->word_len++] = (char)c;
	return SCAN_MORE;
}

static enum scan_step scan_line(struct scan *s, unsigned char c)
{
	if (c == '\r') {
		s->state = END_LF;
		return SCAN_MORE;
	}
	if (c == ' ' || c == '\t')
		return refuse(s, 400, "A header line is folded.");
	if (!token[c])
		return refuse(s, 400, "A header line has no proper name.");
	if (++s->n_headers > HTTP_HEADERS_MAX)
		return refuse(s, 431, "There are more than 40 header lines.");
	s->state = NAME;
	return SCAN_MORE;
}

static enum scan_step scan_name(struct scan *s, unsigned char c)
{
	if (c == ':')
		s->state = VALUE;
	else if (!token[c])
		return refuse(s, 400, "A header line has no proper name.");
	return SCAN_MORE;
}

static enum scan_step scan_value(struct scan *s, unsigned char c)
{
	if (c == '\r')
		s->state = VALUE_LF;
	else if (!in_value[c])
		return refuse(s, 400, "A header line holds a control character.");
	return SCAN_MORE;
}

static enum scan_step expect_lf(struct scan *s, unsigned char c, int next)
{
	if (c != '\n')
		return refuse(s, 400, "A line of the head does not end in CR LF.");
	s->state = next;
	return SCAN_MORE;
}

static enum scan_step scan_byte(struct scan *s, unsigned char c)
{
	switch (s->state) {
	case START:
		return scan_start(s, c);
	case START_LF:
		return expect_lf(s, c, START);
	case METHOD:
		return scan_method(s, c);
	case TARGET:
		return scan_target(s, c);
	case VERSION:
		return scan_version(s, c);
	case VERSION_LF:
		s->headers_at = s->pos;
		return expect_lf(s, c, LINE) == SCAN_REFUSED ? SCAN_REFUSED : version_end(s);
	case LINE:
		return scan_line(s, c);
	case NAME:
		return scan_name(s, c);
	case VALUE:
		return scan_value(s, c);
	case VALUE_LF:
		return expect_lf(s, c, LINE);
	default:
		return expect_lf(s, c, LINE) == SCAN_REFUSED ? SCAN_REFUSED : SCAN_HEAD;
	}
}

/* Whether eight bytes at once are no control characters; a tab is left to the table. */
static bool all_in_value(const unsigned char *p)
{
	uint64_t eight = bytes_load(p);

	return !(bytes_below(eight, ' ') | bytes_equal(eight, 0x7f));
}

/* How many bytes at p change nothing but where we stand: inside a target, a name or a value. Few bytes are anything
 * else. */
static size_t run_length(const struct scan *s, const unsigned char *p, size_t len)
{
	const unsigned char *class = s->state == VALUE ? in_value : s->state == NAME ? token : in_target;
	size_t most = s->state == TARGET ? s->target_at + HTTP_LINE_MAX_BYTES :
					   s->headers_at + HTTP_HEADER_MAX_BYTES + 1;
	size_t i = 0;

	if (len > most - s->pos)
		len = most - s->pos;
	while (s->state == VALUE && len - i >= 8 && all_in_value(p + i))
		i += 8;
	while (i < len && class[p[i]])
		i++;
	return i;
}

enum scan_step scan_feed(struct scan *s, const char *data, size_t len, size_t *used)
{
	const unsigned char *p = (const unsigned char *)data;
	enum scan_step step = SCAN_MORE;
	size_t i = 0;

	while (i < len && step == SCAN_MORE) {
		if (s->state >= TARGET) {
			size_t run = run_length(s, p + i, len - i);

			s->pos += run;
			i += run;
			if (i == len)
				break;
		}
		s->pos++;
		step = scan_byte(s, p[i++]);
		/* The empty line at the end is not one of them: its two bytes are allowed for. */
		if (step == SCAN_MORE && s->headers_at && s->pos - s->headers_at > HTTP_HEADER_MAX_BYTES + 1)
			step = refuse(s, 431, "The header lines are longer than 8192 bytes together.");
	}
	*used = i;
	return step;
}
