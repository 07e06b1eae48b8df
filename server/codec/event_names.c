/*
 * Names to values by open addressing: three bytes of the name and its length say where to look first, then the next
 * slot, and so on. A line of the log holds some six names, so this is worth its table.
 */
#include "event_names.h"

#include <string.h>

#include "event.h"
#include "verdict.h"

_Static_assert(EVENT_TYPE_COUNT * 2 <= EVENT_NAME_SLOTS && VERDICT_COUNT * 2 <= EVENT_NAME_SLOTS, "more slots needed");

static unsigned name_hash(const char *text, size_t len)
{
	return ((unsigned char)text[0] * 7u + (unsigned char)text[len / 2] * 31u + (unsigned char)text[len - 1] * 3u +
		(unsigned)len * 17u) %
	       EVENT_NAME_SLOTS;
}

static void name_add(struct name_table *t, const char *text, int value)
{
	size_t len = strlen(text);
	unsigned i = name_hash(text, len);

	while (t->slots[i].text)
		i = (i + 1) % EVENT_NAME_SLOTS;
	t->slots[i] = (struct name_slot){text, len, value};
}

int event_name_find(const struct name_table *t, const char *text, size_t len)
{
	unsigned i;

	if (len == 0)
		return -1;
	for (i = name_hash(text, len); t->slots[i].text; i = (i + 1) % EVENT_NAME_SLOTS) {
		if (t->slots[i].len == len && memcmp(t->slots[i].text, text, len) == 0)
			return t->slots[i].value;
	}
	return -1;
}

void event_names_fill(struct name_table *t, int n, const char *(*name)(int), int first)
{
	for (int v = first; v < n; v++)
		name_add(t, name(v), v);
}
