/*
 * What keeps guesses in bounds: wrong enrolment codes and wrong ticket codes, by the address, of IPv6 the network,
 * that they come from.
 */
#include "app_parts.h"

void guess_init(struct app *a)
{
	a->limits[APP_LIMITED_ENROLMENT] = limit_new(APP_ENROLMENT_TRIES, APP_ENROLMENT_EVERY_MS);
	a->limits[APP_LIMITED_TICKET] = limit_new(APP_TICKET_TRIES, APP_TICKET_EVERY_MS);
}

void guess_free(struct app *a)
{
	for (int i = 0; i < APP_LIMITED_SIGN_ON; i++)
		limit_free(a->limits[i]);
}

int64_t app_limit_wait(const struct app *a, enum app_limited what, const char *address)
{
	char key[LIMIT_KEY_SIZE];

	limit_key(address, key);
	return limit_wait(a->limits[what], key, loop_boottime_ms());
}

void app_limit_count(struct app *a, enum app_limited what, const char *address)
{
	char key[LIMIT_KEY_SIZE];

	limit_key(address, key);
	limit_count(a->limits[what], key, loop_boottime_ms());
}

void app_count_limited(struct app *a, enum app_limited what)
{
	a->counts.limited[what]++;
}
