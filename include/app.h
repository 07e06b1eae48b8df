#ifndef VAXLINE_APP_H
#define VAXLINE_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "certificate.h"
#include "codec.h"
#include "command.h"
#include "http.h"
#include "journal.h"
#include "loop.h"
#include "metrics.h"
#include "site.h"
#include "trust.h"

/*
 * One running site: command -> core -> journal -> reply, the views, and what time does.
 *
 *   app_submit   judges and applies at once; its events join the open commit
 *   app_answer   holds the answer until all it rests on is on disk, then sends it
 *   end of turn  the commit leaves; changed views are rendered and held likewise; raised alarms are shown at once
 */

/* Answers are 503 after this without the disk, those of safety commands 202 `noted` after the shorter one. */
#define APP_ANSWER_MS 2000
#define APP_NOTED_MS 1000
/* Safety commands kept in memory while the disk is away, bytes of events. */
#define APP_KEPT_MAX_BYTES (8 * 1024 * 1024)
/* Least time between two pictures of one view, and between beats. */
#define APP_VIEW_MS 20
#define APP_BEAT_MS 2000
#define APP_STREAMS_MAX 2048
#define APP_STREAM_VIEWS_MAX 8
#define APP_VIEW_NAME_MAX 80

struct app_options {
	const char *config;
	const char *data;
	const char *listen;
	const char *listen_public;      /* NULL: none */
	const char *listen_plain;       /* NULL: none; without TLS, for displays, tickets and the page of the CA */
	const char *tls_cert, *tls_key; /* PEM files; both or neither (NULL) */
	const char *redis;              /* NULL: a private one */
	bool setup;                     /* print a setup code also where there is a board: its browser may be lost */
	ms_t manual_clock;              /* 0: real time */
	const char *pages;              /* directory of the pages */
	const struct http_route *routes;
	size_t n_routes;
	const char *version; /* of the program */
};

enum app_phase {
	APP_STARTING, /* the log is being read */
	APP_SERVING,
	APP_STOPPED, /* storage lost or refused: nothing can be promised any more */
	APP_DEPOSED, /* another process has taken the site */
};

struct app;

/* Reads the configuration, takes the locks, opens the listeners. NULL with a sentence in error. */
struct app *app_new(struct loop *l, const struct app_options *o, char *error, size_t error_size);
/* Takes the site and replays its log; prints `listening` when ready. */
void app_start(struct app *a);
void app_free(struct app *a); /* accepts NULL */
/* 0, or 1 where the start failed; why was logged. */
int app_exit_status(const struct app *a);

enum app_phase app_phase(const struct app *a);
struct site *app_site(struct app *a);
const struct trust *app_trust(const struct app *a);
struct http *app_http(struct app *a);
struct journal *app_journal(struct app *a);
const struct app_options *app_options(const struct app *a);
int app_port(const struct app *a);
int app_plain_port(const struct app *a); /* 0: no such door */
/* What the server shows, and the CA that it hands out: ca.crt beside it, where that issued it. NULL without TLS. */
struct app_tls {
	struct certificate_facts certificate;
	bool has_ca;
	struct certificate_facts ca;
	struct buf ca_der;
};
const struct app_tls *app_tls(const struct app *a);
/* The event clock: UTC, never before the last event. */
ms_t app_now(const struct app *a);
bool app_clock_is_manual(const struct app *a);
/* The local date of the site, "2026-11-20". */
void app_date(struct app *a, char out[11]);
/* True while commands can be promised. */
bool app_is_ready(const struct app *a);

/*
 * Judges and applies. Sets c->date. False where nothing can be promised and the command is not one for safety (or too
 * many of those are kept already): it was not applied, the answer is 503.
 */
bool app_submit(struct app *a, struct command *c, struct outcome *o);
/* Whether it goes on without the disk: reports of illness, arrivals, exits, acknowledgements. */
bool app_is_for_safety(const struct app *a, const struct command *c);
/* Moves the manual clock; all that falls due on the way happens. */
void app_clock_advance(struct app *a, ms_t by);
/* Raises clock_doubt, as a start with a clock that jumped does. */
void app_doubt_clock(struct app *a);

/*
 * Sends a response when everything applied so far is on disk. noted: for a safety command, the body of the 202 sent
 * where the disk is not to be had (copied); else NULL.
 */
void app_answer(struct app *a, http_id id, const struct http_response *r, const struct buf *noted);
/* The same for a command that was answered before: it rests on what that answer rested on. */
void app_answer_again(struct app *a, http_id id, const struct http_response *r, const struct buf *noted,
		      const struct receipt *of);

/* An empty buffer to write in until the handler returns or asks for it again. */
struct buf *app_scratch(struct app *a);

/* Sends a problem document now: it rests on nothing. detail: a sentence for a person, or NULL. */
void app_problem(struct app *a, http_id id, int status, const char *code, const char *detail);

/*
 * The current picture of a view; false where there is none of that name. at_once: it need not wait for the disk.
 */
