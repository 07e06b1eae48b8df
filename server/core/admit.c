/*
 * What may be applied: whether an event read from the log fits the state that the events before it have made.
 *
 * A log that somebody has cut, mixed or edited is refused at the first line that cannot be true, with the reason.
 */
#include <stdio.h>
#include <string.h>

#include "core.h"

static bool deny(char *reason, size_t size, const char *text)
{
	snprintf(reason, size, "%s", text);
	return false;
}

static bool admits_check_in(const struct site *s, const struct event *e, char *reason, size_t size)
{
	const struct visit *v = site_visit(s, e->visit);

	if ((!v && e->visit != s->last_visit + 1) || e->ticket <= 0 || !e->number || !e->number[0])
		return deny(reason, size, "a check-in that is not the next one");
	if (v && v->f.state != VISIT_EXPECTED)
		return deny(reason, size, "a check-in of somebody who is not expected");
	if (strlen(e->number) > NUMBER_MAX_BYTES || (e->number[0] != 'A' && e->number[0] != 'W') ||
	    site_visit_by_number(s, e->number) || site_visit_by_ticket(s, (uint64_t)e->ticket))
		return deny(reason, size, "a number or ticket that was given out already");
	return e->state != VISIT_NONE || deny(reason, size, "a check-in without a state");
}

static bool admits_visit(const struct site *s, const struct event *e, char *reason, size_t size)
{
	const struct day *day = s->today;
	bool queued = e->state == VISIT_QUEUED || e->state == VISIT_CALLED || e->state == VISIT_SERVING;

	if (!day)
		return deny(reason, size, "a visit before any day was opened");
	if (e->type == EVENT_CHECKED_IN) {
		if (!admits_check_in(s, e, reason, size))
			return false;
	} else if (!site_visit(s, e->visit)) {
		return deny(reason, size, "no such visit");
	}
	if (e->type == EVENT_REISSUED && (e->ticket <= 0 || site_visit_by_ticket(s, (uint64_t)e->ticket)))
		return deny(reason, size, "a ticket that was given out already");
	if (queued && (e->stage == STAGE_NONE || e->stage == STAGE_OBSERVATION))
		return deny(reason, size, "a waiting visit without a stage");
	if ((e->state == VISIT_CALLED || e->state == VISIT_SERVING) &&
	    !(e->desk && site_desk((struct site *)s, e->desk)))
		return deny(reason, size, "no such desk");
	return true;
}

static bool admits_alert(const struct site *s, const struct event *e, char *reason, size_t size)
{
	bool raised = e->type == EVENT_ALERT_RAISED;

	if (!e->alert || !e->alert[0] || strlen(e->alert) > ALERT_ID_MAX_BYTES)
		return deny(reason, size, "an alarm without an id");
	if (raised && e->kind == ALERT_NONE)
		return deny(reason, size, "an alarm of no kind");
	if (raised && e->kind < ALERT_STORAGE_DOWN && !s->today)
		return deny(reason, size, "an alarm before any day was opened");
	if (raised && alert_find(s, e->alert) && e->kind < ALERT_STORAGE_DOWN)
		return deny(reason, size, "an alarm that was raised already");
	if (!raised && !alert_find(s, e->alert))
		return deny(reason, size, "no such alarm");
	if (e->visit && !site_visit(s, e->visit))
		return deny(reason, size, "no such visit");
	return true;
}

static bool is_listed(const struct site *s, const char *member)
{
	const struct staff *f = site_staff(s, member);

	return f && !f->removed;
}

static bool admits_device(const struct site *s, const struct event *e, char *reason, size_t size)
{
	bool made = e->type == EVENT_DEVICE_INVITED || e->type == EVENT_DEVICE_ENROLLED ||
		    e->type == EVENT_DEVICE_CARRIED;

	if (e->subject <= 0 || e->subject > UINT32_MAX)
		return deny(reason, size, "no device named");
	if (!made && !site_device(s, (uint32_t)e->subject))
		return deny(reason, size, "no such device");
	if (made && (e->device_kind == DEVICE_NONE || !e->name))
		return deny(reason, size, "a device without kind or name");
	if ((e->code_hash && strlen(e->code_hash) != 64) || (e->token_hash && strlen(e->token_hash) != 64))
		return deny(reason, size, "a hash of a wrong length");
	if (e->type == EVENT_DEVICE_CARRIED && e->member && (!is_listed(s, e->member) || !e->signed_on_at))
		return deny(reason, size, "somebody signed on who is not on the list");
	return true;
}

static bool admits_listed(const struct site *s, const struct event *e, char *reason, size_t size)
{
	const struct staff *of_badge = site_staff_by_badge(s, (uint64_t)e->badge);
	struct staff listed;

	if (!e->person || !staff_roles_parse(e->roles, &listed))
		return deny(reason, size, "one of the staff without a name or roles");
	if (e->badge <= 0 || (of_badge && strcmp(of_badge->id, e->member) != 0))
		return deny(reason, size, "one of the staff without a badge of their own");
	return true;
}

/* At one device there is one, and one is at one device of a kind. */
static bool admits_signed_on(const struct site *s, const struct event *e, char *reason, size_t size)
{
	const struct device *at = site_device(s, e->device);
	struct device *v, *next;

	if (!at || !at->enrolled || at->revoked || !is_listed(s, e->member))
		return deny(reason, size, "a sign-on at no device, or of nobody who is listed");
	HASH_ITER(hh, s->devices, v, next) {
		bool same = v->session.staff && strcmp(v->session.staff->id, e->member) == 0;

		if (v == at ? v->session.staff && !same : same && v->kind == at->kind)
			return deny(reason, size, "a sign-on where another has not ended");
	}
	return true;
}

