/*
 * The flow of people: rooms, seats, who may be called, and the site's hold.
 *
 *   hall --admitted--> room of the stage --call--> desk ... injection --> seats in observation
 *
 * A room takes so many people and no more, companions counted; in the hall they wait in the order of their keys, and
 * nobody is passed over for being many. Injections stop while every seat is taken or spoken for, so that a seat is
 * there for whoever has been injected.
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

unsigned flow_heads(const struct visit *v)
{
	return 1 + (unsigned)v->f.companions;
}

/* ---- rooms ---- */

unsigned site_room_capacity(const struct site *s, enum stage stage)
{
	const struct rules *r = s->rules;

	switch (stage) {
	case STAGE_REGISTRATION:
		return (unsigned)r->room_registration;
	case STAGE_CONSENT:
		return (unsigned)r->room_consent;
	case STAGE_INJECTION:
		return (unsigned)r->room_injection;
	default:
		return 0;
	}
}

bool site_in_room(const struct site *s, const struct visit *v)
{
	switch (v->f.state) {
	case VISIT_CALLED:
	case VISIT_SERVING:
		return true;
	case VISIT_QUEUED:
		return v->admitted || !site_room_capacity(s, v->f.stage);
	default:
		return false;
	}
}

bool flow_room_takes(const struct site *s, enum stage stage, unsigned heads)
{
	unsigned capacity = site_room_capacity(s, stage);

	return !capacity || s->queues[stage].room + heads <= capacity;
}

/* No room and no row of seats is too small for these. */
bool flow_fits_anywhere(const struct site *s, unsigned heads)
{
	for (enum stage st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (site_room_capacity(s, st) && heads > site_room_capacity(s, st))
			return false;
	}
	return heads <= (unsigned)s->rules->observation_seats;
}

/* ---- counting: once off before a visit changes, once on afterwards ---- */

static void crowd_count(struct crowd *c, uint32_t visit, int sign)
{
	size_t i = 0;

	if (sign > 0) {
		if (c->n == c->cap) {
			c->cap = c->cap ? c->cap * 2 : 64;
			c->v = core_grow(c->v, c->cap * sizeof(*c->v));
		}
		c->v[c->n++] = visit;
		return;
	}
	while (c->v[i] != visit)
		i++;
	c->v[i] = c->v[--c->n];
}

void flow_count(struct site *s, const struct visit *v, int sign)
{
	unsigned heads = (unsigned)sign * flow_heads(v);
	bool at_desk = v->f.state == VISIT_CALLED || v->f.state == VISIT_SERVING;

	if (site_in_room(s, v))
		s->queues[v->f.stage].room += heads;
	if (at_desk && v->f.stage == STAGE_INJECTION)
		s->seats.injecting += heads;
	if (v->f.state == VISIT_OBSERVING) {
		s->seats.observing += heads;
		crowd_count(&s->today->observing, v->f.id, sign);
	}
	if (v->f.state == VISIT_LEFT_EARLY)
		crowd_count(&s->today->left_early, v->f.id, sign);
	if (v->f.state == VISIT_INJECTED)
		s->seats.coming += heads;
	if (v->f.state == VISIT_UNWELL && v->f.injected_at)
		s->seats.unwell += heads;
}

/* Anew, where a room got or lost its limit. */
void flow_recount(struct site *s)
{
	memset(&s->seats, 0, sizeof(s->seats));
	for (int st = 0; st < STAGE_COUNT; st++)
		s->queues[st].room = 0;
	if (s->today)
		s->today->observing.n = s->today->left_early.n = 0;
	for (size_t i = 0; s->today && i < s->today->n_visits; i++) {
		if (s->today->visits[i])
			flow_count(s, s->today->visits[i], 1);
	}
}

/* ---- seats ---- */

bool flow_needs_seat(const struct visit *v, ms_t now)
{
	switch (v->f.state) {
	case VISIT_CALLED:
	case VISIT_SERVING:
		return v->f.stage == STAGE_INJECTION;
	case VISIT_INJECTED:
	case VISIT_OBSERVING:
		return true;
	case VISIT_UNWELL:
		return v->f.injected_at != 0;
	case VISIT_LEFT_EARLY:
		return v->f.due_at > now;
	default:
		return false;
	}
}

