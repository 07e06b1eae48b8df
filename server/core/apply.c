/*
 * Applying an event: the only place where the state of a visit is written, and all that replay does.
 *
 * It reads the event and the state and nothing else, and cannot fail on an event that site_admits let through.
 */
#include <string.h>

#include "core.h"

bool event_is_of_visit(const struct event *e)
{
	return e->type >= EVENT_CHECKED_IN && e->type <= EVENT_REFUSED;
}

bool event_is_of_alert(const struct event *e)
{
	return e->type >= EVENT_ALERT_RAISED;
}

bool event_is_of_device(const struct event *e)
{
	return e->type == EVENT_DEVICE_CARRIED || (e->type >= EVENT_DEVICE_INVITED && e->type <= EVENT_DEVICE_REVOKED);
}

bool event_is_of_staff(const struct event *e)
{
	return e->type >= EVENT_STAFF_LISTED && e->type <= EVENT_SIGN_ON_REFUSED;
}

/* ---- a visit ---- */

#define SEEN_THERE                                                                                                     \
	(EVENT_BIT(EVENT_ARRIVED) | EVENT_BIT(EVENT_SEEN) | EVENT_BIT(EVENT_RETURNED) | EVENT_BIT(EVENT_MOVED) |       \
	 EVENT_BIT(EVENT_CLEARED))
/* Whoever is given back to the queue has not left the room. */
#define STAYS_IN_ROOM (EVENT_BIT(EVENT_GIVEN_BACK) | EVENT_BIT(EVENT_UNDONE))

static void visit_facts_apply(struct site *s, struct visit *v, const struct event *e)
{
	bool placed = e->state == VISIT_CALLED || e->state == VISIT_SERVING;
	ms_t acted_at = e->acted_at ? e->acted_at : e->at;

	v->f.state = e->state;
	v->f.stage = e->stage;
	v->f.desk = placed ? site_name(s, e->desk) : NULL;
	if (e->entered_at)
		v->entered_at = e->entered_at;
	if (e->key)
		v->key = e->key;
	if (e->class)
		v->f.class = e->class;
	if (e->injected_at)
		v->f.injected_at = e->injected_at;
	if (e->due_at)
		v->f.due_at = e->due_at;
	if (e->observed_at)
		v->observed_at = e->observed_at;
	if (e->observation_minutes)
		v->observation_minutes = (int)e->observation_minutes;
	if (e->no_shows)
		v->no_shows = (int)e->no_shows;
	if (e->type == EVENT_UNWELL)
		v->came_from = e->came_from;
	if (e->stage != STAGE_NONE && e->stage <= STAGE_INJECTION) /* a finish that is undone was not a finish */
		v->reached = e->stage;
	if ((SEEN_THERE & EVENT_BIT(e->type)) && v->seen_at < acted_at)
		v->seen_at = acted_at;
	if (e->type == EVENT_EXTENDED)
		v->f.flags |= VISIT_FLAG_EXTENDED;
	if (e->type == EVENT_CALLED)
		v->called_at = e->at;
	if (e->type == EVENT_STARTED)
		v->started_at = e->at;
	if (e->type == EVENT_LEFT_EARLY && v->alarms[ALERT_EARLY_EXIT])
		v->alarms[ALERT_EARLY_EXIT]->lapsed = true;
}

/* Called, or called again: what the displays show. */
static void call_show(struct site *s, const struct event *e)
{
	struct day *day = s->today;
	const struct visit *v = site_visit(s, e->visit);

	day->calls[day->n_calls++ % CALLS_KEPT] =
		(struct call){.visit = v->f.id, .stage = v->f.stage, .desk = v->f.desk, .at = e->at};
	s->queues[v->f.stage].version++;
}

static void visit_leaves_queue(struct site *s, struct visit *v, const struct event *e)
{
	struct queue *q = &s->queues[v->f.stage];

	queue_remove(s, v, v->f.stage);
	/* Fewer now wait in vain or in time: the median may be long sooner. */
	if (e->type != EVENT_CALLED && e->type != EVENT_STARTED)
		q->recheck = 0;
	/* It counts as long for an hour to come, so that one newcomer fewer is needed for that. */
	else if (q->recheck > 0 && q->recheck < SIZE_MAX &&
		 e->at - v->entered_at >= s->rules->wait_long_minutes * MS_MINUTE)
		q->recheck--;
}

