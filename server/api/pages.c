/*
 * Pages and the files they are made of. All text on them comes from the API.
 */
#include "handlers.h"

/* Who comes without TLS comes for what is needed to come with it. */
void page_root(void *arg, const struct http_request *rq)
{
	const char *place = rq->door == HTTP_PLAIN ? "Location: /ca\r\n" : "Location: /board\r\n";

	http_reply(app_http(arg), rq->id, &(struct http_response){.status = 303, .headers = place});
}

static void serve(struct app *a, const struct http_request *rq, const char *name)
{
	http_serve_file(app_http(a), rq, app_options(a)->pages, name);
}

void page_setup(void *arg, const struct http_request *rq)
{
	serve(arg, rq, "setup.html");
}

void page_enrol(void *arg, const struct http_request *rq)
{
	serve(arg, rq, "enrol.html");
}

void page_board(void *arg, const struct http_request *rq)
{
	serve(arg, rq, "board.html");
}

void page_ca(void *arg, const struct http_request *rq)
{
	serve(arg, rq, "ca.html");
}

void page_badges(void *arg, const struct http_request *rq)
{
	serve(arg, rq, "badges.html");
}

void page_ticket(void *arg, const struct http_request *rq)
{
	serve(arg, rq, "ticket.html");
}

void page_file(void *arg, const struct http_request *rq)
{
	serve(arg, rq, rq->param[0]);
}

void api_openapi(void *arg, const struct http_request *rq)
{
	if (api_serving(arg, rq))
		serve(arg, rq, "openapi.json");
}
