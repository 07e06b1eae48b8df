/*
 * Answers of the handlers.
 */
#include "handlers.h"
#include "problem.h"

void api_problem(struct app *a, http_id id, int status, const char *code, const char *detail)
{
	struct buf body = {0};
	struct http_response r = {.status = status, .content_type = PROBLEM_CONTENT_TYPE};

	problem_write(&body, status, code, NULL, detail);
	r.body = body.data;
	r.body_len = body.len;
	if (status == 503)
		r.headers = "Retry-After: 1\r\n";
	if (status == 401)
		r.headers = "WWW-Authenticate: Bearer\r\n";
	http_reply(app_http(a), id, &r);
	buf_free(&body);
}

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
