#ifndef VAXLINE_APP_PARTS_H
#define VAXLINE_APP_PARTS_H

/*
 * What the files of the app share: app.c (start, commands), hold.c (answers waiting for the disk), views.c (pictures
 * and streams), clock.c (event time).
 */
#include <sys/queue.h>

#include <uthash.h>

#include "app.h"
#include "staff_source.h"

/* ---- clock.c ---- */
struct clock {
	bool manual;
	ms_t anchor; /* event time at the boot time below, or the manual time */
	int64_t anchor_boot_ms;
};
ms_t clock_now(const struct clock *c);
/* What the log says about time. */
struct clock_past {
	struct journal_fence fence; /* our own: the event clock when it was set */
	bool same_boot;             /* the owner before us wrote in this boot of the machine */
	ms_t last_event;            /* 0: none */
};
/* The event clock for our fence: carried on from the last one in the same boot, else the wall clock. */
ms_t clock_for_fence(const struct journal_fence *last, const char *boot_id, int64_t boot_ms, ms_t wall,
		     bool *same_boot);
/*
 * Anchors the clock at the start, never before the last event; manual is 0 or the manual time. True where the time is
 * in doubt: then it stands at the last event.
 */
bool clock_start(struct clock *c, ms_t manual, const struct clock_past *past, int64_t boot_ms, ms_t wall,
		 bool people_inside, int doubt_minutes);
/* A supervisor has confirmed the wall clock: event time goes on by it, where it is ahead. */
void clock_confirm(struct clock *c, int64_t boot_ms, ms_t wall);
void clock_boot_id(char out[40]);
void clock_date(ms_t at, char out[11]);
/* The first time after that one at which the local clock shows one of these minutes of a day; 0: there are none. */
ms_t clock_next(const int *minutes, size_t n, ms_t after);

/* ---- hold.c ---- */
struct held;
TAILQ_HEAD(held_list, held);
struct hold {
	struct held_list list;
	struct held_list spare; /* answered and gone: their memory is for the next */
	size_t n_spare;
	struct loop_timer *tick;
};
void hold_init(struct app *a);
void hold_free(struct app *a);
/* Sends what rests on events that are on disk. */
void hold_release(struct app *a);
/* Answers everything that waits with 503, and forgets held pictures: the state they rest on is no more. */
void hold_drop(struct app *a);
/* Exports the day just closed when that is on disk, before the answers that follow. */
void hold_export(struct app *a);
/*
 * Sends a picture when all it rests on is on disk: to all who watch (id 0) or to one stream. Takes the blob. NULL where
 * it left at once, else the waiting one, until views_deliver is called with it.
 */
struct held *hold_picture(struct app *a, uint64_t view, http_id id, struct blob *b);
/* Takes back a picture that still waits. Accepts NULL. */
void hold_forget(struct app *a, struct held *h);

/* ---- subject.c ---- */
enum view_kind {
	VIEW_NONE,
	VIEW_BOARD,
	VIEW_ALERTS,
	VIEW_DISPLAY,
	VIEW_OBSERVATION,
	VIEW_DESK,
	VIEW_SESSION,
	VIEW_TICKET
};
/* What a view's name means. */
struct subject {
	enum view_kind kind;
	enum stage stage; /* VIEW_DISPLAY; none: all of them */
	uint32_t device;  /* VIEW_SESSION */
	uint64_t ticket;  /* VIEW_TICKET */
};
struct subject subject_of(const struct app *a, const char *name);
/*
 * Stands for what the view shows: equal numbers, equal picture but for the time. Never 0. id: tells views apart, so
 * that what passes with time is not shown anew by all of them at once.
 */
uint64_t subject_changes(const struct app *a, const char *name, const struct subject *of, uint64_t id);
/* Equal numbers, and no view can have changed. Never 0. */
uint64_t subject_any_changes(const struct app *a);
/* Makes the picture; false where there is none. early: with nothing calmer than what is on disk. */
bool subject_render(struct app *a, const char *name, const struct subject *of, bool early, struct buf *out);

/* ---- views.c ---- */
struct view;
struct stream;
struct views {
	struct view *by_name, *by_id;
	struct stream *streams;
	uint64_t last_id;
	int64_t looked_ms;  /* when all were looked at last */
	int64_t again_ms;   /* when `again` fires */
	uint64_t looked_at; /* stands for the state they were looked at in; 0: look again */
	struct loop_timer *beat, *again;
};
void views_init(struct app *a);
void views_free(struct app *a);
/* Renders what changed. `cried`: an alarm was raised or escalated in this turn. */
void views_turn(struct app *a, bool cried);
/* A held picture may leave now. Takes the blob. */
void views_deliver(struct app *a, uint64_t view, http_id id, struct blob *b);
/* Ends all streams and their views, with the pictures that wait. Not from within a look or a sending. */
void views_cut_all(struct app *a);
void stream_closed(struct app *a, http_id id);

/* ---- app_log.c ---- */
struct log_reader;
void log_send(struct app *a, http_id id, const struct journal_range *range, uint64_t limit);
void readers_free(struct app *a);

