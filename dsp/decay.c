/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Half values of the possible fields, in radians of wavenumber times distance: 1.1 where both
 * legs of the path are diffuse, 1.5 to 1.8 where one is direct; 1.3 is within a quarter of all.  The quarter says the
 * same sooner, with less of where the rise ends in it; it counts unless it is too soon for the packets.
 *
 * Fooled by: two people (the faster one counts more), rotating things. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/decay.h"

#define QUARTER     0.87f
#define HALF        1.3f
#define FADE        0.99f	/* per cell of 5 ms: half a second */
#define SHORT_HZ    120.0f	/* packets from which those are filled; for fewer, cells are twice as long */
#define SHORT_LEAVE 0.95f	/* of that: short ones are left only below, or they would change at every breath of the rate */
#define FILLED_MIN  0.6f	/* of the cells, or the short lags are not there */
#define FASTEST     1.5f	/* cells to the quarter or half, at least: faster is not resolved */
#define WALK_M_S    1.4f	/* who walks is not faster */
#define PLATEAU     12	/* cells: from here the function has risen, if it ever does */
#define MIDDLE      8	/* cells about half of the lags, over which the waves of the function cancel */
#define FLAT        0.6f	/* the rise there over that at the end: it has risen */
#define PACKETS_MAX 4096	/* in a cell, as in stir.c */
#define LIGHT_M_S   299792458.0f

int decay_init(struct decay *d, int power_streams, float freq_hz)
{
	memset(d, 0, sizeof(*d));
	if (power_streams < 1 || power_streams > POWER_MAX_STREAMS || !(freq_hz > 0))
		return -EINVAL;
	d->group = (power_streams + DECAY_STREAMS - 1) / DECAY_STREAMS;
	d->streams = power_streams / d->group;
	d->wavenumber = 6.2831853f * freq_hz / LIGHT_M_S;
	d->cell_us = DECAY_CELL_US;
	return 0;
}

void decay_reset(struct decay *d)
{
	struct decay empty = { .streams = d->streams, .group = d->group, .wavenumber = d->wavenumber,
		.cell_us = d->cell_us };

	*d = empty;
}

void decay_suit(struct decay *d, float rate_hz)
{
	bool is_short = d->cell_us == DECAY_CELL_US;
	bool fills = rate_hz > SHORT_HZ * (is_short ? SHORT_LEAVE : 1);

	if (fills == is_short)
		return;
	d->cell_us = fills ? DECAY_CELL_US : 2 * DECAY_CELL_US;
	decay_reset(d);
}

/* Per cell. */
static float fade(const struct decay *d)
{
	return d->cell_us == DECAY_CELL_US ? FADE : FADE * FADE;
}

static void compare(struct decay *d, uint64_t number, const int16_t *row)
{
	float keep = fade(d);

	for (uint64_t lag = 1; lag <= DECAY_LAGS && lag <= number; lag++) {
		int at = (int)((number - lag) % (DECAY_LAGS + 1));
		uint32_t sum = 0;	/* holds 16 squares of POWER_MAX */

		if (d->number[at] != number - lag + 1)
			continue;
		for (int k = 0; k < DECAY_STREAMS; k++) {	/* all of them: what is not used is 0, and compilers like it */
			int32_t v = row[k] - d->row[at][k];

			sum += (uint32_t)(v * v);
		}
		d->rise[lag - 1] = keep * d->rise[lag - 1] + (1 - keep) * (float)sum;
		d->weight[lag - 1] = keep * d->weight[lag - 1] + (1 - keep);
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
	d->filled += 1 - fade(d);
}

void decay_push(struct decay *d, uint64_t time_us, const int16_t *x)
{
	uint64_t cell = time_us / d->cell_us;

	if (cell - d->cell > 1000000 / d->cell_us) {	/* a second: nothing of before counts */
		decay_reset(d);
		d->cell = cell;
	}
	if (cell != d->cell) {
		if (d->packets)
			end_cell(d);
		for (; d->cell < cell; d->cell++)
			d->filled *= fade(d);
	}
	if (d->packets == PACKETS_MAX)
		return;
	d->packets++;
	for (int k = 0; k < d->streams; k++)
		for (int i = 0; i < d->group; i++)
			d->sum[k] += x[k * d->group + i];
}

/* The first lag, in cells, at which so much of the rise is done; 0: none. */
static float lag_of(const float *rise, float start, float end, float share)
{
	float level = start + (end - start) * share, before = start;

	for (int l = 0; l < DECAY_LAGS; l++) {
		if (rise[l] >= level)
			return (float)l + (level - before) / fmaxf(rise[l] - before, 1e-6f);
		before = rise[l];
	}
	return 0;
}

float decay_speed_m_s(const struct decay *d, bool *carries)
{
	float rise[DECAY_LAGS], start, middle = 0, end = 0, lag, per_cell = d->wavenumber * (float)d->cell_us * 1e-6f;

	*carries = d->filled >= FILLED_MIN && d->weight[0] > 0.3f && HALF / (per_cell * FASTEST) > WALK_M_S;
	if (!*carries)
		return NAN;
	for (int l = 0; l < DECAY_LAGS; l++) {
		if (!(d->weight[l] > 0.1f))
			return NAN;
		rise[l] = d->rise[l] / d->weight[l];
		middle += abs(l - DECAY_LAGS / 2) <= MIDDLE / 2 ? rise[l] / (MIDDLE + 1) : 0;
		end += l >= PLATEAU ? rise[l] / (DECAY_LAGS - PLATEAU) : 0;
	}
	/* what noise does it does at once; movement begins with the square of the lag */
	start = fmaxf(0, (4 * rise[0] - rise[1]) / 3);
	if (middle - start < FLAT * (end - start))
		return NAN;	/* still rising: slower than we look, or no movement */
	lag = lag_of(rise, start, end, 0.25f);
	if (lag >= FASTEST)
		return QUARTER / (per_cell * lag);
	lag = lag_of(rise, start, end, 0.5f);
	return lag >= FASTEST ? HALF / (per_cell * lag) : NAN;
}
