/*
 * The model test: seeded random commands go to the core and to a naive model beside it; after every step both must
 * stand alike, the core's replayed shadow too, and the design's invariants must hold.
 *
 *   model_test [-v] [SEEDS [FIRST_SEED]]       2,000 seeds of 300 commands unless told; -v prints what was exercised
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "naive.h"

#define SEEDS 2000
#define COMMANDS 300
#define MORNING 1795132800000LL /* 2026-11-20, 08:00 in Shanghai */
#define HASH_EVERY 10
#define KINDS (COMMAND_CONDITION_SETTLE + 1)

/* How often each was accepted, noted, refused. */
struct tally {
	unsigned long n[3];
};

struct stats {
	struct tally kinds[KINDS], actions[ACTION_COUNT];
	unsigned long verdicts[VERDICT_COUNT], events[EVENT_TYPE_COUNT], alarms[ALERT_KIND_COUNT];
	unsigned long repeats, offline, restarts, days;
};

struct options {
	unsigned long seeds, first;
	bool verbose;
	struct stats stats;
};

/* A command as it was sent, to be sent again. */
struct sent {
	struct command c;
	char id[37], alert[ALERT_ID_MAX_BYTES + 1], date[11];
	unsigned answers; /* events that say how it was answered */
};

struct run {
	unsigned long seed;
	uint64_t random;
	ms_t now;
	struct site *site, *shadow;
	struct naive model;
	struct events events;
	struct sent sent[COMMANDS + 1];
	int n_sent;
	struct {
		bool registered, consented;
	} progress[NAIVE_VISITS + 1]; /* by visit id */
	uint32_t board, kiosk, exit;
	char desk_ids[6][DESK_ID_MAX_BYTES + 1];
	struct stats *stats;
};

/* ---- failing with what is needed to see it again ---- */

static void describe(const struct run *r)
{
	const struct sent *s = r->n_sent ? &r->sent[r->n_sent - 1] : NULL;

	print_error("seed %lu, command %d, at +%lld ms", r->seed, r->n_sent, (long long)(r->now - MORNING));
	if (s)
		print_error(": kind %d, action %s, ticket %llu, device %u, desk %s", (int)s->c.kind,
			    action_name(s->c.action), (unsigned long long)s->c.ticket, s->c.device,
			    s->c.desk ? s->c.desk : "-");
	print_error("\n");
}

#define must(r, condition, ...)                                                                                        \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			describe(r);                                                                                   \
			fail_msg(__VA_ARGS__);                                                                         \
		}                                                                                                      \
	} while (0)

/* ---- chance ---- */

