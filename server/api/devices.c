/*
 * Devices: enrolment by a one-time code, the list, moving and revoking.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers.h"
#include "json.h"
#include "qr.h"

static void unavailable(struct app *a, http_id id)
{
	app_problem(a, id, 503, "unavailable", "Nothing can be promised now; it was not done.");
}

/* ---- enrolment ---- */

static void enrolled(struct app *a, const struct http_request *rq, const struct device *d, const char *token)
{
	struct json_writer w;
	struct buf body = {0}, device = {0};
	char headers[API_COOKIE_MAX_BYTES + 32];
	struct http_response r = {.status = 201, .content_type = "application/json", .headers = headers};

	api_cookie(rq, token, headers, API_COOKIE_MAX_BYTES);
	strcat(headers, "Cache-Control: no-store\r\n");
	device_encode(d, 0, &device);
	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "token");
	json_str(&w, token);
	json_key(&w, "device");
	json_raw(&w, device.data);
	json_close(&w, '}');
	r.body = body.data;
	r.body_len = body.len;
	app_answer(a, rq->id, &r, NULL);
	buf_free(&body);
	buf_free(&device);
}

/* The setup code is the shell's own; any other is looked up by the core: what can be none, as it is, in vain. */
static void enrol_code(struct app *a, const char *text, char hash[TOKEN_HASH_LEN + 1], struct command *c)
{
	char code[ENROL_CODE_LEN + 1];
	const char *setup = app_setup_code(a);
	bool is_code = enrol_code_normalise(text, code);

	if (is_code && setup && strcmp(setup, code) == 0)
		return;
	token_hash(is_code ? code : text, hash);
	c->code_hash = hash;
}

/* A code that came in the open makes no device that is not heard there; it is not used up. No hash: the setup code. */
static bool is_in_the_open(struct app *a, const struct http_request *rq, const char *code_hash)
{
	const struct device *d = code_hash ? site_device_by_code(app_site(a), code_hash) : NULL;

	if (code_hash && (!d || d->enrolled))
		return false;
	return !api_may_come(rq, d ? d->kind : DEVICE_BOARD);
}

/* Who guesses is heard no more for a while, with the right code either: else the right one would stand out. */
static void enrol(struct app *a, const struct http_request *rq, struct command *c)
{
	struct outcome o;
	char token[TOKEN_LEN + 1], hash[TOKEN_HASH_LEN + 1];

	token_make(token);
	token_hash(token, hash);
	c->token_hash = hash;
	if (!app_submit(a, c, &o)) {
		unavailable(a, rq->id);
		return;
	}
	if (o.verdict == VERDICT_CODE_UNKNOWN || o.verdict == VERDICT_CODE_USED)
		app_limit_count(a, APP_LIMITED_ENROLMENT, rq->peer);
	if (!api_refused(a, rq->id, &o))
		enrolled(a, rq, site_device(app_site(a), o.subject), token);
}

void api_enrol(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct command c = {.kind = COMMAND_DEVICE_ENROL};
	char code_hash[TOKEN_HASH_LEN + 1];
	struct body *b;

	if (!api_serving(a, rq) || !(b = api_body(a, rq, BODY_ENROL, &c)))
		return;
	if (api_guesses_too_much(a, rq, APP_LIMITED_ENROLMENT)) {
		body_free(b);
		return;
	}
	enrol_code(a, body_text(b, "code"), code_hash, &c);
	if (is_in_the_open(a, rq, c.code_hash))
		api_tls_required(a, rq->id);
	else
		enrol(a, rq, &c);
	body_free(b);
}

/* ---- inviting ---- */

/* The address that the supervisor's own device reached us by is one that works here; HTTP/1.0 need not say it. */
static void enrol_url(const struct app *a, const struct http_request *rq, const char *code, struct buf *url)
{
	buf_add_str(url, rq->secure ? "https://" : "http://");
	if (rq->host)
		buf_printf(url, "%s/enrol#%s", rq->host, code);
	else
		buf_printf(url, "127.0.0.1:%d/enrol#%s", app_port(a), code);
}

