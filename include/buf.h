#ifndef VAXLINE_BUF_H
#define VAXLINE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * A growing byte buffer, and immutable bytes shared by reference.
 *
 * Memory that cannot be had ends the process: whatever was promised is in the journal, and a half-handled NULL would be
 * worse than a restart. Every bound on size is checked by the caller before it adds.
 */

struct buf {
	char *data; /* owned; always NUL-terminated once something was added; NULL before */
	size_t len; /* bytes, the NUL not counted */
	size_t cap; /* bytes allocated */
};

/* Makes the memory larger by at least so many bytes: for buf_room. */
void buf_grow(struct buf *b, size_t more);

/* Room for so many bytes and the NUL after them: where they go. buf_end says where what was written there ends. */
static inline char *buf_room(struct buf *b, size_t more)
{
	if (b->cap - b->len <= more)
		buf_grow(b, more);
	return b->data + b->len;
}

static inline void buf_end(struct buf *b, char *end)
{
	*end = '\0';
	b->len = (size_t)(end - b->data);
}

/* In place, because most pieces are literals: a few stores then. */
static inline void buf_add(struct buf *b, const void *data, size_t len)
{
	char *room = buf_room(b, len);

	if (len)
		memcpy(room, data, len);
	buf_end(b, room + len);
}

static inline void buf_add_str(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

static inline void buf_add_char(struct buf *b, char c)
{
	char *room = buf_room(b, 1);

	*room = c;
	buf_end(b, room + 1);
}

/* A decimal number. */
void buf_add_number(struct buf *b, uint64_t n);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Forgets the content, keeps the memory. */
void buf_clear(struct buf *b);
/* Frees the memory; the buffer may be used again. Accepts an empty one. */
void buf_free(struct buf *b);
/* Hands the bytes (NUL-terminated, never NULL) to the caller, who frees them with free(); the buffer is empty after. */
char *buf_take(struct buf *b);

/* Bytes that no one changes any more, held by as many as need them. */
struct blob {
	unsigned refs;
	size_t len;
	char data[]; /* NUL-terminated */
};

/* A copy of the bytes with one reference, the caller's. */
struct blob *blob_new(const void *data, size_t len);
struct blob *blob_ref(struct blob *b);
/* Gives a reference back; the last one frees. Accepts NULL. */
void blob_unref(struct blob *b);

/* malloc, calloc, realloc and strdup that end the process instead of returning NULL. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);

#endif
