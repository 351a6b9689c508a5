/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * noise_rank.h -- how many of the streams are independent.
 *
 * Changes of all streams in, one vector at a time, from moments when nothing moves; out
 * comes 1/F for F streams that are as good as independent: what the mean of a product
 * over all of them spreads by is sqrt(1/F), however their noise is alike. */
#ifndef DSP_NOISE_RANK_H
#define DSP_NOISE_RANK_H

#include <stdint.h>
#include "dsp/power.h"

#define NOISE_RANK_KEPT 4	/* vectors that a new one is held against */

struct noise_rank {
	float    variance[POWER_MAX_STREAMS];	/* of a stream, running */
	int16_t  unit[NOISE_RANK_KEPT][POWER_MAX_STREAMS];	/* vectors in units of its root */
	float    size[NOISE_RANK_KEPT];	/* their squares, summed */
	uint32_t vectors;		/* seen; no more is counted than matters */
	int      pos;
	float    alike, whole;		/* means of (a b)^2 and of a^2 b^2 over pairs of vectors */
};

/* One vector of changes, streams (1..POWER_MAX_STREAMS) of them; 0 where a stream is dead.
 * It must share no sample with the one before.  Begin with a struct of zeros. */
void noise_rank_add(struct noise_rank *r, const int16_t *change, int streams);

/* 1/F, from 1 (all are one) down to 1/streams; 0 as long as too little was seen.  The
 * effective number of degrees of freedom of Bretherton et al. (1999), F = tr(R)^2 / tr(R^2)
 * with R the correlations of the streams. */
float noise_rank_share(const struct noise_rank *r);

#endif
