/*
 * The site: making and freeing it, finding things in it, and the one way in for commands.
 *
 *   site_submit: what time did until now -> the day -> a repeat? -> judge -> apply
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

struct name {
	UT_hash_handle hh;
	char text[];
};

void *core_alloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

void *core_grow(void *old, size_t size)
{
	void *p = realloc(old, size);

	if (!p)
		abort();
	return p;
}

void copy_text(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = 0;
}

const char *device_place(uint32_t device, char out[DEVICE_PLACE_SIZE])
{
	char *p = out + DEVICE_PLACE_SIZE - 1;

	for (*p = 0; device || !*p; device /= 10)
		*--p = (char)('0' + device % 10);
	*--p = 'd';
	return p;
}

struct site *site_new(void)
{
	return core_alloc(sizeof(struct site));
}

void site_free(struct site *s)
{
	struct name *n, *next;

	if (!s)
		return;
	day_free(s->today);
	day_free(s->before);
	roster_free_all(s);
	device_free_all(s);
	staff_free_all(s);
	for (int k = 0; k < ALERT_KIND_COUNT; k++)
		free(s->conditions[k]);
	for (int st = 0; st < STAGE_COUNT; st++)
		free(s->queues[st].visits), free(s->queues[st].waits);
	for (size_t i = 0; i < s->n_desks; i++)
		free(s->desks[i].recent);
	free(s->timers);
	rules_free(s->rules);
	HASH_ITER(hh, s->names, n, next) {
		HASH_DEL(s->names, n);
		free(n);
	}
	free(s);
}

void site_begin_epoch(struct site *s, uint64_t epoch)
{
	s->epoch = epoch;
	s->seq = 0;
}

void site_begin_at(struct site *s, uint64_t epoch, uint64_t seq)
{
	s->epoch = epoch;
	s->seq = seq - 1;
}

const char *site_name(struct site *s, const char *text)
{
	struct name *n;
	size_t len;

	if (!text)
		return NULL;
	len = strlen(text);
	HASH_FIND(hh, s->names, text, len, n);
	if (n)
		return n->text;
	n = core_alloc(sizeof(*n) + len + 1);
	memcpy(n->text, text, len + 1);
	HASH_ADD_KEYPTR(hh, s->names, n->text, len, n);
	return n->text;
}

/* ---- look-ups ---- */

struct visit *site_visit(const struct site *s, uint32_t id)
{
	const struct day *day = s->today;

	if (!day || id < day->first_visit || id - day->first_visit >= day->n_visits)
		return NULL;
	return day->visits[id - day->first_visit];
}

struct visit *site_visit_by_number(const struct site *s, const char *number)
{
	struct visit *v = NULL;

	if (s->today)
		HASH_FIND(by_number, s->today->by_number, number, strlen(number), v);
	return v;
}

struct visit *site_visit_by_ticket(const struct site *s, uint64_t ticket)
{
	struct visit *v = NULL;

	if (s->today)
		HASH_FIND(by_ticket, s->today->by_ticket, &ticket, sizeof(ticket), v);
	return v;
}

struct desk *site_desk(struct site *s, const char *id)
{
	for (size_t i = 0; i < s->n_desks; i++) {
		if (!s->desks[i].retired && strcmp(s->desks[i].id, id) == 0)
			return &s->desks[i];
	}
	return NULL;
}

const struct alert *site_alert(const struct site *s, const char *id)
{
	return alert_find(s, id);
}

struct device *site_device(const struct site *s, uint32_t id)
{
	struct device *v;

	HASH_FIND(hh, s->devices, &id, sizeof(id), v);
	return v;
}

struct device *site_device_by_token(const struct site *s, const char *token_hash)
{
	struct device *v;

	HASH_FIND(by_token, s->devices_by_token, token_hash, strlen(token_hash), v);
	return v;
}

struct device *site_device_by_code(const struct site *s, const char *code_hash)
{
	struct device *v;

	HASH_FIND(by_code, s->devices_by_code, code_hash, strlen(code_hash), v);
	return v;
}

struct visit *site_visit_by_appointment(const struct site *s, uint64_t appointment)
{
	struct visit *v = NULL;

	if (s->today)
		HASH_FIND(by_appointment, s->today->by_appointment, &appointment, sizeof(appointment), v);
	return v;
}

struct visit *site_visit_by_id(const struct site *s, uint64_t hash)
{
	struct visit *v = NULL;

	if (s->today)
		HASH_FIND(by_id, s->today->by_id, &hash, sizeof(hash), v);
	return v;
}

struct visit *site_visit_by_phone(const struct site *s, uint64_t hash)
{
	struct visit *v = NULL;

	if (s->today)
		HASH_FIND(by_phone, s->today->by_phone, &hash, sizeof(hash), v);
	return v;
}

