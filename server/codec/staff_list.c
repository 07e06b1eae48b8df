/* The list of the staff in memory. */
#include "staff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

struct staff_row *staff_find(const struct staff_list *l, const char *id)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->rows[i].id, id) == 0)
			return &l->rows[i];
	}
	return NULL;
}

struct staff_row *staff_add(struct staff_list *l, const char *id)
{
	struct staff_row *row;

	if ((l->n & (l->n - 1)) == 0)
		l->rows = xrealloc(l->rows, (l->n ? 2 * l->n : 1) * sizeof(*l->rows));
	row = &l->rows[l->n++];
	*row = (struct staff_row){.badge = 1};
	snprintf(row->id, sizeof(row->id), "%s", id);
	return row;
}

void staff_list_free(struct staff_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->rows[i].name);
	free(l->rows);
	*l = (struct staff_list){0};
}

bool staff_rows_agree(const struct staff_row *a, const struct staff_row *b)
{
	return strcmp(a->name, b->name) == 0 && a->roles == b->roles && a->badge == b->badge &&
	       memcmp(a->until, b->until, sizeof(a->until)) == 0;
}

void staff_roles_text(const struct staff_row *row, char out[STAFF_ROLES_SIZE])
{
	size_t n = 0;

	*out = '\0';
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (row->roles & 1u << role)
			n += (size_t)snprintf(out + n, STAFF_ROLES_SIZE - n, "%s%s%s%s", n ? "," : "",
					      role_name((enum role)role), row->until[role][0] ? "=" : "",
					      row->until[role]);
	}
}

void staff_person_encode(const struct staff_row *row, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "name");
	json_str(&w, row->name);
	json_close(&w, '}');
}
