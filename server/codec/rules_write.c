/*
 * The text of a configuration: all options with their values, in the order of the table, no space.
 */
#include "rules_codec.h"

#include <stdio.h>
#include <string.h>

#include "json_tree.h"

#define OPTION_ROW(member, path, standard, least, most, help) {path, offsetof(struct rules, member), least, most},
const struct rule_option rule_options[RULE_OPTION_COUNT] = {RULE_OPTIONS(OPTION_ROW)};

const char *const rule_languages[RULE_LANGUAGES] = {"zh-Hans", "zh-Hant", "en"};

bool rule_in_section(const char *path, const char *section)
{
	size_t len = strlen(section);

	return strncmp(path, section, len) == 0 && path[len] == '.';
}

static void write_shift_ends(struct json_writer *w, const struct rules *r)
{
	char time[16];

	json_key(w, "shift_ends");
	json_open(w, '[');
	for (size_t i = 0; i < r->n_shift_ends; i++) {
		snprintf(time, sizeof(time), "%02d:%02d", r->shift_ends[i] / 60, r->shift_ends[i] % 60);
		json_str(w, time);
	}
	json_close(w, ']');
}

static void write_options(struct json_writer *w, const struct rules *r)
{
	char section[32] = "";

	for (size_t i = 0; i < RULE_OPTION_COUNT; i++) {
		const char *path = rule_options[i].path, *dot = strchr(path, '.');

		if (!rule_in_section(path, section)) {
			if (*section)
				json_close(w, '}');
			snprintf(section, sizeof(section), "%.*s", (int)(dot - path), path);
			json_key(w, section);
			json_open(w, '{');
			if (strcmp(section, "sign_on") == 0)
				write_shift_ends(w, r);
		}
		json_key(w, dot + 1);
		json_int(w, *(const int *)((const char *)r + rule_options[i].offset));
	}
	json_close(w, '}');
}

/* A member that is a text in each language. */
static void write_languages(struct json_writer *w, const cJSON *object, const char *key)
{
	const cJSON *text = json_tree_member(object, key);

	json_key(w, key);
	json_open(w, '{');
	for (size_t i = 0; i < RULE_LANGUAGES; i++) {
		json_key(w, rule_languages[i]);
		json_str(w, json_tree_member(text, rule_languages[i])->valuestring);
	}
	json_close(w, '}');
}

static void write_names(struct json_writer *w, const cJSON *object)
{
	write_languages(w, object, "name");
}

static void write_desks(struct json_writer *w, const struct rules *r)
{
	json_key(w, "desks");
	json_open(w, '[');
	for (size_t i = 0; i < r->n_desks; i++) {
		json_open(w, '{');
		json_key(w, "id");
		json_str(w, r->desks[i].id);
		json_key(w, "stage");
		json_str(w, stage_name(r->desks[i].stage));
		json_key(w, "open");
		json_bool(w, r->desks[i].open);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_texts(struct json_writer *w, const char *key, const cJSON *texts)
{
	const cJSON *text;

	json_key(w, key);
	json_open(w, '[');
	cJSON_ArrayForEach(text, texts) json_str(w, text->valuestring);
	json_close(w, ']');
}

/* Things with an id, names and aliases. */
static void write_items(struct json_writer *w, const char *key, const cJSON *items)
{
	const cJSON *item;

	json_key(w, key);
	json_open(w, '[');
	cJSON_ArrayForEach(item, items)
	{
		json_open(w, '{');
		json_key(w, "id");
		json_str(w, json_tree_member(item, "id")->valuestring);
		write_names(w, item);
		write_texts(w, "aliases", json_tree_member(item, "aliases"));
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_id_types(struct json_writer *w, const cJSON *id_types)
{
	if (id_types) {
		write_items(w, "id_types", id_types);
		return;
	}
	json_key(w, "id_types");
	json_raw(w, RULES_ID_TYPES);
}

static void write_entry_checks(struct json_writer *w, const cJSON *checks)
{
	const cJSON *item;

	json_key(w, "entry_checks");
	json_open(w, '[');
	cJSON_ArrayForEach(item, checks)
	{
		json_open(w, '{');
		json_key(w, "id");
		json_str(w, json_tree_member(item, "id")->valuestring);
		write_names(w, item);
		write_languages(w, item, "advice");
		json_key(w, "required");
		json_bool(w, cJSON_IsTrue(json_tree_member(item, "required")));
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_roles(struct json_writer *w, const struct rules *r)
{
	json_key(w, "roles");
	json_open(w, '{');
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		json_key(w, role_name((enum role)role));
		json_open(w, '{');
		json_key(w, "pin");
		json_bool(w, r->roles[role].pin);
		json_key(w, "qualification");
		json_bool(w, r->roles[role].qualification);
		json_close(w, '}');
	}
	json_close(w, '}');
}

char *rules_text(const struct rules *r, const cJSON *root)
{
	struct buf out = {0};
	struct json_writer w;

	json_start(&w, &out);
	json_open(&w, '{');
	json_key(&w, "site");
	json_str(&w, r->site);
	write_names(&w, root);
	json_key(&w, "time_zone");
	json_str(&w, r->time_zone);
	json_key(&w, "public_url");
	json_str(&w, r->public_url);
	write_options(&w, r);
	write_desks(&w, r);
	write_items(&w, "vaccines", json_tree_member(root, "vaccines"));
	write_id_types(&w, json_tree_member(root, "id_types"));
	write_texts(&w, "assisted_words", json_tree_member(root, "assisted_words"));
	write_entry_checks(&w, json_tree_member(root, "entry_checks"));
	write_roles(&w, r);
	json_close(&w, '}');
	return buf_take(&out);
}
