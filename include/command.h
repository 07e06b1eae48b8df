#ifndef VAXLINE_COMMAND_H
#define VAXLINE_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "names.h"
#include "rules.h"

/*
 * A command: what somebody wants to happen. It is judged against the state and becomes events, or a refusal.
 * All strings are borrowed until the call returns.
 */

enum command_kind {
	COMMAND_CHECK_IN,
	COMMAND_SCAN,
	COMMAND_VISIT,  /* action on a visit */
	COMMAND_UNWELL, /* with or without a ticket; never refused */
	COMMAND_DESK_OPEN,
	COMMAND_DESK_CLOSE,
	COMMAND_DESK_CALL,
	COMMAND_DESK_RECALL,
	COMMAND_ALERT_ACKNOWLEDGE,
	COMMAND_ALERT_SETTLE,
	COMMAND_DAY_CLOSE,
	COMMAND_SITE_HOLD,
	COMMAND_SITE_RESUME,
	COMMAND_ROLL_CALL_START,
	COMMAND_ROLL_CALL_END,
	COMMAND_ROSTER_LOADED, /* makes the rows count that were sent with its id as their load */
	/* without an id, from here on */
	COMMAND_DEVICE_INVITE,
	COMMAND_DEVICE_ENROL,
	COMMAND_DEVICE_MOVE,
	COMMAND_DEVICE_REVOKE,
	COMMAND_CONFIGURE,
	COMMAND_CONDITION_RAISE, /* the shell: storage_down, storage_lost, disk_low, clock_doubt */
	COMMAND_CONDITION_SETTLE,
	COMMAND_ROSTER_ROW,    /* one appointment of a load */
	COMMAND_DEVICE_SILENT, /* the shell has not heard `subject` for too long; raised at `due` */
	COMMAND_DEVICE_HEARD,
	COMMAND_STAFF_LIST,   /* one of the staff, as listed now */
	COMMAND_STAFF_REMOVE, /* is listed no more */
	COMMAND_SIGN_ON,
	COMMAND_SIGN_OFF,
};

enum pin_check { PIN_NOT_GIVEN, PIN_RIGHT, PIN_WRONG };

struct command {
	enum command_kind kind;
	const char *id;   /* UUID as sent; NULL where the kind has none */
	uint64_t body;    /* digest of what was asked, without id and sent_at */
	uint32_t device;  /* who asks; 0: the site itself, or a ticket's holder */
	const char *desk; /* of the body, else of the device; NULL: none */
	const char *date; /* local date of now in the site's time zone, "2026-11-20" */

	/* An act kept offline: the device's clock when it was made and when it was sent; 0 where neither was given. */
	ms_t device_at, device_sent_at;

	/* The visit meant: by ticket id, or by number, or neither. */
	uint64_t ticket;
	const char *number;
	/* Check-in of somebody expected: by the id in the appointment code, or one of two keyed hashes; 0: not by that.
	 */
	uint64_t appointment;
	uint64_t by_id;    /* of id type and number; of a walk-in also, where given */
	uint64_t by_phone; /* of phone and birth date */

	enum action action;     /* COMMAND_VISIT */
	const char *person;     /* JSON; check-in */
	const char *birth_date; /* of that person, "1950-12-31" */
	const char *party;
	int64_t companions; /* correct: -1 where they stay */
	enum language language;
	bool assisted;             /* check-in, or a roster's row: needs help */
	const char *entry_checks;  /* JSON: what the door asked; NULL: nothing */
	const char *failed_check;  /* id of the first one not passed; NULL: all passed */
	const char *missing_check; /* field, "checks.ID", of one that is required and not told; NULL: none */
	enum stage stage;          /* return_to, move */
	int64_t minutes;           /* extend, clear; 0: not given */
	bool long_observation;     /* finish at consent */
	const char *vaccine, *lot;
	int64_t dose;
	bool checks;         /* inject: the points to check were confirmed; they stand in details */
	const char *details; /* JSON: what else was sent with finish, inject, assess, transfer ...; NULL: nothing */
	const char *reason, *note, *outcome, *place;
	const char *alert; /* id of an alarm */

	enum alert_kind condition; /* COMMAND_CONDITION_* */

	/* COMMAND_ROSTER_ROW: person, birth_date, by_id, by_phone, assisted as above, and: */
	const char *load; /* id of the load's command */
	const char *day;  /* "2026-11-20" */
	int64_t rows;     /* COMMAND_ROSTER_LOADED: how many were sent */
	ms_t slot_from, slot_to;
	ms_t due; /* COMMAND_DEVICE_SILENT */

	/* devices */
	uint32_t subject;
	enum device_kind device_kind;
	const char *name;
	const char *device_desk;
	const char *code_hash; /* hexadecimal; enrol: NULL with the setup code */
	const char *token_hash;

	/* staff */
	const char *member; /* id; COMMAND_STAFF_* */
	const char *roles;  /* COMMAND_STAFF_LIST: as in the event; person: {"name": ..} */
	uint64_t badge;     /* number in the badge's code; COMMAND_SIGN_ON 0: no such badge */
	bool has_pin;       /* COMMAND_STAFF_LIST */
	enum pin_check pin; /* COMMAND_SIGN_ON; the shell has checked it */
	ms_t shift_end;     /* COMMAND_SIGN_ON: signed off then at the latest; 0: at no set time */

	struct rules *rules; /* COMMAND_CONFIGURE: taken where accepted */
};

#endif
