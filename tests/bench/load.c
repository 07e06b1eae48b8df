/*
 * Asks a server over many kept connections, and measures: load PORT CONNECTIONS SECONDS RATE FILE [CA]
 *
 * FILE has one request a line, "PATH TOKEN BODY": POSTed by the device with this token, again and again, each time with
 * a fresh UUID where the body says @. Requests take turns on a connection.
 *
 *   RATE 0   closed loop: a connection asks again when it is answered
 *   RATE n   open loop: request i is due at i/n seconds, whoever is free sends it, and its latency counts from when it
 *            was due, so that a server that stalls is charged for all who would have come meanwhile
 *
 * With CA, a file of what certificates are trusted, by TLS; hands are shaken before anything is measured.
 *
 * The first fifth of the time again goes before, unmeasured. Prints one line of JSON.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "buf.h"

#define CONNECTIONS_MAX 4096
#define ANSWER_MAX_BYTES 65536
#define WORD_MAX_BYTES 255
#define BODY_MAX_BYTES 4095
#define ID_DIGITS 12 /* of the id, that count up */
#define TICK_US 100
#define DRAIN_SECONDS 5

/* Latencies to 1/64: bucket (e, m) holds m/64 of 2^e microseconds. */
#define SUB_BITS 6
#define SUB (1 << SUB_BITS)
#define BUCKETS (40 * SUB)

struct ask {
	char *text;
	size_t len, id_at; /* where the counting digits of its id stand; 0: it has none */
};

struct connection {
	struct load *load;
	struct connection *next_idle;
	struct event *readable;
	SSL *tls; /* NULL: plain */
	int fd;
	size_t asks_next;
	double due; /* of the request under way */
	size_t len;
	char answer[ANSWER_MAX_BYTES + 1];
};

struct load {
	struct event_base *base;
	SSL_CTX *tls; /* NULL: plain */
	struct ask *asks;
	size_t n_asks;
	struct connection *connections, *idle;
	size_t n_connections, busy;
	double rate, start, measure_from, end, longest;
	uint64_t asked; /* also the number in the last id */
	uint64_t good, bad, lost, late;
	char bad_example[256];
	uint64_t latencies[BUCKETS];
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void __attribute__((noreturn)) give_up(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- latencies ---- */

static size_t bucket_of(double seconds)
{
	uint64_t us = seconds > 0 ? (uint64_t)(seconds * 1e6) : 0;
	int shift = 0;

	while (us >> shift >= 2 * SUB)
		shift++;
	us = (uint64_t)shift * SUB + (us >> shift);
	return us < BUCKETS ? us : BUCKETS - 1;
}

static double bucket_us(size_t i)
{
	size_t shift = i < 2 * SUB ? 0 : i / SUB - 1;

	return (double)((i - shift * SUB) << shift);
}

static double percentile_us(const struct load *l, double p)
{
	uint64_t wanted = (uint64_t)((double)(l->good + l->bad) * p), seen = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		seen += l->latencies[i];
		if (seen > wanted)
			return bucket_us(i);
	}
	return 0;
}

/* ---- what is asked ---- */

static void ask_make(struct ask *a, int port, const char *prefix, const char *path, const char *token, const char *text)
{
	const char *mark = strchr(text, '@');
	struct buf body = {0}, all = {0};

	if (mark)
		buf_printf(&body, "%.*s%s%0*d%s", (int)(mark - text), text, prefix, ID_DIGITS, 0, mark + 1);
	else
		buf_add_str(&body, text);
	buf_printf(&all,
		   "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
		   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
		   path, port, token, body.len);
	a->id_at = mark ? all.len + (size_t)(mark - text) + strlen(prefix) : 0;
	buf_add(&all, body.data, body.len);
	a->len = all.len;
	a->text = buf_take(&all);
	buf_free(&body);
}

static void read_asks(struct load *l, const char *file, int port)
{
	char path[WORD_MAX_BYTES + 1], token[WORD_MAX_BYTES + 1], body[BODY_MAX_BYTES + 1], prefix[37];
	uint32_t random;
	FILE *f = fopen(file, "re");

	if (!f || getrandom(&random, sizeof(random), 0) != sizeof(random))
		give_up(file);
	snprintf(prefix, sizeof(prefix), "%08x-0000-4000-8000-", random);
	while (fscanf(f, "%255s %255s %4095[^\n]", path, token, body) == 3) {
		l->asks = xrealloc(l->asks, (l->n_asks + 1) * sizeof(*l->asks));
		ask_make(&l->asks[l->n_asks++], port, prefix, path, token, body);
	}
	fclose(f);
	if (l->n_asks < l->n_connections)
		give_up("fewer requests than connections");
}

static void write_id(char *at, uint64_t n)
{
	for (int i = ID_DIGITS - 1; i >= 0; i--, n /= 10)
		at[i] = (char)('0' + n % 10);
}

/* ---- bytes ---- */

static SSL_CTX *tls_new(const char *ca)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());

	if (!tls || SSL_CTX_load_verify_locations(tls, ca, NULL) != 1)
		give_up(ca);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_read_ahead(tls, 1);
	return tls;
}

