#ifndef VAXLINE_JOURNAL_HEAD_H
#define VAXLINE_JOURNAL_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "entry.h"

/*
 * DIR/head: the last id that was acknowledged, so that a log that lost its end, or all of it, is not mistaken for the
 * whole. Written lazily, so it may lag behind, never run ahead.
 */

enum head_found { HEAD_NONE, HEAD_FOUND, HEAD_UNREADABLE };

enum head_found head_read(const char *dir, struct log_id *id);
/* Replaces it whole; false with errno. */
bool head_write(const char *dir, struct log_id id);

/* DIR/mark: the event from which on the log need be read, see journal_mark. */
bool mark_read(const char *dir, struct log_id *id);
bool mark_write(const char *dir, struct log_id id);

/*
 * DIR/fence: what the fence of an epoch says, once it is trimmed from the log while that epoch goes on: whoever takes
 * the site next carries its clock on.
 */
bool fence_read(const char *dir, struct journal_fence *f);
bool fence_write(const char *dir, const struct journal_fence *f);

#endif
