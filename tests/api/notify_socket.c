/*
 * A service manager's socket for a test: binds the datagram socket ADDRESS ('@' first: abstract), says `bound`, and
 * prints each datagram on a line of its own, its newlines as '|'. Ends with its standard input.
 */
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listen_at(const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	if (fd < 0 || len >= sizeof(at.sun_path))
		return -1;
	memcpy(at.sun_path, name, len);
	if (name[0] == '@')
		at.sun_path[0] = 0;
	if (bind(fd, (struct sockaddr *)&at, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		return -1;
	return fd;
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? listen_at(argv[1]) : -1;
	struct pollfd fds[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	char text[4096];
	ssize_t n;

	if (fd < 0) {
		perror("notify_socket");
		return 1;
	}
	puts("bound");
	fflush(stdout);
	while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
		n = recv(fd, text, sizeof(text), 0);
		if (n < 0)
			return 1;
		for (ssize_t i = 0; i < n; i++)
			putchar(text[i] == '\n' ? '|' : text[i]);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