/* ---- counts.c ---- */
void counts_init(struct app *a);
void counts_free(struct app *a);
/* http_options.answered and journal_options.committed. */
void counts_answered(void *arg, const struct http_route *route, int status, int64_t took_us);
void counts_committed(void *arg, double ms, size_t bytes, size_t events);
/* One log line for each route that failed since the last call: an outage is told, and does not flood the log. */
void counts_say_failed(struct app *a);

/* ---- say.c ---- */
/* The log line of an event, where its type has one. */
void say_event(const struct event *e);

/* ---- notify.c ---- */
struct notify;
/* The service manager that the environment names; NULL: none. The functions accept that. */
struct notify *notify_new(struct app *a);
void notify_free(struct notify *n);
void notify_ready(struct notify *n);
void notify_stopping(struct notify *n);

/* ---- export.c ---- */
/* Once the day is whole in the log, and the one before it in its file: the next start needs nothing older. */
void mark_day(struct app *a);
/* Writes the closed days that have no file yet; all of them must be on disk in the log. */
void export_closed_day(struct app *a);
struct export_run;
/* Ends what is being written; it is begun anew with the next start. */
void export_stop(struct app *a);

/* ---- trim.c ---- */
struct trim_run;
/* Takes what is old away from the log, where that is due and nobody is inside. */
void trim_look(struct app *a);
/* Ends it, wherever it is. */
void trim_stop(struct app *a);

/* ---- roster_load.c ---- */
struct roster_load;
/* Ends a load that has not ended; nothing is answered. */
void app_roster_free(struct app *a);

/* ---- app_tls.c ---- */
/* Loads what --tls-cert and --tls-key name, where they do; false with a sentence: nothing has changed. */
bool app_tls_load(struct app *a, char *error, size_t size);
/* The same while the server runs: told in the log. */
void app_tls_reload(struct app *a);
void app_tls_free(struct app *a);

/* ---- app_guess.c ---- */
void guess_init(struct app *a);
void guess_free(struct app *a);

/* ---- app_pin.c ---- */
struct pin_job;
/* Waits for the one that is under way; none is answered any more. */
void pins_free(struct app *a);

/* ---- app_staff.c ---- */
/* Holds the sources of the list against each other, and reads the pepper of the PINs. */
bool staff_open(struct app *a, char *error, size_t size);
void staff_close(struct app *a);
/* Has the site know the staff as the sources have it. False where nothing can be promised. */
bool staff_tell(struct app *a);
/* Reads the configuration and the list again, now or as soon as it can. What is wrong is logged, and all stays. */
void staff_reload(struct app *a);

/* ---- app_contact.c ---- */
struct contact;
/* A stream of the device has opened, or closed: while one is open, the device is heard. Device 0 is none. */
void contact_stream(struct app *a, uint32_t device, bool opened);
/* When the next device falls silent, or MS_NEVER. */
ms_t contacts_deadline(struct app *a);
/* Raises what is silent by now. */
void contacts_watch(struct app *a);
void contacts_free(struct app *a);

struct app {
	struct loop *loop;
	struct app_options o;
	struct http *http;
	struct journal *journal;
	struct trust *trust;
	struct site *site;
	struct event_decoder *decoder;
	struct staff_source staff; /* its rules are NULL once the site has them */
	struct pepper *pepper;
	bool reload; /* asked for while it could not be */
	struct clock clock;
	struct clock_past past;
	char boot_id[40];
	ms_t date_minute;
	char date[11];
	enum app_phase phase;
	int port, exit_status;
	int plain_port;      /* 0: no such door */
	struct app_tls *tls; /* NULL: no certificate */
	uint64_t stamp;      /* what answers rest on: the last event but those about the storage itself */
	bool cried;          /* an alarm was raised or escalated in this turn */
	bool disk_low;
	struct hold hold;
	struct forecast *forecast;
	struct views views;
	struct contact *contacts;
	struct log_reader *readers;
	struct notify *notify;                     /* NULL: no service manager */
	struct roster_load *roster;                /* NULL: none under way */
	struct limit *limits[APP_LIMITED_SIGN_ON]; /* of wrong guesses by address */
	struct pin_job *pins;                      /* under way */
	char setup_code[ENROL_CODE_LEN + 1];
	struct loop_timer *deadline, *second, *stopping;
	int64_t stop_by_ms;
	struct export_run *exporting;      /* beside the work; NULL: none */
	int64_t export_again_ms;           /* boot time to try an export again; 0: none failed */
	uint64_t ready_seq;                /* of the last day_ready of this epoch; 0: none */
	uint64_t marked_epoch, marked_seq; /* the opening of the day that the next start reads from */
	int64_t trim_due_ms;               /* boot time from which on the log may be trimmed; 0: nothing to do */
	struct trim_run *trim;             /* NULL: none runs */
	struct events events;
	struct buf line, scratch;
	struct app_counts counts;
	unsigned long long replayed; /* events of the log read at the start, and when the first was */
	int64_t replay_began_ms;
};

/* ---- app_journal.c ---- */
struct journal_options app_journal_options(struct app *a);

/* ---- app.c ---- */
#define MIB (1024LL * 1024)
#define SECOND_MS 1000
/* Does what fell due until now. */
void app_advance(struct app *a);
/* Looks at the free disk; once a second. */
void app_watch_disk(struct app *a);
/* Runs a command of the site itself (a condition of the shell); the clock's time. */
void app_condition(struct app *a, enum alert_kind kind, bool raised, const char *text);

#endif
