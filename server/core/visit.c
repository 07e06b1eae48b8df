/*
 * The lifecycle of a visit, as one table.
 *
 *   expected -> queued -> called -> serving -> queued (next stage) ... -> injected -> observing -> completed
 *
 * A row says: these actions, in these states, under these conditions, are answered so, and make this of the visit. The
 * first row that fits decides; every action has a last row for every state. tests/golden/lifecycle.txt is the same
 * table written by hand.
 */
#include "core.h"

#define S(name) STATE_BIT(VISIT_##name)
#define A(name) (UINT64_C(1) << ACTION_##name)
#define ANY_STATE UINT32_MAX

/* Conditions; those that are opposites of each other are both named, so a row can ask for either. */
enum condition {
	IF_DUE = 1 << 0,
	IF_EARLY = 1 << 1,
	IF_OWN_STAGE = 1 << 2, /* the acting desk is of the visit's stage, or none is named yet */
	IF_REGISTRATION = 1 << 3,
	IF_CONSENT = 1 << 4,
	IF_INJECTION = 1 << 5,
	IF_BACKWARD = 1 << 6, /* return_to names an earlier stage, or none yet */
	IF_REASON = 1 << 7,
	IF_INJECTED = 1 << 8,
	IF_ALARM = 1 << 9,    /* an early exit is open */
	IF_LAST = 1 << 10,    /* the no-show that parks */
	IF_OUTSIDE = 1 << 11, /* came to be unwell from an ended state, or before check-in */
	IF_UNDOABLE = 1 << 12,
	IF_LATE = 1 << 13,
	IF_REACHED = 1 << 14,        /* move names a queue that it has been in already */
	IF_TO_OBSERVATION = 1 << 15, /* move */
};

/* Where a row leads, beside the states themselves. */
enum { SAME_STATE = VISIT_STATE_COUNT, FORMER_STATE, UNDONE_STATE };
enum { SAME_STAGE = STAGE_COUNT, NAMED_STAGE, UNDONE_STAGE };

struct row {
	uint64_t actions;
	uint32_t states;
	unsigned when;
	enum verdict verdict;
	int state;
	int stage;
	enum event_type type;
	enum alert_kind raises;
};

#define WAITING (S(QUEUED) | S(CALLED))
#define BEFORE_INJECTION (WAITING | S(SERVING) | S(PARKED))
#define AFTER_INJECTION (S(INJECTED) | S(OBSERVING) | S(LEFT_EARLY))
#define WHILE_SERVED (A(FINISH) | A(DEFER) | A(DECLINE) | A(RETURN_TO) | A(INJECT))
#define AT_A_DESK (WHILE_SERVED | A(CALL) | A(START) | A(PARK) | A(RESUME) | A(NO_SHOW) | A(LEAVE))
#define AFTERWARDS (A(ARRIVE) | A(SEEN) | A(RELEASE) | A(EXTEND) | A(WALKED_OUT) | A(RETURNED))
#define BY_CLINICIAN (A(ASSESS) | A(CLEAR) | A(TRANSFER))
#define BY_THE_SITE (A(GIVE_BACK) | A(LAPSE) | A(DAY_END))
#define EVERYTHING UINT64_MAX

#define YES VERDICT_ACCEPTED
#define NO(verdict) VERDICT_##verdict, SAME_STATE, SAME_STAGE, EVENT_NONE, ALERT_NONE
#define NO_AND(verdict, alarm) VERDICT_##verdict, SAME_STATE, SAME_STAGE, EVENT_NONE, ALERT_##alarm
#define NOTED(verdict) VERDICT_##verdict, SAME_STATE, SAME_STAGE, EVENT_SCANNED, ALERT_NONE

