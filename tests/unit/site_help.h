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
 * A second shadow begins with each day_opened and knows nothing of the days before; its hash must be equal too. After
 * every single event the invariants of site_invariants.h are looked at.
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
	char said[2][64]; /* what the outcome says in the command's own words */
	unsigned n_ids;
	bool signs_on; /* somebody who may do everything is signed on wherever an act asks for it; true at first */
	uint32_t board, kiosk, exit, observer, clinician;
	uint32_t hand[STAGE_COUNT][2]; /* the handheld of the first and the second desk of each stage */
};

/* 2026-11-20, 08:00 in Shanghai. */
#define WORLD_MORNING 1795132800000LL
#define WORLD_DUE (30 * MS_MINUTE)
#define WORLD_DAY "2026-11-20"
#define WORLD_ALL_ROLES                                                                                                \
	"registrar,screener=2099-12-31,vaccinator=2099-12-31,observer,guard,clinician=2099-12-31,supervisor"
#define WORLD_PARTY "aaaaaaaa-0000-4000-8000-000000000001"

struct world *world_new(void);
/* As above; the rules are changed first. */
struct world *world_new_with(void (*change)(struct rules *));
/* As above, and nobody is on the list. */
struct world *world_unstaffed(void (*change)(struct rules *));
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
/* A check-in to be changed before it is done; and done, which must be accepted. */
struct command world_arrival(const struct world *w);
uint32_t world_enter(struct world *w, const struct command *c);
/* One more of a party (NULL: alone), with companions. */
uint32_t world_member(struct world *w, const char *party, int companions);
/* Lists one of the staff; the badge is number 1 of that id, the PIN right or none. */
enum verdict world_list(struct world *w, const char *member, const char *roles);
enum verdict world_sign_on(struct world *w, uint32_t device, const char *member);
enum verdict world_sign_off(struct world *w, uint32_t device);
/* The badge of that number of an id. */
uint64_t world_badge(const char *member, unsigned ordinal);
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
/* From wherever it waits or is served to the queue of a later stage, now. */
void world_bring(struct world *w, uint32_t visit, enum stage stage);

/* By the board. */
enum verdict world_undo(struct world *w, uint32_t visit);
enum verdict world_move(struct world *w, uint32_t visit, enum stage stage);
enum verdict world_site(struct world *w, enum command_kind kind);
enum verdict world_close_day(struct world *w);
/* A new configuration: as it is, and changed. */
enum verdict world_configure(struct world *w, void (*change)(struct rules *));

/* A row of a roster to be changed before it is done: somebody expected on that day from 09:00 to 09:30. */
struct command world_row(const struct world *w, const char *load, const char *day);
/* The rows count from here. */
enum verdict world_load(struct world *w, const char *load);

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
/* The last alarm of this kind about this stage; NULL where there never was one. */
const struct alert *alarm_at(const struct world *w, enum alert_kind kind, enum stage stage);

/* Whether the answers show a visit alike, word for word. */
void assert_same_facts(const struct visit_facts *a, const struct visit_facts *b);

#define assert_verdict(given, wanted) assert_string_equal(verdict_code(given), verdict_code(wanted))
#define assert_state(w, visit, wanted)                                                                                 \
	assert_string_equal(visit_state_name(state_of(w, visit)), visit_state_name(wanted))

#endif
