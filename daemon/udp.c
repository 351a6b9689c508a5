/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "daemon/udp.h"

#define ADDRESS_LEN    128
#define BUFFER_BYTES   (1 << 20)	/* that we ask the kernel for: a second of a busy radio */
#define OLDEST_US      1000000		/* a datagram that waited longer: its stamp is wrong */

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

struct udp {
	struct source *source;
	void (*each)(struct source *s, const uint8_t *p, size_t len, uint64_t arrived_us);
	int fd;
	struct loop_io *io;
	uint32_t overruns;		/* as the kernel counts them */
	union address sender[UDP_SENDERS_MAX];	/* port 0: any */
	int senders;			/* 0: everybody */
	union address from;		/* of the datagram at hand */
	socklen_t from_len;
	int from_which;			/* of `sender` */
	size_t longest;
	uint8_t bytes[UDP_DATAGRAM_MAX];
};

/* --- addresses -------------------------------------------------------------------- */

/* "1.2.3.4", "1.2.3.4:5", "[::1]:5", "::1" into host and port ("" if there is none). */
static bool split(const char *text, size_t len, char host[ADDRESS_LEN], char port[8])
{
	const char *end = text + len, *host_end = end, *colon = memrchr(text, ':', len);

	port[0] = 0;
	if (len && *text == '[') {
		host_end = memchr(text++, ']', len);
		if (!host_end || (host_end + 1 != end && colon != host_end + 1))
			return false;
		colon = host_end + 1 != end ? colon : NULL;
	} else if (colon && memchr(text, ':', (size_t)(colon - text))) {
		colon = NULL;			/* several: IPv6 without a port */
	} else if (colon) {
		host_end = colon;
	}
	if (colon) {
		size_t n = (size_t)(end - colon - 1);

		if (n < 1 || n > 5 || strspn(colon + 1, "0123456789") < n)
			return false;
		memcpy(port, colon + 1, n);
		port[n] = 0;
	}
	if (host_end == text || host_end - text >= ADDRESS_LEN)
		return false;
	memcpy(host, text, (size_t)(host_end - text));
	host[host_end - text] = 0;
	return true;
}

/* Numbers only: no name is asked of anybody, which could take long. */
static bool read_address(const char *text, size_t len, bool need_port, union address *a, socklen_t *size)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM };
	char host[ADDRESS_LEN], port[8];
	struct addrinfo *found;

	if (!split(text, len, host, port) || (need_port && !*port) || atoi(port) > 65535 ||
	    (*port && !atoi(port)) || getaddrinfo(host, *port ? port : NULL, &hints, &found))
		return false;
	memset(a, 0, sizeof(*a));
	memcpy(a, found->ai_addr, found->ai_addrlen);
	*size = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

/* Number of senders, -1 if one is wrong or too many. */
static int read_senders(const char *text, union address out[UDP_SENDERS_MAX])
{
	int n = 0;

	for (text += strspn(text, " \t"); *text; n++) {
		size_t len = strcspn(text, " \t");
		socklen_t size;

		if (n == UDP_SENDERS_MAX || !read_address(text, len, false, &out[n], &size))
			return -1;
		text += len + strspn(text + len, " \t");
	}
	return n;
}

static unsigned port_of(const union address *a)
{
	return a->any.sa_family == AF_INET6 ? a->v6.sin6_port : a->v4.sin_port;
}

static bool same_sender(const union address *allowed, const union address *from)
{
	if (allowed->any.sa_family != from->any.sa_family ||
	    (port_of(allowed) && port_of(allowed) != port_of(from)))
		return false;
	if (from->any.sa_family == AF_INET)
		return allowed->v4.sin_addr.s_addr == from->v4.sin_addr.s_addr;
	return !memcmp(&allowed->v6.sin6_addr, &from->v6.sin6_addr, sizeof(from->v6.sin6_addr));
}

const char *udp_check(const struct config_source *c, bool need_senders)
{
	union address a[UDP_SENDERS_MAX];
	socklen_t size;
	int senders = read_senders(c->senders, a);

	if (!*c->listen)
		return "it needs `listen = ADDRESS:PORT`: this host's address in the network of the senders";
	if (!read_address(c->listen, strlen(c->listen), true, &a[0], &size))
		return "`listen` is no address with a port; write 192.168.1.1:5005 or [fe80::1%br-lan]:5005";
	if (senders < 0)
		return "`senders` are up to 16 addresses, with a port or without, blanks between them";
	if (need_senders && !senders)
		return "it needs `senders = ADDRESS...`, as its datagrams prove nothing: who may send?";
	return NULL;
}

/* --- datagrams -------------------------------------------------------------------- */

static uint64_t wall_us(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * 1000000 + (uint64_t)t->tv_nsec / 1000;
}

