/* The configuration: the sample, its schema and the table of options say the same; what is wrong is named exactly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "codec.h"
#include "staff.h"

#define SAMPLE "config/site.json"
#define SCHEMA "config/site.schema.json"

#define NAME "\"name\":{\"zh-Hans\":\"a\",\"zh-Hant\":\"b\",\"en\":\"c\"}"
#define SITE "\"site\":\"s1\"," NAME ","
#define ZONE "\"time_zone\":\"Asia/Shanghai\","
#define DESKS                                                                                                          \
	"\"desks\":[{\"id\":\"r1\",\"stage\":\"registration\"},{\"id\":\"c1\",\"stage\":\"consent\",\"open\":false},"  \
	"{\"id\":\"i1\",\"stage\":\"injection\",\"open\":true}],"
#define VACCINES "\"vaccines\":[{\"id\":\"v1\"," NAME "}]"
#define SMALL "{" SITE ZONE DESKS VACCINES "}"

static cJSON *read_json(const char *path)
{
	struct buf text = {0};
	char chunk[4096];
	size_t n;
	cJSON *root;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&text, chunk, n);
	fclose(f);
	root = cJSON_ParseWithLength(text.data, text.len);
	assert_non_null(root);
	buf_free(&text);
	return root;
}

static struct rules *decoded(const char *text)
{
	char error[200] = "";
	struct rules *r = rules_decode(text, strlen(text), error, sizeof(error));

	if (!r)
		fail_msg("%s", error);
	return r;
}

static const cJSON *by_path(const cJSON *object, const char *path)
{
	char section[32];
	const char *dot = strchr(path, '.');

	snprintf(section, sizeof(section), "%.*s", (int)(dot - path), path);
	return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(object, section), dot + 1);
}

static double number(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	assert_true(cJSON_IsNumber(item));
	return item->valuedouble;
}

struct option {
	const char *path, *help;
	int standard, least, most;
};

#define OPTION(member, path, standard, least, most, help) {path, help, standard, least, most},
static const struct option options[] = {RULE_OPTIONS(OPTION)};
#define N_OPTIONS (sizeof(options) / sizeof(*options))

static bool is_section(const char *name)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		if (strncmp(options[i].path, name, strlen(name)) == 0 && options[i].path[strlen(name)] == '.')
			return true;
	}
	return false;
}

/* The schema has the options of the table, with their words and bounds, and no others. */
static void test_schema_is_the_table(void **state)
{
	cJSON *schema = read_json(SCHEMA);
	const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties"), *section;
	size_t found = 0;

	(void)state;
	cJSON_ArrayForEach(section, properties)
	{
		if (!is_section(section->string))
			continue;
		assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(section, "additionalProperties")));
		found += (size_t)cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(section, "properties"));
	}
	assert_int_equal(found, N_OPTIONS + 1); /* sign_on.shift_ends is a list */
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char path[64], *dot;
		const cJSON *row;

		snprintf(path, sizeof(path), "%s", options[i].path);
		dot = strchr(path, '.');
		*dot = '\0';
		section = cJSON_GetObjectItemCaseSensitive(properties, path);
		row = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(section, "properties"),
						       dot + 1);
		if (!row)
			fail_msg("not in the schema: %s", options[i].path);
		assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "description")),
				    options[i].help);
		assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, "type")), "integer");
		assert_true(number(row, "default") == options[i].standard);
		assert_true(number(row, "minimum") == options[i].least);
		assert_true(number(row, "maximum") == options[i].most);
	}
	cJSON_Delete(schema);
}

/* The sample writes every option out, with its default; only its rooms are its own. */
static void test_sample_is_the_table(void **state)
{
	cJSON *sample = read_json(SAMPLE);

	(void)state;
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const cJSON *value = by_path(sample, options[i].path);

		if (!value)
			fail_msg("not in the sample: %s", options[i].path);
		if (strncmp(options[i].path, "rooms.", 6) != 0)
			assert_true(value->valuedouble == options[i].standard);
	}
	cJSON_Delete(sample);
}

