#ifndef VAXLINE_CSV_TEXT_H
#define VAXLINE_CSV_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* The bytes of a file on their way to UTF-8, in slices. */
struct csv_text {
	char *raw; /* as sent; owned */
	size_t raw_len;
	size_t at;       /* so far */
	size_t wide;     /* characters of two bytes and more so far */
	size_t bad_utf8; /* where it is not UTF-8 */
	void *gb18030;   /* an iconv_t; NULL while it may be UTF-8 */
	struct buf converted;
	bool ready;
	const char *text; /* when ready: UTF-8 without BOM */
	size_t len;
};

/* Takes the bytes (malloc). */
void csv_text_start(struct csv_text *t, char *raw, size_t len);
void csv_text_end(struct csv_text *t);
/* Looks at so many further bytes, 16 or more. False where the file is in neither form, with a sentence. */
bool csv_text_step(struct csv_text *t, size_t bytes, char *error, size_t error_size);

#endif
