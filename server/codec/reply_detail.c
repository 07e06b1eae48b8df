/*
 * The sentences that staff read under a refusal: what is the matter with this ticket, and what to do now.
 *
 * A sentence may name {number}, {state}, {stage}, {desk}, {next}, {due}, {until}, {check}, {day} and {field}; where one
 * of them is not known, the other sentence of the verdict stands, and where there is none, the verdict's title.
 */
#include "reply_detail.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

static const char *const sentences[VERDICT_COUNT] = {
	[VERDICT_NOT_DUE] = "May leave at {due} UTC: back to observation until then.",
	[VERDICT_NOT_OBSERVED] =
		"Ticket {number} was injected but never seen in observation: an observer must look at the "
		"person and release with a reason.",
	[VERDICT_NOT_INJECTED] = "Ticket {number} has had no injection and belongs to {next}. If the person goes home, "
				 "end the ticket with leave.",
	[VERDICT_UNWELL] = "Ticket {number} was reported unwell: a clinician must clear or transfer the person first.",
	[VERDICT_NOT_UNWELL] = "Ticket {number} is {state}, not reported unwell: there is nothing to clear.",
	[VERDICT_WRONG_STAGE] = "Ticket {number} goes to {next} now.",
	[VERDICT_ALREADY_SERVED] = "Ticket {number} is being served at desk {desk}.",
	[VERDICT_NOT_CALLED] = "Ticket {number} is {state}: call it before starting.",
	[VERDICT_NOT_SERVING] = "Ticket {number} is {state}, not being served: start it first.",
	[VERDICT_NOT_PARKED] = "Ticket {number} is {state}, not parked: there is nothing to resume.",
	[VERDICT_PARKED] = "Ticket {number} is parked: resume it to put it back in line.",
	[VERDICT_NOT_EXPECTED] = "Ticket {number} has been checked in already and is {state}.",
	[VERDICT_NOT_CHECKED_IN] = "Ticket {number} has not been checked in: send the person to the entrance.",
	[VERDICT_NOT_OBSERVING] = "Ticket {number} is {state}, not in observation.",
	[VERDICT_NOT_LEFT] = "Ticket {number} is {state} and has not left: there is no return to record.",
	[VERDICT_NOT_AVAILABLE] = "This site is not set up for that.",
	[VERDICT_TICKET_UNKNOWN] = "No ticket has this code: scan again, or look it up by its number.",
	[VERDICT_TICKET_ENDED] = "Ticket {number} has ended: it is {state}.",
	[VERDICT_DAY_CLOSED] =
		"The day is closed: its tickets are good for nothing more, and no one is checked in until the next day.",
	[VERDICT_DAY_NOT_CLEAR] =
		"There are still people to see to, or open alarms: see the list of what stands in the way.",
	[VERDICT_NOBODY_WAITING] = "Nobody is waiting for this stage.",
	[VERDICT_NOBODY_CALLED] = "Nobody is called to this desk: use call.",
	[VERDICT_DESK_BUSY] = "Desk {desk} has somebody already: finish with them first.",
	[VERDICT_DESK_CLOSED] = "The desk is closed: open it first.",
	[VERDICT_DESK_OPEN] = "The desk is open already.",
	[VERDICT_DESK_WRONG] = "Ticket {number} is at desk {desk}: the act must be made there.",
	[VERDICT_ALERT_SETTLED] = "The alarm is settled: there is nothing more to do about it.",
	[VERDICT_CLOCK_DOUBT] =
		"The server's time is in doubt: a supervisor must confirm it before anybody is released.",
	[VERDICT_DISK_FULL] = "The server's disk is nearly full: no check-ins until space is freed. All else goes on.",
	[VERDICT_DESK_IN_USE] = "Somebody is called to this desk or served at it: finish with them first.",
	[VERDICT_CODE_USED] = "The enrolment code has been used: a supervisor can make a new one.",
	[VERDICT_CODE_UNKNOWN] = "The enrolment code is wrong or too old: a supervisor can make a new one.",
	[VERDICT_ID_TAKEN] = "Another device has used this command id: send the command again under a new one.",
	[VERDICT_ID_REUSED] = "This command id was used with another body: send the command under a new one.",
	[VERDICT_VISIT_UNKNOWN] = "No ticket of today has this number.",
	[VERDICT_DESK_UNKNOWN] = "The configuration has no such desk.",
	[VERDICT_ALERT_UNKNOWN] = "No alarm of today has this id.",
	[VERDICT_DEVICE_UNKNOWN] = "No device has this id.",
	[VERDICT_DESK_MISSING] = "This device has no desk: give one in desk.",
	[VERDICT_FIELD_MISSING] = "The field {field} is missing.",
	[VERDICT_NOTHING_TO_UNDO] =
		"The last act on ticket {number} cannot be undone: a supervisor can move the ticket instead.",
	[VERDICT_UNDO_TOO_LATE] =
		"The last act on ticket {number} was too long ago to be undone: a supervisor can move the ticket instead.",
	[VERDICT_HOLD] = "A supervisor has put the site on hold: nobody is called or started until it goes on.",
	[VERDICT_NOT_HELD] = "The site is not on hold: there is nothing to resume.",
	[VERDICT_SEATS_FULL] =
		"Observation has no seat for ticket {number} now: the person waits here until one is free.",
	[VERDICT_ROOM_FULL] =
		"The room for {stage} has no place for ticket {number} now: wait in the hall until one is free.",
	[VERDICT_ROLL_CALL_ON] = "A roll call is being held: end it before another one is started.",
	[VERDICT_NO_ROLL_CALL] = "No roll call is being held: start one first.",
	[VERDICT_NOT_TODAY] =
		"The entry check {check} was not passed: give the advice, and let the person come another day.",
	[VERDICT_APPOINTMENT_UNKNOWN] =
		"Nobody of today's roster fits: look at what was entered, or take the person in as a walk-in.",
	[VERDICT_WRONG_DAY] = "The appointment is for {day}, not for today.",
	[VERDICT_HAS_APPOINTMENT] =
		"The id number is on today's roster: check the person in by it, so that nobody is counted twice.",
	[VERDICT_AMBIGUOUS] =
		"Several people of today's roster share this phone and birth date: ask for the id number or the "
		"code of the appointment.",
	[VERDICT_ROSTER_BUSY] = "Another roster is being loaded: send this one when that is done.",
	[VERDICT_NOT_SIGNED_ON] = "Nobody is signed on at this device: scan a badge, then do it again.",
	[VERDICT_NOT_QUALIFIED] = "Whoever is signed on here has no role, or no qualification, that this asks for.",
	[VERDICT_QUALIFICATION_EXPIRED] =
		"The qualification of whoever is signed on here has expired: somebody else must do it.",
	[VERDICT_SIGN_ON_REFUSED] = "The badge or the PIN is wrong: try again, or ask a supervisor.",
	[VERDICT_PIN_NOT_SET] = "This badge needs a PIN and has none yet: a supervisor can have one set.",
	[VERDICT_PIN_REQUIRED] = "This badge needs its PIN: enter it.",
	[VERDICT_TOO_MANY_TRIES] = "There were too many wrong tries: wait, then try again.",
	[VERDICT_STAFF_UNKNOWN] = "Nobody with this id is on the list of staff.",
};

