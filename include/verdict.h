#ifndef VAXLINE_VERDICT_H
#define VAXLINE_VERDICT_H

/*
 * What the core says to a command. One table gives each verdict its stable code, its HTTP status, and the sentence that
 * staff read. The first is acceptance; then what is noted without moving anybody; then the refusals.
 */
#define VERDICTS(X)                                                                                                    \
	X(VERDICT_ACCEPTED, "accepted", 200, "Done.")                                                                  \
	/* noted: 200, nothing moved */                                                                                \
	X(VERDICT_WHERE_TO_GO, "where_to_go", 200, "This is where the ticket goes now.")                               \
	X(VERDICT_BEING_SERVED, "being_served", 200, "The ticket is being served here.")                               \
	X(VERDICT_ALREADY_HERE, "already_here", 200, "The ticket has been seen in observation already.")               \
	X(VERDICT_REACTION_FORM, "reaction_form", 200, "Fill in the reaction form.")                                   \
	X(VERDICT_FREE_TO_GO, "free_to_go", 200, "No injection was given: free to go.")                                \
	/* refused by a rule: 409 */                                                                                   \
	X(VERDICT_NOT_DUE, "not_due", 409, "The observation time is not over.")                                        \
	X(VERDICT_NOT_OBSERVED, "not_observed", 409, "Injected, but never seen in observation.")                       \
	X(VERDICT_NOT_INJECTED, "not_injected", 409, "No injection has been given.")                                   \
	X(VERDICT_UNWELL, "unwell", 409, "Reported unwell: only a clinician may release.")                             \
	X(VERDICT_NOT_UNWELL, "not_unwell", 409, "Not reported unwell.")                                               \
	X(VERDICT_WRONG_STAGE, "wrong_stage", 409, "The ticket belongs elsewhere now.")                                \
	X(VERDICT_ALREADY_SERVED, "already_served", 409, "The ticket is being served at another desk.")                \
	X(VERDICT_NOT_CALLED, "not_called", 409, "The ticket has not been called.")                                    \
	X(VERDICT_NOT_SERVING, "not_serving", 409, "The ticket is not being served.")                                  \
	X(VERDICT_NOT_PARKED, "not_parked", 409, "The ticket is not parked.")                                          \
	X(VERDICT_PARKED, "parked", 409, "The ticket is parked: resume it first.")                                     \
	X(VERDICT_NOT_EXPECTED, "not_expected", 409, "The ticket has been checked in already.")                        \
	X(VERDICT_NOT_CHECKED_IN, "not_checked_in", 409, "Not checked in yet.")                                        \
	X(VERDICT_NOT_OBSERVING, "not_observing", 409, "The ticket is not in observation.")                            \
	X(VERDICT_NOT_LEFT, "not_left", 409, "The ticket has not left.")                                               \
	X(VERDICT_NOT_AVAILABLE, "not_available", 409, "This site cannot do that.")                                    \
	X(VERDICT_NOTHING_TO_UNDO, "nothing_to_undo", 409, "The last act of the ticket cannot be undone.")             \
	X(VERDICT_UNDO_TOO_LATE, "undo_too_late", 409, "It is too late to undo that.")                                 \
	X(VERDICT_TICKET_UNKNOWN, "ticket_unknown", 409, "No such ticket.")                                            \
	X(VERDICT_TICKET_ENDED, "ticket_ended", 409, "The ticket has ended.")                                          \
	X(VERDICT_DAY_CLOSED, "day_closed", 409, "The day of this ticket is closed.")                                  \
	X(VERDICT_DAY_NOT_CLEAR, "day_not_clear", 409, "The day cannot be closed yet.")                                \
	X(VERDICT_NOBODY_WAITING, "nobody_waiting", 409, "Nobody is waiting.")                                         \
	X(VERDICT_HOLD, "hold", 409, "The site is on hold.")                                                           \
	X(VERDICT_NOT_HELD, "not_held", 409, "The site is not on hold.")                                               \
	X(VERDICT_PAUSED, "paused", 409, "Calling is paused.")                                                         \
	X(VERDICT_SEATS_FULL, "seats_full", 409, "Observation has no seat free.")                                      \
	X(VERDICT_ROOM_FULL, "room_full", 409, "The room is full.")                                                    \
	X(VERDICT_ROLL_CALL_ON, "roll_call_on", 409, "A roll call is being held.")                                     \
	X(VERDICT_NO_ROLL_CALL, "no_roll_call", 409, "No roll call is being held.")                                    \
	X(VERDICT_NOT_TODAY, "not_today", 409, "An entry check was not passed: not today.")                            \
	X(VERDICT_APPOINTMENT_UNKNOWN, "appointment_unknown", 409, "No such appointment.")                             \
	X(VERDICT_WRONG_DAY, "wrong_day", 409, "The appointment is for another day.")                                  \
	X(VERDICT_HAS_APPOINTMENT, "has_appointment", 409, "There is an appointment: check in by it.")                 \
	X(VERDICT_AMBIGUOUS, "ambiguous", 409, "More than one appointment fits.")                                      \
	X(VERDICT_ROSTER_BUSY, "roster_busy", 409, "Another roster is being loaded.")                                  \
	X(VERDICT_NOBODY_CALLED, "nobody_called", 409, "Nobody is called to this desk.")                               \
	X(VERDICT_DESK_BUSY, "desk_busy", 409, "The desk has somebody already.")                                       \
	X(VERDICT_DESK_CLOSED, "desk_closed", 409, "The desk is closed.")                                              \
	X(VERDICT_DESK_OPEN, "desk_open", 409, "The desk is open already.")                                            \
	X(VERDICT_DESK_WRONG, "desk_wrong", 409, "The ticket is at another desk.")                                     \
	X(VERDICT_ALERT_SETTLED, "alert_settled", 409, "The alarm is settled.")                                        \
	X(VERDICT_CLOCK_DOUBT, "clock_doubt", 409, "The time is in doubt: nobody is released until it is confirmed.")  \
	X(VERDICT_DISK_FULL, "disk_full", 409, "The disk is nearly full: no more check-ins.")                          \
	X(VERDICT_LAST_BOARD, "last_board", 409, "The last board cannot be revoked: nobody could enrol another.")      \
	X(VERDICT_DESK_IN_USE, "desk_in_use", 409, "The desk is in use.")                                              \
	X(VERDICT_CODE_USED, "code_used", 409, "The code has been used.")                                              \
	X(VERDICT_CODE_UNKNOWN, "code_unknown", 404, "No such enrolment code, or it has expired.")                     \
	X(VERDICT_ID_TAKEN, "id_taken", 409, "Another device has used this id.")                                       \
	/* not for this person: 403 */                                                                                 \
	X(VERDICT_NOT_SIGNED_ON, "not_signed_on", 403, "Nobody is signed on at this device: scan a badge.")            \
	X(VERDICT_NOT_QUALIFIED, "not_qualified", 403, "Whoever is signed on may not do that.")                        \
	X(VERDICT_QUALIFICATION_EXPIRED, "qualification_expired", 403, "The qualification for that has expired.")      \
	X(VERDICT_SIGN_ON_REFUSED, "sign_on_refused", 403, "The badge or the PIN is wrong.")                           \
	X(VERDICT_PIN_NOT_SET, "pin_not_set", 403, "A role of this badge needs a PIN, and none has been set.")         \
	X(VERDICT_PIN_REQUIRED, "pin_required", 409, "Send the PIN too.")                                              \
	X(VERDICT_TOO_MANY_TRIES, "too_many_tries", 429, "Too many wrong tries: wait.")                                \
	/* refused for another reason */                                                                               \
	X(VERDICT_ID_REUSED, "id_reused", 422, "The id belongs to another act.")                                       \
	X(VERDICT_VISIT_UNKNOWN, "visit_unknown", 404, "No such visit.")                                               \
	X(VERDICT_DESK_UNKNOWN, "desk_unknown", 404, "No such desk.")                                                  \
	X(VERDICT_ALERT_UNKNOWN, "alert_unknown", 404, "No such alarm.")                                               \
	X(VERDICT_STAFF_UNKNOWN, "staff_unknown", 404, "No such person on the list of staff.")                         \
	X(VERDICT_DEVICE_UNKNOWN, "device_unknown", 404, "No such device.")                                            \
	X(VERDICT_BIRTH_DATE_TO_COME, "birth_date_to_come", 422, "The birth date lies in the future.")                 \
	X(VERDICT_DESK_MISSING, "desk_missing", 422, "Say which desk.")                                                \
	X(VERDICT_FIELD_MISSING, "field_missing", 422, "A field that this needs is missing.")

#define VERDICT_ENUMERATOR(value, code, status, title) value,
enum verdict { VERDICTS(VERDICT_ENUMERATOR) VERDICT_COUNT };
#undef VERDICT_ENUMERATOR

const char *verdict_code(enum verdict v);
int verdict_status(enum verdict v);
const char *verdict_title(enum verdict v);
/* -1 where there is no such code. */
int verdict_from(const char *code);

#endif
