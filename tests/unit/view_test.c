/* What is shown, about a site that the core itself brought there. */
#include "json_help.h"

#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "site_help.h"

static const struct reader sees = {.person = true}, strange = {.person = false};

static struct picture picture_of(const struct world *w, const struct reader *r)
{
	return (struct picture){.now = w->now, .reader = r, .on_disk_epoch = UINT64_MAX, .on_disk_seq = UINT64_MAX};
}

static cJSON *board_of(const struct world *w)
{
	struct picture p = picture_of(w, &sees);
	struct buf out = {0};
	cJSON *root;

	view_board(w->site, &p, &out);
	assert_null(strstr(out.data, "Li Wei"));
	root = json_back(&out);
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
	world_visit(w, VISIT_PARKED);
	root = board_of(w);
	assert_json_text(root, "at", "2026-11-20T00:00:00.000Z");
	assert_json_text(root, "day", "2026-11-20");
	assert_memory_equal(cJSON_GetStringValue(json_at(root, "position")), "3-", 2);
	assert_json_number(root, "stages.registration.waiting", 1);
	assert_json_number(root, "stages.registration.called", 1);
	assert_json_number(root, "stages.registration.serving", 1);
	assert_json_number(root, "stages.registration.done", 3);
	assert_json_number(root, "stages.consent.done", 3);
	assert_json_number(root, "stages.injection.done", 3);
	assert_json_number(root, "stages.observation.in_it", 1);
	assert_json_number(root, "stages.observation.on_the_way", 1);
	assert_json_number(root, "stages.observation.due", 0);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "desks")), 6);
	assert_json_text(root, "desks.0.id", "registration-1");
	assert_json_text(root, "desks.0.serving", "W004");
	assert_json_text(root, "desks.0.since", "2026-11-20T00:00:00.000Z");
	assert_json_text(root, "desks.1.called", "W005");
	assert_json_null(root, "desks.1.serving");
	assert_json_text(root, "desks.4.id", "injection-1");
	assert_json_number(root, "desks.4.per_hour", 3);
	assert_true(cJSON_IsFalse(json_at(root, "desks.4.fast")));
	assert_json_number(root, "seats.total", 150);
	assert_json_number(root, "seats.free", 150 - json_at(root, "seats.taken")->valuedouble);
	assert_json_number(root, "totals.arrived", 7);
	assert_json_number(root, "totals.injected", 3);
	assert_json_number(root, "totals.by_state.left_early", 1);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "follow_up")), 1);
	assert_json_text(root, "follow_up.0.number", "W002");
	assert_int_equal(cJSON_GetArraySize(json_at(root, "parked")), 1);
	assert_json_text(root, "parked.0.number", "W007");
	assert_json_text(root, "parked.0.stage", "registration");
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
		assert_true(cJSON_IsFalse(json_at(root, "desks.4.fast")));
		cJSON_Delete(root);
		world_visit(w, VISIT_OBSERVING);
	}
	root = board_of(w);
	assert_true(cJSON_IsTrue(json_at(root, "desks.4.fast")));
	/* At registration that many are nothing to look at. */
	assert_true(cJSON_IsFalse(json_at(root, "desks.0.fast")));
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
	root = json_back(&out);
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
	assert_int_equal(cJSON_GetArraySize(json_at(root, "alerts")), 2);
	assert_json_text(root, "alerts.0.kind", "early_exit"); /* as urgent, and older */
	assert_json_text(root, "alerts.0.number", "W001");
	assert_json_text(root, "alerts.1.kind", "unwell");
	assert_json_text(root, "alerts.1.state", "open");
	assert_json_number(root, "alerts.1.urgency", 3);
	assert_json_number(root, "alerts.1.count", 1);
	assert_json_number(root, "alerts.1.escalated", 0);
	cJSON_Delete(root);

	/* Danger's end is shown once it is on disk, and not before. */
	before = w->site->seq;
	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_UNWELL, ill)), VERDICT_ACCEPTED);
	root = alerts_of(w, w->site->epoch, before);
	assert_json_text(root, "alerts.1.state", "open");
	assert_null(json_at(root, "alerts.1.by"));
	cJSON_Delete(root);
	root = alerts_of(w, w->site->epoch, w->site->seq);
	assert_json_text(root, "alerts.1.state", "acknowledged");
	assert_non_null(json_at(root, "alerts.1.by"));
	cJSON_Delete(root);

	before = w->site->seq;
	assert_verdict(world_act(w, w->clinician, ill, ACTION_TRANSFER), VERDICT_ACCEPTED);
	root = alerts_of(w, w->site->epoch, before);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "alerts")), 2);
	cJSON_Delete(root);
	root = alerts_of(w, w->site->epoch, w->site->seq);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "alerts")), 1);
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
	assert_int_equal(cJSON_GetArraySize(json_at(root, "alerts")), 1);
	assert_json_text(root, "alerts.0.kind", "storage_down");
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
	root = json_back(&out);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "tickets")), 2);
	assert_json_text(root, "tickets.0.number", visit_of(w, first)->f.number);
	assert_json_text(root, "tickets.0.status", "may_leave"); /* 30:00.000 is due */
	assert_json_text(root, "tickets.1.status", "waiting");
	assert_json_text(root, "tickets.1.due_at", "2026-11-20T00:31:00.000Z");
	assert_int_equal(cJSON_GetArraySize(json_at(root, "tickets.0")), 3);
	assert_non_null(json_at(root, "seats.free"));
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
	root = json_back(&out);
	assert_json_text(root, "desk.id", "registration-1");
	assert_json_text(root, "here.number", "W001");
	assert_json_text(root, "here.person.name", "Li Wei");
	assert_json_null(root, "called");
	assert_json_number(root, "waiting", 7);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "next")), 5);
	assert_json_text(root, "next.0", "W002");
	assert_true(cJSON_IsTrue(json_at(root, "open")));
	assert_json_null(root, "paused");
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
	root = json_back(&out);
	assert_json_text(root, "number", "W005");
	assert_json_text(root, "state", "queued");
	assert_json_number(root, "ahead", 1);
	assert_json_null(root, "expected_minutes");
	assert_json_null(root, "desk");
	assert_json_null(root, "due_at");
	assert_json_text(root, "time_zone", "Asia/Shanghai");
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
	root = json_back(&out);
	assert_json_text(root, "visit.state", "deferred");
	assert_json_text(root, "timeline.0.type", "checked_in");
	assert_json_text(root, "timeline.2.type", "deferred");
	assert_json_text(root, "timeline.2.reason", "fever");
	assert_json_text(root, "timeline.2.desk", "registration-1");
	assert_json_null(root, "given");
	cJSON_Delete(root);
	buf_clear(&out);
	timeline_encode(w->site, visit_of(w, world_visit(w, VISIT_INJECTED)), &sees, &out);
	root = json_back(&out);
	assert_json_text(root, "given.vaccine", "inactivated");
	assert_json_text(root, "given.lot", "L1");
	cJSON_Delete(root);
	buf_clear(&out);
	device_encode(site_device(w->site, w->exit), 0, &out);
	root = json_back(&out);
	assert_json_text(root, "kind", "exit");
	assert_json_text(root, "state", "enrolled");
	assert_null(strstr(out.data, "hash"));
	cJSON_Delete(root);
	buf_free(&out);
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
	cJSON_Delete(json_back(&out));
	buf_clear(&out);
	view_alerts(s, &p, &out);
	cJSON_Delete(json_back(&out));
	buf_clear(&out);
	view_observation(s, &p, &out);
	cJSON_Delete(json_back(&out));
	buf_clear(&out);
	view_display(s, STAGE_NONE, &p, &out);
	cJSON_Delete(json_back(&out));
	buf_clear(&out);
	site_encode(s, &out);
	cJSON_Delete(json_back(&out));
	buf_clear(&out);
	day_encode(s, &out);
	cJSON_Delete(json_back(&out));
	buf_free(&out);
	site_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_board),       cmocka_unit_test(test_fast_desk),   cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_condition),   cmocka_unit_test(test_observation), cmocka_unit_test(test_desk),
		cmocka_unit_test(test_ticket_view), cmocka_unit_test(test_record),      cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
