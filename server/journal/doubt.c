/*
 * After any doubt the log itself says what is true: the fence of our epoch, and the last two entries.
 *
 *   fence foreign, or an epoch above ours           deposed
 *   last = flying, after the last acknowledged      it was accepted
 *   last = the last acknowledged                    whole; what flies is sent again, the same bytes under the same id
 *   last < acknowledged, and the ring reaches it    refilled from the ring, then looked at again
 *   anything else                                   lost: never append over a gap
 *
 * An entry counts as ours only with the same bytes. Commands that an old link still holds in Redis's socket can come
 * in between at any point; then an id is refused as stale, and the next look finds out which.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"
#include "log.h"

#define STALE_MAX 2 /* once may be an old link's command, or a change of masters */

void doubt_enter(struct journal *j, const char *why)
{
	if (j->ended)
		return;
	if (!j->doubt_said)
		log_line(LOG_LEVEL_WARN, "journal_doubt", "site", "%s", j->o.site, "why", "%s", why, NULL);
	j->doubt_said = true;
	j->state = JOURNAL_DOUBT;
	if (!j->doubt_ms)
		j->doubt_ms = loop_boottime_ms();
	doubt_check(j);
}

void doubt_error(struct journal *j, const redisReply *r)
{
	if (link_error_of(r) == LINK_ERROR_PERMANENT) {
		journal_end(j, JOURNAL_FAILED, "Redis refuses site %s for good: %s", j->o.site, r->str);
		return;
	}
	j->stale += link_error_of(r) == LINK_ERROR_STALE;
	if (j->retry_ms < JOURNAL_RETRY_FIRST_MS)
		j->retry_ms = JOURNAL_RETRY_FIRST_MS;
	doubt_enter(j, r->str);
}

static void lost(struct journal *j, struct log_id tail, const char *what)
{
	struct log_id_text acked = log_id_format(j->acked);
	struct salvage_note note = salvage_after(j, tail);

	journal_end(
		j, JOURNAL_LOST,
		"storage_lost: site %s: %s, but %s was acknowledged. Nothing more is written.%s Stop the server, restore "
		"Redis's data so that the log holds %s again, and start; only to give up what is missing, remove "
		"%s/head",
		j->o.site, what, acked.text, note.text, acked.text, j->o.dir);
}

static void deposed(struct journal *j, struct log_id by)
{
	struct salvage_note note;

	j->state = JOURNAL_DEPOSED;
	note = salvage_missing(j);
	journal_end(j, JOURNAL_DEPOSED,
		    "site %s was taken over by another server (its log goes on with %s); this one has epoch %s.%s",
		    j->o.site, log_id_format(by).text, log_id_format(j->fence.id).text, note.text);
}

static bool same_bytes(const struct commit *c, const struct log_entry *e)
{
	if (!c->last)
		return !e->body; /* whose fence it is has been asked already */
	return e->body && c->len == e->len && !memcmp(c->text, e->body, c->len);
}

static void on_refilled(void *arg, redisReply *r)
{
	struct journal *j = arg;

	if (!r || j->ended || !j->refill)
		return;
	if (r->type == REDIS_REPLY_ERROR) {
		j->refill = NULL;
		doubt_error(j, r);
		return;
	}
	j->stale = 0;
	j->refill = r->type == REDIS_REPLY_STRING ? j->refill->next : NULL;
	if (j->refill)
		send_commit(j, j->refill, on_refilled);
	else
		doubt_check(j); /* all sent, or the stream is gone */
}

static void refill(struct journal *j, struct commit *from, struct log_id tail)
{
	log_line(LOG_LEVEL_WARN, "journal_refill", "site", "%s", j->o.site, "tail", "%s", log_id_format(tail).text,
		 "acknowledged", "%s", log_id_format(j->acked).text, NULL);
	j->refill = from;
	send_commit(j, from, on_refilled);
}

void doubt_over(struct journal *j)
{
	j->stale = 0;
	j->retry_ms = 0;
	if (j->doubt_said)
		log_line(LOG_LEVEL_INFO, "journal_resolved", "site", "%s", j->o.site, "tail", "%s",
			 log_id_format(j->acked).text, NULL);
	j->doubt_said = false;
}

/* Everything acknowledged is there. */
static void resolved(struct journal *j)
{
	j->state = JOURNAL_OWNER;
	j->doubt_ms = 0;
	j->answered_ms = loop_boottime_ms();
	if (!j->commits.flying)
		doubt_over(j);
	j->o.durable(j->o.arg, j->acked.number);
	if (!j->commits.flying) {
		send_next(j);
	} else if (!j->outstanding && j->retry_ms) {
		journal_retry_later(j);
	} else if (!j->outstanding) {
		send_flying(j);
	}
	journal_look_back(j);
}

/* The tail is the flying commit: it was accepted, where it follows what it must. */
static void flown(struct journal *j, const struct log_entry *tail, const struct log_entry *before)
{
	if (!before->fields || log_id_compare(before->id, j->acked) || !same_bytes(j->commits.flying, tail)) {
		lost(j, before->id, "the last entry of the log does not follow the one acknowledged before it");
		return;
	}
	if (link_replicas(j->link) > 0) {
		j->state = JOURNAL_OWNER;
		j->doubt_ms = 0;
		if (!j->outstanding)
			send_wait(j);
		return;
	}
	journal_acknowledged(j);
	resolved(j);
}

