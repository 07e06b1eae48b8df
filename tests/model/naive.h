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

struct naive_visit {
	uint32_t id;
	uint64_t ticket;
	enum visit_state state, came_from;
	enum stage stage;
	int desk; /* index, or -1 */
	ms_t key, called_at, injected_at, due_at;
	int long_minutes, no_shows;
	bool extended;
	unsigned changes;
	char scan_place[40];
	ms_t scan_at;
	unsigned scan_changes;
};

struct naive_alarm {
	enum alert_kind kind;
	enum alert_state state;
	uint32_t visit, device;
	char place[40];
	ms_t raised_at, cried_at;
	ms_t due; /* of one that time raised */
	int count, escalated;
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
};

struct naive_receipt {
	char id[37];
	uint32_t device;
	uint64_t body;
	enum verdict verdict;
	struct naive_visit visit; /* as it was then; id 0: none */
	unsigned flags;
	int day;
};

struct naive {
	char date[11];
	int day; /* 0: none yet */
	bool closed, doubt;
	struct naive_visit visits[NAIVE_VISITS];
	int n_visits;
	struct naive_alarm alarms[NAIVE_ALARMS];
	int n_alarms;
	struct naive_receipt receipts[NAIVE_RECEIPTS];
	int n_receipts;
	struct naive_desk desks[NAIVE_DESKS];
	int n_desks;
	struct naive_device devices[NAIVE_DEVICES];
	int n_devices;
	uint32_t last_visit;
	uint64_t last_ticket;
	/* of the command being judged */
	bool marked; /* something happened */
	uint32_t about;
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
/* Whom the desk has called or serves, by state; NULL. */
struct naive_visit *naive_at_desk(struct naive *m, int desk, enum visit_state state);

/* ---- between naive.c and naive_act.c ---- */

bool naive_ended(enum visit_state s);
bool naive_waits(enum visit_state s);
int naive_desk(const struct naive *m, const char *id);
struct naive_device *naive_device(struct naive *m, uint32_t id);
struct naive_alarm *naive_alarm(struct naive *m, enum alert_kind kind, uint32_t visit);
void naive_cry(struct naive *m, enum alert_kind kind, uint32_t visit, const struct command *c, ms_t now);
void naive_settle(struct naive *m, uint32_t visit, enum alert_kind kind);
/* The visit changes to this state; whatever it was flagged for and is over is settled. */
void naive_become(struct naive *m, struct naive_visit *v, enum visit_state state, enum stage stage);
enum verdict naive_act(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted, ms_t now);
enum verdict naive_scan(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now);
/* v: NULL where the ticket is not known */
enum verdict naive_unwell(struct naive *m, struct naive_visit *v, const struct command *c, ms_t now);

#endif
