/* Commits are cut between commands, in order, at their size; the ring forgets the oldest; ids, URLs and DIR/head. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "journal.h"
#include "journal/commit.h"
#include "journal/disk.h"
#include "journal/entry.h"
#include "journal/head.h"
#include "journal/target.h"

static void append(struct commits *c, size_t len, bool cut)
{
	char *line = malloc(len);

	memset(line, 'x', len);
	commits_append(c, c->last_number + 1, line, len, cut);
	free(line);
}

static void one_turn_is_one_commit(void **state)
{
	struct commits c = {0};

	(void)state;
	for (int i = 0; i < 64; i++)
		append(&c, 100, true);
	assert_int_equal(commits_take(&c)->last, 64);
	assert_int_equal(c.flying->len, 64 * 101);
	append(&c, 100, true);
	assert_null(commits_take(&c)); /* one in flight */
	commits_land(&c, JOURNAL_RING_BYTES);
	assert_int_equal(commits_take(&c)->last, 65);
	commits_land(&c, JOURNAL_RING_BYTES);
	assert_null(commits_take(&c));
	assert_int_equal(commits_pending_bytes(&c), 0);
	commits_free(&c);
}

static void an_entry_ends_with_a_command(void **state)
{
	struct commits c = {0};

	(void)state;
	append(&c, 100, true);
	append(&c, 100, false);
	assert_int_equal(commits_take(&c)->last, 1); /* the second command is not whole */
	commits_land(&c, JOURNAL_RING_BYTES);
	assert_null(commits_take(&c));
	append(&c, 100, true);
	assert_int_equal(commits_take(&c)->last, 3);
	commits_free(&c);
}

static void an_entry_stays_below_its_bound(void **state)
{
	struct commits c = {0};
	uint64_t last = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		append(&c, 1000, false);
		append(&c, 1000, true);
	}
	while (commits_take(&c)) {
		assert_true(c.flying->len <= JOURNAL_COMMIT_MAX_BYTES);
		assert_int_equal(c.flying->last % 2, 0);
		assert_int_equal(c.flying->len, (c.flying->last - last) * 1001);
		last = c.flying->last;
		commits_land(&c, JOURNAL_RING_BYTES);
	}
	assert_int_equal(last, 2000);
	commits_free(&c);
}

/* What may be trimmed up to begins an entry of its own. */
static void an_entry_ends_where_it_is_cut(void **state)
{
	struct commits c = {0};

	(void)state;
	commits_cut(&c); /* nothing is open */
	append(&c, 100, true);
	append(&c, 100, true);
	commits_cut(&c);
	commits_cut(&c);
	append(&c, 100, true);
	assert_int_equal(commits_pending_bytes(&c) >= 303, 1);
	assert_int_equal(commits_take(&c)->last, 2);
	commits_land(&c, JOURNAL_RING_BYTES);
	assert_int_equal(commits_take(&c)->last, 3);
	commits_land(&c, JOURNAL_RING_BYTES);
	assert_null(commits_take(&c));
	commits_free(&c);
}

static void a_single_command_may_be_larger(void **state)
{
	struct commits c = {0};

	(void)state;
	append(&c, 10, true);
	for (int i = 0; i < 400; i++)
		append(&c, 1000, i == 399);
	append(&c, 10, true);
	assert_int_equal(commits_take(&c)->last, 1);
	commits_land(&c, JOURNAL_RING_BYTES);
	assert_int_equal(commits_take(&c)->last, 401);
	commits_land(&c, JOURNAL_RING_BYTES);
	assert_int_equal(commits_take(&c)->last, 402);
	commits_free(&c);
}

static void the_ring_forgets_the_oldest(void **state)
{
	struct commits c = {0};

	(void)state;
	commits_fence(&c);
	for (int i = 0; i < 10; i++) {
		append(&c, 1000, true);
		assert_non_null(commits_take(&c));
		commits_land(&c, 3 * 1100);
		assert_true(c.ring.bytes <= 3 * 1100);
	}
	assert_null(commits_find(&c, 0));
	assert_null(commits_find(&c, 7));
	assert_int_equal(commits_find(&c, 8)->next->last, 9);
	assert_null(commits_find(&c, 10)->next);
	commits_free(&c);
}

