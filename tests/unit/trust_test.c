/* Secrets: ticket codes as printed and as scanned, the key file, tokens, one-time codes, digests. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "trust.h"

#define MAKERS 8

static const unsigned char test_key[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
					   16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

/* --- ticket codes */

static int key_setup(void **state)
{
	*state = trust_from_key(test_key);
	return 0;
}

static int key_teardown(void **state)
{
	trust_free(*state);
	return 0;
}

static enum ticket_check parse(const struct trust *t, const char *text, uint64_t *id)
{
	return ticket_parse(t, text, strlen(text), id);
}

static void assert_refused(const struct trust *t, const char *text, enum ticket_check as)
{
	uint64_t id = 4711;

	assert_int_equal(parse(t, text, &id), as);
	assert_int_equal(id, 4711);
}

/* Computed apart from this code, by Python's hashlib and base64. */
static void test_codes_are_those_of_the_definition(void **state)
{
	static const struct {
		uint64_t id;
		const char *code;
	} known[] = {
		{0, "AAAAAAAAJB5VVMLRCAJEPNOR"},
		{1, "AAAAAAAB3TJ3H4E6IVDA37MI"},
		{123456789, "AADVXTIVOBJWGXYOHEHPOACH"},
		{TICKET_ID_MAX, "77777777OG5RWREZAWRRBYXZ"},
	};
	char code[TICKET_CODE_LEN + 1];
	uint64_t id;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		ticket_code(*state, known[i].id, code);
		assert_string_equal(code, known[i].code);
		assert_int_equal(parse(*state, code, &id), TICKET_OK);
		assert_true(id == known[i].id);
	}
}

static void test_every_id_reads_back(void **state)
{
	uint64_t id = 1, read;
	char code[TICKET_CODE_LEN + 1];

	for (int i = 0; i < 20000; i++) {
		id = (id * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407));
		ticket_code(*state, id & TICKET_ID_MAX, code);
		assert_int_equal(parse(*state, code, &read), TICKET_OK);
		assert_true(read == (id & TICKET_ID_MAX));
	}
}

static void test_a_code_with_any_other_character_is_forged(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	char code[TICKET_CODE_LEN + 1], forged[TICKET_CODE_LEN + 1];

	ticket_code(*state, 123456789, code);
	for (int at = 0; at < TICKET_CODE_LEN; at++) {
		for (const char *c = alphabet; *c; c++) {
			if (*c == code[at])
				continue;
			strcpy(forged, code);
			forged[at] = *c;
			assert_refused(*state, forged, TICKET_FORGED);
		}
	}
}

static void test_a_code_of_another_key_is_forged(void **state)
{
	unsigned char key[32] = {1};
	struct trust *other = trust_from_key(key);
	char code[TICKET_CODE_LEN + 1];

	ticket_code(other, 123456789, code);
	assert_refused(*state, code, TICKET_FORGED);
	trust_free(other);
}

static void test_a_truncated_code_is_malformed(void **state)
{
	char code[TICKET_CODE_LEN + 1];

	ticket_code(*state, 123456789, code);
	for (int len = TICKET_CODE_LEN - 1; len >= 0; len--) {
		code[len] = '\0';
		assert_refused(*state, code, TICKET_MALFORMED);
	}
}

static void test_a_lengthened_code_is_malformed(void **state)
{
	char code[2 * TICKET_CODE_LEN + 1];

	for (int more = 1; more <= TICKET_CODE_LEN; more++) {
		ticket_code(*state, 123456789, code);
		memset(code + TICKET_CODE_LEN, 'A', (size_t)more);
		code[TICKET_CODE_LEN + more] = '\0';
		assert_refused(*state, code, TICKET_MALFORMED);
	}
}

static void test_a_reversed_code_is_forged(void **state)
{
	char code[TICKET_CODE_LEN + 1], reversed[TICKET_CODE_LEN + 1] = "";

	ticket_code(*state, 123456789, code);
	for (int i = 0; i < TICKET_CODE_LEN; i++)
		reversed[i] = code[TICKET_CODE_LEN - 1 - i];
	assert_refused(*state, reversed, TICKET_FORGED);
}

static void test_other_characters_are_malformed(void **state)
{
	static const char *const others[] = {"0", "1", "8", "9", "=",  "@",    "[",
					     "/", ".", ":", "_", "\v", "\x7f", "\xc3"};
	char code[TICKET_CODE_LEN + 1];

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		ticket_code(*state, 123456789, code);
		code[5] = others[i][0];
		assert_refused(*state, code, TICKET_MALFORMED);
	}
}

