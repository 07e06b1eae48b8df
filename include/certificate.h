#ifndef VAXLINE_CERTIFICATE_H
#define VAXLINE_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * A site's own certificate authority, and what a certificate says of itself. By OpenSSL; PEM in, PEM out.
 *
 *   CA    P-256; critical name constraints (RFC 5280, 4.2.1.10): it may speak for these addresses alone and for these
 *         names and what is below them (that is how a name is constrained), so that whoever steals its key can pretend
 *         to be this site and nothing else to those who trust it
 *   leaf  P-256; for all names of its CA; 397 days, which is as long as browsers take
 */

#define CERTIFICATE_NAMES_MAX 32
#define CERTIFICATE_NAME_SIZE 254         /* RFC 1035: 253 characters; with the NUL */
#define CERTIFICATE_PERSON_SIZE 128       /* of whom it is, as people read it; with the NUL */
#define CERTIFICATE_FINGERPRINT_SIZE 96   /* SHA-256, "AB:CD:.."; with the NUL */
#define CERTIFICATE_FILE_MAX_BYTES 262144 /* of a PEM file that is read */
#define CERTIFICATE_CA_DAYS 3652          /* ten years */
#define CERTIFICATE_LEAF_DAYS 397

/* DNS names in lower case, addresses in their one form. */
struct certificate_names {
	size_t n;
	char v[CERTIFICATE_NAMES_MAX][CERTIFICATE_NAME_SIZE];
};

/* Adds a DNS name or an address once. False with a sentence in error where it can be neither. */
bool certificate_name_add(struct certificate_names *names, const char *text, char *error, size_t error_size);
/* A numeric address; false for a DNS name. */
bool certificate_name_is_address(const char *name);

/* A new certificate and its key, PEM. Zeros at first. */
struct certificate_pair {
	struct buf certificate, key;
};
/* Wipes the key. */
void certificate_pair_free(struct certificate_pair *p);

/* Makes a CA named after the site ("vaxline SITE"), for these names; at least one. now_ms: UTC. */
void certificate_make_ca(const char *site, const struct certificate_names *names, int64_t now_ms,
			 struct certificate_pair *out);
/*
 * Makes a leaf for all names of the CA. Ends no later than the CA. False with a sentence in error where the CA cannot
 * be used: no constraints, ended, not readable, not its key.
 */
bool certificate_make_leaf(const struct certificate_pair *ca, int64_t now_ms, struct certificate_pair *out, char *error,
			   size_t error_size);

/* What the first certificate of a PEM file says. */
struct certificate_facts {
	bool is_ca;
	int64_t not_before, not_after;         /* UTC ms */
	struct certificate_names names;        /* that it is for; of a CA for none those it is held to; may be cut */
	char subject[CERTIFICATE_PERSON_SIZE]; /* common name, else organisation, else "" */
	char issuer[CERTIFICATE_PERSON_SIZE];  /* the same of who issued it */
	char fingerprint[CERTIFICATE_FINGERPRINT_SIZE];
};
bool certificate_read(const struct buf *pem, struct certificate_facts *out, char *error, size_t error_size);
/* Whether the one was issued by the other, by name and by signature. */
bool certificate_issued(const struct buf *ca, const struct buf *leaf);
/* The DER form of the first certificate: what handhelds take. False where there is none. */
bool certificate_der(const struct buf *pem, struct buf *out);

#endif
