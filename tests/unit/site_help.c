/*
 * The world of the core's tests: a site, its shadow, and people who act in it.
 */
#include "site_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "site_invariants.h"

#define EPOCH 3

static const size_t texts[] = {
	offsetof(struct command, id),           offsetof(struct command, desk),
	offsetof(struct command, date),         offsetof(struct command, number),
	offsetof(struct command, person),       offsetof(struct command, party),
	offsetof(struct command, vaccine),      offsetof(struct command, lot),
	offsetof(struct command, details),      offsetof(struct command, reason),
	offsetof(struct command, note),         offsetof(struct command, outcome),
	offsetof(struct command, place),        offsetof(struct command, alert),
	offsetof(struct command, name),         offsetof(struct command, device_desk),
	offsetof(struct command, code_hash),    offsetof(struct command, token_hash),
	offsetof(struct command, birth_date),   offsetof(struct command, entry_checks),
	offsetof(struct command, failed_check), offsetof(struct command, missing_check),
	offsetof(struct command, load),         offsetof(struct command, day),
	offsetof(struct command, member),       offsetof(struct command, roles),
};
#define N_TEXTS (sizeof(texts) / sizeof(*texts))

static const char **text_of(struct command *c, size_t i)
{
	return (const char **)((char *)c + texts[i]);
}

static void replay_one(struct site *shadow, const struct event *happened)
{
	char reason[200], broken[BROKEN_MAX];
	struct event e = *happened;

	if (e.rules)
		e.rules = rules_copy(e.rules);
	if (!site_admits(shadow, &e, reason, sizeof(reason)))
		fail_msg("replay refuses event %d (%s): %s", (int)e.seq, event_type_name(e.type), reason);
	site_apply(shadow, &e);
	assert_int_equal(e.seq, happened->seq);
	if (!site_is_sound(shadow, broken))
		fail_msg("after event %d (%s): %s", (int)e.seq, event_type_name(e.type), broken);
}

static void compare(const struct world *w, const struct site *shadow, const char *what)
{
	assert_int_equal(shadow->seq, w->site->seq);
	if (site_hash(shadow) != site_hash(w->site))
		fail_msg("the site replayed %s differs after event %d", what, (int)w->site->seq);
}

/* Replays what happened since into the shadows, and compares. */
static void shadow_follow(struct world *w)
{
	for (size_t i = 0; i < w->events.n; i++) {
		const struct event *e = &w->events.v[i];

		replay_one(w->shadow, e);
		if (e->type == EVENT_DAY_OPENED) {
			site_free(w->day);
			w->day = site_new();
			site_begin_epoch(w->day, e->epoch);
			w->day->seq = e->seq - 1;
		}
		if (w->day)
			replay_one(w->day, e);
	}
	compare(w, w->shadow, "from its beginning");
	if (w->day && w->day->today->ready)
		compare(w, w->day, "from the day's opening");
}

uint64_t world_badge(const char *member, unsigned ordinal)
{
	uint64_t h = ordinal;

	for (; *member; member++)
		h = h * 31 + (unsigned char)*member;
	return h & INT64_MAX;
}

enum verdict world_list(struct world *w, const char *member, const char *roles)
{
	struct command c = {.kind = COMMAND_STAFF_LIST,
			    .member = member,
			    .person = "{\"name\":\"Zhao Min\"}",
			    .roles = roles,
			    .badge = world_badge(member, 1),
			    .has_pin = true};

	return world_do(w, &c);
}

enum verdict world_sign_on(struct world *w, uint32_t device, const char *member)
{
	struct command c = {
		.kind = COMMAND_SIGN_ON, .device = device, .badge = world_badge(member, 1), .pin = PIN_RIGHT};

	return world_do(w, &c);
}

enum verdict world_sign_off(struct world *w, uint32_t device)
{
	struct command c = {.kind = COMMAND_SIGN_OFF, .device = device};

	return world_do(w, &c);
}

static void date_of(ms_t now, char out[11])
{
	time_t t = (time_t)(now / 1000 + 8 * 3600);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}

static void fresh_id(struct world *w, char out[37])
{
	snprintf(out, 37, "00000000-0000-4000-8000-%012x", ++w->n_ids);
}

/* The outcome may quote the command, whose words are about to go. */
static const char *quote(char out[64], const char *said)
{
	if (!said)
		return NULL;
	snprintf(out, 64, "%s", said);
	return out;
}

