/*
 * The certificate of the server, and the CA that it hands out.
 *
 *   --tls-cert DIR/server.crt --> http: shown to new connections
 *              DIR/ca.crt     --> handed out, where it issued the other
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app_parts.h"
#include "folder.h"
#include "log.h"

static void tls_free(struct app_tls *t)
{
	if (t)
		buf_free(&t->ca_der);
	free(t);
}

void app_tls_free(struct app *a)
{
	tls_free(a->tls);
}

/* The folder of a file, and its name in there. */
static bool open_folder_of(const char *file, struct folder *f, char name[FOLDER_PATH_MAX_BYTES])
{
	char path[FOLDER_PATH_MAX_BYTES];

	snprintf(path, sizeof(path), "%s", file);
	snprintf(name, FOLDER_PATH_MAX_BYTES, "%s", basename(path));
	snprintf(path, sizeof(path), "%s", file);
	return folder_look(f, dirname(path));
}

/* One that did not issue what is shown would make nobody trust it: that is told, and it is not handed out. */
static void read_ca(struct app_tls *t, const struct folder *f, const struct buf *shown)
{
	struct buf ca = {0};
	char why[256] = "it did not issue the certificate of the server";

	if (!folder_read(f, "ca.crt", &ca))
		return;
	t->has_ca = certificate_issued(&ca, shown) && certificate_read(&ca, &t->ca, why, sizeof(why)) &&
		    certificate_der(&ca, &t->ca_der);
	if (!t->has_ca)
		log_line(LOG_LEVEL_WARN, "ca_not_used", "folder", "%s", f->path, "why", "%s", why, NULL);
	buf_free(&ca);
}

static struct app_tls *read_facts(const char *file, char *error, size_t size)
{
	struct app_tls *t = xcalloc(1, sizeof(*t));
	char name[FOLDER_PATH_MAX_BYTES];
	struct buf shown = {0};
	struct folder f;
	char why[256];
	bool ok = open_folder_of(file, &f, name) && folder_read(&f, name, &shown);

	if (!ok)
		snprintf(why, sizeof(why), "%s", strerror(errno));
	ok = ok && certificate_read(&shown, &t->certificate, why, sizeof(why));
	if (ok)
		read_ca(t, &f, &shown);
	folder_close(&f);
	buf_free(&shown);
	if (ok)
		return t;
	snprintf(error, size, "the certificate %s cannot be used: %s", file, why);
	tls_free(t);
	return NULL;
}

bool app_tls_load(struct app *a, char *error, size_t size)
{
	struct app_tls *t;

	if (!a->o.tls_cert)
		return true;
	t = read_facts(a->o.tls_cert, error, size);
	/* Last what takes effect: where anything is wrong, all stays as it was. */
	if (!t || !http_tls_load(a->http, a->o.tls_cert, a->o.tls_key, error, size)) {
		tls_free(t);
		return false;
	}
	tls_free(a->tls);
	a->tls = t;
	return true;
}

/* New connections get the new certificate; where it cannot be used, they get the one before. */
void app_tls_reload(struct app *a)
{
	char error[512];

	if (!a->o.tls_cert)
		return;
	if (app_tls_load(a, error, sizeof(error)))
		log_line(LOG_LEVEL_INFO, "certificate_loaded", "file", "%s", a->o.tls_cert, NULL);
	else
		log_line(LOG_LEVEL_ERROR, "reload_refused", "what", "%s", "certificate", "why", "%s", error, NULL);
}
