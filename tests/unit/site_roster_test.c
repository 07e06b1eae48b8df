/*
 * The door: rosters and who is expected, the ways to check in, and what is asked there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "site_help.h"

#define LOAD "bbbbbbbb-0000-4000-8000-000000000001"
#define OTHER_LOAD "bbbbbbbb-0000-4000-8000-000000000002"
#define TOMORROW "2026-11-21"
#define NEXT_MORNING (WORLD_MORNING + 24 * MS_HOUR)
#define NINE (WORLD_MORNING + MS_HOUR)

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int teardown(void **state)
{
	world_free(*state);
	return 0;
}

/* One row of the load; the id in its appointment code. */
static uint64_t row(struct world *w, const char *day, uint64_t by_id, uint64_t by_phone)
{
	struct command c = world_row(w, LOAD, day);

	c.by_id = by_id;
	c.by_phone = by_phone;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_non_null(event_of(w, EVENT_EXPECTED));
	return (uint64_t)event_of(w, EVENT_EXPECTED)->appointment;
}

static struct command by_code(const struct world *w, uint64_t appointment)
{
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	c.appointment = appointment;
	return c;
}

static struct command by_hash(const struct world *w, uint64_t id, uint64_t phone)
{
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);

	c.by_id = id;
	c.by_phone = phone;
	return c;
}

/* ---- loading ---- */

