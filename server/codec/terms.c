/*
 * The words of a configuration, in one table:
 *
 *   "v新冠灭活疫苗(vero细胞)" -> inactivated       the first letter is the kind, the rest the folded text
 */
#include "terms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "json_tree.h"
#include "roster.h"
#include "rules_codec.h"
#include "text_rules.h"

#define TERM_MAX_BYTES 400 /* 100 characters, the longest name of a configuration */

struct term {
	UT_hash_handle hh;
	char id[32];
	char key[];
};

struct terms {
	struct term *all;
};

/* The key of a text, and its length; empty where the text is longer than any term. */
static size_t make_key(enum term_kind kind, const char *text, char key[TERM_MAX_BYTES + 2])
{
	key[0] = '\0';
	if (strlen(text) > TERM_MAX_BYTES)
		return 0;
	key[0] = kind == TERM_VACCINE ? 'v' : 'i';
	strcpy(key + 1, text);
	text_fold(key + 1);
	return strlen(key);
}

static const struct term *find(const struct terms *t, const char *key, size_t len)
{
	const struct term *found;

	HASH_FIND(hh, t->all, key, len, found);
	return found;
}

struct terms *terms_new(void)
{
	return xcalloc(1, sizeof(struct terms));
}

void terms_free(struct terms *t)
{
	struct term *term, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->all, term, next) {
		HASH_DEL(t->all, term);
		free(term);
	}
	free(t);
}

bool terms_add(struct terms *t, enum term_kind kind, const char *id, const char *text)
{
	char key[TERM_MAX_BYTES + 2];
	size_t len = make_key(kind, text, key);
	const struct term *other = find(t, key, len);
	struct term *term;

	if (other)
		return strcmp(other->id, id) == 0;
	term = xmalloc(sizeof(*term) + len + 1);
	snprintf(term->id, sizeof(term->id), "%s", id);
	memcpy(term->key, key, len);
	term->key[len] = '\0';
	HASH_ADD_KEYPTR(hh, t->all, term->key, len, term);
	return true;
}

const char *terms_find(const struct terms *t, enum term_kind kind, const char *text)
{
	char key[TERM_MAX_BYTES + 2];
	size_t len = make_key(kind, text, key);
	const struct term *term = len ? find(t, key, len) : NULL;

	return term ? term->id : NULL;
}

/* A text that names two things names the first: a configuration of an earlier version may have such. */
static void add_items(struct terms *t, enum term_kind kind, const cJSON *list)
{
	const cJSON *item, *text;

	cJSON_ArrayForEach(item, list)
	{
		const char *id = json_tree_member(item, "id")->valuestring;

		terms_add(t, kind, id, id);
		cJSON_ArrayForEach(text, json_tree_member(item, "name")) terms_add(t, kind, id, text->valuestring);
		cJSON_ArrayForEach(text, json_tree_member(item, "aliases")) terms_add(t, kind, id, text->valuestring);
	}
}

struct terms *terms_of(const struct rules *r)
{
	struct terms *t = terms_new();
	cJSON *root = r->text ? cJSON_Parse(r->text) : NULL, *standard = cJSON_Parse(RULES_ID_TYPES);
	const cJSON *id_types = json_tree_member(root, "id_types");

	add_items(t, TERM_VACCINE, json_tree_member(root, "vaccines"));
	add_items(t, TERM_ID_TYPE, id_types ? id_types : standard);
	cJSON_Delete(root);
	cJSON_Delete(standard);
	return t;
}

void roster_id_type(const struct rules *rules, const char *text, char id[ROSTER_ID_TYPE_MAX_BYTES + 1])
{
	struct terms *t = terms_of(rules);
	const char *known = terms_find(t, TERM_ID_TYPE, text);

	snprintf(id, ROSTER_ID_TYPE_MAX_BYTES + 1, "%s", known ? known : text);
	terms_free(t);
}
