/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * recent.h -- how many events a second there were in the last second, to a tenth.
 *
 * All bytes zero is an empty one.  Time is µs of a clock that does not go back. */
#ifndef DAEMON_RECENT_H
#define DAEMON_RECENT_H

#include <stdint.h>

#define RECENT_SLOTS   10
#define RECENT_SLOT_US 100000

struct recent {
	uint16_t slot[RECENT_SLOTS + 1];	/* a ring; the newest is not over yet and does not count */
	uint64_t number;		/* of the newest: time / RECENT_SLOT_US */
};

void recent_add(struct recent *r, uint64_t now_us);
float recent_hz(const struct recent *r, uint64_t now_us);

#endif
