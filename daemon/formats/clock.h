/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * clock.h -- a source's clock, made continuous.
 *
 * Radios count microseconds in 32 bits, which wrap every 71.6 minutes, and start
 * again when they restart.  Time that comes out never goes back. */
#ifndef DAEMON_FORMATS_CLOCK_H
#define DAEMON_FORMATS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct source_clock {
	bool     started;
	uint64_t last_raw;
	uint64_t now_us;	/* what came out last */
	uint64_t resets;	/* times the source's clock went back */
};

/* Time of a packet stamped `raw` by a clock of `bits` (32, 63 or 64).  The first stamp
 * becomes 0; a 64-bit one stays as it is.  raw must be below 2^bits.
 * A clock that goes back was reset: time goes on 1 ms after the packet before, and
 * the reset is counted; one step back of less than 20 ms is two packets delivered
 * in the wrong order and gives the same time twice.  A stamp beyond 2^62 µs is taken
 * for a reset too. */
uint64_t source_clock_us(struct source_clock *c, uint64_t raw, int bits);

#endif
