/*
 * The staff: the list of them, what their roles may do, and whom the record names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define BIT(role) (1u << ROLE_##role)

static int setup(void **state)
{
	*state = world_unstaffed(NULL);
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

static struct command listing(const char *member, const char *roles)
{
	return (struct command){.kind = COMMAND_STAFF_LIST,
				.member = member,
				.person = "{\"name\":\"Zhao Min\"}",
				.roles = roles,
				.badge = world_badge(member, 1),
				.has_pin = true};
}

static enum verdict remove_one(struct world *w, const char *member)
{
	struct command c = {.kind = COMMAND_STAFF_REMOVE, .member = member};

	return world_do(w, &c);
}

/* Somebody new of these roles at the device. */
static void staffed(struct world *w, uint32_t device, const char *roles)
{
	char id[16];

	snprintf(id, sizeof(id), "n-%u", ++w->n_ids);
	assert_verdict(world_list(w, id, roles), VERDICT_ACCEPTED);
	assert_verdict(world_sign_on(w, device, id), VERDICT_ACCEPTED);
}

static uint32_t needle(const struct world *w)
{
	return w->hand[STAGE_INJECTION][0];
}

/* Somebody who is served at the needle. */
static uint32_t at_the_needle(struct world *w)
{
	uint32_t v = world_check_in(w);

	world_bring(w, v, STAGE_INJECTION);
	assert_verdict(world_act(w, needle(w), v, ACTION_START), VERDICT_ACCEPTED);
	return v;
}

/* ---- the list ---- */

static void test_roles_are_read_with_the_last_days_of_their_qualifications(void **state)
{
	struct staff f = {0};

	(void)state;
	assert_true(staff_roles_parse("vaccinator=2027-06-30,observer", &f));
	assert_int_equal(f.roles, BIT(VACCINATOR) | BIT(OBSERVER));
	assert_string_equal(f.until[ROLE_VACCINATOR], "2027-06-30");
	assert_string_equal(f.until[ROLE_OBSERVER], "");
	assert_true(staff_roles_parse("guard", &f));
	assert_int_equal(f.roles, BIT(GUARD));
	assert_string_equal(f.until[ROLE_VACCINATOR], "");
}

static void test_what_is_no_list_of_roles_changes_nothing(void **state)
{
	static const char *const wrong[] = {
		NULL,
		"",
		",",
		"guard,",
		",guard",
		"guard,,observer",
		"none",
		"nobody",
		"Guard",
		"guard ",
		"guard,guard",
		"guard=",
		"guard=2027-06-3",
		"guard=2027-06-300",
		"guard=2027/06/30",
		"guard=20a7-06-30",
		"=2027-06-30",
		"a role of a name that is too long to be one",
	};
	struct staff f = {0};

	(void)state;
	assert_true(staff_roles_parse("clinician=2027-06-30", &f));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_false(staff_roles_parse(wrong[i], &f));
		assert_int_equal(f.roles, BIT(CLINICIAN));
		assert_string_equal(f.until[ROLE_CLINICIAN], "2027-06-30");
	}
}

static void test_whoever_is_listed_is_found_by_id_and_badge(void **state)
{
	struct world *w = *state;
	const struct event *e;
	struct staff *f;

	assert_null(site_staff(w->site, "N017"));
	assert_verdict(world_list(w, "N017", "vaccinator=2027-06-30,observer"), VERDICT_ACCEPTED);
	e = event_of(w, EVENT_STAFF_LISTED);
	assert_string_equal(e->member, "N017");
	assert_string_equal(e->person, "{\"name\":\"Zhao Min\"}");
	assert_string_equal(e->roles, "vaccinator=2027-06-30,observer");
	assert_int_equal(e->badge, world_badge("N017", 1));
	assert_int_equal(e->pin, 1);
	assert_null(e->staff);
	f = site_staff(w->site, "N017");
	assert_ptr_equal(site_staff_by_badge(w->site, world_badge("N017", 1)), f);
	assert_string_equal(f->person, "{\"name\":\"Zhao Min\"}");
	assert_int_equal(f->roles, BIT(VACCINATOR) | BIT(OBSERVER));
	assert_true(f->pin);
	assert_false(f->removed);
}

