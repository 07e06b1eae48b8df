/* The data directory: made by whatever command comes first. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "data_dir.h"

#define PATH_MAX_BYTES 4096

bool data_dir_make(const char *path, char *error, size_t error_size)
{
	char part[PATH_MAX_BYTES];

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part)) {
		snprintf(error, error_size, "the path of the data directory is too long");
		return false;
	}
	for (char *p = part + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		mkdir(part, 0700);
		*p = '/';
	}
	mkdir(part, 0700);
	if (access(part, R_OK | W_OK | X_OK) == 0)
		return true;
	snprintf(error, error_size, "the data directory %s cannot be used", path);
	return false;
}
