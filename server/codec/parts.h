#ifndef VAXLINE_PARTS_H
#define VAXLINE_PARTS_H

#include "codec.h"
#include "json_ids.h"

/*
 * The objects of the API that replies and views are put together from. Each writes one value.
 */
void part_visit(struct json_writer *w, const struct visit_facts *v, const struct reader *r);
/* Where the ticket goes now; null where it has ended. */
void part_next(struct json_writer *w, const struct visit_facts *v);
/* The same where it is known whether it waits in the "hall" or the "room"; NULL: it is not. */
void part_next_at(struct json_writer *w, const struct visit_facts *v, const char *place);
/* The members hold: {on, reason, since, by} and roll_call: {on, started_at, ended_at, missing}. */
void part_site_facts(struct json_writer *w, const struct site_facts *f);
/* An alarm; `shown` is the state to show, number that of its visit or NULL. */
void part_alert(struct json_writer *w, const struct alert *a, enum alert_state shown, const char *number);
/* What stands in the way of closing the day. */
void part_in_the_way(struct json_writer *w, const struct site *s);
/* The member {id, name} of one of the staff; null for NULL. */
void part_staff(struct json_writer *w, const char *key, const struct staff *f);
/* The member with the name alone; null for NULL. */
void part_staff_name(struct json_writer *w, const char *key, const struct staff *f);
/* The name, or NULL for "none". */
const char *part_stage(enum stage stage);

#endif
