/* Rosters: every rule of a row with what is wrong by line and column; the forms a file may have; the three data files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "codec.h"
#include "roster.h"

#define TODAY "2026-11-19"
#define HEADER "name,birth_date,date,slot\n"
#define A "Ann,1990-01-02,2026-11-20,09:00-09:30"

static struct rules *rules;

static int load_rules(void **state)
{
	char error[300] = "";

	(void)state;
	rules = rules_load("config/site.json", error, sizeof(error));
	if (!rules)
		print_error("%s\n", error);
	return rules ? 0 : -1;
}

static int free_rules(void **state)
{
	(void)state;
	rules_free(rules);
	return 0;
}

static struct roster *read_bytes(const void *bytes, size_t len, size_t slice)
{
	char *text = malloc(len + !len); /* and no NUL behind */
	struct roster *r;

	assert_non_null(text);
	memcpy(text, bytes, len);
	r = roster_new(rules, TODAY, text, len);
	while (roster_read(r, slice))
		;
	assert_false(roster_read(r, slice));
	return r;
}

static struct roster *read_text(const char *text)
{
	return read_bytes(text, strlen(text), SIZE_MAX);
}

static struct buf file_bytes(const char *path)
{
	struct buf bytes = {0};
	char chunk[65536];
	size_t n;
	FILE *f = fopen(path, "rb");

	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&bytes, chunk, n);
	fclose(f);
	return bytes;
}

static struct roster *read_file(const char *path)
{
	struct buf bytes = file_bytes(path);
	struct roster *r = read_bytes(bytes.data, bytes.len, 100);

	buf_free(&bytes);
	return r;
}

/* Everything that came of a roster, as text to compare: "E 5 id_number id_card_check", "W ...", "= 2 ...". */
static char *told(const struct roster *r)
{
	struct buf out = {0};
	size_t n, total;
	const struct roster_problem *p = roster_rejected(r, &n, &total);
	const struct roster_row *rows;
	const char *const *unknown;

	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "E %u %s %s\n", p[i].line, p[i].column, p[i].code);
	p = roster_warnings(r, &n, &total);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "W %u %s %s\n", p[i].line, p[i].column, p[i].code);
	unknown = roster_unknown_columns(r, &n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "? %s\n", unknown[i]);
	rows = roster_rows(r, &n);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "= %u %s %d-%d %d %s %s %s %s %s\n", rows[i].line, rows[i].date, rows[i].from_minute,
			   rows[i].to_minute, rows[i].assisted, rows[i].id_type ? rows[i].id_type : "-",
			   rows[i].id_number ? rows[i].id_number : "-", rows[i].phone ? rows[i].phone : "-",
			   rows[i].birth_date, rows[i].person);
	if (roster_duplicates(r))
		buf_printf(&out, "repeats %zu\n", roster_duplicates(r));
	if (roster_error(r))
		buf_printf(&out, "! %s\n", roster_error(r));
	return buf_take(&out);
}

static void expect_of(struct roster *r, const char *wanted)
{
	char *text = told(r);

	assert_string_equal(text, wanted);
	free(text);
	roster_free(r);
}

static void expect(const char *file, const char *wanted)
{
	expect_of(read_text(file), wanted);
}

/* ---- the data files ---- */

static void test_the_good_files(void **state)
{
	static const struct {
		const char *path;
		size_t rows;
	} files[] = {{"tests/data/roster-2026-11-20.csv", 2000}, {"tests/data/roster-gb18030.csv", 400}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct roster *r = read_file(files[i].path);
		const struct roster_row *rows;
		size_t n, total;

		assert_null(roster_error(r));
		roster_rejected(r, &n, &total);
		assert_int_equal(total, 0);
		roster_warnings(r, &n, &total);
		assert_int_equal(total, 0);
		roster_unknown_columns(r, &n);
		assert_int_equal(n, 0);
		assert_int_equal(roster_duplicates(r), 0);
		rows = roster_rows(r, &n);
		assert_int_equal(n, files[i].rows);
		assert_int_equal(rows[0].line, 2);
		assert_int_equal(rows[n - 1].line, n + 1);
		roster_free(r);
	}
}

static void test_rows_of_the_good_files(void **state)
{
	struct roster *r = read_file("tests/data/roster-2026-11-20.csv");
	size_t n;
	const struct roster_row *row = roster_rows(r, &n);

	(void)state;
	assert_string_equal(row->person,
			    "{\"name\":\"石红勇\",\"birth_date\":\"2014-07-13\",\"sex\":\"male\","
			    "\"id_type\":\"id_card\",\"id_number\":\"993849201407137514\","
			    "\"community\":\"县职业中专\",\"guardian\":\"刘轩\",\"vaccine\":\"recombinant\","
			    "\"dose\":2,\"last_dose_date\":\"2026-10-06\",\"last_vaccine\":\"recombinant\"}");
	assert_string_equal(row->date, "2026-11-20");
	assert_int_equal(row->from_minute, 16 * 60 + 30);
	assert_int_equal(row->to_minute, 17 * 60);
	assert_string_equal(row->id_type, "id_card");
	assert_string_equal(row->id_number, "993849201407137514");
	assert_null(row->phone);
	assert_false(row->assisted);
	roster_free(r);

	r = read_file("tests/data/roster-gb18030.csv");
	row = roster_rows(r, &n);
	assert_string_equal(row->name, "武永佳");
	assert_string_equal(row->phone, "13935264530");
	assert_string_equal(row->birth_date, "1963-10-06");
	roster_free(r);
}