static void visit_move(struct site *s, struct visit *v, const struct event *e)
{
	struct totals *t = &s->today->totals;
	enum stage from = v->f.stage;

	if (v->f.state == VISIT_OBSERVING || e->state == VISIT_OBSERVING)
		s->observation_version++;
	desk_measure(s, v, e);
	undo_remember(v, e);
	if (v->f.state == VISIT_QUEUED)
		visit_leaves_queue(s, v, e);
	desk_leave(s, v, e);
	if (v->f.state != VISIT_NONE)
		t->by_state[v->f.state]--;
	t->injections += e->type == EVENT_INJECTED;
	visit_facts_apply(s, v, e);
	t->by_state[v->f.state]++;
	if (e->type == EVENT_UNDONE)
		undo_apply(s, v, e);
	else
		v->admitted = v->f.desk || (v->admitted && (STAYS_IN_ROOM & EVENT_BIT(e->type)));
	if (v->f.state == VISIT_QUEUED) {
		queue_insert(s, v);
		if (v->entered_at < e->at) /* has waited already: the median may be long sooner */
			s->queues[v->f.stage].recheck = 0;
	}
	desk_enter(s, v, e->at);
	party_at_desk(v);
	if (from != STAGE_NONE)
		party_moved_on(s, v, from);
	if (e->type == EVENT_CALLED)
		call_show(s, e);
}

/* A dose, or what was really in the syringe: it counts under the lot that is known last. */
static void visit_dosed(struct site *s, struct visit *v, const struct event *e)
{
	struct day *day = s->today;

	if (!e->vaccine && !e->lot)
		return;
	if (v->lot)
		tally_count(&day->doses, &day->n_doses, v->vaccine, v->lot, -1);
	if (e->vaccine)
		v->vaccine = site_name(s, e->vaccine);
	if (e->lot)
		v->lot = site_name(s, e->lot);
	tally_count(&day->doses, &day->n_doses, v->vaccine, v->lot, 1);
}

/* What changes nothing about where it stands. */
static void visit_amend(struct site *s, struct visit *v, const struct event *e)
{
	struct day *day = s->today;

	switch (e->type) {
	case EVENT_ADMITTED:
		v->admitted = true;
		break;
	case EVENT_REISSUED:
		visit_ticketed(s, v, (uint64_t)e->ticket, NULL);
		break;
	case EVENT_CORRECTED:
		if (e->person) {
			v->f.person = arena_str(&day->arena, e->person);
			visit_known_by(s, v, e->by_id, e->by_phone);
		}
		if (e->language)
			v->f.language = e->language;
		if (e->count)
			v->f.companions = (int)e->count - 1;
		break;
	default:
		return;
	}
	v->version++;
	if (v->f.stage != STAGE_NONE)
		s->queues[v->f.stage].version++;
}

static void visit_record(struct site *s, struct visit *v, const struct event *e)
{
	struct moment *m;

	if (v->n_timeline == v->cap_timeline) {
		v->cap_timeline = v->cap_timeline ? v->cap_timeline * 2 : 8;
		v->timeline = core_grow(v->timeline, v->cap_timeline * sizeof(*v->timeline));
	}
	m = &v->timeline[v->n_timeline++];
	*m = (struct moment){.epoch = e->epoch,
			     .seq = e->seq,
			     .at = e->at,
			     .type = e->type,
			     .desk = site_name(s, e->desk),
			     .device = e->device,
			     .staff = site_name(s, e->staff),
			     .reason = arena_str(&s->today->arena, e->reason),
			     .stage = v->f.stage,
			     .undoes = e->undoes};
}

static void visit_scanned(struct site *s, struct visit *v, const struct event *e)
{
	char place[DEVICE_PLACE_SIZE];

	v->scan_place = site_name(s, e->desk ? e->desk : device_place(e->device, place));
	v->scan_at = e->at;
	v->scan_version = v->version;
}

/* Somebody expected, or a walk-in, has come. */
static void visit_checked_in(struct site *s, struct visit *v, const struct event *e)
{
	v->f.language = e->language;
	v->f.party = arena_str(&s->today->arena, e->party);
	v->f.companions = (int)e->companions;
	v->f.arrived_at = e->arrived_at;
	visit_ticketed(s, v, (uint64_t)e->ticket, e->number);
	party_join(s, v);
}

static void visit_apply(struct site *s, const struct event *e)
{
	struct visit *v = site_visit(s, e->visit);

	if (!v)
		v = visit_new(s, e);
	flow_count(s, v, -1);
	if (e->type == EVENT_CHECKED_IN)
		visit_checked_in(s, v, e);
	if (e->state != VISIT_NONE) {
		visit_move(s, v, e);
		v->version++;
		timer_visit(s, v);
	} else {
		visit_amend(s, v, e);
	}
	flow_count(s, v, 1);
	if (e->type == EVENT_INJECTED || e->type == EVENT_CORRECTED)
		visit_dosed(s, v, e);
	visit_record(s, v, e);
}

