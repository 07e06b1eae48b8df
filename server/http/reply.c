/*
 * Answers: one head, one body, one write.
 *
 * Head and body are put together on the stack and leave by one system call; a long body, or one that is shared, goes
 * beside the head, and only what the socket does not take of it is copied. Status line, Date (RFC 9110, 6.6.1) and type
 * are put together anew when one of them is another than in the answer before.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "conn.h"
#include "problem.h"

/*
 * A type is what we say it is. And who has come by TLS once comes by nothing else for a year (RFC 6797): to that name,
 * at whatever port. So it is not said under the name localhost, which belongs to all that runs on a machine.
 */
#define NO_SNIFFING "X-Content-Type-Options: nosniff\r\n"
#define ALWAYS_TLS "Strict-Transport-Security: max-age=31536000\r\n"

static void add(struct reply_head *head, const char *text, size_t len)
{
	assert(len <= sizeof(head->text) - head->len); /* only our own constants stand in a head */
	if (len)
		memcpy(head->text + head->len, text, len);
	head->len += len;
}

static void add_str(struct reply_head *head, const char *text)
{
	add(head, text, strlen(text));
}

static void add_number(struct reply_head *head, unsigned long long n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do
		digits[--i] = (char)('0' + n % 10);
	while (n /= 10);
	add(head, digits + i, sizeof(digits) - i);
}

static void add_date(struct reply_head *head, time_t at)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char date[40];
	struct tm tm;

	gmtime_r(&at, &tm);
	/* Not strftime: the names must not follow the locale. */
	snprintf(date, sizeof(date), "Date: %.3s, %02u %.3s %04u %02u:%02u:%02u GMT\r\n", days + 3 * tm.tm_wday,
		 (unsigned)tm.tm_mday % 100, months + 3 * tm.tm_mon, (unsigned)(tm.tm_year + 1900) % 10000,
		 (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
	add_str(head, date);
}

/* Status line, date and type are mostly those of the answer before: then they are taken as they were put together. */
static void add_start(struct conn *c, struct reply_head *head, int status, const char *content_type)
{
	struct http *h = c->h;
	bool always_tls = c->tls && !c->as_localhost;
	const char *type = content_type ? content_type : "";
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (h->start.len && h->start.at == now.tv_sec && h->start.status == status &&
	    h->start.always_tls == always_tls && !strcmp(h->start.content_type, type)) {
		add(head, h->start.text, h->start.len);
		return;
	}
	add_str(head, "HTTP/1.1 ");
	add_number(head, (unsigned)status);
	add_str(head, " ");
	add_str(head, problem_phrase(status));
	add_str(head, "\r\n");
	add_date(head, now.tv_sec);
	if (content_type) {
		add_str(head, "Content-Type: ");
		add_str(head, content_type);
		add_str(head, "\r\n");
	}
	add_str(head, NO_SNIFFING);
	if (always_tls)
		add_str(head, ALWAYS_TLS);
	h->start.len = 0;
	if (strlen(type) >= sizeof(h->start.content_type) || head->len > sizeof(h->start.text))
		return;
	h->start.at = now.tv_sec;
	h->start.status = status;
	h->start.always_tls = always_tls;
	strcpy(h->start.content_type, type);
	h->start.len = head->len;
	memcpy(h->start.text, head->text, head->len);
}

void reply_head(struct conn *c, struct reply_head *head, int status, const char *content_type, long long content_length,
		bool keep)
{
	head->len = 0;
	add_start(c, head, status, content_type);
	if (content_length >= 0) {
		add_str(head, "Content-Length: ");
		add_number(head, (unsigned long long)content_length);
		add_str(head, "\r\n");
	}
	if (!keep)
		add_str(head, "Connection: close\r\n");
	else if (c->http_1_0)
		add_str(head, "Connection: keep-alive\r\n");
}

void reply_report(struct conn *c, int status)
{
	if (c->h->o.answered)
		c->h->o.answered(c->h->o.arg, c->route, status, http_now_us() - c->began_us);
}

static struct iovec piece(const void *data, size_t len)
{
	return (struct iovec){.iov_base = (void *)(uintptr_t)data, .iov_len = len};
}

/* Writes a whole answer; false where the connection broke. */
static bool write_answer(struct conn *c, const struct http_response *r, struct blob *b, bool keep)
{
	bool bodiless = r->status == 204 || r->status == 304;
	bool left_out = bodiless || c->head_only;
	size_t body_len = left_out ? 0 : r->body_len;
	struct reply_head head;
	struct iovec iov[2];

	reply_head(c, &head, r->status, r->content_type, bodiless ? -1 : (long long)r->body_len, keep);
	if (r->headers)
		add_str(&head, r->headers);
	add(&head, "\r\n", 2);
	if (!b && body_len <= sizeof(head.text) - head.len) {
		add(&head, r->body, body_len);
		body_len = 0;
	}
	iov[0] = piece(head.text, head.len);
	iov[1] = piece(r->body, body_len);
	reply_report(c, r->status);
	return conn_write(c, iov, body_len ? 2 : 1, body_len ? b : NULL);
}

bool reply_send(struct conn *c, const struct http_response *r, struct blob *b)
{
	bool keep = c->keep_alive && !r->close && !c->h->draining;

	if (!write_answer(c, r, b, keep))
		return false;
	conn_answered(c, keep);
	return true;
}

bool http_reply(struct http *h, http_id id, const struct http_response *r)
{
	struct conn *c = http_find(h, id, CONN_WAITING);

	return c && reply_send(c, r, NULL);
}

static struct http_response problem(struct http *h, int status, const char *code, const char *detail)
{
	buf_clear(&h->scratch);
	problem_write(&h->scratch, status, code, NULL, detail);
	return (struct http_response){
		.status = status,
		.content_type = PROBLEM_CONTENT_TYPE,
		.body = h->scratch.data,
		.body_len = h->scratch.len,
	};
}

void reply_problem(struct conn *c, int status, const char *code, const char *detail, const char *extra)
{
	struct http_response r = problem(c->h, status, code, detail);

	r.headers = extra;
	reply_send(c, &r, NULL);
}

static const char *refusal_code(int status)
{
	switch (status) {
	case 408:
		return "request_timeout";
	case 413:
		return "body_too_large";
	case 414:
		return "target_too_long";
	case 417:
		return "expectation_failed";
	case 431:
		return "headers_too_large";
	case 501:
		return "not_implemented";
	case 505:
		return "version_not_supported";
	default:
		return "bad_request";
	}
}

void reply_refusal(struct conn *c, int status, const char *detail)
{
	struct http_response r = problem(c->h, status, refusal_code(status), detail);

	if (write_answer(c, &r, NULL, false))
		conn_finish(c);
}

void reply_continue(struct conn *c)
{
	struct iovec iov = piece("HTTP/1.1 100 Continue\r\n\r\n", 25);

	conn_write(c, &iov, 1, NULL);
}
