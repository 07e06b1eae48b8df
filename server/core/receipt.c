/*
 * Receipts: what was answered to each command id, rebuilt by replay, so that asking again gets the same answer.
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) - 'a' + 10;
}

/* The 16 bytes of a UUID in text; the same whatever the case of its letters. */
static void receipt_key(const char *id, unsigned char key[16])
{
	size_t n = 0;

	for (const char *p = id; *p && n < 32; p++) {
		if (*p == '-')
			continue;
		key[n / 2] = (unsigned char)(key[n / 2] << 4 | (hex_digit(*p) & 15));
		n++;
	}
}

static struct receipt *receipt_in(const struct day *day, const unsigned char key[16])
{
	struct receipt *r = NULL;

	if (day)
		HASH_FIND(hh, day->receipts, key, 16, r);
	return r;
}

const struct receipt *site_receipt(const struct site *s, const char *id)
{
	unsigned char key[16] = {0};
	const struct receipt *r;

	receipt_key(id, key);
	r = receipt_in(s->today, key);
	return r ? r : receipt_in(s->before, key);
}

struct receipt *receipt_add(struct day *day, const char *id)
{
	struct receipt *r = core_alloc(sizeof(*r));

	receipt_key(id, r->key);
	copy_text(r->id, sizeof(r->id), id);
	HASH_ADD(hh, day->receipts, key, 16, r);
	return r;
}

static const struct alert *alert_copy(struct day *day, const struct alert *a)
{
	struct alert *copy = arena_alloc(&day->arena, sizeof(*copy));

	*copy = *a;
	memset(&copy->hh, 0, sizeof(copy->hh));
	return copy;
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
	r->desk = site_name(s, e->desk);
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

/* A receipt of the day before. A process that lived through the night has it already. */
static void receipt_carried(struct site *s, const struct event *e)
{
	unsigned char key[16] = {0};
	struct receipt *r;

	if (!s->before)
		s->before = day_new("");
	receipt_key(e->command, key);
	r = receipt_in(s->before, key);
	if (!r) {
		r = receipt_add(s->before, e->command);
		receipt_write(s, r, e);
		if (e->alert)
			r->alert = receipt_alert(s, s->before, e);
		if (e->visit)
			carried_visit(s, s->before, &r->visit, e);
		r->text = arena_str(&s->before->arena, e->totals);
	}
	r->carried = true;
}

void receipt_apply(struct site *s, const struct event *e)
{
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
	r->text = arena_str(&s->today->arena, e->totals);
}
