/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/apart.h"

#define FILL_S    0.6f
#define BAND_LO   0.06f	/* where breaths and what wanders are, Hz */
#define EVERY     2	/* bins: the transform is padded */
#define SHARED    0.15f	/* of the mixture: the streams' own covariance */

int apart_init(struct apart *s, float rate_hz)
{
	int err;

	memset(s, 0, sizeof(*s));
	err = slowgrid_init(&s->grid, APART_STREAMS, rate_hz, FILL_S);
	if (!err)
		err = rank1_init(&s->rank1, rate_hz, 0.24f * rate_hz, 0.48f * rate_hz);
	s->rank1.scale = RANK1_AS_IT_IS;
	if (err)
		apart_free(s);
	return err;
}

void apart_free(struct apart *s)
{
	slowgrid_free(&s->grid);
	rank1_free(&s->rank1);
}

/* Which of the fewer streams takes stream k in. */
static int place_of(int k, int streams, int plain)
{
	int whole = streams - plain, each = (streams + APART_STREAMS - 1) / APART_STREAMS;
	int first = (plain + each - 1) / each, half = (whole / 2 + each - 1) / each;

	if (k < plain)
		return k / each;
	k -= plain;
	return first + (k % 2) * half + k / 2 / each;
}

/* Adds neighbouring streams up, all at one level, into s->grid.  Number of streams. */
static int fold(struct apart *s, const struct rank1 *r, const struct slowgrid *g, int plain)
{
	const float *middle = NULL;
	float scale[RANK1_STREAMS], row[APART_STREAMS + 4];
	int to[RANK1_STREAMS], n = 0;

	for (int k = 0; k < g->streams; k++) {
		scale[k] = sqrtf(r->weight[k]);
		to[k] = place_of(k, g->streams, plain);
		n = to[k] + 1 > n ? to[k] + 1 : n;
	}
	if (n > APART_STREAMS)
		n = APART_STREAMS;
	slowgrid_reset(&s->grid);
	s->grid.streams = n;
	for (int i = 0; i < r->rows; i++) {
		const float *x = r->row[i];

		if (!x)
			continue;
		middle = middle ? middle : x;
		memset(row, 0, sizeof(row));
		for (int k = 0; k < g->streams; k++)
			row[to[k]] += scale[k] * (x[k] - middle[k]);
		slowgrid_put(&s->grid, (uint64_t)i + 1, row);
	}
	return n;
}

/* The transforms of those streams in the band, seen as the window of r was. */
static void gather(struct apart *s, const struct rank1 *r, int n)
{
	struct spectrum *fft = s->rank1.fft;
	int lo = (int)rank1_bin(r, BAND_LO);

	s->rank1 = *r;
	s->rank1.fft = fft;
	s->rank1.scale = RANK1_AS_IT_IS;
	for (int i = 0; i < r->rows; i++)
		if (r->row[i])
			s->rank1.row[i] = slowgrid_row(&s->grid, (int)(s->grid.newest - (uint64_t)i - 1));
	for (int k = 0; k < n; k++) {
		const struct spectrum_bin *x = rank1_stream(&s->rank1, k);

		for (int i = 0; i < APART_BINS; i++)
			s->band[i][k] = x[lo + EVERY * i];
	}
}

/* Covariance of the streams over the band, mixed with that of streams that share nothing.  False: there is none. */
static bool mix(struct apart *s, int n)
{
	float trace = 0;

	memset(s->g, 0, sizeof(s->g));
	for (int i = 0; i < APART_BINS; i++) {
		const struct spectrum_bin *x = s->band[i];

		for (int k = 0; k < n; k++)
			for (int j = 0; j <= k; j++)
				s->g[k][j] += x[k].re * x[j].re + x[k].im * x[j].im;
	}
	for (int k = 0; k < n; k++)
		trace += s->g[k][k];
	if (!(trace > 0) || !isfinite(trace))
		return false;
	for (int k = 0; k < n; k++) {
		for (int j = 0; j <= k; j++)
			s->g[k][j] *= SHARED * (float)n / trace;
		s->g[k][k] += 1 - SHARED;
	}
	return true;
}

/* Replaces the triangle by the inverse of its Cholesky factor; false: it is none of a covariance. */
static bool invert(struct apart *s, int n)
{
	for (int k = 0; k < n; k++)
		for (int j = 0; j <= k; j++) {
			float sum = s->g[k][j];

			for (int i = 0; i < j; i++)
				sum -= s->g[k][i] * s->g[j][i];
			if (j == k && !(sum > 1e-6f))
				return false;
			s->g[k][j] = j == k ? sqrtf(sum) : sum / s->g[j][j];
		}
	for (int k = 0; k < n; k++) {
		float turned[APART_STREAMS] = { 0 };

		for (int i = 0; i < k; i++)
			for (int j = 0; j <= i; j++)
				turned[j] -= s->g[k][i] * s->g[i][j];
		for (int j = 0; j < k; j++)
			s->g[k][j] = turned[j] / s->g[k][k];
		s->g[k][k] = 1 / s->g[k][k];
	}
	return true;
}

/* Turns a row of streams into ones that share nothing, in place.  The triangle is 0 above its diagonal; four sums at a
 * time, as each waits for its own. */
static void turn(const struct apart *s, int n, float x[APART_STREAMS])
{
	float out[APART_STREAMS];

	for (int k = 0; k < n; k++) {
		float sum[4] = { 0 };

		for (int j = 0; j <= k; j += 4)
			for (int i = 0; i < 4; i++)
				sum[i] += s->g[k][j + i] * x[j + i];
		out[k] = sum[0] + sum[1] + (sum[2] + sum[3]);
	}
	memcpy(x, out, (size_t)n * sizeof(*x));
}

int apart_run(struct apart *s, const struct rank1 *r, const struct slowgrid *g, int plain)
{
	int n = fold(s, r, g, plain);

	gather(s, r, n);
	if (!mix(s, n) || !invert(s, n))
		return -ENODATA;
	for (uint64_t i = s->grid.first; i <= s->grid.newest; i++) {
		float *row = s->grid.row + (i % (uint64_t)s->grid.capacity) * (size_t)n, x[APART_STREAMS] = { 0 };

		if (!s->grid.state[i % (uint64_t)s->grid.capacity])
			continue;
		memcpy(x, row, (size_t)n * sizeof(*x));
		turn(s, n, x);
		memcpy(row, x, (size_t)n * sizeof(*x));
	}
	slowgrid_advance(&s->grid, (uint64_t)r->rows + 1);
	return rank1_run(&s->rank1, &s->grid, slowgrid_rows(&s->grid));
}
