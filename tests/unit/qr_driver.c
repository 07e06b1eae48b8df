/*
 * Prints tickets for a scanner to read: qr_driver DIR COUNT PIXELS PREFIX
 *
 * Makes COUNT codes under the key in DIR, writes PREFIX + code as DIR/0000.png, DIR/0001.png, ... at so many pixels a
 * module, and tells each text on a line of its own. With "check" for a first argument it reads lines from standard
 * input instead and tells of each the number of the ticket, "malformed" or "forged": qr_driver check DIR
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qr.h"
#include "trust.h"

#define ID_STEP UINT64_C(5497558139) /* spreads 200 tickets over all ids */

static int write_file(const char *path, const struct buf *b)
{
	FILE *file = fopen(path, "wb");
	size_t written = file ? fwrite(b->data, 1, b->len, file) : 0;

	if (!file || fclose(file) != 0 || written != b->len) {
		perror(path);
		return -1;
	}
	return 0;
}

static int print_ticket(const struct trust *t, const char *dir, int number, int pixels, const char *prefix)
{
	char code[TICKET_CODE_LEN + 1], text[256], path[512];
	struct buf png = {0};
	int status = -1;

	ticket_code(t, (uint64_t)number * ID_STEP, code);
	snprintf(text, sizeof(text), "%s%s", prefix, code);
	snprintf(path, sizeof(path), "%s/%04d.png", dir, number);
	if (qr_png(text, pixels, &png))
		status = write_file(path, &png);
	puts(text);
	buf_free(&png);
	return status;
}

static void check_lines(const struct trust *t)
{
	char line[1024];
	uint64_t id;

	while (fgets(line, sizeof(line), stdin)) {
		switch (ticket_parse(t, line, strlen(line), &id)) {
		case TICKET_OK:
			printf("%" PRIu64 "\n", id / ID_STEP);
			break;
		case TICKET_MALFORMED:
			puts("malformed");
			break;
		case TICKET_FORGED:
			puts("forged");
			break;
		}
	}
}

int main(int argc, char **argv)
{
	int checks = argc == 3 && strcmp(argv[1], "check") == 0, status = 0;
	char error[256];
	struct trust *t;

	if (argc != 5 && !checks) {
		fprintf(stderr, "usage: %s DIR COUNT PIXELS PREFIX | check DIR\n", argv[0]);
		return 2;
	}
	t = trust_open(argv[checks ? 2 : 1], error, sizeof(error));
	if (!t) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	if (checks)
		check_lines(t);
	for (int i = 0; !checks && i < atoi(argv[2]) && status == 0; i++)
		status = print_ticket(t, argv[1], i, atoi(argv[3]), argv[4]);
	trust_free(t);
	return status ? 1 : 0;
}
