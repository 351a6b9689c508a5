/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * wave.h -- the newest second of a component's waveform (steer.h), to be looked at.
 *
 * From window to window the weights of the streams change a little, and their common sign by
 * chance: it is kept by comparing the component's amplitudes with those of the window before.  Which
 * sign is that of a chest that rises, the waveform itself must say: people breathe in faster than
 * they breathe out, so the rising side is the steeper one. */
#ifndef DSP_WAVE_H
#define DSP_WAVE_H

#include "dsp/steer.h"

#define WAVE_HZ      5
#define WAVE_SAMPLES 5		/* a second */

struct wave {
	float axis[RANK1_STREAMS];	/* amplitudes in the last window, its sign included */
	int   streams;			/* 0: there was none */
	float tilt;			/* over 0: the rising side is steeper; smoothed over windows */
};

/* A plain struct, all zero at first and where what came before does not count any more. */
void wave_reset(struct wave *w);

/* The newest WAVE_SAMPLES of the waveform, oldest first, WAVE_HZ of them a second (r->rate_hz must be
 * a multiple of that): displacement in units of its usual amplitude, up is in; phase of the breath, 0 to
 * 1: it begins to rise at 0 and to fall at 0.5.  What was not measured is NAN. */
void wave_look(struct wave *w, const struct steer *s, const struct rank1 *r, float displacement[WAVE_SAMPLES],
	       float phase[WAVE_SAMPLES]);

#endif
