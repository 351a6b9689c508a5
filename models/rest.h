/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * rest.h -- two timers that need no fall: somebody is there and has not moved for too long, or has
 * not been up for too long.
 *
 * They catch what no detector of falls sees: a slow slide from a chair, a faint in the bath; and who lies
 * on the floor and moves an arm now and then, which starts the first timer over and not the second.
 * Nobody leaves without a movement: who is seen to breathe for a good part of the time that nothing has moved was
 * there all along, and who is for a minute, from a minute after the last movement on, stays until the next.  Nor need
 * anybody be seen to breathe to be there: where the channel has not gone back to what it is in the
 * empty room (vacancy.h), the timers run on.  Is that all there is, and no proof, the time leads to a suspicion only.
 *
 * Who lies there and stirs is lost from sight in between.  The second timer takes such gaps along, while they are short and the
 * smaller part: who leaves stays away for longer (seven and a half minutes at most are enough), and so do those who
 * pass.  It ends only while somebody shows that he is still there.
 *
 * A blindness of seconds counts as the stillness around it (blink.h), a longer one for nothing; and who was there before it
 * may have left in it: the timers wait until the room has had the time to see that nobody is.
 *
 * How long is too long is the profile's, and learned from what this room has seen, within bounds (habit.h): a
 * person who reads in the bathroom for twenty minutes every day moves the bound, at most by half.  A restart
 * keeps what was learned, not how long somebody has been there. */
#ifndef MODELS_REST_H
#define MODELS_REST_H

#include <stdbool.h>
#include <stdint.h>
#include "models/blink.h"
#include "models/habit.h"
#include "models/incident.h"

struct rest_input {
	bool able;			/* movement can be seen */
	bool moving;			/* as a body does, not a breath */
	bool occupied;			/* somebody is there, for certain */
	bool breathing;			/* ... and is seen to breathe, where movement is seen for certain, too */
	bool empty;			/* nobody is seen to be */
	bool lies;			/* ... but the channel says that somebody is, for certain */
	bool may_lie;			/* ... or does not say that nobody is */
};

/* One of the two. */
struct rest_timer {
	float limit_s;			/* of the profile; 0: no timer */
	float sign_s;			/* movement of late, fading: one twitch is no sign of life well */
	float past_s;			/* since the last sign */
	float from_s;			/* of that, before people settled an alarm about it: counts for no other */
	bool  told, settled;
	struct habit habit;		/* of times that ended by themselves */
};

struct rest {
	struct blink blink;
	float hole_s;			/* that nothing is seen for now */
	float unsure_s;			/* left until it is known who is there after a long blindness */
	float waited_s;			/* for that, since the last movement: links that are blind again and again stop no timer */
	float tick_s;			/* that this tick stands for, with a short blindness before it */
	struct rest_timer still;	/* nobody has moved */
	float stretch_s;		/* the same, whether anybody is seen to be there or not */
	float there_s;			/* so long of it somebody was, when who had left was no longer taken to be there */
	struct rest_timer low;		/* nobody has been up: moved for half a minute, within a minute and a half */
	float silent_s;			/* since the last movement */
	float breath_s;			/* ... of which somebody was seen to breathe for */
	float away_s;			/* that nobody was seen to be there, of late */
	float unseen_s;			/* the same, since somebody was */
	float doubt_s;			/* nobody has moved, and it is not known whether anybody is there */
	bool  suspected;		/* that was told */
	bool  open;			/* a long lie was told, and neither taken back nor settled */
};

/* Limits of 0: such a time is nothing here. */
void rest_init(struct rest *r, float still_limit_s, float low_limit_s);

/* The clock, ten times a second.  Both timers raise a long lie, and never two at once; doubt for as long as the first
 * timer has a suspicion of one. */
void rest_tick(struct rest *r, uint64_t now_us, const struct rest_input *in, struct incident_queue *out);

/* A long lie was told before a restart: who is up takes it back. */
void rest_resume(struct rest *r);

/* People have settled the alarm: nothing more is said of who lies there, until something moves. */
void rest_cleared(struct rest *r);

/* The limits that hold now, with what was learned; 0: no timer. */
float rest_still_limit_s(const struct rest *r);
float rest_low_limit_s(const struct rest *r);

#endif
