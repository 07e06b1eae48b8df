#ifndef VAXLINE_TESTS_NAIVE_H
#define VAXLINE_TESTS_NAIVE_H

#include "site.h"

/*
 * The site once more, without thought: plain arrays, linear scans, no heap, no hash, no events, no log. Written from
 * the rules, not from the core; whatever it holds is recomputed or searched for at every step.
 */

#define NAIVE_VISITS 512
#define NAIVE_ALARMS 1024
#define NAIVE_RECEIPTS 1024
#define NAIVE_DESKS 8
#define NAIVE_DEVICES 16
#define NAIVE_PARTIES 64
#define NAIVE_ROWS 512
#define NAIVE_STAFF 24
#define NAIVE_SESSIONS 1024

/* Before the last act that can be undone. */
struct naive_before {
	bool can;
	int act;
	enum action action;
	ms_t at, entered_at, key;
	enum visit_state state;
	enum stage stage;
	int desk, long_minutes;
	bool admitted;
};

struct naive_visit {
	uint32_t id;
	uint64_t ticket, dead_tickets[16];
	int n_dead;
	char number[16];
	enum visit_state state, came_from;
	enum stage stage, reached;
	enum visit_class class;
	int desk; /* index, or -1 */
	ms_t entered_at, key, called_at, injected_at, due_at, seen_at;
	int long_minutes, no_shows, companions;
	char party[37]; /* "": alone */
	bool extended, admitted;
	struct naive_before undo;
	uint64_t appointment; /* 0: a walk-in */
	enum visit_class slot_class;
	ms_t slot_from, slot_to;
	uint64_t by_id, by_phone;
	unsigned known_since; /* order in which phones were learned */
	unsigned changes;
	char scan_place[40];
	ms_t scan_at;
	unsigned scan_changes;
};

struct naive_alarm {
	enum alert_kind kind;
	enum alert_state state;
	enum stage stage;
	uint32_t visit, device;
	char place[40];
	ms_t raised_at, cried_at;
	ms_t due; /* of one that time raised */
	int count, escalated;
	int settled_in; /* the act that settled it */
};

struct naive_desk {
	const char *id;
	enum stage stage;
	bool open;
};

struct naive_device {
	uint32_t id;
	enum device_kind kind;
	const char *desk;
	ms_t last_act;
	int wrong; /* PINs in a row */
	ms_t wrong_at;
};

struct naive_staff {
	char id[32];
	bool listed, pin, is[ROLE_COUNT];
	char until[ROLE_COUNT][11];
	uint64_t badge;
	int wrong;
	ms_t wrong_at;
};

/* Somebody's time at a device; over where it has a why. */
struct naive_session {
	struct naive_staff *staff;
	uint32_t device;
	ms_t since, last_at, shift_end;
	enum sign_off why;
	ms_t ended_at, cut_at; /* cut: nothing done later is theirs, whatever comes in late */
};

#define NAIVE_GROUP 8

struct naive_receipt {
	char id[37];
	uint32_t device;
	uint64_t body;
	enum verdict verdict;
	struct naive_visit visit; /* as it was then; id 0: none */
	unsigned flags;
	uint32_t group[NAIVE_GROUP]; /* a call's */
	int n_group;
	bool of_site, hold, roll_call;
	int day;
};

/* Which desk has a party at a stage. */
struct naive_party {
	char id[37];
	int desk[STAGE_COUNT]; /* index, or -1 */
};

/* A row of a roster. */
struct naive_row {
	uint64_t id, by_id, by_phone;
	char day[11];
	ms_t slot_from, slot_to;
	enum visit_class class;
};

/* A wait that ended in a call or a start. */
struct naive_wait {
	enum stage stage;
	ms_t at, waited;
};

struct naive {
	/* of the configuration; all else is at its default */
	int seats, party_max, room[STAGE_COUNT], idle, board_idle;
	char date[11];
	int day; /* 0: none yet */
	bool closed, doubt;
	ms_t clock; /* looked at last */
	struct naive_visit visits[NAIVE_VISITS];
	int n_visits;
	struct naive_alarm alarms[NAIVE_ALARMS];
	int n_alarms;
	int acts;
	ms_t acted;    /* when the present act was made */
	bool sighting; /* somebody is seen in observation by it */
	struct naive_receipt receipts[NAIVE_RECEIPTS];
	int n_receipts;
	struct naive_desk desks[NAIVE_DESKS];
	int n_desks;
	struct naive_device devices[NAIVE_DEVICES];
	int n_devices;
	struct naive_staff staff[NAIVE_STAFF];
	int n_staff;
	struct naive_session sessions[NAIVE_SESSIONS]; /* of the day, and those not over; in the order they began */
	int n_sessions;
	struct naive_party parties[NAIVE_PARTIES];
	int n_parties;
	struct naive_wait waits[NAIVE_VISITS * 4];
	int n_waits;
	struct naive_row loading[NAIVE_ROWS], to_come[NAIVE_ROWS];
	int n_loading, n_to_come;
	char load[37];
	bool hold, roll_call;
	ms_t roll_call_at;
	ms_t full_since; /* calls to the needle stopped by seats; 0: they are not */
	int numbers[2];  /* of walk-ins, and of those with an appointment */
	unsigned not_today, known;
	uint32_t last_visit;
	uint64_t last_ticket, last_appointment;
	/* of the command being judged */
	bool marked;                   /* something happened */
	struct naive_session *session; /* in whose time it was made; NULL: nobody's */
	struct naive_staff *who;       /* whom its events name */
	uint32_t about;
	uint32_t group[NAIVE_GROUP];
	int n_group;
};

