/*
 * Alarms: one table of kinds, and what is done to an alarm.
 *
 *   raised -> open --acknowledge--> acknowledged --settle--> settled
 *               ^        a second cry counts up, opens it again, and escalation starts over
 *               +------------------+
 *
 * A visit has at most one open alarm of a kind. The shell's conditions (storage, disk, clock) belong to no day.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

struct alert_row {
	int urgency; /* 3: somebody may be in danger now; 2: somebody or the record may soon be; 1: the flow */
	bool condition;
	uint64_t settled_by;   /* types of visit events */
	unsigned while_states; /* not settled by them while the visit is in these */
};

#define E(type) EVENT_BIT(EVENT_##type)
#define SIGHTED (E(ARRIVED) | E(SEEN) | E(RETURNED))
/* Whoever was looked for has been seen. */
#define FOUND (SIGHTED | E(RELEASED) | E(MOVED) | E(UNWELL))

static const struct alert_row rows[ALERT_KIND_COUNT] = {
	[ALERT_UNWELL] = {3, false, E(CLEARED) | E(TRANSFERRED), 0},
	[ALERT_EARLY_EXIT] = {3, false, FOUND | E(WALKED_OUT), 0},
	[ALERT_NEVER_ARRIVED] = {2, false, FOUND | E(WALKED_OUT), STATE_BIT(VISIT_INJECTED)},
	[ALERT_OVERSTAY] = {1, false, E(RELEASED) | E(WALKED_OUT) | E(EXTENDED) | E(UNWELL) | E(LEFT_EARLY), 0},
	[ALERT_MISSING] = {3, false, FOUND | E(WALKED_OUT) | E(LEFT_EARLY), 0},
	[ALERT_CALL_EXPIRED] = {1, false,
				E(STARTED) | E(PARKED) | E(NO_SHOW) | E(LEFT) | E(GIVEN_BACK) | E(UNWELL) | E(MOVED) |
					E(UNDONE),
				0},
	[ALERT_WAIT_LONG] = {1, false, 0, 0},
	[ALERT_SEATS_FULL] = {1, false, 0, 0},
	[ALERT_TICKET_REUSED] = {2, false, 0, 0},
	[ALERT_DEVICE_SILENT] = {1, false, 0, 0},
	[ALERT_STORAGE_DOWN] = {2, true, 0, 0},
	[ALERT_STORAGE_LOST] = {3, true, 0, 0},
	[ALERT_DISK_LOW] = {2, true, 0, 0},
	[ALERT_CLOCK_DOUBT] = {2, true, 0, 0},
};

uint64_t alert_kind_settled_by(enum alert_kind kind)
{
	return rows[kind].settled_by;
}

bool alert_is_open(const struct alert *a)
{
	return a && a->state != ALERT_SETTLED;
}

bool clock_in_doubt(const struct site *s)
{
	return alert_is_open(s->conditions[ALERT_CLOCK_DOUBT]);
}

struct alert *alert_find(const struct site *s, const char *id)
{
	struct alert *a = NULL;

	if (s->today)
		HASH_FIND_STR(s->today->alerts, id, a);
	for (int k = 0; !a && k < ALERT_KIND_COUNT; k++) {
		if (s->conditions[k] && strcmp(s->conditions[k]->id, id) == 0)
			a = s->conditions[k];
	}
	return a;
}

/* ---- deciding ---- */

static struct event *alert_emit(struct decision *d, enum event_type type, const struct alert *a)
{
	struct event *e = emit(d, type);

	e->alert = a->id;
	e->kind = a->kind;
	e->visit = a->visit;
	return e;
}

/* A report without a ticket is told apart by where it comes from: pressing again at one kiosk is one alarm. */
static struct alert *alert_open_at(const struct decision *d, enum alert_kind kind, const char *place)
{
	struct alert *a, *next;

	HASH_ITER(hh, d->s->today->alerts, a, next) {
		if (alert_is_open(a) && a->kind == kind && !a->visit && a->device == d->c->device &&
		    strcmp(a->place ? a->place : "", place ? place : "") == 0)
			return a;
	}
	return NULL;
}