bool app_view(struct app *a, const char *name, struct buf *out, bool *at_once);
/* Opens a stream of views for a device (0: a ticket's holder); names are checked by the caller. False: too many. */
bool app_stream(struct app *a, http_id id, uint32_t device, const char *const *names, size_t n);
/* Ends all streams of a device. */
void app_stream_cut(struct app *a, uint32_t device);
size_t app_streams(const struct app *a);

/*
 * Sends the log from after the start of the range as the body, one event a line, at most so many: when everything
 * applied so far is on disk, up to that.
 */
void app_log(struct app *a, http_id id, const struct journal_range *range, uint64_t limit);

/* Whether the log still holds what follows the start of the range; what is older was trimmed. Else where it begins. */
bool app_log_reaches(const struct app *a, const struct journal_range *range, uint64_t *epoch, uint64_t *seq);

/* The same of a closed day, from its file; false where there is none. */
bool app_log_day(struct app *a, http_id id, const char *day, const struct journal_range *after, uint64_t limit);

/*
 * Loads a roster, a little in each turn; one at a time. `loaded` is called with the command that ended it and its
 * outcome, for the answer; whatever ends it before that is answered here.
 */
struct app_roster {
	http_id request;
	const char *id; /* of the command; 36 characters */
	uint64_t body;  /* digest of what was asked */
	uint32_t device;
	bool partial; /* rows in error keep only themselves out */
	bool dry_run;
	void (*loaded)(struct app *a, http_id request, const struct command *c, const struct outcome *o);
};
bool app_roster_is_busy(const struct app *a);
/* Copies what it needs. */
void app_roster_start(struct app *a, const struct app_roster *ask, const char *text, size_t len);

/* ---- staff ---- */

/* The hash of somebody's PIN; NULL: has none. Lent until the turn ends: the list may be read again after it. */
const char *app_pin_hash(const struct app *a, const char *staff_id);
/* Lent until app_free. */
const struct pepper *app_pepper(const struct app *a);

/* ---- guesses ---- */

/*
 * What is kept from being guessed. Wrong enrolment codes and, by callers without a token, wrong ticket codes are
 * counted under the address (of IPv6 the network) they come from; badges and PINs by the core.
 */
enum app_limited { APP_LIMITED_ENROLMENT, APP_LIMITED_TICKET, APP_LIMITED_SIGN_ON, APP_LIMITED_COUNT };
#define APP_ENROLMENT_TRIES 10
#define APP_ENROLMENT_EVERY_MS 6000
#define APP_TICKET_TRIES 30
#define APP_TICKET_EVERY_MS 2000
/* Milliseconds until the address may guess again; 0: it may now. */
int64_t app_limit_wait(const struct app *a, enum app_limited what, const char *address);
/* Counts a wrong guess. */
void app_limit_count(struct app *a, enum app_limited what, const char *address);
/* Counts an answer of 429, for the metrics. */
void app_count_limited(struct app *a, enum app_limited what);

/*
 * A PIN to be checked, beside the loop; one of a badge and one of a device at a time. What is meant by the numbers is
 * looked up anew when it is done: it may have changed.
 */
struct app_pin {
	http_id request;
	uint32_t device;
	uint64_t badge; /* number; also one that nobody has: that check takes as long, in vain */
	void (*checked)(struct app *a, const struct app_pin *ask, bool right);
};
bool app_pin_is_busy(const struct app *a, uint64_t badge, uint32_t device);
/* Copies what it needs. */
void app_pin_start(struct app *a, const struct app_pin *ask, const char *pin);

/* The first end of a shift that is not just about to come, for who signs on now; 0: the site has none. */
#define APP_SHIFT_LEAST_MS (30 * MS_MINUTE)
ms_t app_shift_end(const struct app *a);

/* When a device was last heard, real time UTC ms; 0: not since the start. */
ms_t app_last_contact(const struct app *a, uint32_t device);
void app_contact(struct app *a, uint32_t device);

/* The setup code while no board exists, else NULL. */
const char *app_setup_code(struct app *a);

/* For the metrics: since the start. */
#define APP_STATUS_FIRST 100
#define APP_STATUS_COUNT 500
struct app_route_counts {
	uint64_t by_status[APP_STATUS_COUNT]; /* index: status - APP_STATUS_FIRST */
	struct histogram took;
	unsigned failed; /* answers of 5xx not yet told in the log, and the last one's status */
	int failed_status;
};
struct app_counts {
	ms_t started_ms; /* wall clock */
	uint64_t verdicts[VERDICT_COUNT];
	uint64_t events;
	struct app_route_counts *routes; /* as app_options.routes; the one after the last: no route matched */
	struct histogram commit_took, commit_bytes, commit_events;
	uint64_t limited[APP_LIMITED_COUNT]; /* answers of 429 */
	uint64_t pin_checks;
};
const struct app_counts *app_counts(const struct app *a);

/* http_options callbacks that belong to the app. */
void app_http_closed(void *arg, http_id id);
void app_http_drained(void *arg, http_id id);

#endif
