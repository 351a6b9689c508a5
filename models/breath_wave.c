/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include "models/breath_wave.h"

#define NEAR_HZ (2.0f / 60)

const struct breath_wave *breath_wave_pick(const struct evidence *const evidence[], int n,
					   const struct breath_result *told)
{
	const struct breath_evidence *best = NULL;

	if (told->reason != REASON_NONE)
		return NULL;
	for (int i = 0; i < n; i++) {
		const struct breath_evidence *e = &evidence[i]->breath;

		if (e->reason != REASON_NONE || !(e->peak_hz > 0) ||
		    fabsf(e->peak_hz - told->rate_per_min / 60) > NEAR_HZ || (best && e->q_db <= best->q_db))
			continue;
		best = e;
	}
	return best && best->updated ? &best->wave : NULL;	/* between its looks no other link's: it would jump */
}
