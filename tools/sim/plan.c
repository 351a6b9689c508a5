/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * plan.c -- from the steps of a scene to stretches of motion. */
#include <errno.h>
#include <stdlib.h>
#include "tools/sim/people.h"

#define RAMP_S     0.6		/* to get going, and to stop */
#define MARGIN_M   0.5		/* wanderers keep off the walls */
#define FOREVER_S  1e9

double walk_length_s(double speed_m_s, double distance_m)
{
	return distance_m < speed_m_s * RAMP_S ? 2 * distance_m / speed_m_s + 0.2 : distance_m / speed_m_s + RAMP_S;
}

/* Metres after t of a start from rest, in units of the speed: a smooth ramp. */
static double ramp(double t, double *speed)
{
	double x = t / RAMP_S;

	*speed = x >= 1 ? 1 : x * x * (3 - 2 * x);
	return x >= 1 ? t - 0.5 * RAMP_S : RAMP_S * x * x * x * (1 - 0.5 * x);
}

/* The trunk is faster in the middle of a step: 10 %. */
double walk_progress(const struct stretch *s, double into_s, double *steps, double *swing)
{
	double v = s->speed_m_s, cadence = 1.0 + 0.7 * v, step_m = v / cadence;
	double distance = hypot(s->to.x - s->from.x, s->to.y - s->from.y), length = s->until_s - s->from_s;
	double gone;

	if (distance < 1e-6)
		return *steps = *swing = 0;
	if (distance < v * RAMP_S) {
		gone = distance * min_jerk(into_s / length);
		*swing = 0.5;
	} else if (into_s < length / 2) {
		gone = v * ramp(into_s, swing);
	} else {
		gone = distance - v * ramp(length - into_s, swing);
	}
	*steps = gone / step_m;
	gone += *swing * 0.1 * step_m / (2 * PI) * sin(2 * PI * *steps);
	return gone / distance;
}

struct pose pose_standing(const struct person_setup *p, struct pose at)
{
	return (struct pose){ .x = at.x, .y = at.y, .z = 0.53 * p->height_m, .facing = at.facing };
}

static struct pose pose_sitting(const struct person_setup *p, struct pose at)
{
	return (struct pose){ .x = at.x, .y = at.y, .z = p->seat_m + 0.06 * p->height_m, .facing = at.facing,
			      .tilt = 0.12, .tilt_to = PI, .hip = PI / 2, .knee = PI / 2 };
}

static struct pose pose_lying(const struct person_setup *p, struct pose at)
{
	return (struct pose){ .x = at.x, .y = at.y, .z = p->bed_m + 0.12, .facing = at.facing,
			      .tilt = PI / 2, .tilt_to = PI };
}

static struct pose pose_squatting(const struct person_setup *p, struct pose at)
{
	return (struct pose){ .x = at.x, .y = at.y, .z = 0.22 * p->height_m, .facing = at.facing,
			      .tilt = 0.5, .tilt_to = 0, .hip = 110 * DEGREE, .knee = 140 * DEGREE };
}

struct pose pose_between(const struct pose *a, const struct pose *b, double share)
{
	double turn = remainder(b->facing - a->facing, 2 * PI);
	/* a trunk that is upright leans to no side: take that of the other pose */
	double side = a->tilt > 0.01 ? a->tilt_to : b->tilt_to, side_to = b->tilt > 0.01 ? b->tilt_to : side;

	return (struct pose){
		.x = a->x + share * (b->x - a->x), .y = a->y + share * (b->y - a->y),
		.z = a->z + share * (b->z - a->z), .facing = a->facing + share * turn,
		.tilt = a->tilt + share * (b->tilt - a->tilt),
		.tilt_to = side + share * remainder(side_to - side, 2 * PI),
		.hip = a->hip + share * (b->hip - a->hip), .knee = a->knee + share * (b->knee - a->knee),
	};
}

struct planner {
	struct person *p;
	const struct room_setup *room;
	double now_s;
	struct pose pose;
	bool there, failed;
};

static struct stretch *add(struct planner *pl, enum motion motion, double length_s, struct pose to, const char *label)
{
	struct person *p = pl->p;
	static struct stretch nowhere;
	struct stretch *s;

