#ifndef VAXLINE_JOURNAL_REPAIR_H
#define VAXLINE_JOURNAL_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

#define REPAIR_MAX_BYTES (1024 * 1024) /* more is never dropped without a person's decision */

/*
 * Repairs the end of the last incremental append-only file in the directory, after copying the directory beside it.
 * Blocks. True when it was repaired (then why says so) or there was nothing to repair; false with a sentence in why.
 */
bool repair_aof(const char *dir, char *why, size_t why_size);

#endif
