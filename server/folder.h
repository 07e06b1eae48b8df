#ifndef VAXLINE_FOLDER_H
#define VAXLINE_FOLDER_H

#include <stdbool.h>

#include "buf.h"

#define FOLDER_PATH_MAX_BYTES 4096

/* An open directory. Whatever fails leaves its reason in errno. */
struct folder {
	char path[FOLDER_PATH_MAX_BYTES];
	int fd;
};

bool folder_open(struct folder *f, const char *path); /* fd is -1 where it fails */
void folder_close(struct folder *f);
/* Its owner becomes that of another directory, where root made it. */
bool folder_give(const struct folder *f, const char *like);
/* Writes a new file, mode 0600, owned as the folder is; on disk when this returns. One of that name goes before. */
bool folder_write(const struct folder *f, const char *name, const struct buf *text);
/* Adds a file's content to out; a large one is refused. */
bool folder_read(const struct folder *f, const char *name, struct buf *out);

#endif
