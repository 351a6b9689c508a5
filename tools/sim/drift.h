/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * drift.h -- aimless movement: noise whose power falls as 1/f between two frequencies and
 * that has no line in its spectrum.  Each octave joins values at even intervals, drawn by
 * hashing their number, by a smooth curve (Perlin 1985, "value noise"): no memory, and any
 * moment can be asked for. */
#ifndef TOOLS_SIM_DRIFT_H
#define TOOLS_SIM_DRIFT_H

#include <math.h>
#include <stdint.h>

/* Deviation 1, mean 0, from the number of a lattice point. */
static inline double drift_value(uint64_t key, int64_t at)
{
	uint64_t x = key + (uint64_t)at * 0x9e3779b97f4a7c15ull;	/* splitmix64 (Steele 2014) */

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ x >> 27) * 0x94d049bb133111ebull;
	x ^= x >> 31;
	return ((double)(x >> 11) / 9007199254740992.0 - 0.5) * 3.4641016151377544;
}

/* Catmull and Rom's cubic through four values. */
static inline double drift_octave(uint64_t key, double x)
{
	int64_t i = (int64_t)floor(x);
	double f = x - (double)i, a = drift_value(key, i - 1), b = drift_value(key, i);
	double c = drift_value(key, i + 1), d = drift_value(key, i + 2);

	return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)));
}

/* From lowest_hz to 2^octaves times that, about; deviation about 1. */
static inline double drift(uint64_t key, double t_s, double lowest_hz, int octaves)
{
	double sum = 0, hz = 2 * lowest_hz;

	for (int i = 0; i < octaves; i++, hz *= 2)
		sum += drift_octave(key + (uint64_t)i * 0xd1342543de82ef95ull, t_s * hz);
	return sum / sqrt(0.75 * octaves);
}

#endif
