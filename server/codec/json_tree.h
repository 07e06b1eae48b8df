#ifndef VAXLINE_JSON_TREE_H
#define VAXLINE_JSON_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "json.h"

/*
 * Parsed JSON. cJSON is lenient (control characters, duplicate keys, bytes that are not UTF-8), so a text is checked
 * whole before cJSON sees it; and its numbers are doubles, so a whole number that a double cannot hold is an error.
 */
#define JSON_WHOLE_MAX ((INT64_C(1) << 53) - 1)

/* Checks and parses. NULL with a sentence in error. The caller frees with cJSON_Delete. */
cJSON *json_tree(const char *text, size_t len, char *error, size_t error_size);
/* True for a number without a fraction. */
bool json_tree_whole(const cJSON *item, int64_t *v);
/* The member of an object, or NULL where there is none or it is no object. */
const cJSON *json_tree_member(const cJSON *object, const char *name);

/*
 * Writes a value compactly. Equal values make equal texts with `sorted`, which orders the keys of all objects by their
 * bytes.
 */
void json_tree_write(struct json_writer *w, const cJSON *item, bool sorted);
/* Writes an object without the members that `leave_out` says yes to. */
void json_tree_write_some(struct json_writer *w, const cJSON *object, bool sorted,
			  bool (*leave_out)(const char *name, const void *arg), const void *arg);

#endif
