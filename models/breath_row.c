/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include "dsp/order.h"
#include "models/breath.h"
#include "models/breath_row.h"

#define PERIODS_MIN    2.5f	/* of the slowest rate that a window may show */
#define DRIFT_HZ       (10.0f / 60)
#define DRIFT_DB       6.0f
#define SWAY_DB        12.0f	/* that what may be sway must stand higher, at the slowest, */
#define ALONE_DB       11.0f	/* but bodies never sway so evenly that all else is so far below */
#define RATIO_NULL_DB  7.5f	/* chance reaches at least this, whatever the noise looks like: */
#define SINGLE_NULL_DB 9.0f	/* one chain has all the receiver's own errors in it */
#define WALK_NULL_DB   12.4f	/* of 40 bins spread exponentially one is so far over the median once in 4,000 */
#define FASTER_DB      6.0f	/* far above a breath is noise */
#define UNEVEN         0.12f	/* breaths differ by so much of their rate */
#define TOP_STEP_HZ    (0.02f / 60)
#define FLOOR_HZ       0.25f	/* half width of the neighbourhood that the floor is taken from */

float breath_row_chance_db(bool one_chain)
{
	return one_chain ? SINGLE_NULL_DB : RATIO_NULL_DB;
}

static bool harmonic(int j, int i, int within)
{
	int off = j % i;

	return off <= within || i - off <= within;
}

/* What is usual at bin i: the median of the bins around it, without the peak itself and its
 * harmonics.  What rises above the noise there (sway, drift) is a walk, whose power falls as
 * the square of the rate: far neighbours are taken for what they would be at i. */
static float local_floor(const struct rank1 *r, int i)
{
	int half = (int)(rank1_bin(r, FLOOR_HZ) + 0.5f);
	int peak = (int)(rank1_bin(r, 2 * r->rate_hz / (float)r->rows) + 0.5f);
	float near[RANK1_BINS];
	int n = 0;

	for (int j = i - half; j <= i + half; j++) {
		float way = (float)j / (float)i;

		if (j < 2 || j > r->noise_hi || abs(j - i) <= peak || (j > i && harmonic(j, i, peak / 2)))
			continue;
		near[n++] = r->noise + (r->lambda[j] - r->noise) * way * way;
	}
	return n ? fmaxf(order_select(near, n, n / 2), r->noise) : r->noise;
}

float breath_row_floor(const struct rank1 *r, float hz)
{
	return local_floor(r, (int)(rank1_bin(r, hz) + 0.5f)) / r->noise;
}

/* A single chain drifts with temperature and gain, all tones in step, over tens of seconds:
 * slow peaks must stand higher to be believed. */
static float drift_db(const struct rank1 *r, int i)
{
	float hz = (float)i * r->rate_hz / RANK1_LEN;

	return hz < DRIFT_HZ ? DRIFT_DB * (DRIFT_HZ - hz) / DRIFT_HZ : 0;
}

/* By how much a peak must stand higher over this floor than over the receivers' noise, which
 * is steady since it is a mean over many streams.  A body that sways is one waveform in all of
 * them, whose bins are spread exponentially. */
static float unsteady_db(const struct rank1 *r, bool one_chain, float floor)
{
	return (1 - r->noise / floor) * (WALK_NULL_DB - breath_row_chance_db(one_chain));
}

/* Of rates too slow for the window nothing can be said; nor of the flank above them, if it
 * rises towards them: its peak is one of those.  And what stands at half a rate that cannot
 * be said makes that rate doubtful: it may be the harmonic. */
static void blank_slow(float lo_hz, float hi_hz, float window_s, float *row_db)
{
	float step_hz = breath_bin_hz(1, lo_hz, hi_hz) - lo_hz;
	int j = 0, slow;

	while (j < BREATH_BINS && breath_bin_hz(j, lo_hz, hi_hz) * window_s < PERIODS_MIN)
		j++;
	while (j > 0 && j < BREATH_BINS && row_db[j] < row_db[j - 1])
		j++;
	slow = j;
	for (; j < BREATH_BINS; j++) {
		int half = (int)((breath_bin_hz(j, lo_hz, hi_hz) / 2 - lo_hz) / step_hz + 0.5f);

		if (half >= slow)
			break;
		if (half >= 0 && row_db[half] > 0 && row_db[j] > 0)
			row_db[j] = fmaxf(row_db[j] - row_db[half], 0);
	}
	for (int i = 0; i < slow; i++)
		row_db[i] = fminf(row_db[i], 0);
}

