/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * gait.h -- how fast people walk in a room, by day and by week: a slow decline of it over months is
 * worth knowing.
 *
 * A walk (what activity calls walking, room.c) counts with the median of its speeds, a week with the median
 * of its walks and the interval that holds 95 % (order statistics: Conover 1999, no shape assumed).  A single link takes every speed with a
 * factor that is the room's and stays as long as the radios do (pace.c), so a room's weeks compare with
 * each other, not with another room's nor with a norm; and several people are one to it.
 * Days are of 24 hours on the clock of the frames, not the calendar's.  A histogram a day is what is kept,
 * also over a restart. */
#ifndef MODELS_GAIT_H
#define MODELS_GAIT_H

#include <stdbool.h>
#include <stdint.h>
#include "models/snapshot.h"

#define GAIT_BINS 44		/* of 0.05 m/s, from GAIT_LEAST_M_S */
#define GAIT_DAYS 7
#define GAIT_LEAST_M_S 0.3f	/* slower is no walk but a body that shifts */
#define GAIT_MOST_M_S  2.5f
#define GAIT_DAY_WALKS  10	/* fewer walks tell nothing */
#define GAIT_WEEK_WALKS 50

struct gait_result {
	int   day_walks, week_walks;	/* in the last 24 h so far; in the last 7 such days and this one */
	float day_m_s, week_m_s;	/* medians; NAN: too few walks */
	float low_m_s, high_m_s;	/* 95 % interval of the week's; NAN as it */
};

struct gait {
	uint16_t walk[GAIT_BINS];	/* ticks of the walk that goes on */
	int      ticks, paused;		/* of it; ticks since it was last seen */
	uint16_t day[GAIT_DAYS + 1][GAIT_BINS];	/* walks, a ring; the newest is of today */
	int      today;
	uint64_t today_us;		/* so long it has been today */
	uint64_t last_us;		/* 0: no tick yet */
	struct gait_result result;
};

/* Nothing is known.  Plain struct, 1 kB. */
void gait_init(struct gait *g);

/* The clock, ten times a second, with the speed at which somebody goes; NAN: nobody, or it is not known. */
void gait_tick(struct gait *g, uint64_t now_us, float speed_m_s);

/* As in habit.h. */
void gait_save(const struct gait *g, struct snapshot_out *out);
bool gait_load(struct gait *g, struct snapshot_in in, float away_s);

#define GAIT_VERSION 1

#endif
