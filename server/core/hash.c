/*
 * A number for the whole state, so that the state before a restart and after it can be compared.
 *
 * FNV-1a over every fact in a fixed order. Left out is what may differ between states that go on alike: pointers,
 * heaps, the epoch, and since when seats are full, which time changes without an event; and what a log read from the
 * opening of the day does not tell: devices not enrolled or revoked, staff removed, settled conditions, and of the day
 * before all but its receipts.
 */
#include <string.h>

#include "core.h"

#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

static void add(uint64_t *h, uint64_t v)
{
	for (int i = 0; i < 64; i += 8)
		*h = (*h ^ (v >> i & 255)) * FNV_PRIME;
}

static void add_text(uint64_t *h, const char *text)
{
	for (; text && *text; text++)
		*h = (*h ^ (unsigned char)*text) * FNV_PRIME;
	add(h, text ? 1 : 2);
}

static void add_facts(uint64_t *h, const struct visit_facts *f)
{
	add(h, f->id);
	add_text(h, f->number);
	add(h, f->ticket);
	add(h, f->state);
	add(h, f->stage);
	add_text(h, f->desk);
	add(h, f->class);
	add(h, f->language);
	add_text(h, f->party);
	add_text(h, f->person);
	add(h, (uint64_t)f->companions);
	add(h, f->flags);
	add(h, (uint64_t)f->arrived_at);
	add(h, (uint64_t)f->injected_at);
	add(h, (uint64_t)f->due_at);
}

static void add_visit(uint64_t *h, const struct visit *v)
{
	add_facts(h, &v->f);
	add(h, v->came_from);
	add(h, (uint64_t)v->entered_at);
	add(h, (uint64_t)v->key);
	add(h, (uint64_t)v->admitted << 8 | v->reached);
	add(h, (uint64_t)v->seen_at);
	add(h, v->undo.type);
	add(h, (uint64_t)v->undo.at);
	add(h, v->undo.type ? v->undo.flags : 0);
	add(h, v->id_hash);
	add(h, v->phone_hash);
	add(h, v->appointment ? v->appointment->id : 0);
	add(h, (uint64_t)v->called_at);
	add(h, (uint64_t)v->started_at);
	add(h, (uint64_t)v->observed_at);
	add(h, (uint64_t)v->observation_minutes);
	add(h, (uint64_t)v->no_shows);
	add_text(h, v->scan_place);
	add(h, (uint64_t)v->scan_at);
	add(h, v->n_timeline);
	for (int k = 0; k < TIMER_VISIT_KINDS; k++)
		add(h, (uint64_t)v->raised_due[k]);
}

static void add_alert(uint64_t *h, const struct alert *a)
{
	add_text(h, a->id);
	add(h, a->kind);
	add(h, a->state);
	add(h, a->visit);
	add(h, a->stage);
	add_text(h, a->place);
	add(h, (uint64_t)a->raised_at);
	add(h, (uint64_t)a->cried_at);
	add(h, (uint64_t)a->count);
	add(h, (uint64_t)a->escalated);
	add(h, a->by);
	add(h, a->lapsed);
	add_text(h, a->outcome);
}

static void add_site_facts(uint64_t *h, const struct site_facts *f)
{
	add(h, (uint64_t)f->hold.on << 1 | f->roll_call.on);
	add_text(h, f->hold.reason);
	add(h, (uint64_t)f->hold.since);
	add(h, f->hold.by);
	add(h, (uint64_t)f->roll_call.started_at);
	add(h, (uint64_t)f->roll_call.ended_at);
	add(h, f->roll_call.missing);
}

static void add_tallies(uint64_t *h, const struct tally *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add_text(h, l[i].name);
		add_text(h, l[i].lot);
		add(h, l[i].n);
	}
}

static void add_appointments(uint64_t *h, const struct appointments *l)
{
	for (size_t i = l->first; i < l->n; i++) {
		add(h, l->v[i]->id);
		add_text(h, l->v[i]->date);
		add(h, (uint64_t)l->v[i]->slot_from);
		add(h, (uint64_t)l->v[i]->slot_to);
		add(h, l->v[i]->class);
		add(h, l->v[i]->by_id);
		add_text(h, l->v[i]->person);
	}
}

static void add_receipt(uint64_t *h, const struct receipt *r)
{
	struct alert shown;

	add_text(h, r->id);
	add(h, r->device);
	add(h, r->body);
	add(h, r->verdict);
	add(h, r->form);
	add(h, r->action);
	add_facts(h, &r->visit);
	for (size_t i = 0; i < r->n_party; i++)
		add_facts(h, &r->party[i]);
	if (r->site)
		add_site_facts(h, r->site);
	add_text(h, r->text);
	if (!r->alert)
		return;
	shown = *r->alert;
	/* No answer shows when it cried last, or whether it has lapsed, and no day carries that over. */
	shown.cried_at = shown.raised_at;
	shown.lapsed = false;
	add_alert(h, &shown);
}

