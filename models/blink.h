/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * blink.h -- how much time a tick stands for, where a link is blind now and then.
 *
 * A link that sees one second of two sees somebody lie there just as well: who was still before a short blindness and is
 * after it was still in it.  So such a blindness counts, when it has ended; longer ones do not, nor those
 * beside which something moved, nor more of them than was seen. */
#ifndef MODELS_BLINK_H
#define MODELS_BLINK_H

#include <stdbool.h>

struct blink {
	float blind_s;			/* up to now; too long: over */
	float seen_s;			/* for which no blindness was counted yet */
	bool  still;			/* nothing moved when it was last seen */
};

/* One tick of 0.1 s.  Seconds that it stands for: 0 if it is blind; of a still one, with the blindness that it ends.
 * All zero is where it begins. */
float blink_tick(struct blink *b, bool able, bool moving);

/* Is it blind, and for so long that who was there may have left? */
bool blink_lost(const struct blink *b);

#endif
