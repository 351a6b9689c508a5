/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * comb.h -- lines at many multiples of one slow pace: what swings to and fro and moves much.
 *
 * The head of a fan turns by a metre within ten seconds: each swing is a long burst of ripples, and what repeats so
 * has lines at all multiples of its pace, far beyond the band of breathing.  None of them need be strong.  A chest has its rate,
 * the double, at times the triple; an average of the spectrum over minutes has nothing else that is even. */
#ifndef MODELS_COMB_H
#define MODELS_COMB_H

#include <stdbool.h>
#include "dsp/rank1.h"

#define COMB_BINS 132		/* to 77 a minute, at 5 rows a second */

struct comb {
	float level_db[COMB_BINS];	/* of the spectrum over its noise, an average of up to five minutes */
	float shape;			/* of that noise, likewise; rank1.h */
	float hz;			/* the pace that explains it best */
	float z;			/* how far the teeth stand out that no chest has, in deviations of chance */
	int   looks;			/* that went into it */
	bool  sure;
};

/* Nothing is known.  Plain struct. */
void comb_reset(struct comb *c);

/* A look was taken; windows of less than 40 s do not tell lines apart and are left out.  hi_hz: end of the band in
 * which what stands out most is to be explained. */
void comb_look(struct comb *c, const struct rank1 *r, float hi_hz);

/* Beyond doubt there is a comb, this is one of its teeth in the window of the last look, and it stands no higher there than
 * it usually does. */
bool comb_has(const struct comb *c, const struct rank1 *r, float hz);

/* May this be one of the teeth: is a comb likelier than chance? */
bool comb_explains(const struct comb *c, float hz);

#endif
