/*
 * Who calls: a bearer token, or the cookie that enrolment set; both name a device.
 */
#include <string.h>

#include "handlers.h"

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

static bool token_of(const struct http_request *rq, char token[TOKEN_LEN + 1])
{
	const char *given = rq->authorization;

	if (!given)
		return http_cookie_value(rq->cookie ? rq->cookie : "", "vaxline", token, TOKEN_LEN + 1) &&
		       strlen(token) == TOKEN_LEN;
	if (strncasecmp(given, "Bearer ", 7) != 0 || strlen(given + 7) != TOKEN_LEN)
		return false;
	memcpy(token, given + 7, TOKEN_LEN + 1);
	return true;
}

_Static_assert(sizeof(struct token_memory) <= HTTP_KEEP_BYTES, "the last token of a connection is kept with it");

struct device *api_caller_if_any(struct app *a, const struct http_request *rq)
{
	char token[TOKEN_LEN + 1];
	struct device *d;

	/* The public side knows tickets only: a token that got out is worth nothing there. */
	if (rq->door == HTTP_PUBLIC || !token_of(rq, token))
		return NULL;
	/* What is remembered is the hash and not the device: that may be revoked meanwhile. */
	d = site_device_by_token(app_site(a), token_hash_again(rq->keep, token));
	if (d)
		app_contact(a, d->id);
	return d;
}

struct device *api_caller(struct app *a, const struct http_request *rq)
{
	struct device *d;

	if (!api_serving(a, rq))
		return NULL;
	d = api_caller_if_any(a, rq);
	if (!d)
		app_problem(a, rq->id, 401, "unauthorized", "Enrol this device first.");
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
