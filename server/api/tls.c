/*
 * The site's own CA, for whoever shall trust it: to a board what is known of the certificate, to anybody the CA itself.
 *
 * A person compares fingerprints: the one that a handheld shows of what it fetched with the one on the board, which
 * came another way.
 */
#include <stdio.h>
#include <string.h>

#include "handlers.h"
#include "json.h"
#include "qr.h"

/* ---- under which name devices reach us ---- */

static bool is_loopback(const char *name)
{
	return strcmp(name, "localhost") == 0 || strcmp(name, "::1") == 0 || strncmp(name, "127.", 4) == 0;
}

/* The name in a Host header, in the form that certificates have; false where it is none. */
static bool host_name(const char *host, struct certificate_names *out)
{
	char text[CERTIFICATE_NAME_SIZE], why[512];
	const char *port = host ? strrchr(host, ':') : NULL;
	size_t n = !host ? 0 : port && (host[0] != '[' || port[-1] == ']') ? (size_t)(port - host) : strlen(host);

	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		host++;
		n -= 2;
	}
	out->n = 0;
	if (n == 0 || n >= sizeof(text))
		return false;
	memcpy(text, host, n);
	text[n] = 0;
	return certificate_name_add(out, text, why, sizeof(why));
}

static bool is_among(const struct certificate_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* The first that other machines can use; NULL: none. */
static const char *first_far(const struct certificate_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (!strchr(names->v[i], '*') && !is_loopback(names->v[i]))
			return names->v[i];
	return NULL;
}

/*
 * The name that whoever asks used, where the certificate is for it and others can use it too: it works here. Else the
 * first of the certificate's; else what they used.
 */
static void add_host(const struct app_tls *t, const char *host, struct buf *url)
{
	struct certificate_names asked = {0};
	bool known = host_name(host, &asked);
	const char *name = known && !is_loopback(asked.v[0]) && is_among(&t->certificate.names, asked.v[0]) ?
				   asked.v[0] :
				   first_far(&t->certificate.names);

	if (!name)
		name = known ? asked.v[0] : "127.0.0.1";
	buf_printf(url, strchr(name, ':') ? "[%s]" : "%s", name);
}

static void add_address(const struct app *a, const struct http_request *rq, bool plain, const char *path,
			struct buf *url)
{
	int port = plain ? app_plain_port(a) : app_port(a);

	buf_add_str(url, plain ? "http://" : "https://");
	add_host(app_tls(a), rq->host, url);
	if (port != (plain ? 80 : 443))
		buf_printf(url, ":%d", port);
	buf_add_str(url, path);
}

/* Where the CA is fetched: without TLS where that is served, since who fetches it does not trust us yet. */
static void ca_url(const struct app *a, const struct http_request *rq, struct buf *url)
{
	add_address(a, rq, app_plain_port(a) > 0, "/ca", url);
}

/* ---- what is known ---- */

static void add_names(struct json_writer *w, const struct certificate_names *names)
{
	json_key(w, "names");
	json_open(w, '[');
	for (size_t i = 0; i < names->n; i++)
		json_str(w, names->v[i]);
	json_close(w, ']');
}

static void add_certificate(struct json_writer *w, const struct certificate_facts *c)
{
	json_open(w, '{');
	add_names(w, &c->names);
	json_key(w, "not_after");
	json_time(w, c->not_after);
	json_key(w, "issuer");
	json_str(w, c->issuer);
	json_close(w, '}');
}

/* Without its end: the caller adds what else is to be said. */
static void open_ca(struct json_writer *w, const struct certificate_facts *ca)
{
	json_open(w, '{');
	json_key(w, "fingerprint");
	json_str(w, ca->fingerprint);
	json_key(w, "not_after");
	json_time(w, ca->not_after);
}

void api_tls(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	const struct app_tls *t = app_tls(a);
	struct json_writer w;
	struct buf body = {0}, url = {0};

	if (!api_caller_for(a, rq, ACT_TLS))
		return;
	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "secure");
	json_bool(&w, t != NULL);
	json_key(&w, "certificate");
	if (t)
		add_certificate(&w, &t->certificate);
	else
		json_null(&w);
	json_key(&w, "ca");
	if (t && t->has_ca) {
		ca_url(a, rq, &url);
		open_ca(&w, &t->ca);
		json_key(&w, "url");
		json_str(&w, url.data);
		json_key(&w, "qr_svg");
		json_str(&w, "/api/ca.svg");
		json_close(&w, '}');
	} else {
		json_null(&w);
	}
	json_close(&w, '}');
	api_json_now(a, rq->id, 200, &body);
	buf_free(&body);
	buf_free(&url);
}

void api_ca(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	const struct app_tls *t = app_tls(a);
	struct json_writer w;
	struct buf body = {0}, url = {0};

	if (!api_serving(a, rq))
		return;
	json_start(&w, &body);
	json_open(&w, '{');
	json_key(&w, "ca");
	if (t && t->has_ca) {
		add_address(a, rq, false, "/", &url);
		open_ca(&w, &t->ca);
		json_key(&w, "name");
		json_str(&w, t->ca.subject);
		add_names(&w, &t->ca.names);
		json_key(&w, "try_url");
		json_str(&w, url.data);
		json_close(&w, '}');
	} else {
		json_null(&w);
	}
	json_close(&w, '}');
	api_json_now(a, rq->id, 200, &body);
	buf_free(&body);
	buf_free(&url);
}

/* ---- the CA itself ---- */

static bool has_ca(struct app *a, const struct http_request *rq)
{
	const struct app_tls *t = app_tls(a);

	if (t && t->has_ca)
		return true;
	app_problem(a, rq->id, 404, "not_found", "This site has no certificate authority of its own.");
	return false;
}

/* DER and this type: what Android, iOS and Windows take for a CA to be trusted. */
void page_ca_file(void *arg, const struct http_request *rq)
{
	struct app *a = arg;

	if (!has_ca(a, rq))
		return;
	http_reply(app_http(a), rq->id,
		   &(struct http_response){
			   .status = 200,
			   .content_type = "application/x-x509-ca-cert",
			   .headers = "Content-Disposition: attachment; filename=\"vaxline-ca.crt\"\r\n"
				      "Cache-Control: no-cache\r\n",
			   .body = app_tls(a)->ca_der.data,
			   .body_len = app_tls(a)->ca_der.len,
		   });
}

void api_ca_qr(void *arg, const struct http_request *rq)
{
	struct app *a = arg;
	struct buf url = {0};

	if (!api_serving(a, rq) || !has_ca(a, rq))
		return;
	ca_url(a, rq, &url);
	api_qr(a, rq->id, url.data);
	buf_free(&url);
}
