/* Lines of a log. Whatever is read must be written again byte for byte. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event_decoder *d = event_decoder_new();
	struct buf line = {0};
	struct event e;
	char error[200];

	if (event_decode(d, (const char *)data, size, &e, error, sizeof(error))) {
		event_encode(&e, &line);
		if (line.len != size || memcmp(line.data, data, size) != 0)
			abort();
		rules_free(e.rules);
	} else if (e.rules) {
		abort();
	}
	buf_free(&line);
	event_decoder_free(d);
	return 0;
}
