/*
 * The server: its listeners, the table of connections, the clock that their deadlines are held against.
 *
 * Deadlines are fields of connections, looked at by one sweep a few times a second; setting one costs a store and not a
 * timer. A listener at its cap is paused until a connection ends; one that cannot accept for want of descriptors is
 * paused for 200 ms, because a listener that is ready and cannot be served would otherwise spin.
 */
#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "conn.h"
#include "loop_base.h"
#include "tls.h"

#define BACKLOG 1024
#define STARVED_PAUSE_MS 200
#define SWEEP_MAX_MS 250

int64_t http_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t http_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

http_id http_next_id(struct http *h, unsigned slot)
{
	return ++h->serial << SLOT_BITS | slot;
}

struct conn *http_find(struct http *h, http_id id, enum conn_state state)
{
	unsigned slot = id & ((1u << SLOT_BITS) - 1);
	struct conn *c = slot < h->n_slots ? h->slots[slot] : NULL;

	return c && id && c->id == id && c->state == state && !c->ends ? c : NULL;
}

size_t http_unanswered(const struct http *h)
{
	return h->n_unanswered;
}

size_t http_connections(const struct http *h)
{
	return h->n_slots - h->n_free;
}

size_t http_streams(const struct http *h)
{
	return h->n_streams;
}

uint64_t http_streams_dropped(const struct http *h)
{
	return h->n_dropped;
}

static struct timeval milliseconds(int64_t ms)
{
	return (struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
}

static void start_sweep(struct http *h)
{
	struct timeval tv = milliseconds(h->sweep_ms);

	if (!evtimer_pending(h->sweep, NULL))
		event_add(h->sweep, &tv);
}

static void sweep_cb(evutil_socket_t fd, short what, void *arg)
{
	struct http *h = arg;
	int64_t now = http_now_ms();

	(void)fd;
	(void)what;
	for (unsigned i = 0; i < h->n_slots; i++)
		if (h->slots[i])
			conn_check(h->slots[i], now);
	if (http_connections(h))
		start_sweep(h);
}

/* A listener listens where it is neither at its cap nor out of descriptors. */
static void update_listener(struct http_side *side)
{
	if (!side->listener)
		return;
	if (side->open < side->max && !side->starved)
		evconnlistener_enable(side->listener);
	else
		evconnlistener_disable(side->listener);
}

void http_release(struct http_side *side, unsigned slot)
{
	struct http *h = side->h;

	h->slots[slot] = NULL;
	h->free_slots[h->n_free++] = slot;
	if (side->open-- == side->max)
		update_listener(side);
}

static void accept_cb(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address, int len, void *arg)
{
	struct http_side *side = arg;
	struct http *h = side->h;
	unsigned slot = h->free_slots[--h->n_free];

	(void)listener;
	(void)len;
	h->slots[slot] = conn_new(side, slot, fd, address);
	if (++side->open == side->max)
		update_listener(side);
	start_sweep(h);
}

static void accept_error_cb(struct evconnlistener *listener, void *arg)
{
	struct http_side *side = arg;
	struct timeval tv = milliseconds(STARVED_PAUSE_MS);

	(void)listener;
	side->starved = true;
	update_listener(side);
	event_add(side->resume, &tv);
}

static void resume_cb(evutil_socket_t fd, short what, void *arg)
{
	struct http_side *side = arg;

	(void)fd;
	(void)what;
	side->starved = false;
	update_listener(side);
}

static unsigned or_default(unsigned value, unsigned fallback)
{
	return value ? value : fallback;
}

static void take_limits(struct http *h, const struct http_limits *given)
{
	static const struct http_limits defaults;
	struct http_limits *l = &h->limits;

	*l = given ? *given : defaults;
	l->handshake_timeout_ms = or_default(l->handshake_timeout_ms, HTTP_HANDSHAKE_TIMEOUT_MS);
	l->header_timeout_ms = or_default(l->header_timeout_ms, HTTP_HEADER_TIMEOUT_MS);
	l->request_timeout_ms = or_default(l->request_timeout_ms, HTTP_REQUEST_TIMEOUT_MS);
	l->idle_timeout_ms = or_default(l->idle_timeout_ms, HTTP_IDLE_TIMEOUT_MS);
	l->write_timeout_ms = or_default(l->write_timeout_ms, HTTP_WRITE_TIMEOUT_MS);
	l->linger_ms = or_default(l->linger_ms, HTTP_LINGER_MS);
	l->connections_max = or_default(l->connections_max, HTTP_CONNECTIONS_MAX);
	l->public_connections_max = or_default(l->public_connections_max, HTTP_PUBLIC_CONNECTIONS_MAX);
	if (!l->stream_behind_max_bytes)
		l->stream_behind_max_bytes = HTTP_STREAM_BEHIND_MAX_BYTES;
	assert(l->connections_max + 2 * l->public_connections_max <= 1u << SLOT_BITS);
}

/* A quarter of the shortest timeout, so that none is late by more than that. */
static int64_t sweep_interval(const struct http_limits *l)
{
	unsigned shortest[] = {l->handshake_timeout_ms, l->header_timeout_ms, l->request_timeout_ms,
			       l->idle_timeout_ms,      l->write_timeout_ms,  l->linger_ms};
	unsigned ms = SWEEP_MAX_MS * 4;

	for (size_t i = 0; i < sizeof(shortest) / sizeof(*shortest); i++)
		if (shortest[i] < ms)
			ms = shortest[i];
	return ms < 4 ? 1 : ms / 4;
}

static void init_side(struct http *h, enum http_door door, unsigned max)
{
	struct http_side *side = &h->side[door];

	h->n_slots += max;
	side->h = h;
	side->door = door;
	side->max = max;
	side->resume = evtimer_new(h->base, resume_cb, side);
	if (!side->resume)
		abort(); /* out of memory */
}

struct http *http_new(struct loop *l, const struct http_options *o)
{
	struct http *h = xcalloc(1, sizeof(*h));