static void ids_are_read_exactly(void **state)
{
	static const char *const bad[] = {
		"", "1", "1-", "-1", "1-2-3", "1-2 ", " 1-2", "+1-2", "1--2", "a-b", "1-18446744073709551616"};
	struct log_id id;

	(void)state;
	assert_true(log_id_parse("18446744073709551615-0", 22, &id));
	assert_true(id.epoch == UINT64_MAX && id.number == 0);
	assert_string_equal(log_id_format(id).text, "18446744073709551615-0");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(log_id_parse(bad[i], strlen(bad[i]), &id));
	assert_true(log_id_compare((struct log_id){1, 9}, (struct log_id){2, 0}) < 0);
	assert_true(log_id_compare((struct log_id){2, 1}, (struct log_id){2, 0}) > 0);
}

static void urls_say_who_and_where(void **state)
{
	char error[256];
	struct target t;

	(void)state;
	assert_true(target_parse("redis://a%40b:p%3Aq@[::1]:7000", &t, error, sizeof(error)));
	assert_string_equal(t.user, "a@b");
	assert_string_equal(t.password, "p:q");
	assert_string_equal(t.host, "::1");
	assert_int_equal(t.port, 7000);
	assert_true(target_parse("redis://:secret@host/", &t, error, sizeof(error)));
	assert_string_equal(t.user, "");
	assert_string_equal(t.host, "host");
	assert_int_equal(t.port, TARGET_PORT);
	assert_true(target_parse("redis://host:1/", &t, error, sizeof(error)));
	assert_int_equal(t.port, 1);
	assert_true(target_parse("unix:///run/redis.sock", &t, error, sizeof(error)));
	assert_string_equal(t.path, "/run/redis.sock");
	assert_false(t.auth);
	assert_false(target_parse("redis://host:99999", &t, error, sizeof(error)));
	assert_false(target_parse("redis://", &t, error, sizeof(error)));
	assert_false(target_parse("redis://u:%4@host", &t, error, sizeof(error)));
	assert_null(strstr(error, "%4"));
}

static void head_is_replaced_whole(void **state)
{
	char dir[] = "/tmp/vaxline-head-XXXXXX", path[64];
	struct log_id id = {0, 0};
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(head_read(dir, &id), HEAD_NONE);
	assert_true(head_write(dir, (struct log_id){3, 120}));
	assert_true(head_write(dir, (struct log_id){3, 9}));
	assert_int_equal(head_read(dir, &id), HEAD_FOUND);
	assert_true(id.epoch == 3 && id.number == 9);
	snprintf(path, sizeof(path), "%s/head", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("3-", f);
	fclose(f);
	assert_int_equal(head_read(dir, &id), HEAD_UNREADABLE);
	assert_true(disk_free(dir) > 0);
	assert_true(disk_ballast(dir, 65536));
	assert_true(disk_ballast(dir, 0));
	assert_true(disk_ballast(dir, 0));
	unlink(path);
	assert_int_equal(rmdir(dir), 0);
}

static void a_trimmed_fence_is_kept(void **state)
{
	struct journal_fence f = {.epoch = 7,
				  .boot_id = "2b4c0e6e-0000-4000-8000-000000000001",
				  .boottime_ms = 12345,
				  .wall_ms = 1763600000000};
	char dir[] = "/tmp/vaxline-fence-XXXXXX", path[64];
	struct journal_fence read = {0};
	struct log_id mark;
	FILE *out;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_false(fence_read(dir, &read));
	assert_true(fence_write(dir, &f));
	assert_true(fence_read(dir, &read));
	assert_int_equal(read.epoch, 7);
	assert_string_equal(read.boot_id, f.boot_id);
	assert_int_equal(read.boottime_ms, f.boottime_ms);
	assert_int_equal(read.wall_ms, f.wall_ms);
	assert_false(mark_read(dir, &mark));
	assert_true(mark_write(dir, (struct log_id){7, 21}));
	assert_true(mark_read(dir, &mark));
	assert_int_equal(mark.number, 21);
	snprintf(path, sizeof(path), "%s/fence", dir);
	out = fopen(path, "w");
	fputs("7 2b4c0e6e\n", out);
	fclose(out);
	assert_false(fence_read(dir, &read));
	unlink(path);
	snprintf(path, sizeof(path), "%s/mark", dir);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_turn_is_one_commit),         cmocka_unit_test(an_entry_ends_with_a_command),
		cmocka_unit_test(an_entry_stays_below_its_bound), cmocka_unit_test(a_single_command_may_be_larger),
		cmocka_unit_test(the_ring_forgets_the_oldest),    cmocka_unit_test(ids_are_read_exactly),
		cmocka_unit_test(urls_say_who_and_where),         cmocka_unit_test(head_is_replaced_whole),
		cmocka_unit_test(an_entry_ends_where_it_is_cut),  cmocka_unit_test(a_trimmed_fence_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
