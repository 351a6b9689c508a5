/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_queue.h -- what waits to be sent, inside mqtt_outgoing.c: no lock of its own. */
#ifndef DAEMON_MQTT_QUEUE_H
#define DAEMON_MQTT_QUEUE_H

#include "daemon/mqtt.h"
#include "daemon/mqtt_retained.h"

#define MQTT_WAITING_MAX (MQTT_RETAINED_MAX + MQTT_QUEUE_MAX)

/* A message that is sent once: one block, freed when it has been taken. */
struct mqtt_telemetry {
	uint32_t ticket;
	int      qos, expiry_s;
	bool     retain;	/* an empty one, that clears a topic */
	size_t   bytes, correlation_bytes;
	char     correlation[MQTT_CORRELATION_MAX];
	char    *payload;
	char     topic[];
};

/* A place in a queue: one of the two. */
struct mqtt_waiting {
	struct mqtt_retained  *retained;
	struct mqtt_telemetry *telemetry;
};

struct mqtt_queue {
	struct mqtt_waiting place[MQTT_WAITING_MAX];	/* a ring */
	int first, count;
};

/* The box counts what it puts in, so that there is always a place. */
void mqtt_queue_add(struct mqtt_queue *q, struct mqtt_waiting w);
bool mqtt_queue_take(struct mqtt_queue *q, struct mqtt_waiting *w);	/* false: empty */

/* Copies topic and payload.  NULL: out of memory.  free() it. */
struct mqtt_telemetry *mqtt_telemetry_new(const char *topic, const char *payload, size_t bytes);

#endif
