/*
 * Writing JSON: compact, in the one form that the event decoder also demands. Nearly all text needs no escape: it is
 * looked through eight bytes at a time and copied whole. Else it is copied in runs between the few bytes that must be
 * escaped; text is UTF-8 and stays as it is.
 *
 *   escaped: " and \ by a backslash, \b \f \n \r \t by their letter, other control characters as \u00xx
 */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"

void json_start(struct json_writer *w, struct buf *out)
{
	w->out = out;
	w->comma = false;
}

/* Before each value or key: the comma that parts it from the value before. */
static inline char *separate(const struct json_writer *w, char *to)
{
	*to = ',';
	return to + w->comma;
}

void json_open(struct json_writer *w, char bracket)
{
	char *to = separate(w, buf_room(w->out, 2));

	*to++ = bracket;
	buf_end(w->out, to);
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

/* Not 0 where one of the eight bytes must be escaped. */
static inline uint64_t needs_escape(uint64_t eight)
{
	return bytes_below(eight, 0x20) | bytes_equal(eight, '"') | bytes_equal(eight, '\\');
}

static void add_escaped(struct buf *out, const char *text, size_t len)
{
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		if (is_plain(text[i]))
			continue;
		buf_add(out, text + run, i - run);
		add_escape(out, (unsigned char)text[i]);
		run = i + 1;
	}
	buf_add(out, text + run, len - run);
}

/* Whether none of the bytes at p needs an escape. What stands in the seven after them is overwritten. */
static inline bool all_plain(char *p, size_t len)
{
	uint64_t found = 0;

	memset(p + len, ' ', 7);
	for (size_t i = 0; i < len; i += 8)
		found |= needs_escape(bytes_load(p + i));
	return !found;
}

/* The text in quotes, and what follows the closing one. */
static inline void add_quoted(struct json_writer *w, const char *text, size_t len, const char *after, size_t after_len)
{
	char *to = separate(w, buf_room(w->out, len + after_len + 3 + 7));

	*to++ = '"';
	memcpy(to, text, len);
	if (all_plain(to, len)) {
		to += len;
	} else {
		buf_end(w->out, to);
		add_escaped(w->out, text, len);
		to = buf_room(w->out, after_len + 1);
	}
	*to++ = '"';
	memcpy(to, after, after_len);
	buf_end(w->out, to + after_len);
}

void json_str_len(struct json_writer *w, const char *text, size_t len)
{
	add_quoted(w, text, len, "", 0);
	w->comma = true;
}

void json_str(struct json_writer *w, const char *text)
{
	if (text)
		json_str_len(w, text, strlen(text));
	else
		json_null(w);
}

void json_key_len(struct json_writer *w, const char *name, size_t len)
{
	add_quoted(w, name, len, ":", 1);
	w->comma = false;
}

void json_int(struct json_writer *w, int64_t v)
{
	char *to = separate(w, buf_room(w->out, 2));

	*to = '-';
	buf_end(w->out, to + (v < 0));
	buf_add_number(w->out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
	w->comma = true;
}

void json_bool(struct json_writer *w, bool v)
{
	json_raw(w, v ? "true" : "false");
}

void json_null(struct json_writer *w)
{
	json_raw(w, "null");
}

void json_raw_len(struct json_writer *w, const char *json, size_t len)
{
	char *to = separate(w, buf_room(w->out, len + 1));

	memcpy(to, json, len);
	buf_end(w->out, to + len);
	w->comma = true;
}

void json_raw(struct json_writer *w, const char *json)
{
	json = json ? json : "null";
	json_raw_len(w, json, strlen(json));
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
	buf_end(w->out, separate(w, buf_room(w->out, 1)));
	buf_printf(w->out, "%.*f", decimals, v);
	w->comma = true;
}
