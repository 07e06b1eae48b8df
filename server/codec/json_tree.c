/*
 * Between text and cJSON's trees, both ways. Reading is cJSON's; what it may see is decided here. Writing is our own:
 * cJSON writes an infinite number as null, and cannot sort.
 */
#include "json_tree.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool numbers_hold(const cJSON *item)
{
	for (; item; item = item->next) {
		double v = item->valuedouble;

		if (cJSON_IsNumber(item) && (!isfinite(v) || (floor(v) == v && fabs(v) > (double)JSON_WHOLE_MAX)))
			return false;
		if (!numbers_hold(item->child))
			return false;
	}
	return true;
}

cJSON *json_tree(const char *text, size_t len, char *error, size_t error_size)
{
	cJSON *root;

	if (!json_check(text, len, error, error_size))
		return NULL;
	root = cJSON_ParseWithLength(text, len);
	if (!root) {
		snprintf(error, error_size, "not valid JSON");
		return NULL;
	}
	if (!numbers_hold(root)) {
		snprintf(error, error_size, "a number beyond 9007199254740991 cannot be kept exactly");
		cJSON_Delete(root);
		return NULL;
	}
	return root;
}

bool json_tree_whole(const cJSON *item, int64_t *v)
{
	double d = item->valuedouble;

	if (!cJSON_IsNumber(item) || floor(d) != d || fabs(d) > (double)JSON_WHOLE_MAX)
		return false;
	*v = (int64_t)d;
	return true;
}

const cJSON *json_tree_member(const cJSON *object, const char *name)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

static void write_number(struct json_writer *w, const cJSON *item)
{
	char text[32];
	int64_t whole;

	if (json_tree_whole(item, &whole)) {
		json_int(w, whole);
		return;
	}
	/* The shorter of the two forms that reads back as the same number. */
	snprintf(text, sizeof(text), "%.15g", item->valuedouble);
	if (strtod(text, NULL) != item->valuedouble)
		snprintf(text, sizeof(text), "%.17g", item->valuedouble);
	json_raw(w, text);
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

void json_tree_write_some(struct json_writer *w, const cJSON *object, bool sorted,
			  bool (*leave_out)(const char *name, const void *arg), const void *arg)
{
	const cJSON *members[JSON_KEYS_MAX], *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, object)
	{
		if (n < JSON_KEYS_MAX && !(leave_out && leave_out(item->string, arg)))
			members[n++] = item;
	}
	if (sorted)
		qsort(members, n, sizeof(*members), by_name);
	json_open(w, '{');
	for (size_t i = 0; i < n; i++) {
		json_key(w, members[i]->string);
		json_tree_write(w, members[i], sorted);
	}
	json_close(w, '}');
}

void json_tree_write(struct json_writer *w, const cJSON *item, bool sorted)
{
	const cJSON *child;

	if (cJSON_IsObject(item)) {
		json_tree_write_some(w, item, sorted, NULL, NULL);
	} else if (cJSON_IsArray(item)) {
		json_open(w, '[');
		cJSON_ArrayForEach(child, item) json_tree_write(w, child, sorted);
		json_close(w, ']');
	} else if (cJSON_IsString(item)) {
		json_str(w, item->valuestring);
	} else if (cJSON_IsNumber(item)) {
		write_number(w, item);
	} else if (cJSON_IsBool(item)) {
		json_bool(w, cJSON_IsTrue(item));
	} else {
		json_null(w);
	}
}
