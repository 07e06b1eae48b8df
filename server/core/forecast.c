/*
 * Forecast: when each of those waiting will be called, kept until what it rests on has changed.
 *
 *   queue, desks, paces, comers, seats --play--> a time of call for each visit in the queue, and for one who joins it
 *
 * A hold counts as if it ended now, since nobody knows when it will; desks stay as they are; rooms are left out, since
 * people go into them in the order in which they are called out of them.
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "forecast.h"
#include "forecast_play.h"

/* How many come is read from so long. */
#define COMERS_SPAN_MS (15 * MS_MINUTE)
/* Or from so many calls, where there were more. */
#define COMERS_MAX 500
/* No door lets them in faster: a bound for the work. */
#define COMERS_EVERY_MS 500
/* Of which classes they are, from so long. */
#define CLASSES_SPAN_MS MS_HOUR

struct stage_forecast {
	bool known;
	uint64_t queue_version, desks_version;
	struct seats seats;
	ms_t at;      /* computed */
	ms_t joining; /* who joins then is called; MS_NEVER: nobody can say */
	ms_t service, gap;
};

struct forecast {
	struct stage_forecast stages[STAGE_COUNT];
	uint64_t epoch;
	uint32_t first_visit; /* of the day that this is about */
	ms_t *called;         /* by visit: called at its stage; MS_NEVER: nobody can say */
	size_t n_called;
	unsigned classes[CLASS_COUNT]; /* of those who have come lately */
	ms_t classes_at;               /* 0: not counted yet */
	unsigned runs;
};

struct forecast *forecast_new(void)
{
	struct forecast *f = core_alloc(sizeof(*f));

	return f;
}

void forecast_free(struct forecast *f)
{
	if (!f)
		return;
	free(f->called);
	free(f);
}

unsigned forecast_runs(const struct forecast *f)
{
	return f->runs;
}

/* ---- who will come ---- */

static void count_classes(struct forecast *f, const struct site *s, ms_t now)
{
	if (f->classes_at && now - f->classes_at < MS_MINUTE)
		return;
	memset(f->classes, 0, sizeof(f->classes));
	for (size_t i = 0; i < s->today->n_visits; i++) {
		const struct visit *v = s->today->visits[i];

		if (v && v->f.arrived_at && v->f.arrived_at > now - CLASSES_SPAN_MS)
			f->classes[v->f.class]++;
	}
	f->classes_at = now;
}

/* How many have joined the queue of the stage since `from`; those who were called since are told by their waits. */
static unsigned joined_since(const struct site *s, enum stage stage, ms_t from)
{
	const struct queue *q = &s->queues[stage];
	unsigned n = 0;

	for (size_t i = q->n_waits; i > 0 && q->waits[i - 1].at > from; i--)
		n += q->waits[i - 1].at - q->waits[i - 1].waited > from;
	for (size_t i = 0; i < q->n; i++)
		n += site_visit(s, q->visits[i])->entered_at > from;
	return n;
}

/* People come as they have come lately, and of the classes of which they have. */
static void play_comers(struct forecast *f, struct play *p)
{
	const struct queue *q = &p->s->queues[p->stage];
	ms_t from = p->now - COMERS_SPAN_MS;
	unsigned joined, all = 0;

	if (q->n_waits > COMERS_MAX && q->waits[q->n_waits - COMERS_MAX].at > from)
		from = q->waits[q->n_waits - COMERS_MAX].at;
	joined = joined_since(p->s, p->stage, from);
	count_classes(f, p->s, p->now);
	for (int i = 0; i < CLASS_COUNT; i++)
		all += f->classes[i];
	for (int i = 0; i < CLASS_COUNT; i++) {
		struct comers *c = &p->comers[i];

		if (!joined || !f->classes[i])
			continue;
		c->credit = queue_credit(p->s->rules, (enum visit_class)i);
		c->every = (p->now - from) * all / ((ms_t)joined * f->classes[i]);
		if (c->every < COMERS_EVERY_MS)
			c->every = COMERS_EVERY_MS;
		c->next = p->now + c->every / 2;
	}
}

/* ---- who waits ---- */

#define STATES_AT_STAGE (STATE_BIT(VISIT_QUEUED) | STATE_BIT(VISIT_CALLED) | STATE_BIT(VISIT_SERVING))

static ms_t called_at(const struct forecast *f, const struct visit *v)
{
	return f->called[v->f.id - f->first_visit];
}

/* When the last of a party at the stage is called there, those at a desk already: now. n: how many are there. */
static ms_t last_called(const struct forecast *f, const struct site *s, const struct party *party, enum stage stage,
			ms_t now, size_t *n)
{
	ms_t last = now;

	*n = 0;
	for (size_t i = 0; i < party->n; i++) {
		const struct visit *v = site_visit(s, party->members[i]);

		if (!(STATE_BIT(v->f.state) & STATES_AT_STAGE) || v->f.stage != stage)
			continue;
		(*n)++;
		if (v->f.state == VISIT_QUEUED && called_at(f, v) > last)
			last = called_at(f, v);
	}
	return last;
}

