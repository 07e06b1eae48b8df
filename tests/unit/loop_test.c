/* Work beside the loop: what the loop's thread goes on doing meanwhile, the order, and how it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "loop.h"

#define FIRES_MEANWHILE 25
#define BOUND_S 60 /* a test that waits for longer has failed */
#define JOBS 100

struct scene {
	struct loop *loop;
	struct loop_timer *timer;
	pthread_t loop_thread;
	sem_t started, go;
	int fires, fires_at_submit, fires_at_done;
	int worked, done, dropped, nice;
	int order[JOBS]; /* numbers of jobs as they were done */
	bool beside, timed_out, ended, signals_blocked;
};

struct step {
	struct scene *scene;
	int number;
};

static int setup(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->loop = loop_new();
	s->loop_thread = pthread_self();
	sem_init(&s->started, 0, 0);
	sem_init(&s->go, 0, 0);
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	loop_timer_free(s->timer);
	loop_free(s->loop);
	sem_destroy(&s->started);
	sem_destroy(&s->go);
	free(s);
	return 0;
}

static bool wait_for(sem_t *sem)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += BOUND_S;
	while (sem_timedwait(sem, &until) < 0) {
		if (errno != EINTR)
			return false;
	}
	return true;
}

static void never(void *arg)
{
	(void)arg;
	fail_msg("this must not be called");
}

/* --- the loop goes on */

static void fire(void *arg)
{
	struct scene *s = arg;

	if (++s->fires - s->fires_at_submit == FIRES_MEANWHILE)
		sem_post(&s->go);
	loop_timer_set(s->timer, 1);
}

/* Ends only once the loop's timer has fired: on the loop's thread it would wait in vain. */
static void work_until_fired(void *arg)
{
	struct scene *s = arg;
	sigset_t blocked;

	s->beside = !pthread_equal(pthread_self(), s->loop_thread);
	s->nice = getpriority(PRIO_PROCESS, 0);
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	s->signals_blocked = sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGHUP) == 1;
	s->timed_out = !wait_for(&s->go);
}

static void done_and_stop(void *arg)
{
	struct scene *s = arg;

	assert_true(pthread_equal(pthread_self(), s->loop_thread));
	s->fires_at_done = s->fires;
	loop_stop(s->loop);
}

static void test_a_timer_keeps_its_rhythm_while_work_runs(void **state)
{
	struct scene *s = *state;
	int nice = getpriority(PRIO_PROCESS, 0);

	s->timer = loop_timer_new(s->loop, fire, s);
	loop_timer_set(s->timer, 0);
	loop_work(s->loop, work_until_fired, done_and_stop, never, s);
	loop_run(s->loop);
	assert_true(s->beside);
	assert_true(s->signals_blocked);
	assert_false(s->timed_out);
	assert_true(s->fires_at_done - s->fires_at_submit >= FIRES_MEANWHILE);
	assert_int_equal(s->nice, nice + 10 > 19 ? 19 : nice + 10);
}

/* --- order */

static void work_in_order(void *arg)
{
	struct step *step = arg;

	/* Only the worker's thread writes this, and the loop reads it after. */
	step->scene->order[step->scene->worked++] = step->number;
}

static void done_in_order(void *arg)
{
	struct step *step = arg;
	struct scene *s = step->scene;

	assert_int_equal(step->number, s->done);
	free(step);
	if (++s->done == JOBS)
		loop_stop(s->loop);
}

static void submit(struct scene *s, int number, loop_fn *work, loop_fn *done, loop_fn *drop)
{
	struct step *step = malloc(sizeof(*step));

	*step = (struct step){s, number};
	loop_work(s->loop, work, done, drop, step);
}

static void test_work_is_done_in_the_order_given(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < JOBS; i++)
		submit(s, i, work_in_order, done_in_order, never);
	loop_run(s->loop);
	assert_int_equal(s->worked, JOBS);
	for (int i = 0; i < JOBS; i++)
		assert_int_equal(s->order[i], i);
}

/* What is done may give the next work, one after the other, for as long as it likes. */
static void done_and_again(void *arg)
{
	struct step *step = arg;
	struct scene *s = step->scene;

	free(step);
	if (++s->done == JOBS)
		loop_stop(s->loop);
	else
		submit(s, s->done, work_in_order, done_and_again, never);
}

static void test_work_may_follow_from_what_is_done(void **state)
{
	struct scene *s = *state;

	submit(s, 0, work_in_order, done_and_again, never);
	loop_run(s->loop);
	assert_int_equal(s->worked, JOBS);
}

/* --- the end */

static void work_until_told(void *arg)
{
	struct step *step = arg;
	struct scene *s = step->scene;

	sem_post(&s->started);
	s->timed_out = !wait_for(&s->go);
	s->ended = true;
}

static void drop_step(void *arg)
{
	struct step *step = arg;

	assert_true(step->scene->ended);
	step->scene->dropped++;
	free(step);
}

static void test_the_end_waits_for_what_runs_and_drops_the_rest(void **state)
{
	struct scene *s = *state;

	submit(s, 0, work_until_told, never, drop_step);
	for (int i = 1; i < 4; i++)
		submit(s, i, work_in_order, never, drop_step);
	assert_true(wait_for(&s->started));
	sem_post(&s->go);
	loop_free(s->loop);
	s->loop = NULL;
	assert_true(s->ended);
	assert_false(s->timed_out);
	assert_int_equal(s->dropped, 4);
}

static void test_a_loop_without_work_ends(void **state)
{
	struct scene *s = *state;

	loop_free(s->loop);
	s->loop = NULL;
	loop_free(NULL);
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LOOP(test_a_timer_keeps_its_rhythm_while_work_runs),
		WITH_LOOP(test_work_is_done_in_the_order_given),
		WITH_LOOP(test_work_may_follow_from_what_is_done),
		WITH_LOOP(test_the_end_waits_for_what_runs_and_drops_the_rest),
		WITH_LOOP(test_a_loop_without_work_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
