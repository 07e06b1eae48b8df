#ifndef VAXLINE_JOURNAL_DISK_H
#define VAXLINE_JOURNAL_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* Free bytes for this user on the disk of the directory, or -1. */
int64_t disk_free(const char *dir);
/* Bytes that the files of a directory take, or -1. */
int64_t disk_used(const char *dir);
/* Makes DIR/ballast so many bytes long, really allocated; 0 takes it away. False with errno. */
bool disk_ballast(const char *dir, int64_t bytes);

#endif
