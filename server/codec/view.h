#ifndef VAXLINE_VIEW_H
#define VAXLINE_VIEW_H

#include "codec.h"
#include "parts.h"

/* Begins a picture: {at, position, ... */
void view_open(struct json_writer *w, const struct site *s, const struct picture *p, struct buf *out);
/* A number of a visit of today, or NULL. */
const char *view_number(const struct site *s, uint32_t visit);
/* Tickets that are in observation now, in the order in which they may leave. The caller frees with free(). */
const struct visit **view_observing(const struct site *s, size_t *n);
/* Whether one in observation may leave now. */
bool view_may_leave(const struct site *s, const struct visit *v, ms_t now);
void view_seats(struct json_writer *w, const struct site *s);

#endif
