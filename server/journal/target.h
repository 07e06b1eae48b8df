#ifndef VAXLINE_JOURNAL_TARGET_H
#define VAXLINE_JOURNAL_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Where a Redis is, and who we are there.
 *
 *   unix://[user:password@]/path    redis://[user:password@]host[:port]
 *
 * User and password are percent-decoded; the password is never written anywhere.
 */

#define TARGET_PATH_MAX_BYTES 107 /* what fits into sockaddr_un */
#define TARGET_TEXT_MAX_BYTES 255
#define TARGET_PORT 6379

struct target {
	char path[TARGET_PATH_MAX_BYTES + 1]; /* of a unix socket; empty: TCP */
	char host[TARGET_TEXT_MAX_BYTES + 1];
	int port;
	char user[TARGET_TEXT_MAX_BYTES + 1]; /* may be empty */
	char password[TARGET_TEXT_MAX_BYTES + 1];
	bool auth; /* a password was given */
};

/* False with a sentence in error, which never shows the password. */
bool target_parse(const char *url, struct target *t, char *error, size_t error_size);

#endif
