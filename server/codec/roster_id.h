#ifndef VAXLINE_ROSTER_ID_H
#define VAXLINE_ROSTER_ID_H

#include <stdbool.h>

/*
 * Numbers of documents. All take text that is narrow and in capitals.
 */

/* 17 digits and a digit or X. */
bool id_card_form(const char *number);
/* The check digit of GB 11643-1999 (ISO 7064, MOD 11-2). Of a number that has the form. */
bool id_card_checks(const char *number);
/* Its date of birth, "1990-12-31"; false where there is no such date. Of a number that has the form. */
bool id_card_birth(const char *number, char date[11]);
/* Of a number that has the form. */
bool id_card_male(const char *number);
bool passport_form(const char *number);

#endif
