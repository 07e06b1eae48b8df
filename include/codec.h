#ifndef VAXLINE_CODEC_H
#define VAXLINE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "command.h"
#include "event.h"
#include "forecast.h"
#include "rules.h"
#include "site.h"

/*
 * Events, commands, the configuration and views to and from JSON.
 */

/* ---- events ---- */

/* Adds the event as one line of the log, without a newline. Its id is (epoch, seq). */
void event_encode(const struct event *e, struct buf *out);

/* Keeps what a decoded event borrows; reused from line to line. */
struct event_decoder;
struct event_decoder *event_decoder_new(void);
void event_decoder_free(struct event_decoder *d); /* accepts NULL */
/*
 * Reads one line. Strict: an unknown key, type or name, a wrong kind or a number out of range is an error with a
 * sentence. Strings are borrowed until the next call; e->rules, where set, is the caller's (rules_free).
 */
bool event_decode(struct event_decoder *d, const char *line, size_t len, struct event *e, char *error,
		  size_t error_size);

/*
 * Replay of one line of the log: decodes it, checks that it is event epoch-number and fits the state, applies it. False
 * with a sentence; the state is unchanged then.
 */
bool event_replay(struct event_decoder *d, struct site *s, uint64_t epoch, uint64_t number, const char *line,
		  size_t len, char *error, size_t error_size);

/*
 * The log begins with this line: true where it opens a day, so that nothing before it is needed; the site is then ready
 * to replay it.
 */
bool event_replay_begin(struct event_decoder *d, struct site *s, uint64_t epoch, uint64_t number, const char *line,
			size_t len);

/* ---- configuration ---- */

/*
 * Reads a configuration. NULL with "path: what is wrong" in error, path as in `observation.minutes` or `desks[3].id`.
 * Unknown keys are errors; options left out take their defaults. The caller frees with rules_free.
 */
struct rules *rules_decode(const char *text, size_t len, char *error, size_t error_size);
/* Reads the file; the error names it. */
struct rules *rules_load(const char *path, char *error, size_t error_size);

/* ---- commands ---- */

/*
 * A request body on its way to a command. Strings of the command are borrowed from it.
 */
struct body;
/* Checks and parses; an empty body reads as {}. NULL with a sentence in error. */
struct body *body_parse(const char *text, size_t len, char *error, size_t error_size);
void body_free(struct body *b); /* accepts NULL */

/* What was wrong with a body: a pointer to the place ("person.birth_date") and a sentence. */
struct body_error {
	char field[64];
	char detail[160];
};

/* What a call may carry. Each shape's fields are a table in the codec; an unknown field is an error. */
enum body_shape {
	BODY_CHECK_IN,      /* {id, WHO, party?, companions?, language?, assisted?, checks?}: WHO is one of person,
			       appointment,      id_number with id_type?, phone with birth_date */
	BODY_SCAN,          /* {id, code, at?, sent_at?, desk?, language?, checks?} */
	BODY_ACTION,        /* {id, at?, sent_at?, desk?, ...}: by c->action */
	BODY_FIND,          /* {text} */
	BODY_UNWELL,        /* {id, code?, place?, at?, sent_at?, note?} */
	BODY_DESK,          /* {id} */
	BODY_ACKNOWLEDGE,   /* {id} */
	BODY_SETTLE,        /* {id, outcome, note?} */
	BODY_DAY_CLOSE,     /* {id, reason?} */
	BODY_SITE_HOLD,     /* {id, reason} */
	BODY_SITE,          /* {id, reason?} */
	BODY_ENROL,         /* {code, name} */
	BODY_DEVICE_INVITE, /* {kind, name, desk?} */
	BODY_DEVICE_MOVE,   /* {desk} */
	BODY_CLOCK,         /* {advance_ms?} or {doubt} */
	BODY_SESSION,       /* {badge, pin?} */
};
/*
 * Fills the fields of the command that the shape has; c->action is set by the caller first. The text of `code` is
 * body_text(b, "code"). False with the first error.
 */
bool command_decode(struct body *b, enum body_shape shape, struct command *c, struct body_error *error);
/*
 * What the door asked, of `checks`: true or false under the id of an entry check of the site. Sets c->entry_checks,
 * c->failed_check (borrowed from the rules) and c->missing_check. False where an id is none of the site's.
 */
bool command_entry_checks(struct body *b, const struct rules *rules, struct command *c, struct body_error *error);
/* The text of a member, or NULL. */
const char *body_text(const struct body *b, const char *name);
/* The text of a member of the person, be it the body's own or that of `what`; NULL. */
const char *body_person_text(const struct body *b, const char *name);
/* The whole number of a member; false where it is absent. */
bool body_int(const struct body *b, const char *name, int64_t *v);
bool body_true(const struct body *b, const char *name);
/* The body with its keys sorted, without id and sent_at: what the digest of an act is taken over. */
void body_canonical(const struct body *b, struct buf *out);
/* RFC 9562 form, any version, either case. */
bool uuid_valid(const char *text);

