/*
 * Who may do what. A row for each thing that can be asked, a bit for each place that somebody may ask from:
 *
 *   a device's kind, and for kiosks and handhelds where they stand --> place --> the row's bit --> the row's roles
 *
 * tests/golden/permissions.txt has the same table, written by hand; `vaxline permissions` prints it.
 */
#include <stdio.h>
#include <string.h>

#include "allow.h"
#include "api.h"

#define PLACES(X)                                                                                                      \
	X(KIOSK, "kiosk")                                                                                              \
	X(KIOSK_OBSERVATION, "kiosk, observation")                                                                     \
	X(DESK, "handheld, desk")                                                                                      \
	X(WATCH, "handheld, observation")                                                                              \
	X(TREATMENT, "handheld, treatment")                                                                            \
	X(EXIT, "exit")                                                                                                \
	X(BOARD, "board")                                                                                              \
	X(DISPLAY, "display")                                                                                          \
	X(OBSERVATION, "observation")                                                                                  \
	X(AGENT, "agent")                                                                                              \
	X(PROGRAM, "program")                                                                                          \
	X(TICKET, "ticket") /* no device, but a ticket's code */

#define PLACE_NUMBER(name, text) PLACE_##name,
#define PLACE_BIT(name, text) name = 1 << PLACE_##name,
#define PLACE_TEXT(name, text) text,
enum place { PLACES(PLACE_NUMBER) PLACE_COUNT };
enum {
	PLACES(PLACE_BIT) KIOSKS = KIOSK | KIOSK_OBSERVATION,
	HANDHELDS = DESK | WATCH | TREATMENT,
	DEVICES = (1 << PLACE_COUNT) - 1 - TICKET,
	STAFFED = HANDHELDS | EXIT | BOARD, /* where people of the staff act */
	NEARBY = DEVICES - AGENT - PROGRAM, /* where people stand at all */
};

struct row {
	const char *name; /* NULL: that of its action */
	unsigned places;
	enum command_kind
		kind; /* that it is; of what is no command 0, a check-in: nobody need be signed on for either */
	enum action action;
	unsigned roles; /* of what is no command of its own */
};

#define VISIT(NAME) .kind = COMMAND_VISIT, .action = ACTION_##NAME
#define SUPERVISOR (1u << ROLE_SUPERVISOR)