/* ---- a new visit ---- */

static struct visit *visit_add(struct site *s)
{
	struct day *day = s->today;
	struct visit *v = core_alloc(sizeof(*v));

	v->f.id = ++s->last_visit;
	for (int k = 0; k < TIMER_VISIT_KINDS; k++)
		v->timer_due[k] = MS_NEVER;
	if (day->n_visits >= day->cap_visits) {
		day->cap_visits = day->cap_visits ? day->cap_visits * 2 : 256;
		day->visits = core_grow(day->visits, day->cap_visits * sizeof(struct visit *));
	}
	day->visits[day->n_visits++] = v;
	return v;
}

struct visit *visit_new(struct site *s, const struct event *e)
{
	struct visit *v = visit_add(s);

	v->f.person = arena_str(&s->today->arena, e->person);
	visit_known_by(s, v, e->by_id, e->by_phone);
	return v;
}

struct visit *visit_expected(struct site *s, struct appointment *a)
{
	struct visit *v = visit_add(s);

	v->appointment = a;
	v->f.state = VISIT_EXPECTED;
	v->f.class = a->class;
	v->f.person = a->person;
	s->today->totals.by_state[VISIT_EXPECTED]++;
	HASH_ADD_KEYPTR(by_appointment, s->today->by_appointment, &a->id, sizeof(a->id), v);
	visit_known_by(s, v, a->by_id, a->by_phone);
	return v;
}

static void ticket_died(struct day *day, const struct visit *v)
{
	struct dead_ticket *dead = core_alloc(sizeof(*dead));

	dead->ticket = v->f.ticket;
	dead->visit = v->f.id;
	HASH_ADD(hh, day->dead, ticket, sizeof(dead->ticket), dead);
}

void visit_ticketed(struct site *s, struct visit *v, uint64_t ticket, const char *number)
{
	struct day *day = s->today;
	unsigned ordinal, *last;

	if (v->f.ticket) {
		HASH_DELETE(by_ticket, day->by_ticket, v);
		ticket_died(day, v);
	}
	v->f.ticket = ticket;
	HASH_ADD(by_ticket, day->by_ticket, f.ticket, sizeof(v->f.ticket), v);
	if (ticket > s->last_ticket)
		s->last_ticket = ticket;
	if (!number)
		return;
	copy_text(v->f.number, sizeof(v->f.number), number);
	HASH_ADD(by_number, day->by_number, f.number, strlen(v->f.number), v);
	ordinal = (unsigned)strtoul(number + 1, NULL, 10);
	last = &day->last_number[number[0] == 'A'];
	if (ordinal > *last)
		*last = ordinal;
}

static void phone_forget(struct day *day, struct visit *v)
{
	struct visit *first;

	HASH_FIND(by_phone, day->by_phone, &v->phone_hash, sizeof(v->phone_hash), first);
	if (!first)
		return;
	if (first == v) {
		HASH_DELETE(by_phone, day->by_phone, v);
		first = v->same_phone;
		if (first)
			HASH_ADD(by_phone, day->by_phone, phone_hash, sizeof(first->phone_hash), first);
	} else {
		while (first->same_phone && first->same_phone != v)
			first = first->same_phone;
		first->same_phone = v->same_phone;
	}
	v->same_phone = NULL;
}

static void phone_learn(struct day *day, struct visit *v)
{
	struct visit *first;

	HASH_FIND(by_phone, day->by_phone, &v->phone_hash, sizeof(v->phone_hash), first);
	if (!first) {
		HASH_ADD(by_phone, day->by_phone, phone_hash, sizeof(v->phone_hash), v);
		return;
	}
	while (first->same_phone)
		first = first->same_phone;
	first->same_phone = v;
}

void visit_known_by(struct site *s, struct visit *v, uint64_t by_id, uint64_t by_phone)
{
	struct day *day = s->today;
	struct visit *other = site_visit_by_id(s, by_id);

	if (v->id_hash && site_visit_by_id(s, v->id_hash) == v)
		HASH_DELETE(by_id, day->by_id, v);
	if (v->phone_hash)
		phone_forget(day, v);
	v->id_hash = by_id;
	v->phone_hash = by_phone;
	if (by_phone)
		phone_learn(day, v);
	if (!by_id)
		return;
	if (other && other != v) {
		if (!visit_state_ended(other->f.state))
			return; /* whoever is here under that card is found by it */
		HASH_DELETE(by_id, day->by_id, other);
	}
	HASH_ADD(by_id, day->by_id, id_hash, sizeof(v->id_hash), v);
}