static void test_the_bad_file(void **state)
{
	struct roster *r = read_file("tests/data/roster-bad.csv");
	static const char wanted[] = "E 5 id_number id_card_check\n"
				     "E 7 birth_date after_today\n"
				     "E 10 name missing\n"
				     "E 13 dose dose_form\n"
				     "E 16 slot slot_form\n"
				     "E 22 vaccine vaccine_unknown\n"
				     "E 25  short_row\n"
				     "E 40 last_dose_date after_today\n"
				     "W 34 phone phone_form\n"
				     "W 37 guardian no_guardian\n"
				     "= 2 ";
	char *text = told(r);
	const struct roster_row *rows;
	bool markup = false, formula = false;
	size_t n;

	(void)state;
	assert_memory_equal(text, wanted, strlen(wanted));
	assert_int_equal(roster_duplicates(r), 1);
	rows = roster_rows(r, &n);
	assert_int_equal(n, 31);
	for (size_t i = 0; i < n; i++) {
		assert_int_not_equal(rows[i].line, 19);
		markup |= strcmp(rows[i].name, "<script>alert(1)</script>") == 0;
		formula |= strstr(rows[i].person, "\"notes\":\"=HYPERLINK(\\\"http://x\\\",\\\"y\\\")\"") != NULL;
	}
	assert_true(markup && formula);
	free(text);
	roster_free(r);
}

/* ---- slices ---- */

static void test_slices_make_no_difference(void **state)
{
	static const char *const files[] = {"tests/data/roster-bad.csv", "tests/data/roster-gb18030.csv",
					    "tests/data/roster-2026-11-20.csv"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buf bytes = file_bytes(files[i]);
		struct roster *whole = read_bytes(bytes.data, bytes.len, SIZE_MAX);
		char *text = told(whole);

		expect_of(read_bytes(bytes.data, bytes.len, 1), text);
		expect_of(read_bytes(bytes.data, bytes.len, 7), text);
		free(text);
		roster_free(whole);
		buf_free(&bytes);
	}
}

static void test_a_slice_is_small(void **state)
{
	struct buf bytes = file_bytes("tests/data/roster-2026-11-20.csv");
	char *text = malloc(bytes.len);
	struct roster *r;
	size_t calls = 1;

	(void)state;
	assert_non_null(text);
	memcpy(text, bytes.data, bytes.len);
	r = roster_new(rules, TODAY, text, bytes.len);
	while (roster_read(r, 10))
		calls++;
	/* 256 bytes a row of decoding, and a line a row. */
	assert_in_range(calls, (bytes.len / 256 + 2001) / 10, (bytes.len / 256 + 2001) / 10 + 2);
	roster_free(r);
	buf_free(&bytes);
}

/* ---- the file ---- */

#define ANN "= 2 2026-11-20 540-570 0 - - - 1990-01-02 {\"name\":\"Ann\",\"birth_date\":\"1990-01-02\"}\n"

static void test_forms_of_a_file(void **state)
{
	(void)state;
	expect(HEADER A "\n", ANN);
	expect(HEADER A, ANN);
	expect("\xef\xbb\xbf" HEADER A "\n", ANN);
	expect("name,birth_date,date,slot\r\n" A "\r\n", ANN);
	expect("name,birth_date,date,slot\r\n" A "\n\r\n \t \n,,,\n\xe3\x80\x80\n", ANN);
	/* Every way to name the columns, in any order. */
	expect("预约时段,预约日期,出生日期,姓名\n09:00-09:30,2026-11-20,1990-01-02,Ann\n", ANN);
	expect(" \"Slot\" ,ＤＡＴＥ,　Birth date　,姓名\t\n09:00-09:30,2026-11-20,1990-01-02,Ann\n", ANN);
	expect("name,birth_date,date,slot,社区／单位\n" A ",Hill\n",
	       "= 2 2026-11-20 540-570 0 - - - 1990-01-02 "
	       "{\"name\":\"Ann\",\"birth_date\":\"1990-01-02\",\"community\":\"Hill\"}\n");
	expect("colour,name,,birth_date,date,slot,colour\n,Ann,x,1990-01-02,2026-11-20,09:00-09:30,y\n",
	       "? colour\n? (column 3)\n? colour\n" ANN);
	/* Blanks around a field are not of it. */
	expect(HEADER " 　Ann \t, 1990-01-02 ,\"　2026-11-20 \",09:00-09:30\xc2\xa0\n", ANN);
}

static void test_quotes(void **state)
{
	(void)state;
	expect("name,birth_date,date,slot,notes\n\"O\"\"Brien, \"\"Jo\"\"\",1990-01-02,2026-11-20,09:00-09:30,\"a\r\nb\n\n"
	       "c\"\n" A ",\"\"\n",
	       "= 2 2026-11-20 540-570 0 - - - 1990-01-02 {\"name\":\"O\\\"Brien, \\\"Jo\\\"\","
	       "\"birth_date\":\"1990-01-02\",\"notes\":\"a\\nb\\n\\nc\"}\n"
	       "= 6 2026-11-20 540-570 0 - - - 1990-01-02 {\"name\":\"Ann\",\"birth_date\":\"1990-01-02\"}\n");
	/* A row with line breaks is named by the line where it begins. */
	expect("name,birth_date,date,slot,notes\n\"A\nB\",1990-01-02,2026-11-20,09:00-09:30,\"\n\"\n,,,,x\n",
	       "E 2 name control_character\nE 5 name missing\nE 5 birth_date missing\nE 5 date missing\n"
	       "E 5 slot missing\n");
	expect(HEADER A "\n\"Ann,1990-01-02,2026-11-20,09:00-09:30\n" A "\n",
	       "! line 3: a quote is opened here and never closed\n");
	expect("name,birth_date,date,slot,notes\n\"A\nB\",1990-01-02,2026-11-20,09:00-09:30,\"x\n\ny\n",
	       "! line 3: a quote is opened here and never closed\n");
	expect("name,birth_date,date,slot,notes\n\"A\n\",1990-01-02,2026-11-20,\"\n\n\",\"x\ny\n",
	       "! line 5: a quote is opened here and never closed\n");
	expect(HEADER "\"A\"x,1990-01-02,2026-11-20,09:00-09:30\n",
	       "! line 2: a quote inside a field; a field with quotes stands in quotes, each of its own twice\n");
	expect(HEADER "A\"x,1990-01-02,2026-11-20,09:00-09:30\n",
	       "! line 2: a quote inside a field; a field with quotes stands in quotes, each of its own twice\n");
	expect(HEADER A "\n\"A,1990-01-02,2026-11-20,09:00-09:30\n\"B\",1990-01-02,2026-11-20,09:00-09:30\n",
	       "! line 4: text follows a closing quote; its field was opened in line 3\n");
}

