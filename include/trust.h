#ifndef VAXLINE_TRUST_H
#define VAXLINE_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Secrets: ticket codes, device tokens, one-time codes, digests. All by libsodium.
 *
 * A ticket code is 24 characters of base32 (RFC 4648, upper case, no padding): 40 bits of ticket id, big-endian, then
 * the first 80 bits of keyed BLAKE2b-256 over those five bytes. It is checked before anything is looked up, so a forged
 * code costs one hash and tells nothing. The key stands in DIR/ticket.key, 32 bytes, mode 0600.
 */

#define TICKET_CODE_LEN 24
#define TICKET_ID_MAX ((UINT64_C(1) << 40) - 1)
#define TICKET_TEXT_MAX_BYTES 512 /* of what a scanner may send; longer is malformed */
#define TOKEN_LEN 43              /* 32 random bytes, base64url without padding */
#define TOKEN_HASH_LEN 64         /* hexadecimal BLAKE2b-256 */
#define ENROL_CODE_LEN 10         /* base32: 50 random bits, for one use within minutes */

struct trust;

/* Reads DIR/ticket.key, making it where there is none. NULL with a sentence in error. */
struct trust *trust_open(const char *dir, char *error, size_t error_size);
/* A key from 32 given bytes, for tests and fuzzing. */
struct trust *trust_from_key(const unsigned char key[32]);
/* Wipes and frees the key. Accepts NULL. */
void trust_free(struct trust *t);

/* Writes the code of a ticket id (at most TICKET_ID_MAX). */
void ticket_code(const struct trust *t, uint64_t ticket, char out[TICKET_CODE_LEN + 1]);

enum ticket_check {
	TICKET_OK,
	TICKET_MALFORMED, /* not 24 base32 characters: truncated, lengthened, other characters */
	TICKET_FORGED,    /* the tag does not fit the id */
};
/*
 * Reads what a scanner sent: the bare code or http[s]://HOST/t/CODE, in either case, with spaces, CR, LF, tabs or
 * hyphens anywhere. Constant time in the tag. *ticket is set on TICKET_OK alone.
 */
enum ticket_check ticket_parse(const struct trust *t, const char *text, size_t len, uint64_t *ticket);

/* The same for an appointment, read by the same rules. No code is a ticket's and an appointment's at once. */
void appointment_code(const struct trust *t, uint64_t appointment, char out[TICKET_CODE_LEN + 1]);
enum ticket_check appointment_parse(const struct trust *t, const char *text, size_t len, uint64_t *appointment);

/*
 * The same for a badge of the staff. In its QR stands BADGE_PREFIX before the code, so that a page can tell it from a
 * ticket; it may be left out. The number in it comes from the person's id and the ordinal of their badge, so that a
 * lost one is replaced by the next and no list of badges is kept.
 */
#define BADGE_PREFIX "BADGE:"
uint64_t badge_number(const struct trust *t, const char *staff_id, unsigned ordinal); /* at most TICKET_ID_MAX, not 0 */
void badge_code(const struct trust *t, uint64_t badge, char out[TICKET_CODE_LEN + 1]);
enum ticket_check badge_parse(const struct trust *t, const char *text, size_t len, uint64_t *badge);

/*
 * PINs of the staff: Argon2id (RFC 9106; 19 MiB, two passes) over BLAKE2b keyed with a pepper, which stands in
 * DIR/pin.key, 0600, away from what is stored. Making and checking one takes some 30 ms: not on the loop's thread.
 */
#define PIN_MIN_DIGITS 4
#define PIN_MAX_DIGITS 8
#define PIN_HASH_SIZE 128 /* with the NUL */
struct pepper;
/* Reads DIR/pin.key, making it where there is none. NULL with a sentence in error. */
struct pepper *pepper_open(const char *dir, char *error, size_t error_size);
void pepper_free(struct pepper *p); /* accepts NULL */
bool pin_valid(const char *pin);    /* PIN_MIN_DIGITS to PIN_MAX_DIGITS digits */
void pin_hash(const struct pepper *p, const char *staff_id, const char *pin, char out[PIN_HASH_SIZE]);
bool pin_hash_valid(const char *hash); /* of the form that pin_hash writes, at its cost */
/* hash NULL, or none that pin_hash wrote: checks against one that no PIN fits, for as long as it takes. */
bool pin_check(const struct pepper *p, const char *staff_id, const char *pin, const char *hash);

/*
 * How often something may be tried: `burst` times at once, then once in `every_ms`. Counted under a key (an address, a
 * device), for the LIMIT_KEYS_MAX that tried last.
 */
#define LIMIT_KEYS_MAX 4096
struct limit;
struct limit *limit_new(unsigned burst, int64_t every_ms);
void limit_free(struct limit *l); /* accepts NULL */
/* Milliseconds until the key may try again; 0: it may now. Counts nothing. now_ms: a clock that does not step. */
int64_t limit_wait(const struct limit *l, const char *key, int64_t now_ms);
/* Counts one try. One made while the key must wait lengthens its wait to every_ms at most. */
void limit_count(struct limit *l, const char *key, int64_t now_ms);
/*
 * The key of a numeric address: of IPv6 that of its network, the first 64 bits (RFC 4291, 2.5.1). Any machine there has
 * as many of its addresses as it likes, and would be counted under each anew.
 */
#define LIMIT_KEY_SIZE 48 /* with the NUL */
void limit_key(const char *address, char key[LIMIT_KEY_SIZE]);

/*
 * A number by which a person of a roster is found without being read: keyed BLAKE2b over the purpose and the parts,
 * each with its end marked. NULL reads as "". Never 0.
 */
#define PERSON_PARTS_MAX 4
uint64_t trust_person_hash(const struct trust *t, const char *purpose, const char *const *parts, size_t n);

/*
 * The same over what people type, brought to one form. By document: its number in upper case without blanks, its type
 * id_card where none is given. By phone: its digits without +86, and the birth date. 0 where the number has nothing
 * left.
 */
uint64_t trust_hash_id(const struct trust *t, const char *id_type, const char *id_number);
uint64_t trust_hash_phone(const struct trust *t, const char *phone, const char *birth_date);
/* For a person of whom no document is known; each such has the name, the birth date and the phone it came with. */
uint64_t trust_hash_name(const struct trust *t, const char *name, const char *birth_date, const char *phone);

/* A new device token. */
void token_make(char out[TOKEN_LEN + 1]);
/* What is stored of a token or one-time code. */
void token_hash(const char *token, char out[TOKEN_HASH_LEN + 1]);
/* The same for one token after the other, mostly equal ones: worked out anew only where it is another. */
struct token_memory {
	char token[TOKEN_LEN + 1]; /* zeros at first */
	char hash[TOKEN_HASH_LEN + 1];
};
const char *token_hash_again(struct token_memory *m, const char token[TOKEN_LEN + 1]);
/* A new one-time code. */
void enrol_code_make(char out[ENROL_CODE_LEN + 1]);
/* Brings a typed one-time code to its form: upper case, spaces and hyphens dropped. False where it cannot be one. */
bool enrol_code_normalise(const char *text, char out[ENROL_CODE_LEN + 1]);
/* A random (version 4) UUID, lower case. */
void uuid_make(char out[37]);

/* The first 64 bits of BLAKE2b-128 of the bytes, as a number: tells bodies apart, not for secrets. */
uint64_t digest_u64(const void *data, size_t len);

/* SHA-256 in pieces, so that sha256sum can check what we wrote. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *s, const void *data, size_t len);
/* Writes 64 hexadecimal digits and frees. */
void sha256_end(struct sha256 *s, char out[65]);

#endif
