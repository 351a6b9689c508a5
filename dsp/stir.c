/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The structure function is Kolmogorov's (1941) way to look at what has no fixed frequency;
 * a spectrum of half a second would tell the same, with more work and less time resolution.
 *
 * A single bad packet (an interferer, a wrong gain) makes one row differ from both its
 * neighbours, which are alike: it is replaced by their mean.  Movement never looks so: where
 * neighbours differ, those two rows apart do so even more.
 *
 * Fooled by: interference that lasts, and anything else that moves. */
#include <errno.h>
#include <string.h>
#include "dsp/stir.h"

const int stir_lag_rows[STIR_LAGS] = { 1, 2, 3, 5, 8, 12, 20 };

#define BLOCK_ROWS  50		/* 2.5 s */
#define SPIKE       4.0f	/* so much more unlike both neighbours than they are each other */
#define NOISE_BIAS  1.3f	/* the least of 50 means of a noise is below its mean */
#define NOISE_LEAST 1e-6f	/* quantisation alone makes as much */

int stir_init(struct stir *s, int streams)
{
	if (streams < 1 || streams > POWER_MAX_STREAMS)
		return -EINVAL;
	memset(s, 0, sizeof(*s));
	s->streams = streams;
	return 0;
}

void stir_reset(struct stir *s)
{
	s->packets = 0;
	s->rows = 0;
	s->raws = 0;
	s->block_rows = 0;
	memset(s->sum, 0, sizeof(s->sum));
}

static int place(uint64_t number)
{
	return (int)(number % STIR_HISTORY);
}

static float difference(const struct stir *s, const int16_t *a, const int16_t *b)
{
	int64_t sum = 0;

	for (int k = 0; k < s->streams; k++) {
		int32_t d = a[k] - b[k];

		sum += d * d;
	}
	return (float)sum / ((float)s->streams * POWER_MEAN * POWER_MEAN);
}

/* Puts right the row before the newest, if it is the odd one of three. */
static void despike(struct stir *s)
{
	int16_t *odd = s->row[place(s->have - 1)];
	const int16_t *before = s->row[place(s->have - 2)], *after = s->row[place(s->have)];
	float alike = difference(s, before, after);

	if (s->rows < 3 || difference(s, odd, before) <= SPIKE * alike || difference(s, odd, after) <= SPIKE * alike)
		return;
	for (int k = 0; k < s->streams; k++)
		odd[k] = (int16_t)((before[k] + after[k]) / 2);
}

static void look_for_noise(struct stir *s, float level)
{
	float *now = &s->block[s->blocks % STIR_BLOCKS];

	if (!s->block_rows || level < *now)
		*now = level;
	if (++s->block_rows < BLOCK_ROWS)
		return;
	s->block_rows = 0;
	s->blocks = s->blocks + 1 < 2 * STIR_BLOCKS ? s->blocks + 1 : STIR_BLOCKS;
}

/* The levels of the row before the newest, which is final now. */
static void compute_levels(struct stir *s)
{
	uint64_t number = s->have - 1;
	float *level = s->level[place(number)];
	int slot = (int)(number % STIR_SMOOTH);

	if (s->raws < STIR_SMOOTH)
		s->raws++;
	for (int l = 0; l < STIR_LAGS; l++) {
		int lag = stir_lag_rows[l] < s->rows - 2 ? stir_lag_rows[l] : s->rows - 2;
		float sum = 0;

		s->raw[l][slot] = lag > 0 ? difference(s, s->row[place(number)], s->row[place(number - (uint64_t)lag)]) : 0;
		for (int i = 0; i < s->raws; i++)
			sum += s->raw[l][(slot + STIR_SMOOTH - i) % STIR_SMOOTH];
		level[l] = sum / (float)s->raws;
	}
	s->newest = number;
	if (s->raws == STIR_SMOOTH && s->rows > STIR_SMOOTH + 2)
		look_for_noise(s, level[0]);
}

static void add_row(struct stir *s, uint64_t number, const int16_t *x, bool missing)
{
	s->have = number;
	memcpy(s->row[place(number)], x, sizeof(s->row[0]));
	s->missing[place(number)] = missing;
	if (s->rows < STIR_HISTORY)
		s->rows++;
	if (s->rows < 2)
		return;
	despike(s);
	compute_levels(s);
}

/* Straight lines over rows without a packet. */
static void bridge(struct stir *s, uint64_t to, const int16_t *x)
{
	int16_t from[POWER_MAX_STREAMS], y[POWER_MAX_STREAMS];
	int steps = (int)(to - s->have);

	memcpy(from, s->row[place(s->have)], sizeof(from));
	for (int i = 1; i < steps; i++) {
		for (int k = 0; k < s->streams; k++)
			y[k] = (int16_t)(from[k] + (x[k] - from[k]) * i / steps);
		add_row(s, s->have + 1, y, true);
	}
}

/* Closes the row in the making.  How many rows became known. */
static int end_row(struct stir *s)
{
	int16_t x[POWER_MAX_STREAMS] = { 0 };
	int before = s->rows > 1 ? 1 : 0;
	uint64_t known = s->newest;

	for (int k = 0; k < s->streams; k++) {
		x[k] = (int16_t)((s->sum[k] + s->packets / 2) / s->packets);
		s->sum[k] = 0;
	}
	s->packets = 0;
	if (s->rows && s->cell - s->have > STIR_FILL + 1) {
		stir_reset(s);
		before = 0;
	}
	if (s->rows)
		bridge(s, s->cell, x);
	add_row(s, s->cell, x, false);
	if (s->rows < 2)
		return 0;
	return before ? (int)(s->newest - known) : s->rows - 1;
}

int stir_push(struct stir *s, uint64_t time_us, const int16_t *x)
{
	uint64_t cell = time_us / STIR_ROW_US;
	int known = 0;

	if (s->packets && cell != s->cell)
		known = end_row(s);
	s->cell = cell;
	s->packets++;
	for (int k = 0; k < s->streams; k++)
		s->sum[k] += x[k];
	return known;
}

int stir_rows(const struct stir *s)
{
	return s->rows > 1 ? s->rows - 1 : 0;
}

uint64_t stir_time_us(const struct stir *s)
{
	return s->newest * STIR_ROW_US + STIR_ROW_US / 2;
}

const float *stir_level(const struct stir *s, int back)
{
	return s->level[place(s->newest - (uint64_t)back)];
}

const int16_t *stir_row(const struct stir *s, int back)
{
	return s->row[place(s->newest - (uint64_t)back)];
}

int stir_missing(const struct stir *s, int from, int to)
{
	int n = 0;

	for (int back = to; back <= from && back < stir_rows(s); back++)
		n += s->missing[place(s->newest - (uint64_t)back)];
	return n;
}

float stir_noise(const struct stir *s)
{
	int n = s->blocks < STIR_BLOCKS ? s->blocks : STIR_BLOCKS;
	float least = s->block[s->blocks % STIR_BLOCKS];
	bool any = s->block_rows > 0;

	for (int i = 0; i < n; i++)
		if (!any || s->block[i] < least) {
			least = s->block[i];
			any = true;
		}
	return any && NOISE_BIAS * least > NOISE_LEAST ? NOISE_BIAS * least : NOISE_LEAST;
}
