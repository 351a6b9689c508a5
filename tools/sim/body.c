/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * body.c -- where the parts of a body are, and how they move. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "tools/sim/drift.h"
#include "tools/sim/people.h"

#define TURN_S  0.5	/* to turn into the direction of a walk */
#define SKIN_M  0.02	/* of a wall, nearer no part of a body comes */
#define SWAY_HZ 0.05	/* sway is from here to 0.5 Hz */
#define SWAY_OCTAVES 3
#define EASE_S  0.4	/* hands that begin or end something */

/* Sizes are shares of the height.  The trunk: five points of the front that rise with a
 * breath, the belly later and more, and two of the back that hardly do. */
static const struct {
	double side, up, share, moves, lag_s;
} trunk[] = {
	{ -0.06, 0.24, 0.14, 0.9, 0.00 }, { 0.06, 0.24, 0.14, 1.0, 0.00 }, { 0.00, 0.17, 0.16, 1.0, 0.05 },
	{ -0.05, 0.09, 0.13, 1.2, 0.18 }, { 0.05, 0.09, 0.13, 1.2, 0.22 },
	{ 0.00, 0.20, 0.15, -0.25, 0.00 }, { 0.00, 0.08, 0.15, -0.15, 0.10 },
};

#define TRUNK (int)(sizeof(trunk) / sizeof(*trunk))
#define FRONT 5

/* Cross sections relative to the trunk of 0.5 m2. */
#define HEAD 0.16
#define ARM  0.06
static const double leg_cross[3] = { 0.16, 0.10, 0.04 };	/* thigh, shank, foot */
static const double leg_swing_m[3] = { 0.15, 0.30, 0.35 };

static void make_sway(struct person *p)
{
	for (int axis = 0; axis < 2; axis++)
		p->sway[axis] = (uint64_t)rng_bits(&p->rng) << 32;
	for (int i = 0; i < 6; i++) {
		p->limb_hz[i] = rng_uniform(&p->rng, 0.6, 2.5);
		p->limb_turns[i] = rng_uniform(&p->rng, 0, 1);
	}
}

static void make_shifts(struct person *p, double duration_s)
{
	double t = 0;

	while (p->setup->shift_every_s > 0 && p->shifts < SHIFTS_MAX) {
		t += rng_exponential(&p->rng, p->setup->shift_every_s) + 3;
		if (t > duration_s)
			return;
		p->shift[p->shifts].at_s = t;
		p->shift[p->shifts].width_s = rng_uniform(&p->rng, 0.2, 0.6);
		p->shift[p->shifts].x = 0.05 * rng_gaussian(&p->rng);
		p->shift[p->shifts++].y = 0.05 * rng_gaussian(&p->rng);
	}
}

int person_make(struct person *p, const struct person_setup *setup, const struct room_setup *room,
		uint64_t seed, uint64_t stream)
{
	int err;

	memset(p, 0, sizeof(*p));
	p->setup = setup;
	memcpy(p->size, room->size, sizeof(p->size));
	rng_init(&p->rng, seed, stream);
	make_sway(p);
	topple_make(p);
	make_shifts(p, room->duration_s);
	err = person_plan(p, room);
	if (!err)
		err = chest_make(&p->chest, setup, room->duration_s + 1, p->episode, p->episodes, &p->rng);
	return err;
}

void person_free(struct person *p)
{
	free(p->stretch);
	chest_free(&p->chest);
}

const struct stretch *person_stretch(struct person *p, double t_s)
{
	if (t_s < p->stretch[p->cursor].from_s)
		p->cursor = 0;
	while (p->cursor < p->stretches - 1 && t_s >= p->stretch[p->cursor].until_s)
		p->cursor++;
	return &p->stretch[p->cursor];
}

/* Somebody who stands sways the most, somebody who lies hardly. */
static void add_sway(struct person *p, double t_s, struct pose *q)
{
	double mm = p->setup->sway_mm * (q->tilt > 1 ? 0.1 : q->hip > 1 ? 1 : 3), x = 0, y = 0, share;

	q->x += mm / 1000 * drift(p->sway[0], t_s, SWAY_HZ, SWAY_OCTAVES);
	q->y += mm / 1000 * drift(p->sway[1], t_s, SWAY_HZ, SWAY_OCTAVES);
	if (!p->shifts)
		return;
	if (t_s < p->shift[p->shift_cursor].at_s)
		p->shift_cursor = 0;
	while (p->shift_cursor < p->shifts - 1 && t_s >= p->shift[p->shift_cursor + 1].at_s)
		p->shift_cursor++;
	if (p->shift_cursor) {
		x = p->shift[p->shift_cursor - 1].x;
		y = p->shift[p->shift_cursor - 1].y;
	}
	share = min_jerk((t_s - p->shift[p->shift_cursor].at_s) / (4 * p->shift[p->shift_cursor].width_s));
	q->x += x + share * (p->shift[p->shift_cursor].x - x);
	q->y += y + share * (p->shift[p->shift_cursor].y - y);
}

