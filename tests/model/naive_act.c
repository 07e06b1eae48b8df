/*
 * The naive model's visits: each act is a few ifs, first what refuses it, then the deed.
 */
#include <stdio.h>
#include <string.h>

#include "naive.h"

/* Refusals of acts that need an injection. */
static enum verdict after_injection(const struct naive_visit *v)
{
	if (v->state == VISIT_UNWELL)
		return VERDICT_UNWELL;
	if (naive_ended(v->state))
		return VERDICT_TICKET_ENDED;
	return naive_waits(v->state) || v->state == VISIT_SERVING ? VERDICT_NOT_INJECTED : VERDICT_ACCEPTED;
}

/* Refusals of acts in the queue and at the desks. */
static enum verdict before_injection(const struct naive_visit *v)
{
	if (v->state == VISIT_UNWELL)
		return VERDICT_UNWELL;
	if (naive_ended(v->state))
		return VERDICT_TICKET_ENDED;
	return naive_waits(v->state) || v->state == VISIT_SERVING ? VERDICT_ACCEPTED : VERDICT_WRONG_STAGE;
}

/* "Actions other than start by a desk on somebody at another desk." */
enum verdict naive_desk_right(const struct naive_visit *v, int desk)
{
	return v->desk >= 0 && desk >= 0 && v->desk != desk ? VERDICT_DESK_WRONG : VERDICT_ACCEPTED;
}

/* A desk serves one ticket, or several of one party. */
static bool desk_takes(struct naive *m, const struct naive_visit *v, int desk)
{
	const struct naive_visit *other = naive_at_desk(m, desk, VISIT_SERVING);

	return !other || (v->party[0] && strcmp(v->party, other->party) == 0);
}

static enum verdict do_start(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t now)
{
	enum verdict r = before_injection(v);
	struct naive_visit before = *v;

	if (r != VERDICT_ACCEPTED)
		return r;
	if (v->state == VISIT_PARKED)
		return VERDICT_PARKED;
	if (v->state == VISIT_SERVING)
		return v->desk == desk ? VERDICT_BEING_SERVED : VERDICT_ALREADY_SERVED;
	if (desk >= 0 && m->desks[desk].stage != v->stage)
		return VERDICT_WRONG_STAGE;
	if (desk < 0)
		return c->desk ? VERDICT_DESK_UNKNOWN : VERDICT_DESK_MISSING;
	if (!m->desks[desk].open)
		return VERDICT_DESK_CLOSED;
	if (naive_party_desk(m, v) >= 0 && naive_party_desk(m, v) != desk)
		return VERDICT_DESK_WRONG;
	if (!desk_takes(m, v, desk))
		return VERDICT_DESK_BUSY;
	r = naive_may_start(m, v, now);
	if (r != VERDICT_ACCEPTED)
		return r;
	naive_place(m, v, desk, now);
	naive_become(m, v, VISIT_SERVING, v->stage);
	naive_remember(m, v, &before, ACTION_START, now);
	return VERDICT_ACCEPTED;
}

static enum verdict field_of_inject(const struct command *c)
{
	return c->vaccine && c->lot && c->dose && c->checks ? VERDICT_ACCEPTED : VERDICT_FIELD_MISSING;
}

