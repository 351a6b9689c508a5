/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * heart.h -- from the rows of a room's links to the heart rate that people see.
 *
 * The rows (heartbeat.c) are added, each weighed by how far its peak stands out, a ridge is
 * tracked through them, and a gate decides whether there is a value at all.  What counts
 * is the mean height of the ridge's path and how far the best path elsewhere stays below it:
 * chance wanders from window to window, a heart stays.  Two looks in a row must pass the gate
 * and agree.  There is no value unless somebody breathes there and keeps still.
 *
 * Never an alarm: this is a hint about somebody's rest, not a diagnosis. */
#ifndef MODELS_HEART_H
#define MODELS_HEART_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/ridge.h"
#include "models/breath.h"
#include "models/model.h"

struct heart_result {
	enum reason reason;	/* REASON_NONE: there is a rate */
	float rate_per_min;	/* mean over the window */
	float quality;		/* probability that the rate is within 5/min of the truth */
	float snr_db;		/* mean height of the path over the median; NAN: nothing was looked at */
	float window_s;		/* length of the window that the value describes */
};

struct heart {
	struct ridge ridge;
	float lo_hz, hi_hz;
	float worth;		/* what the rows in the ridge add up to, their decay included */
	uint64_t judged_us;
	int   steady;		/* looks in a row that passed and agree */
	float steady_hz;
	bool  looked;		/* at a new row in this tick: */
	float row_db[HEART_BINS];	/* that of all links together */
	float gate_db;		/* how high a path must be, with so few rows */
	struct heart_result result;
};

/* The band of heart rates that belongs to the params' band of breathing. */
void heart_band(const struct model_params *params, float *lo_hz, float *hi_hz);

/* Frequency of a bin of the common grid. */
float heart_bin_hz(int bin, float lo_hz, float hi_hz);

/* A plain struct. */
void heart_init(struct heart *h, const struct model_params *params);

/* Ten times a second, with what the room's links say (borrowed) and what is said about
 * breathing there: without it there is no heart rate either, for the same reason. */
void heart_tick(struct heart *h, uint64_t now_us, const struct evidence *const evidence[], int n,
		const struct breath_result *breath);

#endif