static void test_sample_is_the_site_of_the_contract(void **state)
{
	char error[300] = "";
	struct rules *r = rules_load(SAMPLE, error, sizeof(error));
	int desks[STAGE_COUNT] = {0};

	(void)state;
	if (!r)
		fail_msg("%s", error);
	assert_string_equal(r->time_zone, "Asia/Shanghai");
	assert_string_equal(r->public_url, "");
	assert_int_equal(r->observation_seats, 150);
	for (size_t i = 0; i < r->n_desks; i++) {
		desks[r->desks[i].stage]++;
		assert_true(r->desks[i].open);
	}
	assert_int_equal(desks[STAGE_REGISTRATION], 8);
	assert_int_equal(desks[STAGE_CONSENT], 12);
	assert_int_equal(desks[STAGE_INJECTION], 20);
	assert_true(rules_desk(r, "registration-1") >= 0);
	assert_true(rules_desk(r, "consent-12") >= 0);
	assert_true(rules_desk(r, "injection-20") >= 0);
	assert_int_equal(r->n_vaccines, 3);
	assert_string_equal(r->vaccines[0].id, "inactivated");
	assert_string_equal(r->vaccines[1].id, "recombinant");
	assert_string_equal(r->vaccines[2].id, "adenovirus");
	assert_non_null(strstr(r->text, "\"aliases\":[\"新冠灭活疫苗(Vero细胞)\"]"));
	assert_int_equal(r->room_registration, 80);
	assert_int_equal(r->room_consent, 80);
	assert_int_equal(r->room_injection, 60);
	assert_int_equal(r->n_entry_checks, 3);
	assert_string_equal(r->entry_checks[0].id, "health_code");
	assert_string_equal(r->entry_checks[1].id, "temperature");
	assert_string_equal(r->entry_checks[2].id, "mask");
	for (size_t i = 0; i < r->n_entry_checks; i++)
		assert_false(r->entry_checks[i].required);
	assert_non_null(strstr(r->text, "\"id_types\":[{\"id\":\"id_card\",\"name\":{\"zh-Hans\":\"居民身份证\""));
	assert_non_null(strstr(r->text, "{\"id\":\"passport\",\"name\":{\"zh-Hans\":\"护照\""));
	assert_non_null(strstr(r->text, "\"assisted_words\":[\"轮椅\",\"行动不便\",\"wheelchair\"]"));
	rules_free(r);
}

/* Somebody of each role, and no PIN: what the sample shows can be tried out at any hour of any day. */
static void test_sample_can_be_tried_out(void **state)
{
	char error[300] = "";
	struct staff_list staff;
	struct rules *r = rules_load_staff(SAMPLE, &staff, error, sizeof(error));
	unsigned roles = 0;

	(void)state;
	if (!r)
		fail_msg("%s", error);
	for (size_t i = 0; i < staff.n; i++) {
		roles |= staff.rows[i].roles;
		for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
			if ((staff.rows[i].roles & 1u << role) && r->roles[role].qualification)
				assert_true(strcmp(staff.rows[i].until[role], "2035") > 0);
		}
	}
	assert_int_equal(roles, (1u << ROLE_COUNT) - 2);
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++)
		assert_false(r->roles[role].pin);
	assert_int_equal(r->n_shift_ends, 0);
	assert_null(strstr(r->text, staff.rows[0].name));
	staff_list_free(&staff);
	rules_free(r);
}

