#ifndef VAXLINE_METRICS_H
#define VAXLINE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/*
 * Histograms, and the text in which Prometheus reads what was counted: exposition format 0.0.4,
 * prometheus.io/docs/instrumenting/exposition_formats.
 *
 *   # HELP name what it is
 *   # TYPE name counter
 *   name{label="value"} 12
 */

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define HISTOGRAM_BOUNDS_MAX 16

/* Where the buckets end, each inclusive, ascending. */
struct histogram_shape {
	double unit; /* what a counted 1 is in the unit shown: 1e-6 for microseconds shown as seconds */
	size_t n;
	uint64_t bounds[HISTOGRAM_BOUNDS_MAX];
};

struct histogram {
	const struct histogram_shape *shape;       /* borrowed; static */
	uint64_t counts[HISTOGRAM_BOUNDS_MAX + 1]; /* of each bucket alone; index n: above the last bound */
	uint64_t sum;
};

void histogram_add(struct histogram *h, uint64_t value);
uint64_t histogram_count(const struct histogram *h);

enum metric_type { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* The two lines before the samples of a name. help: one line of ASCII. */
void metric_family(struct buf *out, const char *name, enum metric_type type, const char *help);
/* One sample; then pairs of label and value, ended by NULL. Values are escaped. */
void metric_sample(struct buf *out, const char *name, double value, ...) __attribute__((sentinel));
/* The samples of a histogram: cumulative buckets, sum and count; labels as above. */
void metric_histogram(struct buf *out, const char *name, const struct histogram *h, ...) __attribute__((sentinel));
/* A family of one sample without labels. */
void metric_single(struct buf *out, const char *name, enum metric_type type, const char *help, double value);

#endif
