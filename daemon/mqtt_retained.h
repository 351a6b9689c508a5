/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_retained.h -- the topics that are retained and the latest payload of each, inside
 * mqtt_outgoing.c: no lock of its own. */
#ifndef DAEMON_MQTT_RETAINED_H
#define DAEMON_MQTT_RETAINED_H

#include "daemon/mqtt.h"

struct mqtt_retained {
	char    *topic, *payload;	/* payload NULL: there was no memory for any yet */
	size_t   capacity, bytes;
	uint32_t hash, ticket;
	int      qos, expiry_s;
	bool     waits;		/* is in a queue */
	bool     first;		/* in the one that is emptied first */
};

/* All bytes zero is empty.  Topics stay where they are, and stay. */
struct mqtt_table {
	struct mqtt_retained topic[MQTT_RETAINED_MAX];
	int topics;
};

/* Keeps `bytes` of the message's payload as the latest of its topic, and its QoS and
 * expiry; what else belongs to the topic is left alone.  NULL: the table is full, or no
 * memory; then the topic keeps what it had. */
struct mqtt_retained *mqtt_table_keep(struct mqtt_table *t, const struct mqtt_message *m, size_t bytes);

/* Frees what it holds. */
void mqtt_table_clear(struct mqtt_table *t);

#endif
