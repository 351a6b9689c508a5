/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_reach.h -- does anybody answer there? */
#ifndef DAEMON_MQTT_REACH_H
#define DAEMON_MQTT_REACH_H

/* Waits at most wait_ms (after the name has resolved) for a TCP connection, and closes
 * it.  0, or an errno.  A name that does not resolve is 0: who connects will say so. */
int mqtt_reach(const char *host, int port, int wait_ms);

#endif
