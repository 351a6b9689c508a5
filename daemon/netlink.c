/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * netlink.c -- sockets, and what comes in.  Datagrams are read here and not by libnl,
 * which hides what we need to know: the error at the end of a dump, who sent something,
 * what was left over. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "daemon/formats/nlattr.h"
#include "daemon/netlink.h"

#define GROUPS 16

struct group {
	char     name[GENL_NAMSIZ];
	uint32_t number;
};

struct netlink {
	int  fd;
	bool raw;
	uint32_t port, peer, sequence;
	uint16_t family;
	struct group group[GROUPS];
	int groups;
	struct netlink_stats stats;
	_Alignas(struct nlmsghdr) uint8_t buffer[NETLINK_BUFFER];
};

/* The kernel, unless a test says otherwise. */
static struct {
	int protocol;
	uint32_t port;
} redirected = { -1, 0 };

void netlink_redirect(int protocol, uint32_t port)
{
	redirected.protocol = protocol;
	redirected.port = port;
}

/* --- receiving ---------------------------------------------------------------------- */

static size_t payload_len(const struct nlmsghdr *h)
{
	return h->nlmsg_len - NLMSG_HDRLEN;
}

/* What the kernel says in words about an error: behind the error, and behind the head of
 * the request.  NULL if it says nothing. */
static const char *find_text(const struct nlmsghdr *h, size_t at)
{
	const uint8_t *payload = NLMSG_DATA(h);
	struct nl_attrs attrs;
	struct nl_attr attr;

	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS) || payload_len(h) < at)
		return NULL;
	attrs = (struct nl_attrs){ payload + at, payload_len(h) - at, nl_host_big_endian(), false };
	while (nl_attr_next(&attrs, &attr))
		if (attr.type == NLMSGERR_ATTR_MSG && attr.len && !attr.data[attr.len - 1])
			return (const char *)attr.data;
	return NULL;
}

/* The end of an answer: of a dump, or of any other. */
static void take_end(struct netlink *n, const struct nlmsghdr *h, const struct netlink_handler *handler,
		     void *owner)
{
	size_t head = h->nlmsg_type == NLMSG_ERROR ? sizeof(struct nlmsgerr) : sizeof(int);
	int err = 0;

	if (payload_len(h) >= sizeof(err))
		memcpy(&err, NLMSG_DATA(h), sizeof(err));
	else if (h->nlmsg_type == NLMSG_ERROR)
		n->stats.torn++;
	if (handler->done)
		handler->done(owner, h->nlmsg_seq, err < 0 ? err : 0, find_text(h, head));
}

static void take(struct netlink *n, const struct nlmsghdr *h, const struct netlink_handler *handler, void *owner)
{
	const struct netlink_message m = {
		.head = h, .type = h->nlmsg_type, .flags = h->nlmsg_flags, .sequence = h->nlmsg_seq,
		.payload = NLMSG_DATA(h), .len = payload_len(h),
	};

	switch (h->nlmsg_type) {
	case NLMSG_NOOP:
		return;
	case NLMSG_OVERRUN:
		n->stats.lost++;
		if (handler->lost)
			handler->lost(owner);
		return;
	case NLMSG_DONE:
		if (n->raw)
			break;
		take_end(n, h, handler, owner);
		return;
	case NLMSG_ERROR:
		take_end(n, h, handler, owner);
		return;
	default:
		break;
	}
	n->stats.messages++;
	if (handler->message)
		handler->message(owner, &m);
}

void netlink_feed(struct netlink *n, const void *bytes, size_t len, uint32_t from,
		  const struct netlink_handler *h, void *owner)
{
	const struct nlmsghdr *m = bytes;
	size_t step;

	if (from != n->peer) {
		n->stats.spoofed++;
		return;
	}
	for (; len >= NLMSG_HDRLEN && m->nlmsg_len >= NLMSG_HDRLEN && m->nlmsg_len <= len; len -= step) {
		take(n, m, h, owner);
		step = NLMSG_ALIGN(m->nlmsg_len) < len ? NLMSG_ALIGN(m->nlmsg_len) : len;
		m = (const struct nlmsghdr *)((const uint8_t *)m + step);
	}
	n->stats.torn += len != 0;
}

