/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * vacancy.h -- does the room look as it does once everybody has left?  Whom no radio sees breathe, nobody sees lie
 * there either, but for one thing: the channel has not gone back (dsp/still.h).
 *
 * How far it is from what it was tells little by itself, as doors, towels and chairs stay elsewhere, too, after a visit.
 * How far that usually is the room teaches: each visit that ended, with the room known to be empty until somebody walked
 * in again, adds one distance.  The chance that an empty room is so far off is the rule of succession (Laplace) over
 * those, so alarms that follow from a chance of one in two hundred come no more often than once in two
 * hundred visits, whatever the room is like; a room in which things are moved at every visit tells nothing.
 *
 * That outlives a restart; what the empty room looks like is looked at anew. */
#ifndef MODELS_VACANCY_H
#define MODELS_VACANCY_H

#include <stdbool.h>
#include "models/snapshot.h"

#define VACANCY_BINS 32
#define VACANCY_VERSION 1	/* of the section */

struct vacancy_input {
	bool  able;			/* movement can be seen */
	bool  moving;
	bool  walked;			/* it has lasted long enough to come or go */
	bool  empty;			/* nobody is there, as far as anybody was seen */
	float distance;			/* from the looks of the empty room; NAN: not known */
};

struct vacancy {
	float visits[VACANCY_BINS];	/* faded numbers, by how far off the channel was after them */
	float still_s;			/* since the last movement */
	float unknown_s;		/* ... that it is not known how far off the channel is */
	bool  visited;			/* somebody walked in, and was not known to have left since */
	float after;			/* distance after this visit; NAN: not known */
	float chance;			/* that an empty room is as far off as now, or farther; 1: nothing speaks against it */
};

/* A room that has taught nothing.  Plain struct. */
void vacancy_init(struct vacancy *v);

/* The clock, ten times a second.  Updates `chance`. */
void vacancy_tick(struct vacancy *v, const struct vacancy_input *in);

/* What is so unlikely in an empty room is somebody; and what is likely only beside something else that
 * speaks for him, as a fall does. */
bool vacancy_denied(const struct vacancy *v);
bool vacancy_doubted(const struct vacancy *v);

/* What visits have taught, as a section; nothing if none has.  Load: false, and *v as it was, if it is no such section. */
void vacancy_save(const struct vacancy *v, struct snapshot_out *out);
bool vacancy_load(struct vacancy *v, struct snapshot_in in);

#endif
