/*
 * The model test: seeded random commands go to the core and to a naive model beside it; after every step both must
 * stand alike, the core's replayed shadow too, and the design's invariants must hold.
 *
 *   model_test [-v] [SEEDS [FIRST_SEED]]       2,000 seeds of 300 commands unless told; -v prints what was exercised
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_run.h"

#define SEEDS 2000
#define HASH_EVERY 10

struct options {
	unsigned long seeds, first;
	bool verbose;
	struct stats stats;
};

/* As a restart does: go on with what was replayed. */
static void restart(struct run *r)
{
	struct site *old = r->site;

	run_compare_hash(r);
	r->site = r->shadow;
	r->shadow = old;
	site_begin_epoch(r->site, r->site->epoch + 1);
	site_begin_epoch(r->shadow, r->shadow->epoch + 1);
	if (r->day)
		site_begin_epoch(r->day, r->day->epoch + 1);
	r->stats->restarts++;
}

static void pass(struct run *r)
{
	r->now += run_next_step(r);
	if (run_percent(r, 40))
		return; /* the command finds it overdue */
	site_advance(r->site, r->now, &r->events);
	naive_advance(&r->model, r->now);
	run_follow(r);
	must(r, site_deadline(r->site) > r->now, "the deadline is in the past");
	must(r, site_deadline(r->site) <= naive_deadline(&r->model), "the deadline is late: +%lld, not +%lld",
	     (long long)(site_deadline(r->site) - MORNING), (long long)(naive_deadline(&r->model) - MORNING));
	run_check(r);
	if (r->site->today)
		run_check_injected(r);
}

static void count(struct run *r, const struct command *c, enum verdict v)
{
	int how = v == VERDICT_ACCEPTED ? 0 : verdict_status(v) == 200 ? 1 : 2;

	r->stats->kinds[c->kind].n[how]++;
	if (c->kind == COMMAND_VISIT)
		r->stats->actions[c->action].n[how]++;
	r->stats->verdicts[v]++;
}

void run_submit(struct run *r, struct sent *s)
{
	struct outcome o;
	enum verdict wanted;
	unsigned seated;
	bool repeat;

	run_date(r->now, s->date);
	s->c.date = s->date;
	s->c.id = s->c.kind < COMMAND_DEVICE_INVITE ? s->id : NULL;
	repeat = s->c.id && naive_receipt(&r->model, s->c.id);
	seated = (unsigned)naive_committed(&r->model, r->now);
	wanted = naive_submit(&r->model, &s->c, r->now);
	site_submit(r->site, &s->c, r->now, &r->events, &o);
	must(r, o.verdict == wanted, "%s, not %s", verdict_code(o.verdict), verdict_code(wanted));
	if (!repeat && o.verdict == VERDICT_ACCEPTED)
		run_check_accepted(r, &s->c, &o, seated);
	must(r, o.repeat == repeat, "a repeat");
	r->stats->repeats += repeat;
	if (s->c.id)
		r->last_ticket = o.receipt && o.receipt->visit.id ? o.receipt->visit.ticket : s->c.ticket;
	if (s->c.id)
		run_compare_receipt(r, &s->c, &o);
	if (!repeat)
		count(r, &s->c, o.verdict);
	run_follow(r);
	run_check(r);
}

static void step(struct run *r)
{
	struct sent *s = &r->sent[r->n_sent++];

	pass(r);
	snprintf(s->id, sizeof(s->id), "00000000-0000-4000-8000-%012x", (unsigned)r->n_sent);
	run_ask(r, s);
	run_staff(r, &s->c);
	if (run_percent(r, 8))
		run_ask_staff(r);
	run_submit(r, s);
	if (r->n_sent % HASH_EVERY == 0)
		run_compare_hash(r);
	if (run_percent(r, 2))
		restart(r);
}

/* ---- a site and its people ---- */

static uint32_t shell_does(struct run *r, const struct command *c)
{
	struct outcome o;

	site_submit(r->site, c, r->now, &r->events, &o);
	must(r, o.verdict == VERDICT_ACCEPTED, "setting up: %s", verdict_code(o.verdict));
	run_follow(r);
	return o.subject;
}

static uint32_t enrol(struct run *r, enum device_kind kind, const char *desk)
{
	struct naive_device *d = &r->model.devices[r->model.n_devices++];
	char code[65], token[65];
	struct command invite = {.kind = COMMAND_DEVICE_INVITE,
				 .device_kind = kind,
				 .device_desk = desk,
				 .name = "it",
				 .code_hash = code};
	struct command join = {.kind = COMMAND_DEVICE_ENROL, .code_hash = code, .token_hash = token, .name = "it"};

	snprintf(code, sizeof(code), "c%063d", r->model.n_devices);
	snprintf(token, sizeof(token), "d%063d", r->model.n_devices);
	d->id = shell_does(r, &invite);
	d->kind = kind;
	d->desk = desk;
	shell_does(r, &join);
	return d->id;
}

