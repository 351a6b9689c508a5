/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * resync.h -- checksums of many overlapping stretches of a stream, in linear time.
 *
 * After damage, every sync word may start a record, and each claims up to 2 MiB.
 * Summing each claim anew makes a file of nothing but sync words cost the square of
 * its size.  Here the bytes are summed once: the checksum up to the read position
 * and those up to every RESYNC_STEP bytes ahead of it are kept, and that of a
 * stretch follows from those up to its two ends. */
#ifndef DAEMON_FORMATS_RESYNC_H
#define DAEMON_FORMATS_RESYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RESYNC_REACH (2 << 20)		/* no stretch is longer */
#define RESYNC_STEP  512
#define RESYNC_MARKS (RESYNC_REACH / RESYNC_STEP + 1)

/* All zero: idle.  Sums and positions count from where it was started. */
struct resync {
	bool     active;
	uint64_t at;			/* the read position */
	uint64_t ahead;			/* summed up to here, a multiple of RESYNC_STEP */
	uint32_t sum_at;		/* checksum of [0, at) */
	uint32_t mark[RESYNC_MARKS];	/* of [0, k * RESYNC_STEP), at k % RESYNC_MARKS */
};

/* Starts at the current read position. */
void resync_start(struct resync *r);

/* CRC-32 of the len bytes at p, which is the read position; len <= RESYNC_REACH. */
uint32_t resync_checksum(struct resync *r, const uint8_t *p, size_t len);

/* The read position moves over the `used` bytes at p.  Goes idle once everything
 * that was looked at lies behind it. */
void resync_skip(struct resync *r, const uint8_t *p, size_t used);

#endif
