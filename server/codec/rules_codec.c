/*
 * The configuration: JSON into rules, every number by the table of rules.h.
 *
 *   {"site": .., "name": {..}, "time_zone": .., "public_url": ..,
 *    "observation": {"minutes": 30, ..}, "exit": {..}, ..       one section for each first part of an option's path
 *    "desks": [{"id", "stage", "open"}, ..], "vaccines": [{"id", "name": {..}, "aliases": [..]}, ..],
 *    "id_types": [like vaccines], "assisted_words": [..],
 *    "entry_checks": [{"id", "name": {..}, "advice": {..}, "required"}, ..]}
 *
 * The text kept in the rules is written anew: all options with their values, in this order, no space. Two files that
 * mean the same so have the same text, and a default that a later version changes does not change what the log says.
 */
#include "codec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "json_tree.h"
#include "rules_codec.h"
#include "terms.h"
#include "text_rules.h"

/* The event that records a configuration must fit an entry of the journal. */
#define CONFIG_MAX_BYTES (128 * 1024)
#define CONFIG_TEXT_MAX 100   /* characters of a name or an alias */
#define CONFIG_ADVICE_MAX 300 /* characters of what to do after an entry check that was not passed */
#define ID_TYPES_MAX 16
#define ASSISTED_WORDS_MAX 32
#define ZONES "/usr/share/zoneinfo/"

/* A configuration being read. */
struct config {
	struct rules *r;
	const cJSON *root;
	struct terms *terms;
	bool recorded;
	char *error;
	size_t error_size;
};

static __attribute__((format(printf, 2, 3))) bool wrong(struct config *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->error, c->error_size, format, ap);
	va_end(ap);
	return false;
}

/* A key of the file as it may stand in a message. */
static const char *shown(const char *key)
{
	return text_printable(key, false) && strlen(key) <= 60 ? key : "(unprintable)";
}

/* ---- options ---- */

static const struct rule_option *find_option(const char *section, const char *key)
{
	for (size_t i = 0; i < RULE_OPTION_COUNT; i++) {
		if (rule_in_section(rule_options[i].path, section) &&
		    strcmp(rule_options[i].path + strlen(section) + 1, key) == 0)
			return &rule_options[i];
	}
	return NULL;
}

static bool is_section(const char *name)
{
	for (size_t i = 0; i < RULE_OPTION_COUNT; i++) {
		if (rule_in_section(rule_options[i].path, name))
			return true;
	}
	return false;
}

static bool read_section(struct config *c, const cJSON *section)
{
	const cJSON *item;

	if (!cJSON_IsObject(section))
		return wrong(c, "%s: must be an object", section->string);
	cJSON_ArrayForEach(item, section)
	{
		const struct rule_option *o = find_option(section->string, item->string);
		int64_t v;

		if (!o)
			return wrong(c, "%s.%s: unknown key", section->string, shown(item->string));
		if (!json_tree_whole(item, &v) || v < o->least || v > o->most)
			return wrong(c, "%s: must be a whole number from %d to %d", o->path, o->least, o->most);
		*(int *)((char *)c->r + o->offset) = (int)v;
	}
	return true;
}

static bool options_agree(struct config *c)
{
	const struct rules *r = c->r;

	if (r->observation_long_minutes < r->observation_minutes)
		return wrong(c, "observation.long_minutes: must not be less than observation.minutes");
	if (r->escalate_second_seconds <= r->escalate_first_seconds)
		return wrong(c, "alerts.escalate_second_seconds: must be more than alerts.escalate_first_seconds");
	if (r->disk_stop_mib >= r->disk_warn_mib)
		return wrong(c, "disk.stop_mib: must be less than disk.warn_mib");
	return true;
}

/* ---- texts ---- */

static bool known_keys(struct config *c, const cJSON *object, const char *path, const char *const *keys, size_t n)
{
	const cJSON *item;

	if (!cJSON_IsObject(object))
		return wrong(c, "%s: must be an object", path);
	cJSON_ArrayForEach(item, object)
	{
		size_t i = 0;

		while (i < n && strcmp(keys[i], item->string) != 0)
			i++;
		if (i == n)
			return wrong(c, "%s.%s: unknown key", path, shown(item->string));
	}
	return true;
}

