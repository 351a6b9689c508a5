/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * fall_watch.h -- the last stage of the cascade: what happens after an event that looked like a fall.
 *
 *      idle -> watching -> confirmed -> idle       nobody got up; later: moves again
 *                      \-> idle                    got up, left, or was never still: recovered
 *
 * A suspicion is told at once (INCIDENT_SUSPECTED), and the room is watched: whoever gets up and walks is no
 * emergency, whoever lies still is.  Before weak links steps are hardly stronger than a limb that moves; but who goes somewhere
 * (dsp/sweep.h) is on the legs, however faintly he is seen.  How long depends on how sure the classifier was.  If only one in fifty other
 * events looks so much like a fall, `watch` seconds from the impact are enough.  If not, the same events are mostly
 * people who lay down: then a suspicion is confirmed only by `still` seconds in which somebody is there and nobody
 * moves, and it stays a suspicion for as long.  What people rise from in this room moves both limits
 * (fall_habit.h).
 *
 * Who lies there does not stir the room as he did when he fell.  Once the first fright is over, an event that is about as strong
 * makes a sure fall a doubtful one, and a stronger one is what happened: before it nobody had fallen.
 *
 * Who leaves is no emergency, nor is what falls where nobody is.  But a room takes seconds to see that somebody has come in, and one that
 * has lost sight of somebody takes him for gone: that it was empty when something fell there is known for nothing before
 * the watch is over.
 *
 * A blindness of seconds counts as the stillness around it (blink.h).  Longer ones do not count, and a watch that cannot see is
 * given up after a minute of them: blind is not an alarm.  After one in which somebody may have left none is raised before he is seen to
 * breathe, or the room has had the time to see that nobody is there. */
#ifndef MODELS_FALL_WATCH_H
#define MODELS_FALL_WATCH_H

#include <stdbool.h>
#include <stdint.h>
#include "models/blink.h"
#include "models/fall_habit.h"
#include "models/fall_links.h"
#include "models/incident.h"

#define FALL_SETTLE_US 4500000u		/* after the impact: rolling, cushions, the first fright */

/* What the room sees at a tick, over all links. */
struct fall_watch_input {
	bool  able;			/* movement can be seen */
	bool  moving;
	bool  walking;			/* ... who goes somewhere */
	bool  breathing;		/* somebody breathes, for certain */
	bool  empty;			/* nobody is there, for certain */
	bool  occupied;			/* somebody is, for certain */
	float strength_db;		/* of movement over the noise */
	bool  event;			/* an event was judged since the last tick, or judged again: */
	struct fall_together judged;	/* ... what all links that saw it say */
};

enum fall_state { FALL_WATCH_IDLE, FALL_WATCHING, FALL_WATCH_CONFIRMED };

struct fall_watch {
	float    watch_s, long_s;
	enum fall_state state;
	uint64_t impact_us;
	bool     sure;
	float    peak_db, strongest_db, score;	/* of the link that judges, of any */
	float    seen_s, still_s, up_s;	/* since the impact settled: seen, without movement, on the legs */
	bool     unnoticed;		/* the room was empty at the impact, and still is */
	float    walked_s;		/* on the way somewhere, of late */
	float    busy_s;		/* on the legs, as far as a room knows that shows little of any movement */
	bool     learned;		/* what it was is known and has taught */
	float    calm_s;		/* so long after it nobody had moved for ten seconds in all, while it was watched */
	bool     calmed;		/* ... and then somebody had, which has taught */
	struct blink blink;
	float    blind_s;		/* since then, not seen */
	float    hole_s;		/* the one it is in */
	float    unsure_s;		/* left until it is known who is there after a blindness in which somebody may have left */
	bool     was_sure;		/* since it was suspected */
	bool     breathed;
	struct fall_habit habit;	/* of this room, which decides with the classifier what is sure */
	uint64_t suspicions, sures, blind;	/* counted for ever; sures: of which the event was, for a moment at least; blind: that were given up */
};

/* watch_s: 5 to 120, or below 0: nobody falls here, and nothing is said; still_s: longer than that, or 0 where people lie still every day.  Plain struct. */
void fall_watch_init(struct fall_watch *w, float watch_s, float still_s);

/* So long who fell in doubt has to be still, by what this room has taught; 0: no stillness confirms. */
float fall_watch_still_s(const struct fall_watch *w);

/* What an event whose peak was then is about: the impact that is watched, if it is that one seen by another link. */
uint64_t fall_watch_event(const struct fall_watch *w, uint64_t event_us);

/* That an event was none, by a later one (peaks, and how far each stood over the noise). */
bool fall_watch_outdone(uint64_t event_us, float event_db, uint64_t later_us, float later_db);

/* The clock, ten times a second.  Incidents go into the queue. */
void fall_watch_tick(struct fall_watch *w, uint64_t now_us, const struct fall_watch_input *in,
		     struct incident_queue *out);

/* That was told of a fall before a restart, and nobody knows what happened since: whoever gets up takes it back.  It teaches
 * nothing. */
void fall_watch_resume(struct fall_watch *w, const struct incident *was);

/* People have settled what they were called for: it is watched no longer, and the room learns what it was. */
void fall_watch_cleared(struct fall_watch *w, uint64_t now_us, bool was_fall);

#endif
