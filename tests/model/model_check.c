/*
 * Replaying a run, and comparing the core with the naive model; then the design's invariants, on the core alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_run.h"

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

void run_follow(struct run *r)
{
	char reason[200];

	for (size_t i = 0; i < r->events.n; i++) {
		struct event e = r->events.v[i];

		note_event(r, &e);
		if (e.rules)
			e.rules = rules_copy(e.rules);
		must(r, site_admits(r->shadow, &e, reason, sizeof(reason)), "replay refuses %s: %s",
		     event_type_name(e.type), reason);
		site_apply(r->shadow, &e);
	}
	events_clear(&r->events);
	must(r, r->shadow->seq == r->site->seq, "replay counts otherwise");
}

void run_compare_hash(struct run *r)
{
	must(r, site_hash(r->site) == site_hash(r->shadow), "the replayed site differs");
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
		must(r, a->state == ALERT_SETTLED,
		     "alarm %s (%s of visit %u) of yesterday is neither settled nor shown", a->id,
		     alert_kind_name(a->kind), a->visit);
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

void run_compare_receipt(struct run *r, const struct command *c, const struct outcome *o)
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
