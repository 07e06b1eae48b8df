/* What is answered, about a site that the core itself brought there. */
#include "json_help.h"

#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "site_help.h"

#define TOKEN "AAAAAAAAAAAAAAAAAAAAAAAA"

static const struct reader sees = {.person = true}, strange = {.person = false};

/* The answer to the last command. */
static cJSON *answered(const struct world *w, const struct reader *r, int status)
{
	struct buf out = {0};
	cJSON *root;

	assert_int_equal(reply_encode(w->site, TOKEN, &w->outcome, r, &out), status);
	root = json_back(&out);
	buf_free(&out);
	return root;
}

static char *answer_text(const struct world *w)
{
	struct buf out = {0};

	reply_encode(w->site, TOKEN, &w->outcome, &sees, &out);
	return buf_take(&out);
}

/* ---- answers ---- */

static void test_ticket(void **state)
{
	struct world *w = world_new();
	cJSON *root;

	(void)state;
	world_check_in(w);
	root = answered(w, &sees, 201);
	assert_json_text(root, "ticket.token", TOKEN);
	assert_json_text(root, "ticket.number", "W001");
	assert_json_text(root, "ticket.qr_svg", "/api/tickets/" TOKEN ".svg");
	assert_json_text(root, "ticket.qr_png", "/api/tickets/" TOKEN ".png");
	assert_json_text(root, "visit.number", "W001");
	assert_json_text(root, "visit.state", "queued");
	assert_json_text(root, "visit.stage", "registration");
	assert_json_text(root, "visit.class", "walk_in");
	assert_json_text(root, "visit.language", "zh-Hans");
	assert_json_text(root, "visit.person.name", "Li Wei");
	assert_json_null(root, "visit.desk");
	assert_json_null(root, "visit.party");
	assert_json_null(root, "visit.injected_at");
	assert_json_text(root, "visit.arrived_at", "2026-11-20T00:00:00.000Z");
	assert_int_equal(cJSON_GetArraySize(json_at(root, "visit.flags")), 0);
	cJSON_Delete(root);
	/* Only who may sees persons. */
	root = answered(w, &strange, 201);
	assert_non_null(json_at(root, "visit"));
	assert_null(json_at(root, "visit.person"));
	cJSON_Delete(root);
	world_free(w);
}

