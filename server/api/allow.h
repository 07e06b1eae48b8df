#ifndef VAXLINE_API_ALLOW_H
#define VAXLINE_API_ALLOW_H

/*
 * Who may do what: one table of things that can be asked and of who may ask them. Which role it takes beside is the
 * core's to say (duty_roles), and to judge for commands.
 */
#include "app.h"

/* What can be asked, in the order in which it is printed. */
enum act {
	/* of a visit, and by whom a visit begins */
	ACT_UNWELL,
	ACT_CHECK_IN,
	ACT_SCAN,
	ACT_START,
	ACT_FINISH,
	ACT_DEFER,
	ACT_DECLINE,
	ACT_RETURN_TO,
	ACT_PARK,
	ACT_RESUME,
	ACT_NO_SHOW,
	ACT_REISSUE,
	ACT_DESK_OPEN,
	ACT_DESK_CLOSE,
	ACT_DESK_CALL,
	ACT_DESK_RECALL,
	ACT_VIEW_DESK,
	ACT_INJECT,
	ACT_LEAVE,
	ACT_UNDO,
	ACT_ARRIVE,
	ACT_RELEASE,
	ACT_EXTEND,
	ACT_SEEN,
	ACT_ROLL_CALL_START,
	ACT_ROLL_CALL_END,
	ACT_WALKED_OUT,
	ACT_RETURNED,
	ACT_ASSESS,
	ACT_CLEAR,
	ACT_TRANSFER,
	/* of the site */
	ACT_SITE_HOLD,
	ACT_SITE_RESUME,
	ACT_MOVE,
	ACT_CORRECT,
	ACT_SETTLE_CLOCK_DOUBT,
	ACT_DAY_CLOSE,
	ACT_STAFF_BADGES,
	ACT_FIND,
	ACT_DEVICES_LIST,
	ACT_DEVICES_INVITE,
	ACT_DEVICES_MOVE,
	ACT_DEVICES_REVOKE,
	ACT_ROSTER_LOAD,
	ACT_STAFF_LIST,
	ACT_TLS,
	/* to know */
	ACT_ROSTER,
	ACT_DAY,
	ACT_LOG,
	ACT_VIEW_BOARD,
	ACT_VISIT,
	ACT_ALERT_SETTLE,
	ACT_ALERT_ACKNOWLEDGE,
	ACT_SIGN_ON,
	ACT_SIGN_OFF,
	ACT_VIEW_ALERTS,
	ACT_VIEW_DISPLAY,
	ACT_VIEW_OBSERVATION,
	ACT_SITE,
	ACT_CLOCK,
	ACT_SESSION,
	ACT_VIEW_SESSION,
	ACT_VIEW_TICKET,
	ACT_TICKET_QR,
	ACT_COUNT,
};

/* Whether this device may ask for that, from where it stands. d: NULL for whoever has a ticket's code and no device. */
bool allow_act(const struct device *d, enum act act);
/* What may be sent to a visit: the act of such an action; ACT_COUNT where it may not, or is none (-1). */
enum act allow_action(int action);
/* Whether it may see that view: of a desk and a session the own one; a ticket's takes its code, which is not looked at
 * here. */
bool allow_view(const struct device *d, const char *view);
/* Roles (bits) of which whoever is signed on must have one; 0: nobody need be. */
unsigned allow_roles(enum act act);

#endif
