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

/* The text without the blanks around it (space, tab, U+00A0, U+3000); its end is cut off in place. */
char *text_trim(char *text);
/* In place: full-width forms (U+FF01 to U+FF5E) become the usual ones, blanks become spaces, those around go. */
void text_narrow(char *text);
/* In place: narrow, and the letters of ASCII small. For telling whether two texts mean the same. */
void text_fold(char *text);

#endif
