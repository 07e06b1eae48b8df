/* What is shown of the hall: displays, parties, rooms, seats, holds, roll calls, rosters; word for word. */
#include "json_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "site_help.h"

#define FAMILY "11111111-2222-4333-8444-555555555555"
#define LOAD "99999999-2222-4333-8444-555555555555"
#define ONE "{\"name\":\"Li Wei\"}"

static const struct reader sees = {.person = true}, strange = {.person = false};

static struct picture picture_of(const struct world *w)
{
	return (struct picture){.now = w->now, .reader = &sees, .on_disk_epoch = UINT64_MAX, .on_disk_seq = UINT64_MAX};
}

static cJSON *board_of(const struct world *w)
{
	struct picture p = picture_of(w);
	struct buf out = {0};
	cJSON *root;

	view_board(w->site, &p, &out);
	root = json_back(&out);
	buf_free(&out);
	return root;
}

/* Displays hold numbers alone, whoever renders them. */
static cJSON *display_of(const struct world *w, enum stage stage)
{
	struct picture p = picture_of(w);
	struct buf out = {0};
	cJSON *root;

	view_display(w->site, stage, &p, &out);
	assert_null(strstr(out.data, "Li Wei"));
	assert_null(strstr(out.data, "unwell"));
	root = json_back(&out);
	buf_free(&out);
	return root;
}

static cJSON *desk_of(const struct world *w, const char *id)
{
	struct picture p = picture_of(w);
	struct buf out = {0};
	cJSON *root;

	view_desk(w->site, site_desk(w->site, id), &p, &out);
	root = json_back(&out);
	buf_free(&out);
	return root;
}

static cJSON *ticket_of(const struct world *w, uint32_t visit)
{
	struct picture p = picture_of(w);
	struct buf out = {0};
	cJSON *root;

	view_ticket(w->site, visit_of(w, visit), &p, &out);
	assert_null(strstr(out.data, "Li Wei"));
	root = json_back(&out);
	buf_free(&out);
	return root;
}

static void shows(cJSON *root, const char *path, const char *wanted)
{
	assert_json(root, path, wanted);
	cJSON_Delete(root);
}

static uint32_t check_in_with(struct world *w, const char *party, int companions)
{
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"1980-01-02\"}";
	c.language = LANGUAGE_EN;
	c.party = party;
	c.companions = companions;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	return w->outcome.receipt->visit.id;
}

