/* Histograms and the text format of metrics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metrics.h"

static const struct histogram_shape shape = {1e-3, 3, {5, 10, 25}};

static void a_bound_belongs_to_its_bucket(void **state)
{
	struct histogram h = {.shape = &shape};
	static const uint64_t values[] = {0, 5, 6, 10, 25, 26, 1000};

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		histogram_add(&h, values[i]);
	assert_int_equal(h.counts[0], 2);
	assert_int_equal(h.counts[1], 2);
	assert_int_equal(h.counts[2], 1);
	assert_int_equal(h.counts[3], 2);
	assert_int_equal(histogram_count(&h), 7);
	assert_int_equal(h.sum, 1072);
}

static void a_histogram_is_written_cumulative_in_its_unit(void **state)
{
	struct histogram h = {.shape = &shape};
	struct buf b = {0};

	(void)state;
	histogram_add(&h, 7);
	histogram_add(&h, 7);
	histogram_add(&h, 30);
	metric_family(&b, "took_seconds", METRIC_HISTOGRAM, "How long.");
	metric_histogram(&b, "took_seconds", &h, "route", "/a", NULL);
	assert_string_equal(b.data, "# HELP took_seconds How long.\n# TYPE took_seconds histogram\n"
				    "took_seconds_bucket{route=\"/a\",le=\"0.005\"} 0\n"
				    "took_seconds_bucket{route=\"/a\",le=\"0.01\"} 2\n"
				    "took_seconds_bucket{route=\"/a\",le=\"0.025\"} 2\n"
				    "took_seconds_bucket{route=\"/a\",le=\"+Inf\"} 3\n"
				    "took_seconds_sum{route=\"/a\"} 0.044\n"
				    "took_seconds_count{route=\"/a\"} 3\n");
	buf_clear(&b);
	metric_histogram(&b, "x", &(struct histogram){.shape = &(struct histogram_shape){1, 0, {0}}}, NULL);
	assert_string_equal(b.data, "x_bucket{le=\"+Inf\"} 0\nx_sum 0\nx_count 0\n");
	buf_free(&b);
}

static void labels_are_escaped_and_numbers_exact(void **state)
{
	struct buf b = {0};

	(void)state;
	metric_sample(&b, "n", 9007199254740, "a", "x\"y\\z\nw", "b", "", NULL);
	metric_sample(&b, "n", 0.25, NULL);
	metric_single(&b, "m_total", METRIC_COUNTER, "All.", 3);
	assert_string_equal(b.data, "n{a=\"x\\\"y\\\\z\\nw\",b=\"\"} 9007199254740\nn 0.25\n"
				    "# HELP m_total All.\n# TYPE m_total counter\nm_total 3\n");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bound_belongs_to_its_bucket),
		cmocka_unit_test(a_histogram_is_written_cumulative_in_its_unit),
		cmocka_unit_test(labels_are_escaped_and_numbers_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
