/*
 * The day of 2,000, played through the core a good deal faster than life: what the forecast said each minute to each of
 * those waiting, beside what came.
 *
 *   roster and walk-ins -> check-in -> registration -> consent -> injection -> observation -> exit
 *
 * Services are drawn from a log-normal of 40 % spread; desks open and close; 3 of 100 do not come when called; there
 * are families, two school classes, companions, elderly, assisted; for part of the day every seat is taken.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "forecast.h"
#include "site.h"

#define TOKEN "70ce000000000000000000000000000000000000000000000000000000000001"
#define PEOPLE 2000
#define FAMILIES 60
#define CLASS_SIZE 40
#define POSTS 40 /* 8, 12 and 20 desks */
#define SPREAD 0.4
/* 2026-11-20, 08:00 in Shanghai. */
#define MORNING 1795132800000LL
#define AHEAD (5 * MS_MINUTE)
#define MEDIAN_MOST 0.30

enum act {
	ACT_CHECK_IN,
	ACT_CALL,
	ACT_START,
	ACT_FINISH,
	ACT_NO_SHOW,
	ACT_RESUME,
	ACT_ARRIVE,
	ACT_RELEASE,
	ACT_OPEN,
	ACT_CLOSE,
	ACT_LOOK
};

struct timed {
	ms_t at;
	uint64_t order;
	enum act act;
	unsigned subject; /* person or post */
};

struct said {
	ms_t at, wait;
};

struct person {
	uint32_t visit; /* 0: has not come */
	bool roster, assisted, elderly;
	unsigned party; /* 0: alone */
	unsigned companions;
	ms_t comes, slot_from;
	struct said *said; /* in its present queue */
	size_t n_said, cap_said;
};

struct post {
	char id[DESK_ID_MAX_BYTES + 1];
	enum stage stage;
	bool open;
};

/* What a day is like. */
struct kind_of_day {
	const char *name;
	double mean[STAGE_COUNT]; /* true seconds of a service */
	double breaks; /* of 100 services are followed by a quarter of an hour in which the desk is open and does
			  nothing */
};

struct errors {
	double *v;
	size_t n, cap;
};

struct day_played {
	struct site *site;
	struct forecast *forecast;
	struct events events;
	const struct kind_of_day *kind;
	uint64_t random, order;
	unsigned ids;
	ms_t now;
	struct timed *heap;
	size_t n_heap, cap_heap;
	struct person people[PEOPLE];
	unsigned *person_of; /* by visit id, from the day's first */
	struct post posts[POSTS];
	uint32_t board;       /* by which all is done */
	unsigned open_people; /* not yet through */
	struct errors came, said[STAGE_COUNT], was[STAGE_COUNT];
	size_t nobody_can_say, seats_full_looks, waiting_most;
};

/* ---- chance ---- */

