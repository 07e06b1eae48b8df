/* Request bodies: what a call may carry, and exactly what is wrong with the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec.h"

#define ID "\"id\":\"0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6f\""
#define TEN_DIGITS "0123456789"
#define FIFTY TEN_DIGITS TEN_DIGITS TEN_DIGITS TEN_DIGITS TEN_DIGITS
#define FIVE_HUNDRED FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY

static struct body *parsed(const char *text)
{
	char error[200] = "";
	struct body *b = body_parse(text, strlen(text), error, sizeof(error));

	if (!b)
		fail_msg("%s: %s", text, error);
	return b;
}

static struct body *accepted(const char *text, enum body_shape shape, struct command *c)
{
	struct body *b = parsed(text);
	struct body_error error;

	if (!command_decode(b, shape, c, &error))
		fail_msg("%s: %s %s", text, error.field, error.detail);
	return b;
}

static void refused(const char *text, enum body_shape shape, enum action action, const char *field, const char *detail)
{
	struct body *b = parsed(text);
	struct command c = {.action = action};
	struct body_error error;

	if (command_decode(b, shape, &c, &error))
		fail_msg("taken: %s", text);
	assert_string_equal(error.field, field);
	assert_string_equal(error.detail, detail);
	body_free(b);
}

static void test_parse(void **state)
{
	static const char *const bad[] = {"[]",
					  "1",
					  "null",
					  "\"a\"",
					  "{",
					  "{\"a\":1,\"a\":1}",
					  "{\"a\":1e999}",
					  "{\"a\":[{\"b\":9007199254740993}]}",
					  "{\"a\":\"\\u0000\"}"};
	char error[200];

	(void)state;
	body_free(parsed(""));
	body_free(parsed("{}"));
	body_free(parsed("{\"a\":-9007199254740991}"));
	body_free(NULL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_null(body_parse(bad[i], strlen(bad[i]), error, sizeof(error)));
}

static void test_members(void **state)
{
	struct body *b = parsed("{\"t\":\"x\",\"n\":-5,\"half\":0.5,\"yes\":true,\"no\":false}");
	int64_t v = 0;

	(void)state;
	assert_string_equal(body_text(b, "t"), "x");
	assert_null(body_text(b, "n"));
	assert_null(body_text(b, "T"));
	assert_true(body_int(b, "n", &v));
	assert_int_equal(v, -5);
	assert_false(body_int(b, "half", &v));
	assert_false(body_int(b, "t", &v));
	assert_false(body_int(b, "absent", &v));
	assert_true(body_true(b, "yes"));
	assert_false(body_true(b, "no"));
	assert_false(body_true(b, "absent"));
	body_free(b);
}

static void test_canonical(void **state)
{
	struct body *a = parsed("{ " ID ", \"b\" : [1, {\"z\":1.0,\"y\":0.1}], \"a\":\"\\u00e9\", \"sent_at\":\"x\" }");
	struct body *b =
		parsed("{\"a\":\"\xc3\xa9\",\"b\":[1,{\"y\":1e-1,\"z\":1}],\"sent_at\":\"y\",\"id\":\"other\"}");
	struct body *c = parsed("{\"a\":\"\xc3\xa9\",\"b\":[1,{\"y\":1e-1,\"z\":1}],\"at\":\"y\"}");
	struct buf x = {0}, y = {0}, z = {0};

	(void)state;
	body_canonical(a, &x);
	body_canonical(b, &y);
	body_canonical(c, &z);
	assert_string_equal(x.data, "{\"a\":\"\xc3\xa9\",\"b\":[1,{\"y\":0.1,\"z\":1}]}");
	assert_string_equal(x.data, y.data);
	assert_string_not_equal(x.data, z.data);
	buf_free(&x);
	buf_free(&y);
	buf_free(&z);
	body_free(a);
	body_free(b);
	body_free(c);
}

static void test_uuid(void **state)
{
	(void)state;
	assert_true(uuid_valid("0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6f"));
	assert_true(uuid_valid("0B5F7C1E-9A55-7F0E-8A0F-1A2B3C4D5E6F"));
	assert_false(uuid_valid(""));
	assert_false(uuid_valid("0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6"));
	assert_false(uuid_valid("0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6f0"));
	assert_false(uuid_valid("0b5f7c1e09a55-4f0e-8a0f-1a2b3c4d5e6f"));
	assert_false(uuid_valid("{b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6f"));
}

static void test_check_in(void **state)
{
	struct command c = {0};
	struct body *b = accepted(
		"{" ID ",\"language\":\"en\",\"companions\":2,\"party\":\"0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6e\","
		"\"person\":{\"birth_date\":\"1950-02-28\",\"name\":\"<b>\xe5\xbc\xa0\xc2\xb7O'Neil</b>\","
		"\"notes\":\"=1+1\\nline\",\"sex\":null,\"dose\":2}}",
		BODY_CHECK_IN, &c);

	(void)state;
	assert_string_equal(c.id, "0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6f");
	assert_int_equal(c.language, LANGUAGE_EN);
	assert_int_equal(c.companions, 2);
	assert_string_equal(c.party, "0b5f7c1e-9a55-4f0e-8a0f-1a2b3c4d5e6e");
	/* In the order of the table, and as typed. */
	assert_string_equal(c.person, "{\"name\":\"<b>\xe5\xbc\xa0\xc2\xb7O'Neil</b>\",\"birth_date\":\"1950-02-28\","
				      "\"notes\":\"=1+1\\nline\",\"dose\":2}");
	body_free(b);
}

