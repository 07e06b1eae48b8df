/* What is answered and shown, about a site that the core itself brought there. */
#include "site_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "codec.h"
#include "json.h"

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAA"

static const struct reader sees = {.person = true}, strange = {.person = false};

/* A picture or answer, checked to be JSON. */
static cJSON *read_back(struct buf *out)
{
	char error[200];
	cJSON *root;

	assert_non_null(out->data);
	if (!json_check(out->data, out->len, error, sizeof(error)))
		fail_msg("%s: %s", error, out->data);
	root = cJSON_ParseWithLength(out->data, out->len);
	assert_non_null(root);
	return root;
}

/* A value by a path of keys and indices: "desks.0.id". NULL where there is none. */
static const cJSON *at(const cJSON *root, const char *path)
{
	char part[64];

	while (root && *path) {
		size_t len = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		root = cJSON_IsArray(root) ? cJSON_GetArrayItem(root, atoi(part)) :
					     cJSON_GetObjectItemCaseSensitive(root, part);
		path += len + (path[len] == '.');
	}
	return root;
}

static void assert_text(const cJSON *root, const char *path, const char *wanted)
{
	const char *text = cJSON_GetStringValue(at(root, path));

	if (!text)
		fail_msg("no text at %s", path);
	assert_string_equal(text, wanted);
}

static void assert_number(const cJSON *root, const char *path, double wanted)
{
	const cJSON *item = at(root, path);

	if (!cJSON_IsNumber(item))
		fail_msg("no number at %s", path);
	assert_true(item->valuedouble == wanted);
}

static void assert_null_at(const cJSON *root, const char *path)
{
	if (!cJSON_IsNull(at(root, path)))
		fail_msg("not null: %s", path);
}

/* The answer to the last command. */
static cJSON *answered(const struct world *w, const struct reader *r, int status)
{
	struct buf out = {0};
	cJSON *root;

	assert_int_equal(reply_encode(w->site, TOKEN, &w->outcome, r, &out), status);
	root = read_back(&out);
	buf_free(&out);
	return root;
}

static char *answer_text(const struct world *w)
{
	struct buf out = {0};

	reply_encode(w->site, TOKEN, &w->outcome, &sees, &out);
	return buf_take(&out);
}

static struct picture picture_of(const struct world *w, const struct reader *r)
{
	return (struct picture){.now = w->now, .reader = r, .on_disk_epoch = UINT64_MAX, .on_disk_seq = UINT64_MAX};
}

/* ---- answers ---- */

static void test_ticket(void **state)
{
	struct world *w = world_new();
	cJSON *root;

	(void)state;
	world_check_in(w);
	root = answered(w, &sees, 201);
	assert_text(root, "ticket.token", TOKEN);
	assert_text(root, "ticket.number", "W001");
	assert_text(root, "ticket.qr_svg", "/api/tickets/" TOKEN ".svg");
	assert_text(root, "ticket.qr_png", "/api/tickets/" TOKEN ".png");
	assert_text(root, "visit.number", "W001");
	assert_text(root, "visit.state", "queued");
	assert_text(root, "visit.stage", "registration");
	assert_text(root, "visit.class", "walk_in");
	assert_text(root, "visit.language", "zh-Hans");
	assert_text(root, "visit.person.name", "Li Wei");
	assert_null_at(root, "visit.desk");
	assert_null_at(root, "visit.party");
	assert_null_at(root, "visit.injected_at");
	assert_text(root, "visit.arrived_at", "2026-11-20T00:00:00.000Z");
	assert_int_equal(cJSON_GetArraySize(at(root, "visit.flags")), 0);
	cJSON_Delete(root);
	/* Only who may sees persons. */
	root = answered(w, &strange, 201);
	assert_non_null(at(root, "visit"));
	assert_null(at(root, "visit.person"));
	cJSON_Delete(root);
	world_free(w);
}

