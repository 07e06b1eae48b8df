#ifndef VAXLINE_HTTP_TLS_H
#define VAXLINE_HTTP_TLS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * TLS below a connection, by OpenSSL: 1.2 and 1.3, over a socket that does not block. RFC 5246, RFC 8446.
 *
 * Every call does what can be done now. What cannot says which readiness of the socket it waits for; it is then called
 * again, a write with at least the bytes that it had, wherever they stand by then.
 */

struct tls;    /* what a server's connections have in common */
struct ssl_st; /* one connection */

enum tls_step {
	TLS_DONE,
	TLS_WANTS_READ,
	TLS_WANTS_WRITE,
	TLS_EOF,    /* the client has said that nothing more comes, or is gone without a word */
	TLS_PLAIN,  /* of a handshake: what came is HTTP without TLS */
	TLS_BROKEN, /* nothing can be sent or read any more; an alert that says why is on its way where there is one */
};

/* Without a certificate. */
struct tls *tls_new(void);
void tls_free(struct tls *t); /* after its connections */
/*
 * Reads a chain and its key from PEM files (the key may stand among others), for the connections from then on; those
 * there are keep theirs. False with a sentence in error: what was loaded before stays.
 */
bool tls_load(struct tls *t, const char *cert, const char *key, char *error, size_t error_size);
bool tls_is_loaded(const struct tls *t);

/* Our side of a connection; the socket stays the caller's. */
struct ssl_st *tls_open(const struct tls *t, int fd);
/* Accepts NULL. say_goodbye: tries, once, to tell the client that it was meant to end here. */
void tls_close(struct ssl_st *tls, bool say_goodbye);

enum tls_step tls_handshake(struct ssl_st *tls);
/*
 * TLS_DONE: *got of at most len bytes, more than none. Takes from the socket once; TLS_WANTS_READ does not mean that
 * nothing waits there. A client that sends and sends and says nothing is broken.
 */
enum tls_step tls_read(struct ssl_st *tls, void *data, size_t len, size_t *got);
/* Whether bytes have come that tls_read has not seen, be they too few for anything. */
bool tls_has_more(const struct ssl_st *tls);
/* TLS_DONE: *took of the len bytes, more than none. */
enum tls_step tls_write(struct ssl_st *tls, const void *data, size_t len, size_t *took);
/* Says that nothing more comes from us (close_notify). Not to be called again once it is done. */
enum tls_step tls_shut(struct ssl_st *tls);

#endif
