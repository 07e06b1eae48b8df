/*
 * A line of the log back into an event: a scanner for the one form that the encoder writes. A restart waits for this,
 * and a general parser takes more than twice as long for its tree of some thirty nodes alone; this reads each byte
 * once, and whatever deviates by a byte is an error.
 *
 * The line is copied once and then read in place. A string ends where its closing quote is overwritten by NUL, so what
 * the event borrows lies in the copy:
 *
 *   {"id":"1-7",..,"desk":"consent-1","data":{"state":"called",..}}<NUL>
 *                          consent-1<NUL>    called<NUL>
 *
 * The NUL at the end stops every comparison, so no step needs to know where the end is.
 *
 * Names are found through small tables, one for each field of names, filled when the decoder is made.
 */
#include "codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "event_names.h"
#include "event_table.h"
#include "json.h"
#include "rules_codec.h"

#define SPARE_BYTES 64 /* after the line: a comparison may read so far past its end */
#define DATE_LEN 10    /* "2026-11-20" */

struct event_decoder {
	char *text;
	size_t cap;
	char date[DATE_LEN]; /* of the last time read, */
	ms_t date_at;        /* and when it began */
	struct name_table types;
	struct name_table fields[EVENT_ROWS]; /* only those of FIELD_NAME are filled */
};

/* A line being read. */
struct scan {
	struct event_decoder *d;
	char *p;
	const char *end;
	const char *problem;
};

/* ---- the decoder ---- */

static const char *type_name(int v)
{
	return event_type_name((enum event_type)v);
}

struct event_decoder *event_decoder_new(void)
{
	struct event_decoder *d = xcalloc(1, sizeof(*d));

	memcpy(d->date, "1970-01-01", DATE_LEN);
	event_names_fill(&d->types, EVENT_TYPE_COUNT, type_name, 1);
	for (size_t i = 0; i < EVENT_ROWS; i++) {
		/* The first of each list is "none", which is not written; only acceptance is. */
		if (event_rows[i].kind == FIELD_NAME)
			event_names_fill(&d->fields[i], event_rows[i].n_values, event_rows[i].value_name,
					 i != EVENT_ROW_reply);
	}
	return d;
}

void event_decoder_free(struct event_decoder *d)
{
	if (!d)
		return;
	free(d->text);
	free(d);
}

/* ---- pieces ---- */

static bool wrong(struct scan *s, const char *problem)
{
	if (!s->problem)
		s->problem = problem;
	return false;
}

/* In place, so that a literal is a comparison or two and no call. */
__attribute__((always_inline)) static inline bool take(struct scan *s, const char *literal, size_t len)
{
	if (memcmp(s->p, literal, len) != 0)
		return false;
	s->p += len;
	return true;
}

/* What must stand here. */
#define TAKE(s, literal) (take(s, literal, sizeof(literal) - 1) || wrong(s, "expected " literal))

/* A decimal number without leading zeros, 0 included. */
static bool take_number(struct scan *s, uint64_t most, uint64_t *v)
{
	uint64_t n = 0;
	const char *first = s->p;

	while (*s->p >= '0' && *s->p <= '9') {
		unsigned digit = (unsigned)(*s->p - '0');

		if (n > (most - digit) / 10)
			return wrong(s, "number out of range");
		n = n * 10 + digit;
		s->p++;
	}
	if (s->p == first || (*first == '0' && s->p - first > 1))
		return wrong(s, "not a whole number");
	*v = n;
	return true;
}

/* The character that an escape stands for, or -1. Only escapes that the encoder writes. */
static int unescape(char **from)
{
	static const char letters[] = "\"\\bfnrt", meanings[] = "\"\\\b\f\n\r\t";
	static const char digits[] = "0123456789abcdef";
	const char *p = *from + 1, *letter, *digit;
	int c;

	letter = *p ? strchr(letters, *p) : NULL;
	if (letter) {
		*from += 2;
		return meanings[letter - letters];
	}
	if (memcmp(p, "u00", 3) != 0 || (p[3] != '0' && p[3] != '1') || !p[4])
		return -1;
	digit = strchr(digits, p[4]);
	if (!digit)
		return -1;
	c = (p[3] - '0') * 16 + (int)(digit - digits);
	if (c == 0 || c == '\b' || c == '\f' || c == '\n' || c == '\r' || c == '\t')
		return -1;
	*from += 6;
	return c;
}

/* The rest of a string that holds an escape or more than ASCII, moved together in place. */
static bool take_rich_string(struct scan *s, char *to)
{
	while (*s->p != '"') {
		unsigned char c = (unsigned char)*s->p;

		if (c == '\\') {
			int plain = unescape(&s->p);

			if (plain < 0)
				return wrong(s, "an escape that is not written so");
			*to++ = (char)plain;
		} else {
			/* At the end of the line the NUL is no continuation byte, so nothing is read past it. */
			size_t n = c < 0x20 ? 0 : utf8_length((unsigned char *)s->p, SPARE_BYTES);

			if (n == 0)
				return wrong(s, "a control character, or not UTF-8");
			memmove(to, s->p, n);
			to += n;
			s->p += n;
		}
	}
	*to = '\0';
	s->p++;
	return true;
}

