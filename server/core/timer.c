/*
 * What time does: a heap of due times, and the act of each.
 *
 * An entry is a hint. It counts when it fires only if the visit or alarm still asks for just that time, so nothing is
 * ever taken out of the heap: a changed visit pushes its new time and the old entry fires in vain.
 */
#include <stdlib.h>

#include "core.h"

/* ---- the heap: earliest first, equal times in a fixed order ---- */

static bool earlier(const struct timer *a, const struct timer *b)
{
	if (a->due != b->due)
		return a->due < b->due;
	return a->kind != b->kind ? a->kind < b->kind : a->subject < b->subject;
}

static void swap(struct timer *a, struct timer *b)
{
	struct timer t = *a;

	*a = *b;
	*b = t;
}

static void heap_push(struct site *s, const struct timer *t)
{
	size_t i = s->n_timers;

	if (s->n_timers == s->cap_timers) {
		s->cap_timers = s->cap_timers ? s->cap_timers * 2 : 64;
		s->timers = core_grow(s->timers, s->cap_timers * sizeof(*s->timers));
	}
	s->timers[s->n_timers++] = *t;
	for (; i > 0 && earlier(&s->timers[i], &s->timers[(i - 1) / 2]); i = (i - 1) / 2)
		swap(&s->timers[i], &s->timers[(i - 1) / 2]);
}

static struct timer heap_pop(struct site *s)
{
	struct timer top = s->timers[0];
	size_t i = 0, child;

	s->timers[0] = s->timers[--s->n_timers];
	while ((child = 2 * i + 1) < s->n_timers) {
		if (child + 1 < s->n_timers && earlier(&s->timers[child + 1], &s->timers[child]))
			child++;
		if (!earlier(&s->timers[child], &s->timers[i]))
			break;
		swap(&s->timers[i], &s->timers[child]);
		i = child;
	}
	return top;
}

void timer_clear(struct site *s)
{
	s->n_timers = 0;
}

/* ---- when ---- */

static const enum alert_kind raises[TIMER_VISIT_KINDS] = {
	[TIMER_NEVER_ARRIVED] = ALERT_NEVER_ARRIVED,
	[TIMER_OVERSTAY] = ALERT_OVERSTAY,
	[TIMER_CALL_EXPIRED] = ALERT_CALL_EXPIRED,
};

static ms_t visit_due(const struct site *s, const struct visit *v, enum timer_kind kind)
{
	const struct rules *r = s->rules;
	ms_t due = MS_NEVER;

	if (kind == TIMER_NEVER_ARRIVED && v->f.state == VISIT_INJECTED)
		due = v->f.injected_at + r->arrive_minutes * MS_MINUTE;
	if (kind == TIMER_OVERSTAY && (v->f.state == VISIT_OBSERVING || v->f.state == VISIT_INJECTED))
		due = v->f.due_at + r->overstay_minutes * MS_MINUTE;
	if (kind == TIMER_MAY_LEAVE && (v->f.state == VISIT_OBSERVING || v->f.state == VISIT_LEFT_EARLY))
		due = v->f.due_at;
	if (kind == TIMER_CALL_EXPIRED && v->f.state == VISIT_CALLED)
		due = v->called_at + r->call_minutes * MS_MINUTE;
	/* What has been raised for this time is not raised again, by another limit of a new configuration neither. */
	return due <= v->raised_due[kind] || v->alarms[raises[kind]] ? MS_NEVER : due;
}

static ms_t alert_due(const struct site *s, const struct alert *a, enum timer_kind kind)
{
	const struct rules *r = s->rules;

	if (kind == TIMER_ESCALATE && a->kind == ALERT_UNWELL && a->state == ALERT_OPEN && a->escalated < 2)
		return a->cried_at +
		       (a->escalated ? r->escalate_second_seconds : r->escalate_first_seconds) * MS_SECOND;
	if (kind == TIMER_LAPSE && a->kind == ALERT_EARLY_EXIT && alert_is_open(a) && !a->lapsed)
		return a->raised_at + r->early_exit_minutes * MS_MINUTE;
	return MS_NEVER;
}

void timer_visit(struct site *s, struct visit *v)
{
	for (int k = 0; k < TIMER_VISIT_KINDS; k++) {
		struct timer t = {visit_due(s, v, k), k, v->f.id, NULL};

		if (t.due != v->timer_due[k] && t.due != MS_NEVER)
			heap_push(s, &t);
		v->timer_due[k] = t.due;
	}
}

/* When to look at a stage: early or in vain perhaps, never late. */
static ms_t stage_due(struct site *s, enum stage stage, enum timer_kind kind, ms_t now)
{
	struct queue *q = &s->queues[stage];
	ms_t pending = q->timer_due[kind - TIMER_ALERT_KINDS], due;

	if (!s->today || s->today->closed)
		return MS_NEVER;
	if (kind == TIMER_WAIT_LONG && s->today->of_stage[ALERT_WAIT_LONG][stage]) {
		q->recheck = 0; /* when that is over */
		return queue_shorter_at(s, stage, now);
	}
	if (kind == TIMER_SEATS_FULL && s->today->of_stage[ALERT_SEATS_FULL][stage])
		return MS_NEVER;
	if (kind == TIMER_WAIT_LONG)
		return pending != MS_NEVER && q->n < q->recheck ? pending : queue_long_at(s, stage, now, &q->recheck);
	due = q->full_since + s->rules->seats_full_seconds * MS_SECOND;
	return q->full_since && due != q->full_due ? due : MS_NEVER;
}

