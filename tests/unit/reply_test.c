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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