static void jump(struct pose *q, double t)
{
	const double crouch_s = 0.35, speed = 2.43, flight_s = 2 * speed / 9.81;
	double in_air = t - crouch_s - 0.1, landed = in_air - flight_s;

	if (in_air < 0)
		q->hip = q->knee = 0.8 * min_jerk(t / crouch_s) * (1 - min_jerk((t - crouch_s) / 0.1));
	else if (landed < 0)
		q->z += in_air * (speed - 4.905 * in_air);
	else
		q->hip = q->knee = 0.7 * min_jerk(landed / 0.08) * (1 - min_jerk((landed - 0.08) / 0.35));
	if (in_air < 0 || landed >= 0)
		q->z -= 0.22 * q->knee;
}

static struct pose pose_at(struct person *p, const struct stretch *s, double t_s, double *steps, double *swing)
{
	double into = t_s - s->from_s, share;
	struct pose q = s->from;

	*steps = *swing = 0;
	switch (s->motion) {
	case MOTION_BLEND:
		return pose_between(&s->from, &s->to, min_jerk(into / (s->until_s - s->from_s)));
	case MOTION_WALK:
		share = walk_progress(s, into, steps, swing);
		q = pose_between(&s->from, &s->to, min_jerk(into / TURN_S));
		q.x = s->from.x + share * (s->to.x - s->from.x);
		q.y = s->from.y + share * (s->to.y - s->from.y);
		q.z += 0.015 * *swing * cos(2 * PI * *steps);
		return q;
	case MOTION_JUMP:
		jump(&q, into);
		return q;
	case MOTION_TOPPLE:
	case MOTION_BUCKLE:
	case MOTION_SLIP:
	case MOTION_SLUMP:
	case MOTION_OUT_OF_BED:
		return fall_pose(p, s, into);
	default:
		return q;
	}
}

bool person_pose(struct person *p, double t_s, struct pose *pose)
{
	const struct stretch *s = person_stretch(p, t_s);
	double steps, swing;

	if (s->motion == MOTION_ABSENT)
		return false;
	*pose = pose_at(p, s, t_s, &steps, &swing);
	add_sway(p, t_s, pose);
	return true;
}

/* The directions of a bent body. */
struct frame {
	struct point at, up, front, side;
	double h;		/* height */
};

static struct frame body_frame(const struct person *p, const struct pose *q)
{
	struct point z = { 0, 0, 1 }, front = { cos(q->facing), sin(q->facing), 0 };
	double to = q->facing + q->tilt_to;
	struct point axis = { -sin(to), cos(to), 0 };	/* z cross the direction of the tilt */

	return (struct frame){
		.at = { q->x, q->y, q->z }, .up = point_turn(z, axis, q->tilt),
		.front = point_turn(front, axis, q->tilt),
		.side = point_turn(point_cross(z, front), axis, q->tilt), .h = p->setup->height_m,
	};
}

static struct point part(const struct frame *f, double side, double up, double front)
{
	struct point at = point_add(f->at, side * f->h, f->side);

	return point_add(point_add(at, up * f->h, f->up), front * f->h, f->front);
}

static double chest_mm(const struct person *p, double t_s)
{
	return chest_breath_mm(&p->chest, t_s) + chest_heart_mm(&p->chest, t_s);
}

static int trunk_points(const struct person *p, const struct frame *f, double cross_m2, double t_s,
			struct scatterer *out)
{
	for (int i = 0; i < TRUNK; i++) {
		double mm = trunk[i].moves * chest_mm(p, fmax(0, t_s - trunk[i].lag_s));
		int front = i < FRONT;

		out[i].at =
		    point_add(part(f, trunk[i].side, trunk[i].up, front ? 0.065 : -0.065), mm / 1000, f->front);
		out[i].normal = point_scale(f->front, front ? 1 : -1);
		out[i].amplitude = sqrt(cross_m2 * trunk[i].share);
	}
	out[TRUNK] = (struct scatterer){ .at = part(f, 0, 0.42, 0.02), .amplitude = sqrt(HEAD * cross_m2) };
	return TRUNK + 1;
}