static bool check_length(struct config *c, const cJSON *item, const char *path, int most)
{
	if (cJSON_IsString(item) && *item->valuestring && text_characters(item->valuestring) <= (size_t)most &&
	    text_printable(item->valuestring, false))
		return true;
	return wrong(c, "%s: must be a text of 1 to %d characters without control characters", path, most);
}

static bool check_words(struct config *c, const cJSON *item, const char *path)
{
	return check_length(c, item, path, CONFIG_TEXT_MAX);
}

/* A text in each language. */
static bool check_languages(struct config *c, const cJSON *text, const char *path, int most)
{
	char inner[80];

	if (!known_keys(c, text, path, rule_languages, RULE_LANGUAGES))
		return false;
	for (size_t i = 0; i < RULE_LANGUAGES; i++) {
		snprintf(inner, sizeof(inner), "%s.%s", path, rule_languages[i]);
		if (!check_length(c, json_tree_member(text, rule_languages[i]), inner, most))
			return false;
	}
	return true;
}

static bool check_name(struct config *c, const cJSON *object, const char *parent)
{
	char path[64];

	snprintf(path, sizeof(path), "%sname", parent);
	return check_languages(c, json_tree_member(object, "name"), path, CONFIG_TEXT_MAX);
}

static bool zone_exists(const char *zone)
{
	char path[sizeof(ZONES) + sizeof(((struct rules *)0)->time_zone)];
	struct stat st;

	snprintf(path, sizeof(path), ZONES "%s", zone);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool zone_valid(const char *zone, bool recorded)
{
	return text_made_of(zone, "_+-/") && *zone != '/' && !strstr(zone, "..") && (recorded || zone_exists(zone));
}

/* "https://host" or "https://host:port", nothing behind. */
static bool url_valid(const char *url)
{
	static const char scheme[] = "https://";
	const char *host = url + sizeof(scheme) - 1, *port;
	char name[128];

	if (strncmp(url, scheme, sizeof(scheme) - 1) != 0)
		return false;
	port = strchr(host, ':');
	snprintf(name, sizeof(name), "%.*s", (int)(port ? (size_t)(port - host) : strlen(host)), host);
	if (!text_made_of(name, ".-"))
		return false;
	return !port || (strlen(port + 1) <= 5 && port[1] && strspn(port + 1, "0123456789") == strlen(port + 1));
}

/* Copies a text that fits and that `good` says is one; the requirement is named in the error. */
static bool take_text(struct config *c, const cJSON *item, char *to, size_t size, bool good, const char *must)
{
	if (!good || strlen(item->valuestring) >= size)
		return wrong(c, "%s", must);
	strcpy(to, item->valuestring);
	return true;
}

static bool read_site(struct config *c)
{
	const cJSON *site = json_tree_member(c->root, "site"), *zone = json_tree_member(c->root, "time_zone");
	const cJSON *url = json_tree_member(c->root, "public_url");
	struct rules *r = c->r;

	if (!take_text(c, site, r->site, sizeof(r->site), cJSON_IsString(site) && text_made_of(site->valuestring, "-"),
		       "site: must be 1 to 32 letters, digits or hyphens"))
		return false;
	if (!check_name(c, c->root, ""))
		return false;
	if (!take_text(c, zone, r->time_zone, sizeof(r->time_zone),
		       cJSON_IsString(zone) && strlen(zone->valuestring) < sizeof(r->time_zone) &&
			       zone_valid(zone->valuestring, c->recorded),
		       "time_zone: must be a time zone that this machine knows (under " ZONES "), as Asia/Shanghai"))
		return false;
	return !url ||
	       take_text(c, url, r->public_url, sizeof(r->public_url),
			 cJSON_IsString(url) && (!*url->valuestring || url_valid(url->valuestring)),
			 "public_url: must be https://HOST or https://HOST:PORT, at most 127 characters, or empty");
}

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
	if (!known_keys(c, item, path, keys, 3))
		return false;
	snprintf(must, sizeof(must), "%s.id: must be 1 to %d letters, digits, '-' or '_'", path, DESK_ID_MAX_BYTES);
	if (!take_text(c, id, d->id, sizeof(d->id), cJSON_IsString(id) && text_made_of(id->valuestring, "-_"), must))
		return false;
	/* Places where a device may stand without being a desk. */
	if (strcmp(d->id, "observation") == 0 || strcmp(d->id, "treatment") == 0)
		return wrong(c, "%s.id: observation and treatment are no desks", path);
	if (rules_desk(c->r, d->id) >= 0)
		return wrong(c, "%s.id: stands twice", path);
	st = cJSON_IsString(stage) ? stage_from(stage->valuestring) : -1;
	if (st != STAGE_REGISTRATION && st != STAGE_CONSENT && st != STAGE_INJECTION)
		return wrong(c, "%s.stage: must be registration, consent or injection", path);
	if (open && !cJSON_IsBool(open))
		return wrong(c, "%s.open: must be true or false", path);
	d->stage = (enum stage)st;
	d->open = !open || cJSON_IsTrue(open);
	c->r->n_desks++;
	return true;
}

