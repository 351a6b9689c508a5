/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_box.h -- what the loop and the network thread exchange.
 *
 * One lock guards all of it and is held for the time of a copy, never across a
 * call that waits.  Going out: what mqtt_outgoing.h says, and the filters to subscribe to.
 * Coming in: a queue of events.  Each side has an eventfd that tells it to look. */
#ifndef DAEMON_MQTT_BOX_H
#define DAEMON_MQTT_BOX_H

#include "daemon/mqtt.h"

#define MQTT_WINDOW 20	/* messages on their way, as brokers like it */

struct mqtt_box;

/* A message taken out to be sent. */
struct mqtt_out {
	char     topic[MQTT_TOPIC_MAX];
	char     payload[MQTT_PAYLOAD_MAX + 1];
	int      payload_bytes;
	int      qos;
	bool     retain;
	int      expiry_s;		/* 0: never */
	char     correlation[MQTT_CORRELATION_MAX];
	size_t   correlation_bytes;
	uint32_t ticket;
};

/* 0 or -errno.  Shared by two sides: each calls mqtt_box_leave() once, the second
 * one frees it. */
int mqtt_box_create(struct mqtt_box **out);
void mqtt_box_leave(struct mqtt_box *b);

/* The loop's side; as in mqtt.h. */
uint32_t mqtt_box_send(struct mqtt_box *b, const struct mqtt_message *m);
uint32_t mqtt_box_publish_alarm(struct mqtt_box *b, uint32_t session, const char *topic,
				const char *payload, bool retain);
bool mqtt_box_clear(struct mqtt_box *b, const char *topic);
void mqtt_box_resend(struct mqtt_box *b);
void mqtt_box_twin(struct mqtt_box *b);
void mqtt_box_urgent(struct mqtt_box *b, int alarms);
int  mqtt_box_subscribe(struct mqtt_box *b, const char *filter, bool commands);
void mqtt_box_poll(struct mqtt_box *b, void (*on_event)(void *owner, const struct mqtt_event *e),
		   void *owner);
int  mqtt_box_loop_fd(const struct mqtt_box *b);
bool mqtt_box_is_online(struct mqtt_box *b);
struct mqtt_stats mqtt_box_stats(struct mqtt_box *b);

/* Asks the thread to end, and waits for mqtt_box_ended() at most so long.  True if
 * it came. */
bool mqtt_box_stop(struct mqtt_box *b, int wait_ms);

/* The thread's side. */
int  mqtt_box_thread_fd(const struct mqtt_box *b);	/* readable: look again */
/* Or until asked to end, or until an alarm has come that nobody tried to send yet. */
void mqtt_box_wait(struct mqtt_box *b, uint64_t until_ms);
void mqtt_box_calm(struct mqtt_box *b);			/* it is being tried */
bool mqtt_box_has_twin(struct mqtt_box *b);
bool mqtt_box_is_urgent(struct mqtt_box *b);
void mqtt_box_drain(struct mqtt_box *b);		/* makes thread_fd unreadable */
bool mqtt_box_is_stopping(struct mqtt_box *b);
void mqtt_box_ended(struct mqtt_box *b);

/* There is a connection: every retained message is to be sent, alarms first, and in the
 * order of the table. */
void mqtt_box_online(struct mqtt_box *b);
/* There is none (any more): what is not retained and waits is dropped.  `told` false:
 * the loop knows this reason already. */
void mqtt_box_offline(struct mqtt_box *b, const char *reason, bool tell);

/* False: nothing waits; or only what is no alarm, and `alarms_only`. */
bool mqtt_box_take(struct mqtt_box *b, struct mqtt_out *out, bool alarms_only);
void mqtt_box_acknowledged(struct mqtt_box *b, uint32_t ticket);
void mqtt_box_dropped(struct mqtt_box *b, int messages);
void mqtt_box_refused(struct mqtt_box *b);
void mqtt_box_rejected(struct mqtt_box *b);
void mqtt_box_arrived(struct mqtt_box *b, const struct mqtt_event *e);	/* copied */
/* The filter of this number, valid as long as the box; NULL if there are fewer. */
const char *mqtt_box_filter(struct mqtt_box *b, int i, bool *commands);

/* The monotonic clock. */
uint64_t mqtt_now_ms(void);

#endif
