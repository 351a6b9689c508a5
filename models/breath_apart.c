/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A strong breath is lowered, for it makes most of what its streams do together; its harmonics are not.  So where the
 * rate of which another may be the harmonic is too slow for the window, nothing is raised. */
#include <math.h>
#include "models/breath.h"
#include "models/breath_apart.h"
#include "models/breath_row.h"

#define MORE_DB 2.0f	/* is clearly more */
#define PERIODS 5.0f	/* twice those that breath_row() wants */

bool breath_apart_look(struct apart *a, const struct rank1 *r, const struct slowgrid *g, int plain, float lo_hz, float hi_hz,
		       struct breath_evidence *e)
{
	float row_db[BREATH_BINS], window_s = (float)r->rows / r->rate_hz, more_db;
	bool highest;
	int best;

	if (apart_run(a, r, g, plain))
		return false;
	breath_row(&a->rank1, lo_hz, hi_hz, true, row_db);
	for (int j = 0; j < BREATH_BINS && breath_bin_hz(j, lo_hz, hi_hz) * window_s < PERIODS; j++)
		row_db[j] = fminf(row_db[j], 0);
	best = breath_row_highest(row_db);
	more_db = row_db[best] - e->row_db[best];
	highest = row_db[best] > e->q_db;
	for (int j = 0; j < BREATH_BINS; j++)
		e->row_db[j] = fmaxf(e->row_db[j], row_db[j]);
	e->q_db = fmaxf(e->q_db, row_db[best]);
	return highest && more_db > MORE_DB;
}
