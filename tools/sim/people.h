/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * people.h -- people who breathe, walk, sit down and fall: from a plan to points that
 * scatter.  plan.c makes stretches of motion from the steps of a scene, falls.c knows how
 * bodies fall, body.c where the parts of a body are. */
#ifndef TOOLS_SIM_PEOPLE_H
#define TOOLS_SIM_PEOPLE_H

#include "tools/sim/channel.h"
#include "tools/sim/chest.h"
#include "tools/sim/scene.h"

#define BODY_POINTS  20
#define PERSON_EPISODES 64
#define SHIFTS_MAX   512
#define TOPPLE_MAX   3000	/* ms that toppling may take */

/* Where a body is and how it is bent.  Angles in radians. */
struct pose {
	double x, y, z;			/* of the pelvis */
	double facing;
	double tilt, tilt_to;		/* of the trunk off the vertical; to which side of the facing */
	double hip, knee;		/* bent by */
};

enum motion {
	MOTION_ABSENT, MOTION_STILL, MOTION_BLEND, MOTION_WALK, MOTION_JUMP, MOTION_RESTLESS,
	MOTION_TOPPLE, MOTION_BUCKLE, MOTION_SLIP, MOTION_SLUMP, MOTION_OUT_OF_BED,
};

/* A stretch of one motion; they follow each other without a gap. */
struct stretch {
	double from_s, until_s;
	enum motion motion;
	struct pose from, to;
	const char *label;	/* as in a table of labels; NULL: nothing of note */
	double side;		/* of a fall, rad */
	double impact_s;	/* of a fall, when it hits the floor; NAN: none */
	double speed_m_s;	/* of a walk */
	double limb[3];		/* left arm, right arm and legs move by that share of what is usual for the restless, */
	double tempo;		/* so much faster, */
	bool eases;		/* and begin and end gently */
};

struct person {
	const struct person_setup *setup;
	struct stretch *stretch;
	int stretches, room, cursor;
	struct episode episode[PERSON_EPISODES];
	int episodes;
	struct chest chest;
	float topple[TOPPLE_MAX];	/* angle, each ms */
	int topple_ms, topple_hits_ms;
	uint64_t sway[2];		/* keys of its drift, along x and y */
	struct { double at_s, width_s, x, y; } shift[SHIFTS_MAX];
	int shifts, shift_cursor;
	double limb_hz[6], limb_turns[6];
	double size[3];			/* of the room, which no limb leaves */
	struct rng rng;
};

/* Everything that this person will do.  The setup is borrowed.  0 or -ENOMEM. */
int person_make(struct person *p, const struct person_setup *setup, const struct room_setup *room,
		uint64_t seed, uint64_t stream);
void person_free(struct person *p);

/* The stretch at a moment; fastest if time does not go back. */
const struct stretch *person_stretch(struct person *p, double t_s);

/* The pose at a moment, with sway and shifts.  False: not there. */
bool person_pose(struct person *p, double t_s, struct pose *pose);

/* What of this person scatters, at most BODY_POINTS, and what stands in the way.
 * Returns how many; 0: not there. */
int person_points(struct person *p, double t_s, struct scatterer *out, struct blocker *block);

/* Poses of people at rest: plan.c and falls.c share them. */
struct pose pose_standing(const struct person_setup *p, struct pose at);
struct pose pose_between(const struct pose *a, const struct pose *b, double share);

/* Builds the stretches of the plan (plan.c).  0 or -ENOMEM. */
int person_plan(struct person *p, const struct room_setup *room);

/* How long a fall lasts, and where it ends (falls.c). */
double fall_length_s(const struct person *p, enum motion motion);
double fall_impact_s(const struct person *p, const struct stretch *s);	/* after its begin */
struct pose fall_pose(const struct person *p, const struct stretch *s, double into_s);
void topple_make(struct person *p);

/* Progress 0..1 of a walk, steps taken, and how much the limbs swing, 0..1. */
double walk_progress(const struct stretch *s, double into_s, double *steps, double *swing);
double walk_length_s(double speed_m_s, double distance_m);

#endif
