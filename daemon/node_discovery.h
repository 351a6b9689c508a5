/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_discovery.h -- Home Assistant kept up to date, and what an earlier run of this node
 * left at the broker taken away.
 *
 * What was there before is known from the broker itself: the retained `info` of the
 * earlier run lists its rooms and its discovery prefix.  A room that is gone is removed
 * with all its topics, but for alarms that are open; a kind of alarm that a room watches for no more, with what
 * Home Assistant shows of it; discovery that is switched off, with its devices.  The same
 * message tells of a second sixthd that speaks under our name. */
#ifndef DAEMON_NODE_DISCOVERY_H
#define DAEMON_NODE_DISCOVERY_H

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/mqtt.h"

struct node_discovery;

/* All borrowed for the life of it. */
struct node_discovery_options {
	const struct config *config;
	struct loop *loop;
	struct mqtt *mqtt;
	const char *instance;		/* of this run, as `info` says it */
	bool        alarms;		/* the broker is told of their states, also when there is none */
	const char *(*room)(void *owner, int i);	/* NULL after the last */
	unsigned (*kinds)(void *owner, const char *room);	/* bits of enum alarm_kind that have topics now */
	void *owner;
};

/* Publishes every device and subscribes to what it must hear.  0 or -errno. */
int node_discovery_open(struct node_discovery **out, const struct node_discovery_options *o);
void node_discovery_close(struct node_discovery *d);	/* NULL is fine */

/* Whatever comes from the broker.  True: it was for us and for nobody else. */
bool node_discovery_event(struct node_discovery *d, const struct mqtt_event *e);

/* Another sixthd with our topics has been heard in the last quarter of an hour. */
bool node_discovery_twin(const struct node_discovery *d);

/* The broker confirms what we publish, and does not hand it on. */
bool node_discovery_unheard(struct node_discovery *d);

/* The prefix that is in use, NULL if Home Assistant is told nothing. */
const char *node_discovery_prefix(const struct config *c);

#endif