void alert_cry(struct decision *d, enum alert_kind kind, const struct visit *v, const char *place)
{
	struct alert *open = v ? v->alarms[kind] : alert_open_at(d, kind, place);
	struct event *e;

	/* An early leaver who has come back in this very command starts anew. */
	for (size_t i = d->first; open && i < d->out->n; i++) {
		if (d->out->v[i].type == EVENT_ALERT_SETTLED && strcmp(d->out->v[i].alert, open->id) == 0)
			open = NULL;
	}
	if (open) {
		e = alert_emit(d, EVENT_ALERT_REPEATED, open);
	} else {
		e = emit(d, EVENT_ALERT_RAISED);
		e->alert = arena_printf(&d->out->arena, "%llu-%llu", (unsigned long long)d->s->epoch,
					(unsigned long long)(d->s->seq + d->out->n - d->first));
		e->kind = kind;
		e->visit = v ? v->f.id : 0;
	}
	e->level = rows[kind].urgency;
	e->place = keep(d, place);
	e->note = d->c ? keep(d, d->c->note) : NULL;
}

void alert_raise_timed(struct decision *d, enum alert_kind kind, const struct visit *v, ms_t due)
{
	struct event *e = emit(d, EVENT_ALERT_RAISED);

	e->alert = arena_printf(&d->out->arena, "%s-v%u-%lld", alert_kind_name(kind), v->f.id, (long long)due);
	e->kind = kind;
	e->visit = v->f.id;
	e->level = rows[kind].urgency;
	e->raised_at = due;
	e->desk = v->f.desk;
}

void alert_raise_at_stage(struct decision *d, enum alert_kind kind, enum stage stage, ms_t due)
{
	struct event *e = emit(d, EVENT_ALERT_RAISED);
	ms_t id = due;

	/* Over and raised again within a moment: still another alarm. */
	do
		e->alert = arena_printf(&d->out->arena, "%s-%s-%lld", alert_kind_name(kind), stage_name(stage),
					(long long)id++);
	while (alert_find(d->s, e->alert));
	e->kind = kind;
	e->stage = stage;
	e->level = rows[kind].urgency;
	e->raised_at = due;
}

void alert_settle(struct decision *d, const struct alert *a, const char *outcome)
{
	alert_emit(d, EVENT_ALERT_SETTLED, a)->outcome = outcome;
}

/*
 * A handheld may tell late what it saw: before the exit was tried, or before the roll call that missed them. That says
 * nothing about where they are now.
 */
bool alert_is_of_later(const struct decision *d, const struct alert *a)
{
	if (a->kind == ALERT_EARLY_EXIT)
		return !a->lapsed && d->acted < a->cried_at;
	return a->kind == ALERT_MISSING && d->acted < a->cried_at && d->acted < d->s->today->facts.roll_call.started_at;
}

void alert_settle_by_step(struct decision *d, const struct visit *v, const struct step *to)
{
	for (int k = 1; k < ALERT_KIND_COUNT; k++) {
		if (!v->alarms[k] || !(rows[k].settled_by & EVENT_BIT(to->type)) ||
		    (SIGHTED & EVENT_BIT(to->type) && alert_is_of_later(d, v->alarms[k])) ||
		    (rows[k].while_states & STATE_BIT(to->state)))
			continue;
		alert_emit(d, EVENT_ALERT_SETTLED, v->alarms[k])->outcome = event_type_name(to->type);
	}
}

void alert_settle_all(struct decision *d, const char *outcome)
{
	struct alert *a, *next;

	HASH_ITER(hh, d->s->today->alerts, a, next) {
		if (alert_is_open(a))
			alert_emit(d, EVENT_ALERT_SETTLED, a)->outcome = outcome;
	}
}

/* An illness of somebody on record ends by a clinician's word, not by a tick on a list. */
static bool alert_needs_clinician(const struct site *s, const struct alert *a)
{
	const struct visit *v = site_visit(s, a->visit);

	return a->kind == ALERT_UNWELL && v && v->f.state == VISIT_UNWELL;
}

enum verdict decide_alert(struct decision *d)
{
	const struct command *c = d->c;
	struct alert *a = alert_find(d->s, c->alert);
	bool settle = c->kind == COMMAND_ALERT_SETTLE;
	enum verdict verdict;
	struct event *e;

	if (!a)
		return VERDICT_ALERT_UNKNOWN;
	if (settle && a->kind == ALERT_CLOCK_DOUBT) {
		verdict = staff_may(d->s, d->staff, 1u << ROLE_SUPERVISOR, c->date);
		if (verdict != VERDICT_ACCEPTED)
			return verdict;
	}
	if (a->state == ALERT_SETTLED)
		return VERDICT_ALERT_SETTLED;
	if (settle && !c->outcome) {
		d->o->field = "outcome";
		return VERDICT_FIELD_MISSING;
	}
	if (settle && alert_needs_clinician(d->s, a))
		return VERDICT_UNWELL;
	e = alert_emit(d, settle ? EVENT_ALERT_SETTLED : EVENT_ALERT_ACKNOWLEDGED, a);
	e->outcome = settle ? keep(d, c->outcome) : NULL;
	e->note = keep(d, c->note);
	e->reply = VERDICT_ACCEPTED;
	e->reply_as = REPLY_ALERT;
	e->body = c->body;
	return VERDICT_ACCEPTED;
}