static void test_a_nul_ends_nothing(void **state)
{
	char text[TICKET_CODE_LEN + 2] = "";
	uint64_t id;

	ticket_code(*state, 123456789, text);
	assert_int_equal(ticket_parse(*state, text, TICKET_CODE_LEN + 1, &id), TICKET_MALFORMED);
	text[3] = '\0';
	assert_int_equal(ticket_parse(*state, text, TICKET_CODE_LEN, &id), TICKET_MALFORMED);
}

struct form {
	const char *before, *after;
};

/* What stands around the code is what scanners, fingers and addresses add. */
static void test_forms_that_scanners_send_are_accepted(void **state)
{
	static const struct form forms[] = {
		{"", ""},
		{"", "\r\n"},
		{"", "\n"},
		{"", "\r"},
		{" \t", " \t"},
		{"https://vaccinate.example/t/", ""},
		{"HTTPS://VACCINATE.EXAMPLE/T/", ""},
		{"https://my-site.example:8443/t/", "\r\n"},
		{"HtTpS://[2001:db8::1]/t/", ""},
		{"http://10.0.0.7:8080/t/", ""},
	};
	char code[TICKET_CODE_LEN + 1], text[128];
	uint64_t id;

	for (size_t i = 0; i < 2 * sizeof(forms) / sizeof(forms[0]); i++) {
		ticket_code(*state, 123456789, code);
		for (char *c = code; i % 2 && *c; c++)
			*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
		snprintf(text, sizeof(text), "%s%s%s", forms[i / 2].before, code, forms[i / 2].after);
		id = 0;
		if (parse(*state, text, &id) != TICKET_OK || id != 123456789)
			fail_msg("refused: %s", text);
	}
}

static void test_separators_may_stand_anywhere(void **state)
{
	static const char separators[] = " \t\r\n-";
	char code[TICKET_CODE_LEN + 1], text[4 * TICKET_CODE_LEN], *out = text;
	uint64_t id = 0;

	ticket_code(*state, 123456789, code);
	for (int i = 0; i < TICKET_CODE_LEN; i++) {
		*out++ = code[i];
		*out++ = separators[i % 5];
	}
	*out = '\0';
	assert_int_equal(parse(*state, text, &id), TICKET_OK);
	assert_true(id == 123456789);
}

static void test_other_addresses_are_malformed(void **state)
{
	static const struct form forms[] = {
		{"https://vaccinate.example/", ""},
		{"https://vaccinate.example/t/", "/"},
		{"https://vaccinate.example/t/", "?x=1"},
		{"https://vaccinate.example/a/t/", ""},
		{"https:///t/", ""},
		{"https://t/", ""},
		{"ftp://vaccinate.example/t/", ""},
		{"https:/vaccinate.example/t/", ""},
		{"vaccinate.example/t/", ""},
		{"/t/", ""},
	};
	char code[TICKET_CODE_LEN + 1], text[128];

	ticket_code(*state, 123456789, code);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(text, sizeof(text), "%s%s%s", forms[i].before, code, forms[i].after);
		assert_refused(*state, text, TICKET_MALFORMED);
	}
	assert_refused(*state, "https://", TICKET_MALFORMED);
	assert_refused(*state, "https://vaccinate.example", TICKET_MALFORMED);
	assert_refused(*state, "https://vaccinate.example/t/", TICKET_MALFORMED);
}

static void test_too_long_a_text_is_malformed(void **state)
{
	char text[TICKET_TEXT_MAX_BYTES + 1];
	uint64_t id;

	memset(text, ' ', sizeof(text));
	ticket_code(*state, 123456789, text);
	text[TICKET_CODE_LEN] = ' ';
	assert_int_equal(ticket_parse(*state, text, TICKET_TEXT_MAX_BYTES, &id), TICKET_OK);
	assert_int_equal(ticket_parse(*state, text, TICKET_TEXT_MAX_BYTES + 1, &id), TICKET_MALFORMED);
}

/* --- appointment codes */

