#ifndef VAXLINE_TRUST_KEY_H
#define VAXLINE_TRUST_KEY_H

#include <stdbool.h>
#include <stddef.h>

#define KEY_BYTES 32

/*
 * Reads DIR/NAME, making it where there is none. False with a sentence in error; the key is wiped then.
 *
 * The file appears whole or not at all, and is on disk before this returns: a ticket printed, or a PIN set, under a key
 * that a power cut takes away would be dead. Of two processes that make it at once, both get the key of the one that
 * was first.
 */
bool key_load(const char *dir, const char *name, unsigned char key[KEY_BYTES], char *error, size_t error_size);

#endif
