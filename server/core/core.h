#ifndef VAXLINE_CORE_CORE_H
#define VAXLINE_CORE_CORE_H

/*
 * What the files of the core share with each other and with nobody else.
 */
#include "site.h"

#define STATE_BIT(state) (1u << (state))
#define EVENT_BIT(type) (UINT64_C(1) << (type))
_Static_assert(EVENT_TYPE_COUNT <= 64, "a set of event types is a uint64_t");

/* A command being judged. */
struct decision {
	struct site *s;
	const struct command *c; /* NULL: time decides */
	ms_t now;                /* log time, never before the last event */
	ms_t acted;              /* when the act was made, at most now */
	bool scan;
	const struct staff *staff; /* who was signed on at the device when the act was made; NULL: nobody */
	struct events *out;
	size_t first; /* index of this decision's first event */
	struct outcome *o;
};

/* ---- visit.c ---- */
#define STATES_ENDED                                                                                                   \
	(STATE_BIT(VISIT_COMPLETED) | STATE_BIT(VISIT_DEFERRED) | STATE_BIT(VISIT_DECLINED) | STATE_BIT(VISIT_LEFT) |  \
	 STATE_BIT(VISIT_TRANSFERRED) | STATE_BIT(VISIT_NO_SHOW))
/* Whoever must be seen to before the day can close. */
#define STATES_IN_THE_WAY                                                                                              \
	(STATE_BIT(VISIT_SERVING) | STATE_BIT(VISIT_INJECTED) | STATE_BIT(VISIT_OBSERVING) | STATE_BIT(VISIT_UNWELL))
#define STATES_INSIDE (STATES_IN_THE_WAY | STATE_BIT(VISIT_QUEUED) | STATE_BIT(VISIT_CALLED) | STATE_BIT(VISIT_PARKED))

/* ---- emit.c: events of a decision ---- */
struct event *emit(struct decision *d, enum event_type type);
/* A text of the command for an event, which outlives the command. NULL of NULL. */
const char *keep(struct decision *d, const char *text);
/* An event of a visit that keeps its state. */
struct event *emit_visit(struct decision *d, enum event_type type, const struct visit *v);
/* A step of a visit: its event with the new state, and the alarms that it settles. */
struct event *emit_step(struct decision *d, const struct visit *v, const struct step *to);
void emit_rules(struct decision *d, const struct rules *r);

/* ---- check_in.c ---- */
int age_on(const char *birth_date, const char *date); /* years */
enum verdict decide_check_in(struct decision *d);

/* ---- act.c: what is asked of a visit ---- */
enum verdict decide_visit(struct decision *d);
enum verdict decide_unwell(struct decision *d);
void act_reply(struct decision *d, enum action a, enum verdict v, enum reply_form form);
enum verdict act_missing(struct decision *d, const char *field);
/* The visit that the command means; else why not, with the visit where its ticket has been replaced. */
enum verdict act_find(struct decision *d, struct visit **v);
enum verdict act_on(struct decision *d, const struct visit *v, enum action a, struct desk *desk);
enum verdict act_refused(struct decision *d, const struct visit *v, enum action a, enum verdict verdict,
			 enum alert_kind raises);
/* The step an action makes of a visit now. */
enum verdict act_step(const struct decision *d, const struct visit *v, enum action a, const struct desk *desk,
		      struct step *to);

/* ---- desk.c ---- */
enum verdict decide_desk(struct decision *d);
void desk_leave(struct site *s, struct visit *v, const struct event *e);
void desk_enter(struct site *s, struct visit *v, ms_t at);
void desks_configure(struct site *s);
void desks_reset(struct site *s);
bool desk_in_use(const struct desk *d);
/* Whether it may serve this one beside whom it serves. */
bool desk_takes(const struct site *s, const struct desk *d, const struct visit *v);
/* What an act at it took is measured. */
void desk_measure(struct site *s, const struct visit *v, const struct event *e);

/* ---- scan.c ---- */
enum verdict decide_scan(struct decision *d);

/* ---- undo.c ---- */
/* Remembers what the event is about to change, where that can be undone. */
void undo_remember(struct visit *v, const struct event *e);
/* Whether the place that undoing leads back to is free. */
enum verdict undo_has_place(struct decision *d, const struct visit *v);
void undo_emit(struct decision *d, const struct visit *v, const struct step *to);
void undo_apply(struct site *s, struct visit *v, const struct event *e);