/* Like those of tickets, computed apart: the word "appointment" follows the id in the tag. */
static void test_appointment_codes_are_those_of_the_definition(void **state)
{
	static const struct {
		uint64_t id;
		const char *code;
	} known[] = {
		{0, "AAAAAAAAGXV6YH6YNPF5ZJDY"},
		{1, "AAAAAAABGB62DNISPZ3VNAFX"},
		{123456789, "AADVXTIVH6G3EJ7F5OVU2H5J"},
		{TICKET_ID_MAX, "777777772KMCXESMFNARYL32"},
	};
	char code[TICKET_CODE_LEN + 1];
	uint64_t id;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		appointment_code(*state, known[i].id, code);
		assert_string_equal(code, known[i].code);
		id = 4711;
		assert_int_equal(appointment_parse(*state, code, TICKET_CODE_LEN, &id), TICKET_OK);
		assert_true(id == known[i].id);
	}
}

static void test_tickets_and_appointments_are_told_apart(void **state)
{
	char ticket[TICKET_CODE_LEN + 1], appointment[TICKET_CODE_LEN + 1], url[64];
	uint64_t id = 4711;

	for (uint64_t i = 0; i < 1000; i++) {
		ticket_code(*state, i, ticket);
		appointment_code(*state, i, appointment);
		assert_refused(*state, appointment, TICKET_FORGED);
		assert_int_equal(appointment_parse(*state, ticket, TICKET_CODE_LEN, &id), TICKET_FORGED);
		assert_int_equal(id, 4711);
	}
	assert_int_equal(appointment_parse(*state, "ABC", 3, &id), TICKET_MALFORMED);
	snprintf(url, sizeof(url), "https://a.example/t/%s\r\n", appointment);
	assert_int_equal(appointment_parse(*state, url, strlen(url), &id), TICKET_OK);
	assert_int_equal(id, 999);
}

/* --- badges */

/* Computed apart as well; the number from the id and the ordinal as person hashes are, with the word "badge". */
static void test_badge_codes_are_those_of_the_definition(void **state)
{
	static const struct {
		uint64_t badge;
		const char *code;
	} known[] = {
		{0, "AAAAAAAAC7CX32TO2LYWESEV"},
		{1, "AAAAAAABQDK3DGMIPDOIY5DA"},
		{123456789, "AADVXTIV3GJI2J4NK7OUKWDW"},
		{TICKET_ID_MAX, "77777777ZMBEFOPKMBYD2MMJ"},
	};
	char code[TICKET_CODE_LEN + 1];
	uint64_t badge;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		badge_code(*state, known[i].badge, code);
		assert_string_equal(code, known[i].code);
		badge = 4711;
		assert_int_equal(badge_parse(*state, code, TICKET_CODE_LEN, &badge), TICKET_OK);
		assert_true(badge == known[i].badge);
	}
	assert_true(badge_number(*state, "N017", 1) == UINT64_C(369339615044));
	assert_true(badge_number(*state, "N017", 2) == UINT64_C(344749703757));
	assert_true(badge_number(*state, "N01", 71) == UINT64_C(1046767863175));
}

static void test_badges_are_taken_as_scanned(void **state)
{
	static const char *const forms[] = {"%s",         "BADGE:%s",  "badge:%s\r\n", "BaDgE: %s",
					    " BADGE :%s", "b-adge:%s", "\tBADGE:\n%s"};
	char code[TICKET_CODE_LEN + 1], text[128];
	uint64_t badge;

	for (size_t i = 0; i < 2 * sizeof(forms) / sizeof(forms[0]); i++) {
		const char *at = forms[i / 2], *mark = strchr(at, '%');

		badge_code(*state, 123456789, code);
		for (char *c = code; i % 2 && *c; c++)
			*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(mark - at), at, code, mark + 2);
		badge = 0;
		if (badge_parse(*state, text, strlen(text), &badge) != TICKET_OK || badge != 123456789)
			fail_msg("refused: %s", text);
	}
}

static void test_other_texts_are_no_badge(void **state)
{
	static const char *const forms[] = {
		"BADGE%s",   "BADGE::%s", "BADGE:BADGE:%s",         "TICKET:%s",
		"BADGE:%sA", "%s:BADGE",  "https://a.example/t/%s", "BADGE:https://a.example/t/%s"};
	char code[TICKET_CODE_LEN + 1], text[128];
	uint64_t badge = 4711;

	badge_code(*state, 123456789, code);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const char *at = forms[i], *mark = strchr(at, '%');

		snprintf(text, sizeof(text), "%.*s%s%s", (int)(mark - at), at, code, mark + 2);
		if (badge_parse(*state, text, strlen(text), &badge) != TICKET_MALFORMED)
			fail_msg("not refused: %s", text);
	}
	assert_int_equal(badge_parse(*state, "BADGE:", 6, &badge), TICKET_MALFORMED);
	assert_int_equal(badge_parse(*state, "", 0, &badge), TICKET_MALFORMED);
	assert_int_equal(badge, 4711);
	snprintf(text, sizeof(text), "BADGE:%s", code);
	assert_refused(*state, text, TICKET_MALFORMED);
}

