#ifndef VAXLINE_NAMES_H
#define VAXLINE_NAMES_H

#include <stdint.h>

/*
 * The words of the product: every enumeration that is spoken of outside the program, with its one name in JSON, URLs,
 * pages and the log. Each list makes its enum, NAME_name(value) and NAME_from(text).
 */

/* UTC milliseconds since 1970, or a span of milliseconds. 0 as a time of day's event means "not set". */
typedef int64_t ms_t;

#define MS_SECOND 1000LL
#define MS_MINUTE 60000LL
#define MS_HOUR 3600000LL
/* Later than any deadline. */
#define MS_NEVER INT64_MAX

#define VISIT_STATES(X)                                                                                                \
	X(VISIT_NONE, "none") /* before its first event; never shown */                                                \
	X(VISIT_EXPECTED, "expected")                                                                                  \
	X(VISIT_QUEUED, "queued")                                                                                      \
	X(VISIT_CALLED, "called")                                                                                      \
	X(VISIT_SERVING, "serving")                                                                                    \
	X(VISIT_PARKED, "parked")                                                                                      \
	X(VISIT_INJECTED, "injected")                                                                                  \
	X(VISIT_OBSERVING, "observing")                                                                                \
	X(VISIT_UNWELL, "unwell")                                                                                      \
	X(VISIT_COMPLETED, "completed")                                                                                \
	X(VISIT_DEFERRED, "deferred")                                                                                  \
	X(VISIT_DECLINED, "declined")                                                                                  \
	X(VISIT_LEFT, "left")                                                                                          \
	X(VISIT_LEFT_EARLY, "left_early")                                                                              \
	X(VISIT_TRANSFERRED, "transferred")                                                                            \
	X(VISIT_NO_SHOW, "no_show")

#define STAGES(X)                                                                                                      \
	X(STAGE_NONE, "none")                                                                                          \
	X(STAGE_REGISTRATION, "registration")                                                                          \
	X(STAGE_CONSENT, "consent")                                                                                    \
	X(STAGE_INJECTION, "injection")                                                                                \
	X(STAGE_OBSERVATION, "observation")

/* What is done to a visit. The rows of the lifecycle table; the last four are not sent by anybody. */
#define ACTIONS(X)                                                                                                     \
	X(ACTION_NONE, "none")                                                                                         \
	X(ACTION_CHECK_IN, "check_in")                                                                                 \
	X(ACTION_CALL, "call")                                                                                         \
	X(ACTION_START, "start")                                                                                       \
	X(ACTION_FINISH, "finish")                                                                                     \
	X(ACTION_DEFER, "defer")                                                                                       \
	X(ACTION_DECLINE, "decline")                                                                                   \
	X(ACTION_RETURN_TO, "return_to")                                                                               \
	X(ACTION_INJECT, "inject")                                                                                     \
	X(ACTION_ARRIVE, "arrive")                                                                                     \
	X(ACTION_RELEASE, "release")                                                                                   \
	X(ACTION_EXIT, "exit") /* a scan at the exit */                                                                \
	X(ACTION_EXTEND, "extend")                                                                                     \
	X(ACTION_WALKED_OUT, "walked_out")                                                                             \
	X(ACTION_RETURNED, "returned")                                                                                 \
	X(ACTION_UNWELL, "unwell")                                                                                     \
	X(ACTION_ASSESS, "assess")                                                                                     \
	X(ACTION_CLEAR, "clear")                                                                                       \
	X(ACTION_TRANSFER, "transfer")                                                                                 \
	X(ACTION_PARK, "park")                                                                                         \
	X(ACTION_RESUME, "resume")                                                                                     \
	X(ACTION_NO_SHOW, "no_show")                                                                                   \
	X(ACTION_LEAVE, "leave")                                                                                       \
	X(ACTION_SEEN, "seen")                                                                                         \
	X(ACTION_MOVE, "move")                                                                                         \
	X(ACTION_UNDO, "undo")                                                                                         \
	X(ACTION_CORRECT, "correct")                                                                                   \
	X(ACTION_REISSUE, "reissue")                                                                                   \
	X(ACTION_NOTE, "note")           /* a scan that moves nobody */                                                \
	X(ACTION_GIVE_BACK, "give_back") /* the desk that called closes */                                             \
	X(ACTION_LAPSE, "lapse")         /* an early exit stayed open too long */                                      \
	X(ACTION_DAY_END, "day_end")

