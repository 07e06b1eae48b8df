#ifndef VAXLINE_HTTP_ROUTE_H
#define VAXLINE_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "http.h"

struct route_part {
	int at; /* offset in the path; -1 past the last */
	int len;
};

/*
 * Whether a path (decoded) is one of a pattern; part[] gets what stood at each {name}. A {name} takes at least one byte
 * and no slash, and may have text before and after it in its segment; a last {name...} takes the rest, even none.
 */
bool route_match(const char *pattern, const char *path, struct route_part part[HTTP_PARAMS_MAX]);

struct route_table {
	const struct http_route *rows;
	size_t n;
};

/* The first row for the path and method at that door; NULL where there is none. */
const struct http_route *route_find(const struct route_table *t, enum http_method method, const char *path,
				    enum http_door door, struct route_part part[HTTP_PARAMS_MAX]);
/* Adds the methods that the path has at that door, as Allow lists them; adds nothing where it has none. */
void route_allow(const struct route_table *t, const char *path, enum http_door door, struct buf *out);

#endif