static const struct row table[ACT_COUNT] = {
	/* Danger beats order: whoever stands before a device may say so. Programs and agents have nobody before them. */
	[ACT_UNWELL] = {NULL, NEARBY | TICKET, VISIT(UNWELL)},
	[ACT_CHECK_IN] = {.name = "check_in", .places = KIOSKS | BOARD},
	[ACT_SCAN] = {.name = "scan", .places = KIOSKS | HANDHELDS | EXIT | BOARD},
	[ACT_START] = {NULL, DESK | BOARD, VISIT(START)},
	[ACT_FINISH] = {NULL, DESK | BOARD, VISIT(FINISH)},
	[ACT_DEFER] = {NULL, DESK | BOARD, VISIT(DEFER)},
	[ACT_DECLINE] = {NULL, DESK | BOARD, VISIT(DECLINE)},
	[ACT_RETURN_TO] = {NULL, DESK | BOARD, VISIT(RETURN_TO)},
	[ACT_PARK] = {NULL, DESK | BOARD, VISIT(PARK)},
	[ACT_RESUME] = {NULL, DESK | BOARD, VISIT(RESUME)},
	[ACT_NO_SHOW] = {NULL, DESK | BOARD, VISIT(NO_SHOW)},
	[ACT_REISSUE] = {NULL, DESK | BOARD, VISIT(REISSUE)},
	[ACT_DESK_OPEN] = {.name = "desk open", .places = DESK | BOARD, .kind = COMMAND_DESK_OPEN},
	[ACT_DESK_CLOSE] = {.name = "desk close", .places = DESK | BOARD, .kind = COMMAND_DESK_CLOSE},
	[ACT_DESK_CALL] = {.name = "desk call", .places = DESK | BOARD, .kind = COMMAND_DESK_CALL},
	[ACT_DESK_RECALL] = {.name = "desk recall", .places = DESK | BOARD, .kind = COMMAND_DESK_RECALL},
	[ACT_VIEW_DESK] = {.name = "view desk", .places = DESK | BOARD},
	[ACT_INJECT] = {NULL, DESK | BOARD, VISIT(INJECT)},
	[ACT_LEAVE] = {NULL, DESK | EXIT | BOARD, VISIT(LEAVE)},
	[ACT_UNDO] = {NULL, DESK | WATCH | BOARD, VISIT(UNDO)},
	[ACT_ARRIVE] = {NULL, KIOSK_OBSERVATION | WATCH | BOARD, VISIT(ARRIVE)},
	[ACT_RELEASE] = {NULL, WATCH | BOARD, VISIT(RELEASE)},
	[ACT_EXTEND] = {NULL, WATCH | BOARD, VISIT(EXTEND)},
	[ACT_SEEN] = {NULL, WATCH | BOARD, VISIT(SEEN)},
	[ACT_ROLL_CALL_START] = {.name = "site roll_call_start",
				 .places = WATCH | BOARD,
				 .kind = COMMAND_ROLL_CALL_START},
	[ACT_ROLL_CALL_END] = {.name = "site roll_call_end", .places = WATCH | BOARD, .kind = COMMAND_ROLL_CALL_END},
	[ACT_WALKED_OUT] = {NULL, WATCH | EXIT | BOARD, VISIT(WALKED_OUT)},
	[ACT_RETURNED] = {NULL, WATCH | EXIT | BOARD, VISIT(RETURNED)},
	[ACT_ASSESS] = {NULL, TREATMENT | BOARD, VISIT(ASSESS)},
	[ACT_CLEAR] = {NULL, TREATMENT | BOARD, VISIT(CLEAR)},
	[ACT_TRANSFER] = {NULL, TREATMENT | BOARD, VISIT(TRANSFER)},
	[ACT_SITE_HOLD] = {.name = "site hold", .places = BOARD, .kind = COMMAND_SITE_HOLD},
	[ACT_SITE_RESUME] = {.name = "site resume", .places = BOARD, .kind = COMMAND_SITE_RESUME},
	[ACT_MOVE] = {NULL, BOARD, VISIT(MOVE)},
	[ACT_CORRECT] = {NULL, BOARD, VISIT(CORRECT)},
	/* Settling a doubted clock is confirming the time. */
	[ACT_SETTLE_CLOCK_DOUBT] = {.name = "settle clock_doubt", .places = BOARD, .roles = SUPERVISOR},
	[ACT_DAY_CLOSE] = {.name = "day close", .places = BOARD, .kind = COMMAND_DAY_CLOSE},
	[ACT_STAFF_BADGES] = {.name = "staff badges", .places = BOARD, .roles = SUPERVISOR},
	[ACT_FIND] = {.name = "find", .places = BOARD},
	[ACT_DEVICES_LIST] = {.name = "devices list", .places = BOARD},
	[ACT_DEVICES_INVITE] = {.name = "devices invite", .places = BOARD, .kind = COMMAND_DEVICE_INVITE},
	[ACT_DEVICES_MOVE] = {.name = "devices move", .places = BOARD, .kind = COMMAND_DEVICE_MOVE},
	[ACT_DEVICES_REVOKE] = {.name = "devices revoke", .places = BOARD, .kind = COMMAND_DEVICE_REVOKE},
	[ACT_ROSTER_LOAD] = {.name = "roster load", .places = BOARD, .kind = COMMAND_ROSTER_LOADED},
	[ACT_STAFF_LIST] = {.name = "staff list", .places = BOARD},
	[ACT_TLS] = {.name = "tls", .places = BOARD},
	[ACT_ROSTER] = {.name = "roster", .places = BOARD | PROGRAM},
	[ACT_DAY] = {.name = "day", .places = BOARD | PROGRAM},
	[ACT_LOG] = {.name = "log", .places = BOARD | PROGRAM},
	[ACT_VIEW_BOARD] = {.name = "view board", .places = BOARD | PROGRAM},
	[ACT_VISIT] = {.name = "visit", .places = HANDHELDS | BOARD},
	[ACT_ALERT_SETTLE] = {.name = "alert settle", .places = HANDHELDS | BOARD, .kind = COMMAND_ALERT_SETTLE},
	[ACT_ALERT_ACKNOWLEDGE] = {.name = "alert acknowledge", .places = STAFFED, .kind = COMMAND_ALERT_ACKNOWLEDGE},
	[ACT_SIGN_ON] = {.name = "sign on", .places = STAFFED, .kind = COMMAND_SIGN_ON},
	[ACT_SIGN_OFF] = {.name = "sign off", .places = STAFFED, .kind = COMMAND_SIGN_OFF},
	[ACT_VIEW_ALERTS] = {.name = "view alerts", .places = STAFFED | PROGRAM},
	[ACT_VIEW_DISPLAY] = {.name = "view display", .places = KIOSKS | DISPLAY | BOARD | PROGRAM},
	[ACT_VIEW_OBSERVATION] = {.name = "view observation", .places = OBSERVATION | DISPLAY | BOARD | PROGRAM},
	[ACT_SITE] = {.name = "site", .places = DEVICES},
	[ACT_CLOCK] = {.name = "clock", .places = DEVICES},
	[ACT_SESSION] = {.name = "session", .places = DEVICES},
	[ACT_VIEW_SESSION] = {.name = "view session", .places = DEVICES},
	[ACT_VIEW_TICKET] = {.name = "view ticket", .places = DEVICES | TICKET},
	[ACT_TICKET_QR] = {.name = "ticket QR", .places = DEVICES | TICKET},
};