/* A restart lists everybody again. */
static void test_listing_what_is_known_says_nothing_and_every_change_once(void **state)
{
	struct world *w = *state;
	struct command as = listing("N017", "vaccinator=2027-06-30,observer"), c;
	const struct command changes[] = {
		{.person = "{\"name\":\"Zhao Ming\"}"}, {.roles = "vaccinator=2027-06-30"}, {.roles = "observer"},
		{.roles = "vaccinator=2028-06-30"},     {.badge = world_badge("N017", 2)},
	};

	assert_verdict(world_do(w, &as), VERDICT_ACCEPTED);
	as.roles = "observer,vaccinator=2027-06-30";
	assert_verdict(world_do(w, &as), VERDICT_ACCEPTED);
	assert_int_equal(w->events.n, 0);
	for (size_t i = 0; i <= sizeof(changes) / sizeof(*changes); i++) {
		c = as;
		if (i == sizeof(changes) / sizeof(*changes)) {
			c.has_pin = false;
		} else {
			c.person = changes[i].person ? changes[i].person : as.person;
			c.roles = changes[i].roles ? changes[i].roles : as.roles;
			c.badge = changes[i].badge ? changes[i].badge : as.badge;
		}
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_int_equal(events_of(w, EVENT_STAFF_LISTED), 1);
		assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
		assert_int_equal(w->events.n, 0);
		assert_verdict(world_do(w, &as), VERDICT_ACCEPTED);
		assert_int_equal(events_of(w, EVENT_STAFF_LISTED), 1);
	}
}

static void test_nobody_is_listed_without_a_name_roles_and_a_badge_of_their_own(void **state)
{
	struct world *w = *state;
	struct command c = listing("N017", "observer");

	assert_verdict(world_list(w, "N018", "observer"), VERDICT_ACCEPTED);
	c.person = NULL;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "person");
	c = listing("N017", "chef");
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "roles");
	c = listing("N017", "observer");
	c.badge = 0;
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "badge");
	c.badge = world_badge("N018", 1);
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_int_equal(w->events.n, 0);
	assert_null(site_staff(w->site, "N017"));
}

static void test_whoever_is_removed_is_kept_for_the_record_and_may_come_back(void **state)
{
	struct world *w = *state;

	assert_verdict(remove_one(w, "N017"), VERDICT_STAFF_UNKNOWN);
	assert_verdict(world_list(w, "N017", "observer"), VERDICT_ACCEPTED);
	assert_verdict(remove_one(w, "N017"), VERDICT_ACCEPTED);
	assert_string_equal(event_of(w, EVENT_STAFF_REMOVED)->member, "N017");
	assert_true(site_staff(w->site, "N017")->removed);
	assert_string_equal(site_staff(w->site, "N017")->person, "{\"name\":\"Zhao Min\"}");
	assert_null(site_staff_by_badge(w->site, world_badge("N017", 1)));
	assert_verdict(remove_one(w, "N017"), VERDICT_STAFF_UNKNOWN);
	assert_verdict(world_list(w, "N017", "observer"), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_STAFF_LISTED), 1);
	assert_false(site_staff(w->site, "N017")->removed);
	assert_non_null(site_staff_by_badge(w->site, world_badge("N017", 1)));
}

static void test_whoever_is_removed_is_signed_off_everywhere_first(void **state)
{
	struct world *w = *state;

	assert_verdict(world_list(w, "N017", "vaccinator=2027-06-30"), VERDICT_ACCEPTED);
	assert_verdict(world_sign_on(w, w->board, "N017"), VERDICT_ACCEPTED);
	assert_verdict(world_sign_on(w, needle(w), "N017"), VERDICT_ACCEPTED);
	assert_verdict(remove_one(w, "N017"), VERDICT_ACCEPTED);
	assert_int_equal(w->events.n, 3);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(w->events.v[i].type, EVENT_SIGNED_OFF);
		assert_int_equal(w->events.v[i].sign_off, SIGN_OFF_REMOVED);
		assert_null(w->events.v[i].staff);
	}
	assert_int_equal(w->events.v[2].type, EVENT_STAFF_REMOVED);
	assert_null(site_device(w->site, needle(w))->session.staff);
	assert_verdict(world_sign_on(w, needle(w), "N017"), VERDICT_SIGN_ON_REFUSED);
}

