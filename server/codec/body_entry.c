/*
 * What the door asked: `checks` of a check-in, held against the entry checks of the site.
 */
#include "body_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_rules.h"

static bool is_entry_check(const struct rules *rules, const char *id)
{
	for (size_t i = 0; i < rules->n_entry_checks; i++) {
		if (strcmp(rules->entry_checks[i].id, id) == 0)
			return true;
	}
	return false;
}

static bool entry_checks_are_ours(const cJSON *checks, const struct rules *rules, struct body_error *error)
{
	struct reading r = {.prefix = "checks.", .error = error};
	const cJSON *item;

	cJSON_ArrayForEach(item, checks)
	{
		if (!is_entry_check(rules, item->string))
			return body_wrong(
				&r, text_made_of(item->string, "-_") && strlen(item->string) < 32 ? item->string : "",
				"no such entry check");
	}
	return true;
}

bool command_entry_checks(struct body *b, const struct rules *rules, struct command *c, struct body_error *error)
{
	const cJSON *checks = json_tree_member(b->root, "checks");
	struct buf out = {0};
	struct json_writer w;

	if (!entry_checks_are_ours(checks, rules, error))
		return false;
	json_start(&w, &out);
	json_open(&w, '{');
	for (size_t i = 0; i < rules->n_entry_checks; i++) {
		const struct entry_check_rule *check = &rules->entry_checks[i];
		const cJSON *told = json_tree_member(checks, check->id);

		if (cJSON_IsBool(told)) {
			json_key(&w, check->id);
			json_bool(&w, cJSON_IsTrue(told));
		}
		if (cJSON_IsFalse(told) && !c->failed_check)
			c->failed_check = check->id;
		if (!cJSON_IsBool(told) && check->required && !c->missing_check) {
			snprintf(b->missing_check, sizeof(b->missing_check), "checks.%s", check->id);
			c->missing_check = b->missing_check;
		}
	}
	json_close(&w, '}');
	free(b->entry_checks);
	b->entry_checks = buf_take(&out);
	c->entry_checks = strcmp(b->entry_checks, "{}") == 0 ? NULL : b->entry_checks;
	return true;
}
