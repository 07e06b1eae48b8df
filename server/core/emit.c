/*
 * Events of a decision: the fields that every event of one command shares, and the step of a visit.
 */
#include <string.h>

#include "core.h"

const char *keep(struct decision *d, const char *text)
{
	return arena_str(&d->out->arena, text);
}

struct event *emit(struct decision *d, enum event_type type)
{
	struct event *e = events_add(d->out);

	e->type = type;
	e->at = d->now;
	if (!d->c)
		return e;
	e->command = keep(d, d->c->id);
	e->device = d->c->device;
	e->staff = d->staff ? d->staff->id : NULL;
	e->desk = keep(d, d->c->desk);
	if (d->c->device_at) {
		e->acted_at = d->acted;
		e->device_at = d->c->device_at;
		e->device_sent_at = d->c->device_sent_at;
	}
	return e;
}

struct event *emit_visit(struct decision *d, enum event_type type, const struct visit *v)
{
	struct event *e = emit(d, type);

	e->visit = v->f.id;
	return e;
}

struct event *emit_step(struct decision *d, const struct visit *v, const struct step *to)
{
	struct event *e;
	size_t at = d->out->n;

	e = emit_visit(d, to->type, v);
	e->state = to->state;
	e->stage = to->stage;
	/* The desk of a called or served visit is the event's; a step that leaves it there names it. */
	if ((to->state == VISIT_CALLED || to->state == VISIT_SERVING) && to->state == v->f.state)
		e->desk = v->f.desk;
	alert_settle_by_step(d, v, to);
	return &d->out->v[at];
}

void emit_rules(struct decision *d, const struct rules *r)
{
	emit(d, EVENT_CONFIGURED)->rules = rules_copy(r);
}