/* Whoever finds the lost one is signed off with it, and does not get in again. */
static void test_a_replaced_badge_is_no_badge_any_more(void **state)
{
	struct world *w = *state;
	struct command c = listing("N017", "observer"),
		       with_new = {.kind = COMMAND_SIGN_ON, .device = w->observer, .badge = world_badge("N017", 2)};

	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_verdict(world_sign_on(w, w->observer, "N017"), VERDICT_ACCEPTED);
	c.roles = "observer,guard";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(events_of(w, EVENT_SIGNED_OFF), 0);
	c.badge = world_badge("N017", 2);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_int_equal(w->events.v[0].type, EVENT_SIGNED_OFF);
	assert_int_equal(w->events.v[0].sign_off, SIGN_OFF_REMOVED);
	assert_verdict(world_sign_on(w, w->observer, "N017"), VERDICT_SIGN_ON_REFUSED);
	assert_verdict(world_do(w, &with_new), VERDICT_ACCEPTED);
}

/* ---- what they may do ---- */

static void test_each_act_asks_for_these_roles_and_no_other(void **state)
{
	static const struct {
		enum action action;
		unsigned roles;
	} acts[] = {
		{ACTION_INJECT, BIT(VACCINATOR)}, {ACTION_ASSESS, BIT(CLINICIAN)},   {ACTION_CLEAR, BIT(CLINICIAN)},
		{ACTION_MOVE, BIT(SUPERVISOR)},   {ACTION_TRANSFER, BIT(CLINICIAN)}, {ACTION_CORRECT, BIT(SUPERVISOR)},
	};

	(void)state;
	for (int a = ACTION_NONE; a < ACTION_COUNT; a++) {
		unsigned roles = 0;

		for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++)
			roles |= (int)acts[i].action == a ? acts[i].roles : 0;
		assert_int_equal(duty_roles(COMMAND_VISIT, (enum action)a), roles);
	}
	for (int k = COMMAND_CHECK_IN; k <= COMMAND_SIGN_OFF; k++) {
		unsigned roles = 0;

		if (k == COMMAND_DAY_CLOSE)
			roles = BIT(SUPERVISOR);
		if (k == COMMAND_SITE_HOLD || k == COMMAND_SITE_RESUME)
			roles = BIT(SUPERVISOR) | BIT(CLINICIAN);
		assert_int_equal(duty_roles((enum command_kind)k, ACTION_NONE), roles);
	}
}

/* Three different things for three different people to do: scan, ask another, ask the supervisor. */
static void test_each_refusal_says_what_is_lacking(void **state)
{
	struct world *w = *state;
	uint32_t v = at_the_needle(w);

	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_NOT_SIGNED_ON);
	staffed(w, needle(w), "observer,clinician=2099-12-31");
	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_NOT_QUALIFIED);
	staffed(w, needle(w), "vaccinator");
	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_NOT_QUALIFIED);
	staffed(w, needle(w), "vaccinator=2026-11-19,clinician=2099-12-31");
	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_QUALIFICATION_EXPIRED);
	assert_int_equal(w->events.n, 0);
	assert_state(w, v, VISIT_SERVING);
	staffed(w, needle(w), "vaccinator=2026-11-20");
	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_ACCEPTED);
}

static void test_the_last_day_of_a_qualification_counts(void **state)
{
	struct world *w = *state;
	const struct staff *f;

	assert_verdict(world_list(w, "N017", "vaccinator=2026-11-20"), VERDICT_ACCEPTED);
	f = site_staff(w->site, "N017");
	assert_verdict(staff_may(w->site, f, BIT(VACCINATOR), "2026-11-19"), VERDICT_ACCEPTED);
	assert_verdict(staff_may(w->site, f, BIT(VACCINATOR), "2026-11-20"), VERDICT_ACCEPTED);
	assert_verdict(staff_may(w->site, f, BIT(VACCINATOR), "2026-11-21"), VERDICT_QUALIFICATION_EXPIRED);
	assert_verdict(staff_may(w->site, f, BIT(VACCINATOR), "2027-01-01"), VERDICT_QUALIFICATION_EXPIRED);
	assert_verdict(staff_may(w->site, NULL, BIT(VACCINATOR), "2026-11-20"), VERDICT_NOT_SIGNED_ON);
}

