/*
 * One member of a body: what its row asks for, and into the command.
 */
#include "body_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "text_rules.h"

bool body_wrong(struct reading *r, const char *name, const char *detail)
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
	return body_wrong(r, row->name, detail);
}

static void *member(struct reading *r, const struct body_row *row)
{
	return (char *)r->c + row->offset;
}

static bool take_text(struct reading *r, const struct body_row *row, const cJSON *item)
{
	size_t n;

	if (!cJSON_IsString(item))
		return row->kind == BODY_SCANNED ? body_wrong(r, row->name, "must be a text") : wrong_length(r, row);
	n = text_characters(item->valuestring);
	if (n < (size_t)row->least || (int64_t)n > row->most)
		return row->kind == BODY_SCANNED ? body_wrong(r, row->name, "must not be empty") : wrong_length(r, row);
	if (row->kind != BODY_SCANNED && row->least > 0 && strspn(item->valuestring, " ") == strlen(item->valuestring))
		return body_wrong(r, row->name, "must not be blank");
	if (row->kind != BODY_SCANNED && !text_printable(item->valuestring, row->kind == BODY_LINES))
		return body_wrong(r, row->name, "must not hold control characters");
	if (row->offset != BODY_NOWHERE)
		*(const char **)member(r, row) = *item->valuestring ? item->valuestring : NULL;
	return true;
}

static bool take_digits(struct reading *r, const struct body_row *row, const cJSON *item)
{
	const char *text = cJSON_IsString(item) ? item->valuestring : "";
	size_t n = strlen(text);
	char detail[96];

	if (n >= (size_t)row->least && n <= (size_t)row->most && strspn(text, "0123456789") == n)
		return true;
	snprintf(detail, sizeof(detail), "must be a text of %" PRId64 " to %" PRId64 " digits", row->least, row->most);
	return body_wrong(r, row->name, detail);
}

static bool take_uuid(struct reading *r, const struct body_row *row, const cJSON *item)
{
	if (!cJSON_IsString(item) || !uuid_valid(item->valuestring))
		return body_wrong(r, row->name, "must be a UUID");
	*(const char **)member(r, row) = item->valuestring;
	return true;
}

static bool take_date(struct reading *r, const struct body_row *row, const cJSON *item)
{
	if (!cJSON_IsString(item) || !date_valid(item->valuestring) || strcmp(item->valuestring, "1900-01-01") < 0)
		return body_wrong(r, row->name, "must be a date from 1900 on, as 1990-12-31");
	if (row->offset != BODY_NOWHERE)
		*(const char **)member(r, row) = item->valuestring;
	return true;
}

static bool take_time(struct reading *r, const struct body_row *row, const cJSON *item)
{
	ms_t at;

	/* The first millisecond of 1970 would read as "not given". */
	if (!cJSON_IsString(item) || !time_parse(item->valuestring, &at) || at == 0)
		return body_wrong(r, row->name, "must be a time, as 2026-11-20T08:00:00.000Z");
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
		return body_wrong(r, row->name, detail);
	}
	if (row->offset != BODY_NOWHERE)
		*(int64_t *)member(r, row) = v;
	return true;
}

static bool take_long(struct reading *r, const struct body_row *row, const cJSON *item)
{
	const char *text = cJSON_GetStringValue(item);

	if (!text || (strcmp(text, "long") != 0 && strcmp(text, "usual") != 0))
		return body_wrong(r, row->name, "must be long or usual");
	*(bool *)member(r, row) = strcmp(text, "long") == 0;
	return true;
}

static bool take_bool(struct reading *r, const struct body_row *row, const cJSON *item)
{
	if (!cJSON_IsBool(item))
		return body_wrong(r, row->name, "must be true or false");
	if (row->offset != BODY_NOWHERE)
		*(bool *)member(r, row) = cJSON_IsTrue(item);
	return true;
}

static bool take_entry(struct reading *r, const struct body_row *row, const cJSON *item)
{
	const cJSON *check;
	bool told = cJSON_IsObject(item);

	cJSON_ArrayForEach(check, item) told &= cJSON_IsBool(check) || cJSON_IsNull(check);
	return told || body_wrong(r, row->name, "must be an object of entry checks, each true or false");
}

static bool take_checks(struct reading *r, const struct body_row *row, const cJSON *item)
{
	const cJSON *point;
	bool confirmed = cJSON_IsTrue(item) || (cJSON_IsObject(item) && item->child);

	if (confirmed && cJSON_IsObject(item)) {
		cJSON_ArrayForEach(point, item) confirmed &= !cJSON_IsFalse(point) && !cJSON_IsNull(point);
	}
	if (!confirmed)
		return body_wrong(r, row->name, "must be true, or an object of points that are all confirmed");
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
		return sex_from(text) >= 0 || body_wrong(r, row->name, "must be male, female or other");
	case BODY_LANGUAGE:
		v = language_from(text);
		if (v < 0)
			return body_wrong(r, row->name, "must be zh-Hans, zh-Hant or en");
		r->c->language = (enum language)v;
		return true;
	case BODY_STAGE:
		v = stage_from(text);
		if (v < 0)
			return body_wrong(r, row->name, "must be registration, consent, injection or observation");
		r->c->stage = (enum stage)v;
		return true;
	default:
		v = device_kind_from(text);
		if (v < 0)
			return body_wrong(
				r, row->name,
				"must be kiosk, handheld, display, observation, exit, board, agent or program");
		r->c->device_kind = (enum device_kind)v;
		return true;
	}
}

bool body_take(struct reading *r, const struct body_row *row, const cJSON *item)
{
	switch (row->kind) {
	case BODY_WORDS:
	case BODY_LINES:
	case BODY_SCANNED:
		return take_text(r, row, item);
	case BODY_DIGITS:
		return take_digits(r, row, item);
	case BODY_UUID:
		return take_uuid(r, row, item);
	case BODY_DATE:
		return take_date(r, row, item);
	case BODY_TIME:
		return take_time(r, row, item);
	case BODY_WHOLE:
		return take_whole(r, row, item);
	case BODY_BOOL:
		return take_bool(r, row, item);
	case BODY_LONG:
		return take_long(r, row, item);
	case BODY_CHECKS:
		return take_checks(r, row, item);
	case BODY_ENTRY:
		return take_entry(r, row, item);
	case BODY_SEX:
	case BODY_LANGUAGE:
	case BODY_STAGE:
	case BODY_DEVICE_KIND:
		return take_name(r, row, item);
	case BODY_PERSON:
	case BODY_WHAT:
		break; /* tables of their own */
	}
	return false;
}
