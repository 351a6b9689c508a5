/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * habit.h -- how long something usually lasts in a room, and what limit follows from that.
 *
 * A histogram over the logarithm of durations that fades with a half-life of two weeks, and its quantile of
 * 99.5 %.  It is a room's, and outlives a restart as so many numbers of durations: at what times they were
 * is known to nobody.
 *
 * What is learned moves a limit within bounds and never beyond: no habit switches an alarm off. */
#ifndef MODELS_HABIT_H
#define MODELS_HABIT_H

#include <stdbool.h>
#include <stdint.h>
#include "models/snapshot.h"

#define HABIT_BINS    32	/* each a quarter longer than the one before: none holds a night and a day */
#define HABIT_FIRST_S 60.0f	/* shorter ones teach nothing; the last bin begins after 16.8 h */

struct habit {
	float weight[HABIT_BINS];	/* faded numbers of durations */
	float longest[HABIT_BINS];	/* in that bin of late */
	float span_s;			/* from the first to the last */
	uint64_t last_us;		/* 0: nothing was learned since the start */
};

/* All zero knows nothing.  Plain struct. */
void habit_init(struct habit *h);

/* Something that lasted so long has ended, by itself. */
void habit_learn(struct habit *h, uint64_t now_us, float seconds);

/* How many durations are remembered, faded. */
float habit_count(const struct habit *h);

/* So long or shorter are 99.5 of a hundred; 0: none is remembered. */
float habit_usual_s(const struct habit *h);

/* The limit to use in place of the profile's: a quarter above what is usual where that is more than
 * the profile's, but at most half as much again.  Twice what is usual where that is less, but
 * at least two thirds, and only after a week and a hundred durations; but a limit of ten hours and more is not lowered, as
 * somebody may spend a night where nobody usually does.  The profile's otherwise. */
float habit_limit_s(const struct habit *h, float profile_s);

/* To and from a section; away_s: for so long nobody has run since.  A spoilt one teaches nothing: false. */
void habit_save(const struct habit *h, enum snapshot_id id, struct snapshot_out *out);
bool habit_load(struct habit *h, struct snapshot_in in, float away_s);

#define HABIT_VERSION 1

#endif