/* ---- replies and views ---- */

/* For whom something is written. */
struct reader {
	bool person; /* sees `person` */
};

void visit_encode(const struct visit_facts *v, const struct reader *r, struct buf *out);
/* {visit, timeline} */
void timeline_encode(const struct site *s, const struct visit *v, const struct reader *r, struct buf *out);
/*
 * The status and body of an answered command. token: the ticket's code for a REPLY_TICKET or REPLY_NEW_TICKET, else
 * NULL.
 */
int reply_encode(const struct site *s, const char *token, const struct outcome *o, const struct reader *r,
		 struct buf *out);
/*
 * The body of a 202: applied or judged in memory while the disk is not to be had. {outcome: "noted", code, ...} with
 * the code that the state gives, and never a visit that has ended.
 */
void reply_noted_encode(const struct outcome *o, const struct reader *r, struct buf *out);
/* last_contact: when the device was heard last, which the log does not know; 0: not yet. */
void device_encode(const struct device *d, ms_t last_contact, struct buf *out);
/* {device, session}: {staff: {id, name, roles, qualifications}, since, ends_at, idle_ends_at}, or null for nobody. */
void session_encode(const struct site *s, const struct device *d, struct buf *out);
/* {outcome, code, session, previous} of a sign-on. previous: who was signed on there until then; NULL: nobody. */
void signed_on_encode(const struct site *s, const struct device *d, const struct staff *previous, struct buf *out);
/* Writes the code of a badge, STAFF_CODE_MAX_BYTES at most and a NUL. */
#define STAFF_CODE_MAX_BYTES 31
typedef void staff_code(void *arg, uint64_t badge, char out[STAFF_CODE_MAX_BYTES + 1]);
/* {staff: [{id, name, roles, qualifications, pin, signed_on: [..]}, ..]}; code NULL: without the badges. */
void staff_encode(const struct site *s, staff_code *code, void *arg, struct buf *out);
/* {day, state, opened, totals, in_the_way: [...]} */
void day_encode(const struct site *s, struct buf *out);

/* What a device needs to know of the site: names, desks, entry checks, vaccines, rooms. */
void site_encode(const struct site *s, struct buf *out);
/* Writes the code of an appointment, ROSTER_CODE_MAX_BYTES at most and a NUL. */
#define ROSTER_CODE_MAX_BYTES 31
typedef void roster_code(void *arg, uint64_t appointment, char out[ROSTER_CODE_MAX_BYTES + 1]);
/* {day, expected, arrived, rows: [..]} of today or a day to come; no rows where nobody is expected. */
void roster_encode(const struct site *s, const char *day, roster_code *code, void *arg, const struct reader *r,
		   struct buf *out);
/*
 * {visits: [..], more: N}: those of today, expected ones too, whose person has this name, id number or phone; then
 * those whose name begins so. False where the text is too short without its blanks.
 */
#define FIND_TEXT_MIN 2 /* characters */
#define FIND_TEXT_MAX 200
bool find_encode(const struct site *s, const char *text, const struct reader *r, struct buf *out);
/* The name and the advice of an entry check, each {LANGUAGE: text, ..} as JSON; false where there is no such check. */
bool entry_check_texts(const struct rules *r, const char *check, struct buf *name, struct buf *advice);

/* The position a picture was made at. */
struct picture {
	ms_t now; /* the server's time */
	const struct reader *reader;
	uint64_t on_disk_epoch, on_disk_seq; /* alerts: calm after this is not shown yet; UINT64_MAX: show all */
	struct forecast *forecast;           /* NULL: expected minutes are not known */
	/* When a device was heard last, 0: not yet; NULL: nobody knows. */
	ms_t (*last_contact)(void *arg, uint32_t device);
	void *contact_arg;
};
/* Adds {at, position, ...}. The views' names and contents are those of the API. */
void view_board(const struct site *s, const struct picture *p, struct buf *out);
void view_alerts(const struct site *s, const struct picture *p, struct buf *out);
/* Of a stage with desks, or, with STAGE_NONE, of all. */
void view_display(const struct site *s, enum stage stage, const struct picture *p, struct buf *out);
void view_observation(const struct site *s, const struct picture *p, struct buf *out);
void view_desk(const struct site *s, const struct desk *d, const struct picture *p, struct buf *out);
/* Of a device: {device, session}. */
void view_session(const struct site *s, const struct device *d, const struct picture *p, struct buf *out);
void view_ticket(const struct site *s, const struct visit *v, const struct picture *p, struct buf *out);

#endif
