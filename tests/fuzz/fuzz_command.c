/*
 * Request bodies, as every call and every action. What the codec makes of one must be JSON again: it goes into the log.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_json(const char *text)
{
	char error[200];

	if (text && !json_check(text, strlen(text), error, sizeof(error)))
		abort();
}

/* Whatever the door was told, what goes into the log is JSON, and a check that failed is one of the site's. */
static void check_entry(struct body *b, struct command *c)
{
	struct rules r;
	struct body_error error;

	rules_init(&r);
	r.n_entry_checks = 2;
	strcpy(r.entry_checks[0].id, "a");
	strcpy(r.entry_checks[1].id, "mask");
	r.entry_checks[1].required = true;
	if (!command_entry_checks(b, &r, c, &error))
		return;
	check_json(c->entry_checks);
	if (c->failed_check && !c->entry_checks)
		abort();
}

static void check_shape(struct body *b, enum body_shape shape, enum action action)
{
	struct command c = {.action = action};
	struct body_error error;

	if (!command_decode(b, shape, &c, &error)) {
		if (strlen(error.field) >= sizeof(error.field) || error.detail[0] == '\0')
			abort();
		return;
	}
	if ((c.id && !uuid_valid(c.id)) || !c.device_at != !c.device_sent_at)
		abort();
	check_json(c.person);
	check_json(c.details);
	if (shape == BODY_CHECK_IN || shape == BODY_SCAN)
		check_entry(b, &c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf canonical = {0};
	char error[200];
	struct body *b = body_parse((const char *)data, size, error, sizeof(error));

	if (!b)
		return 0;
	body_canonical(b, &canonical);
	check_json(canonical.data);
	for (int shape = BODY_CHECK_IN; shape <= BODY_SESSION; shape++) {
		if (shape != BODY_ACTION)
			check_shape(b, (enum body_shape)shape, ACTION_NONE);
	}
	for (int action = ACTION_NONE; action < ACTION_COUNT; action++)
		check_shape(b, BODY_ACTION, (enum action)action);
	buf_free(&canonical);
	body_free(b);
	return 0;
}