/* The tail lies before what was acknowledged. */
static void shorter(struct journal *j, const struct log_entry *tail)
{
	struct log_id_text at = log_id_format(tail->id);
	struct commit *kept, *next = NULL;
	char what[160];

	if (tail->id.epoch == j->fence.id.epoch) {
		kept = commits_find(&j->commits, tail->id.number);
		next = kept && same_bytes(kept, tail) ? kept->next : NULL;
	} else if (!log_id_compare(tail->id, j->fence.before) && !j->commits.ring.first->last) {
		next = j->commits.ring.first;
	}
	/* Refused as stale again and again: the stream's last id is above its last entry. */
	if (next && j->stale >= STALE_MAX) {
		snprintf(what, sizeof(what), "the log ends at %s and takes no entry between that and what was removed",
			 at.text);
		lost(j, tail->id, what);
		return;
	}
	if (next) {
		refill(j, next, tail->id);
		return;
	}
	snprintf(what, sizeof(what), "the log ends at %s, further back than what is kept in memory", at.text);
	lost(j, tail->id, what);
}

/* The tail is what was acknowledged last. */
static void whole(struct journal *j, const struct log_entry *tail)
{
	const struct commit *kept = commits_find(&j->commits, j->acked.number);
	char what[160];

	if (kept && !same_bytes(kept, tail)) {
		lost(j, j->fence.id, "the log was rewritten");
		return;
	}
	if (j->stale >= STALE_MAX) {
		snprintf(what, sizeof(what), "the log takes no entry after %s, since a later one was removed",
			 log_id_format(tail->id).text);
		lost(j, tail->id, what);
		return;
	}
	resolved(j);
}

static void judge(struct journal *j, const redisReply *r)
{
	struct log_id none = {0, 0};
	struct log_entry tail, before = {0};
	char what[160];

	if (r->type != REDIS_REPLY_ARRAY || !r->elements) {
		lost(j, none, "the log is not in Redis any more");
		return;
	}
	if (!log_entry_at(r, 0, &tail)) {
		lost(j, none, "the log holds an entry that is not of this program");
		return;
	}
	if (r->elements > 1)
		log_entry_at(r, 1, &before);
	if (tail.id.epoch > j->fence.id.epoch || j->fence_seen == FENCE_FOREIGN) {
		deposed(j, tail.id);
	} else if (tail.id.epoch == j->fence.id.epoch && j->fence_seen == FENCE_MISSING) {
		lost(j, none, "the log does not hold the fence of this server any more");
	} else if (!log_id_compare(tail.id, j->acked)) {
		whole(j, &tail);
	} else if (log_id_compare(tail.id, j->acked) < 0) {
		shorter(j, &tail);
	} else if (j->commits.flying && tail.id.number == j->commits.flying->last) {
		flown(j, &tail, &before);
	} else {
		snprintf(what, sizeof(what), "the log ends at %s, which this server did not write",
			 log_id_format(tail.id).text);
		lost(j, j->acked, what);
	}
}

/* True where the look failed, and what follows has been done. */
static bool look_failed(struct journal *j, const redisReply *r)
{
	if (r && !j->ended && r->type != REDIS_REPLY_ERROR)
		return false;
	j->checking = false;
	if (r && !j->ended && link_error_of(r) == LINK_ERROR_PERMANENT)
		journal_end(j, JOURNAL_FAILED, "Redis refuses site %s for good: %s", j->o.site, r->str);
	else if (r && !j->ended)
		journal_retry_later(j);
	return true;
}

static void on_own_fence(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct log_entry e;

	if (!j->checking || look_failed(j, r))
		return;
	/* Where we trimmed it ourselves, the bytes of the last entries are left to say whose log it is. */
	j->fence_seen = log_id_compare(j->fence.id, j->gone) < 0 ? FENCE_OURS : FENCE_MISSING;
	if (r->type == REDIS_REPLY_ARRAY && r->elements)
		j->fence_seen = log_entry_at(r, 0, &e) && !strcmp(log_entry_field(&e, "owner"), j->fence.owner) ?
					FENCE_OURS :
					FENCE_FOREIGN;
}

static void on_last_two(void *arg, redisReply *r)
{
	struct journal *j = arg;

	if (!j->checking || look_failed(j, r))
		return;
	j->checking = false;
	judge(j, r);
}

void doubt_check(struct journal *j)
{
	struct log_id_text id = log_id_format(j->fence.id);

	if (j->checking || j->ended || !link_is_up(j->link))
		return;
	j->checking = true;
	j->refill = NULL;
	send_watch(j, true);
	send_xrange(j, id.text, id.text, 1, on_own_fence);
	send_xrevrange(j, 2, on_last_two);
}

static void on_probe(void *arg, redisReply *r)
{
	struct journal *j = arg;
	struct log_entry e;

	j->probing = false;
	if (!r || j->ended || j->state != JOURNAL_OWNER)
		return;
	if (r->type == REDIS_REPLY_ERROR)
		doubt_error(j, r);
	else if (r->type != REDIS_REPLY_ARRAY || r->elements != 1 || !log_entry_at(r, 0, &e) ||
		 log_id_compare(e.id, j->acked))
		doubt_enter(j, "the log does not end where it did");
	else
		j->answered_ms = loop_boottime_ms();
}

void doubt_probe(struct journal *j)
{
	struct log_id_text id = log_id_format(j->acked);

	j->probing = true;
	send_xrange(j, id.text, "+", 2, on_probe);
}
