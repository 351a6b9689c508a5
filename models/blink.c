/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include "models/blink.h"

#define TICK_S  0.1f
#define SHORT_S 4.0f		/* nobody gets up, walks out and is not seen before and after it */
#define LONG_S  (2 * SHORT_S)	/* in which he may */
#define SEEN_S  10.0f		/* that are remembered */

float blink_tick(struct blink *b, bool able, bool moving)
{
	float counts = 0;

	if (!able) {
		b->blind_s = fminf(b->blind_s + TICK_S, LONG_S);
		return 0;
	}
	if (b->still && !moving && b->blind_s <= SHORT_S)
		counts = fminf(b->blind_s, b->seen_s);
	b->seen_s = fminf(b->seen_s - counts + TICK_S, SEEN_S);
	b->blind_s = 0;
	b->still = !moving;
	return TICK_S + counts;
}

bool blink_lost(const struct blink *b)
{
	return b->blind_s >= LONG_S;
}
