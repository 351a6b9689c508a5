/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * child.h -- was a child left in the car?
 *
 * The bustle of getting out has ended, and something in there goes on breathing at a
 * child's rate: 20 to 75 a minute, which no adult at rest does.  That it was seen, in two looks that agree, is a
 * suspicion, within 12 s of the last movement; that it is still so after a while, in which whoever
 * just fetches something would be back, is an alarm.  Movement alone is none: people who pass
 * or lean on a car move it, and do not breathe in it.
 *
 * An alarm ends when the car is empty, which nobody sees while it is driven with the child in it.  So who is in there after a
 * movement of minutes is told of again (INCIDENT_CONFIRMED): to people who have answered, and never cleared it. */
#ifndef MODELS_CHILD_H
#define MODELS_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include "models/child_sign.h"
#include "models/incident.h"

struct child_input {
	bool  able;			/* movement can be seen */
	bool  moving;
	bool  empty;			/* nobody is there, for certain */
	struct child_verdict sign;	/* at the last seconds, before a rate can be told */
	bool  breathing;		/* at a rate of the band */
	float rate_per_min;
	float quality;			/* probability that it is right */
	float signs_db;			/* what the spectrum hints at without a rate: for (over 0) or against; 0: nothing */
};

struct child {
	float delay_s;			/* from the suspicion to the alarm; 0: this room is no car */
	float bustle_s;			/* movement of late */
	bool  bustled;			/* since the alarm the doors have been used */
	float busy_s;			/* of movement since the alarm, fading */
	bool  driven;			/* it was enough for a drive: who is in there after it was left again */
	float signs_s;			/* of a breath, fading */
	float sign_hz;			/* of the last look; 0: it saw none */
	float holds_s;			/* so long what it saw counts */
	bool  slow, aimless;		/* it saw an adult; what no breath makes */
	float gone_s;			/* nothing of it seen for so long */
	bool  suspected, confirmed;
	bool  settled;			/* people have, since it was confirmed */
	float since_s;			/* the suspicion */
	float seen_s;			/* of that time, with signs */
};

/* delay_s 0: never anything. */
void child_init(struct child *c, float delay_s);

/* The clock, ten times a second. */
void child_tick(struct child *c, uint64_t now_us, const struct child_input *in, struct incident_queue *out);

/* Before a restart a child was suspected, or people were called: whoever is in there is the same one, until it is over. */
void child_resume(struct child *c, bool confirmed);

/* People have settled the alarm: nothing more is said of who is in there now, and with the next bustle all begins anew. */
void child_cleared(struct child *c);

#endif
