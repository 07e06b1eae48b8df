/*
 * The lifecycle table, whole: every state x action x context that can be, through visit_step(), beside the golden file
 * written by hand (tests/golden/lifecycle.txt, which explains its form).
 *
 *   for every case      exactly one line of the file speaks of it, and says what visit_step() says
 *   for every line      some case is meant by it
 *
 * What differs is shown as a diff: "-" what the file says, "+" what the code does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "site.h"

#define GOLDEN "tests/golden/lifecycle.txt"
#define ROWS_MAX 512
#define WORDS_MAX 8
#define DIFFS_MAX 60

/* A line of the file: which cases it means, and what it says of them. */
struct row {
	char line[256];
	unsigned states; /* bit: enum visit_state */
	enum action action;
	char when[WORDS_MAX][80];
	int n_when;
	bool accepted; /* moved; else noted or refused with the verdict */
	enum verdict verdict;
	enum visit_state state; /* VISIT_NONE: the same */
	bool same_stage;        /* else: */
	bool named_stage;       /* else: */
	bool as_before;         /* state and stage of the undo; else `stage` */
	enum stage stage;
	enum event_type event;
	enum alert_kind raises;
	unsigned long cases;
	int diffs;
};

struct table {
	struct row rows[ROWS_MAX];
	int n;
	unsigned long cases;
	int diffs;
};

static const enum visit_state ended[] = {VISIT_COMPLETED, VISIT_DEFERRED,    VISIT_DECLINED,
					 VISIT_LEFT,      VISIT_TRANSFERRED, VISIT_NO_SHOW};

static unsigned states_of(const char *word)
{
	unsigned all = 0;

	if (strcmp(word, "none") == 0)
		return 1u << VISIT_NONE;
	if (strcmp(word, "any") == 0)
		return (1u << VISIT_STATE_COUNT) - 2; /* but none */
	if (strcmp(word, "ended") != 0)
		return 1u << visit_state_from(word);
	for (size_t i = 0; i < sizeof(ended) / sizeof(*ended); i++)
		all |= 1u << ended[i];
	return all;
}

/* Cuts `text` at the separator; returns the rest, or NULL. */
static char *cut(char *text, const char *separator)
{
	char *at = strstr(text, separator);

	if (!at)
		return NULL;
	*at = '\0';
	return at + strlen(separator);
}

static void trim(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && strchr(" \n", text[n - 1]))
		text[--n] = '\0';
}

/* "queued(consent)", "unwell(=)", "queued(named)", "completed", "same" or "as before" */
static void parse_state(struct row *r, char *text)
{
	char *stage = cut(text, "(");
	int v;

	r->same_stage = strcmp(text, "same") == 0 || (stage && strcmp(stage, "=)") == 0);
	r->named_stage = stage && strcmp(stage, "named)") == 0;
	r->as_before = strcmp(text, "as before") == 0;
	if (strcmp(text, "same") == 0 || r->as_before)
		return;
	v = visit_state_from(text);
	if (v < 0)
		fail_msg("no such state in: %s", r->line);
	r->state = (enum visit_state)v;
	if (!stage || r->same_stage || r->named_stage)
		return;
	v = cut(stage, ")") ? stage_from(stage) : -1;
	if (v < 0)
		fail_msg("no such stage in: %s", r->line);
	r->stage = (enum stage)v;
}

/* "raises ALARM", or nothing. */
static void parse_alarm(struct row *r, const char *text)
{
	int v;

	if (!text)
		return;
	v = strncmp(text, "raises ", 7) == 0 ? alert_kind_from(text + 7) : -1;
	if (v < 0)
		fail_msg("no such alarm in: %s", r->line);
	r->raises = (enum alert_kind)v;
}

