/*
 * Views and the streams that carry them.
 *
 *   view     a named picture of the state; rendered once for all who watch it
 *   stream   one browser's connection with the views it asked for
 *
 * A picture waits for the disk like an answer. The alarms alone are also sent at once when one was raised or escalated:
 * such an early picture shows nothing calmer than what is on disk.
 */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "json.h"

struct view {
	char name[APP_VIEW_NAME_MAX];
	uint64_t id;
	unsigned watchers;
	uint64_t seen; /* change count of what it shows, when rendered last; 0: never */
	int64_t rendered_ms;
	struct blob *last; /* delivered last, NULL: none yet */
	UT_hash_handle hh;
};

struct stream {
	http_id id;
	uint32_t device;
	size_t n;
	struct view *views[APP_STREAM_VIEWS_MAX];
	UT_hash_handle hh;
};

#define BOARD_MS 10000

static const struct reader staff = {.person = true};

/* ---- what a view shows ---- */

static const struct visit *view_visit(const struct app *a, const char *name)
{
	uint64_t ticket;

	if (strncmp(name, "ticket:", 7) != 0 ||
	    ticket_parse(a->trust, name + 7, strlen(name + 7), &ticket) != TICKET_OK)
		return NULL;
	return site_visit_by_ticket(a->site, ticket);
}

static struct desk *view_desk_of(const struct app *a, const char *name)
{
	return strncmp(name, "desk:", 5) == 0 ? site_desk(a->site, name + 5) : NULL;
}

/* Counts the changes of what the view shows: equal counts, equal picture but for the time. Never 0. */
static uint64_t view_changes(const struct app *a, const char *name)
{
	const struct site *s = a->site;
	const struct visit *v = view_visit(a, name);
	const struct desk *d = view_desk_of(a, name);

	/* Both counts only grow while the stage stays; another stage has another queue to count. */
	if (v)
		return 1 + ((uint64_t)v->f.stage << 56) + v->version + s->queues[v->f.stage].version;
	if (d)
		return 1 + d->version + s->queues[d->stage].version + s->alerts_version;
	if (strcmp(name, "alerts") == 0)
		return 1 + s->alerts_version;
	if (strcmp(name, "observation") == 0)
		return 1 + s->observation_version;
	/* The board's rates fall while nothing happens. */
	return 1 + s->version + (uint64_t)(app_now(a) / BOARD_MS);
}

static bool render(struct app *a, const char *name, bool early, struct buf *out)
{
	struct picture p = {
		.now = app_now(a), .reader = &staff, .on_disk_epoch = UINT64_MAX, .on_disk_seq = UINT64_MAX};
	const struct visit *v;
	struct desk *d;

	if (early) {
		p.on_disk_epoch = a->site->epoch;
		p.on_disk_seq = journal_durable(a->journal);
	}
	if (!a->site->rules)
		return false;
	if (strcmp(name, "board") == 0)
		view_board(a->site, &p, out);
	else if (strcmp(name, "alerts") == 0)
		view_alerts(a->site, &p, out);
	else if (strcmp(name, "observation") == 0)
		view_observation(a->site, &p, out);
	else if ((d = view_desk_of(a, name)))
		view_desk(a->site, d, &p, out);
	else if ((v = view_visit(a, name)))
		view_ticket(a->site, v, &p, out);
	else
		return false;
	return true;
}

bool app_view(struct app *a, const char *name, struct buf *out, bool *at_once)
{
	/* Danger may be read before it is on disk, like it is shown. */
	*at_once = strcmp(name, "alerts") == 0 && a->site->seq > journal_durable(a->journal);
	return render(a, name, *at_once, out);
}

/* One event of a stream: "event: NAME, id: EPOCH-SEQ, data: {...}". */
static struct blob *frame(struct app *a, const char *name, bool early)
{
	struct buf b = {0};
	struct blob *out = NULL;