/* Where the first one needs what is not known. */
static const char *const others[VERDICT_COUNT] = {
	[VERDICT_SEATS_FULL] = "Observation has no seat free: wait until one is.",
	[VERDICT_ROOM_FULL] = "So many people do not fit into the rooms of this site together: bring fewer along.",
	[VERDICT_NOT_EXPECTED] = "This person has been checked in already.",
	[VERDICT_WRONG_DAY] = "The appointment is not for today.",
	[VERDICT_NOT_CHECKED_IN] = "This person has not been checked in: send them to the entrance.",
};

static const char *const pauses[PAUSE_COUNT] = {
	[PAUSE_HOLD] = "A supervisor has put the site on hold: calling goes on when it does.",
	[PAUSE_SEATS] = "Every seat in observation is taken or spoken for: the next one frees at {until} UTC.",
	[PAUSE_ROOM] = "All who wait are in the hall, and the room is full: calling goes on when a place in it frees.",
};

static const char *const other_pauses[PAUSE_COUNT] = {
	[PAUSE_SEATS] = "Every seat in observation is taken or spoken for: calling goes on when one frees.",
};

/* A name of the API in words: "left_early" is left early. */
static bool words_of_name(const char *name, char *out, size_t size)
{
	snprintf(out, size, "%s", name ? name : "");
	for (char *p = out; *p; p++) {
		if (*p == '_')
			*p = ' ';
	}
	return *out;
}

