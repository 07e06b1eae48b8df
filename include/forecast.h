#ifndef VAXLINE_FORECAST_H
#define VAXLINE_FORECAST_H

#include "names.h"
#include "site.h"

/*
 * How long somebody will wait, from what the day has shown: the service times and the pauses between two services at
 * each stage, the desks that are open and how far each is with whom it serves, and, for injections, the seats.
 *
 * Pure: it reads a site and a time. A forecast keeps what it computed and computes a stage anew only when its queue,
 * its desks or the seats have changed, or FORECAST_AGE_MS have passed.
 */
#define FORECAST_AGE_MS 10000

struct forecast;

struct forecast *forecast_new(void);
void forecast_free(struct forecast *f); /* accepts NULL */

/* Time from now until the visit is called at the stage it waits for, ms; -1: it waits for nothing, or nobody can say
 * (no desk is open). */
ms_t forecast_visit(struct forecast *f, const struct site *s, const struct visit *v, ms_t now);
/* The same for somebody without credit who joined the queue of the stage now. */
ms_t forecast_joining(struct forecast *f, const struct site *s, enum stage stage, ms_t now);
/* In whole minutes, rounded to the nearest, at least 0; -1 as above. */
int forecast_minutes(ms_t wait);
/* How often a stage has been computed. */
unsigned forecast_runs(const struct forecast *f);

#endif
