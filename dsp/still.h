/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * still.h -- the channel as it is while nothing moves, and how far it is from what it was in the empty room.
 *
 * A body that lies still changes the power response for as long as it lies there (shadow, reflections, and what
 * they do to each tone); when it has gone the response goes back.  So the mean response since the last movement is
 * compared with those the empty room has had: the newest few, since doors and chairs move too.  (Fingerprints of a place
 * by the channel's response over tones: FIFS, Xiao et al. 2012; here of the place without anybody.)
 *
 * It tells one thing well: that the channel is back at what the empty room looks like.  That it is not may be a
 * chair. */
#ifndef DSP_STILL_H
#define DSP_STILL_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/power.h"

#define STILL_KNOWN   4		/* looks of the empty room that are remembered */
#define STILL_LEAST_S 8		/* of stillness, for a comparison */
#define STILL_MOST_S  30	/* of the mean */

struct still_look {
	float    row[POWER_MAX_STREAMS];
	uint32_t used;			/* when it was last seen, counted in looks; 0: none */
};

struct still {
	int streams;
	int32_t  sum[POWER_MAX_STREAMS];	/* of the second in the making */
	int      packets;
	float    mean[POWER_MAX_STREAMS];	/* since the last movement, fading */
	int      seconds;		/* in it, at most STILL_MOST_S */
	float    before[POWER_MAX_STREAMS];	/* the same, before the movement of now */
	bool     had;			/* that is known */
	struct still_look known[STILL_KNOWN];
	uint32_t looks;
};

/* For that many power streams.  Plain struct, 2 kB.  0, or -EINVAL. */
int  still_init(struct still *s, int streams);
/* Another channel: all is forgotten. */
void still_reset(struct still *s);

/* One packet's power streams. */
void still_push(struct still *s, const int16_t *x);

/* A second is over.  moved: something moved in it.  empty: until now, nobody was there. */
void still_second(struct still *s, bool moved, bool empty);

/* A second is over in which nothing can be told: its packets count for nothing. */
void still_blind_second(struct still *s);

/* After too many of them what was before says nothing of now: the mean starts over. */
void still_lost_sight(struct still *s);

/* This is what the empty room looks like. */
void still_learn(struct still *s);

/* ... or what it was before the last movement is, if it was empty then; once. */
void still_learn_before(struct still *s);

/* Root mean square distance from the nearest look of the empty room, as a share of the mean power.  NAN: none is
 * known, or it has not been still for STILL_LEAST_S. */
float still_distance(struct still *s);

#endif
