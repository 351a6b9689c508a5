/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_habit.h -- how much like falls the everyday acts of this room look, and how long people keep still after them.
 *
 * Before some chairs and some radios each act of sitting down looks like a fall, and before those an alarm would come every
 * day.  So a room remembers the acts after which somebody got up again: how far they were over the limit from which
 * the classifier is sure, and for how long nobody had moved.  An event is sure here only if such acts as look
 * so much like a fall, or more, come less than about once a month; and a doubtful one is confirmed only by a
 * stillness that is longer than those that this room has seen.  False alarms of a room die out as records do:
 * of n acts drawn alike about ln n are the highest so far (Foster & Stuart 1954), most of them at the beginning.  So a room has to
 * earn that trust: at first it is taken for one that has seen some such acts and long stillness already, and the less so the more
 * hours there were in which somebody was about; after a hundred, some two weeks, for what it has shown.
 *
 * What is learned moves a limit within bounds and never beyond.  One act moves it little, and each doubling of their number as much
 * again: only where the classifier would call every day is it hardly believed any more.  An event that
 * it keeps from being sure stays a suspicion, as others do (fall_watch.h), and where no stillness confirms those the limit
 * moves no further than by one act.  A fall from which somebody gets up again teaches, too, if nobody says what it
 * was: one act, for a month. */
#ifndef MODELS_FALL_HABIT_H
#define MODELS_FALL_HABIT_H

#include <stdbool.h>
#include <stdint.h>
#include "models/habit.h"
#include "models/snapshot.h"

#define FALL_HABIT_BINS    12
#define FALL_HABIT_VERSION 1	/* of the section */
#define FALL_HABIT_MOST    3	/* times the profile's stillness, at most */
#define FALL_HABIT_LIVED_H 100	/* hours in which somebody was about, and a room is judged by what it has shown */

struct fall_lessons {
	float acts[FALL_HABIT_BINS];	/* faded numbers, by how far they were over the limit */
	struct habit still;		/* after any suspicion */
};

struct fall_habit {
	struct fall_lessons now, before;
	bool     called;		/* before is what was known before the act that people were called for last, which has taught */
	uint64_t faded_us;		/* when the acts were last; 0: not since the start */
	uint64_t event_us;		/* an event that would be sure without habits, and what it was is open; 0: none */
	float    over;			/* ... so far over the limit: the farthest since somebody was up */
	float    lived_h;		/* hours in which somebody was about, up to those */
	int      stirs;			/* ticks of this hour in which something moved */
};

/* Knows nothing, and has earned nothing.  Plain struct. */
void fall_habit_init(struct fall_habit *h);

/* May an event be sure whose log-odds are so far over the limit that ships?  NAN: it never may.  backed: one that is
 * not is confirmed by stillness. */
bool fall_habit_lets(const struct fall_habit *h, float over, bool backed);

/* So long somebody has to be still after a doubtful event; still_s: by the profile, and at least. */
float fall_habit_still_s(const struct fall_habit *h, float still_s);

/* An event was judged so, or judged again by more links (models/fall_links.h says when it is the same). */
void fall_habit_event(struct fall_habit *h, uint64_t event_us, float over);

/* Somebody got up: what was open was everyday life, unless it was hours ago.  still_s: for so long nobody had moved after what was
 * watched; 0: nothing was.  called: people were called for it. */
void fall_habit_up(struct fall_habit *h, uint64_t now_us, float still_s, bool called);

/* For so long nobody had moved after an event, and then somebody did. */
void fall_habit_still(struct fall_habit *h, uint64_t now_us, float still_s);

/* People are called, for what has not taught yet. */
void fall_habit_call(struct fall_habit *h);

/* What people were called for last was a fall, they say: it teaches nothing, and what it has taught is undone. */
void fall_habit_was_fall(struct fall_habit *h);

/* The clock, ten times a second. */
void fall_habit_tick(struct fall_habit *h, uint64_t now_us, bool moving);

/* What was learned, as sections; nothing if nothing was.  Load: false, and what the section is about as it was, if it is no such
 * section; away_s: for so long nobody has run since. */
void fall_habit_save(const struct fall_habit *h, struct snapshot_out *out);
bool fall_habit_load(struct fall_habit *h, struct snapshot_in in, float away_s);
bool fall_habit_load_lived(struct fall_habit *h, struct snapshot_in in);

/* In place of such a section, where what was learned is of before hours were counted: the room has learned for so long, and is
 * no new one. */
void fall_habit_lived(struct fall_habit *h, float learned_s);

#endif