static void test_unusable_files(void **state)
{
	static const char nul[] = HEADER A "\nB\0,1990-01-02,2026-11-20,09:00-09:30\n";

	(void)state;
	expect("", "! the file is empty\n");
	expect("\xef\xbb\xbf\n\n", "! the file is empty\n");
	expect(HEADER, "! there is no row after the header\n");
	expect(HEADER "\n,,,\n", "! there is no row after the header\n");
	expect("Ann,1990-01-02,2026-11-20,09:00-09:30\n",
	       "? Ann\n? 1990-01-02\n? 2026-11-20\n? 09:00-09:30\n! line 1, the header, lacks the column 姓名 (name), "
	       "出生日期 (birth_date), 预约日期 (date), 预约时段 (slot)\n");
	expect("name,birth_date,slot\n" A "\n", "! line 1, the header, lacks the column 预约日期 (date)\n");
	expect("name,birth_date,date,slot,姓名\n" A ",B\n", "! line 1: column 5 stands twice\n");
	expect("name,birth_date,date,slot,a\x01\n" A ",B\n",
	       "! line 1: column 5 has a control character or a line break in its name\n");
	expect("name,birth_date,date,slot\r" A "\r",
	       "! line 1: a carriage return that ends no line; lines end with LF or CRLF\n");
	expect(HEADER "A\rB,1990-01-02,2026-11-20,09:00-09:30\n",
	       "! line 2: a carriage return that ends no line; lines end with LF or CRLF\n");
	expect_of(read_bytes(nul, sizeof(nul) - 1, 1),
		  "! line 3: a byte of zero, so this is no text; save the file as CSV, UTF-8\n");
}

static void test_encodings(void **state)
{
	(void)state;
	/* 啊 in GB18030; then an extended character of four bytes (U+3400), and one beyond the BMP (U+20000). */
	expect(HEADER "\xb0\xa1\x81\x39\xee\x39\x95\x32\x82\x36,1990-01-02,2026-11-20,09:00-09:30\n",
	       "= 2 2026-11-20 540-570 0 - - - 1990-01-02 "
	       "{\"name\":\"啊\xe3\x90\x80\xf0\xa0\x80\x80\",\"birth_date\":\"1990-01-02\"}\n");
	/* A BOM of GB18030. */
	expect("\x84\x31\x95\x33" HEADER "\xb0\xa1,1990-01-02,2026-11-20,09:00-09:30\n",
	       "= 2 2026-11-20 540-570 0 - - - 1990-01-02 {\"name\":\"啊\",\"birth_date\":\"1990-01-02\"}\n");
	expect(HEADER A "\n\xb0\xa1\xff,1990-01-02,2026-11-20,09:00-09:30\n",
	       "! neither UTF-8 (line 3, byte 65) nor GB18030 (line 3, byte 67)\n");
	expect(HEADER A "\n\xb0\xa1\xb0", "! neither UTF-8 (line 3, byte 65) nor GB18030 (line 3, byte 67)\n");
	/* Damaged UTF-8 is no GB18030. */
	expect("\xef\xbb\xbf" HEADER "\xb0\xa1,1990-01-02,2026-11-20,09:00-09:30\n",
	       "! line 2: damaged UTF-8 at byte 30\n");
	expect("姓名,出生日期,预约日期,预约时段\n张\xe4\xb8,1990-01-02,2026-11-20,09:00-09:30\n",
	       "! line 2: damaged UTF-8 at byte 50\n");
}

/* n rows with names of their own. */
static struct buf many_rows(size_t n)
{
	struct buf text = {0};

	buf_add_str(&text, HEADER);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "N%zu,1990-01-02,2026-11-20,09:00-09:30\n", i);
	return text;
}

