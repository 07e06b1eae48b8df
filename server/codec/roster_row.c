/*
 * One row of a roster: its fields against the rules of each column, then against each other.
 *
 *   each field: there, printable, not too long -> by its own rule -> with the fields it must agree with
 *
 * A field that has a problem is not looked at further, so that one mistake is one problem.
 */
#include "roster_row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "roster_forms.h"
#include "text_rules.h"

const struct csv_column roster_columns[ROSTER_COLUMN_COUNT] = {
#define COLUMN_ROW(value, name, chinese, required) {name, chinese, required},
	ROSTER_COLUMNS(COLUMN_ROW)};

static const struct {
	const char *code, *text;
} problems[ROSTER_PROBLEM_COUNT] = {
#define PROBLEM_ROW(value, code, text) {code, text},
	ROSTER_PROBLEMS(PROBLEM_ROW)};

/* Texts that are kept as typed, with the bounds of a check-in's person or closer ones. */
static const struct {
	enum roster_column column;
	size_t most; /* characters */
	enum roster_problem_kind kind;
} bounds[] = {
	{ROSTER_NAME, 100, ROSTER_OVER_100},         {ROSTER_ID_NUMBER, 64, ROSTER_OVER_64},
	{ROSTER_PHONE, 40, ROSTER_OVER_40},          {ROSTER_COMMUNITY, 200, ROSTER_OVER_200},
	{ROSTER_LAST_VACCINE, 100, ROSTER_OVER_100}, {ROSTER_GUARDIAN, 200, ROSTER_OVER_200},
	{ROSTER_NOTES, 500, ROSTER_OVER_500},
};

/* A row being read. */
struct reading {
	struct roster_checks *c;
	char *const *fields;
	struct roster_row *row;
	bool wrong;
	bool spoilt[ROSTER_COLUMN_COUNT];
	/* what was read; empty or NULL where there is none, or none that is right */
	char birth_date[11], last_dose_date[11];
	char id_number[ROSTER_KEY_MAX_BYTES + 1], phone[ROSTER_KEY_MAX_BYTES + 1];
	const char *id_type, *sex, *vaccine, *last_vaccine;
	int dose;
};

void roster_problem_add(struct roster_problems *p, unsigned line, enum roster_column column,
			enum roster_problem_kind kind)
{
	if (p->total++ >= ROSTER_PROBLEMS_MAX)
		return;
	if ((p->n & (p->n - 1)) == 0)
		p->list = xrealloc(p->list, (p->n ? 2 * p->n : 1) * sizeof(*p->list));
	p->list[p->n++] = (struct roster_problem){
		.line = line,
		.column = column == ROSTER_WHOLE_ROW ? "" : roster_columns[column].name,
		.code = problems[kind].code,
		.problem = problems[kind].text,
	};
}

static void error(struct reading *r, enum roster_column column, enum roster_problem_kind kind)
{
	roster_problem_add(&r->c->rejected, r->row->line, column, kind);
	r->spoilt[column] = true;
	r->wrong = true;
}

static void warn(struct reading *r, enum roster_column column, enum roster_problem_kind kind)
{
	roster_problem_add(&r->c->warnings, r->row->line, column, kind);
}

/* There is something, and nothing is wrong with it so far. */
static bool is_given(const struct reading *r, enum roster_column column)
{
	return *r->fields[column] && !r->spoilt[column];
}

/* ---- each field as a text ---- */

static void check_text(struct reading *r, enum roster_column column)
{
	const char *text = r->fields[column];

	if (!*text && roster_columns[column].required)
		error(r, column, ROSTER_MISSING);
	else if (strlen(text) > CSV_FIELD_MAX_BYTES)
		error(r, column, ROSTER_OVER_BYTES);
	else if (!text_printable(text, column == ROSTER_NOTES))
		error(r, column, ROSTER_CONTROL);
}

