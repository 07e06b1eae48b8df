/*
 * Replaying a run, and comparing the core with the naive model; then the design's invariants, on the core alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_run.h"

#include "../unit/site_invariants.h"

void run_describe(const struct run *r)
{
	const struct sent *s = r->n_sent ? &r->sent[r->n_sent - 1] : NULL;

	print_error("seed %lu, command %d, at +%lld ms", r->seed, r->n_sent, (long long)(r->now - MORNING));
	if (s)
		print_error(": kind %d, action %s, ticket %llu, device %u, desk %s", (int)s->c.kind,
			    action_name(s->c.action), (unsigned long long)s->c.ticket, s->c.device,
			    s->c.desk ? s->c.desk : "-");
	print_error("\n");
}
/* ---- the shadow: replay beside the run ---- */

static void note_event(struct run *r, const struct event *e)
{
	const struct visit *v;
	unsigned n;

	r->stats->events[e->type]++;
	run_check_named(r, e);
	if (e->type == EVENT_ALERT_RAISED)
		r->stats->alarms[e->kind]++;
	r->stats->days += e->type == EVENT_DAY_OPENED;
	if (e->reply_as != REPLY_NONE && e->type != EVENT_COMMAND_CARRIED) {
		n = (unsigned)strtoul(e->command + 24, NULL, 16);
		must(r, n >= 1 && n <= (unsigned)r->n_sent, "an answer to a command that nobody sent");
		/* Ids are known for this day and the next. */
		must(r, !r->sent[n - 1].answered || r->sent[n - 1].answered + 2 <= r->model.day,
		     "an answered command stands in the log twice");
		r->sent[n - 1].answered = r->model.day;
	}
	if (e->type == EVENT_COMMAND_CARRIED || !e->visit || e->visit > NAIVE_VISITS)
		return;
	if (e->type == EVENT_FINISHED && e->stage == STAGE_CONSENT)
		r->progress[e->visit].registered = true;
	if (e->type == EVENT_FINISHED && e->stage == STAGE_INJECTION)
		r->progress[e->visit].consented = true;
	if (e->type == EVENT_SENT_BACK || e->type == EVENT_MOVED ||
	    (e->type == EVENT_UNDONE && e->undoes == EVENT_FINISHED)) {
		r->progress[e->visit].consented &= e->stage > STAGE_CONSENT;
		r->progress[e->visit].registered &= e->stage > STAGE_REGISTRATION;
	}
	if (e->type == EVENT_INJECTED)
		must(r, r->progress[e->visit].registered && r->progress[e->visit].consented,
		     "injected without registration and consent");
	v = site_visit(r->shadow, e->visit);
	if (e->state == VISIT_COMPLETED && e->type == EVENT_RELEASED)
		must(r, v && v->f.due_at && (e->acted_at ? e->acted_at : e->at) >= v->f.due_at, "completed before due");
}

/*
 * Who is called or taken goes to the desk that has others of the party. A desk that was closed in between has lost
 * them, also where it is open again.
 */
static void check_party(struct run *r, const struct visit *v)
{
	for (size_t i = 0; v->party && i < v->party->n; i++) {
		const struct visit *u = site_visit(r->shadow, v->party->members[i]);
		int desk = u->f.desk ? naive_desk(&r->model, u->f.desk) : -1;

		must(r,
		     desk < 0 || u->f.stage != v->f.stage || u->f.desk == v->f.desk || !r->model.desks[desk].open ||
			     r->opened[desk] > r->placed[u->f.id],
		     "visits %u and %u of a party are at %s and %s", v->f.id, u->f.id, v->f.desk, u->f.desk);
	}
}

/* After each event, also between those of one commit. */
static void check_event(struct run *r, const struct event *e)
{
	char broken[BROKEN_MAX];
	const struct visit *v = e->visit ? site_visit(r->shadow, e->visit) : NULL;

	must(r, site_is_sound(r->shadow, broken), "after %s: %s", event_type_name(e->type), broken);
	r->n_events++;
	if (e->type == EVENT_DESK_OPENED)
		r->opened[naive_desk(&r->model, e->desk)] = r->n_events;
	if (!v || !v->f.desk || e->visit > NAIVE_VISITS)
		return;
	if (e->state != VISIT_NONE)
		r->placed[e->visit] = r->n_events;
	if (e->type == EVENT_CALLED || e->type == EVENT_STARTED)
		check_party(r, v);
}

