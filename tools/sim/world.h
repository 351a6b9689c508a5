/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * world.h -- a scene come to life: frames in the order of their times. */
#ifndef TOOLS_SIM_WORLD_H
#define TOOLS_SIM_WORLD_H

#include "tools/sim/people.h"
#include "tools/sim/radio.h"
#include "tools/sim/scene.h"
#include "tools/sim/things.h"

#define WORLD_RADIOS (2 * SCENE_SENDERS)

struct world {
	const struct scene *scene;
	struct person person[SCENE_PERSONS];
	struct thing thing[SCENE_THINGS];
	struct channel *channel[WORLD_RADIOS];
	struct air air[SCENE_SENDERS];
	struct radio *radio;			/* one for each sender, then one for its other format */
	struct { double from_s, until_s; struct rng rng; } other[SCENE_SENDERS];	/* when it speaks that */
	double next_s[SCENE_SENDERS];
	uint32_t sequence[SCENE_SENDERS];
	double clock_ppm;
	uint64_t last_us;
	struct rng clock_rng;
	float *re, *im;				/* of one packet */
	struct csi_frame frame;
};

/* Makes everything that the scene (borrowed) has.  0 or -ENOMEM.  world_close() frees,
 * also after an error. */
int world_open(struct world *w, const struct scene *scene, uint64_t seed);
void world_close(struct world *w);

/* The address of that sender. */
void world_mac(int sender, uint8_t mac[6]);

/* The next packet that arrives, borrowed until the next call; NULL: the scene is over. */
const struct csi_frame *world_next(struct world *w);

/* The ideal channel from sender i (SCENE_SENDERS + i: in its other format) at a moment,
 * [rx][tx][tone]. */
void world_channel(struct world *w, int i, double t_s, float *re, float *im);

/* What the receiver's clock shows then, in seconds, without the delay of a host. */
double world_clock_s(const struct world *w, double t_s);

#endif
