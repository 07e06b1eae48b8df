/*
 * The thread for what would hold up the loop.
 *
 *   loop's thread:    worker_add --> waiting                      finished --eventfd--> done
 *                                       |                            ^
 *   worker's thread:                    +--> work, one at a time ----+
 *
 * The two lists are all that both threads touch, under one lock. The thread takes no signals: those are the loop's.
 */
#include "loop_worker.h"

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "buf.h"

#define WORKER_NICE 10

struct job {
	loop_fn *work, *done, *drop;
	void *arg;
	struct job *next;
};

struct jobs {
	struct job *first, **end;
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct jobs waiting, finished;
	bool stop;
	int fd; /* counts what is finished */
	struct event *event;
};

static void jobs_clear(struct jobs *jobs)
{
	jobs->first = NULL;
	jobs->end = &jobs->first;
}

static void jobs_add(struct jobs *jobs, struct job *job)
{
	job->next = NULL;
	*jobs->end = job;
	jobs->end = &job->next;
}

static struct job *jobs_take(struct jobs *jobs)
{
	struct job *job = jobs->first;

	jobs->first = job->next;
	if (!jobs->first)
		jobs->end = &jobs->first;
	return job;
}

/* The next job to do, waited for; NULL: no more. */
static struct job *next_job(struct worker *w)
{
	struct job *job = NULL;

	pthread_mutex_lock(&w->lock);
	while (!w->stop && !w->waiting.first)
		pthread_cond_wait(&w->wake, &w->lock);
	if (!w->stop)
		job = jobs_take(&w->waiting);
	pthread_mutex_unlock(&w->lock);
	return job;
}

static void *run(void *arg)
{
	struct worker *w = arg;
	struct job *job;

	/* On Linux each thread has a nice value of its own. One that cannot be had is no reason not to work. */
	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + WORKER_NICE);
	while ((job = next_job(w))) {
		job->work(job->arg);
		pthread_mutex_lock(&w->lock);
		jobs_add(&w->finished, job);
		pthread_mutex_unlock(&w->lock);
		if (eventfd_write(w->fd, 1) < 0)
			abort();
	}
	return NULL;
}

/* What is finished by now; what finishes meanwhile writes to the eventfd again. */
static void finished_cb(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct job *job;
	eventfd_t n;

	(void)what;
	if (eventfd_read(fd, &n) < 0)
		return;
	for (; n > 0; n--) {
		pthread_mutex_lock(&w->lock);
		job = jobs_take(&w->finished);
		pthread_mutex_unlock(&w->lock);
		job->done(job->arg);
		free(job);
	}
}

struct worker *worker_new(struct event_base *base)
{
	struct worker *w = xcalloc(1, sizeof(*w));
	sigset_t all, old;

	jobs_clear(&w->waiting);
	jobs_clear(&w->finished);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0)
		abort();
	w->event = event_new(base, w->fd, EV_READ | EV_PERSIST, finished_cb, w);
	if (!w->event || event_add(w->event, NULL) < 0)
		abort();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&w->thread, NULL, run, w) != 0)
		abort();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return w;
}

void worker_add(struct worker *w, loop_fn *work, loop_fn *done, loop_fn *drop, void *arg)
{
	struct job *job = xmalloc(sizeof(*job));

	*job = (struct job){.work = work, .done = done, .drop = drop, .arg = arg};
	pthread_mutex_lock(&w->lock);
	jobs_add(&w->waiting, job);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

static void drop_all(struct jobs *jobs)
{
	while (jobs->first) {
		struct job *job = jobs_take(jobs);

		job->drop(job->arg);
		free(job);
	}
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	drop_all(&w->finished);
	drop_all(&w->waiting);
	event_free(w->event);
	close(w->fd);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
