/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include "tools/sim/rng.h"

#define PCG_FACTOR 6364136223846793005ull

uint32_t rng_bits(struct rng *r)
{
	uint64_t old = r->state;
	uint32_t mixed = (uint32_t)(((old >> 18) ^ old) >> 27), turn = (uint32_t)(old >> 59);

	r->state = old * PCG_FACTOR + r->step;
	return mixed >> turn | mixed << (-turn & 31);
}

void rng_init(struct rng *r, uint64_t seed, uint64_t stream)
{
	r->state = 0;
	r->step = stream << 1 | 1;
	r->have_spare = 0;
	rng_bits(r);
	r->state += seed;
	rng_bits(r);
}

double rng_uniform(struct rng *r, double from, double to)
{
	return from + (to - from) * (rng_bits(r) * (1 / 4294967296.0));
}

/* Marsaglia's polar method: it branches on products alone, so that another libm can
 * change a last digit but never the course of events. */
double rng_gaussian(struct rng *r)
{
	double x, y, square, factor;

	if (r->have_spare) {
		r->have_spare = 0;
		return r->spare;
	}
	do {
		x = rng_uniform(r, -1, 1);
		y = rng_uniform(r, -1, 1);
		square = x * x + y * y;
	} while (square >= 1 || square == 0);
	factor = sqrt(-2 * log(square) / square);
	r->spare = y * factor;
	r->have_spare = 1;
	return x * factor;
}

double rng_exponential(struct rng *r, double mean)
{
	return -mean * log(1 - rng_uniform(r, 0, 1));
}

int rng_chance(struct rng *r, double probability)
{
	return rng_uniform(r, 0, 1) < probability;
}
