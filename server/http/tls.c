/*
 * TLS by OpenSSL.
 *
 *   tls_read, tls_write -> OpenSSL -> our own BIO -> recv, send
 *
 * A request is small and so is its answer: with read-ahead a whole record comes by one recv, and what is written by one
 * call leaves as one record by one send. Between requests a connection holds no buffers. What OpenSSL adds to that is
 * felt at fifty thousand requests a second: hence the BIO, and no look at its stack of errors while all goes well.
 *
 * OpenSSL reads on until it has something for us. A client that sends nothing but changes of its keys would so keep it
 * for as long as it likes: one call takes from the socket once, and who sends much and says nothing is cut off.
 *
 * Tickets carry a session on, under keys that live as long as the context: with a new certificate nobody comes in by
 * what the old one had vouched for.
 */
#include "tls.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "buf.h"

/* Forward secrecy and authenticated encryption only; the client's wish counts where it has no AES in hardware. */
#define CIPHERS_1_2                                                                                                    \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                                   \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"                                                   \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#define CIPHERS_1_3 "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"
#define GROUPS "X25519:P-256"
#define SESSION_SECONDS (4 * 3600L) /* how long a ticket is good */
#define REASON_BYTES 160
#define FRUITLESS_MAX_BYTES (32 * 1024) /* taken in a row without a byte for us; a record has half of that */

struct tls {
	BIO_METHOD *socket;
	SSL_CTX *context; /* the certificate and what goes with it; NULL: none is loaded */
};

/* ---- the socket ---- */

struct link {
	int fd;
	bool taken;       /* in this call */
	size_t fruitless; /* bytes taken since the last that were for us */
};

static bool try_again(void)
{
	return errno == EAGAIN || errno == EINTR;
}

static int socket_read(BIO *b, char *data, int len)
{
	struct link *link = BIO_get_data(b);
	int n;

	BIO_clear_retry_flags(b);
	if (link->taken) {
		BIO_set_retry_read(b); /* the loop tells again of what waits in the socket */
		return -1;
	}
	n = (int)recv(link->fd, data, (size_t)len, 0);
	if (n < 0 && try_again())
		BIO_set_retry_read(b);
	else if (n == 0)
		BIO_set_flags(b, BIO_FLAGS_IN_EOF);
	link->taken = n > 0;
	if (n > 0)
		link->fruitless += (size_t)n;
	return n;
}

static int socket_write(BIO *b, const char *data, int len)
{
	const struct link *link = BIO_get_data(b);
	int n = (int)send(link->fd, data, (size_t)len, MSG_NOSIGNAL);

	BIO_clear_retry_flags(b);
	if (n < 0 && try_again())
		BIO_set_retry_write(b);
	return n;
}

static long socket_ctrl(BIO *b, int what, long number, void *pointer)
{
	(void)number;
	(void)pointer;
	if (what == BIO_CTRL_EOF)
		return BIO_test_flags(b, BIO_FLAGS_IN_EOF) != 0;
	return what == BIO_CTRL_FLUSH;
}

static int socket_destroy(BIO *b)
{
	free(BIO_get_data(b));
	return 1;
}

struct tls *tls_new(void)
{
	struct tls *t = xcalloc(1, sizeof(*t));

	t->socket = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket");
	if (!t->socket || !BIO_meth_set_read(t->socket, socket_read) || !BIO_meth_set_write(t->socket, socket_write) ||
	    !BIO_meth_set_ctrl(t->socket, socket_ctrl) || !BIO_meth_set_destroy(t->socket, socket_destroy))
		abort(); /* out of memory */
	return t;
}

void tls_free(struct tls *t)
{
	SSL_CTX_free(t->context);
	BIO_meth_free(t->socket);
	free(t);
}

/* ---- the context ---- */

/* The last reason on OpenSSL's stack: for a file that cannot be opened, the system's. */
static void reason(char out[REASON_BYTES])
{
	unsigned long code = ERR_peek_error();
	const char *text = ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);

	snprintf(out, REASON_BYTES, "%s", text ? text : "no reason is known");
	ERR_clear_error();
}

/* Each behind its length, as TLS sends them. */
static const unsigned char protocols[] = "\x08http/1.1\x08http/1.0";

/* Who names protocols and not ours is told so (RFC 7301, 3.2). */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
			   unsigned int in_len, void *arg)
{
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, protocols, sizeof(protocols) - 1, in, in_len) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* A key under a passphrase cannot be used: nobody is there to type it. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

/* What holds for every certificate; nothing of it can fail but for want of memory. */
static SSL_CTX *context_new(void)
{
	static const unsigned char name[] = "vaxline";
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());

	if (!c || !SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) || !SSL_CTX_set_cipher_list(c, CIPHERS_1_2) ||
	    !SSL_CTX_set_ciphersuites(c, CIPHERS_1_3) || !SSL_CTX_set1_groups_list(c, GROUPS) ||
	    !SSL_CTX_set_session_id_context(c, name, sizeof(name) - 1))
		abort();
	/* HTTP says itself where a message ends, so an end of input without close_notify can be taken for what it is. */
	SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
				       SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(c, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				    SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF); /* tickets only: the client keeps its session */
	SSL_CTX_set_timeout(c, SESSION_SECONDS);
	SSL_CTX_set_read_ahead(c, 1);
	SSL_CTX_set_alpn_select_cb(c, choose_protocol, NULL);
	SSL_CTX_set_default_passwd_cb(c, no_passphrase);
	return c;
}