/* Where the ticket goes, in words. */
static bool words_of_next(const struct visit_facts *v, char *out, size_t size)
{
	if (!v)
		return false;
	switch (v->state) {
	case VISIT_EXPECTED:
		snprintf(out, size, "check-in");
		return true;
	case VISIT_QUEUED:
	case VISIT_PARKED:
		snprintf(out, size, "the waiting area for %s", stage_name(v->stage));
		return true;
	case VISIT_CALLED:
	case VISIT_SERVING:
		snprintf(out, size, "desk %s (%s)", v->desk ? v->desk : "?", stage_name(v->stage));
		return true;
	case VISIT_INJECTED:
	case VISIT_OBSERVING:
	case VISIT_LEFT_EARLY:
		snprintf(out, size, "observation");
		return true;
	case VISIT_UNWELL:
		snprintf(out, size, "the treatment room");
		return true;
	default:
		return false;
	}
}

/* Rounded up to the second, so that nobody is sent a moment too early. */
static bool words_of_time(ms_t at, char *out, size_t size)
{
	char text[TIME_TEXT_LEN + 1];

	if (!at)
		return false;
	time_format(at + MS_SECOND - 1, text);
	snprintf(out, size, "%.8s", text + 11);
	return true;
}

static bool words_of_text(const char *text, char *out, size_t size)
{
	snprintf(out, size, "%s", text ? text : "");
	return text && *text;
}

static bool is_word(const char *name, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(name, word, len) == 0;
}

static bool words_of(const char *name, size_t len, const struct detail_facts *f, char *out, size_t size)
{
	const struct visit_facts *v = f->visit;

	if (is_word(name, len, "number"))
		return words_of_text(v ? v->number : NULL, out, size);
	if (is_word(name, len, "state"))
		return words_of_name(v ? visit_state_name(v->state) : NULL, out, size);
	if (is_word(name, len, "stage"))
		return words_of_text(v && v->stage != STAGE_NONE ? stage_name(v->stage) : NULL, out, size);
	if (is_word(name, len, "desk"))
		return words_of_text(f->desk, out, size);
	if (is_word(name, len, "next"))
		return words_of_next(v, out, size);
	if (is_word(name, len, "due"))
		return words_of_time(v ? v->due_at : 0, out, size);
	if (is_word(name, len, "until"))
		return words_of_time(f->until, out, size);
	if (is_word(name, len, "check"))
		return words_of_name(f->text, out, size);
	if (is_word(name, len, "day"))
		return words_of_text(f->text, out, size);
	return words_of_text(f->field, out, size);
}

static bool expand(const char *sentence, const struct detail_facts *f, char *out, size_t size)
{
	size_t n = 0;

	while (*sentence && n + 1 < size) {
		size_t len = strcspn(sentence, "}");

		if (*sentence != '{') {
			out[n++] = *sentence++;
			continue;
		}
		if (!words_of(sentence + 1, len - 1, f, out + n, size - n))
			return false;
		n += strlen(out + n);
		sentence += len + 1;
	}
	out[n] = '\0';
	return true;
}

static bool say(const char *sentence, const struct detail_facts *f, char *out, size_t size)
{
	return sentence && expand(sentence, f, out, size);
}

void reply_detail(enum verdict v, const struct detail_facts *f, char *out, size_t size)
{
	if (v == VERDICT_PAUSED && (say(pauses[f->why], f, out, size) || say(other_pauses[f->why], f, out, size)))
		return;
	if (!say(sentences[v], f, out, size) && !say(others[v], f, out, size))
		snprintf(out, size, "%s", verdict_title(v));
}