static void test_check_in_refused(void **state)
{
	static const struct {
		const char *person, *field, *detail;
	} rows[] = {
		{"7", "person", "must be an object"},
		{"{}", "person.name", "is missing"},
		{"null", "person", "is missing: give person, appointment, id_number, or phone with birth_date"},
		{"{\"name\":\"a\"}", "person.birth_date", "is missing"},
		{"{\"name\":\"a\",\"birth_date\":null}", "person.birth_date", "is missing"},
		{"{\"name\":\"\",\"birth_date\":\"1950-01-01\"}", "person.name",
		 "must be a text of 1 to 200 characters"},
		{"{\"name\":\"   \",\"birth_date\":\"1950-01-01\"}", "person.name", "must not be blank"},
		{"{\"name\":\"a\\u0007\",\"birth_date\":\"1950-01-01\"}", "person.name",
		 "must not hold control characters"},
		{"{\"name\":\"a\\nb\",\"birth_date\":\"1950-01-01\"}", "person.name",
		 "must not hold control characters"},
		{"{\"name\":\"a\\u0085\",\"birth_date\":\"1950-01-01\"}", "person.name",
		 "must not hold control characters"},
		{"{\"name\":\"a\\u007f\",\"birth_date\":\"1950-01-01\"}", "person.name",
		 "must not hold control characters"},
		{"{\"name\":\"a\",\"birth_date\":\"1950-02-29\"}", "person.birth_date",
		 "must be a date from 1900 on, as 1990-12-31"},
		{"{\"name\":\"a\",\"birth_date\":\"1899-12-31\"}", "person.birth_date",
		 "must be a date from 1900 on, as 1990-12-31"},
		{"{\"name\":\"a\",\"birth_date\":\"1950-01-01\",\"sex\":\"m\"}", "person.sex",
		 "must be male, female or other"},
		{"{\"name\":\"a\",\"birth_date\":\"1950-01-01\",\"dose\":0}", "person.dose",
		 "must be a whole number from 1 to 20"},
		{"{\"name\":\"a\",\"birth_date\":\"1950-01-01\",\"colour\":1}", "person.colour", "unknown field"},
		{"{\"name\":\"a\",\"birth_date\":\"1950-01-01\",\"<script>\":1}", "person.", "unknown field"},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text), "{" ID ",\"person\":%s}", rows[i].person);
		refused(text, BODY_CHECK_IN, ACTION_NONE, rows[i].field, rows[i].detail);
	}
	refused("{" ID "}", BODY_CHECK_IN, ACTION_NONE, "person",
		"is missing: give person, appointment, id_number, or phone with birth_date");
	refused("{" ID ",\"assisted\":1}", BODY_CHECK_IN, ACTION_NONE, "assisted", "must be true or false");
	refused("{" ID ",\"companions\":21}", BODY_CHECK_IN, ACTION_NONE, "companions",
		"must be a whole number from 0 to 20");
	refused("{" ID ",\"companions\":1.5}", BODY_CHECK_IN, ACTION_NONE, "companions",
		"must be a whole number from 0 to 20");
	refused("{" ID ",\"language\":\"none\"}", BODY_CHECK_IN, ACTION_NONE, "language",
		"must be zh-Hans, zh-Hant or en");
	refused("{" ID ",\"party\":\"x\"}", BODY_CHECK_IN, ACTION_NONE, "party", "must be a UUID");
}

