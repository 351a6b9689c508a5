/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_outgoing.h -- what is to go to the broker, inside mqtt_box.c: no lock of its own.
 *
 * A table of the latest retained payloads, and two queues of what waits, alarms and the
 * rest.  A retained topic is in one of them at most once, so they cannot grow beyond the
 * table and their limits. */
#ifndef DAEMON_MQTT_OUTGOING_H
#define DAEMON_MQTT_OUTGOING_H

#include "daemon/mqtt_queue.h"
#include "daemon/mqtt_retained.h"

#define MQTT_ALARM_TICKET UINT32_C(0x80000000)	/* this bit marks an alarm's */

struct mqtt_out;

/* All bytes zero is empty. */
struct mqtt_outgoing {
	bool online;			/* only then does anything wait; what is retained is kept */
	struct mqtt_table table;
	struct mqtt_queue alarms, others;	/* alarms are taken first */
	int alarm_count;
	int telemetry_count;
	size_t telemetry_bytes;
	uint32_t last_ticket;
};

/* Copied.  A ticket; 0: too long, no room, or, what is not retained, no broker. */
uint32_t mqtt_outgoing_send(struct mqtt_outgoing *o, const struct mqtt_message *m);

/* The same for an alarm, ahead of what is none.  `now`: one that is not retained belongs to
 * the connection there is. */
uint32_t mqtt_outgoing_alarm(struct mqtt_outgoing *o, const struct mqtt_message *m, bool now);

/* An empty retained payload for a topic that is not kept here.  False: as 0 above. */
bool mqtt_outgoing_clear(struct mqtt_outgoing *o, const char *topic);

/* Everything that is retained is to be sent (again), in the order of the table. */
void mqtt_outgoing_resend(struct mqtt_outgoing *o);

/* The next to be sent, alarms first.  False: there is none. */
bool mqtt_outgoing_take(struct mqtt_outgoing *o, struct mqtt_out *out, bool alarms_only);

/* There is no broker any more: nothing waits.  How many messages are lost by that: those
 * that are neither retained nor alarms, which their sender keeps until they are confirmed. */
int mqtt_outgoing_offline(struct mqtt_outgoing *o);

/* Frees what it holds. */
void mqtt_outgoing_end(struct mqtt_outgoing *o);

#endif
