/*
 * From lines to commits.
 *
 *   append -> open [ command | command | comm..      sealed -> sealed -> flying -> ring [ .. | .. | .. ]
 *                              ^ cut                                      one        oldest forgotten first
 *
 * A commit ends where a command ends. The open lines leave as one commit when nothing is in flight; what outgrows a
 * commit meanwhile is sealed at its last cut.
 */
#include <stdlib.h>
#include <string.h>

#include "commit.h"
#include "journal.h"
#include "log.h"

static void list_push(struct commit_list *l, struct commit *c)
{
	c->next = NULL;
	if (l->last)
		l->last->next = c;
	else
		l->first = c;
	l->last = c;
	l->bytes += sizeof(*c) + c->len;
}

static struct commit *list_shift(struct commit_list *l)
{
	struct commit *c = l->first;

	if (!c)
		return NULL;
	l->first = c->next;
	if (!l->first)
		l->last = NULL;
	l->bytes -= sizeof(*c) + c->len;
	c->next = NULL;
	return c;
}

static struct commit *commit_new(const char *text, size_t len, uint64_t last)
{
	struct commit *c = xmalloc(sizeof(*c) + len);

	*c = (struct commit){.last = last, .len = len};
	if (len)
		memcpy(c->text, text, len);
	return c;
}

/* What is open up to the last cut becomes a commit; the rest stays open. */
static struct commit *seal(struct commits *c)
{
	struct commit *sealed = commit_new(c->open.data, c->cut_bytes, c->cut_number);

	c->open.len -= c->cut_bytes;
	memmove(c->open.data, c->open.data + c->cut_bytes, c->open.len + 1);
	c->cut_bytes = 0;
	return sealed;
}

void commits_append(struct commits *c, uint64_t number, const char *line, size_t len, bool cut)
{
	if (number != c->last_number + 1) {
		log_line(LOG_LEVEL_ERROR, "journal_number", "number", "%llu", (unsigned long long)number, "last",
			 "%llu", (unsigned long long)c->last_number, NULL);
		abort(); /* a hole made by ourselves must never reach the log */
	}
	if (c->cut_bytes && c->open.len + len + 1 > JOURNAL_COMMIT_MAX_BYTES)
		list_push(&c->sealed, seal(c));
	buf_add(&c->open, line, len);
	buf_add_char(&c->open, '\n');
	c->last_number = number;
	if (cut) {
		c->cut_bytes = c->open.len;
		c->cut_number = number;
	}
}

void commits_cut(struct commits *c)
{
	if (c->open.len != c->cut_bytes)
		abort(); /* half a command must never reach the log alone */
	if (c->cut_bytes)
		list_push(&c->sealed, seal(c));
}

struct commit *commits_take(struct commits *c)
{
	if (c->flying)
		return NULL;
	c->flying = list_shift(&c->sealed);
	if (!c->flying && c->cut_bytes)
		c->flying = seal(c);
	return c->flying;
}

void commits_land(struct commits *c, size_t ring_bytes)
{
	list_push(&c->ring, c->flying);
	c->flying = NULL;
	while (c->ring.bytes > ring_bytes && c->ring.first != c->ring.last)
		free(list_shift(&c->ring));
}

void commits_fence(struct commits *c)
{
	list_push(&c->ring, commit_new(NULL, 0, 0));
}

struct commit *commits_find(const struct commits *c, uint64_t number)
{
	struct commit *i = c->ring.first;

	while (i && i->last != number)
		i = i->next;
	return i;
}

size_t commits_pending_bytes(const struct commits *c)
{
	return c->open.len + c->sealed.bytes + (c->flying ? c->flying->len : 0);
}

void commits_free(struct commits *c)
{
	struct commit *i;

	while ((i = list_shift(&c->sealed)))
		free(i);
	while ((i = list_shift(&c->ring)))
		free(i);
	free(c->flying);
	buf_free(&c->open);
	memset(c, 0, sizeof(*c));
}
