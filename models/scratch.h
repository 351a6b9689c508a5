/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * scratch.h -- what a model fills and reads within one call and never needs again: 130 KiB that every link
 * would have of its own, and that all links of a thread can share, as one looks after the other. */
#ifndef MODELS_SCRATCH_H
#define MODELS_SCRATCH_H

#include "dsp/apart.h"
#include "dsp/pilot.h"
#include "dsp/pulse.h"

struct scratch {
	struct pilot pilot;	/* whoever uses it sets bands and rate: pilot_aim() */
	struct pulse pulse;
	struct apart apart;	/* for rows of 5 Hz */
};

/* Takes all its memory now; NULL: there is none.  Nothing in it outlives the call of a model. */
struct scratch *scratch_create(void);
void scratch_free(struct scratch *s);		/* NULL is fine */

#endif
