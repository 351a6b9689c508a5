/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/mqtt_events.h"

void mqtt_event_free(struct mqtt_event *e)
{
	free((char *)e->topic);
	free((char *)e->reason);
}

bool mqtt_events_pop(struct mqtt_events *q, struct mqtt_event *e)
{
	if (!q->count)
		return false;
	*e = q->place[q->first];
	q->first = (q->first + 1) % MQTT_EVENTS_MAX;
	q->count--;
	return true;
}

bool mqtt_events_push(struct mqtt_events *q, const struct mqtt_event *e, bool minor)
{
	bool urgent = e->kind == MQTT_CONNECTED || e->kind == MQTT_DISCONNECTED;
	int places = minor ? MQTT_EVENTS_MAX / 2 : MQTT_EVENTS_MAX;
	struct mqtt_event lost = *e;

	if (q->count >= places) {
		q->lost++;
		if (urgent)
			mqtt_events_pop(q, &lost);
		q->messages_lost += lost.kind == MQTT_MESSAGE;
		mqtt_event_free(&lost);
		if (!urgent)
			return false;
	}
	q->place[(q->first + q->count++) % MQTT_EVENTS_MAX] = *e;
	return true;
}

void mqtt_events_clear(struct mqtt_events *q)
{
	for (struct mqtt_event e; mqtt_events_pop(q, &e);)
		mqtt_event_free(&e);
}

/* Copies `bytes` of `from` and a 0 to *at, and moves that on. */
static char *put(char **at, const void *from, size_t bytes)
{
	char *to = *at;

	if (bytes)
		memcpy(to, from, bytes);
	to[bytes] = 0;
	*at += bytes + 1;
	return to;
}

bool mqtt_event_copy(struct mqtt_event *to, const struct mqtt_event *e)
{
	size_t topic = strlen(e->topic), response = e->response_topic ? strlen(e->response_topic) : 0;
	size_t correlation = e->correlation_bytes;
	char *at;

	*to = (struct mqtt_event){ .kind = MQTT_MESSAGE, .retained = e->retained };
	if (e->payload_bytes > MQTT_PAYLOAD_MAX)
		return false;
	if (response >= MQTT_TOPIC_MAX || correlation > MQTT_CORRELATION_MAX)
		response = correlation = 0;	/* the answer goes where answers always go */
	at = malloc(topic + response + correlation + e->payload_bytes + 4);
	if (!at)
		return false;
	to->topic = put(&at, e->topic, topic);
	to->payload = put(&at, e->payload, e->payload_bytes);
	to->payload_bytes = e->payload_bytes;
	if (response)
		to->response_topic = put(&at, e->response_topic, response);
	if (correlation)
		to->correlation = put(&at, e->correlation, correlation);
	to->correlation_bytes = correlation;
	return true;
}
