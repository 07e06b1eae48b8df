/*
 * Rosters. Whatever the bytes: it ends, the same in small slices as at once, and each good row is a person that a
 * check-in would take.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "roster.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NAME(text) "\"name\":{\"zh-Hans\":\"" text "\",\"zh-Hant\":\"" text "2\",\"en\":\"" text "3\"}"
static const char config[] =
	"{\"site\":\"s\"," NAME("s") ",\"time_zone\":\"UTC\",\"desks\":[{\"id\":\"r\",\"stage\":\"registration\"},"
				     "{\"id\":\"c\",\"stage\":\"consent\"},{\"id\":\"i\",\"stage\":\"injection\"}],"
				     "\"vaccines\":[{\"id\":\"v\"," NAME("苗") "}],\"assisted_words\":[\"轮椅\"]}";

static struct roster *read_roster(const struct rules *rules, const uint8_t *data, size_t size, size_t slice)
{
	char *text = malloc(size + !size);
	struct roster *r;

	if (!text)
		abort();
	memcpy(text, data, size);
	r = roster_new(rules, "2026-11-19", text, size);
	while (roster_read(r, slice))
		;
	return r;
}

static void check_person(const struct roster_row *row)
{
	static const char id[] = "{\"id\":\"00000000-0000-4000-8000-000000000000\",\"person\":";
	struct command c = {0};
	struct body_error wrong;
	struct buf text = {0};
	struct body *body;
	char error[200];

	buf_printf(&text, "%s%s}", id, row->person);
	body = body_parse(text.data, text.len, error, sizeof(error));
	if (!body || !command_decode(body, BODY_CHECK_IN, &c, &wrong) || strcmp(c.person, row->person) != 0)
		abort();
	if (row->from_minute >= row->to_minute || !row->birth_date || !row->id_type != !row->id_number)
		abort();
	body_free(body);
	buf_free(&text);
}

static void check_same(const struct roster *a, const struct roster *b)
{
	const char *error_a = roster_error(a), *error_b = roster_error(b);
	size_t n[2], total[2];

	if (!error_a != !error_b || (error_a && strcmp(error_a, error_b) != 0))
		abort();
	roster_rows(a, &n[0]);
	roster_rows(b, &n[1]);
	if (n[0] != n[1] || roster_duplicates(a) != roster_duplicates(b))
		abort();
	roster_rejected(a, &n[0], &total[0]);
	roster_rejected(b, &n[1], &total[1]);
	if (n[0] != n[1] || total[0] != total[1])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char error[300];
	struct rules *rules = rules_decode(config, strlen(config), error, sizeof(error));
	struct roster *whole, *sliced;
	const struct roster_row *rows;
	size_t n;

	if (!rules)
		abort();
	whole = read_roster(rules, data, size, SIZE_MAX);
	sliced = read_roster(rules, data, size, 1);
	check_same(whole, sliced);
	rows = roster_rows(whole, &n);
	for (size_t i = 0; i < n; i++)
		check_person(&rows[i]);
	roster_free(whole);
	roster_free(sliced);
	rules_free(rules);
	return 0;
}
