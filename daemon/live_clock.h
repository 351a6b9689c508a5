/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * live_clock.h -- from a radio's clock to the host's, packet by packet.
 *
 * A radio knows better than we when a packet came, but its clock starts anywhere, wraps
 * and drifts, and what it says arrives late by a time that jumps about.  The delay of the
 * fastest delivery is nearly constant, so that one is tracked: at once when a delivery
 * was faster, slowly upwards otherwise, as clocks drift apart.  (The lower envelope of
 * one-way delays: Paxson 1998.) */
#ifndef DAEMON_LIVE_CLOCK_H
#define DAEMON_LIVE_CLOCK_H

#include "daemon/formats/clock.h"

#define LIVE_CLOCK_DRIFT_PPM 200	/* clocks drift apart no faster */
#define LIVE_CLOCK_APART_US  1000000	/* further apart: the radio's clock was set */

/* All zero: nothing was seen yet. */
struct live_clock {
	struct source_clock radio;	/* unwrapped */
	bool     placed;
	int64_t  offset_us;		/* from the radio's to the host's, with the fastest delivery */
	uint64_t radio_us;		/* the last stamp */
	uint64_t now_us;		/* what came out last */
	uint64_t resets;		/* times the radio's clock was set */
};

/* Time on the host's clock of a packet that the radio stamped `raw` (of `bits`, as in
 * source_clock_us()) and that arrived at host_us, which never goes back.  Never goes back,
 * and never lies after host_us. */
uint64_t live_clock_us(struct live_clock *c, uint64_t raw, int bits, uint64_t host_us);

#endif
