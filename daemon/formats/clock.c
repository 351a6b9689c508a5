/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/formats/clock.h"

#define REORDER_US 20000
#define RESET_STEP_US 1000
/* A 32-bit step of more than half the range is one back, not 36 minutes ahead. */
#define BACK_32 0x80000000u
/* No clock gets here (146,000 years): keeps sums of times from overflowing. */
#define LATEST_US (UINT64_C(1) << 62)

uint64_t source_clock_us(struct source_clock *c, uint64_t raw, int bits)
{
	uint64_t ahead = raw - c->last_raw;
	uint64_t back = c->last_raw - raw;
	bool went_back = raw < c->last_raw;

	if (!c->started) {
		c->started = true;
		c->last_raw = raw;
		c->now_us = bits != 64 || raw > LATEST_US ? 0 : raw;
		return c->now_us;
	}
	if (bits == 32) {
		ahead = (uint32_t)ahead;
		back = (uint32_t)back;
		went_back = ahead >= BACK_32;
	}
	if (went_back && back < REORDER_US)
		return c->now_us;
	if (went_back || ahead > LATEST_US || c->now_us + ahead > LATEST_US) {
		c->resets++;
		ahead = RESET_STEP_US;
	}
	c->last_raw = raw;
	c->now_us += ahead;
	return c->now_us;
}