/* Whose credit makes its turn come earlier. Neither is written on the ticket: its letter says A (appointment) or W. */
#define CLASSES(X)                                                                                                     \
	X(CLASS_NONE, "none")                                                                                          \
	X(CLASS_WALK_IN, "walk_in")         /* without an appointment, or outside its slot */                          \
	X(CLASS_APPOINTMENT, "appointment") /* within its slot */                                                      \
	X(CLASS_ELDERLY, "elderly")                                                                                    \
	X(CLASS_ASSISTED, "assisted")                                                                                  \
	X(CLASS_CALLED_BACK, "called_back") /* sent back to an earlier stage */

/* What somebody of the staff is there for. */
#define ROLES(X)                                                                                                       \
	X(ROLE_NONE, "none")                                                                                           \
	X(ROLE_REGISTRAR, "registrar")                                                                                 \
	X(ROLE_SCREENER, "screener")                                                                                   \
	X(ROLE_VACCINATOR, "vaccinator")                                                                               \
	X(ROLE_OBSERVER, "observer")                                                                                   \
	X(ROLE_GUARD, "guard")                                                                                         \
	X(ROLE_CLINICIAN, "clinician")                                                                                 \
	X(ROLE_SUPERVISOR, "supervisor")

/* What ended somebody's being signed on at a device. */
#define SIGN_OFFS(X)                                                                                                   \
	X(SIGN_OFF_NONE, "none")                                                                                       \
	X(SIGN_OFF_TAP, "tap")   /* by oneself */                                                                      \
	X(SIGN_OFF_IDLE, "idle") /* the device did nothing for too long */                                             \
	X(SIGN_OFF_SHIFT_END, "shift_end")                                                                             \
	X(SIGN_OFF_TAKEN_OVER, "taken_over") /* somebody else signed on there */                                       \
	X(SIGN_OFF_ELSEWHERE, "elsewhere")   /* signed on at another device of that kind */                            \
	X(SIGN_OFF_REMOVED, "removed")       /* off the list, the badge replaced, or a PIN asked that was not */       \
	X(SIGN_OFF_REVOKED, "revoked")       /* the device was */

#define LANGUAGES(X)                                                                                                   \
	X(LANGUAGE_NONE, "none")                                                                                       \
	X(LANGUAGE_ZH_HANS, "zh-Hans")                                                                                 \
	X(LANGUAGE_ZH_HANT, "zh-Hant")                                                                                 \
	X(LANGUAGE_EN, "en")

#define DEVICE_KINDS(X)                                                                                                \
	X(DEVICE_NONE, "none")                                                                                         \
	X(DEVICE_KIOSK, "kiosk")                                                                                       \
	X(DEVICE_HANDHELD, "handheld")                                                                                 \
	X(DEVICE_DISPLAY, "display")                                                                                   \
	X(DEVICE_OBSERVATION, "observation")                                                                           \
	X(DEVICE_EXIT, "exit")                                                                                         \
	X(DEVICE_BOARD, "board")                                                                                       \
	X(DEVICE_AGENT, "agent")                                                                                       \
	X(DEVICE_PROGRAM, "program")

#define ALERT_KINDS(X)                                                                                                 \
	X(ALERT_NONE, "none")                                                                                          \
	X(ALERT_UNWELL, "unwell")                                                                                      \
	X(ALERT_EARLY_EXIT, "early_exit")                                                                              \
	X(ALERT_NEVER_ARRIVED, "never_arrived")                                                                        \
	X(ALERT_OVERSTAY, "overstay")                                                                                  \
	X(ALERT_MISSING, "missing")                                                                                    \
	X(ALERT_CALL_EXPIRED, "call_expired")                                                                          \
	X(ALERT_WAIT_LONG, "wait_long")                                                                                \
	X(ALERT_SEATS_FULL, "seats_full")                                                                              \
	X(ALERT_TICKET_REUSED, "ticket_reused")                                                                        \
	X(ALERT_DEVICE_SILENT, "device_silent")                                                                        \
	X(ALERT_STORAGE_DOWN, "storage_down")                                                                          \
	X(ALERT_STORAGE_LOST, "storage_lost")                                                                          \
	X(ALERT_DISK_LOW, "disk_low")                                                                                  \
	X(ALERT_CLOCK_DOUBT, "clock_doubt")

#define ALERT_STATES(X)                                                                                                \
	X(ALERT_OPEN, "open")                                                                                          \
	X(ALERT_ACKNOWLEDGED, "acknowledged")                                                                          \
	X(ALERT_SETTLED, "settled")