static const struct row rows[] = {
	/* in any state */
	{A(UNWELL), ANY_STATE, 0, YES, VISIT_UNWELL, SAME_STAGE, EVENT_UNWELL, ALERT_UNWELL},
	{A(NOTE), ANY_STATE, 0, YES, SAME_STATE, SAME_STAGE, EVENT_SCANNED, ALERT_NONE},
	{A(UNDO), ANY_STATE, IF_UNDOABLE | IF_LATE, NO(UNDO_TOO_LATE)},
	{A(UNDO), ANY_STATE, IF_UNDOABLE, YES, UNDONE_STATE, UNDONE_STAGE, EVENT_UNDONE, ALERT_NONE},
	{A(UNDO), ANY_STATE, 0, NO(NOTHING_TO_UNDO)},
	{A(CORRECT) | A(MOVE) | A(REISSUE), S(NONE), 0, NO(NOT_CHECKED_IN)},
	{A(CORRECT), ANY_STATE, 0, YES, SAME_STATE, SAME_STAGE, EVENT_CORRECTED, ALERT_NONE},

	/* what a clinician does */
	{A(ASSESS), S(UNWELL), 0, YES, SAME_STATE, SAME_STAGE, EVENT_ASSESSED, ALERT_NONE},
	{A(TRANSFER), S(UNWELL), 0, YES, VISIT_TRANSFERRED, STAGE_NONE, EVENT_TRANSFERRED, ALERT_NONE},
	{A(CLEAR), S(UNWELL), IF_INJECTED, YES, VISIT_OBSERVING, STAGE_OBSERVATION, EVENT_CLEARED, ALERT_NONE},
	{A(CLEAR), S(UNWELL), IF_OUTSIDE, YES, FORMER_STATE, SAME_STAGE, EVENT_CLEARED, ALERT_NONE},
	{A(CLEAR), S(UNWELL), 0, YES, VISIT_QUEUED, SAME_STAGE, EVENT_CLEARED, ALERT_NONE},
	{BY_CLINICIAN, ANY_STATE, 0, NO(NOT_UNWELL)},

	/* what nobody sends */
	{A(GIVE_BACK), S(CALLED), 0, YES, VISIT_QUEUED, SAME_STAGE, EVENT_GIVEN_BACK, ALERT_NONE},
	{A(LAPSE), S(INJECTED) | S(OBSERVING), IF_ALARM, YES, VISIT_LEFT_EARLY, STAGE_NONE, EVENT_LEFT_EARLY,
	 ALERT_NONE},
	{A(DAY_END), S(EXPECTED), 0, YES, VISIT_NO_SHOW, STAGE_NONE, EVENT_NO_SHOW, ALERT_NONE},
	{A(DAY_END), WAITING | S(PARKED), 0, YES, VISIT_LEFT, STAGE_NONE, EVENT_LEFT, ALERT_NONE},
	{BY_THE_SITE, ANY_STATE, 0, NO(NOT_AVAILABLE)},

	/* a scan at the exit */
	{A(EXIT), S(OBSERVING), IF_DUE, YES, VISIT_COMPLETED, STAGE_NONE, EVENT_RELEASED, ALERT_NONE},
	{A(EXIT), S(INJECTED) | S(OBSERVING), IF_EARLY, NO_AND(NOT_DUE, EARLY_EXIT)},
	{A(EXIT), S(INJECTED), 0, NO(NOT_OBSERVED)},
	{A(EXIT), S(LEFT_EARLY), 0, YES, VISIT_OBSERVING, STAGE_OBSERVATION, EVENT_RETURNED, ALERT_NONE},
	{A(EXIT), BEFORE_INJECTION, 0, NO(NOT_INJECTED)},
	{A(EXIT), S(DEFERRED) | S(DECLINED), 0, NOTED(FREE_TO_GO)},
	{A(EXIT), STATES_ENDED, 0, NO_AND(TICKET_ENDED, TICKET_REUSED)},

	{A(REISSUE), ~(STATES_ENDED | S(EXPECTED)), 0, YES, SAME_STATE, SAME_STAGE, EVENT_REISSUED, ALERT_NONE},

	/* a supervisor puts somebody elsewhere: never forward past a stage that has not been gone through */
	{A(MOVE), S(EXPECTED), 0, NO(NOT_CHECKED_IN)},
	{A(MOVE), S(UNWELL), 0, NO(UNWELL)},
	{A(MOVE), ANY_STATE, IF_INJECTED | IF_TO_OBSERVATION, YES, VISIT_OBSERVING, STAGE_OBSERVATION, EVENT_MOVED,
	 ALERT_NONE},
	{A(MOVE), ANY_STATE, IF_INJECTED, NO(WRONG_STAGE)},
	{A(MOVE), ANY_STATE, IF_TO_OBSERVATION, NO(NOT_INJECTED)},
	{A(MOVE), ANY_STATE, IF_REACHED, YES, VISIT_QUEUED, NAMED_STAGE, EVENT_MOVED, ALERT_NONE},
	{A(MOVE), ANY_STATE, 0, NO(WRONG_STAGE)},

	/* refusals that do not depend on the action */
	{EVERYTHING, S(UNWELL), 0, NO(UNWELL)},
	{EVERYTHING, STATES_ENDED, 0, NO(TICKET_ENDED)},

	/* check-in */
	{A(CHECK_IN), S(NONE) | S(EXPECTED), 0, YES, VISIT_QUEUED, STAGE_REGISTRATION, EVENT_CHECKED_IN, ALERT_NONE},
	{A(CHECK_IN), ANY_STATE, 0, NO(NOT_EXPECTED)},
	{EVERYTHING, S(NONE) | S(EXPECTED), 0, NO(NOT_CHECKED_IN)},

	/* waiting */
	{A(CALL), S(QUEUED), IF_OWN_STAGE, YES, VISIT_CALLED, SAME_STAGE, EVENT_CALLED, ALERT_NONE},
	{A(START), WAITING, IF_OWN_STAGE, YES, VISIT_SERVING, SAME_STAGE, EVENT_STARTED, ALERT_NONE},
	{A(CALL), S(QUEUED), 0, NO(WRONG_STAGE)},
	{A(CALL), S(CALLED), 0, NO(ALREADY_SERVED)},
	{A(START), WAITING, 0, NO(WRONG_STAGE)},
	{A(PARK), WAITING, 0, YES, VISIT_PARKED, SAME_STAGE, EVENT_PARKED, ALERT_NONE},
	{A(RESUME), S(PARKED), 0, YES, VISIT_QUEUED, SAME_STAGE, EVENT_RESUMED, ALERT_NONE},
	{A(RESUME), WAITING | S(SERVING), 0, NO(NOT_PARKED)},
	{A(NO_SHOW), S(CALLED), IF_LAST, YES, VISIT_PARKED, SAME_STAGE, EVENT_NO_SHOW, ALERT_NONE},
	{A(NO_SHOW), S(CALLED), 0, YES, VISIT_QUEUED, SAME_STAGE, EVENT_NO_SHOW, ALERT_NONE},
	{A(NO_SHOW), S(QUEUED), 0, NO(NOT_CALLED)},
	{A(LEAVE), BEFORE_INJECTION, 0, YES, VISIT_LEFT, STAGE_NONE, EVENT_LEFT, ALERT_NONE},

	/* being served */
	{A(FINISH), S(SERVING), IF_REGISTRATION, YES, VISIT_QUEUED, STAGE_CONSENT, EVENT_FINISHED, ALERT_NONE},
	{A(FINISH), S(SERVING), IF_CONSENT, YES, VISIT_QUEUED, STAGE_INJECTION, EVENT_FINISHED, ALERT_NONE},
	{A(INJECT), S(SERVING), IF_INJECTION, YES, VISIT_INJECTED, STAGE_OBSERVATION, EVENT_INJECTED, ALERT_NONE},
	{A(DEFER), S(SERVING), 0, YES, VISIT_DEFERRED, STAGE_NONE, EVENT_DEFERRED, ALERT_NONE},
	{A(DECLINE), S(SERVING), 0, YES, VISIT_DECLINED, STAGE_NONE, EVENT_DECLINED, ALERT_NONE},
	{A(RETURN_TO), S(SERVING), IF_BACKWARD, YES, VISIT_QUEUED, NAMED_STAGE, EVENT_SENT_BACK, ALERT_NONE},
	{WHILE_SERVED, S(SERVING), 0, NO(WRONG_STAGE)},
	{WHILE_SERVED, WAITING | S(PARKED), 0, NO(NOT_SERVING)},
	{AT_A_DESK, S(SERVING), 0, NO(ALREADY_SERVED)},
	{AT_A_DESK, S(PARKED), 0, NO(PARKED)},
	{AT_A_DESK, AFTER_INJECTION, 0, NO(WRONG_STAGE)},

	/* injected */
	{AFTERWARDS, BEFORE_INJECTION, 0, NO(NOT_INJECTED)},
	{A(ARRIVE) | A(SEEN), S(INJECTED), 0, YES, VISIT_OBSERVING, STAGE_OBSERVATION, EVENT_ARRIVED, ALERT_NONE},
	{A(SEEN), S(OBSERVING), 0, YES, SAME_STATE, SAME_STAGE, EVENT_SEEN, ALERT_NONE},
	/* Seen in observation again: whoever tried the exit has come back. */
	{A(ARRIVE), S(OBSERVING), IF_ALARM, YES, SAME_STATE, SAME_STAGE, EVENT_RETURNED, ALERT_NONE},
	{A(ARRIVE), S(OBSERVING), 0, NOTED(ALREADY_HERE)},
	{A(ARRIVE) | A(SEEN) | A(RETURNED), S(LEFT_EARLY), 0, YES, VISIT_OBSERVING, STAGE_OBSERVATION, EVENT_RETURNED,
	 ALERT_NONE},
	{A(RETURNED), ANY_STATE, IF_ALARM, YES, SAME_STATE, SAME_STAGE, EVENT_RETURNED, ALERT_NONE},
	{A(RETURNED), ANY_STATE, 0, NO(NOT_LEFT)},
	{A(RELEASE), S(OBSERVING), IF_DUE, YES, VISIT_COMPLETED, STAGE_NONE, EVENT_RELEASED, ALERT_NONE},
	{A(RELEASE), S(INJECTED), IF_DUE | IF_REASON, YES, VISIT_COMPLETED, STAGE_NONE, EVENT_RELEASED, ALERT_NONE},
	{A(RELEASE), S(INJECTED), IF_DUE, NO(NOT_OBSERVED)},
	{A(RELEASE), S(INJECTED) | S(OBSERVING), 0, NO(NOT_DUE)},
	{A(EXTEND), S(OBSERVING), 0, YES, SAME_STATE, SAME_STAGE, EVENT_EXTENDED, ALERT_NONE},
	{A(WALKED_OUT), S(INJECTED) | S(OBSERVING), 0, YES, VISIT_LEFT_EARLY, STAGE_NONE, EVENT_WALKED_OUT, ALERT_NONE},
	{AFTERWARDS, ANY_STATE, 0, NO(NOT_OBSERVING)},
	{EVERYTHING, ANY_STATE, 0, NO(NOT_AVAILABLE)},
};

