#ifndef VAXLINE_FOLDER_H
#define VAXLINE_FOLDER_H

#include <stdbool.h>

#include "buf.h"

#define FOLDER_PATH_MAX_BYTES 4096
#define FOLDER_NAME_MAX_BYTES 64 /* of a file that is replaced */

/* An open directory. Whatever fails leaves its reason in errno. */
struct folder {
	char path[FOLDER_PATH_MAX_BYTES];
	int fd;
};

bool folder_open(struct folder *f, const char *path); /* fd is -1 where it fails */
/* To read files of known names in it: the right to list it is not needed. */
bool folder_look(struct folder *f, const char *path);
/*
 * Makes one, mode 0700; the template's XXXXXX becomes what is free. Where root makes it, whoever owns the directory
 * above may put a link in its place: that is not followed.
 */
bool folder_make(struct folder *f, char *template);
void folder_close(struct folder *f);
/* Its owner becomes that of another directory, where root made it. */
bool folder_give(const struct folder *f, const char *like);
/* Writes a new file, mode 0600, owned as the folder is; on disk when this returns. One of that name goes before. */
bool folder_write(const struct folder *f, const char *name, const struct buf *text);
/* As folder_write, but at each moment one of that name is there whole, the old or the new. */
bool folder_replace(const struct folder *f, const char *name, const struct buf *text);
/* Waits until nobody else holds it; held until the folder is closed. */
bool folder_lock(const struct folder *f);
/* Adds a file's content to out; a large one is refused. */
bool folder_read(const struct folder *f, const char *name, struct buf *out);

#endif
