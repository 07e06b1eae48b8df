/*
 * Checks of PINs beside the loop.
 *
 *   app_pin_start -> job {numbers, copies} --worker's thread: hash--> right or not -> checked(), in the loop
 *
 * A job holds copies alone, and is on the list of the app while it is under way.
 */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"

struct pin_job {
	struct app *a;
	struct app_pin ask;
	const struct pepper *pepper;
	char staff[STAFF_ID_MAX_BYTES + 1]; /* "": nobody's badge */
	char pin[PIN_MAX_DIGITS + 1];
	char hash[PIN_HASH_SIZE]; /* "": no PIN fits */
	bool right;
	struct pin_job *next;
};

bool app_pin_is_busy(const struct app *a, uint64_t badge, uint32_t device)
{
	for (const struct pin_job *j = a->pins; j; j = j->next) {
		if (j->ask.badge == badge || j->ask.device == device)
			return true;
	}
	return false;
}

static void job_free(void *arg)
{
	explicit_bzero(arg, sizeof(struct pin_job));
	free(arg);
}

/* On the worker's thread. */
static void job_work(void *arg)
{
	struct pin_job *j = arg;

	j->right = pin_check(j->pepper, j->staff, j->pin, j->hash[0] ? j->hash : NULL);
}

static void job_done(void *arg)
{
	struct pin_job *j = arg, **at = &j->a->pins;

	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	j->ask.checked(j->a, &j->ask, j->right);
	job_free(j);
}

void app_pin_start(struct app *a, const struct app_pin *ask, const char *pin)
{
	struct pin_job *j = xcalloc(1, sizeof(*j));
	const struct staff *f = site_staff_by_badge(a->site, ask->badge);
	const char *hash = f ? app_pin_hash(a, f->id) : NULL;

	j->a = a;
	j->ask = *ask;
	j->pepper = app_pepper(a);
	strncpy(j->staff, f ? f->id : "", sizeof(j->staff) - 1);
	strncpy(j->pin, pin, sizeof(j->pin) - 1);
	strncpy(j->hash, hash ? hash : "", sizeof(j->hash) - 1);
	j->next = a->pins;
	a->pins = j;
	a->counts.pin_checks++;
	loop_work(a->loop, job_work, job_done, job_free, j);
}

void pins_free(struct app *a)
{
	loop_work_end(a->loop);
	a->pins = NULL;
}
