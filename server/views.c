/*
 * Views and the streams that carry them.
 *
 *   view     a named picture of the state; rendered once for all who watch it
 *   stream   one browser's connection with the views it asked for
 *
 * A picture waits for the disk like an answer. The alarms alone are also sent at once when one was raised or escalated:
 * such an early picture shows nothing calmer than what is on disk.
 *
 * A look goes round all views at most every APP_VIEW_MS; a view is shown again when it has changed and its time has
 * come:
 *
 *   turn, turn, turn ... look: [not its time][unchanged][changed: one picture for all who watch] ... turn, turn ...
 */
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "json.h"

/* Each view gets a new picture at most so often: the board is large, and phones are many. */
#define BOARD_MS 50
#define TICKET_MS 500

struct view {
	char name[APP_VIEW_NAME_MAX];
	uint64_t id;
	struct subject of;
	http_id *streams; /* that watch it */
	size_t n_streams, cap_streams;
	uint64_t seen; /* subject_changes of what it shows, when rendered last; 0: never */
	int64_t shown_ms;
	struct blob *last; /* delivered last, NULL: none yet */
	struct held *held; /* waits for the disk; NULL: none */
	uint64_t early;    /* alerts: the last event when it was shown early; shown anew when that is on disk. 0: not */
	UT_hash_handle hh, by_id;
};

struct stream {
	http_id id;
	uint32_t device;
	size_t n;
	struct view *views[APP_STREAM_VIEWS_MAX];
	UT_hash_handle hh;
};

bool app_view(struct app *a, const char *name, struct buf *out, bool *at_once)
{
	struct subject of = subject_of(a, name);

	/* Danger may be read before it is on disk, like it is shown. */
	*at_once = of.kind == VIEW_ALERTS && a->site->seq > journal_durable(a->journal);
	return subject_render(a, name, &of, *at_once, out);
}

/* One event of a stream: "event: NAME, id: EPOCH-SEQ, data: {...}". NULL where there is nothing to show. */
static struct blob *frame(struct app *a, const struct view *v, bool early)
{
	struct buf b = {0};
	struct blob *out = NULL;

	buf_printf(&b, "event: %s\nid: %llu-%llu\ndata: ", v->name, (unsigned long long)a->site->epoch,
		   (unsigned long long)a->site->seq);
	if (subject_render(a, v->name, &v->of, early, &b)) {
		buf_add_str(&b, "\n\n");
		out = blob_new(b.data, b.len);
	}
	buf_free(&b);
	return out;
}

/* The alarms as they may be shown now; what has calmed follows when it is on disk. */
static struct blob *frame_early(struct app *a, struct view *v)
{
	v->early = a->site->seq > journal_durable(a->journal) ? a->site->seq : 0;
	return frame(a, v, true);
}

/* ---- views in use ---- */

static struct view *view_take(struct app *a, const char *name, http_id stream)
{
	struct view *v;

	HASH_FIND_STR(a->views.by_name, name, v);
	if (!v) {
		v = xcalloc(1, sizeof(*v));
		strncpy(v->name, name, sizeof(v->name) - 1);
		v->id = ++a->views.last_id;
		v->of = subject_of(a, name);
		HASH_ADD_STR(a->views.by_name, name, v);
		HASH_ADD(by_id, a->views.by_id, id, sizeof(v->id), v);
	}
	if (v->n_streams == v->cap_streams) {
		v->cap_streams = v->cap_streams ? v->cap_streams * 2 : 4;
		v->streams = xrealloc(v->streams, v->cap_streams * sizeof(*v->streams));
	}
	v->streams[v->n_streams++] = stream;
	return v;
}

static void view_leave(struct view *v, http_id stream)
{
	size_t i = 0;

	while (i < v->n_streams && v->streams[i] != stream)
		i++;
	if (i < v->n_streams)
		v->streams[i] = v->streams[--v->n_streams];
}

/* Views that nobody watches any more are freed between turns, when nothing walks the table. */
static void views_sweep(struct app *a)
{
	struct view *v, *next;

	HASH_ITER(hh, a->views.by_name, v, next) {
		if (v->n_streams)
			continue;
		HASH_DEL(a->views.by_name, v);
		HASH_DELETE(by_id, a->views.by_id, v);
		hold_forget(a, v->held);
		blob_unref(v->last);
		free(v->streams);
		free(v);
	}
}

