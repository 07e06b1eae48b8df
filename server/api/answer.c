/*
 * Answers of the handlers.
 */
#include "handlers.h"
#include "qr.h"

static struct http_response json_response(int status, const struct buf *body)
{
	return (struct http_response){.status = status,
				      .content_type = "application/json",
				      .headers = "Cache-Control: no-store\r\n",
				      .body = body->data,
				      .body_len = body->len};
}

void api_json(struct app *a, http_id id, int status, const struct buf *body)
{
	struct http_response r = json_response(status, body);

	app_answer(a, id, &r, NULL);
}

void api_json_now(struct app *a, http_id id, int status, const struct buf *body)
{
	struct http_response r = json_response(status, body);

	http_reply(app_http(a), id, &r);
}

void api_qr(struct app *a, http_id id, const char *text)
{
	struct buf image = {0};
	struct http_response r = {
		.status = 200, .content_type = "image/svg+xml", .headers = "Cache-Control: no-store\r\n"};

	if (qr_svg(text, &image)) {
		r.body = image.data;
		r.body_len = image.len;
		http_reply(app_http(a), id, &r);
	} else {
		app_problem(a, id, 500, "internal", "The text does not fit a QR symbol.");
	}
	buf_free(&image);
}