static int some_idle_time(struct run *r)
{
	static const int minutes[] = {1440, 240, 30, 5, 1};

	return minutes[run_below(r, 5)];
}

static void configure(struct run *r)
{
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = malloc(sizeof(*c.rules))};

	rules_init(c.rules);
	snprintf(c.rules->site, sizeof(c.rules->site), "model");
	snprintf(c.rules->time_zone, sizeof(c.rules->time_zone), "Asia/Shanghai");
	c.rules->text = strdup("{}");
	c.rules->sign_on_idle_minutes = r->model.idle = some_idle_time(r);
	c.rules->sign_on_board_idle_minutes = r->model.board_idle = some_idle_time(r);
	/* Small rooms, few seats, or none of that. */
	c.rules->party_call_max = r->model.party_max = 1 + run_below(r, 4);
	c.rules->observation_seats = r->model.seats = run_percent(r, 70) ? 2 + run_below(r, 4) : 150;
	for (int st = STAGE_REGISTRATION; st <= STAGE_INJECTION; st++)
		r->model.room[st] = run_percent(r, 60) ? 2 + run_below(r, 5) : 0;
	c.rules->room_registration = r->model.room[STAGE_REGISTRATION];
	c.rules->room_consent = r->model.room[STAGE_CONSENT];
	c.rules->room_injection = r->model.room[STAGE_INJECTION];
	for (int i = 0; i < 6; i++) {
		struct desk_rule *d = &c.rules->desks[c.rules->n_desks++];
		enum stage stage = (enum stage)(STAGE_REGISTRATION + i / 2);

		snprintf(r->desk_ids[i], sizeof(r->desk_ids[i]), "%s-%d", stage_name(stage), i % 2 + 1);
		snprintf(d->id, sizeof(d->id), "%s", r->desk_ids[i]);
		d->stage = stage;
		d->open = true;
		r->model.desks[r->model.n_desks++] = (struct naive_desk){r->desk_ids[i], stage, true};
	}
	shell_does(r, &c);
}

static struct run *run_new(unsigned long seed, struct stats *stats)
{
	struct run *r = calloc(1, sizeof(*r));

	r->seed = seed;
	r->random = seed;
	r->stats = stats;
	r->now = MORNING;
	r->site = site_new();
	r->shadow = site_new();
	site_begin_epoch(r->site, 1);
	site_begin_epoch(r->shadow, 1);
	configure(r);
	for (int i = 0; i < 6; i++)
		enrol(r, DEVICE_HANDHELD, r->desk_ids[i]);
	r->board = enrol(r, DEVICE_BOARD, NULL);
	r->kiosk = enrol(r, DEVICE_KIOSK, NULL);
	r->exit = enrol(r, DEVICE_EXIT, NULL);
	r->observer = enrol(r, DEVICE_HANDHELD, "observation");
	enrol(r, DEVICE_HANDHELD, "treatment");
	enrol(r, DEVICE_KIOSK, "observation");
	run_list_staff(r);
	return r;
}

static void run_free(struct run *r)
{
	events_free(&r->events);
	site_free(r->site);
	site_free(r->shadow);
	site_free(r->day);
	free(r);
}

/* ---- what was exercised ---- */

static const char *kind_name(int kind)
{
	static const char *const names[KINDS] = {
		[COMMAND_CHECK_IN] = "check_in",
		[COMMAND_SCAN] = "scan",
		[COMMAND_VISIT] = "visit",
		[COMMAND_UNWELL] = "unwell",
		[COMMAND_DESK_OPEN] = "desk open",
		[COMMAND_DESK_CLOSE] = "desk close",
		[COMMAND_DESK_CALL] = "desk call",
		[COMMAND_DESK_RECALL] = "desk recall",
		[COMMAND_ALERT_ACKNOWLEDGE] = "alert acknowledge",
		[COMMAND_ALERT_SETTLE] = "alert settle",
		[COMMAND_DAY_CLOSE] = "day close",
		[COMMAND_SITE_HOLD] = "hold",
		[COMMAND_SITE_RESUME] = "resume",
		[COMMAND_ROLL_CALL_START] = "roll call start",
		[COMMAND_ROLL_CALL_END] = "roll call end",
		[COMMAND_ROSTER_LOADED] = "roster loaded",
		[COMMAND_ROSTER_ROW] = "roster row",
		[COMMAND_DEVICE_SILENT] = "device silent",
		[COMMAND_DEVICE_HEARD] = "device heard",
		[COMMAND_CONDITION_RAISE] = "condition raise",
		[COMMAND_CONDITION_SETTLE] = "condition settle",
		[COMMAND_STAFF_LIST] = "staff list",
		[COMMAND_STAFF_REMOVE] = "staff remove",
		[COMMAND_SIGN_ON] = "sign on",
		[COMMAND_SIGN_OFF] = "sign off",
	};

	return names[kind];
}

