/*
 * The list of staff, and the QR of a badge.
 */
#include <stdio.h>
#include <string.h>

#include "handlers.h"

static void code_of(void *arg, uint64_t badge, char out[STAFF_CODE_MAX_BYTES + 1])
{
	badge_code(app_trust(arg), badge, out);
}

/* Whether whoever is signed on may have the codes that others sign on with; else the answer is sent. */
static bool may_have_badges(struct app *a, http_id id, const struct device *by)
{
	struct outcome o = {0};
	char date[11];

	app_date(a, date);
	o.verdict = staff_may(app_site(a), by->session.staff, allow_roles(ACT_STAFF_BADGES), date);
	return !api_refused(a, id, &o);
}

void api_staff_list(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_STAFF_LIST);
	char badges[8];
	struct buf body = {0};
	bool with_codes;

	if (!by)
		return;
	with_codes = http_query_value(rq->query, "badges", badges, sizeof(badges)) && strcmp(badges, "1") == 0;
	if (with_codes && !may_have_badges(a, rq->id, by))
		return;
	staff_encode(app_site(a), with_codes ? code_of : NULL, a, &body);
	api_json(a, rq->id, 200, &body);
	buf_free(&body);
}

/* ---- /api/badges/CODE.svg ---- */

static bool badge_name(struct app *a, const char *name, char code[TICKET_CODE_LEN + 1])
{
	const char *dot = strchr(name, '.');
	uint64_t badge;

	if (!dot || strcmp(dot, ".svg") != 0 ||
	    badge_parse(app_trust(a), name, (size_t)(dot - name), &badge) != TICKET_OK)
		return false;
	badge_code(app_trust(a), badge, code);
	return true;
}

/* Says no more than whoever asks for it knows. */
void api_badge_qr(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	char code[TICKET_CODE_LEN + 1], text[sizeof(BADGE_PREFIX) + TICKET_CODE_LEN];

	if (!api_caller_for(a, rq, ACT_STAFF_LIST))
		return;
	if (!badge_name(a, rq->param[0], code)) {
		app_problem(a, rq->id, 404, "not_found", "No such badge.");
		return;
	}
	snprintf(text, sizeof(text), "%s%s", BADGE_PREFIX, code);
	api_qr(a, rq->id, text);
}
