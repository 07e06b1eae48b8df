/* TLS below a connection, call by call: what a client can make one call do, and how a connection is ended. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants those four before it. */
#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certificate.h"
#include "http/tls.h"

#define UPDATES 4000               /* of its keys, by a client that does nothing else: 108 kB */
#define TURN_MAX_BYTES (20 * 1024) /* what one call may take from the socket: little more than a record */
#define FRUITLESS_MAX_BYTES (40 * 1024)

struct pair {
	struct tls *server;
	struct ssl_st *ours;
	SSL_CTX *context;
	SSL *theirs;
	int fd[2]; /* ours, theirs */
	char dir[32];
};

static void write_file(const char *dir, const char *name, const struct buf *text, char path[64])
{
	FILE *f;

	snprintf(path, 64, "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text->data, 1, text->len, f), text->len);
	fclose(f);
}

static void load(struct pair *p)
{
	struct certificate_names names = {.n = 1, .v = {"vaxline.test"}};
	struct certificate_pair ca = {0}, leaf = {0};
	int64_t now = INT64_C(1000) * time(NULL);
	char cert[64], key[64], error[256];

	certificate_make_ca("test", &names, now, &ca);
	assert_true(certificate_make_leaf(&ca, now, &leaf, error, sizeof(error)));
	strcpy(p->dir, "/tmp/vaxline-tls.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	write_file(p->dir, "crt", &leaf.certificate, cert);
	write_file(p->dir, "key", &leaf.key, key);
	assert_true(tls_load(p->server, cert, key, error, sizeof(error)));
	unlink(cert);
	unlink(key);
	rmdir(p->dir);
	certificate_pair_free(&ca);
	certificate_pair_free(&leaf);
}

static void shake_hands(struct pair *p)
{
	enum tls_step step = TLS_WANTS_READ;
	int theirs = 0;

	for (int i = 0; i < 100 && (step != TLS_DONE || theirs != 1); i++) {
		theirs = SSL_do_handshake(p->theirs);
		if (step != TLS_DONE)
			step = tls_handshake(p->ours);
	}
	assert_int_equal(step, TLS_DONE);
	assert_int_equal(theirs, 1);
}

static int pair_new(void **state)
{
	struct pair *p = calloc(1, sizeof(*p));

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p->fd), 0);
	p->server = tls_new();
	load(p);
	p->ours = tls_open(p->server, p->fd[0]);
	p->context = SSL_CTX_new(TLS_client_method());
	p->theirs = SSL_new(p->context);
	SSL_set_fd(p->theirs, p->fd[1]);
	SSL_set_connect_state(p->theirs);
	shake_hands(p);
	*state = p;
	return 0;
}

static int pair_free(void **state)
{
	struct pair *p = *state;

	tls_close(p->ours, false);
	tls_free(p->server);
	SSL_free(p->theirs);
	SSL_CTX_free(p->context);
	close(p->fd[0]);
	close(p->fd[1]);
	free(p);
	return 0;
}

static size_t unread(int fd)
{
	int n;

	assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	return (size_t)n;
}

/* What the client would send for so many changes of its keys. */
static BIO *key_updates(struct pair *p, int n)
{
	BIO *sent = BIO_new(BIO_s_mem());

	BIO_up_ref(sent);
	SSL_set0_wbio(p->theirs, sent);
	for (int i = 0; i < n; i++) {
		assert_int_equal(SSL_key_update(p->theirs, SSL_KEY_UPDATE_REQUESTED), 1);
		assert_int_equal(SSL_do_handshake(p->theirs), 1);
	}
	return sent;
}

/* As much of it as the socket takes. */
static void feed(struct pair *p, char **at, long *left)
{
	ssize_t n = *left ? send(p->fd[1], *at, (size_t)*left, MSG_NOSIGNAL) : 0;

	if (n <= 0)
		return;
	*at += n;
	*left -= n;
}

static void one_call_takes_no_more_than_its_turn(void **state)
{
	struct pair *p = *state;
	BIO *sent = key_updates(p, UPDATES);
	char *at, data[256];
	long left = BIO_get_mem_data(sent, &at);
	size_t taken = 0, got;
	enum tls_step step = TLS_WANTS_READ;

	while (step != TLS_BROKEN && (left || unread(p->fd[0]))) {
		size_t before;

		feed(p, &at, &left);
		before = unread(p->fd[0]);
		step = tls_read(p->ours, data, sizeof(data), &got);
		while (recv(p->fd[1], data, sizeof(data), 0) > 0) /* our own new keys */
			;
		assert_true(before - unread(p->fd[0]) <= TURN_MAX_BYTES);
		taken += before - unread(p->fd[0]);
	}
	assert_int_equal(step, TLS_BROKEN);
	assert_true(taken <= FRUITLESS_MAX_BYTES);
	BIO_free(sent);
}

static void keys_may_change_between_bytes(void **state)
{
	struct pair *p = *state;
	char data[256];
	size_t got, n;

	for (int i = 0; i < UPDATES; i++) {
		assert_int_equal(SSL_key_update(p->theirs, SSL_KEY_UPDATE_REQUESTED), 1);
		assert_int_equal(SSL_write_ex(p->theirs, "x", 1, &n), 1);
		assert_int_equal(tls_read(p->ours, data, sizeof(data), &got), TLS_DONE);
		assert_int_equal(got, 1);
		assert_int_equal(tls_write(p->ours, "y", 1, &n), TLS_DONE);
		assert_int_equal(SSL_read_ex(p->theirs, data, sizeof(data), &got), 1);
	}
}

