#ifndef VAXLINE_EVENT_H
#define VAXLINE_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"
#include "rules.h"
#include "verdict.h"

/*
 * An event: one fact, one line of the log.
 *
 *   {"id":"EPOCH-N","at":..,"type":..,"command":..,"device":..,"staff":..,"visit":..,"desk":..,"data":{..}}
 *
 * `data` holds what the list below names, each only where it is set (a number not 0, a name not none, a text not NULL).
 * Everything computed is in the event, so applying it needs no rule. Kinds:
 *
 *   TEXT  const char *, a string            JSON  const char *, any JSON value as text
 *   TIME  ms_t, an ISO 8601 string          COUNT int64_t, a number
 *   HEX   uint64_t, 16 hexadecimal digits   RULES struct rules *, the whole configuration
 *   NAME  an enum of names.h or verdict.h, by its name
 *
 * Personal data stands in `person` and nowhere else.
 */
#define EVENT_FIELDS(TEXT, JSON, TIME, COUNT, HEX, NAME, RULES)                                                        \
	/* what a visit becomes; where state is set, so are stage and desk (the event's own, if called or serving) */  \
	NAME(state, enum visit_state, visit_state)                                                                     \
	NAME(stage, enum stage, stage)                                                                                 \
	TEXT(number)                                                                                                   \
	COUNT(ticket)                                                                                                  \
	NAME(class, enum visit_class, visit_class)                                                                     \
	NAME(language, enum language, language)                                                                        \
	TEXT(party)                                                                                                    \
	COUNT(companions)                                                                                              \
	JSON(person)                                                                                                   \
	TIME(entered_at) /* waits since then */                                                                        \
	TIME(arrived_at) /* checked in */                                                                              \
	TIME(injected_at)                                                                                              \
	TIME(observed_at) /* first seen in observation */                                                              \
	TIME(due_at)      /* may leave, inclusive */                                                                   \
	COUNT(observation_minutes)                                                                                     \
	COUNT(minutes)                                                                                                 \
	COUNT(no_shows)                                                                                                \
	NAME(came_from, enum visit_state, visit_state) /* the state before unwell */                                   \
	COUNT(flags)                                                                                                   \
	/* what was recorded */                                                                                        \
	TEXT(vaccine)                                                                                                  \
	TEXT(lot)                                                                                                      \
	COUNT(dose)                                                                                                    \
	JSON(details)                                                                                                  \
	TEXT(reason)                                                                                                   \
	TEXT(note)                                                                                                     \
	TEXT(outcome)                                                                                                  \
	TEXT(place)                                                                                                    \
	/* an alarm */                                                                                                 \
	TEXT(alert)                                                                                                    \
	NAME(kind, enum alert_kind, alert_kind)                                                                        \
	COUNT(level)                                                                                                   \
	COUNT(count)                                                                                                   \
	COUNT(by)                                                                                                      \
	TIME(raised_at)                                                                                                \
	NAME(alert_state, enum alert_state, alert_state)                                                               \
	/* an act kept offline: when it was made by our clock, and what the device's clock said */                     \
	TIME(acted_at)                                                                                                 \
	TIME(device_at)                                                                                                \
	TIME(device_sent_at)                                                                                           \
	COUNT(scan) /* 1: a scan did it; the place is the desk, else the device */                                     \
	/* on the last event of a command: how it was answered */                                                      \
	NAME(reply, enum verdict, verdict) /* "accepted" is written too where reply_as is set */                       \
	NAME(reply_as, enum reply_form, reply_form)                                                                    \
	NAME(action, enum action, action)                                                                              \
	HEX(body)                                                                                                      \
	/* a device */                                                                                                 \
	COUNT(subject) /* the device spoken of; `device` is who did it */                                              \
	NAME(device_kind, enum device_kind, device_kind)                                                               \
	TEXT(name)                                                                                                     \
	TEXT(device_desk)                                                                                              \
	TEXT(code_hash)                                                                                                \
	TEXT(token_hash)                                                                                               \
	TIME(expires_at)                                                                                               \
	/* the site */                                                                                                 \
	RULES(rules)                                                                                                   \
	TEXT(day)                                                                                                      \
	JSON(totals)                                                                                                   \
	COUNT(last_visit) /* numbers given out so far, so that none is given twice */                                  \
	COUNT(last_ticket)                                                                                             \
	COUNT(last_device)                                                                                             \
	/* the hall */                                                                                                 \
	TIME(key) /* its place in the queue of its stage: entered_at less the credit of its class, or as moved since */                                                                                                                    \
	COUNT(admitted) /* 1: it is in the room of its stage, not in the hall */                                       \
	NAME(undoes, enum event_type, event_type)                                                                      \
	JSON(checks) /* the entry checks as told: {CHECK: true or false, ..} */                                        \
	/* an appointment; two keyed hashes, by which it is found without its person being read */                     \
	COUNT(appointment)                                                                                             \
	TIME(slot_from)                                                                                                \
	TIME(slot_to)                                                                                                  \
	HEX(by_id)    /* of id type and number */                                                                      \
	HEX(by_phone) /* of phone and birth date */                                                                    \
	TEXT(load)    /* the command id of the roster load that a row belongs to */                                    \
	COUNT(last_appointment)                                                                                        \
	/* staff */                                                                                                    \
	TEXT(member)       /* id of whom it is about; `staff` is who did it */                                         \
	TEXT(roles)        /* "vaccinator=2027-06-30,observer": each with the last day of its qualification */         \
	COUNT(badge)       /* number in the badge's code */                                                            \
	COUNT(pin)         /* 1: has a PIN; signed_on: it was asked for and right */                                   \
	TIME(signed_on_at) /* of a device carried with somebody signed on; due_at: the end of the shift */             \
	NAME(sign_off, enum sign_off, sign_off)