static void test_limits_of_a_file(void **state)
{
	struct buf text = many_rows(20000);
	struct roster *r = read_text(text.data);
	char *long_text;
	size_t n;

	(void)state;
	assert_null(roster_error(r));
	roster_rows(r, &n);
	assert_int_equal(n, 20000);
	roster_free(r);
	buf_add_str(&text, A "\n");
	r = read_text(text.data);
	assert_string_equal(roster_error(r), "line 20002: more than 20000 rows");
	roster_rows(r, &n);
	assert_int_equal(n, 0);
	roster_free(r);

	buf_clear(&text);
	buf_add_str(&text, HEADER "\"");
	for (int i = 0; i < 7000; i++)
		buf_add_str(&text, "ten bytes\n");
	expect(text.data, "! line 2: a quote is opened here and not closed within 65536 bytes\n");
	buf_clear(&text);
	buf_add_str(&text, HEADER);
	for (int i = 0; i < 7000; i++)
		buf_add_str(&text, "ten bytes,");
	expect(text.data, "! line 2: longer than 65536 bytes\n");
	buf_clear(&text);
	buf_add_str(&text, "name,birth_date,date,slot");
	for (int i = 0; i < 97; i++)
		buf_add_char(&text, ',');
	expect(text.data, "! line 1: more than 100 columns\n");

	long_text = malloc(ROSTER_MAX_BYTES + 1);
	assert_non_null(long_text);
	memset(long_text, '\n', ROSTER_MAX_BYTES + 1);
	r = read_bytes(long_text, ROSTER_MAX_BYTES + 1, 1);
	assert_string_equal(roster_error(r), "the file is longer than 8388608 bytes");
	roster_free(r);
	expect_of(read_bytes(long_text, ROSTER_MAX_BYTES, 1000), "! the file is empty\n");
	free(long_text);
	buf_free(&text);
}

static void test_problems_are_counted_beyond_those_listed(void **state)
{
	struct buf text = {0};
	struct roster *r;
	const struct roster_problem *p;
	size_t n, total;

	(void)state;
	buf_add_str(&text, "name,birth_date,date,slot,phone\n");
	for (int i = 0; i < 1500; i++)
		buf_add_str(&text, ",1990-01-02,2026-11-20,09:00-09:30,1\n");
	r = read_text(text.data);
	assert_null(roster_error(r));
	p = roster_rejected(r, &n, &total);
	assert_int_equal(n, 1000);
	assert_int_equal(total, 1500);
	assert_int_equal(p[999].line, 1001);
	roster_warnings(r, &n, &total);
	assert_int_equal(n, 1000);
	assert_int_equal(total, 1500);
	roster_rows(r, &n);
	assert_int_equal(n, 0);
	roster_free(r);
	buf_free(&text);
}

/* ---- fields ---- */

static const char columns[] = "name,birth_date,date,slot,id_type,id_number,sex,phone,community,vaccine,dose,"
			      "last_dose_date,last_vaccine,guardian,notes";

/* A row that is right but for one column, which is what the case says. */
static char *row_with(const char *column, const char *value)
{
	static const char *const standard[] = {
		"Ann", "1949-12-31", "2026-11-20", "09:00-09:30", "", "", "", "", "", "", "", "", "", "", ""};
	struct buf text = {0};
	const char *name = columns;

	buf_printf(&text, "%s\n", columns);
	for (int i = 0; i < 15; i++) {
		size_t len = strcspn(name, ",");
		bool this = strlen(column) == len && strncmp(column, name, len) == 0;

		buf_printf(&text, "%s\"%s\"", i ? "," : "", this ? value : standard[i]);
		name += len + 1;
	}
	return buf_take(&text);
}

/* wanted: the codes of errors, or NULL for a good row. */
static void check_field(const char *column, const char *value, const char *code)
{
	char *text = row_with(column, value), wanted[100];
	struct roster *r = read_text(text);
	char *all = told(r);

	snprintf(wanted, sizeof(wanted), "E 2 %s %s\n", column, code ? code : "");
	if (!code && (*all != '=' || strchr(all, '\n')[1]))
		fail_msg("%s '%s': %s", column, value, all);
	if (code && strcmp(all, wanted) != 0)
		fail_msg("%s '%s': %s", column, value, all);
	free(all);
	free(text);
	roster_free(r);
}

/* A good row whose person holds that. */
static void check_kept(const char *column, const char *value, const char *member)
{
	char *text = row_with(column, value);
	struct roster *r = read_text(text);
	size_t n;
	const struct roster_row *row = roster_rows(r, &n);

	assert_int_equal(n, 1);
	if (!strstr(row->person, member))
		fail_msg("%s '%s': %s", column, value, row->person);
	free(text);
	roster_free(r);
}

static const char *times(const char *what, int n)
{
	static char text[8192];

	*text = '\0';
	while (n-- > 0)
		strcat(text, what);
	return text;
}

static void test_names(void **state)
{
	static const char *const names[] = {"<script>alert(1)</script>",
					    "=1+1",
					    "阿卜杜拉·买买提",
					    "O'Neill  Mac Iain",
					    "𠮷野家",
					    "Ａｎｎ",
					    "لمى",
					    "Zoë-Ann Jr."};
	char member[200];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(member, sizeof(member), "\"name\":\"%s\"", names[i]);
		check_kept("name", names[i], member);
	}
	check_field("name", "", "missing");
	check_field("name", " \xe3\x80\x80 ", "missing");
	check_field("name", times("名", 100), NULL);
	check_field("name", times("名", 101), "longer_than_100");
	check_field("name", times("x", 2001), "too_long");
	check_field("name", "a\tb", "control_character");
	check_field("name", "a\nb", "control_character");
	check_field("name", "a\x07", "control_character");
	check_field("name", "a\x7f", "control_character");
	check_field("name", "a\xc2\x85", "control_character");
}

static void test_texts(void **state)
{
	static const struct {
		const char *column, *code;
		int most;
	} rows[] = {{"community", "longer_than_200", 200},
		    {"guardian", "longer_than_200", 200},
		    {"notes", "longer_than_500", 500}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		check_field(rows[i].column, times("名", rows[i].most), NULL);
		check_field(rows[i].column, times("名", rows[i].most + 1), rows[i].code);
		check_field(rows[i].column, "a\x1b", "control_character");
	}
	check_field("community", "a\nb", "control_character");
	check_kept("notes", "a\nb\tc", "\"notes\":\"a\\nb\\tc\"");
	check_kept("notes", "=HYPERLINK(1)", "\"notes\":\"=HYPERLINK(1)\"");
	check_kept("guardian", "@x", "\"guardian\":\"@x\"");
}

