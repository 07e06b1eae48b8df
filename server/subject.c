/*
 * What a view shows: what its name means, how its picture is made, and whether that has changed.
 *
 *   "display:consent" -> subject -> changes: a number made of the counts of what it shows
 *                                -> picture
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "forecast.h"

/* What changes though nothing happens - rates, waits, expected minutes - is shown anew so often. */
#define PASSING_MS FORECAST_AGE_MS

static const struct reader staff = {.person = true};

static struct subject subject_of_display(const char *which)
{
	struct subject of = {.kind = VIEW_DISPLAY};
	int stage;

	if (strcmp(which, "all") == 0)
		return of;
	stage = stage_from(which);
	if (stage < STAGE_REGISTRATION || stage > STAGE_INJECTION)
		return (struct subject){.kind = VIEW_NONE};
	of.stage = (enum stage)stage;
	return of;
}

/* "d12", as it is written everywhere. */
static uint32_t device_of(const char *name)
{
	uint32_t id = name[0] == 'd' ? (uint32_t)strtoul(name + 1, NULL, 10) : 0;
	char same[16];

	snprintf(same, sizeof(same), "d%u", id);
	return strcmp(same, name) == 0 ? id : 0;
}

struct subject subject_of(const struct app *a, const char *name)
{
	struct subject of = {.kind = VIEW_NONE};

	if (strcmp(name, "board") == 0)
		of.kind = VIEW_BOARD;
	else if (strcmp(name, "alerts") == 0)
		of.kind = VIEW_ALERTS;
	else if (strcmp(name, "observation") == 0)
		of.kind = VIEW_OBSERVATION;
	else if (strncmp(name, "display:", 8) == 0)
		return subject_of_display(name + 8);
	else if (strncmp(name, "desk:", 5) == 0)
		of.kind = VIEW_DESK;
	else if (strncmp(name, "session:", 8) == 0 && (of.device = device_of(name + 8)))
		of.kind = VIEW_SESSION;
	else if (strncmp(name, "ticket:", 7) == 0 &&
		 ticket_parse(a->trust, name + 7, strlen(name + 7), &of.ticket) == TICKET_OK)
		of.kind = VIEW_TICKET;
	return of;
}

/* The order counts, and counts that grow alike do not cancel out. */
static uint64_t mix(uint64_t so_far, uint64_t count)
{
	uint64_t h = so_far * UINT64_C(0x9e3779b97f4a7c15) + count;

	h ^= h >> 29;
	return h * UINT64_C(0xbf58476d1ce4e5b9);
}

/* People of a stage: who waits, who is called and served where, and whether the site stands still. */
static uint64_t stage_changes(const struct site *s, enum stage stage)
{
	uint64_t h = mix(1, s->queues[stage].version);

	h = mix(h, s->queues[stage].room);
	for (size_t i = 0; i < s->n_desks; i++) {
		if (s->desks[i].stage == stage)
			h = mix(h, s->desks[i].version);
	}
	return mix(h, s->today ? s->today->n_calls : 0);
}

static uint64_t display_changes(const struct site *s, enum stage stage)
{
	if (stage != STAGE_NONE)
		return stage_changes(s, stage);
	return mix(mix(stage_changes(s, STAGE_REGISTRATION), stage_changes(s, STAGE_CONSENT)),
		   stage_changes(s, STAGE_INJECTION));
}

static uint64_t desk_changes(const struct site *s, const struct desk *d)
{
	uint64_t h = mix(mix(d->version, s->queues[d->stage].version), s->queues[d->stage].room);

	/* Seats taken and freed stop injections and let them go on. */
	if (d->stage == STAGE_INJECTION)
		h = mix(mix(mix(h, s->observation_version), s->seats.coming), s->seats.unwell);
	return mix(mix(h, s->alerts_version), s->staff_version);
}

