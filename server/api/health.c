/*
 * Health, readiness, the clock of tests.
 */
#include <stdio.h>

#include "handlers.h"
#include "json.h"

void api_healthz(void *arg, const struct http_request *rq)
{
	struct buf body = {0};

	buf_add_str(&body, "{\"status\":\"ok\"}");
	api_json_now(arg, rq->id, 200, &body);
	buf_free(&body);
}

static const char *why_not_ready(struct app *a)
{
	switch (app_phase(a)) {
	case APP_STARTING:
		return "The log is being read.";
	case APP_DEPOSED:
		return "Another server has taken this site.";
	case APP_STOPPED:
		return "The log is lost or refuses us; see the server's log.";
	default:
		return "Redis does not answer.";
	}
}

void api_readyz(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct buf body = {0};

	if (!app_is_ready(a)) {
		app_problem(a, rq->id, 503, "not_ready", why_not_ready(a));
		return;
	}
	buf_printf(&body, "{\"ready\":true,\"position\":\"%llu-%llu\"}", (unsigned long long)app_site(a)->epoch,
		   (unsigned long long)app_site(a)->seq);
	api_json_now(a, rq->id, 200, &body);
	buf_free(&body);
}

/* ---- the manual clock ---- */

/* The number of the whole state takes a look at all of it: only whoever reads the clock is told. */
static void clock_answer(struct app *a, http_id id, bool with_hash)
{
	struct json_writer w;
	struct buf body = {0};
	char hash[17];

	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "now");
	json_time(&w, app_now(a));
	if (with_hash) {
		snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)site_hash(app_site(a)));
		json_key(&w, "hash");
		json_str(&w, hash);
	}
	json_close(&w, '}');
	api_json(a, id, 200, &body);
	buf_free(&body);
}

static bool clock_is_there(struct app *a, const struct http_request *rq)
{
	if (!api_caller_for(a, rq, ACT_CLOCK))
		return false;
	if (!app_clock_is_manual(a))
		app_problem(a, rq->id, 404, "not_found", "The clock of this server moves by itself.");
	return app_clock_is_manual(a);
}

void api_clock_show(void *arg, const struct http_request *rq)
{
	if (clock_is_there(arg, rq))
		clock_answer(arg, rq->id, true);
}

void api_clock_move(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct command c = {0};
	int64_t by = 0;
	struct body *b;

	if (!clock_is_there(a, rq) || !(b = api_body(a, rq, BODY_CLOCK, &c)))
		return;
	if (body_true(b, "doubt"))
		app_doubt_clock(a);
	if (body_int(b, "advance_ms", &by))
		app_clock_advance(a, by);
	clock_answer(a, rq->id, false);
	body_free(b);
}