static void stream_forget(struct app *a, struct stream *s)
{
	HASH_DEL(a->views.streams, s);
	contact_stream(a, s->device, false);
	for (size_t i = 0; i < s->n; i++)
		view_leave(s->views[i], s->id);
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

/* From the last to the first: a stream that ends by this takes itself out of the list. */
static void send_to_watchers(struct app *a, struct view *v, struct blob *b)
{
	for (size_t i = v->n_streams; i > 0; i--)
		stream_send(a, v->streams[i - 1], b);
}

void views_deliver(struct app *a, uint64_t view, http_id id, struct blob *b)
{
	struct view *v;
	struct blob *newer = NULL;

	HASH_FIND(by_id, a->views.by_id, &view, sizeof(view), v);
	/* Alarms may have been shown early since this picture was made: it must not take them away again. */
	if (v && v->of.kind == VIEW_ALERTS)
		newer = frame_early(a, v);
	if (newer) {
		blob_unref(b);
		b = newer;
	}
	if (v) {
		blob_unref(v->last);
		v->last = blob_ref(b);
		if (id) {
			stream_send(a, id, b);
		} else {
			/* A newer one may be due. */
			if (v->held)
				a->views.looked_at = 0;
			v->held = NULL;
			send_to_watchers(a, v, b);
		}
	}
	blob_unref(b);
}

/* ---- pictures ---- */

static void show(struct app *a, struct view *v, int64_t now)
{
	struct blob *b = frame(a, v, false);

	v->seen = subject_changes(a, v->name, &v->of, v->id);
	v->shown_ms = now;
	if (b)
		v->held = hold_picture(a, v->id, 0, b);
}

static void show_alerts_early(struct app *a)
{
	struct view *v;
	struct blob *b;

	HASH_FIND_STR(a->views.by_name, "alerts", v);
	if (!v || a->site->seq <= journal_durable(a->journal))
		return;
	b = frame_early(a, v);
	if (b)
		send_to_watchers(a, v, b);
	blob_unref(b);
}

static int64_t least_between(const struct view *v)
{
	switch (v->of.kind) {
	case VIEW_TICKET:
		return TICKET_MS;
	case VIEW_BOARD:
		return BOARD_MS;
	default:
		return APP_VIEW_MS;
	}
}

/* Shows the view where it changed; how long until it may be looked at again, 0: when something happens. */
static int64_t look_at(struct app *a, struct view *v, int64_t now)
{
	int64_t left = v->shown_ms + least_between(v) - now;

	if (v->early && journal_durable(a->journal) >= v->early)
		v->early = v->seen = 0;
	/* One picture waits at most; the next is made when that one has left. */
	if (v->held)
		return 0;
	if (left > 0)
		return left;
	if (v->seen != subject_changes(a, v->name, &v->of, v->id))
		show(a, v, now);
	return 0;
}

/* In so many milliseconds at the latest. */
static void look_again(struct app *a, int64_t now, int64_t after)
{
	if (loop_timer_pending(a->views.again) && a->views.again_ms <= now + after)
		return;
	a->views.again_ms = now + after;
	loop_timer_set(a->views.again, after);
}

static void look(struct app *a, int64_t now)
{
	struct view *v, *next;
	int64_t soonest = 0;

	views_sweep(a);
	HASH_ITER(hh, a->views.by_name, v, next) {
		int64_t left = look_at(a, v, now);

		if (left && (!soonest || left < soonest))
			soonest = left;
	}
	if (soonest)
		look_again(a, now, soonest);
}

void views_turn(struct app *a, bool cried)
{
	int64_t now = loop_boottime_ms(), left = a->views.looked_ms + APP_VIEW_MS - now;
	uint64_t changes = subject_any_changes(a);

	if (cried)
		show_alerts_early(a);
	if (!a->views.by_name || changes == a->views.looked_at)
		return;
	if (left > 0) {
		look_again(a, now, left);
		return;
	}
	a->views.looked_ms = now;
	a->views.looked_at = changes;
	look(a, now);
}

static void welcome_view(struct app *a, http_id id, struct view *v)
{
	bool on_disk = a->site->seq <= journal_durable(a->journal);
	struct blob *b = NULL;

	if (!on_disk && v->of.kind == VIEW_ALERTS)
		b = frame_early(a, v);
	else if (!on_disk && v->last)
		b = blob_ref(v->last);
	if (b)
		stream_send(a, id, b);
	blob_unref(b);
	b = frame(a, v, false);
	if (!v->seen)
		v->seen = subject_changes(a, v->name, &v->of, v->id);
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
		s->views[s->n++] = view_take(a, names[i], id);
	HASH_ADD(hh, a->views.streams, id, sizeof(s->id), s);
	contact_stream(a, device, true);
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
	views_sweep(a);
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
	struct stream *s, *next;

	if (a->phase != APP_DEPOSED && a->views.streams) {
		time_format(app_now(a), at);
		buf_printf(&b, "event: beat\ndata: {\"at\":\"%s\"}\n\n", at);
		blob = blob_new(b.data, b.len);
		HASH_ITER(hh, a->views.streams, s, next) {
			stream_send(a, s->id, blob);
		}
		blob_unref(blob);
		buf_free(&b);
	}
	loop_timer_set(a->views.beat, APP_BEAT_MS);
}

static void views_again(void *arg)
{
	struct app *a = arg;

	a->views.looked_at = 0;
	views_turn(a, false);
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
	loop_timer_free(a->views.beat);
	loop_timer_free(a->views.again);
}
