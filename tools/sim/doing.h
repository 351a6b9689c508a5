/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * doing.h -- do the people of a scene go somewhere, do something where they are, or nothing?
 *
 * For each half second.  A plan's step says that somebody walks even while they turn round, and
 * who is busy takes steps to and fro: so it is told from where they were. */
#ifndef TOOLS_SIM_DOING_H
#define TOOLS_SIM_DOING_H

#include <stdint.h>

struct world;

enum doing {
	DOING_OTHER,		/* between these; a fall; a thing moves and they do not */
	DOING_WALK,		/* they went 0.8 m within 2 s, on their feet for most of 1.5 s */
	DOING_SPOT,		/* they do something, and were within a metre for 4 s */
	DOING_NOTHING,		/* nobody was there or did anything for 3 s, and no thing moved */
	DOING_KINDS
};

/* One scene's. */
struct doing_times {
	struct { double clock_s; enum doing what; } *at;	/* by the receiver's clock, ascending */
	int count, cursor;
};

/* What the people of this room do in a scene; of several the one who does the most counts.  Draws nothing: the world may be
 * played before or after.  0 or -ENOMEM; doing_free() in any case. */
int doing_read(struct doing_times *d, struct world *w);
void doing_free(struct doing_times *d);

/* What they do when the clock shows that. */
enum doing doing_at(struct doing_times *d, double clock_s);

#endif