/* finish, defer, decline, return_to, inject: of one being served. */
static enum verdict do_served(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted,
			      ms_t now)
{
	enum verdict r = before_injection(v);
	struct naive_visit before = *v;
	ms_t at = acted < v->entered_at ? v->entered_at : acted;
	enum action a = c->action;

	if (r != VERDICT_ACCEPTED)
		return r;
	if (v->state != VISIT_SERVING)
		return VERDICT_NOT_SERVING;
	if ((a == ACTION_FINISH && v->stage == STAGE_INJECTION) ||
	    (a == ACTION_INJECT && v->stage != STAGE_INJECTION) || (a == ACTION_RETURN_TO && c->stage >= v->stage))
		return VERDICT_WRONG_STAGE;
	if ((a == ACTION_DEFER && !c->reason) || (a == ACTION_RETURN_TO && c->stage == STAGE_NONE) ||
	    (a == ACTION_INJECT && field_of_inject(c) != VERDICT_ACCEPTED))
		return VERDICT_FIELD_MISSING;
	r = naive_desk_right(v, desk);
	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_DEFER || a == ACTION_DECLINE) {
		naive_become(m, v, a == ACTION_DEFER ? VISIT_DEFERRED : VISIT_DECLINED, STAGE_NONE);
	} else if (a == ACTION_INJECT) {
		v->injected_at = at;
		v->due_at = v->injected_at + (v->long_minutes ? v->long_minutes : 30) * MS_MINUTE;
		naive_become(m, v, VISIT_INJECTED, STAGE_OBSERVATION);
	} else {
		if (c->long_observation)
			v->long_minutes = 60;
		if (a == ACTION_RETURN_TO)
			v->class = CLASS_CALLED_BACK;
		naive_queue(v, at);
		naive_become(m, v, VISIT_QUEUED, a == ACTION_FINISH ? v->stage + 1 : c->stage);
	}
	if (a == ACTION_FINISH || a == ACTION_DEFER || a == ACTION_DECLINE)
		naive_remember(m, v, &before, a, now);
	return VERDICT_ACCEPTED;
}

/* Behind the fifth who waits behind it. */
static void no_show(struct naive *m, struct naive_visit *v, ms_t acted)
{
	ms_t key = v->key;
	int behind = 0;

	if (++v->no_shows >= 3) {
		naive_become(m, v, VISIT_PARKED, v->stage);
		return;
	}
	for (int i = 0; naive_waiting(m, v->stage, i) && behind < 5; i++) {
		const struct naive_visit *w = naive_waiting(m, v->stage, i);

		if (w->key < v->key || (w->key == v->key && w->id < v->id))
			continue;
		key = w->key + 1;
		behind++;
	}
	v->key = key;
	v->entered_at = acted;
	naive_become(m, v, VISIT_QUEUED, v->stage);
}

/* park, resume, no_show, leave */
static enum verdict do_waiting(struct naive *m, struct naive_visit *v, enum action a, int desk, ms_t acted, ms_t now)
{
	enum verdict r = before_injection(v);
	struct naive_visit before = *v;

	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_LEAVE) {
		naive_become(m, v, VISIT_LEFT, STAGE_NONE);
		return VERDICT_ACCEPTED;
	}
	if (a == ACTION_RESUME && v->state != VISIT_PARKED)
		return VERDICT_NOT_PARKED;
	if (a != ACTION_RESUME && v->state == VISIT_PARKED)
		return VERDICT_PARKED;
	if (v->state == VISIT_SERVING)
		return VERDICT_ALREADY_SERVED;
	if (a == ACTION_NO_SHOW && v->state == VISIT_QUEUED)
		return VERDICT_NOT_CALLED;
	r = naive_desk_right(v, desk);
	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_NO_SHOW)
		no_show(m, v, acted);
	else if (a == ACTION_RESUME)
		v->entered_at = acted;
	if (a != ACTION_NO_SHOW)
		naive_become(m, v, a == ACTION_PARK ? VISIT_PARKED : VISIT_QUEUED, v->stage);
	if (a != ACTION_RESUME)
		naive_remember(m, v, &before, a, now);
	return VERDICT_ACCEPTED;
}

static enum verdict do_release(struct naive *m, struct naive_visit *v, const char *reason, ms_t acted)
{
	if (v->state == VISIT_LEFT_EARLY)
		return VERDICT_NOT_OBSERVING;
	if (acted < v->due_at)
		return VERDICT_NOT_DUE;
	if (v->state == VISIT_INJECTED && !reason)
		return VERDICT_NOT_OBSERVED;
	if (m->doubt)
		return VERDICT_CLOCK_DOUBT;
	naive_settle(m, v->id, ALERT_EARLY_EXIT);
	naive_become(m, v, VISIT_COMPLETED, STAGE_NONE);
	return VERDICT_ACCEPTED;
}

void naive_seen(const struct naive *m, struct naive_visit *v)
{
	if (v->seen_at < m->acted)
		v->seen_at = m->acted;
}

