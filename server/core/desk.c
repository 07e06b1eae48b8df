/*
 * Desks: each has one ticket called to it or served, or several of one party.
 *
 *   open --call--> somebody called --start--> serving --finish, inject, ...--> free
 *   close gives the called ones back to their places; whoever is served is finished.
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* ---- deciding ---- */

static enum verdict desk_reply(struct decision *d, enum reply_form form, enum action a)
{
	struct event *e = &d->out->v[d->out->n - 1];

	e->reply = VERDICT_ACCEPTED;
	e->reply_as = form;
	e->action = a;
	e->body = d->c->body;
	return VERDICT_ACCEPTED;
}

static enum verdict desk_open(struct decision *d, const struct desk *desk)
{
	if (desk->open)
		return VERDICT_DESK_OPEN;
	emit(d, EVENT_DESK_OPENED);
	return desk_reply(d, REPLY_DESK, ACTION_NONE);
}

static enum verdict desk_close(struct decision *d, const struct desk *desk)
{
	struct step to;

	if (!desk->open)
		return VERDICT_DESK_CLOSED;
	for (size_t i = 0; i < desk->n_called; i++) {
		const struct visit *v = site_visit(d->s, desk->called[i]);
		struct event *e;

		act_step(d, v, ACTION_GIVE_BACK, NULL, &to);
		e = emit_step(d, v, &to);
		e->entered_at = v->entered_at;
		e->key = v->key;
	}
	emit(d, EVENT_DESK_CLOSED);
	return desk_reply(d, REPLY_DESK, ACTION_NONE);
}

static enum verdict desk_may_not_call(struct decision *d, enum pause why, ms_t until)
{
	d->o->why = why;
	d->o->until = until;
	switch (why) {
	case PAUSE_NONE:
		return VERDICT_NOBODY_WAITING;
	case PAUSE_HOLD:
		d->o->text = d->s->today->facts.hold.reason;
		return VERDICT_HOLD;
	default:
		return VERDICT_PAUSED;
	}
}

static enum verdict desk_call(struct decision *d, const struct desk *desk)
{
	uint32_t group[DESK_PEOPLE_MAX];
	struct step to;
	enum pause why;
	ms_t until;
	size_t n;

	if (!desk->open)
		return VERDICT_DESK_CLOSED;
	if (desk_in_use(desk))
		return VERDICT_DESK_BUSY;
	n = site_next_for(d->s, desk, d->now, group, &why, &until);
	if (n == 0)
		return desk_may_not_call(d, why, until);
	for (size_t i = 0; i < n; i++) {
		const struct visit *v = site_visit(d->s, group[i]);

		act_step(d, v, ACTION_CALL, desk, &to);
		emit_step(d, v, &to);
	}
	return desk_reply(d, REPLY_CALL, ACTION_CALL);
}

static enum verdict desk_recall(struct decision *d, const struct desk *desk)
{
	if (!desk->n_called)
		return VERDICT_NOBODY_CALLED;
	emit_visit(d, EVENT_DESK_RECALLED, site_visit(d->s, desk->called[0]));
	return desk_reply(d, REPLY_CALL, ACTION_CALL);
}

enum verdict decide_desk(struct decision *d)
{
	const struct desk *desk = site_desk(d->s, d->c->desk);

	if (!desk)
		return VERDICT_DESK_UNKNOWN;
	if (d->s->today->closed)
		return VERDICT_DAY_CLOSED;
	switch (d->c->kind) {
	case COMMAND_DESK_OPEN:
		return desk_open(d, desk);
	case COMMAND_DESK_CLOSE:
		return desk_close(d, desk);
	case COMMAND_DESK_CALL:
		return desk_call(d, desk);
	default:
		return desk_recall(d, desk);
	}
}

/* ---- applying ---- */

bool desk_in_use(const struct desk *d)
{
	return d->n_called || d->n_serving;
}

bool desk_takes(const struct site *s, const struct desk *d, const struct visit *v)
{
	const struct visit *other = d->n_serving ? site_visit(s, d->serving[0]) : NULL;

	return !other || (v->party && other->party == v->party && d->n_serving < DESK_PEOPLE_MAX);
}

/* More than any desk finishes in an hour. */
#define RECENT_MAX 720

static void desk_count(struct site *s, struct desk *d, ms_t at)
{
	d->done++;
	s->queues[d->stage].done++;
	if (!d->recent)
		d->recent = core_alloc(RECENT_MAX * sizeof(*d->recent));
	if (d->n_recent == RECENT_MAX)
		memmove(d->recent, d->recent + 1, --d->n_recent * sizeof(*d->recent));
	d->recent[d->n_recent++] = at;
}

