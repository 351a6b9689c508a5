/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * steer.h -- one component of a rank-1 window as a waveform, and whether it still lives.
 *
 * A window of a minute goes on showing a breath for most of a minute after it has ceased.  So the
 * streams are combined with the weights that suit the component (maximum ratio combining, Brennan
 * 1959; the weights are the eigenvector that rank-1 leaves), and what this waveform did of late is
 * compared with what it does usually. */
#ifndef DSP_STEER_H
#define DSP_STEER_H

#include "dsp/rank1.h"

struct steer {
	float hz;
	int   rows, streams;
	float wave[SLOWGRID_ROWS];	/* oldest first; 0 where a row is missing, see rank1.row */
	float weight[RANK1_STREAMS];	/* of each stream in it */
	float axis[RANK1_STREAMS];	/* the component's amplitude in each stream, in units of its noise */
	/* of the last steer_alive(): */
	int   width;			/* of the shortest stretch, rows */
	float usual, variance;		/* amplitude in such stretches; noise of a row */
};

/* Follows the component at hz through the window of the last rank1_run(); the grid must not have
 * changed since.  Plain struct. */
void steer_to(struct steer *s, const struct rank1 *r, const struct slowgrid *g, float hz);

/* What speaks for the component being there in the newest rows, as a log-likelihood ratio: below 0
 * it speaks against; near 0 the noise is too strong to tell.  floor: noise power near hz, as a
 * multiple of that in the noise band. */
float steer_alive(struct steer *s, const struct rank1 *r, float floor);

/* The same of a component that was followed some time ago, by its weights of then: what begins again is
 * seen within a few breaths, long before a window shows it.  0: too much is missing. */
float steer_recall(const struct steer *then, const struct rank1 *r);

/* Means of all streams over the newest stretch, as it was when the component was followed. */
void steer_place(const struct steer *s, const struct rank1 *r, float mean[RANK1_STREAMS]);

/* How far the streams' means have gone since, across the component's axis, as a multiple of the component's
 * power: a chest that stands still goes nowhere but along its axis; a body that shifts goes elsewhere. */
float steer_shift(const struct steer *then, const float mean_then[RANK1_STREAMS], const struct rank1 *r);

/* How evenly the component goes. */
struct steer_pace {
	float hz;			/* refined */
	float wander_rad;		/* of its phase from that of an even pace, rms over stretches of two
					 * periods */
	float noise_rad;		/* what noise alone would do to it */
	int   stretches;		/* that say so; two overlap by half */
	float coherence;		/* how far one sine goes on through all of them: 1 exactly, about 0.5
					 * of noise that the axis was fitted to */
};

/* False: the window is too short for it.  floor as above. */
bool steer_pace(const struct steer *s, const struct rank1 *r, float floor, struct steer_pace *p);

/* Cosine of the angle between two components' axes, 0 to 1: what moves one chest has one axis. */
float steer_likeness(const struct steer *a, const struct steer *b);

#endif
