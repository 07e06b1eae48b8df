#ifndef VAXLINE_HTTP_CONN_H
#define VAXLINE_HTTP_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <time.h>

#include "buf.h"
#include "http.h"
#include "request.h"
#include "route.h"

struct evbuffer;
struct event;
struct event_base;
struct evconnlistener;
struct sockaddr;
struct ssl_st;
struct tls;

/*
 * What the files of this folder share: the server, its two sides, its connections.
 *
 * A connection lives in a slot of the server's table. An http_id is `serial << 16 | slot`: the slot finds the
 * connection at once, and the serial, never used twice, tells whether it is still the same request that is meant.
 */

#define SLOT_BITS 16
#define INBOX_BYTES (16 * 1024)  /* received at once; also what is kept, at most, before it can be handled */
#define RECORD_BYTES (16 * 1024) /* what one record of TLS holds, at most (RFC 8446, 5.1) */

enum conn_state {
	CONN_HANDSHAKING, /* of TLS; nothing else is spoken yet */
	CONN_READING,     /* between requests, or within one */
	CONN_WAITING,     /* a handler has the request; what comes meanwhile stays in the buffer, up to a watermark */
	CONN_STREAM,      /* an event stream; what comes is thrown away */
	CONN_BODY,        /* a long body */
	CONN_FLUSHING,    /* the last answer is on its way out; what comes is thrown away */
	CONN_LINGERING,   /* it is out and our side is shut; what comes is thrown away until the client closes */
};

enum conn_end {
	CONN_END_NONE,
	CONN_END_EOF,      /* the client closed between requests, or after the last answer */
	CONN_END_IDLE,     /* kept alive for nothing, or the handshake took too long */
	CONN_END_LINGERED, /* the client did not close after the last answer */
	CONN_END_ERROR,    /* the connection broke */
	CONN_END_SLOW,     /* a reader that does not read; reset, so that the kernel's buffers go as well */
	CONN_END_ABORTED,  /* a long body broken off; reset, so that the client can tell */
	CONN_END_SHUTDOWN, /* the server stops */
};

struct http_side {
	struct http *h;
	struct evconnlistener *listener;
	struct event *resume; /* ends a pause for want of descriptors */
	enum http_door door;
	bool starved;
	unsigned open;
	unsigned max;
};

struct conn {
	struct http *h;
	struct http_side *side;
	struct event *readable, *writable;
	struct ssl_st *tls; /* NULL: plain */
	int fd;
	unsigned slot;
	enum conn_state state;
	http_id id; /* of the request handed out, stream or long body; 0 when there is none */
	struct request rq;
	const struct http_route *route;
	size_t param_at[HTTP_PARAMS_MAX]; /* in the request's text; 0 past the last */
	int64_t began_us;                 /* the first byte of the request */
	int64_t deadline_ms;              /* of the state; 0: none */
	int64_t stall_ms;                 /* when output must have moved; 0: none waits */
	struct evbuffer *output;          /* what the socket did not take yet */
	size_t waits;                     /* bytes of it */
	size_t low;                       /* conn_written is called when no more than this waits */
	const char *fresh;                /* in the server's inbox, while it is served */
	size_t n_fresh;
	struct buf kept; /* what came before that could be handled; its first bytes, kept_at of them, have been */
	size_t kept_at;
	uint64_t queued; /* bytes ever queued, and how many of them had left when we looked last */
	uint64_t left;
	size_t discarded;
	bool busy;          /* a handler or callback is running: an end waits for its return */
	enum conn_end ends; /* the end that waits */
	bool eof;           /* the client has shut down its writing side */
	bool deaf;          /* the socket is not read: enough is kept, or its end was met */
	bool more;          /* of TLS: what has come was not taken at once, and waits in the connection */
	bool crossed_read;  /* of TLS: reading waits until the socket takes something */
	bool crossed_write; /* of TLS: writing waits until something comes */
	bool goodbye;       /* of TLS: close_notify waits for the socket */
	bool watched_in;    /* these two: what the loop tells of the socket */
	bool watched_out;
	bool keep_alive; /* these three: of the request handed out */
	bool head_only;
	bool http_1_0;
	bool chunked;
	bool as_localhost; /* the request was addressed to localhost, whoever that is */
	bool loopback;
	char peer[46];
	_Alignas(max_align_t) unsigned char keep[HTTP_KEEP_BYTES];
};

struct http {
	struct http_options o;
	struct route_table routes;
	struct http_limits limits;
	struct event_base *base;
	struct tls *tls; /* what those of staff and public speak, once a certificate is loaded */
	struct event *sweep;
	int64_t sweep_ms;
	struct http_side side[HTTP_DOORS];
	struct conn **slots;
	unsigned *free_slots;
	unsigned n_slots;
	unsigned n_free;
	uint64_t serial;
	size_t n_unanswered; /* waiting or long body */
	size_t n_streams;
	uint64_t n_dropped; /* streams whose reader did not read */
	bool draining;
	struct buf scratch;
	char *inbox;  /* INBOX_BYTES: what was just received, for whichever connection */
	char *outbox; /* RECORD_BYTES: what is put together for one record */
	/* How the last answer began; good for as long as its Date is, for answers of that status and type. */
	struct {
		time_t at;
		int status;
		bool always_tls;
		char content_type[64];
		size_t len;
		char text[320];
	} start;
};

