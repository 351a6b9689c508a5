/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_time.h -- time in which nobody fell, and what was raised in it: by set, person and room. */
#ifndef TOOLS_FALL_TIME_H
#define TOOLS_FALL_TIME_H

#include "tools/labels.h"

#define FALL_TIMES_MAX 512
#define FALL_TELLS_H   72.0	/* less than three days without an alarm do not show one in a day */

struct fall_time {
	char   set[LABEL_TEXT], subject[LABEL_TEXT], room[LABEL_TEXT];
	double other_s;
	int    suspected, confirmed, long_lie;
};

struct fall_times {
	struct fall_time of[FALL_TIMES_MAX];	/* full: the last takes the rest */
	int count;
};

/* The place of a row's set, person and room. */
struct fall_time *fall_time_of(struct fall_times *t, const struct label *row);

/* False ones an hour with 95 % intervals: a line a set, and one for each of its persons and rooms if it has
 * several.  fall_times_json() adds an object for each to a list. */
void fall_times_print(const struct fall_times *t);
struct json;
void fall_times_json(const struct fall_times *t, struct json *list);

#endif
