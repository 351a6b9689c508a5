/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * device_motion.h -- what a running device moves, so that it is taken for nobody.
 *
 * Blades, a flap, warm air change the channel as a body does, for as long as they run.  How strongly each device
 * does so in each of its states is learned on each link:
 *
 *   - when it is switched on in a room that is known to be empty.  For a quarter of a minute nothing is called
 *     movement, and then only what is clearly stronger;
 *   - when it is switched off and nobody moves from then on until the room is known to be empty: then what
 *     was last seen was the device alone.
 *
 * A device that was switched on by somebody who is there, and of which nothing is known, is movement as before:
 * it may be somebody. */
#ifndef MODELS_DEVICE_MOTION_H
#define MODELS_DEVICE_MOTION_H

#include <stdbool.h>
#include <stdint.h>
#include "models/device.h"
#include "models/snapshot.h"

#define DEVICE_MOTION_WINDOWS 3		/* of 10 s, that a device is known by after it was switched off */

struct device_motion {
	float known[DEVICES_MAX][2];	/* strength, on and swinging; 0: not known */
	int   device, swinging;		/* the one that was told of last; -1: none runs */
	uint64_t since_us;
	bool  learning;			/* the room was empty when it began */
	float window[DEVICE_MOTION_WINDOWS];	/* the greatest of each, newest first; 0: none */
	uint64_t window_us;
	int   left, left_swinging;	/* was switched off, and may be learned from yet; -1: none */
	float left_strength;
};

void device_motion_init(struct device_motion *d);

/* The clock: how strongly something moves (of the static paths, as an amplitude; 0: it is no movement, or hardly)
 * and whether it was called movement before.  Returns how strongly it must, at least, to be somebody; 0: no device that is known moves;
 * INFINITY: nothing is to be told from the device yet. */
float device_motion_tick(struct device_motion *d, const struct surroundings *around, uint64_t now_us, float strength,
			 bool moving);

/* As in device_noise.h. */
void device_motion_save(const struct device_motion *d, struct snapshot_out *out);
bool device_motion_load(struct device_motion *d, struct snapshot_in in);

#define DEVICE_MOTION_VERSION 1

#endif