static uint64_t chance(struct run *r)
{
	/* splitmix64 */
	uint64_t z = r->random += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static int below(struct run *r, int n)
{
	return (int)(chance(r) % (uint64_t)n);
}

static bool percent(struct run *r, int p)
{
	return below(r, 100) < p;
}

/* ---- the shadow: replay beside the run ---- */

static void note_event(struct run *r, const struct event *e)
{
	const struct visit *v;
	unsigned n;

	r->stats->events[e->type]++;
	if (e->type == EVENT_ALERT_RAISED)
		r->stats->alarms[e->kind]++;
	r->stats->days += e->type == EVENT_DAY_OPENED;
	if (e->reply_as != REPLY_NONE && e->type != EVENT_COMMAND_CARRIED) {
		n = (unsigned)strtoul(e->command + 24, NULL, 16);
		must(r, n >= 1 && n <= (unsigned)r->n_sent && ++r->sent[n - 1].answers == 1,
		     "an answered command stands in the log twice");
	}
	if (e->type == EVENT_COMMAND_CARRIED || !e->visit || e->visit > NAIVE_VISITS)
		return;
	if (e->type == EVENT_FINISHED && e->stage == STAGE_CONSENT)
		r->progress[e->visit].registered = true;
	if (e->type == EVENT_FINISHED && e->stage == STAGE_INJECTION)
		r->progress[e->visit].consented = true;
	if (e->type == EVENT_SENT_BACK) {
		r->progress[e->visit].consented = false;
		r->progress[e->visit].registered = e->stage != STAGE_REGISTRATION;
	}
	if (e->type == EVENT_INJECTED)
		must(r, r->progress[e->visit].registered && r->progress[e->visit].consented,
		     "injected without registration and consent");
	v = site_visit(r->shadow, e->visit);
	if (e->state == VISIT_COMPLETED && e->type == EVENT_RELEASED)
		must(r, v && v->f.due_at && (e->acted_at ? e->acted_at : e->at) >= v->f.due_at, "completed before due");
}

static void follow(struct run *r)
{
	char reason[200];

	for (size_t i = 0; i < r->events.n; i++) {
		struct event e = r->events.v[i];

		note_event(r, &e);
		if (e.rules) {
			e.rules = malloc(sizeof(*e.rules));
			*e.rules = *r->events.v[i].rules;
			e.rules->text = strdup(e.rules->text);
		}
		must(r, site_admits(r->shadow, &e, reason, sizeof(reason)), "replay refuses %s: %s",
		     event_type_name(e.type), reason);
		site_apply(r->shadow, &e);
	}
	events_clear(&r->events);
	must(r, r->shadow->seq == r->site->seq, "replay counts otherwise");
}

static void compare_hash(struct run *r)
{
	must(r, site_hash(r->site) == site_hash(r->shadow), "the replayed site differs");
}

/* As a restart does: go on with what was replayed. */
static void restart(struct run *r)
{
	struct site *old = r->site;

	compare_hash(r);
	r->site = r->shadow;
	r->shadow = old;
	site_begin_epoch(r->site, r->site->epoch + 1);
	site_begin_epoch(r->shadow, r->shadow->epoch + 1);
	r->stats->restarts++;
}

/* ---- the same? ---- */

static void compare_visit(struct run *r, const struct naive_visit *n)
{
	const struct visit *v = site_visit(r->site, n->id);
	const char *desk = n->desk >= 0 ? r->model.desks[n->desk].id : NULL;

	must(r, v, "visit %u is gone", n->id);
	must(r, v->f.state == n->state, "visit %u is %s, not %s", n->id, visit_state_name(v->f.state),
	     visit_state_name(n->state));
	must(r, v->f.stage == n->stage, "visit %u is at %s, not %s", n->id, stage_name(v->f.stage),
	     stage_name(n->stage));
	must(r, v->f.due_at == n->due_at && v->f.injected_at == n->injected_at, "times of visit %u", n->id);
	must(r, v->f.ticket == n->ticket, "ticket of visit %u", n->id);
	must(r, (!desk && !v->f.desk) || (desk && v->f.desk && strcmp(desk, v->f.desk) == 0),
	     "visit %u is at desk %s, not %s", n->id, v->f.desk ? v->f.desk : "-", desk ? desk : "-");
	must(r, v->f.flags == naive_flags(&r->model, n), "flags of visit %u: %x, not %x", n->id, v->f.flags,
	     naive_flags(&r->model, n));
	must(r, n->state != VISIT_UNWELL || v->came_from == n->came_from, "where unwell visit %u came from", n->id);
}

static void compare_visits(struct run *r)
{
	unsigned by_state[VISIT_STATE_COUNT] = {0};

	must(r, (int)r->site->today->n_visits == r->model.n_visits, "%d visits, not %d", (int)r->site->today->n_visits,
	     r->model.n_visits);
	for (int i = 0; i < r->model.n_visits; i++) {
		char number[16];

		compare_visit(r, &r->model.visits[i]);
		by_state[r->model.visits[i].state]++;
		snprintf(number, sizeof(number), "W%03d", i + 1);
		must(r, strcmp(site_visit(r->site, r->model.visits[i].id)->f.number, number) == 0, "numbers");
	}
	for (int s = 0; s < VISIT_STATE_COUNT; s++)
		must(r, r->site->today->totals.by_state[s] == by_state[s], "%u visits are %s, not %u",
		     r->site->today->totals.by_state[s], visit_state_name((enum visit_state)s), by_state[s]);
}

static void compare_alarms(struct run *r)
{
	const struct alert *a = r->site->today->alerts;

	for (int i = 0; i < r->model.n_alarms; i++, a = a->hh.next) {
		const struct naive_alarm *n = &r->model.alarms[i];

		must(r, a, "alarm %s of visit %u was never raised", alert_kind_name(n->kind), n->visit);
		must(r, a->kind == n->kind && a->visit == n->visit, "alarm %d is %s of visit %u, not %s of visit %u", i,
		     alert_kind_name(a->kind), a->visit, alert_kind_name(n->kind), n->visit);
		must(r, a->state == n->state, "alarm %s is %s, not %s", a->id, alert_state_name(a->state),
		     alert_state_name(n->state));
		must(r, a->count == n->count && a->escalated == n->escalated, "alarm %s: count %d level %d, not %d %d",
		     a->id, a->count, a->escalated, n->count, n->escalated);
		if (a->hh.next == NULL && i + 1 < r->model.n_alarms)
			must(r, false, "alarm %s of visit %u was never raised", alert_kind_name(n[1].kind), n[1].visit);
	}
	must(r, !a, "alarm %s is one too many", a ? a->id : "");
	for (a = r->site->before ? r->site->before->alerts : NULL; a; a = a->hh.next)
		must(r, a->state == ALERT_SETTLED, "alarm %s (%s of visit %u) of yesterday is neither settled nor shown",
		     a->id, alert_kind_name(a->kind), a->visit);
}

static uint32_t id_of(const struct naive_visit *v)
{
	return v ? v->id : 0;
}

static void compare_desks(struct run *r)
{
	for (int i = 0; i < r->model.n_desks; i++) {
		const struct desk *d = site_desk(r->site, r->model.desks[i].id);

		must(r, d->open == r->model.desks[i].open, "desk %s open", d->id);
		must(r, d->called == id_of(naive_at_desk(&r->model, i, VISIT_CALLED)), "called to %s", d->id);
		must(r, d->serving == id_of(naive_at_desk(&r->model, i, VISIT_SERVING)), "served at %s", d->id);
	}
	for (int s = STAGE_REGISTRATION; s <= STAGE_INJECTION; s++) {
		const struct queue *q = &r->site->queues[s];

		for (size_t i = 0; i < q->n; i++)
			must(r, q->visits[i] == id_of(naive_waiting(&r->model, (enum stage)s, (int)i)),
			     "queue of %s, at %d", stage_name((enum stage)s), (int)i);
		must(r, !naive_waiting(&r->model, (enum stage)s, (int)q->n), "queue of %s is short",
		     stage_name((enum stage)s));
	}
}

/* ---- the design's invariants, on the core alone ---- */

static void check_places(struct run *r)
{
	for (size_t i = 0; i < r->site->today->n_visits; i++) {
		const struct visit *v = r->site->today->visits[i];
		int at = 0;

		for (size_t k = 0; k < r->site->n_desks; k++) {
			const struct desk *d = &r->site->desks[k];

			at += (d->called == v->f.id) + (d->serving == v->f.id);
		}
		must(r, at == (v->f.state == VISIT_CALLED || v->f.state == VISIT_SERVING), "visit %u is at %d desks",
		     v->f.id, at);
	}
}

/* Everyone injected is observed, completed, unwell, transferred or flagged. */
static void check_injected(struct run *r)
{
	for (size_t i = 0; i < r->site->today->n_visits; i++) {
		const struct visit *v = r->site->today->visits[i];
		enum visit_state s = v->f.state;
		bool flagged = s == VISIT_LEFT_EARLY;

		for (const struct alert *a = r->site->today->alerts; a && !flagged; a = a->hh.next)
			flagged = a->visit == v->f.id && a->kind == ALERT_NEVER_ARRIVED;
		if (v->f.injected_at && r->now >= v->f.injected_at + 5 * MS_MINUTE)
			must(r,
			     flagged || s == VISIT_OBSERVING || s == VISIT_COMPLETED || s == VISIT_UNWELL ||
				     s == VISIT_TRANSFERRED,
			     "visit %u was injected and is lost", v->f.id);
	}
}

static void check_all(struct run *r)
{
	if (!r->site->today) {
		must(r, r->model.day == 0, "no day is open");
		return;
	}
	must(r, strcmp(r->site->today->date, r->model.date) == 0, "the day is %s, not %s", r->site->today->date,
	     r->model.date);
	must(r, r->site->today->closed == r->model.closed, "closed");
	compare_visits(r);
	compare_alarms(r);
	compare_desks(r);
	check_places(r);
}

/* ---- time ---- */

static ms_t next_step(struct run *r)
{
	ms_t deadline = site_deadline(r->site) - r->now;

	switch (below(r, 20)) {
	case 0:
	case 1:
		return 1 + below(r, 5000);
	case 2:
		return 10 * MS_SECOND;
	case 3:
		return 10 * MS_SECOND + 1;
	case 4:
	case 5:
	case 6:
		return deadline > 0 && deadline < MS_HOUR ? deadline : MS_SECOND;
	case 7:
		return deadline > 1 && deadline < MS_HOUR ? deadline - 1 : 30 * MS_SECOND;
	case 8:
	case 9:
		return below(r, 5 * MS_MINUTE);
	case 10:
		return percent(r, 40) ? 30 * MS_MINUTE : MS_MINUTE;
	case 11:
		return percent(r, 6) ? (6 + below(r, 14)) * MS_HOUR : 0;
	default:
		return percent(r, 50) ? 0 : MS_SECOND;
	}
}

static void pass(struct run *r)
{
	r->now += next_step(r);
	if (percent(r, 40))
		return; /* the command finds it overdue */
	site_advance(r->site, r->now, &r->events);
	naive_advance(&r->model, r->now);
	follow(r);
	must(r, site_deadline(r->site) > r->now, "the deadline is in the past");
	must(r, site_deadline(r->site) <= naive_deadline(&r->model), "the deadline is late");
	check_all(r);
	if (r->site->today)
		check_injected(r);
}

/* ---- what is asked ---- */

static const struct naive_visit *some_visit(struct run *r)
{
	int n = r->model.n_visits, recent = n < 10 ? n : 10;

	if (!n)
		return NULL;
	return &r->model.visits[percent(r, 80) ? n - 1 - below(r, recent) : below(r, n)];
}

static const struct naive_device *some_device(struct run *r)
{
	return &r->model.devices[below(r, r->model.n_devices)];
}

static void by(struct command *c, const struct naive_device *d)
{
	c->device = d->id;
	c->desk = d->desk;
}

/* A device whose desk is this one or of this stage; else the board. */
static void by_desk(struct run *r, struct command *c, const struct naive_visit *v)
{
	c->device = r->board;
	c->desk = NULL;
	for (int i = 0, at = below(r, r->model.n_devices); i < r->model.n_devices; i++) {
		const struct naive_device *d = &r->model.devices[(at + i) % r->model.n_devices];

		for (int k = 0; d->desk && k < r->model.n_desks; k++) {
			if (strcmp(d->desk, r->model.desks[k].id) == 0 &&
			    (v->desk >= 0 ? v->desk == k : r->model.desks[k].stage == v->stage))
				by(c, d);
		}
	}
}

/* What one would do to a visit in this state. */
static enum action fitting_action(struct run *r, const struct naive_visit *v)
{
	static const enum action fitting[VISIT_STATE_COUNT][8] = {
		[VISIT_QUEUED] = {ACTION_START, ACTION_START, ACTION_START, ACTION_START, ACTION_START, ACTION_START,
				  ACTION_PARK, ACTION_LEAVE},
		[VISIT_CALLED] = {ACTION_START, ACTION_START, ACTION_START, ACTION_NO_SHOW, ACTION_NO_SHOW,
				  ACTION_NO_SHOW, ACTION_PARK, ACTION_LEAVE},
		[VISIT_SERVING] = {ACTION_FINISH, ACTION_FINISH, ACTION_FINISH, ACTION_FINISH, ACTION_FINISH,
				   ACTION_DEFER, ACTION_DECLINE, ACTION_RETURN_TO},
		[VISIT_PARKED] = {ACTION_RESUME, ACTION_RESUME, ACTION_RESUME, ACTION_RESUME, ACTION_RESUME,
				  ACTION_RESUME, ACTION_RESUME, ACTION_LEAVE},
		[VISIT_INJECTED] = {ACTION_ARRIVE, ACTION_ARRIVE, ACTION_ARRIVE, ACTION_ARRIVE, ACTION_RELEASE,
				    ACTION_WALKED_OUT, ACTION_RETURNED, ACTION_UNWELL},
		[VISIT_OBSERVING] = {ACTION_RELEASE, ACTION_RELEASE, ACTION_RELEASE, ACTION_EXTEND, ACTION_WALKED_OUT,
				     ACTION_RETURNED, ACTION_RETURNED, ACTION_UNWELL},
		[VISIT_UNWELL] = {ACTION_CLEAR, ACTION_CLEAR, ACTION_CLEAR, ACTION_CLEAR, ACTION_CLEAR, ACTION_ASSESS,
				  ACTION_TRANSFER, ACTION_UNWELL},
		[VISIT_LEFT_EARLY] = {ACTION_RETURNED, ACTION_RETURNED, ACTION_ARRIVE, ACTION_ARRIVE, ACTION_RELEASE,
				      ACTION_UNWELL, ACTION_EXTEND, ACTION_LEAVE},
	};
	enum action a = fitting[v->state][below(r, 8)];

	if (a == ACTION_FINISH && v->stage == STAGE_INJECTION)
		return ACTION_INJECT;
	return a == ACTION_NONE ? ACTION_UNWELL : a;
}

static enum action any_action(struct run *r)
{
	static const enum action sent[] = {
		ACTION_START,  ACTION_FINISH,  ACTION_DEFER,    ACTION_DECLINE,    ACTION_RETURN_TO, ACTION_INJECT,
		ACTION_ARRIVE, ACTION_RELEASE, ACTION_EXTEND,   ACTION_WALKED_OUT, ACTION_RETURNED,  ACTION_UNWELL,
		ACTION_ASSESS, ACTION_CLEAR,   ACTION_TRANSFER, ACTION_PARK,       ACTION_RESUME,    ACTION_NO_SHOW,
		ACTION_LEAVE,  ACTION_SEEN,    ACTION_MOVE,     ACTION_UNDO,       ACTION_CORRECT,   ACTION_REISSUE,
	};

	return sent[below(r, (int)(sizeof(sent) / sizeof(*sent)))];
}

static void ask_fields(struct run *r, struct command *c, const struct naive_visit *v)
{
	bool whole = percent(r, 92);

	if (c->action == ACTION_INJECT) {
		c->vaccine = "inactivated";
		c->lot = whole ? "L1" : NULL;
		c->dose = 1;
		c->checks = true;
	}
	if (c->action == ACTION_EXTEND || c->action == ACTION_CLEAR)
		c->minutes = whole && percent(r, 70) ? 5 * (1 + below(r, 6)) : 0;
	if (c->action == ACTION_EXTEND || c->action == ACTION_DEFER)
		c->reason = whole ? "fever" : NULL;
	if (c->action == ACTION_RELEASE)
		c->reason = percent(r, 30) ? "seen by the guard" : NULL;
	if (c->action == ACTION_RETURN_TO)
		c->stage = (enum stage)below(r, STAGE_OBSERVATION);
	c->long_observation = c->action == ACTION_FINISH && v && v->stage == STAGE_CONSENT && percent(r, 15);
}

static void ask_visit(struct run *r, struct command *c)
{
	const struct naive_visit *v = some_visit(r);

	if (v)
		c->ticket = v->ticket;
	if (percent(r, 3))
		c->ticket = percent(r, 50) ? r->model.last_ticket + 7 : (uint64_t)below(r, 40);
	c->action = v && percent(r, 75) ? fitting_action(r, v) : any_action(r);
	by(c, some_device(r));
	if (v && percent(r, 75))
		by_desk(r, c, v);
	ask_fields(r, c, v);
}

static void ask_scan(struct run *r, struct command *c)
{
	const struct naive_visit *v = some_visit(r);

	if (v)
		c->ticket = v->ticket;
	if (percent(r, 3))
		c->ticket = percent(r, 50) ? r->model.last_ticket + 7 : (uint64_t)below(r, 40);
	by(c, some_device(r));
	if (v && percent(r, 50))
		by_desk(r, c, v);
	if (v && v->injected_at && percent(r, 30)) {
		c->device = r->exit;
		c->desk = NULL;
	}
}

static void ask_alarm(struct run *r, struct sent *s)
{
	const struct alert *a = r->site->today ? r->site->today->alerts : NULL;
	int n = r->model.n_alarms, at = n ? below(r, n) : -1;

	s->c.device = r->board;
	s->c.outcome = percent(r, 90) ? "found" : NULL;
	snprintf(s->alert, sizeof(s->alert), "overstay-v0-0");
	s->c.alert = s->alert;
	if (at < 0 || percent(r, 3))
		return;
	for (int i = 0; i < at; i++)
		a = a->hh.next;
	snprintf(s->alert, sizeof(s->alert), "%s", a->id);
	s->c.subject = (uint32_t)at + 1;
}

static enum command_kind some_kind(struct run *r)
{
	static const struct {
		enum command_kind kind;
		int weight;
	} weights[] = {
		{COMMAND_CHECK_IN, 10},        {COMMAND_SCAN, 25},       {COMMAND_VISIT, 43},
		{COMMAND_UNWELL, 2},           {COMMAND_DESK_OPEN, 2},   {COMMAND_DESK_CLOSE, 1},
		{COMMAND_DESK_CALL, 9},        {COMMAND_DESK_RECALL, 1}, {COMMAND_ALERT_ACKNOWLEDGE, 3},
		{COMMAND_ALERT_SETTLE, 2},     {COMMAND_DAY_CLOSE, 1},   {COMMAND_CONDITION_RAISE, 0},
		{COMMAND_CONDITION_SETTLE, 1},
	};
	int at = below(r, 100);

	for (size_t i = 0; i < sizeof(weights) / sizeof(*weights); i++) {
		at -= weights[i].weight;
		if (at < 0)
			return weights[i].kind;
	}
	return COMMAND_SCAN;
}

static void date_of(ms_t now, char out[11])
{
	time_t t = (time_t)(now / 1000 + 8 * 3600);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}

static void ask(struct run *r, struct sent *s)
{
	struct command *c = &s->c;

	c->kind = some_kind(r);
	c->body = chance(r) | 1;
	switch (c->kind) {
	case COMMAND_CHECK_IN:
		c->device = r->kiosk;
		c->person = percent(r, 97) ? "{\"name\":\"Li Wei\",\"birth_date\":\"1950-01-02\"}" : NULL;
		break;
	case COMMAND_SCAN:
		ask_scan(r, c);
		break;
	case COMMAND_VISIT:
		ask_visit(r, c);
		break;
	case COMMAND_UNWELL:
		by(c, some_device(r));
		c->place = percent(r, 50) ? "entrance" : NULL;
		if (percent(r, 70) && r->model.n_visits)
			c->ticket = some_visit(r)->ticket;
		break;
	case COMMAND_ALERT_ACKNOWLEDGE:
	case COMMAND_ALERT_SETTLE:
		ask_alarm(r, s);
		break;
	case COMMAND_CONDITION_SETTLE:
		c->kind = percent(r, 30) ? COMMAND_CONDITION_RAISE : COMMAND_CONDITION_SETTLE;
		c->condition = ALERT_CLOCK_DOUBT;
		break;
	case COMMAND_DAY_CLOSE:
		c->device = r->board;
		break;
	default:
		by(c, &r->model.devices[below(r, 6)]); /* those with desks */
		if (percent(r, 2))
			c->desk = "registration-9";
	}
	if ((c->kind == COMMAND_SCAN || c->kind == COMMAND_VISIT) && percent(r, 8)) {
		c->device_at = 1000000;
		c->device_sent_at = c->device_at + below(r, 3 * MS_MINUTE);
		r->stats->offline++;
	}
}

/* Something sent before, as it was or not quite; false where there is nothing fit to be repeated. */
static bool ask_again(struct run *r, struct sent *s)
{
	const struct sent *old;
	const struct naive_receipt *receipt;

	if (r->n_sent < 2)
		return false;
	old = &r->sent[below(r, r->n_sent - 1)];
	if (old->c.kind >= COMMAND_DEVICE_INVITE)
		return false;
	receipt = naive_receipt(&r->model, old->id);
	/* An alarm's place among the day's alarms means nothing on another day. */
	if (!receipt && (old->c.alert || old->answers))
		return false;
	s->c = old->c;
	memcpy(s->id, old->id, sizeof(s->id));
	memcpy(s->alert, old->alert, sizeof(s->alert));
	if (s->c.alert)
		s->c.alert = s->alert;
	if (receipt && percent(r, 15))
		s->c.body ^= 2;
	if (receipt && percent(r, 15))
		s->c.device = s->c.device == r->exit ? r->board : r->exit;
	return true;
}

/* ---- a step ---- */

static void count(struct run *r, const struct command *c, enum verdict v)
{
	int how = v == VERDICT_ACCEPTED ? 0 : verdict_status(v) == 200 ? 1 : 2;

	r->stats->kinds[c->kind].n[how]++;
	if (c->kind == COMMAND_VISIT)
		r->stats->actions[c->action].n[how]++;
	r->stats->verdicts[v]++;
}

static void compare_receipt(struct run *r, const struct command *c, const struct outcome *o)
{
	const struct naive_receipt *n = naive_receipt(&r->model, c->id);

	if (o->verdict == VERDICT_ID_TAKEN || o->verdict == VERDICT_ID_REUSED)
		return;
	must(r, !o->receipt == !n, "a receipt is %s", n ? "missing" : "too many");
	if (!n)
		return;
	must(r, o->receipt->verdict == n->verdict && o->receipt->device == n->device, "receipt");
	if (!n->visit.id)
		return;
	must(r, o->receipt->visit.id == n->visit.id, "the receipt is of visit %u, not %u", o->receipt->visit.id,
	     n->visit.id);
	must(r,
	     o->receipt->visit.state == n->visit.state && o->receipt->visit.stage == n->visit.stage &&
		     o->receipt->visit.due_at == n->visit.due_at && o->receipt->visit.flags == n->flags,
	     "the receipt shows the visit otherwise: %s, flags %x, not %s, flags %x",
	     visit_state_name(o->receipt->visit.state), o->receipt->visit.flags, visit_state_name(n->visit.state),
	     n->flags);
}

static void submit(struct run *r, struct sent *s)
{
	struct outcome o;
	enum verdict wanted;
	bool repeat;

	date_of(r->now, s->date);
	s->c.date = s->date;
	s->c.id = s->c.kind < COMMAND_DEVICE_INVITE ? s->id : NULL;
	repeat = s->c.id && naive_receipt(&r->model, s->c.id);
	wanted = naive_submit(&r->model, &s->c, r->now);
	site_submit(r->site, &s->c, r->now, &r->events, &o);
	must(r, o.verdict == wanted, "%s, not %s", verdict_code(o.verdict), verdict_code(wanted));
	must(r, o.repeat == repeat, "a repeat");
	r->stats->repeats += repeat;
	if (s->c.id)
		compare_receipt(r, &s->c, &o);
	if (!repeat)
		count(r, &s->c, o.verdict);
	follow(r);
	check_all(r);
}

static void step(struct run *r)
{
	struct sent *s = &r->sent[r->n_sent++];

	pass(r);
	snprintf(s->id, sizeof(s->id), "00000000-0000-4000-8000-%012x", (unsigned)r->n_sent);
	if (!percent(r, 8) || !ask_again(r, s))
		ask(r, s);
	submit(r, s);
	if (r->n_sent % HASH_EVERY == 0)
		compare_hash(r);
	if (percent(r, 2))
		restart(r);
}

/* ---- a site and its people ---- */

static uint32_t shell_does(struct run *r, const struct command *c)
{
	struct outcome o;

	site_submit(r->site, c, r->now, &r->events, &o);
	must(r, o.verdict == VERDICT_ACCEPTED, "setting up: %s", verdict_code(o.verdict));
	follow(r);
	return o.subject;
}

static uint32_t enrol(struct run *r, enum device_kind kind, const char *desk)
{
	struct naive_device *d = &r->model.devices[r->model.n_devices++];
	char code[65], token[65];
	struct command invite = {.kind = COMMAND_DEVICE_INVITE,
				 .device_kind = kind,
				 .device_desk = desk,
				 .name = "it",
				 .code_hash = code};
	struct command join = {.kind = COMMAND_DEVICE_ENROL, .code_hash = code, .token_hash = token, .name = "it"};

	snprintf(code, sizeof(code), "c%063d", r->model.n_devices);
	snprintf(token, sizeof(token), "d%063d", r->model.n_devices);
	d->id = shell_does(r, &invite);
	d->kind = kind;
	d->desk = desk;
	shell_does(r, &join);
	return d->id;
}

static void configure(struct run *r)
{
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = malloc(sizeof(*c.rules))};

	rules_init(c.rules);
	snprintf(c.rules->site, sizeof(c.rules->site), "model");
	snprintf(c.rules->time_zone, sizeof(c.rules->time_zone), "Asia/Shanghai");
	c.rules->text = strdup("{}");
	for (int i = 0; i < 6; i++) {
		struct desk_rule *d = &c.rules->desks[c.rules->n_desks++];
		enum stage stage = (enum stage)(STAGE_REGISTRATION + i / 2);

		snprintf(r->desk_ids[i], sizeof(r->desk_ids[i]), "%s-%d", stage_name(stage), i % 2 + 1);
		snprintf(d->id, sizeof(d->id), "%s", r->desk_ids[i]);
		d->stage = stage;
		d->open = true;
		r->model.desks[r->model.n_desks++] = (struct naive_desk){r->desk_ids[i], stage, true};
	}
	shell_does(r, &c);
}

