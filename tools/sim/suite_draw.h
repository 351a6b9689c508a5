/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * suite_draw.h -- for the files that know what the suite's sets are of: drawing numbers and writing them.
 * Suites are made one number by one, in statements of their own: the order of arguments is the compiler's. */
#ifndef TOOLS_SIM_SUITE_DRAW_H
#define TOOLS_SIM_SUITE_DRAW_H

#include <stdio.h>
#include "tools/sim/geometry.h"
#include "tools/sim/rng.h"

static inline double any(struct rng *rng, double from, double to)
{
	return rng_uniform(rng, from, to);
}

static inline int pick(struct rng *rng, int n)
{
	return (int)(rng_bits(rng) % (unsigned)n);
}

/* Writes "name = a number between those". */
static inline void put(FILE *f, struct rng *rng, const char *name, double from, double to)
{
	fprintf(f, "%s = %.3f\n", name, rng_uniform(rng, from, to));
}

static inline void put_at(FILE *f, const double *at, int axes)
{
	fprintf(f, "at =");
	for (int i = 0; i < axes; i++)
		fprintf(f, " %.2f", at[i]);
	fprintf(f, "\n");
}

enum child_kind { CHILD, NEWBORN, DUMMY };	/* dummy: a newborn for tests of cars, which breathes 30 a minute */

/* Size, breath and heart of one; the posture is the caller's (suite_cars.c). */
void draw_child(FILE *f, struct rng *rng, enum child_kind kind);

/* Sets of suite_cars.c. */
void suite_car(FILE *f, struct rng *rng, int number);
void suite_cabin_mt7915(FILE *f, struct rng *rng, int number);
void suite_cabin_3_mt7915(FILE *f, struct rng *rng, int number);
void suite_cabin_intel5300(FILE *f, struct rng *rng, int number);
void suite_cabin_3_intel5300(FILE *f, struct rng *rng, int number);

#endif
