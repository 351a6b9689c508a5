/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * device_noise.h -- what one link sees in the band of breathing while a device runs: a template
 * for each device and state.
 *
 * It is learned while the room is known to be empty, as the highest that each rate has stood of late: the
 * lines of what swings and the floor of what stirs the air alike.  While the device is said to run, that
 * is nobody's from the first second; a chest must stand clearly above it.  A device
 * whose template is not known yet may make anything: what comes up then is held back until it has
 * proved to be a chest (machine.h), but for what was told before. */
#ifndef MODELS_DEVICE_NOISE_H
#define MODELS_DEVICE_NOISE_H

#include "models/device.h"
#include "models/model.h"
#include "models/snapshot.h"

#define DEVICE_NOISE_RUNS 2		/* on, swinging */

struct device_template {
	uint8_t level[BREATH_BINS];	/* quarters of a dB over the noise; 0 and less: 0 */
	uint8_t looks;			/* that have taught it */
};

struct device_noise {
	struct device_template of[DEVICES_MAX][DEVICE_NOISE_RUNS];
};

/* A look at a spectrum in an empty room learns; in any other, what the running devices make is taken out of
 * e->row_db, and e->q_db, e->machine and e->held say what that means.  A device that was switched off counts for as
 * long as the window still shows it.  False: none counts, or nothing is known of them (around NULL). */
bool device_noise_look(struct device_noise *n, const struct surroundings *around, uint64_t now_us,
		       struct breath_evidence *e);

/* As in habit.h: by the place that the devices have among the surroundings, on the link's band. */
void device_noise_save(const struct device_noise *n, struct snapshot_out *out);
bool device_noise_load(struct device_noise *n, struct snapshot_in in);

#define DEVICE_NOISE_VERSION 1

#endif
