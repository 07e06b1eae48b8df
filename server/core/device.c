/*
 * Devices: invited by a supervisor with a one-time code, enrolled with a token, moved, revoked. And the configuration.
 *
 *   invited --enrol (code)--> enrolled --revoke--> revoked
 */
#include <stdlib.h>
#include <string.h>

#include "core.h"

static unsigned boards(const struct site *s)
{
	struct device *v, *next;
	unsigned n = 0;

	HASH_ITER(hh, s->devices, v, next) {
		n += v->kind == DEVICE_BOARD && v->enrolled && !v->revoked;
	}
	return n;
}

static bool desk_is_known(const struct site *s, enum device_kind kind, const char *desk)
{
	if (strcmp(desk, "observation") == 0)
		return kind == DEVICE_HANDHELD || kind == DEVICE_KIOSK;
	if (strcmp(desk, "treatment") == 0)
		return kind == DEVICE_HANDHELD;
	return rules_desk(s->rules, desk) >= 0;
}

static enum verdict decide_invite(struct decision *d)
{
	const struct command *c = d->c;
	struct event *e;

	if (c->device_desk && !desk_is_known(d->s, c->device_kind, c->device_desk))
		return VERDICT_DESK_UNKNOWN;
	if (c->device_kind == DEVICE_HANDHELD && !c->device_desk)
		return VERDICT_DESK_MISSING;
	e = emit(d, EVENT_DEVICE_INVITED);
	e->subject = d->o->subject = d->s->last_device + 1;
	e->device_kind = c->device_kind;
	e->name = keep(d, c->name);
	e->device_desk = keep(d, c->device_desk);
	e->code_hash = keep(d, c->code_hash);
	e->expires_at = d->now + d->s->rules->enrol_minutes * MS_MINUTE;
	return VERDICT_ACCEPTED;
}

/* With a code of a supervisor, or with none: the setup code, which the shell has checked, makes the first board. */
static enum verdict decide_enrol(struct decision *d)
{
	const struct command *c = d->c;
	struct device *v = NULL;
	struct event *e;

	if (c->code_hash) {
		v = site_device_by_code(d->s, c->code_hash);
		if (!v || v->revoked)
			return VERDICT_CODE_UNKNOWN;
		if (v->enrolled)
			return VERDICT_CODE_USED;
		if (d->now >= v->expires_at)
			return VERDICT_CODE_UNKNOWN;
	} else if (site_has_board(d->s)) {
		return VERDICT_CODE_USED;
	}
	e = emit(d, EVENT_DEVICE_ENROLLED);
	e->subject = d->o->subject = v ? v->id : d->s->last_device + 1;
	e->device_kind = v ? v->kind : DEVICE_BOARD;
	e->name = keep(d, c->name);
	e->device_desk = v ? v->desk : NULL;
	e->token_hash = keep(d, c->token_hash);
	return VERDICT_ACCEPTED;
}

static enum verdict decide_move(struct decision *d, const struct device *v)
{
	if (v->kind != DEVICE_HANDHELD)
		return VERDICT_NOT_AVAILABLE;
	if (!desk_is_known(d->s, v->kind, d->c->device_desk))
		return VERDICT_DESK_UNKNOWN;
	emit(d, EVENT_DEVICE_MOVED);
	d->out->v[d->out->n - 1].subject = v->id;
	d->out->v[d->out->n - 1].device_desk = keep(d, d->c->device_desk);
	return VERDICT_ACCEPTED;
}

enum verdict decide_device(struct decision *d)
{
	const struct device *v;

	if (d->c->kind == COMMAND_DEVICE_INVITE)
		return decide_invite(d);
	if (d->c->kind == COMMAND_DEVICE_ENROL)
		return decide_enrol(d);
	v = site_device(d->s, d->c->subject);
	if (!v || v->revoked)
		return VERDICT_DEVICE_UNKNOWN;
	d->o->subject = v->id;
	if (d->c->kind == COMMAND_DEVICE_MOVE)
		return decide_move(d, v);
	if (v->kind == DEVICE_BOARD && v->enrolled && boards(d->s) == 1)
		return VERDICT_LAST_BOARD;
	if (v->silent)
		alert_settle(d, v->silent, "revoked");
	session_end(d, v, SIGN_OFF_REVOKED);
	emit(d, EVENT_DEVICE_REVOKED)->subject = v->id;
	return VERDICT_ACCEPTED;
}