/* Of several roles that may, one that is good is enough. */
static void test_one_good_role_is_enough(void **state)
{
	struct world *w = *state;

	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_NOT_SIGNED_ON);
	world_check_in(w);
	staffed(w, w->board, "clinician=2026-11-19");
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_QUALIFICATION_EXPIRED);
	staffed(w, w->board, "clinician=2026-11-19,supervisor");
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_ACCEPTED);
	staffed(w, w->board, "clinician=2026-11-20");
	assert_verdict(world_site(w, COMMAND_SITE_RESUME), VERDICT_ACCEPTED);
	staffed(w, w->board, "registrar,screener=2099-12-31,vaccinator=2099-12-31,observer,guard");
	assert_verdict(world_site(w, COMMAND_SITE_HOLD), VERDICT_NOT_QUALIFIED);
}

static void no_qualification_asked(struct rules *r)
{
	r->roles[ROLE_VACCINATOR].qualification = false;
	r->roles[ROLE_SUPERVISOR].qualification = true;
}

static void test_a_role_asks_for_a_qualification_where_the_rules_say_so(void **state)
{
	struct world *w = world_unstaffed(no_qualification_asked);
	uint32_t v = at_the_needle(w);

	staffed(w, w->board, "supervisor");
	assert_verdict(world_close_day(w), VERDICT_NOT_QUALIFIED);
	staffed(w, needle(w), "vaccinator=2026-11-19");
	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_ACCEPTED);
	world_free(w);
	(void)state;
}

/* Who may is asked before what is: nobody learns of a visit by an act that is not theirs. */
static void test_duty_comes_before_the_state(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_VISIT, needle(w), world_check_in(w));

	c.action = ACTION_INJECT; /* and no vaccine, no lot, of somebody who waits for registration */
	assert_verdict(world_do(w, &c), VERDICT_NOT_SIGNED_ON);
	c.ticket = 999;
	assert_verdict(world_do(w, &c), VERDICT_NOT_SIGNED_ON);
	staffed(w, needle(w), "vaccinator=2099-12-31");
	assert_verdict(world_do(w, &c), VERDICT_TICKET_UNKNOWN);
	assert_verdict(world_close_day(w), VERDICT_NOT_SIGNED_ON);
}

/* ... and after whether the id was answered before: a repeat after the shift gets the answer of then. */
static void test_a_repeat_comes_before_duty(void **state)
{
	struct world *w = *state;
	uint32_t v = at_the_needle(w);
	struct command c;

	staffed(w, needle(w), "vaccinator=2099-12-31");
	c = world_command(w, COMMAND_VISIT, needle(w), v);
	c.id = "00000000-0000-4000-8000-00000000abcd";
	c.action = ACTION_INJECT;
	c.vaccine = "inactivated", c.lot = "L1", c.dose = 1, c.checks = true;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_verdict(world_sign_off(w, needle(w)), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	c.body = 2;
	assert_verdict(world_do(w, &c), VERDICT_ID_REUSED);
}

/* Everything else goes on where nobody has signed on: unwell always. */
static void test_what_asks_for_no_role_needs_nobody(void **state)
{
	struct world *w = *state;
	uint32_t v = world_check_in(w);

	assert_int_equal(world_call(w, STAGE_REGISTRATION, 0), v);
	assert_verdict(world_scan(w, w->hand[STAGE_REGISTRATION][0], v), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->hand[STAGE_REGISTRATION][0], v, ACTION_FINISH), VERDICT_ACCEPTED);
	assert_null(event_of(w, EVENT_FINISHED)->staff);
	assert_verdict(world_unwell(w, w->kiosk, v), VERDICT_ACCEPTED);
	assert_verdict(world_unwell(w, needle(w), 0), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->board, v, ACTION_UNWELL), VERDICT_ACCEPTED);
	assert_verdict(world_acknowledge(w, alarm_of(w, ALERT_UNWELL, v)), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, w->clinician, v, ACTION_CLEAR), VERDICT_NOT_SIGNED_ON);
}