static void test_act(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_visit(w, VISIT_SERVING);
	cJSON *root = answered(w, &sees, 200);

	(void)state;
	assert_json_text(root, "outcome", "accepted");
	assert_json_text(root, "code", "start");
	assert_json_text(root, "visit.desk", "registration-1");
	assert_json_text(root, "next.stage", "registration");
	assert_json_text(root, "next.desk", "registration-1");
	assert_json_text(root, "message.key", "start");
	assert_json_text(root, "message.args.number", "W001");
	assert_json_text(root, "message.args.desk", "registration-1");
	assert_json_text(root, "message.args.stage", "registration");
	cJSON_Delete(root);

	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_BEING_SERVED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "outcome", "noted");
	assert_json_text(root, "code", "being_served");
	cJSON_Delete(root);

	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "code", "finish");
	assert_json_text(root, "next.stage", "consent");
	assert_json_null(root, "next.desk");
	cJSON_Delete(root);

	world_inject(w, v);
	root = answered(w, &sees, 200);
	assert_json_text(root, "code", "inject");
	assert_json_text(root, "next.stage", "observation");
	assert_json_text(root, "message.args.due_at", "2026-11-20T00:30:00.000Z");
	cJSON_Delete(root);

	assert_verdict(world_scan(w, w->observer, v), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "code", "arrive");
	assert_json_text(root, "next.until", "2026-11-20T00:30:00.000Z");
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
	assert_json_text(root, "type", "urn:vaxline:problem:not_due");
	assert_json_text(root, "code", "not_due");
	assert_json_number(root, "status", 409);
	assert_json_text(root, "title", verdict_title(VERDICT_NOT_DUE));
	assert_json_text(root, "detail", "May leave at 00:30:00 UTC: back to observation until then.");
	assert_json_text(root, "due_at", "2026-11-20T00:30:00.000Z");
	assert_json_text(root, "visit.state", "observing");
	assert_json_text(root, "visit.flags.0", "early_exit");
	assert_json_text(root, "next.stage", "observation");
	assert_null(json_at(root, "visit.person"));
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
	assert_json_text(root, "detail", "Ticket W001 is being served at desk registration-1.");
	assert_json_text(root, "desk", "registration-1");
	cJSON_Delete(root);

	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_verdict(world_scan(w, w->hand[STAGE_INJECTION][0], v), VERDICT_WRONG_STAGE);
	root = answered(w, &strange, 409);
	assert_json_text(root, "detail", "Ticket W001 goes to the waiting area for consent now.");
	assert_json_text(root, "next.stage", "consent");
	cJSON_Delete(root);

	c = world_command(w, COMMAND_SCAN, w->exit, 0);
	assert_verdict(world_do(w, &c), VERDICT_TICKET_UNKNOWN);
	root = answered(w, &strange, 409);
	assert_null(json_at(root, "visit"));
	assert_json_text(root, "code", "ticket_unknown");
	cJSON_Delete(root);

	c = world_command(w, COMMAND_VISIT, w->hand[STAGE_CONSENT][0], v);
	c.action = ACTION_START;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c.action = ACTION_DEFER;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	root = answered(w, &strange, 422);
	assert_json_text(root, "detail", "The field reason is missing.");
	assert_json_text(root, "errors.0.field", "reason");
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
		root = json_back(&out);
		assert_json_text(root, "code", verdict_code((enum verdict)v));
		if (verdict_status((enum verdict)v) != 200) {
			const char *detail = cJSON_GetStringValue(json_at(root, "detail"));

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
	assert_json_text(root, "code", "call");
	assert_json_text(root, "visit.state", "called");
	assert_int_equal(cJSON_GetArraySize(json_at(root, "party")), 1);
	assert_json_text(root, "party.0.number", "W001");
	cJSON_Delete(root);

	assert_verdict(world_desk(w, COMMAND_DESK_CLOSE, STAGE_CONSENT, 1), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "outcome", "accepted");
	assert_json_text(root, "desk.id", "consent-2");
	cJSON_Delete(root);

	assert_verdict(world_unwell(w, w->kiosk, v), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "code", "unwell");
	assert_json_text(root, "alert.kind", "unwell");
	assert_json_text(root, "alert.state", "open");
	assert_json_text(root, "alert.number", "W001");
	assert_json_text(root, "next.place", "treatment");
	assert_json_null(root, "next.stage");
	cJSON_Delete(root);

	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_UNWELL, v)), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "alert.state", "acknowledged");
	assert_non_null(json_at(root, "alert.by"));
	cJSON_Delete(root);

	assert_verdict(world_unwell(w, w->kiosk, 0), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_null(root, "visit");
	assert_json_null(root, "next");
	assert_json_text(root, "alert.kind", "unwell");
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
	root = json_back(&out);
	assert_json_text(root, "outcome", "noted");
	assert_json_text(root, "code", "not_due");
	assert_json_text(root, "visit.state", "observing");
	cJSON_Delete(root);
	buf_clear(&out);
	assert_verdict(world_act(w, w->observer, v, ACTION_RETURNED), VERDICT_ACCEPTED);
	world_pass(w, 31 * MS_MINUTE);
	assert_verdict(world_act(w, w->observer, v, ACTION_RELEASE), VERDICT_ACCEPTED);
	reply_noted_encode(&w->outcome, &strange, &out);
	root = json_back(&out);
	assert_json_text(root, "outcome", "noted");
	assert_json_null(root, "visit");
	assert_null(strstr(out.data, "completed"));
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
	root = json_back(&out);
	assert_non_null(json_at(root, "state"));
	cJSON_Delete(root);
	buf_clear(&out);
	world_visit(w, VISIT_OBSERVING);
	world_check_in(w);
	c = world_command(w, COMMAND_DAY_CLOSE, w->board, 0);
	assert_verdict(world_do(w, &c), VERDICT_DAY_NOT_CLEAR);
	root = answered(w, &sees, 409);
	assert_int_equal(cJSON_GetArraySize(json_at(root, "what")), 1);
	assert_json_text(root, "what.0.number", "W001");
	assert_null(json_at(root, "what.0.person"));
	cJSON_Delete(root);
	day_encode(w->site, &out);
	root = json_back(&out);
	assert_json_text(root, "day", "2026-11-20");
	assert_json_text(root, "state", "open");
	assert_json_number(root, "totals.by_state.observing", 1);
	assert_json_text(root, "in_the_way.0.state", "observing");
	cJSON_Delete(root);
	buf_free(&out);
	assert_verdict(world_act(w, w->observer, 1, ACTION_WALKED_OUT), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "outcome", "accepted");
	assert_true(cJSON_IsObject(json_at(root, "day")));
	cJSON_Delete(root);
	world_free(w);
}

/* ---- the hall ---- */