/* The socket still blocks. */
static SSL *tls_connect(SSL_CTX *context, int fd)
{
	SSL *tls = SSL_new(context);

	if (!tls || SSL_set_fd(tls, fd) != 1 || SSL_set1_host(tls, "127.0.0.1") != 1 || SSL_connect(tls) != 1) {
		ERR_print_errors_fp(stderr);
		give_up("TLS");
	}
	return tls;
}

static ssize_t send_bytes(struct connection *c, const char *data, size_t len)
{
	return c->tls ? SSL_write(c->tls, data, (int)len) : send(c->fd, data, len, MSG_NOSIGNAL);
}

/* As read(2), with EAGAIN. */
static ssize_t read_bytes(struct connection *c, char *data, size_t len)
{
	int n, error;

	if (!c->tls)
		return read(c->fd, data, len);
	n = SSL_read(c->tls, data, (int)len);
	error = n > 0 ? SSL_ERROR_NONE : SSL_get_error(c->tls, n);
	errno = error == SSL_ERROR_WANT_READ ? EAGAIN : EIO;
	return n > 0 ? n : -1;
}

/* ---- a connection ---- */

static void hang_up(struct connection *c)
{
	event_free(c->readable);
	c->readable = NULL;
	SSL_free(c->tls);
	c->tls = NULL;
	close(c->fd);
}

static void lose(struct connection *c)
{
	hang_up(c);
	c->load->lost++;
	c->load->busy--;
}

static void ask(struct connection *c, double due)
{
	struct load *l = c->load;
	struct ask *a = &l->asks[c->asks_next];

	c->asks_next += l->n_connections;
	if (c->asks_next >= l->n_asks)
		c->asks_next = (size_t)(c - l->connections);
	l->asked++;
	if (a->id_at)
		write_id(a->text + a->id_at, l->asked);
	c->due = due;
	c->len = 0;
	/* A request is far smaller than the socket's buffer, which is empty: the one before was answered. */
	if (send_bytes(c, a->text, a->len) != (ssize_t)a->len)
		lose(c);
}

/* When the next request is due. */
static double next_due(const struct load *l)
{
	return l->start + (double)l->asked / l->rate;
}

static void go_on(struct connection *c, double now)
{
	struct load *l = c->load;

	if (now < l->end && l->rate <= 0) {
		ask(c, now);
	} else if (now < l->end && next_due(l) <= now) {
		ask(c, next_due(l));
	} else {
		l->busy--;
		c->next_idle = l->idle;
		l->idle = c;
	}
}

/* The length of the answer, or 0 while its head is not whole. */
static size_t answer_len(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n");

	if (!end)
		return 0;
	for (const char *line = text; line < end; line = strchr(line, '\n') + 1) {
		if ((line[0] | 0x20) == 'c' && strncasecmp(line, "Content-Length:", 15) == 0)
			return (size_t)(end - text) + 4 + strtoul(line + 15, NULL, 10);
	}
	return (size_t)(end - text) + 4;
}

static void count(struct load *l, const struct connection *c, double now)
{
	bool good = c->len > 12 && c->answer[9] == '2';

	if (!good && !l->bad_example[0])
		snprintf(l->bad_example, sizeof(l->bad_example), "%.250s", c->answer);
	if (now < l->measure_from)
		return;
	l->good += good;
	l->bad += !good;
	l->late += now >= l->end;
	if (now - c->due > l->longest)
		l->longest = now - c->due;
	l->latencies[bucket_of(now - c->due)]++;
}

/* Reads what has come; false where the answer is not whole yet, or the connection is lost. */
static bool read_answer(struct connection *c)
{
	size_t whole;

	do {
		ssize_t n = read_bytes(c, c->answer + c->len, ANSWER_MAX_BYTES - c->len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0) {
			lose(c);
			return false;
		}
		c->len += (size_t)n;
		c->answer[c->len] = '\0';
		whole = answer_len(c->answer);
	} while ((!whole || c->len < whole) && c->tls && SSL_has_pending(c->tls));
	return whole && c->len >= whole;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;
	double now;

	(void)fd;
	(void)what;
	if (!read_answer(c))
		return;
	now = now_s();
	count(c->load, c, now);
	go_on(c, now);
}

