#ifndef VAXLINE_BODY_FIELDS_H
#define VAXLINE_BODY_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec.h"

/*
 * What each call may carry, as tables: one row a member, saying what it must be and where it goes in the command.
 */

enum body_kind {
	BODY_WORDS,   /* text on one line, `least` to `most` characters */
	BODY_LINES,   /* text that may hold newlines and tabs */
	BODY_SCANNED, /* any text, whatever a scanner may read; stays in the body */
	BODY_DIGITS,  /* `least` to `most` of them; stays in the body */
	BODY_UUID,
	BODY_DATE,  /* a real date, "2026-11-20", from 1900 on */
	BODY_TIME,  /* an instant */
	BODY_WHOLE, /* a whole number, `least` to `most` */
	BODY_BOOL,
	BODY_LONG,   /* "long" or "usual": an observation */
	BODY_PERSON, /* by the table of a person */
	BODY_WHAT,   /* one or more of what can be corrected, by its table */
	BODY_ENTRY,  /* an object of entry checks, each true or false; which there are is told by the rules */
	BODY_CHECKS, /* true, or an object of points that are all confirmed; also kept in details */
	/* names of names.h */
	BODY_SEX,
	BODY_LANGUAGE,
	BODY_STAGE,
	BODY_DEVICE_KIND,
};

#define BODY_NOWHERE SIZE_MAX

struct body_row {
	const char *name; /* NULL ends a table */
	enum body_kind kind;
	bool required;
	int64_t least, most; /* characters of a text, or the number itself */
	size_t offset;       /* in struct command, or BODY_NOWHERE */
};

/* The rows of a call. *details: members without a row are kept in c->details instead of being errors. */
const struct body_row *body_rows(enum body_shape shape, enum action action, bool *details);
extern const struct body_row body_person_rows[], body_what_rows[];

#endif
