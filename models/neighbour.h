/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * neighbour.h -- who stirs this room's links, but moves in the next one?
 *
 * A wall weakens what it lets through, on the way there and on the way back.  A link that has one
 * end in the neighbours' room sees them without it; where it sees something far more strongly than
 * this room's own links do, that is theirs.  Who is in this room is seen by its own links about as
 * well, or better.  Two links of this room alone tell less: who comes in is seen strongly by one of them.  One
 * link alone cannot tell. */
#ifndef MODELS_NEIGHBOUR_H
#define MODELS_NEIGHBOUR_H

#include <stdbool.h>
#include "models/model.h"

struct neighbour {
	float motion_db;	/* how much more strongly their links see what moves, a running mean */
	bool  near;		/* what moves now was seen as strongly as who comes in is */
	int   still;		/* ticks since something moved */
};

/* This room's links first, the neighbours' after them; copies n pointers to out.  Returns how many are
 * this room's. */
int neighbour_sort(const struct evidence *const in[], int n, const struct evidence *out[]);

/* Below: evidence as sorted, `ours` of `all` are this room's.  Without theirs all is false. */

/* The clock, ten times a second.  Is what moves theirs?  Where somebody is, only what was so for some seconds. */
bool neighbour_moves(struct neighbour *b, const struct evidence *const evidence[], int ours, int all, bool occupied);

/* The clock, too.  In a room that is empty, is what moves too faint for somebody who comes in?  Two links and more of one's own
 * see who walks in strongly, one or the other, sooner or later; what all of them see faintly only is behind a wall. */
bool neighbour_is_faint(struct neighbour *b, const struct evidence *const evidence[], int ours);

/* Are small movements theirs? */
bool neighbour_sways(const struct evidence *const evidence[], int ours, int all);

/* Does what breathes at that bin of the common grid do so in their room? */
bool neighbour_breathes(const struct evidence *const evidence[], int ours, int all, int bin);

#endif
