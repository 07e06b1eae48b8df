/*
 * What is counted while it happens, for the metrics: the answers by route and status, and the commits.
 *
 * The hot path pays an index into the table of routes, two increments, and the clock once at either end of a request.
 */
#include <stdlib.h>

#include "app_parts.h"
#include "log.h"

static const struct histogram_shape request_us = {
	1e-6, 12, {250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 2500000}};
static const struct histogram_shape commit_us = {
	1e-6, 13, {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 1000000, 2500000}};
static const struct histogram_shape commit_bytes = {1, 7, {256, 1024, 4096, 16384, 65536, 262144, 1048576}};
static const struct histogram_shape commit_events = {1, 10, {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}};

void counts_init(struct app *a)
{
	struct app_counts *n = &a->counts;

	n->started_ms = loop_walltime_ms();
	n->routes = xcalloc(a->o.n_routes + 1, sizeof(*n->routes));
	for (size_t i = 0; i <= a->o.n_routes; i++)
		n->routes[i].took.shape = &request_us;
	n->commit_took.shape = &commit_us;
	n->commit_bytes.shape = &commit_bytes;
	n->commit_events.shape = &commit_events;
}

void counts_free(struct app *a)
{
	free(a->counts.routes);
}

void counts_answered(void *arg, const struct http_route *route, int status, int64_t took_us)
{
	struct app *a = arg;
	struct app_route_counts *n = &a->counts.routes[route ? (size_t)(route - a->o.routes) : a->o.n_routes];

	if (status < APP_STATUS_FIRST || status >= APP_STATUS_FIRST + APP_STATUS_COUNT)
		return;
	n->by_status[status - APP_STATUS_FIRST]++;
	histogram_add(&n->took, took_us > 0 ? (uint64_t)took_us : 0);
	if (status >= 500) {
		n->failed++;
		n->failed_status = status;
	}
}

void counts_committed(void *arg, double ms, size_t bytes, size_t events)
{
	struct app_counts *n = &((struct app *)arg)->counts;

	histogram_add(&n->commit_took, ms > 0 ? (uint64_t)(ms * 1000) : 0);
	histogram_add(&n->commit_bytes, bytes);
	histogram_add(&n->commit_events, events);
}

void counts_say_failed(struct app *a)
{
	for (size_t i = 0; i <= a->o.n_routes; i++) {
		struct app_route_counts *n = &a->counts.routes[i];

		if (n->failed)
			log_line(LOG_LEVEL_WARN, "requests_failed", "route", "%s",
				 i < a->o.n_routes ? a->o.routes[i].pattern : "none", "count", "%u", n->failed,
				 "status", "%d", n->failed_status, NULL);
		n->failed = 0;
	}
}
