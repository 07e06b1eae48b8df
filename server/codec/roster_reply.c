/*
 * What came of a roster, as JSON. The answer stands in the log with the load, so that a repeat gets the same; its lists
 * are cut short before it outgrows an entry of the journal.
 */
#include "roster.h"

#include "json.h"

/* What came of a load. */
struct taken {
	const struct roster *r;
	const uint64_t *rows; /* of each good row; 0: it was expected already */
	size_t accepted, duplicates;
};

#define LIST_MAX_BYTES (80 * 1024)
#define COLUMNS_MAX_BYTES (8 * 1024)

static void write_problem(struct json_writer *w, const struct roster_problem *p)
{
	json_open(w, '{');
	json_key(w, "line");
	json_int(w, p->line);
	json_key(w, "column");
	json_str(w, *p->column ? p->column : NULL);
	json_key(w, "code");
	json_str(w, p->code);
	json_key(w, "problem");
	json_str(w, p->problem);
	json_close(w, '}');
}

static void write_problems(struct json_writer *w, const char *name, const char *more, const struct roster_problem *p,
			   size_t n, size_t total)
{
	size_t start = w->out->len, i = 0;

	json_key(w, name);
	json_open(w, '[');
	for (; i < n && w->out->len - start < LIST_MAX_BYTES; i++)
		write_problem(w, &p[i]);
	json_close(w, ']');
	if (total > i) {
		json_key(w, more);
		json_int(w, (int64_t)(total - i));
	}
}

static void write_columns(struct json_writer *w, const struct roster *r)
{
	size_t n, start = w->out->len;
	const char *const *columns = roster_unknown_columns(r, &n);

	json_key(w, "unknown_columns");
	json_open(w, '[');
	for (size_t i = 0; i < n && w->out->len - start < COLUMNS_MAX_BYTES; i++)
		json_str(w, columns[i]);
	json_close(w, ']');
}

static struct taken count(const struct roster *r, const uint64_t *rows)
{
	struct taken t = {.r = r, .rows = rows};
	size_t n;

	roster_rows(r, &n);
	for (size_t i = 0; i < n; i++)
		t.accepted += rows[i] != 0;
	t.duplicates = roster_duplicates(r) + n - t.accepted;
	return t;
}

/* Accepted rows by date. No row is further ahead of today than ROSTER_AHEAD_MAX_DAYS. */
static void write_days(struct json_writer *w, const struct taken *t)
{
	struct {
		const char *date;
		int64_t rows;
	} days[ROSTER_AHEAD_MAX_DAYS + 1] = {0};
	size_t n;
	const struct roster_row *row = roster_rows(t->r, &n);
	int64_t day, today = roster_today(t->r);

	for (size_t i = 0; i < n; i++) {
		if (!t->rows[i] || !date_days(row[i].date, &day))
			continue;
		days[day - today].date = row[i].date;
		days[day - today].rows++;
	}
	json_key(w, "days");
	json_open(w, '{');
	for (size_t i = 0; i <= ROSTER_AHEAD_MAX_DAYS; i++) {
		if (!days[i].date)
			continue;
		json_key(w, days[i].date);
		json_int(w, days[i].rows);
	}
	json_close(w, '}');
}

static void write_members(struct json_writer *w, const struct taken *t)
{
	const struct roster *r = t->r;
	size_t n, total;
	const struct roster_problem *p;

	json_key(w, "accepted");
	json_int(w, (int64_t)t->accepted);
	json_key(w, "duplicates");
	json_int(w, (int64_t)t->duplicates);
	write_days(w, t);
	p = roster_rejected(r, &n, &total);
	write_problems(w, "rejected", "rejected_more", p, n, total);
	p = roster_warnings(r, &n, &total);
	write_problems(w, "warnings", "warnings_more", p, n, total);
	write_columns(w, r);
}

void roster_reply_encode(const struct roster *r, const uint64_t *taken, struct buf *out)
{
	struct taken t = count(r, taken);
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	write_members(&w, &t);
	json_close(&w, '}');
}

void roster_refused_encode(const struct roster *r, const uint64_t *taken, struct buf *out)
{
	struct taken t = count(r, taken);
	struct json_writer w;

	json_start(&w, out);
	json_open(&w, '{');
	json_key(&w, "type");
	json_str(&w, "about:blank");
	json_key(&w, "title");
	json_str(&w, "Rows of the roster are in error: nothing was loaded.");
	json_key(&w, "status");
	json_int(&w, 422);
	json_key(&w, "code");
	json_str(&w, "roster_rejected");
	json_key(&w, "detail");
	json_str(&w, "Mend the file, or load the other rows with partial=1.");
	write_members(&w, &t);
	json_close(&w, '}');
}