/* Somebody who may do everything, one for each device: nobody is at two of a kind. */
static void somebody_signs_on(struct world *w, uint32_t device)
{
	char id[32];

	snprintf(id, sizeof(id), "all-%u", device);
	assert_verdict(world_list(w, id, WORLD_ALL_ROLES), VERDICT_ACCEPTED);
	assert_verdict(world_sign_on(w, device, id), VERDICT_ACCEPTED);
}

static bool has_sessions(const struct world *w, uint32_t device)
{
	const struct device *v = site_device(w->site, device);

	return v && v->enrolled && !v->revoked &&
	       (v->kind == DEVICE_HANDHELD || v->kind == DEVICE_BOARD || v->kind == DEVICE_EXIT);
}

static bool needs_somebody(const struct world *w, const struct command *c)
{
	return w->signs_on && has_sessions(w, c->device) && !site_device(w->site, c->device)->session.staff &&
	       (duty_roles(c->kind, c->action) || c->kind == COMMAND_ALERT_SETTLE);
}

enum verdict world_do(struct world *w, const struct command *asked)
{
	struct command c = *asked;
	char id[37], date[11];

	if (needs_somebody(w, asked))
		somebody_signs_on(w, asked->device);
	if (!c.id && c.kind < COMMAND_DEVICE_INVITE) {
		fresh_id(w, id);
		c.id = id;
	}
	if (!c.date) {
		date_of(w->now, date);
		c.date = date;
	}
	for (size_t i = 0; i < N_TEXTS; i++) {
		if (*text_of(&c, i))
			*text_of(&c, i) = strdup(*text_of(&c, i));
	}
	snprintf(w->last_id, sizeof(w->last_id), "%s", c.id ? c.id : "");
	events_clear(&w->events);
	memset(&w->outcome, 0, sizeof(w->outcome));
	site_submit(w->site, &c, w->now, &w->events, &w->outcome);
	w->outcome.field = quote(w->said[0], w->outcome.field);
	w->outcome.text = quote(w->said[1], w->outcome.text);
	for (size_t i = 0; i < N_TEXTS; i++) {
		free((void *)*text_of(&c, i));
		*text_of(&c, i) = NULL;
	}
	w->last = c;
	shadow_follow(w);
	return w->outcome.verdict;
}

struct command world_again(const struct world *w, const struct command *c)
{
	struct command again = *c;

	again.id = w->last_id;
	return again;
}

void world_until(struct world *w, ms_t at)
{
	w->now = at;
	events_clear(&w->events);
	site_advance(w->site, w->now, &w->events);
	shadow_follow(w);
}

void world_pass(struct world *w, ms_t span)
{
	world_until(w, w->now + span);
}

void world_restart(struct world *w)
{
	struct site *old = w->site;

	/* The old one becomes the shadow: it stands at the same event, and must go on alike. */
	w->site = w->shadow;
	w->shadow = old;
	site_begin_epoch(w->site, w->site->epoch + 1);
	site_begin_epoch(w->shadow, w->shadow->epoch + 1);
	if (w->day)
		site_begin_epoch(w->day, w->day->epoch + 1);
	memset(&w->outcome, 0, sizeof(w->outcome));
}

struct command world_command(const struct world *w, enum command_kind kind, uint32_t device, uint32_t visit)
{
	const struct device *d = device ? site_device(w->site, device) : NULL;
	struct command c = {.kind = kind, .body = 1, .device = device};

	if (d)
		c.desk = d->desk;
	if (visit)
		c.ticket = visit_of(w, visit)->f.ticket;
	return c;
}

enum verdict world_act(struct world *w, uint32_t device, uint32_t visit, enum action a)
{
	struct command c = world_command(w, COMMAND_VISIT, device, visit);

	c.action = a;
	if (a == ACTION_INJECT) {
		c.vaccine = "inactivated";
		c.lot = "L1";
		c.dose = 1;
		c.checks = true;
	}
	if (a == ACTION_DEFER || a == ACTION_EXTEND)
		c.reason = "fever";
	if (a == ACTION_EXTEND)
		c.minutes = 10;
	return world_do(w, &c);
}

enum verdict world_scan(struct world *w, uint32_t device, uint32_t visit)
{
	struct command c = world_command(w, COMMAND_SCAN, device, visit);

	return world_do(w, &c);
}

enum verdict world_unwell(struct world *w, uint32_t device, uint32_t visit)
{
	struct command c = world_command(w, COMMAND_UNWELL, device, visit);

	return world_do(w, &c);
}

struct command world_arrival(const struct world *w)
{
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"1950-01-02\"}";
	c.language = LANGUAGE_ZH_HANS;
	return c;
}

