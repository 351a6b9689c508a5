/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "daemon/mqtt_retained.h"

#define SMALL_PAYLOAD 256	/* buffers start here and double */

/* FNV-1a: so that finding a topic compares one string, not hundreds. */
static uint32_t hash_of(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	return h;
}

static struct mqtt_retained *find(struct mqtt_table *t, const char *topic)
{
	uint32_t hash = hash_of(topic);
	struct mqtt_retained *r;

	for (int i = 0; i < t->topics; i++)
		if (t->topic[i].hash == hash && !strcmp(t->topic[i].topic, topic))
			return &t->topic[i];
	if (t->topics == MQTT_RETAINED_MAX)
		return NULL;
	r = &t->topic[t->topics];
	*r = (struct mqtt_retained){ .hash = hash, .topic = strdup(topic) };
	if (!r->topic)
		return NULL;
	t->topics++;
	return r;
}

struct mqtt_retained *mqtt_table_keep(struct mqtt_table *t, const struct mqtt_message *m, size_t bytes)
{
	struct mqtt_retained *r = find(t, m->topic);
	size_t capacity = SMALL_PAYLOAD;

	if (!r)
		return NULL;
	while (capacity < bytes + 1)
		capacity *= 2;
	if (capacity > r->capacity) {
		char *grown = realloc(r->payload, capacity);

		if (!grown)
			return NULL;
		r->payload = grown;
		r->capacity = capacity;
	}
	memcpy(r->payload, m->payload, bytes + 1);
	r->bytes = bytes;
	r->qos = m->qos;
	r->expiry_s = m->expiry_s;
	return r;
}

void mqtt_table_clear(struct mqtt_table *t)
{
	for (int i = 0; i < t->topics; i++) {
		free(t->topic[i].topic);
		free(t->topic[i].payload);
	}
	t->topics = 0;
}