typedef void write_fn(const struct trust *t, uint64_t id, char out[TICKET_CODE_LEN + 1]);
typedef enum ticket_check parse_fn(const struct trust *t, const char *text, size_t len, uint64_t *id);

static void test_no_two_purposes_mix(void **state)
{
	static write_fn *const writers[] = {ticket_code, appointment_code, badge_code};
	static parse_fn *const parsers[] = {ticket_parse, appointment_parse, badge_parse};
	char code[TICKET_CODE_LEN + 1];
	uint64_t id;

	for (uint64_t i = 0; i < 1000; i++) {
		for (int w = 0; w < 3; w++) {
			writers[w](*state, i, code);
			for (int r = 0; r < 3; r++) {
				id = 4711;
				assert_int_equal(parsers[r](*state, code, TICKET_CODE_LEN, &id),
						 r == w ? TICKET_OK : TICKET_FORGED);
				assert_int_equal(id, r == w ? i : 4711);
			}
		}
	}
}

static void test_badge_numbers_are_in_range_and_apart(void **state)
{
	const unsigned char key[32] = {1};
	struct trust *other = trust_from_key(key);
	uint64_t last = 0;

	for (unsigned ordinal = 1; ordinal <= 1000; ordinal++) {
		uint64_t badge = badge_number(*state, "N017", ordinal);

		assert_true(badge > 0 && badge <= TICKET_ID_MAX && badge != last);
		assert_true(badge == badge_number(*state, "N017", ordinal));
		assert_true(badge != badge_number(*state, "N018", ordinal));
		assert_true(badge != badge_number(other, "N017", ordinal));
		last = badge;
	}
	trust_free(other);
}

/* --- hashes of persons */

/* Computed apart from this code, by Python's hashlib. */
static void test_person_hashes_are_those_of_the_definition(void **state)
{
	assert_true(trust_hash_id(*state, "id_card", "99010119500101001X") == UINT64_C(0xca78b26a0ce45090));
	assert_true(trust_hash_id(*state, "passport", "E12345678") == UINT64_C(0x4a75f47b11a5850d));
	assert_true(trust_hash_phone(*state, "13800000000", "1950-01-01") == UINT64_C(0x2f8431ff4fedec9a));
	assert_true(trust_hash_name(*state, "\xe5\xbc\xa0\xe4\xb8\x89", "1950-01-01", "13800000000") ==
		    UINT64_C(0xc1aba4c62f63bf13));
	assert_true(trust_hash_name(*state, "\xe5\xbc\xa0\xe4\xb8\x89", "1950-01-01", NULL) ==
		    UINT64_C(0xd59d3ec7cc95b35b));
}

static void test_numbers_are_found_as_typed(void **state)
{
	static const char *const phones[] = {"13800000000",
					     "+86 138-0000-0000",
					     "0086 138 0000 0000",
					     " 138 0000 0000 ",
					     "(138) 0000 0000",
					     " +8613800000000",
					     "138\xe3\x80\x80"
					     "00000000"};
	static const char *const others[] = {"1380000000", "8613800000000", "13800000001"};
	uint64_t id = trust_hash_id(*state, "id_card", "99010119500101001X");
	uint64_t phone = trust_hash_phone(*state, "13800000000", "1950-01-01");

	assert_true(trust_hash_id(*state, NULL, "99010119500101001X") == id);
	assert_true(trust_hash_id(*state, "", "990101 19500101 001x") == id);
	assert_true(trust_hash_id(*state, "id_card",
				  "\xe3\x80\x80"
				  "99010119500101001x\t") == id);
	assert_true(trust_hash_id(*state, "passport", "99010119500101001X") != id);
	for (size_t i = 0; i < sizeof(phones) / sizeof(*phones); i++)
		assert_true(trust_hash_phone(*state, phones[i], "1950-01-01") == phone);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_true(trust_hash_phone(*state, others[i], "1950-01-01") != phone);
	assert_true(trust_hash_phone(*state, "13800000000", "1950-01-02") != phone);
	assert_true(trust_hash_id(*state, NULL, " \t ") == 0);
	assert_true(trust_hash_phone(*state, "none", "1950-01-01") == 0);
	assert_true(trust_hash_phone(*state, "+86", "1950-01-01") == 0);
}

