/*
 * vaxline: the subcommands, and the order in which the server starts and stops.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api.h"
#include "app.h"
#include "cmd_export.h"
#include "cmd_staff.h"
#include "cmd_tls.h"
#include "json.h"

#ifndef VAXLINE_VERSION
#error "VAXLINE_VERSION is set by the Makefile"
#endif

#define CONFIG_DEFAULT "config/site.json"
#define LISTEN_DEFAULT "127.0.0.1:8080"
#define PATH_MAX_BYTES 4096

static const char usage[] =
	"usage: vaxline COMMAND\n"
	"\n"
	"  serve     run a site                    [--config FILE] [--data DIR] [--listen HOST:PORT]\n"
	"                                          [--listen-public HOST:PORT] [--listen-plain HOST:PORT] [--setup]\n"
	"                                          [--tls-cert FILE --tls-key FILE] [--redis URL] [--clock manual:ISO-TIME]\n"
	"  check     check a configuration         FILE\n"
	"  replay    rebuild a site from its log   [--config FILE] [--data DIR] [--redis URL]\n"
	"  export    print a day's events          --day DATE [--config FILE] [--data DIR] [--redis URL]\n"
	"  staff     the list of the staff         import FILE [--dry-run] | pin ID | list | badges\n"
	"                                          [--config FILE] [--data DIR]\n"
	"  tls       the site's own certificates   init [NAME|ADDRESS...] [--config FILE] [--data DIR]\n"
	"                                          renew | show [--data DIR]\n"
	"  routes    list the routes of the API\n"
	"  permissions\n"
	"            print who may do what, as a Markdown table\n"
	"  help      this text\n"
	"  --version\n"
	"\n"
	"FILE defaults to config/site.json (else to the installed sample), DIR to $XDG_STATE_HOME/vaxline or\n"
	"~/.local/state/vaxline, HOST:PORT to 127.0.0.1:8080 (port 0 picks a free one). URL is unix:///path or\n"
	"redis://[user:password@]host[:port]; without it the server runs a redis-server of its own in DIR. With a manual\n"
	"clock, time moves by POST /api/clock alone. DATE is YYYY-MM-DD. replay and export only read; a server may run\n"
	"meanwhile.\n"
	"\n"
	"The staff is listed in the configuration, or imported into DIR from a CSV file, which is then the whole list; pin\n"
	"reads a PIN from the terminal or a line of a pipe; badges prints ID, CODE and NAME. A server that runs on DIR is\n"
	"told of changes by SIGHUP, at which it reads the list, the configuration and its certificate again.\n"
	"\n"
	"--setup prints a setup address also where there is a board, for one whose browser was lost.\n"
	"\n"
	"--tls-cert names the certificate with its chain, --tls-key its key, both PEM; they are read again at SIGHUP.\n"
	"Without them --listen and --listen-public take addresses of this machine alone. --listen-plain is never TLS: it\n"
	"serves displays, tickets and the page of the site's certificates to anybody who reaches it.\n";

struct arguments {
	struct app_options o;
	const char *day; /* or NULL */
	bool dry_run;
	bool takes_words; /* whether any may stand behind the options */
	char **words;
	size_t n_words;
	char data[PATH_MAX_BYTES];
	char config[PATH_MAX_BYTES];
	char pages[PATH_MAX_BYTES];
};

static int fail(const char *why)
{
	fprintf(stderr, "vaxline: %s\n", why);
	return 1;
}

static int misuse(const char *why)
{
	fprintf(stderr, "vaxline: %s\nTry 'vaxline help'.\n", why);
	return 2;
}

static int refuse_extra(const char *command, const char *word)
{
	fprintf(stderr, "vaxline: %s takes nothing behind it: %s\nTry 'vaxline help'.\n", command, word);
	return 2;
}

/* ---- arguments ---- */

static bool data_default(char out[PATH_MAX_BYTES])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/')
		return snprintf(out, PATH_MAX_BYTES, "%s/vaxline", state) < PATH_MAX_BYTES;
	return home && snprintf(out, PATH_MAX_BYTES, "%s/.local/state/vaxline", home) < PATH_MAX_BYTES;
}

/* What stands beside the program, or where `make install` puts it. */
static bool find_beside(const char *const places[2], char out[PATH_MAX_BYTES])
{
	char exe[PATH_MAX_BYTES];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (n <= 0)
		return false;
	exe[n] = 0;
	*strrchr(exe, '/') = 0;
	for (size_t i = 0; i < 2; i++) {
		if (snprintf(out, PATH_MAX_BYTES, "%s/%s", exe, places[i]) < PATH_MAX_BYTES && access(out, R_OK) == 0)
			return true;
	}
	return false;
}

static bool clock_argument(const char *text, ms_t *manual)
{
	return strncmp(text, "manual:", 7) == 0 && time_parse(text + 7, manual) && *manual > 0;
}

