/*
 * People of the staff as JSON, in the configuration and in DIR/staff.json alike:
 *
 *   {"id": "N017", "name": "..", "roles": ["vaccinator"], "qualifications": {"vaccinator": "2027-06-30"}, "badge": 1}
 */
#include "staff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_tree.h"
#include "rules_reader.h"
#include "text_rules.h"

#define PATH_SIZE 32 /* "staff[999]" */

/* ---- reading ---- */

static int role_of(const cJSON *item)
{
	int role = cJSON_IsString(item) ? role_from(item->valuestring) : -1;

	return role > ROLE_NONE ? role : -1;
}

static bool read_roles(struct config *c, const cJSON *roles, const char *parent, struct staff_row *row)
{
	const cJSON *item;
	int i = 0;

	if (!cJSON_IsArray(roles) || !roles->child)
		return config_wrong(c, "%s.roles: must be an array of one role or more", parent);
	cJSON_ArrayForEach(item, roles)
	{
		int role = role_of(item);

		if (role < 0)
			return config_wrong(c,
					    "%s.roles[%d]: must be registrar, screener, vaccinator, observer, guard, "
					    "clinician or supervisor",
					    parent, i);
		if (row->roles & 1u << role)
			return config_wrong(c, "%s.roles[%d]: stands twice", parent, i);
		row->roles |= 1u << role;
		i++;
	}
	return true;
}

static bool read_qualifications(struct config *c, const cJSON *days, const char *parent, struct staff_row *row)
{
	const cJSON *item;

	if (days && !cJSON_IsObject(days))
		return config_wrong(c, "%s.qualifications: must be an object", parent);
	cJSON_ArrayForEach(item, days)
	{
		int role = role_from(item->string);

		if (role <= ROLE_NONE || !(row->roles & 1u << role))
			return config_wrong(c, "%s.qualifications.%s: is none of the roles", parent,
					    config_shown(item->string));
		if (!cJSON_IsString(item) || !date_valid(item->valuestring))
			return config_wrong(c, "%s.qualifications.%s: must be a date, as 2027-06-30", parent,
					    item->string);
		memcpy(row->until[role], item->valuestring, sizeof(row->until[role]));
	}
	return true;
}

static bool read_badge(struct config *c, const cJSON *badge, const char *parent, struct staff_row *row)
{
	int64_t v = 1;

	if (badge && (!json_tree_whole(badge, &v) || v < 1 || v > STAFF_BADGE_MAX))
		return config_wrong(c, "%s.badge: must be a whole number from 1 to %d", parent, STAFF_BADGE_MAX);
	row->badge = (unsigned)v;
	return true;
}

static bool read_id(struct config *c, const cJSON *item, const char *parent, char id[STAFF_ID_MAX_BYTES + 1])
{
	const cJSON *text = json_tree_member(item, "id");
	char must[128];

	snprintf(must, sizeof(must), "%s.id: must be 1 to %d letters, digits, '-' or '_'", parent, STAFF_ID_MAX_BYTES);
	return config_text(c, text, id, STAFF_ID_MAX_BYTES + 1,
			   cJSON_IsString(text) && text_made_of(text->valuestring, "-_"), must);
}

static bool read_person(struct config *c, const cJSON *item, const char *parent, struct staff_list *l)
{
	static const char *const keys[] = {"id", "name", "roles", "qualifications", "badge"};
	const cJSON *name = json_tree_member(item, "name");
	char path[PATH_SIZE + 8], id[STAFF_ID_MAX_BYTES + 1];
	struct staff_row *row;

	if (!config_keys(c, item, parent, keys, sizeof(keys) / sizeof(*keys)) || !read_id(c, item, parent, id))
		return false;
	if (staff_find(l, id))
		return config_wrong(c, "%s.id: stands twice", parent);
	snprintf(path, sizeof(path), "%s.name", parent);
	if (!config_words(c, name, path))
		return false;
	row = staff_add(l, id);
	row->name = xstrdup(name->valuestring);
	return read_roles(c, json_tree_member(item, "roles"), parent, row) &&
	       read_qualifications(c, json_tree_member(item, "qualifications"), parent, row) &&
	       read_badge(c, json_tree_member(item, "badge"), parent, row);
}

bool config_staff(struct config *c)
{
	const cJSON *people = json_tree_member(c->root, "staff"), *item;
	char path[PATH_SIZE];
	int i = 0;

	if (people && (!cJSON_IsArray(people) || cJSON_GetArraySize(people) > STAFF_MAX))
		return config_wrong(c, "staff: must be an array of at most %d people", STAFF_MAX);
	cJSON_ArrayForEach(item, people)
	{
		snprintf(path, sizeof(path), "staff[%d]", i++);
		if (!read_person(c, item, path, c->staff))
			return false;
	}
	return true;
}

