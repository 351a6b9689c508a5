/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * stir.h -- how much the channel is stirred, over seven spans of time at once.
 *
 * Streams of power responses (power.h) go into rows, 20 a second whatever the packet rate.
 * For each row and lag, the mean squared difference of the row and the one that much earlier
 * (the structure function) tells how far a body changed the field in that time: long lags
 * see slow movement, the ratio of short to long ones how fast it is.  Recent history is
 * kept, so that an event can be looked at once it is over.  Rates from 15 packets a
 * second on are comparable, and so are chips: no scale, no carrier frequency in it. */
#ifndef DSP_STIR_H
#define DSP_STIR_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/power.h"

#define STIR_ROW_US  50000u
#define STIR_PER_S   20
#define STIR_LAGS    7
#define STIR_HISTORY 128	/* rows kept: 6.4 s */
#define STIR_SMOOTH  6		/* rows in a mean of the structure function: 0.3 s */
#define STIR_FILL    4		/* missing rows that are bridged; a longer hole starts afresh */
#define STIR_BLOCKS  12		/* of 2.5 s, in which the noise is looked for */

extern const int stir_lag_rows[STIR_LAGS];

struct stir {
	int streams;

	int32_t  sum[POWER_MAX_STREAMS];	/* the row in the making */
	int      packets;
	uint64_t cell;				/* its number: time / STIR_ROW_US */

	uint64_t newest;		/* number of the newest row whose levels are known */
	uint64_t have;			/* number of the newest row; newest + 1 once it runs */
	int      rows;			/* since the start, at most STIR_HISTORY */
	int16_t  row[STIR_HISTORY][POWER_MAX_STREAMS];
	bool     missing[STIR_HISTORY];		/* bridged */
	float    raw[STIR_LAGS][STIR_SMOOTH];	/* of the last rows, before the mean */
	int      raws;				/* counted up to STIR_SMOOTH */
	float    level[STIR_HISTORY][STIR_LAGS];

	float block[STIR_BLOCKS];	/* least level of the shortest lag in each block */
	int   blocks, block_rows;
};

/* 0, or -EINVAL for a number of streams that power.h does not give.  Plain struct, 22 kB. */
int  stir_init(struct stir *s, int streams);
void stir_reset(struct stir *s);	/* forgets all but the noise */

/* One packet's streams, around POWER_MEAN; time never goes back.  Returns how many rows
 * have become known: their levels are at stir_level(s, 0) and before. */
int stir_push(struct stir *s, uint64_t time_us, const int16_t *x);

/* Rows of which the levels are known, and the time in the middle of the newest. */
int      stir_rows(const struct stir *s);
uint64_t stir_time_us(const struct stir *s);

/* The levels, one a lag, `back` rows before the newest known, back < stir_rows(): mean squared
 * change in units of the squared mean power.  Borrowed. */
const float *stir_level(const struct stir *s, int back);

/* The streams of that row.  Borrowed. */
const int16_t *stir_row(const struct stir *s, int back);

/* Of the rows from `from` back to `to` back (from > to), how many had no packet. */
int stir_missing(const struct stir *s, int from, int to);

/* The level of the shortest lag where nothing moves: the least of the last half minute. */
float stir_noise(const struct stir *s);

#endif