	if (p->stretches == p->room) {
		s = realloc(p->stretch, (size_t)(p->room * 2 + 32) * sizeof(*s));
		if (!s) {
			pl->failed = true;
			return &nowhere;
		}
		p->stretch = s;
		p->room = p->room * 2 + 32;
	}
	s = &p->stretch[p->stretches++];
	*s = (struct stretch){ .from_s = pl->now_s, .until_s = pl->now_s + length_s, .motion = motion,
			       .from = pl->pose, .to = to, .label = label, .impact_s = NAN };
	pl->now_s += length_s;
	pl->pose = to;
	return s;
}

/* From this pose to that one, which takes so long at the usual pace. */
static void blend(struct planner *pl, double usual_s, struct pose to, const char *label)
{
	add(pl, MOTION_BLEND, usual_s / pl->p->setup->pace, to, label);
}

static const char *rest_label(const struct person_setup *p, const struct pose *pose)
{
	if (p->breaths_per_min > 0)
		return "breathing";
	return pose->tilt > 1 ? "lying" : pose->hip > 1 ? "sitting" : "stand";
}

static void rest_until(struct planner *pl, double until_s)
{
	if (until_s > pl->now_s)
		add(pl, pl->there ? MOTION_STILL : MOTION_ABSENT, until_s - pl->now_s, pl->pose,
		    pl->there ? rest_label(pl->p->setup, &pl->pose) : NULL);
}

/* At the usual speed times `pace`. */
static void walk_at(struct planner *pl, double x, double y, double pace)
{
	double speed = pl->p->setup->speed_m_s * pace;
	struct pose to = pose_standing(pl->p->setup, pl->pose);
	double distance = hypot(x - to.x, y - to.y);

	if (pl->pose.tilt > 0.5 || pl->pose.hip > 0.5)
		blend(pl, pl->pose.z < 0.3 ? 2.5 : 1.4, to, "get_up");
	if (distance < 0.01)
		return;
	to.facing = atan2(y - to.y, x - to.x);
	to.x = x;
	to.y = y;
	add(pl, MOTION_WALK, walk_length_s(speed, distance), to, "walk")->speed_m_s = speed;
}

static void walk_to(struct planner *pl, double x, double y)
{
	walk_at(pl, x, y, 1);
}

/* Where they may go: the corners of that. */
static void bounds(const struct planner *pl, double corner[4])
{
	const double *size = pl->room->size, *a = pl->p->setup->area, whole[4] = { 0, 0, size[0], size[1] };

	if (!(a[2] > a[0]))
		a = whole;
	for (int i = 0; i < 2; i++) {
		double m = fmin(MARGIN_M, (a[2 + i] - a[i]) / 3);

		corner[i] = a[i] + m;
		corner[2 + i] = a[2 + i] - m;
	}
}

static void wander(struct planner *pl, double length_s)
{
	double until_s = pl->now_s + length_s, c[4];

	bounds(pl, c);
	while (pl->now_s < until_s && !pl->failed) {
		double x = rng_uniform(&pl->p->rng, c[0], c[2]);
		double y = rng_uniform(&pl->p->rng, c[1], c[3]);

		if (hypot(x - pl->pose.x, y - pl->pose.y) > 0.1)
			walk_to(pl, x, y);
		else	/* already there: looks about */
			add(pl, MOTION_STILL, 0.5, pl->pose, "walk");
	}
}

static void wave(struct planner *pl, double length_s, const char *label)
{
	struct stretch *s = add(pl, MOTION_RESTLESS, length_s, pl->pose, label);

	for (int i = 0; i < 3; i++)
		s->limb[i] = 1;
	s->tempo = 1;
}

static void pause_for(struct planner *pl, double least_s, double most_s, const char *label)
{
	add(pl, MOTION_STILL, rng_uniform(&pl->p->rng, least_s, most_s), pl->pose, label);
}

/* As people go about a room: each way at a pace of its own, to the far end rather than the near one, and at times
 * they stop for a moment. */
