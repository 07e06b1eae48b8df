/*
 * The way of a command through a handler: body -> command -> core -> answer held until it is on disk.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "handlers.h"
#include "json.h"
#include "problem.h"

void api_bad_field(struct app *a, http_id id, const struct body_error *e)
{
	struct buf body = {0};
	struct json_writer w;
	char detail[sizeof(e->field) + sizeof(e->detail) + 2];

	snprintf(detail, sizeof(detail), "%s%s%s", e->field, e->field[0] ? " " : "", e->detail);
	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "type");
	json_str(&w, "about:blank");
	json_key(&w, "title");
	json_str(&w, "A field of the body is wrong.");
	json_key(&w, "status");
	json_int(&w, 422);
	json_key(&w, "code");
	json_str(&w, "invalid");
	json_key(&w, "detail");
	json_str(&w, detail);
	json_key(&w, "errors");
	json_open(&w, '[');
	json_open(&w, '{');
	json_key(&w, "field");
	json_str(&w, e->field);
	json_key(&w, "detail");
	json_str(&w, e->detail);
	json_close(&w, '}');
	json_close(&w, ']');
	json_close(&w, '}');
	http_reply(
		app_http(a), id,
		&(struct http_response){
			.status = 422, .content_type = PROBLEM_CONTENT_TYPE, .body = body.data, .body_len = body.len});
	buf_free(&body);
}

static bool is_json(const char *type)
{
	size_t n = strlen("application/json");

	return type && strncasecmp(type, "application/json", n) == 0 &&
	       (type[n] == 0 || type[n] == ';' || type[n] == ' ');
}

static struct body *parse(struct app *a, const struct http_request *rq)
{
	char why[160];
	struct body *b;

	if (rq->body_len && !is_json(rq->content_type)) {
		app_problem(a, rq->id, 415, "not_json", "Send the body as application/json.");
		return NULL;
	}
	b = body_parse(rq->body, rq->body_len, why, sizeof(why));
	if (!b)
		app_problem(a, rq->id, 400, "bad_json", why);
	return b;
}

struct body *api_body(struct app *a, const struct http_request *rq, enum body_shape shape, struct command *c)
{
	struct body_error wrong;
	struct body *b = parse(a, rq);

	if (!b || command_decode(b, shape, c, &wrong))
		return b;
	api_bad_field(a, rq->id, &wrong);
	body_free(b);
	return NULL;
}

/* Of a place that is longer than it should be, and still says where somebody lies. */
#define PLACE_MAX_BYTES 2000

/* A report of illness is not refused for an odd field: what cannot be read is left out, a missing id is made. */
static struct body *unwell_body(struct app *a, const struct http_request *rq, struct command *c, char made_id[37])
{
	struct command bare = *c;
	const char *place;
	struct body_error wrong;
	struct body *b = parse(a, rq);

	if (!b || command_decode(b, BODY_UNWELL, c, &wrong))
		return b;
	*c = bare;
	place = body_text(b, "place");
	c->place = place && strlen(place) <= PLACE_MAX_BYTES ? place : NULL;
	c->id = body_text(b, "id");
	if (!c->id || !uuid_valid(c->id)) {
		uuid_make(made_id);
		c->id = made_id;
	}
	return b;
}

/* What a device was allowed to do once, it may ask about: also after it was moved. */
static bool was_answered(struct app *a, const struct device *by, const char *id)
{
	const struct receipt *r = site_receipt(app_site(a), id);

	return r && r->device == by->id;
}

bool api_is_repeat(struct app *a, const struct http_request *rq, const struct device *by)
{
	char why[160];
	struct body *b = body_parse(rq->body, rq->body_len, why, sizeof(why));
	const char *id = b ? body_text(b, "id") : NULL;
	bool repeat = id && uuid_valid(id) && was_answered(a, by, id);

	body_free(b);
	return repeat;
}

void api_ref(const struct app *a, const char *ref, struct command *c, char number[NUMBER_MAX_BYTES + 1])
{
	size_t n = strlen(ref);

	if (ticket_parse(app_trust(a), ref, n, &c->ticket) == TICKET_OK)
		return;
	c->ticket = 0;
	if (n < 4 || n > NUMBER_MAX_BYTES || strspn(ref + 1, "0123456789") != n - 1)
		return;
	memcpy(number, ref, n + 1);
	number[0] = (char)toupper((unsigned char)number[0]);
	c->number = number;
}

