/*
 * The sentences that staff read under a refusal: what is the matter with this ticket, and what to do now.
 *
 * A sentence may name {number}, {state}, {desk}, {next}, {due} and {field}; where one of them is not known, the
 * verdict's title stands instead of the sentence.
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
};

static bool words_of_state(const struct visit_facts *v, char *out, size_t size)
{
	if (!v)
		return false;
	snprintf(out, size, "%s", visit_state_name(v->state));
	for (char *p = out; *p; p++) {
		if (*p == '_')
			*p = ' ';
	}
	return true;
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
static bool words_of_due(const struct visit_facts *v, char *out, size_t size)
{
	char text[TIME_TEXT_LEN + 1];

	if (!v || !v->due_at)
		return false;
	time_format(v->due_at + MS_SECOND - 1, text);
	snprintf(out, size, "%.8s", text + 11);
	return true;
}

static bool words_of_text(const char *text, char *out, size_t size)
{
	snprintf(out, size, "%s", text ? text : "");
	return text && *text;
}

static bool words_of(const char *name, size_t len, const struct detail_facts *f, char *out, size_t size)
{
	if (len == 6 && memcmp(name, "number", 6) == 0)
		return words_of_text(f->visit ? f->visit->number : NULL, out, size);
	if (len == 5 && memcmp(name, "state", 5) == 0)
		return words_of_state(f->visit, out, size);
	if (len == 4 && memcmp(name, "desk", 4) == 0)
		return words_of_text(f->desk, out, size);
	if (len == 4 && memcmp(name, "next", 4) == 0)
		return words_of_next(f->visit, out, size);
	if (len == 3 && memcmp(name, "due", 3) == 0)
		return words_of_due(f->visit, out, size);
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

void reply_detail(enum verdict v, const struct detail_facts *f, char *out, size_t size)
{
	if (!sentences[v] || !expand(sentences[v], f, out, size))
		snprintf(out, size, "%s", verdict_title(v));
}
