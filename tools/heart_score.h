/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * heart_score.h -- what counts as right of heart rates.
 *
 * A stretch labelled `heart` with a rate counts from 40 s on (of up to 60 s: from 60 %).  There is no
 * heart to be told where its label says 0 (none was simulated), where nobody knows the rate
 * well (quality `weak`), and in a stretch without people: a value there is a false one.  All
 * the rest has no heart rate that anybody knows; how long one was shown there is told apart. */
#ifndef TOOLS_HEART_SCORE_H
#define TOOLS_HEART_SCORE_H

#include <stdio.h>
#include "models/heart.h"
#include "tools/labels.h"

struct json;

struct heart_score {		/* seconds */
	double rated_s, shown_s, error_s, within5_s;	/* error_s: sum of error * seconds */
	double none_s, none_shown_s;
	double other_s, other_shown_s;
};

/* Adds step_s at time t_s of a file with these labels. */
void heart_score_tick(struct heart_score *s, const struct label *labels, int count, double t_s, double step_s,
		      const struct heart_result *heart);

void heart_score_add(struct heart_score *to, const struct heart_score *from);

void heart_score_print_header(void);
void heart_score_print(const char *name, const struct heart_score *s);

/* Adds an object `heart` to j. */
void heart_score_json(const struct heart_score *s, struct json *j);

#endif