/* Where one part ends and the next begins counts, and so does the key. */
static void test_person_hashes_keep_parts_and_keys_apart(void **state)
{
	static const char *const ab_c[] = {"ab", "c"}, *const a_bc[] = {"a", "bc"}, *const none[] = {NULL, ""};
	const unsigned char key[32] = {1};
	struct trust *other = trust_from_key(key);
	uint64_t h = trust_person_hash(*state, "x", ab_c, 2);

	assert_true(h != 0 && trust_person_hash(*state, "x", a_bc, 2) != h);
	assert_true(trust_person_hash(*state, "y", ab_c, 2) != h);
	assert_true(trust_person_hash(*state, "x", ab_c, 1) != h);
	assert_true(trust_person_hash(*state, "x", none, 1) == trust_person_hash(*state, "x", none + 1, 1));
	assert_true(trust_person_hash(other, "x", ab_c, 2) != h);
	trust_free(other);
}

/* --- the key file */

struct place {
	char dir[64];
	char file[96];
	char error[256];
};

static int place_setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	snprintf(p->dir, sizeof(p->dir), "%s/vaxline-trust-XXXXXX", base);
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->file, sizeof(p->file), "%s/ticket.key", p->dir);
	*state = p;
	return 0;
}

static int place_teardown(void **state)
{
	struct place *p = *state;

	if (unlink(p->file) != 0 && errno == EISDIR)
		rmdir(p->file);
	assert_int_equal(rmdir(p->dir), 0); /* so nothing else was left in it */
	free(p);
	return 0;
}

static void write_key(const struct place *p, size_t len, mode_t mode)
{
	FILE *file = fopen(p->file, "wb");

	assert_non_null(file);
	for (size_t i = 0; i < len; i++)
		fputc((int)i, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(p->file, mode), 0);
}

static void assert_not_opened(struct place *p, const char *said_of_file)
{
	char expected[256];

	snprintf(expected, sizeof(expected), "%s %s", p->file, said_of_file);
	assert_null(trust_open(p->dir, p->error, sizeof(p->error)));
	assert_string_equal(p->error, expected);
}

static void open_and_code(struct place *p, char code[TICKET_CODE_LEN + 1])
{
	struct trust *t = trust_open(p->dir, p->error, sizeof(p->error));

	if (!t)
		fail_msg("%s", p->error);
	ticket_code(t, 1, code);
	trust_free(t);
}