static void replay(struct run *r, struct site *into, const struct event *happened, const char *what)
{
	char reason[200];
	struct event e = *happened;

	if (e.rules)
		e.rules = rules_copy(e.rules);
	must(r, site_admits(into, &e, reason, sizeof(reason)), "replay from %s refuses %s: %s", what,
	     event_type_name(e.type), reason);
	site_apply(into, &e);
}

/* A log that is read from the opening of the day on. */
static void day_opens(struct run *r, const struct event *e)
{
	site_free(r->day);
	r->day = site_new();
	site_begin_epoch(r->day, e->epoch);
	r->day->seq = e->seq - 1;
}

void run_follow(struct run *r)
{
	for (size_t i = 0; i < r->events.n; i++) {
		const struct event *e = &r->events.v[i];

		note_event(r, e);
		replay(r, r->shadow, e, "the beginning");
		if (e->type == EVENT_DAY_OPENED)
			day_opens(r, e);
		if (r->day)
			replay(r, r->day, e, "the day's opening");
		check_event(r, e);
	}
	events_clear(&r->events);
	must(r, r->shadow->seq == r->site->seq, "replay counts otherwise");
}

void run_compare_hash(struct run *r)
{
	must(r, site_hash(r->site) == site_hash(r->shadow), "the replayed site differs");
	must(r, !r->day || !r->day->today->ready || site_hash(r->site) == site_hash(r->day),
	     "the site replayed from the day's opening differs");
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
	must(r, strcmp(v->f.number, n->number) == 0, "number %s of visit %u, not %s", v->f.number, n->id, n->number);
	must(r, v->f.class == n->class && v->f.companions == n->companions, "class or companions of visit %u", n->id);
	if (n->state == VISIT_QUEUED || n->state == VISIT_CALLED || n->state == VISIT_SERVING ||
	    n->state == VISIT_PARKED)
		must(r, v->entered_at == n->entered_at && v->key == n->key,
		     "visit %u waits since +%lld with key +%lld, not +%lld with +%lld", n->id,
		     (long long)(v->entered_at - MORNING), (long long)(v->key - MORNING),
		     (long long)(n->entered_at - MORNING), (long long)(n->key - MORNING));
	must(r, site_in_room(r->site, v) == naive_in_room(&r->model, n), "visit %u is %s the room", n->id,
	     naive_in_room(&r->model, n) ? "not in" : "in");
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
		compare_visit(r, &r->model.visits[i]);
		by_state[r->model.visits[i].state]++;
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
		must(r, a->kind == n->kind && a->visit == n->visit && a->stage == n->stage,
		     "alarm %d is %s of visit %u, not %s of visit %u", i, alert_kind_name(a->kind), a->visit,
		     alert_kind_name(n->kind), n->visit);
		must(r, a->state == n->state, "alarm %s is %s, not %s", a->id, alert_state_name(a->state),
		     alert_state_name(n->state));
		must(r, a->count == n->count && a->escalated == n->escalated, "alarm %s: count %d level %d, not %d %d",
		     a->id, a->count, a->escalated, n->count, n->escalated);
		if (a->hh.next == NULL && i + 1 < r->model.n_alarms)
			must(r, false, "alarm %s of visit %u was never raised", alert_kind_name(n[1].kind), n[1].visit);
	}
	must(r, !a, "alarm %s is one too many", a ? a->id : "");
	for (a = r->site->before ? r->site->before->alerts : NULL; a; a = a->hh.next)
		must(r, a->state == ALERT_SETTLED,
		     "alarm %s (%s of visit %u) of yesterday is neither settled nor shown", a->id,
		     alert_kind_name(a->kind), a->visit);
}

static uint32_t id_of(const struct naive_visit *v)
{
	return v ? v->id : 0;
}

/* All whom the model has at the desk in this state are in the list, and nobody else. */
static void compare_people(struct run *r, int desk, enum visit_state state, const uint32_t *list, size_t n)
{
	size_t wanted = 0;

	for (int i = 0; i < r->model.n_visits; i++) {
		const struct naive_visit *v = &r->model.visits[i];
		bool there = false;

		if (v->desk != desk || v->state != state)
			continue;
		wanted++;
		for (size_t k = 0; k < n; k++)
			there |= list[k] == v->id;
		must(r, there, "visit %u is not %s at %s", v->id, visit_state_name(state), r->model.desks[desk].id);
	}
	must(r, wanted == n, "%d are %s at %s, not %d", (int)n, visit_state_name(state), r->model.desks[desk].id,
	     (int)wanted);
}

