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
	const char *reason; /* or NULL */
};

enum timer_kind {
	TIMER_NEVER_ARRIVED,
	TIMER_OVERSTAY,
	TIMER_CALL_EXPIRED,
	TIMER_MAY_LEAVE,   /* no event: what the views say changes */
	TIMER_VISIT_KINDS, /* the above have a visit, the rest an alarm */
	TIMER_ESCALATE = TIMER_VISIT_KINDS,
	TIMER_LAPSE,
	TIMER_KINDS,
};

struct visit {
	struct visit_facts f;
	enum visit_state came_from; /* before unwell */
	ms_t entered_at;            /* key in the queue */
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
	UT_hash_handle by_number, by_ticket;
};

struct desk {
	char id[DESK_ID_MAX_BYTES + 1];
	enum stage stage;
	bool open;
	bool retired;    /* no longer configured */
	uint32_t called; /* visit called here and not started; 0: none */
	ms_t called_at;
	uint32_t serving; /* visit served here; 0: none */
	ms_t started_at;
	unsigned done; /* finished here today */
	ms_t *recent;  /* times of the last finishes, newest last, for the hourly rate */
	size_t n_recent;
	uint64_t version;
};

struct queue {
	uint32_t *visits; /* visit ids in the order of their keys */
	size_t n, cap;
	unsigned done; /* finished at this stage today */
	uint64_t version;
};

struct alert {
	char id[ALERT_ID_MAX_BYTES + 1]; /* kind-subject-due where time raised it, else the id of its event */
	enum alert_kind kind;
	enum alert_state state;
	uint32_t visit; /* 0: none */
	const char *desk, *place;
	uint32_t device; /* that reported it */
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

struct device {
	uint32_t id;
	enum device_kind kind;
	const char *name;
	const char *desk; /* NULL, a desk's id, "observation" or "treatment" */
	bool enrolled, revoked;
	char code_hash[65], token_hash[65]; /* "" where there is none */
	ms_t expires_at;                    /* of the code */
	ms_t last_act;                      /* event time of its last command */
	bool carried;
	UT_hash_handle hh, by_code, by_token;
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
	const struct alert *alert; /* a copy of that time; NULL: none */
	const char *desk;
	const char *text; /* day: totals as JSON */
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
	struct visit *by_number, *by_ticket;
	struct receipts receipts;
	struct alert *alerts; /* all of the day, in the order they were raised */
	unsigned last_number[CLASS_COUNT];
	uint32_t last_alert;
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
	uint64_t last_ticket;
	struct day *today, *before; /* NULL where there is none */
	struct desk desks[DESKS_MAX];
	size_t n_desks;
	struct queue queues[STAGE_COUNT];
	struct device *devices, *devices_by_code, *devices_by_token;
	struct alert *conditions[ALERT_KIND_COUNT]; /* the last alarm of each of the shell's conditions; not in a day */
	struct timer *timers;                       /* heap */
	size_t n_timers, cap_timers;
	bool disk_full; /* set by the shell, not by events: refuses check-ins */
	uint64_t version, alerts_version,
		observation_version; /* count changes: of anything, of alarms, of who is observed */
	struct name *names;          /* desk ids, names and places: for the life of the site */
};

struct site *site_new(void);
void site_free(struct site *s); /* accepts NULL */

/* A fence: events of this epoch are numbered from 1. */
void site_begin_epoch(struct site *s, uint64_t epoch);

/* What a command came to. */
struct outcome {
	enum verdict verdict;
	bool repeat; /* answered before: the receipt is that one */
	/* Of every accepted command with an id, and of a refusal that left a mark; else NULL. */
	const struct receipt *receipt;
	/* For a refusal without a receipt: */
	struct visit_facts visit; /* id 0: none */
	const char *desk;         /* where, for wrong_stage, already_served, desk_busy */
	const char *field;        /* static name, for field_missing */
	uint32_t subject;         /* the device made or changed */
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
const struct receipt *site_receipt(const struct site *s, const char *command_id);
bool site_has_board(const struct site *s);

/* People before this one in the queue; -1 where it does not wait. */
int site_ahead(const struct site *s, const struct visit *v);
/* Chairs taken in observation, companions counted. */
unsigned site_seats_taken(const struct site *s);
/* Somebody is between check-in and an end. */
bool site_holds_people(const struct site *s);
bool visit_state_ended(enum visit_state st);
/* What stands in the way of closing the day: visits inside, alarms unwell without a visit. Counts, up to max into out. */
size_t site_in_the_way(const struct site *s, const struct visit **out, size_t max);
/* The totals as JSON: {arrived, injected, by_state: {STATE: count, ...}}; NUL-terminated, always fits. */
#define TOTALS_TEXT_MAX 512
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
	enum stage to_stage; /* return_to */
	bool with_reason;
};
struct step {
	enum visit_state state;
	enum stage stage;
	enum event_type type;
	enum alert_kind raises; /* an alarm that the refusal leaves */
};
enum verdict visit_step(enum visit_state from, enum action a, const struct step_context *c, struct step *to);

#endif
