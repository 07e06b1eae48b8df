/*
 * QR symbols. libqrencode lays the modules out and chooses the modes: a text of A-Z, 0-9 and " $%*+-./:" goes in the
 * alphanumeric one, which is why codes and URLs are upper case. Here they are only drawn, dark runs row by row.
 */
#include "qr.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <qrencode.h>

#define QUIET_MODULES 4
#define SCALE_MAX 32
#define LEVEL_H_VERSION_MAX 6

static QRcode *qr_encode(const char *text)
{
	QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_H, QR_MODE_8, 1);

	if (code && code->version <= LEVEL_H_VERSION_MAX)
		return code;
	QRcode_free(code);
	return QRcode_encodeString(text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1);
}

static bool is_dark(const QRcode *code, int x, int y)
{
	return code->data[y * code->width + x] & 1;
}

static void svg_row(const QRcode *code, int y, struct buf *out)
{
	for (int x = 0, from; x < code->width; x++) {
		if (!is_dark(code, x, y))
			continue;
		for (from = x; x < code->width && is_dark(code, x, y);)
			x++;
		buf_printf(out, "M%d %dh%dv1h-%dz", from + QUIET_MODULES, y + QUIET_MODULES, x - from, x - from);
	}
}

bool qr_svg(const char *text, struct buf *out)
{
	QRcode *code = qr_encode(text);
	int side;

	if (!code)
		return false;
	side = code->width + 2 * QUIET_MODULES;
	buf_printf(out,
		   "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
		   "<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"",
		   side, side, side, side);
	for (int y = 0; y < code->width; y++)
		svg_row(code, y, out);
	buf_add_str(out, "\"/></svg>");
	QRcode_free(code);
	return true;
}

static void png_to_buf(png_structp png, png_bytep data, png_size_t len)
{
	buf_add(png_get_io_ptr(png), data, len);
}

static void png_no_flush(png_structp png)
{
	(void)png;
}

static int png_side(const QRcode *code, int scale)
{
	return (code->width + 2 * QUIET_MODULES) * scale;
}

static size_t row_bytes(const QRcode *code, int scale)
{
	return ((size_t)png_side(code, scale) + 7) / 8;
}

/* One row of pixels: white where the quiet zone or a light module is. */
static void png_fill(const QRcode *code, int y, int scale, unsigned char *row)
{
	memset(row, 0xff, row_bytes(code, scale));
	if (y < 0 || y >= code->width)
		return;
	for (int pixel = 0; pixel < code->width * scale; pixel++) {
		int at = pixel + QUIET_MODULES * scale;

		if (is_dark(code, pixel / scale, y))
			row[at / 8] &= (unsigned char)~(0x80 >> at % 8);
	}
}

/* False where libpng has given up, which it does by jumping back here. */
static bool png_draw(png_structp png, png_infop info, const QRcode *code, int scale, unsigned char *row)
{
	png_uint_32 side = (png_uint_32)png_side(code, scale);

	if (setjmp(png_jmpbuf(png)))
		return false;
	png_set_IHDR(png, info, side, side, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
		     PNG_FILTER_TYPE_DEFAULT);
	png_write_info(png, info);
	for (int y = -QUIET_MODULES; y < code->width + QUIET_MODULES; y++) {
		png_fill(code, y, scale, row);
		for (int i = 0; i < scale; i++)
			png_write_row(png, row);
	}
	png_write_end(png, info);
	return true;
}

bool qr_png(const char *text, int pixels_per_module, struct buf *out)
{
	QRcode *code = NULL;
	png_structp png = NULL;
	png_infop info = NULL;
	unsigned char *row = NULL;
	size_t before = out->len;
	bool ok = false;

	if (pixels_per_module < 1 || pixels_per_module > SCALE_MAX)
		return false;
	code = qr_encode(text);
	png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
	info = png ? png_create_info_struct(png) : NULL;
	if (!code || !info)
		goto fail;
	row = xmalloc(row_bytes(code, pixels_per_module));
	png_set_write_fn(png, out, png_to_buf, png_no_flush);
	ok = png_draw(png, info, code, pixels_per_module, row);
	if (!ok)
		out->len = before;
fail:
	free(row);
	png_destroy_write_struct(&png, &info);
	QRcode_free(code);
	return ok;
}
