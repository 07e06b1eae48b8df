/*
 * Receipts: what was answered to each command id, rebuilt by replay, so that asking again gets the same answer.
 *
 *   key -> hash -> slots [ |h 7| |h 2| | |h 9| ]  one after the other up to a free one; only where the hash is equal is
 *                            |                    the receipt itself looked at
 *                            '-> v[1]
 *
 * Nearly every command is new, and there are tens of thousands of receipts: that one is not there must cost one look
 * into memory.
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

#define SLOTS_FIRST 1024

/* The 16 bytes of a UUID in text (its form has been checked); the same whatever the case of its letters. */
static void receipt_key(const char *id, unsigned char key[16])
{
	static const unsigned char digit[256] = {
		['1'] = 1,  ['2'] = 2,  ['3'] = 3,  ['4'] = 4,  ['5'] = 5,  ['6'] = 6,  ['7'] = 7,
		['8'] = 8,  ['9'] = 9,  ['a'] = 10, ['b'] = 11, ['c'] = 12, ['d'] = 13, ['e'] = 14,
		['f'] = 15, ['A'] = 10, ['B'] = 11, ['C'] = 12, ['D'] = 13, ['E'] = 14, ['F'] = 15,
	};
	static const unsigned char at[16] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};
	const unsigned char *text = (const unsigned char *)id;

	for (int i = 0; i < 16; i++)
		key[i] = (unsigned char)(digit[text[at[i]]] << 4 | digit[text[at[i] + 1]]);
}

