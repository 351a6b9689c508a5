/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * apart.h -- the rank-1 spectrum (rank1.h) of streams after what they do together all the time is taken apart.
 *
 * In one chain everything that the radio does wrong moves many tones at once: its gain, the template that its
 * samples were aligned to, a body that sways.  Such a waveform has an axis, and as it wanders it is at home on that
 * axis at all rates of the band of breathing, while a breath is on its own at few.  So the covariance of all
 * streams over that band, mixed with that of streams that share nothing, says how much each axis is worth, and the
 * streams are turned into ones that share nothing (whitening by the inverse Cholesky factor; the mixture is
 * diagonal loading, Carlson 1988).  A strong breath makes most of that covariance itself and loses by it: for that there
 * is the spectrum of the streams as they are. */
#ifndef DSP_APART_H
#define DSP_APART_H

#include "dsp/rank1.h"

#define APART_STREAMS 32		/* neighbouring streams are added up to so many: tones show nearly the same */
#define APART_BINS    43

struct apart {
	struct slowgrid grid;		/* the streams taken apart, of the last run */
	struct rank1 rank1;		/* their spectrum */
	struct spectrum_bin band[APART_BINS][APART_STREAMS];
	float g[APART_STREAMS][APART_STREAMS];	/* lower triangle */
};

/* For rows of rate_hz, as rank1_init().  0, -EINVAL or -ENOMEM.  Free with apart_free(). */
int  apart_init(struct apart *s, float rate_hz);
void apart_free(struct apart *s);

/* After rank1_run() of the same rows of g, which must not have changed since.  `plain`: so many streams are neighbours
 * one after the other, the others real and imaginary parts by turns.  0; -ENODATA: as rank1_run(), or the streams cannot
 * be taken apart. */
int apart_run(struct apart *s, const struct rank1 *r, const struct slowgrid *g, int plain);

#endif