/* Which of eight bytes end a run of ASCII that stands as it is. */
static inline uint64_t ends_plain(uint64_t eight)
{
	return bytes_below(eight, 0x20) | bytes_equal(eight, '"') | bytes_equal(eight, '\\') | bytes_high(eight);
}

static bool take_string(struct scan *s, char **text)
{
	char *p = s->p;
	uint64_t stop;

	if (*p != '"')
		return wrong(s, "expected a string");
	*text = ++p;
	for (; !(stop = ends_plain(bytes_load(p))); p += 8)
		;
	p += bytes_before(stop);
	s->p = p;
	if (*p != '"')
		return take_rich_string(s, p);
	*p = '\0';
	s->p++;
	return true;
}

static bool take_text_or_null(struct scan *s, const char **text)
{
	char *found;

	if (take(s, "null", 4)) {
		*text = NULL;
		return true;
	}
	if (!take_string(s, &found))
		return false;
	*text = found;
	return true;
}

/* "d12" or "v12", or null. */
static bool take_id(struct scan *s, char letter, uint32_t *id)
{
	uint64_t v;

	*id = 0;
	if (take(s, "null", 4))
		return true;
	if (s->p[0] != '"' || s->p[1] != letter)
		return wrong(s, "expected an id or null");
	s->p += 2;
	if (!take_number(s, UINT32_MAX, &v))
		return false;
	if (v == 0 || *s->p != '"')
		return wrong(s, "not an id");
	s->p++;
	*id = (uint32_t)v;
	return true;
}

/* The two digits at p, or 100 and more. */
static inline unsigned two_digits(const char *p)
{
	unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');

	return tens < 10 && ones < 10 ? tens * 10 + ones : 100;
}

/* The time of day of ...T12:34:56.789Z, where it is one. */
static bool clock_at(const char *p, ms_t *ms)
{
	unsigned h = two_digits(p + 1), m = two_digits(p + 4), sec = two_digits(p + 7), cs = two_digits(p + 10);
	unsigned last = (unsigned)(p[12] - '0');

	*ms = h * MS_HOUR + m * MS_MINUTE + sec * MS_SECOND + cs * 10 + last;
	return p[0] == 'T' && p[3] == ':' && p[6] == ':' && p[9] == '.' && p[13] == 'Z' && p[14] == '"' && h < 24 &&
	       m < 60 && sec < 60 && cs < 100 && last < 10;
}

/* 24 characters ending in Z are the written form. The date is most often that of the time before. */
static bool take_time(struct scan *s, ms_t *at)
{
	struct event_decoder *d = s->d;
	char date[] = "0000-00-00T00:00:00.000Z";
	ms_t clock;

	if (s->p[0] != '"' || !clock_at(s->p + 1 + DATE_LEN, &clock))
		return wrong(s, "not a time");
	if (memcmp(s->p + 1, d->date, DATE_LEN) != 0) {
		memcpy(date, s->p + 1, DATE_LEN);
		if (!time_parse(date, &d->date_at))
			return wrong(s, "not a time");
		memcpy(d->date, date, DATE_LEN);
	}
	*at = d->date_at + clock;
	s->p += TIME_TEXT_LEN + 2;
	return *at != 0 || wrong(s, "not a time");
}

static bool take_name(struct scan *s, const struct name_table *t, int *value)
{
	char *text;

	if (!take_string(s, &text))
		return false;
	*value = event_name_find(t, text, strlen(text));
	return *value >= 0 || wrong(s, "no such name");
}

