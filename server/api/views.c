/*
 * Views, streams of views, and the log.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers.h"
#include "json.h"

static void view_refused(struct app *a, const struct http_request *rq, const struct device *by)
{
	if (by)
		api_forbidden(a, rq->id);
	else
		api_unauthorized(a, rq);
}

static bool is_of_ticket(const char *name)
{
	return strncmp(name, "ticket:", strlen("ticket:")) == 0;
}

void api_view(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by;
	struct buf body = {0};
	bool at_once;

	if (!api_serving(a, rq))
		return;
	by = api_caller_if_any(a, rq);
	if (!allow_view(by, rq->param[0]))
		view_refused(a, rq, by);
	else if (!app_view(a, rq->param[0], &body, &at_once) && is_of_ticket(rq->param[0]))
		api_wrong_ticket(a, rq, by);
	else if (!body.len)
		app_problem(a, rq->id, 404, "not_found", "No such view.");
	else if (at_once)
		api_json_now(a, rq->id, 200, &body);
	else
		api_json(a, rq->id, 200, &body);
	buf_free(&body);
}

/*
 * Splits "a,b" in place; 0 where there are too many, or one is empty, too long or not a view. *wrong: that one, where
 * it is of a ticket.
 */
static size_t view_names(struct app *a, const struct device *by, char *list, const char *names[APP_STREAM_VIEWS_MAX],
			 const char **wrong)
{
	size_t n = 0;
	char *rest = list, *name;
	struct buf picture = {0};
	bool at_once, ok = true;

	*wrong = NULL;
	while (ok && (name = strsep(&rest, ","))) {
		buf_clear(&picture);
		/* Nothing is rendered for who may not see it. */
		ok = n < APP_STREAM_VIEWS_MAX && name[0] && strlen(name) < APP_VIEW_NAME_MAX &&
		     (!allow_view(by, name) || app_view(a, name, &picture, &at_once));
		if (ok)
			names[n++] = name;
		else if (n < APP_STREAM_VIEWS_MAX && is_of_ticket(name))
			*wrong = name;
	}
	buf_free(&picture);
	return ok ? n : 0;
}

static void no_such_views(struct app *a, const struct http_request *rq, const struct device *by, bool ticket)
{
	if (ticket)
		api_wrong_ticket(a, rq, by);
	else if (by)
		app_problem(a, rq->id, 404, "not_found", "Name one to eight views in ?views=.");
	else
		api_unauthorized(a, rq);
}

void api_stream(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	char list[APP_STREAM_VIEWS_MAX * APP_VIEW_NAME_MAX];
	const char *names[APP_STREAM_VIEWS_MAX], *wrong = NULL;
	struct device *by;
	size_t n;

	if (!api_serving(a, rq))
		return;
	by = api_caller_if_any(a, rq);
	if (!http_query_value(rq->query, "views", list, sizeof(list)) ||
	    (n = view_names(a, by, list, names, &wrong)) == 0) {
		no_such_views(a, rq, by, wrong);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!allow_view(by, names[i])) {
			view_refused(a, rq, by);
			return;
		}
	}
	if (!app_stream(a, rq->id, by ? by->id : 0, names, n))
		app_problem(a, rq->id, 503, "too_many_streams", "Too many streams are open.");
}

/* ---- the log ---- */

static bool id_parse(const char *text, uint64_t *epoch, uint64_t *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*epoch = strtoull(text, &end, 10);
	if (*end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	*number = strtoull(end + 1, &end, 10);
	return *end == 0;
}

/* Where to begin, and how many lines; 422 was sent where that is malformed. */
static bool log_range(struct app *a, const struct http_request *rq, struct journal_range *range, uint64_t *limit)
{
	char text[HTTP_LINE_MAX_BYTES];
	char *end;

	*limit = UINT64_MAX;
	if (http_query_value(rq->query, "limit", text, sizeof(text))) {
		*limit = strtoull(text, &end, 10);
		if (text[0] < '0' || text[0] > '9' || *end) {
			app_problem(a, rq->id, 422, "invalid", "limit: a whole number.");
			return false;
		}
	}
	if (!http_query_value(rq->query, "after", text, sizeof(text)))
		return true;
	if (id_parse(text, &range->after_epoch, &range->after_number))
		return true;
	app_problem(a, rq->id, 422, "invalid", "after: the id of an event, EPOCH-N.");
	return false;
}

static bool day_is_date(const char *day)
{
	char text[32];
	ms_t at;

	snprintf(text, sizeof(text), "%.10sT00:00:00Z", day);
	return strlen(day) == 10 && time_parse(text, &at);
}

/* False where what follows has been trimmed: the answer is sent. */
static bool log_is_there(struct app *a, const struct http_request *rq, const struct journal_range *range)
{
	char detail[160];
	uint64_t epoch, seq;

	if (app_log_reaches(a, range, &epoch, &seq))
		return true;
	snprintf(detail, sizeof(detail), "The log begins at %llu-%llu now. Older days are read one by one, by day=.",
		 (unsigned long long)epoch, (unsigned long long)seq);
	app_problem(a, rq->id, 404, "not_found", detail);
	return false;
}

/* The open day is read from where it was opened; before the first day, the log from its beginning. */
void api_log(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct journal_range range = {0};
	const struct day *today;
	uint64_t limit;
	char day[HTTP_LINE_MAX_BYTES];
	bool named;

	if (!api_caller_for(a, rq, ACT_LOG))
		return;
	today = app_site(a)->today;
	named = http_query_value(rq->query, "day", day, sizeof(day));
	if (named && !day_is_date(day)) {
		app_problem(a, rq->id, 422, "invalid", "day: a date, YYYY-MM-DD.");
	} else if (!log_range(a, rq, &range, &limit)) {
		return;
	} else if (named && (!today || strcmp(day, today->date) != 0)) {
		if (!app_log_day(a, rq->id, day, &range, limit))
			app_problem(a, rq->id, 404, "not_found", "No closed day of that date.");
	} else if (log_is_there(a, rq, &range)) {
		if (!range.after_epoch && today) {
			range.after_epoch = today->opened_epoch;
			range.after_number = today->opened_seq - 1;
		}
		app_log(a, rq->id, &range, limit);
	}
}