/* The roles that the schema knows are those there are, with the defaults that they have. */
static void test_schema_has_the_roles(void **state)
{
	cJSON *schema = read_json(SCHEMA);
	const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
	const cJSON *roles =
		cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(properties, "roles"), "properties");
	const cJSON *staff = cJSON_GetObjectItemCaseSensitive(properties, "staff");
	struct rules standard;

	(void)state;
	rules_init(&standard);
	assert_int_equal(number(staff, "maxItems"), STAFF_MAX);
	assert_int_equal(cJSON_GetArraySize(roles), ROLE_COUNT - 1);
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		const cJSON *one = cJSON_GetObjectItemCaseSensitive(
			cJSON_GetObjectItemCaseSensitive(roles, role_name((enum role)role)), "default");

		assert_non_null(one);
		assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one, "pin")), standard.roles[role].pin);
		assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(one, "qualification")),
				 standard.roles[role].qualification);
	}
	cJSON_Delete(schema);
}

static void test_what_is_left_out_has_its_default(void **state)
{
	struct rules *r = decoded(SMALL), standard;

	(void)state;
	rules_init(&standard);
#define SAME(member, ...) assert_int_equal(r->member, standard.member);
	RULE_OPTIONS(SAME)
	assert_string_equal(r->site, "s1");
	assert_int_equal(r->n_desks, 3);
	assert_true(r->desks[0].open);
	assert_false(r->desks[1].open);
	assert_int_equal(r->desks[2].stage, STAGE_INJECTION);
	assert_non_null(strstr(r->text, "\"id_types\":[{\"id\":\"id_card\","));
	assert_non_null(strstr(r->text, "\"assisted_words\":[]"));
	rules_free(r);
}

/* Each option at both ends, and one beyond: the table is what is read. */
static void test_each_option_has_its_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct option *o = &options[i];
		const int values[] = {o->least - 1, o->least, o->most, o->most + 1};

		for (int v = 0; v < 4; v++) {
			char text[1024], error[200] = "", wanted[128];
			const char *dot = strchr(o->path, '.');
			struct rules *r;

			snprintf(text, sizeof(text), "{" SITE ZONE DESKS "\"%.*s\":{\"%s\":%d}," VACCINES "}",
				 (int)(dot - o->path), o->path, dot + 1, values[v]);
			r = rules_decode(text, strlen(text), error, sizeof(error));
			snprintf(wanted, sizeof(wanted), "%s: must be a whole number from %d to %d", o->path, o->least,
				 o->most);
			if (v == 0 || v == 3)
				assert_string_equal(error, wanted);
			else
				assert_string_not_equal(error, wanted); /* only an option beside it may disagree */
			rules_free(r);
		}
	}
}

static void test_text_is_canonical(void **state)
{
	struct rules *a = decoded(SMALL);
	struct rules *b = decoded("{ \"$schema\":\"x\", " VACCINES " , " DESKS
				  " \"exit\":{}, \"disk\": { \"warn_mib\" : 5.12e2 },"
				  "\"public_url\":\"\"," ZONE SITE "\"queue\":{\"call_minutes\":3}}");
	struct rules *c = decoded("{\"queue\":{\"call_minutes\":4}," SITE ZONE DESKS VACCINES "}");
	struct rules *d = decoded(a->text);

	(void)state;
	assert_string_equal(a->text, b->text);
	assert_string_not_equal(a->text, c->text);
	assert_non_null(strstr(c->text, "\"queue\":{\"call_minutes\":4,\"no_show_behind\":5,\"no_show_limit\":3,"));
	assert_string_equal(a->text, d->text);
	assert_null(strpbrk(a->text, "\n\t"));
	assert_null(strstr(a->text, ", "));
	assert_null(strstr(a->text, ": "));
	rules_free(a);
	rules_free(b);
	rules_free(c);
	rules_free(d);
}

#define ADVICE "\"advice\":{\"zh-Hans\":\"d\",\"zh-Hant\":\"e\",\"en\":\"f\"}"
#define CHECKS(list) "{" SITE ZONE DESKS "\"entry_checks\":[" list "]," VACCINES "}"

