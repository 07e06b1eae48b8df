/*
 * One stage played forward, everybody at the pace that the stage has shown.
 *
 *   a desk    is free when those it has are served, and then again a pause and a service for each it takes
 *   a person  is called by the first desk to be free, in the order of keys; a party by the desk that has its others
 *   comers    will join, and with the credit of their class some of them stand before some who wait now
 *   seats     an injection needs one; they free when the observation of those there is over, and of those played
 *
 * A small party is ready when its slowest member has come; a large one comes to the needle as seats free.
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "forecast_play.h"

/* A pause between two services, until measured; who has been called comes from the next room. */
#define GAP_PRIOR_MS (20 * MS_SECOND)
/* A sample of more than so many times the median is an accident (a form left open, a hold, a desk that waited for
 * seats), and counts as that much. */
#define SPREAD_MEDIANS_MAX 6
/* Until the day has shown how long people stay past their time: as if so many had been seen to stay so long. */
#define LINGER_PRIOR_PEOPLE 10
#define LINGER_PRIOR_MS MS_MINUTE

/* ---- pace ---- */

static int by_length(const void *a, const void *b)
{
	ms_t x = *(const ms_t *)a, y = *(const ms_t *)b;

	return x < y ? -1 : x > y;
}

static void spread_make(struct spread *s, const ms_t *ring, size_t seen, ms_t prior)
{
	ms_t sum = 0, most;

	s->n = seen < PACE_SAMPLES ? seen : PACE_SAMPLES;
	memcpy(s->v, ring, s->n * sizeof(*ring));
	/* Around the prior: half of it to one and a half. */
	for (int i = 0; i < SPREAD_PRIOR; i++)
		s->v[s->n++] = prior * (2 + i) / 4;
	qsort(s->v, s->n, sizeof(*s->v), by_length);
	most = s->v[s->n / 2] * SPREAD_MEDIANS_MAX;
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i] > most)
			s->v[i] = most;
		sum += s->v[i];
	}
	s->mean = sum / (ms_t)s->n;
}

ms_t spread_rest(const struct spread *s, ms_t elapsed)
{
	ms_t sum = 0, n = 0;

	for (size_t i = s->n; i > 0 && s->v[i - 1] > elapsed; i--) {
		sum += s->v[i - 1] - elapsed;
		n++;
	}
	/* Longer than all: the longer it has been, the longer it may still be. */
	return n > 0 ? sum / n : elapsed / 2;
}

static ms_t prior_of(const struct rules *r, enum stage stage)
{
	switch (stage) {
	case STAGE_REGISTRATION:
		return r->service_registration_seconds * MS_SECOND;
	case STAGE_CONSENT:
		return r->service_consent_seconds * MS_SECOND;
	default:
		return r->service_injection_seconds * MS_SECOND;
	}
}

void play_begin(struct play *p)
{
	const struct pace *pace = &p->s->queues[p->stage].pace;

	spread_make(&p->service, pace->service, pace->n_service, prior_of(p->s->rules, p->stage));
	spread_make(&p->gap, pace->gap, pace->n_gap, GAP_PRIOR_MS);
}

/* ---- desks ---- */

/* The top has become later: it goes down to its place. */
static void desks_sift(struct play *p, size_t at)
{
	struct taken_desk moved = p->desks[at];

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < p->n_desks && p->desks[child + 1].until < p->desks[child].until)
			child++;
		if (child >= p->n_desks || p->desks[child].until >= moved.until)
			break;
		p->desks[at] = p->desks[child];
		at = child;
	}
	p->desks[at] = moved;
}

/* Until those called and served here are done, one after another. */
static ms_t desk_rest(const struct play *p, const struct desk *d)
{
	ms_t since = d->finished_at > d->called_at ? d->finished_at : d->called_at;

	if (d->n_serving > 0)
		return spread_rest(&p->service, p->now - d->started_at) +
		       (ms_t)(d->n_serving - 1 + d->n_called) * p->service.mean;
	if (d->n_called > 0)
		return spread_rest(&p->gap, p->now - since) + (ms_t)d->n_called * p->service.mean;
	return 0;
}

static void desks_begin(struct play *p)
{
	for (size_t i = 0; i < p->s->n_desks; i++) {
		const struct desk *d = &p->s->desks[i];

		if (d->stage == p->stage && d->open)
			p->desks[p->n_desks++] = (struct taken_desk){d, p->now + desk_rest(p, d)};
	}
	for (size_t i = p->n_desks / 2; i > 0; i--)
		desks_sift(p, i - 1);
}

/* ---- seats ---- */

