#ifndef VAXLINE_LOOP_WORKER_H
#define VAXLINE_LOOP_WORKER_H

#include "loop.h"

struct event_base;
struct worker;

/* The thread behind loop_work, started at once. */
struct worker *worker_new(struct event_base *base);
/* As loop_work. */
void worker_add(struct worker *w, loop_fn *work, loop_fn *done, loop_fn *drop, void *arg);
/* As loop_free promises. Accepts NULL. */
void worker_free(struct worker *w);

#endif
