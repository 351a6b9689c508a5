/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * turn.h -- does what moves at some rate keep its direction?
 *
 * A chest breathes to and fro on one path, so its line has one axis in the streams (rank1.h), from the window's begin to
 * its end.  A body that sways goes forward now and sideways then: each part of a window has another axis. */
#ifndef DSP_TURN_H
#define DSP_TURN_H

#include "dsp/rank1.h"

/* By how much less alike the axes of the window's thirds are at hz than noise alone would make those of one axis: the
 * cosine that noise leaves of 1, less that of the two thirds that are least alike; 0, or less: it keeps its direction.
 * After rank1_run() of rows of `streams` streams, which must not have changed since. */
float turn_of(const struct rank1 *r, int streams, float hz);

#endif