static bool rules_are_known(const struct site *s, const struct rules *r)
{
	return s->rules && s->rules->text && r->text && strcmp(s->rules->text, r->text) == 0;
}

/* A configuration may not take away a desk that somebody is at. Takes the command's rules where it is accepted. */
enum verdict decide_configure(struct decision *d)
{
	struct rules *r = d->c->rules;

	if (rules_are_known(d->s, r)) {
		rules_free(r);
		return VERDICT_ACCEPTED;
	}
	for (size_t i = 0; i < d->s->n_desks; i++) {
		const struct desk *desk = &d->s->desks[i];
		int at = rules_desk(r, desk->id);

		if (desk_in_use(desk) && (at < 0 || r->desks[at].stage != desk->stage)) {
			d->o->desk = desk->id;
			return VERDICT_DESK_IN_USE;
		}
	}
	session_end_unasked(d, r);
	emit_rules(d, r);
	rules_free(r);
	return VERDICT_ACCEPTED;
}

/* ---- applying ---- */

static void set_hash(char out[65], const char *text)
{
	copy_text(out, 65, text ? text : "");
}

static void unhash_code(struct site *s, struct device *v)
{
	if (!v->code_hash[0])
		return;
	HASH_DELETE(by_code, s->devices_by_code, v);
	v->code_hash[0] = 0;
}

static void unhash_token(struct site *s, struct device *v)
{
	if (!v->token_hash[0])
		return;
	HASH_DELETE(by_token, s->devices_by_token, v);
	v->token_hash[0] = 0;
}

static struct device *device_of(struct site *s, const struct event *e)
{
	struct device *v = site_device(s, (uint32_t)e->subject);

	if (v)
		return v;
	v = core_alloc(sizeof(*v));
	v->id = (uint32_t)e->subject;
	HASH_ADD(hh, s->devices, id, sizeof(v->id), v);
	if (v->id > s->last_device)
		s->last_device = v->id;
	return v;
}

static void device_describe(struct site *s, struct device *v, const struct event *e)
{
	v->kind = e->device_kind;
	v->name = site_name(s, e->name);
	v->desk = site_name(s, e->device_desk);
	if (e->code_hash) {
		unhash_code(s, v);
		set_hash(v->code_hash, e->code_hash);
		v->expires_at = e->expires_at;
		HASH_ADD(by_code, s->devices_by_code, code_hash, strlen(v->code_hash), v);
	}
	if (e->token_hash) {
		unhash_token(s, v);
		set_hash(v->token_hash, e->token_hash);
		v->enrolled = true;
		HASH_ADD(by_token, s->devices_by_token, token_hash, strlen(v->token_hash), v);
	}
}

void device_apply(struct site *s, const struct event *e)
{
	struct device *v = device_of(s, e);

	switch (e->type) {
	case EVENT_DEVICE_MOVED:
		v->desk = site_name(s, e->device_desk);
		s->staff_version++; /* whoever is signed on moves along */
		break;
	case EVENT_DEVICE_REVOKED:
		v->revoked = true;
		unhash_code(s, v);
		unhash_token(s, v);
		break;
	case EVENT_DEVICE_CARRIED:
		/* Known already to a process that lived through the night. */
		if (!v->carried && v->kind == DEVICE_NONE)
			device_describe(s, v, e);
		v->last_act = e->acted_at;
		v->carried = true;
		session_carried(s, v, e);
		break;
	default:
		device_describe(s, v, e);
		break;
	}
}

void device_free_all(struct site *s)
{
	struct device *v, *next;

	HASH_CLEAR(by_code, s->devices_by_code);
	HASH_CLEAR(by_token, s->devices_by_token);
	HASH_ITER(hh, s->devices, v, next) {
		HASH_DEL(s->devices, v);
		free(v);
	}
}

bool site_has_board(const struct site *s)
{
	return boards(s) > 0;
}
