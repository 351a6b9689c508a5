/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * odds.h -- probabilities add up as log-odds. */
#ifndef MODELS_ODDS_H
#define MODELS_ODDS_H

#include <math.h>

/* Of a probability; nothing is held to be surer than 10,000 to 1. */
static inline float log_odds_of(float p)
{
	p = fminf(fmaxf(p, 1e-4f), 1 - 1e-4f);
	return logf(p / (1 - p));
}

/* And back. */
static inline float probability_of(float log_odds)
{
	return 1 / (1 + expf(-log_odds));
}

#endif
