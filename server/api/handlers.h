#ifndef VAXLINE_API_HANDLERS_H
#define VAXLINE_API_HANDLERS_H

/*
 * What the handlers share: who calls, may they, and the way of a command.
 */
#include "allow.h"
#include "app.h"

/* ---- answer.c ---- */
void api_json(struct app *a, http_id id, int status, const struct buf *body);
/* Sends now, resting on nothing. */
void api_json_now(struct app *a, http_id id, int status, const struct buf *body);
/* Sends the QR of a text, an image that nobody keeps. */
void api_qr(struct app *a, http_id id, const char *text);

/* ---- caller.c ---- */
/* False where the site cannot be spoken of at all (503 was sent): still starting, or deposed. */
bool api_serving(struct app *a, const struct http_request *rq);
/* The device that calls, or NULL after 503 or 401 was sent. */
struct device *api_caller(struct app *a, const struct http_request *rq);
/* The device that calls, or NULL where there is none; nothing is sent. */
struct device *api_caller_if_any(struct app *a, const struct http_request *rq);
/* Like api_caller, and it may ask for that, else 403 was sent. */
struct device *api_caller_for(struct app *a, const struct http_request *rq, enum act act);
/* Whether a device of that kind is heard at the door of the request: in the open only what shows what all may see. */
bool api_may_come(const struct http_request *rq, enum device_kind kind);
void api_tls_required(struct app *a, http_id id); /* sends 403 */
bool api_forbidden(struct app *a, http_id id);    /* sends 403; true */
/* Nobody calls: sends 401, or why the token that was sent does not count. */
void api_unauthorized(struct app *a, const struct http_request *rq);
/* The header that gives a page its token. */
#define API_COOKIE_MAX_BYTES 160
void api_cookie(const struct http_request *rq, const char *token, char *header, size_t size);
/* Sends 429, with when to try again. */
void api_too_many(struct app *a, http_id id, enum app_limited what, int64_t wait_ms);
/* True where this address has guessed wrong too often, and 429 was sent. */
bool api_guesses_too_much(struct app *a, const struct http_request *rq, enum app_limited what);
/*
 * No ticket by that code: one answer, whether it is malformed, forged or of no visit. Who has no token and asks too
 * often gets 429 instead.
 */
void api_wrong_ticket(struct app *a, const struct http_request *rq, const struct device *by);
struct reader api_reader(const struct device *d);

/* ---- act.c ---- */
/*
 * The way of a command: parse the body, decode it, submit, answer. by: NULL for a ticket's holder. known: what the
 * handler knows already.
 */
void api_act(struct app *a, const struct http_request *rq, const struct device *by, enum body_shape shape,
	     const struct command *known);
/* Whether the body's id is of a command that this device sent before: it was allowed then. */
bool api_is_repeat(struct app *a, const struct http_request *rq, const struct device *by);
/* Reads {ref}: a ticket code or a number, into c; what is neither leaves c without a visit. */
void api_ref(const struct app *a, const char *ref, struct command *c, char number[NUMBER_MAX_BYTES + 1]);
/* Parses and decodes; NULL after 4xx was sent. The caller frees with body_free. */
struct body *api_body(struct app *a, const struct http_request *rq, enum body_shape shape, struct command *c);
/*
 * Who is meant, and what the door asked: c->ticket, c->appointment, c->by_id, c->by_phone, c->entry_checks and its
 * verdict. False with what is wrong.
 */
bool api_who(struct app *a, struct body *b, enum body_shape shape, const struct device *by, struct command *c,
	     struct body_error *e);
/* Whether a code that should be a ticket's is a badge's, with what to say of it. */
bool api_is_badge(struct app *a, const char *code, struct body_error *e);
/* The answer to a submitted command with an id. by: NULL for a ticket's holder. */
void api_answer(struct app *a, http_id id, const struct command *c, const struct device *by, const struct outcome *o);
/* The answer to a submitted command without an id: a refusal, sent; true where it was one. */
bool api_refused(struct app *a, http_id id, const struct outcome *o);
/* Sends 422 for a field of the body. */
void api_bad_field(struct app *a, http_id id, const struct body_error *e);

/* ---- process.c ---- */
void api_process_metrics(const struct app *a, struct buf *out);

/* ---- the handlers ---- */
http_handler api_enrol, api_enrol_qr, api_devices_list, api_devices_invite, api_devices_move, api_devices_revoke;
http_handler api_check_in, api_visits_find, api_visit_show, api_visit_act, api_scan, api_unwell, api_ticket_qr;
http_handler api_session_show, api_sign_on, api_sign_off, api_staff_list, api_badge_qr;
http_handler api_desk_act, api_alert_act, api_day_show, api_day_close, api_site_show, api_site_act;
http_handler api_tls, api_ca, api_ca_qr;
http_handler api_roster_load, api_roster_show;
http_handler api_view, api_stream, api_log, api_clock_show, api_clock_move;
http_handler api_healthz, api_readyz, api_metrics, api_openapi;
http_handler page_root, page_setup, page_enrol, page_board, page_badges, page_ca, page_ca_file, page_ticket, page_file;

#endif
