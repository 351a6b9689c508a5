/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * repeat.h -- does a link say again what it has said before?
 *
 * No two packets of a radio are alike to the last bit: each has its own noise.  A recording that is played in a
 * loop, by whomever, has every packet again; what it shows then is no news.
 *
 * Of every packet the sum over its samples is made, and packets whose sum ends in so many zeros
 * are kept, with their time: one in 1 to 2 s, the same ones each time (Manber 1994, "Finding similar files in a
 * large file system", picks what to compare by its content likewise). */
#ifndef DSP_REPEAT_H
#define DSP_REPEAT_H

#include <stdbool.h>
#include <stdint.h>

struct csi_frame;

#define REPEAT_KEPT   64	/* packets: 1 to 2 minutes */
#define REPEAT_RECENT 8

struct repeat {
	struct {
		uint32_t sum, at_ms;
	} kept[REPEAT_KEPT];
	int      fill, pos;
	uint32_t recent[REPEAT_RECENT];	/* sums of the last packets, */
	uint8_t  turn;			/* the oldest of them */
	uint64_t last_us;		/* the packet before */
	uint32_t interval_us;		/* mean distance of packets */
	uint32_t lag_ms;		/* after which packets came again, of late */
	int      agree;			/* how many say so */
};

/* Nothing is known.  Plain struct. */
void repeat_init(struct repeat *r);

/* One packet of the link; time in microseconds never goes back.  False: it is one of the last REPEAT_RECENT, once
 * more. */
bool repeat_push(struct repeat *r, const struct csi_frame *f);

/* After so many seconds it says everything again; 0: it does not, as far as is known. */
float repeat_s(const struct repeat *r);

#endif
