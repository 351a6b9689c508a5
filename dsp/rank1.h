/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * rank1.h -- the spectrum of one real waveform that many noisy streams share.
 *
 * Each stream is detrended, windowed, transformed, and divided by its own noise, which is
 * read from a band above all breathing of the same window, or, where it wanders, by what is usual of it in the band
 * of breathing: a tone in which a radio drifts says less there than its noise promises.  At every frequency the
 * streams' transforms are explained by one complex amplitude times real weights: the
 * largest eigenvalue of the 2x2 Gram matrix of their real and imaginary parts is the
 * likelihood of that.  No tone and no axis has to be chosen.
 *
 * A window of a minute is needed for weak breathing, and nobody sits still for so long: rows
 * in which all streams leave their course together get less weight, as the weights of a
 * robust fit do (Huber 1964; here those of a Cauchy distribution), so that a shift of the
 * body does not cost the window. */
#ifndef DSP_RANK1_H
#define DSP_RANK1_H

#include <stdbool.h>
#include "dsp/slowgrid.h"
#include "dsp/spectrum.h"

#define RANK1_LEN  512			/* of the transform */
#define RANK1_BINS (RANK1_LEN / 2 + 1)
#define RANK1_STREAMS 256		/* at most */

/* What the streams are divided by. */
enum rank1_scale {
	RANK1_USUAL,			/* their noise, or what is usual in the band of breathing if that is more */
	RANK1_NOISE,			/* their noise, even where they wander */
	RANK1_AS_IT_IS,			/* nothing: they are at one level already */
};

struct rank1 {
	struct spectrum *fft;
	float rate_hz;			/* of the rows */
	int   noise_lo, noise_hi;	/* bins of the noise band */
	enum rank1_scale scale;
	/* of the last run */
	int   rows;			/* in the window */
	int   used;			/* streams that had noise to be measured by; -1: rows were missing */
	float lambda[RANK1_BINS];
	float noise;			/* median of lambda in the noise band */
	float level;			/* of the streams' noise: mean power in a row, before they are divided by it */
	float shape;			/* of the gamma distribution that lambda follows there */
	float weight[RANK1_STREAMS];	/* 1 / that power of each stream; 0: it is dead */
	/* scratch, whole until the next run: steer.h goes on with it */
	float window[SLOWGRID_ROWS], basis[2][SLOWGRID_ROWS];
	float trust[SLOWGRID_ROWS], trust_sum;	/* weight of each row, 0 where it is missing */
	const float *row[SLOWGRID_ROWS];
	float a[RANK1_BINS], b[RANK1_BINS], c[RANK1_BINS];
};

/* For rows of rate_hz; the noise band in hertz, below rate_hz / 2.  0, -EINVAL or
 * -ENOMEM.  Free with rank1_free(). */
int  rank1_init(struct rank1 *r, float rate_hz, float noise_lo_hz, float noise_hi_hz);
void rank1_free(struct rank1 *r);

/* Looks at the newest `rows` rows.  0, or -ENODATA: more than 30 % of the rows are missing, or
 * no stream has noise; -EINVAL: more streams than RANK1_STREAMS. */
int rank1_run(struct rank1 *r, const struct slowgrid *g, int rows);

/* One stream as the last run transformed it, before it was divided by anything: bins 0..noise_hi, borrowed until r->fft
 * is used again.  The grid must not have changed since. */
const struct spectrum_bin *rank1_stream(const struct rank1 *r, int stream);

/* Did the last run fail for want of streams, not of rows? */
bool rank1_is_deaf(const struct rank1 *r);

/* Bin (may lie between two) of a frequency, and back. */
float rank1_bin(const struct rank1 *r, float hz);

/* Lambda in dB over the noise at a frequency, interpolated. */
float rank1_db(const struct rank1 *r, float hz);

/* A line and a bow over `rows` rows, orthonormal to each other and orthogonal to a constant under the rows' trust.
 * Returns the trust's sum. */
float rank1_trend(const float *trust, int rows, float *line, float *bow);

/* What the greatest lambda of `independent` bins reaches over the noise, in dB, with
 * probability 0.001 if there is only noise of that shape (rank1.shape, may be averaged). */
float rank1_null_db(float shape, float independent);

/* What lambda is spread by, in dB (standard deviation), if there is only noise of that shape. */
float rank1_chance_db(float shape);

#endif