/* server.c */
int64_t http_now_ms(void);
int64_t http_now_us(void); /* the same clock, not rounded to the kernel's tick */
http_id http_next_id(struct http *h, unsigned slot);
/* Whoever has that id and is in that state and not about to end; NULL: gone. */
struct conn *http_find(struct http *h, http_id id, enum conn_state state);
/* The connection has been destroyed: its slot and its place under the cap are free. */
void http_release(struct http_side *side, unsigned slot);

/* conn.c */
struct conn *conn_new(struct http_side *side, unsigned slot, int fd, const struct sockaddr *address);
/* The one way a connection ends. Waits for the return of a running handler; tells the owner of a stream or body. */
void conn_close(struct conn *c, enum conn_end why);
/* The one place where a state is changed. */
void conn_enter(struct conn *c, enum conn_state state);
/* Throws away what has come on a connection that is not read any more. */
void conn_discard(struct conn *c);
/* The server stops: an idle connection ends, a stream as well; one that is asked something ends after its answer. */
void conn_drain(struct conn *c);
/* Ends the connection after what is queued, so that the client gets it all. */
void conn_finish(struct conn *c);
/* The answer is queued: on to the next request, or to the end of the connection. */
void conn_answered(struct conn *c, bool keep);
/* The request handed out becomes a stream or a long body. */
void conn_become(struct conn *c, enum conn_state state);
/* The handshake is done: requests may come. */
void conn_greeted(struct conn *c);
/* It failed, and what is said is said in clear. http: because the client speaks HTTP without TLS. */
void conn_not_greeted(struct conn *c, bool http);
/* Something of the state's deadline or of the output's progress is due. */
void conn_check(struct conn *c, int64_t now_ms);
/* Something has come, or what is kept may be handled now. */
void conn_arrived(struct conn *c);
/* Output has left, and no more than c->low waits. */
void conn_written(struct conn *c);

/* wire.c */
/* t: NULL for a plain connection. */
void wire_open(struct conn *c, const struct tls *t);
/* orderly: a client that still listens is told that this end was meant. */
void wire_close(struct conn *c, bool orderly);
enum wire_shut { WIRE_SHUT, WIRE_SHUTS_LATER, WIRE_BROKEN };
/* Shuts our side. Where the socket does not take it yet, conn_written is called when to try again. */
enum wire_shut wire_shut(struct conn *c);
/*
 * Writes at once what the socket takes and queues the rest. Where the last of the pieces is a blob's data, b is that
 * blob: its rest is queued by reference; else NULL, and rests are copied. False: the connection broke.
 */
bool conn_write(struct conn *c, const struct iovec *iov, int n, struct blob *b);
/* Queues without writing. The first `sent` bytes have been sent already. b as for conn_write. */
void conn_queue(struct conn *c, const struct iovec *iov, int n, size_t sent, struct blob *b);
/* Bytes that wait for the socket. */
static inline size_t conn_queued(const struct conn *c)
{
	return c->waits;
}
/* Calls conn_written in the next turn, as though something had left. */
void wire_written_later(struct conn *c);
/* Calls conn_arrived in the next turn, as though something had come. */
void wire_arrived_later(struct conn *c);
/* What has come and was not handled yet: how many bytes, and where the first piece of them stands. */
static inline size_t wire_unread(const struct conn *c)
{
	return c->n_fresh + c->kept.len - c->kept_at;
}
size_t wire_piece(const struct conn *c, const char **data);
/* So many bytes of the piece have been handled. */
void wire_eat(struct conn *c, size_t n);
/* Keeps what is not handled yet until it can be; reads on where there is room for more. */
void wire_keep(struct conn *c);
/* Throws it away; returns how much it was. */
size_t wire_discard(struct conn *c);

/* serve.c */
/* Reads what has come and handles the requests in it, until one waits for its answer or nothing is left. */
void serve_input(struct conn *c);

/* reply.c */
struct reply_head {
	size_t len;
	char text[4096]; /* the body too, where it fits: one piece costs the kernel less than four */
};
/* Status line, date, and what the connection needs; content_length < 0: none is told. */
void reply_head(struct conn *c, struct reply_head *head, int status, const char *content_type, long long content_length,
		bool keep);
void reply_report(struct conn *c, int status);
/* As http_reply. b: NULL, or the blob whose data is the body, which is then sent by reference. */
bool reply_send(struct conn *c, const struct http_response *r, struct blob *b);
/* Answers with a problem document. extra: further header lines, or NULL. */
void reply_problem(struct conn *c, int status, const char *code, const char *detail, const char *extra);
/* Answers a request that could not be read, with the code that goes with the status, and ends the connection. */
void reply_refusal(struct conn *c, int status, const char *detail);
/* 100 Continue. */
void reply_continue(struct conn *c);

#endif
