/* QR symbols as drawn: SVG and PNG show the same modules, at the level asked for, inside the quiet zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>

#include "qr.h"

#define QUIET 4
#define SIDE_MAX 200 /* modules, quiet zone included: version 40 is 185 */

#define BARE "AADVXTIVOBJWGXYOHEHPOACH"
#define URL_UPPER "HTTPS://VACCINATE.EXAMPLE/T/" BARE
#define URL_LOWER "https://vaccinate.example/t/" BARE

struct symbol {
	int side;
	unsigned char dark[SIDE_MAX][SIDE_MAX];
};

/* Reads a PNG of our own; every pixel of a module must be of one colour. */
static void png_read(const struct buf *png, int scale, struct symbol *out)
{
	png_image image = {.version = PNG_IMAGE_VERSION};
	unsigned char *pixels;

	assert_true(png_image_begin_read_from_memory(&image, png->data, png->len));
	image.format = PNG_FORMAT_GRAY;
	pixels = malloc(PNG_IMAGE_SIZE(image));
	assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
	assert_int_equal(image.width, image.height);
	assert_int_equal(image.width % (unsigned)scale, 0);
	out->side = (int)image.width / scale;
	for (unsigned y = 0; y < image.height; y++) {
		for (unsigned x = 0; x < image.width; x++) {
			unsigned char pixel = pixels[y * image.width + x];
			unsigned char *module = &out->dark[y / (unsigned)scale][x / (unsigned)scale];

			assert_true(pixel == 0 || pixel == 255);
			if (x % (unsigned)scale == 0 && y % (unsigned)scale == 0)
				*module = pixel == 0;
			assert_int_equal(*module, pixel == 0);
		}
	}
	free(pixels);
}

/* Reads an SVG of our own: the path is nothing but runs "Mx yhLv1h-Lz". */
static void svg_read(const struct buf *svg, struct symbol *out)
{
	const char *at = strstr(svg->data, " d=\"");
	int height, x, y, run, back, taken;

	memset(out, 0, sizeof(*out));
	assert_int_equal(sscanf(svg->data,
				"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
				"shape-rendering=\"crispEdges\"><rect ",
				&out->side, &height),
			 2);
	assert_int_equal(out->side, height);
	assert_non_null(at);
	for (at += 4; sscanf(at, "M%d %dh%dv1h-%dz%n", &x, &y, &run, &back, &taken) == 4; at += taken) {
		assert_int_equal(run, back);
		assert_true(y < out->side && x + run <= out->side);
		for (int i = 0; i < run; i++)
			out->dark[y][x + i] = 1;
	}
	assert_string_equal(at, "\"/></svg>");
}

static void draw(const char *text, struct symbol *out)
{
	struct buf svg = {0};

	assert_true(qr_svg(text, &svg));
	svg_read(&svg, out);
	buf_free(&svg);
}

static int version(const struct symbol *s)
{
	return (s->side - 2 * QUIET - 17) / 4;
}

/* The first two bits of the format information, unmasked: ISO/IEC 18004, 7.9. */
static char level(const struct symbol *s)
{
	int bits = s->dark[QUIET + 8][QUIET] << 1 | s->dark[QUIET + 8][QUIET + 1];

	return "MLHQ"[bits ^ 2];
}

static void test_svg_and_png_show_the_same(void **state)
{
	static const char *const texts[] = {BARE, URL_UPPER, URL_LOWER, "\xe6\x8e\xa5\xe7\xa7\x8d", "A"};
	static const int scales[] = {1, 2, 3, 8, 32};
	struct symbol svg, png = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		draw(texts[i], &svg);
		for (size_t k = 0; k < sizeof(scales) / sizeof(scales[0]); k++) {
			struct buf out = {0};

			assert_true(qr_png(texts[i], scales[k], &out));
			memset(&png, 0, sizeof(png));
			png_read(&out, scales[k], &png);
			assert_memory_equal(&png, &svg, sizeof(png));
			buf_free(&out);
		}
	}
}

static void test_quiet_zone_is_kept(void **state)
{
	struct symbol s;

	(void)state;
	draw(URL_UPPER, &s);
	for (int y = 0; y < s.side; y++)
		for (int x = 0; x < s.side; x++)
			if (x < QUIET || y < QUIET || x >= s.side - QUIET || y >= s.side - QUIET)
				assert_int_equal(s.dark[y][x], 0);
	assert_int_equal(s.dark[QUIET][QUIET], 1);
	assert_int_equal(s.dark[QUIET][s.side - QUIET - 1], 1);
	assert_int_equal(s.dark[s.side - QUIET - 1][QUIET], 1);
}

static void test_png_is_one_bit_grey(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_true(qr_png(BARE, 2, &out));
	assert_memory_equal(out.data, "\x89PNG\r\n\x1a\n", 8);
	assert_int_equal(out.data[24], 1); /* bits a sample */
	assert_int_equal(out.data[25], 0); /* grey */
	buf_free(&out);
}

/* Level H holds 84 alphanumeric characters in version 6. */
static void test_level_is_h_up_to_version_6_then_q(void **state)
{
	char text[86];
	struct symbol s;

	(void)state;
	memset(text, 'A', sizeof(text));
	text[84] = '\0';
	draw(text, &s);
	assert_int_equal(version(&s), 6);
	assert_int_equal(level(&s), 'H');
	text[84] = 'A';
	text[85] = '\0';
	draw(text, &s);
	assert_int_equal(version(&s), 5);
	assert_int_equal(level(&s), 'Q');
}

static void test_upper_case_makes_smaller_symbols(void **state)
{
	struct symbol bare, upper, lower;

	(void)state;
	draw(BARE, &bare);
	draw(URL_UPPER, &upper);
	draw(URL_LOWER, &lower);
	assert_int_equal(version(&bare), 3);
	assert_int_equal(version(&upper), 5);
	assert_int_equal(version(&lower), 6);
	assert_int_equal(level(&bare), 'H');
	assert_int_equal(level(&upper), 'H');
}

/* Level Q holds 2,420 alphanumeric characters in version 40. */
static void test_what_does_not_fit_adds_nothing(void **state)
{
	char text[2422];
	struct buf out = {0};

	(void)state;
	memset(text, 'A', sizeof(text));
	text[2421] = '\0';
	buf_add_str(&out, "before");
	assert_false(qr_svg(text, &out));
	assert_false(qr_png(text, 2, &out));
	assert_false(qr_svg("", &out));
	assert_false(qr_png("", 2, &out));
	assert_false(qr_png(BARE, 0, &out));
	assert_false(qr_png(BARE, 33, &out));
	assert_string_equal(out.data, "before");
	text[2420] = '\0';
	assert_true(qr_png(text, 1, &out));
	assert_memory_equal(out.data, "before\x89PNG", 10);
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_svg_and_png_show_the_same),
		cmocka_unit_test(test_quiet_zone_is_kept),
		cmocka_unit_test(test_png_is_one_bit_grey),
		cmocka_unit_test(test_level_is_h_up_to_version_6_then_q),
		cmocka_unit_test(test_upper_case_makes_smaller_symbols),
		cmocka_unit_test(test_what_does_not_fit_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
