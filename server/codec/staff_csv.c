/*
 * The list of the staff from a CSV file:
 *
 *   a text for each column --each by its own rule--> a line --agrees with the lines of its id above?--> a person
 *
 * A field that has a problem is not looked at further, so that one mistake is one problem.
 */
#include "staff.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv_rows.h"
#include "roster_forms.h"
#include "text_rules.h"

#define NAME_MAX_CHARACTERS 100
#define ROLE_MARKS ";,/ "
#define ROLE_MARK_CHINESE "、"

enum staff_column {
#define STAFF_COLUMN(value, ...) value,
	STAFF_COLUMNS(STAFF_COLUMN)
#undef STAFF_COLUMN
		STAFF_COLUMN_COUNT,
	STAFF_WHOLE_ROW = STAFF_COLUMN_COUNT,
};

static const struct csv_column staff_columns[STAFF_COLUMN_COUNT] = {
#define COLUMN_ROW(value, name, chinese, required) {name, chinese, required},
	STAFF_COLUMNS(COLUMN_ROW)};

static const char *const chinese_roles[ROLE_COUNT] = {
	[ROLE_REGISTRAR] = "登记", [ROLE_SCREENER] = "预检",  [ROLE_VACCINATOR] = "接种",  [ROLE_OBSERVER] = "留观",
	[ROLE_GUARD] = "出口",     [ROLE_CLINICIAN] = "医生", [ROLE_SUPERVISOR] = "负责人"};

/* A file being read. */
struct reading {
	struct staff_csv *out;
	struct csv_rows csv;
	const struct rules *rules;
};

/* A line being read: what it says, empty where nothing. */
struct line {
	struct reading *r;
	char *fields[STAFF_COLUMN_COUNT];
	bool spoilt[STAFF_COLUMN_COUNT], wrong;
	unsigned roles, badge;
	char until[11];
};

/* ---- problems ---- */

__attribute__((format(printf, 4, 0))) static void add_problem(struct staff_problems *p, unsigned line,
							      const char *column, const char *format, va_list ap)
{
	struct staff_problem *problem = &p->list[p->n];

	p->total++;
	if (p->n == STAFF_PROBLEMS_MAX)
		return;
	p->n++;
	problem->line = line;
	problem->column = column;
	vsnprintf(problem->problem, sizeof(problem->problem), format, ap);
}

__attribute__((format(printf, 3, 4))) static void reject(struct line *l, enum staff_column column, const char *format,
							 ...)
{
	va_list ap;

	va_start(ap, format);
	add_problem(&l->r->out->rejected, l->r->csv.row_line,
		    column == STAFF_WHOLE_ROW ? "" : staff_columns[column].name, format, ap);
	va_end(ap);
	l->wrong = true;
	if (column != STAFF_WHOLE_ROW)
		l->spoilt[column] = true;
}

__attribute__((format(printf, 4, 5))) static void warn(struct reading *r, unsigned line, enum staff_column column,
						       const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	add_problem(&r->out->warnings, line, staff_columns[column].name, format, ap);
	va_end(ap);
}

/* ---- each field ---- */

static bool is_given(const struct line *l, enum staff_column column)
{
	return *l->fields[column] && !l->spoilt[column];
}

static void check_text(struct line *l, enum staff_column column)
{
	const char *text = l->fields[column];

	if (!*text && staff_columns[column].required)
		reject(l, column, "is missing");
	else if (strlen(text) > CSV_FIELD_MAX_BYTES)
		reject(l, column, "is longer than 2,000 bytes");
	else if (!text_printable(text, false))
		reject(l, column, "holds a control character or a line break");
}

static void check_id(struct line *l)
{
	if (!is_given(l, STAFF_ID))
		return;
	text_narrow(l->fields[STAFF_ID]);
	if (!text_made_of(l->fields[STAFF_ID], "-_") || strlen(l->fields[STAFF_ID]) > STAFF_ID_MAX_BYTES)
		reject(l, STAFF_ID, "must be 1 to %d letters, digits, '-' or '_'", STAFF_ID_MAX_BYTES);
}

static void check_name(struct line *l)
{
	if (is_given(l, STAFF_NAME) && text_characters(l->fields[STAFF_NAME]) > NAME_MAX_CHARACTERS)
		reject(l, STAFF_NAME, "is longer than %d characters", NAME_MAX_CHARACTERS);
}

