/* The list of the staff as text: of the configuration, of a CSV file, and of DIR/staff.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codec.h"
#include "staff.h"

#define TODAY "2026-11-20"
#define HASH "$argon2id$v=19$m=19456,t=2,p=1$aW5zdGVhZCBvZiBvbmVzLg$9oi7t0uFz3jRnIcqYH3vSW1ArIkMW8YpfBwX0q3tE9U"
#define HEADER "工号,姓名,岗位,上岗证有效期,胸卡序号,密码\n"

/* Which roles ask for a qualification is by the defaults. */
static int setup(void **state)
{
	struct rules *r = xmalloc(sizeof(*r));

	rules_init(r);
	*state = r;
	return 0;
}

static int teardown(void **state)
{
	rules_free(*state);
	return 0;
}

/* ---- what comes of a CSV file, as text to compare ---- */

static void write_problems(struct buf *out, char mark, const struct staff_problems *p)
{
	for (size_t i = 0; i < p->n; i++)
		buf_printf(out, "%c %u %s: %s\n", mark, p->list[i].line, p->list[i].column, p->list[i].problem);
}

static void write_result(struct buf *out, const struct staff_csv *c, bool good)
{
	if (*c->error)
		buf_printf(out, "! %s\n", c->error);
	for (size_t i = 0; i < c->n_unknown_columns; i++)
		buf_printf(out, "? %s\n", c->unknown_columns[i]);
	write_problems(out, 'E', &c->rejected);
	for (size_t i = 0; good && i < c->list.n; i++) {
		char roles[STAFF_ROLES_SIZE];

		staff_roles_text(&c->list.rows[i], roles);
		buf_printf(out, "%u %s|%s|%s|%u\n", c->lines[i], c->list.rows[i].id, c->list.rows[i].name, roles,
			   c->list.rows[i].badge);
	}
	for (size_t i = 0; good && i < c->n_pins; i++)
		buf_printf(out, "pin %s %s\n", c->pins[i].id, c->pins[i].pin);
	write_problems(out, 'W', &c->warnings);
}

static void expect_bytes(const struct rules *r, const char *text, size_t len, const char *expected)
{
	char *copy = xmalloc(len + 1);
	struct buf out = {0};
	struct staff_csv c;
	bool good;

	memcpy(copy, text, len);
	good = staff_csv_read(&c, r, TODAY, copy, len);
	write_result(&out, &c, good);
	assert_string_equal(out.data, expected);
	assert_int_equal(good, !*c.error && c.rejected.total == 0);
	staff_csv_free(&c);
	buf_free(&out);
}

static void expect(const struct rules *r, const char *text, const char *expected)
{
	expect_bytes(r, text, strlen(text), expected);
}

static void test_people_of_a_file(void **state)
{
	expect(*state,
	       HEADER "N001,钱一,接种,2027/6/30,,2468\n"
		      "N002,\"孙, 二\",登记 出口,,2,\n"
		      "\n"
		      "n_3-X,李三,clinician;supervisor,2028-01-01,1,012345\n",
	       "2 N001|钱一|vaccinator=2027-06-30|0\n"
	       "3 N002|孙, 二|registrar,guard|2\n"
	       "5 n_3-X|李三|clinician=2028-01-01,supervisor|1\n"
	       "pin N001 2468\n"
	       "pin n_3-X 012345\n");
}

/* In any order, Chinese or English, with what else the list of an office holds. */
static void test_columns(void **state)
{
	expect(*state, "\xef\xbb\xbfPIN,Roles,科室,ID,Name,qualified until\r\n1234,Observer,3,A,a,\r\n",
	       "? 科室\n2 A|a|observer|0\npin A 1234\n");
	expect(*state, "姓名,岗位\na,登记\n", "! line 1, the header, lacks the column 工号 (id)\n");
	expect(*state, "工号,id,姓名,岗位\n1,1,a,登记\n", "! line 1: column 2 stands twice\n");
	expect(*state, HEADER, "! there is no row after the header\n");
	expect(*state, "", "! the file is empty\n");
}

