/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * pilot.h -- one waveform from many streams, combined as the breath says.
 *
 * Breathing moves the same chest as whatever else is looked for there, and is ten to fifty
 * times as large: it shows by how much, and with which sign, every stream sees that chest.
 * Each stream is detrended and divided by its noise (that of a band above all breathing);
 * the rank-1 spectrum (rank1.h) gives the weights at the strongest rate, one step of the
 * power method refines them over the whole band of breathing, and the weighted sum of the
 * streams is the waveform: maximum ratio combining (Brennan 1959) with the breath as pilot. */
#ifndef DSP_PILOT_H
#define DSP_PILOT_H

#include "dsp/slowgrid.h"
#include "dsp/spectrum.h"

#define PILOT_LEN     1024	/* of the transform */
#define PILOT_BINS    (PILOT_LEN / 2 + 1)
#define PILOT_ROWS    600	/* at most, in a window */
#define PILOT_STREAMS 256

struct pilot_band {
	float lo_hz, hi_hz;
};

struct pilot {
	struct spectrum *fft;
	float rate_hz;			/* of the rows */
	struct pilot_band breath, noise;
	/* of the last run */
	int   rows;
	float breath_hz;		/* rate it was steered at */
	float snr_db;			/* of the pilot: rank-1 spectrum there over its median in the noise band */
	float y[PILOT_ROWS];		/* the waveform, oldest first, trend removed, 0 where missing */
	bool  there[PILOT_ROWS];
	/* scratch */
	float weight[PILOT_STREAMS], steer[PILOT_STREAMS];
	float basis[3][PILOT_ROWS], window[PILOT_ROWS], slow[PILOT_ROWS];
	const float *row[PILOT_ROWS];
	float a[PILOT_BINS], b[PILOT_BINS], c[PILOT_BINS];
};

/* 0 or -ENOMEM.  Free with pilot_free(). */
int  pilot_init(struct pilot *p);
void pilot_free(struct pilot *p);

/* From now on for rows of rate_hz, which may hold breathing in that band, and only noise in the other
 * one.  Costs nothing.  0, or -EINVAL, and nothing has changed. */
int  pilot_aim(struct pilot *p, float rate_hz, struct pilot_band breath, struct pilot_band noise);

/* Looks at the newest `rows` rows (at most PILOT_ROWS).  at_hz: steers at that rate; 0: at the
 * strongest.  0; -EINVAL: too many rows or streams, or it was never aimed; or -ENODATA: more than 20 % of the rows are missing, or no stream has noise
 * to be measured by. */
int  pilot_run(struct pilot *p, const struct slowgrid *g, int rows, float at_hz);

/* Bin (may lie between two) of a frequency. */
float pilot_bin(const struct pilot *p, float hz);

#endif
