/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wallclock.h -- both clocks, and whether the one on the wall can be believed. */
#ifndef DAEMON_WALLCLOCK_H
#define DAEMON_WALLCLOCK_H

#include "daemon/alarm.h"

/* µs since 1970. */
uint64_t wallclock_us(void);

/* Now.  `synced` is what the kernel says, which is what NTP told it: a router without a
 * battery wakes up in the past.  `trusted`: it is right although nothing keeps it so. */
struct alarm_clock wallclock_now(bool trusted);

/* The same for a room, whatever its own clock says: who reads `time` compares it with now,
 * also a recording is sensed today. */
uint64_t wallclock_of_room(void *owner, uint64_t now_us);

#endif