/* A supervisor's word that the time is right, and nobody else's. */
static void test_settling_a_doubted_clock_needs_a_supervisor(void **state)
{
	struct world *w = *state;
	struct command doubt = {.kind = COMMAND_CONDITION_RAISE, .condition = ALERT_CLOCK_DOUBT},
		       settle = world_command(w, COMMAND_ALERT_SETTLE, w->board, 0);

	world_check_in(w);
	assert_verdict(world_do(w, &doubt), VERDICT_ACCEPTED);
	settle.outcome = "right";
	settle.alert = "clock_doubt-1";
	assert_verdict(world_do(w, &settle), VERDICT_ALERT_UNKNOWN);
	settle.alert = w->site->conditions[ALERT_CLOCK_DOUBT]->id;
	assert_verdict(world_do(w, &settle), VERDICT_NOT_SIGNED_ON);
	staffed(w, w->board, "clinician=2099-12-31");
	assert_verdict(world_do(w, &settle), VERDICT_NOT_QUALIFIED);
	assert_verdict(world_acknowledge(w, w->site->conditions[ALERT_CLOCK_DOUBT]), VERDICT_ACCEPTED);
	staffed(w, w->board, "supervisor");
	assert_verdict(world_do(w, &settle), VERDICT_ACCEPTED);
	assert_verdict(world_do(w, &settle), VERDICT_ALERT_SETTLED);
	/* The shell's own word is not asked for a badge. */
	assert_verdict(world_do(w, &doubt), VERDICT_ACCEPTED);
	doubt.kind = COMMAND_CONDITION_SETTLE;
	doubt.outcome = "stopped";
	assert_verdict(world_do(w, &doubt), VERDICT_ACCEPTED);
	assert_int_equal(w->site->conditions[ALERT_CLOCK_DOUBT]->state, ALERT_SETTLED);
}

/* ---- whom the record names ---- */

static void test_every_event_and_moment_names_who_was_there(void **state)
{
	struct world *w = *state;
	uint32_t v = at_the_needle(w);
	const struct visit *visit = visit_of(w, v);
	const struct moment *last;

	assert_verdict(world_list(w, "N017", "vaccinator=2099-12-31"), VERDICT_ACCEPTED);
	assert_verdict(world_sign_on(w, needle(w), "N017"), VERDICT_ACCEPTED);
	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_ACCEPTED);
	for (size_t i = 0; i < w->events.n; i++)
		assert_string_equal(w->events.v[i].staff, "N017");
	last = &visit->timeline[visit->n_timeline - 1];
	assert_string_equal(last->staff, "N017");
	assert_int_equal(last->device, needle(w));
	assert_null(visit->timeline[0].staff);
	assert_verdict(remove_one(w, "N017"), VERDICT_ACCEPTED);
	assert_string_equal(visit->timeline[visit->n_timeline - 1].staff, "N017");
	assert_string_equal(site_staff(w->site, "N017")->person, "{\"name\":\"Zhao Min\"}");
}

static void test_what_time_does_names_nobody(void **state)
{
	struct world *w = *state;
	uint32_t v = at_the_needle(w);

	staffed(w, needle(w), "vaccinator=2099-12-31");
	assert_verdict(world_act(w, needle(w), v, ACTION_INJECT), VERDICT_ACCEPTED);
	world_pass(w, 5 * MS_MINUTE);
	assert_null(event_of(w, EVENT_ALERT_RAISED)->staff);
	assert_int_equal(event_of(w, EVENT_ALERT_RAISED)->device, 0);
}

