#ifndef VAXLINE_HTTP_TEXT_H
#define VAXLINE_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Small readers of what stands in requests. */

/* Whether every '%' begins the code of a byte other than NUL. */
bool text_percent_ok(const char *text, size_t len);
/*
 * Decodes a path where it stands and ends it with NUL (text[len] must be writable). Returns what is wrong with it, or
 * NULL: it must begin with '/', be UTF-8 without control characters, and have no segment "." or "..". An encoded slash
 * is refused: nothing here has one in a name, and a path that is cut before or after decoding is then the same.
 */
const char *text_decode_path(char *text, size_t len);
/* Whether `tag` is in the value of an If-None-Match header (RFC 9110, 13.1.2; weak comparison). */
bool text_etag_matches(const char *if_none_match, const char *tag);

#endif
