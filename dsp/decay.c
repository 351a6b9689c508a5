/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Half values of the possible fields, in radians of wavenumber times distance: 1.1 where both
 * legs of the path are diffuse, 1.5 to 1.8 where one is direct; 1.3 is within a quarter of all.
 *
 * Fooled by: two people (the faster one counts more), rotating things. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/decay.h"

#define QUARTER     0.87f
#define FADE        0.99f	/* per cell: half a second */
#define FILLED_MIN  0.6f	/* of the cells, or the short lags are not there */
#define FASTEST     1.5f	/* cells to the quarter, at least: faster is not resolved */
#define PLATEAU     12	/* cells: from here the function has risen, if it ever does */
#define FLAT        0.6f	/* the rise at half of the lags over that at the end: it has risen */
#define LIGHT_M_S   299792458.0f

int decay_init(struct decay *d, int power_streams, float freq_hz)
{
	memset(d, 0, sizeof(*d));
	if (power_streams < 1 || power_streams > POWER_MAX_STREAMS || !(freq_hz > 0))
		return -EINVAL;
	d->group = (power_streams + DECAY_STREAMS - 1) / DECAY_STREAMS;
	d->streams = power_streams / d->group;
	d->wavenumber = 6.2831853f * freq_hz / LIGHT_M_S;
	return 0;
}

void decay_reset(struct decay *d)
{
	struct decay empty = { .streams = d->streams, .group = d->group, .wavenumber = d->wavenumber };

	*d = empty;
}

static void compare(struct decay *d, uint64_t number, const int16_t *row)
{
	for (uint64_t lag = 1; lag <= DECAY_LAGS && lag <= number; lag++) {
		int at = (int)((number - lag) % (DECAY_LAGS + 1));
		int64_t sum = 0;

		if (d->number[at] != number - lag + 1)
			continue;
		for (int k = 0; k < d->streams; k++) {
			int32_t v = row[k] - d->row[at][k];

			sum += v * v;
		}
		d->rise[lag - 1] = FADE * d->rise[lag - 1] + (1 - FADE) * (float)sum;
		d->weight[lag - 1] = FADE * d->weight[lag - 1] + (1 - FADE);
	}
}

static void end_cell(struct decay *d)
{
	int at = (int)(d->cell % (DECAY_LAGS + 1));

	for (int k = 0; k < d->streams; k++) {
		d->row[at][k] = (int16_t)(d->sum[k] / (d->packets * d->group));
		d->sum[k] = 0;
	}
	d->packets = 0;
	d->number[at] = d->cell + 1;
	compare(d, d->cell, d->row[at]);
	d->filled += 1 - FADE;
}

void decay_push(struct decay *d, uint64_t time_us, const int16_t *x)
{
	uint64_t cell = time_us / DECAY_CELL_US;

	if (cell - d->cell > 200) {	/* a second: nothing of before counts */
		decay_reset(d);
		d->cell = cell;
	}
	if (cell != d->cell) {
		if (d->packets)
			end_cell(d);
		for (; d->cell < cell; d->cell++)
			d->filled *= FADE;
	}
	d->packets++;
	for (int k = 0; k < d->streams; k++)
		for (int i = 0; i < d->group; i++)
			d->sum[k] += x[k * d->group + i];
}

/* The first lag, in cells, at which a quarter of the rise is done; 0: none. */
static float quarter_way(const float *rise, float start, float end)
{
	float quarter = start + (end - start) / 4, before = start;

	for (int l = 0; l < DECAY_LAGS; l++) {
		if (rise[l] >= quarter)
			return (float)l + (quarter - before) / fmaxf(rise[l] - before, 1e-6f);
		before = rise[l];
	}
	return 0;
}

float decay_speed_m_s(const struct decay *d, bool *carries)
{
	float rise[DECAY_LAGS], start, end = 0, quarter;

	*carries = d->filled >= FILLED_MIN && d->weight[0] > 0.3f;
	if (!*carries)
		return NAN;
	for (int l = 0; l < DECAY_LAGS; l++) {
		if (!(d->weight[l] > 0.1f))
			return NAN;
		rise[l] = d->rise[l] / d->weight[l];
		end += l >= PLATEAU ? rise[l] / (DECAY_LAGS - PLATEAU) : 0;
	}
	/* what noise does it does at once; movement begins with the square of the lag */
	start = fmaxf(0, (4 * rise[0] - rise[1]) / 3);
	if (rise[DECAY_LAGS / 2 - 1] - start < FLAT * (end - start))
		return NAN;	/* still rising: slower than we look, or no movement */
	quarter = quarter_way(rise, start, end);
	return quarter >= FASTEST ? QUARTER / (d->wavenumber * quarter * DECAY_CELL_US * 1e-6f) : NAN;
}