/* When all of a small party will have reached the stage: each stage before it takes its wait and all their services. */
static ms_t party_ready(const struct forecast *f, const struct site *s, const struct party *party, enum stage stage,
			ms_t now)
{
	ms_t at = now;
	size_t behind = 0;

	if (party_is_ready(s, party, stage))
		return 0;
	for (enum stage st = STAGE_REGISTRATION; st < stage; st++) {
		const struct stage_forecast *sf = &f->stages[st];
		size_t here;
		ms_t called = last_called(f, s, party, st, now, &here);

		if (behind > 0 && sf->joining != MS_NEVER)
			called = called > at + sf->joining - now ? called : at + sf->joining - now;
		behind += here;
		if (behind == 0)
			continue;
		if (called == MS_NEVER)
			return MS_NEVER;
		at = (called > at ? called : at) + sf->gap + (ms_t)behind * sf->service;
	}
	return at;
}

static void play_queue(const struct forecast *f, struct play *p)
{
	const struct queue *q = &p->s->queues[p->stage];

	for (size_t i = 0; i < q->n; i++) {
		const struct visit *v = site_visit(p->s, q->visits[i]);
		struct waiting *w = &p->queue[p->n++];

		w->key = v->key;
		w->people = flow_heads(v);
		w->party = v->party;
		if (!v->party)
			continue;
		w->whole = party_is_small(p->s, v->party);
		w->desk = party_desk(p->s, v->party, p->stage);
		w->ready = party_ready(f, p->s, v->party, p->stage, p->now);
	}
}

/* Somebody without credit who comes now. */
static void play_joining(struct play *p)
{
	struct waiting *w = &p->queue[p->n++];
	ms_t last = p->n > 1 ? w[-1].key : p->now;

	w->key = last > p->now ? last : p->now;
	w->people = 1;
}

/* ---- computing and keeping ---- */

static uint64_t desks_version(const struct site *s, enum stage stage)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->n_desks; i++)
		sum += s->desks[i].stage == stage ? s->desks[i].version + 1 : 0;
	return sum;
}

static void compute(struct forecast *f, const struct site *s, enum stage stage, ms_t now)
{
	const struct queue *q = &s->queues[stage];
	struct stage_forecast *sf = &f->stages[stage];
	struct play *p = core_alloc(sizeof(*p));

	p->s = s;
	p->stage = stage;
	p->now = now;
	p->queue = core_alloc((q->n + 1) * sizeof(*p->queue));
	play_begin(p);
	play_queue(f, p);
	play_joining(p);
	play_comers(f, p);
	play_run(p);
	for (size_t i = 0; i < q->n; i++)
		f->called[q->visits[i] - f->first_visit] = p->queue[i].at;
	sf->joining = p->queue[q->n].at;
	sf->service = p->service.mean;
	sf->gap = p->gap.mean;
	play_free(p);
	free(p->queue);
	free(p);
}

/* Another day, or another life of the site: nothing that is kept holds. */
static void forget_other_day(struct forecast *f, const struct site *s)
{
	if (f->epoch != s->epoch || f->first_visit != s->today->first_visit) {
		memset(f->stages, 0, sizeof(f->stages));
		f->classes_at = 0;
		f->epoch = s->epoch;
		f->first_visit = s->today->first_visit;
	}
	if (f->n_called < s->today->n_visits) {
		f->n_called = s->today->n_visits * 2;
		f->called = core_grow(f->called, f->n_called * sizeof(*f->called));
	}
}

static bool still_holds(const struct stage_forecast *sf, const struct site *s, enum stage stage, ms_t now)
{
	return sf->known && now >= sf->at && now - sf->at < FORECAST_AGE_MS &&
	       sf->queue_version == s->queues[stage].version && sf->desks_version == desks_version(s, stage) &&
	       (stage != STAGE_INJECTION || memcmp(&sf->seats, &s->seats, sizeof(s->seats)) == 0);
}

static void refresh(struct forecast *f, const struct site *s, enum stage stage, ms_t now)
{
	struct stage_forecast *sf = &f->stages[stage];

	forget_other_day(f, s);
	/* Parties wait for those at earlier stages. */
	if (stage > STAGE_REGISTRATION)
		refresh(f, s, (enum stage)(stage - 1), now);
	if (still_holds(sf, s, stage, now))
		return;
	compute(f, s, stage, now);
	f->runs++;
	sf->known = true;
	sf->at = now;
	sf->queue_version = s->queues[stage].version;
	sf->desks_version = desks_version(s, stage);
	sf->seats = s->seats;
}

static bool has_queue(const struct site *s, enum stage stage)
{
	return s->today && s->rules && stage >= STAGE_REGISTRATION && stage <= STAGE_INJECTION;
}

static ms_t wait_until(ms_t at, ms_t now)
{
	if (at == MS_NEVER)
		return -1;
	return at > now ? at - now : 0;
}

ms_t forecast_visit(struct forecast *f, const struct site *s, const struct visit *v, ms_t now)
{
	if (v->f.state != VISIT_QUEUED || !has_queue(s, v->f.stage) || site_visit(s, v->f.id) != v)
		return -1;
	refresh(f, s, v->f.stage, now);
	return wait_until(called_at(f, v), now);
}

ms_t forecast_joining(struct forecast *f, const struct site *s, enum stage stage, ms_t now)
{
	if (!has_queue(s, stage))
		return -1;
	refresh(f, s, stage, now);
	return wait_until(f->stages[stage].joining, now);
}

int forecast_minutes(ms_t wait)
{
	return wait < 0 ? -1 : (int)((wait + MS_MINUTE / 2) / MS_MINUTE);
}