static void check_texts(struct reading *r)
{
	for (int column = 0; column < ROSTER_COLUMN_COUNT; column++)
		check_text(r, (enum roster_column)column);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++) {
		enum roster_column column = bounds[i].column;

		if (is_given(r, column) && text_characters(r->fields[column]) > bounds[i].most)
			error(r, column, bounds[i].kind);
	}
}

/* A date from 1900 on; the one it was read into is empty where it is wrong. */
static bool take_date(struct reading *r, enum roster_column column, char date[11])
{
	*date = '\0';
	if (!is_given(r, column))
		return false;
	text_narrow(r->fields[column]);
	if (!date_form(r->fields[column], date))
		error(r, column, ROSTER_DATE_FORM);
	else if (strcmp(date, "1900-01-01") < 0)
		error(r, column, ROSTER_BEFORE_1900);
	if (r->spoilt[column])
		*date = '\0';
	return !r->spoilt[column];
}

/* ---- the person ---- */

static void check_birth_date(struct reading *r)
{
	if (take_date(r, ROSTER_BIRTH_DATE, r->birth_date) && strcmp(r->birth_date, r->c->today) > 0)
		error(r, ROSTER_BIRTH_DATE, ROSTER_AFTER_TODAY);
}

static void check_id_type(struct reading *r)
{
	const char *text = *r->fields[ROSTER_ID_TYPE] ? r->fields[ROSTER_ID_TYPE] : "id_card";

	if (r->spoilt[ROSTER_ID_TYPE] || (!*r->fields[ROSTER_ID_TYPE] && !is_given(r, ROSTER_ID_NUMBER)))
		return;
	r->id_type = terms_find(r->c->terms, TERM_ID_TYPE, text);
	if (!r->id_type)
		error(r, ROSTER_ID_TYPE, ROSTER_ID_TYPE_UNKNOWN);
}

static void check_sex(struct reading *r)
{
	static const char *const names[][2] = {{"男", "male"},   {"女", "female"},     {"其他", "other"},
					       {"male", "male"}, {"female", "female"}, {"other", "other"}};

	if (!is_given(r, ROSTER_SEX))
		return;
	text_fold(r->fields[ROSTER_SEX]);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(r->fields[ROSTER_SEX], names[i][0]) == 0)
			r->sex = names[i][1];
	}
	if (!r->sex)
		error(r, ROSTER_SEX, ROSTER_SEX_UNKNOWN);
}

static void check_id_card(struct reading *r)
{
	char birth[11];

	if (!id_card_form(r->id_number)) {
		error(r, ROSTER_ID_NUMBER, ROSTER_ID_CARD_FORM);
		return;
	}
	if (!id_card_checks(r->id_number)) {
		error(r, ROSTER_ID_NUMBER, ROSTER_ID_CARD_CHECK);
		return;
	}
	if (!id_card_birth(r->id_number, birth))
		error(r, ROSTER_ID_NUMBER, ROSTER_ID_CARD_DATE);
	else if (is_given(r, ROSTER_BIRTH_DATE) && strcmp(birth, r->birth_date) != 0)
		error(r, ROSTER_BIRTH_DATE, ROSTER_NOT_IN_ID);
	if (r->sex && strcmp(r->sex, "other") != 0 && id_card_male(r->id_number) != (strcmp(r->sex, "male") == 0))
		warn(r, ROSTER_SEX, ROSTER_SEX_NOT_IN_ID);
}

static void check_id(struct reading *r)
{
	if (!is_given(r, ROSTER_ID_NUMBER) || !roster_id_key(r->fields[ROSTER_ID_NUMBER], r->id_number)) {
		r->id_type = NULL;
		return;
	}
	if (!r->id_type)
		return;
	if (strcmp(r->id_type, "id_card") == 0)
		check_id_card(r);
	else if (strcmp(r->id_type, "passport") == 0 && !passport_form(r->id_number))
		error(r, ROSTER_ID_NUMBER, ROSTER_PASSPORT_FORM);
}

