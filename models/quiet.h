/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * quiet.h -- since when has the body been where it is?  What a window of respiration may hold.
 *
 * A movement that was long enough to come or go begins a new window, and so does a short one that left the
 * body elsewhere: a deep breath comes back to where it was, who sat down does not.  A
 * strong breath is movement too, as far as the motion detector can tell: where everything that moves
 * is one line of the spectrum it is a breath, and nothing has moved. */
#ifndef MODELS_QUIET_H
#define MODELS_QUIET_H

#include <stdbool.h>
#include "dsp/slowgrid.h"

struct quiet {
	int      second;		/* rows in one */
	uint64_t from;			/* first row after the last movement */
	bool     moved;			/* there was one */
	uint64_t moved_row;		/* the newest row when it began */
	uint64_t moving_since_us;	/* 0: nothing moves */
	uint64_t mild_from;		/* first row after the last movement that no breath makes */
	bool     stirred;		/* there was one of those */
	uint64_t rhythm_us;		/* when all that moved was last a breath; 0: never */
};

void quiet_init(struct quiet *q, float rate_hz);

/* What came before is another scene. */
void quiet_reset(struct quiet *q);

/* Ten times a second, after the newest row.  strength_db: of the moving paths over the static ones, NAN: unknown.
 * True: the window begins anew. */
bool quiet_watch(struct quiet *q, const struct slowgrid *g, uint64_t now_us, bool moving, float strength_db);

/* Rows since the last movement, at most so many. */
int quiet_rows(const struct quiet *q, const struct slowgrid *g, int most);

/* Rows since the last movement that no breath makes, if there may be a breath in what moved since; else 0. */
int quiet_mild_rows(const struct quiet *q, const struct slowgrid *g, int most);

/* So many of the newest rows show a breath and nothing else: they are quiet. */
void quiet_is_rhythm(struct quiet *q, const struct slowgrid *g, uint64_t now_us, int rows);

/* Is what moves now that breath? */
bool quiet_in_rhythm(const struct quiet *q, uint64_t now_us);

#endif