float breath_row(const struct rank1 *r, float lo_hz, float hi_hz, bool one_chain, float row_db[BREATH_BINS])
{
	float window_s = (float)r->rows / r->rate_hz, floor_db[RANK1_BINS], best = -99;
	int lo = (int)rank1_bin(r, lo_hz), hi = (int)rank1_bin(r, hi_hz) + 2;

	for (int i = lo; i <= hi && i <= r->noise_hi; i++) {
		float here = local_floor(r, i);

		floor_db[i] = 10 * log10f(here / r->noise) + unsteady_db(r, one_chain, here) +
			(one_chain ? drift_db(r, i) : 0);
	}
	for (int j = 0; j < BREATH_BINS; j++) {
		float hz = breath_bin_hz(j, lo_hz, hi_hz);

		row_db[j] = rank1_db(r, hz) - floor_db[(int)(rank1_bin(r, hz) + 0.5f)];
	}
	blank_slow(lo_hz, hi_hz, window_s, row_db);
	for (int j = 0; j < BREATH_BINS; j++)
		best = fmaxf(best, row_db[j]);
	return best;
}

float breath_row_top_hz(const struct rank1 *r, float hz)
{
	float within_hz = r->rate_hz / (float)r->rows, step_hz = TOP_STEP_HZ, top_hz = hz;

	if (rank1_db(r, hz - step_hz) > rank1_db(r, hz))
		step_hz = -step_hz;
	while (fabsf(top_hz - hz) < within_hz && rank1_db(r, top_hz + step_hz) > rank1_db(r, top_hz))
		top_hz += step_hz;
	return fabsf(top_hz - hz) < within_hz ? top_hz : 0;
}

int breath_row_highest(const float row_db[BREATH_BINS])
{
	int best = 0;

	for (int j = 1; j < BREATH_BINS; j++)
		if (row_db[j] > row_db[best])
			best = j;
	return best;
}

/* By how much something at that rate moves less fast than at the other with the same amplitude. */
static float slower_db(float hz, float than_hz)
{
	return fmaxf(20 * log10f(than_hz / hz), -FASTER_DB);
}

bool breath_row_alone(const struct rank1 *r, float peak_hz, float window_s, float below_db)
{
	float slow_hz = 2 / window_s, line_db = rank1_db(r, peak_hz);

	for (int i = (int)rank1_bin(r, slow_hz) + 1; i < r->noise_hi; i++) {
		float hz = (float)i * r->rate_hz / RANK1_LEN, order = fmaxf(roundf(hz / peak_hz), 1);
		float near_hz = slow_hz + UNEVEN * order * peak_hz;

		if (fabsf(hz - order * peak_hz) > near_hz && rank1_db(r, hz) - slower_db(hz, peak_hz) > line_db - below_db)
			return false;
	}
	return true;
}

float breath_row_doubt_slow(const struct rank1 *r, float lo_hz, float hi_hz, float row_db[BREATH_BINS])
{
	int at = breath_row_highest(row_db);
	float hz = breath_bin_hz(at, lo_hz, hi_hz);

	if (hz >= BREATH_SWAY_HZ || breath_row_alone(r, hz, (float)r->rows / r->rate_hz, ALONE_DB))
		return row_db[at];
	for (int j = 0; j < BREATH_BINS && (hz = breath_bin_hz(j, lo_hz, hi_hz)) < BREATH_SWAY_HZ; j++)
		row_db[j] -= SWAY_DB * (BREATH_SWAY_HZ - hz) / BREATH_SWAY_HZ;
	return row_db[breath_row_highest(row_db)];
}