/* ---- a desk ---- */

static void desk_apply(struct site *s, const struct event *e)
{
	struct desk *d = site_desk(s, e->desk);

	if (e->type == EVENT_DESK_RECALLED) {
		d->called_at = e->at;
		if (site_visit(s, e->visit))
			call_show(s, e);
	} else {
		d->open = e->type == EVENT_DESK_OPENED;
		d->finished_at = 0;
	}
	d->version++;
	s->queues[d->stage].version++;
}

/* ---- the door ---- */

static void turned_away_apply(struct site *s, const struct event *e)
{
	struct visit *v = site_visit(s, e->visit);
	struct day *day = s->today;

	if (!day)
		return;
	day->totals.not_today++;
	tally_count(&day->turned_away, &day->n_turned_away, site_name(s, e->reason), NULL, 1);
	if (v)
		visit_record(s, v, e);
}

/* ---- the configuration ---- */

static void configured_apply(struct site *s, struct event *e)
{
	rules_free(s->rules);
	s->rules = e->rules;
	s->rules_version++;
	desks_configure(s);
	flow_recount(s);
	for (int st = 0; st < STAGE_COUNT; st++)
		s->queues[st].recheck = 0; /* by another limit the median may be long sooner */
	timer_all(s);
}

/* ---- all ---- */

static void dispatch(struct site *s, struct event *e)
{
	if (event_is_of_visit(e))
		visit_apply(s, e);
	else if (event_is_of_alert(e))
		alert_apply(s, e);
	else if (event_is_of_device(e))
		device_apply(s, e);
	else if (e->type == EVENT_STAFF_LISTED || e->type == EVENT_STAFF_REMOVED)
		staff_apply(s, e);
	else if (event_is_of_staff(e))
		session_apply(s, e);
	else if (e->type == EVENT_CONFIGURED)
		configured_apply(s, e);
	else if (e->type == EVENT_DESK_OPENED || e->type == EVENT_DESK_CLOSED || e->type == EVENT_DESK_RECALLED)
		desk_apply(s, e);
	else if (e->type == EVENT_ALERT_CARRIED)
		alert_carried(s, e);
	else if (e->type == EVENT_EXPECTED || e->type == EVENT_ROSTER_LOADED || e->type == EVENT_APPOINTMENT_CARRIED)
		roster_apply(s, e);
	else if (e->type >= EVENT_SITE_HELD && e->type <= EVENT_ROLL_CALL_ENDED)
		flow_apply(s, e);
	else if (e->type == EVENT_TURNED_AWAY)
		turned_away_apply(s, e);
	else if (e->type != EVENT_COMMAND_CARRIED)
		day_apply(s, e);
}

static void stages_follow(struct site *s, ms_t at)
{
	flow_note(s, at);
	for (enum stage st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++)
		timer_stage(s, st, at);
}

/* The device did something: it is not idle. */
static void device_acted(struct site *s, const struct event *e)
{
	struct device *by = e->type != EVENT_COMMAND_CARRIED ? site_device(s, e->device) : NULL;
	ms_t at = e->acted_at ? e->acted_at : e->at;

	if (!by)
		return;
	if (e->command)
		by->last_act = at;
	if (e->staff)
		session_touch(s, by, e->staff, at);
}

void site_apply(struct site *s, struct event *e)
{
	struct visit *v;

	e->epoch = s->epoch;
	e->seq = ++s->seq;
	/* What time alone has freed until now counts before what happens now. */
	if (s->today && s->rules)
		flow_note(s, e->at);
	s->last_at = e->at;
	/* Time may have freed a seat before this, and no event says so. */
	if (s->queues[STAGE_INJECTION].full_since)
		flow_note(s, e->at);
	dispatch(s, e);
	/* A refused scan puts nobody anywhere: whoever is sent back from the exit is soon seen in observation. */
	if (e->scan && verdict_status(e->reply) == 200) {
		v = site_visit(s, e->visit);
		if (v)
			visit_scanned(s, v, e);
	}
	if (e->reply_as != REPLY_NONE)
		receipt_apply(s, e);
	if (s->today && s->rules)
		stages_follow(s, e->at);
	if (e->device)
		device_acted(s, e);
	s->version++;
}