static void test_act(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_SERVING);
	cJSON *root = answered(w, &sees, 200);

	(void)state;
	assert_text(root, "outcome", "accepted");
	assert_text(root, "code", "start");
	assert_text(root, "visit.desk", "registration-1");
	assert_text(root, "next.stage", "registration");
	assert_text(root, "next.desk", "registration-1");
	assert_text(root, "message.key", "start");
	assert_text(root, "message.args.number", "W001");
	assert_text(root, "message.args.desk", "registration-1");
	assert_text(root, "message.args.stage", "registration");
	cJSON_Delete(root);

	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_BEING_SERVED);
	root = answered(w, &sees, 200);
	assert_text(root, "outcome", "noted");
	assert_text(root, "code", "being_served");
	cJSON_Delete(root);

	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_text(root, "code", "finish");
	assert_text(root, "next.stage", "consent");
	assert_null_at(root, "next.desk");
	cJSON_Delete(root);

	world_inject(w, v);
	root = answered(w, &sees, 200);
	assert_text(root, "code", "inject");
	assert_text(root, "next.stage", "observation");
	assert_text(root, "message.args.due_at", "2026-11-20T00:30:00.000Z");
	cJSON_Delete(root);

	assert_verdict(world_scan(w, w->observer, v), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_text(root, "code", "arrive");
	assert_text(root, "next.until", "2026-11-20T00:30:00.000Z");
	cJSON_Delete(root);
	world_free(w);
}

/* An exit scan before due: a problem that says until when, to a device that sees no person. */
static void test_not_due(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	cJSON *root;

	(void)state;
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	root = answered(w, &strange, 409);
	assert_text(root, "type", "urn:vaxline:problem:not_due");
	assert_text(root, "code", "not_due");
	assert_number(root, "status", 409);
	assert_text(root, "title", verdict_title(VERDICT_NOT_DUE));
	assert_text(root, "detail", "May leave at 00:30:00 UTC: back to observation until then.");
	assert_text(root, "due_at", "2026-11-20T00:30:00.000Z");
	assert_text(root, "visit.state", "observing");
	assert_text(root, "visit.flags.0", "early_exit");
	assert_text(root, "next.stage", "observation");
	assert_null(at(root, "visit.person"));
	cJSON_Delete(root);
	world_free(w);
}

static void test_refusals_say_what_to_do(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_SERVING);
	struct command c;
	cJSON *root;

	(void)state;
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][1], v), VERDICT_ALREADY_SERVED);
	root = answered(w, &strange, 409);
	assert_text(root, "detail", "Ticket W001 is being served at desk registration-1.");
	assert_text(root, "desk", "registration-1");
	cJSON_Delete(root);

	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->hand[STAGE_INJECTION][0], v), VERDICT_WRONG_STAGE);
	root = answered(w, &strange, 409);
	assert_text(root, "detail", "Ticket W001 goes to the waiting area for consent now.");
	assert_text(root, "next.stage", "consent");
	cJSON_Delete(root);

	c = world_command(w, COMMAND_SCAN, w->exit, 0);
	assert_verdict(world_do(w, &c), VERDICT_TICKET_UNKNOWN);
	root = answered(w, &strange, 409);
	assert_null(at(root, "visit"));
	assert_text(root, "code", "ticket_unknown");
	cJSON_Delete(root);

	c = world_command(w, COMMAND_VISIT, w->hand[STAGE_CONSENT][0], v);
	c.action = ACTION_START;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c.action = ACTION_DEFER;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	root = answered(w, &strange, 422);
	assert_text(root, "detail", "The field reason is missing.");
	assert_text(root, "errors.0.field", "reason");
	cJSON_Delete(root);
	world_free(w);
}

/* Each verdict has a sentence, and none is left half filled where nothing is known. */
static void test_every_refusal_has_a_sentence(void **state)
{
	(void)state;
	for (int v = 0; v < VERDICT_COUNT; v++) {
		struct outcome o = {.verdict = (enum verdict)v};
		struct buf out = {0};
		cJSON *root;

		assert_int_equal(reply_encode(NULL, NULL, &o, &strange, &out), verdict_status((enum verdict)v));
		root = read_back(&out);
		assert_text(root, "code", verdict_code((enum verdict)v));
		if (verdict_status((enum verdict)v) != 200) {
			const char *detail = cJSON_GetStringValue(at(root, "detail"));

			assert_non_null(detail);
			assert_null(strpbrk(detail, "{}"));
			assert_true(detail[strlen(detail) - 1] == '.');
		}
		cJSON_Delete(root);
		buf_free(&out);
	}
}

