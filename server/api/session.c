/*
 * Who is signed on at a device: in by the scan of a badge and a PIN, out by a tap.
 *
 *   badge, pin --must wait? busy?--> 429
 *       |
 *       +--no PIN--> core          (which may ask for one)
 *       +--PIN--> beside the loop: right or not --> core, by numbers that are looked up anew
 *
 * Whoever guesses sees the same for a badge that nobody has and for a wrong PIN: the same check, the same answer.
 */
#include <string.h>

#include "handlers.h"

void api_session_show(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_SESSION);
	struct buf body = {0};

	if (!by)
		return;
	session_encode(app_site(a), by, &body);
	api_json(a, rq->id, 200, &body);
	buf_free(&body);
}

static void unavailable(struct app *a, http_id request)
{
	app_problem(a, request, 503, "unavailable", "Nothing can be promised now; nobody was signed on or off.");
}

/* ---- signing on ---- */

static void signed_on(struct app *a, http_id request, const struct device *d, const struct staff *before)
{
	const struct session *last = &d->before[0];
	bool taken_over = before && last->staff == before && last->why == SIGN_OFF_TAKEN_OVER &&
			  d->session.staff != before;
	struct buf body = {0};

	signed_on_encode(app_site(a), d, taken_over ? before : NULL, &body);
	api_json(a, request, 200, &body);
	buf_free(&body);
}

static void submit(struct app *a, http_id request, uint32_t device, uint64_t badge, enum pin_check pin)
{
	struct command c = {
		.kind = COMMAND_SIGN_ON, .device = device, .badge = badge, .pin = pin, .shift_end = app_shift_end(a)};
	const struct device *d = site_device(app_site(a), device);
	const struct staff *before = d->session.staff;
	struct outcome o;

	if (!app_submit(a, &c, &o))
		unavailable(a, request);
	else if (o.verdict == VERDICT_TOO_MANY_TRIES)
		api_too_many(a, request, APP_LIMITED_SIGN_ON, o.until - app_now(a));
	else if (!api_refused(a, request, &o))
		signed_on(a, request, d, before);
}

/* The device may have been revoked meanwhile, or another have taken the site: then nothing happens. */
static void checked(struct app *a, const struct app_pin *ask, bool right)
{
	const struct device *d = site_device(app_site(a), ask->device);

	if (!app_is_ready(a))
		unavailable(a, ask->request);
	else if (!d || d->revoked)
		app_problem(a, ask->request, 401, "unauthorized", "Enrol this device first.");
	else
		submit(a, ask->request, ask->device, ask->badge, right ? PIN_RIGHT : PIN_WRONG);
}

/* A number that no badge has, the same for the same text. */
static uint64_t nobodys(const char *text)
{
	return digest_u64(text, strlen(text)) | (TICKET_ID_MAX + 1);
}

/* Until it may be tried, with this badge at this device: a check that is under way is over soon. */
static int64_t must_wait(struct app *a, const struct device *by, uint64_t badge)
{
	ms_t wait = site_sign_on_wait(app_site(a), site_staff_by_badge(app_site(a), badge), by, app_now(a));

	return wait || !app_pin_is_busy(a, badge, by->id) ? wait : 1;
}

/* What was scanned instead of a badge, where it is of ours: that is no guess, and nothing is counted. */
static const struct body_error *other_code(struct app *a, const char *text)
{
	static const struct body_error ticket = {"badge", "is the code of a ticket, not of a badge"};
	static const struct body_error appointment = {"badge", "is the code of an appointment, not of a badge"};
	uint64_t number;

	if (ticket_parse(app_trust(a), text, strlen(text), &number) == TICKET_OK)
		return &ticket;
	if (appointment_parse(app_trust(a), text, strlen(text), &number) == TICKET_OK)
		return &appointment;
	return NULL;
}

static void sign_on(struct app *a, const struct http_request *rq, const struct device *by, const struct body *b)
{
	static const struct body_error no_badge = {"badge", "must be the code of a badge"};
	const struct body_error *other;
	const char *text = body_text(b, "badge"), *pin = body_text(b, "pin");
	struct app_pin ask = {.request = rq->id, .device = by->id, .checked = checked};
	enum ticket_check read = badge_parse(app_trust(a), text, strlen(text), &ask.badge);
	const struct staff *f;
	int64_t wait;

	other = read == TICKET_OK ? NULL : other_code(a, text);
	if (read == TICKET_MALFORMED || other) {
		api_bad_field(a, rq->id, other ? other : &no_badge);
		return;
	}
	if (read == TICKET_FORGED)
		ask.badge = nobodys(text);
	f = site_staff_by_badge(app_site(a), ask.badge);
	wait = must_wait(a, by, ask.badge);
	if (wait)
		api_too_many(a, rq->id, APP_LIMITED_SIGN_ON, wait);
	else if (pin && !(f && !site_asks_pin(app_site(a), f)))
		app_pin_start(a, &ask, pin);
	else
		submit(a, rq->id, by->id, ask.badge, PIN_NOT_GIVEN);
}

void api_sign_on(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_SIGN_ON);
	struct command c = {.kind = COMMAND_SIGN_ON};
	struct body *b = by ? api_body(a, rq, BODY_SESSION, &c) : NULL;

	if (!b)
		return;
	/* Where nothing can be promised no guess is checked either. */
	if (app_is_ready(a))
		sign_on(a, rq, by, b);
	else
		unavailable(a, rq->id);
	body_free(b);
}

/* ---- signing off ---- */

void api_sign_off(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct device *by = api_caller_for(a, rq, ACT_SIGN_OFF);
	struct command c = {.kind = COMMAND_SIGN_OFF};
	struct outcome o;
	struct buf body = {0};

	if (!by)
		return;
	c.device = by->id;
	if (!app_submit(a, &c, &o)) {
		unavailable(a, rq->id);
	} else if (!api_refused(a, rq->id, &o)) {
		buf_add_str(&body, "{\"session\":null}");
		api_json(a, rq->id, 200, &body);
	}
	buf_free(&body);
}
