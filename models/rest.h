/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * rest.h -- two timers that need no fall: somebody is there and has not moved for too long, or has
 * not been up for too long.
 *
 * They catch what no detector of falls sees: a slow slide from a chair, a faint in the bath; and who lies
 * on the floor and moves an arm now and then, which starts the first timer over and not the second.
 * How long is too long is the profile's, and learned from what this room has seen, within bounds (habit.h): a
 * person who reads in the bathroom for twenty minutes every day moves the bound, at most by half. */
#ifndef MODELS_REST_H
#define MODELS_REST_H

#include <stdbool.h>
#include <stdint.h>
#include "models/habit.h"
#include "models/incident.h"

struct rest_input {
	bool able;			/* movement can be seen */
	bool moving;			/* as a body does, not a breath */
	bool occupied;			/* somebody is there, for certain */
	bool empty;			/* nobody is, for certain */
};

/* One of the two. */
struct rest_timer {
	float limit_s;			/* of the profile; 0: no timer */
	float sign_s;			/* movement of late, fading: one twitch is no sign of life well */
	float past_s;			/* since the last sign */
	bool  told;
	struct habit habit;		/* of times that ended by themselves */
};

struct rest {
	struct rest_timer still;	/* nobody has moved */
	struct rest_timer low;		/* nobody has been up: moved for a good part of a minute */
};

/* Limits of 0: such a time is nothing here. */
void rest_init(struct rest *r, float still_limit_s, float low_limit_s);

/* The clock, ten times a second.  Both timers raise a long lie, and never two at once. */
void rest_tick(struct rest *r, uint64_t now_us, const struct rest_input *in, struct incident_queue *out);

/* The limits that hold now, with what was learned; 0: no timer. */
float rest_still_limit_s(const struct rest *r);
float rest_low_limit_s(const struct rest *r);

#endif
