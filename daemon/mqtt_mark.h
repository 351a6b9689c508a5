/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_mark.h -- brokers whose MQTT 5 has ended this process once.
 *
 * libmosquitto 2.0.11 ends the process by an assertion when a broker sends a property of
 * MQTT 5 that it does not know.  Nothing can be saved then, but what to do better: while a
 * connection of MQTT 5 lives, the way to a file is prepared, and if the library gives up,
 * the broker is noted there.  The next run speaks 3.1.1 to it, which has no properties.
 *
 * A note counts for the version of the library that it was made with.  Whoever removes the
 * file has MQTT 5 tried again. */
#ifndef DAEMON_MQTT_MARK_H
#define DAEMON_MQTT_MARK_H

#include <stdbool.h>

#define MQTT_MARK_FILE "mqtt5.broken"	/* in the state folder */

/* The broker is noted in this file, with this version of the library. */
bool mqtt_mark_has(const char *path, const char *host, int port, int library);

/* From now on SIGABRT in the calling thread notes the broker, before it does what it always
 * does.  One thread of a process at a time. */
void mqtt_mark_arm(const char *path, const char *host, int port, int library);
void mqtt_mark_disarm(void);

#endif
