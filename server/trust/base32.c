#include "base32.h"

#include <stdint.h>

#define GROUP_BYTES 5
#define GROUP_CHARS 8

char base32_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

char base32_char(unsigned value)
{
	return "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value & 31];
}

int base32_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '2' && c <= '7')
		return c - '2' + 26;
	return -1;
}

void base32_encode(const unsigned char *bytes, size_t groups, char *out)
{
	for (; groups > 0; groups--, bytes += GROUP_BYTES) {
		uint64_t bits = 0;

		for (int i = 0; i < GROUP_BYTES; i++)
			bits = bits << 8 | bytes[i];
		for (int shift = 5 * (GROUP_CHARS - 1); shift >= 0; shift -= 5)
			*out++ = base32_char((unsigned)(bits >> shift));
	}
	*out = '\0';
}

bool base32_decode(const char *text, size_t groups, unsigned char *out)
{
	for (; groups > 0; groups--, out += GROUP_BYTES) {
		uint64_t bits = 0;

		for (int i = 0; i < GROUP_CHARS; i++) {
			int value = base32_value(*text++);

			if (value < 0)
				return false;
			bits = bits << 5 | (unsigned)value;
		}
		for (int i = 0; i < GROUP_BYTES; i++)
			out[i] = (unsigned char)(bits >> 8 * (GROUP_BYTES - 1 - i));
	}
	return true;
}