static bool read_desks(struct config *c)
{
	const cJSON *desks = json_tree_member(c->root, "desks"), *item;
	bool staffed[STAGE_COUNT] = {false};
	size_t i = 0;

	if (!cJSON_IsArray(desks) || cJSON_GetArraySize(desks) > DESKS_MAX)
		return wrong(c, "desks: must be an array of at most %d desks", DESKS_MAX);
	cJSON_ArrayForEach(item, desks)
	{
		if (!read_desk(c, item, i))
			return false;
		staffed[c->r->desks[i++].stage] = true;
	}
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (!staffed[st])
			return wrong(c, "desks: no desk for %s", stage_name((enum stage)st));
	}
	return true;
}

static bool check_texts(struct config *c, const cJSON *texts, const char *parent)
{
	const cJSON *item;
	char path[64];
	int i = 0;

	if (texts && !cJSON_IsArray(texts))
		return wrong(c, "%s: must be an array of texts", parent);
	cJSON_ArrayForEach(item, texts)
	{
		snprintf(path, sizeof(path), "%s[%d]", parent, i++);
		if (!check_words(c, item, path))
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
	return wrong(c, "%s: is a name of %s already", path, terms_find(c->terms, kind, text->valuestring));
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

	if (!known_keys(c, item, path, keys, 3))
		return false;
	snprintf(must, sizeof(must), "%s.id: must be 1 to 31 letters, digits, '-' or '_'", path);
	if (!take_text(c, text, id, 32, cJSON_IsString(text) && text_made_of(text->valuestring, "-_"), must))
		return false;
	if (id_stands_before(item))
		return wrong(c, "%s.id: stands twice", path);
	snprintf(parent, sizeof(parent), "%s.", path);
	if (!check_name(c, item, parent))
		return false;
	snprintf(parent, sizeof(parent), "%s.aliases", path);
	return check_texts(c, json_tree_member(item, "aliases"), parent) && names_are_its_own(c, kind, item, path);
}

static bool read_vaccines(struct config *c)
{
	const cJSON *vaccines = json_tree_member(c->root, "vaccines"), *item;
	struct rules *r = c->r;
	char path[32];

	if (!cJSON_IsArray(vaccines) || !vaccines->child || cJSON_GetArraySize(vaccines) > VACCINES_MAX)
		return wrong(c, "vaccines: must be an array of 1 to %d vaccines", VACCINES_MAX);
	cJSON_ArrayForEach(item, vaccines)
	{
		snprintf(path, sizeof(path), "vaccines[%zu]", r->n_vaccines);
		if (!read_item(c, TERM_VACCINE, item, path, r->vaccines[r->n_vaccines].id))
			return false;
		r->n_vaccines++;
	}
	return true;
}

/* Kinds of document and words for those who need help: only the reader of rosters asks, and it goes by the text. */
static bool check_roster_words(struct config *c)
{
	const cJSON *id_types = json_tree_member(c->root, "id_types"), *item;
	const cJSON *words = json_tree_member(c->root, "assisted_words");
	char path[32], id[32];
	size_t i = 0;

	if (id_types && (!cJSON_IsArray(id_types) || !id_types->child || cJSON_GetArraySize(id_types) > ID_TYPES_MAX))
		return wrong(c, "id_types: must be an array of 1 to %d kinds of document", ID_TYPES_MAX);
	cJSON_ArrayForEach(item, id_types)
	{
		snprintf(path, sizeof(path), "id_types[%zu]", i++);
		if (!read_item(c, TERM_ID_TYPE, item, path, id))
			return false;
	}
	if (cJSON_IsArray(words) && cJSON_GetArraySize(words) > ASSISTED_WORDS_MAX)
		return wrong(c, "assisted_words: must be at most %d texts", ASSISTED_WORDS_MAX);
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
	if (!known_keys(c, item, path, keys, 4))
		return false;
	snprintf(must, sizeof(must), "%s.id: must be 1 to 31 letters, digits, '-' or '_'", path);
	if (!take_text(c, id, check->id, sizeof(check->id), cJSON_IsString(id) && text_made_of(id->valuestring, "-_"),
		       must))
		return false;
	if (check_id_taken(c->r, check->id, i))
		return wrong(c, "%s.id: stands twice", path);
	if (required && !cJSON_IsBool(required))
		return wrong(c, "%s.required: must be true or false", path);
	check->required = cJSON_IsTrue(required);
	c->r->n_entry_checks++;
	snprintf(path, sizeof(path), "entry_checks[%zu].advice", i);
	if (!check_languages(c, json_tree_member(item, "advice"), path, CONFIG_ADVICE_MAX))
		return false;
	snprintf(path, sizeof(path), "entry_checks[%zu].", i);
	return check_name(c, item, path);
}

static bool read_entry_checks(struct config *c)
{
	const cJSON *checks = json_tree_member(c->root, "entry_checks"), *item;
	size_t i = 0;

	if (checks && (!cJSON_IsArray(checks) || cJSON_GetArraySize(checks) > ENTRY_CHECKS_MAX))
		return wrong(c, "entry_checks: must be an array of at most %d checks", ENTRY_CHECKS_MAX);
	cJSON_ArrayForEach(item, checks)
	{
		if (!read_entry_check(c, item, i++))
			return false;
	}
	return true;
}

/* ---- the whole ---- */

static bool read_members(struct config *c)
{
	/* "$schema" is for editors. */
	static const char *const others[] = {"$schema", "site",     "name",     "time_zone",      "public_url",
					     "desks",   "vaccines", "id_types", "assisted_words", "entry_checks"};
	const cJSON *item;

	cJSON_ArrayForEach(item, c->root)
	{
		size_t i = 0;

		if (is_section(item->string)) {
			if (!read_section(c, item))
				return false;
			continue;
		}
		while (i < sizeof(others) / sizeof(*others) && strcmp(others[i], item->string) != 0)
			i++;
		if (i == sizeof(others) / sizeof(*others))
			return wrong(c, "%s: unknown key", shown(item->string));
	}
	return options_agree(c) && read_site(c) && read_desks(c) && read_vaccines(c) && check_roster_words(c) &&
	       read_entry_checks(c);
}

static char *names_text(const cJSON *root)
{
	struct json_writer w;
	struct buf b = {0};

	json_start(&w, &b);
	json_tree_write(&w, json_tree_member(root, "name"), false);
	return buf_take(&b);
}

static struct rules *decode(const char *text, size_t len, bool recorded, char *error, size_t error_size)
{
	struct config c = {.recorded = recorded, .error = error, .error_size = error_size};
	cJSON *root;
	bool good;

	if (len > CONFIG_MAX_BYTES) {
		wrong(&c, "longer than %d bytes", CONFIG_MAX_BYTES);
		return NULL;
	}
	c.root = root = json_tree(text, len, error, error_size);
	if (!root)
		return NULL;
	c.r = xmalloc(sizeof(*c.r));
	rules_init(c.r);
	c.terms = terms_new();
	good = cJSON_IsObject(root) ? read_members(&c) : wrong(&c, "must be an object");
	terms_free(c.terms);
	if (good)
		c.r->text = recorded ? xstrndup(text, len) : rules_text(c.r, root);
	if (good)
		c.r->name = names_text(root);
	cJSON_Delete(root);
	if (good)
		return c.r;
	rules_free(c.r);
	return NULL;
}

struct rules *rules_decode(const char *text, size_t len, char *error, size_t error_size)
{
	return decode(text, len, false, error, error_size);
}

struct rules *rules_decode_recorded(const char *text, size_t len, char *error, size_t error_size)
{
	return decode(text, len, true, error, error_size);
}
