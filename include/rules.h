#ifndef VAXLINE_RULES_H
#define VAXLINE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "names.h"

/*
 * The configuration of a site as the core uses it. One row an option: member, JSON path, default, least, most, what it
 * is. The configuration's codec, its JSON schema and the documentation all come from these rows. The unit is the end of
 * the name. Sources: the national guidance for vaccination sites asks for 30 minutes of observation; the other numbers
 * are the practice of large sites.
 */
#define RULE_OPTIONS(X)                                                                                                \
	X(observation_minutes, "observation.minutes", 30, 1, 240, "observation after an injection, minutes")           \
	X(observation_long_minutes, "observation.long_minutes", 60, 1, 480,                                            \
	  "observation where screening asks for the long one, minutes")                                                \
	X(observation_seats, "observation.seats", 150, 1, 10000, "chairs in observation, companions use them too")     \
	X(arrive_minutes, "observation.arrive_minutes", 5, 1, 60,                                                      \
	  "after an injection, minutes until never_arrived is raised")                                                 \
	X(overstay_minutes, "observation.overstay_minutes", 15, 1, 240,                                                \
	  "past due and not out, minutes until overstay")                                                              \
	X(early_exit_minutes, "exit.early_minutes", 3, 1, 60,                                                          \
	  "an early exit not settled for so many minutes has left")                                                    \
	X(reused_seconds, "exit.reused_seconds", 10, 1, 600,                                                           \
	  "one ticket at two places within so many seconds is reused")                                                 \
	X(call_minutes, "queue.call_minutes", 3, 1, 60, "called and not started for so many minutes: call_expired")    \
	X(no_show_behind, "queue.no_show_behind", 5, 1, 100, "a no-show goes back behind so many waiting")             \
	X(no_show_limit, "queue.no_show_limit", 3, 1, 20, "the no-show of this number parks the ticket")               \
	X(party_call_max, "queue.party_call_max", 10, 1, 50,                                                           \
	  "a party of up to so many is called whole; a larger one so many at a time, to one desk")                     \
	X(undo_seconds, "queue.undo_seconds", 60, 1, 600, "an act can be undone for so many seconds")                  \
	X(elderly_years, "queue.elderly_years", 60, 1, 150, "from this age on, years, the class is elderly")           \
	X(slot_early_minutes, "queue.slot_early_minutes", 15, 0, 240,                                                  \
	  "before its slot so many minutes still count as within it")                                                  \
	X(slot_late_minutes, "queue.slot_late_minutes", 30, 0, 240, "and after it")                                    \
	X(credit_called_back_minutes, "queue.credit_called_back_minutes", 30, 0, 240,                                  \
	  "whoever is sent back queues as if come so much earlier")                                                    \
	X(credit_assisted_minutes, "queue.credit_assisted_minutes", 20, 0, 240, "whoever needs help: credit")          \
	X(credit_elderly_minutes, "queue.credit_elderly_minutes", 15, 0, 240, "the elderly: credit")                   \
	X(credit_appointment_minutes, "queue.credit_appointment_minutes", 10, 0, 240,                                  \
	  "an appointment within its slot: credit")                                                                    \
	X(credit_walk_in_minutes, "queue.credit_walk_in_minutes", 0, 0, 240, "all others: credit")                     \
	X(room_registration, "rooms.registration", 0, 0, 10000,                                                        \
	  "people the registration room holds, companions counted; 0: no limit")                                       \
	X(room_consent, "rooms.consent", 0, 0, 10000, "people the consent room holds; 0: no limit")                    \
	X(room_injection, "rooms.injection", 0, 0, 10000, "people the injection room holds; 0: no limit")              \
	X(service_registration_seconds, "forecast.registration_seconds", 90, 5, 3600,                                  \
	  "a registration takes so long, until the day has shown how long")                                            \
	X(service_consent_seconds, "forecast.consent_seconds", 150, 5, 3600,                                           \
	  "a consent takes so long, until measured")                                                                   \
	X(service_injection_seconds, "forecast.injection_seconds", 210, 5, 3600,                                       \
	  "an injection takes so long, until measured")                                                                \
	X(injections_per_hour, "injection.per_hour", 15, 1, 120,                                                       \
	  "a vaccinator who gives more in an hour is shown as one to look at")                                         \
	X(escalate_first_seconds, "alerts.escalate_first_seconds", 30, 1, 3600,                                        \
	  "an unwell not acknowledged escalates after so many seconds")                                                \
	X(escalate_second_seconds, "alerts.escalate_second_seconds", 60, 2, 7200, "and again after so many")           \
	X(wait_long_minutes, "alerts.wait_long_minutes", 30, 1, 480,                                                   \
	  "a stage's median wait over so many minutes raises wait_long")                                               \
	X(seats_full_seconds, "alerts.seats_full_seconds", 120, 1, 7200,                                               \
	  "calls stopped by seats for so long raise seats_full")                                                       \
	X(device_silent_seconds, "alerts.device_silent_seconds", 30, 5, 3600,                                          \
	  "a device not heard for so long raises device_silent")                                                       \
	X(clock_doubt_minutes, "clock.doubt_minutes", 10, 1, 1440,                                                     \
	  "a clock further past the last event than this, with people inside, is doubted")                             \
	X(enrol_minutes, "devices.enrol_minutes", 15, 1, 1440, "an enrolment code is good for so many minutes")        \
	X(sign_on_idle_minutes, "sign_on.idle_minutes", 30, 1, 1440,                                                   \
	  "a handheld or exit that does nothing for so many minutes is signed off")                                    \
	X(sign_on_board_idle_minutes, "sign_on.board_idle_minutes", 240, 1, 1440, "and a board")                       \
	X(sign_on_tries, "sign_on.tries", 5, 1, 20,                                                                    \
	  "wrong PINs in a row with a badge, or at a device since the last right PIN there, until it waits")           \
	X(sign_on_wait_seconds, "sign_on.wait_seconds", 30, 1, 3600,                                                   \
	  "it then waits so long, twice as long after each further one, up to 15 minutes")                             \
	X(keep_days, "journal.keep_days", 7, 1, 366,                                                                   \
	  "closed days of so many days stay in Redis; older ones are in their files alone")                            \
	X(disk_warn_mib, "disk.warn_mib", 512, 1, 1048576, "less free disk than this, MiB, raises disk_low")           \
	X(disk_stop_mib, "disk.stop_mib", 128, 1, 1048576, "less free disk than this, MiB, refuses check-ins")         \
	X(disk_ballast_mib, "disk.ballast_mib", 64, 0, 1024, "size of the file given back to a full disk, MiB")

