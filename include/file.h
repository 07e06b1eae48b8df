#ifndef VAXLINE_FILE_H
#define VAXLINE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* What it takes to have a file on disk. All set errno where they fail. */

/* Writes all of it. */
bool file_write(int fd, const void *data, size_t len);
/* A name that was given or taken in this directory outlasts a power cut. */
bool file_sync_dir(const char *dir);
/*
 * What root makes in somebody's directory is theirs: the server that reads it does not run as root. Else it does
 * nothing.
 */
bool file_give(int fd, const char *dir);

#endif
