/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * long_look.h -- does something go on breathing that is too faint for any one look?
 *
 * A look at half a minute shows the lines of chance, here now and there then; a breath stays near its rate.  So the rows
 * of all looks since somebody walked are averaged: what chance leaves falls as the square root of their number, a breath does not
 * (integration after detection: Marcum 1947; for links whose breath is 5 to 8 dB below what one look shows).  That tells no rate, it is
 * too vague and too late for one, but that somebody who is hardly seen is there still.
 *
 * Only rates of 9.5 to 28 a minute are asked for, of children all of their band: below are sway and drift, above fans.
 *
 * What chance leaves depends on the radio: where its errors are nearly the same on all tones, each look shows it twice as strongly.
 *
 * Who walks may have left, so a walk ends it; after any movement the newest looks must show it, too. */
#ifndef MODELS_LONG_LOOK_H
#define MODELS_LONG_LOOK_H

#include <stdbool.h>
#include "models/model.h"

struct long_look_input {
	const float *row_db;		/* of a new look, BREATH_BINS of them, what is known to be nobody's at -INFINITY;
					 * borrowed; NULL: there is none in this tick */
	float chance_db;		/* what noise alone spreads it by, at one rate, */
	float lo_hz, hi_hz;		/* its band, */
	float window_s;			/* and the time that it saw */
	float repeats_s;		/* after so long all comes again, and more looks tell no more; 0: it does not */
	bool  moving;
	bool  walked;			/* and long enough to come or to go */
};

struct long_look_mean {
	float row_db[BREATH_BINS];
	int   looks;			/* that it is of */
};

struct long_look {
	struct long_look_mean all, newest;	/* since somebody walked; since the last movement */
	int   unseen;			/* ticks since the last */
	float odds;			/* log-odds for somebody who breathes; NAN: too few looks */
};

/* Nothing was looked at.  Plain struct. */
void long_look_init(struct long_look *l);

/* Ten times a second.  Updates `odds`. */
void long_look_tick(struct long_look *l, const struct long_look_input *in);

#endif