static void test_dates(void **state)
{
	static const char *const bad[] = {"2026-13-01", "2026-02-29", "2026-11-31",   "20261120",    "2026.11.20",
					  "2026-11/20", "26-11-20",   "2026-11-20 ,", "2026-11-020", "2026--20",
					  "20-11-2026", "x",          "2026-11-",     "2026-00-10",  "2026-1-0"};

	(void)state;
	check_kept("birth_date", "1950/1/2", "\"birth_date\":\"1950-01-02\"");
	check_kept("birth_date", "1950-1-2", "\"birth_date\":\"1950-01-02\"");
	check_kept("birth_date", "１９５０／０１／０２", "\"birth_date\":\"1950-01-02\"");
	check_kept("birth_date", "2004-02-29", "\"birth_date\":\"2004-02-29\"");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		check_field("birth_date", bad[i], "date_form");
		check_field("date", bad[i], "date_form");
		check_field("last_dose_date", bad[i], "date_form");
	}
	check_field("birth_date", "", "missing");
	check_field("birth_date", "1900-01-01", NULL);
	check_field("birth_date", "1899-12-31", "before_1900");
	check_field("birth_date", "2026-11-20", "after_today");
	check_field("date", "", "missing");
	check_field("date", "2026-11-19", NULL);
	check_field("date", "2026-11-18", "before_today");
	check_field("date", "1890-11-18", "before_1900");
	check_field("date", "2027/11/20", NULL);
	check_field("date", "2027-11-21", "too_far");
	check_field("last_dose_date", "2026-11-19", NULL);
	check_field("last_dose_date", "2026-11-20", "after_today");
	check_field("last_dose_date", "1949-12-31", NULL);
	check_field("last_dose_date", "1949-12-30", "before_birth");
}

