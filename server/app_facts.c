/*
 * What the handlers ask the app about itself.
 */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"

int app_exit_status(const struct app *a)
{
	return a->exit_status;
}

enum app_phase app_phase(const struct app *a)
{
	return a->phase;
}

struct site *app_site(struct app *a)
{
	return a->site;
}

const struct trust *app_trust(const struct app *a)
{
	return a->trust;
}

struct http *app_http(struct app *a)
{
	return a->http;
}

struct journal *app_journal(struct app *a)
{
	return a->journal;
}

const struct app_options *app_options(const struct app *a)
{
	return &a->o;
}

int app_port(const struct app *a)
{
	return a->port;
}

int app_plain_port(const struct app *a)
{
	return a->plain_port;
}

const struct app_tls *app_tls(const struct app *a)
{
	return a->tls;
}

ms_t app_now(const struct app *a)
{
	ms_t now = clock_now(&a->clock);

	return now > a->site->last_at ? now : a->site->last_at;
}

bool app_clock_is_manual(const struct app *a)
{
	return a->clock.manual;
}

/* Dates change on whole minutes, in every time zone: the last one is kept for its minute. */
void app_date(struct app *a, char out[11])
{
	ms_t now = app_now(a);

	if (now / MS_MINUTE != a->date_minute || !a->date[0])
		clock_date(now, a->date);
	a->date_minute = now / MS_MINUTE;
	memcpy(out, a->date, sizeof(a->date));
}

bool app_is_ready(const struct app *a)
{
	return a->phase == APP_SERVING && !journal_is_away(a->journal);
}

const struct app_counts *app_counts(const struct app *a)
{
	return &a->counts;
}

struct buf *app_scratch(struct app *a)
{
	buf_clear(&a->scratch);
	return &a->scratch;
}

const char *app_setup_code(struct app *a)
{
	if (a->phase != APP_SERVING || site_has_board(a->site))
		return NULL;
	if (!a->setup_code[0])
		enrol_code_make(a->setup_code);
	return a->setup_code;
}

ms_t app_shift_end(const struct app *a)
{
	const struct rules *r = a->site->rules;

	return clock_next(r->shift_ends, r->n_shift_ends, app_now(a) + APP_SHIFT_LEAST_MS);
}