/* Why a desk may not call now. */
#define PAUSES(X)                                                                                                      \
	X(PAUSE_NONE, "none")                                                                                          \
	X(PAUSE_HOLD, "hold")        /* a supervisor has stopped all calls */                                          \
	X(PAUSE_SEATS, "seats_full") /* no seat in observation for those who would be injected */                      \
	X(PAUSE_ROOM, "room_full")   /* all who wait are in the hall, and the room has no place */

/* What a reply to an accepted command shows. */
#define REPLY_FORMS(X)                                                                                                 \
	X(REPLY_NONE, "none")                                                                                          \
	X(REPLY_VISIT, "visit")           /* {outcome, code, visit, next, message} */                                  \
	X(REPLY_TICKET, "ticket")         /* 201 {visit, ticket} */                                                    \
	X(REPLY_CALL, "call")             /* {outcome, code, visit, party} */                                          \
	X(REPLY_DESK, "desk")             /* {outcome, code, desk} */                                                  \
	X(REPLY_ALERT, "alert")           /* {outcome, code, alert, visit} */                                          \
	X(REPLY_DAY, "day")               /* {outcome, code, day} */                                                   \
	X(REPLY_NEW_TICKET, "new_ticket") /* {outcome, code, visit, next, message, ticket} */                          \
	X(REPLY_SITE, "site")             /* {outcome, code, hold, roll_call} */                                       \
	X(REPLY_ROSTER, "roster")         /* the body that the load was recorded with */

/* The type of an event. Past tense: it happened. */
#define EVENT_TYPES(X)                                                                                                 \
	X(EVENT_NONE, "none")                                                                                          \
	/* the site and its day */                                                                                     \
	X(EVENT_CONFIGURED, "configured")                                                                              \
	X(EVENT_DAY_OPENED, "day_opened")                                                                              \
	X(EVENT_DEVICE_CARRIED, "device_carried")                                                                      \
	X(EVENT_COMMAND_CARRIED, "command_carried")                                                                    \
	X(EVENT_ALERT_CARRIED, "alert_carried")                                                                        \
	X(EVENT_APPOINTMENT_CARRIED, "appointment_carried")                                                            \
	X(EVENT_DAY_READY, "day_ready")                                                                                \
	X(EVENT_DAY_CLOSED, "day_closed")                                                                              \
	X(EVENT_EXPECTED, "expected") /* a row of a roster; counts from roster_loaded on */                            \
	X(EVENT_ROSTER_LOADED, "roster_loaded")                                                                        \
	X(EVENT_TURNED_AWAY, "turned_away") /* at an entry check */                                                    \
	X(EVENT_SITE_HELD, "site_held")                                                                                \
	X(EVENT_SITE_RESUMED, "site_resumed")                                                                          \
	X(EVENT_ROLL_CALL_STARTED, "roll_call_started")                                                                \
	X(EVENT_ROLL_CALL_ENDED, "roll_call_ended")                                                                    \
	/* staff */                                                                                                    \
	X(EVENT_STAFF_LISTED, "staff_listed")                                                                          \
	X(EVENT_STAFF_REMOVED, "staff_removed")                                                                        \
	X(EVENT_SIGNED_ON, "signed_on")                                                                                \
	X(EVENT_SIGNED_OFF, "signed_off")                                                                              \
	X(EVENT_SIGN_ON_REFUSED, "sign_on_refused")                                                                    \
	/* devices and desks */                                                                                        \
	X(EVENT_DEVICE_INVITED, "device_invited")                                                                      \
	X(EVENT_DEVICE_ENROLLED, "device_enrolled")                                                                    \
	X(EVENT_DEVICE_MOVED, "device_moved")                                                                          \
	X(EVENT_DEVICE_REVOKED, "device_revoked")                                                                      \
	X(EVENT_DESK_OPENED, "desk_opened")                                                                            \
	X(EVENT_DESK_CLOSED, "desk_closed")                                                                            \
	X(EVENT_DESK_RECALLED, "desk_recalled")                                                                        \
	/* a visit: each carries its new state */                                                                      \
	X(EVENT_CHECKED_IN, "checked_in")                                                                              \
	X(EVENT_CALLED, "called")                                                                                      \
	X(EVENT_STARTED, "started")                                                                                    \
	X(EVENT_FINISHED, "finished")                                                                                  \
	X(EVENT_DEFERRED, "deferred")                                                                                  \
	X(EVENT_DECLINED, "declined")                                                                                  \
	X(EVENT_SENT_BACK, "sent_back")                                                                                \
	X(EVENT_INJECTED, "injected")                                                                                  \
	X(EVENT_ARRIVED, "arrived")                                                                                    \
	X(EVENT_RELEASED, "released")                                                                                  \
	X(EVENT_EXTENDED, "extended")                                                                                  \
	X(EVENT_WALKED_OUT, "walked_out")                                                                              \
	X(EVENT_LEFT_EARLY, "left_early")                                                                              \
	X(EVENT_RETURNED, "returned")                                                                                  \
	X(EVENT_UNWELL, "unwell")                                                                                      \
	X(EVENT_ASSESSED, "assessed")                                                                                  \
	X(EVENT_CLEARED, "cleared")                                                                                    \
	X(EVENT_TRANSFERRED, "transferred")                                                                            \
	X(EVENT_PARKED, "parked")                                                                                      \
	X(EVENT_RESUMED, "resumed")                                                                                    \
	X(EVENT_NO_SHOW, "no_show")                                                                                    \
	X(EVENT_LEFT, "left")                                                                                          \
	X(EVENT_GIVEN_BACK, "given_back")                                                                              \
	X(EVENT_ADMITTED, "admitted") /* from the hall to the room of its stage */                                     \
	X(EVENT_SEEN, "seen")                                                                                          \
	X(EVENT_MOVED, "moved")                                                                                        \
	X(EVENT_UNDONE, "undone")                                                                                      \
	X(EVENT_CORRECTED, "corrected")                                                                                \
	X(EVENT_REISSUED, "reissued")                                                                                  \
	X(EVENT_SCANNED, "scanned") /* a scan that moved nobody */                                                     \
	X(EVENT_REFUSED, "refused") /* a refusal that left a mark; the mark follows or precedes it */                  \
	/* alarms */                                                                                                   \
	X(EVENT_ALERT_RAISED, "alert_raised")                                                                          \
	X(EVENT_ALERT_REPEATED, "alert_repeated")                                                                      \
	X(EVENT_ALERT_ESCALATED, "alert_escalated")                                                                    \
	X(EVENT_ALERT_ACKNOWLEDGED, "alert_acknowledged")                                                              \
	X(EVENT_ALERT_SETTLED, "alert_settled")

