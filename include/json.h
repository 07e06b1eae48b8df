#ifndef VAXLINE_JSON_H
#define VAXLINE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "buf.h"
#include "names.h"

/*
 * Strict JSON (RFC 8259) in, compact JSON out.
 *
 * What comes in is checked whole before it is read: valid UTF-8, no unescaped control character, no \u0000, no lone
 * surrogate, no duplicate key, depth at most JSON_DEPTH_MAX, at most JSON_KEYS_MAX members in an object, numbers of at
 * most JSON_NUMBER_MAX_BYTES.
 */
#define JSON_DEPTH_MAX 16
#define JSON_KEYS_MAX 256
#define JSON_NUMBER_MAX_BYTES 60

/* True where the text is one JSON value by those rules; else false with a sentence, "at byte N", in error. */
bool json_check(const char *text, size_t len, char *error, size_t error_size);

/* How long the value is that stands at the beginning of the text, without a space outside of strings; 0: there is none.
 */
size_t json_compact_length(const char *text, size_t len);

/*
 * Writes JSON as it goes: commas and escapes are its business. Names are of static text.
 *   json_open(&w, '{'); json_key(&w, "at"); json_time(&w, at); json_close(&w, '}');
 */
struct json_writer {
	struct buf *out;
	bool comma; /* a value stands before */
};
void json_start(struct json_writer *w, struct buf *out);
void json_open(struct json_writer *w, char bracket);  /* '{' or '[' */
void json_close(struct json_writer *w, char bracket); /* '}' or ']' */
void json_key_len(struct json_writer *w, const char *name, size_t len);
/* A literal, as nearly every key is, needs no escape, and its length is known: a few stores. */
__attribute__((always_inline)) static inline void json_key(struct json_writer *w, const char *name)
{
	size_t len = strlen(name);
	char *to;

	if (!__builtin_constant_p(len)) {
		json_key_len(w, name, len);
		return;
	}
	to = buf_room(w->out, len + 4);
	*to = ',';
	to += w->comma;
	*to++ = '"';
	memcpy(to, name, len);
	memcpy(to + len, "\":", 2);
	buf_end(w->out, to + len + 2);
	w->comma = false;
}
void json_str(struct json_writer *w, const char *text); /* NULL writes null */
void json_str_len(struct json_writer *w, const char *text, size_t len);
void json_int(struct json_writer *w, int64_t v);
void json_bool(struct json_writer *w, bool v);
void json_null(struct json_writer *w);
void json_raw_len(struct json_writer *w, const char *json, size_t len); /* JSON already */
void json_raw(struct json_writer *w, const char *json);                 /* the same; NULL writes null */
void json_time(struct json_writer *w, ms_t at);                         /* "2026-11-20T08:00:00.000Z"; 0 writes null */
void json_number(struct json_writer *w, double v, int decimals);

/* ISO 8601 UTC with milliseconds; 24 characters. */
#define TIME_TEXT_LEN 24
void time_format(ms_t at, char out[TIME_TEXT_LEN + 1]);
/* Reads that form and "Z" or an offset "+08:00", milliseconds optional. False where it is none or not a real date. */
bool time_parse(const char *text, ms_t *at);
/* "2026-11-20", a real date. */
bool date_valid(const char *text);
/* The same, and its days from 1970-01-01 on; before that they are negative. */
bool date_days(const char *text, int64_t *days);
/* Bytes of the well-formed UTF-8 character at p, of which `left` (1 or more) are there; 0: none. */
size_t utf8_length(const unsigned char *p, size_t left);

#endif