/* The QR of a code: says no more than whoever asks for it knows. */
void api_enrol_qr(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	char text[ENROL_CODE_LEN + 1], code[ENROL_CODE_LEN + 1];
	struct buf url = {0};
	bool named = strlen(rq->param[0]) == ENROL_CODE_LEN + 4 && strcmp(rq->param[0] + ENROL_CODE_LEN, ".svg") == 0;

	if (!api_serving(a, rq))
		return;
	snprintf(text, sizeof(text), "%.*s", ENROL_CODE_LEN, rq->param[0]);
	if (!named || !enrol_code_normalise(text, code)) {
		app_problem(a, rq->id, 404, "not_found", "No such enrolment code.");
		return;
	}
	enrol_url(a, rq, code, &url);
	api_qr(a, rq->id, url.data);
	buf_free(&url);
}

static void invited(struct app *a, const struct http_request *rq, const struct device *d, const char *code)
{
	struct json_writer w;
	struct buf body = {0}, url = {0}, qr = {0};

	enrol_url(a, rq, code, &url);
	buf_printf(&qr, "/api/enrol/%s.svg", code);
	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "code");
	json_str(&w, code);
	json_key(&w, "url");
	json_str(&w, url.data);
	json_key(&w, "qr_svg");
	json_str(&w, qr.data);
	json_key(&w, "expires_at");
	json_time(&w, d->expires_at);
	json_close(&w, '}');
	api_json(a, rq->id, 201, &body);
	buf_free(&body);
	buf_free(&url);
	buf_free(&qr);
}

void api_devices_invite(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_DEVICES_INVITE);
	struct command c = {.kind = COMMAND_DEVICE_INVITE};
	struct outcome o;
	char code[ENROL_CODE_LEN + 1], hash[TOKEN_HASH_LEN + 1];
	struct body *b;

	if (!by || !(b = api_body(a, rq, BODY_DEVICE_INVITE, &c)))
		return;
	enrol_code_make(code);
	token_hash(code, hash);
	c.device = by->id;
	c.code_hash = hash;
	if (!app_submit(a, &c, &o))
		unavailable(a, rq->id);
	else if (!api_refused(a, rq->id, &o))
		invited(a, rq, site_device(app_site(a), o.subject), code);
	body_free(b);
}

/* ---- the list ---- */

static void device_row(struct app *a, const struct device *d, struct json_writer *w)
{
	struct buf one = {0};

	device_encode(d, app_last_contact(a, d->id), &one);
	json_raw(w, one.data);
	buf_free(&one);
}

void api_devices_list(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct json_writer w;
	struct buf body = {0};
	struct device *d, *next;

	if (!api_caller_for(a, rq, ACT_DEVICES_LIST))
		return;
	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "devices");
	json_open(&w, '[');
	HASH_ITER(hh, app_site(a)->devices, d, next)
		device_row(a, d, &w);
	json_close(&w, ']');
	json_close(&w, '}');
	api_json(a, rq->id, 200, &body);
	buf_free(&body);
}

/* ---- one device ---- */

static uint32_t device_id(const char *text)
{
	size_t digits = strspn(text + (text[0] == 'd'), "0123456789");

	if (text[0] != 'd' || digits == 0 || digits > 9 || text[1 + digits])
		return 0;
	return (uint32_t)strtoul(text + 1, NULL, 10);
}

/* Moves or revokes: either way its streams end, since what they show is no longer its own. */
static void device_change(struct app *a, http_id id, struct command *c)
{
	struct outcome o;
	struct buf body = {0};

	if (!app_submit(a, c, &o)) {
		unavailable(a, id);
	} else if (!api_refused(a, id, &o)) {
		app_stream_cut(a, o.subject);
		device_encode(site_device(app_site(a), o.subject), app_last_contact(a, o.subject), &body);
		api_json(a, id, 200, &body);
	}
	buf_free(&body);
}

void api_devices_move(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_DEVICES_MOVE);
	struct command c = {.kind = COMMAND_DEVICE_MOVE, .subject = device_id(rq->param[0])};
	struct body *b;

	if (!by || !(b = api_body(a, rq, BODY_DEVICE_MOVE, &c)))
		return;
	c.device = by->id;
	device_change(a, rq->id, &c);
	body_free(b);
}

void api_devices_revoke(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_DEVICES_REVOKE);
	struct command c = {.kind = COMMAND_DEVICE_REVOKE, .subject = device_id(rq->param[0])};

	if (!by)
		return;
	c.device = by->id;
	device_change(a, rq->id, &c);
}