unsigned site_seats_taken(const struct site *s)
{
	return s->seats.observing;
}

/* Whoever left early may be brought back until the time is over. */
static unsigned seats_of_leavers(const struct site *s, ms_t now)
{
	unsigned n = 0;

	for (size_t i = 0; s->today && i < s->today->left_early.n; i++) {
		const struct visit *v = site_visit(s, s->today->left_early.v[i]);

		if (v->f.due_at > now)
			n += flow_heads(v);
	}
	return n;
}

unsigned site_seats_committed(const struct site *s, ms_t now)
{
	return s->seats.observing + s->seats.coming + s->seats.injecting + s->seats.unwell + seats_of_leavers(s, now);
}

bool flow_seats_take(const struct site *s, unsigned heads, ms_t now)
{
	return site_seats_committed(s, now) + heads <= (unsigned)s->rules->observation_seats;
}

ms_t site_next_seat(const struct site *s, ms_t now)
{
	ms_t first = MS_NEVER;

	for (size_t i = 0; s->today && i < s->today->observing.n; i++) {
		const struct visit *v = site_visit(s, s->today->observing.v[i]);

		if (v->f.due_at < first)
			first = v->f.due_at;
	}
	if (first == MS_NEVER)
		return 0;
	return first > now ? first : now;
}

/* ---- who may be called ---- */

bool flow_on_hold(const struct site *s)
{
	return s->today && s->today->facts.hold.on;
}

/* The first who can use a place: a party that is not complete would only sit there. */
static struct visit *next_in_hall(const struct site *s, enum stage stage)
{
	const struct queue *q = &s->queues[stage];

	for (size_t i = 0; i < q->n; i++) {
		struct visit *v = site_visit(s, q->visits[i]);

		if (!site_in_room(s, v) && (!v->party || party_is_ready(s, v->party, stage)))
			return v;
	}
	return NULL;
}

/* The first in line whom this desk (NULL: any desk) may call, but for the seats. */
static struct visit *first_callable(const struct site *s, enum stage stage, const struct desk *d)
{
	const struct queue *q = &s->queues[stage];

	for (size_t i = 0; i < q->n; i++) {
		struct visit *v = site_visit(s, q->visits[i]);
		const struct desk *theirs = v->party ? party_desk(s, v->party, stage) : NULL;

		if (!site_in_room(s, v) || (theirs && d && theirs != d))
			continue;
		if (!v->party || party_is_ready(s, v->party, stage))
			return v;
	}
	return NULL;
}

/* All of the first one's party who wait in the room, in order; a large one so many at a time. */
static size_t group_of(const struct site *s, const struct visit *first, uint32_t out[DESK_PEOPLE_MAX])
{
	const struct queue *q = &s->queues[first->f.stage];
	size_t n = 0, most = (size_t)s->rules->party_call_max;

	if (!first->party) {
		out[0] = first->f.id;
		return 1;
	}
	for (size_t i = 0; i < q->n && n < most && n < DESK_PEOPLE_MAX; i++) {
		const struct visit *v = site_visit(s, q->visits[i]);

		if (v->party == first->party && site_in_room(s, v))
			out[n++] = v->f.id;
	}
	return n;
}

/*
 * How many of a group the seats are free for: all, or none; some only of those who are not called whole anyway, a class
 * or a family too large for all the seats. A class would else wait until ten seats are free at once, while every other
 * desk takes each seat as it frees.
 */
static size_t seated(const struct site *s, const uint32_t *group, size_t n, ms_t now)
{
	unsigned seats = (unsigned)s->rules->observation_seats, taken = site_seats_committed(s, now), heads = 0;
	const struct party *p = n ? site_visit(s, group[0])->party : NULL;
	size_t fit = 0;

	for (size_t i = 0; i < n; i++) {
		heads += flow_heads(site_visit(s, group[i]));
		if (taken + heads <= seats)
			fit = i + 1;
	}
	return fit == n || heads > seats || (p && !party_is_small(s, p)) ? fit : 0;
}