uint32_t world_enter(struct world *w, const struct command *c)
{
	assert_verdict(world_do(w, c), VERDICT_ACCEPTED);
	assert_non_null(w->outcome.receipt);
	return w->outcome.receipt->visit.id;
}

uint32_t world_check_in(struct world *w)
{
	struct command c = world_arrival(w);

	return world_enter(w, &c);
}

uint32_t world_member(struct world *w, const char *party, int companions)
{
	struct command c = world_arrival(w);

	c.party = party;
	c.companions = companions;
	return world_enter(w, &c);
}

uint32_t world_call(struct world *w, enum stage stage, int n)
{
	struct command c = world_command(w, COMMAND_DESK_CALL, w->hand[stage][n], 0);

	return world_do(w, &c) == VERDICT_ACCEPTED ? w->outcome.receipt->visit.id : 0;
}

enum verdict world_desk(struct world *w, enum command_kind kind, enum stage stage, int n)
{
	struct command c = world_command(w, kind, w->hand[stage][n], 0);

	return world_do(w, &c);
}

static enum verdict alarm_do(struct world *w, enum command_kind kind, const struct alert *a)
{
	struct command c = world_command(w, kind, w->board, 0);

	assert_non_null(a);
	c.alert = a->id;
	c.outcome = "found";
	return world_do(w, &c);
}

enum verdict world_acknowledge(struct world *w, const struct alert *a)
{
	return alarm_do(w, COMMAND_ALERT_ACKNOWLEDGE, a);
}

enum verdict world_settle(struct world *w, const struct alert *a)
{
	return alarm_do(w, COMMAND_ALERT_SETTLE, a);
}

static void must(struct world *w, uint32_t device, uint32_t visit, enum action a)
{
	assert_verdict(world_act(w, device, visit, a), VERDICT_ACCEPTED);
}

void world_inject(struct world *w, uint32_t visit)
{
	const struct visit *v = visit_of(w, visit);

	while (v->f.state != VISIT_INJECTED) {
		enum stage stage = v->f.stage;

		if (v->f.state != VISIT_SERVING)
			must(w, w->hand[stage][0], visit, ACTION_START);
		must(w, w->hand[stage][0], visit, stage == STAGE_INJECTION ? ACTION_INJECT : ACTION_FINISH);
	}
}

void world_bring(struct world *w, uint32_t visit, enum stage stage)
{
	const struct visit *v = visit_of(w, visit);

	while (v->f.stage != stage) {
		enum stage at = v->f.stage;

		if (v->f.state != VISIT_SERVING)
			must(w, w->hand[at][0], visit, ACTION_START);
		must(w, w->hand[at][0], visit, ACTION_FINISH);
	}
}

enum verdict world_undo(struct world *w, uint32_t visit)
{
	return world_act(w, w->board, visit, ACTION_UNDO);
}

enum verdict world_move(struct world *w, uint32_t visit, enum stage stage)
{
	struct command c = world_command(w, COMMAND_VISIT, w->board, visit);

	c.action = ACTION_MOVE;
	c.stage = stage;
	c.reason = "a mistake";
	return world_do(w, &c);
}

enum verdict world_site(struct world *w, enum command_kind kind)
{
	struct command c = world_command(w, kind, w->board, 0);

	c.reason = "the fridge";
	return world_do(w, &c);
}

enum verdict world_close_day(struct world *w)
{
	struct command c = world_command(w, COMMAND_DAY_CLOSE, w->board, 0);

	c.reason = "evening";
	return world_do(w, &c);
}

enum verdict world_configure(struct world *w, void (*change)(struct rules *))
{
	struct command c = {.kind = COMMAND_CONFIGURE, .rules = rules_copy(w->site->rules)};
	char text[32];

	change(c.rules);
	/* Another configuration has another text. */
	free(c.rules->text);
	snprintf(text, sizeof(text), "{\"n\":%u}", ++w->n_ids);
	c.rules->text = strdup(text);
	return world_do(w, &c);
}

struct command world_row(const struct world *w, const char *load, const char *day)
{
	struct command c = {.kind = COMMAND_ROSTER_ROW, .body = 1, .device = w->board, .load = load, .day = day};
	struct tm tm = {0};

	strptime(day, "%Y-%m-%d", &tm);
	c.person = "{\"name\":\"Wang Fang\",\"birth_date\":\"1980-01-02\"}";
	c.birth_date = "1980-01-02";
	c.slot_from = (ms_t)timegm(&tm) * 1000 + MS_HOUR; /* 09:00 in Shanghai */
	c.slot_to = c.slot_from + 30 * MS_MINUTE;
	return c;
}

