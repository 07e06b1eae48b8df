/*
 * The lists of a configuration: desks, vaccines, kinds of document, words for those who need help, entry checks.
 */
#include "rules_reader.h"

#include <stdio.h>
#include <string.h>

#include "json_tree.h"
#include "text_rules.h"

#define CONFIG_ADVICE_MAX 300 /* characters of what to do after an entry check that was not passed */
#define ID_TYPES_MAX 16
#define ASSISTED_WORDS_MAX 32

/* ---- desks and vaccines ---- */

static bool read_desk(struct config *c, const cJSON *item, size_t i)
{
	static const char *const keys[] = {"id", "stage", "open"};
	const cJSON *id = json_tree_member(item, "id"), *stage = json_tree_member(item, "stage");
	const cJSON *open = json_tree_member(item, "open");
	struct desk_rule *d = &c->r->desks[i];
	char path[32], must[96];
	int st;

	snprintf(path, sizeof(path), "desks[%zu]", i);
	if (!config_keys(c, item, path, keys, 3))
		return false;
	snprintf(must, sizeof(must), "%s.id: must be 1 to %d letters, digits, '-' or '_'", path, DESK_ID_MAX_BYTES);
	if (!config_text(c, id, d->id, sizeof(d->id), cJSON_IsString(id) && text_made_of(id->valuestring, "-_"), must))
		return false;
	/* Places where a device may stand without being a desk. */
	if (strcmp(d->id, "observation") == 0 || strcmp(d->id, "treatment") == 0)
		return config_wrong(c, "%s.id: observation and treatment are no desks", path);
	if (rules_desk(c->r, d->id) >= 0)
		return config_wrong(c, "%s.id: stands twice", path);
	st = cJSON_IsString(stage) ? stage_from(stage->valuestring) : -1;
	if (st != STAGE_REGISTRATION && st != STAGE_CONSENT && st != STAGE_INJECTION)
		return config_wrong(c, "%s.stage: must be registration, consent or injection", path);
	if (open && !cJSON_IsBool(open))
		return config_wrong(c, "%s.open: must be true or false", path);
	d->stage = (enum stage)st;
	d->open = !open || cJSON_IsTrue(open);
	c->r->n_desks++;
	return true;
}

bool config_desks(struct config *c)
{
	const cJSON *desks = json_tree_member(c->root, "desks"), *item;
	bool staffed[STAGE_COUNT] = {false};
	size_t i = 0;

	if (!cJSON_IsArray(desks) || cJSON_GetArraySize(desks) > DESKS_MAX)
		return config_wrong(c, "desks: must be an array of at most %d desks", DESKS_MAX);
	cJSON_ArrayForEach(item, desks)
	{
		if (!read_desk(c, item, i))
			return false;
		staffed[c->r->desks[i++].stage] = true;
	}
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (!staffed[st])
			return config_wrong(c, "desks: no desk for %s", stage_name((enum stage)st));
	}
	return true;
}

static bool check_texts(struct config *c, const cJSON *texts, const char *parent)
{
	const cJSON *item;
	char path[64];
	int i = 0;

	if (texts && !cJSON_IsArray(texts))
		return config_wrong(c, "%s: must be an array of texts", parent);
	cJSON_ArrayForEach(item, texts)
	{
		snprintf(path, sizeof(path), "%s[%d]", parent, i++);
		if (!config_words(c, item, path))
			return false;
	}
	return true;
}

/*
 * Whether a text names one thing only; said of `path`. A configuration of the log may come from a version that let a
 * text name two.
 */
static bool names_one(struct config *c, enum term_kind kind, const char *id, const cJSON *text, const char *path)
{
	if (c->recorded || terms_add(c->terms, kind, id, text->valuestring))
		return true;
	return config_wrong(c, "%s: is a name of %s already", path, terms_find(c->terms, kind, text->valuestring));
}

static bool names_are_its_own(struct config *c, enum term_kind kind, const cJSON *item, const char *parent)
{
	const cJSON *id = json_tree_member(item, "id"), *text;
	char path[64];
	int i = 0;

	snprintf(path, sizeof(path), "%s.id", parent);
	if (!names_one(c, kind, id->valuestring, id, path))
		return false;
	cJSON_ArrayForEach(text, json_tree_member(item, "name"))
	{
		snprintf(path, sizeof(path), "%s.name.%s", parent, text->string);
		if (!names_one(c, kind, id->valuestring, text, path))
			return false;
	}
	cJSON_ArrayForEach(text, json_tree_member(item, "aliases"))
	{
		snprintf(path, sizeof(path), "%s.aliases[%d]", parent, i++);
		if (!names_one(c, kind, id->valuestring, text, path))
			return false;
	}
	return true;
}

static bool id_stands_before(const cJSON *item)
{
	const char *id = json_tree_member(item, "id")->valuestring;

	/* The first item's prev is the last one. */
	for (const cJSON *other = item->prev; other->next; other = other->prev) {
		if (strcmp(json_tree_member(other, "id")->valuestring, id) == 0)
			return true;
	}
	return false;
}

