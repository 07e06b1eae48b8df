#ifndef VAXLINE_SITE_H
#define VAXLINE_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "command.h"
#include "event.h"
#include "names.h"
#include "rules.h"
#include "verdict.h"

/*
 * One site: the fold of its log. Values in, values out: no clock, no I/O.
 *
 *   site_submit(site, command, now)   judges, appends the events to a list, applies them
 *   site_advance(site, now)           does what time does, up to and including now
 *   site_apply(site, event)           all that replay does; cannot fail on an event that site_admits
 *   site_deadline(site)               when time will do something next
 *
 * Everything public here is for reading; only the functions of server/core write it.
 */

#define NUMBER_MAX_BYTES 15
#define ALERT_ID_MAX_BYTES 63
#define VISIT_FLAG_EXTENDED (1u << ALERT_KIND_COUNT) /* the bits below: an open alarm of that kind */

/* What the API shows of a visit; copied into the receipt of each command, so that a repeat gets the same answer. */
struct visit_facts {
	uint32_t id; /* counts over the life of the site; 0: no visit */
	char number[NUMBER_MAX_BYTES + 1];
	uint64_t ticket; /* id in the ticket code */
	enum visit_state state;
	enum stage stage;
	const char *desk; /* id, kept for the life of the site; NULL unless called or serving */
	enum visit_class class;
	enum language language;
	const char *party;  /* these two live as long as the day and the next */
	const char *person; /* JSON or NULL */
	int companions;
	unsigned flags;
	ms_t arrived_at, injected_at, due_at;
};

/* One line of a visit's timeline. */
struct moment {
	uint64_t epoch, seq;
	ms_t at;
	enum event_type type;
	const char *desk;
	uint32_t device;
	const char *staff;      /* id of who did it, for the life of the site; NULL: nobody signed on */
	const char *reason;     /* or NULL */
	enum stage stage;       /* where it was then, or STAGE_NONE */
	enum event_type undoes; /* undone: what was taken back */
};

enum timer_kind {
	TIMER_NEVER_ARRIVED,
	TIMER_OVERSTAY,
	TIMER_CALL_EXPIRED,
	TIMER_MAY_LEAVE,   /* no event: what the views say changes */
	TIMER_VISIT_KINDS, /* the above have a visit, the next two an alarm, the rest a stage */
	TIMER_ESCALATE = TIMER_VISIT_KINDS,
	TIMER_LAPSE,
	TIMER_ALERT_KINDS,
	TIMER_WAIT_LONG = TIMER_ALERT_KINDS,
	TIMER_SEATS_FULL,
	TIMER_STAGE_KINDS,
	TIMER_SESSION = TIMER_STAGE_KINDS, /* a device */
	TIMER_KINDS,
};

/* What the last act changed, for its undoing; type EVENT_NONE: nothing that can be undone. */
struct visit_undo {
	enum event_type type;
	ms_t at;
	enum visit_state state;
	enum stage stage;
	const char *desk;
	ms_t entered_at, key;
	bool admitted;
	int observation_minutes;
	unsigned flags; /* alarms that were open, and may have been settled by it */
};

/* A row of a roster. Made by its event; a visit from the opening of its day on. */
struct appointment {
	uint64_t id; /* counts over the life of the site; in the appointment code */
	char date[11];
	ms_t slot_from, slot_to;
	enum visit_class class; /* appointment, elderly or assisted */
	uint64_t by_id, by_phone;
	char *person; /* JSON; owned */
};

/* Those who go together: a family, a school class. */
struct party {
	char id[37];
	uint32_t *members; /* visits, in the order of their check-in */
	size_t n, cap;
	const char *desk[STAGE_COUNT]; /* that has them at a stage; NULL: none yet */
	UT_hash_handle hh;
};

