/*
 * Verdicts: the table of verdict.h as functions.
 */
#include "verdict.h"

#include <stddef.h>
#include <string.h>

struct verdict_row {
	const char *code;
	int status;
	const char *title;
};

#define VERDICT_ROW(value, text, http, words) [value] = {text, http, words},
static const struct verdict_row rows[] = {VERDICTS(VERDICT_ROW)};

const char *verdict_code(enum verdict v)
{
	return rows[v].code;
}

int verdict_status(enum verdict v)
{
	return rows[v].status;
}

const char *verdict_title(enum verdict v)
{
	return rows[v].title;
}

int verdict_from(const char *code)
{
	for (int i = 0; code && i < VERDICT_COUNT; i++) {
		if (strcmp(rows[i].code, code) == 0)
			return i;
	}
	return -1;
}
