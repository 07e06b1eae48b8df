#ifndef VAXLINE_TESTS_JSON_HELP_H
#define VAXLINE_TESTS_JSON_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "buf.h"

/* A picture or answer, checked to be JSON; the caller frees with cJSON_Delete. */
cJSON *json_back(struct buf *out);
/* A value by a path of keys and indices: "desks.0.id". NULL where there is none. */
const cJSON *json_at(const cJSON *root, const char *path);
/* The value there, as compact JSON, is this text. */
void assert_json(const cJSON *root, const char *path, const char *wanted);
void assert_json_text(const cJSON *root, const char *path, const char *wanted);
void assert_json_number(const cJSON *root, const char *path, double wanted);
void assert_json_null(const cJSON *root, const char *path);

#endif