static void check_phone(struct reading *r)
{
	char narrow[ROSTER_KEY_MAX_BYTES + 1];
	size_t digits = 0;

	if (!is_given(r, ROSTER_PHONE))
		return;
	snprintf(narrow, sizeof(narrow), "%s", r->fields[ROSTER_PHONE]);
	text_narrow(narrow);
	for (const char *p = narrow; *p; p++)
		digits += *p >= '0' && *p <= '9';
	if (narrow[strspn(narrow, "0123456789+- ")] || digits < 7 || digits > 15)
		warn(r, ROSTER_PHONE, ROSTER_PHONE_FORM);
	roster_phone_key(r->fields[ROSTER_PHONE], r->phone);
}

/* ---- the appointment ---- */

static void check_date(struct reading *r)
{
	int64_t days;

	if (!take_date(r, ROSTER_DATE, r->row->date))
		return;
	date_days(r->row->date, &days);
	if (days < r->c->today_days)
		error(r, ROSTER_DATE, ROSTER_BEFORE_TODAY);
	else if (days > r->c->today_days + ROSTER_AHEAD_MAX_DAYS)
		error(r, ROSTER_DATE, ROSTER_TOO_FAR);
}

static void check_slot(struct reading *r)
{
	if (!is_given(r, ROSTER_SLOT))
		return;
	text_narrow(r->fields[ROSTER_SLOT]);
	if (!slot_form(r->fields[ROSTER_SLOT], &r->row->from_minute, &r->row->to_minute))
		error(r, ROSTER_SLOT, ROSTER_SLOT_FORM);
	else if (r->row->from_minute >= r->row->to_minute)
		error(r, ROSTER_SLOT, ROSTER_SLOT_ORDER);
}

static void check_vaccines(struct reading *r)
{
	if (is_given(r, ROSTER_VACCINE)) {
		r->vaccine = terms_find(r->c->terms, TERM_VACCINE, r->fields[ROSTER_VACCINE]);
		if (!r->vaccine)
			error(r, ROSTER_VACCINE, ROSTER_VACCINE_UNKNOWN);
	}
	if (is_given(r, ROSTER_LAST_VACCINE)) {
		r->last_vaccine = terms_find(r->c->terms, TERM_VACCINE, r->fields[ROSTER_LAST_VACCINE]);
		if (!r->last_vaccine)
			warn(r, ROSTER_LAST_VACCINE, ROSTER_LAST_VACCINE_UNKNOWN);
	}
}

static void check_dose(struct reading *r)
{
	const char *text = r->fields[ROSTER_DOSE];

	if (!is_given(r, ROSTER_DOSE))
		return;
	text_narrow(r->fields[ROSTER_DOSE]);
	if (*text >= '1' && *text <= '9' && !text[1])
		r->dose = *text - '0';
	else
		error(r, ROSTER_DOSE, ROSTER_DOSE_FORM);
}

static void check_last_dose(struct reading *r)
{
	const char *last = r->last_dose_date;

	if (take_date(r, ROSTER_LAST_DOSE_DATE, r->last_dose_date)) {
		if (strcmp(last, r->c->today) > 0)
			error(r, ROSTER_LAST_DOSE_DATE, ROSTER_AFTER_TODAY);
		else if (is_given(r, ROSTER_DATE) && strcmp(last, r->row->date) >= 0)
			error(r, ROSTER_LAST_DOSE_DATE, ROSTER_NOT_BEFORE_DATE);
		else if (is_given(r, ROSTER_BIRTH_DATE) && strcmp(last, r->birth_date) < 0)
			error(r, ROSTER_LAST_DOSE_DATE, ROSTER_BEFORE_BIRTH);
	}
	if (r->dose == 1 && *r->fields[ROSTER_LAST_DOSE_DATE])
		warn(r, ROSTER_LAST_DOSE_DATE, ROSTER_FIRST_HAS_LAST);
	if (r->dose > 1 && !*r->fields[ROSTER_LAST_DOSE_DATE])
		warn(r, ROSTER_LAST_DOSE_DATE, ROSTER_LAST_MISSING);
}

static int date_number(const char *date)
{
	return atoi(date) * 10000 + atoi(date + 5) * 100 + atoi(date + 8);
}

