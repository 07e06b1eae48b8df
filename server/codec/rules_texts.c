/*
 * What the texts of a configuration must be like, and how what is wrong with one is said.
 */
#include "rules_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json_tree.h"
#include "rules_codec.h"
#include "text_rules.h"

bool config_wrong(struct config *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->error, c->error_size, format, ap);
	va_end(ap);
	return false;
}

/* A key of the file as it may stand in a message. */
const char *config_shown(const char *key)
{
	return text_printable(key, false) && strlen(key) <= 60 ? key : "(unprintable)";
}

bool config_keys(struct config *c, const cJSON *object, const char *path, const char *const *keys, size_t n)
{
	const cJSON *item;

	if (!cJSON_IsObject(object))
		return config_wrong(c, "%s: must be an object", path);
	cJSON_ArrayForEach(item, object)
	{
		size_t i = 0;

		while (i < n && strcmp(keys[i], item->string) != 0)
			i++;
		if (i == n)
			return config_wrong(c, "%s.%s: unknown key", path, config_shown(item->string));
	}
	return true;
}

static bool check_length(struct config *c, const cJSON *item, const char *path, int most)
{
	if (cJSON_IsString(item) && *item->valuestring && text_characters(item->valuestring) <= (size_t)most &&
	    text_printable(item->valuestring, false))
		return true;
	return config_wrong(c, "%s: must be a text of 1 to %d characters without control characters", path, most);
}

bool config_words(struct config *c, const cJSON *item, const char *path)
{
	return check_length(c, item, path, CONFIG_TEXT_MAX);
}

/* A text in each language. */
bool config_languages(struct config *c, const cJSON *text, const char *path, int most)
{
	char inner[80];

	if (!config_keys(c, text, path, rule_languages, RULE_LANGUAGES))
		return false;
	for (size_t i = 0; i < RULE_LANGUAGES; i++) {
		snprintf(inner, sizeof(inner), "%s.%s", path, rule_languages[i]);
		if (!check_length(c, json_tree_member(text, rule_languages[i]), inner, most))
			return false;
	}
	return true;
}

bool config_name(struct config *c, const cJSON *object, const char *parent)
{
	char path[64];

	snprintf(path, sizeof(path), "%sname", parent);
	return config_languages(c, json_tree_member(object, "name"), path, CONFIG_TEXT_MAX);
}

/* Copies a text that fits and that `good` says is one; the requirement is named in the error. */
bool config_text(struct config *c, const cJSON *item, char *to, size_t size, bool good, const char *must)
{
	if (!good || strlen(item->valuestring) >= size)
		return config_wrong(c, "%s", must);
	strcpy(to, item->valuestring);
	return true;
}
