/*
 * Who calls: a bearer token, or the cookie that enrolment set; both name a device.
 *
 *   bearer -------------------------------------> device
 *   cookie -- asked for by one of our own pages -> device
 *
 * A browser sends the cookie with whatever a page makes it ask, also a stranger's page: only what comes from our own
 * origin counts. The browser says where it comes from, in Origin, with all that may change something.
 */
#include <stdio.h>
#include <string.h>

#include "handlers.h"
#include "problem.h"

bool api_forbidden(struct app *a, http_id id)
{
	app_problem(a, id, 403, "forbidden", "This kind of device may not do that.");
	return true;
}

bool api_serving(struct app *a, const struct http_request *rq)
{
	switch (app_phase(a)) {
	case APP_STARTING:
		app_problem(a, rq->id, 503, "starting", "The log is being read.");
		return false;
	case APP_DEPOSED:
		app_problem(a, rq->id, 503, "deposed", "Another server has taken this site.");
		return false;
	default:
		return true;
	}
}

/* A name with this prefix is one that a browser takes only over TLS, from the host itself. */
static const char *cookie_name(const struct http_request *rq)
{
	return rq->secure ? "__Host-vaxline" : "vaxline";
}

void api_cookie(const struct http_request *rq, const char *token, char *header, size_t size)
{
	/* As long as browsers keep any: a device stays one of ours when its browser is closed. */
	snprintf(header, size, "Set-Cookie: %s=%s; Path=/; Max-Age=34560000; %sHttpOnly; SameSite=Strict\r\n",
		 cookie_name(rq), token, rq->secure ? "Secure; " : "");
}

static bool token_of(const struct http_request *rq, char token[TOKEN_LEN + 1])
{
	const char *given = rq->authorization;

	if (!given)
		return http_cookie_value(rq->cookie ? rq->cookie : "", cookie_name(rq), token, TOKEN_LEN + 1) &&
		       strlen(token) == TOKEN_LEN;
	if (strncasecmp(given, "Bearer ", 7) != 0 || strlen(given + 7) != TOKEN_LEN)
		return false;
	memcpy(token, given + 7, TOKEN_LEN + 1);
	return true;
}

_Static_assert(sizeof(struct token_memory) <= HTTP_KEEP_BYTES, "the last token of a connection is kept with it");

/* A GET from our own page names no origin. */
static bool from_our_page(const struct http_request *rq)
{
	const char *scheme = rq->secure ? "https://" : "http://";
	size_t n = strlen(scheme);

	if (!rq->origin)
		return rq->method == HTTP_METHOD_GET;
	return rq->host && strncasecmp(rq->origin, scheme, n) == 0 && strcasecmp(rq->origin + n, rq->host) == 0;
}

bool api_may_come(const struct http_request *rq, enum device_kind kind)
{
	return rq->door != HTTP_PLAIN || kind == DEVICE_DISPLAY || kind == DEVICE_OBSERVATION;
}

void api_tls_required(struct app *a, http_id id)
{
	app_problem(a, id, 403, "tls_required", "Here anybody may listen: use the https address.");
}

/* What becomes of the token that came with a request. */
enum standing { UNKNOWN, KNOWN, FROM_A_STRANGERS_PAGE, IN_THE_OPEN };

static enum standing find_caller(struct app *a, const struct http_request *rq, struct device **d)
{
	char token[TOKEN_LEN + 1];

	/* The public side knows tickets only: a token that got out is worth nothing there. */
	if (rq->door == HTTP_PUBLIC || !token_of(rq, token))
		return UNKNOWN;
	/* What is remembered is the hash and not the device: that may be revoked meanwhile. */
	*d = site_device_by_token(app_site(a), token_hash_again(rq->keep, token));
	if (!*d)
		return UNKNOWN;
	if (!rq->authorization && !from_our_page(rq))
		return FROM_A_STRANGERS_PAGE;
	if (!api_may_come(rq, (*d)->kind))
		return IN_THE_OPEN;
	return KNOWN;
}

struct device *api_caller_if_any(struct app *a, const struct http_request *rq)
{
	struct device *d;

	if (find_caller(a, rq, &d) != KNOWN)
		return NULL;
	app_contact(a, d->id);
	return d;
}

void api_unauthorized(struct app *a, const struct http_request *rq)
{
	struct device *d;

	switch (find_caller(a, rq, &d)) {
	case FROM_A_STRANGERS_PAGE:
		app_problem(a, rq->id, 403, "origin_mismatch", "With the cookie only this site's own pages may ask.");
		break;
	case IN_THE_OPEN:
		api_tls_required(a, rq->id);
		break;
	default:
		app_problem(a, rq->id, 401, "unauthorized", "Enrol this device first.");
		break;
	}
}

struct device *api_caller(struct app *a, const struct http_request *rq)
{
	struct device *d;

	if (!api_serving(a, rq))
		return NULL;
	d = api_caller_if_any(a, rq);
	if (!d)
		api_unauthorized(a, rq);
	return d;
}

struct device *api_caller_for(struct app *a, const struct http_request *rq, enum act act)
{
	struct device *d = api_caller(a, rq);

	if (!d || allow_act(d, act))
		return d;
	api_forbidden(a, rq->id);
	return NULL;
}

struct reader api_reader(const struct device *d)
{
	return (struct reader){.person = d && (d->kind == DEVICE_BOARD || d->kind == DEVICE_HANDHELD)};
}

/* ---- guesses ---- */

void api_too_many(struct app *a, http_id id, enum app_limited what, int64_t wait_ms)
{
	struct buf body = {0};
	char headers[64];
	struct http_response r = {.status = 429, .content_type = PROBLEM_CONTENT_TYPE, .headers = headers};

	snprintf(headers, sizeof(headers), "Retry-After: %lld\r\n", (long long)((wait_ms + 999) / 1000));
	problem_write(&body, r.status, verdict_code(VERDICT_TOO_MANY_TRIES), verdict_title(VERDICT_TOO_MANY_TRIES),
		      NULL);
	r.body = body.data;
	r.body_len = body.len;
	app_count_limited(a, what);
	http_reply(app_http(a), id, &r);
	buf_free(&body);
}

bool api_guesses_too_much(struct app *a, const struct http_request *rq, enum app_limited what)
{
	int64_t wait = app_limit_wait(a, what, rq->peer);

	if (wait)
		api_too_many(a, rq->id, what, wait);
	return wait;
}

void api_wrong_ticket(struct app *a, const struct http_request *rq, const struct device *by)
{
	if (!by && api_guesses_too_much(a, rq, APP_LIMITED_TICKET))
		return;
	if (!by)
		app_limit_count(a, APP_LIMITED_TICKET, rq->peer);
	app_problem(a, rq->id, 404, "not_found", "No such ticket.");
}
