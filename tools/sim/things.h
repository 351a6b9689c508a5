/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * things.h -- what moves and is nobody: fan, louver, curtain, dog, vacuum, door, ... */
#ifndef TOOLS_SIM_THINGS_H
#define TOOLS_SIM_THINGS_H

#include "tools/sim/channel.h"
#include "tools/sim/scene.h"

#define THING_POINTS 48
#define THING_BLADES 8
#define THING_LEGS   512	/* of a path; then it starts over */

struct thing {
	const struct thing_setup *setup;
	uint64_t key;				/* of a draught's drift */
	double turns[THING_BLADES];		/* by which blades are not alike */
	struct { double from_s, x, y, heading; } leg[THING_LEGS];	/* of an animal's path */
	int legs, cursor;
	double shower[THING_POINTS][4];		/* x, y, speed, phase of drops */
};

/* The setup is borrowed.  No memory is taken. */
void thing_make(struct thing *g, const struct thing_setup *setup, const struct room_setup *room,
		uint64_t seed, uint64_t stream);

/* What of it scatters, at most THING_POINTS.  Returns how many. */
int thing_points(struct thing *g, double t_s, struct scatterer *out);

/* How far open it is if it is a door, else 0. */
double thing_door(const struct thing *g, double t_s);

/* By how much it has carried the receiver off its place: 0 if it is no robot. */
struct point thing_carries(struct thing *g, double t_s);

/* Does it move as something alive would, so that nobody may call this moment quiet? */
bool thing_moves(const struct thing *g, double t_s);

#endif
