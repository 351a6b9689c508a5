/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_reach.c -- does anybody answer there?  libmosquitto waits two minutes for an
 * address that swallows packets; with a second broker at hand that is too long. */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/mqtt_reach.h"

static int reach(const struct addrinfo *a, int wait_ms)
{
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol), error = 0;
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(error);

	if (fd < 0)
		return errno;
	if (connect(fd, a->ai_addr, a->ai_addrlen) < 0) {
		error = errno;
		if (error == EINPROGRESS) {
			error = poll(&wait, 1, wait_ms) > 0 ? 0 : ETIMEDOUT;
			if (!error && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0)
				error = errno;
		}
	}
	close(fd);
	return error;
}

int mqtt_reach(const char *host, int port, int wait_ms)
{
	const struct addrinfo want = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *all = NULL;
	char service[16];
	int error = 0, addresses = 0;

	snprintf(service, sizeof(service), "%d", port);
	if (getaddrinfo(host, service, &want, &all))
		return 0;
	for (struct addrinfo *a = all; a; a = a->ai_next)
		addresses++;
	for (struct addrinfo *a = all; a; a = a->ai_next) {
		error = reach(a, wait_ms / addresses);
		if (!error)
			break;
	}
	freeaddrinfo(all);
	return error;
}