/* Who comes is said by a person, an appointment, a document, or a phone and a birth date. */
static void test_check_in_of_somebody_expected(void **state)
{
	struct command c = {0};
	struct body *b =
		accepted("{" ID ",\"appointment\":\"abcd\\r\\n\",\"person\":null,\"assisted\":true,\"companions\":20}",
			 BODY_CHECK_IN, &c);

	(void)state;
	assert_string_equal(body_text(b, "appointment"), "abcd\r\n");
	assert_true(c.assisted);
	assert_int_equal(c.companions, 20);
	assert_null(c.person);
	body_free(b);
	c = (struct command){0};
	b = accepted("{" ID ",\"id_number\":\"E1\",\"id_type\":\"passport\",\"assisted\":false}", BODY_CHECK_IN, &c);
	assert_false(c.assisted);
	body_free(b);
	body_free(accepted("{" ID ",\"id_number\":\"E1\"}", BODY_CHECK_IN, &c));
	b = accepted("{" ID ",\"phone\":\"138\",\"birth_date\":\"1950-01-31\",\"id_type\":null}", BODY_CHECK_IN, &c);
	assert_string_equal(c.birth_date, "1950-01-31");
	body_free(b);
}

#define PERSON "\"person\":{\"name\":\"a\",\"birth_date\":\"1950-01-01\"}"
#define ONE_WAY "one way only: give person, appointment, id_number, or phone with birth_date"

static void test_check_in_one_way_only(void **state)
{
	static const struct {
		const char *members, *field, *detail;
	} rows[] = {
		{PERSON ",\"appointment\":\"A\"", "appointment", ONE_WAY},
		{PERSON ",\"id_number\":\"1\"", "id_number", ONE_WAY},
		{"\"id_number\":\"1\",\"phone\":\"1\"", "phone", ONE_WAY},
		{"\"id_type\":\"passport\"", "id_number", "is missing"},
		{"\"birth_date\":\"1950-01-01\"", "phone", "is missing"},
		{"\"phone\":\"138\"", "birth_date", "is missing"},
		{PERSON ",\"birth_date\":\"1950-01-01\"", "birth_date", "goes with phone"},
		{"\"appointment\":\"A\",\"birth_date\":\"1950-01-01\"", "birth_date", "goes with phone"},
		{"\"appointment\":\"A\",\"id_type\":\"passport\"", "id_type", "goes with id_number"},
		{"\"appointment\":\"\"", "appointment", "must not be empty"},
		{"\"appointment\":7", "appointment", "must be a text"},
		{"\"phone\":\"138\",\"birth_date\":\"1950-02-30\"", "birth_date",
		 "must be a date from 1900 on, as 1990-12-31"},
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(text, sizeof(text), "{" ID ",%s}", rows[i].members);
		refused(text, BODY_CHECK_IN, ACTION_NONE, rows[i].field, rows[i].detail);
	}
}

static struct rules door(void)
{
	struct rules r;

