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
#include <time.h>

#include "app_parts.h"
#include "data_dir.h"
#include "log.h"

#define STOP_MAX_MS 5000

/* ---- events into the journal ---- */

/* Where an entry of the log may end: after a command, before a day, and between what is carried from day to day. */
static bool may_cut(const struct events *l, size_t i)
{
	enum event_type t = l->v[i].type;

	return i + 1 == l->n || t == EVENT_STAFF_LISTED || t == EVENT_DEVICE_CARRIED ||
	       t == EVENT_APPOINTMENT_CARRIED || t == EVENT_COMMAND_CARRIED || l->v[i + 1].type == EVENT_DAY_OPENED;
}

/* The log may be trimmed up to the opening of a day. */
static void append_event(struct app *a, size_t i)
{
	const struct event *e = &a->events.v[i];

	if (e->type == EVENT_DAY_OPENED)
		journal_cut(a->journal);
	journal_append(a->journal, e->seq, a->line.data, a->line.len, may_cut(&a->events, i));
}

static void append_events(struct app *a)
{
	for (size_t i = 0; i < a->events.n; i++) {
		const struct event *e = &a->events.v[i];

		buf_clear(&a->line);
		event_encode(e, &a->line);
		if (a->phase == APP_SERVING)
			append_event(a, i);
		a->cried |= e->type == EVENT_ALERT_RAISED || e->type == EVENT_ALERT_REPEATED ||
			    e->type == EVENT_ALERT_ESCALATED;
		/* The storage's own alarm must not hold back what is on disk already. */
		if (e->kind != ALERT_STORAGE_DOWN && e->kind != ALERT_STORAGE_LOST)
			a->stamp = e->seq;
		a->counts.events++;
		say_event(e);
		if (e->type == EVENT_DEVICE_ENROLLED)
			a->setup_code[0] = 0; /* good for once */
		if (e->type == EVENT_DAY_CLOSED)
			hold_export(a);
		if (e->type == EVENT_DAY_READY)
			a->ready_seq = e->seq;
		if (e->type == EVENT_DAY_CLOSED || e->type == EVENT_DAY_OPENED)
			a->trim_due_ms = loop_boottime_ms();
	}
	events_clear(&a->events);
}

void app_advance(struct app *a)
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
	case COMMAND_DEVICE_SILENT:
	case COMMAND_DEVICE_HEARD:
		return true;
	case COMMAND_VISIT:
		return c->action == ACTION_UNWELL || c->action == ACTION_ARRIVE || c->action == ACTION_SEEN ||
		       c->action == ACTION_WALKED_OUT || c->action == ACTION_RETURNED;
	case COMMAND_SCAN:
		return (by && by->kind == DEVICE_EXIT) ||
		       (c->desk && strcmp(c->desk, "observation") == 0 && !c->appointment);
	default:
		return false;
	}
}

static bool can_take(const struct app *a, const struct command *c)
{
	if (a->phase != APP_SERVING && a->phase != APP_STOPPED)
		return false;
	if (a->phase == APP_SERVING && !journal_is_away(a->journal))
		return true;
	if (journal_pending_bytes(a->journal) > APP_KEPT_MAX_BYTES)
		return false;
	/* An act already known is asked about, not done. */
	return app_is_for_safety(a, c) || (c->id && site_receipt(a->site, c->id));
}

static bool in_doubt(const struct site *s)
{
	const struct alert *doubt = s->conditions[ALERT_CLOCK_DOUBT];

	return doubt && doubt->state != ALERT_SETTLED;
}

bool app_submit(struct app *a, struct command *c, struct outcome *o)
{
	char date[11];
	bool doubted = in_doubt(a->site);

	if (!can_take(a, c))
		return false;
	app_date(a, date);
	c->date = date;
	site_submit(a->site, c, app_now(a), &a->events, o);
	c->date = NULL;
	a->counts.verdicts[o->verdict]++;
	append_events(a);
	/* Settling that alarm is a supervisor's word that the time is right. */
	if (doubted && !in_doubt(a->site)) {
		clock_confirm(&a->clock, loop_boottime_ms(), loop_walltime_ms());
		app_advance(a);
	}
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
	ms_t until = a->clock.anchor + by, due;

	while ((due = contacts_deadline(a)) <= until) {
		if (due > a->clock.anchor)
			a->clock.anchor = due;
		app_advance(a);
		contacts_watch(a);
	}
	a->clock.anchor = until;
	app_advance(a);
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
	app_advance(arg);
}

/* ---- once a second: the disk ---- */

