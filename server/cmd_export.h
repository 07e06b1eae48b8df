#ifndef VAXLINE_CMD_EXPORT_H
#define VAXLINE_CMD_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * `vaxline export`: the events of one day to standard output, one JSON a line: from its file where it was closed, else
 * from the log, without taking the site. False with a sentence in error.
 */
bool cmd_export(const char *site, const char *data, const char *redis_url, const char *day, char *error, size_t size);

#endif