	rules_init(&r);
	r.n_entry_checks = 3;
	strcpy(r.entry_checks[0].id, "health_code");
	strcpy(r.entry_checks[1].id, "temperature");
	strcpy(r.entry_checks[2].id, "mask");
	return r;
}

static void test_entry_checks(void **state)
{
	struct rules r = door();
	struct command c = {0};
	struct body_error error;
	struct body *b = accepted("{" ID ",\"appointment\":\"A\",\"checks\":{\"mask\":true,\"health_code\":true,"
				  "\"temperature\":null}}",
				  BODY_CHECK_IN, &c);

	(void)state;
	assert_true(command_entry_checks(b, &r, &c, &error));
	assert_string_equal(c.entry_checks, "{\"health_code\":true,\"mask\":true}");
	assert_null(c.failed_check);
	assert_null(c.missing_check);
	r.entry_checks[1].required = true;
	assert_true(command_entry_checks(b, &r, &c, &error));
	assert_string_equal(c.missing_check, "checks.temperature");
	body_free(b);

	/* The first one that failed, in the order of the configuration. */
	c = (struct command){0};
	b = accepted("{" ID ",\"code\":\"A\",\"checks\":{\"mask\":false,\"temperature\":false}}", BODY_SCAN, &c);
	assert_true(command_entry_checks(b, &r, &c, &error));
	assert_string_equal(c.failed_check, "temperature");
	assert_null(c.missing_check);
	body_free(b);

	c = (struct command){0};
	b = accepted("{" ID ",\"code\":\"A\"}", BODY_SCAN, &c);
	assert_true(command_entry_checks(b, &r, &c, &error));
	assert_null(c.entry_checks);
	assert_string_equal(c.missing_check, "checks.temperature");
	body_free(b);
}

static void test_entry_checks_refused(void **state)
{
	static const struct {
		const char *checks, *field;
	} rows[] = {{"{\"pulse\":true}", "checks.pulse"}, {"{\"<b>\":true}", "checks."}};
	static const char *const odd[] = {"true", "[]", "{\"mask\":1}", "{\"mask\":\"true\"}"};
	struct rules r = door();
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct command c = {0};
		struct body_error error;
		struct body *b;

		snprintf(text, sizeof(text), "{" ID ",\"appointment\":\"A\",\"checks\":%s}", rows[i].checks);
		b = accepted(text, BODY_CHECK_IN, &c);
		assert_false(command_entry_checks(b, &r, &c, &error));
		assert_string_equal(error.field, rows[i].field);
		assert_string_equal(error.detail, "no such entry check");
		body_free(b);
	}
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		snprintf(text, sizeof(text), "{" ID ",\"appointment\":\"A\",\"checks\":%s}", odd[i]);
		refused(text, BODY_CHECK_IN, ACTION_NONE, "checks",
			"must be an object of entry checks, each true or false");
	}
}