static void test_roles_in_any_words(void **state)
{
	expect(*state,
	       "工号,姓名,岗位\n"
	       "1,a,登记、预检、留观\n"
	       "2,a,登记；出口\n"
	       "3,a,\"登记,出口，负责人\"\n"
	       "4,a,登记/出口　负责人\n"
	       "5,a,REGISTRAR Guard ｓｕｐｅｒｖｉｓｏｒ\n"
	       "6,a, 登记 ; ;登记 \n",
	       "2 1|a|registrar,screener,observer|0\n"
	       "3 2|a|registrar,guard|0\n"
	       "4 3|a|registrar,guard,supervisor|0\n"
	       "5 4|a|registrar,guard,supervisor|0\n"
	       "6 5|a|registrar,guard,supervisor|0\n"
	       "7 6|a|registrar|0\n"
	       "W 2 qualified_until: is missing, and the role screener asks for a qualification\n");
}

/* One line for each qualification that ends on a day of its own. */
static void test_lines_of_one_id_add_up(void **state)
{
	expect(*state,
	       HEADER "1,a,接种,2027-06-30,,2468\n"
		      "2,b,登记,,,\n"
		      "1,a,预检 登记,2026-12-31,3,2468\n",
	       "2 1|a|registrar,screener=2026-12-31,vaccinator=2027-06-30|3\n"
	       "3 2|b|registrar|0\n"
	       "pin 1 2468\n");
	expect(*state,
	       HEADER "1,a,接种,2027-06-30,2,2468\n"
		      "1,b,登记,,3,1357\n"
		      "1,a,登记 接种,2026-12-31,,\n",
	       "E 3 name: is not the name of that id in line 2\n"
	       "E 3 badge: is not the one of that id in line 2\n"
	       "E 3 pin: is not the one of that id above\n"
	       "E 4 roles: names the role vaccinator, which that id has from a line above\n");
}

static void test_what_is_wrong_is_named(void **state)
{
	expect(*state,
	       HEADER "a b,x,登记,,,\n"
		      ",,,,,\n"
		      ",x,登记,,,\n"
		      "1,,登记,,,\n"
		      "1,x,,,,\n"
		      "1,x,护士长,,,\n"
		      "1,x,none,,,\n"
		      "1,x,登记,2027-02-29,,\n"
		      "1,x,登记,30.6.2027,,\n"
		      "1,x,登记,,0,\n"
		      "1,x,登记,,10000,\n"
		      "1,x,登记,,1.5,\n"
		      "1,x,登记,,-1,\n"
		      "1,x,登记,,,123\n"
		      "1,x,登记,,,123456789\n"
		      "1,x,登记,,,12a4\n"
		      "1,x,登记\n"
		      "1,x,登记,,,,\n"
		      "12345678901234567890123456789012,\"x\ny\",登记,,,\n",
	       "E 2 id: must be 1 to 31 letters, digits, '-' or '_'\n"
	       "E 4 id: is missing\n"
	       "E 5 name: is missing\n"
	       "E 6 roles: is missing\n"
	       "E 7 roles: holds another word than 登记 预检 接种 留观 出口 医生 负责人 or their English names\n"
	       "E 8 roles: holds another word than 登记 预检 接种 留观 出口 医生 负责人 or their English names\n"
	       "E 9 qualified_until: must be a date, as 2027-06-30 or 2027/6/30\n"
	       "E 10 qualified_until: must be a date, as 2027-06-30 or 2027/6/30\n"
	       "E 11 badge: must be a whole number from 1 to 9999\n"
	       "E 12 badge: must be a whole number from 1 to 9999\n"
	       "E 13 badge: must be a whole number from 1 to 9999\n"
	       "E 14 badge: must be a whole number from 1 to 9999\n"
	       "E 15 pin: must be 4 to 8 digits\n"
	       "E 16 pin: must be 4 to 8 digits\n"
	       "E 17 pin: must be 4 to 8 digits\n"
	       "E 18 : the row has fewer fields than the header\n"
	       "E 19 : the row has more fields than the header\n"
	       "E 20 name: holds a control character or a line break\n"
	       "E 20 id: must be 1 to 31 letters, digits, '-' or '_'\n");
}

/* The day belongs to the roles that ask for one, by the configuration. */
static void test_days_are_of_roles_that_ask_for_one(void **state)
{
	struct rules *r = *state;

	expect(r, HEADER "1,a,登记 接种 医生,2027-06-30,,\n",
	       "2 1|a|registrar,vaccinator=2027-06-30,clinician=2027-06-30|0\n");
	r->roles[ROLE_VACCINATOR].qualification = false;
	r->roles[ROLE_REGISTRAR].qualification = true;
	expect(r, HEADER "1,a,登记 接种 医生,2027-06-30,,\n",
	       "2 1|a|registrar=2027-06-30,vaccinator,clinician=2027-06-30|0\n");
	expect(r, HEADER "1,a,登记 接种 出口,,,\n",
	       "2 1|a|registrar,vaccinator,guard|0\n"
	       "W 2 qualified_until: is missing, and the role registrar asks for a qualification\n");
}

