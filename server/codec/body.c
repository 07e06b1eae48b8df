/*
 * A request body on its way to a command:
 *
 *   text --json_tree--> tree --rows of body_fields.h--> struct command, or the first thing wrong
 *
 * Errors name the place and say what must stand there; they never repeat what was sent.
 */
#include "codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body_parts.h"
#include "json_tree.h"
#include "text_rules.h"

struct body *body_parse(const char *text, size_t len, char *error, size_t error_size)
{
	struct body *b;
	cJSON *root = len ? json_tree(text, len, error, error_size) : json_tree("{}", 2, error, error_size);

	if (!root)
		return NULL;
	if (!cJSON_IsObject(root)) {
		snprintf(error, error_size, "the body must be a JSON object");
		cJSON_Delete(root);
		return NULL;
	}
	b = xcalloc(1, sizeof(*b));
	b->root = root;
	return b;
}

void body_free(struct body *b)
{
	if (!b)
		return;
	cJSON_Delete(b->root);
	free(b->person);
	free(b->details);
	free(b->entry_checks);
	free(b);
}

const char *body_text(const struct body *b, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(b->root, name));
}

const char *body_person_text(const struct body *b, const char *name)
{
	const cJSON *person = json_tree_member(b->root, "person");

	if (!person)
		person = json_tree_member(json_tree_member(b->root, "what"), "person");
	return cJSON_GetStringValue(json_tree_member(person, name));
}

bool body_int(const struct body *b, const char *name, int64_t *v)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(b->root, name);

	return item && json_tree_whole(item, v);
}

bool body_true(const struct body *b, const char *name)
{
	return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(b->root, name));
}

static bool not_of_the_act(const char *name, const void *arg)
{
	(void)arg;
	return strcmp(name, "id") == 0 || strcmp(name, "sent_at") == 0;
}

void body_canonical(const struct body *b, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_tree_write_some(&w, b->root, true, not_of_the_act, NULL);
}

bool uuid_valid(const char *text)
{
	static const unsigned char is_hex[256] = {['0' ... '9'] = 1, ['a' ... 'f'] = 1, ['A' ... 'F'] = 1};
	static const int digits[] = {8, 4, 4, 4, 12};
	const char *p = text;

	for (int group = 0; group < 5; group++) {
		for (int i = 0; i < digits[group]; i++)
			if (!is_hex[(unsigned char)*p++])
				return false;
		if (*p++ != (group < 4 ? '-' : '\0'))
			return false;
	}
	return true;
}

/* ---- tables ---- */

static const struct body_row *find_row(const struct body_row *rows, const char *name)
{
	for (; rows->name; rows++) {
		if (strcmp(rows->name, name) == 0)
			return rows;
	}
	return NULL;
}

static bool take_person(struct reading *r, const struct body_row *row, const cJSON *item);
static bool take_what(struct reading *r, const struct body_row *row, const cJSON *item);

static bool take_member(struct reading *r, const struct body_row *row, const cJSON *item)
{
	if (row->kind == BODY_PERSON)
		return take_person(r, row, item);
	return row->kind == BODY_WHAT ? take_what(r, row, item) : body_take(r, row, item);
}

/* A member that no table knows. Its name is said only where it looks like one of ours: nobody's name or number. */
static bool wrong_key(struct reading *r, const char *name)
{
	bool harmless = strlen(name) <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name);

	return body_wrong(r, harmless ? name : "", "unknown field");
}

/* A member that is null reads as left out. */
static bool take_rows(struct reading *r, const struct body_row *rows, const cJSON *object, bool details)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
	{
		const struct body_row *row = find_row(rows, item->string);

		/* Personal data has its one place, and that is not among the details. */
		if (!row && (!details || strcmp(item->string, "person") == 0))
			return wrong_key(r, item->string);
		if (row && !cJSON_IsNull(item) && !take_member(r, row, item))
			return false;
	}
	for (; rows->name; rows++) {
		item = cJSON_GetObjectItemCaseSensitive(object, rows->name);
		if (rows->required && (!item || cJSON_IsNull(item)))
			return body_wrong(r, rows->name, "is missing");
	}
	return true;
}

