/*
 *   DIR/tls/ca.crt      the site's CA, for whoever comes to trust it
 *           ca.key      its key; needed to renew, may be kept elsewhere meanwhile
 *           server.crt  what the server shows: for the names of the CA, 397 days
 *           server.key  its key
 *
 * init makes the folder beside its place, whole, and gives it its name at the end. renew replaces the two files of the
 * server one after the other, and whoever reads them in between, or after a power cut, must have a certificate with its
 * key. So the key's file holds both keys meanwhile:
 *
 *   server.key = new, old -> server.crt = new -> server.key = new
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "certificate.h"
#include "cmd_reload.h"
#include "cmd_tls.h"
#include "data_dir.h"
#include "folder.h"

#define ERROR_MAX_BYTES 512
#define DAY_MS INT64_C(86400000)
/* A certificate that ends within so many days is one to renew. */
#define RENEW_DAYS 30

__attribute__((format(printf, 1, 2))) static int fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("vaxline: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	return 1;
}

static int misuse(const char *why)
{
	fprintf(stderr, "vaxline: %s\nTry 'vaxline help'.\n", why);
	return 2;
}

static int64_t now_ms(void)
{
	return (int64_t)time(NULL) * 1000;
}

/* "2027-12-22", UTC. */
static const char *date_of(int64_t ms, char out[16])
{
	time_t at = (time_t)(ms / 1000);
	struct tm utc;

	gmtime_r(&at, &utc);
	strftime(out, 16, "%Y-%m-%d", &utc);
	return out;
}

static bool path_of(const char *data, const char *ending, char out[FOLDER_PATH_MAX_BYTES])
{
	return snprintf(out, FOLDER_PATH_MAX_BYTES, "%s/tls%s", data, ending) < FOLDER_PATH_MAX_BYTES - 32;
}

/* ---- names ---- */

/* An address of an interface that others reach: not this machine's own, not of one link alone. */
static bool is_reachable(const struct ifaddrs *i)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)i->ifa_addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)i->ifa_addr;

	if (!i->ifa_addr || !(i->ifa_flags & IFF_UP) || i->ifa_flags & IFF_LOOPBACK)
		return false;
	if (i->ifa_addr->sa_family == AF_INET)
		return (ntohl(v4->sin_addr.s_addr) >> 16) != 0xa9fe; /* RFC 3927: link-local */
	return i->ifa_addr->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr);
}

/* The machine's name and addresses; what is no name (a host may be called anything) is left out. */
static void own_names(struct certificate_names *names)
{
	char host[CERTIFICATE_NAME_SIZE] = "", text[INET6_ADDRSTRLEN], error[ERROR_MAX_BYTES];
	struct ifaddrs *all = NULL;

	if (gethostname(host, sizeof(host) - 1) == 0 && strcmp(host, "localhost") != 0)
		certificate_name_add(names, host, error, sizeof(error));
	if (getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		const void *address;

		if (!is_reachable(i))
			continue;
		address = i->ifa_addr->sa_family == AF_INET ?
				  (const void *)&((const struct sockaddr_in *)(const void *)i->ifa_addr)->sin_addr :
				  (const void *)&((const struct sockaddr_in6 *)(const void *)i->ifa_addr)->sin6_addr;
		if (inet_ntop(i->ifa_addr->sa_family, address, text, sizeof(text)))
			certificate_name_add(names, text, error, sizeof(error));
	}
	freeifaddrs(all);
}

static bool names_of(char *const *words, size_t n, struct certificate_names *names)
{
	char error[ERROR_MAX_BYTES];

	for (size_t i = 0; i < n; i++) {
		if (!certificate_name_add(names, words[i], error, sizeof(error)))
			return !fail("%s", error);
	}
	if (n == 0)
		own_names(names);
	if (names->n == 0)
		fail("this machine has neither a name nor an address that others reach: say under which names devices "
		     "will reach the server");
	return names->n > 0;
}

static void print_names(const char *title, const struct certificate_names *names)
{
	printf("%s", title);
	for (size_t i = 0; i < names->n; i++)
		printf("%s%s", i ? ", " : "", names->v[i]);
	putchar('\n');
}

/* ---- init ---- */

static bool refuse_existing(const char *path)
{
	return !fail(
		"%s is there already: devices trust its CA. 'vaxline tls renew' makes a new certificate of the same "
		"CA. To begin anew, move that folder away; then every device must be made to trust the new CA",
		path);
}

/* Empty ones do not count: nothing is lost. */
static bool is_free(const char *path)
{
	if (rmdir(path) == 0 || errno == ENOENT)
		return true;
	return refuse_existing(path);
}

