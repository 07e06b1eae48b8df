/*
 * Problem documents, RFC 9457.
 *
 *   {"type":"urn:vaxline:problem:not_due","title":"Not due yet","status":409,"code":"not_due","detail":"..."}
 *
 * A problem that says no more than its status does has the type "about:blank" and the status's phrase as its title
 * (RFC 9457, section 4.2.1).
 */
#include "problem.h"

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{200, "OK"},
	{201, "Created"},
	{202, "Accepted"},
	{204, "No Content"},
	{303, "See Other"},
	{304, "Not Modified"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{408, "Request Timeout"},
	{409, "Conflict"},
	{410, "Gone"},
	{411, "Length Required"},
	{412, "Precondition Failed"},
	{413, "Content Too Large"},
	{414, "URI Too Long"},
	{415, "Unsupported Media Type"},
	{417, "Expectation Failed"},
	{422, "Unprocessable Content"},
	{429, "Too Many Requests"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{503, "Service Unavailable"},
	{505, "HTTP Version Not Supported"},
};

const char *problem_phrase(int status)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Unknown";
}

static void add_string(struct buf *out, const char *text)
{
	buf_add_char(out, '"');
	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\') {
			buf_add_char(out, '\\');
			buf_add_char(out, *p);
		} else if (c < 0x20) {
			buf_printf(out, "\\u%04x", c);
		} else {
			buf_add_char(out, *p);
		}
	}
	buf_add_char(out, '"');
}

void problem_write(struct buf *out, int status, const char *code, const char *title, const char *detail)
{
	if (title)
		buf_printf(out, "{\"type\":\"urn:vaxline:problem:%s\",\"title\":", code);
	else
		buf_add_str(out, "{\"type\":\"about:blank\",\"title\":");
	add_string(out, title ? title : problem_phrase(status));
	buf_printf(out, ",\"status\":%d,\"code\":", status);
	add_string(out, code);
	if (detail) {
		buf_add_str(out, ",\"detail\":");
		add_string(out, detail);
	}
	buf_add_char(out, '}');
}
