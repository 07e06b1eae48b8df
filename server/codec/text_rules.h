#ifndef VAXLINE_TEXT_RULES_H
#define VAXLINE_TEXT_RULES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What texts from outside must be like. All take well-formed UTF-8.
 */

/* Characters (code points), not bytes. */
size_t text_characters(const char *text);
/* No control characters (C0, DEL, C1); newline and tab are let through where `lines`. */
bool text_printable(const char *text, bool lines);
/* One or more of the letters, digits, and what stands in `more`. */
bool text_made_of(const char *text, const char *more);

#endif
