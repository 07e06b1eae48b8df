/*
 * The site as its devices need to know it: names, entry checks and vaccines to choose from, desks, rooms. Names and
 * advice stand in the text of the configuration alone.
 */
#include "codec.h"

#include <string.h>

#include "json_tree.h"
#include "rules_codec.h"
#include "view.h"

/* The recorded configuration; it was checked when it was taken. The caller frees with cJSON_Delete. */
static cJSON *configuration(const struct rules *r)
{
	char error[128];

	return r && r->text ? json_tree(r->text, strlen(r->text), error, sizeof(error)) : NULL;
}

static void write_member(struct json_writer *w, const char *key, const cJSON *object, const char *member)
{
	const cJSON *item = json_tree_member(object, member);

	json_key(w, key);
	if (item)
		json_tree_write(w, item, false);
	else
		json_null(w);
}

static void write_languages(struct json_writer *w)
{
	json_key(w, "languages");
	json_open(w, '[');
	for (size_t i = 0; i < RULE_LANGUAGES; i++)
		json_str(w, rule_languages[i]);
	json_close(w, ']');
}

/* The items of a list of the configuration, with these of their members. */
static void write_list(struct json_writer *w, const char *key, const cJSON *root, const char *const *members)
{
	const cJSON *item;

	json_key(w, key);
	json_open(w, '[');
	cJSON_ArrayForEach(item, json_tree_member(root, key))
	{
		json_open(w, '{');
		for (size_t i = 0; members[i]; i++)
			write_member(w, members[i], item, members[i]);
		json_close(w, '}');
	}
	json_close(w, ']');
}

static void write_rooms(struct json_writer *w, const struct site *s)
{
	json_key(w, "rooms");
	json_open(w, '{');
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		unsigned capacity = view_capacity(s, (enum stage)st);

		json_key(w, stage_name((enum stage)st));
		if (capacity)
			json_int(w, capacity);
		else
			json_null(w);
	}
	json_close(w, '}');
}

void site_encode(const struct site *s, struct buf *out)
{
	static const char *const check[] = {"id", "name", "advice", "required", NULL},
				 *const term[] = {"id", "name", NULL}, *const desk[] = {"id", "stage", NULL};
	const struct rules *r = s->rules;
	cJSON *root = configuration(r);
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	view_text(&w, "id", r ? r->site : NULL);
	json_key(&w, "name");
	json_raw(&w, r ? r->name : NULL);
	view_text(&w, "time_zone", r ? r->time_zone : NULL);
	view_text(&w, "public_url", r ? r->public_url : NULL);
	write_languages(&w);
	write_list(&w, "entry_checks", root, check);
	write_list(&w, "vaccines", root, term);
	write_list(&w, "id_types", root, term);
	write_list(&w, "desks", root, desk);
	write_rooms(&w, s);
	view_count(&w, "seats", r ? (size_t)r->observation_seats : 0);
	json_close(&w, '}');
	cJSON_Delete(root);
}

bool entry_check_texts(const struct rules *r, const char *check, struct buf *name, struct buf *advice)
{
	cJSON *root = configuration(r);
	const cJSON *item, *found = NULL;
	struct json_writer w;

	cJSON_ArrayForEach(item, json_tree_member(root, "entry_checks"))
	{
		const char *id = cJSON_GetStringValue(json_tree_member(item, "id"));

		if (id && strcmp(id, check) == 0)
			found = item;
	}
	if (found) {
		json_start(&w, name);
		json_tree_write(&w, json_tree_member(found, "name"), false);
		json_start(&w, advice);
		json_tree_write(&w, json_tree_member(found, "advice"), false);
	}
	cJSON_Delete(root);
	return found;
}