#define DESK_ID_MAX_BYTES 31 /* letters, digits, '-', '_' */
#define DESKS_MAX 256
#define VACCINES_MAX 32
#define ENTRY_CHECKS_MAX 16
#define COMPANIONS_MAX 20

struct desk_rule {
	char id[DESK_ID_MAX_BYTES + 1];
	enum stage stage; /* registration, consent or injection */
	bool open;        /* at the start of a day; afterwards the log says */
};

struct vaccine_rule {
	char id[32];
};

/* What the door asks: a health code, a temperature, a mask. Its names and advice stand in the text. */
struct entry_check_rule {
	char id[32];
	bool required; /* check-in must say whether it was passed */
};

/* What a role asks for. */
struct role_rule {
	bool pin;           /* a PIN beside the badge */
	bool qualification; /* a qualification that has not expired */
};

#define SHIFT_ENDS_MAX 8

struct rules {
	char site[33];        /* letters, digits, '-'; names the log */
	char time_zone[64];   /* of the tz database; the day turns by it */
	char public_url[128]; /* "https://host" or ""; ticket QRs then hold a URL */
#define RULES_MEMBER(member, path, standard, least, most, help) int member;
	RULE_OPTIONS(RULES_MEMBER)
#undef RULES_MEMBER
	size_t n_desks;
	struct desk_rule desks[DESKS_MAX];
	size_t n_vaccines;
	struct vaccine_rule vaccines[VACCINES_MAX];
	size_t n_entry_checks;
	struct entry_check_rule entry_checks[ENTRY_CHECKS_MAX];
	struct role_rule roles[ROLE_COUNT];
	size_t n_shift_ends;
	int shift_ends[SHIFT_ENDS_MAX]; /* minutes of the local day, ascending */
	char *name;                     /* {"zh-Hans": .., ...} as JSON; owned */
	char *text;                     /* the whole configuration as canonical JSON, names and all; owned */
};

/* All options at their defaults, no desks, text NULL. */
void rules_init(struct rules *r);
/* A copy with texts of its own, freed with rules_free. */
struct rules *rules_copy(const struct rules *r);
/* Frees the struct (made by malloc) and its texts. Accepts NULL. */
void rules_free(struct rules *r);
/* Index of the desk, or -1. */
int rules_desk(const struct rules *r, const char *id);

#endif