static struct run *run_new(unsigned long seed, struct stats *stats)
{
	struct run *r = calloc(1, sizeof(*r));

	r->seed = seed;
	r->random = seed;
	r->stats = stats;
	r->now = MORNING;
	r->site = site_new();
	r->shadow = site_new();
	site_begin_epoch(r->site, 1);
	site_begin_epoch(r->shadow, 1);
	configure(r);
	for (int i = 0; i < 6; i++)
		enrol(r, DEVICE_HANDHELD, r->desk_ids[i]);
	r->board = enrol(r, DEVICE_BOARD, NULL);
	r->kiosk = enrol(r, DEVICE_KIOSK, NULL);
	r->exit = enrol(r, DEVICE_EXIT, NULL);
	enrol(r, DEVICE_HANDHELD, "observation");
	enrol(r, DEVICE_HANDHELD, "treatment");
	enrol(r, DEVICE_KIOSK, "observation");
	return r;
}

static void run_free(struct run *r)
{
	events_free(&r->events);
	site_free(r->site);
	site_free(r->shadow);
	free(r);
}

/* ---- what was exercised ---- */

static const char *kind_name(int kind)
{
	static const char *const names[KINDS] = {
		[COMMAND_CHECK_IN] = "check_in",
		[COMMAND_SCAN] = "scan",
		[COMMAND_VISIT] = "visit",
		[COMMAND_UNWELL] = "unwell",
		[COMMAND_DESK_OPEN] = "desk open",
		[COMMAND_DESK_CLOSE] = "desk close",
		[COMMAND_DESK_CALL] = "desk call",
		[COMMAND_DESK_RECALL] = "desk recall",
		[COMMAND_ALERT_ACKNOWLEDGE] = "alert acknowledge",
		[COMMAND_ALERT_SETTLE] = "alert settle",
		[COMMAND_DAY_CLOSE] = "day close",
		[COMMAND_CONDITION_RAISE] = "condition raise",
		[COMMAND_CONDITION_SETTLE] = "condition settle",
	};

	return names[kind];
}