static void small_house(struct rules *r)
{
	r->observation_seats = 2;
	r->room_registration = 2;
	free(r->text);
	r->text = strdup("{\"entry_checks\":[{\"id\":\"health_code\",\"name\":{\"en\":\"Health code\"},"
			 "\"advice\":{\"en\":\"See a doctor.\"},\"required\":false}]}");
}

static struct command newcomer(const struct world *w)
{
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	c.person = "{\"name\":\"Li Wei\",\"birth_date\":\"1980-01-02\"}";
	return c;
}

/* A family is called together; whoever asks again, also after a restart, gets the same bytes. */
static void test_call_of_a_party(void **state)
{
	struct world *w = world_new();
	struct command c = newcomer(w);
	cJSON *root;
	char *first, *again;

	(void)state;
	c.party = "11111111-2222-4333-8444-555555555555";
	for (int i = 0; i < 3; i++)
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c = world_command(w, COMMAND_DESK_CALL, w->hand[STAGE_REGISTRATION][0], 0);
	c.id = "00000000-0000-4000-9000-000000000001";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "code", "call");
	assert_json_text(root, "visit.number", "W001");
	assert_int_equal(cJSON_GetArraySize(json_at(root, "party")), 3);
	assert_json_text(root, "party.2.number", "W003");
	assert_json_text(root, "party.2.state", "called");
	cJSON_Delete(root);
	first = answer_text(w);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], 3, ACTION_START), VERDICT_ACCEPTED);
	for (int round = 0; round < 2; round++) {
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		again = answer_text(w);
		assert_string_equal(first, again);
		free(again);
		world_restart(w);
	}
	free(first);
	world_free(w);
}

/* A lost ticket is replaced: where to go now, and the new code. */
static void test_new_ticket(void **state)
{
	struct world *w = world_new();
	uint32_t v = world_check_in(w);
	cJSON *root;

	(void)state;
	assert_verdict(world_act(w, w->board, v, ACTION_REISSUE), VERDICT_ACCEPTED);
	root = answered(w, &sees, 200);
	assert_json_text(root, "outcome", "accepted");
	assert_json_text(root, "code", "reissue");
	assert_json_text(root, "visit.number", "W001");
	assert_json_text(root, "next.stage", "registration");
	assert_json_text(root, "message.key", "reissue");
	assert_json_text(root, "ticket.token", TOKEN);
	assert_json_text(root, "ticket.number", "W001");
	cJSON_Delete(root);
	world_free(w);
}

static void test_site_acts(void **state)
{
	struct world *w = world_new();
	struct command c = world_command(w, COMMAND_SITE_HOLD, w->board, 0);
	struct command resume = world_command(w, COMMAND_SITE_RESUME, w->board, 0);
	char *first, *again;

	(void)state;
	c.reason = "fridge";
	c.id = "00000000-0000-4000-9000-000000000001";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	first = answer_text(w);
	assert_string_equal(
		first, "{\"outcome\":\"accepted\",\"code\":\"accepted\",\"hold\":{\"on\":true,\"reason\":\"fridge\","
		       "\"since\":\"2026-11-20T00:00:00.000Z\",\"by\":\"d1\"},\"roll_call\":{\"on\":false,"
		       "\"started_at\":null,\"ended_at\":null,\"missing\":0}}");
	assert_verdict(world_do(w, &resume), VERDICT_ACCEPTED);
	for (int round = 0; round < 2; round++) {
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		again = answer_text(w);
		assert_string_equal(first, again);
		free(again);
		world_restart(w);
	}
	free(first);
	world_free(w);
}

static void test_hold_refuses(void **state)
{
	struct world *w = world_new();
	struct command c = world_command(w, COMMAND_SITE_HOLD, w->board, 0);
	cJSON *root;

	(void)state;
	world_check_in(w);
	c.reason = "fridge";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 0);
	root = answered(w, &strange, 409);
	assert_json_text(root, "code", "hold");
	assert_json_text(root, "reason", "fridge");
	assert_json_text(root, "detail",
			 "A supervisor has put the site on hold: nobody is called or started until it goes on.");
	cJSON_Delete(root);
	world_free(w);
}

