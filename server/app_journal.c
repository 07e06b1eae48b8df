/*
 * What the journal tells: the log as it is read at the start, readiness, what is on disk, and that it is over.
 *
 *   fence, event, event, ... ready -> durable, durable, away, back, durable ... ended
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "log.h"

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

static bool on_begin(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct app *a = arg;

	return event_replay_begin(a->decoder, a->site, epoch, number, line, len);
}

static bool on_event(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error, size_t size)
{
	struct app *a = arg;

	if (!a->replayed++)
		a->replay_began_ms = loop_boottime_ms();
	if (!event_replay(a->decoder, a->site, epoch, number, line, len, error, size))
		return false;
	a->past.last_event = a->site->last_at;
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
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = a->staff.rules};
	struct outcome o;
	char why[200];

	if (!app_submit(a, &c, &o))
		return false;
	if (o.verdict == VERDICT_ACCEPTED) {
		a->staff.rules = NULL; /* taken */
		return staff_tell(a);
	}
	snprintf(why, sizeof(why), "%s: desk %s is in use and cannot be taken away now", a->o.config, o.desk);
	give_up(a, why);
	return false;
}

/* Where to click: of all addresses of the machine, one that the certificate is for. */
static void setup_host(const struct app *a, const char *host, int host_len, char out[CERTIFICATE_NAME_SIZE + 2])
{
	const struct certificate_names *names = a->tls ? &a->tls->certificate.names : NULL;
	bool any = strncmp(host, "0.0.0.0:", 8) == 0 || strncmp(host, "[::]:", 5) == 0;

	if (!any || !names || names->n == 0)
		snprintf(out, CERTIFICATE_NAME_SIZE + 2, "%.*s", host_len, host);
	else
		snprintf(out, CERTIFICATE_NAME_SIZE + 2, strchr(names->v[0], ':') ? "[%s]" : "%s", names->v[0]);
}

/* Who lost the last board - a browser that was reset, a machine that broke - makes another by this code. */
static bool invite_board(struct app *a, char code[ENROL_CODE_LEN + 1])
{
	char hash[TOKEN_HASH_LEN + 1];
	struct command c = {
		.kind = COMMAND_DEVICE_INVITE, .device_kind = DEVICE_BOARD, .name = "board", .code_hash = hash};
	struct outcome o;

	enrol_code_make(code);
	token_hash(code, hash);
	return app_submit(a, &c, &o) && o.verdict == VERDICT_ACCEPTED;
}

static void say_ready(struct app *a)
{
	const char *code = app_setup_code(a);
	char again[ENROL_CODE_LEN + 1];
	const char *scheme = a->o.tls_cert ? "https" : "http";
	const char *host = a->o.listen;
	int host_len = (int)(strrchr(host, ':') - host);
	char click[CERTIFICATE_NAME_SIZE + 2];

	printf("listening %s://%.*s:%d\n", scheme, host_len, host, a->port);
	setup_host(a, host, host_len, click);
	if (!code && a->o.setup && invite_board(a, again))
		code = again;
	if (code)
		printf("setup %s://%s:%d/setup#%s\n", scheme, click, a->port, code);
	fflush(stdout);
	notify_ready(a->notify);
}

static void on_ready(void *arg, uint64_t epoch)
{
	struct app *a = arg;
	int64_t replay_ms = a->replayed ? loop_boottime_ms() - a->replay_began_ms : 0;
	bool doubt;

	doubt = clock_start(&a->clock, a->o.manual_clock, &a->past, loop_boottime_ms(), loop_walltime_ms(),
			    site_holds_people(a->site), a->staff.rules->clock_doubt_minutes);
	site_begin_epoch(a->site, epoch);
	a->phase = APP_SERVING;
	if (!configure(a))
		return;
	if (doubt)
		app_doubt_clock(a);
	app_advance(a);
	log_line(LOG_LEVEL_INFO, "serving", "epoch", "%llu", (unsigned long long)epoch, "visits", "%zu",
		 a->site->today ? a->site->today->n_visits : (size_t)0, "replayed_events", "%llu", a->replayed,
		 "replay_ms", "%lld", (long long)replay_ms, NULL);
	/* What was open when the last owner ended, and is no more; of the disk the next second will tell. */
	app_condition(a, ALERT_STORAGE_DOWN, false, "restarted");
	a->disk_low = a->site->conditions[ALERT_DISK_LOW] &&
		      a->site->conditions[ALERT_DISK_LOW]->state != ALERT_SETTLED;
	app_watch_disk(a);
	hold_export(a); /* a day that was closed and not yet written */
	a->trim_due_ms = loop_boottime_ms();
	loop_timer_set(a->second, SECOND_MS);
	journal_flush(a->journal);
	say_ready(a);
	if (a->reload)
		staff_reload(a);
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
	struct app *a = arg;

	log_line(LOG_LEVEL_INFO, "storage_back", NULL);
	app_condition(a, ALERT_STORAGE_DOWN, false, "answers again");
	if (a->reload)
		staff_reload(a);
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
		trim_stop(a);
		export_stop(a);
		views_cut_all(a);
		hold_drop(a);
		site_free(a->site);
		a->site = site_new();
		return;
	}
	a->phase = APP_STOPPED;
	app_condition(a, ALERT_STORAGE_LOST, true, why);
}

struct journal_options app_journal_options(struct app *a)
{
	return (struct journal_options){.site = a->staff.rules->site,
					.dir = a->o.data,
					.redis_url = a->o.redis,
					.ballast_bytes = a->staff.rules->disk_ballast_mib * MIB,
					.arg = a,
					.now_ms = journal_now,
					.fence = on_fence,
					.begin = on_begin,
					.event = on_event,
					.ready = on_ready,
					.durable = on_durable,
					.committed = counts_committed,
					.away = on_away,
					.back = on_back,
					.ended = on_ended};
}
