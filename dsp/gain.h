/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * gain.h -- what the ratio of chains leaves out: how strong one chain is as a whole against another.
 *
 * The ratio brings every chain of every packet to the same power (ratio.h), because some
 * receivers set the gain of each chain apart; what a chest does to all tones of a chain alike is
 * lost with that.  Many turn the gain of all chains together, by a decibel from packet to packet, and
 * not a hundredth of it apart: then the difference of their levels shows that part better than any tone. */
#ifndef DSP_GAIN_H
#define DSP_GAIN_H

#include <stdbool.h>
#include "dsp/csi.h"

struct gain {
	int   rx_count, tx_count, tones;
	int   packets;			/* in the sums */
	float power[CSI_MAX_RX];	/* of each chain, in the square of the driver's unit */
};

/* For frames of that shape.  A plain struct. */
void gain_init(struct gain *g, int rx_count, int tx_count, int tones);
void gain_reset(struct gain *g);

/* Adds a packet to the sums; frames of another shape are ignored.  Borrowed.  Integers but for two
 * multiplications a chain. */
void gain_push(struct gain *g, const struct csi_frame *f);

/* Writes rx_count - 1 floats, and empties the sums: by how many dB each chain is over the first.  False: no
 * packet, or a chain without power. */
bool gain_row(struct gain *g, float *out);

#endif
