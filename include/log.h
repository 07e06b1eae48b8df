#ifndef VAXLINE_LOG_H
#define VAXLINE_LOG_H

#include <stddef.h>

/*
 * Structured log lines on standard error: one line each, `time level event key="value" ...`.
 *
 * Values are escaped, so nothing a client sends can forge a line. No attendee's name or number is ever passed here:
 * visits are named by their visit id.
 */

enum log_level { LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/*
 * log_line(LOG_LEVEL_WARN, "redis_away", "for_ms", "%lld", (long long)ms, NULL): an event name, then triples of key,
 * printf format and that format's one argument, ended by NULL. Formats: %s %d %u %lld %llu %zu only.
 */
void log_line(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* The same where the keys are known only when it is said. Values are escaped too. */
#define LOG_VALUE_MAX_BYTES 63
struct log_field {
	const char *key;
	char value[LOG_VALUE_MAX_BYTES + 1];
};
void log_fields(enum log_level level, const char *event, const struct log_field *fields, size_t n);

#endif