static void connection_open(struct load *l, size_t i, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct connection *c = &l->connections[i];
	int on = 1;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	c->load = l;
	c->asks_next = i;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		give_up("connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (l->tls)
		c->tls = tls_connect(l->tls, c->fd);
	evutil_make_socket_nonblocking(c->fd);
	c->readable = event_new(l->base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
	event_add(c->readable, NULL);
	c->next_idle = l->idle;
	l->idle = c;
}

/* ---- the run ---- */

static struct connection *take_idle(struct load *l)
{
	struct connection *c = l->idle;

	l->idle = c->next_idle;
	l->busy++;
	return c;
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct load *l = arg;
	double now = now_s();

	(void)fd;
	(void)what;
	while (l->rate > 0 && now < l->end && l->idle && next_due(l) <= now)
		ask(take_idle(l), next_due(l));
	if ((now >= l->end && !l->busy) || now >= l->end + DRAIN_SECONDS)
		event_base_loopbreak(l->base);
}

/* A loop whose timers are better than a millisecond. */
static struct event_base *base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	prctl(PR_SET_TIMERSLACK, 1); /* else a timer is 50 us late */
	if (!config || event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) < 0)
		give_up("libevent");
	base = event_base_new_with_config(config);
	if (!base)
		give_up("libevent");
	event_config_free(config);
	return base;
}

static void run(struct load *l, double seconds)
{
	struct event *tick = event_new(l->base, -1, EV_PERSIST, on_tick, l);
	struct timeval every = {.tv_usec = TICK_US};

	l->start = now_s();
	l->measure_from = l->start + seconds / 5;
	l->end = l->measure_from + seconds;
	while (l->rate <= 0 && l->idle)
		ask(take_idle(l), l->start);
	event_add(tick, &every);
	event_base_dispatch(l->base);
	event_free(tick);
}

static void print_result(const struct load *l, double seconds)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	printf("{\"seconds\":%.3f,\"good\":%llu,\"bad\":%llu,\"lost\":%llu,\"unanswered\":%zu,\"per_second\":%.1f,",
	       seconds, (unsigned long long)l->good, (unsigned long long)l->bad, (unsigned long long)l->lost, l->busy,
	       (double)(l->good - (l->late < l->good ? l->late : l->good)) / seconds);
	printf("\"p50_us\":%.0f,\"p90_us\":%.0f,\"p99_us\":%.0f,\"p999_us\":%.0f,\"longest_us\":%.0f,",
	       percentile_us(l, 0.5), percentile_us(l, 0.9), percentile_us(l, 0.99), percentile_us(l, 0.999),
	       l->longest * 1e6);
	printf("\"asked\":%llu,\"load_cpu_s\":%.3f}\n", (unsigned long long)l->asked,
	       (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
	if (l->bad_example[0])
		fprintf(stderr, "load: an answer was %s\n", l->bad_example);
}

static void load_free(struct load *l)
{
	for (size_t i = 0; i < l->n_connections; i++) {
		if (l->connections[i].readable)
			hang_up(&l->connections[i]);
	}
	for (size_t i = 0; i < l->n_asks; i++)
		free(l->asks[i].text);
	free(l->asks);
	free(l->connections);
	SSL_CTX_free(l->tls);
	event_base_free(l->base);
}

int main(int argc, char **argv)
{
	struct load l = {0};
	double seconds;
	int port;

	if (argc != 6 && argc != 7) {
		fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS RATE FILE [CA]\n");
		return 2;
	}
	port = atoi(argv[1]);
	l.n_connections = strtoul(argv[2], NULL, 10);
	seconds = strtod(argv[3], NULL);
	l.rate = strtod(argv[4], NULL);
	if (!l.n_connections || l.n_connections > CONNECTIONS_MAX || seconds <= 0)
		return 2;
	read_asks(&l, argv[5], port);
	l.base = base_new();
	signal(SIGPIPE, SIG_IGN);
	l.tls = argc == 7 ? tls_new(argv[6]) : NULL;
	l.connections = xcalloc(l.n_connections, sizeof(*l.connections));
	for (size_t i = 0; i < l.n_connections; i++)
		connection_open(&l, i, port);
	run(&l, seconds);
	print_result(&l, seconds);
	load_free(&l);
	return 0;
}