/* The last day counts. */
static void test_days_that_are_over(void **state)
{
	expect(*state,
	       HEADER "1,a,接种 登记,2026-11-19,,\n"
		      "2,b,接种,2026-11-20,,\n"
		      "3,c,登记,2020-01-01,,\n"
		      "4,d,接种,2026-11-21,,\n"
		      "4,d,医生,2025-12-31,,\n",
	       "2 1|a|registrar,vaccinator=2026-11-19|0\n"
	       "3 2|b|vaccinator=2026-11-20|0\n"
	       "4 3|c|registrar|0\n"
	       "5 4|d|vaccinator=2026-11-21,clinician=2025-12-31|0\n"
	       "W 2 qualified_until: has expired, and the role vaccinator asks for a qualification\n"
	       "W 5 qualified_until: has expired, and the role clinician asks for a qualification\n");
}

static void test_gb18030(void **state)
{
	/* 工号,姓名,岗位 / 1,钱一,登记 */
	static const char text[] =
		"\xb9\xa4\xba\xc5,\xd0\xd5\xc3\xfb,\xb8\xda\xce\xbb\n1,\xc7\xae\xd2\xbb,\xb5\xc7\xbc\xc7\n";

	expect_bytes(*state, text, sizeof(text) - 1, "2 1|钱一|registrar|0\n");
}

static void test_a_thousand_and_no_more(void **state)
{
	struct buf text = {0};
	struct staff_csv c;

	buf_add_str(&text, "id,name,roles\n");
	for (int i = 0; i < STAFF_MAX; i++)
		buf_printf(&text, "%d,a,guard\n", i);
	assert_true(staff_csv_read(&c, *state, TODAY, xstrndup(text.data, text.len), text.len));
	assert_int_equal(c.list.n, STAFF_MAX);
	staff_csv_free(&c);
	buf_add_str(&text, "x,a,guard\n");
	assert_false(staff_csv_read(&c, *state, TODAY, xstrndup(text.data, text.len), text.len));
	assert_string_equal(c.error, "line 1002: more than 1000 people");
	staff_csv_free(&c);
	buf_free(&text);
}

/* All are counted, so many are kept. */
static void test_many_problems(void **state)
{
	struct buf text = {0};
	struct staff_csv c;

	buf_add_str(&text, "id,name,roles\n");
	for (int i = 0; i < 2 * STAFF_PROBLEMS_MAX; i++)
		buf_add_str(&text, "1,a,nobody\n");
	assert_false(staff_csv_read(&c, *state, TODAY, xstrndup(text.data, text.len), text.len));
	assert_int_equal(c.rejected.n, STAFF_PROBLEMS_MAX);
	assert_int_equal(c.rejected.total, 2 * STAFF_PROBLEMS_MAX);
	staff_csv_free(&c);
	buf_free(&text);
}

/* ---- DIR/staff.json ---- */

#define FILE_HEAD "{\"version\":1,\"staff\":["
#define FILE_END "],\"pins\":[]}"
#define PERSON "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\"]}"

static void test_a_file_reads_back(void **state)
{
	static const char text[] =
		"{\"version\":1,\n\"staff\":[\n"
		"{\"id\":\"N1\",\"name\":\"钱\\\"一\",\"roles\":[\"screener\",\"vaccinator\"],"
		"\"qualifications\":{\"vaccinator\":\"2027-06-30\"},\"badge\":2},\n"
		"{\"id\":\"N2\",\"name\":\"b\",\"roles\":[\"guard\"],\"qualifications\":{},\"badge\":1}],\n"
		"\"pins\":[\n{\"id\":\"N2\",\"hash\":\"" HASH "\"},\n{\"id\":\"X\",\"hash\":\"" HASH "\"}]}\n";
	struct staff_file f;
	struct buf out = {0};
	char error[200], roles[STAFF_ROLES_SIZE];

	(void)state;
	assert_true(staff_file_decode(text, strlen(text), &f, error, sizeof(error)));
	assert_int_equal(f.list.n, 2);
	assert_int_equal(f.list.rows[0].badge, 2);
	assert_string_equal(f.list.rows[0].name, "钱\"一");
	staff_roles_text(&f.list.rows[0], roles);
	assert_string_equal(roles, "screener,vaccinator=2027-06-30");
	staff_person_encode(&f.list.rows[0], &out);
	assert_string_equal(out.data, "{\"name\":\"钱\\\"一\"}");
	buf_clear(&out);
	assert_null(staff_file_pin(&f, "N1"));
	assert_string_equal(staff_file_pin(&f, "N2"), HASH);
	assert_string_equal(staff_file_pin(&f, "X"), HASH);
	staff_file_encode(&f, &out);
	assert_string_equal(out.data, text);
	buf_free(&out);
	staff_file_free(&f);
}

