/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "models/device_motion.h"

#define LEARN_US   15000000u	/* a louver's whole swing */
#define WINDOW_US  10000000u
#define SETTLE_US  3000000u	/* after it was switched off: blades run on, and the window remembers */
#define ABOVE      1.5f		/* over the strongest that the device was: 3.5 dB */
#define STRENGTH_MAX 1000.0f
#define RISE       0.02f	/* a tick, towards what is stronger in an empty room */
#define FALL       0.0003f	/* and weaker: half in four minutes */

void device_motion_init(struct device_motion *d)
{
	memset(d, 0, sizeof(*d));
	d->device = d->left = -1;
}

/* Another device is the newest, or none, or it swings now and did not. */
static void change(struct device_motion *d, const struct surroundings *around, uint64_t now_us, int device,
		   int swinging)
{
	float least = d->window[DEVICE_MOTION_WINDOWS - 1];

	for (int i = 0; i < DEVICE_MOTION_WINDOWS; i++)
		least = fminf(least, d->window[i]);
	d->left = device < 0 && least > 0 ? d->device : -1;
	d->left_swinging = d->swinging;
	d->left_strength = least;
	d->device = device;
	d->swinging = swinging;
	d->since_us = d->window_us = now_us;
	memset(d->window, 0, sizeof(d->window));
	d->learning = device >= 0 && around->empty && !(d->known[device][swinging] > 0);
}

/* None runs: was what ran last alone in the room? */
static void look_back(struct device_motion *d, const struct surroundings *around, uint64_t now_us, bool moving)
{
	if (d->left < 0 || now_us - d->since_us < SETTLE_US)
		return;
	if (moving)
		d->left = -1;
	else if (around->empty) {
		d->known[d->left][d->left_swinging] = d->left_strength;
		d->left = -1;
	}
}

static void look(struct device_motion *d, const struct surroundings *around, uint64_t now_us, float strength)
{
	float *known = &d->known[d->device][d->swinging];

	if (now_us - d->window_us >= WINDOW_US) {
		memmove(d->window + 1, d->window, (DEVICE_MOTION_WINDOWS - 1) * sizeof(*d->window));
		d->window[0] = 0;
		d->window_us = now_us;
	}
	d->window[0] = fmaxf(d->window[0], strength);
	d->learning &= around->empty;
	if (d->learning && now_us - d->since_us < LEARN_US)
		*known = fmaxf(*known, strength);
	else if (around->empty && *known > 0)
		*known += (strength > *known ? RISE : FALL) * (strength - *known);
}

static float expected(const struct device_motion *d, const struct surroundings *around)
{
	float most = 0;

	for (int i = 0; i < around->devices; i++)
		if (around->device[i].state == DEVICE_ON || around->device[i].state == DEVICE_SWINGING)
			most = fmaxf(most, d->known[i][around->device[i].state == DEVICE_SWINGING]);
	return ABOVE * most;
}

float device_motion_tick(struct device_motion *d, const struct surroundings *around, uint64_t now_us, float strength,
			 bool moving)
{
	int device = devices_newest(around);
	int swinging = device >= 0 && around->device[device].state == DEVICE_SWINGING;

	if (!around)
		return 0;
	if (device != d->device || swinging != d->swinging)
		change(d, around, now_us, device, swinging);
	if (device < 0) {
		look_back(d, around, now_us, moving);
		return 0;
	}
	look(d, around, now_us, strength);
	if (d->learning && now_us - d->since_us < LEARN_US)
		return INFINITY;
	return expected(d, around);
}

void device_motion_save(const struct device_motion *d, struct snapshot_out *out)
{
	size_t begun = snapshot_begin(out, SNAPSHOT_DEVICE_MOTION, DEVICE_MOTION_VERSION);

	for (int i = 0; i < DEVICES_MAX; i++)
		for (int swinging = 0; swinging < 2; swinging++) {
			if (!(d->known[i][swinging] > 0))
				continue;
			snapshot_put(out, (uint64_t)(2 * i + swinging), 1);
			snapshot_put_float(out, fminf(d->known[i][swinging], STRENGTH_MAX));
		}
	snapshot_end(out, begun, true);
}

bool device_motion_load(struct device_motion *d, struct snapshot_in in)
{
	struct device_motion is;

	device_motion_init(&is);
	while (!in.spoilt && in.at < in.len) {
		int which = (int)snapshot_get(&in, 1, 2 * DEVICES_MAX - 1);

		is.known[which / 2][which % 2] = snapshot_get_float(&in, 0, STRENGTH_MAX);
	}
	if (!snapshot_whole(&in))
		return false;
	*d = is;
	return true;
}
