/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * heading.h -- does what moves come nearer to the link, or go away from it?
 *
 * A path that gets shorter turns the phase of its part of the channel forward, one that gets longer
 * turns it back (Doppler).  A packet's own phase, timing and gain hide that.  They are the same in all chains
 * of a receiver that share an oscillator, so every packet is fitted with one phase, one slope and one gain for
 * all chains to what the channel is on average, and what is left turns about that average as the
 * moving paths do.  The more chains, the less of the movement looks like one of the three.  Ratios of chains
 * (FarSense, Zeng et al. 2019) need no average, but where the chain below is in a fade the moving
 * path is the stronger one, and the ratio turns the wrong way.
 *
 * How surely: for each group of tones and chain, i z and dz/dt of what is left are correlated.  That is 1 or
 * -1 where all turns in one sense, near 0 where as much turns the other way, whatever the strength and the
 * rate of packets; and the mean over the groups is near 0 where they do not agree. */
#ifndef DSP_HEADING_H
#define DSP_HEADING_H

#include <stdint.h>
#include "dsp/csi.h"

#define HEADING_CHAINS  3		/* that are used */
#define HEADING_PICKS   16		/* tones of each */
#define HEADING_GROUPS  4		/* of them */
#define HEADING_ALL     (HEADING_CHAINS * HEADING_PICKS)
#define HEADING_STREAMS (HEADING_CHAINS * HEADING_GROUPS)

struct heading_cell {
	float re, im;
};

struct heading {
	int chains, tones, picks, packets;	/* packets: learned from, at most LEARN_FAST */
	uint64_t last_us;
	struct heading_cell still[HEADING_ALL];		/* the average channel, [chain][pick] */
	struct heading_cell moving[HEADING_STREAMS];	/* what the last packet had beside it */
	float turn[HEADING_STREAMS], power[HEADING_STREAMS], step[HEADING_STREAMS];	/* sums, of late */
	float weight;					/* packets in them */
};

/* 0, or -EINVAL: fewer than two receive chains, or than 4 tones.  Plain struct, 700 bytes. */
int  heading_init(struct heading *h, int rx_count, int tones);
void heading_reset(struct heading *h);

/* One packet.  Borrowed; frames of another shape are ignored. */
void heading_push(struct heading *h, const struct csi_frame *f);

/* How surely the path got shorter (over 0) or longer in the last second: -1 to 1.  0: too few packets. */
float heading_certainty(const struct heading *h);

#endif