static void test_call_desk_and_alarm(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_check_in(w);
	cJSON *root;

	(void)state;
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v);
	root = answered(w, &sees, 200);
	assert_text(root, "code", "call");
	assert_text(root, "visit.state", "called");
	assert_int_equal(cJSON_GetArraySize(at(root, "party")), 1);
	assert_text(root, "party.0.number", "W001");
	cJSON_Delete(root);

	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_CONSENT, 1), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_text(root, "outcome", "accepted");
	assert_text(root, "desk.id", "consent-2");
	cJSON_Delete(root);

	assert_verdict(world_unwell(w, w->kiosk, v), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_text(root, "code", "unwell");
	assert_text(root, "alert.kind", "unwell");
	assert_text(root, "alert.state", "open");
	assert_text(root, "alert.number", "W001");
	assert_text(root, "next.place", "treatment");
	assert_null_at(root, "next.stage");
	cJSON_Delete(root);

	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_UNWELL, v)), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_text(root, "alert.state", "acknowledged");
	assert_non_null(at(root, "alert.by"));
	cJSON_Delete(root);

	assert_verdict(world_unwell(w, w->kiosk, 0), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_null_at(root, "visit");
	assert_null_at(root, "next");
	assert_text(root, "alert.kind", "unwell");
	cJSON_Delete(root);
	world_free(w);
}

/* The same id gets the same bytes, whatever has happened since, also after a restart. */
static void test_repeats_are_the_same_bytes(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct command c = world_command(w, COMMAND_SCAN, w->exit, v);
	char *first, *again;

	(void)state;
	assert_verdict(world_do(w, &c), VERDICT_NOT_DUE);
	first = answer_text(w);
	c = world_again(w, &c);
	c.id = strdup(c.id);
	assert_verdict(world_act(w, w->observer, v, ACTION_RETURNED), VERDICT_ACCEPTED);
	world_pass(w, 31 * MS_MINUTE);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
	for (int round = 0; round < 2; round++) {
		assert_verdict(world_do(w, &c), VERDICT_NOT_DUE);
		again = answer_text(w);
		assert_string_equal(first, again);
		free(again);
		world_restart(w);
	}
	free(first);
	free((void *)(uintptr_t)c.id);
	world_free(w);
}

/* While the disk is away an end is not shown as final. */
static void test_noted(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_OBSERVING);
	struct buf out = {0};
	cJSON *root;

	(void)state;
	assert_verdict(world_scan(w, w->exit, v), VERDICT_NOT_DUE);
	reply_noted_encode(&w->outcome, &strange, &out);
	root = read_back(&out);
	assert_text(root, "outcome", "noted");
	assert_text(root, "code", "not_due");
	assert_text(root, "visit.state", "observing");
	cJSON_Delete(root);
	buf_clear(&out);
	assert_verdict(world_act(w, w->observer, v, ACTION_RETURNED), VERDICT_ACCEPTED);
	world_pass(w, 31 * MS_MINUTE);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
	reply_noted_encode(&w->outcome, &strange, &out);
	root = read_back(&out);
	assert_text(root, "outcome", "noted");
	assert_null_at(root, "visit");
	assert_null(strstr(out.data, "completed"));
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

/* ---- views ---- */

static cJSON *board_of(const struct world *w)
{
	struct picture p = picture_of(w, &sees);
	struct buf out = {0};
	cJSON *root;

	view_board(w->site, &p, &out);
	assert_null(strstr(out.data, "Li Wei"));
	root = read_back(&out);
	buf_free(&out);
	return root;
}