static void parse_result(struct row *r, char *text)
{
	char *rest = cut(text, ", ");
	int v;

	r->accepted = strncmp(text, "refused ", 8) != 0 && strncmp(text, "noted ", 6) != 0;
	if (r->accepted) {
		parse_state(r, text);
		parse_alarm(r, rest ? cut(rest, ", ") : NULL);
		v = rest ? event_type_from(rest) : -1;
		if (v < 0)
			fail_msg("no such event in: %s", r->line);
		r->verdict = VERDICT_ACCEPTED;
		r->event = (enum event_type)v;
		return;
	}
	v = verdict_from(strchr(text, ' ') + 1);
	if (v < 0 || (verdict_status((enum verdict)v) == 200) != (*text == 'n'))
		fail_msg("no such verdict in: %s", r->line);
	r->verdict = (enum verdict)v;
	parse_alarm(r, rest);
}

static void parse_row(struct row *r, char *line)
{
	char states[32], action[32], when[80], *result, *next;
	int v;

	trim(line);
	snprintf(r->line, sizeof(r->line), "%s", line);
	result = cut(line, "-> ");
	if (!result || sscanf(line, "%31s %31s %79[^\n]", states, action, when) != 3)
		fail_msg("not a row: %s", r->line);
	trim(when);
	if (strcmp(states, "none") != 0 && strcmp(states, "any") != 0 && strcmp(states, "ended") != 0 &&
	    visit_state_from(states) < 0)
		fail_msg("no such state: %s", r->line);
	r->states = states_of(states);
	v = action_from(action);
	if (v < 0)
		fail_msg("no such action: %s", r->line);
	r->action = (enum action)v;
	for (char *word = when; word && strcmp(word, "-") != 0; word = next) {
		next = cut(word, " and ");
		assert_true(r->n_when < WORDS_MAX);
		snprintf(r->when[r->n_when++], sizeof(r->when[0]), "%s", word);
	}
	parse_result(r, result);
}

static void table_read(struct table *t)
{
	FILE *f = fopen(GOLDEN, "r");
	char line[256];

	if (!f)
		fail_msg("%s is missing: tests run from the root of the repository", GOLDEN);
	while (fgets(line, sizeof(line), f)) {
		if (*line == '#' || *line == '\n')
			continue;
		assert_true(t->n < ROWS_MAX);
		parse_row(&t->rows[t->n++], line);
	}
	fclose(f);
}

/* Whether a condition of the file holds: 1 or 0, and -1 where there is no such condition. */
static int holds(const char *when, const struct step_context *c)
{
	const struct {
		const char *text;
		bool holds;
	} plain[] = {
		{"its desk", c->desk_stage != STAGE_NONE && c->desk_stage == c->stage},
		{"other desk", c->desk_stage != STAGE_NONE && c->desk_stage != c->stage},
		{"no desk", c->desk_stage == STAGE_NONE},
		{"before due", !c->due},
		{"at due", c->due},
		{"injected", c->injected},
		{"not injected", !c->injected},
		{"early_exit open", c->early_exit_open},
		{"no early_exit", !c->early_exit_open},
		{"last no_show", c->last_no_show},
		{"not the last", !c->last_no_show},
		{"with reason", c->with_reason},
		{"without reason", !c->with_reason},
		{"not to observation", c->to_stage != STAGE_OBSERVATION},
		{"to a stage reached", c->to_stage <= STAGE_INJECTION && c->to_stage <= c->reached},
		{"to a stage beyond", c->to_stage <= STAGE_INJECTION && c->to_stage > c->reached},
		{"undoable", c->undoable},
		{"not undoable", !c->undoable},
		{"too late", c->undo_late},
		{"in time", !c->undo_late},
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		if (strcmp(when, plain[i].text) == 0)
			return plain[i].holds;
	}
	if (strncmp(when, "at ", 3) == 0 && stage_from(when + 3) > 0)
		return (int)c->stage == stage_from(when + 3);
	if (strncmp(when, "to ", 3) == 0 && stage_from(when + 3) > 0)
		return (int)c->to_stage == stage_from(when + 3);
	if (strncmp(when, "from ", 5) == 0 && visit_state_from(when + 5) > 0)
		return (int)c->came_from == visit_state_from(when + 5);
	return -1;
}

