/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include "models/breath.h"
#include "models/breath_second.h"

#define WINDOW_S     45.0f
#define LEAST_DB     (-4.0f)	/* over the null: looks that go on agreeing make up for it */
#define LEAST_HZ     (12.0f / 60)	/* slower, bodies sway, on axes of their own */
#define APART_HZ     (3.0f / 60)
#define RELATIVES    3
#define RELATIVE_HZ  (0.6f / 60)	/* a harmonic is where it is, k times this off at most */
#define SAME_AXIS    0.75f
#define HALF_AXIS    0.5f
#define ALIVE        7.5f	/* so much speaks for either being there */

/* Is that a frequency which one chest may show beside its own? */
static bool is_relative(float hz, float of_hz, float near_hz)
{
	if (fabsf(hz - of_hz) < near_hz)
		return true;
	for (int k = 2; k <= RELATIVES; k++) {
		float within_hz = (float)k * RELATIVE_HZ;

		if (fabsf(hz - (float)k * of_hz) < within_hz || fabsf((float)k * hz - of_hz) < within_hz)
			return true;
	}
	return false;
}

/* Or one whose every second breath is deeper?  All of that has one axis. */
static bool is_halved(float hz, float of_hz)
{
	for (int k = 2; k <= RELATIVES; k++)
		if (fabsf(hz - ((float)k - 0.5f) * of_hz) < (float)k * RELATIVE_HZ)
			return true;
	return false;
}

/* The highest peak that is none of those, as a bin; -1: there is none that stands out. */
static int second_peak(float lo_hz, float hi_hz, const struct breath_evidence *e)
{
	float near_hz = fmaxf(APART_HZ, 2 / e->window_s);
	int best = -1;

	for (int j = 1; j < BREATH_BINS - 1; j++) {
		float hz = breath_bin_hz(j, lo_hz, hi_hz);

		if (e->row_db[j] < e->q_null_db + LEAST_DB || hz < LEAST_HZ ||
		    e->row_db[j] < e->row_db[j - 1] || e->row_db[j] < e->row_db[j + 1] ||
		    is_relative(hz, e->peak_hz, near_hz))
			continue;
		if (best < 0 || e->row_db[j] > e->row_db[best])
			best = j;
	}
	return best;
}

float breath_second(const struct rank1 *r, const struct slowgrid *grid, const struct steer *first, struct steer *second,
		    float lo_hz, float hi_hz, const struct breath_evidence *e)
{
	int j = e->window_s < WINDOW_S || e->alive < ALIVE ? -1 : second_peak(lo_hz, hi_hz, e);
	float same;

	if (j < 0)
		return 0;
	steer_to(second, r, grid, breath_bin_hz(j, lo_hz, hi_hz));
	same = is_halved(second->hz, e->peak_hz) ? HALF_AXIS : SAME_AXIS;
	if (steer_alive(second, r, 1) < ALIVE || steer_likeness(first, second) > same)
		return 0;
	return second->hz;
}
