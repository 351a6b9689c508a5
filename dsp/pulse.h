/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * pulse.h -- what beats in a waveform that breathes (pilot.h)?
 *
 * A heart moves the chest by a tenth of a millimetre, breathing by several, and the
 * harmonics of breathing lie where the heart is looked for.  They are bound to the phase of the
 * breath, the heart is not: sines of up to ten times that phase, the first ones with an
 * amplitude that may change, are fitted to the waveform and taken out.  Unlike a comb of
 * notches that follows every breath.  In the spectrum of what is left, over its local floor,
 * the heart is a line with its own harmonics, since its pulse is sharp: a comb of
 * logarithms at the multiples of a rate (heartbeat.c) finds it. */
#ifndef DSP_PULSE_H
#define DSP_PULSE_H

#include "dsp/pilot.h"

#define PULSE_HARMONICS 10	/* of the breath that are taken out */
#define PULSE_BENDING   4	/* the first ones may change over the window */
#define PULSE_TERMS     (3 + 2 * PULSE_HARMONICS + 2 * PULSE_BENDING)

struct pulse {
	/* of the last run */
	float level[PILOT_BINS];	/* of what is left, over its floor: logarithm, nepers of power, >= 0 */
	float step_hz;			/* between bins */
	/* scratch */
	float turn_re[PILOT_ROWS], turn_im[PILOT_ROWS];	/* e^{j phase of the breath} */
	float trust[PILOT_ROWS], left[PILOT_ROWS];
	float gram[PULSE_TERMS][PULSE_TERMS], right[PULSE_TERMS];
};

/* Analyses the waveform of the pilot's last run; uses the pilot's transform.  A plain struct,
 * nothing to prepare. */
void pulse_run(struct pulse *u, struct pilot *p);

/* Level at a frequency, interpolated; 0 above the last bin. */
float pulse_level(const struct pulse *u, float hz);

#endif
