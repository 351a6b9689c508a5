/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/mt76_pace.h"

#define FIRST       4			/* records to ask for when nothing is known */
#define HOLD_LEAST  100000.0		/* µs that stay in the queue: traffic pauses for less all the time ... */
#define HOLD_MOST   1000000.0
#define HOLD_GAPS   8			/* ... or so many mean distances, if that is more */
#define EXTRA_US    20000		/* more each time it ran empty ... */
#define EXTRA_MOST  500000		/* ... up to this, until the clocks are compared again */
#define WAIT_LEAST  50000		/* between two looks into an empty queue, doubled ... */
#define WAIT_MOST   1000000		/* ... up to this: it must gather more than one record */
#define GAP_MOST_US 1000000.0		/* a longer one is silence, not spacing */
#define MEMORY      64			/* records */
#define JUMP_US     10000000u		/* further, and back, is another clock */
#define DRIFT_US    60000		/* 200 ppm in a period */

unsigned mt76_pace_ask(struct mt76_pace *p, uint64_t now_us)
{
	double age_us, hold_us, n;

	p->got = 0;
	p->emptying = false;
	if (now_us < p->wait_until_us)
		return p->asked = 0;
	if (!p->known || p->spacing_us <= 0)
		return p->asked = FIRST;
	if (now_us - p->emptied_us > MT76_PACE_PERIOD_US) {
		p->emptying = true;
		return p->asked = MT76_PACE_MOST;
	}
	age_us = (double)((int64_t)now_us + p->fresh_us - (int64_t)p->newest_us);
	hold_us = HOLD_GAPS * p->spacing_us;
	hold_us = hold_us < HOLD_LEAST ? HOLD_LEAST : hold_us > HOLD_MOST ? HOLD_MOST : hold_us;
	n = (age_us - hold_us - (double)p->extra_us) / p->spacing_us;
	return p->asked = n < 1 ? 0 : n > MT76_PACE_MOST ? MT76_PACE_MOST : (unsigned)n;
}

static void forget(struct mt76_pace *p, uint32_t stamp, uint64_t now_us)
{
	p->known = true;
	p->last_stamp = stamp;
	p->newest_us = UINT64_C(1) << 40;	/* far enough from 0 */
	p->fresh_us = (int64_t)p->newest_us - (int64_t)now_us;
	p->emptied_us = now_us;
}

void mt76_pace_record(struct mt76_pace *p, uint32_t stamp, uint64_t now_us)
{
	uint32_t ahead = stamp - p->last_stamp;
	int64_t fresh_us;

	p->got++;
	if (!p->known) {
		forget(p, stamp, now_us);
		return;
	}
	if (ahead >= 0x80000000u && p->last_stamp - stamp < JUMP_US)
		return;			/* two transmitters' records in the wrong order */
	if (ahead > JUMP_US) {
		forget(p, stamp, now_us);
		return;
	}
	if (ahead < GAP_MOST_US)	/* the first one makes a rough mean */
		p->spacing_us += ((double)ahead - p->spacing_us) / (p->spacing_us > 0 ? MEMORY : 1);
	p->last_stamp = stamp;
	p->newest_us += ahead;
	fresh_us = (int64_t)p->newest_us - (int64_t)now_us;
	if (fresh_us > p->fresh_us)
		p->fresh_us = fresh_us;
}

/* The newest record there is was just seen: our clocks are compared. */
static void emptied(struct mt76_pace *p, uint64_t now_us)
{
	int64_t fresh_us = (int64_t)p->newest_us - (int64_t)now_us;
	int64_t least_us = p->fresh_us - DRIFT_US;	/* there may be a pause in the traffic */

	p->fresh_us = fresh_us > least_us ? fresh_us : least_us;
	p->emptied_us = now_us;
	p->extra_us = 0;
}

void mt76_pace_end(struct mt76_pace *p, bool full, uint64_t now_us)
{
	bool empty = p->got < p->asked && !full;

	if (!empty || p->got) {
		p->wait_us = 0;
		p->wait_until_us = 0;
	}
	if (!empty)
		return;
	if (p->emptying && p->known) {
		emptied(p, now_us);
		return;
	}
	if (p->got) {
		p->ran_empty++;
		p->extra_us += p->extra_us < EXTRA_MOST ? EXTRA_US : 0;
		return;
	}
	p->wait_us = p->wait_us < WAIT_LEAST ? WAIT_LEAST : p->wait_us * 2 > WAIT_MOST ? WAIT_MOST : p->wait_us * 2;
	p->wait_until_us = now_us + p->wait_us;
}
