#ifndef VAXLINE_RULES_CODEC_H
#define VAXLINE_RULES_CODEC_H

#include <stddef.h>

#include "rules.h"

/*
 * A configuration as an event of the log recorded it. It was checked when it was taken, so nothing outside it is asked
 * (whether this machine knows the time zone), and its text stays as it was recorded.
 */
struct rules *rules_decode_recorded(const char *text, size_t len, char *error, size_t error_size);

#endif
