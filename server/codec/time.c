/*
 * Instants as text: ISO 8601, UTC, milliseconds, by the proleptic Gregorian calendar. The years are 1970 to 9999, so
 * that the text has always 24 characters; what lies outside is brought to the nearest end when written.
 *
 * Days are counted from the first of March, which puts the leap day last in its year: the month's first day is then one
 * linear formula, and a date is checked by the length of its month.
 */
#include "json.h"

#include <string.h>

#define DAY_MS (24 * MS_HOUR)
#define DAYS_TO_1970 719468       /* from 0000-03-01 */
#define LAST_MS 253402300799999LL /* 9999-12-31T23:59:59.999Z */

static void put_pair(char *out, unsigned v)
{
	out[0] = (char)('0' + v / 10);
	out[1] = (char)('0' + v % 10);
}

static void put_date(char *out, unsigned days)
{
	unsigned z = days + DAYS_TO_1970, era = z / 146097, day_of_era = z % 146097;
	unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	unsigned shifted = (5 * day_of_year + 2) / 153;
	unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;

	unsigned year = year_of_era + era * 400 + (month <= 2);

	put_pair(out, year / 100);
	put_pair(out + 2, year % 100);
	put_pair(out + 5, month);
	put_pair(out + 8, day_of_year - (153 * shifted + 2) / 5 + 1);
}

void time_format(ms_t at, char out[TIME_TEXT_LEN + 1])
{
	unsigned in_day;

	at = at < 0 ? 0 : at > LAST_MS ? LAST_MS : at;
	memcpy(out, "0000-00-00T00:00:00.000Z", TIME_TEXT_LEN + 1);
	put_date(out, (unsigned)(at / DAY_MS));
	in_day = (unsigned)(at % DAY_MS);
	put_pair(out + 11, in_day / 3600000);
	put_pair(out + 14, in_day / 60000 % 60);
	put_pair(out + 17, in_day / 1000 % 60);
	out[20] = (char)('0' + in_day % 1000 / 100);
	put_pair(out + 21, in_day % 100);
}

/* Reads n digits; false, the text untouched, where there are fewer. */
static bool take_digits(const char **p, int n, unsigned *v)
{
	*v = 0;
	for (int i = 0; i < n; i++) {
		unsigned digit = (unsigned)(unsigned char)(*p)[i] - '0';

		if (digit > 9)
			return false;
		*v = *v * 10 + digit;
	}
	*p += n;
	return true;
}

static bool take_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool take_date(const char **p, int64_t *days)
{
	static const unsigned char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned y, m, d, from_march, era;
	bool leap;

	if (!take_digits(p, 4, &y) || !take_char(p, '-') || !take_digits(p, 2, &m) || !take_char(p, '-') ||
	    !take_digits(p, 2, &d))
		return false;
	leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > (unsigned)lengths[m - 1] + (m == 2 && leap))
		return false;
	y -= m <= 2;
	from_march = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	era = y / 400;
	y %= 400;
	*days = (int64_t)era * 146097 + y * 365 + y / 4 - y / 100 + from_march - DAYS_TO_1970;
	return true;
}

static bool take_clock(const char **p, ms_t *ms)
{
	unsigned h, m, s, fraction = 0;

	if (!take_digits(p, 2, &h) || !take_char(p, ':') || !take_digits(p, 2, &m) || !take_char(p, ':') ||
	    !take_digits(p, 2, &s))
		return false;
	if (take_char(p, '.') && !take_digits(p, 3, &fraction))
		return false;
	*ms = h * MS_HOUR + m * MS_MINUTE + s * MS_SECOND + fraction;
	return h < 24 && m < 60 && s < 60;
}

/* What the local time is ahead of UTC. */
static bool take_offset(const char **p, ms_t *ahead)
{
	unsigned h, m;
	bool behind = **p == '-';

	*ahead = 0;
	if (take_char(p, 'Z'))
		return true;
	if ((**p != '+' && **p != '-') || !take_char(p, **p))
		return false;
	if (!take_digits(p, 2, &h) || !take_char(p, ':') || !take_digits(p, 2, &m) || h > 23 || m > 59)
		return false;
	*ahead = (behind ? -1 : 1) * (h * MS_HOUR + m * MS_MINUTE);
	return true;
}

bool time_parse(const char *text, ms_t *at)
{
	int64_t days;
	ms_t clock, ahead, result;

	if (!take_date(&text, &days) || !take_char(&text, 'T') || !take_clock(&text, &clock) ||
	    !take_offset(&text, &ahead) || *text != '\0')
		return false;
	result = days * DAY_MS + clock - ahead;
	if (result < 0 || result > LAST_MS)
		return false;
	*at = result;
	return true;
}

bool date_days(const char *text, int64_t *days)
{
	return take_date(&text, days) && *text == '\0';
}

bool date_valid(const char *text)
{
	int64_t days;

	return date_days(text, &days);
}
