#ifndef VAXLINE_TESTS_SITE_INVARIANTS_H
#define VAXLINE_TESTS_SITE_INVARIANTS_H

#include "site.h"

#define BROKEN_MAX 200

/*
 * What must hold of a site after every single event, found out by searching, not by the core's own counts:
 *
 *   a visit is at one desk at most, and says so itself      a desk serves one party at most
 *   queues hold who waits, in the order of the keys         numbers lead to one visit
 *   a room never holds more people than it may              counts of rooms, seats and states are right
 *
 * True, or false with what is broken.
 */
bool site_is_sound(const struct site *s, char broken[BROKEN_MAX]);

/* People of these with their companions: in the room of a stage, and with a seat in observation taken or spoken for. */
unsigned people_in_room(const struct site *s, enum stage stage);
unsigned people_with_seats(const struct site *s, ms_t now);

#endif
