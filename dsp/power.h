/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * power.h -- a packet's power response, freed from the receiver's gain.
 *
 * Turns a frame into at most POWER_MAX_STREAMS small integers: the power of each
 * tone (or group of neighbouring tones) relative to the mean of its antenna pair.
 * Integers only, one division per antenna pair and packet. */
#ifndef DSP_POWER_H
#define DSP_POWER_H

#include <stdint.h>

struct csi_frame;

#define POWER_MAX_STREAMS 64	/* over all antenna pairs */
#define POWER_MAX_PAIRS   4	/* antenna pairs that are used */
#define POWER_MEAN        2048	/* the mean of a pair's streams */
#define POWER_MAX         16383	/* a stream saturates here, 9 dB over the mean */
#define POWER_HISTORY     7	/* packets of the running median of the level */

/* What became of a packet. */
enum power_verdict {
	POWER_OK,
	POWER_CHANGED,		/* a chain appeared or died: forget what came before */
	POWER_OUTLIER,		/* level far from its running median */
	POWER_SATURATED,	/* more than 5 % of the values at the rail of int16 */
	POWER_NOISE,		/* more of it is noise than channel, which is not usual on this link */
	POWER_EMPTY,		/* all samples are zero, or another shape than init said */
};

struct power {
	int tones, tx_count, rx_count;
	int pairs;		/* antenna pairs used, receive chains first */
	int per_pair;		/* streams of one pair */
	int group;		/* tones in a stream; the last has the rest too */
	int streams;		/* pairs * per_pair */

	uint16_t live;		/* bit per pair: has power */
	int      fill, pos;	/* of the level history */
	int16_t  level[POWER_MAX_PAIRS][POWER_HISTORY];	/* in 1/16 of a factor of two */
	uint32_t rough;		/* what neighbouring streams differ by in the smoother packets, over their mean, in 1/4096;
				 * 0: not known */
	uint8_t  noisy;		/* packets for which more noise is expected */
};

/* Prepares for frames of rx x tx antenna pairs with that many tones.  A plain
 * struct, no memory is taken.  0, or -EINVAL for counts that no frame can have. */
int power_init(struct power *p, int rx_count, int tx_count, int tones);

/* One packet: writes p->streams values to out, pair after pair, tones ascending.
 * POWER_OK and POWER_CHANGED: out is valid; else it is untouched.  A pair without power
 * gives zeros.  The frame is borrowed. */
enum power_verdict power_push(struct power *p, const struct csi_frame *frame,
			      int16_t out[POWER_MAX_STREAMS]);

#endif
