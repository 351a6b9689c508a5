/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath.h -- from the spectra of a room's links to the breathing rate that people see.
 *
 * Every link delivers a row: the rank-1 spectrum of its window on a common grid, in dB
 * over its noise, with how far its peak stands above what an empty room does.  The
 * rows are added, each weighed by the probability that it shows a breath (they see the same
 * chest), a ridge is tracked through them, and a gate decides whether there is a value
 * at all.  Two looks that agree and stand above what chance reaches open it.  Looks that go
 * on agreeing need less: chance wanders, a breath stays. */
#ifndef MODELS_BREATH_H
#define MODELS_BREATH_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/ridge.h"
#include "models/model.h"

#define BREATH_SWAY_HZ (10.0f / 60)	/* slower, bodies sway more than people breathe */

struct breath_result {
	enum reason reason;	/* REASON_NONE: there is a rate */
	float rate_per_min;	/* mean over the window */
	float quality;		/* probability that the rate is within 2/min of the truth */
	float snr_db;		/* peak over the noise; NAN: nothing was looked at */
	float window_s;		/* length of the window that the value describes */
	float hint_db;		/* how far the spectrum speaks for somebody breathing (over 0) or for
				 * nobody (below); a rate needs far more than this; 0: no spectrum */
	float second_per_min;	/* of somebody else who breathes at another rate; 0: nobody is known to */
	bool  ceased;		/* the window still shows a breath, but it has stopped */
};

struct breath {
	struct ridge ridge;
	int   moving_ticks;		/* that the movement lasts */
	float lo_hz, hi_hz;
	int   steady;		/* looks in a row that say the same */
	float steady_hz;	/* what they say, a running mean; 0: nothing yet */
	float known_hz;		/* what was told before somebody moved; 0: nothing, or too long ago */
	int   told;		/* looks of late that told a rate */
	int   known_looks;	/* since then */
	float hz;		/* where the ridge is */
	float told_hz;		/* the last rate that was told; 0: none since somebody moved */
	bool  held;			/* a device runs whose lines are not known */
	float alive;		/* what speaks for it being there: a log-likelihood ratio */
	float second_hz;	/* where another chest may breathe, */
	int   second_looks;	/* how many looks have said so */
	int   second_unseen;	/* looks since one did */
	int   ceased;		/* looks for which it counts as over; 0: it is not */
	bool  looked;		/* at a new spectrum in this tick: */
	float row_db[BREATH_BINS];	/* that of all links together, dB over the noise, */
	float chance_db;	/* which noise alone spreads by so much */
	struct breath_result result;
};

/* Frequency of a bin of the common grid; the bin (may lie between two) of a frequency. */
float breath_bin_hz(int bin, float lo_hz, float hi_hz);

/* A plain struct.  The band is that of model_params. */
void breath_init(struct breath *b, float lo_hz, float hi_hz);
void breath_reset(struct breath *b);

/* Ten times a second, with what the room's links say (borrowed, n >= 0).
 * `moving`: the room moves, which silences every rate at once. */
void breath_tick(struct breath *b, const struct evidence *const evidence[], int n,
		 bool moving);

#endif
