/*
 * Answers to commands. What has a receipt is rendered from the receipt alone, so that a repeat, also after a restart,
 * gets the same bytes (of an entry check that was not passed, its words are those configured now); what has none (a
 * refusal that changed nothing) from the outcome.
 *
 *   accepted, noted -> {"outcome", "code", what the form shows}      200, a walk-in's ticket 201
 *   refused         -> a problem document (RFC 9457)                 the verdict's status
 */
#include "codec.h"

#include <stdio.h>

#include "parts.h"
#include "reply_detail.h"

#define DETAIL_MAX_BYTES 320

/* What is answered, wherever it comes from. */
struct answer {
	enum verdict verdict;
	enum reply_form form;
	enum action action;
	const struct visit_facts *visit; /* NULL: none */
	const struct visit_facts *party; /* called together, `visit` the first */
	size_t n_party;
	const struct alert *alert;     /* NULL: none */
	const struct site_facts *site; /* NULL: none */
	const char *desk, *text, *field;
	enum pause why; /* paused */
	ms_t until;
	bool unconfirmed; /* accepted, but not on disk: its code is not said yet */
};

static struct answer answer_of(const struct outcome *o)
{
	const struct receipt *r = o->receipt;

	/* An id used for something else is answered by what came of this command, not by that one's receipt. */
	if (r && r->verdict == o->verdict)
		return (struct answer){
			.verdict = r->verdict,
			.form = r->form,
			.action = r->action,
			.visit = r->visit.id ? &r->visit : NULL,
			.party = r->party,
			.n_party = r->n_party,
			.alert = r->alert,
			.site = r->site,
			.desk = r->desk,
			.text = r->text,
		};
	return (struct answer){
		.verdict = o->verdict,
		.form = REPLY_VISIT,
		.visit = o->visit.id ? &o->visit : NULL,
		.desk = o->desk,
		.text = o->text,
		.field = o->field,
		.why = o->why,
		.until = o->until,
	};
}

static const char *code_of(const struct answer *a)
{
	if (a->unconfirmed)
		return "unconfirmed";
	return a->verdict == VERDICT_ACCEPTED && a->action != ACTION_NONE ? action_name(a->action) :
									    verdict_code(a->verdict);
}

static void write_visit(struct json_writer *w, const struct visit_facts *v, const struct reader *r)
{
	if (v)
		part_visit(w, v, r);
	else
		json_null(w);
}

static void write_next(struct json_writer *w, const struct visit_facts *v)
{
	json_key(w, "next");
	if (v)
		part_next(w, v);
	else
		json_null(w);
}

static void write_alert(struct json_writer *w, const struct answer *a)
{
	const char *number = a->alert && a->visit && a->alert->visit == a->visit->id ? a->visit->number : NULL;

	json_key(w, "alert");
	if (a->alert)
		part_alert(w, a->alert, a->alert->state, number);
	else
		json_null(w);
}

/* The key of the text that a screen shows, and what it needs to fill it. */
static void write_message(struct json_writer *w, const struct answer *a)
{
	const struct visit_facts *v = a->visit;
	const char *desk = v && v->desk ? v->desk : a->desk;

	json_key(w, "message");
	json_open(w, '{');
	json_key(w, "key");
	json_str(w, code_of(a));
	json_key(w, "args");
	json_open(w, '{');
	if (v) {
		json_key(w, "number");
		json_str(w, v->number);
	}
	if (desk) {
		json_key(w, "desk");
		json_str(w, desk);
	}
	if (v && v->stage != STAGE_NONE) {
		json_key(w, "stage");
		json_str(w, stage_name(v->stage));
	}
	if (v && v->due_at) {
		json_key(w, "due_at");
		json_time(w, v->due_at);
	}
	json_close(w, '}');
	json_close(w, '}');
}

/* ---- the forms ---- */

static void write_visit_form(struct json_writer *w, const struct answer *a, const struct reader *r)
{
	json_key(w, "visit");
	write_visit(w, a->visit, r);
	write_next(w, a->visit);
	write_message(w, a);
	if (a->alert || a->action == ACTION_UNWELL)
		write_alert(w, a);
}

