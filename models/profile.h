/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * profile.h -- kinds of rooms: what each one asks of the models, in one table. */
#ifndef MODELS_PROFILE_H
#define MODELS_PROFILE_H

#include <stddef.h>

struct profile {
	const char *name;
	const char *help;
	float rate_hz;			/* packets wanted of each station, unless configured otherwise */
	const char *breathing_band;	/* unless configured otherwise */
	float fall_watch_s;		/* after a suspected fall; below 0: nobody falls here */
	float fall_still_s;		/* of stillness confirm a fall that is only suspected; 0: people sleep here */
	float long_lie_s;		/* somebody who does not move for so long needs help; 0: people sleep here */
	float long_low_s;		/* or who is never up for so long; 0: people sit here for hours */
	float no_breathing_s;		/* a breath lost for so long is an alarm; 0: never, unless configured otherwise */
	float unseen_s;			/* for so long somebody may keep still here whom no link sees (sights.h); 0: people pass */
	float child_left_s;		/* from a child seen when all have left to the alarm, unless configured
					 * otherwise; 0: this is no car */
};

struct breathing_band {
	const char *name;
	const char *help;
	float lo_per_min, hi_per_min;
};

extern const struct profile profiles[];			/* ends with name NULL; the first is the default */
extern const struct breathing_band breathing_bands[];	/* the same */

/* By name; NULL if there is none. */
const struct profile *profile_find(const char *name);
const struct breathing_band *breathing_band_find(const char *name);

#endif
