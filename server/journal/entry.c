/*
 * Entries of the stream.
 *
 *   5-0    fence    v 1  owner 3f..  after 4-120  boot ..  boottime ..  wall ..
 *   5-3    commit   e "line 1\nline 2\nline 3\n"      events 1 to 3 of epoch 5
 *   5-4    commit   e "line 4\n"
 *
 * The id of a commit is the number of its last event, so the count of its lines says where it begins: there it must
 * meet the entry before. A trimmed log begins with a commit, where it was trimmed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "entry.h"

static bool parse_number(const char **at, const char *end, uint64_t *out)
{
	uint64_t n = 0;
	const char *p = *at;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (p == *at)
		return false;
	*at = p;
	*out = n;
	return true;
}

bool log_id_parse(const char *text, size_t len, struct log_id *id)
{
	const char *end = text + len;

	if (!parse_number(&text, end, &id->epoch) || text == end || *text++ != '-')
		return false;
	return parse_number(&text, end, &id->number) && text == end;
}

struct log_id_text log_id_format(struct log_id id)
{
	struct log_id_text out;

	snprintf(out.text, sizeof(out.text), "%" PRIu64 "-%" PRIu64, id.epoch, id.number);
	return out;
}

int log_id_compare(struct log_id a, struct log_id b)
{
	if (a.epoch != b.epoch)
		return a.epoch < b.epoch ? -1 : 1;
	return a.number == b.number ? 0 : a.number < b.number ? -1 : 1;
}

bool log_entry_at(const redisReply *reply, size_t i, struct log_entry *e)
{
	const redisReply *pair, *id, *fields;

	memset(e, 0, sizeof(*e));
	if (!reply || reply->type != REDIS_REPLY_ARRAY || i >= reply->elements)
		return false;
	pair = reply->element[i];
	if (pair->type != REDIS_REPLY_ARRAY || pair->elements != 2)
		return false;
	id = pair->element[0];
	fields = pair->element[1];
	if (id->type != REDIS_REPLY_STRING || !log_id_parse(id->str, (size_t)id->len, &e->id))
		return false;
	if (fields->type != REDIS_REPLY_ARRAY || fields->elements % 2)
		return false;
	for (size_t f = 0; f < fields->elements; f++)
		if (fields->element[f]->type != REDIS_REPLY_STRING)
			return false;
	e->fields = fields;
	if (!e->id.number)
		return log_entry_field(e, "owner") && log_entry_field(e, "after");
	if (fields->elements != 2 || strcmp(fields->element[0]->str, "e"))
		return false;
	e->body = fields->element[1]->str;
	e->len = (size_t)fields->element[1]->len;
	return true;
}

const char *log_entry_field(const struct log_entry *e, const char *name)
{
	for (size_t i = 0; i + 1 < e->fields->elements; i += 2)
		if (!strcmp(e->fields->element[i]->str, name))
			return e->fields->element[i + 1]->str;
	return NULL;
}

bool log_fence_read(const struct log_entry *e, struct journal_fence *f)
{
	const char *boot = log_entry_field(e, "boot"), *boottime = log_entry_field(e, "boottime");
	const char *wall = log_entry_field(e, "wall");

	if (!boot || !boottime || !wall)
		return false;
	f->epoch = e->id.epoch;
	snprintf(f->boot_id, sizeof(f->boot_id), "%s", boot);
	f->boottime_ms = strtoll(boottime, NULL, 10);
	f->wall_ms = strtoll(wall, NULL, 10);
	return true;
}

static bool walk_fence(struct log_walk *w, const struct log_entry *e, char *error, size_t error_size)
{
	const char *version = log_entry_field(e, "v"), *after = log_entry_field(e, "after");
	struct journal_fence f;
	struct log_id known;

	if (!version || strcmp(version, "1")) {
		snprintf(error, error_size, "fence %s of the log has format %s; this program reads format %d",
			 log_id_format(e->id).text, version ? version : "(none)", JOURNAL_FORMAT);
		return false;
	}
	if (!log_fence_read(e, &f) || !after || !log_id_parse(after, strlen(after), &known)) {
		snprintf(error, error_size, "fence %s of the log lacks a field", log_id_format(e->id).text);
		return false;
	}
	if (!w->anywhere && log_id_compare(known, w->last) > 0) {
		snprintf(error, error_size,
			 "the log has a gap: fence %s was set after %s, but before it the log ends at %s",
			 log_id_format(e->id).text, after, log_id_format(w->last).text);
		return false;
	}
	w->anywhere = false;
	w->last = e->id;
	if (w->fence)
		w->fence(w->arg, &f);
	return true;
}

static uint64_t count_lines(const struct log_entry *e)
{
	const char *p = e->body, *end = e->body + e->len;
	uint64_t n = 0;

	for (; p < end && (p = memchr(p, '\n', (size_t)(end - p))); p++)
		n++;
	return n;
}

uint64_t log_entry_first(const struct log_entry *e)
{
	return e->body ? e->id.number - count_lines(e) + 1 : 0;
}

bool log_walk_begins(const struct log_walk *w, const struct log_entry *e)
{
	const char *end = e->body ? memchr(e->body, '\n', e->len) : NULL;

	return end && w->begin && w->begin(w->arg, e->id.epoch, log_entry_first(e), e->body, (size_t)(end - e->body));
}

static bool check_follows(const struct log_walk *w, const struct log_entry *e, uint64_t lines, char *error,
			  size_t error_size)
{
	if (!lines || lines > e->id.number || e->body[e->len - 1] != '\n') {
		snprintf(error, error_size, "entry %s of the log is not made of whole lines",
			 log_id_format(e->id).text);
		return false;
	}
	if (w->anywhere || (!w->last.epoch && log_walk_begins(w, e)))
		return true;
	if (e->id.epoch != w->last.epoch) {
		snprintf(error, error_size, "the log has a gap: entry %s follows %s without the fence of its epoch",
			 log_id_format(e->id).text, log_id_format(w->last).text);
		return false;
	}
	if (e->id.number - lines != w->last.number) {
		snprintf(error, error_size,
			 "the log has a gap: entry %s has %" PRIu64 " events and must follow %" PRIu64 "-%" PRIu64
			 ", but follows %s",
			 log_id_format(e->id).text, lines, e->id.epoch, e->id.number - lines,
			 log_id_format(w->last).text);
		return false;
	}
	return true;
}

bool log_walk_entry(struct log_walk *w, struct log_entry *e, char *error, size_t error_size)
{
	uint64_t lines, number;

	if (!e->body)
		return walk_fence(w, e, error, error_size);
	lines = count_lines(e);
	if (!check_follows(w, e, lines, error, error_size))
		return false;
	number = e->id.number - lines;
	for (char *line = e->body, *end; number < e->id.number; line = end + 1) {
		end = memchr(line, '\n', e->len - (size_t)(line - e->body));
		*end = '\0';
		if (!w->line(w->arg, e->id.epoch, ++number, line, (size_t)(end - line), error, error_size))
			return false;
	}
	w->anywhere = false;
	w->last = e->id;
	return true;
}
