/*
 * Taking a site: fence first, read after.
 *
 *   tail of the log -> against DIR/head: less than was acknowledged? refuse
 *                   -> the last fence, for its clock
 *                   -> XADD <epoch+1>-0: refused, since another was faster? look again
 *                   -> read from the beginning, or from DIR/mark, up to and including our fence -> owner
 *
 * A link lost before the fence is known to be written begins again, with another fence: one that was written after
 * all is an epoch without events. A link lost while reading goes on where it was: what lies before a fence is for good.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "head.h"
#include "internal.h"
#include "log.h"

static void random_owner(char *out)
{
	unsigned char bytes[OWNER_BYTES / 2];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		abort();
	for (size_t i = 0; i < sizeof(bytes); i++)
		sprintf(out + 2 * i, "%02x", bytes[i]);
}

static void read_boot_id(char *out, size_t size)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");

	if (!f || !fgets(out, (int)size, f))
		snprintf(out, size, "unknown");
	out[strcspn(out, "\n")] = '\0';
	if (f)
		fclose(f);
}

/* True where the reply is an error or unknown, and what follows from it has been done. */
static bool failed(struct journal *j, const redisReply *r)
{
	if (!r || j->ended)
		return true; /* the link is lost; its coming up goes on */
	if (r->type != REDIS_REPLY_ERROR)
		return false;
	if (link_error_of(r) == LINK_ERROR_PERMANENT)
		journal_end(j, JOURNAL_FAILED, "Redis refuses site %s: %s", j->o.site, r->str);
	else
		journal_retry_later(j);
	return true;
}

static void read_on(struct journal *j);

static void fenced(struct journal *j)
{
	log_line(LOG_LEVEL_INFO, "site_fenced", "site", "%s", j->o.site, "fence", "%s", log_id_format(j->fence.id).text,
		 "after", "%s", log_id_format(j->fence.after).text, NULL);
	j->replaying = true;
	read_on(j);
}

static void on_fence(void *arg, redisReply *r)
{
	struct journal *j = arg;

	if (r && !j->ended && link_error_of(r) == LINK_ERROR_STALE) {
		j->refused_epoch = j->fence.id.epoch;
		journal_retry_later(j);
		return;
	}
	if (failed(j, r))
		return;
	if (r->type == REDIS_REPLY_STRING)
		fenced(j);
	else
		journal_retry_later(j); /* the stream went away between two commands: look again */
}

/* last: the fence of the owner before, or NULL. */
static void set_fence(struct journal *j, struct log_id tail, const struct journal_fence *last)
{
	uint64_t above = tail.epoch > j->refused_epoch ? tail.epoch : j->refused_epoch;

	j->fence.id = (struct log_id){above + 1, 0};
	j->fence.after = tail;
	j->fence.boottime_ms = loop_boottime_ms();
	j->fence.wall_ms = j->o.now_ms(j->o.arg, last);
	random_owner(j->fence.owner);
	read_boot_id(j->fence.boot_id, sizeof(j->fence.boot_id));
	send_fence(j, tail.epoch == 0, on_fence);
}

/* What an operator can do about a log that is shorter than it was. */
#define SHORTER_HELP                                                                                                   \
	"restore Redis's data so that the log holds %s again; only to give up what is missing, remove %s/head and start again"

/* Time goes on from where the last owner's clock was, so its fence is looked at before ours is set. */
static void on_last_fence(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct journal_fence last;
	struct log_entry e;
	bool known;

	if (failed(j, r))
		return;
	known = (log_entry_at(r, 0, &e) && log_fence_read(&e, &last)) ||
		(fence_read(j->o.dir, &last) && last.epoch == j->tail.epoch); /* it was trimmed */
	/* Where none is known, reading the log will say what is wrong with it, if anything is. */
	set_fence(j, j->tail, known ? &last : NULL);
}

static void ask_last_fence(struct journal *j)
{
	struct log_id_text id = log_id_format((struct log_id){j->tail.epoch, 0});

	send_xrange(j, id.text, id.text, 1, on_last_fence);
}

static void on_tail(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct log_id_text head = log_id_format(j->head);
	struct log_entry e;

	if (failed(j, r))
		return;
	if (r->type == REDIS_REPLY_ARRAY && !r->elements) {
		if (j->head_found)
			journal_end(j, JOURNAL_STARTING,
				    "site %s has no log in Redis (%s), but %s was acknowledged: " SHORTER_HELP,
				    j->o.site, j->key, head.text, head.text, j->o.dir);
		else
			set_fence(j, (struct log_id){0, 0}, NULL);
		return;
	}
	if (!log_entry_at(r, 0, &e)) {
		journal_end(j, JOURNAL_STARTING, "%s in Redis is not a log of this program", j->key);
		return;
	}
	if (j->head_found && log_id_compare(e.id, j->head) < 0) {
		journal_end(j, JOURNAL_STARTING,
			    "the log of site %s ends at %s, but %s was acknowledged: " SHORTER_HELP, j->o.site,
			    log_id_format(e.id).text, head.text, head.text, j->o.dir);
		return;
	}
	j->tail = e.id;
	ask_last_fence(j);
}

