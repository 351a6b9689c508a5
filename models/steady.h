/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * steady.h -- what moves on and on, and always alike: a curtain in a draught, leaves, blades, a flap that nobody tells of.
 *
 * Nobody moves for ten minutes without a pause and is never nearer to the link or more lively than at other
 * times; nor for four, if the room was empty before: he came in.  What does is taken for a thing: it is movement no
 * more, until something stronger is, or until it has ended for two minutes.  Who works or walks about in a room is seen
 * ten times as strongly at one moment as at another, and walks by the link; and who works on one spot and far from it
 * steps aside and turns, and so goes one way now and then (dsp/sweep.h), where packets are enough to see that. */
#ifndef MODELS_STEADY_H
#define MODELS_STEADY_H

#include <stdbool.h>
#include <stdint.h>

#define STEADY_BINS 32		/* of 2 dB, and of 1 dB of sweep */

struct steady {
	int   count[STEADY_BINS];	/* ticks of this stretch by how strongly it moved */
	uint16_t swept[STEADY_BINS];	/* and by how far it went one way, where that is known */
	int   sweeps;			/* of those */
	int   ticks, pause;		/* of the stretch in which it moved; since it moved last */
	int   length;			/* of the stretch */
	bool  from_empty;		/* it began in a room known to be empty */
	float least;			/* strength up to which it is a thing; 0: nothing is */
	int   gone;			/* ticks without it */
	bool  alone;			/* it began in an empty room, and nothing stronger has moved since */
	int   silent;			/* ticks in which nothing moved at all */
	int   blind;			/* ticks since anything could be seen */
};

void steady_init(struct steady *s);

/* The clock, ten times a second: how strongly something moves (of the static paths, as an amplitude; 0: nothing does),
 * how far it goes one way (0: not known), and whether the room is known to be empty.  Returns how strong it must be at
 * least to be somebody; 0: no thing is known. */
float steady_tick(struct steady *s, float strength, float sweep, bool empty);

/* Has something moved of late, or is a thing known? */
bool steady_goes_on(const struct steady *s);

/* The same while nothing can be seen.  After two seconds of it anybody may have come in: what is a thing stays one, but is
 * no longer all that is there. */
void steady_blind(struct steady *s);

/* Did this link see nothing for minutes but what began in an empty room and is a thing, or no movement at all? */
bool steady_alone(const struct steady *s);

#endif
