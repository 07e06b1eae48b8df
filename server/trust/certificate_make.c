/*
 * Making a CA that is held to its names, and leaves of it.
 *
 *   CA    permitted: each name, each address (/32, /128)
 *         excluded:  all names where none is given, all IPv4 addresses where none is given, all of IPv6 likewise: a
 *                    kind that is not constrained at all would be free (RFC 5280, 4.2.1.10)
 *         for servers only: e-mail and code are kept out by the extended key usage, since a constraint that means "no
 *         mail address at all" is read differently by different readers
 *   leaf  its common name is the site and no host name: where no DNS name is permitted, readers take one there for one
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "certificate.h"
#include "certificate_pem.h"

#define SERIAL_BITS 128
#define SUBJECT_MAX_BYTES 64 /* RFC 5280, ub-common-name and ub-organization-name */
#define DAY_SECONDS 86400
/* Certificates begin a day ago: handhelds with a clock that is late take them too. */
#define EARLY_SECONDS DAY_SECONDS

/* What fails only for want of memory. */
static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void sure(bool ok)
{
	if (!ok)
		abort();
}

/* ---- names ---- */

static void add_general(GENERAL_NAMES *to, GENERAL_NAME *name)
{
	sure(sk_GENERAL_NAME_push(to, name) > 0);
}

static GENERAL_NAME *general_name(int type, const void *bytes, size_t len)
{
	GENERAL_NAME *name = must(GENERAL_NAME_new());
	ASN1_STRING *text = must(ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING));

	sure(ASN1_STRING_set(text, bytes, (int)len));
	GENERAL_NAME_set0_value(name, type, text);
	return name;
}

/* The bytes of an address, then where wanted as many of a mask that leaves one host. 0 for a DNS name. */
static size_t address_bytes(const char *name, bool mask, unsigned char out[32])
{
	size_t n = inet_pton(AF_INET, name, out) == 1 ? 4 : inet_pton(AF_INET6, name, out) == 1 ? 16 : 0;

	memset(out + n, 0xff, n);
	return mask ? 2 * n : n;
}

static GENERAL_NAME *name_of(const char *name, bool mask)
{
	unsigned char bytes[32];
	size_t n = address_bytes(name, mask, bytes);

	return n ? general_name(GEN_IPADD, bytes, n) : general_name(GEN_DNS, name, strlen(name));
}

static void add_extension(X509 *x, int nid, void *value, bool critical)
{
	sure(X509_add1_ext_i2d(x, nid, value, critical, X509V3_ADD_DEFAULT) == 1);
}

static void add_alternative_names(X509 *x, const struct certificate_names *names)
{
	GENERAL_NAMES *all = must(sk_GENERAL_NAME_new_null());

	for (size_t i = 0; i < names->n; i++)
		add_general(all, name_of(names->v[i], false));
	add_extension(x, NID_subject_alt_name, all, false);
	GENERAL_NAMES_free(all);
}

static void add_subtree(STACK_OF(GENERAL_SUBTREE) * *to, GENERAL_NAME *base)
{
	GENERAL_SUBTREE *tree = must(GENERAL_SUBTREE_new());

	if (!*to)
		*to = must(sk_GENERAL_SUBTREE_new_null());
	GENERAL_NAME_free(tree->base);
	tree->base = base;
	sure(sk_GENERAL_SUBTREE_push(*to, tree) > 0);
}

static void add_constraints(X509 *x, const struct certificate_names *names)
{
	static const unsigned char everywhere[32];
	NAME_CONSTRAINTS *nc = must(NAME_CONSTRAINTS_new());
	bool given[33] = {false}; /* by the number of bytes of an address with its mask; 0: DNS names */
	unsigned char bytes[32];

	for (size_t i = 0; i < names->n; i++) {
		add_subtree(&nc->permittedSubtrees, name_of(names->v[i], true));
		given[address_bytes(names->v[i], true, bytes)] = true;
	}
	if (!given[0])
		add_subtree(&nc->excludedSubtrees, general_name(GEN_DNS, "", 0));
	if (!given[8])
		add_subtree(&nc->excludedSubtrees, general_name(GEN_IPADD, everywhere, 8));
	if (!given[32])
		add_subtree(&nc->excludedSubtrees, general_name(GEN_IPADD, everywhere, 32));
	add_extension(x, NID_name_constraints, nc, true);
	NAME_CONSTRAINTS_free(nc);
}

/* ---- the rest of a certificate ---- */

/* As in openssl.cnf. */
static void add_text(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	X509_EXTENSION *e;

	X509V3_set_ctx(&context, issuer, x, NULL, NULL, 0);
	e = must(X509V3_EXT_conf_nid(NULL, &context, nid, value));
	sure(X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

static void add_entry(X509_NAME *to, const char *field, const char *text)
{
	sure(X509_NAME_add_entry_by_txt(to, field, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0));
}

static void set_subject(X509 *x, const char *organization, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(x);

	add_entry(subject, "O", organization);
	add_entry(subject, "CN", name);
}

static void set_serial(X509 *x)
{
	BIGNUM *n = must(BN_new());

	sure(BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY));
	must(BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)));
	BN_free(n);
}

static X509 *new_certificate(EVP_PKEY *key, time_t from, time_t until)
{
	X509 *x = must(X509_new());

	sure(X509_set_version(x, X509_VERSION_3));
	set_serial(x);
	must(ASN1_TIME_set(X509_getm_notBefore(x), from));
	must(ASN1_TIME_set(X509_getm_notAfter(x), until));
	sure(X509_set_pubkey(x, key));
	return x;
}

