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

/* What changes though nothing happens - rates, waits, expected minutes - is shown anew so often. */
#define PASSING_MS 10000
/* Each view gets a new picture at most so often: the board is large, and phones are many. */
#define BOARD_MS 50
#define TICKET_MS 500

enum view_kind { VIEW_NONE, VIEW_BOARD, VIEW_ALERTS, VIEW_DISPLAY, VIEW_OBSERVATION, VIEW_DESK, VIEW_TICKET };

/* What a name means. */
struct subject {
	enum view_kind kind;
	enum stage stage; /* VIEW_DISPLAY; none: all of them */
	uint64_t ticket;  /* VIEW_TICKET */
};

struct view {
	char name[APP_VIEW_NAME_MAX];
	uint64_t id;
	struct subject of;
	http_id *streams; /* that watch it */
	size_t n_streams, cap_streams;
	uint64_t seen; /* view_changes of what it shows, when rendered last; 0: never */
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

static const struct reader staff = {.person = true};

/* ---- what a view shows ---- */

static struct subject subject_of_display(const char *which)
{
	struct subject of = {.kind = VIEW_DISPLAY};
	int stage;

	if (strcmp(which, "all") == 0)
		return of;
	stage = stage_from(which);
	if (stage < STAGE_REGISTRATION || stage > STAGE_INJECTION)
		return (struct subject){.kind = VIEW_NONE};
	of.stage = (enum stage)stage;
	return of;
}

static struct subject subject_of(const struct app *a, const char *name)
{
	struct subject of = {.kind = VIEW_NONE};

