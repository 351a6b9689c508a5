/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * breath_loss.h -- somebody breathed, lies still, and breathes no more.
 *
 * Armed by a minute of breathing so clear that its end would be noticed, in a link that hears as it
 * did then.  Nobody leaves a room without moving: any movement ends the watch, and so does
 * a change of the noise, for then it is the radio that is different.  A hole of a few seconds in the packets does not:
 * it is not counted.  Where one of several links comes or goes, what the others see counts on.  A weak link is never
 * armed: it can not tell a pause from a fading.  Shorter losses are counted as pauses: something to look at, no
 * diagnosis.
 *
 * Fooled by: breathing whose chest stands still (obstructive apnea moves the chest on), and somebody
 * who turns so slowly that no link sees a movement and then breathes where no link sees a breath. */
#ifndef MODELS_BREATH_LOSS_H
#define MODELS_BREATH_LOSS_H

#include <stdbool.h>
#include <stdint.h>
#include "models/incident.h"

#define BREATH_PAUSES 32		/* that are remembered */

struct breath_loss_input {
	bool  able;			/* movement can be seen, and a breath could be */
	bool  moving;
	bool  machine;			/* one moves there: what ceases may be its swing */
	bool  breathing;		/* there is a rate: */
	float rate_per_min;
	float alive;			/* breath.h: what speaks for its being there now */
	bool  ceased;			/* breath.h: it was, and is no more */
	float recall;			/* what speaks for its being there as it was when it was clear */
	float shift;			/* model.h: over 1 or so, the body has moved, unseen */
	int   links;			/* that could see a breath now, */
	float noise_db;			/* level of their noise */
};

struct breath_loss {
	float limit_s;			/* lost for so long is an alarm; 0: never */
	float breathed_s;		/* so long it was clear */
	float rate_per_min, noise_db;	/* then */
	float newest_noise_db;		/* of the last tick, */
	int   links;			/* and of so many links */
	float hole_s;			/* since anything could be seen */
	float lost_s;			/* 0: it is not lost */
	float recall;			/* mean over that time */
	float back_s;			/* so long there are signs of it again */
	float moved_s;
	bool  told;
	uint64_t pause_us[BREATH_PAUSES];	/* when the last pauses ended */
	int   pauses;			/* all of them */
};

/* Plain struct. */
void breath_loss_init(struct breath_loss *l, float limit_s);

/* The clock, ten times a second.  Incidents go into the queue. */
void breath_loss_tick(struct breath_loss *l, uint64_t now_us, const struct breath_loss_input *in,
		      struct incident_queue *out);

/* People have settled an alarm: nobody is taken to lie there for it any more. */
void breath_loss_cleared(struct breath_loss *l);

/* Somebody must be there: he breathed, does not, and nothing has moved. */
bool breath_loss_holds(const struct breath_loss *l);

/* Pauses of ten seconds and more that ended within the last hour. */
int breath_loss_pauses(const struct breath_loss *l, uint64_t now_us);

#endif
