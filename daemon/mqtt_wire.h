/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_wire.h -- one connection to one broker, in one version of MQTT; mqtt_wire.c
 * alone knows libmosquitto.
 *
 * Used by one thread.  wire_open() may wait: for a name, for the network.  After that
 * the caller waits for wire_fd() and calls wire_turn(), from inside of which the
 * handler is called.  The handler may call wire_publish() and wire_subscribe(), but
 * not close the wire.
 *
 * Functions that return an enum mqtt_end return MQTT_END_NONE as long as the
 * connection lives; if not, wire_failure() says the rest. */
#ifndef DAEMON_MQTT_WIRE_H
#define DAEMON_MQTT_WIRE_H

#include "daemon/mqtt_box.h"
#include "daemon/mqtt_reason.h"

struct wire;

struct wire_handler {
	void (*connected)(void *owner);
	/* The broker has a message; `accepted` false: it says that it did not take it. */
	void (*delivered)(void *owner, int mid, bool accepted);
	void (*arrived)(void *owner, const struct mqtt_event *e);	/* a message */
	void (*filter_refused)(void *owner);
	void *owner;
};

/* The library as a whole, before the first wire and after the last. */
void wire_library_init(void);
void wire_library_free(void);
int  wire_library_version(void);		/* 2000011: 2.0.11 */

/* Connects to o->broker[broker], with MQTT 5 or 3.1.1.  *out is set in any case, and
 * closed by wire_close(); `o` and `handler` are borrowed until then. */
enum mqtt_end wire_open(struct wire **out, const struct mqtt_options *o, int broker, bool v5,
			const struct wire_handler *handler);
void wire_close(struct wire *w);		/* without a goodbye; NULL is fine */
void wire_goodbye(struct wire *w);		/* tells the broker to forget the last will */

int  wire_fd(struct wire *w);			/* -1: there is none any more */
bool wire_wants_write(struct wire *w);
enum mqtt_end wire_turn(struct wire *w, bool readable, bool writable);

/* *mid is set before delivered() can be called from inside of this.  *taken false: the
 * message cannot be sent to this broker, and `why` says that (static). */
enum mqtt_end wire_publish(struct wire *w, const struct mqtt_out *out, int *mid, const char **why);
/* `commands`: where the broker can, it tells of each message whether its sender wants it kept. */
enum mqtt_end wire_subscribe(struct wire *w, const char *filter, bool commands);

/* Fills what is known about the end: error, answer, detail (lives as long as w). */
void wire_failure(const struct wire *w, struct mqtt_failure *f);

#endif
