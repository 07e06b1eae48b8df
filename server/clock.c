/*
 * Event time: anchored once, then carried on by CLOCK_BOOTTIME, so that NTP's steps move nothing.
 *
 *   same boot as the last fence: the fence's time + the boot time since       never before the last event
 *   another boot: the wall clock                                              never before the last event
 *
 * The wall clock is doubted where it lies before the last event, or far past it while people are inside: it may be the
 * clock that jumped and not the night that passed. Event time goes on from the last event then, the earlier estimate,
 * since it can never come back; when a supervisor confirms the time, it goes on by the wall clock.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app_parts.h"

ms_t clock_now(const struct clock *c)
{
	return c->manual ? c->anchor : c->anchor + (loop_boottime_ms() - c->anchor_boot_ms);
}

void clock_boot_id(char out[40])
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	/* Without a boot id every start counts as another boot, which only makes the clock more doubtful. */
	if (!f || !fgets(out, 40, f))
		out[0] = 0;
	if (f)
		fclose(f);
	out[strcspn(out, "\n")] = 0;
}

ms_t clock_for_fence(const struct journal_fence *last, const char *boot_id, int64_t boot_ms, ms_t wall, bool *same_boot)
{
	*same_boot = last && boot_id[0] && strcmp(last->boot_id, boot_id) == 0;
	return *same_boot ? last->wall_ms + (boot_ms - last->boottime_ms) : wall;
}

bool clock_start(struct clock *c, ms_t manual, const struct clock_past *past, int64_t boot_ms, ms_t wall,
		 bool people_inside, int doubt_minutes)
{
	ms_t last = past->last_event;
	bool doubt = !manual && !past->same_boot && last &&
		     (wall < last || (people_inside && wall > last + doubt_minutes * MS_MINUTE));

	c->manual = manual != 0;
	c->anchor_boot_ms = boot_ms;
	c->anchor = c->manual ? manual : past->fence.wall_ms + (boot_ms - past->fence.boottime_ms);
	if (doubt || c->anchor < last)
		c->anchor = last;
	return doubt;
}

void clock_confirm(struct clock *c, int64_t boot_ms, ms_t wall)
{
	if (c->manual || wall <= clock_now(c))
		return;
	c->anchor = wall;
	c->anchor_boot_ms = boot_ms;
}

/* The process runs in the time zone of its site: TZ is set at the start. */
void clock_date(ms_t at, char out[11])
{
	time_t seconds = (time_t)(at / 1000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(out, 11, "%Y-%m-%d", &tm);
}

/* A minute that the clocks skip counts as one near by; one that they show twice comes once. */
static ms_t local_minute(struct tm day, int days, int minute)
{
	struct tm tm = {.tm_year = day.tm_year,
			.tm_mon = day.tm_mon,
			.tm_mday = day.tm_mday + days,
			.tm_hour = minute / 60,
			.tm_min = minute % 60,
			.tm_isdst = -1};

	return (ms_t)mktime(&tm) * MS_SECOND;
}

ms_t clock_next(const int *minutes, size_t n, ms_t after)
{
	time_t seconds = (time_t)(after / MS_SECOND);
	ms_t first = 0;
	struct tm day;

	localtime_r(&seconds, &day);
	for (int days = 0; days <= 1; days++) {
		for (size_t i = 0; i < n; i++) {
			ms_t at = local_minute(day, days, minutes[i]);

			if (at > after && (!first || at < first))
				first = at;
		}
	}
	return first;
}