static bool row_means(const struct row *r, const struct step_context *c)
{
	for (int i = 0; i < r->n_when; i++) {
		int h = holds(r->when[i], c);

		if (h < 0)
			fail_msg("no such condition: %s", r->line);
		if (!h)
			return false;
	}
	return true;
}

static bool row_says(const struct row *r, enum visit_state from, const struct step_context *c, enum verdict v,
		     const struct step *to)
{
	if (v != r->verdict)
		return false;
	if (to->raises != r->raises)
		return false;
	if (!r->accepted)
		return true;
	if (r->as_before)
		return to->state == c->undo_state && to->stage == c->undo_stage && to->type == r->event;
	return to->state == (r->state == VISIT_NONE ? from : r->state) &&
	       to->stage == (r->same_stage  ? c->stage :
			     r->named_stage ? c->to_stage :
					      r->stage) &&
	       to->type == r->event;
}

static void print_case(const char *why, enum visit_state from, enum action a, const struct step_context *c,
		       enum verdict v, const struct step *to)
{
	char when[200], result[120];

	snprintf(when, sizeof(when), "at %s, desk %s, %s%s%s%s%s%s%sfrom %s, to %s, reached %s", stage_name(c->stage),
		 stage_name(c->desk_stage), c->due ? "due, " : "", c->injected ? "injected, " : "",
		 c->early_exit_open ? "early_exit open, " : "", c->last_no_show ? "last no_show, " : "",
		 c->with_reason ? "with reason, " : "", c->undoable ? "undoable, " : "",
		 c->undo_late ? "too late, " : "", visit_state_name(c->came_from), stage_name(c->to_stage),
		 stage_name(c->reached));
	if (v == VERDICT_ACCEPTED)
		snprintf(result, sizeof(result), "%s(%s), %s", visit_state_name(to->state), stage_name(to->stage),
			 event_type_name(to->type));
	else
		snprintf(result, sizeof(result), "%s %s", verdict_status(v) == 200 ? "noted" : "refused",
			 verdict_code(v));
	print_error("+ %-17s %-12s [%s] -> %s%s%s   (%s)\n", visit_state_name(from), action_name(a), when, result,
		    to->raises ? ", raises " : "", to->raises ? alert_kind_name(to->raises) : "", why);
}

static void check_case(struct table *t, enum visit_state from, enum action a, const struct step_context *c)
{
	struct step to = {0};
	enum verdict v = visit_step(from, a, c, &to);
	struct row *meant = NULL;

	t->cases++;
	for (int i = 0; i < t->n; i++) {
		struct row *r = &t->rows[i];

		if (r->action != a || !(r->states & 1u << from) || !row_means(r, c))
			continue;
		if (meant)
			fail_msg("two lines for one case:\n%s\n%s", meant->line, r->line);
		meant = r;
	}
	if (!meant) {
		if (t->diffs++ < DIFFS_MAX)
			print_case("no line in the file", from, a, c, v, &to);
		return;
	}
	meant->cases++;
	if (row_says(meant, from, c, v, &to))
		return;
	t->diffs++;
	if (meant->diffs++ == 0) {
		print_error("- %s\n", meant->line);
		print_case("for example", from, a, c, v, &to);
	}
}

static bool is_ended(enum visit_state s)
{
	for (size_t i = 0; i < sizeof(ended) / sizeof(*ended); i++) {
		if (s == ended[i])
			return true;
	}
	return false;
}

/* Whether a visit in this state can be at this stage and have this injection. */
static bool state_fits(enum visit_state s, enum stage stage, bool injected)
{
	switch (s) {
	case VISIT_NONE:
	case VISIT_EXPECTED:
		return stage == STAGE_NONE && !injected;
	case VISIT_QUEUED:
	case VISIT_CALLED:
	case VISIT_SERVING:
	case VISIT_PARKED:
		return stage >= STAGE_REGISTRATION && stage <= STAGE_INJECTION && !injected;
	case VISIT_INJECTED:
	case VISIT_OBSERVING:
		return stage == STAGE_OBSERVATION && injected;
	case VISIT_LEFT_EARLY:
	case VISIT_COMPLETED:
		return stage == STAGE_NONE && injected;
	case VISIT_TRANSFERRED: /* before or after an injection */
		return stage == STAGE_NONE;
	default: /* ended before an injection */
		return is_ended(s) && stage == STAGE_NONE && !injected;
	}
}