	h->o = *o;
	h->routes = (struct route_table){o->routes, o->n_routes};
	h->base = loop_base(l);
	take_limits(h, o->limits);
	h->o.limits = NULL;
	h->sweep_ms = sweep_interval(&h->limits);
	h->sweep = evtimer_new(h->base, sweep_cb, h);
	if (!h->sweep)
		abort(); /* out of memory */
	init_side(h, HTTP_STAFF, h->limits.connections_max);
	init_side(h, HTTP_PUBLIC, h->limits.public_connections_max);
	init_side(h, HTTP_PLAIN, h->limits.public_connections_max);
	h->tls = tls_new();
	h->inbox = xmalloc(INBOX_BYTES);
	h->outbox = xmalloc(RECORD_BYTES);
	h->slots = xcalloc(h->n_slots, sizeof(struct conn *));
	h->free_slots = xmalloc(h->n_slots * sizeof(*h->free_slots));
	while (h->n_free < h->n_slots) {
		h->free_slots[h->n_free] = h->n_slots - 1 - h->n_free;
		h->n_free++;
	}
	return h;
}

static void stop_listening(struct http *h)
{
	for (int i = 0; i < HTTP_DOORS; i++) {
		if (h->side[i].listener)
			evconnlistener_free(h->side[i].listener);
		h->side[i].listener = NULL;
		event_del(h->side[i].resume);
	}
}

void http_drain(struct http *h)
{
	h->draining = true;
	stop_listening(h);
	for (unsigned i = 0; i < h->n_slots; i++)
		if (h->slots[i])
			conn_drain(h->slots[i]);
}

void http_free(struct http *h)
{
	if (!h)
		return;
	stop_listening(h);
	for (unsigned i = 0; i < h->n_slots; i++)
		if (h->slots[i])
			conn_close(h->slots[i], CONN_END_SHUTDOWN);
	assert(!http_connections(h)); /* freed from within a handler */
	for (int i = 0; i < HTTP_DOORS; i++)
		event_free(h->side[i].resume);
	event_free(h->sweep);
	buf_free(&h->scratch);
	tls_free(h->tls);
	free(h->inbox);
	free(h->outbox);
	free(h->slots);
	free(h->free_slots);
	free(h);
}

/* Splits "HOST:PORT" or "[HOST]:PORT" and looks HOST up; NULL with a reason. The caller frees with freeaddrinfo. */
static struct addrinfo *resolve(const char *address, char *error, size_t error_size)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	const char *given = address, *colon = strrchr(address, ':');
	struct addrinfo *found = NULL;
	char host[256];
	size_t len = colon ? (size_t)(colon - address) : 0;
	int r;

	if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	} else if (memchr(address, ':', len)) {
		len = 0;
	}
	if (!len || len >= sizeof(host) || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1)) {
		snprintf(error, error_size, "an address to listen on is HOST:PORT or [HOST]:PORT");
		return NULL;
	}
	if (strtol(colon + 1, NULL, 10) > 65535) {
		snprintf(error, error_size, "%s, an address to listen on: the port is not one from 0 to 65535", given);
		return NULL;
	}
	memcpy(host, address, len);
	host[len] = '\0';
	r = getaddrinfo(host, colon + 1, &hints, &found);
	if (r)
		snprintf(error, error_size, "cannot look up %s: %s", host, gai_strerror(r));
	return r ? NULL : found;
}

static int bound_port(evutil_socket_t fd)
{
	struct sockaddr_storage bound;
	socklen_t len = sizeof(bound);

	if (getsockname(fd, (struct sockaddr *)&bound, &len) < 0)
		abort();
	return ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port :
						   ((struct sockaddr_in *)&bound)->sin_port);
}

bool http_tls_load(struct http *h, const char *cert, const char *key, char *error, size_t error_size)
{
	return tls_load(h->tls, cert, key, error, error_size);
}

/* Whether nobody but this machine can come in there. */
static bool is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in6 *six = (const void *)address;
	const struct sockaddr_in *four = (const void *)address;

	return address->sa_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&six->sin6_addr) :
						ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

int http_listen(struct http *h, const char *address, enum http_door door, char *error, size_t error_size)
{
	struct http_side *side = &h->side[door];
	struct addrinfo *found = resolve(address, error, error_size);
	int one = 1;

	if (!found)
		return -1;
	assert(!side->listener);
	if (door != HTTP_PLAIN && !tls_is_loaded(h->tls) && !is_loopback(found->ai_addr)) {
		freeaddrinfo(found);
		snprintf(error, error_size,
			 "%s can be reached from other machines, and that takes TLS: give --tls-cert FILE and "
			 "--tls-key FILE ('vaxline tls init' makes both), or listen on 127.0.0.1",
			 address);
		return -1;
	}
	side->listener = evconnlistener_new_bind(h->base, accept_cb, side,
						 LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
						 BACKLOG, found->ai_addr, (int)found->ai_addrlen);
	freeaddrinfo(found);
	if (!side->listener) {
		snprintf(error, error_size, "cannot listen on %s: %s", address, strerror(errno));
		return -1;
	}
	/* Accepted sockets inherit it. */
	setsockopt(evconnlistener_get_fd(side->listener), IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	evconnlistener_set_error_cb(side->listener, accept_error_cb);
	return bound_port(evconnlistener_get_fd(side->listener));
}
