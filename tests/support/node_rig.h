/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * node_rig.h -- a whole node in the test's process, a real broker, recordings that are written for it, and a client that
 * sees all that it publishes. */
#ifndef TESTS_SUPPORT_NODE_RIG_H
#define TESTS_SUPPORT_NODE_RIG_H

#include "daemon/mqtt.h"
#include "daemon/node.h"
#include "tests/support/broker.h"

#define SCENE_TOPICS  64
#define SCENE_LONGEST 1400		/* bytes of a payload that are looked at */

/* The latest message of a topic, as a subscriber got it. */
struct seen {
	char topic[MQTT_TOPIC_MAX], payload[SCENE_LONGEST];
	bool retained;
	int  count;
};

struct scene {
	struct broker broker;
	struct config config;
	struct loop *loop;
	struct node *node;
	struct mqtt *observer;
	struct loop_timer *patience;
	struct seen seen[SCENE_TOPICS];
	int  topics;
	bool subscribed, late;
	/* what scene_until() waits for */
	const char *topic, *text;
	int count;
};

extern struct scene scene;

/* The broker and the client, before each test; all of it ends after it.  Without a broker that is installed there is none. */
int scene_set_up(void **state);
int scene_tear_down(void **state);
#define WITH_BROKER(test) cmocka_unit_test_setup_teardown(test, scene_set_up, scene_tear_down)
#define NEEDS_BROKER() do { if (!scene.broker.pid) skip(); } while (0)

/* Another client, and a loop of its own, sees everything from now on; what is retained comes first.  No node runs. */
void scene_observe(const char *id);

/* NULL: nothing was published there. */
struct seen *scene_find(const char *topic);

/* Runs the loop until `topic` had `count` messages and the last one has `text` (NULL: any) in it, which is returned. */
const char *scene_until(const char *topic, int count, const char *text);

/* Runs it for so long. */
void scene_pass(double s);

void scene_send(const char *topic, const char *payload, bool retain);

/* A reflection that walks about, or stands still, beside a strong path that does not.  Returns the recording's path. */
const char *scene_record(const char *name, const char *origin, uint8_t mac, bool walk, int seconds);

/* Starts a node; `text` follows the [mqtt] section. */
void scene_start(const char *text);

/* Starts one with a source (number 0: walk.csic, 10 times as fast, for ever) and a room. */
void scene_start_walk(void);

#endif