static void hold(struct world *w)
{
	struct command c = world_command(w, COMMAND_SITE_HOLD, w->board, 0);

	c.reason = "no clinician";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

static void site_does(struct world *w, enum command_kind kind)
{
	struct command c = world_command(w, kind, w->board, 0);

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* ---- displays ---- */

static void small_room(struct rules *r)
{
	r->room_registration = 3;
}

static void test_display(void **state)
{
	struct world *w = world_new_with(small_room);

	(void)state;
	for (int i = 0; i < 5; i++) {
		check_in_with(w, NULL, 0);
		world_pass(w, MS_SECOND);
	}
	shows(display_of(w, STAGE_REGISTRATION), "admitted", "[\"W001\",\"W002\",\"W003\"]");
	shows(display_of(w, STAGE_REGISTRATION), "calls", "[]");
	assert_true(world_call(w, STAGE_REGISTRATION, 1) != 0);
	shows(display_of(w, STAGE_REGISTRATION), "calls",
	      "[{\"number\":\"W001\",\"desk\":\"registration-2\",\"at\":\"2026-11-20T00:00:05.000Z\"}]");
	/* The called one is in the room still, so nobody comes in from the hall. */
	shows(display_of(w, STAGE_REGISTRATION), "admitted", "[\"W002\",\"W003\"]");
	shows(display_of(w, STAGE_REGISTRATION), "next", "[\"W002\",\"W003\",\"W004\",\"W005\"]");
	shows(display_of(w, STAGE_REGISTRATION), "waiting", "4");
	shows(display_of(w, STAGE_REGISTRATION), "hall", "2");
	shows(display_of(w, STAGE_REGISTRATION), "capacity", "3");
	shows(display_of(w, STAGE_REGISTRATION), "stage", "\"registration\"");
	shows(display_of(w, STAGE_REGISTRATION), "hold", "false");
	shows(display_of(w, STAGE_REGISTRATION), "expected_minutes", "null");
	/* Without a limit nobody waits outside, and nobody is asked in. */
	shows(display_of(w, STAGE_CONSENT), "capacity", "null");
	shows(display_of(w, STAGE_CONSENT), "admitted", "[]");
	world_free(w);
}

/* A call stands until it is a minute past its start; called again, it is the newest; the unwell are not there. */
static void test_calls(void **state)
{
	struct world *w = world_new();
	uint32_t v[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		v[i] = check_in_with(w, NULL, 0);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[0]);
	world_pass(w, MS_SECOND);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), v[1]);
	shows(display_of(w, STAGE_NONE), "calls.0",
	      "{\"number\":\"W002\",\"desk\":\"registration-2\",\"stage\":\"registration\","
	      "\"at\":\"2026-11-20T00:00:01.000Z\"}");
	world_pass(w, MS_SECOND);
	assert_verdict(world_desk(w, COMMAND_DESK_RECALL, STAGE_REGISTRATION, 0), VERDICT_ACCEPTED);
	shows(display_of(w, STAGE_REGISTRATION), "calls",
	      "[{\"number\":\"W001\",\"desk\":\"registration-1\",\"at\":\"2026-11-20T00:00:02.000Z\"},"
	      "{\"number\":\"W002\",\"desk\":\"registration-2\",\"at\":\"2026-11-20T00:00:01.000Z\"}]");
	shows(display_of(w, STAGE_CONSENT), "calls", "[]");
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v[0], ACTION_START), VERDICT_ACCEPTED);
	world_pass(w, MS_MINUTE - 1);
	shows(display_of(w, STAGE_REGISTRATION), "calls.0.number", "\"W001\"");
	world_pass(w, 1);
	shows(display_of(w, STAGE_REGISTRATION), "calls.0.number", "\"W002\"");
	assert_verdict(world_unwell(w, w->kiosk, v[1]), VERDICT_ACCEPTED);
	shows(display_of(w, STAGE_REGISTRATION), "calls", "[]");
	assert_verdict(world_unwell(w, w->kiosk, v[2]), VERDICT_ACCEPTED);
	shows(display_of(w, STAGE_REGISTRATION), "next", "[]");
	world_free(w);
}

static void test_display_of_all(void **state)
{
	struct world *w = world_new();
	cJSON *root;

	(void)state;
	world_visit(w, VISIT_INJECTED);
	world_pass(w, 2 * MS_MINUTE);
	check_in_with(w, NULL, 0);
	root = display_of(w, STAGE_NONE);
	assert_null(json_at(root, "stage"));
	assert_json(root, "calls", "[]");
	assert_json(root, "hold", "false");
	assert_json(root, "stages.registration",
		    "{\"admitted\":[],\"next\":[\"W002\"],\"waiting\":1,\"hall\":0,\"capacity\":null,"
		    "\"expected_minutes\":null}");
	assert_json(root, "stages.injection.waiting", "0");
	assert_int_equal(cJSON_GetArraySize(json_at(root, "stages")), 3);
	cJSON_Delete(root);
	world_free(w);
}

/* ---- expected minutes and waits ---- */

static void test_expected_minutes(void **state)
{
	struct world *w = world_new();
	struct picture p = picture_of(w);
	struct buf out = {0};
	uint32_t last = 0;
	cJSON *root;

	(void)state;
	p.forecast = forecast_new();
	for (int i = 0; i < 30; i++)
		last = check_in_with(w, NULL, 0);
	view_ticket(w->site, visit_of(w, last), &p, &out);
	root = json_back(&out);
	assert_json_number(root, "expected_minutes",
			   forecast_minutes(forecast_visit(p.forecast, w->site, visit_of(w, last), w->now)));
	assert_true(json_at(root, "expected_minutes")->valuedouble > 0);
	cJSON_Delete(root);
	buf_clear(&out);
	view_board(w->site, &p, &out);
	root = json_back(&out);
	assert_json_number(root, "stages.registration.forecast",
			   forecast_minutes(forecast_joining(p.forecast, w->site, STAGE_REGISTRATION, w->now)));
	cJSON_Delete(root);
	buf_clear(&out);
	view_display(w->site, STAGE_REGISTRATION, &p, &out);
	root = json_back(&out);
	assert_true(json_at(root, "expected_minutes")->valuedouble > 0);
	cJSON_Delete(root);
	buf_free(&out);
	forecast_free(p.forecast);
	world_free(w);
}

