/*
 * Writes the log of a site that has been in use: fill SOCKET CONFIG EVENTS COMMANDS
 *
 * The redis-server behind SOCKET gets a fence and at least so many events, an entry for every so many commands. They
 * are what the core makes of people who come every few seconds on each of many days, the last one cut in half:
 *
 *   check-in ... registration: call, scan, finish ... consent: the same ... injection: call, scan, inject
 *   -> observation: scan -> half an hour later -> exit: scan            some try the exit at once, and are sent back
 *
 * About half of the events are what each day carries over from the day before.
 *
 * Prints one line of JSON: {"events", "entries", "visits", "bytes", "last"}.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <hiredis/hiredis.h>

#include "codec.h"
#include "journal.h"
#include "loop.h"
#include "site.h"

#define STEP_MS (15 * MS_SECOND)
#define DAY_STEPS 3000 /* check-ins a day */
#define WAITING 8      /* people before each stage */
#define OBSERVED 121   /* steps from the arrival in observation to a release that is due: so many chairs are taken */
#define SHOWN_THE_DOOR 20
#define PIPELINE 64
#define EVENTS_A_DAY (DAY_STEPS * 25) /* about: those of a person, and the receipts carried into the next day */

struct fill {
	struct site *site;
	ms_t now;
	unsigned ids;
	struct events events;
	struct buf line, entry;
	unsigned long commands_an_entry, commands;
	redisContext *redis;
	char key[128];
	unsigned long long n_events, n_entries, n_bytes, n_visits;
	unsigned pending;
	uint32_t kiosk, exit, observer, hand[STAGE_COUNT];
	uint32_t line_up[DAY_STEPS]; /* the day's visits in the order they came */
};

static void __attribute__((noreturn)) give_up(const char *what, const char *why)
{
	fprintf(stderr, "fill: %s: %s\n", what, why);
	exit(1);
}

/* ---- into Redis ---- */

static void take_answers(struct fill *f)
{
	redisReply *r;

	for (; f->pending; f->pending--) {
		if (redisGetReply(f->redis, (void **)&r) != REDIS_OK)
			give_up("Redis", f->redis->errstr);
		if (r->type == REDIS_REPLY_ERROR)
			give_up("Redis", r->str);
		freeReplyObject(r);
	}
}

static void send_fence(struct fill *f)
{
	char boot[40] = "unknown";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (file && !fgets(boot, sizeof(boot), file))
		give_up("boot_id", "cannot be read");
	if (file)
		fclose(file);
	boot[strcspn(boot, "\n")] = '\0';
	redisAppendCommand(f->redis,
			   "XADD %s 1-0 v %d owner 00000000000000000000000000000000 after 0-0 boot %s boottime %lld "
			   "wall %lld",
			   f->key, JOURNAL_FORMAT, boot, (long long)loop_boottime_ms(), (long long)loop_walltime_ms());
	f->pending++;
}

static void send_entry(struct fill *f)
{
	char id[32];

	if (!f->entry.len)
		return;
	snprintf(id, sizeof(id), "1-%llu", f->n_events);
	redisAppendCommand(f->redis, "XADD %s %s e %b", f->key, id, f->entry.data, f->entry.len);
	f->n_entries++;
	f->n_bytes += f->entry.len;
	f->commands = 0;
	buf_clear(&f->entry);
	if (++f->pending >= PIPELINE)
		take_answers(f);
}

static void write_events(struct fill *f)
{
	for (size_t i = 0; i < f->events.n; i++) {
		buf_clear(&f->line);
		event_encode(&f->events.v[i], &f->line);
		if (f->entry.len + f->line.len >= JOURNAL_COMMIT_MAX_BYTES)
			send_entry(f);
		buf_add(&f->entry, f->line.data, f->line.len);
		buf_add_char(&f->entry, '\n');
		f->n_events++;
	}
	events_clear(&f->events);
	if (++f->commands >= f->commands_an_entry)
		send_entry(f);
}

/* ---- commands ---- */

static struct outcome submit(struct fill *f, struct command *c)
{
	time_t seconds = (time_t)(f->now / 1000);
	struct outcome o = {0};
	char id[37], date[11];
	struct tm tm;