static void test_pins_come_and_go(void **state)
{
	struct staff_file f = {0};
	char id[16];

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(id, sizeof(id), "N%d", i);
		staff_file_set_pin(&f, id, HASH);
	}
	assert_int_equal(f.n_pins, 20);
	staff_file_set_pin(&f, "N7", "$other");
	staff_file_set_pin(&f, "N0", NULL);
	staff_file_set_pin(&f, "N19", NULL);
	staff_file_set_pin(&f, "nobody", NULL);
	assert_int_equal(f.n_pins, 18);
	assert_null(staff_file_pin(&f, "N0"));
	assert_string_equal(staff_file_pin(&f, "N7"), "$other");
	assert_string_equal(staff_file_pin(&f, "N18"), HASH);
	staff_file_free(&f);
	assert_int_equal(f.n_pins, 0);
}

static void test_a_wrong_file_is_named(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{"", "not valid JSON at byte 0: empty"},
		{"[]", "must be an object"},
		{"{\"version\":2,\"staff\":[],\"pins\":[]}", "version: must be 1"},
		{"{\"staff\":[],\"pins\":[]}", "version: must be 1"},
		{"{\"version\":1,\"pins\":[]}", "staff: must be an array of at most 1000 people"},
		{"{\"version\":1,\"staff\":[]}", "pins: must be an array of at most 2000"},
		{"{\"version\":1,\"staff\":[],\"pins\":{}}", "pins: must be an array of at most 2000"},
		{"{\"version\":1,\"staff\":[],\"pins\":[],\"colour\":1}", "colour: unknown key"},
		{FILE_HEAD "7" FILE_END, "staff[0]: must be an object"},
		{FILE_HEAD PERSON "," PERSON FILE_END, "staff[1].id: stands twice"},
		{FILE_HEAD "{\"id\":\"N 1\"}" FILE_END, "staff[0].id: must be 1 to 31 letters, digits, '-' or '_'"},
		{FILE_HEAD "{\"id\":\"N1\"}" FILE_END,
		 "staff[0].name: must be a text of 1 to 100 characters without control characters"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\"}" FILE_END,
		 "staff[0].roles: must be an array of one role or more"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[]}" FILE_END,
		 "staff[0].roles: must be an array of one role or more"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\",\"none\"]}" FILE_END,
		 "staff[0].roles[1]: must be registrar, screener, vaccinator, observer, guard, clinician or supervisor"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\",\"guard\"]}" FILE_END,
		 "staff[0].roles[1]: stands twice"},
		{FILE_HEAD PERSON
		 ",{\"id\":\"N2\",\"name\":\"a\",\"roles\":[\"guard\"],\"qualifications\":[]}" FILE_END,
		 "staff[1].qualifications: must be an object"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\"],"
			   "\"qualifications\":{\"clinician\":\"2027-06-30\"}}" FILE_END,
		 "staff[0].qualifications.clinician: is none of the roles"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\"],"
			   "\"qualifications\":{\"guard\":\"2027-6-30\"}}" FILE_END,
		 "staff[0].qualifications.guard: must be a date, as 2027-06-30"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\"],\"badge\":0}" FILE_END,
		 "staff[0].badge: must be a whole number from 1 to 9999"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\"],\"badge\":\"1\"}" FILE_END,
		 "staff[0].badge: must be a whole number from 1 to 9999"},
		{FILE_HEAD "{\"id\":\"N1\",\"name\":\"a\",\"roles\":[\"guard\"],\"pin\":\"1234\"}" FILE_END,
		 "staff[0].pin: unknown key"},
		{FILE_HEAD "],\"pins\":[{\"id\":\"N1\",\"hash\":\"1234\"}]}",
		 "pins[0].hash: must be a hash of Argon2id"},
		{FILE_HEAD "],\"pins\":[{\"id\":\"N1\",\"hash\":\"$argon2id$ \"}]}",
		 "pins[0].hash: must be a hash of Argon2id"},
		{FILE_HEAD "],\"pins\":[{\"id\":\"N1\",\"hash\":\"" HASH "\"},{\"id\":\"N1\",\"hash\":\"" HASH "\"}]}",
		 "pins[1].id: stands twice"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct staff_file f;
		char error[200] = "";

		assert_false(staff_file_decode(rows[i].text, strlen(rows[i].text), &f, error, sizeof(error)));
		assert_string_equal(error, rows[i].error);
		assert_int_equal(f.list.n, 0);
	}
}

