/*
 * The tables of body_fields.h. What a rule asks for only in some state (a reason, a lot) is not required here: the core
 * judges the state first.
 */
#include "body_fields.h"

#define TO(member) offsetof(struct command, member)
#define ID                                                                                                             \
	{                                                                                                              \
		"id", BODY_UUID, true, 0, 0, TO(id)                                                                    \
	}
#define REASON                                                                                                         \
	{                                                                                                              \
		"reason", BODY_WORDS, false, 1, 500, TO(reason)                                                        \
	}
#define NOTE                                                                                                           \
	{                                                                                                              \
		"note", BODY_LINES, false, 1, 500, TO(note)                                                            \
	}
#define MINUTES                                                                                                        \
	{                                                                                                              \
		"minutes", BODY_WHOLE, false, 1, 480, TO(minutes)                                                      \
	}
#define OFFLINE                                                                                                        \
	{"at", BODY_TIME, false, 0, 0, TO(device_at)},                                                                 \
	{                                                                                                              \
		"sent_at", BODY_TIME, false, 0, 0, TO(device_sent_at)                                                  \
	}
#define DESK                                                                                                           \
	{                                                                                                              \
		"desk", BODY_WORDS, false, 1, DESK_ID_MAX_BYTES, TO(desk)                                              \
	}
#define LANGUAGE                                                                                                       \
	{                                                                                                              \
		"language", BODY_LANGUAGE, false, 0, 0, TO(language)                                                   \
	}
#define COMPANIONS                                                                                                     \
	{                                                                                                              \
		"companions", BODY_WHOLE, false, 0, COMPANIONS_MAX, TO(companions)                                     \
	}
#define ENTRY                                                                                                          \
	{                                                                                                              \
		"checks", BODY_ENTRY, false, 0, 0, BODY_NOWHERE                                                        \
	}
#define ACT ID, OFFLINE, DESK
#define END                                                                                                            \
	{                                                                                                              \
		NULL, BODY_WORDS, false, 0, 0, BODY_NOWHERE                                                            \
	}

const struct body_row body_person_rows[] = {
	{"name", BODY_WORDS, true, 1, 200, BODY_NOWHERE},
	{"birth_date", BODY_DATE, true, 0, 0, TO(birth_date)},
	{"sex", BODY_SEX, false, 0, 0, BODY_NOWHERE},
	{"phone", BODY_WORDS, false, 1, 40, BODY_NOWHERE},
	{"id_type", BODY_WORDS, false, 1, 40, BODY_NOWHERE},
	{"id_number", BODY_WORDS, false, 1, 64, BODY_NOWHERE},
	{"address", BODY_WORDS, false, 1, 500, BODY_NOWHERE},
	{"community", BODY_WORDS, false, 1, 200, BODY_NOWHERE},
	{"guardian", BODY_WORDS, false, 1, 200, BODY_NOWHERE},
	{"notes", BODY_LINES, false, 1, 500, BODY_NOWHERE},
	{"vaccine", BODY_WORDS, false, 1, 100, BODY_NOWHERE},
	{"dose", BODY_WHOLE, false, 1, 20, BODY_NOWHERE},
	{"last_dose_date", BODY_DATE, false, 0, 0, BODY_NOWHERE},
	{"last_vaccine", BODY_WORDS, false, 1, 100, BODY_NOWHERE},
	END,
};

/* Of a dose only where one was given: the core says so. */
const struct body_row body_what_rows[] = {
	{"person", BODY_PERSON, false, 0, 0, TO(person)},
	LANGUAGE,
	COMPANIONS,
	{"vaccine", BODY_WORDS, false, 1, 100, TO(vaccine)},
	{"lot", BODY_WORDS, false, 1, 64, TO(lot)},
	{"dose", BODY_WHOLE, false, 1, 20, TO(dose)},
	END,
};

static const struct body_row check_in_rows[] = {
	ID,
	{"person", BODY_PERSON, false, 0, 0, TO(person)},
	{"appointment", BODY_SCANNED, false, 1, INT64_MAX, BODY_NOWHERE},
	{"id_type", BODY_WORDS, false, 1, 40, BODY_NOWHERE},
	{"id_number", BODY_WORDS, false, 1, 64, BODY_NOWHERE},
	{"phone", BODY_WORDS, false, 1, 40, BODY_NOWHERE},
	{"birth_date", BODY_DATE, false, 0, 0, TO(birth_date)},
	{"party", BODY_UUID, false, 0, 0, TO(party)},
	COMPANIONS,
	LANGUAGE,
	{"assisted", BODY_BOOL, false, 0, 0, TO(assisted)},
	ENTRY,
	END,
};
static const struct body_row scan_rows[] = {
	ACT, {"code", BODY_SCANNED, true, 1, INT64_MAX, BODY_NOWHERE}, LANGUAGE, ENTRY, END};
static const struct body_row find_rows[] = {{"text", BODY_WORDS, true, FIND_TEXT_MIN, FIND_TEXT_MAX, BODY_NOWHERE},
					    END};