static void print_tally(const char *what, const char *name, const struct frequency *t)
{
	print_message("%-8s %-18s accepted %8lu  noted %8lu  refused %8lu\n", what, name, t->n[0], t->n[1], t->n[2]);
}

static void stats_print(const struct stats *s)
{
	for (int i = 0; i < KINDS; i++) {
		if (kind_name(i))
			print_tally("command", kind_name(i), &s->kinds[i]);
	}
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct frequency *t = &s->actions[i];

		if (t->n[0] + t->n[1] + t->n[2])
			print_tally("action", action_name((enum action)i), t);
	}
	for (int i = 0; i < ALERT_KIND_COUNT; i++) {
		if (s->alarms[i])
			print_message("alarm    %-18s raised   %8lu\n", alert_kind_name((enum alert_kind)i),
				      s->alarms[i]);
	}
	for (int i = SIGN_OFF_NONE + 1; i < SIGN_OFF_COUNT; i++)
		print_message("sign-off %-18s          %8lu\n", sign_off_name((enum sign_off)i), s->sign_offs[i]);
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (s->verdicts[i])
			print_message("verdict  %-18s          %8lu\n", verdict_code((enum verdict)i), s->verdicts[i]);
	}
	print_message("repeats %lu, offline %lu, by former sessions %lu, restarts %lu, days %lu\n", s->repeats,
		      s->offline, s->by_former, s->restarts, s->days);
}

/* A test that never comes to a thing does not test it. */
static void stats_check(const struct stats *s)
{
	for (int i = 0; i < KINDS; i++) {
		if (kind_name(i) && s->kinds[i].n[0] == 0)
			fail_msg("no %s was ever accepted", kind_name(i));
	}
	for (int i = ACTION_NONE + 1; i < ACTION_COUNT; i++) {
		const struct frequency *t = &s->actions[i];

		if (t->n[1] + t->n[2] && t->n[0] == 0)
			fail_msg("no %s was ever accepted", action_name((enum action)i));
	}
	for (int k = ALERT_UNWELL; k <= ALERT_DEVICE_SILENT; k++) {
		if (s->alarms[k] == 0)
			fail_msg("no %s was ever raised", alert_kind_name((enum alert_kind)k));
	}
	for (int i = SIGN_OFF_TAP; i < SIGN_OFF_REVOKED; i++) {
		if (s->sign_offs[i] == 0)
			fail_msg("nobody was ever signed off: %s", sign_off_name((enum sign_off)i));
	}
	if (s->by_former == 0)
		fail_msg("nothing was ever done in the name of somebody signed off since");
	for (int v = VERDICT_NOT_SIGNED_ON; v <= VERDICT_TOO_MANY_TRIES; v++) {
		if (s->verdicts[v] == 0)
			fail_msg("nothing was ever refused with %s", verdict_code((enum verdict)v));
	}
	for (int e = EVENT_DAY_OPENED; e < EVENT_TYPE_COUNT; e++) {
		if (s->events[e] == 0 && e != EVENT_DEVICE_MOVED && e != EVENT_DEVICE_REVOKED)
			fail_msg("no %s ever happened", event_type_name((enum event_type)e));
	}
}

static void test_core_and_naive_model_agree(void **state)
{
	struct options *o = *state;

	for (unsigned long seed = o->first; seed < o->first + o->seeds; seed++) {
		struct run *r = run_new(seed, &o->stats);

		while (r->n_sent < COMMANDS)
			step(r);
		run_compare_hash(r);
		run_free(r);
	}
	if (o->verbose)
		stats_print(&o->stats);
	if (o->seeds >= SEEDS / 10)
		stats_check(&o->stats);
}

int main(int argc, char **argv)
{
	struct options o = {.seeds = SEEDS, .first = 1};
	const struct CMUnitTest tests[] = {cmocka_unit_test_prestate(test_core_and_naive_model_agree, &o)};
	int at = 1;

	if (at < argc && strcmp(argv[at], "-v") == 0) {
		o.verbose = true;
		at++;
	}
	if (at < argc)
		o.seeds = strtoul(argv[at++], NULL, 10);
	if (at < argc)
		o.first = strtoul(argv[at++], NULL, 10);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
