/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * roc.h -- how well scores tell two kinds of clips apart, and how sure that is. */
#ifndef TOOLS_ROC_H
#define TOOLS_ROC_H

#include <stdbool.h>

/* A share with its 95 % interval, 0..1; NAN: of nothing. */
struct share {
	double value, low, high;
};

struct roc {
	int falls, others;
	struct share area;		/* interval: Hanley and McNeil (1982) */
	struct share at_5, at_10;	/* falls that score higher than all but 5, 10 % of the others */
};

/* `part` of `whole`, interval: Wilson (1927). */
struct share share_of(int part, int whole);

/* Rate of events an hour, interval: Poisson's, by Byar's approximation (Breslow and Day 1987). */
struct share rate_of(int events, double hours);

/* Sorts both. */
struct roc roc_compute(float *fall, int falls, float *other, int others);

/* No figure of it can be told to better than a tenth, or 20 of a kind are missing. */
bool roc_too_small(const struct roc *r);

#endif
