#ifndef VAXLINE_CORE_FORECAST_PLAY_H
#define VAXLINE_CORE_FORECAST_PLAY_H

#include "site.h"

/*
 * One stage played forward, everybody at the pace that the stage has shown: see forecast_play.c. Made by its caller:
 * zeroed, then site, stage, now, queue and comers filled in; play_free frees what it got on the way, but not the queue.
 */

/* Samples in ascending order; those far out of the ordinary are cut to size. */
#define SPREAD_PRIOR 5 /* what the configuration says weighs as much as so many samples */
struct spread {
	ms_t v[PACE_SAMPLES + SPREAD_PRIOR];
	size_t n;
	ms_t mean;
};
/* What is still to come of something that has gone on for so long. */
ms_t spread_rest(const struct spread *s, ms_t elapsed);

/* Somebody who waits. */
struct waiting {
	ms_t key;
	ms_t ready;                /* may be called from then on; MS_NEVER: nobody can say */
	ms_t at;                   /* the answer: called; MS_NEVER: nobody can say; 0: not yet */
	const struct party *party; /* NULL: alone */
	bool whole;                /* the party is called whole */
	unsigned people;           /* with companions */
	const struct desk *desk;   /* NULL: any */
};

/* People of a class who will join the queue, evenly spread. */
struct comers {
	ms_t next, every; /* every 0: nobody comes */
	ms_t credit;
};

struct taken_desk {
	const struct desk *desk;
	ms_t until;
};

struct freed_seats {
	ms_t at;
	unsigned people;
};

struct play {
	const struct site *s;
	enum stage stage;
	ms_t now;
	struct waiting *queue; /* in the order of their keys */
	size_t n;
	struct comers comers[CLASS_COUNT];
	/* made by play_begin */
	struct spread service, gap;
	/* of play_run: the desks as a heap, the one that is free first at its top; the seats that free, in two runs of
	 * ascending times: of those who are there, and of those who are played */
	struct taken_desk desks[DESKS_MAX];
	size_t n_desks, first; /* all before the first have been called */
	bool seated;           /* seats matter */
	struct freed_seats *freed;
	size_t n_freed, cap_freed, there, next_there, next_played;
	int64_t free_seats;
	ms_t linger;
};

void play_begin(struct play *p);
void play_run(struct play *p);
void play_free(struct play *p);

#endif
