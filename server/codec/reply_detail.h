#ifndef VAXLINE_REPLY_DETAIL_H
#define VAXLINE_REPLY_DETAIL_H

#include "codec.h"

/* What a detail may speak of; 0 and NULL where there is nothing. */
struct detail_facts {
	const struct visit_facts *visit;
	const char *desk;
	const char *field;
	const char *text; /* the day of an appointment; the id of an entry check */
	enum pause why;
	ms_t until; /* when calling may go on */
};

/* Writes the sentence for staff that goes with a refusal. */
void reply_detail(enum verdict v, const struct detail_facts *f, char *out, size_t size);

#endif