/* A repeat of the same act has the same path and body, whatever the order of its members and the time it was sent. */
static uint64_t act_digest(struct app *a, const struct http_request *rq, const struct body *b)
{
	struct buf *text = app_scratch(a);

	buf_add_str(text, rq->path);
	buf_add_char(text, '\n');
	body_canonical(b, text);
	return digest_u64(text->data, text->len);
}

static bool shows_ticket(const struct outcome *o)
{
	return o->receipt && (o->receipt->form == REPLY_TICKET || o->receipt->form == REPLY_NEW_TICKET);
}

void api_answer(struct app *a, http_id id, const struct command *c, const struct device *by, const struct outcome *o)
{
	struct reader reader = api_reader(by);
	char token[TICKET_CODE_LEN + 1];
	bool ticket = shows_ticket(o), safe = app_is_for_safety(a, c);
	struct buf *body = app_scratch(a), noted = {0};
	struct http_response r = {.headers = "Cache-Control: no-store\r\n"};

	if (ticket)
		ticket_code(app_trust(a), o->receipt->visit.ticket, token);
	if (o->verdict == VERDICT_ROSTER_BUSY)
		r.headers = "Cache-Control: no-store\r\nRetry-After: 1\r\n";
	r.status = reply_encode(app_site(a), ticket ? token : NULL, o, &reader, body);
	r.content_type = r.status < 300 ? "application/json" : PROBLEM_CONTENT_TYPE;
	r.body = body->data;
	r.body_len = body->len;
	if (safe)
		reply_noted_encode(o, &reader, &noted);
	if (o->repeat && o->receipt)
		app_answer_again(a, id, &r, safe ? &noted : NULL, o->receipt);
	else
		app_answer(a, id, &r, safe ? &noted : NULL);
	buf_free(&noted);
}

bool api_refused(struct app *a, http_id id, const struct outcome *o)
{
	struct buf body = {0};
	struct reader nobody = {0};
	struct http_response r = {.content_type = PROBLEM_CONTENT_TYPE};

	if (o->verdict == VERDICT_ACCEPTED)
		return false;
	r.status = reply_encode(app_site(a), NULL, o, &nobody, &body);
	r.body = body.data;
	r.body_len = body.len;
	app_answer(a, id, &r, NULL);
	buf_free(&body);
	return true;
}

/* A device acts for its own desk; a board for any. Somebody unwell is reported from wherever it is seen. */
static bool desk_of_act(struct app *a, http_id id, const struct device *by, struct command *c)
{
	if (!by || by->kind == DEVICE_BOARD || !c->desk) {
		if (by && !c->desk)
			c->desk = by->desk;
		return true;
	}
	if (c->kind == COMMAND_UNWELL || (by->desk && strcmp(by->desk, c->desk) == 0) || was_answered(a, by, c->id))
		return true;
	app_problem(a, id, 403, "forbidden", "This device acts for its own desk only.");
	return false;
}

/* Without a token a ticket's own code is needed; who tries codes is kept from that. */
static void nobody_cries(struct app *a, const struct http_request *rq, const struct body *b)
{
	bool guess = rq->param[0] || body_text(b, "code");

	if (guess && api_guesses_too_much(a, rq, APP_LIMITED_TICKET))
		return;
	if (guess)
		app_limit_count(a, APP_LIMITED_TICKET, rq->peer);
	api_unauthorized(a, rq);
}

void api_act(struct app *a, const struct http_request *rq, const struct device *by, enum body_shape shape,
	     const struct command *known)
{
	struct command act = *known, *c = &act;
	char made_id[37];
	struct body *b = shape == BODY_UNWELL ? unwell_body(a, rq, c, made_id) : api_body(a, rq, shape, c);
	struct body_error wrong;
	struct outcome o;

	if (!b)
		return;
	c->device = by ? by->id : 0;
	c->body = act_digest(a, rq, b);
	if (!desk_of_act(a, rq->id, by, c))
		goto done;
	if (!api_who(a, b, shape, by, c, &wrong)) {
		api_bad_field(a, rq->id, &wrong);
		goto done;
	}
	if (!by && !c->ticket) {
		nobody_cries(a, rq, b);
		goto done;
	}
	if (app_submit(a, c, &o))
		api_answer(a, rq->id, c, by, &o);
	else
		app_problem(a, rq->id, 503, "unavailable", "Nothing can be promised now; it was not done.");
done:
	body_free(b);
}