/* The kernel stamps with the wall clock, which may be set: only how long ago counts. */
static uint64_t arrival(const struct timespec *stamp)
{
	uint64_t now_us = loop_now_us(), ago_us;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	ago_us = wall_us(&now) - wall_us(stamp);
	return ago_us < OLDEST_US && ago_us < now_us ? now_us - ago_us : now_us;
}

static void drop(struct udp *u, enum source_drop cause, uint64_t n)
{
	u->source->counts.dropped[cause] += n;
}

static uint64_t read_control(struct udp *u, struct msghdr *m)
{
	uint64_t arrived_us = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SO_TIMESTAMPNS) {
			struct timespec t;

			memcpy(&t, CMSG_DATA(c), sizeof(t));
			arrived_us = arrival(&t);
		} else if (c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t n;

			memcpy(&n, CMSG_DATA(c), sizeof(n));
			drop(u, SOURCE_DROP_OVERRUN, (uint32_t)(n - u->overruns));
			u->overruns = n;
		}
	}
	return arrived_us ? arrived_us : loop_now_us();
}

/* Which of `senders`; -1: none of them. */
static int find_sender(const struct udp *u)
{
	for (int i = 0; i < u->senders; i++)
		if (same_sender(&u->sender[i], &u->from))
			return i;
	return u->senders ? -1 : 0;
}

/* One datagram; false if there is none. */
static bool receive(struct udp *u)
{
	union {
		struct cmsghdr align;
		uint8_t room[256];
	} control;
	struct iovec v = { .iov_base = u->bytes, .iov_len = u->longest };
	struct msghdr m = {
		.msg_name = &u->from, .msg_namelen = sizeof(u->from), .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(u->fd, &m, MSG_DONTWAIT);
	uint64_t arrived_us;

	if (n < 0)			/* an error of an answer that we sent is read here, too */
		return errno != EAGAIN && errno != EWOULDBLOCK;
	u->from_len = m.msg_namelen;
	arrived_us = read_control(u, &m);
	u->from_which = find_sender(u);
	if (u->from_which < 0)
		drop(u, SOURCE_DROP_FOREIGN_SENDER, 1);
	else if (m.msg_flags & MSG_TRUNC)
		drop(u, SOURCE_DROP_TOO_LONG, 1);
	else
		u->each(u->source, u->bytes, (size_t)n, arrived_us);
	return true;
}

static void on_readable(void *owner)
{
	struct udp *u = owner;

	for (int i = 0; i < UDP_AT_ONCE && receive(u); i++)
		;
}

int udp_sender(const struct udp *u)
{
	return u->from_which;
}

void udp_answer(struct udp *u, const void *p, size_t len)
{
	sendto(u->fd, p, len, MSG_DONTWAIT | MSG_NOSIGNAL, &u->from.any, u->from_len);
}

/* --- life ------------------------------------------------------------------------- */

static int fail(struct udp *u, const char *what)
{
	int err = -errno;
	const char *hint = err == -EADDRNOTAVAIL ? ": is it one of this host's addresses?" :
			   err == -EADDRINUSE ? ": another program or source listens there" : "";

	snprintf(u->source->error, sizeof(u->source->error), "%s: %s%s", what, strerror(-err), hint);
	return err;
}

static int open_socket(struct udp *u)
{
	const struct config_source *c = u->source->config;
	int on = 1, bytes = BUFFER_BYTES;
	union address a;
	socklen_t size;

	u->senders = read_senders(c->senders, u->sender);
	if (u->senders < 0 || !read_address(c->listen, strlen(c->listen), true, &a, &size)) {
		errno = EINVAL;
		return fail(u, c->listen);
	}
	u->fd = socket(a.any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (u->fd < 0)
		return fail(u, c->listen);
	if (a.any.sa_family == AF_INET6)
		setsockopt(u->fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	setsockopt(u->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	setsockopt(u->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	setsockopt(u->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (*c->interface && setsockopt(u->fd, SOL_SOCKET, SO_BINDTODEVICE, c->interface,
					(socklen_t)strlen(c->interface)) < 0)
		return fail(u, c->interface);
	return bind(u->fd, &a.any, size) < 0 ? fail(u, c->listen) : 0;
}

int udp_open(struct udp **out, struct source *s, size_t longest,
	     void (*each)(struct source *s, const uint8_t *p, size_t len, uint64_t arrived_us))
{
	struct udp *u = calloc(1, sizeof(*u));
	int err;

	if (!u)
		return -ENOMEM;
	u->source = s;
	u->each = each;
	u->longest = longest < sizeof(u->bytes) ? longest : sizeof(u->bytes);
	u->fd = -1;
	err = open_socket(u);
	if (!err) {
		u->io = loop_io_add(s->loop, u->fd, on_readable, u);
		err = u->io ? 0 : -ENOMEM;
	}
	if (err) {
		udp_close(u);
		return err;
	}
	*out = u;
	return 0;
}

void udp_close(struct udp *u)
{
	if (!u)
		return;
	loop_io_remove(u->io);
	if (u->fd >= 0)
		close(u->fd);
	free(u);
}
