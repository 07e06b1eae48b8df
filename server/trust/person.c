/*
 * Keyed hashes of persons: the only form in which a document number or a phone stands outside `person`.
 *
 *   BLAKE2b(key, purpose NUL part NUL part NUL ..), first 64 bits
 *
 * A short number could be guessed from a plain hash; without the key it cannot.
 */
#include "trust.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "roster.h"
#include "secret.h"

static void add_part(crypto_generichash_state *state, const char *part)
{
	const char *text = part ? part : "";

	crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

uint64_t trust_person_hash(const struct trust *t, const char *purpose, const char *const *parts, size_t n)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;
	uint64_t number = 0;

	assert(n <= PERSON_PARTS_MAX);
	crypto_generichash_init(&state, t->key, sizeof(t->key), sizeof(hash));
	add_part(&state, purpose);
	for (size_t i = 0; i < n; i++)
		add_part(&state, parts[i]);
	crypto_generichash_final(&state, hash, sizeof(hash));
	for (int i = 0; i < 8; i++)
		number = number << 8 | hash[i];
	return number ? number : 1;
}

uint64_t trust_hash_id(const struct trust *t, const char *id_type, const char *id_number)
{
	char number[ROSTER_KEY_MAX_BYTES + 1], *to = number;
	const char *const parts[] = {id_type && *id_type ? id_type : "id_card", number};

	if (!roster_id_key(id_number, number))
		return 0;
	for (const char *p = number; *p; p++) {
		if (*p != ' ')
			*to++ = *p;
	}
	*to = '\0';
	return trust_person_hash(t, "id", parts, 2);
}

uint64_t trust_hash_phone(const struct trust *t, const char *phone, const char *birth_date)
{
	char number[ROSTER_KEY_MAX_BYTES + 1];
	const char *const parts[] = {number, birth_date};

	return roster_phone_key(phone, number) ? trust_person_hash(t, "phone", parts, 2) : 0;
}

uint64_t trust_hash_name(const struct trust *t, const char *name, const char *birth_date, const char *phone)
{
	char number[ROSTER_KEY_MAX_BYTES + 1];
	const char *const parts[] = {name, birth_date, phone && roster_phone_key(phone, number) ? number : NULL};

	return trust_person_hash(t, "name", parts, 3);
}