	strftime(date, sizeof(date), "%Y-%m-%d", localtime_r(&seconds, &tm));
	c->date = date;
	if (c->kind < COMMAND_DEVICE_INVITE) {
		snprintf(id, sizeof(id), "%08x-0000-4000-8000-%012x", f->ids * 2654435761u, f->ids);
		f->ids++;
		c->id = id;
		c->body = f->ids;
	}
	site_submit(f->site, c, f->now, &f->events, &o);
	write_events(f);
	return o;
}

static struct outcome must(struct fill *f, struct command *c)
{
	struct outcome o = submit(f, c);

	if (verdict_status(o.verdict) >= 300)
		give_up("a command was refused", verdict_code(o.verdict));
	return o;
}

static struct command command_by(struct fill *f, enum command_kind kind, uint32_t device, uint32_t visit)
{
	struct command c = {.kind = kind, .device = device, .desk = site_device(f->site, device)->desk};

	if (visit)
		c.ticket = site_visit(f->site, visit)->f.ticket;
	return c;
}

static void scan(struct fill *f, uint32_t device, uint32_t visit)
{
	struct command c = command_by(f, COMMAND_SCAN, device, visit);

	must(f, &c);
}

/* ---- a site and its devices ---- */

static uint32_t enrol(struct fill *f, enum device_kind kind, const char *desk)
{
	char code[65], token[65];
	struct command invite = {.kind = COMMAND_DEVICE_INVITE,
				 .device_kind = kind,
				 .device_desk = desk,
				 .name = device_kind_name(kind),
				 .code_hash = code};
	struct command join = {.kind = COMMAND_DEVICE_ENROL,
			       .device_kind = kind,
			       .code_hash = kind == DEVICE_BOARD ? NULL : code,
			       .token_hash = token,
			       .name = device_kind_name(kind)};

	f->ids++;
	snprintf(code, sizeof(code), "c%063x", f->ids);
	snprintf(token, sizeof(token), "d%063x", f->ids);
	if (kind != DEVICE_BOARD)
		must(f, &invite);
	return must(f, &join).subject;
}

static void site_make(struct fill *f, struct rules *rules)
{
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = rules};

	f->site = site_new();
	site_begin_epoch(f->site, 1);
	must(f, &c);
	enrol(f, DEVICE_BOARD, NULL);
	f->kiosk = enrol(f, DEVICE_KIOSK, NULL);
	f->exit = enrol(f, DEVICE_EXIT, NULL);
	f->observer = enrol(f, DEVICE_HANDHELD, "observation");
	for (size_t i = 0; i < f->site->n_desks; i++) {
		const struct desk *d = &f->site->desks[i];

		if (d->open && !f->hand[d->stage])
			f->hand[d->stage] = enrol(f, DEVICE_HANDHELD, d->id);
	}
}

/* ---- people ---- */

static uint32_t check_in(struct fill *f)
{
	struct command c = command_by(f, COMMAND_CHECK_IN, f->kiosk, 0);
	char person[160];

	snprintf(person, sizeof(person),
		 "{\"name\":\"王小明\",\"birth_date\":\"19%02llu-05-17\",\"sex\":\"male\",\"phone\":\"138%08llu\"}",
		 f->n_visits % 100, f->n_visits);
	c.person = person;
	c.language = LANGUAGE_ZH_HANS;
	f->n_visits++;
	return must(f, &c).receipt->visit.id;
}

/* A night signs off whoever was there. */
static void vaccinator_signs_on(struct fill *f, uint32_t device)
{
	struct command list = {.kind = COMMAND_STAFF_LIST,
			       .member = "N001",
			       .person = "{\"name\":\"赵敏\"}",
			       .roles = "vaccinator=2099-12-31",
			       .badge = 1};
	struct command sign_on = {.kind = COMMAND_SIGN_ON, .device = device, .badge = 1, .pin = PIN_RIGHT};

	if (site_device(f->site, device)->session.staff)
		return;
	list.has_pin = f->site->rules->roles[ROLE_VACCINATOR].pin;
	must(f, &list);
	must(f, &sign_on);
}

