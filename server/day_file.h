#ifndef VAXLINE_DAY_FILE_H
#define VAXLINE_DAY_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "trust.h"

/*
 * The files of closed days, one event a line as in the log, each with its digest beside it for sha256sum -c:
 *
 *   DIR/days/DATE.ndjson          day_opened to day_closed of that date
 *   DIR/days/DATE.before.ndjson   what the log held between the day before and that one, once it is trimmed
 *   ... .sha256
 */

#define DAY_PATH_MAX_BYTES 4200

struct day_writer {
	FILE *file;
	struct sha256 *digest;
	unsigned long long lines;
	size_t unsynced;
	char dir[DAY_PATH_MAX_BYTES], part[DAY_PATH_MAX_BYTES];
};

/* Begins a file under a name for the time being. False with errno. */
bool day_writer_open(struct day_writer *w, const char *data, const char *part);
void day_writer_add(struct day_writer *w, const char *line, size_t len);
/* The file is on disk, whole, under its name ("2026-11-20" or "2026-11-20.before"), with its digest. False with errno. */
bool day_writer_finish(struct day_writer *w, const char *name);
/* Ends it without. For one that is not open too. */
void day_writer_drop(struct day_writer *w);

/* Both files of the day are there. */
bool day_file_exists(const char *data, const char *name);

struct day_reader {
	FILE *file;
	struct sha256 *digest;
	char wanted[65]; /* the digest beside it */
	char *text;      /* of the last line read */
	size_t size;
};

/* False with a sentence in error where there is no such file, or no digest. *none: there is no such file. */
bool day_reader_open(struct day_reader *r, const char *data, const char *name, bool *none, char *error, size_t size);
/* The next line with its newline, or NULL at the end; borrowed until the next call. */
const char *day_reader_next(struct day_reader *r, size_t *len);
/* At its end, once: it is what was written. Then it may be read again, from r->file's beginning. */
bool day_reader_is_whole(struct day_reader *r);
/* For one that is not open too. */
void day_reader_close(struct day_reader *r);

#endif
