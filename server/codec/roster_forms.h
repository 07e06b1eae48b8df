#ifndef VAXLINE_ROSTER_FORMS_H
#define VAXLINE_ROSTER_FORMS_H

#include <stdbool.h>

/*
 * What the fields of a roster look like. All take narrow text, numbers of documents in capitals.
 */

/* 17 digits and a digit or X. */
bool id_card_form(const char *number);
/* The check digit of GB 11643-1999 (ISO 7064, MOD 11-2). Of a number that has the form. */
bool id_card_checks(const char *number);
/* Its date of birth, "1990-12-31"; false where there is no such date. Of a number that has the form. */
bool id_card_birth(const char *number, char date[11]);
/* Of a number that has the form. */
bool id_card_male(const char *number);
/* 5 to 20 letters and digits. */
bool passport_form(const char *number);

/* "2026-11-20", "2026/11/20", "2026/1/2": a real date, written as the first of them. */
bool date_form(const char *text, char date[11]);
/* "08:00", "8:00": minutes of the day. */
bool time_of_day(const char *text, int *minute);
/* "08:00-08:30", "8:00-8:30", "23:30-24:00": minutes of the day, in any order. */
bool slot_form(const char *text, int *from, int *to);

#endif