enum verdict world_load(struct world *w, const char *load)
{
	struct command c = world_command(w, COMMAND_ROSTER_LOADED, w->board, 0);

	c.id = load;
	c.load = load;
	c.rows = (int64_t)w->site->loading.n;
	c.details = "{\"accepted\":1}";
	return world_do(w, &c);
}

uint32_t world_visit(struct world *w, enum visit_state state)
{
	uint32_t v = world_check_in(w);
	uint32_t registrar = w->hand[STAGE_REGISTRATION][0];

	switch (state) {
	case VISIT_QUEUED:
		break;
	case VISIT_CALLED:
		assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v);
		break;
	case VISIT_PARKED:
		must(w, registrar, v, ACTION_PARK);
		break;
	case VISIT_LEFT:
		must(w, w->exit, v, ACTION_LEAVE);
		break;
	case VISIT_SERVING:
		must(w, registrar, v, ACTION_START);
		break;
	case VISIT_DEFERRED:
	case VISIT_DECLINED:
		must(w, registrar, v, ACTION_START);
		must(w, registrar, v, state == VISIT_DEFERRED ? ACTION_DEFER : ACTION_DECLINE);
		break;
	case VISIT_UNWELL:
	case VISIT_TRANSFERRED:
		must(w, w->board, v, ACTION_UNWELL);
		if (state == VISIT_TRANSFERRED)
			must(w, w->clinician, v, ACTION_TRANSFER);
		break;
	case VISIT_INJECTED:
	case VISIT_OBSERVING:
	case VISIT_LEFT_EARLY:
	case VISIT_COMPLETED:
		world_inject(w, v);
		if (state == VISIT_INJECTED)
			break;
		must(w, w->observer, v, ACTION_ARRIVE);
		if (state == VISIT_LEFT_EARLY)
			must(w, w->observer, v, ACTION_WALKED_OUT);
		if (state == VISIT_COMPLETED) {
			world_pass(w, WORLD_DUE);
			must(w, w->observer, v, ACTION_RELEASE);
		}
		break;
	default:
		fail_msg("nobody comes to %s in the ordinary way", visit_state_name(state));
	}
	assert_state(w, v, state);
	return v;
}

struct visit *visit_of(const struct world *w, uint32_t visit)
{
	struct visit *v = site_visit(w->site, visit);

	assert_non_null(v);
	return v;
}

enum visit_state state_of(const struct world *w, uint32_t visit)
{
	return visit_of(w, visit)->f.state;
}

const struct alert *alarm_of(const struct world *w, enum alert_kind kind, uint32_t visit)
{
	const struct alert *last = NULL;

	for (const struct alert *a = w->site->today ? w->site->today->alerts : NULL; a; a = a->hh.next) {
		if (a->kind == kind && a->visit == visit)
			last = a;
	}
	return last;
}

int alarms_of(const struct world *w, enum alert_kind kind, uint32_t visit)
{
	int n = 0;

	for (const struct alert *a = w->site->today ? w->site->today->alerts : NULL; a; a = a->hh.next)
		n += a->kind == kind && a->visit == visit;
	return n;
}

int events_of(const struct world *w, enum event_type type)
{
	int n = 0;

	for (size_t i = 0; i < w->events.n; i++)
		n += w->events.v[i].type == type;
	return n;
}

const struct event *event_of(const struct world *w, enum event_type type)
{
	for (size_t i = 0; i < w->events.n; i++) {
		if (w->events.v[i].type == type)
			return &w->events.v[i];
	}
	return NULL;
}

const struct alert *alarm_at(const struct world *w, enum alert_kind kind, enum stage stage)
{
	const struct alert *last = NULL;

	for (const struct alert *a = w->site->today ? w->site->today->alerts : NULL; a; a = a->hh.next) {
		if (a->kind == kind && a->stage == stage)
			last = a;
	}
	return last;
}

static void assert_same_text(const char *a, const char *b)
{
	assert_string_equal(a ? a : "(none)", b ? b : "(none)");
}

void assert_same_facts(const struct visit_facts *a, const struct visit_facts *b)
{
	assert_int_equal(a->id, b->id);
	assert_string_equal(a->number, b->number);
	assert_true(a->ticket == b->ticket);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->stage, b->stage);
	assert_same_text(a->desk, b->desk);
	assert_int_equal(a->class, b->class);
	assert_int_equal(a->language, b->language);
	assert_same_text(a->party, b->party);
	assert_same_text(a->person, b->person);
	assert_int_equal(a->companions, b->companions);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->arrived_at, b->arrived_at);
	assert_int_equal(a->injected_at, b->injected_at);
	assert_int_equal(a->due_at, b->due_at);
}

