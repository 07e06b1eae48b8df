/*
 * Codes of tickets, appointments and badges.
 *
 *   | id, 40 bits, big-endian | first 80 bits of BLAKE2b-256(key, the five bytes of the id) |   120 bits
 *   |        8 characters     |                     16 characters                           |   base32
 *
 * Whoever holds a ticket learns nothing of another one: its tag cannot be computed without the key. In the tag of an
 * appointment or a badge a word follows the id, so that none can be made into another.
 */
#include "trust.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base32.h"
#include "key.h"
#include "secret.h"

#define ID_BYTES 5
#define TAG_BYTES 10
#define CODE_BYTES (ID_BYTES + TAG_BYTES)
#define CODE_GROUPS (TICKET_CODE_LEN / 8)

/* What a code is for. */
struct purpose {
	const char *word;                                 /* in the tag */
	bool (*skip)(const char **text, const char *end); /* steps over what may stand before the code */
};

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

	if (key_load(dir, "ticket.key", t->key, error, error_size))
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

static void code_tag(const struct trust *t, const unsigned char id[ID_BYTES], const char *word,
		     unsigned char tag[TAG_BYTES])
{
	unsigned char hash[crypto_generichash_BYTES];
	crypto_generichash_state state;

	crypto_generichash_init(&state, t->key, sizeof(t->key), sizeof(hash));
	crypto_generichash_update(&state, id, ID_BYTES);
	crypto_generichash_update(&state, (const unsigned char *)word, strlen(word));
	crypto_generichash_final(&state, hash, sizeof(hash));
	memcpy(tag, hash, TAG_BYTES);
}

static void code_write(const struct trust *t, uint64_t id, const struct purpose *purpose, char out[TICKET_CODE_LEN + 1])
{
	unsigned char code[CODE_BYTES];

	assert(id <= TICKET_ID_MAX);
	for (int i = 0; i < ID_BYTES; i++)
		code[i] = (unsigned char)(id >> 8 * (ID_BYTES - 1 - i));
	code_tag(t, code, purpose->word, code + ID_BYTES);
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

static bool skip_badge_prefix(const char **text, const char *end)
{
	skip(text, end, BADGE_PREFIX);
	return true;
}

static const struct purpose ticket_purpose = {"", skip_url};
static const struct purpose appointment_purpose = {"appointment", skip_url};
static const struct purpose badge_purpose = {"badge", skip_badge_prefix};

static enum ticket_check code_read(const struct trust *t, const char *text, size_t len, const struct purpose *purpose,
				   uint64_t *out)
{
	char squeezed[TICKET_TEXT_MAX_BYTES];
	unsigned char code[CODE_BYTES], tag[TAG_BYTES];
	const char *at = squeezed, *end;
	uint64_t id = 0;

	if (len > sizeof(squeezed))
		return TICKET_MALFORMED;
	end = squeezed + squeeze(text, len, squeezed);
	if (!purpose->skip(&at, end) || end - at != TICKET_CODE_LEN || !base32_decode(at, CODE_GROUPS, code))
		return TICKET_MALFORMED;
	code_tag(t, code, purpose->word, tag);
	if (sodium_memcmp(tag, code + ID_BYTES, TAG_BYTES) != 0)
		return TICKET_FORGED;
	for (int i = 0; i < ID_BYTES; i++)
		id = id << 8 | code[i];
	*out = id;
	return TICKET_OK;
}

void ticket_code(const struct trust *t, uint64_t ticket, char out[TICKET_CODE_LEN + 1])
{
	code_write(t, ticket, &ticket_purpose, out);
}

enum ticket_check ticket_parse(const struct trust *t, const char *text, size_t len, uint64_t *ticket)
{
	return code_read(t, text, len, &ticket_purpose, ticket);
}

void appointment_code(const struct trust *t, uint64_t appointment, char out[TICKET_CODE_LEN + 1])
{
	code_write(t, appointment, &appointment_purpose, out);
}

enum ticket_check appointment_parse(const struct trust *t, const char *text, size_t len, uint64_t *appointment)
{
	return code_read(t, text, len, &appointment_purpose, appointment);
}

uint64_t badge_number(const struct trust *t, const char *staff_id, unsigned ordinal)
{
	char number[16];
	const char *const parts[] = {staff_id, number};
	uint64_t badge;

	snprintf(number, sizeof(number), "%u", ordinal);
	badge = trust_person_hash(t, "badge", parts, 2) & TICKET_ID_MAX;
	return badge ? badge : 1;
}

void badge_code(const struct trust *t, uint64_t badge, char out[TICKET_CODE_LEN + 1])
{
	code_write(t, badge, &badge_purpose, out);
}

enum ticket_check badge_parse(const struct trust *t, const char *text, size_t len, uint64_t *badge)
{
	return code_read(t, text, len, &badge_purpose, badge);
}
