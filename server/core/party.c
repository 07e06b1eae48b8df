/*
 * Parties: a family, a school class. They go to one desk at each stage.
 *
 *   a small one   is called whole, once all its members have reached the stage
 *   a large one   comes so many at a time, to the desk that has had the first of them
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

static bool on_the_way(const struct visit *v)
{
	return v->f.state == VISIT_QUEUED || v->f.state == VISIT_CALLED || v->f.state == VISIT_SERVING;
}

void party_join(struct site *s, struct visit *v)
{
	struct party *p = NULL;

	if (!v->f.party)
		return;
	HASH_FIND_STR(s->today->parties, v->f.party, p);
	if (!p) {
		p = core_alloc(sizeof(*p));
		copy_text(p->id, sizeof(p->id), v->f.party);
		HASH_ADD_STR(s->today->parties, id, p);
	}
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 4;
		p->members = core_grow(p->members, p->cap * sizeof(*p->members));
	}
	p->members[p->n++] = v->f.id;
	v->party = p;
}

bool party_is_small(const struct site *s, const struct party *p)
{
	return p->n <= (size_t)s->rules->party_call_max;
}

static bool anyone_before(const struct site *s, const struct party *p, enum stage stage)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct visit *v = site_visit(s, p->members[i]);

		if (on_the_way(v) && v->f.stage < stage)
			return true;
	}
	return false;
}

bool party_is_ready(const struct site *s, const struct party *p, enum stage stage)
{
	return !party_is_small(s, p) || !anyone_before(s, p, stage);
}

const struct desk *party_desk(const struct site *s, const struct party *p, enum stage stage)
{
	const struct desk *d = p->desk[stage] ? site_desk((struct site *)s, p->desk[stage]) : NULL;

	return d && d->open && d->stage == stage ? d : NULL;
}

void party_at_desk(const struct visit *v)
{
	if (v->party && v->f.desk)
		v->party->desk[v->f.stage] = v->f.desk;
}

/* Once nobody is at the stage or before it, whoever comes there later may go to any desk. */
void party_moved_on(const struct site *s, const struct visit *v, enum stage from)
{
	struct party *p = v->party;

	if (!p || !p->desk[from] || anyone_before(s, p, from))
		return;
	for (size_t i = 0; i < p->n; i++) {
		const struct visit *u = site_visit(s, p->members[i]);

		if (on_the_way(u) && u->f.stage == from)
			return;
	}
	p->desk[from] = NULL;
}

/* A call or a start that was taken back binds nobody to that desk, unless some of them have been served there. */
void party_unbind(const struct site *s, const struct visit *v)
{
	struct party *p = v->party;
	enum stage stage = v->f.stage;

	for (size_t i = 0; p && i < p->n; i++) {
		const struct visit *u = site_visit(s, p->members[i]);
		bool here = u->f.stage == stage && u->f.desk;

		if ((u != v && here) || u->reached > stage || u->f.injected_at)
			return;
	}
	if (p && v->f.state == VISIT_QUEUED)
		p->desk[stage] = NULL;
}

void party_free_all(struct day *day)
{
	struct party *p, *next;

	HASH_ITER(hh, day->parties, p, next) {
		HASH_DEL(day->parties, p);
		free(p->members);
		free(p);
	}
}
