#ifndef VAXLINE_TERMS_H
#define VAXLINE_TERMS_H

#include <stdbool.h>
#include <stddef.h>

#include "rules.h"

/*
 * The words by which a person or a file may name something of the configuration: its id, its name in each language, and
 * its aliases; upper and lower case alike, full-width forms like the usual ones.
 */
enum term_kind {
	TERM_VACCINE,
	TERM_ID_TYPE,
};

struct terms;

struct terms *terms_new(void);
void terms_free(struct terms *t); /* accepts NULL */
/* Lets the text name that item. False, and nothing changed, where it names another one of the kind. */
bool terms_add(struct terms *t, enum term_kind kind, const char *id, const char *text);
/* The id of what the text names, lent until terms_free, or NULL. */
const char *terms_find(const struct terms *t, enum term_kind kind, const char *text);
/* All of a configuration. */
struct terms *terms_of(const struct rules *r);

#endif
