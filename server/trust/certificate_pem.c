/*
 * Certificates and keys between OpenSSL's memory and ours. A key passes through no memory that is not wiped.
 */
#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "certificate_pem.h"

/* OpenSSL's own would ask at the terminal. */
static int no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static BIO *reader(const struct buf *pem)
{
	BIO *b = BIO_new_mem_buf(pem->data ? pem->data : "", (int)pem->len);

	if (!b)
		abort();
	return b;
}

X509 *pem_read_certificate(const struct buf *pem)
{
	BIO *b = reader(pem);
	X509 *x = PEM_read_bio_X509(b, NULL, no_passphrase, NULL);

	BIO_free(b);
	ERR_clear_error();
	return x;
}

EVP_PKEY *pem_read_key(const struct buf *pem)
{
	BIO *b = reader(pem);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(b, NULL, no_passphrase, NULL);

	BIO_free(b);
	ERR_clear_error();
	return key;
}

static BIO *writer(void)
{
	BIO *b = BIO_new(BIO_s_secmem()); /* wiped when it is freed */

	if (!b)
		abort();
	return b;
}

static void take(BIO *b, int written, struct buf *out)
{
	char *data;
	long n = BIO_get_mem_data(b, &data);

	if (!written || n <= 0)
		abort(); /* for want of memory alone */
	buf_add(out, data, (size_t)n);
	BIO_free(b);
}

void pem_write_certificate(X509 *x, struct buf *out)
{
	BIO *b = writer();

	take(b, PEM_write_bio_X509(b, x), out);
}

void pem_write_key(EVP_PKEY *key, struct buf *out)
{
	BIO *b = writer();

	take(b, PEM_write_bio_PrivateKey(b, key, NULL, NULL, 0, NULL, NULL), out);
}