/* Does what time does. */
void naive_advance(struct naive *m, ms_t now);
/* What must come of a command; does it. */
enum verdict naive_submit(struct naive *m, const struct command *c, ms_t now);
/* The receipt of a command id, or NULL. */
const struct naive_receipt *naive_receipt(const struct naive *m, const char *id);
/* When time does something next; MS_NEVER. */
ms_t naive_deadline(const struct naive *m);
/* Its open alarms as flags, and whether it was extended. */
unsigned naive_flags(const struct naive *m, const struct naive_visit *v);
/* The n-th that waits at the stage, from 0; NULL. */
struct naive_visit *naive_waiting(struct naive *m, enum stage stage, int n);
/* The first whom the desk has called or serves, by state; NULL. */
struct naive_visit *naive_at_desk(struct naive *m, int desk, enum visit_state state);

/* ---- naive_hall.c: rooms, seats, parties, waits ---- */

int naive_heads(const struct naive_visit *v);
bool naive_in_room(const struct naive *m, const struct naive_visit *v);
bool naive_room_takes(const struct naive *m, enum stage stage, int heads);
bool naive_fits_anywhere(const struct naive *m, int heads);
bool naive_needs_seat(const struct naive_visit *v, ms_t now);
int naive_committed(const struct naive *m, ms_t now);
/* The open desk that has the party of this visit at its stage; -1. */
int naive_party_desk(const struct naive *m, const struct naive_visit *v);
bool naive_small(const struct naive *m, const struct naive_visit *v);
/* Whom the desk (-1: any of the stage) would call: into out; 0 and why. */
int naive_next(struct naive *m, enum stage stage, int desk, ms_t now, struct naive_visit *out[NAIVE_GROUP],
	       enum pause *why);
/* Whether somebody may be taken without having been called. */
enum verdict naive_may_start(const struct naive *m, const struct naive_visit *v, ms_t now);
/* The first time from the clock on at which the stage's waits are long, or, where that is said already, not any more. */
ms_t naive_long_at(const struct naive *m, enum stage stage);
/* A visit has gone from this stage: when nobody of its party is there or before it, its desk there is anybody's. */
void naive_party_goes_on(struct naive *m, const struct naive_visit *v, enum stage from);
/* A call or a start was taken back: nobody of the party has been served there, so any desk may have it. */
void naive_party_unbound(struct naive *m, const struct naive_visit *v);
/* What follows from any change: who is admitted, which alarms are over. */
void naive_follow(struct naive *m, ms_t now);
enum verdict naive_site(struct naive *m, const struct command *c, ms_t now);

/* ---- naive_door.c: rosters and check-in ---- */

enum verdict naive_check_in(struct naive *m, const struct command *c, ms_t acted);
enum verdict naive_row(struct naive *m, const struct command *c);
enum verdict naive_loaded(struct naive *m, const struct command *c);
void naive_door_opens(struct naive *m);
void naive_known_by(struct naive *m, struct naive_visit *v, uint64_t by_id, uint64_t by_phone);

/* ---- naive_staff.c ---- */

struct naive_staff *naive_member(struct naive *m, const char *id);
/* The one that is not over; NULL. */
struct naive_session *naive_session(struct naive *m, uint32_t device);
/* In whose time the command was made: m->session, m->who. */
void naive_find_who(struct naive *m, const struct command *c, ms_t acted);
/* The device did something in that time. */
void naive_touched(struct naive *m, ms_t acted);
/* Whether they may. */
enum verdict naive_duty(const struct naive *m, const struct command *c);
/* Listing, removing, signing on and off. */
enum verdict naive_staff(struct naive *m, const struct command *c, ms_t now);
ms_t naive_session_due(struct naive *m, const struct naive_session *of);
void naive_session_ends(struct naive *m, struct naive_session *of, ms_t now);
void naive_staff_day_turns(struct naive *m);

/* ---- naive.c, naive_act.c ---- */

bool naive_ended(enum visit_state s);
bool naive_waits(enum visit_state s);
int naive_desk(const struct naive *m, const char *id);
struct naive_device *naive_device(struct naive *m, uint32_t id);
/* The open one; NULL. */
struct naive_alarm *naive_alarm(struct naive *m, enum alert_kind kind, uint32_t visit);
struct naive_alarm *naive_alarm_new(struct naive *m, enum alert_kind kind, uint32_t visit, ms_t now);
void naive_cry(struct naive *m, enum alert_kind kind, uint32_t visit, const struct command *c, ms_t now);
void naive_settle(struct naive *m, uint32_t visit, enum alert_kind kind);
/* The visit changes to this state; whatever it was flagged for and is over is settled. */
void naive_become(struct naive *m, struct naive_visit *v, enum visit_state state, enum stage stage);
/* It is at the desk now, called or served. */
void naive_place(struct naive *m, struct naive_visit *v, int desk, ms_t now);
/* It waits anew, behind those who came before, less the credit of its class. */
void naive_queue(struct naive_visit *v, ms_t since);
/* Its last act can be undone; before: as it was. */
void naive_remember(struct naive *m, struct naive_visit *v, const struct naive_visit *before, enum action a, ms_t now);
/* Seen in observation by the present act. */
void naive_seen(const struct naive *m, struct naive_visit *v);
enum verdict naive_act(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted, ms_t now);
enum verdict naive_scan(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now);
/* v: NULL where the ticket is not known */
enum verdict naive_unwell(struct naive *m, struct naive_visit *v, const struct command *c, ms_t now);

/* ---- naive_right.c ---- */

enum verdict naive_move(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted,
			ms_t now);
enum verdict naive_correct(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t now);
enum verdict naive_reissue(struct naive *m, struct naive_visit *v);
enum verdict naive_undo(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted,
			ms_t now);
/* "Actions other than start by a desk on somebody at another desk." */
enum verdict naive_desk_right(const struct naive_visit *v, int desk);

#endif