struct visit {
	struct visit_facts f;
	enum visit_state came_from; /* before unwell */
	ms_t entered_at;            /* waits since then */
	ms_t key;                   /* place in the queue: entered_at less credit, or as moved since */
	bool admitted;              /* is, or may go, in the room of its stage; where that has no limit, always */
	enum stage reached;         /* the stage it may be moved to at most */
	ms_t seen_at;               /* last seen in observation */
	const char *vaccine, *lot;  /* given; kept for the life of the site; NULL: none yet */
	struct visit_undo undo;
	struct appointment *appointment; /* NULL: a walk-in; owned */
	struct party *party;             /* NULL: alone */
	struct visit *same_phone;        /* the next that by_phone finds */
	ms_t called_at, started_at, observed_at;
	int observation_minutes; /* asked for by screening; 0: the usual */
	int no_shows;
	uint64_t version; /* number of changes */
	/* The last scan, for ticket_reused: where, when, and the version after it. */
	const char *scan_place; /* kept for the life of the site */
	ms_t scan_at;
	uint64_t scan_version;
	struct alert *alarms[ALERT_KIND_COUNT]; /* the open ones; one of a kind at most */
	ms_t timer_due[TIMER_VISIT_KINDS];      /* pushed last */
	ms_t raised_due[TIMER_VISIT_KINDS];     /* raised last for this due time */
	struct moment *timeline;
	size_t n_timeline, cap_timeline;
	UT_hash_handle by_number, by_ticket, by_appointment, by_id, by_phone;
	uint64_t id_hash, phone_hash; /* keys of the last two; 0: not there */
};

#define DESK_PEOPLE_MAX 50

struct desk {
	char id[DESK_ID_MAX_BYTES + 1];
	enum stage stage;
	bool open;
	bool retired;                     /* no longer configured */
	uint32_t called[DESK_PEOPLE_MAX]; /* visits called here and not started: one, or some of a party */
	size_t n_called;
	ms_t called_at;
	uint32_t serving[DESK_PEOPLE_MAX]; /* visits served here: one, or some of a party */
	size_t n_serving;
	ms_t started_at;  /* of the last start */
	ms_t finished_at; /* when it last became free; 0: not yet today, or opened since */
	unsigned done;    /* finished here today */
	ms_t *recent;     /* times of the last finishes, newest last, for the hourly rate */
	size_t n_recent;
	uint64_t version;
};

/* A wait that ended in a start. */
struct wait {
	ms_t at, waited;
};

/* The last samples of a stage's service times, and of the pauses between two services while somebody waited. */
#define PACE_SAMPLES 64
struct pace {
	ms_t service[PACE_SAMPLES], gap[PACE_SAMPLES]; /* rings */
	size_t n_service, n_gap;                       /* ever: the next goes to n % PACE_SAMPLES */
};

struct queue {
	uint32_t *visits; /* visit ids in the order of their keys */
	size_t n, cap;
	unsigned done;      /* finished at this stage today */
	unsigned room;      /* people in the room, companions counted: admitted, called, served */
	struct wait *waits; /* of the day, in the order of the starts */
	size_t n_waits, cap_waits;
	struct pace pace;
	ms_t timer_due[TIMER_STAGE_KINDS - TIMER_ALERT_KINDS];
	size_t recheck;  /* of this length, the queue is looked at anew for wait_long */
	ms_t full_since; /* injection: calls stopped by seats since then, at the last event; 0: they were not */
	ms_t full_due;   /* of seats_full, that was looked at last */
	uint64_t version;
};

struct alert {
	char id[ALERT_ID_MAX_BYTES + 1]; /* kind-subject-due where time raised it, else the id of its event */
	enum alert_kind kind;
	enum alert_state state;
	uint32_t visit;   /* 0: none */
	enum stage stage; /* wait_long, seats_full; else none */
	const char *desk, *place;
	uint32_t device; /* that reported it; device_silent: that is silent */
	ms_t raised_at;
	ms_t cried_at; /* last raised or repeated: escalation counts from here */
	int count, urgency, escalated;
	uint32_t by; /* device that acknowledged or settled */
	const char *outcome, *note;
	ms_t timer_due[TIMER_KINDS];
	bool lapsed;     /* early_exit: the visit has become left_early */
	uint32_t serial; /* of the day */
	/* The events that acknowledged and settled it; 0: none since the last cry. Calm is shown once they are on disk.
	 */
	uint64_t acknowledged_epoch, acknowledged_seq;
	uint64_t settled_epoch, settled_seq;
	UT_hash_handle hh;
};