/* The shell tells of storage, disk and clock. Telling again what is known changes nothing. */
enum verdict decide_condition(struct decision *d)
{
	enum alert_kind kind = d->c->condition;
	struct alert *a = d->s->conditions[kind];
	struct event *e;

	if (d->c->kind == COMMAND_CONDITION_SETTLE) {
		if (alert_is_open(a))
			alert_emit(d, EVENT_ALERT_SETTLED, a)->outcome = keep(d, d->c->outcome);
		return VERDICT_ACCEPTED;
	}
	if (alert_is_open(a))
		return VERDICT_ACCEPTED;
	e = emit(d, EVENT_ALERT_RAISED);
	e->alert = arena_printf(&d->out->arena, "%s-%lld", alert_kind_name(kind), (long long)d->now);
	e->kind = kind;
	e->level = rows[kind].urgency;
	e->note = keep(d, d->c->note);
	return VERDICT_ACCEPTED;
}

/* A device that is not heard, and one that is heard again. Telling again what is known changes nothing. */
enum verdict decide_silence(struct decision *d)
{
	const struct device *of = site_device(d->s, d->c->subject);
	char id[ALERT_ID_MAX_BYTES + 1];
	struct event *e;

	if (!of || of->revoked)
		return VERDICT_DEVICE_UNKNOWN;
	if (d->c->kind == COMMAND_DEVICE_HEARD) {
		if (of->silent)
			alert_settle(d, of->silent, "heard");
		return VERDICT_ACCEPTED;
	}
	if (of->silent || !d->s->today || d->s->today->closed)
		return VERDICT_ACCEPTED;
	snprintf(id, sizeof(id), "%s-d%u-%lld", alert_kind_name(ALERT_DEVICE_SILENT), of->id, (long long)d->c->due);
	if (alert_find(d->s, id))
		return VERDICT_ACCEPTED; /* settled by hand, and not heard since */
	e = emit(d, EVENT_ALERT_RAISED);
	e->alert = keep(d, id);
	e->kind = ALERT_DEVICE_SILENT;
	e->subject = of->id;
	e->desk = of->desk;
	e->level = rows[ALERT_DEVICE_SILENT].urgency;
	e->raised_at = d->c->due;
	return VERDICT_ACCEPTED;
}

/* ---- applying: the one place where an alarm is written ---- */

/* Words about an alarm live as long as it: a day's with the day, a condition's with the site. */
static const char *words(struct site *s, struct arena *day, const char *text)
{
	return day ? arena_str(day, text) : site_name(s, text);
}

static struct arena *arena_of(struct site *s, const struct alert *a)
{
	return rows[a->kind].condition ? NULL : &s->today->arena;
}

static struct alert *alert_new(struct site *s, const struct event *e)
{
	struct alert *a;

	if (rows[e->kind].condition) {
		a = s->conditions[e->kind];
		if (!a)
			a = s->conditions[e->kind] = core_alloc(sizeof(*a));
		memset(a, 0, sizeof(*a));
		copy_text(a->id, sizeof(a->id), e->alert);
	} else {
		a = core_alloc(sizeof(*a));
		copy_text(a->id, sizeof(a->id), e->alert);
		a->serial = ++s->today->last_alert;
		HASH_ADD_STR(s->today->alerts, id, a);
	}
	a->kind = e->kind;
	a->visit = e->visit;
	a->urgency = (int)e->level;
	a->raised_at = e->raised_at ? e->raised_at : e->at;
	a->device = e->subject ? (uint32_t)e->subject : e->device;
	a->stage = e->stage;
	a->desk = site_name(s, e->desk);
	a->place = words(s, arena_of(s, a), e->place);
	a->note = words(s, arena_of(s, a), e->note);
	return a;
}

static void alert_cried(struct site *s, struct alert *a, const struct event *e)
{
	a->state = ALERT_OPEN;
	a->cried_at = e->raised_at ? e->raised_at : e->at;
	a->count++;
	a->escalated = 0;
	a->by = 0;
	a->acknowledged_seq = a->acknowledged_epoch = 0;
	if (e->place)
		a->place = words(s, arena_of(s, a), e->place);
}

