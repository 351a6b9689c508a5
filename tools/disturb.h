/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * disturb.h -- what radios and air do to a stream of packets, done to a recording on purpose, and what
 * becomes of the respiration that was seen without it. */
#ifndef TOOLS_DISTURB_H
#define TOOLS_DISTURB_H

#include <stdbool.h>
#include "dsp/csi.h"
#include "models/breath.h"
#include "tools/sim/rng.h"

#define DISTURBANCES  10
#define DISTURB_TICKS 40000	/* of a tenth of a second: what comes later is not compared */

struct disturb_score {
	int    files, files_same;	/* compared; of which the medians differ by 0.2/min at most */
	double ticks, plain, shown;	/* that count; with a value without it, with it */
	double both, apart, same;	/* with both: sum of differences, within 0.2/min */
};

struct disturb {
	int    kind;			/* -1: none, the recording as it is */
	struct disturb_score score[DISTURBANCES];
	float  plain[DISTURB_TICKS];	/* the rate without it; NAN: none; 0: does not count */
	float  was[DISTURB_TICKS], is[DISTURB_TICKS];	/* shown, to take medians of */
	int    was_count, is_count;
	double rate_hz;			/* packets of the recording */
	/* the disturbed stream */
	struct rng rng;
	uint64_t next_us, last_us, switch_us;
	bool   other;			/* it speaks its other format */
	int    widen;			/* samples are multiplied by that, so that a gain has room; 0: not known yet */
	struct csi_tones tones;
	struct csi_sample samples[CSI_MAX_SAMPLES];
};

/* Another recording: first as it is.  Then disturb_next() until it is false: true, the recording is to be
 * played once more, each frame by way of disturb_frame(). */
void disturb_begin(struct disturb *d);
bool disturb_next(struct disturb *d, double packets, double length_s);

/* The frame (borrowed) as it arrives now, in *out, which borrows from both.  False: it is lost. */
bool disturb_frame(struct disturb *d, const struct csi_frame *f, struct csi_frame *out);

/* A tenth of a second: what the room says; counts: there is a true rate (told without a disturbance). */
void disturb_tick(struct disturb *d, uint64_t now_us, bool counts, const struct breath_result *b);

void disturb_print(const struct disturb *d);

#endif
