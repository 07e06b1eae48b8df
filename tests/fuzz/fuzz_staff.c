/*
 * Lists of the staff, the same bytes as a CSV file and as DIR/staff.json. Whatever they are, it ends; and a list that
 * was taken is one that is written and read back the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "staff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_reads_back(const struct staff_file *f)
{
	struct buf text = {0}, again = {0};
	struct staff_file read;
	char error[300];

	staff_file_encode(f, &text);
	if (!staff_file_decode(text.data, text.len, &read, error, sizeof(error)))
		abort();
	staff_file_encode(&read, &again);
	if (strcmp(text.data, again.data) != 0)
		abort();
	staff_file_free(&read);
	buf_free(&text);
	buf_free(&again);
}

static void read_csv(const struct rules *rules, const uint8_t *data, size_t size)
{
	char *text = malloc(size + !size);
	struct staff_csv c;
	struct staff_file f = {0};

	if (!text)
		abort();
	memcpy(text, data, size);
	if (staff_csv_read(&c, rules, "2026-11-20", text, size)) {
		for (size_t i = 0; i < c.list.n; i++)
			c.list.rows[i].badge += !c.list.rows[i].badge;
		f.list = c.list;
		check_reads_back(&f);
	}
	staff_csv_free(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules rules;
	struct staff_file f;
	char error[300];

	rules_init(&rules);
	read_csv(&rules, data, size);
	if (staff_file_decode((const char *)data, size, &f, error, sizeof(error)))
		check_reads_back(&f);
	staff_file_free(&f);
	return 0;
}
