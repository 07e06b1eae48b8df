#ifndef VAXLINE_CMD_STAFF_H
#define VAXLINE_CMD_STAFF_H

#include "app.h"

/*
 * `vaxline staff import FILE`, `staff pin ID`, `staff list`, `staff badges`: the list of the staff in DIR/staff.json.
 * words: what stands behind `staff` beside the options. Returns the exit status; 2 where the words are wrong.
 */
int cmd_staff(const struct app_options *o, char *const *words, size_t n, bool dry_run);

#endif