static bool take_count(struct scan *s, int64_t *v)
{
	bool negative = *s->p == '-';
	uint64_t n;

	s->p += negative;
	if (!take_number(s, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, &n))
		return false;
	if (n == 0)
		return wrong(s, "0 is not written");
	*v = negative ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

static bool take_hex(struct scan *s, uint64_t *v)
{
	char *text;

	if (!take_string(s, &text))
		return false;
	*v = 0;
	if (strlen(text) != 16)
		return wrong(s, "expected 16 hexadecimal digits");
	for (; *text; text++) {
		bool letter = *text >= 'a' && *text <= 'f';

		if (!letter && (*text < '0' || *text > '9'))
			return wrong(s, "expected 16 hexadecimal digits");
		*v = *v << 4 | (unsigned)(letter ? *text - 'a' + 10 : *text - '0');
	}
	return *v != 0 || wrong(s, "0 is not written");
}

/* ---- values that are JSON ---- */

/* Leaves p behind the value, on the separator; the caller ends the text there once it has read that. */
static bool take_json(struct scan *s, char **text, size_t *len)
{
	*text = s->p;
	*len = json_compact_length(s->p, (size_t)(s->end - s->p));
	s->p += *len;
	return *len || wrong(s, "a value that is not compact JSON");
}

static bool take_rules(struct scan *s, struct rules **rules)
{
	char *text, error[160];
	size_t len;

	if (!take_json(s, &text, &len))
		return false;
	*rules = rules_decode_recorded(text, len, error, sizeof(error));
	return *rules != NULL || wrong(s, "not a configuration");
}

/* ---- the line ---- */

static bool take_value(struct scan *s, const struct event_row *row, struct event *e)
{
	void *member = event_member(e, row);
	char *text;
	size_t len;

	switch (row->kind) {
	case FIELD_TEXT:
		if (!take_string(s, &text))
			return false;
		*(const char **)member = text;
		return true;
	case FIELD_JSON:
		if (!take_json(s, &text, &len))
			return false;
		*(const char **)member = text;
		return true;
	case FIELD_TIME:
		return take_time(s, member);
	case FIELD_COUNT:
		return take_count(s, member);
	case FIELD_HEX:
		return take_hex(s, member);
	case FIELD_NAME:
		return take_name(s, &s->d->fields[row - event_rows], member);
	case FIELD_RULES:
		return take_rules(s, member);
	}
	return false;
}

/* The row of the key at p, at or after the given one: keys come in the order of the rows, each once. */
static const struct event_row *take_row(struct scan *s, const struct event_row *row)
{
	for (; row < event_rows + EVENT_ROWS; row++) {
		if (s->p[1] == row->quoted[1] && s->p[2] == row->quoted[2] && take(s, row->quoted, row->quoted_len))
			return row;
	}
	wrong(s, "an unknown key, or one out of order");
	return NULL;
}

/* An answer and its form stand together, but for a refusal, which has no form. */
static bool answer_fits(struct scan *s, const struct event *e, bool answered)
{
	if (e->reply_as != REPLY_NONE ? answered : !answered || e->reply != VERDICT_ACCEPTED)
		return true;
	return wrong(s, "reply and reply_as do not fit");
}

static bool take_data(struct scan *s, struct event *e)
{
	const struct event_row *row = event_rows;
	bool answered = false, last = false;

	if (!TAKE(s, "{"))
		return false;
	if (*s->p == '}') {
		s->p++;
		return true;
	}
	for (; !last; row++) {
		row = take_row(s, row);
		if (!row || !take_value(s, row, e))
			return false;
		answered |= row == &event_rows[EVENT_ROW_reply];
		last = *s->p == '}';
		if (!last && *s->p != ',')
			return wrong(s, "expected , or }");
		*s->p++ = '\0';
	}
	return answer_fits(s, e, answered);
}

static bool take_position(struct scan *s, struct event *e)
{
	return TAKE(s, "{\"id\":\"") && take_number(s, UINT64_MAX, &e->epoch) && TAKE(s, "-") &&
	       take_number(s, UINT64_MAX, &e->seq) && TAKE(s, "\"");
}

static bool take_type(struct scan *s, struct event *e)
{
	int type;

	if (!take_name(s, &s->d->types, &type))
		return false;
	e->type = (enum event_type)type;
	return true;
}

static bool take_command(struct scan *s, struct event *e)
{
	return take_text_or_null(s, &e->command) &&
	       (!e->command || uuid_valid(e->command) || wrong(s, "not the id of a command"));
}

static bool take_event(struct scan *s, struct event *e)
{
	return take_position(s, e) && TAKE(s, ",\"at\":") && take_time(s, &e->at) && TAKE(s, ",\"type\":") &&
	       take_type(s, e) && TAKE(s, ",\"command\":") && take_command(s, e) && TAKE(s, ",\"device\":") &&
	       take_id(s, 'd', &e->device) && TAKE(s, ",\"staff\":") && take_text_or_null(s, &e->staff) &&
	       TAKE(s, ",\"visit\":") && take_id(s, 'v', &e->visit) && TAKE(s, ",\"desk\":") &&
	       take_text_or_null(s, &e->desk) && TAKE(s, ",\"data\":") && take_data(s, e) && TAKE(s, "}");
}

bool event_decode(struct event_decoder *d, const char *line, size_t len, struct event *e, char *error,
		  size_t error_size)
{
	struct scan s = {.d = d};

	if (d->cap < len + SPARE_BYTES) {
		d->cap = (len + SPARE_BYTES) * 2;
		d->text = xrealloc(d->text, d->cap);
	}
	memcpy(d->text, line, len);
	memset(d->text + len, 0, SPARE_BYTES);
	memset(e, 0, sizeof(*e));
	s.p = d->text;
	s.end = d->text + len;
	if (take_event(&s, e) && (s.p == s.end || wrong(&s, "something follows the event")))
		return true;
	rules_free(e->rules);
	e->rules = NULL;
	snprintf(error, error_size, "at byte %zu: %s", (size_t)(s.p - d->text), s.problem);
	return false;
}
