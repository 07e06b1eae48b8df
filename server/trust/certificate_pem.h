#ifndef VAXLINE_TRUST_CERTIFICATE_PEM_H
#define VAXLINE_TRUST_CERTIFICATE_PEM_H

#include <openssl/x509.h>

#include "buf.h"

/* The first of a PEM file, or NULL. The caller frees. A file under a passphrase is not read; nobody is asked for one. */
X509 *pem_read_certificate(const struct buf *pem);
EVP_PKEY *pem_read_key(const struct buf *pem);
/* Adds to out. */
void pem_write_certificate(X509 *x, struct buf *out);
void pem_write_key(EVP_PKEY *key, struct buf *out); /* PKCS#8 */

#endif