static void alert_acknowledged(struct alert *a, const struct event *e)
{
	a->state = ALERT_ACKNOWLEDGED;
	a->acknowledged_epoch = e->epoch;
	a->acknowledged_seq = e->seq;
	a->by = e->device;
}

static void alert_settled(struct site *s, struct alert *a, const struct event *e)
{
	a->state = ALERT_SETTLED;
	a->settled_epoch = e->epoch;
	a->settled_seq = e->seq;
	a->by = e->device;
	a->outcome = words(s, arena_of(s, a), e->outcome);
	if (e->note)
		a->note = words(s, arena_of(s, a), e->note);
}

void alert_read_carried(struct site *s, struct arena *day, struct alert *a, const struct event *e)
{
	copy_text(a->id, sizeof(a->id), e->alert);
	a->kind = e->kind;
	a->escalated = (int)e->level;
	a->count = (int)e->count;
	a->by = (uint32_t)e->by;
	a->raised_at = a->cried_at = e->raised_at;
	a->state = e->alert_state;
	a->place = words(s, day, e->place);
	a->note = words(s, day, e->note);
	a->outcome = words(s, day, e->outcome);
	a->device = (uint32_t)e->subject;
	a->urgency = (int)e->minutes;
	a->desk = site_name(s, e->device_desk);
	a->visit = (uint32_t)e->last_visit;
	a->stage = a->visit ? STAGE_NONE : e->stage; /* the stage of an event about a visit is the visit's */
}

/* A condition that lasts through the night; a process that lived through it knows it already. */
void alert_carried(struct site *s, const struct event *e)
{
	if (s->conditions[e->kind])
		return;
	s->conditions[e->kind] = core_alloc(sizeof(struct alert));
	alert_read_carried(s, NULL, s->conditions[e->kind], e);
}

static void alert_of_visit(struct site *s, struct alert *a, const struct event *e)
{
	struct visit *v = site_visit(s, a->visit);
	unsigned bit = STATE_BIT(a->kind);

	if (!v)
		return;
	v->alarms[a->kind] = alert_is_open(a) ? a : NULL;
	v->f.flags = alert_is_open(a) ? v->f.flags | bit : v->f.flags & ~bit;
	if (e->type != EVENT_ALERT_RAISED || !e->raised_at)
		return;
	/* What time raised for this due time is not raised for it again. */
	if (a->kind == ALERT_NEVER_ARRIVED)
		v->raised_due[TIMER_NEVER_ARRIVED] = e->raised_at;
	if (a->kind == ALERT_OVERSTAY)
		v->raised_due[TIMER_OVERSTAY] = e->raised_at;
	if (a->kind == ALERT_CALL_EXPIRED)
		v->raised_due[TIMER_CALL_EXPIRED] = e->raised_at;
}

/* Those about a stage or a device are found by it while they are open. */
static void alert_of_place(struct site *s, struct alert *a)
{
	struct device *of = a->kind == ALERT_DEVICE_SILENT ? site_device(s, a->device) : NULL;

	if (a->stage != STAGE_NONE) {
		s->today->of_stage[a->kind][a->stage] = alert_is_open(a) ? a : NULL;
		s->queues[a->stage].version++;
	}
	/* Settled by hand while the seats are full, it is not raised again for the same time. */
	if (a->kind == ALERT_SEATS_FULL)
		s->queues[a->stage].full_due = a->raised_at;
	if (of)
		of->silent = alert_is_open(a) ? a : NULL;
}

void alert_apply(struct site *s, const struct event *e)
{
	struct alert *a = e->type == EVENT_ALERT_RAISED ? alert_new(s, e) : alert_find(s, e->alert);
	struct visit *v;

	switch (e->type) {
	case EVENT_ALERT_RAISED:
	case EVENT_ALERT_REPEATED:
		alert_cried(s, a, e);
		break;
	case EVENT_ALERT_ESCALATED:
		a->escalated = (int)e->level;
		break;
	case EVENT_ALERT_ACKNOWLEDGED:
		alert_acknowledged(a, e);
		break;
	default:
		alert_settled(s, a, e);
		break;
	}
	alert_of_visit(s, a, e);
	alert_of_place(s, a);
	v = site_visit(s, a->visit);
	if (v)
		timer_visit(s, v);
	if (!rows[a->kind].condition)
		timer_alert(s, a);
	s->alerts_version++;
	/* While the time is in doubt nobody may leave. */
	s->observation_version += a->kind == ALERT_CLOCK_DOUBT;
}
