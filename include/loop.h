#ifndef VAXLINE_LOOP_H
#define VAXLINE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The event loop of the process, without the names of the library behind it.
 *
 * A turn of the loop handles everything that is ready, then runs the end-of-turn hook once: that is where a commit
 * leaves. Timers run in real time; times of the domain are never taken from here.
 */

struct loop;
struct loop_timer;

typedef void loop_fn(void *arg);

struct loop *loop_new(void);
void loop_free(struct loop *l);
/* Runs until loop_stop. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* Calls fn(arg) after each turn in which anything happened. One hook; NULL takes it away. */
void loop_on_turn(struct loop *l, loop_fn *fn, void *arg);
/* Calls fn(arg) when the signal arrives, in the loop and not in a signal handler. At most 8 signals. */
void loop_on_signal(struct loop *l, int signo, loop_fn *fn, void *arg);

/* A timer that is not running yet. The caller frees it with loop_timer_free before the loop. */
struct loop_timer *loop_timer_new(struct loop *l, loop_fn *fn, void *arg);
/* Fires once, after so many milliseconds (0: next turn); setting it again moves it. */
void loop_timer_set(struct loop_timer *t, int64_t after_ms);
void loop_timer_stop(struct loop_timer *t);
bool loop_timer_pending(const struct loop_timer *t);
void loop_timer_free(struct loop_timer *t); /* accepts NULL */

/*
 * Work that takes long: work(arg) runs on a thread of its own, one at a time, in the order given, behind the loop's
 * thread in priority; then done(arg) is called in the loop. Whatever arg points to is the work's own meanwhile.
 * loop_free waits for the one that runs and calls done for none any more: drop(arg) for each instead.
 */
void loop_work(struct loop *l, loop_fn *work, loop_fn *done, loop_fn *drop, void *arg);
/* Ends it before loop_free does, where the work borrows what goes first. */
void loop_work_end(struct loop *l);

/* CLOCK_BOOTTIME in milliseconds: goes on while the machine sleeps, never steps. */
int64_t loop_boottime_ms(void);
/* The wall clock, UTC milliseconds. Steps when somebody sets it. */
int64_t loop_walltime_ms(void);

#endif
