/* What was promised and is in no log any more goes to a file, for people to act on. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "internal.h"

#define COMPARE_TIMEOUT_MS 2000

static const struct commit *first_after(const struct journal *j, struct log_id tail)
{
	const struct commit *c = j->commits.ring.first;

	while (c && (!c->last || log_id_compare((struct log_id){j->fence.id.epoch, c->last}, tail) <= 0))
		c = c->next;
	return c;
}

struct salvage_note salvage_after(const struct journal *j, struct log_id tail)
{
	const struct commit *c = first_after(j, tail);
	struct salvage_note note = {""};
	char path[PATH_MAX];
	bool ok;
	int fd;

	if (!c)
		return note;
	snprintf(path, sizeof(path), "%s/salvage-%" PRIu64 ".ndjson", j->o.dir, j->fence.id.epoch);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ok = fd >= 0;
	for (; ok && c; c = c->next)
		ok = file_write(fd, c->text, c->len);
	ok = ok && !fsync(fd);
	if (ok)
		snprintf(note.text, sizeof(note.text),
			 " What was acknowledged and is missing from the log is in salvage-%" PRIu64
			 ".ndjson of the data directory.",
			 j->fence.id.epoch);
	else
		snprintf(note.text, sizeof(note.text), " Salvage could not be written to the data directory: %s.",
			 strerror(errno));
	if (fd >= 0)
		close(fd);
	return note;
}

struct salvage_note salvage_missing(const struct journal *j)
{
	struct log_id tail = {0, 0};
	char error[256], to[LOG_ID_MAX_BYTES + 1];
	redisContext *c = sync_connect(&j->target, COMPARE_TIMEOUT_MS, error, sizeof(error));

	/* The log of our epoch is a beginning of what we wrote. Where it cannot be read, too much is better than too
	 * little. */
	snprintf(to, sizeof(to), "%" PRIu64 "-%" PRIu64, j->fence.id.epoch, UINT64_MAX);
	if (c && !sync_tail(c, j->key, to, &tail, error, sizeof(error)))
		tail = (struct log_id){0, 0};
	if (c)
		redisFree(c);
	return salvage_after(j, tail);
}
