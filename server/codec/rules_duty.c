/*
 * What a configuration says of signing on, beside the numbers of its options: what each role asks for, when shifts end.
 */
#include "rules_reader.h"

#include <stdio.h>
#include <string.h>

#include "json_tree.h"
#include "roster_forms.h"

static bool read_flag(struct config *c, const cJSON *object, const char *role, const char *key, bool *v)
{
	const cJSON *item = json_tree_member(object, key);

	if (item && !cJSON_IsBool(item))
		return config_wrong(c, "roles.%s.%s: must be true or false", role, key);
	if (item)
		*v = cJSON_IsTrue(item);
	return true;
}

bool config_roles(struct config *c)
{
	static const char *const keys[] = {"pin", "qualification"};
	const cJSON *roles = json_tree_member(c->root, "roles"), *item;
	char path[32];

	if (roles && !cJSON_IsObject(roles))
		return config_wrong(c, "roles: must be an object");
	cJSON_ArrayForEach(item, roles)
	{
		int role = role_from(item->string);

		if (role <= ROLE_NONE)
			return config_wrong(c, "roles.%s: unknown key", config_shown(item->string));
		snprintf(path, sizeof(path), "roles.%s", item->string);
		if (!config_keys(c, item, path, keys, 2) ||
		    !read_flag(c, item, item->string, "pin", &c->r->roles[role].pin) ||
		    !read_flag(c, item, item->string, "qualification", &c->r->roles[role].qualification))
			return false;
	}
	return true;
}

bool config_shift_ends(struct config *c, const cJSON *ends)
{
	struct rules *r = c->r;
	const cJSON *item;
	int i = 0;

	if (!cJSON_IsArray(ends) || cJSON_GetArraySize(ends) > SHIFT_ENDS_MAX)
		return config_wrong(c, "sign_on.shift_ends: must be an array of at most %d times", SHIFT_ENDS_MAX);
	cJSON_ArrayForEach(item, ends)
	{
		if (!cJSON_IsString(item) || strlen(item->valuestring) != 5 ||
		    !time_of_day(item->valuestring, &r->shift_ends[i]))
			return config_wrong(c, "sign_on.shift_ends[%d]: must be a time of the day, as 12:30", i);
		if (i > 0 && r->shift_ends[i] <= r->shift_ends[i - 1])
			return config_wrong(c, "sign_on.shift_ends[%d]: must be later than the one before", i);
		i++;
	}
	r->n_shift_ends = (size_t)i;
	return true;
}