static void test_correct(void **state)
{
	static const char nothing[] =
		"must be an object with one or more of person, language, companions, vaccine, lot, dose";
	struct command c = {.action = ACTION_CORRECT};
	struct body *b = accepted("{" ID ",\"reason\":\"misread\",\"what\":{\"person\":{\"birth_date\":\"1950-01-01\","
				  "\"name\":\"a\",\"phone\":\"138\"},\"lot\":\"L2\",\"dose\":null}}",
				  BODY_ACTION, &c);

	(void)state;
	assert_string_equal(c.person, "{\"name\":\"a\",\"birth_date\":\"1950-01-01\",\"phone\":\"138\"}");
	assert_string_equal(c.birth_date, "1950-01-01");
	assert_string_equal(c.lot, "L2");
	assert_int_equal(c.companions, -1);
	assert_int_equal(c.dose, 0);
	assert_string_equal(body_person_text(b, "phone"), "138");
	assert_null(body_person_text(b, "id_number"));
	body_free(b);
	c = (struct command){.action = ACTION_CORRECT};
	b = accepted("{" ID ",\"reason\":\"x\",\"what\":{\"companions\":0,\"language\":\"en\"}}", BODY_ACTION, &c);
	assert_int_equal(c.companions, 0);
	assert_int_equal(c.language, LANGUAGE_EN);
	assert_null(body_person_text(b, "phone"));
	body_free(b);
	refused("{" ID ",\"reason\":\"x\"}", BODY_ACTION, ACTION_CORRECT, "what", "is missing");
	refused("{" ID ",\"what\":{\"dose\":2}}", BODY_ACTION, ACTION_CORRECT, "reason", "is missing");
	refused("{" ID ",\"reason\":\"x\",\"what\":{}}", BODY_ACTION, ACTION_CORRECT, "what", nothing);
	refused("{" ID ",\"reason\":\"x\",\"what\":{\"dose\":null}}", BODY_ACTION, ACTION_CORRECT, "what", nothing);
	refused("{" ID ",\"reason\":\"x\",\"what\":[1]}", BODY_ACTION, ACTION_CORRECT, "what", nothing);
	refused("{" ID ",\"reason\":\"x\",\"what\":{\"state\":1}}", BODY_ACTION, ACTION_CORRECT, "what.state",
		"unknown field");
	refused("{" ID ",\"reason\":\"x\",\"what\":{\"person\":{\"name\":\"a\"}}}", BODY_ACTION, ACTION_CORRECT,
		"what.person.birth_date", "is missing");
}

static void test_id(void **state)
{
	static const enum body_shape shapes[] = {BODY_CHECK_IN, BODY_SCAN,        BODY_ACTION, BODY_UNWELL,
						 BODY_DESK,     BODY_ACKNOWLEDGE, BODY_SETTLE, BODY_DAY_CLOSE,
						 BODY_SITE,     BODY_SITE_HOLD};

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
		refused("{}", shapes[i], ACTION_PARK, "id", "is missing");
		refused("{\"id\":1}", shapes[i], ACTION_PARK, "id", "must be a UUID");
		refused("{\"id\":\"x\"}", shapes[i], ACTION_PARK, "id", "must be a UUID");
		refused("{" ID ",\"nonsense\":1}", shapes[i], ACTION_PARK, "nonsense", "unknown field");
	}
}

static void test_scan(void **state)
{
	struct command c = {0};
	struct body *b = accepted("{" ID
				  ",\"code\":\" ab\\r\\n\",\"desk\":\"consent-1\",\"at\":\"2026-11-20T08:00:00+08:00\","
				  "\"sent_at\":\"2026-11-20T00:00:05.000Z\"}",
				  BODY_SCAN, &c);

	(void)state;
	assert_string_equal(body_text(b, "code"), " ab\r\n");
	assert_string_equal(c.desk, "consent-1");
	assert_true(c.device_at == 1795132800000LL && c.device_sent_at == 1795132805000LL);
	body_free(b);
	/* What a scanner reads is judged by the ticket's check, not here. */
	body_free(accepted("{" ID ",\"code\":\"" FIVE_HUNDRED FIVE_HUNDRED "\"}", BODY_SCAN, &c));
	refused("{" ID "}", BODY_SCAN, ACTION_NONE, "code", "is missing");
	refused("{" ID ",\"code\":7}", BODY_SCAN, ACTION_NONE, "code", "must be a text");
	refused("{" ID ",\"code\":\"\"}", BODY_SCAN, ACTION_NONE, "code", "must not be empty");
	refused("{" ID ",\"code\":\"a\",\"at\":\"2026-11-20T08:00:00Z\"}", BODY_SCAN, ACTION_NONE, "sent_at",
		"at and sent_at go together");
	refused("{" ID ",\"code\":\"a\",\"sent_at\":\"2026-11-20T08:00:00Z\"}", BODY_SCAN, ACTION_NONE, "at",
		"at and sent_at go together");
	refused("{" ID ",\"code\":\"a\",\"at\":\"2026-11-20T08:00:01Z\",\"sent_at\":\"2026-11-20T08:00:00Z\"}",
		BODY_SCAN, ACTION_NONE, "sent_at", "must not be before at");
	refused("{" ID ",\"code\":\"a\",\"at\":1,\"sent_at\":2}", BODY_SCAN, ACTION_NONE, "at",
		"must be a time, as 2026-11-20T08:00:00.000Z");
}