#define NAMES_ENUMERATOR(value, text) value,
enum visit_state { VISIT_STATES(NAMES_ENUMERATOR) VISIT_STATE_COUNT };
enum stage { STAGES(NAMES_ENUMERATOR) STAGE_COUNT };
enum action { ACTIONS(NAMES_ENUMERATOR) ACTION_COUNT };
enum visit_class { CLASSES(NAMES_ENUMERATOR) CLASS_COUNT };
enum language { LANGUAGES(NAMES_ENUMERATOR) LANGUAGE_COUNT };
enum device_kind { DEVICE_KINDS(NAMES_ENUMERATOR) DEVICE_KIND_COUNT };
enum alert_kind { ALERT_KINDS(NAMES_ENUMERATOR) ALERT_KIND_COUNT };
enum alert_state { ALERT_STATES(NAMES_ENUMERATOR) ALERT_STATE_COUNT };
enum pause { PAUSES(NAMES_ENUMERATOR) PAUSE_COUNT };
enum role { ROLES(NAMES_ENUMERATOR) ROLE_COUNT };
enum sign_off { SIGN_OFFS(NAMES_ENUMERATOR) SIGN_OFF_COUNT };
enum reply_form { REPLY_FORMS(NAMES_ENUMERATOR) REPLY_FORM_COUNT };
enum event_type { EVENT_TYPES(NAMES_ENUMERATOR) EVENT_TYPE_COUNT };
#undef NAMES_ENUMERATOR

/* The name of a value (static storage), and the value of a name: -1 where there is none. "none" is no name. */
const char *visit_state_name(enum visit_state v);
const char *stage_name(enum stage v);
const char *action_name(enum action v);
const char *visit_class_name(enum visit_class v);
const char *language_name(enum language v);
const char *device_kind_name(enum device_kind v);
const char *alert_kind_name(enum alert_kind v);
const char *alert_state_name(enum alert_state v);
const char *pause_name(enum pause v);
const char *role_name(enum role v);
const char *sign_off_name(enum sign_off v);
const char *reply_form_name(enum reply_form v);
const char *event_type_name(enum event_type v);
int visit_state_from(const char *name);
int stage_from(const char *name);
int action_from(const char *name);
int visit_class_from(const char *name);
int language_from(const char *name);
int device_kind_from(const char *name);
int alert_kind_from(const char *name);
int alert_state_from(const char *name);
int pause_from(const char *name);
int role_from(const char *name);
int sign_off_from(const char *name);
int reply_form_from(const char *name);
int event_type_from(const char *name);

#endif
