/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_events.h -- what has come in and the loop has not taken yet, inside mqtt_box.c: no
 * lock of its own. */
#ifndef DAEMON_MQTT_EVENTS_H
#define DAEMON_MQTT_EVENTS_H

#include "daemon/mqtt.h"

/* All bytes zero is empty. */
struct mqtt_events {
	struct mqtt_event place[MQTT_EVENTS_MAX];	/* a ring; owns topic or reason */
	int first, count;
	uint64_t lost, messages_lost;
};

/* Takes over topic or reason, which free() must fit.  When nobody polls, news about the
 * connection push out the oldest event, and everything else is lost; `minor` ones
 * (acknowledgements, which come in hundreds after a reconnect) leave half the places to
 * commands.  False: it was lost, and freed.  `lost` counts it and what was pushed out, `messages_lost`
 * those of them that had arrived. */
bool mqtt_events_push(struct mqtt_events *q, const struct mqtt_event *e, bool minor);

/* The oldest, which the caller then owns: mqtt_event_free().  False: there is none. */
bool mqtt_events_pop(struct mqtt_events *q, struct mqtt_event *e);

/* Frees all that are left. */
void mqtt_events_clear(struct mqtt_events *q);

/* Copies a message that arrived, all of it into one block that to->topic owns; a response
 * topic or correlation that is too long is left out.  False: no memory, or the payload is
 * longer than MQTT_PAYLOAD_MAX; then *to owns nothing. */
bool mqtt_event_copy(struct mqtt_event *to, const struct mqtt_event *e);

/* Frees what an event owns, not the event. */
void mqtt_event_free(struct mqtt_event *e);

#endif