static void compare_desks(struct run *r)
{
	for (int i = 0; i < r->model.n_desks; i++) {
		const struct desk *d = site_desk(r->site, r->model.desks[i].id);

		must(r, d->open == r->model.desks[i].open, "desk %s open", d->id);
		compare_people(r, i, VISIT_CALLED, d->called, d->n_called);
		compare_people(r, i, VISIT_SERVING, d->serving, d->n_serving);
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

/* What a desk would be told now, and what the site says of itself. */
static void compare_site(struct run *r)
{
	const struct day *day = r->site->today;
	struct naive *m = &r->model;
	ms_t since = 0, until;

	must(r, (int)site_seats_committed(r->site, r->now) == naive_committed(m, r->now), "%u seats committed, not %d",
	     site_seats_committed(r->site, r->now), naive_committed(m, r->now));
	must(r, day->facts.hold.on == m->hold && day->facts.roll_call.on == m->roll_call, "hold or roll call");
	must(r, day->totals.not_today == m->not_today, "%u turned away, not %u", day->totals.not_today, m->not_today);
	must(r, (int)(r->site->to_come.n - r->site->to_come.first) == m->n_to_come, "appointments to come");
	/* Time may have freed a seat since the last event. */
	if (site_paused(r->site, STAGE_INJECTION, r->now, &until) == PAUSE_SEATS)
		since = r->site->queues[STAGE_INJECTION].full_since;
	must(r, day->closed || since == m->full_since, "seats full since +%lld, not +%lld",
	     (long long)(since - MORNING), (long long)(m->full_since - MORNING));
}

void run_compare_receipt(struct run *r, const struct command *c, const struct outcome *o)
{
	const struct naive_receipt *n = naive_receipt(&r->model, c->id);

	if (o->verdict == VERDICT_ID_TAKEN || o->verdict == VERDICT_ID_REUSED)
		return;
	must(r, !o->receipt == !n, "a receipt is %s", n ? "missing" : "too many");
	if (!n)
		return;
	must(r, o->receipt->verdict == n->verdict && o->receipt->device == n->device, "receipt");
	if (n->of_site)
		must(r,
		     o->receipt->site && o->receipt->site->hold.on == n->hold &&
			     o->receipt->site->roll_call.on == n->roll_call,
		     "the receipt shows the site otherwise");
	must(r, n->n_group == 0 || (int)o->receipt->n_party == n->n_group, "the receipt shows %d called, not %d",
	     (int)o->receipt->n_party, n->n_group);
	for (int i = 0; i < n->n_group; i++)
		must(r,
		     o->receipt->party[i].id == n->group[i] && o->receipt->party[i].state == VISIT_CALLED &&
			     o->receipt->party[i].number[0],
		     "the receipt shows visit %u called, not %u", o->receipt->party[i].id, n->group[i]);
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

/* ---- the design's invariants, on the core alone ---- */

/* Nobody alone and in the room is passed over; and whoever is called to the needle, or taken there, will have a seat. */
void run_check_accepted(struct run *r, const struct command *c, const struct outcome *o, unsigned seated)
{
	const struct visit *first = NULL;
	const struct queue *q;
	unsigned n;

	if (c->kind == COMMAND_DESK_CALL) {
		for (size_t i = 0; i < o->receipt->n_party; i++) {
			const struct visit *v = site_visit(r->site, o->receipt->party[i].id);

			if (!first || v->key < first->key)
				first = v;
		}
		q = &r->site->queues[first->f.stage];
		for (size_t i = 0; i < q->n; i++) {
			const struct visit *v = site_visit(r->site, q->visits[i]);

			must(r, v->key >= first->key || v->party || !site_in_room(r->site, v),
			     "visit %u was called before visit %u", first->f.id, v->f.id);
		}
	}
	if (c->kind == COMMAND_DESK_CALL || (c->kind != COMMAND_CHECK_IN && c->action == ACTION_START)) {
		n = people_with_seats(r->site, r->now);
		must(r, n <= seated || n <= (unsigned)r->site->rules->observation_seats, "%u people for the seats", n);
	}
}

/* Everyone injected is observed, completed, unwell, transferred or flagged. */
void run_check_injected(struct run *r)
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

void run_check(struct run *r)
{
	run_compare_staff(r);
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
	compare_site(r);
}