/*
 * The key of a certificate, from a file that may hold others: while a pair of files is replaced one after the other,
 * that of the key holds the one before too. NULL with the reason why none could be read, "" where none fits.
 */
static EVP_PKEY *fitting_key(X509 *certificate, const char *path, char why[REASON_BYTES])
{
	BIO *file = BIO_new_file(path, "r");
	EVP_PKEY *key = NULL;
	bool any = false;

	while (file && (key = PEM_read_bio_PrivateKey(file, NULL, no_passphrase, NULL))) {
		if (X509_check_private_key(certificate, key) == 1)
			break;
		EVP_PKEY_free(key);
		ERR_clear_error();
		any = true;
	}
	if (!key)
		reason(why);
	if (any)
		why[0] = '\0';
	BIO_free(file);
	return key;
}

bool tls_load(struct tls *t, const char *cert, const char *key, char *error, size_t error_size)
{
	SSL_CTX *c = context_new();
	EVP_PKEY *own = NULL;
	char why[REASON_BYTES];

	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(c, cert) != 1) {
		reason(why);
		snprintf(error, error_size, "the certificate %s cannot be used: %s", cert, why);
		goto fail;
	}
	own = fitting_key(SSL_CTX_get0_certificate(c), key, why);
	if (!own && why[0])
		snprintf(error, error_size, "the key %s cannot be used: %s", key, why);
	else if (!own)
		snprintf(error, error_size, "the key %s does not belong to the certificate %s", key, cert);
	if (!own)
		goto fail;
	if (SSL_CTX_use_PrivateKey(c, own) != 1) {
		reason(why);
		snprintf(error, error_size, "the key %s cannot be used: %s", key, why);
		goto fail;
	}
	EVP_PKEY_free(own);
	SSL_CTX_free(t->context); /* its connections hold it too */
	t->context = c;
	return true;
fail:
	ERR_clear_error();
	EVP_PKEY_free(own);
	SSL_CTX_free(c);
	return false;
}

bool tls_is_loaded(const struct tls *t)
{
	return t->context != NULL;
}

/* ---- one connection ---- */

struct ssl_st *tls_open(const struct tls *t, int fd)
{
	SSL *tls = SSL_new(t->context);
	BIO *b = BIO_new(t->socket);
	struct link *link = xcalloc(1, sizeof(*link));

	if (!tls || !b)
		abort(); /* out of memory */
	link->fd = fd;
	BIO_set_data(b, link);
	BIO_set_init(b, 1);
	SSL_set_bio(tls, b, b);
	SSL_set_accept_state(tls);
	return tls;
}

void tls_close(struct ssl_st *tls, bool say_goodbye)
{
	if (tls && say_goodbye && SSL_is_init_finished(tls) && !(SSL_get_shutdown(tls) & SSL_SENT_SHUTDOWN)) {
		SSL_shutdown(tls);
		ERR_clear_error();
	}
	SSL_free(tls);
}

static bool is_http(unsigned long code)
{
	int why = ERR_GET_REASON(code);

	return ERR_GET_LIB(code) == ERR_LIB_SSL && (why == SSL_R_HTTP_REQUEST || why == SSL_R_HTTPS_PROXY_REQUEST);
}

/*
 * Why a call came to nothing; r: what it returned. That the socket is not ready can be told without the stack of
 * errors, so no call need clear it before.
 */
static enum tls_step step_of(const SSL *tls, int r)
{
	unsigned long code;
	int error;

	if (SSL_want_read(tls) && BIO_should_read(SSL_get_rbio(tls)))
		return TLS_WANTS_READ;
	if (SSL_want_write(tls) && BIO_should_write(SSL_get_wbio(tls)))
		return TLS_WANTS_WRITE;
	error = SSL_get_error(tls, r);
	code = ERR_peek_error();
	ERR_clear_error();
	if (error == SSL_ERROR_ZERO_RETURN)
		return TLS_EOF;
	return is_http(code) ? TLS_PLAIN : TLS_BROKEN;
}

/* A call that may take from the socket begins. */
static struct link *begin(const SSL *tls)
{
	struct link *link = BIO_get_data(SSL_get_rbio(tls));

	link->taken = false;
	return link;
}

/* What comes to a good end may leave errors too; they are nobody else's. */
enum tls_step tls_handshake(struct ssl_st *tls)
{
	enum tls_step step;
	int r;

	begin(tls);
	ERR_clear_error();
	r = SSL_do_handshake(tls);
	step = r == 1 ? TLS_DONE : step_of(tls, r);
	ERR_clear_error();
	return step;
}

enum tls_step tls_read(struct ssl_st *tls, void *data, size_t len, size_t *got)
{
	struct link *link = begin(tls);

	if (SSL_read_ex(tls, data, len, got)) {
		link->fruitless = 0;
		return TLS_DONE;
	}
	if (link->fruitless > FRUITLESS_MAX_BYTES) {
		ERR_clear_error();
		return TLS_BROKEN;
	}
	return step_of(tls, 0);
}

bool tls_has_more(const struct ssl_st *tls)
{
	return SSL_has_pending(tls);
}

enum tls_step tls_write(struct ssl_st *tls, const void *data, size_t len, size_t *took)
{
	return SSL_write_ex(tls, data, len, took) ? TLS_DONE : step_of(tls, 0);
}

/* OpenSSL counts it as sent before it is: SSL_get_shutdown would not tell that it waits for the socket. */
enum tls_step tls_shut(struct ssl_st *tls)
{
	int r = SSL_shutdown(tls);

	return r >= 0 ? TLS_DONE : step_of(tls, r);
}
