#ifndef VAXLINE_TRUST_SECRET_H
#define VAXLINE_TRUST_SECRET_H

#include "key.h"

/* Guarded, locked and kept out of core dumps by libsodium. */
struct trust {
	unsigned char key[KEY_BYTES];
};

#endif