static bool admits_signed_off(const struct site *s, const struct event *e, char *reason, size_t size)
{
	const struct device *at = e->subject > 0 && e->subject <= UINT32_MAX ? site_device(s, (uint32_t)e->subject) :
									       NULL;

	if (!at || !at->session.staff || strcmp(at->session.staff->id, e->member) != 0 || !e->sign_off)
		return deny(reason, size, "a sign-off of somebody who is not signed on there");
	return true;
}

static bool admits_staff(const struct site *s, const struct event *e, char *reason, size_t size)
{
	if (e->type == EVENT_SIGN_ON_REFUSED)
		return (site_device(s, e->device) && (!e->member || site_staff(s, e->member))) ||
		       deny(reason, size, "a sign-on refused at no device, or to nobody");
	if (!e->member || !e->member[0] || strlen(e->member) > DESK_ID_MAX_BYTES)
		return deny(reason, size, "one of the staff without an id");
	switch (e->type) {
	case EVENT_STAFF_LISTED:
		return admits_listed(s, e, reason, size);
	case EVENT_STAFF_REMOVED:
		return is_listed(s, e->member) || deny(reason, size, "a removal of somebody who is not listed");
	case EVENT_SIGNED_ON:
		return admits_signed_on(s, e, reason, size);
	default:
		return admits_signed_off(s, e, reason, size);
	}
}

static bool admits_rest(const struct site *s, const struct event *e, char *reason, size_t size)
{
	switch (e->type) {
	case EVENT_CONFIGURED:
		return e->rules || deny(reason, size, "no configuration in it");
	case EVENT_DAY_OPENED:
		if (!e->day || strlen(e->day) != 10)
			return deny(reason, size, "a day without a date");
		if (e->last_visit < 0 || e->last_visit > UINT32_MAX || e->last_device < 0 ||
		    e->last_device > UINT32_MAX || e->last_ticket < 0 || e->last_appointment < 0)
			return deny(reason, size, "a counter out of range");
		return true;
	case EVENT_COMMAND_CARRIED:
		if (!e->command || !s->today)
			return deny(reason, size, "a carried command without an id");
		if (e->visit && (!e->number || strlen(e->number) > NUMBER_MAX_BYTES))
			return deny(reason, size, "a carried visit without a number");
		return true;
	case EVENT_ALERT_CARRIED:
		if (!e->alert || strlen(e->alert) > ALERT_ID_MAX_BYTES || e->kind < ALERT_STORAGE_DOWN)
			return deny(reason, size, "a carried alarm that is no condition");
		return true;
	case EVENT_EXPECTED:
	case EVENT_APPOINTMENT_CARRIED:
		if (!e->person || !e->day || strlen(e->day) != 10 || e->appointment <= 0)
			return deny(reason, size, "an appointment without a person, a day or an id");
		if (e->type == EVENT_EXPECTED && (!e->load || (uint64_t)e->appointment <= s->last_appointment))
			return deny(reason, size, "an appointment that is not the next one");
		return s->today || deny(reason, size, "no day is open");
	case EVENT_ROSTER_LOADED:
	case EVENT_SITE_HELD:
	case EVENT_SITE_RESUMED:
	case EVENT_ROLL_CALL_STARTED:
	case EVENT_ROLL_CALL_ENDED:
	case EVENT_TURNED_AWAY:
	case EVENT_DAY_READY:
	case EVENT_DAY_CLOSED:
		if (e->type == EVENT_ROSTER_LOADED && !e->load)
			return deny(reason, size, "a roster without an id");
		return s->today || deny(reason, size, "no day is open");
	case EVENT_DESK_OPENED:
	case EVENT_DESK_CLOSED:
	case EVENT_DESK_RECALLED:
		return (e->desk && site_desk((struct site *)s, e->desk)) || deny(reason, size, "no such desk");
	default:
		return deny(reason, size, "an event of no type");
	}
}

bool site_admits(const struct site *s, const struct event *e, char *reason, size_t size)
{
	if (!s->rules && e->type != EVENT_CONFIGURED && e->type != EVENT_DAY_OPENED)
		return deny(reason, size, "an event before the site was configured");
	if (e->reply_as != REPLY_NONE && !e->command)
		return deny(reason, size, "an answer to no command");
	if (e->reply_as != REPLY_NONE && !s->today)
		return deny(reason, size, "an answer before any day was opened");
	if (e->reply_as != REPLY_NONE && e->type != EVENT_COMMAND_CARRIED && site_receipt(s, e->command))
		return deny(reason, size, "a command that was answered already");
	if (e->staff && !site_staff(s, e->staff))
		return deny(reason, size, "an act of somebody who was never listed");
	if (event_is_of_visit(e))
		return admits_visit(s, e, reason, size);
	if (event_is_of_alert(e))
		return admits_alert(s, e, reason, size);
	if (event_is_of_device(e))
		return admits_device(s, e, reason, size);
	if (event_is_of_staff(e))
		return admits_staff(s, e, reason, size);
	return admits_rest(s, e, reason, size);
}
