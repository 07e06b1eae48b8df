/*
 * A scan: what it means is decided by the device that made it and the place it stands at.
 */
#include <string.h>

#include "core.h"

/* What a scan by this device means; for those that move nobody, what is answered. */
static enum action scan_means(const struct decision *d, const struct visit *v, enum verdict *noted)
{
	const struct device *by = site_device(d->s, d->c->device);
	const char *desk = d->c->desk;

	*noted = VERDICT_WHERE_TO_GO;
	if (by && by->kind == DEVICE_EXIT)
		return ACTION_EXIT;
	if (!desk)
		return ACTION_NOTE;
	if (strcmp(desk, "observation") == 0)
		return d->s->today->facts.roll_call.on || v->alarms[ALERT_MISSING] ? ACTION_SEEN : ACTION_ARRIVE;
	if (by && by->kind == DEVICE_KIOSK)
		return ACTION_NOTE;
	if (strcmp(desk, "treatment") == 0) {
		*noted = VERDICT_REACTION_FORM;
		return ACTION_NOTE;
	}
	return ACTION_START;
}

static const char *scan_place(const struct decision *d, char buffer[DEVICE_PLACE_SIZE])
{
	return d->c->desk ? d->c->desk : device_place(d->c->device, buffer);
}

/* One ticket at two places within seconds, and nothing happened to it in between: two people hold it. */
static bool scan_is_elsewhere(const struct decision *d, const struct visit *v)
{
	char buffer[DEVICE_PLACE_SIZE];

	return v->scan_place && v->scan_version == v->version &&
	       d->now - v->scan_at <= d->s->rules->reused_seconds * MS_SECOND &&
	       strcmp(v->scan_place, scan_place(d, buffer)) != 0;
}

static enum verdict scan_note(struct decision *d, const struct visit *v, enum verdict noted)
{
	if (visit_state_ended(v->f.state) && noted != VERDICT_REACTION_FORM)
		return act_refused(d, v, ACTION_NOTE, VERDICT_TICKET_ENDED, ALERT_TICKET_REUSED);
	emit_visit(d, EVENT_SCANNED, v);
	act_reply(d, ACTION_NOTE, noted, REPLY_VISIT);
	return noted;
}

static enum verdict scan_judge(struct decision *d, const struct visit *v, enum action a, enum verdict noted)
{
	struct desk *desk = d->c->desk ? site_desk(d->s, d->c->desk) : NULL;
	enum verdict verdict;

	if (a == ACTION_NOTE)
		return scan_note(d, v, noted);
	verdict = act_on(d, v, a, desk);
	if (verdict == VERDICT_TICKET_ENDED && d->out->n == d->first)
		return act_refused(d, v, a, verdict, ALERT_TICKET_REUSED);
	return verdict;
}

static bool scan_has_raised(const struct decision *d, enum alert_kind kind)
{
	for (size_t i = d->first; i < d->out->n; i++) {
		if (d->out->v[i].kind == kind)
			return true;
	}
	return false;
}

enum verdict decide_scan(struct decision *d)
{
	struct visit *v;
	enum verdict noted, verdict;
	enum action a;
	struct event answered = {0};

	if (d->c->appointment)
		return decide_check_in(d);
	d->scan = true;
	verdict = act_find(d, &v);
	if (verdict == VERDICT_TICKET_ENDED)
		return act_refused(d, v, ACTION_NOTE, verdict, ALERT_TICKET_REUSED);
	if (verdict != VERDICT_ACCEPTED)
		return verdict;
	a = scan_means(d, v, &noted);
	verdict = scan_judge(d, v, a, noted);
	if (!scan_is_elsewhere(d, v) || scan_has_raised(d, ALERT_TICKET_REUSED))
		return verdict;

	/* The alarm joins the scan's events, so the answer moves to the end of them. */
	if (d->out->n > d->first) {
		struct event *last = &d->out->v[d->out->n - 1];

		answered = *last;
		last->reply = 0;
		last->reply_as = REPLY_NONE;
		last->action = ACTION_NONE;
		last->body = 0;
		last->scan = 0;
	}
	alert_cry(d, ALERT_TICKET_REUSED, v, NULL);
	if (!answered.reply_as)
		emit_visit(d, EVENT_REFUSED, v);
	act_reply(d, answered.reply_as ? answered.action : a, verdict, REPLY_VISIT);
	return verdict;
}