/* While our output waits for the client, who changes keys meanwhile. */
static void keys_may_change_within_an_answer(void **state)
{
	struct pair *p = *state;
	static const char piece[16384];
	char data[4096];
	size_t said = 0, heard = 0, n, got;
	enum tls_step step = TLS_DONE, reads;

	while ((step = tls_write(p->ours, piece, sizeof(piece), &n)) == TLS_DONE)
		said += n;
	assert_int_equal(step, TLS_WANTS_WRITE);
	assert_int_equal(SSL_key_update(p->theirs, SSL_KEY_UPDATE_REQUESTED), 1);
	assert_int_equal(SSL_write_ex(p->theirs, "x", 1, &n), 1);
	reads = tls_read(p->ours, data, sizeof(data), &got);
	for (int i = 0; i < 10000 && (step != TLS_DONE || reads != TLS_DONE || heard < said); i++) {
		if (SSL_read_ex(p->theirs, data, sizeof(data), &got))
			heard += got;
		else
			assert_int_equal(SSL_get_error(p->theirs, 0), SSL_ERROR_WANT_READ);
		if (step != TLS_DONE && (step = tls_write(p->ours, piece, sizeof(piece), &n)) == TLS_DONE)
			said += n;
		if (reads != TLS_DONE)
			reads = tls_read(p->ours, data, sizeof(data), &got);
		assert_true(step != TLS_BROKEN && reads != TLS_BROKEN);
	}
	assert_int_equal(reads, TLS_DONE);
	assert_int_equal(step, TLS_DONE);
	assert_int_equal(heard, said);
}

static void a_record_may_come_byte_by_byte(void **state)
{
	struct pair *p = *state;
	static const char body[16384];
	BIO *sent = BIO_new(BIO_s_mem());
	static char data[sizeof(body)];
	enum tls_step step = TLS_WANTS_READ;
	size_t n, got;
	char *at;
	long len;

	BIO_up_ref(sent);
	SSL_set0_wbio(p->theirs, sent);
	assert_int_equal(SSL_write_ex(p->theirs, body, sizeof(body), &n), 1);
	len = BIO_get_mem_data(sent, &at);
	for (long i = 0; i < len; i++) {
		assert_int_equal(step, TLS_WANTS_READ);
		assert_int_equal(send(p->fd[1], at + i, 1, MSG_NOSIGNAL), 1);
		step = tls_read(p->ours, data, sizeof(data), &got);
	}
	assert_int_equal(step, TLS_DONE);
	assert_int_equal(got, sizeof(body));
	BIO_free(sent);
}

static void the_goodbye_is_said_when_the_socket_takes_it(void **state)
{
	struct pair *p = *state;
	char bytes[4096] = {0};
	size_t waits;

	while (send(p->fd[0], bytes, sizeof(bytes), MSG_NOSIGNAL) > 0)
		;
	assert_int_equal(tls_shut(p->ours), TLS_WANTS_WRITE);
	while (recv(p->fd[1], bytes, sizeof(bytes), 0) > 0)
		;
	assert_int_equal(tls_shut(p->ours), TLS_DONE);
	waits = unread(p->fd[1]);
	assert_true(waits > 0);
	tls_close(p->ours, true);
	p->ours = NULL;
	assert_int_equal(unread(p->fd[1]), waits); /* once is enough */
}

/* OpenSSL's stack of errors is one for all connections. */
static void what_another_has_left_behind_does_not_matter(void **state)
{
	struct pair *p = *state;
	char data[16];
	size_t got;

	SSL_free(p->theirs);
	tls_close(p->ours, false);
	p->ours = tls_open(p->server, p->fd[0]);
	p->theirs = SSL_new(p->context);
	SSL_set_fd(p->theirs, p->fd[1]);
	SSL_set_connect_state(p->theirs);
	while (recv(p->fd[1], data, sizeof(data), 0) > 0) /* the tickets of the first */
		;
	ERR_put_error(ERR_LIB_SSL, 0, SSL_R_HTTP_REQUEST, __FILE__, __LINE__);
	shake_hands(p);
	assert_int_equal(ERR_peek_error(), 0);
	SSL_shutdown(p->theirs);
	assert_int_equal(tls_read(p->ours, data, sizeof(data), &got), TLS_EOF);
	assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_call_takes_no_more_than_its_turn, pair_new, pair_free),
		cmocka_unit_test_setup_teardown(keys_may_change_between_bytes, pair_new, pair_free),
		cmocka_unit_test_setup_teardown(keys_may_change_within_an_answer, pair_new, pair_free),
		cmocka_unit_test_setup_teardown(a_record_may_come_byte_by_byte, pair_new, pair_free),
		cmocka_unit_test_setup_teardown(the_goodbye_is_said_when_the_socket_takes_it, pair_new, pair_free),
		cmocka_unit_test_setup_teardown(what_another_has_left_behind_does_not_matter, pair_new, pair_free),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
