/*
 * What a certificate says of itself. It may be anybody's: texts are cut and cleaned before they are shown.
 */
#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "certificate.h"
#include "certificate_pem.h"

/* ---- names ---- */

/* Printable ASCII; other bytes become '?'. */
static void clean(const unsigned char *text, size_t len, char *out, size_t size)
{
	size_t n = len < size ? len : size - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = text[i] > ' ' && text[i] < 0x7f ? (char)text[i] : '?';
	out[n] = 0;
}

/* An address of a constraint has its mask behind it. */
static void add_address(const ASN1_STRING *bytes, struct certificate_names *to)
{
	const unsigned char *b = ASN1_STRING_get0_data(bytes);
	int n = ASN1_STRING_length(bytes);

	if (n == 4 || n == 8)
		inet_ntop(AF_INET, b, to->v[to->n++], CERTIFICATE_NAME_SIZE);
	else if (n == 16 || n == 32)
		inet_ntop(AF_INET6, b, to->v[to->n++], CERTIFICATE_NAME_SIZE);
}

static void add_name(const GENERAL_NAME *name, struct certificate_names *to)
{
	int type;
	const ASN1_STRING *text = GENERAL_NAME_get0_value(name, &type);

	if (to->n == CERTIFICATE_NAMES_MAX)
		return;
	if (type == GEN_IPADD)
		add_address(text, to);
	else if (type == GEN_DNS && ASN1_STRING_length(text) < CERTIFICATE_NAME_SIZE)
		clean(ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text), to->v[to->n++],
		      CERTIFICATE_NAME_SIZE);
}

/* Also of one that vouches for itself, which is a CA of its own. */
static void names_of_server(X509 *x, struct certificate_names *to)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(all); i++)
		add_name(sk_GENERAL_NAME_value(all, i), to);
	GENERAL_NAMES_free(all);
}

static void names_of_ca(X509 *x, struct certificate_names *to)
{
	NAME_CONSTRAINTS *nc = X509_get_ext_d2i(x, NID_name_constraints, NULL, NULL);

	for (int i = 0; nc && i < sk_GENERAL_SUBTREE_num(nc->permittedSubtrees); i++)
		add_name(sk_GENERAL_SUBTREE_value(nc->permittedSubtrees, i)->base, to);
	NAME_CONSTRAINTS_free(nc);
}

/* ---- the rest ---- */

static void person(const X509_NAME *name, char out[CERTIFICATE_PERSON_SIZE])
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	unsigned char *text = NULL;
	int n;

	if (at < 0)
		at = X509_NAME_get_index_by_NID(name, NID_organizationName, -1);
	out[0] = 0;
	if (at < 0)
		return;
	n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (n >= 0)
		snprintf(out, CERTIFICATE_PERSON_SIZE, "%.*s", n < CERTIFICATE_PERSON_SIZE - 4 ? n : 0, (char *)text);
	for (char *p = out; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	}
	OPENSSL_free(text);
}

static void fingerprint(const X509 *x, char out[CERTIFICATE_FINGERPRINT_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (!X509_digest(x, EVP_sha256(), digest, &n) || 3 * n != CERTIFICATE_FINGERPRINT_SIZE)
		abort(); /* for want of memory alone */
	for (unsigned i = 0; i < n; i++)
		snprintf(out + 3 * i, 4, i + 1 < n ? "%02X:" : "%02X", digest[i]);
}

static bool time_of(const ASN1_TIME *t, int64_t *out)
{
	struct tm utc;

	if (!ASN1_TIME_to_tm(t, &utc))
		return false;
	*out = (int64_t)timegm(&utc) * 1000;
	return true;
}

bool certificate_read(const struct buf *pem, struct certificate_facts *out, char *error, size_t error_size)
{
	X509 *x = pem_read_certificate(pem);
	bool ok = false;

	memset(out, 0, sizeof(*out));
	if (!x) {
		snprintf(error, error_size, "it holds no certificate in PEM form");
	} else if (!time_of(X509_get0_notBefore(x), &out->not_before) ||
		   !time_of(X509_get0_notAfter(x), &out->not_after)) {
		snprintf(error, error_size, "its certificate has no valid dates");
	} else {
		out->is_ca = X509_check_ca(x) == 1;
		names_of_server(x, &out->names);
		if (out->is_ca && out->names.n == 0)
			names_of_ca(x, &out->names);
		person(X509_get_subject_name(x), out->subject);
		person(X509_get_issuer_name(x), out->issuer);
		fingerprint(x, out->fingerprint);
		ok = true;
	}
	X509_free(x);
	ERR_clear_error();
	return ok;
}

bool certificate_issued(const struct buf *ca, const struct buf *leaf)
{
	X509 *issuer = pem_read_certificate(ca), *x = pem_read_certificate(leaf);
	bool ok = issuer && x && X509_check_issued(issuer, x) == X509_V_OK &&
		  X509_verify(x, X509_get0_pubkey(issuer)) == 1;

	X509_free(issuer);
	X509_free(x);
	ERR_clear_error();
	return ok;
}

bool certificate_der(const struct buf *pem, struct buf *out)
{
	X509 *x = pem_read_certificate(pem);
	unsigned char *der = NULL;
	int n = x ? i2d_X509(x, &der) : -1;

	if (n > 0)
		buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	X509_free(x);
	return n > 0;
}
