/*
 * Events as values: the list a decision fills, and the arena its strings live in.
 *
 *   arena: head -> [block: used | free.......] -> [block] -> NULL     all freed together
 */
#include "event.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK_BYTES (16 * 1024)
#define ARENA_ALIGN 16

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(ARENA_ALIGN) unsigned char data[];
};

static struct arena_block *arena_grow(struct arena *a, size_t size)
{
	size_t room = size > ARENA_BLOCK_BYTES ? size : ARENA_BLOCK_BYTES;
	struct arena_block *b = calloc(1, sizeof(*b) + room);

	if (!b)
		abort();
	b->size = room;
	b->next = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->head;
	void *p;

	size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
	if (!b || b->size - b->used < size)
		b = arena_grow(a, size);
	p = b->data + b->used;
	b->used += size;
	return p;
}

char *arena_str(struct arena *a, const char *text)
{
	size_t len;

	if (!text)
		return NULL;
	len = strlen(text) + 1;
	return memcpy(arena_alloc(a, len), text, len);
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return arena_str(a, text);
}

void arena_free(struct arena *a)
{
	while (a->head) {
		struct arena_block *next = a->head->next;

		free(a->head);
		a->head = next;
	}
}

/* Forgets what is in it, keeps one block for the next time. */
static void arena_reset(struct arena *a)
{
	struct arena_block *first = a->head;

	if (!first)
		return;
	a->head = first->next;
	arena_free(a);
	if (first->size > ARENA_BLOCK_BYTES) {
		free(first);
		a->head = NULL;
		return;
	}
	memset(first->data, 0, first->used);
	first->used = 0;
	first->next = NULL;
	a->head = first;
}

struct event *events_add(struct events *l)
{
	struct event *e;

	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 8;
		l->v = realloc(l->v, l->cap * sizeof(*l->v));
		if (!l->v)
			abort();
	}
	e = &l->v[l->n++];
	memset(e, 0, sizeof(*e));
	return e;
}

void events_clear(struct events *l)
{
	l->n = 0;
	arena_reset(&l->arena);
}

void events_free(struct events *l)
{
	arena_free(&l->arena);
	free(l->v);
	l->n = 0;
	l->v = NULL;
	l->cap = 0;
}
