/*
 * Keyed hashes of persons: the only form in which a document number or a phone stands outside `person`.
 *
 *   BLAKE2b(key, purpose NUL part NUL part NUL ..), first 64 bits
 *
 * A short number could be guessed from a plain hash; without the key it cannot.
 */
#include "trust.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "secret.h"

#define PART_MAX_BYTES 256 /* of a number brought to its form; what is longer is cut */

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

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* An ideographic space, as an input method types it. */
static bool is_wide_blank(const char *text)
{
	return (unsigned char)text[0] == 0xe3 && (unsigned char)text[1] == 0x80 && (unsigned char)text[2] == 0x80;
}

static void bare_number(const char *text, char out[PART_MAX_BYTES])
{
	size_t n = 0;

	for (; *text && n < PART_MAX_BYTES - 1; text++) {
		if (is_wide_blank(text))
			text += 2;
		else if (*text != ' ' && *text != '\t')
			out[n++] = upper(*text);
	}
	out[n] = '\0';
}

/* The digits; the code of the country before a mobile number is no part of it. */
static void bare_phone(const char *text, char out[PART_MAX_BYTES])
{
	char digits[PART_MAX_BYTES];
	size_t n = 0;
	const char *from = digits;

	for (const char *p = text; *p && n < PART_MAX_BYTES - 1; p++) {
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	}
	digits[n] = '\0';
	text += strspn(text, " \t(");
	if (*text == '+' && strncmp(digits, "86", 2) == 0)
		from += 2;
	else if (strncmp(digits, "0086", 4) == 0)
		from += 4;
	strcpy(out, from);
}

uint64_t trust_hash_id(const struct trust *t, const char *id_type, const char *id_number)
{
	char number[PART_MAX_BYTES];
	const char *const parts[] = {id_type && *id_type ? id_type : "id_card", number};

	bare_number(id_number, number);
	return *number ? trust_person_hash(t, "id", parts, 2) : 0;
}

uint64_t trust_hash_phone(const struct trust *t, const char *phone, const char *birth_date)
{
	char number[PART_MAX_BYTES];
	const char *const parts[] = {number, birth_date};

	bare_phone(phone, number);
	return *number ? trust_person_hash(t, "phone", parts, 2) : 0;
}

uint64_t trust_hash_name(const struct trust *t, const char *name, const char *birth_date, const char *phone)
{
	char number[PART_MAX_BYTES];
	const char *const parts[] = {name, birth_date, number};

	bare_phone(phone ? phone : "", number);
	return trust_person_hash(t, "name", parts, 3);
}