void app_watch_disk(struct app *a)
{
	int64_t free_bytes = journal_disk_free(a->journal);
	const struct rules *r = a->site->rules;
	bool low, full;

	if (free_bytes < 0)
		return;
	low = free_bytes < r->disk_warn_mib * MIB;
	/* The ballast given back is no room to come in by: there must be enough beside it. */
	full = free_bytes < (r->disk_stop_mib + (a->site->disk_full ? r->disk_ballast_mib : 0)) * MIB;
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

	counts_say_failed(a);
	if (a->phase == APP_SERVING)
		app_watch_disk(a);
	if (!a->clock.manual)
		contacts_watch(a);
	if (a->phase == APP_SERVING && a->export_again_ms && loop_boottime_ms() >= a->export_again_ms) {
		a->export_again_ms = 0;
		hold_export(a);
	}
	if (a->phase == APP_SERVING) {
		mark_day(a);
		trim_look(a);
	}
	loop_timer_set(a->second, SECOND_MS);
}

/* ---- making and ending ---- */

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
	notify_stopping(a->notify);
	views_cut_all(a);
	http_drain(a->http);
	a->stop_by_ms = loop_boottime_ms() + STOP_MAX_MS;
	loop_timer_set(a->stopping, 0);
}

/* What may change while the server runs is read again; what is wrong with it is logged, and what was before stays. */
static void on_reload_signal(void *arg)
{
	app_tls_reload(arg);
	staff_reload(arg);
}

/* A door beside the staff's; address NULL: it stays shut. */
static bool open_door(struct app *a, const char *address, enum http_door door, int *port, char *error, size_t size)
{
	*port = address ? http_listen(a->http, address, door, error, size) : 0;
	if (*port > 0)
		log_line(LOG_LEVEL_INFO, door == HTTP_PLAIN ? "listening_plain" : "listening_public", "port", "%d",
			 *port, NULL);
	return *port >= 0;
}

static bool open_doors(struct app *a, char *error, size_t size)
{
	int public_port;

	if (!app_tls_load(a, error, size))
		return false;
	a->port = http_listen(a->http, a->o.listen, HTTP_STAFF, error, size);
	return a->port >= 0 && open_door(a, a->o.listen_public, HTTP_PUBLIC, &public_port, error, size) &&
	       open_door(a, a->o.listen_plain, HTTP_PLAIN, &a->plain_port, error, size);
}

static bool open_parts(struct app *a, char *error, size_t size)
{
	struct journal_options j = app_journal_options(a);
	struct http_options h = {.routes = a->o.routes,
				 .n_routes = a->o.n_routes,
				 .arg = a,
				 .closed = app_http_closed,
				 .drained = app_http_drained,
				 .answered = counts_answered};

	a->trust = trust_open(a->o.data, error, size);
	if (!a->trust || !staff_open(a, error, size))
		return false;
	a->journal = journal_new(a->loop, &j, error, size);
	if (!a->journal)
		return false;
	a->http = http_new(a->loop, &h);
	return open_doors(a, error, size);
}

struct app *app_new(struct loop *l, const struct app_options *o, char *error, size_t error_size)
{
	struct app *a = xcalloc(1, sizeof(*a));

	a->loop = l;
	a->o = *o;
	a->site = site_new();
	a->forecast = forecast_new();
	a->decoder = event_decoder_new();
	clock_boot_id(a->boot_id);
	a->deadline = loop_timer_new(l, on_deadline, a);
	a->second = loop_timer_new(l, on_second, a);
	a->stopping = loop_timer_new(l, stop_when_done, a);
	counts_init(a);
	guess_init(a);
	hold_init(a);
	views_init(a);
	if (!staff_source_load(&a->staff, o->config, o->data, error, error_size) ||
	    !data_dir_make(o->data, error, error_size))
		goto fail;
	setenv("TZ", a->staff.rules->time_zone, 1);
	tzset();
	if (!open_parts(a, error, error_size))
		goto fail;
	a->notify = notify_new(a);
	loop_on_turn(l, app_turn, a);
	loop_on_signal(l, SIGTERM, on_stop_signal, a);
	loop_on_signal(l, SIGINT, on_stop_signal, a);
	loop_on_signal(l, SIGHUP, on_reload_signal, a);
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
	if (!a)
		return;
	loop_on_turn(a->loop, NULL, NULL);
	a->phase = APP_DEPOSED; /* no command is taken any more */
	/* The journal may still tell of what got to disk, and answers leave by it: it goes before what they need. */
	readers_free(a);
	trim_stop(a);
	export_stop(a);
	app_roster_free(a);
	pins_free(a);
	journal_free(a->journal);
	views_free(a);
	hold_free(a);
	http_free(a->http);
	trust_free(a->trust);
	notify_free(a->notify);
	app_tls_free(a);
	loop_timer_free(a->deadline);
	loop_timer_free(a->second);
	loop_timer_free(a->stopping);
	contacts_free(a);
	event_decoder_free(a->decoder);
	forecast_free(a->forecast);
	site_free(a->site);
	staff_close(a);
	events_free(&a->events);
	buf_free(&a->line);
	buf_free(&a->scratch);
	counts_free(a);
	guess_free(a);
	free(a);
}