static int role_of(const char *name)
{
	int role = role_from(name);

	if (role > ROLE_NONE)
		return role;
	for (role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (strcmp(name, chinese_roles[role]) == 0)
			return role;
	}
	return -1;
}

static void check_roles(struct line *l)
{
	char *text = l->fields[STAFF_ROLES], *mark, *next, *name;

	if (!is_given(l, STAFF_ROLES))
		return;
	text_fold(text);
	while ((mark = strstr(text, ROLE_MARK_CHINESE)))
		memset(mark, ' ', strlen(ROLE_MARK_CHINESE));
	for (name = strtok_r(text, ROLE_MARKS, &next); name; name = strtok_r(NULL, ROLE_MARKS, &next)) {
		int role = role_of(name);

		if (role < 0) {
			reject(l, STAFF_ROLES,
			       "holds another word than 登记 预检 接种 留观 出口 医生 负责人 or their English names");
			return;
		}
		l->roles |= 1u << role;
	}
	if (!l->roles)
		reject(l, STAFF_ROLES, "is missing");
}

static void check_until(struct line *l)
{
	if (!is_given(l, STAFF_QUALIFIED_UNTIL))
		return;
	text_narrow(l->fields[STAFF_QUALIFIED_UNTIL]);
	if (!date_form(l->fields[STAFF_QUALIFIED_UNTIL], l->until)) {
		*l->until = '\0';
		reject(l, STAFF_QUALIFIED_UNTIL, "must be a date, as 2027-06-30 or 2027/6/30");
	}
}

static void check_badge(struct line *l)
{
	char *text = l->fields[STAFF_BADGE], *end;
	unsigned long v;

	if (!is_given(l, STAFF_BADGE))
		return;
	text_narrow(text);
	v = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || v < 1 || v > STAFF_BADGE_MAX)
		reject(l, STAFF_BADGE, "must be a whole number from 1 to %d", STAFF_BADGE_MAX);
	else
		l->badge = (unsigned)v;
}

static void check_pin(struct line *l)
{
	char *text = l->fields[STAFF_PIN];
	size_t n;

	if (!is_given(l, STAFF_PIN))
		return;
	text_narrow(text);
	n = strlen(text);
	if (strspn(text, "0123456789") != n || n < STAFF_PIN_MIN_DIGITS || n > STAFF_PIN_MAX_DIGITS)
		reject(l, STAFF_PIN, "must be %d to %d digits", STAFF_PIN_MIN_DIGITS, STAFF_PIN_MAX_DIGITS);
}

/* ---- people ---- */

static struct staff_new_pin *find_pin(const struct staff_csv *c, const char *id)
{
	for (size_t i = 0; i < c->n_pins; i++) {
		if (strcmp(c->pins[i].id, id) == 0)
			return &c->pins[i];
	}
	return NULL;
}

static void add_pin(struct staff_csv *c, const char *id, const char *pin)
{
	struct staff_new_pin *p;

	/* Room for all at once: what moves would leave digits behind. */
	if (!c->pins)
		c->pins = xcalloc(STAFF_MAX, sizeof(*c->pins));
	p = &c->pins[c->n_pins++];
	snprintf(p->id, sizeof(p->id), "%s", id);
	snprintf(p->pin, sizeof(p->pin), "%s", pin);
}

/* The day is that of those roles of the line that ask for a qualification. */
static const char *until_of(const struct line *l, int role)
{
	return l->r->rules->roles[role].qualification ? l->until : "";
}

/* Against the lines of the same id above. */
static void check_agrees(struct line *l, const struct staff_row *row, unsigned first)
{
	const struct staff_new_pin *pin = find_pin(l->r->out, row->id);

	if (strcmp(l->fields[STAFF_NAME], row->name) != 0)
		reject(l, STAFF_NAME, "is not the name of that id in line %u", first);
	if (l->badge && row->badge && l->badge != row->badge)
		reject(l, STAFF_BADGE, "is not the one of that id in line %u", first);
	if (pin && *l->fields[STAFF_PIN] && strcmp(pin->pin, l->fields[STAFF_PIN]) != 0)
		reject(l, STAFF_PIN, "is not the one of that id above");
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (l->roles & row->roles & 1u << role)
			reject(l, STAFF_ROLES, "names the role %s, which that id has from a line above",
			       role_name((enum role)role));
	}
}