	buf_printf(&b, "event: %s\nid: %llu-%llu\ndata: ", name, (unsigned long long)a->site->epoch,
		   (unsigned long long)a->site->seq);
	if (render(a, name, early, &b)) {
		buf_add_str(&b, "\n\n");
		out = blob_new(b.data, b.len);
	}
	buf_free(&b);
	return out;
}

/* ---- views in use ---- */

static struct view *view_take(struct app *a, const char *name)
{
	struct view *v;

	HASH_FIND_STR(a->views.by_name, name, v);
	if (!v) {
		v = xcalloc(1, sizeof(*v));
		strncpy(v->name, name, sizeof(v->name) - 1);
		v->id = ++a->views.last_id;
		HASH_ADD_STR(a->views.by_name, name, v);
	}
	v->watchers++;
	return v;
}

/* Views that nobody watches any more are freed between turns, when nothing walks the table. */
static void views_sweep(struct app *a)
{
	struct view *v, *next;

	HASH_ITER(hh, a->views.by_name, v, next) {
		if (v->watchers)
			continue;
		HASH_DEL(a->views.by_name, v);
		blob_unref(v->last);
		free(v);
	}
}

static bool stream_watches(const struct stream *s, uint64_t view)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->views[i]->id == view)
			return true;
	}
	return false;
}

static void stream_forget(struct app *a, struct stream *s)
{
	HASH_DEL(a->views.streams, s);
	for (size_t i = 0; i < s->n; i++)
		s->views[i]->watchers--;
	free(s);
}

void stream_closed(struct app *a, http_id id)
{
	struct stream *s;

	HASH_FIND(hh, a->views.streams, &id, sizeof(id), s);
	if (s)
		stream_forget(a, s);
}

/* Sends to one stream. Where it is gone or dropped, stream_closed has been or is told. */
static void stream_send(struct app *a, http_id id, struct blob *b)
{
	if (!http_stream_send(a->http, id, b))
		stream_closed(a, id);
}

static void send_to_watchers(struct app *a, uint64_t view, struct blob *b)
{
	struct stream *s, *next;

	HASH_ITER(hh, a->views.streams, s, next) {
		if (!view || stream_watches(s, view))
			stream_send(a, s->id, b);
	}
}

static struct view *view_by_id(struct app *a, uint64_t id)
{
	struct view *v, *next;

	HASH_ITER(hh, a->views.by_name, v, next) {
		if (v->id == id)
			return v;
	}
	return NULL;
}

void views_deliver(struct app *a, uint64_t view, http_id id, struct blob *b)
{
	struct view *v = view_by_id(a, view);
	struct blob *newer = NULL;

	/* Alarms may have been shown early since this picture was made: it must not take them away again. */
	if (v && strcmp(v->name, "alerts") == 0)
		newer = frame(a, v->name, true);
	if (newer) {
		blob_unref(b);
		b = newer;
	}
	if (v) {
		blob_unref(v->last);
		v->last = blob_ref(b);
		if (id)
			stream_send(a, id, b);
		else
			send_to_watchers(a, view, b);
	}
	blob_unref(b);
}

/* ---- pictures ---- */

static void show(struct app *a, struct view *v, int64_t now)
{
	struct blob *b = frame(a, v->name, false);

	v->seen = view_changes(a, v->name);
	v->rendered_ms = now;
	if (b)
		hold_picture(a, v->id, 0, b);
}

static void show_alerts_early(struct app *a)
{
	struct view *v;
	struct blob *b;

	HASH_FIND_STR(a->views.by_name, "alerts", v);
	if (!v || a->site->seq <= journal_durable(a->journal))
		return;
	b = frame(a, v->name, true);
	if (b)
		send_to_watchers(a, v->id, b);
	blob_unref(b);
}

