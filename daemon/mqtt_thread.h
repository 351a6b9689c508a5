/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mqtt_thread.h -- what runs in the network thread: one connection after the other. */
#ifndef DAEMON_MQTT_THREAD_H
#define DAEMON_MQTT_THREAD_H

#include "daemon/mqtt_box.h"

struct mqtt_thread;

/* Copies all of `o`.  NULL: out of memory. */
struct mqtt_thread *mqtt_thread_create(struct mqtt_box *box, const struct mqtt_options *o);
void mqtt_thread_free(struct mqtt_thread *t);		/* one that never ran; NULL is fine */

/* Runs until the box is told to stop, then frees itself and leaves the box. */
void *mqtt_thread_run(void *thread);

#endif
