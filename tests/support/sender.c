/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "tests/support/sender.h"

static struct sockaddr_in at(const char *address, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

	inet_pton(AF_INET, address, &a.sin_addr);
	return a;
}

static int bound(const char *address, int port)
{
	struct sockaddr_in a = at(address, port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		perror(address);
		abort();
	}
	return fd;
}

int sender_port(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		abort();
	return ntohs(a.sin_port);
}

int sender_free_port(void)
{
	int fd = bound("127.0.0.1", 0), port = sender_port(fd);

	close(fd);
	return port;
}

int sender_open(const char *address, int port, int to)
{
	struct sockaddr_in a = at("127.0.0.1", to);
	int fd = bound(address, port);

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		abort();
	return fd;
}

void sender_send(int fd, const void *p, size_t len)
{
	if (send(fd, p, len, 0) != (ssize_t)len) {
		perror("send");
		abort();
	}
}