/* Whoever cries for somebody unwell is not refused for an odd code or place. */
static void test_unwell(void **state)
{
	struct command c = {0};
	struct body *b = accepted("{" ID ",\"code\":\"\",\"place\":\"stairs\\nleft\",\"note\":\"\"}", BODY_UNWELL, &c);

	(void)state;
	assert_string_equal(c.place, "stairs\nleft");
	assert_null(c.note);
	body_free(b);
	c = (struct command){.action = ACTION_UNWELL};
	body_free(accepted("{" ID "}", BODY_UNWELL, &c));
	body_free(accepted("{" ID ",\"code\":null,\"place\":null}", BODY_UNWELL, &c));
	body_free(accepted("{" ID ",\"place\":\"seat 5\"}", BODY_ACTION, &c));
	assert_string_equal(c.desk ? c.desk : "none", "none");
}

static void test_inject(void **state)
{
	struct command c = {.action = ACTION_INJECT};
	struct body *b = accepted(
		"{" ID ",\"vaccine\":\"inactivated\",\"lot\":\"L-1\",\"dose\":2,\"checks\":{\"name\":true,\"vial\":"
		"\"ok\"},\"site\":\"left arm\",\"expiry\":{\"b\":1,\"a\":[36.6,null]}}",
		BODY_ACTION, &c);

	(void)state;
	assert_string_equal(c.vaccine, "inactivated");
	assert_string_equal(c.lot, "L-1");
	assert_int_equal(c.dose, 2);
	assert_true(c.checks);
	assert_string_equal(c.details,
			    "{\"checks\":{\"name\":true,\"vial\":\"ok\"},\"site\":\"left arm\",\"expiry\":{\"b\":1,"
			    "\"a\":[36.6,null]}}");
	body_free(b);
	/* The state is judged before such fields, so leaving them out is no error here. */
	c = (struct command){.action = ACTION_INJECT};
	body_free(accepted("{" ID "}", BODY_ACTION, &c));
	assert_null(c.vaccine);
	assert_false(c.checks);
	assert_null(c.details);
	refused("{" ID ",\"checks\":false}", BODY_ACTION, ACTION_INJECT, "checks",
		"must be true, or an object of points that are all confirmed");
	refused("{" ID ",\"checks\":{}}", BODY_ACTION, ACTION_INJECT, "checks",
		"must be true, or an object of points that are all confirmed");
	refused("{" ID ",\"checks\":{\"a\":true,\"b\":false}}", BODY_ACTION, ACTION_INJECT, "checks",
		"must be true, or an object of points that are all confirmed");
	refused("{" ID ",\"dose\":\"2\"}", BODY_ACTION, ACTION_INJECT, "dose", "must be a whole number from 1 to 20");
	refused("{" ID ",\"lot\":5}", BODY_ACTION, ACTION_INJECT, "lot", "must be a text of 1 to 64 characters");
	/* Personal data has one place only. */
	refused("{" ID ",\"person\":{}}", BODY_ACTION, ACTION_INJECT, "person", "unknown field");
}

static void test_finish(void **state)
{
	struct command c = {.action = ACTION_FINISH};
	struct body *b = accepted(
		"{" ID ",\"observation\":\"long\",\"note\":\"a\\tb\",\"desk\":\"consent-1\",\"allergy\":\"egg\"}",
		BODY_ACTION, &c);

	(void)state;
	assert_true(c.long_observation);
	assert_string_equal(c.note, "a\tb");
	assert_string_equal(c.details, "{\"allergy\":\"egg\"}");
	body_free(b);
	c = (struct command){.action = ACTION_FINISH};
	body_free(accepted("{" ID ",\"observation\":\"usual\"}", BODY_ACTION, &c));
	assert_false(c.long_observation);
	refused("{" ID ",\"observation\":60}", BODY_ACTION, ACTION_FINISH, "observation", "must be long or usual");
}