static bool read_options(int argc, char **argv, struct arguments *args)
{
	static const struct option options[] = {{"config", required_argument, NULL, 'c'},
						{"data", required_argument, NULL, 'd'},
						{"listen", required_argument, NULL, 'l'},
						{"listen-public", required_argument, NULL, 'p'},
						{"redis", required_argument, NULL, 'r'},
						{"clock", required_argument, NULL, 't'},
						{"tls-cert", required_argument, NULL, 'C'},
						{"tls-key", required_argument, NULL, 'K'},
						{"listen-plain", required_argument, NULL, 'P'},
						{"setup", no_argument, NULL, 'S'},
						{"day", required_argument, NULL, 'D'},
						{"dry-run", no_argument, NULL, 'n'},
						{NULL, 0, NULL, 0}};
	struct app_options *o = &args->o;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->config = optarg;
			break;
		case 'd':
			o->data = optarg;
			break;
		case 'l':
			o->listen = optarg;
			break;
		case 'p':
			o->listen_public = optarg;
			break;
		case 'P':
			o->listen_plain = optarg;
			break;
		case 'S':
			o->setup = true;
			break;
		case 'C':
			o->tls_cert = optarg;
			break;
		case 'K':
			o->tls_key = optarg;
			break;
		case 'r':
			o->redis = optarg;
			break;
		case 't':
			if (clock_argument(optarg, &o->manual_clock))
				break;
			misuse("--clock takes manual:ISO-TIME, as in manual:2026-11-20T08:00:00Z");
			return false;
		case 'D':
			args->day = optarg;
			break;
		case 'n':
			args->dry_run = true;
			break;
		default:
			misuse("an argument is wrong");
			return false;
		}
	}
	args->words = argv + optind;
	args->n_words = (size_t)(argc - optind);
	if (args->n_words > 0 && !args->takes_words) {
		misuse("an argument too many");
		return false;
	}
	if (!o->tls_cert != !o->tls_key) {
		misuse("--tls-cert and --tls-key go together");
		return false;
	}
	return true;
}

/* What the command line leaves open. */
static bool set_defaults(struct arguments *args)
{
	static const char *const installed_config[2] = {"../share/vaxline/config/site.json", CONFIG_DEFAULT};
	struct app_options *o = &args->o;

	/* The site of this directory, else the installed sample. */
	if (!o->config && access(CONFIG_DEFAULT, R_OK) != 0 && find_beside(installed_config, args->config))
		o->config = args->config;
	if (!o->config)
		o->config = CONFIG_DEFAULT;
	if (!o->listen)
		o->listen = LISTEN_DEFAULT;
	if (o->data)
		return true;
	o->data = args->data;
	if (data_default(args->data))
		return true;
	misuse("no home directory: say --data DIR");
	return false;
}

static bool parse(int argc, char **argv, struct arguments *args)
{
	return read_options(argc, argv, args) && set_defaults(args);
}

/* ---- serve ---- */

/* Streams and phones need descriptors: as many as the system lets us have. */
static void raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max < 65536 ? r.rlim_max : 65536;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int serve(int argc, char **argv)
{
	static const char *const pages[2] = {"pages", "../share/vaxline/pages"};
	struct arguments args = {0};
	char error[512];
	struct loop *l;
	struct app *a;
	int status;

	if (!parse(argc, argv, &args))
		return 2;
	if (!find_beside(pages, args.pages))
		return fail("the pages are not beside the program: build with make");
	args.o.pages = args.pages;
	args.o.routes = api_routes(&args.o.n_routes);
	args.o.version = VAXLINE_VERSION;
	umask(077); /* whatever is written here tells of people */
	raise_descriptors();
	l = loop_new();
	a = app_new(l, &args.o, error, sizeof(error));
	if (!a) {
		loop_free(l);
		return fail(error);
	}
	app_start(a);
	loop_run(l);
	status = app_exit_status(a);
	app_free(a);
	loop_free(l);
	return status;
}

/* ---- check ---- */

static int check(int argc, char **argv)
{
	char error[512];
	struct rules *r;

	if (argc != 2)
		return misuse("check takes one FILE");
	r = rules_load(argv[1], error, sizeof(error));
	if (!r) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	printf("%s: ok\n", argv[1]);
	rules_free(r);
	return 0;
}

/* ---- replay ---- */

struct replay {
	struct site *site;
	struct event_decoder *decoder;
	unsigned long long events;
};

static void replay_fence(void *arg, const struct journal_fence *f)
{
	struct replay *r = arg;

	site_begin_epoch(r->site, f->epoch);
}

static bool replay_begin(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len)
{
	struct replay *r = arg;

	return event_replay_begin(r->decoder, r->site, epoch, number, line, len);
}

static bool replay_event(void *arg, uint64_t epoch, uint64_t number, const char *line, size_t len, char *error,
			 size_t size)
{
	struct replay *r = arg;

	r->events++;
	return event_replay(r->decoder, r->site, epoch, number, line, len, error, size);
}