/* ---- asking ---- */

static bool stands_at(const struct device *d, const char *desk)
{
	return d->desk && strcmp(d->desk, desk) == 0;
}

static enum place place_of(const struct device *d)
{
	bool watch = d && stands_at(d, "observation");

	switch (d ? d->kind : DEVICE_NONE) {
	case DEVICE_KIOSK:
		return watch ? PLACE_KIOSK_OBSERVATION : PLACE_KIOSK;
	case DEVICE_HANDHELD:
		return watch ? PLACE_WATCH : stands_at(d, "treatment") ? PLACE_TREATMENT : PLACE_DESK;
	case DEVICE_EXIT:
		return PLACE_EXIT;
	case DEVICE_BOARD:
		return PLACE_BOARD;
	case DEVICE_DISPLAY:
		return PLACE_DISPLAY;
	case DEVICE_OBSERVATION:
		return PLACE_OBSERVATION;
	case DEVICE_AGENT:
		return PLACE_AGENT;
	case DEVICE_PROGRAM:
		return PLACE_PROGRAM;
	default:
		return PLACE_TICKET;
	}
}

bool allow_act(const struct device *d, enum act act)
{
	return table[act].places >> place_of(d) & 1;
}

enum act allow_action(int action)
{
	enum act act = 0;

	while (act < ACT_COUNT && (table[act].kind != COMMAND_VISIT || (int)table[act].action != action))
		act++;
	return act;
}

unsigned allow_roles(enum act act)
{
	const struct row *r = &table[act];

	return r->roles ? r->roles : duty_roles(r->kind, r->action);
}

static bool is_own(const struct device *d, const char *desk)
{
	return d->kind == DEVICE_BOARD || stands_at(d, desk);
}

static bool is_own_session(const struct device *d, const char *device)
{
	char own[16];

	snprintf(own, sizeof(own), "d%u", (unsigned)d->id);
	return d->kind == DEVICE_BOARD || strcmp(own, device) == 0;
}

bool allow_view(const struct device *d, const char *view)
{
	/* Whoever has the code may; a wrong one shows nothing. */
	if (strncmp(view, "ticket:", 7) == 0)
		return allow_act(d, ACT_VIEW_TICKET);
	if (strncmp(view, "desk:", 5) == 0)
		return allow_act(d, ACT_VIEW_DESK) && is_own(d, view + 5);
	if (strncmp(view, "session:", 8) == 0)
		return allow_act(d, ACT_VIEW_SESSION) && is_own_session(d, view + 8);
	if (strncmp(view, "display:", 8) == 0)
		return allow_act(d, ACT_VIEW_DISPLAY);
	if (strcmp(view, "board") == 0)
		return allow_act(d, ACT_VIEW_BOARD);
	return allow_act(d, strcmp(view, "alerts") == 0 ? ACT_VIEW_ALERTS : ACT_VIEW_OBSERVATION);
}

/* ---- printing ---- */

static bool is_like(const struct row *a, const struct row *b)
{
	return a->places == b->places && allow_roles((enum act)(a - table)) == allow_roles((enum act)(b - table));
}

static void print_cell(struct buf *out, enum act act, enum place at)
{
	unsigned roles = allow_roles(act);
	const char *between = " ";

	if (table[act].places >> at & 1) {
		if (!roles)
			buf_add_str(out, " yes");
		for (int role = ROLE_NONE + 1; role < ROLE_COUNT; role++) {
			if (!(roles >> role & 1))
				continue;
			buf_printf(out, "%s%s", between, role_name((enum role)role));
			between = ", ";
		}
	}
	buf_add_str(out, " |");
}

static const char *name_of(const struct row *r)
{
	return r->name ? r->name : action_name(r->action);
}

void api_permissions(struct buf *out)
{
	static const char *const places[] = {PLACES(PLACE_TEXT)};

	buf_add_str(out, "| |");
	for (int at = 0; at < PLACE_COUNT; at++)
		buf_printf(out, " %s |", places[at]);
	buf_add_str(out, "\n| --- |");
	for (int at = 0; at < PLACE_COUNT; at++)
		buf_add_str(out, " --- |");
	for (int act = 0; act < ACT_COUNT; act++) {
		buf_add_str(out, act && is_like(&table[act], &table[act - 1]) ? ", " : "\n| ");
		buf_add_str(out, name_of(&table[act]));
		if (act + 1 < ACT_COUNT && is_like(&table[act], &table[act + 1]))
			continue;
		buf_add_str(out, " |");
		for (int at = 0; at < PLACE_COUNT; at++)
			print_cell(out, (enum act)act, (enum place)at);
	}
	buf_add_char(out, '\n');
}
