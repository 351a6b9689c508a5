/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * motion_stat.h -- how much of the fluctuation of the channel is motion.
 *
 * Streams of power responses (power.h) in, at uneven times; out come two estimates of the
 * share of their variance that is caused by moving bodies: how similar a sample is to
 * the one before it, and how similar a tone's change is to its neighbour's.  Noise is
 * neither.  Sums are integers and exact; the floats are made once per update. */
#ifndef DSP_MOTION_STAT_H
#define DSP_MOTION_STAT_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/noise_rank.h"
#include "dsp/power.h"

#define MOTION_SLOT_US 100000	/* windows move in steps of this */
#define MOTION_SLOTS   20	/* the longest window, 2 s */

/* Sums over the pairs of successive samples that ended in one slot of time.  With
 * u = x(n) + x(n-1) and v = x(n) - x(n-1) per stream. */
struct motion_slot {
	uint32_t pairs;			/* of samples */
	int32_t  u[POWER_MAX_STREAMS];
	uint64_t uu[POWER_MAX_STREAMS];
	uint64_t vv[POWER_MAX_STREAMS];
	int64_t  cross;			/* v of neighbouring streams, multiplied */
};

struct motion_stat {
	int streams, per_pair;

	/* the sample in the making: packets closer than a lag are one sample */
	int32_t  sum[POWER_MAX_STREAMS];
	int      packets;
	uint64_t open_us, close_us;	/* its first and last packet */

	int16_t  last[POWER_MAX_STREAMS];	/* the sample before it */
	bool     have_last;
	uint64_t last_us;
	uint32_t interval_us;		/* running mean between samples */

	int16_t  change[POWER_MAX_STREAMS];	/* of one pair, for noise to be learnt from */
	int      apart;			/* pairs since it, */
	bool     fresh;			/* and whether it was not yet looked at */
	struct noise_rank noise;

	uint64_t slot;			/* number of the newest slot: time / MOTION_SLOT_US */
	struct motion_slot slots[MOTION_SLOTS];
};

/* What a window of time says. */
struct motion_view {
	int   pairs;		/* sample pairs in the window: its length N in theory */
	int   streams;		/* that fluctuate at all */
	int   alive;		/* that are no dead tones, of the antenna pair that has the most */
	float rho;		/* lag-1 autocorrelation, mean over streams; 0 expected of noise */
	float coherence;	/* correlation of neighbouring streams' changes; 0 for white noise */
	float sigma;		/* standard deviation of rho if nothing moves */
	float spread;		/* std of the streams' power over their mean power */
};

/* Prepares for that many streams, per_pair of each antenna pair.  A plain struct, about
 * 29 kB.  0, or -EINVAL if they are more than POWER_MAX_STREAMS or not a multiple. */
int motion_stat_init(struct motion_stat *m, int streams, int per_pair);

/* One packet's streams, around POWER_MEAN; time in microseconds never goes back. */
void motion_stat_push(struct motion_stat *m, uint64_t time_us, const int16_t *x);

/* Looks at the last `slots` slots (1..MOTION_SLOTS) before now.  halves: take each half
 * with its own mean, which hides what is slower than the half: breathing, drift. */
void motion_stat_view(struct motion_stat *m, uint64_t now_us, int slots, bool halves,
		      struct motion_view *view);

/* Once a tick: what changed lately was noise alone, or (not still) it is passed over.  From
 * the noise sigma learns how many streams count; up to some 16 such looks it goes by the
 * coherence of the window. */
void motion_stat_learn(struct motion_stat *m, bool still);

/* Forgets all samples; what is known of the noise stays. */
void motion_stat_reset(struct motion_stat *m);

#endif
