/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt.h -- to the broker and back, without ever holding up the radio.
 *
 * A broker can be away, slow, stopped, or behind a name that takes half a minute not
 * to resolve.  So everything that can wait happens in one thread (mqtt_thread.c): it
 * connects, stays connected, and comes back for ever (1 s, doubling to 60 s, with
 * jitter).  The functions below only exchange memory with that thread.
 *
 * What is retained is state: the latest payload of every retained topic is kept here
 * and sent again after each connect, because the broker may have forgotten it.  What
 * is not retained is an event of now: while there is no broker it is dropped and
 * counted.  Memory is bounded: MQTT_RETAINED_MAX topics, MQTT_QUEUE_MAX messages that
 * wait (a retained topic waits at most once, with its latest payload).  Alarms wait in a
 * queue of their own, which is emptied first; who publishes one keeps it until the
 * broker has confirmed it.
 *
 * The status topic is ours: "online" (retained, QoS 1) at each connect, "offline" as
 * the last will and when we close. */
#ifndef DAEMON_MQTT_H
#define DAEMON_MQTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MQTT_TOPIC_MAX    256		/* bytes, with the final 0 */
#define MQTT_PAYLOAD_MAX  24576		/* bytes; a room with all alarms takes 16 k of discovery */
#define MQTT_RETAINED_MAX (64 * 12 + 16)	/* a dozen for each of 64 rooms, ours */
#define MQTT_FILTERS_MAX  80
#define MQTT_ALARMS_MAX   128		/* events of alarms that wait */
#define MQTT_QUEUE_MAX    512		/* not retained ones that wait */
#define MQTT_QUEUE_BYTES  (256 * 1024)	/* and their payloads together */
#define MQTT_EVENTS_MAX   256
#define MQTT_BROKERS_MAX  4
#define MQTT_TWIN_MS      900000u	/* who speaks under our name is remembered for so long */
#define MQTT_CORRELATION_MAX 64	/* bytes; a request with more is not answered by it */

struct mqtt;

/* What is sent on a new line: "auto" tries MQTT 5 and falls back to 3.1.1. */
enum mqtt_protocol { MQTT_PROTOCOL_AUTO, MQTT_PROTOCOL_ONLY_5, MQTT_PROTOCOL_ONLY_3_1_1 };

struct mqtt_broker {
	const char *host;		/* name or address; NULL: no more brokers */
	int  port;
	bool tls;			/* certificate and host name are always checked */
};

/* All borrowed during mqtt_open(); NULL or "" is none, except where it says more.
 *
 * The brokers are tried in their order, and again from the first one when the
 * connection to any of them ends.  Files are read at each attempt to connect, so what
 * is renewed on disk counts from then on. */
struct mqtt_options {
	struct mqtt_broker broker[MQTT_BROKERS_MAX];
	enum mqtt_protocol protocol;
	const char *ca_file;		/* PEM; none: the system's */
	const char *cert_file, *key_file;	/* PEM: who we are */
	const char *crl_file;		/* PEM: certificates that are revoked */
	const char *psk_identity, *psk_key;	/* in place of certificates; key in hex */
	const char *user, *password;
	const char *client_id;
	const char *status_topic;	/* none: this client only listens */
	const char *boot_id;		/* MQTT 5: a property of each message */
	const char *mark_file;		/* "auto": brokers whose MQTT 5 ended us (mqtt_mark.h) */
	int         keepalive_s;
	int         retry_min_ms, retry_max_ms;	/* 0: 1000 and 60000 */
	int         yield_ms;			/* to another with our id; 0: 600000 */
};

/* A message to be sent; borrowed during the call. */
struct mqtt_message {
	const char *topic;
	const char *payload;
	int  qos;
	bool retain;
	/* MQTT 5 only, without meaning on 3.1.1: */
	int  expiry_s;			/* the broker forgets it after that; 0: never */
	const void *correlation;	/* of the request that this answers */
	size_t correlation_bytes;	/* at most MQTT_CORRELATION_MAX */
};

enum mqtt_event_kind {
	MQTT_CONNECTED,
	MQTT_DISCONNECTED,		/* or could not connect: once for each reason */
	MQTT_MESSAGE,			/* of a topic we subscribed to */
	MQTT_ACKNOWLEDGED,		/* the broker has a QoS 1 message */
};

