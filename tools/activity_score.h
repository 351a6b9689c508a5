/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * activity_score.h -- what counts as right of the state of activity.
 *
 * Who walks or runs should be `walking`, who does something on the spot should not, and where nobody moves it is neither
 * that nor `active`.  A label says what is done from 2 s into its stretch on; `moving` does not say
 * whether anybody goes anywhere and counts for nothing.  A clip that is labelled with one act holds what came before and after it
 * too: the way to the chair is in it.  Of a simulated scene the truth says it, moment by moment (sim/doing.h). */
#ifndef TOOLS_ACTIVITY_SCORE_H
#define TOOLS_ACTIVITY_SCORE_H

#include "models/room.h"
#include "tools/labels.h"
#include "tools/sim/doing.h"

struct json;

struct activity_score {		/* seconds, by what they do; nothing of DOING_OTHER */
	double all_s[DOING_KINDS], walking_s[DOING_KINDS], active_s[DOING_KINDS];
};

/* What the labels of a file say that somebody does at t_s. */
enum doing activity_score_label(const struct label *labels, int count, double t_s);

/* Adds step_s of that. */
void activity_score_tick(struct activity_score *s, enum doing does, double step_s, enum activity told);

void activity_score_add(struct activity_score *to, const struct activity_score *from);

/* Is there anything to say? */
bool activity_score_any(const struct activity_score *s);

/* The table's header, and a set's row if there is anything to say. */
void activity_score_print_header(void);
void activity_score_print(const char *name, const struct activity_score *s);

/* Adds an object "activity" to j, that of a file or a set, if there is anything to say; shares of what was not done are null. */
void activity_score_json(const struct activity_score *s, struct json *j);

#endif
