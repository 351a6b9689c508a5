/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * udp.h -- datagrams for a source: listens where its configuration says, and to whom.
 *
 * listen = 192.168.1.1:5005, [fe80::1%br-lan]:5005, 0.0.0.0:5500
 * senders = 192.168.1.20 192.168.1.21:40000      with a port: from that one only
 *
 * The sender's address is no proof, as anybody in the same network can forge it; it
 * keeps out what strays in.  What is not taken is counted in the source's counts. */
#ifndef DAEMON_UDP_H
#define DAEMON_UDP_H

#include <stddef.h>
#include "daemon/source.h"

#define UDP_SENDERS_MAX  16
#define UDP_DATAGRAM_MAX 65507
#define UDP_AT_ONCE      64	/* datagrams, before the loop has its turn again */

struct udp;

/* What is wrong with `listen` and `senders` (a list may be absent unless `need_senders`);
 * NULL if nothing.  Static. */
const char *udp_check(const struct config_source *c, bool need_senders);

/* Opens the socket; datagrams of more than `longest` bytes are not taken.  Calls
 * each(s, ...) for every datagram, borrowed, with the time it came on the host's monotonic
 * clock.  0 or -errno, said in s->error.  Free with udp_close(). */
int udp_open(struct udp **out, struct source *s, size_t longest,
	     void (*each)(struct source *s, const uint8_t *p, size_t len, uint64_t arrived_us));
void udp_close(struct udp *u);		/* NULL is fine */

/* Who sent the datagram that each() has right now: which of `senders`, from 0; 0 without any. */
int udp_sender(const struct udp *u);

/* Answers who sent the datagram that each() has right now. */
void udp_answer(struct udp *u, const void *p, size_t len);

#endif
