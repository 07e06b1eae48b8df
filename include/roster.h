#ifndef VAXLINE_ROSTER_H
#define VAXLINE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "rules.h"

/*
 * A roster being read: the bytes of a CSV file (RFC 4180) -> rows, and what is wrong with them. Pure, and in slices, so
 * that the server goes on meanwhile.
 *
 * The file is UTF-8, with or without BOM, or else GB18030, as its bytes are valid; one that reads as UTF-8 for a while
 * and then breaks is damaged UTF-8, not GB18030. Lines end with LF or CRLF. The first row names the columns, in Chinese
 * or English, in any order. Blanks around names and fields do not count; lines and rows with nothing in them neither.
 */
#define ROSTER_MAX_BYTES (8 * 1024 * 1024)
#define ROSTER_ROWS_MAX 20000
#define ROSTER_PROBLEMS_MAX 1000 /* listed of each kind; all are counted */
#define ROSTER_AHEAD_MAX_DAYS 366
#define ROSTER_ADULT_YEARS 18

/*
 * Columns: name in JSON, name in Chinese, whether it must be there. Without name and birth date there is no person,
 * without date and slot no appointment; all else a site can ask at registration. A required column needs a value in
 * every row. id_type left out or empty is id_card.
 */
#define ROSTER_COLUMNS(X)                                                                                              \
	X(ROSTER_NAME, "name", "姓名", true)                                                                           \
	X(ROSTER_ID_TYPE, "id_type", "证件类型", false)                                                                \
	X(ROSTER_ID_NUMBER, "id_number", "证件号码", false)                                                            \
	X(ROSTER_BIRTH_DATE, "birth_date", "出生日期", true)                                                           \
	X(ROSTER_SEX, "sex", "性别", false)                                                                            \
	X(ROSTER_PHONE, "phone", "手机号", false)                                                                      \
	X(ROSTER_COMMUNITY, "community", "社区/单位", false)                                                           \
	X(ROSTER_DATE, "date", "预约日期", true)                                                                       \
	X(ROSTER_SLOT, "slot", "预约时段", true)                                                                       \
	X(ROSTER_VACCINE, "vaccine", "疫苗", false)                                                                    \
	X(ROSTER_DOSE, "dose", "剂次", false)                                                                          \
	X(ROSTER_LAST_DOSE_DATE, "last_dose_date", "上次接种日期", false)                                              \
	X(ROSTER_LAST_VACCINE, "last_vaccine", "上次疫苗", false)                                                      \
	X(ROSTER_GUARDIAN, "guardian", "监护人", false)                                                                \
	X(ROSTER_NOTES, "notes", "备注", false)

/* What can be wrong with a row or a field: a stable code and a sentence. The first part are errors, the rest warnings. */
#define ROSTER_PROBLEMS(X)                                                                                             \
	X(ROSTER_SHORT, "short_row", "the row has fewer fields than the header")                                       \
	X(ROSTER_LONG, "long_row", "the row has more fields than the header")                                          \
	X(ROSTER_MISSING, "missing", "is missing")                                                                     \
	X(ROSTER_CONTROL, "control_character", "holds a control character or a line break")                            \
	X(ROSTER_OVER_BYTES, "too_long", "is longer than 2,000 bytes")                                                 \
	X(ROSTER_OVER_40, "longer_than_40", "is longer than 40 characters")                                            \
	X(ROSTER_OVER_64, "longer_than_64", "is longer than 64 characters")                                            \
	X(ROSTER_OVER_100, "longer_than_100", "is longer than 100 characters")                                         \
	X(ROSTER_OVER_200, "longer_than_200", "is longer than 200 characters")                                         \
	X(ROSTER_OVER_500, "longer_than_500", "is longer than 500 characters")                                         \
	X(ROSTER_ID_TYPE_UNKNOWN, "id_type_unknown", "is no kind of document that this site knows")                    \
	X(ROSTER_ID_CARD_FORM, "id_card_form", "must be 17 digits and then a digit or X")                              \
	X(ROSTER_ID_CARD_DATE, "id_card_date", "holds no date of birth that there is")                                 \
	X(ROSTER_ID_CARD_CHECK, "id_card_check", "has a wrong check digit")                                            \
	X(ROSTER_PASSPORT_FORM, "passport_form", "must be 5 to 20 letters and digits")                                 \
	X(ROSTER_DATE_FORM, "date_form", "must be a date, as 2026-11-20 or 2026/11/20")                                \
	X(ROSTER_BEFORE_1900, "before_1900", "is before 1900")                                                         \
	X(ROSTER_AFTER_TODAY, "after_today", "is after today")                                                         \
	X(ROSTER_NOT_IN_ID, "not_in_id", "is not the birth date in the id number")                                     \
	X(ROSTER_SEX_UNKNOWN, "sex_unknown", "must be 男, 女, 其他, male, female or other")                            \
	X(ROSTER_BEFORE_TODAY, "before_today", "is before today")                                                      \
	X(ROSTER_TOO_FAR, "too_far", "is more than 366 days ahead")                                                    \
	X(ROSTER_SLOT_FORM, "slot_form", "must be two times of a day, as 08:00-08:30")                                 \
	X(ROSTER_SLOT_ORDER, "slot_order", "must end after it begins")                                                 \
	X(ROSTER_VACCINE_UNKNOWN, "vaccine_unknown", "is no vaccine that this site knows")                             \
	X(ROSTER_DOSE_FORM, "dose_form", "must be a whole number from 1 to 9")                                         \
	X(ROSTER_NOT_BEFORE_DATE, "not_before_date", "is not before the day of the appointment")                       \
	X(ROSTER_BEFORE_BIRTH, "before_birth", "is before the birth date")                                             \
	X(ROSTER_PHONE_FORM, "phone_form", "is no number of 7 to 15 digits; kept as typed")                            \
	X(ROSTER_SEX_NOT_IN_ID, "sex_not_in_id", "is not the sex in the id number")                                    \
	X(ROSTER_FIRST_HAS_LAST, "first_has_last", "the first dose, and yet a dose before it")                         \
	X(ROSTER_LAST_MISSING, "last_missing", "a later dose without the date of the one before")                      \
	X(ROSTER_LAST_VACCINE_UNKNOWN, "last_vaccine_unknown", "is no vaccine that this site knows; kept as typed")    \
	X(ROSTER_NO_GUARDIAN, "no_guardian", "a minor without a guardian")                                             \
	X(ROSTER_REPEAT_DIFFERS, "repeat_differs",                                                                     \
	  "the person has a row of that date above, which says otherwise and is the one that counts")