int netlink_receive(struct netlink *n, const struct netlink_handler *h, void *owner)
{
	for (int i = 0; i < NETLINK_BATCH; i++) {
		struct sockaddr_nl from = { .nl_family = AF_NETLINK };
		struct iovec to = { n->buffer, sizeof(n->buffer) };
		struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &to, .msg_iovlen = 1 };
		ssize_t got = recvmsg(n->fd, &m, 0);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (got < 0 && errno == ENOBUFS) {
			n->stats.lost++;
			if (h->lost)
				h->lost(owner);
			continue;
		}
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		n->stats.torn += (m.msg_flags & MSG_TRUNC) != 0;
		netlink_feed(n, n->buffer, (size_t)got, from.nl_pid, h, owner);
	}
	return 0;
}

/* --- sending ------------------------------------------------------------------------ */

uint32_t netlink_send(struct netlink *n, struct netlink_request *r)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = n->peer };
	struct nlmsghdr *h = netlink_request_message(r);

	if (!h) {
		errno = EMSGSIZE;
		return 0;
	}
	if (!++n->sequence)
		n->sequence = 1;	/* 0 stands for no request */
	h->nlmsg_seq = n->sequence;
	h->nlmsg_pid = n->port;
	if (sendto(n->fd, h, h->nlmsg_len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return 0;
	return n->sequence;
}

/* Somebody waits for the answer to this request. */
struct asked {
	uint32_t sequence;
	void (*message)(void *owner, const struct netlink_message *m);
	void *owner;
	bool done;
	int  err;
	char *error;
};

static void asked_message(void *owner, const struct netlink_message *m)
{
	struct asked *a = owner;

	if (a->message)
		a->message(a->owner, m);
}

static void asked_done(void *owner, uint32_t sequence, int err, const char *text)
{
	struct asked *a = owner;

	if (sequence != a->sequence || a->done)
		return;
	a->done = true;
	a->err = err;
	if (a->error && text)
		snprintf(a->error, NETLINK_ERROR_LEN, "%s", text);
}

static const struct netlink_handler asked_handler = { .message = asked_message, .done = asked_done };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int netlink_ask(struct netlink *n, struct netlink_request *r,
		void (*message)(void *owner, const struct netlink_message *m), void *owner,
		char error[NETLINK_ERROR_LEN])
{
	struct asked a = { .message = message, .owner = owner, .error = error };
	struct pollfd p = { .fd = n->fd, .events = POLLIN };
	int64_t until_ms = now_ms() + NETLINK_ASK_MS;

	if (error)
		error[0] = 0;
	if (!r)
		return -ENOMEM;
	a.sequence = netlink_send(n, r);
	if (!a.sequence)
		return -errno;
	while (!a.done) {
		int64_t left_ms = until_ms - now_ms();
		int err = left_ms > 0 && poll(&p, 1, (int)left_ms) > 0 ? netlink_receive(n, &asked_handler, &a) : 0;

		if (err < 0)
			return err;
		if (!a.done && left_ms <= 0)
			return -ETIMEDOUT;
	}
	return a.err;
}

/* --- families and groups ------------------------------------------------------------ */

static void add_group(struct netlink *n, const struct nl_attr *group)
{
	struct nl_attrs attrs = nl_attr_inside(group, nl_host_big_endian());
	struct group *g = &n->group[n->groups];
	struct nl_attr attr;

	if (n->groups == GROUPS)
		return;
	memset(g, 0, sizeof(*g));
	while (nl_attr_next(&attrs, &attr))
		if (attr.type == CTRL_ATTR_MCAST_GRP_NAME && attr.len < sizeof(g->name))
			memcpy(g->name, attr.data, attr.len);
		else if (attr.type == CTRL_ATTR_MCAST_GRP_ID)
			nl_attr_number(&attr, nl_host_big_endian(), &g->number);
	n->groups += g->name[0] && g->number;
}

static void on_family(void *owner, const struct netlink_message *m)
{
	struct netlink *n = owner;
	struct nl_attrs attrs = { m->payload + NL_GENERIC_HEAD, m->len - NL_GENERIC_HEAD, nl_host_big_endian(), false };
	struct nl_attr attr;
	uint32_t id;

	if (m->type != GENL_ID_CTRL || m->len < NL_GENERIC_HEAD)
		return;
	while (nl_attr_next(&attrs, &attr)) {
		struct nl_attrs groups = nl_attr_inside(&attr, nl_host_big_endian());
		struct nl_attr group;

		if (attr.type == CTRL_ATTR_FAMILY_ID && nl_attr_number(&attr, nl_host_big_endian(), &id))
			n->family = (uint16_t)id;
		while (attr.type == CTRL_ATTR_MCAST_GROUPS && nl_attr_next(&groups, &group))
			add_group(n, &group);
	}
}

static int find_family(struct netlink *n, const char *name, char *error)
{
	struct netlink_request *r = netlink_request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	int err;

	if (r)
		netlink_put(r, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	err = netlink_ask(n, r, on_family, n, NULL);
	netlink_request_free(r);
	if (!err && !n->family)
		err = -ENOENT;
	if (err == -ENOENT)
		snprintf(error, NETLINK_ERROR_LEN, "the kernel has no %s: no driver of a WiFi radio is loaded", name);
	else if (err)
		snprintf(error, NETLINK_ERROR_LEN, "cannot ask the kernel for %s: %s", name, strerror(-err));
	return err;
}

int netlink_join(struct netlink *n, const char *name, uint32_t number)
{
	for (int i = 0; name && i < n->groups; i++)
		if (!strcmp(n->group[i].name, name))
			number = n->group[i].number;
	if (!number)
		return -ENOENT;
	return setsockopt(n->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &number, sizeof(number)) < 0 ? -errno : 0;
}

/* --- sockets ------------------------------------------------------------------------ */

/* Best effort: only who may change the network may have more than the limit. */
static void set_room(int fd, int bytes)
{
	if (bytes && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static int open_socket(struct netlink *n, const struct netlink_options *o)
{
	int protocol = redirected.protocol < 0 ? o->protocol : redirected.protocol, on = 1;
	struct sockaddr_nl me = { .nl_family = AF_NETLINK, .nl_pid = o->port };
	socklen_t len = sizeof(me);

	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	if (n->fd < 0)
		return -errno;
	if (bind(n->fd, (struct sockaddr *)&me, sizeof(me)) < 0 ||
	    getsockname(n->fd, (struct sockaddr *)&me, &len) < 0)
		return -errno;
	n->port = me.nl_pid;
	n->peer = redirected.protocol < 0 ? 0 : redirected.port;
	set_room(n->fd, o->receive_bytes);
	/* what an old kernel does not know, we do without */
	setsockopt(n->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(n->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return 0;
}

int netlink_open(struct netlink **out, const struct netlink_options *o, char error[NETLINK_ERROR_LEN])
{
	struct netlink *n = calloc(1, sizeof(*n));
	int err = n ? 0 : -ENOMEM;

	if (n) {
		n->raw = o->raw;
		err = open_socket(n, o);
	}
	if (err == -EADDRINUSE)
		snprintf(error, NETLINK_ERROR_LEN, "another process reads this radio already; only one can");
	else if (err == -EPROTONOSUPPORT)
		snprintf(error, NETLINK_ERROR_LEN, "the kernel has no netlink protocol %d: the driver is not loaded",
			 o->protocol);
	else if (err)
		snprintf(error, NETLINK_ERROR_LEN, "cannot open a netlink socket: %s", strerror(-err));
	if (!err && o->family)
		err = find_family(n, o->family, error);
	if (err) {
		netlink_close(n);
		return err;
	}
	*out = n;
	return 0;
}

void netlink_close(struct netlink *n)
{
	if (!n)
		return;
	if (n->fd >= 0)
		close(n->fd);
	free(n);
}

uint16_t netlink_family(const struct netlink *n)
{
	return n->family;
}

int netlink_fd(const struct netlink *n)
{
	return n->fd;
}

const struct netlink_stats *netlink_stats(const struct netlink *n)
{
	return &n->stats;
}
