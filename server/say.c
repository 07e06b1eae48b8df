/*
 * What the operator reads in the log of what happens in the hall: one row for each type of event that is told, the
 * other types are not.
 *
 *   alert_raised event="3-1204" by="d7" kind="early_exit" level="1"
 *
 * A line names the event's place in the record, where the rest can be read by whoever may. It holds no word that
 * anybody typed (names, places, notes, reasons) and neither ticket nor number of an attendee.
 */
#include <stdio.h>

#include "app_parts.h"
#include "log.h"

#define FIELDS_MAX 7

enum shows {
	SHOWS_DAY = 1,
	SHOWS_DEVICE = 2, /* the one spoken of, not the one that did it */
	SHOWS_DESK = 4,
	SHOWS_ALARM = 8,
	SHOWS_COUNT = 16,
};

struct saying {
	enum event_type type;
	enum log_level level;
	unsigned shows;
};

static const struct saying sayings[] = {
	{EVENT_CONFIGURED, LOG_LEVEL_INFO, 0}, /* when it changed, and at the head of each day */
	{EVENT_DAY_OPENED, LOG_LEVEL_INFO, SHOWS_DAY},
	{EVENT_DAY_CLOSED, LOG_LEVEL_INFO, SHOWS_DAY},
	{EVENT_SITE_HELD, LOG_LEVEL_WARN, 0},
	{EVENT_SITE_RESUMED, LOG_LEVEL_INFO, 0},
	{EVENT_ROLL_CALL_STARTED, LOG_LEVEL_INFO, 0},
	{EVENT_ROLL_CALL_ENDED, LOG_LEVEL_INFO, SHOWS_COUNT}, /* of those missing */
	{EVENT_ROSTER_LOADED, LOG_LEVEL_INFO, SHOWS_COUNT},   /* of its rows */
	{EVENT_DEVICE_INVITED, LOG_LEVEL_INFO, SHOWS_DEVICE},
	{EVENT_DEVICE_ENROLLED, LOG_LEVEL_INFO, SHOWS_DEVICE},
	{EVENT_DEVICE_MOVED, LOG_LEVEL_INFO, SHOWS_DEVICE},
	{EVENT_DEVICE_REVOKED, LOG_LEVEL_INFO, SHOWS_DEVICE},
	{EVENT_DESK_OPENED, LOG_LEVEL_INFO, SHOWS_DESK},
	{EVENT_DESK_CLOSED, LOG_LEVEL_INFO, SHOWS_DESK},
	{EVENT_ALERT_RAISED, LOG_LEVEL_WARN, SHOWS_ALARM | SHOWS_DESK},
	{EVENT_ALERT_REPEATED, LOG_LEVEL_WARN, SHOWS_ALARM | SHOWS_DESK},
	{EVENT_ALERT_ESCALATED, LOG_LEVEL_WARN, SHOWS_ALARM | SHOWS_DESK},
	{EVENT_ALERT_ACKNOWLEDGED, LOG_LEVEL_INFO, SHOWS_ALARM},
	{EVENT_ALERT_SETTLED, LOG_LEVEL_INFO, SHOWS_ALARM},
};

struct fields {
	size_t n;
	struct log_field v[FIELDS_MAX];
};

__attribute__((format(printf, 3, 4))) static void add(struct fields *f, const char *key, const char *format, ...)
{
	struct log_field *field = &f->v[f->n++];
	va_list ap;

	field->key = key;
	va_start(ap, format);
	vsnprintf(field->value, sizeof(field->value), format, ap);
	va_end(ap);
}

static void add_shown(struct fields *f, const struct event *e, unsigned shows)
{
	if (shows & SHOWS_DAY && e->day)
		add(f, "day", "%s", e->day);
	if (shows & SHOWS_DEVICE)
		add(f, "device", "d%lld", (long long)e->subject);
	if (shows & SHOWS_DEVICE && e->device_kind)
		add(f, "kind", "%s", device_kind_name(e->device_kind));
	if (shows & SHOWS_ALARM)
		add(f, "kind", "%s", alert_kind_name(e->kind));
	if (shows & SHOWS_ALARM && e->level)
		add(f, "level", "%lld", (long long)e->level);
	if (shows & SHOWS_ALARM && e->stage)
		add(f, "stage", "%s", stage_name(e->stage));
	if (shows & SHOWS_DESK && e->desk)
		add(f, "desk", "%s", e->desk);
	if (shows & SHOWS_COUNT)
		add(f, "count", "%lld", (long long)e->count);
}

void say_event(const struct event *e)
{
	struct fields f = {0};

	for (size_t i = 0; i < sizeof(sayings) / sizeof(*sayings); i++) {
		if (sayings[i].type != e->type)
			continue;
		add(&f, "event", "%llu-%llu", (unsigned long long)e->epoch, (unsigned long long)e->seq);
		if (e->device)
			add(&f, "by", "d%u", e->device);
		add_shown(&f, e, sayings[i].shows);
		log_fields(sayings[i].level, event_type_name(e->type), f.v, f.n);
		return;
	}
}