static void test_entry_checks(void **state)
{
	struct rules *none = decoded(SMALL);
	struct rules *two = decoded(CHECKS("{" ADVICE ",\"id\":\"mask\"," NAME "},"
					   "{\"required\":true,\"id\":\"health_code\"," NAME "," ADVICE "}"));
	struct rules *again = decoded(two->text);

	(void)state;
	assert_int_equal(none->n_entry_checks, 0);
	assert_non_null(strstr(none->text, "\"entry_checks\":[]"));
	assert_int_equal(two->n_entry_checks, 2);
	assert_string_equal(two->entry_checks[0].id, "mask");
	assert_false(two->entry_checks[0].required);
	assert_string_equal(two->entry_checks[1].id, "health_code");
	assert_true(two->entry_checks[1].required);
	assert_non_null(strstr(two->text, "\"entry_checks\":[{\"id\":\"mask\"," NAME "," ADVICE ",\"required\":false},"
					  "{\"id\":\"health_code\"," NAME "," ADVICE ",\"required\":true}]"));
	assert_string_equal(two->text, again->text);
	rules_free(none);
	rules_free(two);
	rules_free(again);
}

/* One more than there may be. */
static void test_too_many_entry_checks(void **state)
{
	char text[8192], error[200] = "";
	size_t n = 0;

	(void)state;
	n += (size_t)snprintf(text, sizeof(text), "{" SITE ZONE DESKS "\"entry_checks\":[");
	for (int i = 0; i <= ENTRY_CHECKS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s{\"id\":\"c%d\"," NAME "," ADVICE "}",
				      i ? "," : "", i);
	snprintf(text + n, sizeof(text) - n, "]," VACCINES "}");
	assert_null(rules_decode(text, strlen(text), error, sizeof(error)));
	assert_string_equal(error, "entry_checks: must be an array of at most 16 checks");
}

#define SIGN_ON(more) "{" SITE ZONE DESKS "\"sign_on\":{" more "}," VACCINES "}"
#define ROLES_OF(more) "{" SITE ZONE DESKS "\"roles\":{" more "}," VACCINES "}"
#define STAFF_OF(list) "{" SITE ZONE DESKS "\"staff\":[" list "]," VACCINES "}"
#define NURSE "{\"id\":\"N1\",\"name\":\"陈静\",\"roles\":[\"vaccinator\"]}"

static void test_roles(void **state)
{
	struct rules *standard = decoded(SMALL);
	struct rules *own = decoded(ROLES_OF("\"vaccinator\":{\"pin\":true},\"clinician\":{\"pin\":false},"
					     "\"guard\":{\"qualification\":true},\"supervisor\":{}"));
	struct rules *again = decoded(own->text);

	(void)state;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		bool doctor = role == ROLE_CLINICIAN;

		assert_int_equal(standard->roles[role].pin, doctor || role == ROLE_SUPERVISOR);
		assert_int_equal(standard->roles[role].qualification,
				 doctor || role == ROLE_SCREENER || role == ROLE_VACCINATOR);
	}
	assert_true(own->roles[ROLE_VACCINATOR].pin);
	assert_true(own->roles[ROLE_VACCINATOR].qualification);
	assert_false(own->roles[ROLE_CLINICIAN].pin);
	assert_true(own->roles[ROLE_GUARD].qualification);
	assert_true(own->roles[ROLE_SUPERVISOR].pin);
	assert_non_null(strstr(own->text, "\"roles\":{\"registrar\":{\"pin\":false,\"qualification\":false},"));
	assert_string_equal(own->text, again->text);
	assert_string_not_equal(own->text, standard->text);
	rules_free(standard);
	rules_free(own);
	rules_free(again);
}

static void test_shift_ends(void **state)
{
	struct rules *none = decoded(SMALL);
	struct rules *two = decoded(SIGN_ON("\"shift_ends\":[\"00:00\",\"12:30\",\"23:59\"],\"tries\":3"));
	struct rules *again = decoded(two->text);

	(void)state;
	assert_int_equal(none->n_shift_ends, 0);
	assert_non_null(strstr(none->text, "\"shift_ends\":[]"));
	assert_int_equal(two->n_shift_ends, 3);
	assert_int_equal(two->shift_ends[0], 0);
	assert_int_equal(two->shift_ends[1], 12 * 60 + 30);
	assert_int_equal(two->shift_ends[2], 23 * 60 + 59);
	assert_int_equal(two->sign_on_tries, 3);
	assert_non_null(strstr(two->text, "\"shift_ends\":[\"00:00\",\"12:30\",\"23:59\"]"));
	assert_string_equal(two->text, again->text);
	rules_free(none);
	rules_free(two);
	rules_free(again);
}

