/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * rng.h -- chance that is the same on every run: PCG32 (O'Neill 2014) with streams, so
 * that each part of a scene draws from its own and a change to one leaves the others. */
#ifndef TOOLS_SIM_RNG_H
#define TOOLS_SIM_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state, step;
	double spare;		/* the second of a pair of Gaussians */
	int have_spare;
};

/* The same seed and stream give the same numbers. */
void rng_init(struct rng *r, uint64_t seed, uint64_t stream);

uint32_t rng_bits(struct rng *r);
double rng_uniform(struct rng *r, double from, double to);	/* from <= x < to */
double rng_gaussian(struct rng *r);				/* mean 0, deviation 1 */
double rng_exponential(struct rng *r, double mean);
int rng_chance(struct rng *r, double probability);		/* 0 or 1 */

#endif