static void replay_print(const struct replay *r)
{
	const struct site *s = r->site;
	const struct day *day = s->today;

	printf("events %llu\n", r->events);
	printf("position %llu-%llu\n", (unsigned long long)s->epoch, (unsigned long long)s->seq);
	printf("day %s %s\n", day ? day->date : "none", day ? day->closed ? "closed" : "open" : "none");
	printf("visits %zu\n", day ? day->n_visits : (size_t)0);
	for (int st = VISIT_EXPECTED; st < VISIT_STATE_COUNT; st++)
		printf("state %s %u\n", visit_state_name(st), day ? day->totals.by_state[st] : 0);
	printf("injections %u\n", day ? day->totals.injections : 0);
	printf("alerts %u\n", day ? HASH_COUNT(day->alerts) : 0);
	printf("hash %016llx\n", (unsigned long long)site_hash(s));
}

static int replay(int argc, char **argv)
{
	struct arguments args = {0};
	struct replay r = {0};
	char error[512];
	struct rules *rules;
	struct journal_options o = {.arg = &r, .fence = replay_fence, .begin = replay_begin, .event = replay_event};
	int status = 0;

	if (!parse(argc, argv, &args))
		return 2;
	rules = rules_load(args.o.config, error, sizeof(error));
	if (!rules)
		return fail(error);
	o.site = rules->site;
	o.dir = args.o.data;
	o.redis_url = args.o.redis;
	r.site = site_new();
	r.decoder = event_decoder_new();
	if (journal_replay(&o, error, sizeof(error)))
		replay_print(&r);
	else
		status = fail(error);
	event_decoder_free(r.decoder);
	site_free(r.site);
	rules_free(rules);
	return status;
}

/* ---- export ---- */

static bool is_date(const char *text)
{
	char full[32];
	ms_t at;

	snprintf(full, sizeof(full), "%.10sT00:00:00Z", text);
	return strlen(text) == 10 && time_parse(full, &at);
}

static int export_day(int argc, char **argv)
{
	struct arguments args = {0};
	struct rules *rules;
	char error[512];
	bool ok;

	if (!parse(argc, argv, &args))
		return 2;
	if (!args.day || !is_date(args.day))
		return misuse("export takes --day DATE, as in --day 2026-11-20");
	rules = rules_load(args.o.config, error, sizeof(error));
	if (!rules)
		return fail(error);
	ok = cmd_export(rules->site, args.o.data, args.o.redis, args.day, error, sizeof(error));
	rules_free(rules);
	return ok ? 0 : fail(error);
}

/* ---- staff ---- */

static int staff(int argc, char **argv)
{
	struct arguments args = {.takes_words = true};

	if (!parse(argc, argv, &args))
		return 2;
	umask(077);
	return cmd_staff(&args.o, args.words, args.n_words, args.dry_run);
}

/* ---- tls ---- */

static int tls(int argc, char **argv)
{
	struct arguments args = {.takes_words = true};

	if (!parse(argc, argv, &args))
		return 2;
	umask(077);
	return cmd_tls(&args.o, args.words, args.n_words);
}

/* ---- routes ---- */

static int routes(void)
{
	size_t n;
	const struct http_route *r = api_routes(&n);

	for (size_t i = 0; i < n; i++)
		printf("%s %s\n", http_method_name(r[i].method), r[i].pattern);
	return 0;
}

static int permissions(void)
{
	struct buf table = {0};

	api_permissions(&table);
	fputs(table.data, stdout);
	buf_free(&table);
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "help";

	signal(SIGPIPE, SIG_IGN); /* a Redis that ends while it is written to is an error like others */

	if (argc > 2 && strcmp(argv[2], "--help") == 0)
		command = "help";
	if (strcmp(command, "serve") == 0)
		return serve(argc - 1, argv + 1);
	if (strcmp(command, "check") == 0)
		return check(argc - 1, argv + 1);
	if (strcmp(command, "replay") == 0)
		return replay(argc - 1, argv + 1);
	if (strcmp(command, "export") == 0)
		return export_day(argc - 1, argv + 1);
	if (strcmp(command, "staff") == 0)
		return staff(argc - 1, argv + 1);
	if (strcmp(command, "tls") == 0)
		return tls(argc - 1, argv + 1);
	if (strcmp(command, "routes") == 0)
		return argc > 2 ? refuse_extra(command, argv[2]) : routes();
	if (strcmp(command, "permissions") == 0)
		return argc > 2 ? refuse_extra(command, argv[2]) : permissions();
	if (strcmp(command, "--version") == 0) {
		printf("vaxline %s\n", VAXLINE_VERSION);
		return 0;
	}
	if (strcmp(command, "help") == 0 || strcmp(command, "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	return misuse("no such command");
}