static void test_slots(void **state)
{
	static const struct {
		const char *text;
		int from, to;
	} good[] = {{"09:00-09:30", 540, 570},
		    {"9:00-9:30", 540, 570},
		    {"00:00-24:00", 0, 1440},
		    {"２３：５９－２４：００", 1439, 1440}};
	static const char *const bad[] = {"25:00-26:00", "09:00",       "09:00-", "9-10",        "09:60-10:00",
					  "09:00-24:01", "09:00~09:30", "-09:00", "24:00-24:00", "09:00-09:30x",
					  "09:00-9:3",   "009:00-9:30", "上午"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		char *text = row_with("slot", good[i].text);
		struct roster *r = read_text(text);
		size_t n;
		const struct roster_row *row = roster_rows(r, &n);

		assert_int_equal(n, 1);
		assert_int_equal(row->from_minute, good[i].from);
		assert_int_equal(row->to_minute, good[i].to);
		free(text);
		roster_free(r);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		check_field("slot", bad[i], "slot_form");
	check_field("slot", "", "missing");
	check_field("slot", "10:00-09:00", "slot_order");
	check_field("slot", "10:00-10:00", "slot_order");
}

/* 11010519491231002X is the example of GB 11643-1999. */
static void test_id_cards(void **state)
{
	(void)state;
	check_kept("id_number", "11010519491231002X", "\"id_type\":\"id_card\",\"id_number\":\"11010519491231002X\"");
	check_kept("id_number", "11010519491231002x", "\"id_number\":\"11010519491231002X\"");
	check_kept("id_number", "１１０１０５１９４９１２３１００２ｘ", "\"id_number\":\"11010519491231002X\"");
	check_field("id_number", "110105194912310021", "id_card_check");
	check_field("id_number", "11010519491231003X", "id_card_check");
	check_field("id_number", "11010519491231002Y", "id_card_form");
	check_field("id_number", "11010519491231002", "id_card_form");
	check_field("id_number", "11010519491231002XX", "id_card_form");
	check_field("id_number", "110105491231002", "id_card_form");
	check_field("id_number", "E12345678", "id_card_form");
	check_field("id_number", "110105 19491231 002X", "id_card_form");
	check_field("id_number", "110105194902310026", "id_card_date");
	check_field("birth_date", "1949-12-30", NULL); /* no number, nothing to agree with */
	expect("name,birth_date,date,slot,id_number,sex\n"
	       "Ann,1949-12-30,2026-11-20,09:00-09:30,11010519491231002X,女\n"
	       "Ann,1949-12-31,2026-11-20,09:00-09:30,11010519491231002X,男\n"
	       "Ann,1949-12-31,2026-11-21,09:00-09:30,11010519491231002X,其他\n"
	       "Ann,2027-12-31,2026-11-21,09:00-09:30,11010519491231002X,其他\n",
	       "E 2 birth_date not_in_id\nE 5 birth_date after_today\nW 3 sex sex_not_in_id\n"
	       "= 3 2026-11-20 540-570 0 id_card 11010519491231002X - 1949-12-31 {\"name\":\"Ann\",\"birth_date\":"
	       "\"1949-12-31\",\"sex\":\"male\",\"id_type\":\"id_card\",\"id_number\":\"11010519491231002X\"}\n"
	       "= 4 2026-11-21 540-570 0 id_card 11010519491231002X - 1949-12-31 {\"name\":\"Ann\",\"birth_date\":"
	       "\"1949-12-31\",\"sex\":\"other\",\"id_type\":\"id_card\",\"id_number\":\"11010519491231002X\"}\n");
}

static void check_document(const char *type, const char *number, const char *wanted)
{
	char text[500];

	snprintf(text, sizeof(text),
		 "name,birth_date,date,slot,id_type,id_number\nAnn,1949-12-31,2026-11-20,09:00-09:30,%s,%s\n", type,
		 number);
	if (*wanted == 'E') {
		expect(text, wanted);
	} else {
		struct roster *r = read_text(text);
		size_t n;
		const struct roster_row *row = roster_rows(r, &n);

		assert_int_equal(n, 1);
		assert_string_equal(row->id_type, wanted);
		roster_free(r);
	}
}

static void test_documents(void **state)
{
	(void)state;
	check_document("居民身份证", "11010519491231002X", "id_card");
	check_document("身份证", "11010519491231002X", "id_card");
	check_document("ID_CARD", "11010519491231002X", "id_card");
	check_document("resident Identity card", "11010519491231002X", "id_card");
	check_document("護照", "e1234", "passport");
	check_document("Passport", times("A", 20), "passport");
	check_document("护照", "E123", "E 2 id_number passport_form\n");
	check_document("护照", times("A", 21), "E 2 id_number passport_form\n");
	check_document("护照", "E1234-5", "E 2 id_number passport_form\n");
	check_document("驾驶证", "E1234", "E 2 id_type id_type_unknown\n");
	check_document("驾驶证", "", "E 2 id_type id_type_unknown\n");
	check_kept("id_type", "护照", "{\"name\":\"Ann\",\"birth_date\":\"1949-12-31\"}");
}

/* A kind of document without rules of its own is taken as it stands. */
static void test_other_documents(void **state)
{
	static const char config[] =
		"{\"site\":\"s\",\"name\":{\"zh-Hans\":\"a\",\"zh-Hant\":\"b\",\"en\":\"c\"},\"time_zone\":\"UTC\","
		"\"desks\":[{\"id\":\"r\",\"stage\":\"registration\"},{\"id\":\"c\",\"stage\":\"consent\"},"
		"{\"id\":\"i\",\"stage\":\"injection\"}],\"vaccines\":[{\"id\":\"v\",\"name\":{\"zh-Hans\":\"a\","
		"\"zh-Hant\":\"b\",\"en\":\"c\"}}],\"id_types\":[{\"id\":\"officer\",\"name\":{\"zh-Hans\":\"军官证\","
		"\"zh-Hant\":\"軍官證\",\"en\":\"Officer's card\"}}]}";
	struct rules *sample = rules;
	char error[200];

	(void)state;
	rules = rules_decode(config, strlen(config), error, sizeof(error));
	assert_non_null(rules);
	check_document("军官证", "军字第0012345号", "officer");
	check_document("军官证", times("名", 65), "E 2 id_number longer_than_64\n");
	check_document("", "11010519491231002X", "E 2 id_type id_type_unknown\n");
	check_document("passport", "E12345", "E 2 id_type id_type_unknown\n");
	rules_free(rules);
	rules = sample;
}

static void test_sexes(void **state)
{
	static const char *const good[][2] = {{"男", "male"},   {"女", "female"},     {"其他", "other"},
					      {"Male", "male"}, {"FEMALE", "female"}, {"other", "other"}};
	char member[40];

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		snprintf(member, sizeof(member), "\"sex\":\"%s\"", good[i][1]);
		check_kept("sex", good[i][0], member);
	}
	check_field("sex", "", NULL);
	check_field("sex", "m", "sex_unknown");
	check_field("sex", "1", "sex_unknown");
}

/* The code of the row's only warning, or "". */
static void check_warning(const char *column, const char *value, const char *code)
{
	char *text = row_with(column, value);
	struct roster *r = read_text(text);
	size_t n, total;
	const struct roster_problem *p;

	roster_rejected(r, &n, &total);
	assert_int_equal(total, 0);
	p = roster_warnings(r, &n, &total);
	assert_int_equal(total, *code != '\0');
	if (*code) {
		assert_string_equal(p->code, code);
		assert_string_equal(p->column, column);
	}
	free(text);
	roster_free(r);
}

static void test_phones(void **state)
{
	static const struct {
		const char *typed, *key, *code;
	} rows[] = {{"13800138000", "13800138000", ""},
		    {"+86 138-0013-8000", "13800138000", ""},
		    {"008613800138000", "13800138000", ""},
		    {"１３８００１３８０００", "13800138000", ""},
		    {"1234567", "1234567", ""},
		    {"123456", "123456", "phone_form"},
		    {"1234567890123456", "1234567890123456", "phone_form"},
		    {"12345", "12345", "phone_form"},
		    {"0731 8888888 转 2", "073188888882", "phone_form"},
		    {"没有", NULL, "phone_form"}};
	char member[100];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *text = row_with("phone", rows[i].typed);
		struct roster *r = read_text(text);
		size_t n;
		const struct roster_row *row = roster_rows(r, &n);

		assert_int_equal(n, 1);
		if (rows[i].key)
			assert_string_equal(row->phone, rows[i].key);
		else
			assert_null(row->phone);
		snprintf(member, sizeof(member), "\"phone\":\"%s\"", rows[i].typed);
		assert_non_null(strstr(row->person, member));
		free(text);
		roster_free(r);
		check_warning("phone", rows[i].typed, rows[i].code);
	}
	check_field("phone", times("1", 41), "longer_than_40");
}

