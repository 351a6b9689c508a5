/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdlib.h>
#include "tools/roc.h"

#define Z 1.959964	/* 95 % */

struct share share_of(int part, int whole)
{
	double n = whole, p, centre, half;

	if (whole < 1)
		return (struct share){ NAN, NAN, NAN };
	p = part / n;
	centre = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
	half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);
	return (struct share){ p, fmax(0, centre - half), fmin(1, centre + half) };
}

struct share rate_of(int events, double hours)
{
	double n = events, m = n + 1;

	if (!(hours > 0))
		return (struct share){ NAN, NAN, NAN };
	return (struct share){ n / hours, events ? n * pow(1 - 1 / (9 * n) - Z / (3 * sqrt(n)), 3) / hours : 0,
			       m * pow(1 - 1 / (9 * m) + Z / (3 * sqrt(m)), 3) / hours };
}

static int ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Probability that a fall scores higher than another clip; equals count half. */
static double area_of(const float *fall, int falls, const float *other, int others)
{
	double wins = 0;
	int below = 0, equal;

	for (int i = 0; i < falls; i++) {
		while (below < others && other[below] < fall[i])
			below++;
		for (equal = 0; below + equal < others && other[below + equal] == fall[i]; equal++)
			;
		wins += below + 0.5 * equal;
	}
	return wins / ((double)falls * others);
}

static struct share area_interval(double a, int falls, int others)
{
	double q1 = a / (2 - a), q2 = 2 * a * a / (1 + a);
	double variance = (a * (1 - a) + (falls - 1) * (q1 - a * a) + (others - 1) * (q2 - a * a)) /
			  ((double)falls * others);
	double half = Z * sqrt(fmax(variance, 0));

	return (struct share){ a, fmax(0, a - half), fmin(1, a + half) };
}

static struct share sensitivity(const float *fall, int falls, const float *other, int others, double allowed)
{
	int may = (int)floor(allowed * others + 1e-9), hits = 0;
	float threshold = may < others ? other[others - 1 - may] : -1;

	for (int i = 0; i < falls; i++)
		hits += fall[i] > threshold;
	return share_of(hits, falls);
}

struct roc roc_compute(float *fall, int falls, float *other, int others)
{
	const struct share none = { NAN, NAN, NAN };
	struct roc r = { falls, others, none, none, none };

	if (!falls || !others)
		return r;
	qsort(fall, (size_t)falls, sizeof(*fall), ascending);
	qsort(other, (size_t)others, sizeof(*other), ascending);
	r.area = area_interval(area_of(fall, falls, other, others), falls, others);
	r.at_5 = sensitivity(fall, falls, other, others, 0.05);
	r.at_10 = sensitivity(fall, falls, other, others, 0.1);
	return r;
}

bool roc_too_small(const struct roc *r)
{
	return r->falls < 20 || r->others < 20 || r->area.high - r->area.low > 0.2;
}
