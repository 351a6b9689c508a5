/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * player_loop.h -- a piece of a recording, over and over, for longer than it lasts.
 *
 * One round follows the other at the mean distance of the packets, so that the seam is no gap.  What was
 * not there before is there then: a step where the end meets the beginning, and all that the piece shows
 * repeats with the period of its length, noise too. */
#ifndef TOOLS_PLAYER_LOOP_H
#define TOOLS_PLAYER_LOOP_H

#include "daemon/formats/recording.h"

struct player_loop {
	double from_s, to_s;		/* the piece, in seconds of the recording */
	double total_s;			/* so long it is played; 0: no loop, the whole recording once */
	/* the player's */
	const char *path;
	uint64_t base_us;		/* time at which this round began */
	uint64_t first_us, last_us;	/* of the piece, in the recording */
	long frames;			/* of this round */
	struct csi_frame frame;		/* with its own time */
};

/* The next frame, as recording_frame(); *r is closed and opened anew for each round.  Ends where a piece has
 * fewer than two frames. */
int player_loop_frame(struct player_loop *l, struct recording **r, const struct csi_frame **frame,
		      char error[RECORDING_ERROR_LEN]);

#endif