static void configure(struct world *w, bool nobody_idles, void (*change)(struct rules *))
{
	struct command c = {.kind = COMMAND_CONFIGURE};
	struct rules *r = malloc(sizeof(*r));

	rules_init(r);
	snprintf(r->site, sizeof(r->site), "test");
	snprintf(r->time_zone, sizeof(r->time_zone), "Asia/Shanghai");
	r->text = strdup("{}");
	if (nobody_idles)
		r->sign_on_idle_minutes = r->sign_on_board_idle_minutes = 1440;
	for (int stage = STAGE_REGISTRATION; stage <= STAGE_INJECTION; stage++) {
		for (int n = 1; n <= 2; n++) {
			struct desk_rule *d = &r->desks[r->n_desks++];

			snprintf(d->id, sizeof(d->id), "%s-%d", stage_name((enum stage)stage), n);
			d->stage = (enum stage)stage;
			d->open = true;
		}
	}
	if (change)
		change(r);
	c.rules = r;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* A hash as the trust module would give it: 64 hexadecimal digits. */
static void hash_text(char out[65], char what, unsigned n)
{
	snprintf(out, 65, "%c%063x", what, n);
}

static uint32_t enrol(struct world *w, enum device_kind kind, const char *desk)
{
	unsigned n = ++w->n_ids;
	char code[65], token[65];
	struct command invite = {.kind = COMMAND_DEVICE_INVITE,
				 .device = w->board,
				 .device_kind = kind,
				 .device_desk = desk,
				 .name = device_kind_name(kind),
				 .code_hash = code};
	struct command join = {.kind = COMMAND_DEVICE_ENROL, .code_hash = code, .token_hash = token, .name = "it"};
	uint32_t id;

	hash_text(code, 'c', n);
	hash_text(token, 'd', n);
	assert_verdict(world_do(w, &invite), VERDICT_ACCEPTED);
	id = w->outcome.subject;
	assert_verdict(world_do(w, &join), VERDICT_ACCEPTED);
	assert_int_equal(w->outcome.subject, id);
	return id;
}

static void enrol_all(struct world *w)
{
	char token[65], desk[DESK_ID_MAX_BYTES + 1];
	struct command setup = {
		.kind = COMMAND_DEVICE_ENROL, .device_kind = DEVICE_BOARD, .token_hash = token, .name = "board"};

	hash_text(token, 'd', 0);
	assert_verdict(world_do(w, &setup), VERDICT_ACCEPTED);
	w->board = w->outcome.subject;
	w->kiosk = enrol(w, DEVICE_KIOSK, NULL);
	w->exit = enrol(w, DEVICE_EXIT, NULL);
	w->observer = enrol(w, DEVICE_HANDHELD, "observation");
	w->clinician = enrol(w, DEVICE_HANDHELD, "treatment");
	for (int stage = STAGE_REGISTRATION; stage <= STAGE_INJECTION; stage++) {
		for (int n = 0; n < 2; n++) {
			snprintf(desk, sizeof(desk), "%s-%d", stage_name((enum stage)stage), n + 1);
			w->hand[stage][n] = enrol(w, DEVICE_HANDHELD, desk);
		}
	}
}

static struct world *world_make(bool nobody_idles, void (*change)(struct rules *))
{
	struct world *w = calloc(1, sizeof(*w));

	w->now = WORLD_MORNING;
	w->site = site_new();
	w->shadow = site_new();
	site_begin_epoch(w->site, EPOCH);
	site_begin_epoch(w->shadow, EPOCH);
	configure(w, nobody_idles, change);
	enrol_all(w);
	return w;
}

struct world *world_unstaffed(void (*change)(struct rules *))
{
	return world_make(false, change);
}

struct world *world_new_with(void (*change)(struct rules *))
{
	struct world *w = world_make(true, change);

	w->signs_on = true;
	for (uint32_t device = 1; device <= w->site->last_device; device++) {
		if (has_sessions(w, device))
			somebody_signs_on(w, device);
	}
	return w;
}

struct world *world_new(void)
{
	return world_new_with(NULL);
}

void world_free(struct world *w)
{
	if (!w)
		return;
	events_free(&w->events);
	site_free(w->site);
	site_free(w->shadow);
	site_free(w->day);
	free(w);
}