static size_t next_group(const struct site *s, enum stage stage, const struct desk *d, ms_t now,
			 uint32_t out[DESK_PEOPLE_MAX], enum pause *why)
{
	const struct visit *first;
	size_t n;

	*why = PAUSE_NONE;
	if (flow_on_hold(s)) {
		*why = PAUSE_HOLD;
		return 0;
	}
	first = first_callable(s, stage, d);
	if (!first) {
		*why = next_in_hall(s, stage) ? PAUSE_ROOM : PAUSE_NONE;
		return 0;
	}
	n = group_of(s, first, out);
	if (stage == STAGE_INJECTION)
		n = seated(s, out, n, now);
	if (n == 0)
		*why = PAUSE_SEATS;
	return n;
}

/* When they may go on that are stopped for this. */
static ms_t pause_ends(const struct site *s, enum pause why, ms_t now)
{
	return why == PAUSE_SEATS ? site_next_seat(s, now) : 0;
}

size_t site_next_for(const struct site *s, const struct desk *d, ms_t now, uint32_t out[DESK_PEOPLE_MAX],
		     enum pause *why, ms_t *until)
{
	size_t n = next_group(s, d->stage, d, now, out, why);

	*until = pause_ends(s, *why, now);
	return n;
}

enum pause site_paused(const struct site *s, enum stage stage, ms_t now, ms_t *until)
{
	uint32_t group[DESK_PEOPLE_MAX];
	enum pause why;

	next_group(s, stage, NULL, now, group, &why);
	*until = pause_ends(s, why, now);
	return why;
}

/* Whether somebody may be taken without having been called. */
enum verdict flow_may_start(struct decision *d, const struct visit *v)
{
	if (flow_on_hold(d->s)) {
		d->o->text = d->s->today->facts.hold.reason;
		return VERDICT_HOLD;
	}
	if (v->f.state != VISIT_QUEUED)
		return VERDICT_ACCEPTED;
	if (!site_in_room(d->s, v) && !flow_room_takes(d->s, v->f.stage, flow_heads(v)))
		return VERDICT_ROOM_FULL;
	if (v->f.stage == STAGE_INJECTION && !flow_seats_take(d->s, flow_heads(v), d->now)) {
		d->o->until = site_next_seat(d->s, d->now);
		return VERDICT_SEATS_FULL;
	}
	return VERDICT_ACCEPTED;
}

/* ---- from the hall into the rooms ---- */

static void apply_from(struct decision *d, size_t first)
{
	for (size_t i = first; i < d->out->n; i++)
		site_apply(d->s, &d->out->v[i]);
}

/* The members of its small party in the hall; itself alone where there is none, or they are more than the room takes. */
static size_t unit_of(const struct site *s, const struct visit *v, uint32_t out[DESK_PEOPLE_MAX], unsigned *heads)
{
	size_t n = 0;

	*heads = 0;
	for (size_t i = 0; v->party && party_is_small(s, v->party) && i < v->party->n && n < DESK_PEOPLE_MAX; i++) {
		const struct visit *u = site_visit(s, v->party->members[i]);

		if (u->f.state == VISIT_QUEUED && u->f.stage == v->f.stage && !site_in_room(s, u)) {
			out[n++] = u->f.id;
			*heads += flow_heads(u);
		}
	}
	if (n > 0 && *heads <= site_room_capacity(s, v->f.stage))
		return n;
	out[0] = v->f.id;
	*heads = flow_heads(v);
	return 1;
}

static void admit(struct decision *d, enum stage stage)
{
	uint32_t unit[DESK_PEOPLE_MAX];
	struct visit *v;

	if (!site_room_capacity(d->s, stage))
		return;
	/* A room that takes nobody is the usual case, and told at once. */
	while (flow_room_takes(d->s, stage, 1) && (v = next_in_hall(d->s, stage)) != NULL) {
		unsigned heads;
		size_t first = d->out->n, n = unit_of(d->s, v, unit, &heads);

		if (!flow_room_takes(d->s, stage, heads))
			return;
		for (size_t i = 0; i < n; i++)
			emit_visit(d, EVENT_ADMITTED, site_visit(d->s, unit[i]))->stage = stage;
		apply_from(d, first);
	}
}

/* ---- what follows from any change ---- */

static void settle_stage(struct decision *d, enum alert_kind kind, enum stage stage, const char *outcome)
{
	size_t first = d->out->n;

	alert_settle(d, d->s->today->of_stage[kind][stage], outcome);
	apply_from(d, first);
}

