/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: loops of more than a minute or two, or of less than LEAST_MS, and those that somebody mixed with noise
 * of his own. */
#include <string.h>
#include "dsp/csi.h"
#include "dsp/repeat.h"

#define SAMPLES_MOST 256	/* of a packet are summed: more say no more */
#define PICK_US      1000000u	/* one packet is kept in so long, or in up to twice that */
#define MEAN_OF      64		/* packets, running */
#define GAP_US       1000000u	/* is no distance of packets */
#define LEAST_MS     1000u	/* what comes again sooner is a packet delivered twice, or of few values */
#define SLACK_MS     20u
#define SLACK_SHARE  1000u	/* of the lag */
#define TIMES_MOST   3		/* rounds: packets may have been lost in some */
#define SURE         4		/* kept packets that agree, */
#define AGREE_MOST   6		/* and so many are remembered */

void repeat_init(struct repeat *r)
{
	memset(r, 0, sizeof(*r));
}

static uint32_t sum_of(const struct csi_frame *f)
{
	int n = csi_samples(f), step = n / SAMPLES_MOST + 1;
	uint32_t sum = (uint32_t)n;

	for (int i = 0; i < n; i += step) {
		sum ^= (uint32_t)(uint16_t)f->samples[i].re << 16 | (uint16_t)f->samples[i].im;
		sum *= 0x9e3779b1u;
		sum ^= sum >> 15;
	}
	sum *= 0x85ebca6bu;
	return sum ^ sum >> 13;
}

/* The last zeros that a sum must have. */
static uint32_t pick(const struct repeat *r)
{
	uint32_t ones = 0;

	for (uint32_t us = r->interval_us; us && us <= PICK_US; us *= 2)
		ones = ones << 1 | 1;
	return ones;
}

static void note_interval(struct repeat *r, uint64_t time_us)
{
	uint64_t step = time_us - r->last_us;

	if (r->last_us && step < GAP_US)
		r->interval_us = r->interval_us ?
			(uint32_t)(((MEAN_OF - 1ull) * r->interval_us + step) / MEAN_OF) : (uint32_t)step;
	r->last_us = time_us;
}

/* Is that as many rounds of so long? */
static bool is_times(uint32_t long_ms, uint32_t short_ms)
{
	uint32_t times = (long_ms + short_ms / 2) / short_ms;
	uint32_t off = long_ms > times * short_ms ? long_ms - times * short_ms : times * short_ms - long_ms;

	return times <= TIMES_MOST && off <= SLACK_MS + long_ms / SLACK_SHARE;
}

/* A packet came again. */
static void agree(struct repeat *r, uint32_t lag_ms)
{
	if (r->agree && is_times(lag_ms, r->lag_ms)) {
		r->agree += r->agree < AGREE_MOST;
	} else if (r->agree && is_times(r->lag_ms, lag_ms)) {
		r->agree += r->agree < AGREE_MOST;
		r->lag_ms = lag_ms;
	} else {
		r->agree = 1;
		r->lag_ms = lag_ms;
	}
}

/* How long ago this packet came last; 0: never. */
static uint32_t last_time(const struct repeat *r, uint32_t sum, uint32_t now_ms)
{
	for (int i = 1; i <= r->fill; i++) {
		int at = (r->pos + REPEAT_KEPT - i) % REPEAT_KEPT;

		if (r->kept[at].sum == sum)
			return now_ms - r->kept[at].at_ms + (now_ms == r->kept[at].at_ms);
	}
	return 0;
}

static bool is_new(struct repeat *r, uint32_t sum)
{
	for (int i = 0; i < REPEAT_RECENT; i++)
		if (r->recent[i] == sum)
			return false;
	r->recent[r->turn] = sum;
	r->turn = (uint8_t)((r->turn + 1) % REPEAT_RECENT);
	return true;
}

/* Packets that come again with everything else. */
static void watch_loop(struct repeat *r, uint32_t sum, uint32_t now_ms)
{
	uint32_t lag_ms;

	if (sum & pick(r))
		return;
	lag_ms = last_time(r, sum, now_ms);
	if (lag_ms >= LEAST_MS)
		agree(r, lag_ms);
	else
		r->agree -= r->agree > 0;
	r->kept[r->pos].sum = sum;
	r->kept[r->pos].at_ms = now_ms;
	r->pos = (r->pos + 1) % REPEAT_KEPT;
	r->fill += r->fill < REPEAT_KEPT;
}

bool repeat_push(struct repeat *r, const struct csi_frame *f)
{
	uint32_t sum = sum_of(f);

	note_interval(r, f->time_us);
	watch_loop(r, sum, (uint32_t)(f->time_us / 1000));
	return is_new(r, sum);
}

float repeat_s(const struct repeat *r)
{
	return r->agree >= SURE ? (float)r->lag_ms * 1e-3f : 0;
}
