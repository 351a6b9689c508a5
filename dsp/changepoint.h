/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * changepoint.h -- did the channel jump?  The gate in front of slow spectra.
 *
 * Compares the mean of the newest second of rows with that of the second before, over all
 * streams at once, each against its own noise.  A body that shifts by centimetres changes
 * every stream a little and for good; no single packet shows it. */
#ifndef DSP_CHANGEPOINT_H
#define DSP_CHANGEPOINT_H

#include <stdbool.h>
#include "dsp/slowgrid.h"

#define CHANGEPOINT_HISTORY 300	/* rows that the usual level is taken from */

struct changepoint {
	int    streams, half;		/* half: rows in each of the two means */
	float *noise;			/* [streams], running mean of squared second differences */
	float  level[CHANGEPOINT_HISTORY];
	int    fill, pos;
	float  usual;			/* 70 % quantile of the levels */
	int    stale;			/* rows since it was computed */
};

/* 0, -EINVAL or -ENOMEM.  Free with changepoint_free(). */
int  changepoint_init(struct changepoint *c, int streams, int half);
void changepoint_free(struct changepoint *c);
void changepoint_reset(struct changepoint *c);

/* Looks at the newest rows of the grid (once for every new one).  True: it jumped.  */
bool changepoint_look(struct changepoint *c, const struct slowgrid *g);

#endif
