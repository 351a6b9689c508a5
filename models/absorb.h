/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * absorb.h -- what stirs a room in which nobody can be: a fan, a louver, a curtain, a
 * compressor.
 *
 * Who comes into an empty room moves.  So what begins to breathe or to sway in a room that is
 * known to be empty, without a movement before it, is no person.  It is learned then, and from
 * then on no sign of anybody, also after people have come and gone, until it has stopped.
 * Energies are relative to the mean power of the channel, so gain, packet rate and
 * format do not move them. */
#ifndef MODELS_ABSORB_H
#define MODELS_ABSORB_H

#include <stdbool.h>
#include "models/breath.h"
#include "models/model.h"
#include "models/snapshot.h"

struct absorb {
	float energy;			/* of slow changes that is nobody's, over the squared mean power */
	float rate_per_min;		/* of what breathes and is nobody; 0: nothing does */
	float energy_gone_s, rate_gone_s;	/* so long they have not been seen */
	float excess;			/* the energy in units of the noise of the link that shows it best */
};

void absorb_init(struct absorb *a);

/* Log-odds for somebody who moves a little, of the link that says the most (borrowed,
 * n >= 0), less what is absorbed.  NAN: no link can tell. */
float absorb_micro(const struct absorb *a, const struct evidence *const evidence[], int n);

/* Is so much absorbed that a person might be hidden by it? */
bool absorb_hides(const struct absorb *a);

/* Is that the rate of something absorbed, or its half or double? */
bool absorb_is(const struct absorb *a, float rate_per_min);
bool absorb_rate(const struct absorb *a, const struct breath_result *b);	/* where there is one */

/* The clock: s seconds have passed.  nobody: the room is known to be empty. */
void absorb_tick(struct absorb *a, float s, bool nobody, bool moving, const struct breath_result *b,
		 const struct evidence *const evidence[], int n);

/* As in habit.h.  What is back and is seen no more is forgotten as ever, after two minutes. */
void absorb_save(const struct absorb *a, struct snapshot_out *out);
bool absorb_load(struct absorb *a, struct snapshot_in in);

#define ABSORB_VERSION 1

#endif
