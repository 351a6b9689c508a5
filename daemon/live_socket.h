/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * live_socket.h -- a netlink socket that a live source listens to in the loop, and what
 * such sources say when nothing comes. */
#ifndef DAEMON_LIVE_SOCKET_H
#define DAEMON_LIVE_SOCKET_H

#include "daemon/live.h"
#include "daemon/log.h"
#include "daemon/netlink.h"

#define LIVE_SOCKET_TICK_S    0.05	/* how often sources look after theirs */
#define LIVE_SOCKET_SILENT_US 8000000	/* no record for so long: the source says so */

struct live_socket {
	struct source *source;
	struct netlink *netlink;
	struct loop_io *io;
	struct log_every overrun;
	struct netlink_stats counted;	/* of the netlink's, what the source's counts have */
	bool gone;			/* the owner knows */
	const char *told;		/* the hint that the source's error shows */
	/* owner: the source */
	void (*message)(void *owner, const struct netlink_message *m);
	void (*done)(void *owner, uint32_t sequence, int err, const char *text);	/* may be NULL */
};

/* Opens the socket; source, message and done are set.  What is lost is counted and told.
 * 0 or -errno with the source's error filled. */
int live_socket_open(struct live_socket *k, const struct netlink_options *o);
void live_socket_close(struct live_socket *k);	/* also of one that never opened */

/* Takes what waits, before the loop comes to it: who was stopped for a while finds out
 * about time first. */
void live_socket_read(struct live_socket *k);

/* Listens to a group by its number; `what` it is of comes before that in the source's error.
 * 0 or -errno. */
int live_socket_join(struct live_socket *k, const char *what, uint32_t group);

/* From now on messages are taken in the loop.  0 or -ENOMEM. */
int live_socket_listen(struct live_socket *k);

/* The source cannot go on, as its error says: tells its owner. */
void live_socket_give_up(struct live_socket *k);

/* Counts one more for the cause. */
void live_socket_drop(struct live_socket *k, enum source_drop cause);

/* Tells the source's state, given for how long no record came: after
 * LIVE_SOCKET_SILENT_US `why`, with the hint (what may be wrong; static, or as long as the
 * source) in its error and, once, in the log. */
void live_socket_silence(struct live_socket *k, uint64_t silent_us, enum reason why, const char *hint);

#endif
