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
/* {on, reason, since, by} and {on, started_at, ended_at, missing}; day NULL: nobody has said anything yet. */
void part_hold(struct json_writer *w, const struct day *day);
void part_roll_call(struct json_writer *w, const struct day *day);
/* An alarm; `shown` is the state to show, number that of its visit or NULL. */
void part_alert(struct json_writer *w, const struct alert *a, enum alert_state shown, const char *number);
/* What stands in the way of closing the day. */
void part_in_the_way(struct json_writer *w, const struct site *s);
/* The name, or NULL for "none". */
const char *part_stage(enum stage stage);

#endif