/* Multiplication carries what is low to the top, and the top comes down again; ids may be counters. */
static uint32_t receipt_hash(const unsigned char key[16])
{
	uint64_t high, low;

	memcpy(&high, key, 8);
	memcpy(&low, key + 8, 8);
	low = (low ^ low >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	high = (high ^ low ^ low >> 32) * UINT64_C(0x94d049bb133111eb);
	return (uint32_t)(high >> 32);
}

/* The slot of the key: that of its receipt, or the free one where it would stand. */
static struct receipt_slot *receipt_slot(const struct receipts *l, const unsigned char key[16], uint32_t hash)
{
	struct receipt_slot *slot;

	for (size_t i = hash & l->mask;; i = (i + 1) & l->mask) {
		slot = &l->slots[i];
		if (!slot->number || (slot->hash == hash && memcmp(l->v[slot->number - 1]->key, key, 16) == 0))
			return slot;
	}
}

static struct receipt *receipt_in(const struct day *day, const unsigned char key[16], uint32_t hash)
{
	const struct receipt_slot *slot;

	if (!day || !day->receipts.n)
		return NULL;
	slot = receipt_slot(&day->receipts, key, hash);
	return slot->number ? day->receipts.v[slot->number - 1] : NULL;
}

const struct receipt *site_receipt(const struct site *s, const char *id)
{
	unsigned char key[16];
	const struct receipt *r;
	uint32_t hash;

	receipt_key(id, key);
	hash = receipt_hash(key);
	r = receipt_in(s->today, key, hash);
	return r ? r : receipt_in(s->before, key, hash);
}

static void receipts_grow(struct receipts *l)
{
	struct receipt_slot *old = l->slots;
	size_t n_old = old ? l->mask + 1 : 0;

	l->mask = n_old ? n_old * 2 - 1 : SLOTS_FIRST - 1;
	l->cap = (l->mask + 1) / 2;
	l->v = core_grow(l->v, l->cap * sizeof(*l->v));
	l->slots = core_alloc((l->mask + 1) * sizeof(*l->slots));
	for (size_t i = 0; i < n_old; i++) {
		size_t to = old[i].hash & l->mask;

		if (!old[i].number)
			continue;
		while (l->slots[to].number)
			to = (to + 1) & l->mask;
		l->slots[to] = old[i];
	}
	free(old);
}

static struct receipt *receipt_add(struct day *day, const char *id)
{
	struct receipts *l = &day->receipts;
	struct receipt *r = arena_alloc(&day->arena, sizeof(*r));
	uint32_t hash;

	receipt_key(id, r->key);
	copy_text(r->id, sizeof(r->id), id);
	if (l->n == l->cap)
		receipts_grow(l);
	hash = receipt_hash(r->key);
	l->v[l->n++] = r;
	*receipt_slot(l, r->key, hash) = (struct receipt_slot){.hash = hash, .number = (uint32_t)l->n};
	return r;
}

void receipts_free(struct receipts *l)
{
	free(l->v);
	free(l->slots);
}

static const struct alert *alert_copy(struct day *day, const struct alert *a)
{
	struct alert *copy = arena_alloc(&day->arena, sizeof(*copy));

	*copy = *a;
	memset(&copy->hh, 0, sizeof(copy->hh));
	return copy;
}

static bool refuses(const struct event *e)
{
	return verdict_status(e->reply) != 200;
}

static void receipt_write(struct site *s, struct receipt *r, const struct event *e)
{
	r->device = e->device;
	r->body = e->body;
	r->verdict = e->reply;
	r->form = e->reply_as;
	r->action = e->action;
	r->epoch = e->epoch;
	r->seq = e->seq;
	r->at = e->acted_at ? e->acted_at : e->at;
	r->desk = site_name(s, refuses(e) ? e->device_desk : e->desk);
}

static void carried_visit(struct site *s, struct day *day, struct visit_facts *f, const struct event *e)
{
	f->id = e->visit;
	copy_text(f->number, sizeof(f->number), e->number);
	f->ticket = (uint64_t)e->ticket;
	f->state = e->state;
	f->stage = e->stage;
	if (f->state == VISIT_CALLED || f->state == VISIT_SERVING)
		f->desk = site_name(s, e->desk);
	f->class = e->class;
	f->language = e->language;
	f->party = arena_str(&day->arena, e->party);
	f->person = arena_str(&day->arena, e->person);
	f->companions = (int)e->companions;
	f->flags = (unsigned)e->flags;
	f->arrived_at = e->arrived_at;
	f->injected_at = e->injected_at;
	f->due_at = e->due_at;
}

static const struct alert *receipt_alert(struct site *s, struct day *day, const struct event *e)
{
	struct alert *a = arena_alloc(&day->arena, sizeof(*a));

	alert_read_carried(s, &day->arena, a, e);
	return a;
}

/* One more of those who were called together. */
static struct visit_facts *party_add(struct arena *day, struct receipt *r)
{
	struct visit_facts *old = r->party;

	r->party = arena_alloc(day, (r->n_party + 1) * sizeof(*r->party));
	if (old)
		memcpy(r->party, old, r->n_party * sizeof(*old));
	return &r->party[r->n_party++];
}

static struct site_facts *carried_site(struct arena *day, const struct event *e)
{
	struct site_facts *f = arena_alloc(day, sizeof(*f));

	f->hold = (struct site_hold){e->level & 1, arena_str(day, e->reason), e->raised_at, (uint32_t)e->by};
	f->roll_call = (struct roll_call){e->level & 2, e->observed_at, e->expires_at, (unsigned)e->count};
	return f;
}

void receipt_carry_site(struct event *e, const struct site_facts *f)
{
	e->reason = f->hold.reason;
	e->raised_at = f->hold.since;
	e->by = f->hold.by;
	e->level = (f->hold.on ? 1 : 0) | (f->roll_call.on ? 2 : 0);
	e->observed_at = f->roll_call.started_at;
	e->expires_at = f->roll_call.ended_at;
	e->count = f->roll_call.missing;
}

/* A receipt of the day before. A process that lived through the night has it already. */
static void receipt_carried(struct site *s, const struct event *e)
{
	unsigned char key[16];
	struct receipt *r;

	if (!s->before)
		s->before = day_new("");
	receipt_key(e->command, key);
	r = receipt_in(s->before, key, receipt_hash(key));
	if (!r) {
		r = receipt_add(s->before, e->command);
		receipt_write(s, r, e);
		if (e->alert)
			r->alert = receipt_alert(s, s->before, e);
		if (e->visit)
			carried_visit(s, s->before, &r->visit, e);
		if (e->reply_as == REPLY_SITE)
			r->site = carried_site(&s->before->arena, e);
		r->text = arena_str(&s->before->arena, refuses(e) ? e->note : e->totals);
	}
	if (e->reply_as == REPLY_CALL && (size_t)e->count == r->n_party)
		carried_visit(s, s->before, party_add(&s->before->arena, r), e);
	r->carried = (size_t)e->count + 1 >= r->n_party;
}

static const char *receipt_text(const struct event *e)
{
	if (e->reply == VERDICT_NOT_TODAY)
		return e->reason;
	if (refuses(e))
		return e->note;
	return e->reply_as == REPLY_ROSTER ? e->details : e->totals;
}

/* All who are called to the desk, the first of them first. */
static void receipt_call(struct site *s, struct receipt *r)
{
	const struct desk *d = r->desk ? site_desk(s, r->desk) : NULL;

	for (size_t i = 0; d && i < d->n_called; i++)
		*party_add(&s->today->arena, r) = site_visit(s, d->called[i])->f;
	if (r->n_party)
		r->visit = r->party[0];
}

void receipt_apply(struct site *s, const struct event *e)
{
	struct site_facts *facts;
	struct receipt *r;
	const struct visit *v;
	const struct alert *a;

	if (e->type == EVENT_COMMAND_CARRIED) {
		receipt_carried(s, e);
		return;
	}
	r = receipt_add(s->today, e->command);
	receipt_write(s, r, e);
	v = site_visit(s, e->visit);
	if (v)
		r->visit = v->f;
	a = e->alert ? alert_find(s, e->alert) : NULL;
	if (a && (e->reply_as == REPLY_ALERT || e->action == ACTION_UNWELL))
		r->alert = alert_copy(s->today, a);
	r->text = arena_str(&s->today->arena, receipt_text(e));
	if (e->reply_as == REPLY_CALL)
		receipt_call(s, r);
	if (e->reply_as == REPLY_SITE) {
		facts = arena_alloc(&s->today->arena, sizeof(*facts));
		*facts = s->today->facts;
		r->site = facts;
	}
}
