/*
 * TLS by OpenSSL.
 *
 * A request is small and so is its answer: with read-ahead a whole record comes by one recv, and what is written by one
 * call leaves as one record by one send. Between requests a connection holds no buffers.
 *
 * Tickets carry a session on, under keys that live as long as the context: with a new certificate nobody comes in by
 * what the old one had vouched for.
 */
#include "tls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

/* Forward secrecy and authenticated encryption only; the client's wish counts where it has no AES in hardware. */
#define CIPHERS_1_2                                                                                                    \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"                                                   \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"                                                   \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#define CIPHERS_1_3 "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384"
#define GROUPS "X25519:P-256"
#define SESSION_SECONDS (4 * 3600L) /* how long a ticket is good */
#define REASON_BYTES 160

/* ---- the context ---- */

/* The last reason on OpenSSL's stack: for a file that cannot be opened, the system's. */
static void reason(char out[REASON_BYTES])
{
	unsigned long code = ERR_peek_error();
	const char *text = ERR_SYSTEM_ERROR(code) ? strerror(ERR_GET_REASON(code)) : ERR_reason_error_string(code);

	snprintf(out, REASON_BYTES, "%s", text ? text : "no reason is known");
	ERR_clear_error();
}

static const unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/* Who names protocols and not ours is told so (RFC 7301, 3.2). */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len, const unsigned char *in,
			   unsigned int in_len, void *arg)
{
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_len, http_1_1, sizeof(http_1_1), in, in_len) != OPENSSL_NPN_NEGOTIATED)
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

/* A key that fits is taken, one of another certificate is not; of another type it is taken for a certificate to come. */
static bool is_mismatch(void)
{
	unsigned long code = ERR_peek_error();

	return ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH;
}

struct ssl_ctx_st *tls_context_load(const char *cert, const char *key, char *error, size_t error_size)
{
	SSL_CTX *c = context_new();
	char why[REASON_BYTES];

	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(c, cert) != 1) {
		reason(why);
		snprintf(error, error_size, "the certificate %s cannot be used: %s", cert, why);
		goto fail;
	}
	if (SSL_CTX_use_PrivateKey_file(c, key, SSL_FILETYPE_PEM) != 1 && !is_mismatch()) {
		reason(why);
		snprintf(error, error_size, "the key %s cannot be used: %s", key, why);
		goto fail;
	}
	if (SSL_CTX_check_private_key(c) != 1) {
		snprintf(error, error_size, "the key %s does not belong to the certificate %s", key, cert);
		goto fail;
	}
	return c;
fail:
	ERR_clear_error();
	SSL_CTX_free(c);
	return NULL;
}

void tls_context_free(struct ssl_ctx_st *context)
{
	SSL_CTX_free(context);
}

/* ---- one connection ---- */

struct ssl_st *tls_open(struct ssl_ctx_st *context, int fd)
{
	SSL *tls = SSL_new(context);

	if (!tls || !SSL_set_fd(tls, fd))
		abort(); /* out of memory */
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

/* What a call that returned r means; the stack of errors was empty before it. */
static enum tls_step step_of(const SSL *tls, int r)
{
	int error = SSL_get_error(tls, r);
	unsigned long code = ERR_peek_error();

	ERR_clear_error();
	switch (error) {
	case SSL_ERROR_NONE:
		return TLS_DONE;
	case SSL_ERROR_WANT_READ:
		return TLS_WANTS_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANTS_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_EOF;
	default:
		return ERR_GET_LIB(code) == ERR_LIB_SSL && (ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST ||
							    ERR_GET_REASON(code) == SSL_R_HTTPS_PROXY_REQUEST) ?
			       TLS_PLAIN :
			       TLS_BROKEN;
	}
}

enum tls_step tls_handshake(struct ssl_st *tls)
{
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(tls);
	return r == 1 ? TLS_DONE : step_of(tls, r);
}

enum tls_step tls_read(struct ssl_st *tls, void *data, size_t len, size_t *got)
{
	ERR_clear_error();
	return SSL_read_ex(tls, data, len, got) ? TLS_DONE : step_of(tls, 0);
}

bool tls_has_more(const struct ssl_st *tls)
{
	return SSL_has_pending(tls);
}

enum tls_step tls_write(struct ssl_st *tls, const void *data, size_t len, size_t *took)
{
	ERR_clear_error();
	return SSL_write_ex(tls, data, len, took) ? TLS_DONE : step_of(tls, 0);
}

enum tls_step tls_shut(struct ssl_st *tls)
{
	int r;

	if (SSL_get_shutdown(tls) & SSL_SENT_SHUTDOWN)
		return TLS_DONE;
	ERR_clear_error();
	r = SSL_shutdown(tls);
	return r >= 0 ? TLS_DONE : step_of(tls, r);
}
