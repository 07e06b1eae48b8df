/* Configurations. The text of one that is taken must be taken again, and be its own text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[300];
	struct rules *r = rules_decode((const char *)data, size, error, sizeof(error)), *again;

	if (!r)
		return 0;
	again = rules_decode(r->text, strlen(r->text), error, sizeof(error));
	if (!again || strcmp(r->text, again->text) != 0 || r->n_desks != again->n_desks)
		abort();
	rules_free(again);
	rules_free(r);
	return 0;
}