/* Why calling is paused, and until when. */
static void test_paused(void **state)
{
	struct world *w = world_new_with(small_house);
	struct command c = newcomer(w);
	cJSON *root;

	(void)state;
	c.companions = 1;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), 1);
	world_check_in(w);
	assert_int_equal(world_call(w, STAGE_REGISTRATION, 1), 0);
	root = answered(w, &strange, 409);
	assert_json_text(root, "code", "paused");
	assert_json_text(root, "why", "room_full");
	assert_json_null(root, "until");
	assert_json_text(
		root, "detail",
		"All who wait are in the hall, and the room is full: calling goes on when a place in it frees.");
	cJSON_Delete(root);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][1], 2, ACTION_START), VERDICT_ROOM_FULL);
	root = answered(w, &strange, 409);
	assert_json_text(
		root, "detail",
		"The room for registration has no place for ticket W002 now: wait in the hall until one is free.");
	cJSON_Delete(root);

	world_inject(w, 1);
	assert_verdict(world_act(w, w->observer, 1, ACTION_ARRIVE), VERDICT_ACCEPTED);
	for (enum stage st = STAGE_REGISTRATION; st < STAGE_INJECTION; st++) {
		assert_verdict(world_act(w, w->hand[st][1], 2, ACTION_START), VERDICT_ACCEPTED);
		assert_verdict(world_act(w, w->hand[st][1], 2, ACTION_FINISH), VERDICT_ACCEPTED);
	}
	assert_int_equal(world_call(w, STAGE_INJECTION, 1), 0);
	root = answered(w, &strange, 409);
	assert_json_text(root, "why", "seats_full");
	assert_json_text(root, "until", "2026-11-20T00:30:00.000Z");
	assert_json_text(root, "detail",
			 "Every seat in observation is taken or spoken for: the next one frees at 00:30:00 UTC.");
	cJSON_Delete(root);
	assert_verdict(world_act(w, w->hand[STAGE_INJECTION][1], 2, ACTION_START), VERDICT_SEATS_FULL);
	root = answered(w, &strange, 409);
	assert_json_text(root, "detail",
			 "Observation has no seat for ticket W002 now: the person waits here until one is free.");
	cJSON_Delete(root);

	c = newcomer(w);
	c.companions = 2;
	assert_verdict(world_do(w, &c), VERDICT_ROOM_FULL);
	root = answered(w, &strange, 409);
	assert_json_text(root, "detail",
			 "So many people do not fit into the rooms of this site together: bring fewer along.");
	cJSON_Delete(root);
	world_free(w);
}

/* Turned away at the door: by what, and what to tell the person; the same after a restart. */
static void test_not_today(void **state)
{
	struct world *w = world_new_with(small_house);
	struct command c = newcomer(w);
	char *first, *again;
	cJSON *root;

	(void)state;
	c.failed_check = "health_code";
	c.id = "00000000-0000-4000-9000-000000000001";
	assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	root = answered(w, &strange, 409);
	assert_json_text(root, "code", "not_today");
	assert_json_text(root, "check", "health_code");
	assert_json_text(root, "name.en", "Health code");
	assert_json_text(root, "advice.en", "See a doctor.");
	assert_json_text(
		root, "detail",
		"The entry check health code was not passed: give the advice, and let the person come another day.");
	assert_null(json_at(root, "visit"));
	cJSON_Delete(root);
	first = answer_text(w);
	for (int round = 0; round < 2; round++) {
		assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
		again = answer_text(w);
		assert_string_equal(first, again);
		free(again);
		world_restart(w);
	}
	free(first);
	world_free(w);
}

/* A load is answered with the body it was recorded with; an appointment of another day names that day. */
static void test_roster(void **state)
{
	struct world *w = world_new();
	struct command c = world_command(w, COMMAND_ROSTER_ROW, w->board, 0);
	cJSON *root;
	char *text;

	(void)state;
	c.load = "99999999-2222-4333-8444-555555555555";
	c.day = "2026-11-21";
	c.person = "{\"name\":\"Li Wei\"}";
	c.birth_date = "1980-01-02";
	c.by_id = 7;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c = world_command(w, COMMAND_ROSTER_LOADED, w->board, 0);
	c.load = c.id = "99999999-2222-4333-8444-555555555555";
	c.rows = 1;
	c.details = "{\"accepted\":1,\"rejected\":[]}";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	text = answer_text(w);
	assert_string_equal(text, "{\"accepted\":1,\"rejected\":[]}");
	free(text);

	c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);
	c.by_id = 7;
	assert_verdict(world_do(w, &c), VERDICT_WRONG_DAY);
	root = answered(w, &strange, 409);
	assert_json_text(root, "day", "2026-11-21");
	assert_json_text(root, "detail", "The appointment is for 2026-11-21, not for today.");
	cJSON_Delete(root);
	world_free(w);
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
		cmocka_unit_test(test_day),
		cmocka_unit_test(test_call_of_a_party),
		cmocka_unit_test(test_new_ticket),
		cmocka_unit_test(test_site_acts),
		cmocka_unit_test(test_hold_refuses),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_not_today),
		cmocka_unit_test(test_roster),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