/* Written in the order of the table, so that the same person is the same text. */
static char *person_text(const cJSON *person)
{
	struct buf out = {0};
	struct json_writer w;

	json_start(&w, &out);
	json_open(&w, '{');
	for (const struct body_row *row = body_person_rows; row->name; row++) {
		const cJSON *item = cJSON_GetObjectItemCaseSensitive(person, row->name);

		if (item && !cJSON_IsNull(item)) {
			json_key(&w, row->name);
			json_tree_write(&w, item, false);
		}
	}
	json_close(&w, '}');
	return buf_take(&out);
}

static bool take_person(struct reading *r, const struct body_row *row, const cJSON *item)
{
	struct reading inner = *r;

	inner.prefix = *r->prefix ? "what.person." : "person.";
	if (!cJSON_IsObject(item))
		return body_wrong(r, row->name, "must be an object");
	if (!take_rows(&inner, body_person_rows, item, false))
		return false;
	free(r->b->person);
	r->b->person = person_text(item);
	r->c->person = r->b->person;
	return true;
}

/* What is corrected; companions may become none, so that they stay is -1. */
static bool take_what(struct reading *r, const struct body_row *row, const cJSON *item)
{
	struct reading inner = *r;
	const cJSON *member_of;
	bool some = false;

	inner.prefix = "what.";
	r->c->companions = -1;
	cJSON_ArrayForEach(member_of, item) some |= !cJSON_IsNull(member_of);
	if (!cJSON_IsObject(item) || !some)
		return body_wrong(
			r, row->name,
			"must be an object with one or more of person, language, companions, vaccine, lot, dose");
	return take_rows(&inner, body_what_rows, item, false);
}

/* ---- the whole ---- */

static bool has_place(const char *name, const void *arg)
{
	const struct body_row *row = find_row(arg, name);

	return row && row->kind != BODY_CHECKS;
}

/* What was sent beyond the table, and the points that were checked. */
static void keep_details(struct body *b, const struct body_row *rows, struct command *c)
{
	struct buf out = {0};
	struct json_writer w;

	json_start(&w, &out);
	json_tree_write_some(&w, b->root, false, has_place, rows);
	free(b->details);
	b->details = buf_take(&out);
	c->details = strcmp(b->details, "{}") == 0 ? NULL : b->details;
}

static bool offline_agrees(struct reading *r)
{
	const struct command *c = r->c;

	if (!c->device_at != !c->device_sent_at)
		return body_wrong(r, c->device_at ? "sent_at" : "at", "at and sent_at go together");
	return c->device_sent_at >= c->device_at || body_wrong(r, "sent_at", "must not be before at");
}

static bool is_given(const struct body *b, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(b->root, name);

	return item && !cJSON_IsNull(item);
}

static bool clock_agrees(struct reading *r)
{
	return is_given(r->b, "advance_ms") != is_given(r->b, "doubt") ||
	       body_wrong(r, "advance_ms", "either advance_ms or doubt must be given");
}

#define WAYS_IN "person, appointment, id_number, or phone with birth_date"

/* Who checks in is said in one way. */
static bool one_way_in(struct reading *r)
{
	static const char *const ways[] = {"person", "appointment", "id_number", "phone"};
	const struct body *b = r->b;
	const char *way = NULL;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (!is_given(b, ways[i]))
			continue;
		if (way)
			return body_wrong(r, ways[i], "one way only: give " WAYS_IN);
		way = ways[i];
	}
	if (!way && is_given(b, "id_type"))
		return body_wrong(r, "id_number", "is missing");
	if (!way && is_given(b, "birth_date"))
		return body_wrong(r, "phone", "is missing");
	if (!way)
		return body_wrong(r, "person", "is missing: give " WAYS_IN);
	if (is_given(b, "id_type") && strcmp(way, "id_number") != 0)
		return body_wrong(r, "id_type", "goes with id_number");
	if (is_given(b, "birth_date") != (strcmp(way, "phone") == 0))
		return body_wrong(r, "birth_date", strcmp(way, "phone") == 0 ? "is missing" : "goes with phone");
	return true;
}

bool command_decode(struct body *b, enum body_shape shape, struct command *c, struct body_error *error)
{
	struct reading r = {.prefix = "", .c = c, .b = b, .error = error};
	bool details;
	const struct body_row *rows = body_rows(shape, c->action, &details);

	if (!take_rows(&r, rows, b->root, details) || !offline_agrees(&r))
		return false;
	if (shape == BODY_CLOCK && !clock_agrees(&r))
		return false;
	if (shape == BODY_CHECK_IN && !one_way_in(&r))
		return false;
	if (details)
		keep_details(b, rows, c);
	return true;
}
