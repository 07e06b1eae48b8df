/* What a scanner may send. Whatever is taken for a ticket must be one that we would print. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Kept for the whole run: guarded memory is dear to make. */
static const struct trust *fuzz_trust(void)
{
	static const struct trust *trust;

	if (!trust)
		trust = trust_from_key((const unsigned char *)"0123456789abcdef0123456789abcdef");
	return trust;
}

/* The first bytes as a ticket id: its code must be read back, and with any one character changed must not. */
static void check_made(const uint8_t *data, size_t size)
{
	char code[TICKET_CODE_LEN + 1];
	uint64_t id = 0, read = 0;
	size_t at;

	if (size < 6)
		return;
	memcpy(&id, data, 5);
	id &= TICKET_ID_MAX;
	ticket_code(fuzz_trust(), id, code);
	if (ticket_parse(fuzz_trust(), code, TICKET_CODE_LEN, &read) != TICKET_OK || read != id)
		abort();
	at = data[5] % TICKET_CODE_LEN;
	code[at] = code[at] == 'A' ? 'B' : 'A';
	if (ticket_parse(fuzz_trust(), code, TICKET_CODE_LEN, &read) != TICKET_FORGED)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char code[TICKET_CODE_LEN + 1], *text = malloc(size + 1);
	uint64_t id = 0;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	if (ticket_parse(fuzz_trust(), (const char *)data, size, &id) == TICKET_OK) {
		uint64_t again = 0;

		ticket_code(fuzz_trust(), id, code);
		if (ticket_parse(fuzz_trust(), code, TICKET_CODE_LEN, &again) != TICKET_OK || again != id)
			abort();
	}
	if (enrol_code_normalise(text, code) && strlen(code) != ENROL_CODE_LEN)
		abort();
	check_made(data, size);
	free(text);
	return 0;
}
