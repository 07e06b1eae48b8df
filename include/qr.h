#ifndef VAXLINE_QR_H
#define VAXLINE_QR_H

#include <stdbool.h>

#include "buf.h"

/*
 * A text as a QR symbol (ISO/IEC 18004): error correction level H, or Q where H would need a larger symbol than
 * version 6; four modules of quiet zone on every side, always.
 */

/* Adds an SVG document, one unit a module. False where the text does not fit a symbol. */
bool qr_svg(const char *text, struct buf *out);
/* Adds a PNG, 1-bit grey, so many pixels a module (1..32). */
bool qr_png(const char *text, int pixels_per_module, struct buf *out);

#endif
