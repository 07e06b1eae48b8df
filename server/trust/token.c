/* Names and secrets made of random bytes: device tokens, one-time codes, UUIDs. */
#include "trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base32.h"

#define TOKEN_BYTES 32
#define UUID_BYTES 16

static void random_bytes(unsigned char *out, size_t len)
{
	if (sodium_init() < 0)
		abort();
	randombytes_buf(out, len);
}

void token_make(char out[TOKEN_LEN + 1])
{
	unsigned char bytes[TOKEN_BYTES];

	random_bytes(bytes, sizeof(bytes));
	sodium_bin2base64(out, TOKEN_LEN + 1, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_memzero(bytes, sizeof(bytes));
}

void token_hash(const char *token, char out[TOKEN_HASH_LEN + 1])
{
	unsigned char hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)token, strlen(token), NULL, 0);
	sodium_bin2hex(out, TOKEN_HASH_LEN + 1, hash, sizeof(hash));
}

/* In constant time: connections may be shared by many behind a proxy. */
static bool same_token(const char a[TOKEN_LEN + 1], const char b[TOKEN_LEN + 1])
{
	unsigned char differs = 0;

	for (int i = 0; i <= TOKEN_LEN; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return !differs;
}

const char *token_hash_again(struct token_memory *m, const char token[TOKEN_LEN + 1])
{
	if (!same_token(m->token, token)) {
		memcpy(m->token, token, sizeof(m->token));
		token_hash(token, m->hash);
	}
	return m->hash;
}

void enrol_code_make(char out[ENROL_CODE_LEN + 1])
{
	unsigned char bytes[ENROL_CODE_LEN];

	random_bytes(bytes, sizeof(bytes));
	for (int i = 0; i < ENROL_CODE_LEN; i++)
		out[i] = base32_char(bytes[i] & 31u);
	out[ENROL_CODE_LEN] = '\0';
	sodium_memzero(bytes, sizeof(bytes));
}

bool enrol_code_normalise(const char *text, char out[ENROL_CODE_LEN + 1])
{
	size_t n = 0;

	for (; *text; text++) {
		char c = base32_upper(*text);

		if (c == ' ' || c == '-')
			continue;
		if (n == ENROL_CODE_LEN || base32_value(c) < 0)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n == ENROL_CODE_LEN;
}

void uuid_make(char out[37])
{
	unsigned char b[UUID_BYTES];
	char hex[2 * UUID_BYTES + 1];

	random_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4, RFC 9562 section 5.4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* its variant */
	sodium_bin2hex(hex, sizeof(hex), b, sizeof(b));
	snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}
