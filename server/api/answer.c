/*
 * Answers of the handlers.
 */
#include "handlers.h"

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