static void test_keys(void **state)
{
	char key[ROSTER_KEY_MAX_BYTES + 1];

	(void)state;
	assert_true(roster_id_key(" e12３x ", key));
	assert_string_equal(key, "E123X");
	assert_false(roster_id_key("  ", key));
	assert_false(roster_id_key(times("1", 257), key));
	assert_true(roster_phone_key("+86 (138) 00", key));
	assert_string_equal(key, "13800");
	assert_false(roster_phone_key("none", key));
	assert_false(roster_phone_key(times("1", 257), key));
}

static void test_vaccines_and_doses(void **state)
{
	(void)state;
	check_kept("vaccine", "inactivated", "\"vaccine\":\"inactivated\"");
	check_kept("vaccine", "新冠灭活疫苗(vero细胞)", "\"vaccine\":\"inactivated\"");
	check_kept("vaccine", "新冠灭活疫苗（Vero细胞）", "\"vaccine\":\"inactivated\"");
	check_kept("vaccine", "重組新冠疫苗（CHO細胞）", "\"vaccine\":\"recombinant\"");
	check_kept("vaccine", "ADENOVIRUS vector COVID-19 vaccine", "\"vaccine\":\"adenovirus\"");
	check_field("vaccine", "", NULL);
	check_field("vaccine", "板蓝根", "vaccine_unknown");
	check_kept("last_vaccine", "腺病毒载体新冠疫苗", "\"last_vaccine\":\"adenovirus\"");
	check_kept("last_vaccine", "板蓝根", "\"last_vaccine\":\"板蓝根\"");
	check_warning("last_vaccine", "板蓝根", "last_vaccine_unknown");
	check_field("last_vaccine", times("名", 101), "longer_than_100");

	check_kept("dose", "1", "\"dose\":1");
	check_kept("dose", "１", "\"dose\":1");
	check_field("dose", "0", "dose_form");
	check_field("dose", "10", "dose_form");
	check_field("dose", "2.0", "dose_form");
	check_field("dose", "二", "dose_form");
	check_field("dose", "-1", "dose_form");
	expect("name,birth_date,date,slot,dose,last_dose_date\n"
	       "A,1990-01-02,2026-11-20,09:00-09:30,1,2026-10-01\n"
	       "B,1990-01-02,2026-11-20,09:00-09:30,2,\n",
	       "W 2 last_dose_date first_has_last\nW 3 last_dose_date last_missing\n"
	       "= 2 2026-11-20 540-570 0 - - - 1990-01-02 {\"name\":\"A\",\"birth_date\":\"1990-01-02\",\"dose\":1,"
	       "\"last_dose_date\":\"2026-10-01\"}\n"
	       "= 3 2026-11-20 540-570 0 - - - 1990-01-02 {\"name\":\"B\",\"birth_date\":\"1990-01-02\",\"dose\":2}\n");
	/* A last dose on the day of the appointment, loaded that day. */
	expect("name,birth_date,date,slot,last_dose_date\nA,1990-01-02,2026-11-19,09:00-09:30,2026-11-19\n",
	       "E 2 last_dose_date not_before_date\n");
}

static void test_minors(void **state)
{
	(void)state;
	check_warning("guardian", "", "");
	expect(HEADER "A,2008-11-20,2026-11-20,09:00-09:30\nB,2008-11-21,2026-11-20,09:00-09:30\n",
	       "W 3 guardian no_guardian\n"
	       "= 2 2026-11-20 540-570 0 - - - 2008-11-20 {\"name\":\"A\",\"birth_date\":\"2008-11-20\"}\n"
	       "= 3 2026-11-20 540-570 0 - - - 2008-11-21 {\"name\":\"B\",\"birth_date\":\"2008-11-21\"}\n");
	expect("name,birth_date,date,slot,guardian\nB,2008-11-21,2026-11-20,09:00-09:30,C\n",
	       "= 2 2026-11-20 540-570 0 - - - 2008-11-21 {\"name\":\"B\",\"birth_date\":\"2008-11-21\","
	       "\"guardian\":\"C\"}\n");
}

static void test_assisted(void **state)
{
	static const struct {
		const char *notes;
		bool assisted;
	} rows[] = {{"需轮椅", true},   {"WheelChair, please", true}, {"ｗｈｅｅｌｃｈａｉｒ", true},
		    {"行动不便", true}, {"青霉素过敏史", false},      {"", false}};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		char *text = row_with("notes", rows[i].notes);
		struct roster *r = read_text(text);
		size_t n;
		const struct roster_row *row = roster_rows(r, &n);

		assert_int_equal(n, 1);
		assert_int_equal(row->assisted, rows[i].assisted);
		free(text);
		roster_free(r);
	}
}

static void test_rows_of_another_length(void **state)
{
	(void)state;
	expect(HEADER "Ann,1990-01-02,2026-11-20\n" A ",\n" A "\nBob\n",
	       "E 2  short_row\nE 3  long_row\nE 5  short_row\n"
	       "= 4 2026-11-20 540-570 0 - - - 1990-01-02 {\"name\":\"Ann\",\"birth_date\":\"1990-01-02\"}\n");
}

static void test_every_mistake_of_a_row(void **state)
{
	(void)state;
	expect("name,birth_date,date,slot,sex,dose,phone\n,x,2026-11-18,9,y,z,1\n",
	       "E 2 name missing\nE 2 birth_date date_form\nE 2 sex sex_unknown\nE 2 date before_today\n"
	       "E 2 slot slot_form\nE 2 dose dose_form\nW 2 phone phone_form\n");
}

/* ---- repeats ---- */

