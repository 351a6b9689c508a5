/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * room.h -- a room: fuses the evidence of its links into what people see.
 *
 * A room that cannot see says so: it never says "nobody" when it means "cannot
 * see", and nothing is held longer than it is true. */
#ifndef MODELS_ROOM_H
#define MODELS_ROOM_H

#include "models/breath.h"
#include "models/gait.h"
#include "models/heart.h"
#include "models/incident.h"
#include "models/model.h"
#include "models/presence.h"
#include "models/survey.h"

#define ROOM_LINKS_MAX 16

enum truth { TRUTH_UNKNOWN = -1, TRUTH_NO, TRUTH_YES };

enum direction { DIRECTION_UNKNOWN, DIRECTION_APPROACH, DIRECTION_LEAVE };

enum activity { ACTIVITY_UNKNOWN, ACTIVITY_EMPTY, ACTIVITY_STILL, ACTIVITY_ACTIVE, ACTIVITY_WALKING };

enum sensing_state { SENSING_DOWN, SENSING_DEGRADED, SENSING_OK };

/* Bits: what the radio conditions support now. */
enum {
	CAPABLE_MOTION      = 1,
	CAPABLE_PRESENCE    = 2,
	CAPABLE_RESPIRATION = 4,
	CAPABLE_FALL        = 8,
	CAPABLE_ACTIVITY    = 16,
	CAPABLE_HEARTBEAT   = 32,
};

/* Bits: signs that are there and are nobody's (absorb.h). */
enum {
	ABSORBED_BREATHING    = 1,
	ABSORBED_MICRO_MOTION = 2,
	ABSORBED_MOTION       = 4,
	ABSORBED_NEIGHBOURS   = 8,		/* movement that is theirs (neighbour.h) */
};

struct room_state {
	enum presence_state presence;
	bool  seems_empty;		/* as far as anybody was seen, which is what is learned from, also where presence does not say so */
	enum presence_evidence presence_evidence;
	enum reason presence_reason;		/* of presence or motion that is unknown; REASON_NONE: both are known */
	enum truth  motion;
	float       motion_level;		/* 0..1, NAN: unknown */
	enum activity activity;
	enum reason activity_reason;
	float       speed_m_s;			/* NAN: nobody moves, or the packets do not tell */
	enum direction direction;		/* of who moves, as the link that is surest has it */
	struct gait_result gait;
	struct breath_result breath;
	int breath_pauses;		/* of ten seconds and more, within the last hour */
	float breath_lost_s;		/* so long somebody who is there has not breathed; 0: he does, or nobody knows */
	const float *breath_row_db;	/* [BREATH_BINS] if a new spectrum was looked at; borrowed; else NULL */
	const struct breath_wave *breath_wave;	/* the newest second, if there is a new one; borrowed; else NULL */
	struct heart_result heart;
	const float *heart_row_db;	/* [HEART_BINS] if new evidence was judged; borrowed; else NULL */
	float heart_gate_db;		/* what heart.snr_db had to reach then */
	enum sensing_state sensing;
	enum reason sensing_reason;
	unsigned capabilities;
	unsigned absorbed;
	float still_limit_s, low_limit_s;	/* of long lies, as the room has taught them (rest.h); 0: none */
	struct survey_result survey;	/* of what people have said that they do now, or did within ten minutes */
	float doubt_limit_s;		/* of stillness after a doubtful fall (fall_watch.h); 0: none */
};

struct room;

/* All memory is taken now.  NULL: out of memory.  Free with room_destroy(). */
struct room *room_create(const struct model_params *params);
void room_destroy(struct room *r);		/* NULL is fine */

/* The clock, ten times a second, with the evidence of the links that count (borrowed,
 * n at most ROOM_LINKS_MAX); those that are `beyond` only tell the neighbours' movement from ours.
 * `source` tells why none of it counts, as nothing can come or hardly anything does: REASON_SOURCE_DOWN, REASON_PAUSED, ...;
 * REASON_NONE: it does. */
void room_tick(struct room *r, uint64_t now_us, const struct evidence *const evidence[], int n,
	       enum reason source);

/* Before a tick: a part of what the room listens to is away, and why (REASON_NONE: all is there): it goes on with the
 * rest, and its sensing is degraded, as what only that part saw is not seen. */
void room_lacks(struct room *r, enum reason why);

/* Before a tick: what links of other rooms see (borrowed until that tick is over), which tell the neighbours' movement as
 * those do that are `beyond`; at most ROOM_LINKS_MAX count. */
void room_next_door(struct room *r, const struct evidence *const evidence[], int n);

/* What holds now.  Borrowed, until the next tick. */
const struct room_state *room_state(const struct room *r);

/* What the last ticks found to have happened, the oldest first: to be taken after each
 * tick until it is false. */
bool room_take_incident(struct room *r, struct incident *i);

/* At the start: before it, this was told last of something whose end nobody has seen.  Who was watched for it is watched on, and
 * what ends it is told. */
void room_resume(struct room *r, const struct incident *was);

/* People have settled an alarm of that kind, now or later than its watch was over; of a fall they say whether it was one. */
void room_cleared(struct room *r, enum incident_kind kind, bool was_fall);

/* People say what they do from now on for for_s seconds, to see what the room makes of it (survey.h); SURVEY_NONE: nothing
 * any more. */
void room_survey(struct room *r, enum survey_step step, float for_s);

/* What the room has learned, of what stirs it and is nobody, and of how long people stay and how they walk: as
 * sections; nothing is added where that is nothing. */
void room_save(const struct room *r, struct snapshot_out *out);

/* Takes that over, away_s after it was written (0: unknown).  False: some of it was spoilt, and left out. */
bool room_load(struct room *r, const uint8_t *p, size_t len, float away_s);

/* Forgets all of that. */
void room_forget(struct room *r);

/* Bits (1 << INCIDENT_FALL, ...): what a room of these parameters watches for.  Who lists
 * alarms for people lists no other. */
unsigned room_incident_kinds(const struct model_params *params);

#endif
