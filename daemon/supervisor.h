/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * supervisor.h -- who watches over us: systemd (sd_notify(3): READY, WATCHDOG, STOPPING
 * as datagrams to $NOTIFY_SOCKET), or procd (its service watchdog, fed with `ubus call`).
 *
 * The watchdog is fed from the event loop and from nowhere else, so that a loop that
 * hangs is what starves it. */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include <stdbool.h>
#include "daemon/loop.h"

struct supervisor;

/* Looks who is there: $NOTIFY_SOCKET and $WATCHDOG_USEC, or $SIXTH_PROCD_WATCHDOG (name
 * and seconds, "sixth 60", as our init script sets it).  Nobody: does nothing.  Everything
 * has been started: says so.  0 or -ENOMEM. */
int supervisor_open(struct supervisor **out, struct loop *l);

/* It is procd, and is fed by a program. */
bool supervisor_runs_programs(void);

/* Says that we are ending.  NULL is fine. */
void supervisor_close(struct supervisor *s);

#endif
