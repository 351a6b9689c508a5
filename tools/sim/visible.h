/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * visible.h -- how well a radio could see somebody breathe, from the ideal channel: what a
 * detector is measured by.
 *
 * The sensing signal to noise ratio (Wang et al., "Placement matters", 2022): the power by which
 * the breath moves a tone in a packet, over the error of that tone.  A detector adds up the
 * packets of a window; what the rank-1 spectrum of 30 s shows of the breath over the median of its
 * noise is
 *
 *	q = 1 + ssnr * packets / 1.5		(1.5: noise bandwidth of a Hann window)
 *
 * and the limit is where q is 2 dB over the 3.5 dB that chance is granted at least. */
#ifndef TOOLS_SIM_VISIBLE_H
#define TOOLS_SIM_VISIBLE_H

#include "tools/sim/world.h"

struct visible {
	double ssnr_db;		/* of a packet and tone, of the sender that sees it best; NAN: nobody breathes */
	double left_db;		/* the same of what is left once gain, phase and delay of each packet, which nobody
				 * knows, are taken out: what a receiver can see of it */
	double limit_db;	/* what either must be, at the rate of that sender's packets */
	double distance_m;	/* from the middle of that link to the person */
};

/* Of person i (of the scene) in a stretch in which nobody walks.  Memory fails: NAN in all. */
void visible_breath(struct world *w, int i, double from_s, double until_s, struct visible *v);

#endif
