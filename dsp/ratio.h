/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ratio.h -- the ratio of receive chains that share an oscillator.
 *
 * Phase and timing errors of a packet are the same on all chains of one receiver and
 * cancel in the ratio; what a moving chest does to it stays (FarSense, Zeng et al. 2019).
 * The gain is not the same: some receivers set it for each chain apart.  So every chain of every
 * packet is first brought to the same power, which costs only what motion does to all tones alike.
 * Packets are summed before the division, numerator and denominator apart: per packet
 * and tone it is integer multiplications only. */
#ifndef DSP_RATIO_H
#define DSP_RATIO_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/csi.h"

#define RATIO_MAX_GROUPS  64		/* complex ratios in a row */
#define RATIO_MAX_STREAMS (2 * RATIO_MAX_GROUPS)

struct ratio {
	int rx_count, tx_count, tones;
	int group;			/* neighbouring tones in one ratio; the last has the rest too */
	int per_pair;			/* ratios of one pair of chains */
	int streams;			/* 2 * (rx_count - 1) * tx used * per_pair: re, im, re, im... */
	int tx_used;

	int reference;			/* the chain in the denominator; -1: not chosen yet */
	int challenged;			/* rows in a row in which another was far stronger */
	int silent;			/* rows in a row in which only others delivered */
	float level[CSI_MAX_RX];	/* the chains' mean shares of the power */

	int packets;			/* in the sums */
	float re[RATIO_MAX_GROUPS], im[RATIO_MAX_GROUPS];
	float power[CSI_MAX_RX];		/* of all tones of a chain */
	float denominator[RATIO_MAX_GROUPS];	/* of each tx and group */
	bool  any_last;
	float last[RATIO_MAX_STREAMS];		/* the row before */
	bool  turned[CSI_MAX_RX];		/* chains whose phase is half a turn off since they flipped */
};

/* 0, or -EINVAL: fewer than two receive chains, or counts that no frame has.  Plain struct. */
int ratio_init(struct ratio *r, int rx_count, int tx_count, int tones);

/* Adds a packet to the sums; frames of another shape are ignored.  Borrowed. */
void ratio_push(struct ratio *r, const struct csi_frame *f);

/* Writes r->streams floats and empties the sums.  False: there was no packet or no power.
 * *changed: the reference chain is another one from now on; rows before do not compare. */
bool ratio_row(struct ratio *r, float *out, bool *changed);

void ratio_reset(struct ratio *r);

#endif
