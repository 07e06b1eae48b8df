/*
 * One running site: what comes in is judged by the core, written by the journal, and answered when it is on disk.
 *
 *   starting --log read--> serving --another owner--> deposed
 *                             +-----storage lost----> stopped
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "app_parts.h"
#include "log.h"

#define SECOND_MS 1000
#define STOP_MAX_MS 5000
#define MIB (1024LL * 1024)

/* ---- events into the journal ---- */

/* Where an entry of the log may end: after a command, and between what is carried from day to day. */
static bool may_cut(const struct events *l, size_t i)
{
	enum event_type t = l->v[i].type;

	return i + 1 == l->n || t == EVENT_DEVICE_CARRIED || t == EVENT_COMMAND_CARRIED || t == EVENT_DAY_CLOSED;
}

static void append_events(struct app *a)
{
	for (size_t i = 0; i < a->events.n; i++) {
		const struct event *e = &a->events.v[i];

		buf_clear(&a->line);
		event_encode(e, &a->line);
		if (a->phase == APP_SERVING)
			journal_append(a->journal, e->seq, a->line.data, a->line.len, may_cut(&a->events, i));
		a->cried |= e->type == EVENT_ALERT_RAISED || e->type == EVENT_ALERT_REPEATED ||
			    e->type == EVENT_ALERT_ESCALATED;
		a->counts.events++;
		if (e->type == EVENT_DAY_CLOSED)
			hold_export(a);
	}
	events_clear(&a->events);
}

static void advance(struct app *a)
{
	site_advance(a->site, app_now(a), &a->events);
	append_events(a);
}

/* ---- commands ---- */

/* What keeps somebody from fainting alone goes on without the disk. */
bool app_is_for_safety(const struct app *a, const struct command *c)
{
	const struct device *by = site_device(a->site, c->device);

	switch (c->kind) {
	case COMMAND_UNWELL:
	case COMMAND_ALERT_ACKNOWLEDGE:
	case COMMAND_CONDITION_RAISE:
	case COMMAND_CONDITION_SETTLE:
		return true;
	case COMMAND_VISIT:
		return c->action == ACTION_UNWELL || c->action == ACTION_ARRIVE || c->action == ACTION_WALKED_OUT ||
		       c->action == ACTION_RETURNED;
	case COMMAND_SCAN:
		return (by && by->kind == DEVICE_EXIT) || (c->desk && strcmp(c->desk, "observation") == 0);
	default:
		return false;
	}
}

static bool can_take(const struct app *a, const struct command *c)
{
	if (a->phase != APP_SERVING && a->phase != APP_STOPPED)
		return false;
	if (journal_pending_bytes(a->journal) > APP_KEPT_MAX_BYTES)
		return false;
	if (a->phase == APP_SERVING && !journal_is_away(a->journal))
		return true;
	/* An act already known is asked about, not done. */
	return app_is_for_safety(a, c) || (c->id && site_receipt(a->site, c->id));
}

bool app_submit(struct app *a, struct command *c, struct outcome *o)
{
	char date[11];

	if (!can_take(a, c))
		return false;
	app_date(a, date);
	c->date = date;
	site_submit(a->site, c, app_now(a), &a->events, o);
	c->date = NULL;
	a->counts.verdicts[o->verdict]++;
	append_events(a);
	return true;
}

void app_condition(struct app *a, enum alert_kind kind, bool raised, const char *text)
{
	struct command c = {.kind = raised ? COMMAND_CONDITION_RAISE : COMMAND_CONDITION_SETTLE,
			    .condition = kind,
			    .note = raised ? text : NULL,
			    .outcome = raised ? NULL : text};
	struct outcome o;

	app_submit(a, &c, &o);
}

void app_clock_advance(struct app *a, ms_t by)
{
	a->clock.anchor += by;
	advance(a);
}

void app_doubt_clock(struct app *a)
{
	app_condition(a, ALERT_CLOCK_DOUBT, true, "the clock jumped while the server was down");
}

/* ---- the turn of the loop ---- */

static void set_deadline(struct app *a)
{
	ms_t due = site_deadline(a->site), now = app_now(a);

	if (a->clock.manual || due == MS_NEVER)
		return;
	loop_timer_set(a->deadline, due > now ? due - now : 0);
}

static void app_turn(void *arg)
{
	struct app *a = arg;

	if (a->phase == APP_STARTING || a->phase == APP_DEPOSED)
		return;
	journal_flush(a->journal);
	hold_release(a);
	views_turn(a, a->cried);
	a->cried = false;
	set_deadline(a);
}

static void on_deadline(void *arg)
{
	advance(arg);
}

/* ---- once a second: the disk ---- */

static void watch_disk(struct app *a)
{
	int64_t free_bytes = journal_disk_free(a->journal);
	const struct rules *r = a->site->rules;
	bool low, full;

	if (free_bytes < 0)
		return;
	low = free_bytes < r->disk_warn_mib * MIB;
	full = free_bytes < r->disk_stop_mib * MIB;
	if (full != a->site->disk_full)
		journal_ballast(a->journal, !full);
	a->site->disk_full = full;
	if (low == a->disk_low)
		return;
	a->disk_low = low;
	app_condition(a, ALERT_DISK_LOW, low, low ? "little disk left" : "room again");
}

