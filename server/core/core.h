#ifndef VAXLINE_CORE_CORE_H
#define VAXLINE_CORE_CORE_H

/*
 * What the files of the core share with each other and with nobody else.
 */
#include "site.h"

#define STATE_BIT(state) (1u << (state))
#define EVENT_BIT(type) (UINT64_C(1) << (type))

/* A command being judged. */
struct decision {
	struct site *s;
	const struct command *c; /* NULL: time decides */
	ms_t now;                /* log time, never before the last event */
	ms_t acted;              /* when the act was made, at most now */
	bool scan;
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

/* ---- act.c: what is asked of a visit ---- */
enum verdict decide_visit(struct decision *d);
enum verdict decide_scan(struct decision *d);
enum verdict decide_unwell(struct decision *d);
enum verdict decide_check_in(struct decision *d);
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

/* ---- alert.c ---- */
void alert_cry(struct decision *d, enum alert_kind kind, const struct visit *v, const char *place);
void alert_raise_timed(struct decision *d, enum alert_kind kind, const struct visit *v, ms_t due);
void alert_settle_by_step(struct decision *d, const struct visit *v, const struct step *to);
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
	uint32_t subject; /* visit id, or serial of the alarm */
	struct alert *alert;
};
void timer_visit(struct site *s, struct visit *v);
void timer_alert(struct site *s, struct alert *a);
void timer_all(struct site *s);
void timer_clear(struct site *s);

/* ---- queue.c ---- */
void queue_insert(struct site *s, struct visit *v);
void queue_remove(struct site *s, const struct visit *v, enum stage stage);
/* The key that puts somebody behind so many waiting of a stage. */
ms_t queue_key_behind(const struct site *s, enum stage stage, int behind, ms_t now);
struct visit *queue_head(const struct site *s, enum stage stage);

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

/* ---- receipt.c ---- */
void receipt_apply(struct site *s, const struct event *e);
void receipts_free(struct receipts *l);

/* ---- site.c ---- */
/* A copy of a short text that lives as long as the site. NULL of NULL. */
const char *site_name(struct site *s, const char *text);
struct visit *visit_new(struct site *s, const struct event *e);
void *core_alloc(size_t size);
void *core_grow(void *old, size_t size);
void copy_text(char *out, size_t size, const char *text);
/* Where a device without a desk stands: "d12". */
#define DEVICE_PLACE_SIZE 12
const char *device_place(uint32_t device, char out[DEVICE_PLACE_SIZE]);

#endif