/* Those who still wait count; whole minutes, by nearest rank. */
static void test_waits(void **state)
{
	struct world *w = world_new();

	(void)state;
	shows(board_of(w), "stages.registration.wait", "null");
	for (int i = 0; i < 3; i++) {
		check_in_with(w, NULL, 0);
		world_pass(w, 10 * MS_MINUTE);
	}
	/* 30, 20 and 10 minutes so far. */
	shows(board_of(w), "stages.registration.wait", "{\"p50\":20,\"p90\":30}");
	shows(board_of(w), "stages.consent.wait", "null");
	world_free(w);
}

/* ---- parties ---- */

static void test_party(void **state)
{
	struct world *w = world_new();
	uint32_t v[3];
	cJSON *root;

	(void)state;
	for (int i = 0; i < 3; i++)
		v[i] = check_in_with(w, FAMILY, 0);
	check_in_with(w, NULL, 0);
	shows(ticket_of(w, v[1]), "party", "3");
	root = desk_of(w, "registration-1");
	assert_json(root, "next", "[\"W001\",\"W002\",\"W003\",\"W004\"]");
	assert_json(root, "party", "[]");
	assert_json(root, "waiting", "4");
	cJSON_Delete(root);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v[0]);
	root = desk_of(w, "registration-1");
	assert_int_equal(cJSON_GetArraySize(json_at(root, "party")), 3);
	assert_json_text(root, "called.number", "W001");
	assert_json_null(root, "here");
	assert_json_text(root, "party.2.number", "W003");
	assert_json_text(root, "party.2.person.name", "Li Wei");
	cJSON_Delete(root);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v[2], ACTION_START), VERDICT_ACCEPTED);
	root = desk_of(w, "registration-1");
	assert_json_text(root, "here.number", "W003");
	assert_json_text(root, "party.0.number", "W003");
	cJSON_Delete(root);
	root = board_of(w);
	assert_json(root, "desks.0.called", "\"W001\"");
	assert_json(root, "desks.0.called_all", "[\"W001\",\"W002\"]");
	assert_json(root, "desks.0.serving", "\"W003\"");
	assert_json(root, "desks.0.serving_all", "[\"W003\"]");
	assert_json(root, "desks.1.called_all", "[]");
	assert_json(root, "stages.registration.called", "2");
	assert_json(root, "stages.registration.serving", "1");
	assert_json(root, "stages.registration.people", "4");
	cJSON_Delete(root);
	world_free(w);
}

/* ---- rooms, seats, hold ---- */

static void test_hall(void **state)
{
	struct world *w = world_new_with(small_room);
	uint32_t inside = check_in_with(w, NULL, 2), outside = check_in_with(w, NULL, 0);
	cJSON *root = ticket_of(w, outside);

	(void)state;
	assert_json(root, "admitted", "false");
	assert_json(root, "next", "{\"stage\":\"registration\",\"desk\":null,\"place\":\"hall\"}");
	assert_json(root, "hold", "false");
	assert_json(root, "party", "1");
	cJSON_Delete(root);
	root = ticket_of(w, inside);
	assert_json(root, "admitted", "true");
	assert_json(root, "next.place", "\"room\"");
	cJSON_Delete(root);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), inside);
	root = ticket_of(w, inside);
	assert_json(root, "admitted", "true");
	assert_json(root, "next", "{\"stage\":\"registration\",\"desk\":\"registration-1\",\"place\":\"desk\"}");
	cJSON_Delete(root);
	root = board_of(w);
	assert_json(root, "stages.registration.hall", "1");
	assert_json(root, "stages.registration.people", "3");
	assert_json(root, "stages.registration.capacity", "3");
	assert_json(root, "stages.registration.paused", "{\"why\":\"room_full\",\"until\":null}");
	cJSON_Delete(root);
	root = desk_of(w, "registration-2");
	assert_json(root, "paused", "{\"why\":\"room_full\",\"until\":null}");
	assert_json(root, "hall", "1");
	assert_json(root, "next", "[\"W002\"]");
	cJSON_Delete(root);
	world_free(w);
}

