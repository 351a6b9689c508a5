/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_broker.h -- the node's line to its broker: what is published goes there, commands come from there, and
 * BASE/info says every minute that the node lives. */
#ifndef DAEMON_NODE_BROKER_H
#define DAEMON_NODE_BROKER_H

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/mqtt.h"

struct message;
struct node_broker;

/* All borrowed for the life of it. */
struct node_broker_options {
	const struct config *config;
	struct loop *loop;
	const char *boot_id;
	void (*event)(void *owner, const struct mqtt_event *e);	/* whatever comes from there */
	char *(*info)(void *owner);	/* the payload of BASE/info, free()d here; NULL: none now */
	void *owner;
};

/* Connects as the configuration has it, and subscribes to commands; with "broker = none" nothing of what follows does
 * anything.  0 or -errno. */
int node_broker_open(struct node_broker **out, const struct node_broker_options *o);
void node_broker_close(struct node_broker *b);	/* "offline" goes out: at most 2 s.  NULL is fine, here and below */

/* What is published goes by it; NULL: broker none. */
struct mqtt *node_broker_mqtt(const struct node_broker *b);

void node_broker_send(const struct node_broker *b, const struct message *m);

/* BASE/info now; or soon, because something has changed that it tells. */
void node_broker_info(const struct node_broker *b);
void node_broker_news(struct node_broker *b);

#endif
