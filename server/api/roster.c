/*
 * Rosters: loading one, and reading who is expected.
 */
#include <inttypes.h>
#include <string.h>

#include "handlers.h"
#include "json.h"
#include "roster.h"

/* ---- loading ---- */

static bool is_csv(const char *type)
{
	size_t n = strlen("text/csv");

	return type && strncasecmp(type, "text/csv", n) == 0 && (type[n] == 0 || type[n] == ';' || type[n] == ' ');
}

static bool is_set(const struct http_request *rq, const char *name)
{
	char value[8];

	return http_query_value(rq->query, name, value, sizeof(value)) && strcmp(value, "1") == 0;
}

/* A flag that is neither set nor clear is a slip of the pen, and what it should have kept out would be loaded. */
static bool flags_agree(struct app *a, const struct http_request *rq)
{
	static const char *const names[] = {"partial", "dry_run"};
	char value[8];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		bool given = http_query_value(rq->query, names[i], value, sizeof(value));

		if ((given && strcmp(value, "0") != 0 && strcmp(value, "1") != 0) ||
		    (!given && strstr(rq->query, names[i]))) {
			app_problem(a, rq->id, 422, "invalid", "partial and dry_run: 1, or left out.");
			return false;
		}
	}
	return true;
}

/* A repeat has the same file and the same way of taking it. */
static uint64_t load_digest(const struct http_request *rq)
{
	struct buf text = {0};
	uint64_t digest;

	buf_printf(&text, "%s\n%s\n%016" PRIx64, rq->path, is_set(rq, "partial") ? "partial" : "whole",
		   digest_u64(rq->body, rq->body_len));
	digest = digest_u64(text.data, text.len);
	buf_free(&text);
	return digest;
}

static void loaded(struct app *a, http_id id, const struct command *c, const struct outcome *o)
{
	api_answer(a, id, c, site_device(app_site(a), c->device), o);
}

/* An id that has loaded a roster gets that answer again. */
static bool answered_before(struct app *a, const struct http_request *rq, const struct app_roster *ask)
{
	struct command c = {.kind = COMMAND_ROSTER_LOADED, .id = ask->id, .body = ask->body, .device = ask->device};
	struct outcome o;

	if (!site_receipt(app_site(a), ask->id))
		return false;
	if (app_submit(a, &c, &o))
		loaded(a, rq->id, &c, &o);
	else
		app_problem(a, rq->id, 503, "unavailable", "Nothing can be promised now.");
	return true;
}

void api_roster_load(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_ROSTER_LOAD);
	char id[40];
	struct app_roster ask = {.request = rq->id,
				 .id = id,
				 .partial = is_set(rq, "partial"),
				 .dry_run = is_set(rq, "dry_run"),
				 .loaded = loaded};

	if (!by)
		return;
	ask.device = by->id;
	if (!is_csv(rq->content_type)) {
		app_problem(a, rq->id, 415, "not_csv", "Send the file as text/csv.");
	} else if (!http_query_value(rq->query, "id", id, sizeof(id)) || !uuid_valid(id)) {
		app_problem(a, rq->id, 422, "invalid", "id: a UUID, in the query.");
	} else if (flags_agree(a, rq)) {
		ask.body = load_digest(rq);
		if (answered_before(a, rq, &ask))
			return;
		if (app_roster_is_busy(a))
			app_problem(a, rq->id, 409, "roster_busy", "A roster is being loaded; ask again in a moment.");
		else if (!app_is_ready(a))
			app_problem(a, rq->id, 503, "unavailable", "Nothing can be promised now; it was not loaded.");
		else
			app_roster_start(a, &ask, rq->body, rq->body_len);
	}
}

/* ---- reading ---- */

static void code_of(void *arg, uint64_t appointment, char out[ROSTER_CODE_MAX_BYTES + 1])
{
	appointment_code(app_trust(arg), appointment, out);
}

void api_roster_show(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_ROSTER);
	struct reader reader = api_reader(by);
	char day[16];
	struct buf body = {0};

	if (!by)
		return;
	if (!http_query_value(rq->query, "day", day, sizeof(day))) {
		if (strstr(rq->query, "day=")) {
			app_problem(a, rq->id, 422, "invalid", "day: a date, YYYY-MM-DD.");
			return;
		}
		if (app_site(a)->today)
			memcpy(day, app_site(a)->today->date, sizeof(app_site(a)->today->date));
		else
			app_date(a, day);
	} else if (!date_valid(day)) {
		app_problem(a, rq->id, 422, "invalid", "day: a date, YYYY-MM-DD.");
		return;
	}
	roster_encode(app_site(a), day, code_of, a, &reader, &body);
	api_json(a, rq->id, 200, &body);
	buf_free(&body);
}
