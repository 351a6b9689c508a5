/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * stir.h -- how much the channel is stirred, over seven spans of time at once.
 *
 * Streams of power responses (power.h) go into rows, 20 a second whatever the packet rate.
 * For each row and lag, the mean squared difference of the row and the one that much earlier
 * (the structure function) tells how far a body changed the field in that time: long lags
 * see slow movement, the ratio of short to long ones how fast it is.  Recent history is
 * kept, so that an event can be looked at once it is over.  Rates from 15 packets a
 * second on are comparable, and so are chips: no scale, no carrier frequency in it.
 *
 * What turns within a row is lost in its mean: a body at 2 m/s does so.  So single packets
 * are compared as well, over 10, 20 and 40 ms, where they come so often. */
#ifndef DSP_STIR_H
#define DSP_STIR_H

#include <stdbool.h>
#include <stdint.h>
#include "dsp/power.h"

#define STIR_ROW_US  50000u
#define STIR_PER_S   20
#define STIR_LAGS    7
#define STIR_HISTORY 160	/* rows kept: 8 s */
#define STIR_SMOOTH  6		/* rows in a mean of the structure function: 0.3 s */
#define STIR_FILL    4		/* missing rows that are bridged; a longer hole starts afresh */
#define STIR_BLOCKS  12		/* of 2.5 s, in which the noise is looked for */
#define STIR_FAST    3		/* lags between single packets */
#define STIR_PACKETS 8		/* kept for them, 7 ms apart or more */

extern const int stir_lag_rows[STIR_LAGS];
extern const int stir_fast_ms[STIR_FAST];

/* The least that a level was of late. */
struct stir_least {
	float block[STIR_BLOCKS];	/* in each block */
	int   blocks, rows;
};

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

	struct stir_least least;	/* of the shortest lag of rows */

	int16_t  packet[STIR_PACKETS][POWER_MAX_STREAMS];
	uint64_t packet_us[STIR_PACKETS];
	int      packet_count, packet_at;	/* the newest is before that place */
	float    fast_sum[STIR_FAST];		/* of the row in the making */
	int      fast_count[STIR_FAST];
	float    fast[STIR_HISTORY][STIR_FAST];	/* of each row; below 0: not known */
	struct stir_least fast_least[STIR_FAST];
};

/* 0, or -EINVAL for a number of streams that power.h does not give.  Plain struct, 29 kB. */
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

/* Mean squared change between single packets stir_fast_ms[] apart, over the 0.3 s up to that row, in
 * the same units; below 0 where packets do not come so often. */
float stir_fast(const struct stir *s, int lag, int back);

/* The same where nothing moves; below 0: not known. */
float stir_fast_noise(const struct stir *s, int lag);

/* The streams of that row.  Borrowed. */
const int16_t *stir_row(const struct stir *s, int back);

/* Of the rows from `from` back to `to` back (from > to), how many had no packet. */
int stir_missing(const struct stir *s, int from, int to);

/* The level of the shortest lag where nothing moves: the least of the last half minute. */
float stir_noise(const struct stir *s);

#endif
