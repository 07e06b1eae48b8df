/*
 * What texts from outside must be like.
 */
#include "text_rules.h"

#include <ctype.h>
#include <string.h>

size_t text_characters(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

bool text_printable(const char *text, bool lines)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (lines && (c == '\n' || c == '\t'))
			continue;
		/* C1 controls are U+0080 to U+009F: C2 80 to C2 9F. */
		if (c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)text[1] < 0xa0))
			return false;
	}
	return true;
}

bool text_made_of(const char *text, const char *more)
{
	const char *p = text;

	while ((unsigned char)*p < 0x80 && (isalnum((unsigned char)*p) || (*p && strchr(more, *p))))
		p++;
	return p > text && *p == '\0';
}

/* Bytes of the blank that stands at p; 0: none. */
static size_t blank_at(const char *p)
{
	if (*p == ' ' || *p == '\t')
		return 1;
	if (strncmp(p, "\xc2\xa0", 2) == 0)
		return 2;
	return strncmp(p, "\xe3\x80\x80", 3) == 0 ? 3 : 0;
}

char *text_trim(char *text)
{
	size_t n, len;

	while ((n = blank_at(text)) > 0)
		text += n;
	for (len = strlen(text); len > 0; len -= n) {
		n = 0;
		for (size_t size = 1; size <= 3 && size <= len && n == 0; size++)
			n = blank_at(text + len - size) == size ? size : 0;
		if (n == 0)
			break;
	}
	text[len] = '\0';
	return text;
}

/* What the full-width form at p is in ASCII, or 0. U+FF01 to U+FF3F are EF BC 81 to BF, U+FF40 to U+FF5E EF BD 80 to
 * 9E. */
static char narrow_form(const unsigned char *p)
{
	if (p[0] != 0xef)
		return 0;
	if (p[1] == 0xbc && p[2] >= 0x81)
		return (char)(p[2] - 0x81 + '!');
	if (p[1] == 0xbd && p[2] <= 0x9e)
		return (char)(p[2] - 0x80 + '`');
	return 0;
}

void text_narrow(char *text)
{
	const char *p = text_trim(text);
	char *to = text;

	while (*p) {
		char narrow = narrow_form((const unsigned char *)p);
		size_t blank = narrow ? 0 : blank_at(p);

		if (narrow || blank) {
			*to++ = narrow ? narrow : ' ';
			p += narrow ? 3 : blank;
		} else {
			*to++ = *p++;
		}
	}
	*to = '\0';
}

void text_fold(char *text)
{
	text_narrow(text);
	for (; *text; text++) {
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text + ('a' - 'A'));
	}
}
