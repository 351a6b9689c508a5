/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_rig.h -- clients of mqtt.h with a broker of their own, and all that happens to them. */
#ifndef TESTS_SUPPORT_MQTT_RIG_H
#define TESTS_SUPPORT_MQTT_RIG_H

#include "daemon/mqtt.h"
#include "tests/support/broker.h"

#define STATUS "sixth/t/status"		/* of the client "t" */

extern struct broker broker;

/* A client and everything that has happened to it. */
struct client {
	struct mqtt *mqtt;
	int  connects, disconnects, messages, acknowledged;
	uint32_t ticket;		/* the last acknowledged one */
	char reason[400];		/* the last one */
	char topic[MQTT_TOPIC_MAX], payload[64];	/* of the last message */
	size_t payload_bytes;
	bool retained;
	char status[16];		/* last payload of STATUS */
	int  in_order;			/* messages whose payload was their number */
};

uint64_t now_ms(void);

/* For the broker above; comes back after 50 to 200 ms. */
struct mqtt_options options(const char *id);
void open_with(struct client *c, const struct mqtt_options *o);
void open_as(struct client *c, const char *id);
/* Sees everything below `filter` and nothing of its own. */
void open_observer(struct client *c, const char *filter);

/* For mqtt_poll(), with the client as its owner. */
void client_takes(void *owner, const struct mqtt_event *e);

/* Lets time pass until *counter has reached `goal`; aborts after 6 s. */
void until(struct client *c, const int *counter, int goal);
void until_status(struct client *c, const char *status);
void pass(struct client *c, int ms);

/* For cmocka; without mosquitto there is none. */
int start_broker(void **state);
int stop_broker(void **state);

#define NEEDS_BROKER() do { if (!broker_installed()) skip(); } while (0)
#define WITH_BROKER(test) cmocka_unit_test_setup_teardown(test, start_broker, stop_broker)

#endif
