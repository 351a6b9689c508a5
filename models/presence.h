/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * presence.h -- is somebody in the room?
 *
 * Adds up, as log-odds, what the room's links see: motion, small motion, breathing,
 * and silence.  Quick to say "occupied", slow to say "empty", and "unknown" whenever the
 * links cannot see: silence counts only while somebody would be seen. */
#ifndef MODELS_PRESENCE_H
#define MODELS_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>
#include "models/reason.h"

enum presence_state { PRESENCE_UNKNOWN, PRESENCE_EMPTY, PRESENCE_OCCUPIED };

/* What "occupied" rests on now. */
enum presence_evidence {
	PRESENCE_BY_NOTHING,		/* empty or unknown */
	PRESENCE_BY_MOTION,
	PRESENCE_BY_MICRO_MOTION,
	PRESENCE_BY_BREATHING,
	PRESENCE_BY_MEMORY,		/* nothing now, but not long ago */
};

/* What the links see at this tick. */
struct presence_input {
	enum reason blind;		/* REASON_NONE: at least one link gives a verdict on motion */
	bool  hole;			/* not blind, but nothing is seen right now: no evidence of anything */
	bool  patchy;			/* too many holes of late to see a breath */
	bool  moving;
	float motion_level;		/* how strongly, 0..1, while moving */
	float micro;			/* log-odds for small movements of somebody; NAN: not known */
	bool  breathing_able;		/* a breath would be seen by now: its windows are full */
	bool  breathing_soon;		/* not yet, but the windows are filling */
	bool  breathing;
	float breathing_probability;	/* that the breathing is real, 0..1 */
	float breathing_hint_db;	/* without a rate: for (over 0) or against somebody breathing */
	float breathing_long;		/* log-odds for somebody who goes on breathing faintly (long_look.h); NAN: not known */
	float repeats_s;		/* after so long all links say again what they have said; 0: they do not */
	bool  held;			/* somebody must be there, although nothing is seen of him */
	bool  masked;			/* the neighbours move, which hides what is small here */
	bool  machine;			/* what looked like breathing was a machine */
	bool  nobody;			/* what moved was a thing, and nobody has come in since it began */
	bool  sealed;			/* a device runs: in a room that is empty, what is not a movement is its */
};

struct presence {
	enum presence_state state;
	enum presence_evidence evidence;
	bool  faint;			/* a breath that only minutes of looking show, and go on to when he has left */
	enum reason reason;		/* why unknown, else REASON_NONE */
	bool     sealed;		/* known to be empty: only movement fills it */
	float    log_odds;		/* occupied against empty */
	float    by_breath;		/* how much of it nothing but signs of somebody still has brought */
	float    sign;			/* the strongest small sign of late, fading; log-odds */
	float    went_s;		/* of movement of late, long enough to come or go? */
	float    rested_s;		/* since the last of it */
	bool     may_be_gone;		/* that was the last there was of anybody */
	float    recall_s;		/* left of a blind spell until nothing is known of before; 0: nothing was, or is */
	float    watched_s;		/* since the start, or since it was blind */
	bool     waits;			/* for a sign, as what was seen is neither silence nor likely somebody */
	float    patchy;		/* the share of late that is holes, or nearly */
	float    hole_s;		/* since anything was seen */
	float    held_s;		/* that small signs alone have held it */
	float    long_s;		/* that a long look has spoken for somebody since the last movement or rate */
	float    breath_s;		/* that a breath was seen for since the last movement */
	float    stays_s;		/* left of the time for which that is known to be there still */
	float    silent_s;		/* empty, and no sign of anybody */
	bool     started;
	uint64_t last_us;
};

/* A room of which nothing is known.  Plain struct. */
void presence_init(struct presence *p);
void presence_reset(struct presence *p);	/* the same */

/* The clock, about ten times a second; time in microseconds never goes back.  Updates
 * state, evidence and reason. */
void presence_tick(struct presence *p, uint64_t now_us, const struct presence_input *in);

/* People say that all have left: known to be empty from now on, until something moves. */
void presence_vacate(struct presence *p);

/* Has anything of late been a small sign of somebody, or is somebody known to stay, who was seen to breathe and has not moved since? */
bool presence_has_sign(const struct presence *p);

/* Is somebody seen to breathe, at once or by looking for minutes? */
bool presence_sees_breath(const struct presence_input *in);

/* Has movement of late lasted long enough to come or to go? */
bool presence_walked(const struct presence *p);

/* The published names: "occupied"; "micro_motion".  Static; NULL for PRESENCE_BY_NOTHING. */
const char *presence_state_name(enum presence_state s);
const char *presence_evidence_name(enum presence_evidence e);

#endif
