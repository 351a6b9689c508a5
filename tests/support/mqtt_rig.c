/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tests/support/mqtt_rig.h"
#include "tests/support/must.h"

#define PATIENCE_MS 6000

struct broker broker;

uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void client_takes(void *owner, const struct mqtt_event *e)
{
	struct client *c = owner;

	switch (e->kind) {
	case MQTT_CONNECTED:
		c->connects++;
		break;
	case MQTT_DISCONNECTED:
		c->disconnects++;
		snprintf(c->reason, sizeof(c->reason), "%s", e->reason);
		break;
	case MQTT_ACKNOWLEDGED:
		c->acknowledged++;
		c->ticket = e->ticket;
		break;
	case MQTT_MESSAGE:
		MUST(e->payload[e->payload_bytes] == 0);
		c->in_order += atoi(e->payload) == c->messages;
		c->messages++;
		c->retained = e->retained;
		c->payload_bytes = e->payload_bytes;
		snprintf(c->topic, sizeof(c->topic), "%s", e->topic);
		snprintf(c->payload, sizeof(c->payload), "%s", e->payload);
		if (!strcmp(e->topic, STATUS))
			snprintf(c->status, sizeof(c->status), "%s", e->payload);
	}
}

struct mqtt_options options(const char *id)
{
	return (struct mqtt_options){
		.broker = { { "127.0.0.1", broker.port, false } }, .client_id = id,
		.status_topic = strcmp(id, "t") ? "sixth/other/status" : STATUS,
		.keepalive_s = 15, .retry_min_ms = 50, .retry_max_ms = 200,
	};
}

void open_with(struct client *c, const struct mqtt_options *o)
{
	memset(c, 0, sizeof(*c));
	MUST(mqtt_open(&c->mqtt, o) == 0);
}

void open_as(struct client *c, const char *id)
{
	struct mqtt_options o = options(id);

	open_with(c, &o);
}

void until(struct client *c, const int *counter, int goal)
{
	uint64_t end = now_ms() + PATIENCE_MS;

	while (*counter < goal && now_ms() < end) {
		struct pollfd fd = { .fd = mqtt_fd(c->mqtt), .events = POLLIN };

		if (poll(&fd, 1, 50) > 0)
			mqtt_poll(c->mqtt, client_takes, c);
	}
	if (*counter < goal)
		fprintf(stderr, "only %d of %d; last reason: %s; events lost: %d\n", *counter, goal, c->reason,
			(int)mqtt_stats(c->mqtt).events_lost);
	MUST(*counter >= goal);
}

void until_status(struct client *c, const char *status)
{
	uint64_t end = now_ms() + PATIENCE_MS;

	while (strcmp(c->status, status) && now_ms() < end) {
		struct pollfd fd = { .fd = mqtt_fd(c->mqtt), .events = POLLIN };

		if (poll(&fd, 1, 50) > 0)
			mqtt_poll(c->mqtt, client_takes, c);
	}
	MUST(!strcmp(c->status, status));
}

void pass(struct client *c, int ms)
{
	uint64_t end = now_ms() + (uint64_t)ms;

	for (uint64_t now; (now = now_ms()) < end;) {
		struct pollfd fd = { .fd = mqtt_fd(c->mqtt), .events = POLLIN };

		if (poll(&fd, 1, (int)(end - now)) > 0)
			mqtt_poll(c->mqtt, client_takes, c);
	}
}

void open_observer(struct client *c, const char *filter)
{
	open_as(c, "observer");
	MUST(mqtt_subscribe(c->mqtt, filter) == 0);
	until(c, &c->connects, 1);
	pass(c, 50);
}

int start_broker(void **state)
{
	(void)state;
	broker = (struct broker){ 0 };
	if (broker_installed())
		broker_start(&broker, NULL);
	return 0;
}

int stop_broker(void **state)
{
	(void)state;
	broker_kill(&broker);
	return 0;
}