static void on_second(void *arg)
{
	struct app *a = arg;

	if (a->phase == APP_SERVING)
		watch_disk(a);
	loop_timer_set(a->second, SECOND_MS);
}

/* ---- what the journal tells ---- */

static int64_t journal_now(void *arg, const struct journal_fence *last)
{
	struct app *a = arg;
	ms_t now = clock_for_fence(last, a->boot_id, loop_boottime_ms(), loop_walltime_ms(), &a->past.same_boot);

	return a->o.manual_clock ? a->o.manual_clock : now;
}

static void on_fence(void *arg, const struct journal_fence *f)
{
	struct app *a = arg;

	a->past.fence = *f;
	site_begin_epoch(a->site, f->epoch);
}

static bool on_event(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error, size_t size)
{
	struct app *a = arg;
	struct event e;

	if (!event_decode(a->decoder, line, len, &e, error, size))
		return false;
	if (e.epoch != epoch || e.seq != number) {
		snprintf(error, size, "an event that says it is %llu-%llu", (unsigned long long)e.epoch,
			 (unsigned long long)e.seq);
		rules_free(e.rules);
		return false;
	}
	if (epoch != a->site->epoch)
		site_begin_epoch(a->site, epoch);
	if (!site_admits(a->site, &e, error, size)) {
		rules_free(e.rules);
		return false;
	}
	site_apply(a->site, &e);
	a->past.last_event = e.at;
	return true;
}

static void give_up(struct app *a, const char *why)
{
	log_line(LOG_LEVEL_ERROR, "start_failed", "why", "%s", why, NULL);
	fprintf(stderr, "vaxline: %s\n", why);
	a->exit_status = 1;
	loop_stop(a->loop);
}

static bool configure(struct app *a)
{
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = a->rules};
	struct outcome o;
	char why[200];

	if (!app_submit(a, &c, &o))
		return false;
	if (o.verdict == VERDICT_ACCEPTED) {
		a->rules = NULL; /* taken */
		return true;
	}
	snprintf(why, sizeof(why), "%s: desk %s is in use and cannot be taken away now", a->o.config, o.desk);
	give_up(a, why);
	return false;
}

static void say_ready(struct app *a)
{
	const char *host = a->o.listen;
	int host_len = (int)(strrchr(host, ':') - host);

	printf("listening http://%.*s:%d\n", host_len, host, a->port);
	if (app_setup_code(a))
		printf("setup http://%.*s:%d/setup#%s\n", host_len, host, a->port, app_setup_code(a));
	fflush(stdout);
}

static void on_ready(void *arg, uint64_t epoch)
{
	struct app *a = arg;
	bool doubt;

	doubt = clock_start(&a->clock, a->o.manual_clock, &a->past, loop_boottime_ms(), loop_walltime_ms(),
			    site_holds_people(a->site), a->rules->clock_doubt_minutes);
	site_begin_epoch(a->site, epoch);
	a->phase = APP_SERVING;
	if (!configure(a))
		return;
	if (doubt)
		app_doubt_clock(a);
	advance(a);
	log_line(LOG_LEVEL_INFO, "serving", "epoch", "%llu", (unsigned long long)epoch, "visits", "%zu",
		 a->site->today ? a->site->today->n_visits : (size_t)0, NULL);
	/* What was open when the last owner ended, and is no more; of the disk the next second will tell. */
	app_condition(a, ALERT_STORAGE_DOWN, false, "restarted");
	a->disk_low = a->site->conditions[ALERT_DISK_LOW] &&
		      a->site->conditions[ALERT_DISK_LOW]->state != ALERT_SETTLED;
	watch_disk(a);
	hold_export(a); /* a day that was closed and not yet written */
	loop_timer_set(a->second, SECOND_MS);
	journal_flush(a->journal);
	say_ready(a);
}

static void on_durable(void *arg, uint64_t number)
{
	(void)number;
	hold_release(arg);
}

static void on_away(void *arg)
{
	log_line(LOG_LEVEL_WARN, "storage_down", NULL);
	app_condition(arg, ALERT_STORAGE_DOWN, true, "the log does not answer");
}

static void on_back(void *arg)
{
	log_line(LOG_LEVEL_INFO, "storage_back", NULL);
	app_condition(arg, ALERT_STORAGE_DOWN, false, "answers again");
}

static void on_ended(void *arg, enum journal_state state, const char *why)
{
	struct app *a = arg;

	if (a->phase == APP_STARTING) {
		give_up(a, why);
		return;
	}
	log_line(LOG_LEVEL_ERROR, state == JOURNAL_DEPOSED ? "deposed" : "storage_lost", "why", "%s", why, NULL);
	fprintf(stderr, "vaxline: %s\n", why);
	if (state == JOURNAL_DEPOSED) {
		a->phase = APP_DEPOSED;
		readers_free(a);
		views_cut_all(a);
		hold_drop(a);
		site_free(a->site);
		a->site = site_new();
		return;
	}
	a->phase = APP_STOPPED;
	app_condition(a, ALERT_STORAGE_LOST, true, why);
}