/* ---- pins ---- */

/* What it holds is looked at by whoever checks a PIN against it. */
static bool hash_form(const cJSON *hash)
{
	return cJSON_IsString(hash) && strncmp(hash->valuestring, "$argon2id$", 10) == 0 &&
	       strlen(hash->valuestring) <= STAFF_HASH_MAX_BYTES && text_made_of(hash->valuestring, "$,=+/");
}

static bool read_pin(struct config *c, const cJSON *item, const char *parent, struct staff_file *f)
{
	static const char *const keys[] = {"id", "hash"};
	const cJSON *hash = json_tree_member(item, "hash");
	char id[STAFF_ID_MAX_BYTES + 1];

	if (!config_keys(c, item, parent, keys, sizeof(keys) / sizeof(*keys)) || !read_id(c, item, parent, id))
		return false;
	if (staff_file_pin(f, id))
		return config_wrong(c, "%s.id: stands twice", parent);
	if (!hash_form(hash))
		return config_wrong(c, "%s.hash: must be a hash of Argon2id", parent);
	staff_file_set_pin(f, id, hash->valuestring);
	return true;
}

static bool read_pins(struct config *c, struct staff_file *f)
{
	const cJSON *pins = json_tree_member(c->root, "pins"), *item;
	char path[PATH_SIZE];
	int i = 0;

	/* Those of the file and those of the configuration. */
	if (!cJSON_IsArray(pins) || cJSON_GetArraySize(pins) > 2 * STAFF_MAX)
		return config_wrong(c, "pins: must be an array of at most %d", 2 * STAFF_MAX);
	cJSON_ArrayForEach(item, pins)
	{
		snprintf(path, sizeof(path), "pins[%d]", i++);
		if (!read_pin(c, item, path, f))
			return false;
	}
	return true;
}

static bool read_file(struct config *c, struct staff_file *f)
{
	const cJSON *version = json_tree_member(c->root, "version"), *item;
	int64_t v;

	if (!cJSON_IsObject(c->root))
		return config_wrong(c, "must be an object");
	cJSON_ArrayForEach(item, c->root)
	{
		if (strcmp(item->string, "version") != 0 && strcmp(item->string, "staff") != 0 &&
		    strcmp(item->string, "pins") != 0)
			return config_wrong(c, "%s: unknown key", config_shown(item->string));
	}
	if (!version || !json_tree_whole(version, &v) || v != 1)
		return config_wrong(c, "version: must be 1");
	if (!json_tree_member(c->root, "staff"))
		return config_wrong(c, "staff: must be an array of at most %d people", STAFF_MAX);
	return config_staff(c) && read_pins(c, f);
}

bool staff_file_decode(const char *text, size_t len, struct staff_file *f, char *error, size_t error_size)
{
	struct config c = {.staff = &f->list, .error = error, .error_size = error_size};
	cJSON *root;
	bool good;

	*f = (struct staff_file){0};
	if (len > STAFF_FILE_MAX_BYTES)
		return config_wrong(&c, "longer than %d bytes", STAFF_FILE_MAX_BYTES);
	c.root = root = json_tree(text, len, error, error_size);
	if (!root)
		return false;
	good = read_file(&c, f);
	cJSON_Delete(root);
	if (!good)
		staff_file_free(f);
	return good;
}

/* ---- writing ---- */

static void write_row(struct json_writer *w, const struct staff_row *row)
{
	json_open(w, '{');
	json_key(w, "id");
	json_str(w, row->id);
	json_key(w, "name");
	json_str(w, row->name);
	json_key(w, "roles");
	json_open(w, '[');
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (row->roles & 1u << role)
			json_str(w, role_name((enum role)role));
	}
	json_close(w, ']');
	json_key(w, "qualifications");
	json_open(w, '{');
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (!row->until[role][0])
			continue;
		json_key(w, role_name((enum role)role));
		json_str(w, row->until[role]);
	}
	json_close(w, '}');
	json_key(w, "badge");
	json_int(w, row->badge);
	json_close(w, '}');
}

/* One person a line, so that an eye and a comparing tool can follow it. */
void staff_file_encode(const struct staff_file *f, struct buf *out)
{
	struct json_writer w;

	buf_add_str(out, "{\"version\":1,\n\"staff\":[");
	for (size_t i = 0; i < f->list.n; i++) {
		buf_add_str(out, i ? ",\n" : "\n");
		json_start(&w, out);
		write_row(&w, &f->list.rows[i]);
	}
	buf_add_str(out, "],\n\"pins\":[");
	for (size_t i = 0; i < f->n_pins; i++)
		buf_printf(out, "%s{\"id\":\"%s\",\"hash\":\"%s\"}", i ? ",\n" : "\n", f->pins[i].id, f->pins[i].hash);
	buf_add_str(out, "]}\n");
}
