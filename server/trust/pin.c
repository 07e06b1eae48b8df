/*
 * PINs of the staff.
 *
 *   PIN ---BLAKE2b keyed with the pepper---> 32 bytes ---Argon2id, random salt---> "$argon2id$v=19$m=19456,t=2,p=1$.."
 *          over "id NUL PIN NUL"
 *
 * Four digits are soon tried out by whoever has a hash, however slow it is; without the pepper, which stands in another
 * file, there is nothing to try against. With the id in it, nobody's hash fits somebody else.
 */
#include "trust.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "key.h"

/* RFC 9106 with the cost that OWASP's Password Storage Cheat Sheet names; all of it is in the hash. */
#define PIN_PASSES 2
#define PIN_MEMORY_BYTES ((size_t)19 * 1024 * 1024)

/* A hash like any other; what was put in is unknown, and pin_check says no whatever comes out. */
#define NOBODYS_HASH "$argon2id$v=19$m=19456,t=2,p=1$aW5zdGVhZCBvZiBvbmVzLg$9oi7t0uFz3jRnIcqYH3vSW1ArIkMW8YpfBwX0q3tE9U"

/* Guarded, locked and kept out of core dumps by libsodium. */
struct pepper {
	unsigned char key[KEY_BYTES];
};

struct pepper *pepper_open(const char *dir, char *error, size_t error_size)
{
	struct pepper *p;

	if (sodium_init() < 0)
		abort();
	p = sodium_malloc(sizeof(*p));
	if (!p)
		abort();
	if (key_load(dir, "pin.key", p->key, error, error_size))
		return p;
	pepper_free(p);
	return NULL;
}

void pepper_free(struct pepper *p)
{
	sodium_free(p);
}

bool pin_valid(const char *pin)
{
	size_t n = strspn(pin, "0123456789");

	return !pin[n] && n >= PIN_MIN_DIGITS && n <= PIN_MAX_DIGITS;
}

static void pin_digest(const struct pepper *p, const char *staff_id, const char *pin,
		       unsigned char out[crypto_generichash_BYTES])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, p->key, sizeof(p->key), crypto_generichash_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)staff_id, strlen(staff_id) + 1);
	crypto_generichash_update(&state, (const unsigned char *)pin, strlen(pin) + 1);
	crypto_generichash_final(&state, out, crypto_generichash_BYTES);
	sodium_memzero(&state, sizeof(state));
}

void pin_hash(const struct pepper *p, const char *staff_id, const char *pin, char out[PIN_HASH_SIZE])
{
	unsigned char digest[crypto_generichash_BYTES];

	_Static_assert(PIN_HASH_SIZE == crypto_pwhash_argon2id_STRBYTES, "PIN_HASH_SIZE is libsodium's");
	pin_digest(p, staff_id, pin, digest);
	if (crypto_pwhash_argon2id_str(out, (const char *)digest, sizeof(digest), PIN_PASSES, PIN_MEMORY_BYTES) != 0)
		abort(); /* no memory */
	sodium_memzero(digest, sizeof(digest));
}

bool pin_hash_valid(const char *hash)
{
	/* libsodium would take one that was cut off, too. */
	return strlen(hash) == strlen(NOBODYS_HASH) &&
	       crypto_pwhash_argon2id_str_needs_rehash(hash, PIN_PASSES, PIN_MEMORY_BYTES) == 0;
}

bool pin_check(const struct pepper *p, const char *staff_id, const char *pin, const char *hash)
{
	unsigned char digest[crypto_generichash_BYTES];
	bool known = hash && pin_hash_valid(hash), fits;

	pin_digest(p, staff_id, pin, digest);
	fits = crypto_pwhash_argon2id_str_verify(known ? hash : NOBODYS_HASH, (const char *)digest, sizeof(digest)) ==
	       0;
	sodium_memzero(digest, sizeof(digest));
	return known && fits;
}