/* What the record says may not name somebody who never was. */
static void test_replay_refuses_what_does_not_fit_the_staff(void **state)
{
	struct world *w = *state;
	const uint32_t at = needle(w), other = w->hand[STAGE_INJECTION][1];
	struct event wrong[] = {
		{.type = EVENT_DESK_OPENED, .desk = "injection-1", .device = at, .staff = "N099"},
		{.type = EVENT_STAFF_LISTED, .person = "{}", .roles = "guard", .badge = 7},
		{.type = EVENT_STAFF_LISTED, .member = "", .person = "{}", .roles = "guard", .badge = 7},
		{.type = EVENT_STAFF_LISTED, .member = "N1", .roles = "guard", .badge = 7},
		{.type = EVENT_STAFF_LISTED, .member = "N1", .person = "{}", .badge = 7},
		{.type = EVENT_STAFF_LISTED, .member = "N1", .person = "{}", .roles = "guard"},
		{.type = EVENT_STAFF_LISTED, .member = "N1", .person = "{}", .roles = "guard", .badge = -7},
		{.type = EVENT_STAFF_LISTED,
		 .member = "N1",
		 .person = "{}",
		 .roles = "guard",
		 .badge = (int64_t)world_badge("N017", 1)},
		{.type = EVENT_STAFF_LISTED,
		 .member = "an id that is a good deal too long",
		 .person = "{}",
		 .roles = "guard",
		 .badge = 7},
		{.type = EVENT_STAFF_REMOVED, .member = "N099"},
		{.type = EVENT_SIGNED_ON, .member = "N099", .device = other},
		{.type = EVENT_SIGNED_ON, .member = "N018", .device = 99},
		{.type = EVENT_SIGNED_ON, .member = "N018", .device = at},
		{.type = EVENT_SIGNED_ON, .member = "N017", .device = other},
		{.type = EVENT_SIGNED_OFF, .member = "N018", .subject = at, .sign_off = SIGN_OFF_TAP},
		{.type = EVENT_SIGNED_OFF, .member = "N017", .subject = other, .sign_off = SIGN_OFF_TAP},
		{.type = EVENT_SIGNED_OFF, .member = "N017", .subject = at},
		{.type = EVENT_SIGNED_OFF, .member = "N017", .subject = -1, .sign_off = SIGN_OFF_TAP},
		{.type = EVENT_SIGNED_OFF, .subject = at, .sign_off = SIGN_OFF_TAP},
		{.type = EVENT_SIGN_ON_REFUSED, .device = 99},
		{.type = EVENT_SIGN_ON_REFUSED, .device = at, .member = "N099"},
		{.type = EVENT_DEVICE_CARRIED,
		 .subject = other,
		 .device_kind = DEVICE_HANDHELD,
		 .name = "it",
		 .member = "N099",
		 .signed_on_at = 1},
		{.type = EVENT_DEVICE_CARRIED,
		 .subject = other,
		 .device_kind = DEVICE_HANDHELD,
		 .name = "it",
		 .member = "N018"},
	};
	char reason[200];

	assert_verdict(world_list(w, "N017", "guard"), VERDICT_ACCEPTED);
	assert_verdict(world_list(w, "N018", "guard"), VERDICT_ACCEPTED);
	assert_verdict(world_sign_on(w, at, "N017"), VERDICT_ACCEPTED);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		wrong[i].at = w->now;
		*reason = 0;
		if (site_admits(w->site, &wrong[i], reason, sizeof(reason)))
			fail_msg("event %zu, %s, was admitted", i, event_type_name(wrong[i].type));
		assert_true(*reason);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_roles_are_read_with_the_last_days_of_their_qualifications),
		T(test_what_is_no_list_of_roles_changes_nothing),
		T(test_whoever_is_listed_is_found_by_id_and_badge),
		T(test_listing_what_is_known_says_nothing_and_every_change_once),
		T(test_nobody_is_listed_without_a_name_roles_and_a_badge_of_their_own),
		T(test_whoever_is_removed_is_kept_for_the_record_and_may_come_back),
		T(test_whoever_is_removed_is_signed_off_everywhere_first),
		T(test_a_replaced_badge_is_no_badge_any_more),
		T(test_each_act_asks_for_these_roles_and_no_other),
		T(test_each_refusal_says_what_is_lacking),
		T(test_the_last_day_of_a_qualification_counts),
		T(test_one_good_role_is_enough),
		T(test_a_role_asks_for_a_qualification_where_the_rules_say_so),
		T(test_duty_comes_before_the_state),
		T(test_a_repeat_comes_before_duty),
		T(test_what_asks_for_no_role_needs_nobody),
		T(test_settling_a_doubted_clock_needs_a_supervisor),
		T(test_every_event_and_moment_names_who_was_there),
		T(test_what_time_does_names_nobody),
		T(test_replay_refuses_what_does_not_fit_the_staff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