bool visit_state_ended(enum visit_state st)
{
	return STATE_BIT(st) & STATES_ENDED;
}

static unsigned conditions(const struct step_context *c)
{
	unsigned is = c->due ? IF_DUE : IF_EARLY;

	if (c->desk_stage == STAGE_NONE || c->desk_stage == c->stage)
		is |= IF_OWN_STAGE;
	if (c->stage == STAGE_REGISTRATION)
		is |= IF_REGISTRATION;
	if (c->stage == STAGE_CONSENT)
		is |= IF_CONSENT;
	if (c->stage == STAGE_INJECTION)
		is |= IF_INJECTION;
	if (c->to_stage < c->stage)
		is |= IF_BACKWARD;
	if (c->with_reason)
		is |= IF_REASON;
	if (c->injected)
		is |= IF_INJECTED;
	if (c->early_exit_open)
		is |= IF_ALARM;
	if (c->last_no_show)
		is |= IF_LAST;
	if (visit_state_ended(c->came_from) || c->came_from == VISIT_EXPECTED)
		is |= IF_OUTSIDE;
	if (c->undoable)
		is |= IF_UNDOABLE;
	if (c->undo_late)
		is |= IF_LATE;
	if (c->to_stage == STAGE_OBSERVATION)
		is |= IF_TO_OBSERVATION;
	else if (c->to_stage <= c->reached)
		is |= IF_REACHED;
	return is;
}

static enum visit_state row_state(const struct row *r, enum visit_state from, const struct step_context *c)
{
	switch (r->state) {
	case SAME_STATE:
		return from;
	case FORMER_STATE:
		return c->came_from;
	case UNDONE_STATE:
		return c->undo_state;
	default:
		return (enum visit_state)r->state;
	}
}

static enum stage row_stage(const struct row *r, const struct step_context *c)
{
	switch (r->stage) {
	case SAME_STAGE:
		return c->stage;
	case NAMED_STAGE:
		return c->to_stage;
	case UNDONE_STAGE:
		return c->undo_stage;
	default:
		return (enum stage)r->stage;
	}
}

enum verdict visit_step(enum visit_state from, enum action a, const struct step_context *c, struct step *to)
{
	unsigned is = conditions(c);
	const struct row *r = rows;

	while (!(r->actions >> a & 1) || !(r->states >> from & 1) || (r->when & is) != r->when)
		r++; /* the last row fits everything */

	to->type = r->type;
	to->raises = r->raises;
	to->state = row_state(r, from, c);
	to->stage = row_stage(r, c);
	return r->verdict;
}
