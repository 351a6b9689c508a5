/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sender.h -- a socket of this host's loop-back that sends datagrams to a source. */
#ifndef TESTS_SUPPORT_SENDER_H
#define TESTS_SUPPORT_SENDER_H

#include <stddef.h>
#include <stdint.h>

/* A port of 127.0.0.1 where nobody listens. */
int sender_free_port(void);

/* A socket at this address (127.0.0.2 ...) and port (0: any), that sends to 127.0.0.1:to. */
int sender_open(const char *address, int port, int to);

/* Its own port. */
int sender_port(int fd);

void sender_send(int fd, const void *p, size_t len);

#endif
