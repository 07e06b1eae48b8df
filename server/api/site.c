/*
 * The site, its desks, its alarms and its day.
 */
#include <string.h>

#include "handlers.h"

void api_site_show(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct buf body = {0};

	if (!api_caller_for(a, rq, ACT_SITE))
		return;
	site_encode(app_site(a), &body);
	api_json(a, rq->id, 200, &body);
	buf_free(&body);
}

void api_site_act(void *arg, const struct http_request *rq)
{
	static const struct {
		const char *name;
		enum command_kind kind;
		enum act act;
	} acts[] = {
		{"hold", COMMAND_SITE_HOLD, ACT_SITE_HOLD},
		{"resume", COMMAND_SITE_RESUME, ACT_SITE_RESUME},
		{"roll_call_start", COMMAND_ROLL_CALL_START, ACT_ROLL_CALL_START},
		{"roll_call_end", COMMAND_ROLL_CALL_END, ACT_ROLL_CALL_END},
	};
	struct app *a = arg;
	struct device *by = api_caller(a, rq);
	struct command c = {0};
	size_t i = 0;

	if (!by)
		return;
	while (i < sizeof(acts) / sizeof(acts[0]) && strcmp(acts[i].name, rq->param[0]) != 0)
		i++;
	if (i == sizeof(acts) / sizeof(acts[0])) {
		app_problem(a, rq->id, 404, "not_found", "No such action.");
		return;
	}
	c.kind = acts[i].kind;
	if (allow_act(by, acts[i].act) || api_is_repeat(a, rq, by))
		api_act(a, rq, by, c.kind == COMMAND_SITE_HOLD ? BODY_SITE_HOLD : BODY_SITE, &c);
	else
		api_forbidden(a, rq->id);
}

void api_desk_act(void *arg, const struct http_request *rq)
{
	static const struct {
		const char *name;
		enum command_kind kind;
		enum act act;
	} acts[] = {
		{"open", COMMAND_DESK_OPEN, ACT_DESK_OPEN},
		{"close", COMMAND_DESK_CLOSE, ACT_DESK_CLOSE},
		{"call", COMMAND_DESK_CALL, ACT_DESK_CALL},
		{"recall", COMMAND_DESK_RECALL, ACT_DESK_RECALL},
	};
	struct app *a = arg;
	struct device *by = api_caller(a, rq);
	struct command c = {.desk = rq->param[0]};
	size_t i = 0;

	if (!by)
		return;
	while (i < sizeof(acts) / sizeof(acts[0]) && strcmp(acts[i].name, rq->param[1]) != 0)
		i++;
	if (i == sizeof(acts) / sizeof(acts[0])) {
		app_problem(a, rq->id, 404, "not_found", "No such action.");
		return;
	}
	c.kind = acts[i].kind;
	if (allow_act(by, acts[i].act) || api_is_repeat(a, rq, by))
		api_act(a, rq, by, BODY_DESK, &c);
	else
		api_forbidden(a, rq->id);
}

void api_alert_act(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	bool settle = strcmp(rq->param[1], "settle") == 0;
	struct command c = {.kind = settle ? COMMAND_ALERT_SETTLE : COMMAND_ALERT_ACKNOWLEDGE, .alert = rq->param[0]};
	struct device *by = api_caller_for(a, rq, settle ? ACT_ALERT_SETTLE : ACT_ALERT_ACKNOWLEDGE);
	const struct alert *alarm;

	if (!by)
		return;
	if (!settle && strcmp(rq->param[1], "acknowledge") != 0) {
		app_problem(a, rq->id, 404, "not_found", "No such action.");
		return;
	}
	alarm = site_alert(app_site(a), rq->param[0]);
	if (settle && alarm && alarm->kind == ALERT_CLOCK_DOUBT && !allow_act(by, ACT_SETTLE_CLOCK_DOUBT)) {
		api_forbidden(a, rq->id);
		return;
	}
	api_act(a, rq, by, settle ? BODY_SETTLE : BODY_ACKNOWLEDGE, &c);
}

void api_day_show(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct buf body = {0};

	if (!api_caller_for(a, rq, ACT_DAY))
		return;
	day_encode(app_site(a), &body);
	api_json(a, rq->id, 200, &body);
	buf_free(&body);
}

void api_day_close(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_DAY_CLOSE);
	struct command c = {.kind = COMMAND_DAY_CLOSE};

	if (by)
		api_act(a, rq, by, BODY_DAY_CLOSE, &c);
}