static void stroll(struct planner *pl, double length_s)
{
	struct rng *rng = &pl->p->rng;
	double until_s = pl->now_s + length_s, c[4];

	bounds(pl, c);
	while (pl->now_s < until_s && !pl->failed) {
		double x = rng_uniform(rng, c[0], c[2]), y = rng_uniform(rng, c[1], c[3]);
		double pace = rng_uniform(rng, 0.6, 1.15), far = 0.4 * fmin(c[2] - c[0], c[3] - c[1]);

		if (hypot(x - pl->pose.x, y - pl->pose.y) < far)
			continue;
		walk_at(pl, x, y, pace);
		if (rng_uniform(rng, 0, 1) < 0.3)
			pause_for(pl, 0.3, 2.5, "stand");
	}
}

/* The hands, one or both, for a while. */
static void reach(struct planner *pl)
{
	struct rng *rng = &pl->p->rng;
	double length_s = rng_uniform(rng, 0.8, 6), one = rng_uniform(rng, 0.3, 1.3), which = rng_uniform(rng, 0, 1);
	struct stretch *s;

	s = add(pl, MOTION_RESTLESS, length_s, pl->pose, "moving");
	s->limb[0] = which < 0.7 ? one : 0.1 * one;
	s->limb[1] = which > 0.3 ? rng_uniform(rng, 0.3, 1.3) : 0.1 * one;
	s->tempo = rng_uniform(rng, 0.5, 1.3);
	s->eases = true;
}

/* From where they are to somewhere else about the spot, a step at most. */
static void side_step(struct planner *pl, const struct pose *home)
{
	struct rng *rng = &pl->p->rng;
	double far = rng_uniform(rng, 0.1, 0.4), way = rng_uniform(rng, 0, 2 * PI), c[4];
	struct pose to = pl->pose;
	struct stretch *s;

	bounds(pl, c);
	to.x = fmax(c[0], fmin(c[2], home->x + far * cos(way)));
	to.y = fmax(c[1], fmin(c[3], home->y + far * sin(way)));
	to.facing += rng_uniform(rng, -PI / 3, PI / 3);
	s = add(pl, MOTION_WALK, walk_length_s(pl->p->setup->speed_m_s, hypot(to.x - pl->pose.x, to.y - pl->pose.y)), to,
		"moving");
	s->speed_m_s = pl->p->setup->speed_m_s;
}

/* Cooks, tidies up, does exercises: all within half a metre of here.  Who sits has the hands only. */
static void busy(struct planner *pl, double length_s)
{
	struct rng *rng = &pl->p->rng;
	double until_s = pl->now_s + length_s, what;
	struct pose home = pl->pose, bent;

	while (pl->now_s < until_s && !pl->failed) {
		what = rng_uniform(rng, 0, pl->pose.hip > 0.5 ? 0.5 : 1);
		bent = pl->pose;
		if (what < 0.5) {
			reach(pl);
		} else if (what < 0.75) {
			side_step(pl, &home);
		} else if (what < 0.9) {
			bent.facing += rng_uniform(rng, -PI / 2, PI / 2);
			blend(pl, rng_uniform(rng, 0.6, 1.5), bent, "moving");
		} else {
			struct pose up = pl->pose;

			bent.tilt = rng_uniform(rng, 0.3, 1);
			blend(pl, rng_uniform(rng, 0.6, 1.2), bent, "moving");
			pause_for(pl, 0.1, 1.5, "moving");
			blend(pl, rng_uniform(rng, 0.6, 1.2), up, "moving");
		}
		if (rng_uniform(rng, 0, 1) < 0.5)
			pause_for(pl, 0.2, 2.5, "moving");
	}
}

static void fall(struct planner *pl, enum motion motion, double side_deg)
{
	struct stretch *s;
	double length_s = fall_length_s(pl->p, motion);

	if (motion != MOTION_OUT_OF_BED && (pl->pose.tilt > 0.5 || pl->pose.hip > 0.5))
		blend(pl, 1.2, pose_standing(pl->p->setup, pl->pose), "get_up");
	s = add(pl, motion, length_s, pl->pose, "fall");
	s->side = side_deg * DEGREE;
	s->to = pl->pose = fall_pose(pl->p, s, length_s);
	s->impact_s = s->from_s + fall_impact_s(pl->p, s);
	if (pl->p->setup->struggle_s > 0)
		wave(pl, pl->p->setup->struggle_s, "fall");
}

