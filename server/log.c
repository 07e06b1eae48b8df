/*
 * Log lines: `2031-05-04T08:15:30.123Z warn redis_away for_ms="2000"`.
 *
 * A line is put together in a fixed buffer and leaves in one write, so that lines of several processes on one pipe do
 * not mix; what does not fit is cut, the closing quote and the end of the line never are. Bytes that are not plain
 * ASCII are shown as \xNN: neither a forged line nor a terminal's escape sequence gets through.
 */
#include "log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

struct line {
	size_t len;
	char text[LINE_MAX_BYTES + 2]; /* the two: closing quote and newline */
};

static void add_raw(struct line *l, const char *text)
{
	size_t n = strlen(text);

	if (n > LINE_MAX_BYTES - l->len)
		n = LINE_MAX_BYTES - l->len;
	memcpy(l->text + l->len, text, n);
	l->len += n;
}

static void add_escaped(struct line *l, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		char one[5];

		if (*p == '"' || *p == '\\')
			snprintf(one, sizeof(one), "\\%c", *p);
		else if (*p == '\n')
			snprintf(one, sizeof(one), "\\n");
		else if (*p < 0x20 || *p >= 0x7f)
			snprintf(one, sizeof(one), "\\x%02x", *p);
		else
			snprintf(one, sizeof(one), "%c", *p);
		if (strlen(one) > LINE_MAX_BYTES - l->len)
			return;
		add_raw(l, one);
	}
}

static void add_time(struct line *l)
{
	char date[32], ms[8];
	struct timespec ts;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(ms, sizeof(ms), ".%03dZ", (int)(ts.tv_nsec / 1000000));
	add_raw(l, date);
	add_raw(l, ms);
}

/* Takes the one argument that the format names. */
static void add_value(struct line *l, const char *format, va_list *ap)
{
	char number[32];

	if (!strcmp(format, "%s")) {
		const char *text = va_arg(*ap, const char *);

		add_escaped(l, text ? text : "(null)");
		return;
	}
	if (!strcmp(format, "%d"))
		snprintf(number, sizeof(number), "%d", va_arg(*ap, int));
	else if (!strcmp(format, "%u"))
		snprintf(number, sizeof(number), "%u", va_arg(*ap, unsigned));
	else if (!strcmp(format, "%lld"))
		snprintf(number, sizeof(number), "%lld", va_arg(*ap, long long));
	else if (!strcmp(format, "%llu"))
		snprintf(number, sizeof(number), "%llu", va_arg(*ap, unsigned long long));
	else if (!strcmp(format, "%zu"))
		snprintf(number, sizeof(number), "%zu", va_arg(*ap, size_t));
	else
		abort(); /* not one of the formats the header promises */
	add_raw(l, number);
}

static void begin(struct line *l, enum log_level level, const char *event)
{
	static const char *const names[] = {" info ", " warn ", " error "};

	l->len = 0;
	add_time(l);
	add_raw(l, names[level]);
	add_raw(l, event);
}

/* ` key="`; false, with nothing added, where there is no room for it. */
static bool open_value(struct line *l, const char *key)
{
	size_t before = l->len;

	add_raw(l, " ");
	add_raw(l, key);
	add_raw(l, "=\"");
	if (l->len < LINE_MAX_BYTES)
		return true;
	l->len = before;
	return false;
}

/* False where the line is full. */
static bool close_value(struct line *l)
{
	l->text[l->len++] = '"';
	return l->len <= LINE_MAX_BYTES;
}

static void end(struct line *l)
{
	ssize_t n;

	l->text[l->len++] = '\n';
	n = write(STDERR_FILENO, l->text, l->len);
	(void)n; /* where standard error cannot be written there is nobody to tell */
}

void log_line(enum log_level level, const char *event, ...)
{
	struct line l;
	const char *key;
	va_list ap;

	begin(&l, level, event);
	va_start(ap, event);
	while ((key = va_arg(ap, const char *))) {
		const char *format = va_arg(ap, const char *);

		if (!open_value(&l, key))
			break;
		add_value(&l, format, &ap);
		if (!close_value(&l))
			break;
	}
	va_end(ap);
	end(&l);
}

void log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t n)
{
	struct line l;

	begin(&l, level, event);
	for (size_t i = 0; i < n && open_value(&l, fields[i].key); i++) {
		add_escaped(&l, fields[i].value);
		if (!close_value(&l))
			break;
	}
	end(&l);
}