void tally_count(struct tally **l, size_t *n, const char *name, const char *lot, int by)
{
	size_t i = 0;

	while (i < *n && ((*l)[i].name != name || (*l)[i].lot != lot))
		i++;
	if (i == *n) {
		*l = core_grow(*l, (*n + 1) * sizeof(**l));
		(*l)[(*n)++] = (struct tally){name, lot, 0};
	}
	(*l)[i].n += (unsigned)by;
}

/* ---- commands ---- */

static bool command_has_id(const struct command *c)
{
	return c->kind < COMMAND_DEVICE_INVITE;
}

/*
 * A load lies within one day; and where the carrying of devices and staff was cut short, it is finished first: also
 * before other rules, which may sign somebody off.
 */
static bool command_is_of_day(const struct site *s, const struct command *c)
{
	bool of_keys = (c->kind >= COMMAND_DEVICE_INVITE && c->kind <= COMMAND_CONFIGURE) ||
		       c->kind >= COMMAND_STAFF_LIST;

	return command_has_id(c) || c->kind == COMMAND_ROSTER_ROW || (of_keys && s->today && !s->today->ready);
}

static enum verdict decide(struct decision *d)
{
	switch (d->c->kind) {
	case COMMAND_CHECK_IN:
		return decide_check_in(d);
	case COMMAND_SCAN:
		return decide_scan(d);
	case COMMAND_VISIT:
		return decide_visit(d);
	case COMMAND_UNWELL:
		return decide_unwell(d);
	case COMMAND_DESK_OPEN:
	case COMMAND_DESK_CLOSE:
	case COMMAND_DESK_CALL:
	case COMMAND_DESK_RECALL:
		return decide_desk(d);
	case COMMAND_ALERT_ACKNOWLEDGE:
	case COMMAND_ALERT_SETTLE:
		return decide_alert(d);
	case COMMAND_DAY_CLOSE:
		return decide_day_close(d);
	case COMMAND_SITE_HOLD:
	case COMMAND_SITE_RESUME:
	case COMMAND_ROLL_CALL_START:
	case COMMAND_ROLL_CALL_END:
		return decide_site(d);
	case COMMAND_ROSTER_LOADED:
	case COMMAND_ROSTER_ROW:
		return decide_roster(d);
	case COMMAND_DEVICE_SILENT:
	case COMMAND_DEVICE_HEARD:
		return decide_silence(d);
	case COMMAND_CONFIGURE:
		return decide_configure(d);
	case COMMAND_STAFF_LIST:
	case COMMAND_STAFF_REMOVE:
		return decide_staff(d);
	case COMMAND_SIGN_ON:
	case COMMAND_SIGN_OFF:
		return decide_session(d);
	case COMMAND_CONDITION_RAISE:
	case COMMAND_CONDITION_SETTLE:
		return decide_condition(d);
	default:
		return decide_device(d);
	}
}

/* The same id is the same act: the same device asking for the same thing. */
static bool answered_before(const struct site *s, const struct command *c, struct outcome *o)
{
	const struct receipt *r = site_receipt(s, c->id);

	if (!r)
		return false;
	o->repeat = true;
	o->verdict = VERDICT_ID_TAKEN;
	if (r->device != c->device)
		return true;
	o->verdict = VERDICT_ID_REUSED;
	if (r->body != c->body)
		return true;
	o->verdict = r->verdict;
	o->receipt = r;
	return true;
}

/* When an act kept offline was made, by our clock: not after now, not before the device's last one. */
static ms_t acted_at(const struct command *c, const struct device *by, ms_t now)
{
	ms_t at = now;

	if (c->device_at)
		at = now - (c->device_sent_at - c->device_at);
	if (by && at < by->last_act)
		at = by->last_act;
	return at < now ? at : now;
}

void site_submit(struct site *s, const struct command *c, ms_t now, struct events *out, struct outcome *o)
{
	struct decision d = {.s = s, .c = c, .out = out, .o = o};
	const struct device *by = site_device(s, c->device);
	size_t before;

	memset(o, 0, sizeof(*o));
	site_advance(s, now, out);
	d.now = now > s->last_at ? now : s->last_at;
	d.first = out->n;
	if (command_has_id(c) && answered_before(s, c, o))
		return;
	if (command_is_of_day(s, c))
		day_prepare(&d);
	d.first = before = out->n;
	d.acted = acted_at(c, by, d.now);
	d.staff = by ? session_at(by, d.acted, c->device_at != 0) : NULL;
	o->verdict = duty_check(&d);
	if (o->verdict == VERDICT_ACCEPTED)
		o->verdict = decide(&d);
	for (size_t i = before; i < out->n; i++)
		site_apply(s, &out->v[i]);
	if (out->n > before)
		flow_follow(&d);
	if (command_has_id(c) && out->n > before)
		o->receipt = site_receipt(s, c->id);
}
