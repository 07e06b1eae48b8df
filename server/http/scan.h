#ifndef VAXLINE_HTTP_SCAN_H
#define VAXLINE_HTTP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"

/*
 * The lines of a request's head, byte by byte: what RFC 9112 asks of them and what llhttp lets through. It keeps no
 * bytes, only where things stand, counted from the first byte of the request.
 */

#define SCAN_METHOD_MAX_BYTES 16

enum scan_step { SCAN_MORE, SCAN_HEAD, SCAN_REFUSED };

struct scan {
	int state;
	bool empty_line;   /* the one empty line that may stand before a request has been seen */
	bool head_method;  /* HEAD: handled as GET, answered without a body */
	bool other_method; /* one that no route has, but that we know by name */
	bool http_1_0;
	enum http_method method;
	size_t pos; /* bytes taken */
	size_t target_at;
	size_t target_len;
	size_t headers_at;
	unsigned n_headers;
	size_t word_len;
	char word[SCAN_METHOD_MAX_BYTES]; /* the method, then the version */
	int status;                       /* of a refusal */
	const char *detail;
};

/* Takes bytes up to the end of the head; *used says how many. */
enum scan_step scan_feed(struct scan *s, const char *data, size_t len, size_t *used);

#endif
