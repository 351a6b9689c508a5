/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * channel.h -- the ideal channel between a sender and a receiver in a room.
 *
 *   H = direct path * diffraction by bodies
 *     + reflections at the walls + clutter (furniture, further rooms)
 *     + sum over scatterers: sqrt(cross section) * leg from the sender * leg to the receiver
 *
 * A leg is the sum over an antenna, its mirror images in the walls and waves of the clutter, so a body is lit by
 * all the ways by which the receiver is, and the pairs of them cost a product and not a double sum.  In a
 * diffuse room a leg is a sum of random plane waves.  Walls within the room
 * weaken what passes them.  Bodies do not shadow each other's legs, and polarisation is left out. */
#ifndef TOOLS_SIM_CHANNEL_H
#define TOOLS_SIM_CHANNEL_H

#include <stdbool.h>
#include "dsp/csi.h"
#include "tools/sim/geometry.h"
#include "tools/sim/rng.h"

#define CHANNEL_ANTENNAS 4	/* at each end */
#define CHANNEL_IMAGES   64	/* with the waves of clutter */
#define CHANNEL_CLUTTER  64
#define CHANNEL_WALLS    8

/* What reflects.  `normal`: it is best seen from there; all zero: from everywhere. */
struct scatterer {
	struct point at, normal;
	double amplitude;	/* square root of the radar cross section in m2 */
};

/* A body as an obstacle to the direct path: a box that stands on z0 and faces
 * (facing_x, facing_y). */
struct blocker {
	double x, y, z0, z1, facing_x, facing_y;
	double front, back, side;	/* its reach from (x, y), m */
};

/* A wall within the room, upright, without thickness. */
struct channel_wall {
	double from[2], to[2], passes;	/* the share of an amplitude that does */
};

struct channel_setup {
	double size[3];			/* of the room; a corner is at 0 0 0 */
	double reflect;			/* amplitude that a wall reflects, 0: no walls */
	int    clutter;			/* paths without a place, 0: none */
	double k_db, spread_ns;		/* direct power over theirs; rms delay spread */
	double light_db;		/* power with which they light bodies, over that at the receiver */
	int    diffuse;			/* plane waves of a leg; 0: images in the walls */
	bool   flat;			/* plane waves in the horizontal plane only */
	struct channel_wall wall[CHANNEL_WALLS];
	int    walls;
	double direct_loss_db;		/* what stands between the two */
	struct point sender[CHANNEL_ANTENNAS], receiver[CHANNEL_ANTENNAS];
	int    senders, receivers;
	double centre_hz;
	const struct csi_tones *tones;
};

struct channel;

/* Memory for a link, everything that does not move computed.  NULL: no memory.
 * The setup is copied, the tones are borrowed. */
struct channel *channel_new(const struct channel_setup *setup, struct rng *rng);
void channel_free(struct channel *c);		/* NULL is fine */

/* What else moves: 0..1, how far the door is open; the displacement of the receiver along
 * x in metres (small against the wavelength) by which it shakes; how far it has been
 * carried off its place (not in a diffuse room). */
struct channel_state {
	double door, shake_m;
	struct point carried;
};

/* The channel at a moment: re, im [rx][tx][tone], tone fastest, amplitudes relative to
 * what the sender radiates. */
void channel_response(struct channel *c, const struct scatterer *s, int scatterers,
		      const struct blocker *b, int blockers, const struct channel_state *state,
		      float *re, float *im);

/* Factor of the direct path between two points past an obstacle: 1 far from it. */
void channel_diffraction(struct point from, struct point to, double wavelength_m,
			 const struct blocker *b, double *re, double *im);

/* The field of one leg at a place, for tests of the diffuse field: [tone]. */
void channel_leg(struct channel *c, struct point at, float *re, float *im);

#endif