#define ID "11010519491231002X"
#define BY_ID(name, date, slot) name ",1949-12-31," date "," slot ",,"
#define REPEATS "name,birth_date,date,slot,phone,id_number\n"

static void count_repeats(const char *text, size_t good, size_t repeats, size_t warnings)
{
	struct roster *r = read_text(text);
	size_t n, total;

	assert_null(roster_error(r));
	roster_rows(r, &n);
	assert_int_equal(n, good);
	assert_int_equal(roster_duplicates(r), repeats);
	roster_warnings(r, &n, &total);
	assert_int_equal(total, warnings);
	roster_free(r);
}

static void test_repeats(void **state)
{
	(void)state;
	count_repeats(REPEATS BY_ID("A", "2026-11-20", "09:00-09:30") ID "\n" BY_ID("A", "2026/11/20", "9:00-9:30") ID
		      "\n" BY_ID("A", "2026-11-20", "09:00-09:30") "11010519491231002x\n",
		      1, 2, 0);
	/* Another day is another appointment; another slot or name is a repeat that says otherwise. */
	count_repeats(REPEATS BY_ID("A", "2026-11-20", "09:00-09:30") ID "\n" BY_ID("A", "2026-11-21", "09:00-09:30") ID
		      "\n" BY_ID("A", "2026-11-20", "10:00-10:30") ID "\n" BY_ID("B", "2026-11-20", "09:00-09:30") ID
		      "\n",
		      2, 2, 2);
	/* Without a number: name, birth date, phone and date together. Twins and families have theirs apart. */
	count_repeats(HEADER A "\n" A "\n", 1, 1, 0);
	count_repeats("name,birth_date,date,slot,phone\n" A ",13800138000\n" A ",+8613800138000\n" A ",13800138001\n" A
		      ",\nBea,1990-01-02,2026-11-20,09:00-09:30,13800138000\n",
		      4, 1, 1);
	/* A row in error is nobody's original. */
	count_repeats(HEADER "Ann,1990-01-02,2026-11-20,09:00\n" A "\n", 1, 0, 0);
}

/* ---- the persons of rows ---- */

/* What a roster makes of a person is what a check-in would: the same text from the same facts. */
static void test_persons_are_those_of_a_check_in(void **state)
{
	struct roster *r = read_file("tests/data/roster-2026-11-20.csv");
	size_t n;
	const struct roster_row *rows = roster_rows(r, &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct command c = {0};
		struct body_error wrong;
		struct buf text = {0};
		char error[200];
		struct body *body;

		buf_printf(&text, "{\"id\":\"00000000-0000-4000-8000-000000000000\",\"person\":%s}", rows[i].person);
		body = body_parse(text.data, text.len, error, sizeof(error));
		assert_non_null(body);
		if (!command_decode(body, BODY_CHECK_IN, &c, &wrong))
			fail_msg("%s: %s", wrong.field, wrong.detail);
		assert_string_equal(c.person, rows[i].person);
		body_free(body);
		buf_free(&text);
	}
	roster_free(r);
}

/* ---- speed ---- */

#ifdef __SANITIZE_ADDRESS__
#define SPEED_MS 3000
#else
#define SPEED_MS 300 /* 60 on the machine it was written on; any machine may be slower */
#endif

static void test_ten_thousand_rows_are_quick(void **state)
{
	struct buf bytes = file_bytes("tests/data/roster-2026-11-20.csv"), text = {0};
	const char *rows = strchr(bytes.data, '\n') + 1;
	struct roster *r;
	clock_t start;
	size_t n;

	(void)state;
	buf_add(&text, bytes.data, (size_t)(rows - bytes.data));
	/* The same people on five days. */
	for (int day = 0; day < 5; day++) {
		size_t at = text.len;
		char date[] = ",2026-11-20,";

		buf_add_str(&text, rows);
		date[10] = (char)('0' + day);
		for (char *p = text.data + at; (p = strstr(p, ",2026-11-20,")); p++)
			memcpy(p, date, sizeof(date) - 1);
	}
	start = clock();
	r = read_bytes(text.data, text.len, 100);
	assert_in_range((clock() - start) * 1000 / CLOCKS_PER_SEC, 0, SPEED_MS);
	print_message("# 10,000 rows in %.1f ms of CPU\n", (double)(clock() - start) * 1000 / CLOCKS_PER_SEC);
	assert_null(roster_error(r));
	roster_rows(r, &n);
	assert_int_equal(n, 10000);
	roster_free(r);
	buf_free(&text);
	buf_free(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_good_files),
		cmocka_unit_test(test_rows_of_the_good_files),
		cmocka_unit_test(test_the_bad_file),
		cmocka_unit_test(test_slices_make_no_difference),
		cmocka_unit_test(test_a_slice_is_small),
		cmocka_unit_test(test_forms_of_a_file),
		cmocka_unit_test(test_quotes),
		cmocka_unit_test(test_unusable_files),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_limits_of_a_file),
		cmocka_unit_test(test_problems_are_counted_beyond_those_listed),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_id_cards),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_other_documents),
		cmocka_unit_test(test_sexes),
		cmocka_unit_test(test_phones),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_vaccines_and_doses),
		cmocka_unit_test(test_minors),
		cmocka_unit_test(test_assisted),
		cmocka_unit_test(test_rows_of_another_length),
		cmocka_unit_test(test_every_mistake_of_a_row),
		cmocka_unit_test(test_repeats),
		cmocka_unit_test(test_persons_are_those_of_a_check_in),
		cmocka_unit_test(test_ten_thousand_rows_are_quick),
	};

	return cmocka_run_group_tests(tests, load_rules, free_rules);
}