static void breathe_otherwise(struct planner *pl, double length_s, enum episode_kind kind, const char *label)
{
	struct person *p = pl->p;

	if (p->episodes < PERSON_EPISODES)
		p->episode[p->episodes++] = (struct episode){ pl->now_s, pl->now_s + length_s, kind };
	add(pl, MOTION_STILL, length_s, pl->pose, label);
}

static void take_place(struct planner *pl, double x, double y)
{
	pl->there = true;
	pl->pose.x = x;
	pl->pose.y = y;
	pl->pose = pose_standing(pl->p->setup, pl->pose);
}

static void do_step(struct planner *pl, const struct plan_step *s)
{
	const struct person_setup *p = pl->p->setup;
	struct pose to = pl->pose;

	if (!pl->there && s->kind != STEP_ENTER)
		return;
	switch (s->kind) {
	case STEP_WALK:     walk_to(pl, s->value[0], s->value[1]); break;
	case STEP_WANDER:   wander(pl, s->value[0]); break;
	case STEP_SIT:      blend(pl, 1.2, pose_sitting(p, to), "sit_down"); break;
	case STEP_SIT_HARD: blend(pl, 0.45, pose_sitting(p, to), "sit_down"); break;
	case STEP_LIE:      blend(pl, 2.0, pose_lying(p, to), "lie_down"); break;
	case STEP_GET_UP:   blend(pl, to.z < 0.3 ? 2.5 : 1.4, pose_standing(p, to), "get_up"); break;
	case STEP_TURN:
		to.facing = s->value[0] * DEGREE;
		add(pl, MOTION_BLEND, 0.8, to, "turn");
		break;
	case STEP_HOLD:     breathe_otherwise(pl, s->value[0], EPISODE_HOLD, "breath_hold"); break;
	case STEP_TALK:     breathe_otherwise(pl, s->value[0], EPISODE_TALK, "talk"); break;
	case STEP_COUGH:    breathe_otherwise(pl, s->value[0], EPISODE_COUGH, "cough"); break;
	case STEP_JUMP:     add(pl, MOTION_JUMP, 1.2, to, "jump"); break;
	case STEP_SQUAT:
		blend(pl, 0.9, pose_squatting(p, to), "squat");
		blend(pl, 1.0, pose_standing(p, to), "squat");
		break;
	case STEP_WAVE:     wave(pl, s->value[0], "moving"); break;
	case STEP_BUSY:     busy(pl, s->value[0]); break;
	case STEP_STROLL:   stroll(pl, s->value[0]); break;
	case STEP_ENTER:    take_place(pl, s->value[0], s->value[1]); break;
	case STEP_LEAVE:    pl->there = false; break;
	case STEP_TOPPLE:   fall(pl, MOTION_TOPPLE, s->value[0]); break;
	case STEP_BUCKLE:   fall(pl, MOTION_BUCKLE, s->value[0]); break;
	case STEP_SLIP:     fall(pl, MOTION_SLIP, 0); break;
	case STEP_SLUMP:    fall(pl, MOTION_SLUMP, 0); break;
	case STEP_OUT_OF_BED: fall(pl, MOTION_OUT_OF_BED, 0); break;
	}
}

int person_plan(struct person *p, const struct room_setup *room)
{
	const struct person_setup *s = p->setup;
	struct planner pl = { .p = p, .room = room, .there = s->posture != POSTURE_ABSENT };

	pl.pose = (struct pose){ .x = s->at[0], .y = s->at[1], .facing = s->facing_deg * DEGREE };
	if (s->posture == POSTURE_SIT)
		pl.pose = pose_sitting(s, pl.pose);
	else if (s->posture == POSTURE_LIE)
		pl.pose = pose_lying(s, pl.pose);
	else
		pl.pose = pose_standing(s, pl.pose);
	for (int i = 0; i < s->steps && pl.now_s < room->duration_s && !pl.failed; i++) {
		rest_until(&pl, s->step[i].start_s);
		do_step(&pl, &s->step[i]);
	}
	rest_until(&pl, FOREVER_S);
	return pl.failed ? -ENOMEM : 0;
}