/* An early exit tried before this act was made. */
static bool tried_the_exit(struct naive *m, const struct naive_visit *v)
{
	const struct naive_alarm *a = naive_alarm(m, ALERT_EARLY_EXIT, v->id);

	return a && m->acted >= a->cried_at;
}

static enum verdict do_returned(struct naive *m, struct naive_visit *v)
{
	if (v->state != VISIT_LEFT_EARLY && !tried_the_exit(m, v))
		return VERDICT_NOT_LEFT;
	m->sighting = v->state != VISIT_LEFT_EARLY;
	naive_settle(m, v->id, ALERT_EARLY_EXIT);
	naive_become(m, v, v->state == VISIT_LEFT_EARLY ? VISIT_OBSERVING : v->state, STAGE_OBSERVATION);
	m->sighting = false;
	naive_seen(m, v);
	return VERDICT_ACCEPTED;
}

/* arrive, seen */
static enum verdict do_seen(struct naive *m, struct naive_visit *v, enum action a, ms_t now)
{
	struct naive_visit before = *v;

	if (v->state == VISIT_LEFT_EARLY)
		return do_returned(m, v);
	if (a == ACTION_ARRIVE && v->state == VISIT_OBSERVING)
		return tried_the_exit(m, v) ? do_returned(m, v) : VERDICT_ALREADY_HERE;
	m->sighting = true;
	naive_settle(m, v->id, ALERT_EARLY_EXIT);
	naive_become(m, v, VISIT_OBSERVING, STAGE_OBSERVATION);
	m->sighting = false;
	naive_seen(m, v);
	if (before.state == VISIT_INJECTED)
		naive_remember(m, v, &before, ACTION_ARRIVE, now);
	return VERDICT_ACCEPTED;
}

/* arrive, seen, release, extend, walked_out, returned */
static enum verdict do_observed(struct naive *m, struct naive_visit *v, const struct command *c, enum action a,
				ms_t acted, ms_t now)
{
	enum verdict r = after_injection(v);

	if (r != VERDICT_ACCEPTED)
		return r;
	if (a == ACTION_RELEASE)
		return do_release(m, v, c->reason, acted);
	if (a == ACTION_RETURNED)
		return do_returned(m, v);
	if (a == ACTION_ARRIVE || a == ACTION_SEEN)
		return do_seen(m, v, a, now);
	if (v->state == VISIT_LEFT_EARLY || (a == ACTION_EXTEND && v->state == VISIT_INJECTED))
		return VERDICT_NOT_OBSERVING;
	if (a == ACTION_WALKED_OUT) {
		naive_settle(m, v->id, ALERT_EARLY_EXIT);
		naive_become(m, v, VISIT_LEFT_EARLY, STAGE_NONE);
		return VERDICT_ACCEPTED;
	}
	if (!c->minutes || !c->reason)
		return VERDICT_FIELD_MISSING;
	v->changes++;
	v->undo.can = false;
	v->due_at += c->minutes * MS_MINUTE;
	v->extended = true;
	naive_settle(m, v->id, ALERT_OVERSTAY);
	return VERDICT_ACCEPTED;
}

static enum verdict do_clinical(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now)
{
	if (v->state != VISIT_UNWELL)
		return VERDICT_NOT_UNWELL;
	if (c->action == ACTION_ASSESS) {
		naive_become(m, v, VISIT_UNWELL, v->stage);
	} else if (c->action == ACTION_TRANSFER) {
		naive_become(m, v, VISIT_TRANSFERRED, STAGE_NONE);
	} else if (v->injected_at) {
		if (c->minutes)
			v->due_at = now + c->minutes * MS_MINUTE;
		naive_become(m, v, VISIT_OBSERVING, STAGE_OBSERVATION);
		naive_seen(m, v);
	} else if (naive_ended(v->came_from)) {
		naive_become(m, v, v->came_from, STAGE_NONE);
	} else {
		v->entered_at = acted;
		naive_become(m, v, VISIT_QUEUED, v->stage);
	}
	return VERDICT_ACCEPTED;
}

enum verdict naive_unwell(struct naive *m, struct naive_visit *v, const struct command *c, ms_t now)
{
	if (v && v->state != VISIT_UNWELL) {
		v->came_from = v->state;
		naive_settle(m, v->id, ALERT_EARLY_EXIT);
		naive_become(m, v, VISIT_UNWELL, v->stage);
	}
	naive_cry(m, ALERT_UNWELL, v ? v->id : 0, c, now);
	return VERDICT_ACCEPTED;
}