void views_turn(struct app *a, bool cried)
{
	int64_t now = loop_boottime_ms();
	struct view *v, *next;
	bool later = false;

	views_sweep(a);
	if (cried)
		show_alerts_early(a);
	HASH_ITER(hh, a->views.by_name, v, next) {
		if (!v->watchers || v->seen == view_changes(a, v->name))
			continue;
		if (now - v->rendered_ms >= APP_VIEW_MS)
			show(a, v, now);
		else
			later = true;
	}
	if (later && !loop_timer_pending(a->views.again))
		loop_timer_set(a->views.again, APP_VIEW_MS);
}

static void welcome_view(struct app *a, http_id id, struct view *v)
{
	bool on_disk = a->site->seq <= journal_durable(a->journal), early = strcmp(v->name, "alerts") == 0;
	struct blob *b = NULL;

	if (!on_disk && early)
		b = frame(a, v->name, true);
	else if (!on_disk && v->last)
		b = blob_ref(v->last);
	if (b)
		stream_send(a, id, b);
	blob_unref(b);
	b = frame(a, v->name, false);
	if (!v->seen)
		v->seen = view_changes(a, v->name);
	if (b)
		hold_picture(a, v->id, id, b);
}

/* A new stream gets the full picture of each view: what is on disk at once, and the newest when that is. */
static void stream_welcome(struct app *a, http_id id)
{
	struct stream *s;
	size_t i = 0;

	for (;; i++) {
		HASH_FIND(hh, a->views.streams, &id, sizeof(id), s); /* a send may have ended it */
		if (!s || i == s->n)
			return;
		welcome_view(a, id, s->views[i]);
	}
}

bool app_stream(struct app *a, http_id id, uint32_t device, const char *const *names, size_t n)
{
	struct stream *s;

	if (HASH_COUNT(a->views.streams) >= APP_STREAMS_MAX || !http_stream_open(a->http, id))
		return false;
	s = xcalloc(1, sizeof(*s));
	s->id = id;
	s->device = device;
	for (size_t i = 0; i < n && i < APP_STREAM_VIEWS_MAX; i++)
		s->views[s->n++] = view_take(a, names[i]);
	HASH_ADD(hh, a->views.streams, id, sizeof(s->id), s);
	stream_welcome(a, id);
	return true;
}

void app_stream_cut(struct app *a, uint32_t device)
{
	struct stream *s, *next;

	HASH_ITER(hh, a->views.streams, s, next) {
		if (s->device != device)
			continue;
		http_stream_close(a->http, s->id);
		stream_forget(a, s);
	}
}

void views_cut_all(struct app *a)
{
	struct stream *s, *next;

	HASH_ITER(hh, a->views.streams, s, next) {
		http_stream_close(a->http, s->id);
		stream_forget(a, s);
	}
}

size_t app_streams(const struct app *a)
{
	return HASH_COUNT(a->views.streams);
}

/* ---- timers ---- */

static void views_beat(void *arg)
{
	struct app *a = arg;
	char at[TIME_TEXT_LEN + 1];
	struct buf b = {0};
	struct blob *blob;

	if (a->phase != APP_DEPOSED && a->views.streams) {
		time_format(app_now(a), at);
		buf_printf(&b, "event: beat\ndata: {\"at\":\"%s\"}\n\n", at);
		blob = blob_new(b.data, b.len);
		send_to_watchers(a, 0, blob);
		blob_unref(blob);
		buf_free(&b);
	}
	loop_timer_set(a->views.beat, APP_BEAT_MS);
}

static void views_again(void *arg)
{
	views_turn(arg, false);
}

void views_init(struct app *a)
{
	a->views.beat = loop_timer_new(a->loop, views_beat, a);
	a->views.again = loop_timer_new(a->loop, views_again, a);
	loop_timer_set(a->views.beat, APP_BEAT_MS);
}

void views_free(struct app *a)
{
	views_cut_all(a);
	views_sweep(a);
	loop_timer_free(a->views.beat);
	loop_timer_free(a->views.again);
}
