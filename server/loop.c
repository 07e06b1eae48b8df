/*
 * The event loop, on libevent.
 *
 *   turn:  wait -> callbacks of all that is ready -> hook
 *
 * A turn is one pass of event_base_loop(EVLOOP_ONCE), which returns when nothing that is ready is left; the hook runs
 * between passes, so it sees the whole of what a turn brought about.
 */
#include "loop.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "buf.h"
#include "loop_base.h"
#include "loop_worker.h"

#define SIGNALS_MAX 8

struct loop_signal {
	struct event *event;
	loop_fn *fn;
	void *arg;
};

struct loop {
	struct event_base *base;
	loop_fn *on_turn;
	void *on_turn_arg;
	bool stop;
	size_t n_signals;
	struct loop_signal signals[SIGNALS_MAX];
	struct worker *worker; /* NULL until there is work */
};

struct loop_timer {
	struct event *event;
	loop_fn *fn;
	void *arg;
};

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

struct loop *loop_new(void)
{
	struct loop *l = xcalloc(1, sizeof(*l));
	struct event_config *config = event_config_new();

	if (!config)
		abort();
	/* Without this, adding and taking away a write event within one turn costs two system calls. */
	event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST);
	l->base = event_base_new_with_config(config);
	event_config_free(config);
	if (!l->base)
		abort();
	/* A peer that went away is an error of that write, not a reason to die. */
	signal(SIGPIPE, SIG_IGN);
	return l;
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	worker_free(l->worker);
	for (size_t i = 0; i < l->n_signals; i++)
		event_free(l->signals[i].event);
	event_base_free(l->base);
	free(l);
}

void loop_run(struct loop *l)
{
	while (!l->stop) {
		if (event_base_loop(l->base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY) < 0)
			abort();
		if (l->on_turn)
			l->on_turn(l->on_turn_arg);
	}
	l->stop = false;
}

void loop_stop(struct loop *l)
{
	l->stop = true;
}

void loop_on_turn(struct loop *l, loop_fn *fn, void *arg)
{
	l->on_turn = fn;
	l->on_turn_arg = arg;
}

static void signal_cb(evutil_socket_t signo, short what, void *arg)
{
	struct loop_signal *s = arg;

	(void)signo;
	(void)what;
	s->fn(s->arg);
}

void loop_on_signal(struct loop *l, int signo, loop_fn *fn, void *arg)
{
	struct loop_signal *s = &l->signals[l->n_signals];

	assert(l->n_signals < SIGNALS_MAX);
	l->n_signals++;
	s->fn = fn;
	s->arg = arg;
	s->event = evsignal_new(l->base, signo, signal_cb, s);
	if (!s->event || event_add(s->event, NULL) < 0)
		abort();
}

static void timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct loop_timer *t = arg;

	(void)fd;
	(void)what;
	t->fn(t->arg);
}

struct loop_timer *loop_timer_new(struct loop *l, loop_fn *fn, void *arg)
{
	struct loop_timer *t = xmalloc(sizeof(*t));

	t->fn = fn;
	t->arg = arg;
	t->event = evtimer_new(l->base, timer_cb, t);
	if (!t->event)
		abort();
	return t;
}

void loop_timer_set(struct loop_timer *t, int64_t after_ms)
{
	struct timeval tv = {0};

	if (after_ms > 0) {
		tv.tv_sec = after_ms / 1000;
		tv.tv_usec = after_ms % 1000 * 1000;
	}
	if (event_add(t->event, &tv) < 0)
		abort();
}

void loop_timer_stop(struct loop_timer *t)
{
	event_del(t->event);
}

bool loop_timer_pending(const struct loop_timer *t)
{
	return evtimer_pending(t->event, NULL);
}

void loop_timer_free(struct loop_timer *t)
{
	if (!t)
		return;
	event_free(t->event);
	free(t);
}

void loop_work(struct loop *l, loop_fn *work, loop_fn *done, loop_fn *drop, void *arg)
{
	if (!l->worker)
		l->worker = worker_new(l->base);
	worker_add(l->worker, work, done, drop, arg);
}

void loop_work_end(struct loop *l)
{
	worker_free(l->worker);
	l->worker = NULL;
}

static int64_t clock_ms(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts) < 0)
		abort();
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t loop_boottime_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

int64_t loop_walltime_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}
