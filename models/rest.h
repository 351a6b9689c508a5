/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * rest.h -- a timer that needs no fall: somebody is there and has not moved for too long.
 *
 * It catches what no detector of falls sees (a slow slide from a chair, a faint in the bath).  How long is
 * too long is the profile's, and learned from what this room has seen within bounds: a person who
 * reads in the bathroom for twenty minutes every day moves the bound, at most by half. */
#ifndef MODELS_REST_H
#define MODELS_REST_H

#include <stdbool.h>
#include <stdint.h>
#include "models/incident.h"

#define REST_LEARNED 32		/* rests that are remembered */

struct rest_input {
	bool able;			/* movement can be seen */
	bool moving;			/* as a body does, not a breath */
	bool occupied;			/* somebody is there, for certain */
	bool empty;			/* nobody is, for certain */
};

struct rest {
	float limit_s;			/* of the profile; 0: no timer */
	float moved_s;			/* movement of late, fading: one twitch is no sign of life well */
	float still_s;			/* so long nobody has moved */
	bool  told;
	float longest[REST_LEARNED];	/* of the last rests that ended by themselves, seconds */
	int   rests;
};

/* limit_s 0: long lies are nothing here. */
void rest_init(struct rest *r, float limit_s);

/* The clock, ten times a second. */
void rest_tick(struct rest *r, uint64_t now_us, const struct rest_input *in, struct incident_queue *out);

/* The limit that holds now, with what was learned. */
float rest_limit_s(const struct rest *r);

#endif
