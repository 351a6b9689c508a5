/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * discovery.h -- what Home Assistant is told, so that it shows rooms by itself.
 *
 * One device for the node and one for each room, in Home Assistant's form of device
 * discovery (one retained JSON a device; developers.home-assistant.io, MQTT discovery,
 * 2024.12 and later).  Ids never change while node and room keep their names: people's
 * dashboards and statistics hang on them. */
#ifndef DAEMON_DISCOVERY_H
#define DAEMON_DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>

#define DISCOVERY_TOPIC_LEN 256

struct discovery {
	const char *prefix;		/* "homeassistant" */
	const char *node, *base;	/* "hall-router", "sixth/hall-router" */
	unsigned kinds;			/* bits of enum alarm_kind that can come in the room */
	unsigned gone;			/* ... that could before: what was shown of them is taken away */
	bool heart, pause;		/* this build senses heart beats; may be paused */
};

/* Where the device of a room is told; room NULL: that of the node. */
void discovery_topic(char topic[DISCOVERY_TOPIC_LEN], const char *prefix, const char *node,
		     const char *room);

/* The payload as JSON text, NULL if memory ran out.  free() it. */
char *discovery_node(const struct discovery *d);
char *discovery_room(const struct discovery *d, const char *room);

#endif
