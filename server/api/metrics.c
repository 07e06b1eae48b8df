/*
 * The metrics of a site, read by Prometheus on the machine itself.
 *
 * Labels are words of the product: patterns of routes, verdicts, states, stages, kinds. No label names a person, a
 * ticket, a device or an address.
 */
#include <stdio.h>

#include "handlers.h"

/* ---- what came in and what left ---- */

static void requests(struct buf *b, const struct app *a)
{
	static const char name[] = "vaxline_http_requests_total";
	const struct app_options *o = app_options(a);

	metric_family(b, name, METRIC_COUNTER, "Requests by route, method and status.");
	for (size_t i = 0; i <= o->n_routes; i++) {
		const struct app_route_counts *n = &app_counts(a)->routes[i];

		for (int s = 0; s < APP_STATUS_COUNT; s++) {
			char status[12];

			if (!n->by_status[s])
				continue;
			snprintf(status, sizeof(status), "%d", APP_STATUS_FIRST + s);
			metric_sample(b, name, (double)n->by_status[s], "route",
				      i < o->n_routes ? o->routes[i].pattern : "none", "method",
				      i < o->n_routes ? http_method_name(o->routes[i].method) : "none", "status",
				      status, NULL);
		}
	}
}

static void durations(struct buf *b, const struct app *a)
{
	static const char name[] = "vaxline_http_request_duration_seconds";
	const struct app_options *o = app_options(a);

	metric_family(b, name, METRIC_HISTOGRAM,
		      "From the first byte of a request until its answer is queued, by route and method.");
	for (size_t i = 0; i <= o->n_routes; i++) {
		const struct histogram *h = &app_counts(a)->routes[i].took;

		if (histogram_count(h))
			metric_histogram(b, name, h, "route", i < o->n_routes ? o->routes[i].pattern : "none", "method",
					 i < o->n_routes ? http_method_name(o->routes[i].method) : "none", NULL);
	}
}

static void connections(struct buf *b, struct app *a)
{
	metric_single(b, "vaxline_connections", METRIC_GAUGE, "Open connections.",
		      (double)http_connections(app_http(a)));
	metric_single(b, "vaxline_streams", METRIC_GAUGE, "Open event streams.", (double)app_streams(a));
	metric_single(b, "vaxline_streams_dropped_total", METRIC_COUNTER,
		      "Event streams ended because their reader did not read.",
		      (double)http_streams_dropped(app_http(a)));
}

/* ---- commands and their way to the disk ---- */

static void commands(struct buf *b, const struct app_counts *n)
{
	static const char name[] = "vaxline_commands_total";

	metric_family(b, name, METRIC_COUNTER, "Commands judged, by verdict.");
	for (int v = 0; v < VERDICT_COUNT; v++) {
		if (n->verdicts[v])
			metric_sample(b, name, (double)n->verdicts[v], "verdict", verdict_code(v), NULL);
	}
}

static void commits(struct buf *b, struct app *a)
{
	const struct app_counts *n = app_counts(a);

	metric_single(b, "vaxline_events_total", METRIC_COUNTER, "Events applied; those of the replay do not count.",
		      (double)n->events);
	metric_family(b, "vaxline_commit_duration_seconds", METRIC_HISTOGRAM,
		      "From the leaving of a commit until it is on disk.");
	metric_histogram(b, "vaxline_commit_duration_seconds", &n->commit_took, NULL);
	metric_family(b, "vaxline_commit_size_bytes", METRIC_HISTOGRAM, "Event lines in a commit, bytes.");
	metric_histogram(b, "vaxline_commit_size_bytes", &n->commit_bytes, NULL);
	metric_family(b, "vaxline_commit_events", METRIC_HISTOGRAM, "Events in a commit.");
	metric_histogram(b, "vaxline_commit_events", &n->commit_events, NULL);
	metric_single(b, "vaxline_journal_pending_bytes", METRIC_GAUGE, "Bytes of events not yet on disk.",
		      (double)journal_pending_bytes(app_journal(a)));
}

/* ---- the hall ---- */

static void visits(struct buf *b, const struct site *s)
{
	metric_family(b, "vaxline_visits", METRIC_GAUGE, "Visits of the day by state.");
	for (int st = VISIT_EXPECTED; st < VISIT_STATE_COUNT; st++)
		metric_sample(b, "vaxline_visits", s->today ? s->today->totals.by_state[st] : 0, "state",
			      visit_state_name(st), NULL);
	metric_family(b, "vaxline_queue_length", METRIC_GAUGE, "Tickets waiting, by stage.");
	for (int st = STAGE_REGISTRATION; st < STAGE_OBSERVATION; st++)
		metric_sample(b, "vaxline_queue_length", (double)s->queues[st].n, "stage", stage_name(st), NULL);
	metric_single(b, "vaxline_injections", METRIC_GAUGE, "Injections of the day.",
		      s->today ? s->today->totals.injections : 0);
	metric_single(b, "vaxline_turned_away", METRIC_GAUGE, "Times that an entry check of the day was not passed.",
		      s->today ? s->today->totals.not_today : 0);
	metric_single(b, "vaxline_held", METRIC_GAUGE, "1 while a supervisor has stopped all calls.",
		      s->today && s->today->facts.hold.on);
}

