#ifndef VAXLINE_TRUST_BASE32_H
#define VAXLINE_TRUST_BASE32_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Base32 of RFC 4648, upper case, without padding: what survives being read aloud, typed, and packed into a QR symbol
 * in its alphanumeric mode. Whole groups only: five bytes are eight characters, and no bit is left over that could
 * give one value two spellings.
 */

/* ASCII alone: a locale must not change what a code is. */
char base32_upper(char c);
/* The character of a value, 0 to 31. */
char base32_char(unsigned value);
/* The value of an upper-case character, or -1. */
int base32_value(char c);

/* Writes so many groups of eight characters, and a NUL. */
void base32_encode(const unsigned char *bytes, size_t groups, char *out);
/* Reads so many groups of eight characters. False where one is none of the alphabet; out is undefined then. */
bool base32_decode(const char *text, size_t groups, unsigned char *out);

#endif
