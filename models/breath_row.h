/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_row.h -- from a spectrum to evidence: how far each rate stands above what is usual
 * there.
 *
 * The receivers' noise is flat and steady, a mean over many streams.  Sway and drift are not:
 * they are a walk, one waveform in all streams, whose power falls as the square of the rate
 * and whose bins are spread exponentially.  So the floor at a rate is what its neighbours
 * would be there, and the more of it is a walk, the higher must a peak stand. */
#ifndef MODELS_BREATH_ROW_H
#define MODELS_BREATH_ROW_H

#include <stdbool.h>
#include "dsp/rank1.h"
#include "models/model.h"

/* Writes the evidence of each rate between lo_hz and hi_hz (bins: breath_bin_hz()), in dB over
 * its floor, from the spectrum just computed (borrowed).  Rates too slow for the window, and
 * what may be their harmonics, get none.  one_chain: the streams have the receiver's own drift in
 * them, which no ratio of chains took out.  Returns the greatest value. */
float breath_row(const struct rank1 *r, float lo_hz, float hi_hz, bool one_chain, float row_db[BREATH_BINS]);

/* Bodies sway slowly, also where chains took the receiver's drift out: lowers what is slow in such a row of the same spectrum,
 * unless what stands highest is all that moves.  Returns the greatest value. */
float breath_row_doubt_slow(const struct rank1 *r, float lo_hz, float hi_hz, float row_db[BREATH_BINS]);

/* The top of the spectrum itself nearest to a line of the row at hz.  The floor bends near the slowest rates that a window
 * may show, and the row with it.  0: it has none within half the width of a line. */
float breath_row_top_hz(const struct rank1 *r, float hz);

/* The bin where such a row is highest. */
int breath_row_highest(const float row_db[BREATH_BINS]);

/* That floor at one rate, relative to the receivers' noise: 1 or more. */
float breath_row_floor(const struct rank1 *r, float hz);

/* Is the line at that rate, with its harmonics, all that moves, all else as fast being below_db weaker?  Who walks or
 * shifts stirs all rates. */
bool breath_row_alone(const struct rank1 *r, float peak_hz, float window_s, float below_db);

/* What chance reaches at least in such a row, whatever the noise looks like, dB. */
float breath_row_chance_db(bool one_chain);

#endif