/* A stage whose room has no limit has no capacity to show. */
static void rooms(struct buf *b, const struct site *s)
{
	metric_family(b, "vaxline_room_people", METRIC_GAUGE,
		      "People in the room of a stage: admitted, called or served, companions counted.");
	for (int st = STAGE_REGISTRATION; st < STAGE_OBSERVATION; st++)
		metric_sample(b, "vaxline_room_people", s->queues[st].room, "stage", stage_name(st), NULL);
	metric_family(b, "vaxline_room_capacity", METRIC_GAUGE, "Most people in the room of a stage.");
	for (int st = STAGE_REGISTRATION; st < STAGE_OBSERVATION; st++) {
		unsigned capacity = s->rules ? site_room_capacity(s, st) : 0;

		if (capacity)
			metric_sample(b, "vaxline_room_capacity", capacity, "stage", stage_name(st), NULL);
	}
}

static void seats(struct buf *b, const struct site *s, ms_t now)
{
	unsigned all = s->rules ? (unsigned)s->rules->observation_seats : 0;
	unsigned taken = site_seats_taken(s), committed = s->rules ? site_seats_committed(s, now) : 0;

	metric_single(b, "vaxline_seats", METRIC_GAUGE, "Seats in observation.", all);
	metric_single(b, "vaxline_seats_taken", METRIC_GAUGE, "Seats taken, companions counted.", taken);
	metric_single(b, "vaxline_seats_committed", METRIC_GAUGE,
		      "Seats taken or spoken for by who is at injection, on the way, or may come back.", committed);
	metric_single(b, "vaxline_seats_free", METRIC_GAUGE, "Seats not taken.", all > taken ? all - taken : 0);
}

static void alerts(struct buf *b, const struct site *s)
{
	unsigned open[ALERT_KIND_COUNT] = {0};
	struct alert *al, *next;

	if (s->today) {
		HASH_ITER(hh, s->today->alerts, al, next) {
			open[al->kind] += al->state != ALERT_SETTLED;
		}
	}
	for (int k = 0; k < ALERT_KIND_COUNT; k++)
		open[k] += s->conditions[k] && s->conditions[k]->state != ALERT_SETTLED;
	metric_family(b, "vaxline_alerts_open", METRIC_GAUGE, "Alarms open or acknowledged, by kind.");
	for (int k = ALERT_NONE + 1; k < ALERT_KIND_COUNT; k++)
		metric_sample(b, "vaxline_alerts_open", open[k], "kind", alert_kind_name(k), NULL);
}

/* ---- devices, and who is at them ---- */

static void guesses(struct buf *b, const struct app_counts *n)
{
	static const char *const what[] = {
		[APP_LIMITED_ENROLMENT] = "enrolment", [APP_LIMITED_TICKET] = "ticket", [APP_LIMITED_SIGN_ON] = "sign_on"};

	metric_single(b, "vaxline_pin_checks_total", METRIC_COUNTER, "PINs checked, those of unknown badges too.",
		      (double)n->pin_checks);
	metric_family(b, "vaxline_limited_total", METRIC_COUNTER,
		      "Answers of 429, by what was tried too often: enrolment codes, ticket codes, badges and PINs.");
	for (int i = 0; i < APP_LIMITED_COUNT; i++)
		metric_sample(b, "vaxline_limited_total", (double)n->limited[i], "what", what[i], NULL);
}

static void devices(struct buf *b, const struct site *s)
{
	unsigned enrolled[DEVICE_KIND_COUNT] = {0}, signed_on = 0;
	const struct device *d, *next;

	HASH_ITER(hh, s->devices, d, next) {
		enrolled[d->kind] += d->enrolled && !d->revoked;
		signed_on += d->session.staff != NULL;
	}
	metric_single(b, "vaxline_signed_on", METRIC_GAUGE, "Devices at which somebody is signed on.", signed_on);
	metric_family(b, "vaxline_devices", METRIC_GAUGE, "Devices enrolled and not revoked, by kind.");
	for (int k = DEVICE_NONE + 1; k < DEVICE_KIND_COUNT; k++)
		metric_sample(b, "vaxline_devices", enrolled[k], "kind", device_kind_name(k), NULL);
}

/* ---- certificates ---- */

static void certificates(struct buf *b, const struct app_tls *t)
{
	static const char name[] = "vaxline_tls_certificate_not_after_seconds";

	if (!t)
		return;
	metric_family(b, name, METRIC_GAUGE, "When a certificate ends, seconds since 1970: the server's, its CA's.");
	metric_sample(b, name, (double)t->certificate.not_after / 1000, "of", "server", NULL);
	if (t->has_ca)
		metric_sample(b, name, (double)t->ca.not_after / 1000, "of", "ca", NULL);
}

void api_metrics(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	const struct site *s = app_site(a);
	struct buf b = {0};

	if (!rq->loopback || rq->door != HTTP_STAFF) {
		app_problem(a, rq->id, 403, "forbidden", "Metrics are read on the machine itself.");
		return;
	}
	metric_family(&b, "vaxline_build_info", METRIC_GAUGE, "Always 1; the version is the label.");
	metric_sample(&b, "vaxline_build_info", 1, "version", app_options(a)->version, NULL);
	metric_single(&b, "vaxline_ready", METRIC_GAUGE, "1 while commands can be promised.", app_is_ready(a));
	metric_single(&b, "vaxline_epoch", METRIC_GAUGE, "How often the site was taken by a server.", (double)s->epoch);
	requests(&b, a);
	durations(&b, a);
	connections(&b, a);
	commands(&b, app_counts(a));
	commits(&b, a);
	visits(&b, s);
	rooms(&b, s);
	seats(&b, s, app_now(a));
	alerts(&b, s);
	devices(&b, s);
	certificates(&b, app_tls(a));
	guesses(&b, app_counts(a));
	api_process_metrics(a, &b);
	http_reply(app_http(a), rq->id,
		   &(struct http_response){
			   .status = 200, .content_type = METRICS_CONTENT_TYPE, .body = b.data, .body_len = b.len});
	buf_free(&b);
}