/* Whether a visit can stand like this at all. */
static bool can_be(enum visit_state from, enum action a, const struct step_context *c)
{
	enum visit_state s = from == VISIT_UNWELL ? c->came_from : from;
	bool outside = from == VISIT_INJECTED || from == VISIT_OBSERVING || from == VISIT_LEFT_EARLY;

	if (s == VISIT_UNWELL || (from == VISIT_UNWELL && s == VISIT_NONE))
		return false;
	if (!state_fits(s, c->stage, c->injected))
		return false;
	if ((c->due && !c->injected) || (c->early_exit_open && !outside))
		return false;
	/* Missing fields are judged beside the table. */
	return !((a == ACTION_RETURN_TO || a == ACTION_MOVE) && c->to_stage == STAGE_NONE);
}

/*
 * The n-th of all combinations that the action may look at; false past the last one. What only an undo or only a move
 * asks for stays unset for all others, and an undo has its own half of the rest.
 */
static bool context_nth(unsigned n, enum action a, struct step_context *c)
{
	memset(c, 0, sizeof(*c));
#define TAKE(member, type, count)                                                                                      \
	c->member = (type)(n % (count));                                                                               \
	n /= (count)
	TAKE(stage, enum stage, STAGE_COUNT);
	TAKE(due, bool, 2);
	TAKE(injected, bool, 2);
	TAKE(came_from, enum visit_state, VISIT_STATE_COUNT);
	if (a == ACTION_UNDO) {
		TAKE(undoable, bool, 2);
		TAKE(undo_late, bool, 2);
		TAKE(undo_state, enum visit_state, VISIT_STATE_COUNT);
		TAKE(undo_stage, enum stage, STAGE_COUNT);
		return n == 0;
	}
	TAKE(desk_stage, enum stage, STAGE_OBSERVATION); /* there are no desks in observation */
	TAKE(early_exit_open, bool, 2);
	TAKE(last_no_show, bool, 2);
	TAKE(to_stage, enum stage, STAGE_COUNT);
	TAKE(with_reason, bool, 2);
	if (a == ACTION_MOVE) {
		TAKE(reached, enum stage, STAGE_OBSERVATION);
	}
#undef TAKE
	return n == 0;
}

static void walk(struct table *t, enum visit_state from, enum action a)
{
	struct step_context c;

	for (unsigned n = 0; context_nth(n, a, &c); n++) {
		if (can_be(from, a, &c))
			check_case(t, from, a, &c);
	}
}

static void test_whole_table_is_the_golden_file(void **state)
{
	struct table *t = test_calloc(1, sizeof(*t));

	(void)state;
	table_read(t);
	walk(t, VISIT_NONE, ACTION_CHECK_IN); /* of a visit that is not there yet nothing else is asked */
	for (int from = VISIT_NONE + 1; from < VISIT_STATE_COUNT; from++) {
		for (int a = ACTION_NONE + 1; a < ACTION_COUNT; a++)
			walk(t, (enum visit_state)from, (enum action)a);
	}
	for (int i = 0; i < t->n; i++) {
		if (t->rows[i].cases > 0)
			continue;
		print_error("- %s   (no such case)\n", t->rows[i].line);
		t->diffs++;
	}
	if (t->diffs)
		print_error("%d of %lu cases differ from %s\n", t->diffs, t->cases, GOLDEN);
	assert_int_equal(t->diffs, 0);
	assert_true(t->cases > 100000);
	test_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_whole_table_is_the_golden_file)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
