/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * heading.h -- does what moves come nearer to the link, or go away from it?
 *
 * A path that gets shorter turns the phase of its part of the channel forward, one that gets longer
 * turns it back.  The packet's own phase hides that on one chain; in the ratio of two chains that
 * share an oscillator it cancels, and what moves turns in the ratio as it does in the channel as long
 * as it is weaker than the static paths (FarSense, Zeng et al. 2019).  So the sense in which the ratio
 * turns about its mean is the sense in which the path between the devices over the body changes. */
#ifndef DSP_HEADING_H
#define DSP_HEADING_H

#include <stdint.h>
#include "dsp/csi.h"

#define HEADING_GROUPS  8		/* of tones, in each pair of chains */
#define HEADING_CHAINS  3		/* that are used */
#define HEADING_RATIOS  ((HEADING_CHAINS - 1) * HEADING_GROUPS)
#define HEADING_SLOT_US 100000u
#define HEADING_SLOTS   15		/* 1.5 s */

struct heading_slot {
	uint64_t number;		/* time / HEADING_SLOT_US, + 1; 0: none */
	int      packets;
	float    turn, square;		/* sums of how far the packets turned it, and of the squares */
};

struct heading {
	int chains, tones, group, groups;
	uint64_t last_us;		/* 0: none */
	float mean_re[HEADING_RATIOS], mean_im[HEADING_RATIOS];	/* over a second */
	float re[HEADING_RATIOS], im[HEADING_RATIOS];		/* of the last packet, about that mean */
	struct heading_slot slot[HEADING_SLOTS];
};

/* 0, or -EINVAL: fewer than two receive chains, or fewer tones than groups.  Plain struct, 1 kB. */
int  heading_init(struct heading *h, int rx_count, int tones);
void heading_reset(struct heading *h);

/* One packet.  Borrowed; frames of another shape are ignored. */
void heading_push(struct heading *h, const struct csi_frame *f);

/* How surely the path got shorter (over 0) or longer in the 1.5 s before now_us: in
 * standard deviations of what turns of no sense would add up to.  0: too few packets. */
float heading_certainty(const struct heading *h, uint64_t now_us);

#endif
