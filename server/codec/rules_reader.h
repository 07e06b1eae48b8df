#ifndef VAXLINE_RULES_READER_H
#define VAXLINE_RULES_READER_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "rules.h"
#include "staff.h"
#include "terms.h"

/* What the files that read a configuration share. */

#define CONFIG_TEXT_MAX 100 /* characters of a name or an alias */

/* A configuration being read. */
struct config {
	struct rules *r;
	const cJSON *root;
	struct terms *terms;
	struct staff_list *staff; /* where the people of the file go */
	bool recorded;
	char *error;
	size_t error_size;
};

/* Says what is wrong, "path: ..."; false. */
bool config_wrong(struct config *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A key of the file as it may stand in a message. */
const char *config_shown(const char *key);
/* An object with no other keys. */
bool config_keys(struct config *c, const cJSON *object, const char *path, const char *const *keys, size_t n);
/* A text of 1 to CONFIG_TEXT_MAX characters. */
bool config_words(struct config *c, const cJSON *item, const char *path);
/* A text in each language, of at most so many characters. */
bool config_languages(struct config *c, const cJSON *text, const char *path, int most);
/* The member "name" in each language; parent: the path before it, with its dot. */
bool config_name(struct config *c, const cJSON *object, const char *parent);
/* Copies a text that fits and that `good` says is one; the requirement is named in the error. */
bool config_text(struct config *c, const cJSON *item, char *to, size_t size, bool good, const char *must);

bool config_desks(struct config *c);
bool config_vaccines(struct config *c);
/* Kinds of document and words for those who need help: only the reader of rosters asks, and it goes by the text. */
bool config_roster_words(struct config *c);
bool config_entry_checks(struct config *c);
bool config_roles(struct config *c);
/* The member "shift_ends" of the section sign_on. */
bool config_shift_ends(struct config *c, const cJSON *ends);
bool config_staff(struct config *c);

#endif
