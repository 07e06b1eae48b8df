#ifndef VAXLINE_HTTP_REQUEST_H
#define VAXLINE_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <llhttp.h>

#include "buf.h"
#include "http.h"
#include "scan.h"

/*
 * One request read from bytes: no sockets, no clock. Bytes may come one at a time or all at once with the same result.
 *
 *   request_feed ... REQUEST_MORE ... REQUEST_HEAD       the caller routes it, may refuse it, else goes on
 *   request_feed ... REQUEST_MORE ... REQUEST_DONE       request_reset, and the next one starts
 *                                 ... REQUEST_REFUSED    status and detail say why; nothing can be read after it
 *
 * All that is kept of a request stands in one buffer and is named by offsets, because the buffer moves as it grows:
 *
 *   text:  [ head, target decoded in place ][ notes of the router ][ body ]
 */

enum request_step { REQUEST_MORE, REQUEST_HEAD, REQUEST_DONE, REQUEST_REFUSED };

/* Header lines that somebody asks for. */
enum request_header {
	HEADER_AUTHORIZATION,
	HEADER_CONTENT_LENGTH,
	HEADER_CONTENT_TYPE,
	HEADER_COOKIE,
	HEADER_EXPECT,
	HEADER_HOST,
	HEADER_IF_NONE_MATCH,
	HEADER_ORIGIN,
	HEADER_TRANSFER_ENCODING,
	HEADERS_KNOWN,
};

struct head_memory;

struct request {
	struct scan scan;
	llhttp_t llhttp;
	struct buf text;
	struct head_memory *last; /* the head read last, and what was made of it; NULL: none, or a long one */

	/* Known from REQUEST_HEAD on. */
	size_t path_at;                  /* in text: decoded, NUL-terminated */
	size_t query_at;                 /* in text: as sent, NUL-terminated */
	size_t header_at[HEADERS_KNOWN]; /* in text: the value, NUL-terminated; 0 where absent */
	bool head_known;
	bool keep_alive;
	bool expects_continue; /* and no byte of the body has been read yet */
	uint64_t content_length;

	size_t body_at; /* in text; known from REQUEST_DONE on */
	size_t body_len;
	bool complete; /* llhttp has seen the end of the message */

	int status; /* of a refusal */
	const char *detail;
};

void request_init(struct request *r);
void request_free(struct request *r);
/* Forgets the request read, ready for the next one of the connection. */
void request_reset(struct request *r);
/* Whether a byte of the request has come. */
bool request_started(const struct request *r);
/* Reads on; *used says how many of the bytes were taken, never more than belong to the step returned. */
enum request_step request_feed(struct request *r, const char *data, size_t len, size_t *used);
/*
 * Copies a piece of the path, as a string, to the end of the text; returns its offset. Between REQUEST_HEAD and the
 * next request_feed.
 */
size_t request_note(struct request *r, int path_offset, int len);
/* Always REQUEST_REFUSED. */
enum request_step request_refuse(struct request *r, int status, const char *detail);

/* What stands at an offset; NULL for 0. Borrowed until the request is fed, noted to or reset. */
static inline const char *request_text(const struct request *r, size_t at)
{
	return at ? r->text.data + at : NULL;
}

#endif
