/* Digests that tell bytes apart. */
#include "trust.h"

#include <stdlib.h>

#include <sodium.h>

struct sha256 {
	crypto_hash_sha256_state state;
};

uint64_t digest_u64(const void *data, size_t len)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	uint64_t n = 0;

	crypto_generichash(hash, sizeof(hash), data, len, NULL, 0);
	for (int i = 0; i < 8; i++)
		n = n << 8 | hash[i];
	return n;
}

struct sha256 *sha256_new(void)
{
	struct sha256 *s = malloc(sizeof(*s));

	if (!s)
		abort();
	crypto_hash_sha256_init(&s->state);
	return s;
}

void sha256_add(struct sha256 *s, const void *data, size_t len)
{
	crypto_hash_sha256_update(&s->state, data, len);
}

void sha256_end(struct sha256 *s, char out[65])
{
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(&s->state, hash);
	sodium_bin2hex(out, 65, hash, sizeof(hash));
	free(s);
}