enum verdict naive_act(struct naive *m, struct naive_visit *v, const struct command *c, int desk, ms_t acted, ms_t now)
{
	switch (c->action) {
	case ACTION_START:
		return do_start(m, v, c, desk, now);
	case ACTION_FINISH:
	case ACTION_DEFER:
	case ACTION_DECLINE:
	case ACTION_RETURN_TO:
	case ACTION_INJECT:
		return do_served(m, v, c, desk, acted, now);
	case ACTION_PARK:
	case ACTION_RESUME:
	case ACTION_NO_SHOW:
	case ACTION_LEAVE:
		return do_waiting(m, v, c->action, desk, acted, now);
	case ACTION_ARRIVE:
	case ACTION_SEEN:
	case ACTION_RELEASE:
	case ACTION_EXTEND:
	case ACTION_WALKED_OUT:
	case ACTION_RETURNED:
		return do_observed(m, v, c, c->action, acted, now);
	case ACTION_ASSESS:
	case ACTION_CLEAR:
	case ACTION_TRANSFER:
		return do_clinical(m, v, c, acted, now);
	case ACTION_MOVE:
		return naive_move(m, v, c, desk, acted, now);
	case ACTION_CORRECT:
		return naive_correct(m, v, c, desk, now);
	case ACTION_REISSUE:
		return naive_reissue(m, v);
	case ACTION_UNDO:
		return naive_undo(m, v, c, desk, acted, now);
	default:
		return VERDICT_NOT_AVAILABLE;
	}
}

/* ---- scans ---- */

static enum verdict do_exit(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now)
{
	enum verdict r = after_injection(v);

	if (v->state == VISIT_DEFERRED || v->state == VISIT_DECLINED)
		return VERDICT_FREE_TO_GO;
	if (r != VERDICT_ACCEPTED)
		return r;
	if (v->state == VISIT_LEFT_EARLY) {
		do_returned(m, v);
		m->marked = true;
	}
	if (acted < v->due_at) {
		naive_cry(m, ALERT_EARLY_EXIT, v->id, c, now);
		return VERDICT_NOT_DUE;
	}
	return do_release(m, v, NULL, acted);
}

static enum verdict scan_means(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now)
{
	const struct naive_device *by = naive_device(m, c->device);

	if (by->kind == DEVICE_EXIT)
		return do_exit(m, v, c, acted, now);
	if (c->desk && strcmp(c->desk, "observation") == 0)
		return do_observed(m, v, c,
				   m->roll_call || naive_alarm(m, ALERT_MISSING, v->id) ? ACTION_SEEN : ACTION_ARRIVE,
				   acted, now);
	if (c->desk && strcmp(c->desk, "treatment") == 0)
		return VERDICT_REACTION_FORM;
	if (c->desk && by->kind == DEVICE_HANDHELD)
		return do_start(m, v, c, naive_desk(m, c->desk), now);
	return naive_ended(v->state) ? VERDICT_TICKET_ENDED : VERDICT_WHERE_TO_GO;
}

enum verdict naive_scan(struct naive *m, struct naive_visit *v, const struct command *c, ms_t acted, ms_t now)
{
	char place[40];
	bool elsewhere;
	enum verdict r;

	if (c->desk)
		snprintf(place, sizeof(place), "%s", c->desk);
	else
		snprintf(place, sizeof(place), "device %u", c->device);
	elsewhere = v->scan_place[0] && strcmp(v->scan_place, place) != 0 && v->scan_changes == v->changes &&
		    now - v->scan_at <= 10 * MS_SECOND;
	r = scan_means(m, v, c, acted, now);
	if (elsewhere || r == VERDICT_TICKET_ENDED)
		naive_cry(m, ALERT_TICKET_REUSED, v->id, c, now);
	if (verdict_status(r) == 200) {
		snprintf(v->scan_place, sizeof(v->scan_place), "%s", place);
		v->scan_at = now;
		v->scan_changes = v->changes;
	}
	return r;
}