/* Which of struct stretch's limbs: 0 and 1 are arms. */
static double limb_m(const struct person *p, const struct stretch *s, int which, int limb, double t_s)
{
	double turns = s->tempo * p->limb_hz[limb % 6] * t_s + p->limb_turns[limb % 6], share = s->limb[which];

	if (s->motion != MOTION_RESTLESS || !(share > 0))
		return 0;
	if (s->eases)
		share *= min_jerk((t_s - s->from_s) / EASE_S) * min_jerk((s->until_s - t_s) / EASE_S);
	return share * (0.06 * sin(2 * PI * turns) + 0.03 * sin(2 * PI * (1.7 * turns + 0.3 * limb)));
}

static int arm_points(const struct person *p, const struct frame *f, double steps, double swing, double t_s,
		      const struct stretch *s, struct scatterer *out)
{
	double a = sqrt(ARM * p->setup->cross_m2);
	int n = 0;

	for (int side = -1; side <= 1; side += 2) {
		double forth = -side * swing * sin(PI * steps), extra = limb_m(p, s, side > 0, side + 1, t_s);

		out[n++] = (struct scatterer){ .amplitude = a,
			.at = part(f, 0.12 * side, 0.18, (0.10 * forth + extra) / f->h) };
		out[n++] = (struct scatterer){ .amplitude = a,
			.at = part(f, 0.13 * side, 0.05, 0.03 + (0.25 * forth + 2.5 * extra) / f->h) };
	}
	return n;
}

static int leg_points(const struct person *p, const struct frame *f, const struct pose *q, double steps,
		      double swing, double t_s, const struct stretch *s, struct scatterer *out)
{
	double thigh = q->hip, shank = q->hip - q->knee;
	int n = 0;

	for (int side = -1; side <= 1; side += 2) {
		double up[3], front[3];

		up[0] = -0.12 * cos(thigh);
		front[0] = 0.12 * sin(thigh);
		up[1] = 2 * up[0] - 0.12 * cos(shank);
		front[1] = 2 * front[0] + 0.12 * sin(shank);
		up[2] = 2 * up[0] - 0.26 * cos(shank);
		front[2] = 2 * front[0] + 0.26 * sin(shank);
		for (int i = 0; i < 3; i++) {
			double forth = side * swing * leg_swing_m[i] * sin(PI * steps);

			forth += 0.3 * (i + 1) * limb_m(p, s, 2, 3 + side, t_s);
			out[n++] = (struct scatterer){ .amplitude = sqrt(leg_cross[i] * p->setup->cross_m2),
				.at = part(f, 0.05 * side, up[i], front[i] + forth / f->h) };
		}
	}
	return n;
}

static void make_blocker(const struct person *p, const struct pose *q, const struct frame *f, double t_s,
			 struct blocker *b)
{
	double mm = chest_mm(p, t_s), lying = fabs(f->up.z) < 0.5;
	double thick = 0.065 * f->h, wide = 0.12 * f->h;

	*b = (struct blocker){
		.x = q->x, .y = q->y, .facing_x = cos(q->facing), .facing_y = sin(q->facing),
		.z0 = 0, .z1 = q->z + 0.45 * f->h, .front = thick + mm / 1000, .back = thick, .side = wide,
	};
	if (lying != 0) {
		b->z0 = q->z - thick;
		b->z1 = q->z + thick + mm / 1000;
		b->front = b->back = 0.45 * f->h;
	}
}

/* Who falls against a wall slides down it. */
static void keep_inside(const struct person *p, struct scatterer *s, int n)
{
	for (int i = 0; i < n; i++) {
		s[i].at.x = fmax(SKIN_M, fmin(p->size[0] - SKIN_M, s[i].at.x));
		s[i].at.y = fmax(SKIN_M, fmin(p->size[1] - SKIN_M, s[i].at.y));
		s[i].at.z = fmax(SKIN_M, fmin(p->size[2] - SKIN_M, s[i].at.z));
	}
}

int person_points(struct person *p, double t_s, struct scatterer *out, struct blocker *block)
{
	const struct stretch *s = person_stretch(p, t_s);
	double steps, swing, cross = p->setup->cross_m2;
	struct frame f;
	struct pose q;
	int n;

	if (s->motion == MOTION_ABSENT)
		return 0;
	q = pose_at(p, s, t_s, &steps, &swing);
	add_sway(p, t_s, &q);
	f = body_frame(p, &q);
	cross *= q.tilt > 1 ? 0.5 : q.hip > 1 ? 0.7 : 1;
	memset(out, 0, BODY_POINTS * sizeof(*out));
	n = trunk_points(p, &f, cross, t_s, out);
	n += arm_points(p, &f, steps, swing, t_s, s, out + n);
	n += leg_points(p, &f, &q, steps, swing, t_s, s, out + n);
	keep_inside(p, out, n);
	make_blocker(p, &q, &f, t_s, block);
	return n;
}