static void check_guardian(struct reading *r)
{
	if (*r->fields[ROSTER_GUARDIAN] || !is_given(r, ROSTER_BIRTH_DATE) || !is_given(r, ROSTER_DATE))
		return;
	if (date_number(r->row->date) - date_number(r->birth_date) < ROSTER_ADULT_YEARS * 10000)
		warn(r, ROSTER_GUARDIAN, ROSTER_NO_GUARDIAN);
}

static void check_notes(struct reading *r)
{
	char folded[CSV_FIELD_MAX_BYTES + 1];

	if (!is_given(r, ROSTER_NOTES) || r->c->n_assisted == 0)
		return;
	strcpy(folded, r->fields[ROSTER_NOTES]);
	text_fold(folded);
	for (size_t i = 0; i < r->c->n_assisted; i++)
		r->row->assisted |= strstr(folded, r->c->assisted[i]) != NULL;
}

/* ---- what comes of it ---- */

static void add_text(struct json_writer *w, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	json_key(w, name);
	json_str(w, text);
}

/* In the order of body_person_rows, so that the same person is the same text however it came. */
static void write_person(const struct reading *r, struct buf *out)
{
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	add_text(&w, "name", r->fields[ROSTER_NAME]);
	add_text(&w, "birth_date", r->birth_date);
	add_text(&w, "sex", r->sex);
	add_text(&w, "phone", r->fields[ROSTER_PHONE]);
	add_text(&w, "id_type", r->id_type);
	add_text(&w, "id_number", r->id_number);
	add_text(&w, "community", r->fields[ROSTER_COMMUNITY]);
	add_text(&w, "guardian", r->fields[ROSTER_GUARDIAN]);
	add_text(&w, "notes", r->fields[ROSTER_NOTES]);
	add_text(&w, "vaccine", r->vaccine);
	if (r->dose) {
		json_key(&w, "dose");
		json_int(&w, r->dose);
	}
	add_text(&w, "last_dose_date", r->last_dose_date);
	add_text(&w, "last_vaccine", r->last_vaccine ? r->last_vaccine : r->fields[ROSTER_LAST_VACCINE]);
	json_close(&w, '}');
}

/* Adds the text and its NUL; says where it stands. */
static size_t add_kept(struct buf *out, const char *text)
{
	size_t at = out->len;

	buf_add(out, text, strlen(text) + 1);
	return at;
}

/* All texts of a row stand in one piece of memory, which begins with the person. */
static void fill(const struct reading *r)
{
	struct roster_row *row = r->row;
	struct buf out = {0};
	size_t name, birth_date, id_number, phone;
	const char *kept;

	write_person(r, &out);
	buf_add(&out, "", 1);
	name = add_kept(&out, r->fields[ROSTER_NAME]);
	birth_date = add_kept(&out, r->birth_date);
	id_number = add_kept(&out, r->id_number);
	phone = add_kept(&out, r->phone);
	row->person = kept = buf_take(&out);
	row->name = kept + name;
	row->birth_date = kept + birth_date;
	row->id_type = r->id_type;
	row->id_number = *r->id_number ? kept + id_number : NULL;
	row->phone = *r->phone ? kept + phone : NULL;
}

bool roster_row_check(struct roster_checks *c, unsigned line, char *const fields[ROSTER_COLUMN_COUNT],
		      struct roster_row *row)
{
	struct reading r = {.c = c, .fields = fields, .row = row};

	*row = (struct roster_row){.line = line};
	check_texts(&r);
	check_birth_date(&r);
	check_id_type(&r);
	check_sex(&r);
	check_id(&r);
	check_phone(&r);
	check_date(&r);
	check_slot(&r);
	check_vaccines(&r);
	check_dose(&r);
	check_last_dose(&r);
	check_guardian(&r);
	check_notes(&r);
	if (r.wrong)
		return false;
	fill(&r);
	return true;
}

void roster_row_end(struct roster_row *row)
{
	free((char *)row->person);
}