/* Each act there puts off the end of idle time. */
static uint64_t session_changes(const struct site *s, const struct device *d)
{
	return mix(mix(s->staff_version, (uint64_t)d->session.last_at), (uint64_t)d->session.ends_at);
}

static uint64_t ticket_changes(const struct site *s, const struct visit *v)
{
	uint64_t h = mix(v->version, v->f.stage);

	return v->f.state == VISIT_QUEUED ? mix(h, s->queues[v->f.stage].version) : h;
}

uint64_t subject_changes(const struct app *a, const char *name, const struct subject *of, uint64_t id)
{
	struct site *s = a->site;
	const struct visit *v = of->kind == VIEW_TICKET ? site_visit_by_ticket(s, of->ticket) : NULL;
	const struct desk *d = of->kind == VIEW_DESK ? site_desk(s, name + 5) : NULL;
	const struct device *dev = of->kind == VIEW_SESSION ? site_device(s, of->device) : NULL;
	/* Phones do not all look at the same moment. */
	uint64_t passed = (uint64_t)((app_now(a) + (ms_t)(id * 97 % PASSING_MS)) / PASSING_MS);
	uint64_t h = mix(s->rules_version, s->today ? mix(s->today->opened_seq, s->today->facts.hold.on) : 0);

	if (v)
		h = mix(mix(h, ticket_changes(s, v)), v->f.state == VISIT_QUEUED ? passed : 0);
	else if (d)
		h = mix(h, desk_changes(s, d));
	else if (dev)
		h = mix(h, session_changes(s, dev));
	else if (of->kind == VIEW_ALERTS)
		h = mix(h, s->alerts_version);
	else if (of->kind == VIEW_OBSERVATION)
		h = mix(mix(mix(mix(h, s->observation_version), s->seats.coming), s->seats.injecting), s->seats.unwell);
	else if (of->kind == VIEW_DISPLAY)
		h = mix(mix(h, display_changes(s, of->stage)), passed);
	else
		h = mix(s->version, passed);
	return h ? h : 1;
}

uint64_t subject_any_changes(const struct app *a)
{
	const struct site *s = a->site;
	uint64_t h = mix(mix(s->version, s->alerts_version), s->observation_version);

	h = mix(h, (uint64_t)(app_now(a) / MS_SECOND));
	return mix(h, journal_durable(a->journal)) | 1;
}

static ms_t last_contact(void *arg, uint32_t device)
{
	return app_last_contact(arg, device);
}

bool subject_render(struct app *a, const char *name, const struct subject *of, bool early, struct buf *out)
{
	struct picture p = {.now = app_now(a),
			    .reader = &staff,
			    .on_disk_epoch = UINT64_MAX,
			    .on_disk_seq = UINT64_MAX,
			    .forecast = a->forecast,
			    .last_contact = last_contact,
			    .contact_arg = a};
	const struct visit *v = of->kind == VIEW_TICKET ? site_visit_by_ticket(a->site, of->ticket) : NULL;
	const struct desk *d = of->kind == VIEW_DESK ? site_desk(a->site, name + 5) : NULL;
	const struct device *dev = of->kind == VIEW_SESSION ? site_device(a->site, of->device) : NULL;

	if (early) {
		p.on_disk_epoch = a->site->epoch;
		p.on_disk_seq = journal_durable(a->journal);
	}
	if (!a->site->rules)
		return false;
	if (of->kind == VIEW_BOARD)
		view_board(a->site, &p, out);
	else if (of->kind == VIEW_ALERTS)
		view_alerts(a->site, &p, out);
	else if (of->kind == VIEW_DISPLAY)
		view_display(a->site, of->stage, &p, out);
	else if (of->kind == VIEW_OBSERVATION)
		view_observation(a->site, &p, out);
	else if (d)
		view_desk(a->site, d, &p, out);
	else if (dev && dev->enrolled && !dev->revoked)
		view_session(a->site, dev, &p, out);
	else if (v)
		view_ticket(a->site, v, &p, out);
	else
		return false;
	return true;
}
