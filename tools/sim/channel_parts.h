/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * channel_parts.h -- the inside of a channel, for channel.c, which adds up what moves, and
 * channel_still.c, which computes what does not. */
#ifndef TOOLS_SIM_CHANNEL_PARTS_H
#define TOOLS_SIM_CHANNEL_PARTS_H

#include "tools/sim/channel.h"

#define LANES     4	/* tones that are computed at once */
#define LIGHTS    6	/* waves of the clutter in a leg */
#define NEAREST_M 0.3	/* closer to an antenna or its image the far field is absurd */

typedef float lanes __attribute__((vector_size(4 * LANES)));

/* The same float in all of them: where floats are computed as something wider (i386, s390x), C has no product of one
 * and a vector. */
#define LANES_OF(x) ((lanes){ (x), (x), (x), (x) })

struct image {
	bool   plane;
	int    side;		/* of the room, 0..5, that mirrors; -1: none, the antenna itself */
	struct point at;	/* or the direction that a plane wave comes from */
	double gain;		/* its amplitude at 1 m; of a plane wave: anywhere */
	double length_m;	/* of a plane wave, to the corner of the room */
};

struct antenna {
	struct point at;
	struct image image[CHANNEL_IMAGES];
	int images;
	lanes *re, *im;		/* its leg to the scatterer at hand */
};

/* A wave of the clutter that lights a body: from its antenna it leaves in one direction, and comes from
 * another wherever the body is. */
struct light {
	struct point from, leaves;
	double length_m;
};

/* A path of the clutter: plane waves at both ends. */
struct ray {
	struct point arrives, leaves;
	double amplitude, length_m, turns;
};

struct channel {
	struct channel_setup setup;
	double wavelength_m, first_hz, spacing_hz;
	int groups;		/* of LANES tones */
	int first;		/* index of the first tone on the grid, which has no gaps */
	int pairs;
	struct antenna sender[CHANNEL_ANTENNAS], receiver[CHANNEL_ANTENNAS];
	lanes *memory;
	/* [pair][group] each */
	lanes *still_re, *still_im;	/* walls and clutter */
	lanes *door_re, *door_im;	/* what an open door adds */
	lanes *shake_re, *shake_im;	/* derivative by the receiver's place, 1/m */
	lanes *direct_re, *direct_im;
	lanes *sum_re, *sum_im;
	struct ray ray[CHANNEL_CLUTTER];
	struct light sender_light[LIGHTS], receiver_light[LIGHTS];
	struct point carried;		/* where the receiver has been carried to, of its setup */
};

/* Adds amplitude * exp(-2 pi j (f length / c + turns)) for all tones of the grid. */
void channel_add_path(const struct channel *c, double amplitude, double length_m, double turns,
		      lanes *re, lanes *im);

/* What is left of an amplitude by the walls between two places: 1 without any. */
double channel_through(const struct channel_setup *s, struct point from, struct point to);

/* By the walls on the way by an image: from the antenna to the side that mirrors, and on. */
double channel_through_image(const struct channel_setup *s, struct point antenna, const struct image *m,
			     struct point at);

/* Places antennas and their images, and computes what does not move. */
void channel_make_still(struct channel *c, struct rng *rng);

/* The same after the receiver was carried by that much off its place. */
void channel_carry(struct channel *c, struct point by);

#endif
