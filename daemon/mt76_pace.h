/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * mt76_pace.h -- how many records to ask of a driver that loses one whenever it is asked
 * for more than it has.
 *
 * The versions of the driver up to 2025 return how many records are left in their queue,
 * and the kernel takes the 0 for "nothing came" and throws away the record that was just
 * written.  So the queue must not run empty: we leave in it what arrived lately.  How
 * much that is nobody says, but records are stamped: the time from the newest one we have
 * to now, on the radio's clock, tells how many wait.  That clock drifts against ours, so
 * every five minutes the queue is emptied after all, which costs one record, to see where
 * it stands.
 *
 * Pure: time comes in, numbers come out. */
#ifndef DAEMON_MT76_PACE_H
#define DAEMON_MT76_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define MT76_PACE_MOST      64		/* records of one request */
#define MT76_PACE_PERIOD_US 300000000	/* from one emptying to the next */

struct mt76_pace {
	bool     known;			/* the following hold */
	uint32_t last_stamp;		/* of the newest record */
	uint64_t newest_us;		/* the same on a radio's clock that does not wrap */
	int64_t  fresh_us;		/* the radio's clock minus ours */
	double   spacing_us;		/* mean, between records; 0: not known */

	unsigned asked;			/* of the request under way */
	uint64_t got;			/* records since it */
	bool     emptying;
	uint64_t emptied_us;		/* when the queue was empty last on purpose */
	uint64_t extra_us;		/* more is left in the queue, as it ran empty */
	uint64_t wait_until_us;		/* nothing was there: not before */
	unsigned wait_us;
	uint64_t ran_empty;		/* times that the queue did, which cost a record each */
};

/* How many records to ask for now, 0: none yet. */
unsigned mt76_pace_ask(struct mt76_pace *p, uint64_t now_us);

/* A record came that is stamped so, µs. */
void mt76_pace_record(struct mt76_pace *p, uint32_t stamp, uint64_t now_us);

/* The answer is complete.  `full`: it ended because no more fits into one. */
void mt76_pace_end(struct mt76_pace *p, bool full, uint64_t now_us);

#endif
