#ifndef VAXLINE_BYTES_H
#define VAXLINE_BYTES_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/*
 * Eight bytes at a time, the first one lowest. What is asked of them is answered by a number that is 0 where the answer
 * is no for all; else its lowest bit stands in the first byte for which it is yes. Answers may be joined by |.
 */
static inline uint64_t bytes_load(const void *p)
{
	uint64_t eight;

	memcpy(&eight, p, sizeof(eight));
	return le64toh(eight);
}

#define BYTES_EACH(byte) (UINT64_C(0x0101010101010101) * (unsigned char)(byte))

/* Below a bound of at most 0x80. */
static inline uint64_t bytes_below(uint64_t eight, unsigned char bound)
{
	return (eight - BYTES_EACH(bound)) & ~eight & BYTES_EACH(0x80);
}

static inline uint64_t bytes_equal(uint64_t eight, char c)
{
	return bytes_below(eight ^ BYTES_EACH(c), 1);
}

/* Not ASCII. */
static inline uint64_t bytes_high(uint64_t eight)
{
	return eight & BYTES_EACH(0x80);
}

/* How many bytes stand before the first that an answer other than 0 means. */
static inline unsigned bytes_before(uint64_t answer)
{
	return (unsigned)__builtin_ctzll(answer) / 8;
}

#endif