static void seats_free_at(struct play *p, ms_t at, unsigned people)
{
	if (p->n_freed == p->cap_freed) {
		p->cap_freed = p->cap_freed ? p->cap_freed * 2 : 256;
		p->freed = core_grow(p->freed, p->cap_freed * sizeof(*p->freed));
	}
	p->freed[p->n_freed++] = (struct freed_seats){at, people};
}

static int by_time(const void *a, const void *b)
{
	const struct freed_seats *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* How long people stay past their time: as many are there past it as come within that span (Little's law). */
static void linger_learn(struct play *p)
{
	const struct day *day = p->s->today;
	ms_t span = p->s->rules->observation_minutes * MS_MINUTE;
	ms_t latest = p->now - p->s->rules->overstay_minutes * MS_MINUTE, within = 0, past = 0;
	unsigned left = day->totals.by_state[VISIT_OBSERVING];

	for (size_t i = day->n_visits; left > 0 && i > 0; i--) {
		const struct visit *v = day->visits[i - 1];

		if (!v || v->f.state != VISIT_OBSERVING)
			continue;
		left--;
		within += v->f.due_at > p->now;
		past += v->f.due_at <= p->now && v->f.due_at > latest;
	}
	p->linger = (span * past + LINGER_PRIOR_PEOPLE * LINGER_PRIOR_MS) / (within + LINGER_PRIOR_PEOPLE);
}

/* When the seats free that somebody has or will have; MS_NEVER: none, or nobody can say. */
static ms_t seat_until(const struct play *p, const struct visit *v)
{
	ms_t observed = p->s->rules->observation_minutes * MS_MINUTE + p->linger;

	switch (v->f.state) {
	case VISIT_OBSERVING:
	case VISIT_INJECTED:
		return (v->f.due_at > p->now ? v->f.due_at : p->now) + p->linger;
	case VISIT_LEFT_EARLY:
		return v->f.due_at > p->now ? v->f.due_at : MS_NEVER;
	case VISIT_SERVING:
		return v->f.stage == STAGE_INJECTION ?
			       p->now + spread_rest(&p->service, p->now - v->started_at) + observed :
			       MS_NEVER;
	case VISIT_CALLED:
		return v->f.stage == STAGE_INJECTION ? p->now + p->gap.mean + p->service.mean + observed : MS_NEVER;
	default:
		return MS_NEVER;
	}
}

static const enum visit_state seated_states[] = {VISIT_OBSERVING, VISIT_INJECTED, VISIT_LEFT_EARLY, VISIT_SERVING,
						 VISIT_CALLED};

/* Whoever has a seat, or will have one. Most came lately: the newest first, until all are found. */
static void seats_there(struct play *p)
{
	const struct day *day = p->s->today;
	unsigned states = 0, left = 0;

	for (size_t i = 0; i < sizeof(seated_states) / sizeof(*seated_states); i++) {
		states |= STATE_BIT(seated_states[i]);
		left += day->totals.by_state[seated_states[i]];
	}
	for (size_t i = day->n_visits; left > 0 && i > 0; i--) {
		const struct visit *v = day->visits[i - 1];
		ms_t until;

		if (!v || !(STATE_BIT(v->f.state) & states))
			continue;
		left--;
		until = seat_until(p, v);
		if (until != MS_NEVER)
			seats_free_at(p, until, flow_heads(v));
	}
}

static void seats_begin(struct play *p)
{
	int64_t people = 0;

	if (p->stage != STAGE_INJECTION)
		return;
	p->free_seats = (int64_t)p->s->rules->observation_seats - site_seats_committed(p->s, p->now);
	for (size_t i = 0; i < p->n; i++)
		people += p->queue[i].people;
	/* Twice as many, because others may come before them. */
	p->seated = 2 * people > p->free_seats;
	if (!p->seated)
		return;
	linger_learn(p);
	seats_there(p);
	if (p->n_freed > 0)
		qsort(p->freed, p->n_freed, sizeof(*p->freed), by_time);
	p->there = p->next_played = p->n_freed;
}

static const struct freed_seats *seats_next(struct play *p)
{
	const struct freed_seats *there = p->next_there < p->there ? &p->freed[p->next_there] : NULL;
	const struct freed_seats *played = p->next_played < p->n_freed ? &p->freed[p->next_played] : NULL;

	if (there && (!played || there->at <= played->at)) {
		p->next_there++;
		return there;
	}
	if (played)
		p->next_played++;
	return played;
}

/* The time from which on, at `at` or later, so many seats are free; MS_NEVER: nobody can say. */
static ms_t seats_wait(struct play *p, ms_t at, unsigned people)
{
	int64_t need = p->seated ? (int64_t)people : 0;

	if (need > p->s->rules->observation_seats)
		need = p->s->rules->observation_seats;
	while (p->seated && p->free_seats < need) {
		const struct freed_seats *f = seats_next(p);

		if (!f)
			return MS_NEVER;
		p->free_seats += f->people;
		if (f->at > at)
			at = f->at;
	}
	return at;
}

/* ---- playing ---- */

/* The first who may go to the desk at the time; where nobody may yet, NULL and the time of the next who may. */
static struct waiting *next_for(struct play *p, const struct desk *d, ms_t at, ms_t *next)
{
	*next = MS_NEVER;
	while (p->first < p->n && p->queue[p->first].at != 0)
		p->first++;
	for (size_t i = p->first; i < p->n; i++) {
		struct waiting *w = &p->queue[i];

		if (w->at != 0 || (w->desk && w->desk != d))
			continue;
		if (w->ready <= at)
			return w;
		if (w->ready < *next)
			*next = w->ready;
	}
	return NULL;
}

/* Those who have come by then and stand before the key. */
static struct comers *comers_before(struct play *p, ms_t at, ms_t key)
{
	struct comers *first = NULL;

	for (int i = 0; i < CLASS_COUNT; i++) {
		struct comers *c = &p->comers[i];

		if (!c->every || c->next > at || c->next - c->credit >= key)
			continue;
		if (!first || c->next - c->credit < first->next - first->credit)
			first = c;
	}
	return first;
}

/* The top desk takes so many visits. */
static void desk_is_taken(struct play *p, ms_t at, size_t n, unsigned people)
{
	ms_t took = p->gap.mean + (ms_t)n * p->service.mean;

	p->free_seats -= people;
	if (p->seated)
		seats_free_at(p, at + took + p->s->rules->observation_minutes * MS_MINUTE + p->linger, people);
	p->desks[0].until = at + took;
	desks_sift(p, 0);
}

/* Whom the call of the first one takes as well; people: of all of them. */
static size_t group_of(struct play *p, struct waiting *first, struct waiting *group[DESK_PEOPLE_MAX], unsigned *people)
{
	size_t n = 0, most = (size_t)p->s->rules->party_call_max;

	*people = first->people;
	group[n++] = first;
	for (struct waiting *w = first + 1; first->party && w < p->queue + p->n && n < most && n < DESK_PEOPLE_MAX;
	     w++) {
		if (w->party != first->party || w->at != 0)
			continue;
		if (!first->whole && p->seated && p->free_seats < *people + w->people)
			break;
		group[n++] = w;
		*people += w->people;
	}
	return n;
}

/* The top desk calls them, and has the rest of their party from now on; false: nobody can say when. */
static bool desk_calls(struct play *p, ms_t at, struct waiting *first)
{
	const struct desk *d = p->desks[0].desk;
	struct waiting *group[DESK_PEOPLE_MAX];
	unsigned people;
	size_t n;

	at = seats_wait(p, at, first->people);
	n = group_of(p, first, group, &people);
	at = seats_wait(p, at, people);
	if (at == MS_NEVER)
		return false;
	for (size_t i = 0; i < n; i++)
		group[i]->at = at;
	for (size_t i = p->first; first->party && i < p->n; i++) {
		if (p->queue[i].party == first->party)
			p->queue[i].desk = d;
	}
	desk_is_taken(p, at, n, people);
	return true;
}

/* The desk that is free first calls, or waits for somebody; false: nothing more can be said. */
static bool play_step(struct play *p)
{
	ms_t at = seats_wait(p, p->desks[0].until, 1), next;
	struct waiting *w;
	struct comers *c;

	if (at == MS_NEVER)
		return false;
	w = next_for(p, p->desks[0].desk, at, &next);
	if (!w) {
		p->desks[0].until = next;
		desks_sift(p, 0);
		return true;
	}
	c = comers_before(p, at, w->key);
	if (!c)
		return desk_calls(p, at, w);
	c->next += c->every;
	desk_is_taken(p, at, 1, 1);
	return true;
}

void play_run(struct play *p)
{
	seats_begin(p);
	desks_begin(p);
	while (p->n_desks > 0 && p->desks[0].until != MS_NEVER && play_step(p))
		;
	for (size_t i = 0; i < p->n; i++) {
		if (p->queue[i].at == 0)
			p->queue[i].at = MS_NEVER;
	}
}

void play_free(struct play *p)
{
	free(p->freed);
	p->freed = NULL;
}
