/*
 * The table of routes: patterns against paths, one row after the other. Few rows and short patterns make that cheaper
 * than anything cleverer; most rows fall at their first bytes.
 */
#include "route.h"

#include <string.h>

const char *http_method_name(enum http_method m)
{
	static const char *const names[] = {"GET", "POST", "PUT", "DELETE"};

	return names[m];
}

/* Takes what stands from path[at] on for the {name} at *pattern, which moves on; returns where that ends, or -1. */
static int take_part(const char **pattern, const char *path, int at, struct route_part *part)
{
	const char *close = strchr(*pattern, '}');
	const char *suffix = close + 1;
	int suffix_len = (int)strcspn(suffix, "/");
	int segment_len = (int)strcspn(path + at, "/");

	part->at = at;
	if (!strncmp(close - 3, "...", 3)) {
		part->len = (int)strlen(path + at);
		*pattern = suffix;
		return at + part->len;
	}
	part->len = segment_len - suffix_len;
	if (part->len <= 0 || strncmp(path + at + part->len, suffix, (size_t)suffix_len))
		return -1;
	*pattern = suffix + suffix_len;
	return at + segment_len;
}

bool route_match(const char *pattern, const char *path, struct route_part part[HTTP_PARAMS_MAX])
{
	int n = 0, at = 0;

	while (*pattern) {
		if (*pattern == '{') {
			at = n < HTTP_PARAMS_MAX ? take_part(&pattern, path, at, &part[n++]) : -1;
			if (at < 0)
				return false;
		} else if (*pattern++ != path[at++]) {
			return false;
		}
	}
	for (; n < HTTP_PARAMS_MAX; n++)
		part[n].at = -1;
	return !path[at];
}

const struct http_route *route_find(const struct route_table *t, enum http_method method, const char *path,
				    enum http_door door, struct route_part part[HTTP_PARAMS_MAX])
{
	for (size_t i = 0; i < t->n; i++) {
		const struct http_route *row = &t->rows[i];

		if (row->method == method && (door == HTTP_STAFF || (row->doors >> door & 1)) &&
		    route_match(row->pattern, path, part))
			return row;
	}
	return NULL;
}

void route_allow(const struct route_table *t, const char *path, enum http_door door, struct buf *out)
{
	struct route_part part[HTTP_PARAMS_MAX];
	const char *separator = "";

	for (enum http_method method = HTTP_METHOD_GET; method <= HTTP_METHOD_DELETE; method++) {
		if (!route_find(t, method, path, door, part))
			continue;
		buf_add_str(out, separator);
		buf_add_str(out, method == HTTP_METHOD_GET ? "GET, HEAD" : http_method_name(method));
		separator = ", ";
	}
}
