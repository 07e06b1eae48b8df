/*
 * A request body on its way to a command:
 *
 *   text --json_tree--> tree --rows of body_fields.h--> struct command, or the first thing wrong
 *
 * Errors name the place and say what must stand there; they never repeat what was sent.
 */
#include "codec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body_fields.h"
#include "json_tree.h"
#include "text_rules.h"

struct body {
	cJSON *root;
	char *person, *details; /* made by command_decode */
};

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
	free(b);
}

const char *body_text(const struct body *b, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(b->root, name));
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

/* ---- one member ---- */

/* A table being gone through. */
struct reading {
	const char *prefix; /* of names in errors: "" or "person." */
	struct command *c;
	struct body *b;
	struct body_error *error;
};

static bool wrong(struct reading *r, const char *name, const char *detail)
{
	snprintf(r->error->field, sizeof(r->error->field), "%s%s", r->prefix, name);
	snprintf(r->error->detail, sizeof(r->error->detail), "%s", detail);
	return false;
}

static bool wrong_length(struct reading *r, const struct body_row *row)
{
	char detail[96];

	snprintf(detail, sizeof(detail), "must be a text of %" PRId64 " to %" PRId64 " characters", row->least,
		 row->most);
	return wrong(r, row->name, detail);
}

static void *member(struct reading *r, const struct body_row *row)
{
	return (char *)r->c + row->offset;
}

static bool take_text(struct reading *r, const struct body_row *row, const cJSON *item)
{
	size_t n;

	if (!cJSON_IsString(item))
		return row->kind == BODY_SCANNED ? wrong(r, row->name, "must be a text") : wrong_length(r, row);
	n = text_characters(item->valuestring);
	if (n < (size_t)row->least || (int64_t)n > row->most)
		return row->kind == BODY_SCANNED ? wrong(r, row->name, "must not be empty") : wrong_length(r, row);
	if (row->kind != BODY_SCANNED && row->least > 0 && strspn(item->valuestring, " ") == strlen(item->valuestring))
		return wrong(r, row->name, "must not be blank");
	if (row->kind != BODY_SCANNED && !text_printable(item->valuestring, row->kind == BODY_LINES))
		return wrong(r, row->name, "must not hold control characters");
	if (row->offset != BODY_NOWHERE)
		*(const char **)member(r, row) = *item->valuestring ? item->valuestring : NULL;
	return true;
}

static bool take_uuid(struct reading *r, const struct body_row *row, const cJSON *item)
{
	if (!cJSON_IsString(item) || !uuid_valid(item->valuestring))
		return wrong(r, row->name, "must be a UUID");
	*(const char **)member(r, row) = item->valuestring;
	return true;
}

static bool take_date(struct reading *r, const struct body_row *row, const cJSON *item)
{
	if (!cJSON_IsString(item) || !date_valid(item->valuestring) || strcmp(item->valuestring, "1900-01-01") < 0)
		return wrong(r, row->name, "must be a date from 1900 on, as 1990-12-31");
	if (row->offset != BODY_NOWHERE)
		*(const char **)member(r, row) = item->valuestring;
	return true;
}

static bool take_time(struct reading *r, const struct body_row *row, const cJSON *item)
{
	ms_t at;

	/* The first millisecond of 1970 would read as "not given". */
	if (!cJSON_IsString(item) || !time_parse(item->valuestring, &at) || at == 0)
		return wrong(r, row->name, "must be a time, as 2026-11-20T08:00:00.000Z");
	*(ms_t *)member(r, row) = at;
	return true;
}

static bool take_whole(struct reading *r, const struct body_row *row, const cJSON *item)
{
	char detail[96];
	int64_t v;

	if (!json_tree_whole(item, &v) || v < row->least || v > row->most) {
		snprintf(detail, sizeof(detail), "must be a whole number from %" PRId64 " to %" PRId64, row->least,
			 row->most);
		return wrong(r, row->name, detail);
	}
	if (row->offset != BODY_NOWHERE)
		*(int64_t *)member(r, row) = v;
	return true;
}

