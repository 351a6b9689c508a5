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
#include <math.h>
#include <string.h>
#include "dsp/stir.h"

const int stir_lag_rows[STIR_LAGS] = { 1, 2, 3, 5, 8, 12, 20 };
const int stir_fast_ms[STIR_FAST] = { 10, 20, 40 };

#define BLOCK_ROWS  50		/* 2.5 s */
#define SPIKE       4.0f	/* so much more unlike both neighbours than they are each other */
#define NOISE_BIAS  1.3f	/* the least of 50 means of a noise is below its mean */
#define NOISE_LEAST 1e-6f	/* quantisation alone makes as much */
#define PACKETS_MAX 4096	/* in a row: more say no more, and sums wrap in the end where a clock stands still */
#define APART_US    7000u	/* nearer ones say nothing new, and cost time */

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
	s->least.rows = 0;
	memset(s->sum, 0, sizeof(s->sum));
	s->packet_count = 0;
	for (int l = 0; l < STIR_FAST; l++) {
		s->fast_least[l].rows = 0;
		s->fast_sum[l] = 0;
		s->fast_count[l] = 0;
	}
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

static void look_for_noise(struct stir_least *n, float level)
{
	float *now = &n->block[n->blocks % STIR_BLOCKS];

	if (!n->rows || level < *now)
		*now = level;
	if (++n->rows < BLOCK_ROWS)
		return;
	n->rows = 0;
	n->blocks = n->blocks + 1 < 2 * STIR_BLOCKS ? n->blocks + 1 : STIR_BLOCKS;
}

/* Below 0: nothing was seen yet. */
static float least(const struct stir_least *s)
{
	int n = s->blocks < STIR_BLOCKS ? s->blocks : STIR_BLOCKS;
	float least = s->rows ? s->block[s->blocks % STIR_BLOCKS] : -1;

	for (int i = 0; i < n; i++)
		if (least < 0 || s->block[i] < least)
			least = s->block[i];
	return least;
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
	if (s->raws < STIR_SMOOTH || s->rows <= STIR_SMOOTH + 2)
		return;
	look_for_noise(&s->least, level[0]);
	for (int l = 0; l < STIR_FAST; l++) {
		float fast = stir_fast(s, l, 0);

		if (fast >= 0)
			look_for_noise(&s->fast_least[l], fast);
	}
}

static void add_row(struct stir *s, uint64_t number, const int16_t *x, bool missing)
{
	s->have = number;
	memcpy(s->row[place(number)], x, sizeof(s->row[0]));
	s->missing[place(number)] = missing;
	for (int l = 0; l < STIR_FAST; l++)
		s->fast[place(number)][l] = missing || !s->fast_count[l] ? -1 : s->fast_sum[l] / (float)s->fast_count[l];
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
	memset(s->fast_sum, 0, sizeof(s->fast_sum));
	memset(s->fast_count, 0, sizeof(s->fast_count));
	if (s->rows < 2)
		return 0;
	return before ? (int)(s->newest - known) : s->rows - 1;
}

static int packet_place(const struct stir *s, int back)
{
	return (s->packet_at - 1 - back + 2 * STIR_PACKETS) % STIR_PACKETS;
}

/* The kept packet whose age is nearest to the lag and within 0.7 to 1.4 of it, or NULL. */
static const int16_t *packet_of_age(const struct stir *s, uint64_t time_us, uint64_t lag_us)
{
	const int16_t *best = NULL;
	uint64_t off = lag_us;

	for (int i = 0; i < s->packet_count; i++) {
		int at = packet_place(s, i);
		uint64_t age = time_us - s->packet_us[at], error = age > lag_us ? age - lag_us : lag_us - age;

		if (10 * age < 7 * lag_us || 10 * age > 14 * lag_us || error >= off)
			continue;
		best = s->packet[at];
		off = error;
	}
	return best;
}

static void compare_packets(struct stir *s, uint64_t time_us, const int16_t *x)
{
	if (s->packet_count && time_us - s->packet_us[packet_place(s, 0)] < APART_US)
		return;
	for (int l = 0; l < STIR_FAST; l++) {
		const int16_t *before = packet_of_age(s, time_us, 1000u * (unsigned)stir_fast_ms[l]);

		if (!before)
			continue;
		s->fast_sum[l] += difference(s, x, before);
		s->fast_count[l]++;
	}
	memcpy(s->packet[s->packet_at], x, sizeof(s->packet[0]));
	s->packet_us[s->packet_at] = time_us;
	s->packet_at = (s->packet_at + 1) % STIR_PACKETS;
	s->packet_count += s->packet_count < STIR_PACKETS;
}

int stir_push(struct stir *s, uint64_t time_us, const int16_t *x)
{
	uint64_t cell = time_us / STIR_ROW_US;
	int known = 0;

	if (s->packets && cell != s->cell)
		known = end_row(s);
	s->cell = cell;
	if (s->packets == PACKETS_MAX)
		return known;
	s->packets++;
	for (int k = 0; k < s->streams; k++)
		s->sum[k] += x[k];
	compare_packets(s, time_us, x);
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
	return fmaxf(NOISE_BIAS * least(&s->least), NOISE_LEAST);
}

float stir_fast(const struct stir *s, int lag, int back)
{
	float sum = 0;
	int n = 0;

	for (int i = 0; i < STIR_SMOOTH && back + i < stir_rows(s); i++) {
		float one = s->fast[place(s->newest - (uint64_t)(back + i))][lag];

		sum += one < 0 ? 0 : one;
		n += one >= 0;
	}
	return n ? sum / (float)n : -1;
}

float stir_fast_noise(const struct stir *s, int lag)
{
	float x = least(&s->fast_least[lag]);

	return x < 0 ? x : fmaxf(NOISE_BIAS * x, NOISE_LEAST);
}