/* A person in danger is not refused for an odd code or a long place. */
static const struct body_row unwell_rows[] = {
	ACT,
	{"code", BODY_SCANNED, false, 0, INT64_MAX, BODY_NOWHERE},
	{"place", BODY_LINES, false, 0, 500, TO(place)},
	{"note", BODY_LINES, false, 0, 500, TO(note)},
	{"reason", BODY_LINES, false, 0, 500, TO(reason)},
	END,
};
static const struct body_row id_rows[] = {ID, END};
static const struct body_row settle_rows[] = {ID, {"outcome", BODY_WORDS, true, 1, 100, TO(outcome)}, NOTE, END};
static const struct body_row reason_rows[] = {ID, REASON, END};
static const struct body_row hold_rows[] = {ID, {"reason", BODY_WORDS, true, 1, 500, TO(reason)}, END};
static const struct body_row enrol_rows[] = {
	{"code", BODY_WORDS, true, 1, 64, BODY_NOWHERE}, {"name", BODY_WORDS, true, 1, 60, TO(name)}, END};
static const struct body_row invite_rows[] = {
	{"kind", BODY_DEVICE_KIND, true, 0, 0, TO(device_kind)},
	{"name", BODY_WORDS, true, 1, 60, TO(name)},
	{"desk", BODY_WORDS, false, 1, DESK_ID_MAX_BYTES, TO(device_desk)},
	END,
};
static const struct body_row device_move_rows[] = {{"desk", BODY_WORDS, true, 1, DESK_ID_MAX_BYTES, TO(device_desk)},
						   END};
static const struct body_row clock_rows[] = {
	{"advance_ms", BODY_WHOLE, false, 0, 400 * 24 * MS_HOUR, BODY_NOWHERE},
	{"doubt", BODY_BOOL, false, 0, 0, BODY_NOWHERE},
	END,
};
/* A PIN of the staff: 4 to 8 digits. */
static const struct body_row session_rows[] = {
	{"badge", BODY_SCANNED, true, 1, INT64_MAX, BODY_NOWHERE},
	{"pin", BODY_DIGITS, false, 4, 8, BODY_NOWHERE},
	END,
};

/* ---- the actions ---- */

static const struct body_row plain_rows[] = {ACT, REASON, NOTE, END};
static const struct body_row finish_rows[] = {
	ACT, {"observation", BODY_LONG, false, 0, 0, TO(long_observation)}, NOTE, END};
static const struct body_row inject_rows[] = {
	ACT,
	{"vaccine", BODY_WORDS, false, 1, 100, TO(vaccine)},
	{"lot", BODY_WORDS, false, 1, 64, TO(lot)},
	{"dose", BODY_WHOLE, false, 1, 20, TO(dose)},
	{"checks", BODY_CHECKS, false, 0, 0, TO(checks)},
	NOTE,
	END,
};
static const struct body_row minutes_rows[] = {ACT, MINUTES, REASON, NOTE, END};
static const struct body_row assess_rows[] = {ACT, NOTE, END};
static const struct body_row return_to_rows[] = {ACT, {"stage", BODY_STAGE, false, 0, 0, TO(stage)}, REASON, NOTE, END};
static const struct body_row move_rows[] = {ACT, {"stage", BODY_STAGE, true, 0, 0, TO(stage)}, REASON, NOTE, END};
static const struct body_row correct_rows[] = {
	ACT, {"what", BODY_WHAT, true, 0, 0, BODY_NOWHERE}, {"reason", BODY_WORDS, true, 1, 500, TO(reason)}, NOTE, END,
};

static const struct {
	enum action action;
	const struct body_row *rows;
	bool details;
} actions[] = {
	{ACTION_FINISH, finish_rows, true},        {ACTION_INJECT, inject_rows, true},
	{ACTION_EXTEND, minutes_rows, false},      {ACTION_CLEAR, minutes_rows, false},
	{ACTION_ASSESS, assess_rows, true},        {ACTION_TRANSFER, assess_rows, true},
	{ACTION_RETURN_TO, return_to_rows, false}, {ACTION_MOVE, move_rows, false},
	{ACTION_CORRECT, correct_rows, false},     {ACTION_UNWELL, unwell_rows, false},
};

static const struct body_row *action_rows(enum action action, bool *details)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (actions[i].action == action) {
			*details = actions[i].details;
			return actions[i].rows;
		}
	}
	return plain_rows;
}

const struct body_row *body_rows(enum body_shape shape, enum action action, bool *details)
{
	*details = false;
	switch (shape) {
	case BODY_CHECK_IN:
		return check_in_rows;
	case BODY_SCAN:
		return scan_rows;
	case BODY_FIND:
		return find_rows;
	case BODY_ACTION:
		return action_rows(action, details);
	case BODY_UNWELL:
		return unwell_rows;
	case BODY_DESK:
	case BODY_ACKNOWLEDGE:
		return id_rows;
	case BODY_SETTLE:
		return settle_rows;
	case BODY_DAY_CLOSE:
	case BODY_SITE:
		return reason_rows;
	case BODY_SITE_HOLD:
		return hold_rows;
	case BODY_ENROL:
		return enrol_rows;
	case BODY_DEVICE_INVITE:
		return invite_rows;
	case BODY_DEVICE_MOVE:
		return device_move_rows;
	case BODY_CLOCK:
		return clock_rows;
	case BODY_SESSION:
		return session_rows;
	}
	return id_rows;
}