/* Borrowed during the call. */
struct mqtt_event {
	enum mqtt_event_kind kind;
	const char *reason;		/* disconnected: what, and what to do */
	const char *topic, *payload;	/* message; payload ends in a 0 that does not count */
	size_t      payload_bytes;
	bool        retained;		/* message: it is old; commands ignore those */
	const char *response_topic;	/* message, MQTT 5: where the sender wants the answer */
	const void *correlation;	/* and what it wants to find there; NULL: nothing */
	size_t      correlation_bytes;
	uint32_t    ticket;		/* acknowledged: what mqtt_publish() returned */
	uint32_t    session;		/* connected: the number of this connection */
};

struct mqtt_stats {
	uint64_t connects;
	uint64_t published;		/* handed to the network */
	uint64_t acknowledged;		/* of those with QoS 1 */
	uint64_t dropped;		/* no broker, no room, too long; never retained ones
					 * unless their table was full */
	uint64_t rejected;		/* of those published: the broker said no (MQTT 5) */
	uint64_t refused;		/* attempts to connect that failed */
	uint64_t events_lost;		/* that mqtt_poll() was too late for */
	uint64_t messages_lost;		/* those of them that were messages, not acknowledgements and the like */
};

/* Starts the thread.  0 or -errno; that the broker is not there is no error.  One
 * mqtt_open() must return before another thread calls it too. */
int mqtt_open(struct mqtt **out, const struct mqtt_options *o);

/* Sends what still waits, then "offline", and says goodbye: at most 2 s, then the
 * connection is cut and the broker sends the last will.  Never hangs: a thread that
 * is stuck in name resolution is left behind with its memory.  NULL is fine. */
void mqtt_close(struct mqtt *m);

/* Hands over a message; copied.  Never blocks.  Returns a ticket, or 0 if the message
 * was dropped.  A retained message is never dropped while the table has room; if a newer
 * one replaces it before it was sent, only the newer one's ticket is acknowledged, and
 * after a reconnect the ticket is acknowledged (again).  An empty retained payload
 * clears the topic at the broker. */
uint32_t mqtt_send(struct mqtt *m, const struct mqtt_message *msg);
uint32_t mqtt_publish(struct mqtt *m, const char *topic, const char *payload, int qos, bool retain);

/* The same for alarms, QoS 1, ahead of everything that is none.  A retained one is kept
 * in the table like others.  One that is not, is taken only while `session`, the number
 * of the last connection the caller knows of, is the one that holds: so what it sends
 * again after a new connection cannot be overtaken by what it sent in between.  0: not
 * taken, which is counted nowhere; send it again when it is MQTT_CONNECTED. */
uint32_t mqtt_publish_alarm(struct mqtt *m, uint32_t session, const char *topic,
			    const char *payload, bool retain);

/* Makes the broker forget a topic that is not ours to keep: one that an earlier run
 * retained.  False: no broker, or too much waits; try again later. */
bool mqtt_clear(struct mqtt *m, const char *topic);

/* Sends everything retained once more: somebody has come who missed it. */
void mqtt_resend(struct mqtt *m);

/* Another client speaks under our name: when it takes our place again, we stay away for long,
 * as two that throw each other out reach nobody. */
void mqtt_twin(struct mqtt *m);

/* So many alarms wait for the broker: one more than before is worth an attempt to connect at
 * once, and while any waits nobody stays away for long. */
void mqtt_urgent(struct mqtt *m, int alarms);

/* Subscribes with QoS 1, now and after each connect.  0 or -ENOSPC, -ENOMEM. */
int mqtt_subscribe(struct mqtt *m, const char *filter);

/* The same for commands: on MQTT 5 `retained` is told of one that its sender wants kept, also
 * when it comes fresh.  On 3.1.1 only of one that the broker had kept. */
int mqtt_subscribe_commands(struct mqtt *m, const char *filter);

/* Readable when mqtt_poll() has something to hand over.  Owned by m. */
int mqtt_fd(const struct mqtt *m);

/* Calls `on_event` for what has arrived, at most MQTT_EVENTS_MAX events. */
void mqtt_poll(struct mqtt *m, void (*on_event)(void *owner, const struct mqtt_event *e), void *owner);

bool mqtt_connected(struct mqtt *m);
struct mqtt_stats mqtt_stats(struct mqtt *m);

#endif
