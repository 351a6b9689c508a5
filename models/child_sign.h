/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * child_sign.h -- does something small breathe, in the first seconds after all movement has ended?
 *
 * A rate that people may see needs a floor to stand over, and looks that agree; that takes longer than the
 * 12 s in which a child must be noticed.  So here is asked for less: is there anything between 20 and 75 a
 * minute that is stronger than the receivers' noise, and does it go evenly?  Who leans on the car, and the
 * wind, move its sheets as strongly as a newborn's chest moves, but without a rhythm: of their aimless
 * movement (tools/sim/drift.h) one sine and its double explain more than 0.72 in three windows of 12 s in a
 * thousand, and more than 0.92 in as many of 8 s.  Of a breath they explain 0.9 and more, if it is not faint.
 *
 *   rows -> rank-1 spectrum -> what stands highest -> its waveform -> least squares
 *
 * A body that sways beside its breath is no rhythm either.  So the waveform is looked at a second time without
 * all that is slower than any child breathes, where chance reaches further.
 *
 * Fooled by: machines in the band; an adult whose breath's double is stronger than the breath. */
#ifndef MODELS_CHILD_SIGN_H
#define MODELS_CHILD_SIGN_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/steer.h"
#include "models/model.h"

struct child_sign {
	float    lo_hz, hi_hz;
	struct steer steer;
	uint64_t from;			/* first row after the last movement */
	bool     moved, moving;		/* there was one; there is */
	uint64_t second;		/* in which the last look was */
};

/* A plain struct, 3 KiB.  The band's ends. */
void child_sign_init(struct child_sign *s, float lo_hz, float hi_hz);

/* What came before is another scene. */
void child_sign_reset(struct child_sign *s);

/* Ten times a second: whether something moves, and once a second a look at the rows since then; while it moves, at
 * the newest.  What the spectrum held before is lost.  Writes *e. */
void child_sign_tick(struct child_sign *s, struct rank1 *r, const struct slowgrid *g, uint64_t now_us, bool moving,
		     struct child_evidence *e);

struct child_verdict {
	bool  looked;			/* since the last tick; without that all else is 0 */
	float hz;			/* of a breath; 0: there is none */
	bool  aimless;			/* what moves has no rhythm in the band */
	bool  slow;			/* what stands highest in the band is the double of something slower: an adult's breath */
};

/* Each link alone, and those together that agree with the one that sees most; what is not new says nothing. */
void child_sign_pool(const struct evidence *const evidence[], int n, struct child_verdict *v);

#endif