static void serve(struct fill *f, enum stage stage)
{
	struct command call = command_by(f, COMMAND_DESK_CALL, f->hand[stage], 0), end;
	uint32_t visit = must(f, &call).receipt->visit.id;

	scan(f, f->hand[stage], visit);
	end = command_by(f, COMMAND_VISIT, f->hand[stage], visit);
	end.action = ACTION_FINISH;
	if (stage == STAGE_INJECTION) {
		vaccinator_signs_on(f, f->hand[stage]);
		end.action = ACTION_INJECT;
		end.vaccine = f->site->rules->vaccines[0].id;
		end.lot = "202611A";
		end.dose = 1;
		end.checks = true;
	}
	must(f, &end);
}

static void leave_too_early(struct fill *f, uint32_t visit)
{
	struct command c = command_by(f, COMMAND_SCAN, f->exit, visit);

	if (submit(f, &c).verdict != VERDICT_NOT_DUE)
		give_up("an early exit", "was not refused");
	c = command_by(f, COMMAND_VISIT, f->observer, visit);
	c.action = ACTION_RETURNED;
	must(f, &c);
}

/* Whoever came so many steps ago, or nobody. */
static bool at_step(long step, long ago)
{
	return step >= ago && step - ago < DAY_STEPS;
}

static void live_step(struct fill *f, long step)
{
	const long observed = 3 * WAITING + 1, released = observed + OBSERVED;

	if (step < DAY_STEPS)
		f->line_up[step] = check_in(f);
	for (int stage = STAGE_REGISTRATION; stage <= STAGE_INJECTION; stage++) {
		if (at_step(step, WAITING * (stage - STAGE_REGISTRATION + 1)))
			serve(f, (enum stage)stage);
	}
	if (at_step(step, observed)) {
		scan(f, f->observer, f->line_up[step - observed]);
		if (step % SHOWN_THE_DOOR == 0)
			leave_too_early(f, f->line_up[step - observed]);
	}
	if (at_step(step, released))
		scan(f, f->exit, f->line_up[step - released]);
}

/* Days of the past. */
static void live(struct fill *f, unsigned long long events)
{
	const long steps = DAY_STEPS + 3 * WAITING + 1 + OBSERVED;
	ms_t now = loop_walltime_ms();
	long days = (long)(events / EVENTS_A_DAY) + 2;

	for (long day = days; f->n_events < events; day--) {
		for (long step = 0; step < steps && (f->n_events < events || step < DAY_STEPS / 2); step++) {
			f->now = now - day * 24 * MS_HOUR + (step - steps) * STEP_MS;
			live_step(f, step);
		}
	}
}

int main(int argc, char **argv)
{
	struct fill f = {0};
	struct rules *rules;
	char error[512];

	if (argc != 5) {
		fprintf(stderr, "usage: fill SOCKET CONFIG EVENTS COMMANDS\n");
		return 2;
	}
	rules = rules_load(argv[2], error, sizeof(error));
	if (!rules)
		give_up("configuration", error);
	setenv("TZ", rules->time_zone, 1);
	tzset();
	snprintf(f.key, sizeof(f.key), "vaxline:{%s}:log", rules->site);
	f.commands_an_entry = strtoul(argv[4], NULL, 10);
	f.redis = redisConnectUnix(argv[1]);
	if (!f.redis || f.redis->err)
		give_up(argv[1], f.redis ? f.redis->errstr : "no memory");
	send_fence(&f);
	f.now = loop_walltime_ms() - 400 * 24 * MS_HOUR;
	site_make(&f, rules);
	live(&f, strtoull(argv[3], NULL, 10));
	send_entry(&f);
	take_answers(&f);
	printf("{\"events\":%llu,\"entries\":%llu,\"visits\":%llu,\"bytes\":%llu,\"last\":\"1-%llu\"}\n", f.n_events,
	       f.n_entries, f.n_visits, f.n_bytes, f.n_events);
	redisFree(f.redis);
	events_free(&f.events);
	buf_free(&f.line);
	buf_free(&f.entry);
	site_free(f.site);
	return 0;
}
