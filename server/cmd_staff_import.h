#ifndef VAXLINE_CMD_STAFF_IMPORT_H
#define VAXLINE_CMD_STAFF_IMPORT_H

#include "staff_source.h"

/*
 * Makes the list of a CSV file the imported one of the source, in memory, and prints what that changes. PINs that
 * stayed the same keep their hashes; those who are listed no more lose theirs. False where the file is wrong: that was
 * said, line and column, and the source is as it was.
 */
bool staff_import(struct staff_source *s, const struct pepper *p, const char *path, bool *changed);

#endif