/* Given with the rules, and not in their text: the log records that. */
static void test_staff_is_given_beside_the_rules(void **state)
{
	static const char text[] = STAFF_OF(NURSE ",{\"id\":\"S_1\",\"name\":\"b\",\"roles\":[\"supervisor\","
						  "\"screener\"],\"badge\":2,"
						  "\"qualifications\":{\"screener\":\"2027-06-30\"}}");
	struct staff_list staff;
	char error[200], roles[STAFF_ROLES_SIZE];
	struct rules *r = rules_decode_staff(text, strlen(text), &staff, error, sizeof(error)), *without;

	(void)state;
	assert_non_null(r);
	assert_int_equal(staff.n, 2);
	assert_string_equal(staff.rows[0].id, "N1");
	assert_string_equal(staff.rows[0].name, "陈静");
	assert_int_equal(staff.rows[0].badge, 1);
	assert_int_equal(staff.rows[1].badge, 2);
	staff_roles_text(&staff.rows[1], roles);
	assert_string_equal(roles, "screener=2027-06-30,supervisor");
	assert_null(strstr(r->text, "staff"));
	assert_null(strstr(r->text, "陈静"));
	staff_list_free(&staff);
	without = rules_decode_staff(SMALL, strlen(SMALL), &staff, error, sizeof(error));
	assert_int_equal(staff.n, 0);
	assert_string_equal(r->text, without->text);
	rules_free(r);
	rules_free(without);
	assert_null(rules_decode_staff(STAFF_OF(NURSE "," NURSE), strlen(STAFF_OF(NURSE "," NURSE)), &staff, error,
				       sizeof(error)));
	assert_int_equal(staff.n, 0);
}