static void write_ticket(struct json_writer *w, const struct answer *a, const char *token)
{
	char path[64];

	json_key(w, "ticket");
	json_open(w, '{');
	json_key(w, "number");
	json_str(w, a->visit ? a->visit->number : NULL);
	json_key(w, "token");
	json_str(w, token);
	json_key(w, "qr_svg");
	snprintf(path, sizeof(path), "/api/tickets/%s.svg", token ? token : "");
	json_str(w, token ? path : NULL);
	json_key(w, "qr_png");
	snprintf(path, sizeof(path), "/api/tickets/%s.png", token ? token : "");
	json_str(w, token ? path : NULL);
	json_close(w, '}');
}

static void write_ticket_form(struct json_writer *w, const struct answer *a, const char *token, const struct reader *r)
{
	json_key(w, "visit");
	write_visit(w, a->visit, r);
	write_ticket(w, a, token);
}

static void write_call_form(struct json_writer *w, const struct answer *a, const struct reader *r)
{
	json_key(w, "visit");
	write_visit(w, a->visit, r);
	json_key(w, "party");
	json_open(w, '[');
	for (size_t i = 0; i < a->n_party; i++)
		part_visit(w, &a->party[i], r);
	if (a->visit && !a->n_party)
		part_visit(w, a->visit, r);
	json_close(w, ']');
}

static void write_desk_form(struct json_writer *w, const struct answer *a)
{
	json_key(w, "desk");
	json_open(w, '{');
	json_key(w, "id");
	json_str(w, a->desk);
	json_close(w, '}');
}

static void write_form(struct json_writer *w, const struct answer *a, const char *token, const struct reader *r)
{
	switch (a->form) {
	case REPLY_VISIT:
		write_visit_form(w, a, r);
		break;
	case REPLY_TICKET:
		write_ticket_form(w, a, token, r);
		break;
	case REPLY_NEW_TICKET:
		write_visit_form(w, a, r);
		write_ticket(w, a, token);
		break;
	case REPLY_CALL:
		write_call_form(w, a, r);
		break;
	case REPLY_DESK:
		write_desk_form(w, a);
		break;
	case REPLY_ALERT:
		write_alert(w, a);
		json_key(w, "visit");
		write_visit(w, a->visit, r);
		break;
	case REPLY_DAY:
		json_key(w, "day");
		json_raw(w, a->text);
		break;
	case REPLY_SITE:
		if (a->site)
			part_site_facts(w, a->site);
		break;
	case REPLY_NONE:
	case REPLY_ROSTER: /* is the whole body */
	case REPLY_FORM_COUNT:
		break;
	}
}

static void write_success(struct json_writer *w, const struct answer *a, const char *outcome, const char *token,
			  const struct reader *r)
{
	json_open(w, '{');
	json_key(w, "outcome");
	json_str(w, outcome);
	json_key(w, "code");
	json_str(w, code_of(a));
	write_form(w, a, token, r);
	json_close(w, '}');
}

/* ---- refusals ---- */

static void write_members_of_visit(struct json_writer *w, const struct answer *a, const struct reader *r)
{
	json_key(w, "visit");
	part_visit(w, a->visit, r);
	write_next(w, a->visit);
	if (a->visit->due_at) {
		json_key(w, "due_at");
		json_time(w, a->visit->due_at);
	}
}

static void write_missing_field(struct json_writer *w, const char *field)
{
	json_key(w, "errors");
	json_open(w, '[');
	json_open(w, '{');
	json_key(w, "field");
	json_str(w, field);
	json_key(w, "detail");
	json_str(w, "is missing");
	json_close(w, '}');
	json_close(w, ']');
}

static void write_text(struct json_writer *w, const char *key, const char *text)
{
	json_key(w, key);
	json_str(w, text);
}