static void print_tally(const char *what, const char *name, const struct tally *t)
{
	print_message("%-8s %-18s accepted %8lu  noted %8lu  refused %8lu\n", what, name, t->n[0], t->n[1], t->n[2]);
}

static void stats_print(const struct stats *s)
{
	for (int i = 0; i < KINDS; i++) {
		if (kind_name(i))
			print_tally("command", kind_name(i), &s->kinds[i]);
	}
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct tally *t = &s->actions[i];

		if (t->n[0] + t->n[1] + t->n[2])
			print_tally("action", action_name((enum action)i), t);
	}
	for (int i = 0; i < ALERT_KIND_COUNT; i++) {
		if (s->alarms[i])
			print_message("alarm    %-18s raised   %8lu\n", alert_kind_name((enum alert_kind)i),
				      s->alarms[i]);
	}
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (s->verdicts[i])
			print_message("verdict  %-18s          %8lu\n", verdict_code((enum verdict)i), s->verdicts[i]);
	}
	print_message("repeats %lu, offline %lu, restarts %lu, days %lu\n", s->repeats, s->offline, s->restarts,
		      s->days);
}

/* A test that never comes to a thing does not test it. */
static void stats_check(const struct stats *s)
{
	static const enum action never[] = {ACTION_SEEN, ACTION_MOVE, ACTION_UNDO, ACTION_CORRECT, ACTION_REISSUE};

	for (int i = 0; i < KINDS; i++) {
		if (kind_name(i) && s->kinds[i].n[0] == 0)
			fail_msg("no %s was ever accepted", kind_name(i));
	}
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		const struct tally *t = &s->actions[i];
		bool available = true;

		for (size_t k = 0; k < sizeof(never) / sizeof(*never); k++)
			available &= i != (int)never[k];
		if (t->n[1] + t->n[2] && available && t->n[0] == 0)
			fail_msg("no %s was ever accepted", action_name((enum action)i));
	}
	for (int k = ALERT_UNWELL; k <= ALERT_TICKET_REUSED; k++) {
		if (s->alarms[k] == 0)
			fail_msg("no %s was ever raised", alert_kind_name((enum alert_kind)k));
	}
	for (int e = EVENT_DAY_OPENED; e < EVENT_TYPE_COUNT; e++) {
		if (s->events[e] == 0 && e != EVENT_DEVICE_MOVED && e != EVENT_DEVICE_REVOKED)
			fail_msg("no %s ever happened", event_type_name((enum event_type)e));
	}
}

static void test_core_and_naive_model_agree(void **state)
{
	struct options *o = *state;

	for (unsigned long seed = o->first; seed < o->first + o->seeds; seed++) {
		struct run *r = run_new(seed, &o->stats);

		while (r->n_sent < COMMANDS)
			step(r);
		compare_hash(r);
		run_free(r);
	}
	if (o->verbose)
		stats_print(&o->stats);
	if (o->seeds >= SEEDS / 10)
		stats_check(&o->stats);
}

int main(int argc, char **argv)
{
	struct options o = {.seeds = SEEDS, .first = 1};
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_core_and_naive_model_agree, &o)};
	int at = 1;

	if (at < argc && strcmp(argv[at], "-v") == 0) {
		o.verbose = true;
		at++;
	}
	if (at < argc)
		o.seeds = strtoul(argv[at++], NULL, 10);
	if (at < argc)
		o.first = strtoul(argv[at++], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