struct roster;

struct roster_problem {
	unsigned line;       /* of the file, from 1; where the row begins */
	const char *column;  /* its name in JSON; "" for the row */
	const char *code;    /* of ROSTER_PROBLEMS */
	const char *problem; /* for a person; never repeats what was sent */
};

struct roster_row {
	unsigned line;
	char date[11];              /* "2026-11-20" */
	int from_minute, to_minute; /* of the local day, to_minute up to 1440 */
	const char *person;         /* JSON, in the order and to the rules of a check-in's person */
	const char *id_type;        /* an id of the configuration; NULL without an id number */
	const char *id_number;      /* by roster_id_key; NULL: none */
	const char *phone;          /* by roster_phone_key; NULL: none */
	const char *name;           /* as in person */
	const char *birth_date;     /* "1990-12-31" */
	bool assisted;              /* the notes hold one of the configuration's assisted_words */
};

/* Takes text (malloc) of len bytes. Today is the local date, "2026-11-20". Rules are borrowed until the return. */
struct roster *roster_new(const struct rules *rules, const char *today, char *text, size_t len);
void roster_free(struct roster *r); /* accepts NULL */
/* Goes on by the work of so many rows at most, 256 bytes or a line each. False when the end is reached. */
bool roster_read(struct roster *r, size_t rows);

/* All that follows is complete at the end, and lent until roster_free. */

/* The file as a whole is unusable: a sentence. NULL: it is not. There are no rows then. */
const char *roster_error(const struct roster *r);
/* The good rows, in order; none that repeats an earlier one of the file. */
const struct roster_row *roster_rows(const struct roster *r, size_t *n);
/* The first ROSTER_PROBLEMS_MAX of them, and, in *total, how many there are. A row can have several. */
const struct roster_problem *roster_rejected(const struct roster *r, size_t *n, size_t *total);
const struct roster_problem *roster_warnings(const struct roster *r, size_t *n, size_t *total);
/* Columns that mean nothing here, as the file names them; "(column 7)" for one without a name. */
const char *const *roster_unknown_columns(const struct roster *r, size_t *n);
/*
 * Good rows that repeat an earlier one of the file: the same date, id type and number; or, where neither has a number,
 * the same date, name, birth date and phone. Counted and left out.
 */
size_t roster_duplicates(const struct roster *r);
/* The day of roster_new, as date_days counts. No row is of an earlier day or over ROSTER_AHEAD_MAX_DAYS later. */
int64_t roster_today(const struct roster *r);

/*
 * The answer to a load: {accepted, duplicates, days, rejected, warnings, unknown_columns}, where lists are cut short
 * with how many more there are. It fits an entry of the journal. taken: of each row of roster_rows, 0 where somebody of
 * it is expected on its date already.
 */
void roster_reply_encode(const struct roster *r, const uint64_t *taken, struct buf *out);
/* The same as a problem document: rows in error kept the file out. */
void roster_refused_encode(const struct roster *r, const uint64_t *taken, struct buf *out);

/* The id of the kind of document that a text names; the text itself, cut to fit, where it names none. */
#define ROSTER_ID_TYPE_MAX_BYTES 160
void roster_id_type(const struct rules *rules, const char *text, char id[ROSTER_ID_TYPE_MAX_BYTES + 1]);

/*
 * What is compared when somebody is looked for by an id number or a phone: numbers in capitals and usual forms; phones
 * the digits alone, without +86. False where it does not fit or nothing is left.
 */
#define ROSTER_KEY_MAX_BYTES 256
bool roster_id_key(const char *number, char key[ROSTER_KEY_MAX_BYTES + 1]);
bool roster_phone_key(const char *phone, char key[ROSTER_KEY_MAX_BYTES + 1]);

#endif
