#ifndef VAXLINE_BODY_PARTS_H
#define VAXLINE_BODY_PARTS_H

#include "body_fields.h"
#include "json_tree.h"

/* What the files that read bodies share. */

struct body {
	cJSON *root;
	char *person, *details; /* made by command_decode */
	char *entry_checks;     /* made by command_entry_checks */
	char missing_check[sizeof(((struct entry_check_rule *)0)->id) + 8];
};

/* A table being gone through. */
struct reading {
	const char *prefix; /* of names in errors: "" or "person." */
	struct command *c;
	struct body *b;
	struct body_error *error;
};

/* Says what is wrong with a member; false. */
bool body_wrong(struct reading *r, const char *name, const char *detail);
/* Reads a member that has no table of its own. */
bool body_take(struct reading *r, const struct body_row *row, const cJSON *item);

#endif