struct event {
	uint64_t epoch; /* set when applied */
	uint64_t seq;   /* the N of its id */
	ms_t at;
	enum event_type type;
	const char *command; /* 36 characters as sent, or NULL where time did it */
	uint32_t device;     /* "d12" in JSON; 0: none */
	const char *staff;
	uint32_t visit; /* "v12" in JSON; 0: none */
	const char *desk;
#define EVENT_TEXT(member) const char *member;
#define EVENT_TIME(member) ms_t member;
#define EVENT_COUNT(member) int64_t member;
#define EVENT_HEX(member) uint64_t member;
#define EVENT_NAME(member, type, name) type member;
#define EVENT_RULES(member) struct rules *member;
	EVENT_FIELDS(EVENT_TEXT, EVENT_TEXT, EVENT_TIME, EVENT_COUNT, EVENT_HEX, EVENT_NAME, EVENT_RULES)
#undef EVENT_TEXT
#undef EVENT_TIME
#undef EVENT_COUNT
#undef EVENT_HEX
#undef EVENT_NAME
#undef EVENT_RULES
};
/* Strings are borrowed: of the decoder until it is used again, of struct events until it is cleared. */

/* Memory that is freed all at once. */
struct arena_block;
struct arena {
	struct arena_block *head;
};
void *arena_alloc(struct arena *a, size_t size);    /* zeroed, aligned for anything */
char *arena_str(struct arena *a, const char *text); /* a copy; NULL of NULL */
__attribute__((format(printf, 2, 3))) char *arena_printf(struct arena *a, const char *format, ...);
void arena_free(struct arena *a);

/* What a decision produced, in order. */
struct events {
	struct event *v;
	size_t n, cap;
	struct arena arena; /* of strings made on the way */
};
/* A zeroed event at the end; valid until the next one is added. */
struct event *events_add(struct events *l);
/* Forgets the events, keeps the memory of the array. */
void events_clear(struct events *l);
void events_free(struct events *l);

#endif
