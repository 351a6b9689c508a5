/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * messages.h -- from what a room sees to the payloads of its topics.
 *
 * One table of topics: name, quality of service, retained, how often, how it is
 * written.  Names of states as they are published are in this file's tables only. */
#ifndef DAEMON_MESSAGES_H
#define DAEMON_MESSAGES_H

#include "daemon/json.h"
#include "daemon/sensing.h"

#define MESSAGE_SCHEMA 1

enum room_topic { TOPIC_PRESENCE, TOPIC_ACTIVITY, TOPIC_RESPIRATION, TOPIC_HEARTBEAT, TOPIC_SENSING, ROOM_TOPICS };

/* What every payload of a room starts from. */
struct message_context {
	const char *room, *origin;
	uint64_t wall_us;
	const struct room_state *state;
	const struct wiring *wiring;
	const struct sensing_output *output;
	unsigned trouble;		/* bits of trouble.h */
	uint32_t sources;			/* bits */
	const enum reason *source_state;	/* of each */
	bool hearsay;				/* all of it rests on hearsay: no alarms */
	const struct sensing_device *device;	/* names of those in around */
	const struct surroundings *around;
};

struct room_topic_rule {
	const char *name;		/* the last level of the topic */
	int  qos;
	bool retain;
	int  expiry_s;			/* the broker forgets it then (MQTT 5); 0: never */
	/* True if what is published in b differs from a so that it must go out at once. */
	bool (*changed)(const struct room_state *a, const struct room_state *b);
	/* Seconds after which the same is said again. */
	int (*period_s)(const struct room_state *s);
	/* Adds this topic's members. */
	void (*write)(struct json *j, const struct message_context *c);
};

extern const struct room_topic_rule room_topics[ROOM_TOPICS];

/* The whole payload of a topic as JSON text, NULL if memory ran out.  free() it. */
char *message_payload(enum room_topic topic, const struct message_context *c);

/* Adds schema, time and origin, which every payload has. */
void message_envelope(struct json *j, uint64_t wall_us, const char *origin);

/* Adds the array "capabilities" of the names of these bits (CAPABLE_MOTION...); ~0u: of all that can be. */
void capabilities_write(struct json *j, unsigned capable);

#define RFC3339_LEN 32
/* RFC 3339, UTC, with milliseconds. */
void format_rfc3339(char out[RFC3339_LEN], uint64_t unix_us);

#endif
