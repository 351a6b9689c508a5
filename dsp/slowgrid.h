/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * slowgrid.h -- rows of streams on an even grid of time, with a mask for what is missing.
 *
 * Packets come when they like.  All that fall into one cell of the grid are averaged (by
 * who makes the row: that is anti-alias filter, decimator and cure of jitter in one); the
 * grid keeps the last rows, as many as it was made for.  Short holes are filled by a straight
 * line between their neighbours, longer ones stay marked as missing. */
#ifndef DSP_SLOWGRID_H
#define DSP_SLOWGRID_H

#include <stdbool.h>
#include <stdint.h>

#define SLOWGRID_ROWS     300	/* 60 s at 5 Hz: what slowgrid_init() keeps */
#define SLOWGRID_ROWS_MAX 1024

struct slowgrid {
	int      streams;
	int      capacity;		/* rows that are kept */
	uint32_t cell_us;
	int      fill_max;		/* longest hole that is filled, cells */
	bool     started;
	uint64_t newest;		/* number of the newest row: time / cell_us */
	uint64_t first;			/* rows before this one were never measured */
	uint64_t measured;		/* the newest row that is not missing */
	uint8_t *state;			/* [capacity] by number % capacity: 0 missing, 1 filled, 2 measured */
	float   *row;			/* [capacity][streams] */
};

/* 0, -EINVAL or -ENOMEM.  rate_hz: rows a second; holes of up to fill_s are filled.  The
 * second keeps another number of rows, at most SLOWGRID_ROWS_MAX.  Free with
 * slowgrid_free(). */
int  slowgrid_init(struct slowgrid *g, int streams, float rate_hz, float fill_s);
int  slowgrid_init_rows(struct slowgrid *g, int streams, int rows, float rate_hz, float fill_s);
void slowgrid_free(struct slowgrid *g);
void slowgrid_reset(struct slowgrid *g);	/* forgets all rows */

/* The cell that a time is in. */
uint64_t slowgrid_cell(const struct slowgrid *g, uint64_t time_us);

/* The row of cell number `cell`, streams floats, copied.  Cells never go back; those that
 * were passed over are missing. */
void slowgrid_put(struct slowgrid *g, uint64_t cell, const float *row);

/* Time goes on without a measurement: cells before `cell` exist, and are missing. */
void slowgrid_advance(struct slowgrid *g, uint64_t cell);

/* Rows that can be looked at, counted back from the newest: at most those kept, and
 * none from before the first one. */
int slowgrid_rows(const struct slowgrid *g);

/* Row `back` rows before the newest (0..slowgrid_rows()-1); NULL: missing.  Borrowed. */
const float *slowgrid_row(const struct slowgrid *g, int back);

/* The same; NULL: missing, or filled. */
const float *slowgrid_measured(const struct slowgrid *g, int back);

#endif
