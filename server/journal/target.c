/* Redis URLs: who to be, and where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decodes len bytes into out, which holds TARGET_TEXT_MAX_BYTES and a NUL. */
static bool decode(const char *text, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			int high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_digit(text[i + 2]);

			if (low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (!c || n == TARGET_TEXT_MAX_BYTES)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return true;
}

static bool parse_credentials(const char *text, size_t len, struct target *t)
{
	const char *colon = memchr(text, ':', len);

	t->auth = true;
	if (!colon)
		return decode(text, len, t->password);
	return decode(text, (size_t)(colon - text), t->user) &&
	       decode(colon + 1, len - (size_t)(colon - text) - 1, t->password);
}

static bool parse_host(const char *text, struct target *t)
{
	const char *port = strrchr(text, ':');
	size_t len = strcspn(text, "/");

	if (text[len] && text[len + 1])
		return false; /* a database number: a site's log lives in database 0 */
	if (*text == '[') {
		const char *end = strchr(text, ']');

		if (!end || (end[1] && end[1] != ':' && end[1] != '/'))
			return false;
		port = end[1] == ':' ? end + 1 : NULL;
		text++;
		len = (size_t)(end - text);
	} else if (port) {
		len = (size_t)(port - text);
	}
	t->port = TARGET_PORT;
	if (port) {
		char *end;
		long n = strtol(port + 1, &end, 10);

		if (end == port + 1 || (*end && *end != '/') || n < 1 || n > 65535)
			return false;
		t->port = (int)n;
	}
	if (!len || len > TARGET_TEXT_MAX_BYTES)
		return false;
	memcpy(t->host, text, len);
	t->host[len] = '\0';
	return true;
}

bool target_parse(const char *url, struct target *t, char *error, size_t error_size)
{
	bool is_unix = !strncmp(url, "unix://", 7);
	const char *rest, *at;

	memset(t, 0, sizeof(*t));
	if (!is_unix && strncmp(url, "redis://", 8)) {
		snprintf(error, error_size, "the Redis URL must begin with unix:// or redis://");
		return false;
	}
	rest = url + (is_unix ? 7 : 8);
	at = *rest == '/' ? NULL : strrchr(rest, '@');
	if (at) {
		if (!parse_credentials(rest, (size_t)(at - rest), t)) {
			snprintf(
				error, error_size,
				"user and password in the Redis URL are not well percent-encoded, or longer than %d bytes",
				TARGET_TEXT_MAX_BYTES);
			return false;
		}
		rest = at + 1;
	}
	if (is_unix) {
		size_t len = strlen(rest);

		if (*rest != '/' || len > TARGET_PATH_MAX_BYTES) {
			snprintf(error, error_size,
				 "the socket path in the Redis URL must be absolute and at most %d bytes long",
				 TARGET_PATH_MAX_BYTES);
			return false;
		}
		memcpy(t->path, rest, len + 1);
		return true;
	}
	if (!parse_host(rest, t)) {
		snprintf(error, error_size, "the Redis URL must end in host or host:port (a log lives in database 0)");
		return false;
	}
	return true;
}
