/*
 * Histograms and the text format of metrics.
 *
 *   value 7, bounds 5 10 25  ->  counts [0][1][0][0]  ->  le="5" 0, le="10" 1, le="25" 1, le="+Inf" 1
 *
 * A bucket is counted alone, which costs one increment, and made cumulative when somebody reads.
 */
#include "metrics.h"

#include <stdarg.h>

void histogram_add(struct histogram *h, uint64_t value)
{
	const struct histogram_shape *s = h->shape;
	size_t i = 0;

	while (i < s->n && value > s->bounds[i])
		i++;
	h->counts[i]++;
	h->sum += value;
}

uint64_t histogram_count(const struct histogram *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i <= h->shape->n; i++)
		n += h->counts[i];
	return n;
}

static void add_escaped(struct buf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\n')
			buf_add_str(out, "\\n");
		else if (*p == '"' || *p == '\\')
			buf_printf(out, "\\%c", *p);
		else
			buf_add_char(out, *p);
	}
}

static void add_label(struct buf *out, const char **separator, const char *label, const char *value)
{
	buf_printf(out, "%s%s=\"", *separator, label);
	add_escaped(out, value);
	buf_add_char(out, '"');
	*separator = ",";
}

/* The labels of a list, and one more where it is not NULL. */
static void add_labels(struct buf *out, va_list ap, const char *more, const char *more_value)
{
	const char *separator = "{", *label;

	while ((label = va_arg(ap, const char *)))
		add_label(out, &separator, label, va_arg(ap, const char *));
	if (more)
		add_label(out, &separator, more, more_value);
	if (*separator == ',')
		buf_add_char(out, '}');
}

static void add_value(struct buf *out, double value)
{
	buf_printf(out, " %.15g\n", value);
}

void metric_family(struct buf *out, const char *name, enum metric_type type, const char *help)
{
	static const char *const types[] = {"counter", "gauge", "histogram"};

	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, types[type]);
}

void metric_sample(struct buf *out, const char *name, double value, ...)
{
	va_list ap;

	buf_add_str(out, name);
	va_start(ap, value);
	add_labels(out, ap, NULL, NULL);
	va_end(ap);
	add_value(out, value);
}

void metric_histogram(struct buf *out, const char *name, const struct histogram *h, ...)
{
	static const char *const parts[] = {"_sum", "_count"};
	const struct histogram_shape *s = h->shape;
	uint64_t below = 0;
	struct buf le = {0};
	va_list ap;

	for (size_t i = 0; i <= s->n; i++) {
		below += h->counts[i];
		buf_clear(&le);
		if (i < s->n)
			buf_printf(&le, "%.9g", (double)s->bounds[i] * s->unit);
		else
			buf_add_str(&le, "+Inf");
		buf_printf(out, "%s_bucket", name);
		va_start(ap, h);
		add_labels(out, ap, "le", le.data);
		va_end(ap);
		add_value(out, (double)below);
	}
	for (size_t i = 0; i < 2; i++) {
		buf_printf(out, "%s%s", name, parts[i]);
		va_start(ap, h);
		add_labels(out, ap, NULL, NULL);
		va_end(ap);
		add_value(out, i ? (double)below : (double)h->sum * s->unit);
	}
	buf_free(&le);
}

void metric_single(struct buf *out, const char *name, enum metric_type type, const char *help, double value)
{
	metric_family(out, name, type, help);
	metric_sample(out, name, value, NULL);
}
