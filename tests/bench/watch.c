/*
 * Watches a site as many screens do: watch PORT COUNT PATH TOKEN
 *
 * Opens COUNT event streams of PATH by the device with this token, prints "watching" when each has had a first picture,
 * and reads them until it is told to end (SIGTERM); then it prints one line of JSON. What comes is thrown away by the
 * kernel, since the screens of a site are other machines; only the first stream is looked at, and its pictures counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define COUNT_MAX 2048
#define PIECE_BYTES (256 * 1024)
#define READY_MAX 64

struct watch {
	int epoll, fds[COUNT_MAX];
	bool begun[COUNT_MAX];
	unsigned n, n_begun, lost;
	unsigned long long bytes, pictures;
	char piece[PIECE_BYTES + 1];
};

static volatile sig_atomic_t told_to_end;

static void on_end(int signo)
{
	(void)signo;
	told_to_end = 1;
}

static void __attribute__((noreturn)) give_up(const char *what)
{
	fprintf(stderr, "watch: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void open_stream(struct watch *w, unsigned i, int port, const char *path, const char *token)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	struct epoll_event readable = {.events = EPOLLIN, .data.u32 = i};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		give_up("connect");
	if (dprintf(fd, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n\r\n", path, port,
		    token) < 0 ||
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &readable) < 0)
		give_up("ask");
	w->fds[i] = fd;
}

/* A picture that lies in two pieces is not counted: few do. */
static void count_pictures(struct watch *w, size_t len)
{
	w->piece[len] = '\0';
	for (const char *p = w->piece; (p = strstr(p, "\ndata: ")); p++)
		w->pictures++;
}

static void take(struct watch *w, unsigned i)
{
	ssize_t n = recv(w->fds[i], i ? NULL : w->piece, PIECE_BYTES, MSG_DONTWAIT | (i ? MSG_TRUNC : 0));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(w->fds[i]);
		w->lost++;
		return;
	}
	w->bytes += (unsigned long long)n;
	if (!i)
		count_pictures(w, (size_t)n);
	if (w->begun[i])
		return;
	w->begun[i] = true;
	if (++w->n_begun == w->n) {
		printf("watching\n");
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	static struct watch w;
	struct epoll_event ready[READY_MAX];
	struct sigaction end = {.sa_handler = on_end};

	if (argc != 5 || atoi(argv[2]) < 1 || atoi(argv[2]) > COUNT_MAX) {
		fprintf(stderr, "usage: watch PORT COUNT PATH TOKEN\n");
		return 2;
	}
	sigaction(SIGTERM, &end, NULL);
	w.n = (unsigned)atoi(argv[2]);
	w.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w.epoll < 0)
		give_up("epoll");
	for (unsigned i = 0; i < w.n; i++)
		open_stream(&w, i, atoi(argv[1]), argv[3], argv[4]);
	while (!told_to_end && !w.lost) {
		int n = epoll_wait(w.epoll, ready, READY_MAX, -1);

		for (int i = 0; i < n; i++)
			take(&w, ready[i].data.u32);
	}
	printf("{\"bytes\":%llu,\"pictures\":%llu,\"lost\":%u}\n", w.bytes, w.pictures, w.lost);
	return 0;
}
