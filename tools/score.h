/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * score.h -- what counts as right: the room's state, tick by tick, against labels.
 *
 * Movement counts from 2 s into a stretch, silence of respiration from 15 s, rates
 * from 40 s (in stretches of up to 60 s from 60 %).  Held breath counts for its first
 * 40 s.  Rates of quality `weak` do not count.  Everything is in seconds of recording,
 * in steps of SCORE_STEP_S. */
#ifndef TOOLS_SCORE_H
#define TOOLS_SCORE_H

#include "models/room.h"
#include "tools/activity_score.h"
#include "tools/breath_score.h"
#include "tools/heart_score.h"
#include "tools/labels.h"
#include "tools/two_score.h"

#define SCORE_STEP_S       0.1
#define SCORE_QUALITY_BINS 10

struct score {
	int files;
	/* movement, seconds */
	double moving_s, moving_seen_s;		/* of movement; seen as such */
	double quiet_s, quiet_false_s;		/* of no movement; motion shown */
	double unknown_s;			/* of both: motion was null */
	/* occupancy, seconds */
	double empty_s, empty_occupied_s;	/* after 120 s of emptiness */
	double empty_by_s[PRESENCE_BY_MEMORY + 1];	/* by enum presence_evidence */
	double person_s, person_occupied_s, person_unknown_s;
	double person_blind_s;			/* of unknown: the radio could not see anybody */
	/* respiration, seconds */
	double rate_s, rate_shown_s, rate_error_s;	/* rate_error_s: sum of error * seconds */
	double rate_within1_s, rate_within2_s;
	double silence_s, silence_shown_s;	/* where nobody breathes */
	double quality_s[SCORE_QUALITY_BINS], quality_sum_s[SCORE_QUALITY_BINS],
	       quality_right_s[SCORE_QUALITY_BINS];
	int rate_files, rate_files_within1;	/* by the median of what was shown */
	struct breath_score breath;
	struct two_score two;
	struct heart_score heart;
	struct activity_score activity;
	/* cost */
	double cpu_s;
	long long frames;
};

/* What one file showed: for the table of files, and the median of its rates. */
#define SCORE_RATES_MAX 20000
struct file_score {
	struct score s;
	struct breath_watch watch;
	double onset_s;			/* first motion after the first moving stretch began; NAN: none */
	float rate[SCORE_RATES_MAX];	/* shown while they counted */
	int rates;
	double true_rate_per_min;	/* of the last stretch with one; NAN: none */
};

/* Does the label mean that somebody moves, that nobody does; that nobody is there or somebody is who keeps
 * still? */
bool score_is_movement(const char *label);
bool score_is_quiet(const char *label);
bool score_is_at_rest(const char *label);

/* Adds what the room says at time t_s; all but `activity`, which who plays adds: its truth is not always a label. */
void score_tick(struct file_score *f, const struct label *labels, int count, double t_s,
		const struct room_state *state);

/* The file is over; once, before its figures are used. */
void score_end(struct file_score *f, double t_s);

/* Median of the shown rates, NAN if there were none.  Sorts f->rate. */
double score_median_rate(struct file_score *f);

/* Adds a file's figures to a set's. */
void score_add(struct score *to, const struct score *from);

/* Derived figures, NAN where nothing was counted. */
double score_recall(const struct score *s);
double score_false_share(const struct score *s);
double score_f1(const struct score *s);

#endif
