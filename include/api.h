#ifndef VAXLINE_API_H
#define VAXLINE_API_H

#include <stddef.h>

#include "http.h"

/*
 * The API and the pages: the table of routes that the server answers. Handlers take the app (struct app *) as their
 * argument. The table is static; first match wins.
 */
const struct http_route *api_routes(size_t *n);

/* Adds the table of who may do what, as Markdown: a row for what is asked, a column for who asks. */
void api_permissions(struct buf *out);

#endif
