#ifndef VAXLINE_PROBLEM_H
#define VAXLINE_PROBLEM_H

#include "buf.h"

/*
 * Problem documents (RFC 9457), application/problem+json: {type, title, status, code, detail}.
 *
 * `code` is stable and lower_snake_case; `title` is the same for every problem of that code; `detail` is for a person.
 * None of them repeats what a client sent.
 */
#define PROBLEM_CONTENT_TYPE "application/problem+json"

/* Adds a whole document to out. title NULL: the standard phrase of the status. detail may be NULL. */
void problem_write(struct buf *out, int status, const char *code, const char *title, const char *detail);

/* The standard phrase of an HTTP status, "Not Found"; "Unknown" for one this program never sends. */
const char *problem_phrase(int status);

#endif