/* ---- party.c ---- */
void party_join(struct site *s, struct visit *v);
/* Few enough to be called whole. */
bool party_is_small(const struct site *s, const struct party *p);
/* Nobody of a small one is still before the stage. */
bool party_is_ready(const struct site *s, const struct party *p, enum stage stage);
/* The open desk that has them at the stage, or NULL. */
const struct desk *party_desk(const struct site *s, const struct party *p, enum stage stage);
void party_at_desk(const struct visit *v);
void party_moved_on(const struct site *s, const struct visit *v, enum stage from);
void party_unbind(const struct site *s, const struct visit *v);
void party_free_all(struct day *day);

/* ---- flow.c ---- */
unsigned flow_heads(const struct visit *v);
bool flow_room_takes(const struct site *s, enum stage stage, unsigned heads);
bool flow_seats_take(const struct site *s, unsigned heads, ms_t now);
/* Counts among those who have a seat or will need one. */
bool flow_needs_seat(const struct visit *v, ms_t now);
bool flow_fits_anywhere(const struct site *s, unsigned heads);
void flow_count(struct site *s, const struct visit *v, int sign);
void flow_recount(struct site *s);
bool flow_on_hold(const struct site *s);
enum verdict flow_may_start(struct decision *d, const struct visit *v);
/* What follows from the events just applied: admissions, and alarms about a stage that are over. Applies its own. */
void flow_follow(struct decision *d);
/* Calls to the needle are stopped by seats; since when they are is noted with each event. */
bool flow_is_full(const struct site *s, ms_t now);
void flow_note(struct site *s, ms_t at);
enum verdict decide_site(struct decision *d);
void flow_apply(struct site *s, const struct event *e);

/* ---- roster.c ---- */
enum verdict decide_roster(struct decision *d);
void roster_apply(struct site *s, struct event *e);
/* When a day opens: its rows become visits, as they are carried. */
void roster_day_opened(struct site *s);
void roster_day_ready(struct site *s);
void roster_carry(struct decision *d);
void roster_free_all(struct site *s);
void appointment_free(struct appointment *a);

/* ---- alert.c ---- */
void alert_cry(struct decision *d, enum alert_kind kind, const struct visit *v, const char *place);
void alert_raise_timed(struct decision *d, enum alert_kind kind, const struct visit *v, ms_t due);
void alert_raise_at_stage(struct decision *d, enum alert_kind kind, enum stage stage, ms_t due);
void alert_settle(struct decision *d, const struct alert *a, const char *outcome);
enum verdict decide_silence(struct decision *d);
void alert_settle_by_step(struct decision *d, const struct visit *v, const struct step *to);
/* Raised by what happened after the act being judged. */
bool alert_is_of_later(const struct decision *d, const struct alert *a);
void alert_settle_all(struct decision *d, const char *outcome);
enum verdict decide_alert(struct decision *d);
enum verdict decide_condition(struct decision *d);
void alert_apply(struct site *s, const struct event *e);
/* Fills an alarm from an event that carries it; its words go into day, or live as long as the site where that is NULL. */
void alert_read_carried(struct site *s, struct arena *day, struct alert *a, const struct event *e);
void alert_carried(struct site *s, const struct event *e);
bool alert_is_open(const struct alert *a);
struct alert *alert_find(const struct site *s, const char *id);
bool clock_in_doubt(const struct site *s);

/* ---- timer.c ---- */
struct timer {
	ms_t due;
	enum timer_kind kind;
	uint32_t subject; /* visit id, serial of the alarm, stage or device id */
	struct alert *alert;
};
void timer_visit(struct site *s, struct visit *v);
void timer_stage(struct site *s, enum stage stage, ms_t now);
void timer_alert(struct site *s, struct alert *a);
void timer_all(struct site *s);
void timer_clear(struct site *s);