static void test_the_file_on_disk(void **state)
{
	char dir[] = "/tmp/vaxline-staff-XXXXXX", path[64], error[300], wanted[300];
	struct staff_file f, read;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/staff.json", dir);
	assert_true(staff_file_load(dir, &f, error, sizeof(error)));
	assert_int_equal(f.list.n, 0);
	staff_add(&f.list, "N1")->name = xstrdup("a");
	f.list.rows[0].roles = 1u << ROLE_GUARD;
	staff_file_set_pin(&f, "N1", HASH);
	assert_true(staff_file_save(dir, &f, error, sizeof(error)));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_true(staff_file_load(dir, &read, error, sizeof(error)));
	assert_int_equal(read.list.n, 1);
	assert_true(staff_rows_agree(&read.list.rows[0], &f.list.rows[0]));
	assert_string_equal(staff_file_pin(&read, "N1"), HASH);
	staff_file_free(&read);
	staff_file_free(&f);
	chmod(path, 0640);
	assert_false(staff_file_load(dir, &read, error, sizeof(error)));
	snprintf(wanted, sizeof(wanted), "%s has mode 0640 and is open to others: it must be 0600", path);
	assert_string_equal(error, wanted);
	chmod(path, 0600);
	assert_int_equal(truncate(path, 5), 0);
	assert_false(staff_file_load(dir, &read, error, sizeof(error)));
	assert_memory_equal(error, path, strlen(path));
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(staff_file_load(dir, &read, error, sizeof(error)));
	snprintf(wanted, sizeof(wanted), "%s is not a regular file", path);
	chmod(path, 0700);
	assert_string_equal(error, wanted);
	rmdir(path);
	assert_int_equal(rmdir(dir), 0); /* so nothing was left beside it */
	assert_false(staff_file_save(dir, &f, error, sizeof(error)));
	snprintf(wanted, sizeof(wanted), "cannot make %s: No such file or directory", path);
	assert_string_equal(error, wanted);
}

static void test_rows_agree_in_all_but_the_id(void **state)
{
	struct staff_list l = {0};
	struct staff_row *a, *b;

	(void)state;
	staff_add(&l, "1")->name = xstrdup("a");
	staff_add(&l, "2")->name = xstrdup("a");
	a = staff_find(&l, "1");
	b = staff_find(&l, "2");
	assert_null(staff_find(&l, "3"));
	assert_true(staff_rows_agree(a, b));
	b->badge = 2;
	assert_false(staff_rows_agree(a, b));
	a->badge = 2;
	b->roles = 1u << ROLE_GUARD;
	assert_false(staff_rows_agree(a, b));
	a->roles = b->roles;
	strcpy(b->until[ROLE_GUARD], "2027-06-30");
	assert_false(staff_rows_agree(a, b));
	strcpy(a->until[ROLE_GUARD], "2027-06-30");
	assert_true(staff_rows_agree(a, b));
	b->name[0] = 'b';
	assert_false(staff_rows_agree(a, b));
	staff_list_free(&l);
}

#define WITH_RULES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RULES(test_people_of_a_file),
		WITH_RULES(test_columns),
		WITH_RULES(test_roles_in_any_words),
		WITH_RULES(test_lines_of_one_id_add_up),
		WITH_RULES(test_what_is_wrong_is_named),
		WITH_RULES(test_days_are_of_roles_that_ask_for_one),
		WITH_RULES(test_days_that_are_over),
		WITH_RULES(test_gb18030),
		WITH_RULES(test_a_thousand_and_no_more),
		WITH_RULES(test_many_problems),
		cmocka_unit_test(test_a_file_reads_back),
		cmocka_unit_test(test_pins_come_and_go),
		cmocka_unit_test(test_a_wrong_file_is_named),
		cmocka_unit_test(test_the_file_on_disk),
		cmocka_unit_test(test_rows_agree_in_all_but_the_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
