/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * netlink.h -- sockets to the kernel; netlink_request.c alone knows libnl.
 *
 * A socket never blocks.  The kernel answers a request while it is sent, so
 * netlink_ask() waits for no one but a kernel that is stuck, and not for long.
 * Everything else comes when the descriptor is readable: netlink_receive().
 *
 * What the kernel did not send is dropped and counted: any process may write to our
 * port. */
#ifndef DAEMON_NETLINK_H
#define DAEMON_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NETLINK_ERROR_LEN 256
#define NETLINK_BUFFER    (68 << 10)	/* the longest message: openwifi sends 64 KiB in one */
#define NETLINK_ASK_MS    500		/* a kernel that takes longer is stuck */
#define NETLINK_BATCH     64		/* datagrams that one netlink_receive() reads */

struct netlink;
struct netlink_request;
struct nlmsghdr;

struct netlink_options {
	int protocol;			/* NETLINK_GENERIC, NETLINK_CONNECTOR, ... */
	const char *family;		/* NETLINK_GENERIC: whom to talk to; NULL: nobody yet */
	int receive_bytes;		/* what the kernel may keep for us; 0: its default */
	uint32_t port;			/* our own; 0: the kernel chooses.  One that is taken: -EADDRINUSE */
	bool raw;			/* NLMSG_DONE carries data, as connector and openwifi do */
};

/* A message, borrowed.  `payload` is what follows the head, of generic netlink with the
 * 4 bytes of its command. */
struct netlink_message {
	const struct nlmsghdr *head;	/* the whole of it */
	uint16_t type, flags;
	uint32_t sequence;		/* of the request that it answers; 0: of none */
	const uint8_t *payload;
	size_t   len;
};

struct netlink_handler {
	void (*message)(void *owner, const struct netlink_message *m);
	/* The answer to this request is complete: 0 or -errno.  `text` is what the kernel
	 * says about it, or NULL. */
	void (*done)(void *owner, uint32_t sequence, int err, const char *text);
	/* The kernel had no room for messages and threw them away. */
	void (*lost)(void *owner);
};

struct netlink_stats {
	uint64_t messages, lost;	/* lost: times, not messages */
	uint64_t spoofed;		/* of somebody who is not the kernel */
	uint64_t torn;			/* lengths that contradict each other */
};

/* Opens a socket and finds the family.  0 or -errno; error says what, where and what to
 * do.  Close with netlink_close(). */
int netlink_open(struct netlink **out, const struct netlink_options *o, char error[NETLINK_ERROR_LEN]);
void netlink_close(struct netlink *n);		/* NULL is fine */

uint16_t netlink_family(const struct netlink *n);	/* its number */
int netlink_fd(const struct netlink *n);
const struct netlink_stats *netlink_stats(const struct netlink *n);

/* Listens to a group of the family by its name, or by number where there is no family
 * (name NULL).  0 or -errno. */
int netlink_join(struct netlink *n, const char *name, uint32_t number);

/* Reads what has come, at most NETLINK_BATCH datagrams.  0, or -errno if the socket is
 * of no use any more. */
int netlink_receive(struct netlink *n, const struct netlink_handler *h, void *owner);

/* The same for bytes of a datagram from `from`, as if they had just come. */
void netlink_feed(struct netlink *n, const void *bytes, size_t len, uint32_t from,
		  const struct netlink_handler *h, void *owner);

/* --- requests ---------------------------------------------------------------------- */

/* A command of a family, or a message of this type with that payload; flags are NLM_F_DUMP
 * and the like.  Can be sent as often as wanted.  NULL: out of memory. */
struct netlink_request *netlink_request(uint16_t family, uint8_t command, int flags);
struct netlink_request *netlink_raw_request(uint16_t type, int flags, const void *payload, size_t len);
void netlink_request_free(struct netlink_request *r);	/* NULL is fine */

/* Attributes.  What does not fit any more makes netlink_send() fail. */
void netlink_put(struct netlink_request *r, int type, const void *value, size_t len);
void netlink_put_u8(struct netlink_request *r, int type, uint8_t value);
void netlink_put_u16(struct netlink_request *r, int type, uint16_t value);
void netlink_put_u32(struct netlink_request *r, int type, uint32_t value);
void netlink_nest(struct netlink_request *r, int type);	/* up to 4 deep */
void netlink_nest_end(struct netlink_request *r);

/* The message as it is (struct nlmsghdr), NULL if it did not fit.  Borrowed. */
void *netlink_request_message(struct netlink_request *r);

/* Sends it; its number, or 0 with errno set. */
uint32_t netlink_send(struct netlink *n, struct netlink_request *r);

/* Sends it and takes the whole answer, which `message` gets (NULL: nobody).  0 or
 * -errno of the kernel; error (NULL: no use) gets what it says, "" if that is nothing.
 * Other messages that come meanwhile go to `message`, too. */
int netlink_ask(struct netlink *n, struct netlink_request *r,
		void (*message)(void *owner, const struct netlink_message *m), void *owner,
		char error[NETLINK_ERROR_LEN]);

/* For tests: sockets that are opened from now on are of this protocol and talk to this
 * port, where a process stands in for the kernel.  A protocol below 0 ends that. */
void netlink_redirect(int protocol, uint32_t port);

#endif