static void one_seat(struct rules *r)
{
	r->observation_seats = 1;
}

static void test_seats(void **state)
{
	struct world *w = world_new_with(one_seat);
	struct picture p;
	struct buf out = {0};
	uint32_t second;
	cJSON *root;

	(void)state;
	world_visit(w, VISIT_OBSERVING);
	second = check_in_with(w, NULL, 0);
	for (enum stage st = STAGE_REGISTRATION; st < STAGE_INJECTION; st++) {
		assert_verdict(world_act(w, w->hand[st][0], second, ACTION_START), VERDICT_ACCEPTED);
		assert_verdict(world_act(w, w->hand[st][0], second, ACTION_FINISH), VERDICT_ACCEPTED);
	}
	root = desk_of(w, "injection-1");
	assert_json(root, "paused", "{\"why\":\"seats_full\",\"until\":\"2026-11-20T00:30:00.000Z\"}");
	assert_json(root, "next", "[\"W002\"]");
	cJSON_Delete(root);
	root = board_of(w);
	assert_json(
		root, "seats",
		"{\"total\":1,\"taken\":1,\"free\":0,\"committed\":1,\"next_free_at\":\"2026-11-20T00:30:00.000Z\"}");
	assert_json(root, "stages.injection.paused", "{\"why\":\"seats_full\",\"until\":\"2026-11-20T00:30:00.000Z\"}");
	assert_json(root, "stages.consent.paused", "null");
	assert_json(root, "stock", "[{\"vaccine\":\"inactivated\",\"lot\":\"L1\",\"given\":1}]");
	cJSON_Delete(root);
	p = picture_of(w);
	view_observation(w->site, &p, &out);
	root = json_back(&out);
	assert_json(root, "seats.committed", "1");
	assert_json(root, "seats.next_free_at", "\"2026-11-20T00:30:00.000Z\"");
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

static void test_hold(void **state)
{
	struct world *w = world_new();
	uint32_t first = check_in_with(w, NULL, 2);
	cJSON *root = board_of(w);

	(void)state;
	assert_json(root, "hold", "{\"on\":false,\"reason\":null,\"since\":null,\"by\":null}");
	assert_json(root, "inside", "null");
	cJSON_Delete(root);
	world_visit(w, VISIT_LEFT_EARLY);
	world_visit(w, VISIT_DEFERRED);
	world_visit(w, VISIT_OBSERVING);
	hold(w);
	root = board_of(w);
	assert_json(root, "hold.on", "true");
	assert_json(root, "hold.reason", "\"no clinician\"");
	assert_json(root, "hold.since", "\"2026-11-20T00:00:00.000Z\"");
	assert_json(root, "hold.by", "\"d1\"");
	assert_json(
		root, "inside",
		"[{\"number\":\"W001\",\"state\":\"queued\",\"stage\":\"registration\",\"desk\":null,\"companions\":2},"
		"{\"number\":\"W004\",\"state\":\"observing\",\"stage\":\"observation\",\"desk\":null,\"companions\":0}]");
	assert_json(root, "stages.registration.paused", "{\"why\":\"hold\",\"until\":null}");
	cJSON_Delete(root);
	root = desk_of(w, "registration-1");
	assert_json(root, "hold", "true");
	assert_json(root, "paused.why", "\"hold\"");
	cJSON_Delete(root);
	shows(display_of(w, STAGE_REGISTRATION), "hold", "true");
	shows(display_of(w, STAGE_NONE), "hold", "true");
	shows(ticket_of(w, first), "hold", "true");
	site_does(w, COMMAND_SITE_RESUME);
	shows(board_of(w), "hold", "{\"on\":false,\"reason\":null,\"since\":null,\"by\":null}");
	shows(board_of(w), "inside", "null");
	shows(ticket_of(w, first), "hold", "false");
	world_free(w);
}

static void test_roll_call(void **state)
{
	struct world *w = world_new();
	struct picture p;
	struct buf out = {0};
	uint32_t seen = world_visit(w, VISIT_OBSERVING);
	cJSON *root;

	(void)state;
	world_visit(w, VISIT_OBSERVING);
	shows(board_of(w), "stages.observation.seen", "null");
	shows(board_of(w), "roll_call", "{\"on\":false,\"started_at\":null,\"ended_at\":null,\"missing\":0}");
	world_pass(w, MS_MINUTE);
	site_does(w, COMMAND_ROLL_CALL_START);
	shows(board_of(w), "stages.observation.seen", "0");
	assert_verdict(world_scan(w, w->observer, seen), VERDICT_ACCEPTED);
	root = board_of(w);
	assert_json(root, "stages.observation.seen", "1");
	assert_json(root, "roll_call",
		    "{\"on\":true,\"started_at\":\"2026-11-20T00:01:00.000Z\",\"ended_at\":null,\"missing\":0}");
	cJSON_Delete(root);
	world_pass(w, MS_MINUTE);
	site_does(w, COMMAND_ROLL_CALL_END);
	shows(board_of(w), "roll_call",
	      "{\"on\":false,\"started_at\":\"2026-11-20T00:01:00.000Z\",\"ended_at\":\"2026-11-20T00:02:00.000Z\","
	      "\"missing\":1}");
	p = picture_of(w);
	view_alerts(w->site, &p, &out);
	root = json_back(&out);
	assert_json(root, "alerts.0.kind", "\"missing\"");
	assert_json(root, "alerts.0.number", "\"W002\"");
	assert_json(root, "alerts.0.urgency", "3");
	assert_json(root, "alerts.0.settled_by.0", "\"arrived\"");
	assert_non_null(strstr(out.data, "\"seen\""));
	assert_null(strstr(out.data, "by_hand"));
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

/* ---- alarms ---- */

/* Each says what settles it: acts on its visit, what it warns of being over, or somebody's word. */
static void test_settled_by(void **state)
{
	struct world *w = world_new();
	struct command c = world_command(w, COMMAND_CONDITION_RAISE, 0, 0);
	struct picture p;
	struct buf out = {0};
	cJSON *root;

	(void)state;
	world_visit(w, VISIT_UNWELL);
	assert_verdict(world_unwell(w, w->kiosk, 0), VERDICT_ACCEPTED);
	c.condition = ALERT_DISK_LOW;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c.condition = ALERT_CLOCK_DOUBT;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	p = picture_of(w);
	view_alerts(w->site, &p, &out);
	root = json_back(&out);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "alerts")), 4);
	for (int i = 0; i < 4; i++) {
		const cJSON *alarm = cJSON_GetArrayItem(json_at(root, "alerts"), i);
		const char *kind = cJSON_GetStringValue(json_at(alarm, "kind"));

		if (strcmp(kind, "disk_low") == 0)
			assert_json(alarm, "settled_by", "[\"by_itself\"]");
		else if (strcmp(kind, "unwell") == 0 && json_at(alarm, "visit"))
			assert_json(alarm, "settled_by", "[\"cleared\",\"transferred\"]");
		else
			assert_json(alarm, "settled_by", "[\"by_hand\"]");
	}
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

