#ifndef VAXLINE_TESTS_SITE_HELP_H
#define VAXLINE_TESTS_SITE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site.h"

/*
 * A small site for tests of the core, with a shadow that only replays:
 *
 *   command -> site_submit(site) -> events -> site_admits, site_apply(shadow)      their hashes must be equal
 *
 * A second shadow begins with each day_opened and knows nothing of the days before; its hash must be equal too.
 *
 * Two desks a stage (registration-1, ...), all open, and a device of each sort. Time stands where the test puts it. The
 * strings of a command are gone when it has been judged, so that nobody can have kept them.
 */
struct world {
	struct site *site, *shadow, *day; /* day: NULL until a day was opened */
	ms_t now;
	struct events events; /* of the last command or advance */
	struct outcome outcome;
	struct command last; /* the last command, without its strings but the id */
	char last_id[37];
	unsigned n_ids;
	uint32_t board, kiosk, exit, observer, clinician;
	uint32_t hand[STAGE_COUNT][2]; /* the handheld of the first and the second desk of each stage */
};

/* 2026-11-20, 08:00 in Shanghai. */
#define WORLD_MORNING 1795132800000LL
#define WORLD_DUE (30 * MS_MINUTE)

struct world *world_new(void);
/* As above; the rules are changed first. */
struct world *world_new_with(void (*change)(struct rules *));
void world_free(struct world *w);

/* A command by a device about a visit (0: none) in the name of the device's desk. */
struct command world_command(const struct world *w, enum command_kind kind, uint32_t device, uint32_t visit);
/* Submits now. A command without an id gets a fresh one where its kind has one. */
enum verdict world_do(struct world *w, const struct command *c);
/* The last command again, under its id. */
struct command world_again(const struct world *w, const struct command *c);
/* Lets time pass; what falls due happens. */
void world_pass(struct world *w, ms_t span);
void world_until(struct world *w, ms_t at);
/* Begins again from the replayed shadow, as after a restart. */
void world_restart(struct world *w);

/* Short forms; each gives the fields that its action must have. */
uint32_t world_check_in(struct world *w);
enum verdict world_act(struct world *w, uint32_t device, uint32_t visit, enum action a);
enum verdict world_scan(struct world *w, uint32_t device, uint32_t visit);
enum verdict world_unwell(struct world *w, uint32_t device, uint32_t visit);
/* The desk n (0, 1) of a stage calls; the visit called, or 0. */
uint32_t world_call(struct world *w, enum stage stage, int n);
enum verdict world_desk(struct world *w, enum command_kind kind, enum stage stage, int n);
enum verdict world_acknowledge(struct world *w, const struct alert *a);
enum verdict world_settle(struct world *w, const struct alert *a);

/* A new visit that has come to this state in the ordinary way; nobody else may wait. Time moves for completed alone. */
uint32_t world_visit(struct world *w, enum visit_state state);
/* From wherever it waits or is served to `injected`, now. */
void world_inject(struct world *w, uint32_t visit);

struct visit *visit_of(const struct world *w, uint32_t visit);
enum visit_state state_of(const struct world *w, uint32_t visit);
/* The last alarm of this kind about this visit (0: about none), settled or not; NULL where there never was one. */
const struct alert *alarm_of(const struct world *w, enum alert_kind kind, uint32_t visit);
/* Alarms of this kind about this visit, ever. */
int alarms_of(const struct world *w, enum alert_kind kind, uint32_t visit);
/* Events of this type that the last command or advance produced. */
int events_of(const struct world *w, enum event_type type);
/* Whether the last command or advance produced an event that says this of the kind. */
const struct event *event_of(const struct world *w, enum event_type type);

#define assert_verdict(given, wanted) assert_string_equal(verdict_code(given), verdict_code(wanted))
#define assert_state(w, visit, wanted)                                                                                 \
	assert_string_equal(visit_state_name(state_of(w, visit)), visit_state_name(wanted))

#endif