static void test_other_actions(void **state)
{
	struct command c = {.action = ACTION_EXTEND};
	struct body *b = accepted("{" ID ",\"minutes\":15,\"reason\":\"pale\"}", BODY_ACTION, &c);

	(void)state;
	assert_int_equal(c.minutes, 15);
	assert_string_equal(c.reason, "pale");
	body_free(b);
	c = (struct command){.action = ACTION_RETURN_TO};
	body_free(accepted("{" ID ",\"stage\":\"registration\",\"reason\":\"x\"}", BODY_ACTION, &c));
	assert_int_equal(c.stage, STAGE_REGISTRATION);
	c = (struct command){.action = ACTION_ASSESS};
	b = accepted("{" ID ",\"pulse\":80}", BODY_ACTION, &c);
	assert_string_equal(c.details, "{\"pulse\":80}");
	body_free(b);
	/* Every other action takes a reason and a note, and nothing unknown. */
	for (int a = ACTION_CALL; a < ACTION_COUNT; a++) {
		if (a == ACTION_MOVE || a == ACTION_CORRECT)
			continue;
		c = (struct command){.action = (enum action)a};
		body_free(accepted("{" ID ",\"note\":\"n\"}", BODY_ACTION, &c));
	}
	c = (struct command){.action = ACTION_MOVE};
	body_free(accepted("{" ID ",\"stage\":\"consent\",\"reason\":\"x\"}", BODY_ACTION, &c));
	assert_int_equal(c.stage, STAGE_CONSENT);
	refused("{" ID "}", BODY_ACTION, ACTION_MOVE, "stage", "is missing");
	refused("{" ID ",\"minutes\":0}", BODY_ACTION, ACTION_EXTEND, "minutes",
		"must be a whole number from 1 to 480");
	refused("{" ID ",\"stage\":\"none\"}", BODY_ACTION, ACTION_RETURN_TO, "stage",
		"must be registration, consent, injection or observation");
	refused("{" ID ",\"reason\":\"" FIVE_HUNDRED "x\"}", BODY_ACTION, ACTION_DEFER, "reason",
		"must be a text of 1 to 500 characters");
	refused("{" ID ",\"pulse\":80}", BODY_ACTION, ACTION_DEFER, "pulse", "unknown field");
}