static void test_board(void **state)
{
	struct world *w = world_new();
	cJSON *root;

	(void)state;
	world_visit(w, VISIT_OBSERVING);
	world_visit(w, VISIT_LEFT_EARLY);
	world_visit(w, VISIT_INJECTED);
	world_visit(w, VISIT_SERVING);
	world_check_in(w);
	assert_true(world_call(w, STAGE_REGISTRATION, 1) != 0);
	world_check_in(w);
	root = board_of(w);
	assert_text(root, "at", "2026-11-20T00:00:00.000Z");
	assert_text(root, "day", "2026-11-20");
	assert_memory_equal(cJSON_GetStringValue(at(root, "position")), "3-", 2);
	assert_number(root, "stages.registration.waiting", 1);
	assert_number(root, "stages.registration.called", 1);
	assert_number(root, "stages.registration.serving", 1);
	assert_number(root, "stages.registration.done", 3);
	assert_number(root, "stages.consent.done", 3);
	assert_number(root, "stages.injection.done", 3);
	assert_number(root, "stages.observation.in_it", 1);
	assert_number(root, "stages.observation.on_the_way", 1);
	assert_number(root, "stages.observation.due", 0);
	assert_int_equal(cJSON_GetArraySize(at(root, "desks")), 6);
	assert_text(root, "desks.0.id", "registration-1");
	assert_text(root, "desks.0.serving", "W004");
	assert_text(root, "desks.0.since", "2026-11-20T00:00:00.000Z");
	assert_text(root, "desks.1.called", "W005");
	assert_null_at(root, "desks.1.serving");
	assert_text(root, "desks.4.id", "injection-1");
	assert_number(root, "desks.4.per_hour", 3);
	assert_true(cJSON_IsFalse(at(root, "desks.4.fast")));
	assert_number(root, "seats.total", 150);
	assert_number(root, "seats.free", 150 - at(root, "seats.taken")->valuedouble);
	assert_number(root, "totals.arrived", 6);
	assert_number(root, "totals.injected", 3);
	assert_number(root, "totals.by_state.left_early", 1);
	assert_int_equal(cJSON_GetArraySize(at(root, "follow_up")), 1);
	assert_text(root, "follow_up.0.number", "W002");
	cJSON_Delete(root);
	world_free(w);
}

/* Domain rule 6: a desk that gives more than about 15 an hour is one to look at. */
static void test_fast_desk(void **state)
{
	struct world *w = world_new();
	cJSON *root;

	(void)state;
	for (int i = 0; i < 16; i++) {
		root = board_of(w);
		assert_true(cJSON_IsFalse(at(root, "desks.4.fast")));
		cJSON_Delete(root);
		world_visit(w, VISIT_OBSERVING);
	}
	root = board_of(w);
	assert_true(cJSON_IsTrue(at(root, "desks.4.fast")));
	/* At registration that many are nothing to look at. */
	assert_true(cJSON_IsFalse(at(root, "desks.0.fast")));
	cJSON_Delete(root);
	world_free(w);
}

static cJSON *alerts_of(const struct world *w, uint64_t epoch, uint64_t seq)
{
	struct picture p = picture_of(w, &sees);
	struct buf out = {0};
	cJSON *root;

	p.on_disk_epoch = epoch;
	p.on_disk_seq = seq;
	view_alerts(w->site, &p, &out);
	root = read_back(&out);
	buf_free(&out);
	return root;
}

static void test_alerts(void **state)
{
	struct world *w = world_new();
	uint32_t early = world_visit(w, VISIT_OBSERVING), ill;
	uint64_t before;
	cJSON *root;

	(void)state;
	assert_verdict(world_scan(w, w->exit, early), VERDICT_NOT_DUE);
	world_pass(w, MS_SECOND);
	ill = world_visit(w, VISIT_INJECTED);
	world_pass(w, MS_SECOND);
	assert_verdict(world_unwell(w, w->kiosk, ill), VERDICT_ACCEPTED);
	root = alerts_of(w, UINT64_MAX, UINT64_MAX);
	assert_int_equal(cJSON_GetArraySize(at(root, "alerts")), 2);
	assert_text(root, "alerts.0.kind", "early_exit"); /* as urgent, and older */
	assert_text(root, "alerts.0.number", "W001");
	assert_text(root, "alerts.1.kind", "unwell");
	assert_text(root, "alerts.1.state", "open");
	assert_number(root, "alerts.1.urgency", 3);
	assert_number(root, "alerts.1.count", 1);
	assert_number(root, "alerts.1.escalated", 0);
	cJSON_Delete(root);

	/* Danger's end is shown once it is on disk, and not before. */
	before = w->site->seq;
	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_UNWELL, ill)), VERDICT_ACCEPTED);
	root = alerts_of(w, w->site->epoch, before);
	assert_text(root, "alerts.1.state", "open");
	assert_null(at(root, "alerts.1.by"));
	cJSON_Delete(root);
	root = alerts_of(w, w->site->epoch, w->site->seq);
	assert_text(root, "alerts.1.state", "acknowledged");
	assert_non_null(at(root, "alerts.1.by"));
	cJSON_Delete(root);

	before = w->site->seq;
	assert_verdict(world_act(w, w->clinician, ill, ACTION_TRANSFER), VERDICT_ACCEPTED);
	root = alerts_of(w, w->site->epoch, before);
	assert_int_equal(cJSON_GetArraySize(at(root, "alerts")), 2);
	cJSON_Delete(root);
	root = alerts_of(w, w->site->epoch, w->site->seq);
	assert_int_equal(cJSON_GetArraySize(at(root, "alerts")), 1);
	cJSON_Delete(root);
	world_free(w);
}

