#ifndef VAXLINE_DATA_DIR_H
#define VAXLINE_DATA_DIR_H

#include <stdbool.h>
#include <stddef.h>

/* Makes a data directory and those above it, for its owner alone, where they are not there. False with a sentence. */
bool data_dir_make(const char *path, char *error, size_t error_size);

#endif