unsigned desk_hourly(const struct desk *d, ms_t now)
{
	unsigned n = 0;

	for (size_t i = 0; i < d->n_recent; i++)
		n += now - d->recent[i] < MS_HOUR;
	return n;
}

static void list_remove(uint32_t *l, size_t *n, uint32_t visit)
{
	size_t i = 0;

	while (i < *n && l[i] != visit)
		i++;
	if (i == *n)
		return;
	memmove(l + i, l + i + 1, (*n - i - 1) * sizeof(*l));
	--*n;
}

/* A visit goes from the desk that it was at, if it was at one. */
void desk_leave(struct site *s, struct visit *v, const struct event *e)
{
	struct desk *d = v->f.desk ? site_desk(s, v->f.desk) : NULL;

	if (!d)
		return;
	list_remove(d->called, &d->n_called, v->f.id);
	list_remove(d->serving, &d->n_serving, v->f.id);
	if (e->type == EVENT_FINISHED || e->type == EVENT_INJECTED)
		desk_count(s, d, e->at);
	d->version++;
}

/* A visit that is called or served now is at its desk. */
void desk_enter(struct site *s, struct visit *v, ms_t at)
{
	struct desk *d = v->f.desk ? site_desk(s, v->f.desk) : NULL;

	if (!d)
		return;
	if (v->f.state == VISIT_CALLED && d->n_called < DESK_PEOPLE_MAX) {
		d->called[d->n_called++] = v->f.id;
		d->called_at = at;
	} else if (v->f.state == VISIT_SERVING && d->n_serving < DESK_PEOPLE_MAX) {
		d->serving[d->n_serving++] = v->f.id;
		d->started_at = at;
	}
	d->version++;
}

#define SERVED                                                                                                         \
	(EVENT_BIT(EVENT_FINISHED) | EVENT_BIT(EVENT_INJECTED) | EVENT_BIT(EVENT_DEFERRED) | EVENT_BIT(EVENT_DECLINED))

/*
 * What the forecast goes by: how long a service took, and how long the desk then stood free for one who was waiting
 * already. Looks at the visit as it was before the event.
 */
void desk_measure(struct site *s, const struct visit *v, const struct event *e)
{
	struct queue *q = &s->queues[v->f.stage];
	struct desk *d;

	if (v->f.state == VISIT_QUEUED && (e->type == EVENT_CALLED || e->type == EVENT_STARTED))
		queue_waited(q, e->at, e->at - v->entered_at);
	if (v->f.state == VISIT_SERVING && (EVENT_BIT(e->type) & SERVED)) {
		d = v->f.desk ? site_desk(s, v->f.desk) : NULL;
		queue_served(q, e->at - v->started_at);
		if (d)
			d->finished_at = q->n ? e->at : 0;
	}
	if (e->type != EVENT_STARTED || !(d = site_desk(s, e->desk)))
		return;
	if (d->finished_at && v->entered_at <= d->finished_at)
		queue_paused(q, e->at - d->finished_at);
	d->finished_at = 0;
}

/* Takes over the configured desks: known ones stay as they are, new ones start as configured. */
void desks_configure(struct site *s)
{
	const struct rules *r = s->rules;

	for (size_t i = 0; i < s->n_desks; i++) {
		int at = rules_desk(r, s->desks[i].id);

		s->desks[i].retired = at < 0;
		if (at >= 0)
			s->desks[i].stage = r->desks[at].stage;
	}
	for (size_t i = 0; i < r->n_desks; i++) {
		struct desk *d;

		if (site_desk(s, r->desks[i].id) || s->n_desks == DESKS_MAX)
			continue;
		d = &s->desks[s->n_desks++];
		memset(d, 0, sizeof(*d));
		copy_text(d->id, sizeof(d->id), r->desks[i].id);
		d->stage = r->desks[i].stage;
		d->open = r->desks[i].open;
	}
}

/* A new day begins with the configured desks, nobody at them. */
void desks_reset(struct site *s)
{
	for (size_t i = 0; i < s->n_desks; i++)
		free(s->desks[i].recent);
	memset(s->desks, 0, sizeof(s->desks));
	s->n_desks = 0;
	if (s->rules)
		desks_configure(s);
	/* Their views have changed, from whatever they showed. */
	for (size_t i = 0; i < s->n_desks; i++)
		s->desks[i].version = s->version;
}