/* Which check, and what to tell the person, in each language. */
static void write_failed_check(struct json_writer *w, const char *check, const struct buf *name,
			       const struct buf *advice)
{
	write_text(w, "check", check);
	json_key(w, "name");
	json_raw(w, name->data);
	json_key(w, "advice");
	json_raw(w, advice->data);
}

/* What more there is to some refusals. */
static void write_why(struct json_writer *w, const struct answer *a)
{
	switch (a->verdict) {
	case VERDICT_PAUSED:
		write_text(w, "why", a->why == PAUSE_NONE ? NULL : pause_name(a->why));
		json_key(w, "until");
		json_time(w, a->until);
		break;
	case VERDICT_HOLD:
		write_text(w, "reason", a->text);
		break;
	case VERDICT_WRONG_DAY:
		write_text(w, "day", a->text);
		break;
	default:
		break;
	}
}

static void write_problem(struct json_writer *w, const struct site *s, const struct answer *a, const struct reader *r)
{
	struct detail_facts facts = {.visit = a->visit,
				     .desk = a->desk,
				     .field = a->field,
				     .text = a->text,
				     .why = a->why,
				     .until = a->until};
	struct buf name = {0}, advice = {0};
	char type[96], detail[DETAIL_MAX_BYTES];

	if (a->verdict == VERDICT_NOT_TODAY && a->text && s)
		entry_check_texts(s->rules, a->text, &name, &advice);

	if (!facts.desk && a->visit)
		facts.desk = a->visit->desk;
	snprintf(type, sizeof(type), "urn:vaxline:problem:%s", verdict_code(a->verdict));
	reply_detail(a->verdict, &facts, detail, sizeof(detail));
	json_open(w, '{');
	json_key(w, "type");
	json_str(w, type);
	json_key(w, "title");
	json_str(w, verdict_title(a->verdict));
	json_key(w, "status");
	json_int(w, verdict_status(a->verdict));
	json_key(w, "code");
	json_str(w, verdict_code(a->verdict));
	json_key(w, "detail");
	json_str(w, detail);
	if (a->visit)
		write_members_of_visit(w, a, r);
	if (facts.desk) {
		json_key(w, "desk");
		json_str(w, facts.desk);
	}
	write_why(w, a);
	if (a->verdict == VERDICT_NOT_TODAY)
		write_failed_check(w, a->text, &name, &advice);
	if (a->field)
		write_missing_field(w, a->field);
	if (a->verdict == VERDICT_DAY_NOT_CLEAR && s) {
		json_key(w, "what");
		part_in_the_way(w, s);
	}
	json_close(w, '}');
	buf_free(&name);
	buf_free(&advice);
}

int reply_encode(const struct site *s, const char *token, const struct outcome *o, const struct reader *r,
		 struct buf *out)
{
	struct answer a = answer_of(o);
	struct json_writer w;
	int status = verdict_status(a.verdict);

	json_start(&w, out);
	if (status != 200) {
		write_problem(&w, s, &a, r);
		return status;
	}
	if (a.form == REPLY_ROSTER && a.verdict == VERDICT_ACCEPTED) {
		buf_add_str(out, a.text ? a.text : "{}");
		return status;
	}
	/* Accepted without a receipt: a device's affairs, which say themselves what to show. */
	if (!o->receipt && a.verdict == VERDICT_ACCEPTED)
		a.form = REPLY_NONE;
	write_success(&w, &a, a.verdict == VERDICT_ACCEPTED ? "accepted" : "noted", token, r);
	return a.verdict == VERDICT_ACCEPTED && a.form == REPLY_TICKET ? 201 : 200;
}

void reply_noted_encode(const struct outcome *o, const struct reader *r, struct buf *out)
{
	struct answer a = answer_of(o);
	struct json_writer w;

	/* An end that is not on disk is neither shown nor named. */
	if (a.visit && visit_state_ended(a.visit->state)) {
		a.visit = NULL;
		a.unconfirmed = a.verdict == VERDICT_ACCEPTED;
	}
	a.form = REPLY_VISIT;
	json_start(&w, out);
	write_success(&w, &a, "noted", NULL, r);
}