static void test_what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{"", "not valid JSON at byte 0: empty"},
		{"[]", "must be an object"},
		{"{\"site\":\"a\",\"site\":\"b\"}", "not valid JSON at byte 12: the same key twice"},
		{"{" SITE ZONE DESKS "\"colour\":1," VACCINES "}", "colour: unknown key"},
		{"{" SITE ZONE DESKS "\"queue\":{\"colour\":1}," VACCINES "}", "queue.colour: unknown key"},
		{"{" SITE ZONE DESKS "\"queue\":[]," VACCINES "}", "queue: must be an object"},
		{"{" SITE ZONE DESKS "\"observation\":{\"minutes\":\"30\"}," VACCINES "}",
		 "observation.minutes: must be a whole number from 1 to 240"},
		{"{" SITE ZONE DESKS "\"observation\":{\"minutes\":30.5}," VACCINES "}",
		 "observation.minutes: must be a whole number from 1 to 240"},
		{"{" SITE ZONE DESKS "\"observation\":{\"minutes\":61}," VACCINES "}",
		 "observation.long_minutes: must not be less than observation.minutes"},
		{"{" SITE ZONE DESKS "\"alerts\":{\"escalate_first_seconds\":60}," VACCINES "}",
		 "alerts.escalate_second_seconds: must be more than alerts.escalate_first_seconds"},
		{"{" SITE ZONE DESKS "\"disk\":{\"stop_mib\":512}," VACCINES "}",
		 "disk.stop_mib: must be less than disk.warn_mib"},
		{"{" NAME "," ZONE DESKS VACCINES "}", "site: must be 1 to 32 letters, digits or hyphens"},
		{"{\"site\":\"a b\"," NAME "," ZONE DESKS VACCINES "}",
		 "site: must be 1 to 32 letters, digits or hyphens"},
		{"{\"site\":\"123456789012345678901234567890123\"," NAME "," ZONE DESKS VACCINES "}",
		 "site: must be 1 to 32 letters, digits or hyphens"},
		{"{\"site\":\"a\"," ZONE DESKS VACCINES "}", "name: must be an object"},
		{"{\"site\":\"a\",\"name\":{\"zh-Hans\":\"a\",\"en\":\"b\"}," ZONE DESKS VACCINES "}",
		 "name.zh-Hant: must be a text of 1 to 100 characters without control characters"},
		{"{\"site\":\"a\",\"name\":{\"fr\":\"a\"}," ZONE DESKS VACCINES "}", "name.fr: unknown key"},
		{"{" SITE ZONE DESKS "\"public_url\":\"http://a\"," VACCINES "}",
		 "public_url: must be https://HOST or https://HOST:PORT, at most 127 characters, or empty"},
		{"{" SITE ZONE DESKS "\"public_url\":\"https://a/b\"," VACCINES "}",
		 "public_url: must be https://HOST or https://HOST:PORT, at most 127 characters, or empty"},
		{"{" SITE ZONE VACCINES "}", "desks: must be an array of at most 256 desks"},
		{"{" SITE ZONE "\"desks\":[]," VACCINES "}", "desks: no desk for registration"},
		{"{" SITE ZONE "\"desks\":[7]," VACCINES "}", "desks[0]: must be an object"},
		{"{" SITE ZONE "\"desks\":[{\"id\":\"r\",\"stage\":\"registration\"},{\"id\":\"r 2\"}]," VACCINES "}",
		 "desks[1].id: must be 1 to 31 letters, digits, '-' or '_'"},
		{"{" SITE ZONE "\"desks\":[{\"id\":\"r\",\"stage\":\"registration\"},{\"id\":\"r\"}]," VACCINES "}",
		 "desks[1].id: stands twice"},
		{"{" SITE ZONE "\"desks\":[{\"id\":\"treatment\",\"stage\":\"consent\"}]," VACCINES "}",
		 "desks[0].id: observation and treatment are no desks"},
		{"{" SITE ZONE "\"desks\":[{\"id\":\"r\",\"stage\":\"observation\"}]," VACCINES "}",
		 "desks[0].stage: must be registration, consent or injection"},
		{"{" SITE ZONE "\"desks\":[{\"id\":\"r\",\"stage\":\"consent\",\"open\":1}]," VACCINES "}",
		 "desks[0].open: must be true or false"},
		{"{" SITE ZONE "\"desks\":[{\"id\":\"r\",\"stage\":\"consent\",\"opened\":true}]," VACCINES "}",
		 "desks[0].opened: unknown key"},
		{"{" SITE ZONE DESKS "\"vaccines\":[]}", "vaccines: must be an array of 1 to 32 vaccines"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"}]}", "vaccines[0].name: must be an object"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"," NAME "},{\"id\":\"v\"," NAME "}]}",
		 "vaccines[1].id: stands twice"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"," NAME ",\"aliases\":[\"a\",\"\"]}]}",
		 "vaccines[0].aliases[1]: must be a text of 1 to 100 characters without control characters"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"," NAME ",\"aliases\":\"a\"}]}",
		 "vaccines[0].aliases: must be an array of texts"},
		{"{" SITE ZONE DESKS "\"entry_checks\":{}," VACCINES "}",
		 "entry_checks: must be an array of at most 16 checks"},
		{CHECKS("7"), "entry_checks[0]: must be an object"},
		{CHECKS("{\"id\":\"a b\"," NAME "," ADVICE "}"),
		 "entry_checks[0].id: must be 1 to 31 letters, digits, '-' or '_'"},
		{CHECKS("{\"id\":\"a\"," NAME "," ADVICE "},{\"id\":\"a\"," NAME "," ADVICE "}"),
		 "entry_checks[1].id: stands twice"},
		{CHECKS("{\"id\":\"a\"," NAME "," ADVICE ",\"required\":1}"),
		 "entry_checks[0].required: must be true or false"},
		{CHECKS("{\"id\":\"a\"," NAME "}"), "entry_checks[0].advice: must be an object"},
		{CHECKS("{\"id\":\"a\"," ADVICE "}"), "entry_checks[0].name: must be an object"},
		{CHECKS("{\"id\":\"a\"," NAME ",\"advice\":{\"zh-Hans\":\"a\",\"zh-Hant\":\"b\",\"en\":\"\"}}"),
		 "entry_checks[0].advice.en: must be a text of 1 to 300 characters without control characters"},
		{CHECKS("{\"id\":\"a\"," NAME "," ADVICE ",\"colour\":1}"), "entry_checks[0].colour: unknown key"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"," NAME "},{\"id\":\"w\"," NAME "}]}",
		 "vaccines[1].name.zh-Hans: is a name of v already"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"," NAME "},{\"id\":\"Ｖ\"," NAME "}]}",
		 "vaccines[1].id: must be 1 to 31 letters, digits, '-' or '_'"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"," NAME "},{\"id\":\"B\"," NAME "}]}",
		 "vaccines[1].id: is a name of v already"},
		{"{" SITE ZONE DESKS "\"vaccines\":[{\"id\":\"v\"," NAME "},{\"id\":\"w\",\"aliases\":[\"Ｃ\"],"
		 "\"name\":{\"zh-Hans\":\"x\",\"zh-Hant\":\"x\",\"en\":\"x\"}}]}",
		 "vaccines[1].aliases[0]: is a name of v already"},
		{"{" SITE ZONE DESKS VACCINES ",\"id_types\":[]}",
		 "id_types: must be an array of 1 to 16 kinds of document"},
		{"{" SITE ZONE DESKS VACCINES ",\"id_types\":[7]}", "id_types[0]: must be an object"},
		{"{" SITE ZONE DESKS VACCINES ",\"id_types\":[{\"id\":\"a b\"}]}",
		 "id_types[0].id: must be 1 to 31 letters, digits, '-' or '_'"},
		{"{" SITE ZONE DESKS VACCINES ",\"id_types\":[{\"id\":\"a\"," NAME ",\"check\":1}]}",
		 "id_types[0].check: unknown key"},
		{"{" SITE ZONE DESKS VACCINES ",\"id_types\":[{\"id\":\"a\"," NAME "},{\"id\":\"a\"," NAME "}]}",
		 "id_types[1].id: stands twice"},
		{ROLES_OF("\"nurse\":{}"), "roles.nurse: unknown key"},
		{ROLES_OF("\"none\":{}"), "roles.none: unknown key"},
		{ROLES_OF("\"guard\":true"), "roles.guard: must be an object"},
		{ROLES_OF("\"guard\":{\"colour\":1}"), "roles.guard.colour: unknown key"},
		{ROLES_OF("\"guard\":{\"pin\":1}"), "roles.guard.pin: must be true or false"},
		{ROLES_OF("\"guard\":{\"qualification\":\"yes\"}"), "roles.guard.qualification: must be true or false"},
		{"{" SITE ZONE DESKS VACCINES ",\"roles\":[]}", "roles: must be an object"},
		{SIGN_ON("\"shift_ends\":\"12:30\""), "sign_on.shift_ends: must be an array of at most 8 times"},
		{SIGN_ON("\"shift_ends\":[1,2,3,4,5,6,7,8,9]"),
		 "sign_on.shift_ends: must be an array of at most 8 times"},
		{SIGN_ON("\"shift_ends\":[\"9:30\"]"), "sign_on.shift_ends[0]: must be a time of the day, as 12:30"},
		{SIGN_ON("\"shift_ends\":[\"12:30\",\"24:00\"]"),
		 "sign_on.shift_ends[1]: must be a time of the day, as 12:30"},
		{SIGN_ON("\"shift_ends\":[\"12:30\",\"12:30\"]"),
		 "sign_on.shift_ends[1]: must be later than the one before"},
		{SIGN_ON("\"shift_end\":[]"), "sign_on.shift_end: unknown key"},
		{"{" SITE ZONE DESKS VACCINES ",\"staff\":{}}", "staff: must be an array of at most 1000 people"},
		{STAFF_OF("7"), "staff[0]: must be an object"},
		{STAFF_OF(NURSE "," NURSE), "staff[1].id: stands twice"},
		{STAFF_OF(NURSE ",{\"id\":\"N2\",\"name\":\"a\",\"roles\":[\"guard\",\"nurse\"]}"),
		 "staff[1].roles[1]: must be registrar, screener, vaccinator, observer, guard, clinician or "
		 "supervisor"},
		{STAFF_OF("{\"id\":\"N2\",\"name\":\"a\",\"roles\":[\"guard\"],\"pin\":\"1234\"}"),
		 "staff[0].pin: unknown key"},
		{"{" SITE ZONE DESKS VACCINES ",\"assisted_words\":\"x\"}",
		 "assisted_words: must be an array of texts"},
		{"{" SITE ZONE DESKS VACCINES ",\"assisted_words\":[\"x\",\"\"]}",
		 "assisted_words[1]: must be a text of 1 to 100 characters without control characters"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char error[200] = "";
		struct rules *r = rules_decode(rows[i].text, strlen(rows[i].text), error, sizeof(error));

		assert_null(r);
		assert_string_equal(error, rows[i].error);
	}
}