/* A condition of the machine is shown, once. */
static void test_condition(void **state)
{
	struct world *w = world_new();
	struct command c = world_command(w, COMMAND_CONDITION_RAISE, 0, 0);
	cJSON *root;

	(void)state;
	world_check_in(w);
	c.condition = ALERT_STORAGE_DOWN;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	root = alerts_of(w, UINT64_MAX, UINT64_MAX);
	assert_int_equal(cJSON_GetArraySize(at(root, "alerts")), 1);
	assert_text(root, "alerts.0.kind", "storage_down");
	cJSON_Delete(root);
	world_free(w);
}

/* The room's screen: numbers and times, and nothing that tells who is unwell. */
static void test_observation(void **state)
{
	struct world *w = world_new();
	uint32_t first = world_visit(w, VISIT_OBSERVING), ill;
	struct picture p;
	struct buf out = {0};
	cJSON *root;

	(void)state;
	world_pass(w, MS_MINUTE);
	world_visit(w, VISIT_OBSERVING);
	ill = world_visit(w, VISIT_OBSERVING);
	assert_verdict(world_unwell(w, w->observer, ill), VERDICT_ACCEPTED);
	world_pass(w, 29 * MS_MINUTE);
	p = picture_of(w, &sees);
	view_observation(w->site, &p, &out);
	assert_null(strstr(out.data, "unwell"));
	assert_null(strstr(out.data, "W003"));
	assert_null(strstr(out.data, "Li Wei"));
	root = read_back(&out);
	assert_int_equal(cJSON_GetArraySize(at(root, "tickets")), 2);
	assert_text(root, "tickets.0.number", visit_of(w, first)->f.number);
	assert_text(root, "tickets.0.status", "may_leave"); /* 30:00.000 is due */
	assert_text(root, "tickets.1.status", "waiting");
	assert_text(root, "tickets.1.due_at", "2026-11-20T00:31:00.000Z");
	assert_int_equal(cJSON_GetArraySize(at(root, "tickets.0")), 3);
	assert_non_null(at(root, "seats.free"));
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

static void test_desk(void **state)
{
	struct world *w = world_new();
	struct picture p;
	struct buf out = {0};
	cJSON *root;

	(void)state;
	world_visit(w, VISIT_SERVING);
	for (int i = 0; i < 7; i++)
		world_check_in(w);
	p = picture_of(w, &sees);
	view_desk(w->site, site_desk(w->site, "registration-1"), &p, &out);
	root = read_back(&out);
	assert_text(root, "desk.id", "registration-1");
	assert_text(root, "here.number", "W001");
	assert_text(root, "here.person.name", "Li Wei");
	assert_null_at(root, "called");
	assert_number(root, "waiting", 7);
	assert_int_equal(cJSON_GetArraySize(at(root, "next")), 5);
	assert_text(root, "next.0", "W002");
	assert_true(cJSON_IsTrue(at(root, "open")));
	assert_null_at(root, "paused");
	cJSON_Delete(root);
	buf_clear(&out);
	p.reader = &strange;
	view_desk(w->site, site_desk(w->site, "registration-1"), &p, &out);
	assert_null(strstr(out.data, "Li Wei"));
	buf_free(&out);
	world_free(w);
}

static void test_ticket_view(void **state)
{
	struct world *w = world_new();
	struct picture p;
	struct buf out = {0};
	uint32_t last;
	cJSON *root;

	(void)state;
	for (int i = 0; i < 3; i++) {
		world_visit(w, VISIT_INJECTED);
		world_pass(w, 2 * MS_MINUTE);
	}
	world_check_in(w);
	last = world_check_in(w);
	p = picture_of(w, &sees);
	view_ticket(w->site, visit_of(w, last), &p, &out);
	assert_null(strstr(out.data, "Li Wei"));
	root = read_back(&out);
	assert_text(root, "number", "W005");
	assert_text(root, "state", "queued");
	assert_number(root, "ahead", 1);
	/* Two more finishes in six minutes after the first: three minutes each, and it is the second in line. */
	assert_number(root, "expected_minutes", 6);
	assert_null_at(root, "desk");
	assert_null_at(root, "due_at");
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

static void test_record(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_DEFERRED);
	struct buf out = {0};
	cJSON *root;

	(void)state;
	timeline_encode(w->site, visit_of(w, v), &sees, &out);
	root = read_back(&out);
	assert_text(root, "visit.state", "deferred");
	assert_text(root, "timeline.0.type", "checked_in");
	assert_text(root, "timeline.2.type", "deferred");
	assert_text(root, "timeline.2.reason", "fever");
	assert_text(root, "timeline.2.desk", "registration-1");
	cJSON_Delete(root);
	buf_clear(&out);
	device_encode(site_device(w->site, w->exit), 0, &out);
	root = read_back(&out);
	assert_text(root, "kind", "exit");
	assert_text(root, "state", "enrolled");
	assert_null(strstr(out.data, "hash"));
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

static void test_day(void **state)
{
	struct world *w = world_new();
	struct command c;
	struct buf out = {0};
	cJSON *root;

	(void)state;
	day_encode(w->site, &out);
	root = read_back(&out);
	assert_non_null(at(root, "state"));
	cJSON_Delete(root);
	buf_clear(&out);
	world_visit(w, VISIT_OBSERVING);
	world_check_in(w);
	c = world_command(w, COMMAND_DAY_CLOSE, w->board, 0);
	assert_verdict(world_do(w, &c), VERDICT_DAY_NOT_CLEAR);
	root = answered(w, &sees, 409);
	assert_int_equal(cJSON_GetArraySize(at(root, "what")), 1);
	assert_text(root, "what.0.number", "W001");
	assert_null(at(root, "what.0.person"));
	cJSON_Delete(root);
	day_encode(w->site, &out);
	root = read_back(&out);
	assert_text(root, "day", "2026-11-20");
	assert_text(root, "state", "open");
	assert_number(root, "totals.by_state.observing", 1);
	assert_text(root, "in_the_way.0.state", "observing");
	cJSON_Delete(root);
	buf_free(&out);
	assert_verdict(world_act(w, w->observer, 1, ACTION_WALKED_OUT), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_text(root, "outcome", "accepted");
	assert_true(cJSON_IsObject(at(root, "day")));
	cJSON_Delete(root);
	world_free(w);
}

/* Before the first event there is nothing to show, and nothing to fall over. */
static void test_nothing(void **state)
{
	struct site *s = site_new();
	struct picture p = {.now = WORLD_MORNING, .reader = &strange};
	struct buf out = {0};

	(void)state;
	view_board(s, &p, &out);
	cJSON_Delete(read_back(&out));
	buf_clear(&out);
	view_alerts(s, &p, &out);
	cJSON_Delete(read_back(&out));
	buf_clear(&out);
	view_observation(s, &p, &out);
	cJSON_Delete(read_back(&out));
	buf_clear(&out);
	day_encode(s, &out);
	cJSON_Delete(read_back(&out));
	buf_free(&out);
	site_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ticket),
		cmocka_unit_test(test_act),
		cmocka_unit_test(test_not_due),
		cmocka_unit_test(test_refusals_say_what_to_do),
		cmocka_unit_test(test_every_refusal_has_a_sentence),
		cmocka_unit_test(test_call_desk_and_alarm),
		cmocka_unit_test(test_repeats_are_the_same_bytes),
		cmocka_unit_test(test_noted),
		cmocka_unit_test(test_board),
		cmocka_unit_test(test_fast_desk),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_condition),
		cmocka_unit_test(test_observation),
		cmocka_unit_test(test_desk),
		cmocka_unit_test(test_ticket_view),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_day),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
