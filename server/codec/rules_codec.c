/*
 * The configuration: JSON into rules, every number by the table of rules.h.
 *
 *   {"site": .., "name": {..}, "time_zone": .., "public_url": ..,
 *    "observation": {"minutes": 30, ..}, "exit": {..}, ..       one section for each first part of an option's path
 *    "desks": [{"id", "stage", "open"}, ..], "vaccines": [{"id", "name": {..}, "aliases": [..]}, ..],
 *    "id_types": [like vaccines], "assisted_words": [..],
 *    "entry_checks": [{"id", "name": {..}, "advice": {..}, "required"}, ..],
 *    "roles": {"vaccinator": {"pin", "qualification"}, ..}, "staff": [{"id", "name", "roles", ..}, ..]}
 *
 * The text kept in the rules is written anew: all options with their values, in this order, no space. Two files that
 * mean the same so have the same text, and a default that a later version changes does not change what the log says.
 * The staff is not in it: names of people stand in `person` alone.
 */
#include "codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "json_tree.h"
#include "rules_codec.h"
#include "rules_reader.h"
#include "text_rules.h"

/* The event that records a configuration must fit an entry of the journal. */
#define CONFIG_MAX_BYTES (128 * 1024)
#define ZONES "/usr/share/zoneinfo/"

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
		return config_wrong(c, "%s: must be an object", section->string);
	cJSON_ArrayForEach(item, section)
	{
		const struct rule_option *o = find_option(section->string, item->string);
		int64_t v;

		if (!o && strcmp(section->string, "sign_on") == 0 && strcmp(item->string, "shift_ends") == 0) {
			if (!config_shift_ends(c, item))
				return false;
			continue;
		}
		if (!o)
			return config_wrong(c, "%s.%s: unknown key", section->string, config_shown(item->string));
		if (!json_tree_whole(item, &v) || v < o->least || v > o->most)
			return config_wrong(c, "%s: must be a whole number from %d to %d", o->path, o->least, o->most);
		*(int *)((char *)c->r + o->offset) = (int)v;
	}
	return true;
}

static bool options_agree(struct config *c)
{
	const struct rules *r = c->r;

	if (r->observation_long_minutes < r->observation_minutes)
		return config_wrong(c, "observation.long_minutes: must not be less than observation.minutes");
	if (r->escalate_second_seconds <= r->escalate_first_seconds)
		return config_wrong(c,
				    "alerts.escalate_second_seconds: must be more than alerts.escalate_first_seconds");
	if (r->disk_stop_mib >= r->disk_warn_mib)
		return config_wrong(c, "disk.stop_mib: must be less than disk.warn_mib");
	return true;
}

/* ---- the site ---- */

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

static bool read_site(struct config *c)
{
	const cJSON *site = json_tree_member(c->root, "site"), *zone = json_tree_member(c->root, "time_zone");
	const cJSON *url = json_tree_member(c->root, "public_url");
	struct rules *r = c->r;

	if (!config_text(c, site, r->site, sizeof(r->site),
			 cJSON_IsString(site) && text_made_of(site->valuestring, "-"),
			 "site: must be 1 to 32 letters, digits or hyphens"))
		return false;
	if (!config_name(c, c->root, ""))
		return false;
	if (!config_text(c, zone, r->time_zone, sizeof(r->time_zone),
			 cJSON_IsString(zone) && strlen(zone->valuestring) < sizeof(r->time_zone) &&
				 zone_valid(zone->valuestring, c->recorded),
			 "time_zone: must be a time zone that this machine knows (under " ZONES "), as Asia/Shanghai"))
		return false;
	return !url ||
	       config_text(c, url, r->public_url, sizeof(r->public_url),
			   cJSON_IsString(url) && (!*url->valuestring || url_valid(url->valuestring)),
			   "public_url: must be https://HOST or https://HOST:PORT, at most 127 characters, or empty");
}

/* ---- the whole ---- */

static bool read_members(struct config *c)
{
	/* "$schema" is for editors. */
	static const char *const others[] = {"$schema",        "site",         "name",     "time_zone",
					     "public_url",     "desks",        "vaccines", "id_types",
					     "assisted_words", "entry_checks", "roles",    "staff"};
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
			return config_wrong(c, "%s: unknown key", config_shown(item->string));
	}
	return options_agree(c) && read_site(c) && config_desks(c) && config_vaccines(c) && config_roster_words(c) &&
	       config_entry_checks(c) && config_roles(c) && config_staff(c);
}

static char *names_text(const cJSON *root)
{
	struct json_writer w;
	struct buf b = {0};

	json_start(&w, &b);
	json_tree_write(&w, json_tree_member(root, "name"), false);
	return buf_take(&b);
}

static struct rules *decode(const char *text, size_t len, bool recorded, struct staff_list *staff, char *error,
			    size_t error_size)
{
	struct config c = {.recorded = recorded, .staff = staff, .error = error, .error_size = error_size};
	cJSON *root;
	bool good;

	*staff = (struct staff_list){0};
	if (len > CONFIG_MAX_BYTES) {
		config_wrong(&c, "longer than %d bytes", CONFIG_MAX_BYTES);
		return NULL;
	}
	c.root = root = json_tree(text, len, error, error_size);
	if (!root)
		return NULL;
	c.r = xmalloc(sizeof(*c.r));
	rules_init(c.r);
	c.terms = terms_new();
	good = cJSON_IsObject(root) ? read_members(&c) : config_wrong(&c, "must be an object");
	terms_free(c.terms);
	if (good)
		c.r->text = recorded ? xstrndup(text, len) : rules_text(c.r, root);
	if (good)
		c.r->name = names_text(root);
	cJSON_Delete(root);
	if (good)
		return c.r;
	staff_list_free(staff);
	rules_free(c.r);
	return NULL;
}

struct rules *rules_decode_staff(const char *text, size_t len, struct staff_list *staff, char *error, size_t error_size)
{
	return decode(text, len, false, staff, error, error_size);
}

struct rules *rules_decode(const char *text, size_t len, char *error, size_t error_size)
{
	struct staff_list staff;
	struct rules *r = decode(text, len, false, &staff, error, error_size);

	staff_list_free(&staff);
	return r;
}

struct rules *rules_decode_recorded(const char *text, size_t len, char *error, size_t error_size)
{
	struct staff_list staff;
	struct rules *r = decode(text, len, true, &staff, error, error_size);

	staff_list_free(&staff);
	return r;
}