/* One of the staff. */
struct staff {
	const char *id;             /* for the life of the site */
	char *person;               /* JSON {"name": ..}; owned */
	unsigned roles;             /* bits: 1 << enum role */
	char until[ROLE_COUNT][11]; /* last day of the qualification for that role; "": none */
	uint64_t badge;
	bool pin;      /* has one */
	bool removed;  /* listed no more; kept for the names in the record */
	int wrong;     /* PINs in a row */
	ms_t wrong_at; /* the last of them */
	bool carried;
	UT_hash_handle hh, by_badge;
};

/* Somebody's being signed on at a device. */
struct session {
	const struct staff *staff; /* NULL: nobody */
	ms_t since;
	ms_t last_at;  /* the device's last act under it */
	ms_t ends_at;  /* at the latest: the end of the shift; MS_NEVER */
	ms_t ended_at; /* of one that is over, and why */
	enum sign_off why;
};
#define SESSIONS_KEPT 4

struct device {
	uint32_t id;
	enum device_kind kind;
	const char *name;
	const char *desk; /* NULL, a desk's id, "observation" or "treatment" */
	bool enrolled, revoked;
	char code_hash[65], token_hash[65];   /* "" where there is none */
	ms_t expires_at;                      /* of the code */
	ms_t last_act;                        /* event time of its last command */
	struct alert *silent;                 /* open device_silent, or NULL */
	struct session session;               /* who is signed on */
	struct session before[SESSIONS_KEPT]; /* of today, the newest first: whose acts kept offline may still come */
	int wrong;                            /* sign-ons refused in a row */
	ms_t wrong_at;                        /* the last of them */
	ms_t session_due;                     /* of its timer that was set last */
	bool carried;
	UT_hash_handle hh, by_code, by_token;
};

struct site_hold {
	bool on;
	const char *reason; /* of the day's arena */
	ms_t since;
	uint32_t by;
};

struct roll_call {
	bool on;
	ms_t started_at, ended_at; /* 0: none yet today */
	unsigned missing;          /* found at the end of the last */
};

/* What the answer to an act on the whole site shows. */
struct site_facts {
	struct site_hold hold;
	struct roll_call roll_call;
};

/* How a command was answered. */
struct receipt {
	unsigned char key[16]; /* the UUID in binary */
	char id[37];           /* as sent */
	uint32_t device;
	uint64_t body;
	enum verdict verdict;
	enum reply_form form;
	enum action action;
	uint64_t epoch, seq; /* its last event; the reply rests on it */
	ms_t at;
	struct visit_facts visit;  /* id 0: none */
	struct visit_facts *party; /* a call's: all who were called, `visit` the first; of the day's arena */
	size_t n_party;
	const struct alert *alert; /* a copy of that time; NULL: none */
	const char *desk;
	const char *text;              /* day: totals as JSON; roster: the body; not_today: the entry check */
	const struct site_facts *site; /* acts on the whole site; else NULL */
	bool carried;
};

/*
 * The receipts of a day: in the order they were given, and found through a table of their keys' hashes, which says that
 * a command is new without a look at any receipt.
 */
struct receipt_slot {
	uint32_t hash;
	uint32_t number; /* index + 1; 0: free */
};
struct receipts {
	struct receipt **v; /* memory of the day's arena */
	size_t n, cap;
	struct receipt_slot *slots; /* mask + 1 of them, at most half of them taken */
	size_t mask;
};

/* Where each of the day's visits stands. */
struct totals {
	unsigned by_state[VISIT_STATE_COUNT];
	unsigned injections;
	unsigned not_today; /* turned away at the entry checks, times */
};

/* Counts under a name: doses by vaccine and lot, those turned away by entry check. */
struct tally {
	const char *name, *lot; /* for the life of the site; lot NULL: none */
	unsigned n;
};