static bool take_long(struct reading *r, const struct body_row *row, const cJSON *item)
{
	const char *text = cJSON_GetStringValue(item);

	if (!text || (strcmp(text, "long") != 0 && strcmp(text, "usual") != 0))
		return wrong(r, row->name, "must be long or usual");
	*(bool *)member(r, row) = strcmp(text, "long") == 0;
	return true;
}

static bool take_checks(struct reading *r, const struct body_row *row, const cJSON *item)
{
	const cJSON *point;
	bool confirmed = cJSON_IsTrue(item) || (cJSON_IsObject(item) && item->child);

	if (confirmed && cJSON_IsObject(item)) {
		cJSON_ArrayForEach(point, item) confirmed &= !cJSON_IsFalse(point) && !cJSON_IsNull(point);
	}
	if (!confirmed)
		return wrong(r, row->name, "must be true, or an object of points that are all confirmed");
	*(bool *)member(r, row) = true;
	return true;
}

/* ---- names ---- */

static int sex_from(const char *text)
{
	static const char *const sexes[] = {"male", "female", "other"};

	for (int i = 0; i < 3; i++) {
		if (strcmp(sexes[i], text) == 0)
			return i;
	}
	return -1;
}

static bool take_name(struct reading *r, const struct body_row *row, const cJSON *item)
{
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	int v;

	switch (row->kind) {
	case BODY_SEX:
		return sex_from(text) >= 0 || wrong(r, row->name, "must be male, female or other");
	case BODY_LANGUAGE:
		v = language_from(text);
		if (v < 0)
			return wrong(r, row->name, "must be zh-Hans, zh-Hant or en");
		r->c->language = (enum language)v;
		return true;
	case BODY_STAGE:
		v = stage_from(text);
		if (v < 0)
			return wrong(r, row->name, "must be registration, consent, injection or observation");
		r->c->stage = (enum stage)v;
		return true;
	default:
		v = device_kind_from(text);
		if (v < 0)
			return wrong(r, row->name,
				     "must be kiosk, handheld, display, observation, exit, board, agent or program");
		r->c->device_kind = (enum device_kind)v;
		return true;
	}
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

static bool take_member(struct reading *r, const struct body_row *row, const cJSON *item)
{
	switch (row->kind) {
	case BODY_WORDS:
	case BODY_LINES:
	case BODY_SCANNED:
		return take_text(r, row, item);
	case BODY_UUID:
		return take_uuid(r, row, item);
	case BODY_DATE:
		return take_date(r, row, item);
	case BODY_TIME:
		return take_time(r, row, item);
	case BODY_WHOLE:
		return take_whole(r, row, item);
	case BODY_BOOL:
		return cJSON_IsBool(item) || wrong(r, row->name, "must be true or false");
	case BODY_LONG:
		return take_long(r, row, item);
	case BODY_PERSON:
		return take_person(r, row, item);
	case BODY_CHECKS:
		return take_checks(r, row, item);
	case BODY_SEX:
	case BODY_LANGUAGE:
	case BODY_STAGE:
	case BODY_DEVICE_KIND:
		return take_name(r, row, item);
	}
	return false;
}

/* A member that no table knows. Its name is said only where it looks like one of ours: nobody's name or number. */
static bool wrong_key(struct reading *r, const char *name)
{
	bool harmless = strlen(name) <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyz_") == strlen(name);

	return wrong(r, harmless ? name : "", "unknown field");
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
			return wrong(r, rows->name, "is missing");
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

	inner.prefix = "person.";
	if (!cJSON_IsObject(item))
		return wrong(r, row->name, "must be an object");
	if (!take_rows(&inner, body_person_rows, item, false))
		return false;
	free(r->b->person);
	r->b->person = person_text(item);
	*(const char **)member(r, row) = r->b->person;
	return true;
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
		return wrong(r, c->device_at ? "sent_at" : "at", "at and sent_at go together");
	return c->device_sent_at >= c->device_at || wrong(r, "sent_at", "must not be before at");
}

static bool is_given(const struct body *b, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(b->root, name);

	return item && !cJSON_IsNull(item);
}

static bool clock_agrees(struct reading *r)
{
	return is_given(r->b, "advance_ms") != is_given(r->b, "doubt") ||
	       wrong(r, "advance_ms", "either advance_ms or doubt must be given");
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
	if (details)
		keep_details(b, rows, c);
	return true;
}