/* ---- making and ending ---- */

static void on_answered(void *arg, const struct http_route *route, int status)
{
	struct app *a = arg;

	(void)route;
	a->counts.responses[status / 100 < 6 ? status / 100 : 0]++;
}

static void stop_when_done(void *arg)
{
	struct app *a = arg;
	bool done = http_unanswered(a->http) == 0 && journal_pending_bytes(a->journal) == 0;

	if (done || a->phase != APP_SERVING || loop_boottime_ms() >= a->stop_by_ms)
		loop_stop(a->loop);
	else
		loop_timer_set(a->stopping, 10);
}

static void on_stop_signal(void *arg)
{
	struct app *a = arg;

	if (loop_timer_pending(a->stopping))
		return;
	log_line(LOG_LEVEL_INFO, "stopping", NULL);
	views_cut_all(a);
	http_drain(a->http);
	a->stop_by_ms = loop_boottime_ms() + STOP_MAX_MS;
	loop_timer_set(a->stopping, 0);
}

static bool make_dir(const char *path, char *error, size_t size)
{
	char part[4096];

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part)) {
		snprintf(error, size, "the path of the data directory is too long");
		return false;
	}
	for (char *p = part + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		mkdir(part, 0700);
		*p = '/';
	}
	mkdir(part, 0700);
	if (access(part, R_OK | W_OK | X_OK) == 0)
		return true;
	snprintf(error, size, "the data directory %s cannot be used", path);
	return false;
}

static bool open_parts(struct app *a, char *error, size_t size)
{
	struct journal_options j = {.site = a->rules->site,
				    .dir = a->o.data,
				    .redis_url = a->o.redis,
				    .ballast_bytes = a->rules->disk_ballast_mib * MIB,
				    .arg = a,
				    .now_ms = journal_now,
				    .fence = on_fence,
				    .event = on_event,
				    .ready = on_ready,
				    .durable = on_durable,
				    .away = on_away,
				    .back = on_back,
				    .ended = on_ended};
	struct http_options h = {.routes = a->o.routes,
				 .n_routes = a->o.n_routes,
				 .arg = a,
				 .closed = app_http_closed,
				 .drained = app_http_drained,
				 .answered = on_answered};

	a->trust = trust_open(a->o.data, error, size);
	if (!a->trust)
		return false;
	a->journal = journal_new(a->loop, &j, error, size);
	if (!a->journal)
		return false;
	a->http = http_new(a->loop, &h);
	a->port = http_listen(a->http, a->o.listen, false, error, size);
	if (a->port < 0)
		return false;
	return !a->o.listen_public || http_listen(a->http, a->o.listen_public, true, error, size) >= 0;
}

struct app *app_new(struct loop *l, const struct app_options *o, char *error, size_t error_size)
{
	struct app *a = xcalloc(1, sizeof(*a));

	a->loop = l;
	a->o = *o;
	a->site = site_new();
	a->decoder = event_decoder_new();
	clock_boot_id(a->boot_id);
	a->deadline = loop_timer_new(l, on_deadline, a);
	a->second = loop_timer_new(l, on_second, a);
	a->stopping = loop_timer_new(l, stop_when_done, a);
	hold_init(a);
	views_init(a);
	a->rules = rules_load(o->config, error, error_size);
	if (!a->rules || !make_dir(o->data, error, error_size))
		goto fail;
	setenv("TZ", a->rules->time_zone, 1);
	tzset();
	if (!open_parts(a, error, error_size))
		goto fail;
	loop_on_turn(l, app_turn, a);
	loop_on_signal(l, SIGTERM, on_stop_signal, a);
	loop_on_signal(l, SIGINT, on_stop_signal, a);
	return a;
fail:
	app_free(a);
	return NULL;
}

void app_start(struct app *a)
{
	journal_start(a->journal);
}

void app_free(struct app *a)
{
	struct contact *c, *next;

	if (!a)
		return;
	loop_on_turn(a->loop, NULL, NULL);
	a->phase = APP_DEPOSED; /* no command is taken any more */
	/* The journal may still tell of what got to disk, and answers leave by it: it goes before what they need. */
	readers_free(a);
	journal_free(a->journal);
	views_free(a);
	hold_free(a);
	http_free(a->http);
	trust_free(a->trust);
	loop_timer_free(a->deadline);
	loop_timer_free(a->second);
	loop_timer_free(a->stopping);
	HASH_ITER(hh, a->contacts, c, next) {
		HASH_DEL(a->contacts, c);
		free(c);
	}
	event_decoder_free(a->decoder);
	site_free(a->site);
	rules_free(a->rules);
	events_free(&a->events);
	buf_free(&a->line);
	free(a);
}