/* One about a stage names it. */
static void test_wait_long(void **state)
{
	struct world *w = world_new();
	struct picture p;
	struct buf out = {0};
	cJSON *root;

	(void)state;
	check_in_with(w, NULL, 0);
	world_pass(w, 31 * MS_MINUTE);
	p = picture_of(w);
	view_alerts(w->site, &p, &out);
	root = json_back(&out);
	assert_json(root, "alerts.0.kind", "\"wait_long\"");
	assert_json(root, "alerts.0.stage", "\"registration\"");
	assert_json(root, "alerts.0.settled_by", "[\"by_itself\"]");
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

/* ---- devices ---- */

static ms_t heard(void *arg, uint32_t device)
{
	return device == *(uint32_t *)arg ? WORLD_MORNING : 0;
}

static void test_devices(void **state)
{
	struct world *w = world_new();
	struct command c = world_command(w, COMMAND_DEVICE_SILENT, 0, 0);
	struct picture p = picture_of(w);
	struct buf out = {0};
	char path[32], id[16];
	cJSON *root;
	int n = 0;

	(void)state;
	check_in_with(w, NULL, 0);
	c.subject = w->kiosk;
	c.due = w->now;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	p.last_contact = heard;
	p.contact_arg = &w->kiosk;
	view_board(w->site, &p, &out);
	root = json_back(&out);
	snprintf(id, sizeof(id), "d%u", w->kiosk);
	while (strcmp(cJSON_GetStringValue(json_at(cJSON_GetArrayItem(json_at(root, "devices"), n), "id")), id) != 0)
		n++;
	snprintf(path, sizeof(path), "devices.%d", n);
	snprintf(id, sizeof(id), "d%u", w->hand[STAGE_CONSENT][1]);
	assert_json(json_at(root, path), "kind", "\"kiosk\"");
	assert_json(json_at(root, path), "state", "\"enrolled\"");
	assert_json(json_at(root, path), "last_contact", "\"2026-11-20T00:00:00.000Z\"");
	assert_json(json_at(root, path), "silent", "true");
	assert_json(root, "devices.0.silent", "false");
	assert_json(root, "devices.0.last_contact", "null");
	assert_json_text(root, "desks.3.devices.0.id", id);
	assert_json(root, "desks.3.devices.0.name", "\"it\"");
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

/* ---- the site, the roster, the door ---- */

static void with_texts(struct rules *r)
{
	free(r->text);
	r->text = strdup(
		"{\"entry_checks\":[{\"id\":\"mask\",\"name\":{\"en\":\"Mask\"},\"advice\":{\"en\":\"Wear one.\"},"
		"\"required\":false}],\"desks\":[{\"id\":\"registration-1\",\"stage\":\"registration\",\"open\":true}],"
		"\"vaccines\":[{\"id\":\"inactivated\",\"name\":{\"en\":\"Inactivated\"},\"aliases\":[]}],"
		"\"id_types\":[{\"id\":\"passport\",\"name\":{\"en\":\"Passport\"},\"aliases\":[]}]}");
	r->room_consent = 40;
}

static void test_site(void **state)
{
	struct world *w = world_new_with(with_texts);
	struct buf out = {0};

	(void)state;
	site_encode(w->site, &out);
	assert_string_equal(
		out.data,
		"{\"id\":\"test\",\"name\":null,\"time_zone\":\"Asia/Shanghai\",\"public_url\":\"\","
		"\"languages\":[\"zh-Hans\",\"zh-Hant\",\"en\"],\"entry_checks\":[{\"id\":\"mask\",\"name\":{\"en\":\"Mask\"},"
		"\"advice\":{\"en\":\"Wear one.\"},\"required\":false}],\"vaccines\":[{\"id\":\"inactivated\","
		"\"name\":{\"en\":\"Inactivated\"}}],\"id_types\":[{\"id\":\"passport\",\"name\":{\"en\":\"Passport\"}}],"
		"\"desks\":[{\"id\":\"registration-1\",\"stage\":\"registration\"}],"
		"\"rooms\":{\"registration\":null,\"consent\":40,\"injection\":null},\"seats\":150}");
	buf_free(&out);
	world_free(w);
}

static void expect(struct world *w, const char *day, uint64_t by_id)
{
	struct command c = world_command(w, COMMAND_ROSTER_ROW, w->board, 0);

	c.load = LOAD;
	c.day = day;
	c.person = ONE;
	c.birth_date = "1980-01-02";
	c.by_id = by_id;
	c.slot_from = WORLD_MORNING;
	c.slot_to = WORLD_MORNING + MS_HOUR;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

static void load(struct world *w)
{
	struct command c = world_command(w, COMMAND_ROSTER_LOADED, w->board, 0);

	expect(w, "2026-11-20", 11);
	expect(w, "2026-11-20", 12);
	expect(w, "2026-11-21", 13);
	c.load = c.id = LOAD;
	c.rows = 3;
	c.details = "{\"accepted\":3}";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

static void code_of(void *arg, uint64_t appointment, char out[ROSTER_CODE_MAX_BYTES + 1])
{
	snprintf(out, ROSTER_CODE_MAX_BYTES + 1, "%s%d", (const char *)arg, (int)appointment);
}

static cJSON *roster_of(const struct world *w, const char *day, const struct reader *r)
{
	struct buf out = {0};
	char letter[] = "C";
	cJSON *root;

	roster_encode(w->site, day, code_of, letter, r, &out);
	root = json_back(&out);
	buf_free(&out);
	return root;
}

static void test_roster(void **state)
{
	struct world *w = world_new();
	struct command c;
	cJSON *root;

	(void)state;
	load(w);
	c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);
	c.by_id = 12;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	root = roster_of(w, "2026-11-20", &sees);
	assert_json(root, "expected", "2");
	assert_json(root, "arrived", "1");
	assert_json(
		root, "rows.0",
		"{\"appointment\":\"C1\",\"slot_from\":\"2026-11-20T00:00:00.000Z\","
		"\"slot_to\":\"2026-11-20T01:00:00.000Z\",\"class\":\"appointment\",\"visit\":\"v1\",\"number\":null,"
		"\"state\":\"expected\",\"person\":{\"name\":\"Li Wei\"}}");
	assert_json(root, "rows.1.number", "\"A001\"");
	assert_json(root, "rows.1.state", "\"queued\"");
	cJSON_Delete(root);
	root = roster_of(w, "2026-11-21", &strange);
	assert_json(root, "day", "\"2026-11-21\"");
	assert_json(root, "expected", "1");
	assert_json(root, "arrived", "0");
	assert_json(root, "rows",
		    "[{\"appointment\":\"C3\",\"slot_from\":\"2026-11-20T00:00:00.000Z\","
		    "\"slot_to\":\"2026-11-20T01:00:00.000Z\",\"class\":\"appointment\",\"visit\":null,\"number\":null,"
		    "\"state\":\"expected\"}]");
	cJSON_Delete(root);
	root = roster_of(w, "2026-12-24", &sees);
	assert_json(root, "rows", "[]");
	cJSON_Delete(root);
	/* Whoever is expected is not inside, and waits for nothing yet. */
	hold(w);
	shows(board_of(w), "inside",
	      "[{\"number\":\"A001\",\"state\":\"queued\",\"stage\":\"registration\",\"desk\":null,\"companions\":0}]");
	world_free(w);
}

static void test_turned_away(void **state)
{
	struct world *w = world_new_with(with_texts);
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	(void)state;
	c.person = ONE;
	c.failed_check = "mask";
	for (int i = 0; i < 2; i++)
		assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	shows(board_of(w), "not_today", "[{\"check\":\"mask\",\"count\":2}]");
	shows(board_of(w), "totals.not_today", "2");
	world_free(w);
}

/* ---- the record ---- */

static void test_timeline(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_SERVING);
	struct command c = world_command(w, COMMAND_VISIT, w->board, v);
	struct buf out = {0};
	cJSON *root;

	(void)state;
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_UNDO), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_START), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
	c.action = ACTION_MOVE;
	c.stage = STAGE_REGISTRATION;
	c.reason = "wrong record";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	timeline_encode(w->site, visit_of(w, v), &sees, &out);
	root = json_back(&out);
	assert_json_text(root, "timeline.1.type", "started");
	assert_json_text(root, "timeline.1.stage", "registration");
	assert_null(json_at(root, "timeline.1.undoes"));
	assert_json_text(root, "timeline.2.type", "undone");
	assert_json_text(root, "timeline.2.undoes", "started");
	assert_json_text(root, "timeline.4.type", "finished");
	assert_json_text(root, "timeline.5.type", "moved");
	assert_json_text(root, "timeline.5.stage", "registration");
	assert_json_text(root, "timeline.5.reason", "wrong record");
	cJSON_Delete(root);
	buf_free(&out);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_display),        cmocka_unit_test(test_calls),
		cmocka_unit_test(test_display_of_all), cmocka_unit_test(test_expected_minutes),
		cmocka_unit_test(test_waits),          cmocka_unit_test(test_party),
		cmocka_unit_test(test_hall),           cmocka_unit_test(test_seats),
		cmocka_unit_test(test_hold),           cmocka_unit_test(test_roll_call),
		cmocka_unit_test(test_settled_by),     cmocka_unit_test(test_wait_long),
		cmocka_unit_test(test_devices),        cmocka_unit_test(test_site),
		cmocka_unit_test(test_roster),         cmocka_unit_test(test_turned_away),
		cmocka_unit_test(test_timeline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