void flow_follow(struct decision *d)
{
	struct site *s = d->s;

	if (!s->today || !s->today->ready || s->today->closed)
		return;
	for (enum stage st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		if (!flow_on_hold(s))
			admit(d, st);
		if (s->today->of_stage[ALERT_WAIT_LONG][st] && !queue_is_still_long(s, st, d->now))
			settle_stage(d, ALERT_WAIT_LONG, st, "waits_shorter");
		if (s->today->of_stage[ALERT_SEATS_FULL][st] && !flow_is_full(s, d->now))
			settle_stage(d, ALERT_SEATS_FULL, st, "calls_resumed");
	}
}

bool flow_is_full(const struct site *s, ms_t now)
{
	uint32_t group[DESK_PEOPLE_MAX];
	enum pause why = PAUSE_NONE;

	if (s->queues[STAGE_INJECTION].n)
		next_group(s, STAGE_INJECTION, NULL, now, group, &why);
	return why == PAUSE_SEATS;
}

void flow_note(struct site *s, ms_t at)
{
	struct queue *q = &s->queues[STAGE_INJECTION];

	if (!flow_is_full(s, at))
		q->full_since = 0;
	else if (!q->full_since)
		q->full_since = at;
}

/* ---- the site's hold and the roll call ---- */

static enum verdict flow_reply(struct decision *d, struct event *e)
{
	e->reply = VERDICT_ACCEPTED;
	e->reply_as = REPLY_SITE;
	e->body = d->c->body;
	return VERDICT_ACCEPTED;
}

static bool was_missed(const struct site *s, const struct visit *v)
{
	return v && v->f.state == VISIT_OBSERVING && v->seen_at < s->today->facts.roll_call.started_at;
}

static enum verdict roll_call_end(struct decision *d)
{
	const struct day *day = d->s->today;
	struct event *e;
	int64_t missing = 0;

	for (size_t i = 0; i < day->n_visits; i++) {
		if (was_missed(d->s, day->visits[i])) {
			alert_cry(d, ALERT_MISSING, day->visits[i], NULL);
			missing++;
		}
	}
	e = emit(d, EVENT_ROLL_CALL_ENDED);
	e->count = missing;
	return flow_reply(d, e);
}

enum verdict decide_site(struct decision *d)
{
	const struct day *day = d->s->today;
	struct event *e;

	if (day->closed)
		return VERDICT_DAY_CLOSED;
	switch (d->c->kind) {
	case COMMAND_SITE_HOLD:
		d->o->text = day->facts.hold.reason;
		if (day->facts.hold.on)
			return VERDICT_HOLD;
		e = emit(d, EVENT_SITE_HELD);
		e->reason = keep(d, d->c->reason);
		return flow_reply(d, e);
	case COMMAND_SITE_RESUME:
		if (!day->facts.hold.on)
			return VERDICT_NOT_HELD;
		e = emit(d, EVENT_SITE_RESUMED);
		e->reason = keep(d, d->c->reason);
		return flow_reply(d, e);
	case COMMAND_ROLL_CALL_START:
		if (day->facts.roll_call.on)
			return VERDICT_ROLL_CALL_ON;
		return flow_reply(d, emit(d, EVENT_ROLL_CALL_STARTED));
	default:
		return day->facts.roll_call.on ? roll_call_end(d) : VERDICT_NO_ROLL_CALL;
	}
}

void flow_apply(struct site *s, const struct event *e)
{
	struct site_hold *h = &s->today->facts.hold;
	struct roll_call *r = &s->today->facts.roll_call;

	switch (e->type) {
	case EVENT_SITE_HELD:
		*h = (struct site_hold){true, arena_str(&s->today->arena, e->reason), e->at, e->device};
		break;
	case EVENT_SITE_RESUMED:
		*h = (struct site_hold){false, NULL, e->at, e->device};
		break;
	case EVENT_ROLL_CALL_STARTED:
		*r = (struct roll_call){true, e->at, 0, 0};
		break;
	default:
		r->on = false;
		r->ended_at = e->at;
		r->missing = (unsigned)e->count;
		break;
	}
	/* What every desk shows has changed. */
	for (int st = 0; st < STAGE_COUNT; st++)
		s->queues[st].version++;
	s->observation_version++;
}
