/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/mqtt_queue.h"

void mqtt_queue_add(struct mqtt_queue *q, struct mqtt_waiting w)
{
	q->place[(q->first + q->count++) % MQTT_WAITING_MAX] = w;
}

bool mqtt_queue_take(struct mqtt_queue *q, struct mqtt_waiting *w)
{
	if (!q->count)
		return false;
	*w = q->place[q->first];
	q->first = (q->first + 1) % MQTT_WAITING_MAX;
	q->count--;
	return true;
}

struct mqtt_telemetry *mqtt_telemetry_new(const char *topic, const char *payload, size_t bytes)
{
	size_t topic_bytes = strlen(topic) + 1;
	struct mqtt_telemetry *t = malloc(sizeof(*t) + topic_bytes + bytes + 1);

	if (!t)
		return NULL;
	*t = (struct mqtt_telemetry){ .bytes = bytes };
	memcpy(t->topic, topic, topic_bytes);
	t->payload = t->topic + topic_bytes;
	memcpy(t->payload, payload, bytes + 1);
	return t;
}