/* Rows count from roster_loaded on, all at once. */
static void test_rows_count_when_the_load_is_complete(void **state)
{
	struct world *w = *state;
	uint64_t a = row(w, WORLD_DAY, 11, 0);
	struct command c = by_code(w, a);

	row(w, WORLD_DAY, 12, 0);
	assert_null(site_visit_by_appointment(w->site, a));
	assert_false(site_expects(w->site, WORLD_DAY, 11));
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	assert_int_equal(w->outcome.receipt->form, REPLY_ROSTER);
	assert_string_equal(w->outcome.receipt->text, "{\"accepted\":1}");
	assert_non_null(site_visit_by_appointment(w->site, a));
	assert_true(site_expects(w->site, WORLD_DAY, 11));
	assert_true(site_expects(w->site, WORLD_DAY, 12));
	assert_int_equal(w->site->today->totals.by_state[VISIT_EXPECTED], 2);
	assert_string_equal(site_visit_by_appointment(w->site, a)->f.number, "");
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* A load that was cut short leaves nothing behind when another comes, nor through a restart. */
static void test_a_load_cut_short_leaves_nothing(void **state)
{
	struct world *w = *state;
	struct command c;

	row(w, WORLD_DAY, 11, 0);
	row(w, WORLD_DAY, 12, 0);
	world_restart(w);
	c = world_row(w, OTHER_LOAD, WORLD_DAY);
	c.by_id = 13;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_verdict(world_load(w, LOAD), VERDICT_ROSTER_BUSY);
	assert_verdict(world_load(w, OTHER_LOAD), VERDICT_ACCEPTED);
	assert_false(site_expects(w->site, WORLD_DAY, 11));
	assert_true(site_expects(w->site, WORLD_DAY, 13));
	assert_int_equal(w->site->today->n_visits, 1);
}

/* A walk-in whose row comes while they are here is one person: not expected again, by card, code or phone. */
static void test_who_is_here_already_is_not_expected(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_CHECK_IN, w->kiosk, 0);
	uint64_t a;

	c.person = "{\"name\":\"x\",\"birth_date\":\"1990-01-01\"}";
	c.birth_date = "1990-01-01";
	c.by_id = 11;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_true(site_expects(w->site, WORLD_DAY, 11));
	a = row(w, WORLD_DAY, 11, 21);
	row(w, WORLD_DAY, 12, 0);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	assert_int_equal(w->site->today->totals.by_state[VISIT_EXPECTED], 1);
	assert_int_equal(w->site->today->n_visits, 2);
	assert_null(site_visit_by_appointment(w->site, a));
	c = by_hash(w, 11, 0);
	assert_verdict(world_do(w, &c), VERDICT_NOT_EXPECTED);
	world_restart(w);
	c = by_hash(w, 11, 0);
	assert_verdict(world_do(w, &c), VERDICT_NOT_EXPECTED);
	c = by_hash(w, 12, 0);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* ... also when that other has nothing new: all its rows are expected already. */
static void test_a_load_of_nothing_new_after_one_cut_short(void **state)
{
	struct world *w = *state;
	struct command c = world_command(w, COMMAND_ROSTER_LOADED, w->board, 0);

	row(w, WORLD_DAY, 11, 0);
	c.id = c.load = OTHER_LOAD;
	c.details = "{\"accepted\":0}";
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_false(site_expects(w->site, WORLD_DAY, 11));
	assert_int_equal(w->site->today->n_visits, 0);
}

static void test_a_load_repeated_is_one(void **state)
{
	struct world *w = *state;

	row(w, WORLD_DAY, 11, 0);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	world_restart(w);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	assert_string_equal(w->outcome.receipt->text, "{\"accepted\":1}");
	assert_int_equal(w->site->today->n_visits, 1);
}

/* Rosters for days to come: carried from day to day, and expected when theirs opens. */
static void test_days_to_come_are_carried(void **state)
{
	struct world *w = *state;
	uint64_t later, a;
	struct command c;

	row(w, WORLD_DAY, 10, 0);
	a = row(w, TOMORROW, 11, 0);
	later = row(w, "2026-11-23", 12, 0);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	assert_int_equal(w->site->today->n_visits, 1);
	assert_true(site_expects(w->site, TOMORROW, 11));
	assert_true(site_expects(w->site, "2026-11-23", 12));
	assert_false(site_expects(w->site, WORLD_DAY, 11));
	c = by_code(w, a);
	assert_verdict(world_do(w, &c), VERDICT_WRONG_DAY);
	assert_string_equal(w->outcome.text, TOMORROW);
	c = by_hash(w, 12, 0);
	assert_verdict(world_do(w, &c), VERDICT_WRONG_DAY);
	assert_string_equal(w->outcome.text, "2026-11-23");
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	world_until(w, NEXT_MORNING);
	world_check_in(w);
	assert_int_equal(events_of(w, EVENT_APPOINTMENT_CARRIED), 2);
	assert_int_equal(w->site->today->totals.by_state[VISIT_EXPECTED], 1);
	c = by_code(w, a);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	assert_string_equal(w->outcome.receipt->visit.number, "A001");
	c = by_code(w, later);
	assert_verdict(world_do(w, &c), VERDICT_WRONG_DAY);
	/* Yesterday's code. */
	c = by_code(w, later - 2);
	assert_verdict(world_do(w, &c), VERDICT_WRONG_DAY);
	world_restart(w);
	assert_true(site_expects(w->site, "2026-11-23", 12));
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	/* Two days without a soul; nobody is lost on the way. */
	world_until(w, NEXT_MORNING + 48 * MS_HOUR);
	world_check_in(w);
	c = by_code(w, later);
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
}

/* Nobody came on their day: their rows do not wait for ever. */
static void test_days_gone_by_are_dropped(void **state)
{
	struct world *w = *state;
	uint64_t a = row(w, TOMORROW, 11, 0);
	struct command c = by_code(w, a);

	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	world_until(w, NEXT_MORNING + 24 * MS_HOUR);
	world_check_in(w);
	assert_int_equal(events_of(w, EVENT_APPOINTMENT_CARRIED), 0);
	assert_int_equal(w->site->to_come.n, 0);
	assert_verdict(world_do(w, &c), VERDICT_WRONG_DAY);
}

/* The day's end: expected and never come is a no-show. */
static void test_who_does_not_come_is_a_no_show(void **state)
{
	struct world *w = *state;

	row(w, WORLD_DAY, 11, 0);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	assert_int_equal(w->site->today->totals.by_state[VISIT_NO_SHOW], 1);
}

/* Loaded in the middle of the day, and a day already closed takes no more. */
static void test_a_closed_day_takes_no_roster(void **state)
{
	struct world *w = *state;

	world_check_in(w);
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	row(w, WORLD_DAY, 11, 0);
	assert_verdict(world_load(w, LOAD), VERDICT_DAY_CLOSED);
	assert_int_equal(w->site->today->totals.by_state[VISIT_EXPECTED], 0);
}

/* The day turns in the middle of a load: nothing is half loaded. */
static void test_a_day_that_turns_in_the_middle_of_a_load(void **state)
{
	struct world *w = *state;
	struct command c;

	row(w, TOMORROW, 11, 0);
	world_until(w, NEXT_MORNING);
	world_check_in(w);
	c = world_command(w, COMMAND_ROSTER_LOADED, w->board, 0);
	c.id = c.load = LOAD;
	c.rows = 1;
	c.details = "{}";
	assert_verdict(world_do(w, &c), VERDICT_ROSTER_BUSY);
	assert_false(site_expects(w->site, TOMORROW, 11));
}

/* ---- the ways in ---- */

static void test_an_appointment_is_found_three_ways(void **state)
{
	struct world *w = *state;
	uint64_t a = row(w, WORLD_DAY, 11, 21), b = row(w, WORLD_DAY, 12, 22), c = row(w, WORLD_DAY, 13, 23);
	struct command ways[3];

	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	ways[0] = by_code(w, a);
	ways[1] = by_hash(w, 12, 0);
	ways[2] = by_hash(w, 0, 23);
	for (int i = 0; i < 3; i++) {
		const uint64_t appointments[] = {a, b, c};
		const struct visit *v = site_visit_by_appointment(w->site, appointments[i]);
		char number[16];

		assert_int_equal(v->f.state, VISIT_EXPECTED);
		ways[i].companions = i;
		ways[i].language = LANGUAGE_EN;
		assert_int_equal(world_enter(w, &ways[i]), v->f.id);
		snprintf(number, sizeof(number), "A%03d", i + 1);
		assert_string_equal(v->f.number, number);
		assert_int_equal(v->f.state, VISIT_QUEUED);
		assert_int_equal(v->f.companions, i);
		assert_int_equal(v->f.language, LANGUAGE_EN);
		assert_int_equal(v->f.arrived_at, w->now);
		assert_non_null(strstr(v->f.person, "Wang Fang"));
		/* In already: said with the visit. */
		assert_verdict(world_do(w, &ways[i]), VERDICT_NOT_EXPECTED);
		assert_int_equal(w->outcome.visit.id, v->f.id);
	}
	/* Numbers of walk-ins are counted apart. */
	assert_string_equal(visit_of(w, world_check_in(w))->f.number, "W001");
}

static void test_who_is_not_on_the_list(void **state)
{
	struct world *w = *state;
	struct command c;

	row(w, WORLD_DAY, 11, 21);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	c = by_code(w, 99);
	assert_verdict(world_do(w, &c), VERDICT_APPOINTMENT_UNKNOWN);
	c = by_hash(w, 99, 0);
	assert_verdict(world_do(w, &c), VERDICT_APPOINTMENT_UNKNOWN);
	c = by_hash(w, 0, 99);
	assert_verdict(world_do(w, &c), VERDICT_APPOINTMENT_UNKNOWN);
	c = by_hash(w, 0, 0);
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
}

/* "A family's phone number is shared by five people; twins share a birthday." */
static void test_twins_with_one_phone(void **state)
{
	struct world *w = *state;
	uint64_t first = row(w, WORLD_DAY, 11, 21), second = row(w, WORLD_DAY, 12, 21);
	struct command c;

	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	c = by_hash(w, 0, 21);
	assert_verdict(world_do(w, &c), VERDICT_AMBIGUOUS);
	assert_int_equal(w->events.n, 0);
	c = by_code(w, first);
	world_enter(w, &c);
	/* One of them is in: the other is meant. */
	c = by_hash(w, 0, 21);
	assert_int_equal(world_enter(w, &c), site_visit_by_appointment(w->site, second)->f.id);
	assert_verdict(world_do(w, &c), VERDICT_NOT_EXPECTED);
}

/* A roster that comes late names somebody who is here already as a walk-in: nobody gets two tickets by that. */
static void test_a_late_roster_and_who_is_here(void **state)
{
	struct world *w = *state;
	struct command c = world_arrival(w);
	uint32_t v;

	c.by_id = 11;
	v = world_enter(w, &c);
	assert_true(site_expects(w->site, WORLD_DAY, 11));
	/* Come between the comparing of the rows and their loading. */
	row(w, WORLD_DAY, 11, 0);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	assert_int_equal(site_visit_by_id(w->site, 11)->f.id, v);
	c = by_hash(w, 11, 0);
	assert_verdict(world_do(w, &c), VERDICT_NOT_EXPECTED);
	assert_int_equal(w->outcome.visit.id, v);
	/* Gone home without an injection, the person may come by the appointment. */
	assert_verdict(world_act(w, w->exit, v, ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_false(site_expects(w->site, WORLD_DAY, 11));
}

/* A walk-in with the card of somebody expected or inside is that somebody. Equal name and birth date alone are nothing.
 */
static void test_a_walk_in_who_is_no_stranger(void **state)
{
	struct world *w = *state;
	struct command c = world_arrival(w);
	uint32_t v;

	row(w, WORLD_DAY, 11, 21);
	row(w, TOMORROW, 14, 24);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	c.by_id = 11;
	assert_verdict(world_do(w, &c), VERDICT_HAS_APPOINTMENT);
	c.by_id = 12;
	c.by_phone = 21;
	v = world_enter(w, &c);
	assert_verdict(world_do(w, &c), VERDICT_NOT_EXPECTED);
	assert_int_equal(w->outcome.visit.id, v);
	/* Gone home, and back in the afternoon. */
	assert_verdict(world_act(w, w->exit, v, ACTION_LEAVE), VERDICT_ACCEPTED);
	assert_int_not_equal(world_enter(w, &c), v);
	/* An appointment on another day keeps nobody from coming today. */
	c.by_id = 14;
	world_enter(w, &c);
	/* No card: twice the same name. */
	c.by_id = 0;
	assert_int_not_equal(world_enter(w, &c), world_enter(w, &c));
}

/* ---- the class of who has an appointment ---- */

static enum visit_class class_at(ms_t at, bool assisted, bool helped, const char *born)
{
	struct world *w = world_new();
	struct command c = world_row(w, LOAD, WORLD_DAY);
	enum visit_class class;

	c.assisted = assisted;
	c.birth_date = born;
	assert_verdict(world_do(w, &c), VERDICT_ACCEPTED);
	c = by_code(w, (uint64_t)event_of(w, EVENT_EXPECTED)->appointment);
	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	world_until(w, at);
	c.assisted = helped;
	class = visit_of(w, world_enter(w, &c))->f.class;
	assert_string_equal(w->outcome.receipt->visit.number, "A001");
	world_free(w);
	return class;
}

/* From 15 minutes before the slot to 30 minutes after it, both inclusive; the letter on the ticket is A in any case. */
static void test_the_slot_at_its_edges(void **state)
{
	const char *born = "1980-01-02";
	const ms_t from = NINE - 15 * MS_MINUTE, to = NINE + 60 * MS_MINUTE;

	(void)state;
	assert_int_equal(class_at(from - 1, false, false, born), CLASS_WALK_IN);
	assert_int_equal(class_at(from, false, false, born), CLASS_APPOINTMENT);
	assert_int_equal(class_at(to, false, false, born), CLASS_APPOINTMENT);
	assert_int_equal(class_at(to + 1, false, false, born), CLASS_WALK_IN);
}

static void test_help_and_age_come_before_the_slot(void **state)
{
	(void)state;
	assert_int_equal(class_at(NINE, false, false, "1966-11-20"), CLASS_ELDERLY);
	assert_int_equal(class_at(NINE, false, false, "1966-11-21"), CLASS_APPOINTMENT);
	assert_int_equal(class_at(NINE + 5 * MS_HOUR, false, false, "1940-01-01"), CLASS_ELDERLY);
	assert_int_equal(class_at(NINE, true, false, "1940-01-01"), CLASS_ASSISTED);
	assert_int_equal(class_at(NINE, false, true, "1980-01-02"), CLASS_ASSISTED);
}

/* ---- a scan of the appointment code at the kiosk ---- */

static void test_a_kiosk_scan_checks_in(void **state)
{
	struct world *w = *state;
	uint64_t a = row(w, WORLD_DAY, 11, 0);
	struct command c = world_command(w, COMMAND_SCAN, w->kiosk, 0), again;
	uint32_t v;

	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	c.appointment = a;
	v = world_enter(w, &c);
	assert_int_equal(v, site_visit_by_appointment(w->site, a)->f.id);
	assert_int_equal(w->outcome.receipt->form, REPLY_NEW_TICKET);
	assert_int_equal(w->outcome.receipt->action, ACTION_CHECK_IN);
	assert_state(w, v, VISIT_QUEUED);
	again = world_again(w, &c);
	assert_verdict(world_do(w, &again), VERDICT_ACCEPTED);
	assert_true(w->outcome.repeat);
	c.appointment = 99;
	assert_verdict(world_do(w, &c), VERDICT_APPOINTMENT_UNKNOWN);
}

/* ---- what is done to somebody expected ---- */

static void test_nobody_acts_on_who_has_not_come(void **state)
{
	struct world *w = *state;
	uint64_t a = row(w, WORLD_DAY, 11, 0);
	const enum action acts[] = {ACTION_START, ACTION_PARK,    ACTION_LEAVE, ACTION_FINISH,
				    ACTION_SEEN,  ACTION_RELEASE, ACTION_MOVE,  ACTION_REISSUE};
	uint64_t seq;

	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	seq = w->site->seq;
	assert_true(site_visit_by_appointment(w->site, a)->f.ticket == 0);
	assert_null(site_visit_by_ticket(w->site, 0));
	assert_null(site_visit_by_number(w->site, ""));
	for (size_t i = 0; i < sizeof(acts) / sizeof(*acts); i++) {
		struct command c = world_command(w, COMMAND_VISIT, w->board, 0);

		c.action = acts[i];
		assert_int_not_equal(verdict_status(world_do(w, &c)), 200);
	}
	assert_int_equal(w->site->seq, seq);
	assert_int_equal(w->site->queues[STAGE_REGISTRATION].n, 0);
	assert_false(site_holds_people(w->site));
}

/* ---- entry checks ---- */

static struct command turned_away(const struct world *w)
{
	struct command c = world_arrival(w);

	c.entry_checks = "{\"temperature\":false}";
	c.failed_check = "temperature";
	return c;
}

/* A failed check: not today, with what it was; counted, and on record. */
static void test_a_failed_check_is_not_today(void **state)
{
	struct world *w = *state;
	struct command c = turned_away(w), again;

	assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	assert_non_null(w->outcome.receipt);
	assert_string_equal(w->outcome.receipt->text, "temperature");
	assert_int_equal(w->outcome.receipt->visit.id, 0);
	assert_int_equal(events_of(w, EVENT_TURNED_AWAY), 1);
	assert_string_equal(event_of(w, EVENT_TURNED_AWAY)->reason, "temperature");
	assert_string_equal(event_of(w, EVENT_TURNED_AWAY)->checks, c.entry_checks);
	assert_null(event_of(w, EVENT_TURNED_AWAY)->person);
	assert_int_equal(w->site->today->n_visits, 0);
	assert_int_equal(w->site->today->totals.not_today, 1);
	/* It has left a mark: the same id, the same answer, one count. */
	again = world_again(w, &c);
	assert_verdict(world_do(w, &again), VERDICT_NOT_TODAY);
	assert_true(w->outcome.repeat);
	assert_int_equal(w->site->today->totals.not_today, 1);
	assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	assert_int_equal(w->site->today->totals.not_today, 2);
	assert_int_equal(w->site->today->n_turned_away, 1);
	assert_string_equal(w->site->today->turned_away[0].name, "temperature");
	assert_int_equal(w->site->today->turned_away[0].n, 2);
}

/* Somebody expected stays expected, and may come again with a mask. */
static void test_turned_away_and_back(void **state)
{
	struct world *w = *state;
	uint64_t a = row(w, WORLD_DAY, 11, 0);
	struct command c;
	const struct visit *v;

	assert_verdict(world_load(w, LOAD), VERDICT_ACCEPTED);
	v = site_visit_by_appointment(w->site, a);
	c = by_code(w, a);
	c.entry_checks = "{\"mask\":false}";
	c.failed_check = "mask";
	assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	assert_int_equal(w->outcome.receipt->visit.id, v->f.id);
	assert_int_equal(v->f.state, VISIT_EXPECTED);
	assert_int_equal(v->timeline[v->n_timeline - 1].type, EVENT_TURNED_AWAY); /* on their record */
	c.entry_checks = "{\"mask\":true}";
	c.failed_check = NULL;
	assert_int_equal(world_enter(w, &c), v->f.id);
	assert_string_equal(event_of(w, EVENT_CHECKED_IN)->checks, "{\"mask\":true}");
	assert_int_equal(w->site->today->totals.not_today, 1);
}

static void test_a_check_that_must_be_told(void **state)
{
	struct world *w = *state;
	struct command c = world_arrival(w);

	c.missing_check = "checks.health_code";
	assert_verdict(world_do(w, &c), VERDICT_FIELD_MISSING);
	assert_string_equal(w->outcome.field, "checks.health_code");
	assert_int_equal(w->site->today ? w->site->today->totals.not_today : 0, 0);
}

/* Also on the next day: asked again, the same answer. */
static void test_a_refusal_at_the_door_is_carried_over(void **state)
{
	struct world *w = *state;
	struct command c = turned_away(w);
	char id[37];

	assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	memcpy(id, w->last_id, sizeof(id));
	assert_verdict(world_close_day(w), VERDICT_ACCEPTED);
	world_until(w, NEXT_MORNING);
	world_check_in(w);
	world_restart(w);
	c.id = id;
	assert_verdict(world_do(w, &c), VERDICT_NOT_TODAY);
	assert_true(w->outcome.repeat);
	assert_string_equal(w->outcome.receipt->text, "temperature");
	assert_int_equal(w->site->today->totals.not_today, 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_rows_count_when_the_load_is_complete),
		T(test_a_load_cut_short_leaves_nothing),
		T(test_who_is_here_already_is_not_expected),
		T(test_a_load_of_nothing_new_after_one_cut_short),
		T(test_a_load_repeated_is_one),
		T(test_days_to_come_are_carried),
		T(test_days_gone_by_are_dropped),
		T(test_who_does_not_come_is_a_no_show),
		T(test_a_closed_day_takes_no_roster),
		T(test_a_day_that_turns_in_the_middle_of_a_load),
		T(test_an_appointment_is_found_three_ways),
		T(test_who_is_not_on_the_list),
		T(test_twins_with_one_phone),
		T(test_a_late_roster_and_who_is_here),
		T(test_a_walk_in_who_is_no_stranger),
		cmocka_unit_test(test_the_slot_at_its_edges),
		cmocka_unit_test(test_help_and_age_come_before_the_slot),
		T(test_a_kiosk_scan_checks_in),
		T(test_nobody_acts_on_who_has_not_come),
		T(test_a_failed_check_is_not_today),
		T(test_turned_away_and_back),
		T(test_a_check_that_must_be_told),
		T(test_a_refusal_at_the_door_is_carried_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
