/* A connection is let go once, whoever ends it first: we, or Redis in the same turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "journal/link.h"
#include "loop.h"
#include "loop_base.h"

#define TURNS_MAX 1000
#define INFO "$31\r\nloading:0\r\nconnected_slaves:0\r\n\r\n"

/* A Redis that says what the test makes it say. */
struct scene {
	struct loop *loop;
	struct link *link;
	struct link_options o;
	int listener, peer;
	char path[64];
	unsigned ups, downs, answers, nulls;
	bool drop_at_answer;
};

static void turn(struct scene *s)
{
	assert_int_not_equal(event_base_loop(loop_base(s->loop), EVLOOP_NONBLOCK), -1);
	usleep(1000);
}

static void on_answer(void *arg, redisReply *r)
{
	struct scene *s = arg;

	s->answers += r != NULL;
	s->nulls += r == NULL;
	if (s->drop_at_answer)
		link_drop(s->link, "by the test");
}

static void on_up(void *arg)
{
	((struct scene *)arg)->ups++;
}

static void on_down(void *arg, const char *why)
{
	assert_non_null(why);
	((struct scene *)arg)->downs++;
}

static void ask(struct scene *s)
{
	struct link_words w = {0};

	link_words_add(&w, "PING");
	link_send(s->link, &w, on_answer, s);
}

static void say(struct scene *s, const char *text)
{
	assert_int_equal(write(s->peer, text, strlen(text)), (ssize_t)strlen(text));
}

/* Reads what was asked. */
static void hear(struct scene *s)
{
	char text[256];
	ssize_t n = -1;

	for (int i = 0; i < TURNS_MAX && n <= 0; i++) {
		turn(s);
		n = read(s->peer, text, sizeof(text));
	}
	assert_true(n > 0);
}

/* Takes the next connection and answers its INFO. */
static void welcome(struct scene *s)
{
	unsigned before = s->ups;

	for (int i = 0; i < TURNS_MAX && s->peer < 0; i++) {
		turn(s);
		s->peer = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	}
	assert_true(s->peer >= 0);
	hear(s);
	say(s, INFO);
	for (int i = 0; i < TURNS_MAX && s->ups == before; i++)
		turn(s);
	assert_int_equal(s->ups, before + 1);
	assert_true(link_is_up(s->link));
}

static void hang_up(struct scene *s)
{
	close(s->peer);
	s->peer = -1;
}

static int setup(void **state)
{
	struct scene *s = *state = calloc(1, sizeof(*s));
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	s->peer = -1;
	snprintf(s->path, sizeof(s->path), "/dev/shm/vaxline-link-%d", (int)getpid());
	unlink(s->path);
	memcpy(at.sun_path, s->path, sizeof(s->path));
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->listener, 4), 0);
	s->loop = loop_new();
	s->o = (struct link_options){.arg = s, .up = on_up, .down = on_down, .refused = on_down};
	snprintf(s->o.target.path, sizeof(s->o.target.path), "%s", s->path);
	s->link = link_new(s->loop, &s->o);
	link_open(s->link);
	welcome(s);
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	link_free(s->link);
	loop_free(s->loop);
	if (s->peer >= 0)
		close(s->peer);
	close(s->listener);
	unlink(s->path);
	free(s);
	return 0;
}

static void lost_by_redis(void **state)
{
	struct scene *s = *state;

	ask(s);
	hang_up(s);
	welcome(s);
	assert_int_equal(s->downs, 1);
	assert_int_equal(s->nulls, 1);
}

static void dropped_by_us_from_within_an_answer(void **state)
{
	struct scene *s = *state;

	s->drop_at_answer = true;
	ask(s);
	ask(s);
	say(s, "+PONG\r\n");
	for (int i = 0; i < TURNS_MAX && !s->downs; i++)
		turn(s);
	assert_int_equal(s->answers, 1);
	assert_int_equal(s->nulls, 1);
	hang_up(s);
	welcome(s);
	assert_int_equal(s->downs, 1);
}

/* What it still has to say comes when the connection has been given up and is not freed yet. */
static void dropped_by_us_and_lost_by_redis_at_once(void **state)
{
	struct scene *s = *state;

	for (unsigned i = 1; i <= 3; i++) {
		s->drop_at_answer = true;
		ask(s);
		ask(s);
		hear(s);
		say(s, "+PONG\r\n");
		hang_up(s);
		for (int k = 0; k < TURNS_MAX && s->downs < i; k++)
			turn(s);
		assert_int_equal(s->downs, i);
		s->drop_at_answer = false;
		welcome(s);
		assert_int_equal(s->downs, i);
	}
	assert_int_equal(s->answers, 3);
	assert_int_equal(s->nulls, 3);
}

/* The last callbacks of a connection that ends by itself drop it as well. */
static void dropped_while_it_is_being_lost(void **state)
{
	struct scene *s = *state;

	s->drop_at_answer = true;
	ask(s);
	ask(s);
	hang_up(s);
	for (int i = 0; i < TURNS_MAX && !s->downs; i++)
		turn(s);
	s->drop_at_answer = false;
	welcome(s);
	assert_int_equal(s->downs, 1);
	assert_int_equal(s->nulls, 2);
}

static void closed_and_lost_at_once(void **state)
{
	struct scene *s = *state;

	hang_up(s);
	link_close(s->link);
	for (int i = 0; i < 20; i++)
		turn(s);
	assert_int_equal(s->downs, 0);
	assert_false(link_is_up(s->link));
	assert_int_equal(accept4(s->listener, NULL, NULL, SOCK_CLOEXEC), -1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(lost_by_redis),
		T(dropped_by_us_from_within_an_answer),
		T(dropped_by_us_and_lost_by_redis_at_once),
		T(dropped_while_it_is_being_lost),
		T(closed_and_lost_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