/* The log has been read up to our fence. */
static void taken(struct journal *j, const struct log_entry *own)
{
	struct log_id_text head = log_id_format(j->head);

	if (strcmp(log_entry_field(own, "owner"), j->fence.owner)) {
		journal_end(j, JOURNAL_STARTING,
			    "fence %s of site %s was replaced by another while the log was read; start again",
			    log_id_format(j->fence.id).text, j->o.site);
		return;
	}
	if (j->head_found && !j->head_seen) {
		journal_end(j, JOURNAL_STARTING,
			    "the log of site %s does not hold %s, which was acknowledged: " SHORTER_HELP, j->o.site,
			    head.text, head.text, j->o.dir);
		return;
	}
	j->replaying = false;
	journal_owned(j);
}

/* Tells of one page; true where our fence was in it, or all is over. */
static bool read_page(struct journal *j, const redisReply *r)
{
	char error[JOURNAL_WHY_MAX_BYTES / 2];

	for (size_t i = 0; i < r->elements; i++) {
		struct log_id before = j->walk.last;
		struct log_entry e;

		if (!log_entry_at(r, i, &e)) {
			journal_end(j, JOURNAL_STARTING,
				    "the log of site %s has an entry after %s that is not of this program", j->o.site,
				    log_id_format(before).text);
			return true;
		}
		if (!log_walk_entry(&j->walk, &e, error, sizeof(error))) {
			journal_end(j, JOURNAL_STARTING, "site %s cannot be replayed: %s", j->o.site, error);
			return true;
		}
		j->head_seen |= j->head_found && !log_id_compare(e.id, j->head);
		if (!log_id_compare(e.id, j->fence.id)) {
			j->fence.before = before;
			taken(j, &e);
			return true;
		}
	}
	return false;
}

static void ask_after(struct journal *j, struct log_id after);

/* Redis reads the next page while we tell of this one: so that is asked for now, and this one told of a turn later. */
static void on_page(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct log_entry last;

	j->asked = false;
	if (j->page)
		take_step(j);
	if (failed(j, r))
		return;
	if (r->type != REDIS_REPLY_ARRAY || !r->elements) {
		journal_end(j, JOURNAL_STARTING,
			    "the log of site %s ends at %s, before our fence %s: somebody cut it; start again",
			    j->o.site, log_id_format(j->walk.last).text, log_id_format(j->fence.id).text);
		return;
	}
	j->page_entries = sync_page_entries(r, JOURNAL_PAGE_BYTES);
	if (log_entry_at(r, r->elements - 1, &last) && log_id_compare(last.id, j->fence.id) < 0)
		ask_after(j, last.id);
	j->page = sync_take_array(r);
	loop_timer_set(j->step, 0);
}

static void ask(struct journal *j, const char *from)
{
	struct log_id_text to = log_id_format(j->fence.id);

	j->asked = true;
	send_xrange(j, from, to.text, j->page_entries, on_page);
}

static void ask_after(struct journal *j, struct log_id after)
{
	char exclusive[LOG_ID_MAX_BYTES + 2];

	snprintf(exclusive, sizeof(exclusive), "(%s", log_id_format(after).text);
	ask(j, exclusive);
}

/* Where the mark stands in the log as it was made, reading begins there. */
static void on_mark(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct log_entry e;

	j->asked = false;
	if (failed(j, r))
		return;
	if (log_entry_at(r, 0, &e) && e.id.epoch == j->mark.epoch && log_entry_first(&e) == j->mark.number &&
	    log_walk_begins(&j->walk, &e))
		ask(j, log_id_format(j->mark).text);
	else
		ask(j, "-");
}

/* DIR/head vouches for what follows the mark: a log that lost it is not to be taken for a whole one. */
static void on_beginning(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct log_entry e;

	j->asked = false;
	if (failed(j, r))
		return;
	if (log_entry_at(r, 0, &e))
		j->first = (struct log_id){e.id.epoch, log_entry_first(&e)};
	if (j->head_found && mark_read(j->o.dir, &j->mark) && log_id_compare(j->mark, j->head) <= 0) {
		j->asked = true;
		send_xrange(j, log_id_format(j->mark).text, "+", 1, on_mark);
	} else {
		ask(j, "-");
	}
}

static void read_on(struct journal *j)
{
	if (j->page) {
		take_step(j);
	} else if (!j->asked && j->walk.last.epoch) {
		ask_after(j, j->walk.last);
	} else if (!j->asked) {
		j->asked = true;
		send_xrange(j, "-", "+", 1, on_beginning);
	}
}

void take_step(void *arg)
{
	struct journal *j = arg;
	redisReply *page = j->page;
	bool over;

	j->page = NULL;
	over = !page || j->ended || read_page(j, page);
	freeReplyObject(page);
	if (!over && link_is_up(j->link))
		read_on(j);
}

void take_go_on(struct journal *j)
{
	if (j->replaying)
		read_on(j);
	else
		send_xrevrange(j, 1, on_tail);
}
