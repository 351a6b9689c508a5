/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * sights.h -- would this room see somebody who keeps still?
 *
 * "Nobody moves and nobody breathes" is worth something only where people are seen to breathe.  Over a weak link they
 * are not: who sits down vanishes.  So a room counts its visits, and how many of them ended without anybody having been seen to keep
 * still.  People do pass through, so two or three tell nothing; where by the rule of succession (Laplace) fewer than
 * one visit in five shows somebody, the room does not know who is there after a visit, and says so for as long as
 * somebody may well sit there.
 *
 * How many visits were seen and how many missed outlives a restart; a visit that was not over is counted as none. */
#ifndef MODELS_SIGHTS_H
#define MODELS_SIGHTS_H

#include <stdbool.h>
#include "models/snapshot.h"

#define SIGHTS_VERSION 1	/* of the section */

struct sights_input {
	bool able;		/* movement can be seen */
	bool moving;
	bool occupied, empty;	/* what presence makes of it; neither: not known */
	bool breathing;		/* somebody is seen to, at once or in a long look */
};

struct sights {
	float seen, missed;	/* visits of late */
	float unseen_s;		/* for so long somebody may sit there */
	float rested_s;		/* since the last movement */
	float breath_s;		/* for which this visit's breath was seen */
	bool  visit;		/* somebody came, and the room has not been empty since */
	bool  empty;
};

/* Nothing is known: all is believed.  unseen_s: for so long somebody may keep still here; 0: people only pass, and all
 * is believed for ever.  Plain struct. */
void sights_init(struct sights *s, float unseen_s);

/* As if no visit had been. */
void sights_forget(struct sights *s);

/* Somebody says that they kept still here, and was seen to, or was not: as good as four visits. */
void sights_told(struct sights *s, bool seen);

/* Somebody says that all have left: nobody may sit there until something moves. */
void sights_told_empty(struct sights *s);

/* Ten times a second. */
void sights_tick(struct sights *s, const struct sights_input *in);

/* Is that a room in which who keeps still is not seen? */
bool sights_poor(const struct sights *s);

/* Is it called empty, and somebody may sit there? */
bool sights_doubted(const struct sights *s);

/* How visits were seen, as a section; nothing if there was none.  Load: false, and *s as it was, if it is no such section. */
void sights_save(const struct sights *s, struct snapshot_out *out);
bool sights_load(struct sights *s, struct snapshot_in in);

#endif