static uint64_t random_bits(struct day_played *d)
{
	uint64_t z = (d->random += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static double random_part(struct day_played *d)
{
	return ((double)(random_bits(d) >> 11) + 0.5) / 9007199254740992.0;
}

static bool random_of_100(struct day_played *d, double percent)
{
	return random_part(d) * 100 < percent;
}

static ms_t random_span(struct day_played *d, ms_t from, ms_t to)
{
	return from + (ms_t)(random_part(d) * (double)(to - from));
}

/* A log-normal of the mean, its standard deviation SPREAD of it. */
static ms_t random_service(struct day_played *d, enum stage stage)
{
	double sigma2 = log(1 + SPREAD * SPREAD), pi = acos(-1);
	double normal = sqrt(-2 * log(random_part(d))) * cos(2 * pi * random_part(d));

	return (ms_t)(1000 * d->kind->mean[stage] * exp(sqrt(sigma2) * normal - sigma2 / 2));
}

/* ---- time ---- */

static bool sooner(const struct timed *a, const struct timed *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void later(struct day_played *d, ms_t at, enum act act, unsigned subject)
{
	struct timed t = {at, ++d->order, act, subject};
	size_t i;

	if (d->n_heap == d->cap_heap) {
		d->cap_heap = d->cap_heap ? d->cap_heap * 2 : 4096;
		d->heap = realloc(d->heap, d->cap_heap * sizeof(*d->heap));
	}
	for (i = d->n_heap++; i > 0 && sooner(&t, &d->heap[(i - 1) / 2]); i = (i - 1) / 2)
		d->heap[i] = d->heap[(i - 1) / 2];
	d->heap[i] = t;
}

static struct timed soonest(struct day_played *d)
{
	struct timed top = d->heap[0], last = d->heap[--d->n_heap];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < d->n_heap && sooner(&d->heap[child + 1], &d->heap[child]))
			child++;
		if (child >= d->n_heap || !sooner(&d->heap[child], &last))
			break;
		d->heap[i] = d->heap[child];
		i = child;
	}
	d->heap[i] = last;
	return top;
}

/* ---- commands ---- */

static enum verdict submit(struct day_played *d, struct command *c)
{
	struct outcome o = {0};
	char id[37];

	if (c->kind < COMMAND_DEVICE_INVITE && !c->id) {
		snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012x", ++d->ids);
		c->id = id;
	}
	c->date = "2026-11-20";
	c->body = 1;
	events_clear(&d->events);
	site_submit(d->site, c, d->now, &d->events, &o);
	return o.verdict;
}

static void must(struct day_played *d, struct command *c, const char *what)
{
	enum verdict v = submit(d, c);

	if (v != VERDICT_ACCEPTED)
		fail_msg("%s at %+lld min: %s", what, (long long)((d->now - MORNING) / MS_MINUTE), verdict_code(v));
}

static void act(struct day_played *d, unsigned person, const char *desk, enum action a)
{
	struct command c = {.kind = COMMAND_VISIT, .device = d->board, .action = a, .desk = desk};

	c.ticket = site_visit(d->site, d->people[person].visit)->f.ticket;
	if (a == ACTION_INJECT) {
		c.vaccine = "inactivated";
		c.lot = "L1";
		c.dose = 1;
		c.checks = true;
	}
	must(d, &c, action_name(a));
}

static enum verdict desk_does(struct day_played *d, unsigned post, enum command_kind kind)
{
	struct command c = {.kind = kind, .desk = d->posts[post].id};

	return submit(d, &c);
}

/* ---- what was said, and what came ---- */

static void errors_add(struct errors *e, double v)
{
	if (e->n == e->cap) {
		e->cap = e->cap ? e->cap * 2 : 4096;
		e->v = realloc(e->v, e->cap * sizeof(*e->v));
	}
	e->v[e->n++] = v;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double errors_rank(struct errors *e, size_t percent)
{
	if (e->n == 0)
		return 0;
	qsort(e->v, e->n, sizeof(*e->v), by_size);
	return e->v[(e->n * percent + 99) / 100 - 1];
}

static unsigned person_of(const struct day_played *d, uint32_t visit)
{
	return d->person_of[visit - d->site->today->first_visit];
}

static void was_called(struct day_played *d, uint32_t visit, enum stage stage)
{
	struct person *p = &d->people[person_of(d, visit)];

	for (size_t i = 0; i < p->n_said; i++) {
		ms_t came = d->now - p->said[i].at, said = p->said[i].wait;

		if (came >= AHEAD) {
			errors_add(&d->was[stage], fabs((double)(said - came)) / (double)came);
			errors_add(&d->was[STAGE_NONE], fabs((double)(said - came)) / (double)came);
		}
		if (said >= AHEAD) {
			errors_add(&d->said[stage], fabs((double)(said - came)) / (double)came);
			errors_add(&d->said[STAGE_NONE], fabs((double)(said - came)) / (double)came);
		}
	}
	p->n_said = 0;
}

static void ask(struct day_played *d, const struct visit *v)
{
	struct person *p = &d->people[person_of(d, v->f.id)];
	ms_t wait = forecast_visit(d->forecast, d->site, v, d->now);

	if (wait < 0) {
		d->nobody_can_say++;
		return;
	}
	if (p->n_said == p->cap_said) {
		p->cap_said = p->cap_said ? p->cap_said * 2 : 64;
		p->said = realloc(p->said, p->cap_said * sizeof(*p->said));
	}
	p->said[p->n_said++] = (struct said){d->now, wait};
}

static void look(struct day_played *d)
{
	size_t waiting = 0;
	ms_t until;

	for (enum stage st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		const struct queue *q = &d->site->queues[st];

		waiting += q->n;
		for (size_t i = 0; i < q->n; i++)
			ask(d, site_visit(d->site, q->visits[i]));
	}
	if (waiting > d->waiting_most)
		d->waiting_most = waiting;
	d->seats_full_looks += site_paused(d->site, STAGE_INJECTION, d->now, &until) == PAUSE_SEATS;
	if (d->open_people > 0)
		later(d, d->now + MS_MINUTE, ACT_LOOK, 0);
}

/* ---- people and desks ---- */

static void check_in(struct day_played *d, unsigned person)
{
	struct person *p = &d->people[person];
	struct command c = {.kind = COMMAND_CHECK_IN, .language = LANGUAGE_ZH_HANS, .companions = p->companions};
	char party[37];

	if (p->party) {
		snprintf(party, sizeof(party), "00000000-0000-4000-9000-%012u", p->party);
		c.party = party;
	}
	c.assisted = p->assisted;
	if (p->roster) {
		c.by_id = person + 1;
	} else {
		c.person = "{\"name\":\"Li Wei\"}";
		c.birth_date = p->elderly ? "1950-01-02" : "1990-01-02";
	}
	must(d, &c, "check-in");
	for (size_t i = 0; i < d->events.n; i++) {
		if (d->events.v[i].type == EVENT_CHECKED_IN)
			p->visit = d->events.v[i].visit;
	}
	d->person_of[p->visit - d->site->today->first_visit] = person;
}

/* The desk goes on with those called to it, or calls. */
static void desk_goes_on(struct day_played *d, unsigned post)
{
	const struct desk *desk = site_desk(d->site, d->posts[post].id);

	if (desk->n_called == 0 && random_of_100(d, d->kind->breaks))
		later(d, d->now + random_span(d, 10 * MS_MINUTE, 20 * MS_MINUTE), ACT_CALL, post);
	else if (desk->n_called > 0)
		later(d, d->now + random_span(d, 5 * MS_SECOND, 10 * MS_SECOND), ACT_START, post);
	else
		later(d, d->now + random_span(d, 2 * MS_SECOND, 6 * MS_SECOND), ACT_CALL, post);
}

static void desk_calls(struct day_played *d, unsigned post)
{
	const struct desk *desk = site_desk(d->site, d->posts[post].id);

	if (!d->posts[post].open)
		return;
	if (d->site->queues[desk->stage].n == 0 || desk_does(d, post, COMMAND_DESK_CALL) != VERDICT_ACCEPTED) {
		later(d, d->now + random_span(d, 3 * MS_SECOND, 7 * MS_SECOND), ACT_CALL, post);
		return;
	}
	for (size_t i = 0; i < desk->n_called; i++)
		was_called(d, desk->called[i], desk->stage);
	if (random_of_100(d, 3))
		later(d, d->now + random_span(d, 60 * MS_SECOND, 90 * MS_SECOND), ACT_NO_SHOW, post);
	else
		later(d, d->now + random_span(d, 8 * MS_SECOND, 34 * MS_SECOND), ACT_START, post);
}

static void desk_starts(struct day_played *d, unsigned post)
{
	const struct desk *desk = site_desk(d->site, d->posts[post].id);

	if (desk->n_called == 0) /* closed meanwhile */
		return;
	act(d, person_of(d, desk->called[0]), desk->id, ACTION_START);
	later(d, d->now + random_service(d, desk->stage), ACT_FINISH, post);
}

static void desk_finishes(struct day_played *d, unsigned post)
{
	const struct desk *desk = site_desk(d->site, d->posts[post].id);
	unsigned person = person_of(d, desk->serving[0]);

	act(d, person, desk->id, desk->stage == STAGE_INJECTION ? ACTION_INJECT : ACTION_FINISH);
	if (desk->stage == STAGE_INJECTION)
		later(d, d->now + random_span(d, 30 * MS_SECOND, 90 * MS_SECOND), ACT_ARRIVE, person);
	desk_goes_on(d, post);
}

static void desk_misses(struct day_played *d, unsigned post)
{
	const struct desk *desk = site_desk(d->site, d->posts[post].id);
	unsigned person;

	if (desk->n_called == 0)
		return;
	person = person_of(d, desk->called[0]);
	act(d, person, desk->id, ACTION_NO_SHOW);
	if (site_visit(d->site, d->people[person].visit)->f.state == VISIT_PARKED)
		later(d, d->now + 5 * MS_MINUTE, ACT_RESUME, person);
	if (desk->n_called > 0)
		later(d, d->now + MS_SECOND, ACT_START, post);
	else
		desk_goes_on(d, post);
}

static void do_act(struct day_played *d, const struct timed *t)
{
	switch (t->act) {
	case ACT_CHECK_IN:
		check_in(d, t->subject);
		break;
	case ACT_CALL:
		desk_calls(d, t->subject);
		break;
	case ACT_START:
		desk_starts(d, t->subject);
		break;
	case ACT_FINISH:
		desk_finishes(d, t->subject);
		break;
	case ACT_NO_SHOW:
		desk_misses(d, t->subject);
		break;
	case ACT_RESUME:
		act(d, t->subject, NULL, ACTION_RESUME);
		break;
	case ACT_ARRIVE:
		act(d, t->subject, "observation", ACTION_ARRIVE);
		later(d,
		      site_visit(d->site, d->people[t->subject].visit)->f.due_at +
			      random_span(d, 10 * MS_SECOND, 3 * MS_MINUTE),
		      ACT_RELEASE, t->subject);
		break;
	case ACT_RELEASE:
		act(d, t->subject, "observation", ACTION_RELEASE);
		d->open_people--;
		break;
	case ACT_OPEN:
		d->posts[t->subject].open = true;
		assert_int_equal(desk_does(d, t->subject, COMMAND_DESK_OPEN), VERDICT_ACCEPTED);
		if (site_desk(d->site, d->posts[t->subject].id)->n_serving == 0)
			desk_goes_on(d, t->subject);
		break;
	case ACT_CLOSE:
		d->posts[t->subject].open = false;
		assert_int_equal(desk_does(d, t->subject, COMMAND_DESK_CLOSE), VERDICT_ACCEPTED);
		break;
	case ACT_LOOK:
		look(d);
		break;
	}
}

/* ---- the day ---- */

/* Of 2,000 by half-hour from 8:00; as at a real site, most before noon. */
static const unsigned slot_people[] = {96,  115, 119, 143, 155, 146, 134, 150, 140,
				       133, 127, 123, 115, 71,  92,  67,  47,  27};
#define SLOTS (sizeof(slot_people) / sizeof(*slot_people))

/* Desks first to last of a stage are open from..to, minutes after 8:00; those not named here all day. */
struct shift {
	enum stage stage;
	unsigned first, last, from, to;
};
static const struct shift closed[] = {
	{STAGE_REGISTRATION, 7, 8, 95, 140},  {STAGE_REGISTRATION, 1, 3, 240, 285},
	{STAGE_REGISTRATION, 4, 6, 285, 330}, {STAGE_REGISTRATION, 5, 8, 440, 600},
	{STAGE_CONSENT, 10, 12, 0, 45},       {STAGE_CONSENT, 1, 4, 120, 160},
	{STAGE_CONSENT, 5, 8, 240, 285},      {STAGE_CONSENT, 9, 12, 285, 330},
	{STAGE_CONSENT, 1, 6, 450, 600},      {STAGE_INJECTION, 15, 20, 0, 60},
	{STAGE_INJECTION, 1, 5, 150, 180},    {STAGE_INJECTION, 6, 12, 240, 285},
	{STAGE_INJECTION, 13, 19, 285, 330},  {STAGE_INJECTION, 1, 10, 450, 600},
};

static const unsigned desks_of[STAGE_COUNT] = {[STAGE_REGISTRATION] = 8, [STAGE_CONSENT] = 12, [STAGE_INJECTION] = 20};

static void configure(struct day_played *d)
{
	struct command c = {.kind = COMMAND_CONFIGURE};
	struct rules *r = malloc(sizeof(*r));

	rules_init(r);
	snprintf(r->site, sizeof(r->site), "day");
	snprintf(r->time_zone, sizeof(r->time_zone), "Asia/Shanghai");
	r->text = strdup("{}");
	r->sign_on_board_idle_minutes = 1440;
	for (enum stage st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		for (unsigned n = 1; n <= desks_of[st]; n++) {
			struct post *post = &d->posts[r->n_desks];
			struct desk_rule *rule = &r->desks[r->n_desks++];

			snprintf(post->id, sizeof(post->id), "%s-%u", stage_name(st), n);
			memcpy(rule->id, post->id, sizeof(rule->id));
			rule->stage = post->stage = st;
		}
	}
	c.rules = r;
	must(d, &c, "configure");
}

/* A vaccinator, at a board. */
static void sign_on(struct day_played *d)
{
	struct command enrol = {.kind = COMMAND_DEVICE_ENROL, .token_hash = TOKEN, .name = "board"};
	struct command list = {.kind = COMMAND_STAFF_LIST,
			       .member = "N001",
			       .person = "{\"name\":\"Zhao Min\"}",
			       .roles = "vaccinator=2026-12-31",
			       .badge = 1};
	struct command on = {.kind = COMMAND_SIGN_ON, .badge = 1};

	must(d, &enrol, "enrol");
	d->board = on.device = d->site->last_device;
	must(d, &list, "list");
	must(d, &on, "sign on");
}

static void plan_desks(struct day_played *d)
{
	unsigned post = 0;

	for (enum stage st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++) {
		for (unsigned n = 1; n <= desks_of[st]; n++, post++) {
			bool late = false;

			for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++) {
				const struct shift *s = &closed[i];

				if (s->stage != st || n < s->first || n > s->last)
					continue;
				late = late || s->from == 0;
				if (s->from > 0)
					later(d, MORNING + s->from * MS_MINUTE + n * 10 * MS_SECOND, ACT_CLOSE, post);
				if (s->to < 600)
					later(d, MORNING + s->to * MS_MINUTE + n * 10 * MS_SECOND, ACT_OPEN, post);
			}
			if (!late)
				later(d, MORNING, ACT_OPEN, post);
		}
	}
}

/* Families are of 2 to 5 neighbours in the list, the classes two runs of it. */
static void plan_parties(struct day_played *d)
{
	unsigned party = 0;

	for (unsigned i = 0; i < 2; i++) {
		unsigned first = 500 + 700 * i;

		party++;
		for (unsigned k = 0; k < CLASS_SIZE; k++)
			d->people[first + k].party = party;
	}
	while (party < FAMILIES + 2) {
		unsigned size = 2 + (unsigned)(random_bits(d) % 4), first = (unsigned)(random_bits(d) % (PEOPLE - 5));
		bool free_to = true;

		for (unsigned k = 0; k < size; k++)
			free_to = free_to && !d->people[first + k].party;
		if (!free_to)
			continue;
		party++;
		for (unsigned k = 0; k < size; k++)
			d->people[first + k].party = party;
	}
}

static void plan_people(struct day_played *d)
{
	unsigned i = 0;

	for (size_t slot = 0; slot < SLOTS; slot++) {
		for (unsigned k = 0; k < slot_people[slot]; k++, i++) {
			struct person *p = &d->people[i];

			p->roster = !random_of_100(d, 15);
			p->assisted = random_of_100(d, 5);
			p->elderly = random_of_100(d, 25);
			p->companions = random_of_100(d, 12);
			p->slot_from = MORNING + (ms_t)slot * 30 * MS_MINUTE;
			p->comes = p->slot_from + random_span(d, -5 * MS_MINUTE, 30 * MS_MINUTE);
			if (p->comes < MORNING)
				p->comes = MORNING + random_span(d, MS_SECOND, MS_MINUTE);
		}
	}
	assert_int_equal(i, PEOPLE);
	plan_parties(d);
	for (i = 0; i < PEOPLE; i++) {
		struct person *p = &d->people[i];

		/* They come together. */
		if (i > 0 && p->party && p->party == p[-1].party) {
			p->comes = p[-1].comes + random_span(d, MS_SECOND, 5 * MS_SECOND);
			p->slot_from = p[-1].slot_from;
		}
		later(d, p->comes, ACT_CHECK_IN, i);
	}
}

static void load_roster(struct day_played *d)
{
	struct command done = {.kind = COMMAND_ROSTER_LOADED, .id = "00000000-0000-4000-a000-000000000001"};

	for (unsigned i = 0; i < PEOPLE; i++) {
		const struct person *p = &d->people[i];
		struct command c = {.kind = COMMAND_ROSTER_ROW, .load = done.id, .day = "2026-11-20"};

		if (!p->roster)
			continue;
		c.person = "{\"name\":\"Li Wei\"}";
		c.birth_date = p->elderly ? "1950-01-02" : "1990-01-02";
		c.assisted = p->assisted;
		c.by_id = i + 1;
		c.slot_from = p->slot_from;
		c.slot_to = p->slot_from + 30 * MS_MINUTE;
		must(d, &c, "a row");
		done.rows++;
	}
	done.load = done.id;
	must(d, &done, "the roster");
}

static void report(struct day_played *d, uint64_t seed)
{
	struct errors *all = &d->was[STAGE_NONE];
	double p50 = errors_rank(all, 50);

	print_message("# %s, seed %llu: %zu forecasts of 5 minutes or more that came: error p50 %.1f %%, p90 %.1f %%\n",
		      d->kind->name, (unsigned long long)seed, all->n, 100 * p50, 100 * errors_rank(all, 90));
	print_message("#   %zu that were said: p50 %.1f %%, p90 %.1f %%;", d->said[STAGE_NONE].n,
		      100 * errors_rank(&d->said[STAGE_NONE], 50), 100 * errors_rank(&d->said[STAGE_NONE], 90));
	for (enum stage st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++)
		print_message(" %s %zu: %.1f, %.1f %%;", stage_name(st), d->was[st].n,
			      100 * errors_rank(&d->was[st], 50), 100 * errors_rank(&d->was[st], 90));
	print_message(" at most %zu waiting, seats full %zu min, until %lld min\n", d->waiting_most,
		      d->seats_full_looks, (long long)((d->now - MORNING) / MS_MINUTE));
}

static void play_day(const struct kind_of_day *kind, uint64_t seed)
{
	struct day_played *d = calloc(1, sizeof(*d));
	double p50;

	d->kind = kind;
	d->random = seed;
	d->now = MORNING - MS_HOUR;
	d->open_people = PEOPLE;
	d->site = site_new();
	d->forecast = forecast_new();
	d->person_of = calloc(2 * PEOPLE, sizeof(*d->person_of));
	site_begin_epoch(d->site, 1);
	configure(d);
	sign_on(d);
	plan_people(d);
	plan_desks(d);
	load_roster(d);
	later(d, MORNING + MS_MINUTE, ACT_LOOK, 0);
	while (d->n_heap > 0 && d->open_people > 0) {
		struct timed t = soonest(d);

		d->now = t.at;
		assert_true(d->now < MORNING + 20 * MS_HOUR);
		do_act(d, &t);
	}
	report(d, seed);
	p50 = errors_rank(&d->was[STAGE_NONE], 50);
	assert_true(d->was[STAGE_NONE].n > 10000);
	assert_true(d->seats_full_looks > 0);
	assert_true(p50 <= MEDIAN_MOST);
	assert_true(errors_rank(&d->said[STAGE_NONE], 50) <= MEDIAN_MOST);
	for (unsigned i = 0; i < PEOPLE; i++)
		free(d->people[i].said);
	for (int st = 0; st < STAGE_COUNT; st++) {
		free(d->said[st].v);
		free(d->was[st].v);
	}
	free(d->person_of);
	free(d->heap);
	events_free(&d->events);
	forecast_free(d->forecast);
	site_free(d->site);
	free(d);
}

/* The services take what the configuration says; a third longer; a third shorter. */
static const struct kind_of_day as_configured = {"as configured", {0, 90, 150, 210}, 0};
static const struct kind_of_day slower = {"slower", {0, 117, 195, 273}, 0};
static const struct kind_of_day faster = {"faster", {0, 63, 105, 147}, 0};
static const struct kind_of_day tired = {"tired desks", {0, 80, 130, 190}, 1};

static void test_half_of_the_forecasts_are_within_30_percent(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++)
		play_day(&as_configured, seed);
}

static void test_and_where_services_take_30_percent_longer_or_shorter(void **state)
{
	(void)state;
	play_day(&slower, 6);
	play_day(&faster, 7);
}

static void test_and_where_desks_are_left_open_with_nobody_there(void **state)
{
	(void)state;
	play_day(&tired, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half_of_the_forecasts_are_within_30_percent),
		cmocka_unit_test(test_and_where_services_take_30_percent_longer_or_shorter),
		cmocka_unit_test(test_and_where_desks_are_left_open_with_nobody_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
