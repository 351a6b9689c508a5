/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 *	J = half/2 * sum over streams of (mean now - mean before)^2 / noise variance
 *
 * is about the number of streams for white noise.  Breathing lifts it, drift lifts it; so it
 * is compared with what it usually is here: five times the 70 % quantile of the last minute,
 * but never below what noise alone does.
 *
 * Fooled by: movement that goes on for most of a minute becomes usual (the motion model
 * is for that), steps of the gain that the front-end left. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/changepoint.h"
#include "dsp/order.h"

#define JUMP       5.0f
#define FLOOR      0.3f		/* of the number of streams */
#define QUANTILE   0.7f
#define REFRESH    5		/* rows between two computations of the usual level */
#define NOISE_KEEP 0.98f
#define NOISE_CAP  16.0f	/* one row counts at most this many times the noise so far */

int changepoint_init(struct changepoint *c, int streams, int half)
{
	memset(c, 0, sizeof(*c));
	if (streams < 1 || half < 1 || half > SLOWGRID_ROWS / 2)
		return -EINVAL;
	c->streams = streams;
	c->half = half;
	c->noise = calloc((size_t)streams, sizeof(*c->noise));
	return c->noise ? 0 : -ENOMEM;
}

void changepoint_free(struct changepoint *c)
{
	free(c->noise);
	c->noise = NULL;
}

void changepoint_reset(struct changepoint *c)
{
	memset(c->noise, 0, (size_t)c->streams * sizeof(*c->noise));
	c->fill = c->pos = c->stale = 0;
	c->usual = 0;
}

/* Second differences of the newest three rows: 6 times the variance of white noise. */
static void learn_noise(struct changepoint *c, const struct slowgrid *g)
{
	const float *x = slowgrid_row(g, 0), *y = slowgrid_row(g, 1), *z = slowgrid_row(g, 2);

	if (!x || !y || !z)
		return;
	for (int k = 0; k < c->streams; k++) {
		float d = x[k] - 2 * y[k] + z[k];
		float now = d * d / 6;

		if (c->noise[k] <= 0)
			c->noise[k] = now;
		else
			c->noise[k] = NOISE_KEEP * c->noise[k] +
				(1 - NOISE_KEEP) * fminf(now, NOISE_CAP * c->noise[k]);
	}
}

static bool all_valid(const struct slowgrid *g, int rows)
{
	for (int i = 0; i < rows; i++)
		if (!slowgrid_row(g, i))
			return false;
	return true;
}

static float statistic(const struct changepoint *c, const struct slowgrid *g)
{
	float j = 0;

	for (int k = 0; k < c->streams; k++) {
		float now = 0, before = 0;

		if (c->noise[k] <= 0)
			continue;
		for (int i = 0; i < c->half; i++) {
			now += slowgrid_row(g, i)[k];
			before += slowgrid_row(g, c->half + i)[k];
		}
		j += (now - before) * (now - before) / c->noise[k];
	}
	return j / (2 * (float)c->half);
}

static void refresh_usual(struct changepoint *c)
{
	float level[CHANGEPOINT_HISTORY];

	memcpy(level, c->level, (size_t)c->fill * sizeof(*level));
	c->usual = order_select(level, c->fill, (int)(QUANTILE * (float)(c->fill - 1)));
}

bool changepoint_look(struct changepoint *c, const struct slowgrid *g)
{
	float j;

	if (slowgrid_rows(g) < 2 * c->half + 3 || !all_valid(g, 2 * c->half))
		return false;
	learn_noise(c, g);
	j = statistic(c, g);
	c->level[c->pos] = j;
	c->pos = (c->pos + 1) % CHANGEPOINT_HISTORY;
	if (c->fill < CHANGEPOINT_HISTORY)
		c->fill++;
	if (c->fill < 4 * c->half)
		return false;
	if (c->usual <= 0 || ++c->stale >= REFRESH) {
		refresh_usual(c);
		c->stale = 0;
	}
	return j > JUMP * fmaxf(c->usual, FLOOR * (float)c->streams);
}