static void test_a_key_is_made_once(void **state)
{
	struct place *p = *state;
	char first[TICKET_CODE_LEN + 1], second[TICKET_CODE_LEN + 1];
	struct stat st;

	open_and_code(p, first);
	assert_int_equal(stat(p->file, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_size, 32);
	assert_int_equal(st.st_nlink, 1);
	open_and_code(p, second);
	assert_string_equal(first, second);
	unlink(p->file);
	open_and_code(p, second);
	assert_string_not_equal(first, second);
}

static void test_a_key_is_read_as_it_stands(void **state)
{
	char read[TICKET_CODE_LEN + 1], expected[TICKET_CODE_LEN + 1];
	struct trust *t = trust_from_key(test_key);

	write_key(*state, 32, 0600);
	open_and_code(*state, read);
	ticket_code(t, 1, expected);
	assert_string_equal(read, expected);
	write_key(*state, 32, 0400);
	open_and_code(*state, read);
	assert_string_equal(read, expected);
	trust_free(t);
}

static void test_a_key_of_wrong_size_is_refused(void **state)
{
	write_key(*state, 0, 0600);
	assert_not_opened(*state, "has 0 bytes and must have 32");
	write_key(*state, 31, 0600);
	assert_not_opened(*state, "has 31 bytes and must have 32");
	write_key(*state, 33, 0600);
	assert_not_opened(*state, "has 33 bytes and must have 32");
}

static void test_a_key_open_to_others_is_refused(void **state)
{
	write_key(*state, 32, 0644);
	assert_not_opened(*state, "has mode 0644 and is open to others: it must be 0600");
	write_key(*state, 32, 0640);
	assert_not_opened(*state, "has mode 0640 and is open to others: it must be 0600");
	write_key(*state, 32, 0602);
	assert_not_opened(*state, "has mode 0602 and is open to others: it must be 0600");
}

static void test_a_key_that_is_no_file_is_refused(void **state)
{
	struct place *p = *state;

	assert_int_equal(symlink("/dev/zero", p->file), 0);
	assert_not_opened(p, "is a symbolic link: it must be a regular file");
	unlink(p->file);
	assert_int_equal(mkfifo(p->file, 0600), 0);
	assert_not_opened(p, "is not a regular file");
	unlink(p->file);
	assert_int_equal(mkdir(p->file, 0700), 0);
	assert_not_opened(p, "is not a regular file");
}

static void test_a_missing_directory_is_said(void **state)
{
	struct place *p = *state;
	char dir[80], expected[256];

	snprintf(dir, sizeof(dir), "%s/none", p->dir);
	snprintf(expected, sizeof(expected), "cannot make %s/ticket.key: No such file or directory", dir);
	assert_null(trust_open(dir, p->error, sizeof(p->error)));
	assert_string_equal(p->error, expected);
}

/* Each child opens the trust as soon as the gate closes, and tells its first code. */
static void make_in_child(struct place *p, int gate, int out)
{
	char code[TICKET_CODE_LEN + 1], byte;
	struct trust *t;

	if (read(gate, &byte, 1) != 0)
		_exit(1);
	t = trust_open(p->dir, p->error, sizeof(p->error));
	if (!t)
		_exit(2);
	ticket_code(t, 1, code);
	_exit(write(out, code, TICKET_CODE_LEN) == TICKET_CODE_LEN ? 0 : 3);
}

static void test_makers_at_once_get_one_key(void **state)
{
	struct place *p = *state;
	char expected[TICKET_CODE_LEN + 1], code[TICKET_CODE_LEN + 1] = "";
	int gate[2], out[2], status;

	assert_int_equal(pipe(gate), 0);
	assert_int_equal(pipe(out), 0);
	for (int i = 0; i < MAKERS; i++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			close(gate[1]);
			make_in_child(p, gate[0], out[1]);
		}
	}
	close(gate[0]);
	close(gate[1]);
	close(out[1]);
	for (int i = 0; i < MAKERS; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	open_and_code(p, expected);
	for (int i = 0; i < MAKERS; i++) {
		assert_int_equal(read(out[0], code, TICKET_CODE_LEN), TICKET_CODE_LEN);
		assert_string_equal(code, expected);
	}
	close(out[0]);
}

static void test_free_accepts_null(void **state)
{
	(void)state;
	trust_free(NULL);
}

/* --- tokens, one-time codes, UUIDs */

static void test_tokens_are_base64url_and_differ(void **state)
{
	char a[TOKEN_LEN + 1], b[TOKEN_LEN + 1];

	(void)state;
	token_make(a);
	token_make(b);
	assert_int_equal(strlen(a), TOKEN_LEN);
	assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), TOKEN_LEN);
	assert_string_not_equal(a, b);
}

static void test_token_hash_is_blake2b(void **state)
{
	char hash[TOKEN_HASH_LEN + 1];

	(void)state;
	token_hash("vaxline", hash); /* printf vaxline | b2sum -l 256 */
	assert_string_equal(hash, "867c38194b44a66b7ade252ca63c82880cae9a06ec2387f597de988450cfa9d3");
}

static void test_enrol_codes_are_their_own_form(void **state)
{
	char code[ENROL_CODE_LEN + 1], other[ENROL_CODE_LEN + 1], read[ENROL_CODE_LEN + 1];

	(void)state;
	enrol_code_make(code);
	enrol_code_make(other);
	assert_string_not_equal(code, other);
	assert_int_equal(strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), ENROL_CODE_LEN);
	assert_int_equal(strlen(code), ENROL_CODE_LEN);
	assert_true(enrol_code_normalise(code, read));
	assert_string_equal(read, code);
}

static void test_enrol_codes_are_taken_as_typed(void **state)
{
	char read[ENROL_CODE_LEN + 1];

	(void)state;
	assert_true(enrol_code_normalise(" abcde-fgh27 ", read));
	assert_string_equal(read, "ABCDEFGH27");
	assert_false(enrol_code_normalise("", read));
	assert_false(enrol_code_normalise("ABCDEFGH2", read));
	assert_false(enrol_code_normalise("ABCDEFGH277", read));
	assert_false(enrol_code_normalise("ABCDEFGH21", read));
	assert_false(enrol_code_normalise("ABCDE_FGH27", read));
	assert_false(enrol_code_normalise("ABCDEFGH2\xc3", read));
}