/* A call as the displays show it. */
struct call {
	uint32_t visit;
	enum stage stage;
	const char *desk;
	ms_t at; /* called, or recalled */
};
#define CALLS_KEPT 48

/* A ticket that was replaced, and whose it was. */
struct dead_ticket {
	uint64_t ticket;
	uint32_t visit;
	UT_hash_handle hh;
};

/* People who have a seat in observation, or will need one; companions counted. */
struct seats {
	unsigned observing, coming /* injected */, injecting /* called or served at injection */, unwell /* after it */;
};

/* Some of the day's visits, in no order. */
struct crowd {
	uint32_t *v;
	size_t n, cap;
};

/* Rows of rosters. */
struct appointments {
	struct appointment **v;
	size_t first, n, cap; /* those before `first` are gone */
};

/* A day's people and what was answered about them. The day before is kept for its receipts. */
struct day {
	char date[11];
	bool ready, closed;
	uint64_t opened_epoch, opened_seq; /* of day_opened */
	uint64_t closed_epoch, closed_seq;
	uint32_t first_visit;
	uint64_t first_ticket;
	struct visit **visits; /* index: id - first_visit */
	size_t n_visits, cap_visits;
	struct visit *by_number, *by_ticket, *by_appointment, *by_id, *by_phone;
	struct dead_ticket *dead; /* tickets that were replaced */
	struct party *parties;
	struct receipts receipts;
	struct alert *alerts;                                  /* all of the day, in the order they were raised */
	struct alert *of_stage[ALERT_KIND_COUNT][STAGE_COUNT]; /* the open ones about a stage */
	unsigned last_number[2];                               /* of tickets without and with an appointment: W and A */
	uint32_t last_alert;
	struct site_facts facts;
	struct call calls[CALLS_KEPT]; /* a ring, the newest at (n_calls - 1) % CALLS_KEPT */
	size_t n_calls;
	struct crowd observing, left_early; /* whose seats time will free */
	struct tally *doses, *turned_away;
	size_t n_doses, n_turned_away;
	struct totals totals;
	struct arena arena;
};

struct name;
struct timer;

struct site {
	struct rules *rules; /* NULL until the first configured event */
	uint64_t epoch, seq; /* of the last event applied; seq is 0 after a fence */
	ms_t last_at;
	uint32_t last_visit, last_device;
	uint64_t last_ticket, last_appointment;
	struct seats seats;
	struct appointments loading;  /* of the load below; counts when it is done */
	const char *load;             /* its id, for the life of the site; NULL: none */
	struct appointments to_come;  /* of days after today's */
	struct appointments carrying; /* to_come of the day before, while a day is opened */
	struct day *today, *before;   /* NULL where there is none */
	struct desk desks[DESKS_MAX];
	size_t n_desks;
	struct queue queues[STAGE_COUNT];
	struct device *devices, *devices_by_code, *devices_by_token;
	struct staff *staff, *staff_by_badge;
	struct alert *conditions[ALERT_KIND_COUNT]; /* the last alarm of each of the shell's conditions; not in a day */
	struct timer *timers;                       /* heap */
	size_t n_timers, cap_timers;
	bool disk_full; /* set by the shell, not by events: refuses check-ins */
	/* count changes: of anything, of alarms, of who is observed, of who is signed on where, of the rules */
	uint64_t version, alerts_version, observation_version, staff_version, rules_version;
	struct name *names; /* desk ids, names and places: for the life of the site */
};

struct site *site_new(void);
void site_free(struct site *s); /* accepts NULL */

/* A fence: events of this epoch are numbered from 1. */
void site_begin_epoch(struct site *s, uint64_t epoch);
/* The log begins with event epoch-seq, which opens a day: all before it is done without. */
void site_begin_at(struct site *s, uint64_t epoch, uint64_t seq);

