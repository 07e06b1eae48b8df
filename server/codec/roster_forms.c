/*
 * What the fields of a roster look like, and what is compared when somebody is looked for.
 *
 *   110105 19491231 002 X      region, date of birth, serial (odd: male), check digit: GB 11643-1999
 */
#include "roster_forms.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "roster.h"
#include "text_rules.h"

#define ID_CARD_DIGITS 17
#define PASSPORT_LEAST 5
#define PASSPORT_MOST 20
#define MINUTES_A_DAY 1440

bool id_card_form(const char *number)
{
	size_t digits = strspn(number, "0123456789");

	return (digits == ID_CARD_DIGITS && strcmp(number + digits, "X") == 0) ||
	       (digits == ID_CARD_DIGITS + 1 && number[digits] == '\0');
}

bool id_card_checks(const char *number)
{
	unsigned sum = 0, weight = 2;

	/* The weight of a place is 2 to the power of its distance from the check digit, modulo 11. */
	for (int i = ID_CARD_DIGITS - 1; i >= 0; i--) {
		sum += (unsigned)(number[i] - '0') * weight;
		weight = weight * 2 % 11;
	}
	return number[ID_CARD_DIGITS] == "10X98765432"[sum % 11];
}

bool id_card_birth(const char *number, char date[11])
{
	snprintf(date, 11, "%.4s-%.2s-%.2s", number + 6, number + 10, number + 12);
	return date_valid(date);
}

bool id_card_male(const char *number)
{
	return (number[16] - '0') % 2 == 1;
}

bool passport_form(const char *number)
{
	size_t len = strlen(number);

	return len >= PASSPORT_LEAST && len <= PASSPORT_MOST && text_made_of(number, "");
}

bool roster_id_key(const char *number, char key[ROSTER_KEY_MAX_BYTES + 1])
{
	if (strlen(number) > ROSTER_KEY_MAX_BYTES)
		return false;
	strcpy(key, number);
	text_narrow(key);
	for (char *p = key; *p; p++) {
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - ('a' - 'A'));
	}
	return *key != '\0';
}

bool roster_phone_key(const char *phone, char key[ROSTER_KEY_MAX_BYTES + 1])
{
	char *to = key;
	size_t country;

	if (strlen(phone) > ROSTER_KEY_MAX_BYTES)
		return false;
	strcpy(key, phone);
	text_narrow(key);
	country = strncmp(key, "+86", 3) == 0 ? 3 : strncmp(key, "0086", 4) == 0 ? 4 : 0;
	for (const char *p = key + country; *p; p++) {
		if (*p >= '0' && *p <= '9')
			*to++ = *p;
	}
	*to = '\0';
	return to > key;
}

/* Reads one or two digits. */
static bool take_number(const char **p, unsigned *v)
{
	size_t n = strspn(*p, "0123456789");

	if (n < 1 || n > 2)
		return false;
	for (*v = 0; n > 0; n--)
		*v = *v * 10 + (unsigned)(*(*p)++ - '0');
	return true;
}

bool date_form(const char *text, char date[11])
{
	const char *p = text + 4;
	unsigned month, day;
	char mark;

	if (strspn(text, "0123456789") != 4 || (*p != '-' && *p != '/'))
		return false;
	mark = *p++;
	if (!take_number(&p, &month) || *p++ != mark || !take_number(&p, &day) || *p)
		return false;
	snprintf(date, 11, "%.4s-%02u-%02u", text, month % 100, day % 100);
	return date_valid(date);
}

static bool take_minute(const char **p, int *minute)
{
	unsigned hour, past;

	if (!take_number(p, &hour) || *(*p)++ != ':' || strspn(*p, "0123456789") != 2 || !take_number(p, &past))
		return false;
	*minute = (int)(hour * 60 + past);
	return past < 60 && *minute <= MINUTES_A_DAY;
}

bool time_of_day(const char *text, int *minute)
{
	return take_minute(&text, minute) && !*text && *minute < MINUTES_A_DAY;
}

bool slot_form(const char *text, int *from, int *to)
{
	const char *p = text;

	return take_minute(&p, from) && *p++ == '-' && take_minute(&p, to) && !*p && *from < MINUTES_A_DAY;
}
