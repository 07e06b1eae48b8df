/*
 * The configuration's file. Errors begin with its name.
 */
#include "codec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "staff.h"

#define FILE_MAX_BYTES (1024 * 1024)
#define CHUNK_BYTES 8192

/* Adds what the file holds, up to one byte past the bound. */
static bool read_all(FILE *f, struct buf *out)
{
	char chunk[CHUNK_BYTES];
	size_t n;

	while (out->len <= FILE_MAX_BYTES && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(out, chunk, n);
	return !ferror(f);
}

struct rules *rules_load_staff(const char *path, struct staff_list *staff, char *error, size_t error_size)
{
	struct buf text = {0};
	struct rules *r = NULL;
	char problem[200];
	FILE *f = fopen(path, "re");

	*staff = (struct staff_list){0};
	if (!f || !read_all(f, &text)) {
		snprintf(error, error_size, "%s: %s", path, strerror(errno));
		goto done;
	}
	r = rules_decode_staff(text.data ? text.data : "", text.len, staff, problem, sizeof(problem));
	if (!r)
		snprintf(error, error_size, "%s: %s", path, problem);
done:
	if (f)
		fclose(f);
	buf_free(&text);
	return r;
}

struct rules *rules_load(const char *path, char *error, size_t error_size)
{
	struct staff_list staff;
	struct rules *r = rules_load_staff(path, &staff, error, error_size);

	staff_list_free(&staff);
	return r;
}