	if (strcmp(name, "board") == 0)
		of.kind = VIEW_BOARD;
	else if (strcmp(name, "alerts") == 0)
		of.kind = VIEW_ALERTS;
	else if (strcmp(name, "observation") == 0)
		of.kind = VIEW_OBSERVATION;
	else if (strncmp(name, "display:", 8) == 0)
		return subject_of_display(name + 8);
	else if (strncmp(name, "desk:", 5) == 0)
		of.kind = VIEW_DESK;
	else if (strncmp(name, "ticket:", 7) == 0 &&
		 ticket_parse(a->trust, name + 7, strlen(name + 7), &of.ticket) == TICKET_OK)
		of.kind = VIEW_TICKET;
	return of;
}

static uint64_t mix(uint64_t so_far, uint64_t count)
{
	uint64_t h = (so_far ^ count) * UINT64_C(0x9e3779b97f4a7c15);

	return h ^ h >> 32;
}

/* People of a stage: who waits, who is called and served where, and whether the site stands still. */
static uint64_t stage_changes(const struct site *s, enum stage stage)
{
	uint64_t h = mix(1, s->queues[stage].version);

	h = mix(h, s->queues[stage].room);
	for (size_t i = 0; i < s->n_desks; i++) {
		if (s->desks[i].stage == stage)
			h = mix(h, s->desks[i].version);
	}
	return mix(h, s->today ? s->today->n_calls : 0);
}

static uint64_t display_changes(const struct site *s, enum stage stage)
{
	if (stage != STAGE_NONE)
		return stage_changes(s, stage);
	return mix(mix(stage_changes(s, STAGE_REGISTRATION), stage_changes(s, STAGE_CONSENT)),
		   stage_changes(s, STAGE_INJECTION));
}

static uint64_t desk_changes(const struct site *s, const struct desk *d)
{
	uint64_t h = mix(mix(d->version, s->queues[d->stage].version), s->queues[d->stage].room);

	/* Seats taken and freed stop injections and let them go on. */
	if (d->stage == STAGE_INJECTION)
		h = mix(mix(mix(h, s->observation_version), s->seats.coming), s->seats.unwell);
	return mix(h, s->alerts_version);
}

static uint64_t ticket_changes(const struct site *s, const struct visit *v)
{
	uint64_t h = mix(v->version, v->f.stage);

	return v->f.state == VISIT_QUEUED ? mix(h, s->queues[v->f.stage].version) : h;
}

/* Stands for what the view shows: equal numbers, equal picture but for the time. Never 0. */
static uint64_t view_changes(const struct app *a, const struct view *of)
{
	struct site *s = a->site;
	const struct visit *v = of->of.kind == VIEW_TICKET ? site_visit_by_ticket(s, of->of.ticket) : NULL;
	const struct desk *d = of->of.kind == VIEW_DESK ? site_desk(s, of->name + 5) : NULL;
	/* Phones do not all look at the same moment. */
	uint64_t passed = (uint64_t)((app_now(a) + (ms_t)(of->id * 97 % PASSING_MS)) / PASSING_MS);
	uint64_t h = s->today && s->today->facts.hold.on;

	if (v)
		h = mix(mix(h, ticket_changes(s, v)), v->f.state == VISIT_QUEUED ? passed : 0);
	else if (d)
		h = mix(h, desk_changes(s, d));
	else if (of->of.kind == VIEW_ALERTS)
		h = mix(h, s->alerts_version);
	else if (of->of.kind == VIEW_OBSERVATION)
		h = mix(mix(mix(s->observation_version, s->seats.coming), s->seats.injecting), s->seats.unwell);
	else if (of->of.kind == VIEW_DISPLAY)
		h = mix(mix(h, display_changes(s, of->of.stage)), passed);
	else
		h = mix(s->version, passed);
	return h ? h : 1;
}

static ms_t last_contact(void *arg, uint32_t device)
{
	return app_last_contact(arg, device);
}

static bool render(struct app *a, const char *name, const struct subject *of, bool early, struct buf *out)
{
	struct picture p = {.now = app_now(a),
			    .reader = &staff,
			    .on_disk_epoch = UINT64_MAX,
			    .on_disk_seq = UINT64_MAX,
			    .forecast = a->forecast,
			    .last_contact = last_contact,
			    .contact_arg = a};
	const struct visit *v = of->kind == VIEW_TICKET ? site_visit_by_ticket(a->site, of->ticket) : NULL;
	const struct desk *d = of->kind == VIEW_DESK ? site_desk(a->site, name + 5) : NULL;

	if (early) {
		p.on_disk_epoch = a->site->epoch;
		p.on_disk_seq = journal_durable(a->journal);
	}
	if (!a->site->rules)
		return false;
	if (of->kind == VIEW_BOARD)
		view_board(a->site, &p, out);
	else if (of->kind == VIEW_ALERTS)
		view_alerts(a->site, &p, out);
	else if (of->kind == VIEW_DISPLAY)
		view_display(a->site, of->stage, &p, out);
	else if (of->kind == VIEW_OBSERVATION)
		view_observation(a->site, &p, out);
	else if (d)
		view_desk(a->site, d, &p, out);
	else if (v)
		view_ticket(a->site, v, &p, out);
	else
		return false;
	return true;
}

bool app_view(struct app *a, const char *name, struct buf *out, bool *at_once)
{
	struct subject of = subject_of(a, name);

	/* Danger may be read before it is on disk, like it is shown. */
	*at_once = of.kind == VIEW_ALERTS && a->site->seq > journal_durable(a->journal);
	return render(a, name, &of, *at_once, out);
}

/* One event of a stream: "event: NAME, id: EPOCH-SEQ, data: {...}". NULL where there is nothing to show. */
static struct blob *frame(struct app *a, const struct view *v, bool early)
{
	struct buf b = {0};
	struct blob *out = NULL;

	buf_printf(&b, "event: %s\nid: %llu-%llu\ndata: ", v->name, (unsigned long long)a->site->epoch,
		   (unsigned long long)a->site->seq);
	if (render(a, v->name, &v->of, early, &b)) {
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

	v->seen = view_changes(a, v);
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
	if (v->seen != view_changes(a, v))
		show(a, v, now);
	return 0;
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
		loop_timer_set(a->views.again, soonest);
}

/* Equal numbers: no view can have changed. */
static uint64_t all_changes(const struct app *a)
{
	const struct site *s = a->site;
	uint64_t h = mix(mix(s->version, s->alerts_version), s->observation_version);

	h = mix(h, (uint64_t)(app_now(a) / MS_SECOND));
	return mix(h, journal_durable(a->journal)) | 1;
}

void views_turn(struct app *a, bool cried)
{
	int64_t now = loop_boottime_ms(), left = a->views.looked_ms + APP_VIEW_MS - now;
	uint64_t changes = all_changes(a);

	if (cried)
		show_alerts_early(a);
	if (!a->views.by_name || changes == a->views.looked_at)
		return;
	if (left > 0) {
		if (!loop_timer_pending(a->views.again))
			loop_timer_set(a->views.again, left);
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
		v->seen = view_changes(a, v);
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
	views_sweep(a);
	loop_timer_free(a->views.beat);
	loop_timer_free(a->views.again);
}