static void add_receipts(uint64_t *h, const struct day *day)
{
	for (size_t i = 0; i < day->receipts.n; i++)
		add_receipt(h, day->receipts.v[i]);
}

static void add_day(uint64_t *h, const struct day *day)
{
	struct alert *a, *next;

	add_text(h, day->date);
	add(h, (uint64_t)day->ready << 1 | day->closed);
	for (size_t i = 0; i < day->n_visits; i++) {
		if (day->visits[i])
			add_visit(h, day->visits[i]);
	}
	HASH_ITER(hh, day->alerts, a, next) {
		add_alert(h, a);
	}
	add_site_facts(h, &day->facts);
	add_tallies(h, day->doses, day->n_doses);
	add_tallies(h, day->turned_away, day->n_turned_away);
	add(h, day->totals.not_today);
	add(h, day->n_calls);
	add_receipts(h, day);
}

static void add_session(uint64_t *h, const struct session *of)
{
	add_text(h, of->staff ? of->staff->id : NULL);
	add(h, (uint64_t)of->since);
	add(h, (uint64_t)of->last_at);
	add(h, (uint64_t)of->ends_at);
	add(h, (uint64_t)of->ended_at);
	add(h, of->why);
}

/* In no order: whoever was off the list for a while has another place in it. */
static void add_staff(uint64_t *h, const struct site *s)
{
	struct staff *f, *next;
	uint64_t sum = 0;

	HASH_ITER(hh, s->staff, f, next) {
		uint64_t one = FNV_BASIS;

		if (f->removed)
			continue;
		add_text(&one, f->id);
		add_text(&one, f->person);
		for (int role = ROLE_NONE; role < ROLE_COUNT; role++)
			add_text(&one, f->until[role]);
		add(&one, (uint64_t)f->roles << 1 | f->pin);
		add(&one, f->badge);
		add(&one, (uint64_t)f->wrong);
		add(&one, (uint64_t)f->wrong_at);
		sum += one;
	}
	add(h, sum);
}

static void add_devices(uint64_t *h, const struct site *s)
{
	struct device *v, *next;

	HASH_ITER(hh, s->devices, v, next) {
		if (!v->enrolled || v->revoked)
			continue;
		add(h, v->id);
		add(h, v->kind);
		add_text(h, v->name);
		add_text(h, v->desk);
		add_text(h, v->code_hash);
		add_text(h, v->token_hash);
		add(h, (uint64_t)v->last_act);
		add_session(h, &v->session);
		for (int i = 0; i < SESSIONS_KEPT; i++)
			add_session(h, &v->before[i]);
		add(h, (uint64_t)v->wrong);
		add(h, (uint64_t)v->wrong_at);
	}
}

uint64_t site_hash(const struct site *s)
{
	uint64_t h = FNV_BASIS;

	add(&h, s->last_visit);
	add(&h, s->last_ticket);
	add(&h, s->last_device);
	add(&h, s->last_appointment);
	add(&h, s->seats.observing + s->seats.coming);
	add_appointments(&h, &s->to_come);
	add(&h, (uint64_t)s->last_at);
	add_text(&h, s->rules ? s->rules->text : NULL);
	add_staff(&h, s);
	add_devices(&h, s);
	for (size_t i = 0; i < s->n_desks; i++) {
		add_text(&h, s->desks[i].id);
		add(&h, (uint64_t)s->desks[i].open << 1 | s->desks[i].retired);
		for (size_t k = 0; k < s->desks[i].n_called; k++)
			add(&h, s->desks[i].called[k]);
		for (size_t k = 0; k < s->desks[i].n_serving; k++)
			add(&h, s->desks[i].serving[k]);
		add(&h, s->desks[i].done);
	}
	for (int st = 0; st < STAGE_COUNT; st++) {
		for (size_t i = 0; i < s->queues[st].n; i++)
			add(&h, s->queues[st].visits[i]);
		add(&h, s->queues[st].done);
		add(&h, s->queues[st].room);
	}
	for (int k = 0; k < ALERT_KIND_COUNT; k++) {
		if (alert_is_open(s->conditions[k]))
			add_alert(&h, s->conditions[k]);
	}
	if (s->today)
		add_day(&h, s->today);
	if (s->before)
		add_receipts(&h, s->before);
	return h;
}
