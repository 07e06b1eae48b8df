#ifndef VAXLINE_VIEW_H
#define VAXLINE_VIEW_H

#include "codec.h"
#include "parts.h"

/* Begins a picture: {at, position, ... */
void view_open(struct json_writer *w, const struct site *s, const struct picture *p, struct buf *out);
/* A number of a visit of today, or NULL. */
const char *view_number(const struct site *s, uint32_t visit);
/* Tickets that are in observation now, in the order in which they may leave. The caller frees with free(). */
const struct visit **view_observing(const struct site *s, size_t *n);
/* Whether one in observation may leave now. */
bool view_may_leave(const struct site *s, const struct visit *v, ms_t now);
bool view_on_hold(const struct site *s);
/* Most people in the room of the stage; 0: no limit. */
unsigned view_capacity(const struct site *s, enum stage stage);
/* How many of those who wait for the stage wait in the hall. */
size_t view_hall(const struct site *s, enum stage stage);

/* Members of an object. */
void view_count(struct json_writer *w, const char *key, size_t n);
void view_text(struct json_writer *w, const char *key, const char *text); /* NULL writes null */
void view_time(struct json_writer *w, const char *key, ms_t at);          /* 0 writes null */
void view_flag(struct json_writer *w, const char *key, bool v);
void view_capacity_member(struct json_writer *w, const struct site *s, enum stage stage); /* null: no limit */
/* Whole minutes of a forecast; null for -1. */
void view_minutes(struct json_writer *w, const char *key, ms_t wait);
/* {why, until}; null for PAUSE_NONE. */
void view_paused(struct json_writer *w, const char *key, enum pause why, ms_t until);
void view_seats(struct json_writer *w, const struct site *s, ms_t now);

/* Who is signed on at the handheld of the desk; NULL: nobody. */
const struct staff *view_staff_at(const struct site *s, const struct desk *desk);

/* ---- view_board_lists.c: members of the board ---- */
void view_board_desks(struct json_writer *w, const struct site *s, ms_t now);
void view_board_devices(struct json_writer *w, const struct site *s, const struct picture *p);
/* Everybody who is inside, while the site is on hold; else null. */
void view_board_inside(struct json_writer *w, const struct site *s);
/* Those set aside, whom somebody must bring back in line; early leavers who have not come back, whom somebody rings. */
void view_board_people(struct json_writer *w, const struct site *s);
/* Doses given by vaccine and lot; those turned away by entry check. */
void view_board_tallies(struct json_writer *w, const struct site *s);

#endif