static void test_devices_and_the_rest(void **state)
{
	struct command c = {0};
	struct body *b =
		accepted("{\"kind\":\"handheld\",\"name\":\"\xe6\x89\x8b\xe6\x8c\x81 1\",\"desk\":\"observation\"}",
			 BODY_DEVICE_INVITE, &c);
	int64_t v;

	(void)state;
	assert_int_equal(c.device_kind, DEVICE_HANDHELD);
	assert_string_equal(c.device_desk, "observation");
	body_free(b);
	b = accepted("{\"code\":\"ABC\",\"name\":\"it\"}", BODY_ENROL, &c);
	assert_string_equal(body_text(b, "code"), "ABC");
	body_free(b);
	b = accepted("{\"advance_ms\":1800000}", BODY_CLOCK, &c);
	assert_true(body_int(b, "advance_ms", &v));
	assert_int_equal(v, 1800000);
	body_free(b);
	b = accepted("{" ID ",\"outcome\":\"found\"}", BODY_SETTLE, &c);
	assert_string_equal(c.outcome, "found");
	body_free(b);
	body_free(accepted("{\"desk\":\"consent-2\"}", BODY_DEVICE_MOVE, &c));
	body_free(accepted("{\"doubt\":true}", BODY_CLOCK, &c));
	body_free(accepted("{" ID ",\"reason\":\"power\"}", BODY_DAY_CLOSE, &c));
	b = accepted("{" ID ",\"reason\":\"no clinician\"}", BODY_SITE_HOLD, &c);
	assert_string_equal(c.reason, "no clinician");
	body_free(b);
	body_free(accepted("{" ID "}", BODY_SITE, &c));
	refused("{" ID "}", BODY_SITE_HOLD, ACTION_NONE, "reason", "is missing");
	refused("{\"kind\":\"phone\",\"name\":\"x\"}", BODY_DEVICE_INVITE, ACTION_NONE, "kind",
		"must be kiosk, handheld, display, observation, exit, board, agent or program");
	refused("{\"name\":\"x\"}", BODY_DEVICE_INVITE, ACTION_NONE, "kind", "is missing");
	refused("{\"code\":\"x\"}", BODY_ENROL, ACTION_NONE, "name", "is missing");
	refused("{}", BODY_DEVICE_MOVE, ACTION_NONE, "desk", "is missing");
	refused("{}", BODY_CLOCK, ACTION_NONE, "advance_ms", "either advance_ms or doubt must be given");
	refused("{\"advance_ms\":1,\"doubt\":true}", BODY_CLOCK, ACTION_NONE, "advance_ms",
		"either advance_ms or doubt must be given");
	refused("{\"advance_ms\":-1}", BODY_CLOCK, ACTION_NONE, "advance_ms",
		"must be a whole number from 0 to 34560000000");
	refused("{\"doubt\":1}", BODY_CLOCK, ACTION_NONE, "doubt", "must be true or false");
	refused("{" ID "}", BODY_SETTLE, ACTION_NONE, "outcome", "is missing");
}

static void test_a_sign_on(void **state)
{
	static const char four_to_eight[] = "must be a text of 4 to 8 digits";
	static const char *const no_pins[] = {"\"123\"", "\"123456789\"", "\"12 4\"", "\"12a4\"", "\"-123\"",
					      "\"\"",    "1234",          "true",     "[]",       "\"١٢٣٤\""};
	struct command c = {0};
	struct body *b = accepted("{\"badge\":\"BADGE:x y\\n\",\"pin\":\"0123\"}", BODY_SESSION, &c);

	(void)state;
	assert_string_equal(body_text(b, "badge"), "BADGE:x y\n");
	assert_string_equal(body_text(b, "pin"), "0123");
	body_free(b);
	body_free(accepted("{\"badge\":\"x\",\"pin\":\"01234567\"}", BODY_SESSION, &c));
	b = accepted("{\"badge\":\"x\",\"pin\":null}", BODY_SESSION, &c);
	assert_null(body_text(b, "pin"));
	body_free(b);
	for (size_t i = 0; i < sizeof(no_pins) / sizeof(*no_pins); i++) {
		char body[64];

		snprintf(body, sizeof(body), "{\"badge\":\"x\",\"pin\":%s}", no_pins[i]);
		refused(body, BODY_SESSION, ACTION_NONE, "pin", four_to_eight);
	}
	refused("{\"pin\":\"1234\"}", BODY_SESSION, ACTION_NONE, "badge", "is missing");
	refused("{\"badge\":\"\"}", BODY_SESSION, ACTION_NONE, "badge", "must not be empty");
	refused("{\"badge\":1}", BODY_SESSION, ACTION_NONE, "badge", "must be a text");
	refused("{\"badge\":\"x\",\"id\":\"x\"}", BODY_SESSION, ACTION_NONE, "id", "unknown field");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_check_in),
		cmocka_unit_test(test_check_in_refused),
		cmocka_unit_test(test_check_in_of_somebody_expected),
		cmocka_unit_test(test_check_in_one_way_only),
		cmocka_unit_test(test_entry_checks),
		cmocka_unit_test(test_entry_checks_refused),
		cmocka_unit_test(test_correct),
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_unwell),
		cmocka_unit_test(test_inject),
		cmocka_unit_test(test_finish),
		cmocka_unit_test(test_other_actions),
		cmocka_unit_test(test_devices_and_the_rest),
		cmocka_unit_test(test_a_sign_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
