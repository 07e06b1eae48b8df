/*
 * Health, readiness, metrics, the clock of tests.
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

/* ---- metrics: Prometheus text format 0.0.4 ---- */

static void gauge(struct buf *b, const char *name, const char *help, double v)
{
	buf_printf(b, "# HELP vaxline_%s %s\n# TYPE vaxline_%s gauge\nvaxline_%s %.9g\n", name, help, name, name, v);
}

static void metrics_commands(struct buf *b, const struct app_counts *n)
{
	buf_add_str(b, "# HELP vaxline_commands_total Commands by verdict.\n# TYPE vaxline_commands_total counter\n");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (n->verdicts[v])
			buf_printf(b, "vaxline_commands_total{verdict=\"%s\"} %llu\n", verdict_code(v), n->verdicts[v]);
	}
	buf_add_str(b, "# HELP vaxline_responses_total Responses by class.\n# TYPE vaxline_responses_total counter\n");
	for (int i = 2; i < 6; i++)
		buf_printf(b, "vaxline_responses_total{class=\"%dxx\"} %llu\n", i, n->responses[i]);
	buf_printf(b,
		   "# HELP vaxline_events_total Events applied since the start.\n# TYPE vaxline_events_total counter\n"
		   "vaxline_events_total %llu\n",
		   n->events);
}

static void metrics_visits(struct buf *b, const struct site *s)
{
	buf_add_str(b, "# HELP vaxline_visits Visits of the day by state.\n# TYPE vaxline_visits gauge\n");
	for (int st = VISIT_EXPECTED; st < VISIT_STATE_COUNT; st++)
		buf_printf(b, "vaxline_visits{state=\"%s\"} %u\n", visit_state_name(st),
			   s->today ? s->today->totals.by_state[st] : 0);
	buf_add_str(b, "# HELP vaxline_queue_length Tickets waiting by stage.\n# TYPE vaxline_queue_length gauge\n");
	for (int st = STAGE_REGISTRATION; st < STAGE_OBSERVATION; st++)
		buf_printf(b, "vaxline_queue_length{stage=\"%s\"} %zu\n", stage_name(st), s->queues[st].n);
	gauge(b, "seats_taken", "Seats taken in observation, companions counted.", site_seats_taken(s));
}

static unsigned alerts_open(const struct site *s)
{
	struct alert *al, *next;
	unsigned n = 0;

	if (s->today) {
		HASH_ITER(hh, s->today->alerts, al, next)
			n += al->state != ALERT_SETTLED;
	}
	for (int k = 0; k < ALERT_KIND_COUNT; k++)
		n += s->conditions[k] && s->conditions[k]->state != ALERT_SETTLED;
	return n;
}

void api_metrics(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct buf b = {0};

	if (!rq->loopback || rq->public_side) {
		app_problem(a, rq->id, 403, "forbidden", "Metrics are read on the machine itself.");
		return;
	}
	gauge(&b, "ready", "1 while commands can be promised.", app_is_ready(a));
	metrics_commands(&b, app_counts(a));
	metrics_visits(&b, app_site(a));
	gauge(&b, "alerts_open", "Alarms open or acknowledged.", alerts_open(app_site(a)));
	gauge(&b, "streams", "Open event streams.", (double)app_streams(a));
	gauge(&b, "connections", "Open connections.", (double)http_connections(app_http(a)));
	gauge(&b, "commit_seconds", "Time of a commit, smoothed.", journal_commit_ms(app_journal(a)) / 1000);
	gauge(&b, "journal_pending_bytes", "Bytes of events not yet on disk.",
	      (double)journal_pending_bytes(app_journal(a)));
	http_reply(app_http(a), rq->id,
		   &(struct http_response){.status = 200,
					   .content_type = "text/plain; version=0.0.4; charset=utf-8",
					   .body = b.data,
					   .body_len = b.len});
	buf_free(&b);
}

/* ---- the manual clock ---- */

static void clock_answer(struct app *a, http_id id)
{
	struct json_writer w;
	struct buf body = {0};
	char hash[17];

	snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)site_hash(app_site(a)));
	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "now");
	json_time(&w, app_now(a));
	json_key(&w, "hash");
	json_str(&w, hash);
	json_close(&w, '}');
	api_json(a, id, 200, &body);
	buf_free(&body);
}

static bool clock_is_there(struct app *a, const struct http_request *rq)
{
	if (!api_caller(a, rq))
		return false;
	if (!app_clock_is_manual(a))
		app_problem(a, rq->id, 404, "not_found", "The clock of this server moves by itself.");
	return app_clock_is_manual(a);
}

void api_clock_show(void *arg, const struct http_request *rq)
{
	if (clock_is_there(arg, rq))
		clock_answer(arg, rq->id);
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
	clock_answer(a, rq->id);
	body_free(b);
}
