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
