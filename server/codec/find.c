/*
 * Somebody without a ticket, looked for among today's visits by one text:
 *
 *   text -> a name, an id number, a phone -> held against the person of every visit -> whom it names wholly, then
 *                                                                                      whose name begins so
 */
#include "codec.h"

#include <stdlib.h>
#include <string.h>

#include "json_tree.h"
#include "roster.h"
#include "text_rules.h"
#include "view.h"

#define LISTED_MAX 20
#define NAME_MAX_BYTES (FIND_TEXT_MAX * 4)

/* The text, as each thing that it may be; empty where it cannot be that. */
struct wanted {
	char name[NAME_MAX_BYTES + 1], id_number[ROSTER_KEY_MAX_BYTES + 1], phone[ROSTER_KEY_MAX_BYTES + 1];
};

enum match {
	MATCH_NONE,
	MATCH_BEGINS,
	MATCH_WHOLE,
};

struct hits {
	const struct visit *v[LISTED_MAX];
	size_t n, total;
};

static bool name_key(const char *name, char key[NAME_MAX_BYTES + 1])
{
	if (strlen(name) > NAME_MAX_BYTES)
		return false;
	strcpy(key, name);
	text_fold(key);
	return *key != '\0';
}

/* As at check-in: blanks and case do not count. */
static bool id_number_key(const char *number, char key[ROSTER_KEY_MAX_BYTES + 1])
{
	char *to = key;

	if (!roster_id_key(number, key))
		return false;
	for (const char *p = key; *p; p++) {
		if (*p != ' ')
			*to++ = *p;
	}
	*to = '\0';
	return to > key;
}

/* A text with anything beside the signs of a phone is none, whatever digits are in it. */
static bool looks_like_phone(const char *folded)
{
	return folded[strspn(folded, "0123456789+-() ")] == '\0';
}

static bool read_wanted(const char *text, struct wanted *w)
{
	if (!name_key(text, w->name) || text_characters(w->name) < FIND_TEXT_MIN)
		return false;
	if (!id_number_key(text, w->id_number))
		w->id_number[0] = '\0';
	if (!looks_like_phone(w->name) || !roster_phone_key(text, w->phone))
		w->phone[0] = '\0';
	return true;
}

static enum match match_name(const struct wanted *w, const char *name)
{
	char key[NAME_MAX_BYTES + 1];
	size_t n = strlen(w->name);

	if (!name || !name_key(name, key) || strncmp(key, w->name, n) != 0)
		return MATCH_NONE;
	return key[n] ? MATCH_BEGINS : MATCH_WHOLE;
}

static bool match_key(const char *wanted, const char *text, bool (*make_key)(const char *, char *))
{
	char key[ROSTER_KEY_MAX_BYTES + 1];

	return *wanted && text && make_key(text, key) && strcmp(key, wanted) == 0;
}

static enum match match_person(const struct wanted *w, const char *json)
{
	cJSON *person = json ? cJSON_Parse(json) : NULL;
	enum match found = match_name(w, cJSON_GetStringValue(json_tree_member(person, "name")));

	if (match_key(w->id_number, cJSON_GetStringValue(json_tree_member(person, "id_number")), id_number_key) ||
	    match_key(w->phone, cJSON_GetStringValue(json_tree_member(person, "phone")), roster_phone_key))
		found = MATCH_WHOLE;
	cJSON_Delete(person);
	return found;
}

static void keep(struct hits *h, const struct visit *v)
{
	if (h->n < LISTED_MAX)
		h->v[h->n++] = v;
	h->total++;
}

static void find(const struct day *day, const struct wanted *w, struct hits *whole, struct hits *begins)
{
	for (size_t i = 0; day && i < day->n_visits; i++) {
		const struct visit *v = day->visits[i];
		enum match match = v ? match_person(w, v->f.person) : MATCH_NONE;

		if (match != MATCH_NONE)
			keep(match == MATCH_WHOLE ? whole : begins, v);
	}
}

bool find_encode(const struct site *s, const char *text, const struct reader *reader, struct buf *out)
{
	struct hits whole = {0}, begins = {0};
	struct json_writer w;
	struct wanted wanted;
	size_t listed;

	if (!read_wanted(text, &wanted))
		return false;
	find(s->today, &wanted, &whole, &begins);
	for (size_t i = 0; i < begins.n && whole.n < LISTED_MAX; i++)
		whole.v[whole.n++] = begins.v[i];
	listed = whole.n;
	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "visits");
	json_open(&w, '[');
	for (size_t i = 0; i < listed; i++)
		part_visit(&w, &whole.v[i]->f, reader);
	json_close(&w, ']');
	view_count(&w, "more", whole.total + begins.total - listed);
	json_close(&w, '}');
	return true;
}
