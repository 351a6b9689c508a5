/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_second.h -- does somebody else breathe beside the one whose rate is told?
 *
 * A second person breathes at a rate of his own and moves other paths: the axis of his line in the streams (rank1.h) is
 * another.  What one chest shows beside its rate (harmonics, every second breath deeper, a change of rate) has its axis.
 * Bodies that sway have axes of their own, too, at slow rates: a second rate under 12 a minute is not believed. */
#ifndef MODELS_BREATH_SECOND_H
#define MODELS_BREATH_SECOND_H

#include "dsp/steer.h"
#include "models/model.h"

/* Of the spectrum just computed of these rows (borrowed), whose line at e->peak_hz `first` follows; *second is where it
 * works.  The band is that of e->row_db.  Hz; 0: nobody else is seen. */
float breath_second(const struct rank1 *r, const struct slowgrid *grid, const struct steer *first, struct steer *second,
		    float lo_hz, float hi_hz, const struct breath_evidence *e);

#endif