static void remove_made(const struct folder *f)
{
	static const char *const names[] = {"ca.crt", "ca.key", "server.crt", "server.key"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlinkat(f->fd, names[i], 0);
	rmdir(f->path);
}

static bool fill(const struct folder *f, const char *data, const struct certificate_pair *ca,
		 const struct certificate_pair *leaf)
{
	return folder_give(f, data) && folder_write(f, "ca.crt", &ca->certificate) &&
	       folder_write(f, "ca.key", &ca->key) && folder_write(f, "server.crt", &leaf->certificate) &&
	       folder_write(f, "server.key", &leaf->key) && fsync(f->fd) == 0;
}

static bool sync_dir(const char *path)
{
	struct folder f;
	bool ok = folder_open(&f, path) && fsync(f.fd) == 0;

	folder_close(&f);
	return ok;
}

/* The folder with all in it, or none. */
static bool store(const char *data, const char *path, const struct certificate_pair *ca,
		  const struct certificate_pair *leaf)
{
	char made[FOLDER_PATH_MAX_BYTES];
	struct folder f = {.fd = -1};
	bool ok = false;

	path_of(data, ".XXXXXX", made);
	if (!folder_make(&f, made))
		return !fail("cannot write in %s: %s", data, strerror(errno));
	if (!fill(&f, data, ca, leaf))
		fail("cannot write %s: %s", made, strerror(errno));
	else if (rename(made, path) == 0 && sync_dir(data))
		ok = true;
	else if (errno == EEXIST || errno == ENOTEMPTY)
		refuse_existing(path);
	else
		fail("cannot make %s: %s", path, strerror(errno));
	if (!ok && f.fd >= 0)
		remove_made(&f);
	folder_close(&f);
	return ok;
}

static void print_made(const char *path, const struct certificate_pair *ca, const struct certificate_pair *leaf)
{
	struct certificate_facts a, b;
	char error[ERROR_MAX_BYTES], date[16];

	if (!certificate_read(&ca->certificate, &a, error, sizeof(error)) ||
	    !certificate_read(&leaf->certificate, &b, error, sizeof(error)))
		abort(); /* we made them */
	print_names("names        ", &b.names);
	printf("certificate  %s/server.crt, until %s; then, or before: vaxline tls renew\n", path,
	       date_of(b.not_after, date));
	printf("CA           %s/ca.crt (%s), until %s\n", path, a.subject, date_of(a.not_after, date));
	printf("fingerprint  %s\n", a.fingerprint);
	printf("serve with   --tls-cert %s/server.crt --tls-key %s/server.key --listen 0.0.0.0:8443\n", path, path);
	printf("             and --listen-plain 0.0.0.0:8080 for displays, tickets and the page that hands out the CA\n");
	printf("The CA can vouch for these names, for those below them, and for no others.\n");
	printf("Devices come to trust it by http://%s%s%s:8080/ca of that plain door, whose fingerprint must be the one "
	       "above.\n",
	       strchr(b.names.v[0], ':') ? "[" : "", b.names.v[0], strchr(b.names.v[0], ':') ? "]" : "");
}

static bool make(const char *site, const struct certificate_names *names, struct certificate_pair *ca,
		 struct certificate_pair *leaf)
{
	char error[ERROR_MAX_BYTES];

	certificate_make_ca(site, names, now_ms(), ca);
	return certificate_make_leaf(ca, now_ms(), leaf, error, sizeof(error)) || !fail("%s", error);
}

static int init(const struct app_options *o, char *const *words, size_t n)
{
	struct certificate_names names = {0};
	struct certificate_pair ca = {0}, leaf = {0};
	char path[FOLDER_PATH_MAX_BYTES], error[ERROR_MAX_BYTES];
	struct rules *rules;
	bool ok;

	if (!names_of(words, n, &names))
		return 1;
	if (!path_of(o->data, "", path))
		return fail("the path of the data directory is too long");
	rules = rules_load(o->config, error, sizeof(error));
	if (!rules || !data_dir_make(o->data, error, sizeof(error))) {
		rules_free(rules);
		return fail("%s", error);
	}
	ok = is_free(path) && make(rules->site, &names, &ca, &leaf) && store(o->data, path, &ca, &leaf);
	if (ok)
		print_made(path, &ca, &leaf);
	certificate_pair_free(&ca);
	certificate_pair_free(&leaf);
	rules_free(rules);
	return ok ? 0 : 1;
}

/* ---- renew ---- */

static bool find(const struct app_options *o, struct folder *f)
{
	char path[FOLDER_PATH_MAX_BYTES];

	if (!path_of(o->data, "", path))
		return !fail("the path of the data directory is too long");
	if (folder_open(f, path))
		return true;
	if (errno == ENOENT)
		return !fail("there is no %s: 'vaxline tls init' makes a CA and a certificate", path);
	return !fail("cannot open %s: %s", path, strerror(errno));
}

static bool need(const struct folder *f, const char *name, struct buf *out)
{
	return folder_read(f, name, out) || !fail("cannot read %s/%s: %s", f->path, name, strerror(errno));
}

static void wipe(struct buf *key)
{
	if (key->data)
		explicit_bzero(key->data, key->cap);
	buf_free(key);
}

static bool replace(const struct folder *f, const struct certificate_pair *leaf)
{
	struct buf keys = {0};
	bool ok;

	buf_room(&keys, leaf->key.len + CERTIFICATE_FILE_MAX_BYTES); /* it must not move: what it leaves is not wiped */
	buf_add(&keys, leaf->key.data, leaf->key.len);
	ok = (folder_read(f, "server.key", &keys) || errno == ENOENT) && folder_replace(f, "server.key", &keys) &&
	     folder_replace(f, "server.crt", &leaf->certificate) && folder_replace(f, "server.key", &leaf->key);
	if (!ok)
		fail("cannot write in %s: %s", f->path, strerror(errno));
	wipe(&keys);
	return ok;
}

static bool renew_in(const struct folder *f)
{
	struct certificate_pair ca = {0}, leaf = {0};
	struct certificate_facts facts;
	char error[ERROR_MAX_BYTES], date[16];
	bool ok = need(f, "ca.crt", &ca.certificate) && need(f, "ca.key", &ca.key);

	if (ok && !certificate_make_leaf(&ca, now_ms(), &leaf, error, sizeof(error)))
		ok = !fail("%s/ca.crt cannot issue certificates: %s", f->path, error);
	ok = ok && replace(f, &leaf);
	if (ok && certificate_read(&leaf.certificate, &facts, error, sizeof(error))) {
		print_names("names        ", &facts.names);
		printf("certificate  %s/server.crt, until %s\n", f->path, date_of(facts.not_after, date));
	}
	certificate_pair_free(&ca);
	certificate_pair_free(&leaf);
	return ok;
}

static int renew(const struct app_options *o)
{
	struct folder f;
	bool ok;

	if (!find(o, &f))
		return 1;
	ok = folder_lock(&f) ? renew_in(&f) : !fail("cannot lock %s: %s", f.path, strerror(errno));
	folder_close(&f);
	return ok ? cmd_reload(o->data, "the certificate") : 1;
}

/* ---- show ---- */

static void print_left(const char *title, int64_t not_after, const char *what_then)
{
	int64_t left = not_after - now_ms();
	char date[16];

	printf("%s%s", title, date_of(not_after, date));
	if (left <= 0)
		printf(": ended; %s\n", what_then);
	else if (left < RENEW_DAYS * DAY_MS)
		printf(", %" PRId64 " days left: %s\n", left / DAY_MS, what_then);
	else
		printf(", %" PRId64 " days left\n", left / DAY_MS);
}

static bool show_in(const struct folder *f)
{
	struct buf ca = {0}, leaf = {0};
	struct certificate_facts a, b;
	char error[ERROR_MAX_BYTES];
	bool ok = need(f, "server.crt", &leaf) && need(f, "ca.crt", &ca);

	if (ok && !certificate_read(&leaf, &b, error, sizeof(error)))
		ok = !fail("%s/server.crt: %s", f->path, error);
	if (ok && !certificate_read(&ca, &a, error, sizeof(error)))
		ok = !fail("%s/ca.crt: %s", f->path, error);
	if (ok) {
		print_names("names        ", &b.names);
		print_left("until        ", b.not_after, "vaxline tls renew");
		printf("CA           %s\n", a.subject);
		print_left("CA until     ", a.not_after, "begin anew, see vaxline tls init");
		printf("fingerprint  %s\n", a.fingerprint);
		if (!certificate_issued(&ca, &leaf))
			ok = !fail("%s/server.crt was not issued by ca.crt beside it", f->path);
	}
	buf_free(&ca);
	buf_free(&leaf);
	return ok;
}

static int show(const struct app_options *o)
{
	struct folder f;
	bool ok;

	if (!find(o, &f))
		return 1;
	ok = show_in(&f);
	folder_close(&f);
	return ok ? 0 : 1;
}

int cmd_tls(const struct app_options *o, char *const *words, size_t n)
{
	if (n == 0)
		return misuse("tls takes init, renew or show");
	if (strcmp(words[0], "init") == 0)
		return init(o, words + 1, n - 1);
	if (n > 1)
		return misuse("an argument too many");
	if (strcmp(words[0], "renew") == 0)
		return renew(o);
	if (strcmp(words[0], "show") == 0)
		return show(o);
	return misuse("tls takes init, renew or show");
}
