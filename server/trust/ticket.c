/*
 * Ticket codes.
 *
 *   | id, 40 bits, big-endian | first 80 bits of BLAKE2b-256(key, the five bytes of the id) |   120 bits
 *   |        8 characters     |                     16 characters                           |   base32
 *
 * Whoever holds a ticket learns nothing of another one: its tag cannot be computed without the key.
 */
#include "trust.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base32.h"
#include "key.h"

#define ID_BYTES 5
#define TAG_BYTES 10
#define CODE_BYTES (ID_BYTES + TAG_BYTES)
#define CODE_GROUPS (TICKET_CODE_LEN / 8)

struct trust {
	unsigned char key[KEY_BYTES];
};

/* Guarded, locked and kept out of core dumps by libsodium. */
static struct trust *trust_alloc(void)
{
	struct trust *t;

	if (sodium_init() < 0)
		abort();
	t = sodium_malloc(sizeof(*t));
	if (!t)
		abort();
	return t;
}

struct trust *trust_open(const char *dir, char *error, size_t error_size)
{
	struct trust *t = trust_alloc();

	if (key_load(dir, t->key, error, error_size))
		return t;
	trust_free(t);
	return NULL;
}

struct trust *trust_from_key(const unsigned char key[32])
{
	struct trust *t = trust_alloc();

	memcpy(t->key, key, sizeof(t->key));
	return t;
}

void trust_free(struct trust *t)
{
	sodium_free(t);
}

static void ticket_tag(const struct trust *t, const unsigned char id[ID_BYTES], unsigned char tag[TAG_BYTES])
{
	unsigned char hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof(hash), id, ID_BYTES, t->key, sizeof(t->key));
	memcpy(tag, hash, TAG_BYTES);
}

void ticket_code(const struct trust *t, uint64_t ticket, char out[TICKET_CODE_LEN + 1])
{
	unsigned char code[CODE_BYTES];

	assert(ticket <= TICKET_ID_MAX);
	for (int i = 0; i < ID_BYTES; i++)
		code[i] = (unsigned char)(ticket >> 8 * (ID_BYTES - 1 - i));
	ticket_tag(t, code, code + ID_BYTES);
	base32_encode(code, CODE_GROUPS, out);
}

static bool is_separator(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-';
}

/* Upper case, separators dropped; out holds as many bytes as text. Returns the length. */
static size_t squeeze(const char *text, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (!is_separator(text[i]))
			out[n++] = base32_upper(text[i]);
	return n;
}

static bool skip(const char **text, const char *end, const char *prefix)
{
	size_t n = strlen(prefix);

	if ((size_t)(end - *text) < n || memcmp(*text, prefix, n) != 0)
		return false;
	*text += n;
	return true;
}

/* Steps over "HTTPS://HOST/T/". True where text is no URL at all; false where it is another one. */
static bool skip_url(const char **text, const char *end)
{
	const char *host;

	if (!skip(text, end, "HTTPS://") && !skip(text, end, "HTTP://"))
		return true;
	host = *text;
	*text = memchr(host, '/', (size_t)(end - host));
	return *text && *text != host && skip(text, end, "/T/");
}

enum ticket_check ticket_parse(const struct trust *t, const char *text, size_t len, uint64_t *ticket)
{
	char squeezed[TICKET_TEXT_MAX_BYTES];
	unsigned char code[CODE_BYTES], tag[TAG_BYTES];
	const char *at = squeezed, *end;
	uint64_t id = 0;

	if (len > sizeof(squeezed))
		return TICKET_MALFORMED;
	end = squeezed + squeeze(text, len, squeezed);
	if (!skip_url(&at, end) || end - at != TICKET_CODE_LEN || !base32_decode(at, CODE_GROUPS, code))
		return TICKET_MALFORMED;
	ticket_tag(t, code, tag);
	if (sodium_memcmp(tag, code + ID_BYTES, TAG_BYTES) != 0)
		return TICKET_FORGED;
	for (int i = 0; i < ID_BYTES; i++)
		id = id << 8 | code[i];
	*ticket = id;
	return TICKET_OK;
}
