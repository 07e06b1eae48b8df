/* JSON as it was written, for tests to read. */
#include "json_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

cJSON *json_back(struct buf *out)
{
	char error[200];
	cJSON *root;

	assert_non_null(out->data);
	if (!json_check(out->data, out->len, error, sizeof(error)))
		fail_msg("%s: %s", error, out->data);
	root = cJSON_ParseWithLength(out->data, out->len);
	assert_non_null(root);
	return root;
}

const cJSON *json_at(const cJSON *root, const char *path)
{
	char part[64];

	while (root && *path) {
		size_t len = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		root = cJSON_IsArray(root) ? cJSON_GetArrayItem(root, atoi(part)) :
					     cJSON_GetObjectItemCaseSensitive(root, part);
		path += len + (path[len] == '.');
	}
	return root;
}

void assert_json(const cJSON *root, const char *path, const char *wanted)
{
	const cJSON *item = json_at(root, path);
	char *text;

	if (!item)
		fail_msg("nothing at %s", path);
	text = cJSON_PrintUnformatted(item);
	assert_string_equal(text, wanted);
	cJSON_free(text);
}

void assert_json_text(const cJSON *root, const char *path, const char *wanted)
{
	const char *text = cJSON_GetStringValue(json_at(root, path));

	if (!text)
		fail_msg("no text at %s", path);
	assert_string_equal(text, wanted);
}

void assert_json_number(const cJSON *root, const char *path, double wanted)
{
	const cJSON *item = json_at(root, path);

	if (!cJSON_IsNumber(item))
		fail_msg("no number at %s", path);
	assert_true(item->valuedouble == wanted);
}

void assert_json_null(const cJSON *root, const char *path)
{
	if (!cJSON_IsNull(json_at(root, path)))
		fail_msg("not null: %s", path);
}
