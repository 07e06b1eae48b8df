#ifndef VAXLINE_TESTS_MODEL_RUN_H
#define VAXLINE_TESTS_MODEL_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "naive.h"

/*
 * A run of the model test: one seed, the core's site, the shadows that replay it, and the naive model.
 *
 *   run_ask      model_ask.c     what is asked next, by chance; at the door: model_door.c; of the staff: model_staff.c
 *   run_follow   model_check.c   replays what happened into the shadow
 *   run_check    model_check.c   compares all three, and the design's invariants
 */

#define COMMANDS 300
#define MORNING 1795132800000LL /* 2026-11-20, 08:00 in Shanghai */
#define KINDS (COMMAND_SIGN_OFF + 1)

/* How often each was accepted, noted, refused. */
struct frequency {
	unsigned long n[3];
};

struct stats {
	struct frequency kinds[KINDS], actions[ACTION_COUNT];
	unsigned long verdicts[VERDICT_COUNT], events[EVENT_TYPE_COUNT], alarms[ALERT_KIND_COUNT],
		sign_offs[SIGN_OFF_COUNT];
	unsigned long repeats, offline, by_former, restarts, days;
};

/* A command as it was sent, to be sent again. */
struct sent {
	struct command c;
	char id[37], alert[ALERT_ID_MAX_BYTES + 1], date[11], day[11], load[37];
	int answered; /* the day of the event that says how it was answered; 0: none */
};

struct run {
	unsigned long seed;
	uint64_t random;
	ms_t now;
	struct site *site, *shadow, *day; /* day: knows nothing before the opening of the day; NULL before the first */
	struct naive model;
	struct events events;
	struct sent sent[COMMANDS + 1];
	int n_sent;
	struct {
		bool registered, consented;
	} progress[NAIVE_VISITS + 1];                                          /* by visit id */
	unsigned long n_events, opened[NAIVE_DESKS], placed[NAIVE_VISITS + 1]; /* when: a desk, at a desk by visit id */
	uint32_t board, kiosk, exit, observer;
	char desk_ids[6][DESK_ID_MAX_BYTES + 1];
	int n_cards;          /* identity cards made up so far */
	char load[37];        /* of the roster that is being sent */
	uint64_t last_ticket; /* of the last act */
	struct stats *stats;
};

/* Says which seed and command it was. */
void run_describe(const struct run *r);

#define must(r, condition, ...)                                                                                        \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			run_describe(r);                                                                               \
			fail_msg(__VA_ARGS__);                                                                         \
		}                                                                                                      \
	} while (0)

/* Chance, from the seed alone. */
uint64_t run_random(struct run *r);
int run_below(struct run *r, int n);
bool run_percent(struct run *r, int p);

/* The local date. */
void run_date(ms_t now, char out[11]);
/* How long until the next command. */
ms_t run_next_step(struct run *r);
/* The next command: a fresh one, or one sent before, as it was or not quite. */
void run_ask(struct run *r, struct sent *s);

/* ---- model_door.c ---- */
#define RUN_PERSON "{\"name\":\"Li Wei\",\"birth_date\":\"1950-01-02\"}"
/* An identity card that nobody has; a phone, of so few that they are shared, or 0. */
uint64_t run_new_card(struct run *r);
uint64_t run_phone(struct run *r);
/* Mostly somebody who is still expected; NULL. */
const struct naive_visit *run_expected(struct run *r);
void run_ask_check_in(struct run *r, struct command *c);
/* A row of a roster, or its end. */
void run_ask_row(struct run *r, struct sent *s);

/* ---- model_staff.c ---- */
/* All are on the list, and somebody is signed on everywhere. */
void run_list_staff(struct run *r);
/* Mostly sees to it that somebody is there who may do this. */
void run_staff(struct run *r, const struct command *c);
/* Somebody is listed, or removed, or signs on or off. */
void run_ask_staff(struct run *r);
void run_compare_staff(struct run *r);
/* An event names whoever was there when it was made; an injection somebody who may inject. */
void run_check_named(struct run *r, const struct event *e);

/* Submits to the site and to the model, and compares. */
void run_submit(struct run *r, struct sent *s);

void run_follow(struct run *r);
void run_compare_hash(struct run *r);
void run_compare_receipt(struct run *r, const struct command *c, const struct outcome *o);
void run_check(struct run *r);
/* What must hold of a command that was accepted when so many had a seat taken or spoken for. */
void run_check_accepted(struct run *r, const struct command *c, const struct outcome *o, unsigned seated);
/* When time has done all that is due. */
void run_check_injected(struct run *r);

#endif
