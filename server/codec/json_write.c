/*
 * Writing JSON: compact, in the one form that the event decoder also demands. A string is copied in runs between the
 * few bytes that must be escaped; text is UTF-8 and stays as it is.
 *
 *   escaped: " and \ by a backslash, \b \f \n \r \t by their letter, other control characters as \u00xx
 */
#include "json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void json_start(struct json_writer *w, struct buf *out)
{
	w->out = out;
	w->comma = false;
}

/* Before each value or key: the comma that parts it from the value before. */
static void separate(struct json_writer *w)
{
	if (w->comma)
		buf_add_char(w->out, ',');
	w->comma = true;
}

void json_open(struct json_writer *w, char bracket)
{
	separate(w);
	buf_add_char(w->out, bracket);
	w->comma = false;
}

void json_close(struct json_writer *w, char bracket)
{
	buf_add_char(w->out, bracket);
	w->comma = true;
}

static void add_escape(struct buf *out, unsigned char c)
{
	static const char letters[] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	char text[7];

	if (c == '"' || c == '\\')
		snprintf(text, sizeof(text), "\\%c", c);
	else if (c < sizeof(letters) && letters[c])
		snprintf(text, sizeof(text), "\\%c", letters[c]);
	else
		snprintf(text, sizeof(text), "\\u%04x", c);
	buf_add_str(out, text);
}

static inline bool is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

void json_str_len(struct json_writer *w, const char *text, size_t len)
{
	size_t run = 0;

	separate(w);
	buf_add_char(w->out, '"');
	for (size_t i = 0; i < len; i++) {
		if (is_plain(text[i]))
			continue;
		buf_add(w->out, text + run, i - run);
		add_escape(w->out, (unsigned char)text[i]);
		run = i + 1;
	}
	buf_add(w->out, text + run, len - run);
	buf_add_char(w->out, '"');
}

void json_str(struct json_writer *w, const char *text)
{
	if (text)
		json_str_len(w, text, strlen(text));
	else
		json_null(w);
}

/* A key is nearly always short and plain, and there are many: one piece then, else like any text. */
void json_key(struct json_writer *w, const char *name)
{
	const char *start = name;
	char text[64];
	size_t n = 0;

	if (w->comma)
		text[n++] = ',';
	text[n++] = '"';
	for (; *name && is_plain(*name) && n < sizeof(text) - 2; name++)
		text[n++] = *name;
	if (!*name) {
		text[n++] = '"';
		text[n++] = ':';
		buf_add(w->out, text, n);
	} else {
		json_str(w, start);
		buf_add_char(w->out, ':');
	}
	w->comma = false;
}

void json_int(struct json_writer *w, int64_t v)
{
	char text[24];

	separate(w);
	buf_add(w->out, text, (size_t)snprintf(text, sizeof(text), "%" PRId64, v));
}

void json_bool(struct json_writer *w, bool v)
{
	separate(w);
	buf_add_str(w->out, v ? "true" : "false");
}

void json_null(struct json_writer *w)
{
	json_raw(w, "null");
}

void json_raw(struct json_writer *w, const char *json)
{
	separate(w);
	buf_add_str(w->out, json ? json : "null");
}

void json_time(struct json_writer *w, ms_t at)
{
	char text[TIME_TEXT_LEN + 1];

	if (at == 0) {
		json_null(w);
		return;
	}
	time_format(at, text);
	json_str_len(w, text, TIME_TEXT_LEN);
}

void json_number(struct json_writer *w, double v, int decimals)
{
	if (!isfinite(v)) {
		json_null(w);
		return;
	}
	separate(w);
	buf_printf(w->out, "%.*f", decimals, v);
}
