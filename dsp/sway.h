/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sway.h -- do the power responses change more over seconds than from one moment to the next?
 *
 * Of white noise the mean squared difference of two moments is the same whatever lies between
 * them (structure function), and what it does on one tone says nothing of the next.  A body that
 * sways, shifts or breathes makes the difference over two seconds larger than that over a tenth,
 * and on neighbouring tones alike.  The excess is the energy of slow changes in units of the
 * radio's own noise: no scale, no gain, no empty room in it. */
#ifndef DSP_SWAY_H
#define DSP_SWAY_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/power.h"

#define SWAY_CELL_US 100000u
#define SWAY_SLOW    20		/* cells: the long lag, 2 s */
#define SWAY_ROWS    (SWAY_SLOW + 1)
#define SWAY_SLOTS   32		/* seconds kept */

/* Sums over the pairs of cells that ended within one second, of the short lag and of the long one. */
struct sway_slot {
	uint64_t number;		/* the second, + 1; 0: none */
	uint32_t pairs[2];
	int64_t  square[2];		/* of differences, all streams */
	int64_t  cross[2];		/* of neighbouring streams' differences, multiplied */
};

struct sway {
	int streams, per_pair;

	int32_t  sum[POWER_MAX_STREAMS];	/* the cell in the making */
	int      packets;
	uint64_t cell;			/* its number: time / SWAY_CELL_US */

	int16_t  row[SWAY_ROWS][POWER_MAX_STREAMS];	/* by number % SWAY_ROWS */
	uint64_t number[SWAY_ROWS];	/* of each row, + 1; 0: none */
	struct sway_slot slot[SWAY_SLOTS];
};

struct sway_view {
	float window_s;			/* seconds that have pairs */
	float excess;			/* of the long lag's mean square over the short one's, as a share of it */
	float smooth;			/* the part of the excess that neighbouring streams share */
	float noise;			/* the short lag's mean square over the squared mean power */
};

/* For that many power streams, per_pair of each antenna pair.  Plain struct, 5 kB.  0, or -EINVAL. */
int  sway_init(struct sway *s, int streams, int per_pair);
void sway_reset(struct sway *s);	/* forgets all that was seen */

/* One packet's power streams; time in microseconds never goes back. */
void sway_push(struct sway *s, uint64_t time_us, const int16_t *x);

/* The last `seconds` (1..SWAY_SLOTS) before now_us.  False: no pairs of both lags, or streams that
 * have no neighbours, or that never change. */
bool sway_view(const struct sway *s, uint64_t now_us, int seconds, struct sway_view *view);

#endif
