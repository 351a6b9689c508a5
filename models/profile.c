/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include "models/profile.h"

/* A bathroom: 15 min without a movement are long on the toilet; with a telephone some sit there for half an hour, and 40 min
 * without having been up are long.  Who sat down in a way that looked like a fall is still for five minutes as often as not, and
 * gone after ten.  Who lies in a bath moves little and for longer; but a breath that was seen and ends
 * there is an alarm.  In a corridor nobody stops; in a living room people nap on the sofa, and sleep the
 * night there: who has not been up for half a day does not sleep.  Who sleeps
 * pauses for half a minute now and then, and nobody wants to be woken for that: a minute is another matter.
 * Rooms teach these times, within bounds (rest.h).  Nobody falls in a car: what looks like it there is a seat, a door, a bag.
 *
 * 50 packets a second carry everything but a speed, which takes 80 at 2.4 GHz and 120 at 5 (pace.c) and says how somebody
 * fell or passed. */
const struct profile profiles[] = {
	/* rate, breaths, watch after a fall, stillness that confirms it, lies still, never up, no breath, unseen, child left */
	{ "living",   "living room: people sit, walk, come and go",          50,  "adult",  20, 900, 10800, 43200, 0, 1800, 0 },
	{ "bedroom",  "bedroom: somebody lies still for hours",              50,  "adult",  30, 0, 0, 0, 60, 1800, 0 },
	{ "bathroom", "bathroom: fan, heater, running water",                130, "adult",  20, 600, 900, 2400, 0, 600, 0 },
	{ "bathtub",  "bathroom in which somebody bathes",                   130, "adult",  20, 1200, 1800, 3600, 60, 1200, 0 },
	{ "car",      "inside of a car: children, small and breathing fast", 50,  "infant", -1, 0, 0, 0, 0, 1800, 60 },
	{ "corridor", "corridor: people pass, nobody stays",                 130, "adult",  15, 120, 600, 1200, 0, 0, 0 },
	{ NULL, NULL, 0, NULL, 0, 0, 0, 0, 0, 0, 0 }
};

const struct breathing_band breathing_bands[] = {
	{ "adult",  "3.5 to 42 breaths a minute", 3.5f, 42 },
	{ "infant", "20 to 75 breaths a minute",  20, 75 },
	{ NULL, NULL, 0, 0 }
};

const struct profile *profile_find(const char *name)
{
	for (const struct profile *p = profiles; p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

const struct breathing_band *breathing_band_find(const char *name)
{
	for (const struct breathing_band *b = breathing_bands; b->name; b++)
		if (!strcmp(b->name, name))
			return b;
	return NULL;
}