static void test_uuids_are_random_ones(void **state)
{
	char a[37], b[37];

	(void)state;
	for (int i = 0; i < 64; i++) {
		uuid_make(a);
		uuid_make(b);
		assert_string_not_equal(a, b);
		assert_int_equal(strlen(a), 36);
		assert_int_equal(strspn(a, "0123456789abcdef-"), 36);
		assert_true(a[8] == '-' && a[13] == '-' && a[18] == '-' && a[23] == '-');
		assert_int_equal(a[14], '4');
		assert_non_null(strchr("89ab", a[19]));
	}
}

/* --- digests */

static void test_digest_is_of_the_bytes(void **state)
{
	(void)state;
	assert_true(digest_u64("vaxline", 7) == UINT64_C(0x18851ce4c870b69f));
	assert_true(digest_u64("", 0) == UINT64_C(0xcae66941d9efbd40));
	assert_true(digest_u64(NULL, 0) == digest_u64("", 0));
	assert_true(digest_u64("vaxline", 6) != digest_u64("vaxline", 7));
}

/* The examples of FIPS 180-4. */
static void test_sha256_in_any_pieces(void **state)
{
	static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	char hex[65];

	(void)state;
	sha256_end(sha256_new(), hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		struct sha256 *s = sha256_new();

		sha256_add(s, text, cut);
		sha256_add(s, text + cut, sizeof(text) - 1 - cut);
		sha256_end(s, hex);
		assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	}
}

#define WITH_KEY(test) cmocka_unit_test_setup_teardown(test, key_setup, key_teardown)
#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, place_setup, place_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEY(test_codes_are_those_of_the_definition),
		WITH_KEY(test_every_id_reads_back),
		WITH_KEY(test_a_code_with_any_other_character_is_forged),
		WITH_KEY(test_a_code_of_another_key_is_forged),
		WITH_KEY(test_a_truncated_code_is_malformed),
		WITH_KEY(test_a_lengthened_code_is_malformed),
		WITH_KEY(test_a_reversed_code_is_forged),
		WITH_KEY(test_other_characters_are_malformed),
		WITH_KEY(test_a_nul_ends_nothing),
		WITH_KEY(test_forms_that_scanners_send_are_accepted),
		WITH_KEY(test_separators_may_stand_anywhere),
		WITH_KEY(test_other_addresses_are_malformed),
		WITH_KEY(test_too_long_a_text_is_malformed),
		WITH_KEY(test_appointment_codes_are_those_of_the_definition),
		WITH_KEY(test_tickets_and_appointments_are_told_apart),
		WITH_KEY(test_badge_codes_are_those_of_the_definition),
		WITH_KEY(test_badges_are_taken_as_scanned),
		WITH_KEY(test_other_texts_are_no_badge),
		WITH_KEY(test_no_two_purposes_mix),
		WITH_KEY(test_badge_numbers_are_in_range_and_apart),
		WITH_KEY(test_person_hashes_are_those_of_the_definition),
		WITH_KEY(test_numbers_are_found_as_typed),
		WITH_KEY(test_person_hashes_keep_parts_and_keys_apart),
		WITH_PLACE(test_a_key_is_made_once),
		WITH_PLACE(test_a_key_is_read_as_it_stands),
		WITH_PLACE(test_a_key_of_wrong_size_is_refused),
		WITH_PLACE(test_a_key_open_to_others_is_refused),
		WITH_PLACE(test_a_key_that_is_no_file_is_refused),
		WITH_PLACE(test_a_missing_directory_is_said),
		WITH_PLACE(test_makers_at_once_get_one_key),
		cmocka_unit_test(test_free_accepts_null),
		cmocka_unit_test(test_tokens_are_base64url_and_differ),
		cmocka_unit_test(test_token_hash_is_blake2b),
		cmocka_unit_test(test_enrol_codes_are_their_own_form),
		cmocka_unit_test(test_enrol_codes_are_taken_as_typed),
		cmocka_unit_test(test_uuids_are_random_ones),
		cmocka_unit_test(test_digest_is_of_the_bytes),
		cmocka_unit_test(test_sha256_in_any_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