/* What a command came to. */
struct outcome {
	enum verdict verdict;
	bool repeat; /* answered before: the receipt is that one */
	/* Of every accepted command with an id, and of a refusal that left a mark; else NULL. */
	const struct receipt *receipt;
	/* For a refusal without a receipt: */
	struct visit_facts visit; /* id 0: none */
	const char *desk;         /* where, for wrong_stage, already_served, desk_busy */
	const char *field;        /* name of the field, for field_missing; lives as long as the command */
	const char
		*text; /* what more there is to say: the failed entry check, the appointment's day, the hold's reason */
	enum pause why;   /* paused */
	ms_t until;       /* paused: when it may go on; 0: nobody can say */
	uint32_t subject; /* the device made or changed */
};

/*
 * Judges a command at `now` after doing what time does until then; appends what happened to `out` (already applied) and
 * says what came of it. A refusal without a mark appends only what time did.
 */
void site_submit(struct site *s, const struct command *c, ms_t now, struct events *out, struct outcome *o);

/* Does what falls due until now, in order; appends the events, already applied. */
void site_advance(struct site *s, ms_t now, struct events *out);
/* When something falls due next, or MS_NEVER. May be early, never late. */
ms_t site_deadline(const struct site *s);

/* Whether an event of the log fits the state; else false with a reason. Checked in replay, before site_apply. */
bool site_admits(const struct site *s, const struct event *e, char *reason, size_t reason_size);
/* Applies an event; numbers it (s->epoch, s->seq + 1), and writes that into it. Takes e->rules. */
void site_apply(struct site *s, struct event *e);

/* A number that is equal for equal states; the epoch does not count. */
uint64_t site_hash(const struct site *s);

/* Look-ups. NULL or -1 where there is none. */
struct visit *site_visit(const struct site *s, uint32_t id); /* of today */
struct visit *site_visit_by_number(const struct site *s, const char *number);
struct visit *site_visit_by_ticket(const struct site *s, uint64_t ticket);
struct desk *site_desk(struct site *s, const char *id);
const struct alert *site_alert(const struct site *s, const char *id);
struct device *site_device(const struct site *s, uint32_t id);
struct device *site_device_by_token(const struct site *s, const char *token_hash);
struct device *site_device_by_code(const struct site *s, const char *code_hash); /* whatever became of the code */
const struct receipt *site_receipt(const struct site *s, const char *command_id);
bool site_has_board(const struct site *s);

/* ---- staff ---- */

struct staff *site_staff(const struct site *s, const char *id);          /* removed ones too */
struct staff *site_staff_by_badge(const struct site *s, uint64_t badge); /* of those listed */
/* Reads a text of roles as events hold it, into f->roles and f->until; false where it is none. */
bool staff_roles_parse(const char *text, struct staff *f);
/* Whether a sign-on with this badge needs a PIN: one of its roles asks for it. */
bool site_asks_pin(const struct site *s, const struct staff *f);
/*
 * Milliseconds until a sign-on may be tried with this badge (NULL: an unknown one) at this device: 0, or what is left
 * of the wait that too many wrong ones have earned. Asked before a PIN is checked, so that no guess is checked in vain.
 */
ms_t site_sign_on_wait(const struct site *s, const struct staff *f, const struct device *d, ms_t now);
/*
 * What somebody must be to send this command: bits of roles, one of which must be theirs, with a qualification that has
 * not expired where the role asks for one. 0: nobody need be signed on. a: of COMMAND_VISIT.
 */
unsigned duty_roles(enum command_kind kind, enum action a);
/*
 * ACCEPTED, NOT_SIGNED_ON, NOT_QUALIFIED or QUALIFICATION_EXPIRED for whoever is signed on (NULL: nobody), by those
 * roles on that local date.
 */
enum verdict staff_may(const struct site *s, const struct staff *f, unsigned roles, const char *date);
/* When the session ends if nothing is done at the device: the earlier of idle time and the end of the shift. */
ms_t session_due(const struct site *s, const struct device *d);
/* The first of the two alone. */
ms_t session_idle_at(const struct site *s, const struct device *d);

