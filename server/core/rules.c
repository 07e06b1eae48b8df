/*
 * Rules: the numbers a site runs by, at their defaults until a configuration says otherwise.
 */
#include "core.h"

#include <stdlib.h>
#include <string.h>

void rules_init(struct rules *r)
{
	memset(r, 0, sizeof(*r));
#define RULES_DEFAULT(member, path, standard, least, most, help) r->member = standard;
	RULE_OPTIONS(RULES_DEFAULT)
#undef RULES_DEFAULT
	r->roles[ROLE_SCREENER].qualification = true;
	r->roles[ROLE_VACCINATOR].qualification = true;
	r->roles[ROLE_CLINICIAN] = (struct role_rule){.pin = true, .qualification = true};
	r->roles[ROLE_SUPERVISOR].pin = true;
}

static char *text_copy(const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;

	return text ? memcpy(core_alloc(size), text, size) : NULL;
}

struct rules *rules_copy(const struct rules *r)
{
	struct rules *copy = core_alloc(sizeof(*copy));

	*copy = *r;
	copy->name = text_copy(r->name);
	copy->text = text_copy(r->text);
	return copy;
}

void rules_free(struct rules *r)
{
	if (!r)
		return;
	free(r->name);
	free(r->text);
	free(r);
}

int rules_desk(const struct rules *r, const char *id)
{
	for (size_t i = 0; i < r->n_desks; i++) {
		if (strcmp(r->desks[i].id, id) == 0)
			return (int)i;
	}
	return -1;
}
