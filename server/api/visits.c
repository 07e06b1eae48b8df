/*
 * Visits: check-in, a visit and its timeline, the actions, scans, reports of illness, ticket images.
 */
#include <stdio.h>
#include <string.h>

#include "handlers.h"
#include "qr.h"

void api_check_in(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_CHECK_IN);
	struct command c = {.kind = COMMAND_CHECK_IN, .action = ACTION_CHECK_IN};

	if (by)
		api_act(a, rq, by, BODY_CHECK_IN, &c);
}

void api_visit_show(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_VISIT);
	struct command c = {0};
	char number[NUMBER_MAX_BYTES + 1];
	struct reader reader = api_reader(by);
	const struct visit *v;
	struct buf body = {0};

	if (!by)
		return;
	api_ref(a, rq->param[0], &c, number);
	v = c.ticket ? site_visit_by_ticket(app_site(a), c.ticket) :
	    c.number ? site_visit_by_number(app_site(a), c.number) :
		       NULL;
	if (!v) {
		app_problem(a, rq->id, 404, "visit_unknown", "No such visit today.");
		return;
	}
	timeline_encode(app_site(a), v, &reader, &body);
	api_json(a, rq->id, 200, &body);
	buf_free(&body);
}

/* By POST, so that no personal data stands in an address; it changes nothing. */
void api_visits_find(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_FIND);
	struct command c = {0};
	struct reader reader = api_reader(by);
	struct buf found = {0};
	struct body *b = by ? api_body(a, rq, BODY_FIND, &c) : NULL;

	if (!b)
		return;
	if (find_encode(app_site(a), body_text(b, "text"), &reader, &found))
		api_json(a, rq->id, 200, &found);
	else
		app_problem(a, rq->id, 422, "invalid", "text: at least 2 characters that are not blank.");
	buf_free(&found);
	body_free(b);
}

void api_visit_act(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	int action = action_from(rq->param[1]);
	enum act act = allow_action(action);
	struct command c = {.kind = COMMAND_VISIT};
	char number[NUMBER_MAX_BYTES + 1];
	struct body_error badge;
	struct device *by;

	if (!api_serving(a, rq))
		return;
	by = api_caller_if_any(a, rq);
	if (!by && action != ACTION_UNWELL) {
		api_unauthorized(a, rq);
		return;
	}
	if (act == ACT_COUNT) {
		app_problem(a, rq->id, 404, "not_found", "No such action.");
		return;
	}
	if (by && !allow_act(by, act) && !api_is_repeat(a, rq, by)) {
		api_forbidden(a, rq->id);
		return;
	}
	if (action != ACTION_UNWELL && api_is_badge(a, rq->param[0], &badge)) {
		api_bad_field(a, rq->id, &badge);
		return;
	}
	c.action = (enum action)action;
	api_ref(a, rq->param[0], &c, number);
	if (!by && c.number)
		c.number = NULL; /* a number is no secret: it lets nobody in */
	if (action == ACTION_UNWELL)
		c.kind = COMMAND_UNWELL;
	api_act(a, rq, by, action == ACTION_UNWELL ? BODY_UNWELL : BODY_ACTION, &c);
}

void api_scan(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_SCAN);
	struct command c = {.kind = COMMAND_SCAN};

	if (by)
		api_act(a, rq, by, BODY_SCAN, &c);
}

void api_unwell(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct command c = {.kind = COMMAND_UNWELL, .action = ACTION_UNWELL};
	struct device *by;

	if (!api_serving(a, rq))
		return;
	by = api_caller_if_any(a, rq);
	if (by && !allow_act(by, ACT_UNWELL))
		api_forbidden(a, rq->id);
	else
		api_act(a, rq, by, BODY_UNWELL, &c);
}

/* ---- /api/tickets/CODE.svg and .png ---- */

static bool ticket_name(struct app *a, const char *name, char code[TICKET_CODE_LEN + 1], bool *png)
{
	const char *dot = strchr(name, '.');
	uint64_t ticket;

	if (!dot || (strcmp(dot, ".svg") != 0 && strcmp(dot, ".png") != 0))
		return false;
	*png = dot[1] == 'p';
	if (ticket_parse(app_trust(a), name, (size_t)(dot - name), &ticket) != TICKET_OK)
		return false;
	ticket_code(app_trust(a), ticket, code);
	return true;
}

/* What the QR holds: the bare code, or with a public address the URL of the ticket's page, upper case throughout. */
static void ticket_text(struct app *a, const char *code, struct buf *text)
{
	const struct rules *r = app_site(a)->rules;

	if (r && r->public_url[0])
		buf_printf(text, "%s/T/", r->public_url);
	buf_add_str(text, code);
	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] >= 'a' && text->data[i] <= 'z')
			text->data[i] -= 'a' - 'A';
	}
}

void api_ticket_qr(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	char code[TICKET_CODE_LEN + 1];
	bool png;
	struct buf text = {0}, image = {0};

	if (!api_serving(a, rq))
		return;
	if (!ticket_name(a, rq->param[0], code, &png)) {
		api_wrong_ticket(a, rq, api_caller_if_any(a, rq));
		return;
	}
	ticket_text(a, code, &text);
	if (png ? qr_png(text.data, 8, &image) : qr_svg(text.data, &image))
		http_reply(app_http(a), rq->id,
			   &(struct http_response){.status = 200,
						   .content_type = png ? "image/png" : "image/svg+xml",
						   .headers = "Cache-Control: private, max-age=86400\r\n",
						   .body = image.data,
						   .body_len = image.len});
	else
		app_problem(a, rq->id, 500, "internal", "The ticket does not fit a QR symbol.");
	buf_free(&text);
	buf_free(&image);
}