void timer_stage(struct site *s, enum stage stage, ms_t now)
{
	struct queue *q = &s->queues[stage];

	for (int k = TIMER_ALERT_KINDS; k < TIMER_STAGE_KINDS; k++) {
		struct timer t = {stage_due(s, stage, k, now), k, stage, NULL};

		if (t.due != q->timer_due[k - TIMER_ALERT_KINDS] && t.due != MS_NEVER)
			heap_push(s, &t);
		q->timer_due[k - TIMER_ALERT_KINDS] = t.due;
	}
}

void timer_alert(struct site *s, struct alert *a)
{
	for (int k = TIMER_VISIT_KINDS; k < TIMER_ALERT_KINDS; k++) {
		struct timer t = {alert_due(s, a, k), k, a->serial, a};

		if (t.due != a->timer_due[k] && t.due != MS_NEVER)
			heap_push(s, &t);
		a->timer_due[k] = t.due;
	}
}

/*
 * A device that does something only moves what it is due at: the entry fires early, and looks again. While a day is
 * being opened, one that is not carried yet is none of its.
 */
void timer_session(struct site *s, struct device *v)
{
	struct timer t = {session_due(s, v), TIMER_SESSION, v->id, NULL};

	if (t.due == MS_NEVER)
		v->session_due = 0;
	else if ((!v->session_due || t.due < v->session_due) && (!s->today || s->today->ready || v->carried)) {
		heap_push(s, &t);
		v->session_due = t.due;
	}
}

void timer_all(struct site *s)
{
	struct device *v, *next_device;
	struct alert *a, *next;

	HASH_ITER(hh, s->devices, v, next_device)
		timer_session(s, v);
	if (!s->today)
		return;
	for (size_t i = 0; i < s->today->n_visits; i++) {
		if (s->today->visits[i])
			timer_visit(s, s->today->visits[i]);
	}
	HASH_ITER(hh, s->today->alerts, a, next)
		timer_alert(s, a);
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++)
		timer_stage(s, (enum stage)st, s->last_at);
}

static bool timer_counts(const struct site *s, const struct timer *t)
{
	const struct device *of;
	const struct visit *v;

	if (t->kind == TIMER_SESSION) {
		of = site_device(s, t->subject);
		return of && of->session_due == t->due;
	}
	if (t->alert)
		return alert_due(s, t->alert, t->kind) == t->due;
	if (t->kind >= TIMER_ALERT_KINDS)
		return s->queues[t->subject].timer_due[t->kind - TIMER_ALERT_KINDS] == t->due;
	v = site_visit(s, t->subject);
	return v && visit_due(s, v, t->kind) == t->due;
}

/* ---- what ---- */

static void fire_lapse(struct decision *d, const struct alert *a)
{
	const struct visit *v = site_visit(d->s, a->visit);
	struct step to;

	if (act_step(d, v, ACTION_LAPSE, NULL, &to) == VERDICT_ACCEPTED)
		emit_step(d, v, &to);
}

/* At its time a stage is looked at: what was expected is raised, or there is another time. */
static void fire_stage(struct decision *d, const struct timer *t)
{
	enum alert_kind kind = t->kind == TIMER_WAIT_LONG ? ALERT_WAIT_LONG : ALERT_SEATS_FULL;
	enum stage stage = (enum stage)t->subject;
	struct queue *q = &d->s->queues[stage];
	bool is;

	q->timer_due[t->kind - TIMER_ALERT_KINDS] = MS_NEVER;
	if (kind == ALERT_SEATS_FULL)
		q->full_due = t->due;
	is = kind == ALERT_SEATS_FULL ? flow_is_full(d->s, d->now) : queue_is_long(d->s, stage, d->now);
	/* Of one that is raised already, what follows will see whether it is over. */
	if (is && !d->s->today->of_stage[kind][stage])
		alert_raise_at_stage(d, kind, stage, t->due);
	else
		timer_stage(d->s, stage, d->now);
}

static void fire(struct decision *d, const struct timer *t)
{
	struct event *e;

	if (t->kind == TIMER_MAY_LEAVE) {
		/* Also the seat kept for an early leaver is free now. */
		d->s->observation_version++;
		d->s->queues[STAGE_INJECTION].version++;
		d->s->version++;
	} else if (t->kind == TIMER_SESSION) {
		session_fire(d, site_device(d->s, t->subject));
	} else if (t->kind >= TIMER_ALERT_KINDS) {
		fire_stage(d, t);
	} else if (t->kind < TIMER_VISIT_KINDS) {
		alert_raise_timed(d, raises[t->kind], site_visit(d->s, t->subject), t->due);
	} else if (t->kind == TIMER_LAPSE) {
		fire_lapse(d, t->alert);
	} else {
		e = emit(d, EVENT_ALERT_ESCALATED);
		e->alert = t->alert->id;
		e->kind = t->alert->kind;
		e->visit = t->alert->visit;
		e->level = t->alert->escalated + 1;
	}
}

void site_advance(struct site *s, ms_t now, struct events *out)
{
	while (s->n_timers && s->timers[0].due <= now) {
		struct timer t = heap_pop(s);
		struct decision d = {.s = s, .out = out, .first = out->n};

		if (!timer_counts(s, &t))
			continue;
		d.now = d.acted = t.due > s->last_at ? t.due : s->last_at;
		fire(&d, &t);
		if (t.kind == TIMER_SESSION && out->n == d.first)
			continue; /* looked, and nothing was so */
		for (size_t i = d.first; i < out->n; i++)
			site_apply(s, &out->v[i]);
		flow_follow(&d);
	}
}

ms_t site_deadline(const struct site *s)
{
	return s->n_timers ? s->timers[0].due : MS_NEVER;
}
