#ifndef VAXLINE_STAFF_SOURCE_H
#define VAXLINE_STAFF_SOURCE_H

#include "staff.h"
#include "trust.h"

/* The list of the staff as its two sources have it, read and held against each other. */
struct staff_source {
	struct rules *rules; /* of the configuration; owned */
	struct staff_list configured;
	struct staff_file file;
};

/* Reads a configuration and DIR/staff.json. False with a sentence; there is nothing to free then. */
bool staff_source_load(struct staff_source *s, const char *config, const char *dir, char *error, size_t error_size);
/* All people can stand on one list: no id and no badge twice, and the PINs were set under the pepper of DIR. */
bool staff_source_check(const struct staff_source *s, const struct trust *t, const char *dir, char *error,
			size_t error_size);
void staff_source_free(struct staff_source *s);

/* People of both, one after the other: those of the configuration first. */
size_t staff_source_count(const struct staff_source *s);
const struct staff_row *staff_source_row(const struct staff_source *s, size_t i);
/* The one of that id, or NULL. */
const struct staff_row *staff_source_find(const struct staff_source *s, const char *id);

#endif
