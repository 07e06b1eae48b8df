/*
 * Who was heard when. A device that should be there and is not heard for too long is silent.
 *
 *   a request, an open stream --> heard ----too long----> device_silent --a request--> heard again
 *
 * Kiosks, displays, screens and exits should be there while a day is open; a handheld only while there is somebody for
 * it to act on. Silence counts by the event clock, from when the device was heard last or began to be needed. What was
 * before the start of this process is not known: then all were heard.
 */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"

struct contact {
	uint32_t device;
	ms_t at;          /* heard last, wall clock; 0: not since the start */
	ms_t heard;       /* the same by the event clock */
	ms_t needed;      /* since when it should be there; 0: it need not be */
	ms_t told;        /* the due time of the last silence told, so that none is told twice */
	unsigned streams; /* open */
	UT_hash_handle hh;
};

static struct contact *contact_of(struct app *a, uint32_t device)
{
	struct contact *c;

	HASH_FIND(hh, a->contacts, &device, sizeof(device), c);
	if (c)
		return c;
	c = xcalloc(1, sizeof(*c));
	c->device = device;
	c->heard = app_now(a);
	HASH_ADD(hh, a->contacts, device, sizeof(device), c);
	return c;
}

void contacts_free(struct app *a)
{
	struct contact *c, *next;

	HASH_ITER(hh, a->contacts, c, next) {
		HASH_DEL(a->contacts, c);
		free(c);
	}
}

ms_t app_last_contact(const struct app *a, uint32_t device)
{
	struct contact *c;

	HASH_FIND(hh, a->contacts, &device, sizeof(device), c);
	return c ? c->at : 0;
}

/* ---- heard ---- */

void app_contact(struct app *a, uint32_t device)
{
	const struct device *d = site_device(a->site, device);
	struct contact *c = contact_of(a, device);
	struct command heard = {.kind = COMMAND_DEVICE_HEARD, .subject = device};
	struct outcome o;

	c->at = loop_walltime_ms();
	c->heard = app_now(a);
	if (d && d->silent)
		app_submit(a, &heard, &o);
}

void contact_stream(struct app *a, uint32_t device, bool opened)
{
	struct contact *c;

	if (!device)
		return;
	c = contact_of(a, device);
	c->streams += opened ? 1 : -1u;
	c->at = loop_walltime_ms();
	c->heard = app_now(a);
}

/* ---- silent ---- */

static bool has_somebody(const struct app *a, const char *place)
{
	const unsigned *n = a->site->today->totals.by_state;
	const struct desk *d;

	if (!place)
		return false;
	if (strcmp(place, "observation") == 0)
		return n[VISIT_OBSERVING] > 0;
	if (strcmp(place, "treatment") == 0)
		return n[VISIT_UNWELL] > 0;
	d = site_desk(a->site, place);
	return d && (d->n_called || d->n_serving);
}

static bool is_needed(const struct app *a, const struct device *d)
{
	const struct day *today = a->site->today;

	if (!today || !today->ready || today->closed || !d->enrolled || d->revoked)
		return false;
	switch (d->kind) {
	case DEVICE_KIOSK:
	case DEVICE_DISPLAY:
	case DEVICE_OBSERVATION:
	case DEVICE_EXIT:
		return true;
	case DEVICE_HANDHELD:
		return has_somebody(a, d->desk);
	default:
		return false;
	}
}

/* When this device falls silent, or MS_NEVER. Notes since when it is needed. */
static ms_t silent_at(struct app *a, const struct device *d, struct contact *c)
{
	ms_t from, due;

	if (!is_needed(a, d))
		c->needed = 0;
	else if (!c->needed)
		c->needed = app_now(a);
	if (!c->needed || c->streams || d->silent)
		return MS_NEVER;
	from = c->heard > c->needed ? c->heard : c->needed;
	due = from + a->site->rules->device_silent_seconds * MS_SECOND;
	return due == c->told ? MS_NEVER : due;
}

static struct device *next_silent(struct app *a, ms_t *at)
{
	struct device *d, *next, *first = NULL;

	*at = MS_NEVER;
	HASH_ITER(hh, a->site->devices, d, next) {
		ms_t due = silent_at(a, d, contact_of(a, d->id));

		if (due < *at) {
			*at = due;
			first = d;
		}
	}
	return first;
}

ms_t contacts_deadline(struct app *a)
{
	ms_t at;

	next_silent(a, &at);
	return at;
}

void contacts_watch(struct app *a)
{
	struct command c = {.kind = COMMAND_DEVICE_SILENT};
	const struct device *d;
	struct outcome o;

	if (a->phase != APP_SERVING && a->phase != APP_STOPPED)
		return;
	while ((d = next_silent(a, &c.due)) && c.due <= app_now(a)) {
		c.subject = d->id;
		contact_of(a, d->id)->told = c.due;
		if (!app_submit(a, &c, &o))
			return;
	}
}