/* People before this one in the queue; -1 where it does not wait. */
int site_ahead(const struct site *s, const struct visit *v);
/* Chairs taken in observation, companions counted. */
unsigned site_seats_taken(const struct site *s);
/* Chairs that are taken or spoken for: also by who is injected and on the way, called or served at injection, unwell
 * since the injection, or has left early and may come back before the time is over. */
unsigned site_seats_committed(const struct site *s, ms_t now);
/* When the next chair frees: the earliest due time in observation, at least now; 0: nobody sits there. */
ms_t site_next_seat(const struct site *s, ms_t now);
/* Most people in the room of the stage; 0: no limit. */
unsigned site_room_capacity(const struct site *s, enum stage stage);
/* Waits in the room, or may go there; the others wait in the hall. */
bool site_in_room(const struct site *s, const struct visit *v);
/* Why no desk of the stage may call now, and until when (0: nobody can say); PAUSE_NONE where one may, or nobody waits.
 */
enum pause site_paused(const struct site *s, enum stage stage, ms_t now, ms_t *until);
/* Waits of the last hour's starts and of who still waits, by nearest rank; false where there is none. */
bool site_waits(const struct site *s, enum stage stage, ms_t now, ms_t *p50, ms_t *p90);
/* The group that a call of this desk would take: how many visits into out (DESK_PEOPLE_MAX); 0 and why. */
size_t site_next_for(const struct site *s, const struct desk *d, ms_t now, uint32_t out[DESK_PEOPLE_MAX],
		     enum pause *why, ms_t *until);
/* Somebody expected, or here: by appointment id, by keyed hash; NULL. The rest with the same phone by v->same_phone. */
struct visit *site_visit_by_appointment(const struct site *s, uint64_t appointment);
struct visit *site_visit_by_id(const struct site *s, uint64_t hash);
struct visit *site_visit_by_phone(const struct site *s, uint64_t hash);
/* Whether by_id is known for that date: a row to come, somebody expected today, or here without being expected. */
bool site_expects(const struct site *s, const char *date, uint64_t by_id);
/* What settles an alarm of this kind: event types of the visit as bits of EVENT_BIT order; 0: by hand, or see the kind.
 */
uint64_t alert_kind_settled_by(enum alert_kind kind);
/* Somebody is between check-in and an end. */
bool site_holds_people(const struct site *s);
bool visit_state_ended(enum visit_state st);
/* What stands in the way of closing the day: visits inside, alarms unwell without a visit. Counts, up to max into out. */
size_t site_in_the_way(const struct site *s, const struct visit **out, size_t max);
/* The totals as JSON: {arrived, injected, not_today, by_state: {STATE: count, ...}}; NUL-terminated, always fits. */
#define TOTALS_TEXT_MAX 640
void totals_text(const struct totals *t, char out[TOTALS_TEXT_MAX]);
/* Injections of the desk within the hour before now. */
unsigned desk_hourly(const struct desk *d, ms_t now);

/*
 * The lifecycle: what an action makes of a state, at what verdict. The golden file tests/golden/lifecycle.txt was
 * written by hand and is compared with it.
 */
struct step_context {
	enum stage stage;      /* of the visit */
	enum stage desk_stage; /* of the desk that acts; STAGE_NONE: none */
	bool due;              /* now is at due or later */
	bool injected;         /* an injection is recorded */
	bool early_exit_open;
	bool last_no_show; /* this no-show would be the one that parks */
	enum visit_state came_from;
	enum stage to_stage; /* return_to, move */
	enum stage reached;  /* move: the stage it may go to at most */
	bool with_reason;
	bool undoable;               /* the last act can be undone */
	bool undo_late;              /* but it was too long ago */
	enum visit_state undo_state; /* what undoing leads back to */
	enum stage undo_stage;
};
struct step {
	enum visit_state state;
	enum stage stage;
	enum event_type type;
	enum alert_kind raises; /* an alarm that the refusal leaves */
};
enum verdict visit_step(enum visit_state from, enum action a, const struct step_context *c, struct step *to);

#endif
