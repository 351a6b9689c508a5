/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node.h -- one running sixthd: the sources, rooms and broker of a configuration.
 *
 * Everything here runs in the loop and none of it waits.  Nothing that is missing
 * outside ends it: a source that does not open, or whose radio vanishes, is tried again
 * (after 1 s, then less and less often) and its rooms say source_down; a broker that is
 * away gets everything when it comes. */
#ifndef DAEMON_NODE_H
#define DAEMON_NODE_H

#include "daemon/config.h"
#include "daemon/loop.h"
#include "models/incident.h"

#define NODE_INFO_S  60		/* between two messages on BASE/info, give or take a twentieth */

struct node;

/* Starts everything that `c` asks for in loop `l`; both are borrowed until node_close().
 * 0, or -errno if there is no memory, no thread or no file descriptor; then nothing runs. */
int node_open(struct node **out, const struct config *c, struct loop *l);

/* What a model found in a room of this name becomes an alarm, or, from a recording, a line
 * in the log. */
void node_incident(struct node *n, const char *room, const struct incident *i);

/* Ends it, "offline" on the status topic last: at most 2 s.  NULL is fine. */
void node_close(struct node *n);

#endif