static void test_time_zones(void **state)
{
	static const char *const bad[] = {"Asia/Nowhere", "../../../etc/passwd", "/etc/passwd", "Asia", "",
					  "Asia/../UTC",  "Asia/Shang hai"};
	char text[2048], error[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), "{" SITE "\"time_zone\":\"%s\"," DESKS VACCINES "}", bad[i]);
		assert_null(rules_decode(text, strlen(text), error, sizeof(error)));
		assert_memory_equal(error, "time_zone: must be a time zone", 30);
	}
	rules_free(decoded("{" SITE "\"time_zone\":\"Etc/GMT+8\"," DESKS VACCINES "}"));
}

static void test_file(void **state)
{
	char path[] = "/tmp/vaxline-rules-XXXXXX", error[300], wanted[300];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "{\"a\":1}", 7), 7);
	close(fd);
	assert_null(rules_load(path, error, sizeof(error)));
	snprintf(wanted, sizeof(wanted), "%s: a: unknown key", path);
	assert_string_equal(error, wanted);
	assert_int_equal(truncate(path, 2 * 1024 * 1024), 0);
	assert_null(rules_load(path, error, sizeof(error)));
	snprintf(wanted, sizeof(wanted), "%s: longer than 131072 bytes", path);
	assert_string_equal(error, wanted);
	unlink(path);
	assert_null(rules_load(path, error, sizeof(error)));
	snprintf(wanted, sizeof(wanted), "%s: No such file or directory", path);
	assert_string_equal(error, wanted);
	assert_null(rules_load("/tmp", error, sizeof(error)));
	assert_string_equal(error, "/tmp: Is a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_schema_is_the_table),
		cmocka_unit_test(test_sample_is_the_table),
		cmocka_unit_test(test_sample_is_the_site_of_the_contract),
		cmocka_unit_test(test_sample_can_be_tried_out),
		cmocka_unit_test(test_schema_has_the_roles),
		cmocka_unit_test(test_what_is_left_out_has_its_default),
		cmocka_unit_test(test_each_option_has_its_bounds),
		cmocka_unit_test(test_text_is_canonical),
		cmocka_unit_test(test_entry_checks),
		cmocka_unit_test(test_too_many_entry_checks),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_shift_ends),
		cmocka_unit_test(test_staff_is_given_beside_the_rules),
		cmocka_unit_test(test_what_is_wrong_is_named),
		cmocka_unit_test(test_time_zones),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
