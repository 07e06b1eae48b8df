/*
 * Paths, queries, cookies and entity tags: strings in, strings out.
 */
#include "text.h"

#include <string.h>

#include "http.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that the two digits at p name, or -1. */
static int hex_byte(const char *p)
{
	int high = hex_digit(p[0]);
	int low = high < 0 ? -1 : hex_digit(p[1]);

	return low < 0 ? -1 : high * 16 + low;
}

bool text_percent_ok(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '%')
			continue;
		if (len - i < 3 || hex_byte(text + i + 1) <= 0)
			return false;
		i += 2;
	}
	return true;
}

/* Length of the UTF-8 sequence at p, 0 where it is malformed (RFC 3629: no surrogates, nothing overlong). */
static size_t utf8_sequence(const unsigned char *p, size_t len)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
	    (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static bool is_dots(const char *segment, size_t len)
{
	return (len == 1 && segment[0] == '.') || (len == 2 && segment[0] == '.' && segment[1] == '.');
}

static const char *check_path(const char *path, size_t len)
{
	size_t segment = 1;

	for (size_t i = 0; i < len;) {
		unsigned char c = (unsigned char)path[i];
		size_t n = utf8_sequence((const unsigned char *)path + i, len - i);

		if (!n)
			return "The path is not UTF-8.";
		if (c < ' ' || c == 0x7f)
			return "The path holds a control character.";
		if (c == '/' && i) {
			if (is_dots(path + segment, i - segment))
				return "The path holds a segment of dots.";
			segment = i + 1;
		}
		i += n;
	}
	return is_dots(path + segment, len - segment) ? "The path holds a segment of dots." : NULL;
}

const char *text_decode_path(char *text, size_t len)
{
	size_t out = 0;

	if (!len || text[0] != '/')
		return "The request target is not a path.";
	for (size_t i = 0; i < len; i++) {
		int c = (unsigned char)text[i];

		if (c == '%') {
			c = len - i < 3 ? -1 : hex_byte(text + i + 1);
			if (c <= 0)
				return "The path is not properly percent-encoded.";
			if (c == '/')
				return "The path holds an encoded slash.";
			i += 2;
		}
		text[out++] = (char)c;
	}
	text[out] = '\0';
	return check_path(text, out);
}

/* Decodes one query value; false where it does not fit or is malformed. */
static bool decode_value(const char *text, size_t len, char *out, size_t out_size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int c = text[i] == '+' ? ' ' : (unsigned char)text[i];

		if (c == '%') {
			c = len - i < 3 ? -1 : hex_byte(text + i + 1);
			i += 2;
		}
		if (c <= 0 || n + 1 >= out_size)
			return false;
		out[n++] = (char)c;
	}
	if (!out_size)
		return false;
	out[n] = '\0';
	return true;
}

bool http_query_value(const char *query, const char *name, char *out, size_t out_size)
{
	size_t name_len = strlen(name);

	while (query && *query) {
		size_t len = strcspn(query, "&");

		if (len >= name_len && !memcmp(query, name, name_len) && (len == name_len || query[name_len] == '=')) {
			size_t skip = len == name_len ? name_len : name_len + 1;

			return decode_value(query + skip, len - skip, out, out_size);
		}
		query += len + (query[len] == '&');
	}
	return false;
}

bool http_cookie_value(const char *cookie, const char *name, char *out, size_t out_size)
{
	size_t name_len = strlen(name);

	while (cookie && *cookie) {
		size_t len;

		cookie += strspn(cookie, " \t;");
		len = strcspn(cookie, ";");
		if (len > name_len && !memcmp(cookie, name, name_len) && cookie[name_len] == '=') {
			const char *value = cookie + name_len + 1;

			len -= name_len + 1;
			while (len && (value[len - 1] == ' ' || value[len - 1] == '\t'))
				len--;
			if (len >= out_size)
				return false;
			memcpy(out, value, len);
			out[len] = '\0';
			return true;
		}
		cookie += len;
	}
	return false;
}

bool text_etag_matches(const char *if_none_match, const char *tag)
{
	size_t tag_len = strlen(tag);

	while (if_none_match && *if_none_match) {
		size_t len;

		if_none_match += strspn(if_none_match, " \t,");
		if (*if_none_match == '*')
			return true;
		if (!strncmp(if_none_match, "W/", 2))
			if_none_match += 2;
		len = strcspn(if_none_match, ", \t");
		if (len == tag_len && !memcmp(if_none_match, tag, len))
			return true;
		if_none_match += len;
	}
	return false;
}
