/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * two_score.h -- two people in a room: are both rates told, and is nobody invented?
 *
 * Two whose rates are more than 3/min apart ought to be told as two; both are right if each is
 * within 2/min of one of them.  A table of simulated labels names both (bpm, second_bpm).
 * Beside it: how much of the time in which one person's rate was shown a second one was invented. */
#ifndef TOOLS_TWO_SCORE_H
#define TOOLS_TWO_SCORE_H

#include "models/breath.h"
#include "tools/labels.h"

struct json;

struct two_score {			/* seconds, if nothing else is said */
	int    pairs, pairs_told;	/* files; those in which both were right at some time */
	double pair_s, told_s, right_s;	/* of two: a second rate was shown; both were right */
	double one_s, invented_s;	/* of one, with a rate: a second one was shown */
};

/* One tick of step_s that counts for rates, in a stretch with a true rate or two of them. */
void two_score_tick(struct two_score *s, const struct label *l, double step_s, const struct breath_result *b);

void two_score_add(struct two_score *to, const struct two_score *from);

/* The table's header, and a set's row if there is anything to say. */
void two_score_print_header(void);
void two_score_print(const char *name, const struct two_score *s);

/* Adds an object "second_person" to j, that of a set. */
void two_score_json(const struct two_score *s, struct json *j);

#endif
