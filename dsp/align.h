/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * align.h -- one antenna's channel, freed from each packet's phase, timing and gain.
 *
 * With one chain no ratio cancels them.  Every packet is fitted to a slowly updated
 * template of the static channel: a gain, a phase, and a slope of the phase over the
 * tones (the timing).  What the fit leaves is motion, less its part that looks like
 * one of the three.  Linear fits of the phase: Sen et al. 2012 and others; to a template
 * rather than to a line, so that it also holds where several paths are equally strong. */
#ifndef DSP_ALIGN_H
#define DSP_ALIGN_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/csi.h"

#define ALIGN_MAX_GROUPS  32
#define ALIGN_MAX_STREAMS (2 * ALIGN_MAX_GROUPS)
#define ALIGN_MAX_PAIRS   4

struct align_cell {
	float re, im;
};

struct align {
	int tones, rx_count, tx_count, pairs;
	int group, per_pair, streams;	/* 2 * pairs * per_pair: re, im, re, im... */
	int packets;			/* in the sums */
	int learned;			/* packets in the template */
	int distance;			/* the usual one of neighbouring tones */
	struct align_cell *template;	/* [pairs][tones] */
	struct align_cell *fitted;	/* [tones], scratch */
	struct align_cell sum[ALIGN_MAX_GROUPS];
};

/* 0, -EINVAL or -ENOMEM.  Free with align_free(). */
int  align_init(struct align *a, int rx_count, int tx_count, int tones);
void align_free(struct align *a);
void align_reset(struct align *a);	/* forgets the template too */

/* Fits a packet and adds it to the sums; frames of another shape are ignored.  Borrowed. */
void align_push(struct align *a, const struct csi_frame *f);

/* Writes a->streams floats, the mean over the packets, and empties the sums.  False: no packet. */
bool align_row(struct align *a, float *out);

#endif