static void take_line(struct line *l)
{
	struct staff_csv *c = l->r->out;
	struct staff_row *row = staff_find(&c->list, l->fields[STAFF_ID]);

	if (row) {
		check_agrees(l, row, c->lines[row - c->list.rows]);
	} else if (c->list.n == STAFF_MAX) {
		csv_rows_fail(&l->r->csv, "line %u: more than %d people", l->r->csv.row_line, STAFF_MAX);
		return;
	} else {
		c->lines[c->list.n] = l->r->csv.row_line;
		row = staff_add(&c->list, l->fields[STAFF_ID]);
		row->name = xstrdup(l->fields[STAFF_NAME]);
		row->badge = 0;
	}
	if (l->wrong)
		return;
	row->roles |= l->roles;
	if (l->badge)
		row->badge = l->badge;
	for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
		if (l->roles & 1u << role)
			snprintf(row->until[role], sizeof(row->until[role]), "%s", until_of(l, role));
	}
	if (*l->fields[STAFF_PIN] && !find_pin(c, row->id))
		add_pin(c, row->id, l->fields[STAFF_PIN]);
}

static void read_line(struct reading *r)
{
	struct line l = {.r = r};
	int misfit = csv_rows_misfit(&r->csv);

	if (misfit) {
		reject(&l, STAFF_WHOLE_ROW, "the row has %s fields than the header", misfit < 0 ? "fewer" : "more");
		return;
	}
	for (int i = 0; i < STAFF_COLUMN_COUNT; i++) {
		l.fields[i] = csv_rows_field(&r->csv, i);
		check_text(&l, (enum staff_column)i);
	}
	check_id(&l);
	check_name(&l);
	check_roles(&l);
	check_until(&l);
	check_badge(&l);
	check_pin(&l);
	if (!l.wrong)
		take_line(&l);
}

/* ---- the whole ---- */

/* Whoever lacks the day, or is past it, may sign on, and not do what the role is for. */
static void warn_of_day(struct reading *r, size_t i, int role, const char *today)
{
	const char *until = r->out->list.rows[i].until[role];

	if (!*until)
		warn(r, r->out->lines[i], STAFF_QUALIFIED_UNTIL, "is missing, and the role %s asks for a qualification",
		     role_name((enum role)role));
	else if (strcmp(until, today) < 0)
		warn(r, r->out->lines[i], STAFF_QUALIFIED_UNTIL,
		     "has expired, and the role %s asks for a qualification", role_name((enum role)role));
}

static void warn_of_days(struct reading *r, const char *today)
{
	const struct staff_list *list = &r->out->list;

	for (size_t i = 0; i < list->n; i++) {
		for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
			if ((list->rows[i].roles & 1u << role) && r->rules->roles[role].qualification)
				warn_of_day(r, i, role, today);
		}
	}
}

static void take_unknown_columns(struct reading *r)
{
	struct csv_header *h = &r->csv.header;

	r->out->unknown_columns = h->unknown;
	r->out->n_unknown_columns = h->n_unknown;
	h->unknown = NULL;
	h->n_unknown = 0;
}

bool staff_csv_read(struct staff_csv *c, const struct rules *rules, const char *today, char *text, size_t len)
{
	struct reading r = {.out = c, .rules = rules};

	*c = (struct staff_csv){0};
	csv_rows_start(&r.csv, staff_columns, STAFF_COLUMN_COUNT, text, len, STAFF_CSV_MAX_BYTES);
	while (!r.csv.ended) {
		if (csv_rows_step(&r.csv))
			read_line(&r);
	}
	memcpy(c->error, r.csv.error, sizeof(c->error));
	take_unknown_columns(&r);
	warn_of_days(&r, today);
	csv_rows_end(&r.csv);
	return !*c->error && c->rejected.total == 0;
}

void staff_csv_free(struct staff_csv *c)
{
	staff_list_free(&c->list);
	if (c->pins)
		explicit_bzero(c->pins, STAFF_MAX * sizeof(*c->pins));
	free(c->pins);
	for (size_t i = 0; i < c->n_unknown_columns; i++)
		free(c->unknown_columns[i]);
	free(c->unknown_columns);
	*c = (struct staff_csv){0};
}