/* ---- queue.c ---- */
void queue_insert(struct site *s, struct visit *v);
void queue_remove(struct site *s, const struct visit *v, enum stage stage);
/* The key that puts somebody behind so many of those who wait behind it now. */
ms_t queue_key_behind(const struct site *s, const struct visit *v, int behind);
void queue_reset(struct queue *q); /* a new day */
ms_t queue_credit(const struct rules *r, enum visit_class class);
void queue_waited(struct queue *q, ms_t at, ms_t waited);
void queue_served(struct queue *q, ms_t took);
void queue_paused(struct queue *q, ms_t took);
/* The median wait is at the limit of wait_long, or over it. */
bool queue_is_long(const struct site *s, enum stage stage, ms_t now);
/* Once long: still over five sixths of that, so that it does not come and go. */
bool queue_is_still_long(const struct site *s, enum stage stage, ms_t now);
ms_t queue_long_at(const struct site *s, enum stage stage, ms_t now, size_t *recheck);
ms_t queue_shorter_at(const struct site *s, enum stage stage, ms_t now);

/* ---- day.c ---- */
/* Opens or finishes opening the day that the command belongs to; applies the events. */
void day_prepare(struct decision *d);
enum verdict decide_day_close(struct decision *d);
struct day *day_new(const char *date);
void day_free(struct day *day);
void day_apply(struct site *s, const struct event *e);

/* ---- device.c ---- */
enum verdict decide_device(struct decision *d);
enum verdict decide_configure(struct decision *d);
void device_apply(struct site *s, const struct event *e);
void device_free_all(struct site *s);

/* ---- apply.c ---- */
bool event_is_of_visit(const struct event *e);
bool event_is_of_alert(const struct event *e);
bool event_is_of_device(const struct event *e);
bool event_is_of_staff(const struct event *e);

/* ---- staff.c: the list, and what its roles may ---- */
enum verdict decide_staff(struct decision *d);
void staff_apply(struct site *s, const struct event *e);
void staff_day_opened(struct site *s);
void staff_carry(struct decision *d);
/* Whether whoever is signed on may send this command. */
enum verdict duty_check(const struct decision *d);
void staff_free_all(struct site *s);

/* ---- session.c: who is signed on where ---- */
enum verdict decide_session(struct decision *d);
void session_apply(struct site *s, const struct event *e);
/* Who was signed on at the device when the act was made: kept offline, it may be somebody who no longer is. */
const struct staff *session_at(const struct device *v, ms_t acted, bool offline);
/* The device did something, and that is who was signed on. */
void session_touch(const struct site *s, struct device *v, const char *staff, ms_t at);
/* Signs off whoever is signed on there, and this one everywhere. */
void session_end(struct decision *d, const struct device *v, enum sign_off why);
void session_end_all(struct decision *d, const struct staff *f, enum sign_off why);
/* Signs off whoever was asked for no PIN and is by these rules. */
void session_end_unasked(struct decision *d, const struct rules *r);
/* No act made later is theirs by a session that is over, at devices of this kind (DEVICE_NONE: all). */
void session_curtail(struct site *s, const struct staff *f, enum device_kind kind, ms_t at);
/* At its time: ends it, or looks again later. */
void session_fire(struct decision *d, struct device *v);
/* A new day: what was before is done with. */
void session_day_opened(struct device *v);
void session_carry(struct event *e, const struct device *v);
void session_carried(struct site *s, struct device *v, const struct event *e);
void timer_session(struct site *s, struct device *v);

/* ---- receipt.c ---- */
void receipt_apply(struct site *s, const struct event *e);
void receipt_carry_site(struct event *e, const struct site_facts *f);
void receipts_free(struct receipts *l);

/* ---- site.c ---- */
/* A copy of a short text that lives as long as the site. NULL of NULL. */
const char *site_name(struct site *s, const char *text);
/* A visit of a walk-in that checks in, or of somebody expected (takes the appointment). */
struct visit *visit_new(struct site *s, const struct event *e);
struct visit *visit_expected(struct site *s, struct appointment *a);
/* Gives it its number and ticket. */
void visit_ticketed(struct site *s, struct visit *v, uint64_t ticket, const char *number);
/* Makes it findable by the hashes of its person. */
void visit_known_by(struct site *s, struct visit *v, uint64_t by_id, uint64_t by_phone);
/* Counts one more, or one less, under a name. */
void tally_count(struct tally **l, size_t *n, const char *name, const char *lot, int by);
void *core_alloc(size_t size);
void *core_grow(void *old, size_t size);
void copy_text(char *out, size_t size, const char *text);
/* Where a device without a desk stands: "d12". */
#define DEVICE_PLACE_SIZE 12
const char *device_place(uint32_t device, char out[DEVICE_PLACE_SIZE]);

#endif