/* A thing with an id, names and aliases; `id` has room for 32 bytes. */
static bool read_item(struct config *c, enum term_kind kind, const cJSON *item, const char *path, char *id)
{
	static const char *const keys[] = {"id", "name", "aliases"};
	const cJSON *text = json_tree_member(item, "id");
	char parent[40], must[96];

	if (!config_keys(c, item, path, keys, 3))
		return false;
	snprintf(must, sizeof(must), "%s.id: must be 1 to 31 letters, digits, '-' or '_'", path);
	if (!config_text(c, text, id, 32, cJSON_IsString(text) && text_made_of(text->valuestring, "-_"), must))
		return false;
	if (id_stands_before(item))
		return config_wrong(c, "%s.id: stands twice", path);
	snprintf(parent, sizeof(parent), "%s.", path);
	if (!config_name(c, item, parent))
		return false;
	snprintf(parent, sizeof(parent), "%s.aliases", path);
	return check_texts(c, json_tree_member(item, "aliases"), parent) && names_are_its_own(c, kind, item, path);
}

bool config_vaccines(struct config *c)
{
	const cJSON *vaccines = json_tree_member(c->root, "vaccines"), *item;
	struct rules *r = c->r;
	char path[32];

	if (!cJSON_IsArray(vaccines) || !vaccines->child || cJSON_GetArraySize(vaccines) > VACCINES_MAX)
		return config_wrong(c, "vaccines: must be an array of 1 to %d vaccines", VACCINES_MAX);
	cJSON_ArrayForEach(item, vaccines)
	{
		snprintf(path, sizeof(path), "vaccines[%zu]", r->n_vaccines);
		if (!read_item(c, TERM_VACCINE, item, path, r->vaccines[r->n_vaccines].id))
			return false;
		r->n_vaccines++;
	}
	return true;
}

bool config_roster_words(struct config *c)
{
	const cJSON *id_types = json_tree_member(c->root, "id_types"), *item;
	const cJSON *words = json_tree_member(c->root, "assisted_words");
	char path[32], id[32];
	size_t i = 0;

	if (id_types && (!cJSON_IsArray(id_types) || !id_types->child || cJSON_GetArraySize(id_types) > ID_TYPES_MAX))
		return config_wrong(c, "id_types: must be an array of 1 to %d kinds of document", ID_TYPES_MAX);
	cJSON_ArrayForEach(item, id_types)
	{
		snprintf(path, sizeof(path), "id_types[%zu]", i++);
		if (!read_item(c, TERM_ID_TYPE, item, path, id))
			return false;
	}
	if (cJSON_IsArray(words) && cJSON_GetArraySize(words) > ASSISTED_WORDS_MAX)
		return config_wrong(c, "assisted_words: must be at most %d texts", ASSISTED_WORDS_MAX);
	return check_texts(c, words, "assisted_words");
}

/* ---- entry checks ---- */

static bool check_id_taken(const struct rules *r, const char *id, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(r->entry_checks[i].id, id) == 0)
			return true;
	}
	return false;
}

static bool read_entry_check(struct config *c, const cJSON *item, size_t i)
{
	static const char *const keys[] = {"id", "name", "advice", "required"};
	const cJSON *id = json_tree_member(item, "id"), *required = json_tree_member(item, "required");
	struct entry_check_rule *check = &c->r->entry_checks[i];
	char path[48], must[96];

	snprintf(path, sizeof(path), "entry_checks[%zu]", i);
	if (!config_keys(c, item, path, keys, 4))
		return false;
	snprintf(must, sizeof(must), "%s.id: must be 1 to 31 letters, digits, '-' or '_'", path);
	if (!config_text(c, id, check->id, sizeof(check->id), cJSON_IsString(id) && text_made_of(id->valuestring, "-_"),
			 must))
		return false;
	if (check_id_taken(c->r, check->id, i))
		return config_wrong(c, "%s.id: stands twice", path);
	if (required && !cJSON_IsBool(required))
		return config_wrong(c, "%s.required: must be true or false", path);
	check->required = cJSON_IsTrue(required);
	c->r->n_entry_checks++;
	snprintf(path, sizeof(path), "entry_checks[%zu].advice", i);
	if (!config_languages(c, json_tree_member(item, "advice"), path, CONFIG_ADVICE_MAX))
		return false;
	snprintf(path, sizeof(path), "entry_checks[%zu].", i);
	return config_name(c, item, path);
}

bool config_entry_checks(struct config *c)
{
	const cJSON *checks = json_tree_member(c->root, "entry_checks"), *item;
	size_t i = 0;

	if (checks && (!cJSON_IsArray(checks) || cJSON_GetArraySize(checks) > ENTRY_CHECKS_MAX))
		return config_wrong(c, "entry_checks: must be an array of at most %d checks", ENTRY_CHECKS_MAX);
	cJSON_ArrayForEach(item, checks)
	{
		if (!read_entry_check(c, item, i++))
			return false;
	}
	return true;
}
