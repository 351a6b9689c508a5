/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sweep.h -- does what moves go somewhere, or to and fro?
 *
 * A path that gets longer turns its part of the channel in one sense.  What that does to the power of one tone looks
 * the same forward and backward; of two tones, or two antennas, one is ahead of the other, as the still paths have
 * another phase there, and it is the other that is ahead when the path gets shorter.  Drawn against each other the two
 * go round in a circle.  The area that they sweep, counted with its sign, grows for as long as a body goes one way, and
 * that of what swings goes back to nothing: arms, a back that bends, a step aside and back.  (A cross-covariance that is
 * not symmetric, the mark of a process that does not look the same backward: Pomeau 1982.)  Noise sweeps nothing on
 * average.
 *
 * It needs no phase, so one antenna and any radio will do, but where all tones fade alike there is little of it. */
#ifndef DSP_SWEEP_H
#define DSP_SWEEP_H

#include <stdint.h>
#include "dsp/power.h"

#define SWEEP_GROUPS  4		/* of neighbouring tones of an antenna pair */
#define SWEEP_PAIRS   3		/* antenna pairs that are used */
#define SWEEP_STREAMS (SWEEP_GROUPS * SWEEP_PAIRS)
#define SWEEP_AREAS   (SWEEP_STREAMS * (SWEEP_STREAMS - 1) / 2)

struct sweep {
	int streams, per_pair;
	uint32_t cell_us;
	int32_t  sum[SWEEP_STREAMS];	/* of the cell in the making */
	int      packets;		/* in it */
	uint64_t cell;			/* its number */
	uint64_t before_cell;
	float before[SWEEP_STREAMS];
	float mean[SWEEP_STREAMS];	/* of a second, up to the last tick */
	float seen[SWEEP_STREAMS];	/* sums since then */
	int   cells;			/* in them */
	int   ticks;			/* that had some, at most a hundred */
	float area[SWEEP_AREAS];	/* of each two streams, fading */
};

/* For power streams of power.h at that carrier.  0, or -EINVAL: fewer than SWEEP_GROUPS tones.  Plain struct, 500 bytes. */
int  sweep_init(struct sweep *s, int streams, int per_pair, float freq_hz);
void sweep_reset(struct sweep *s);

/* One packet's power streams. */
void sweep_push(struct sweep *s, uint64_t time_us, const int16_t *x);

/* The clock, ten times a second: twice the area that two streams swept in one sense in the last 1.5 s, per second, in
 * units of their squared mean; root mean square over all twos. */
float sweep_tick(struct sweep *s);

#endif