/* Signs and writes both. */
static void finish(X509 *x, EVP_PKEY *key, EVP_PKEY *signer, struct certificate_pair *out)
{
	sure(X509_sign(x, signer, EVP_sha256()) > 0);
	pem_write_certificate(x, &out->certificate);
	pem_write_key(key, &out->key);
}

static EVP_PKEY *new_key(void)
{
	return must(EVP_EC_gen("P-256"));
}

void certificate_make_ca(const char *site, const struct certificate_names *names, int64_t now_ms,
			 struct certificate_pair *out)
{
	time_t now = (time_t)(now_ms / 1000), from = now - EARLY_SECONDS;
	EVP_PKEY *key = new_key();
	X509 *x = new_certificate(key, from, from + (time_t)CERTIFICATE_CA_DAYS * DAY_SECONDS);
	char organization[SUBJECT_MAX_BYTES + 1], name[SUBJECT_MAX_BYTES + 1], date[16];
	struct tm utc;

	/* With the day it was made: a second CA of a site can be told from the first in a list of those trusted. */
	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%Y-%m-%d", &utc);
	snprintf(organization, sizeof(organization), "vaxline %s", site);
	snprintf(name, sizeof(name), "vaxline %.40s CA %.10s", site, date);
	set_subject(x, organization, name);
	sure(X509_set_issuer_name(x, X509_get_subject_name(x)));
	add_text(x, x, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
	add_text(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
	add_text(x, x, NID_ext_key_usage, "serverAuth");
	add_text(x, x, NID_subject_key_identifier, "hash");
	add_constraints(x, names);
	finish(x, key, key, out);
	X509_free(x);
	EVP_PKEY_free(key);
}

/* ---- leaves ---- */

static void organization_of(X509 *ca, char out[SUBJECT_MAX_BYTES + 1])
{
	X509_NAME *subject = X509_get_subject_name(ca);

	if (X509_NAME_get_text_by_NID(subject, NID_organizationName, out, SUBJECT_MAX_BYTES + 1) <= 0)
		strcpy(out, "vaxline");
}

static void make_leaf(X509 *ca, EVP_PKEY *ca_key, const struct certificate_facts *facts, time_t now,
		      struct certificate_pair *out)
{
	time_t from = now - EARLY_SECONDS, until = from + (time_t)CERTIFICATE_LEAF_DAYS * DAY_SECONDS;
	time_t last = (time_t)(facts->not_after / 1000);
	EVP_PKEY *key = new_key();
	X509 *x = new_certificate(key, from, until < last ? until : last);
	char organization[SUBJECT_MAX_BYTES + 1];

	organization_of(ca, organization);
	set_subject(x, organization, organization);
	sure(X509_set_issuer_name(x, X509_get_subject_name(ca)));
	add_text(x, ca, NID_basic_constraints, "critical,CA:FALSE");
	add_text(x, ca, NID_key_usage, "critical,digitalSignature");
	add_text(x, ca, NID_ext_key_usage, "serverAuth");
	add_text(x, ca, NID_subject_key_identifier, "hash");
	add_text(x, ca, NID_authority_key_identifier, "keyid:always");
	add_alternative_names(x, &facts->names);
	finish(x, key, ca_key, out);
	X509_free(x);
	EVP_PKEY_free(key);
}

/* A CA of another make may be held to what is no name of a host. */
static bool are_names(const struct certificate_names *names)
{
	struct certificate_names again = {0};
	char why[CERTIFICATE_NAME_SIZE + 128];

	for (size_t i = 0; i < names->n; i++) {
		if (!certificate_name_add(&again, names->v[i], why, sizeof(why)))
			return false;
	}
	return names->n > 0;
}

static bool can_issue(X509 *ca, EVP_PKEY *key, const struct certificate_facts *facts, int64_t now_ms, char *error,
		      size_t size)
{
	const char *why = NULL;

	if (!facts->is_ca)
		why = "it is the certificate of no CA";
	else if (!are_names(&facts->names))
		why = "it is not held to names and addresses of hosts";
	else if (facts->not_after <= now_ms)
		why = "it has ended";
	else if (X509_get_ext_by_NID(ca, NID_subject_key_identifier, -1) < 0)
		why = "it has no subject key identifier";
	else if (X509_check_private_key(ca, key) != 1)
		why = "the key is not its own";
	ERR_clear_error();
	if (why)
		snprintf(error, size, "%s", why);
	return !why;
}

bool certificate_make_leaf(const struct certificate_pair *ca, int64_t now_ms, struct certificate_pair *out, char *error,
			   size_t error_size)
{
	struct certificate_facts facts;
	X509 *x = NULL;
	EVP_PKEY *key = NULL;
	bool ok = false;

	if (!certificate_read(&ca->certificate, &facts, error, error_size))
		return false;
	x = must(pem_read_certificate(&ca->certificate));
	key = pem_read_key(&ca->key);
	if (!key)
		snprintf(error, error_size, "the key cannot be read: a PEM file without a passphrase is wanted");
	else if (can_issue(x, key, &facts, now_ms, error, error_size))
		ok = true;
	if (ok)
		make_leaf(x, key, &facts, (time_t)(now_ms / 1000), out);
	X509_free(x);
	EVP_PKEY_free(key);
	return ok;
}

void certificate_pair_free(struct certificate_pair *p)
{
	if (p->key.data)
		OPENSSL_cleanse(p->key.data, p->key.cap);
	buf_free(&p->key);
	buf_free(&p->certificate);
}
