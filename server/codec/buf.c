/*
 * Growing buffers, shared immutable bytes, and allocation that cannot fail.
 *
 *   data -> [ bytes ............ ][NUL][ spare ]
 *            <----- len ------->
 *            <--------------- cap ------------->
 *
 * Room for the NUL is always kept, so data is a string whenever its bytes hold none themselves.
 */
#include "buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUF_FIRST_BYTES 512 /* most replies and lines of the log fit */

static void __attribute__((noreturn)) out_of_memory(void)
{
	static const char message[] = "vaxline: out of memory\n";
	ssize_t n = write(STDERR_FILENO, message, sizeof(message) - 1);

	(void)n;
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char *xstrndup(const char *text, size_t len)
{
	size_t n = strnlen(text, len);
	char *copy = xmalloc(n + 1);

	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

void buf_grow(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : BUF_FIRST_BYTES;

	if (more > SIZE_MAX / 2 - 1 - b->len)
		out_of_memory();
	while (cap < b->len + more + 1)
		cap *= 2;
	b->data = xrealloc(b->data, cap);
	b->cap = cap;
}

void buf_add_number(struct buf *b, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	buf_add(b, digits + i, sizeof(digits) - i);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(b->data ? b->data + b->len : NULL, b->cap - b->len, format, ap);
	va_end(ap);
	if (n < 0)
		abort(); /* a format that libc cannot print is a mistake in the program */
	if ((size_t)n >= b->cap - b->len) {
		vsnprintf(buf_room(b, (size_t)n), (size_t)n + 1, format, again);
	}
	va_end(again);
	b->len += (size_t)n;
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = '\0';
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

char *buf_take(struct buf *b)
{
	char *data = b->data ? b->data : xstrdup("");

	*b = (struct buf){0};
	return data;
}

struct blob *blob_new(const void *data, size_t len)
{
	struct blob *b;

	if (len > SIZE_MAX / 2)
		out_of_memory();
	b = xmalloc(sizeof(*b) + len + 1);
	b->refs = 1;
	b->len = len;
	if (len)
		memcpy(b->data, data, len);
	b->data[len] = '\0';
	return b;
}

struct blob *blob_ref(struct blob *b)
{
	b->refs++;
	return b;
}

void blob_unref(struct blob *b)
{
	if (b && --b->refs == 0)
		free(b);
}
