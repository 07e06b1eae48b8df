/*
 * Which encoding a file is in, by what its bytes can be:
 *
 *   scan as UTF-8 --to the end--> ready
 *        | broken: early        -> convert from GB18030 --to the end--> ready
 *        | broken: with a BOM, or after UTF8_SURE characters, is damaged UTF-8: an error
 *
 * The last rule keeps a single bad byte from turning a whole file into other Chinese characters: a text in GB18030
 * hardly ever has a few characters in a row that are UTF-8 as well, and never so many.
 */
#include "csv_text.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define UTF8_SURE 12 /* characters of more than one byte */
#define BOM "\xef\xbb\xbf"
#define BOM_BYTES 3
#define NO_CONVERTER ((void *)-1)

void csv_text_start(struct csv_text *t, char *raw, size_t len)
{
	*t = (struct csv_text){.raw = raw, .raw_len = len};
}

void csv_text_end(struct csv_text *t)
{
	if (t->gb18030)
		iconv_close(t->gb18030);
	buf_free(&t->converted);
	free(t->raw);
}

static bool begins_with_bom(const char *text, size_t len)
{
	return len >= BOM_BYTES && memcmp(text, BOM, BOM_BYTES) == 0;
}

static void be_ready(struct csv_text *t, const char *text, size_t len)
{
	size_t skip = begins_with_bom(text, len) ? BOM_BYTES : 0;

	t->text = text + skip;
	t->len = len - skip;
	t->ready = true;
}

static size_t line_of(const struct csv_text *t, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += t->raw[i] == '\n';
	return line;
}

/* From UTF-8 over to GB18030. */
static bool turn(struct csv_text *t, char *error, size_t error_size)
{
	t->bad_utf8 = t->at;
	if (begins_with_bom(t->raw, t->raw_len) || t->wide >= UTF8_SURE) {
		snprintf(error, error_size, "line %zu: damaged UTF-8 at byte %zu", line_of(t, t->at), t->at + 1);
		return false;
	}
	t->gb18030 = iconv_open("UTF-8", "GB18030");
	if (t->gb18030 == NO_CONVERTER) {
		t->gb18030 = NULL;
		snprintf(error, error_size, "not UTF-8, and this machine lacks the GB18030 converter of libc");
		return false;
	}
	t->at = 0;
	return true;
}

static bool scan(struct csv_text *t, size_t bytes, char *error, size_t error_size)
{
	const unsigned char *raw = (const unsigned char *)t->raw;
	size_t end = bytes < t->raw_len - t->at ? t->at + bytes : t->raw_len;

	while (t->at < end) {
		size_t n = utf8_length(raw + t->at, t->raw_len - t->at);

		if (n == 0)
			return turn(t, error, error_size);
		t->wide += n > 1;
		t->at += n;
	}
	if (t->at == t->raw_len)
		be_ready(t, t->raw, t->raw_len);
	return true;
}

static bool neither(const struct csv_text *t, char *error, size_t error_size)
{
	snprintf(error, error_size, "neither UTF-8 (line %zu, byte %zu) nor GB18030 (line %zu, byte %zu)",
		 line_of(t, t->bad_utf8), t->bad_utf8 + 1, line_of(t, t->at), t->at + 1);
	return false;
}

static bool convert(struct csv_text *t, size_t bytes, char *error, size_t error_size)
{
	size_t left = bytes < t->raw_len - t->at ? bytes : t->raw_len - t->at;
	bool last = left == t->raw_len - t->at;
	char *in = t->raw + t->at, out[1024];

	while (left > 0) {
		char *to = out;
		size_t room = sizeof(out), n;

		errno = 0;
		n = iconv(t->gb18030, &in, &left, &to, &room);
		buf_add(&t->converted, out, sizeof(out) - room);
		t->at = (size_t)(in - t->raw);
		if (n != (size_t)-1 || errno == E2BIG)
			continue;
		/* A character may be cut by the end of the slice, but not by that of the file. */
		if (errno == EINVAL && !last)
			return true;
		return neither(t, error, error_size);
	}
	if (t->at == t->raw_len)
		be_ready(t, t->converted.data, t->converted.len);
	return true;
}

bool csv_text_step(struct csv_text *t, size_t bytes, char *error, size_t error_size)
{
	return t->gb18030 ? convert(t, bytes, error, error_size) : scan(t, bytes, error, error_size);
}
