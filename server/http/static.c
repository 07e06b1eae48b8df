/*
 * Files below a root.
 *
 * A name is walked from the root one segment at a time, and no symbolic link is followed, so nothing outside can be
 * reached however the name is spelled and whatever lies on the disk. The entity tag is made of what changes with any
 * change of a file: its inode, size, and the times of its last write and last change.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conn.h"
#include "text.h"

/*
 * Pages load what this site serves and nothing else, no script or style that stands in a page, and WebAssembly of its
 * own; nothing may frame them, hold a handle on them or learn from where somebody came. The camera is for our own pages.
 */
#define PAGE_POLICY                                                                                                    \
	"Content-Security-Policy: default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "        \
	"img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n"           \
	"Referrer-Policy: no-referrer\r\n"                                                                             \
	"Cross-Origin-Opener-Policy: same-origin\r\n"                                                                  \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                                                                \
	"Permissions-Policy: camera=(self)\r\n"                                                                        \
	"X-Frame-Options: DENY\r\n"
#define FILE_MAX_BYTES (16 * 1024 * 1024)
#define TAG_BYTES 80

static const struct {
	const char *ending;
	const char *type;
} types[] = {
	{".html", "text/html; charset=utf-8"},
	{".css", "text/css; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".mjs", "text/javascript; charset=utf-8"},
	{".json", "application/json"},
	{".map", "application/json"},
	{".webmanifest", "application/manifest+json"},
	{".svg", "image/svg+xml"},
	{".png", "image/png"},
	{".jpg", "image/jpeg"},
	{".webp", "image/webp"},
	{".ico", "image/x-icon"},
	{".wasm", "application/wasm"},
	{".woff2", "font/woff2"},
	{".mp3", "audio/mpeg"},
	{".ogg", "audio/ogg"},
	{".txt", "text/plain; charset=utf-8"},
	{".md", "text/markdown; charset=utf-8"},
	{".csv", "text/csv; charset=utf-8"},
	{".pdf", "application/pdf"},
};

static const char *content_type(const char *name)
{
	const char *ending = strrchr(name, '.');

	for (size_t i = 0; ending && i < sizeof(types) / sizeof(*types); i++)
		if (!strcmp(ending, types[i].ending))
			return types[i].type;
	return "application/octet-stream";
}

/* Opens root/name for reading; -1 with errno, ENOENT where the name is not one that is shown. */
static int open_below(const char *root, const char *name)
{
	int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (dir >= 0) {
		size_t len = strcspn(name, "/");
		bool last = !name[len];
		char segment[256];
		int fd;

		if (!len || len >= sizeof(segment) || name[0] == '.') {
			close(dir);
			errno = ENOENT;
			return -1;
		}
		memcpy(segment, name, len);
		segment[len] = '\0';
		/* O_NONBLOCK: what looks like a file may be a pipe that nobody writes. */
		fd = openat(dir, segment, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
		close(dir);
		if (last)
			return fd;
		dir = fd;
		name += len + 1;
	}
	return -1;
}

/* Whether an error of open means that there is no such file, and not that it cannot be had now. */
static bool is_absent(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EACCES || error == ENXIO;
}

static void unreadable(struct conn *c)
{
	reply_problem(c, 500, "file_unreadable", "The file cannot be read.", NULL);
}

static unsigned long long nanoseconds(const struct timespec *ts)
{
	return (unsigned long long)ts->tv_sec * 1000000000u + (unsigned long long)ts->tv_nsec;
}

static void make_tag(const struct stat *st, char tag[TAG_BYTES])
{
	snprintf(tag, TAG_BYTES, "\"%llx-%llx-%llx-%llx\"", (unsigned long long)st->st_ino,
		 (unsigned long long)st->st_size, nanoseconds(&st->st_mtim), nanoseconds(&st->st_ctim));
}

/* The whole file; NULL where it cannot be read, or is not as long any more as it was. */
static struct blob *read_file(int fd, size_t len)
{
	struct blob *b = xmalloc(sizeof(*b) + len + 1);
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, b->data + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	if (have < len) {
		free(b);
		return NULL;
	}
	b->refs = 1;
	b->len = len;
	b->data[len] = '\0';
	return b;
}

static void serve_open_file(struct conn *c, const struct http_request *rq, const char *name, int fd,
			    const struct stat *st)
{
	struct http_response r = {.status = 200, .content_type = content_type(name)};
	char tag[TAG_BYTES], headers[TAG_BYTES + sizeof(PAGE_POLICY) + 40];
	struct blob *b = NULL;

	make_tag(st, tag);
	snprintf(headers, sizeof(headers), "ETag: %s\r\nCache-Control: no-cache\r\n%s", tag, PAGE_POLICY);
	r.headers = headers;
	if (text_etag_matches(rq->if_none_match, tag)) {
		r.status = 304;
		r.content_type = NULL;
	} else {
		b = st->st_size > FILE_MAX_BYTES ? NULL : read_file(fd, (size_t)st->st_size);
		if (!b) {
			unreadable(c);
			return;
		}
		r.body = b->data;
		r.body_len = b->len;
	}
	reply_send(c, &r, b);
	blob_unref(b);
}

void http_serve_file(struct http *h, const struct http_request *rq, const char *root, const char *name)
{
	struct conn *c = http_find(h, rq->id, CONN_WAITING);
	struct stat st;
	int fd;

	if (!c)
		return;
	fd = open_below(root, name);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		serve_open_file(c, rq, name, fd, &st);
	else if (fd < 0 && !is_absent(errno))
		unreadable(c);
	else
		reply_problem(c, 404, "not_found", "There is nothing under this path.", NULL);
	if (fd >= 0)
		close(fd);
}
