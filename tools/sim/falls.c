/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * falls.c -- five ways to fall.  A body that is stopped by the floor stops within 60 to
 * 150 ms: modelled as a speed that decays with 30 to 40 ms. */
#include "tools/sim/people.h"

#define GRAVITY   9.81
#define STOP_S    0.035
#define LEAN_S    0.45		/* until the lean from which nobody comes back */
#define FLOOR_M   0.12		/* of the pelvis, lying */
#define SEATED_M  0.20		/* and sitting on the floor */
#define BUCKLE    0.7		/* of gravity */
#define SLIP      0.8
#define EDGE_S    0.5		/* of rolling, until a body is half over the edge of a bed */

static double pelvis_m(const struct person *p)
{
	return 0.53 * p->setup->height_m;
}

/* Of a fall that is so much of a free one, less what the hands take. */
static double pulled(const struct person *p, double share)
{
	return share * GRAVITY * (1 - p->setup->eased);
}

/* When a fall from rest begins to be stopped. */
static double hits_after(double acceleration, double distance)
{
	return -STOP_S + sqrt(STOP_S * STOP_S + 2 * distance / acceleration);
}

/* Distance after t of a fall with that acceleration which is stopped at the end. */
static double drop(double t, double acceleration, double distance)
{
	double hits = hits_after(acceleration, distance);

	if (t <= 0)
		return 0;
	if (t < hits)
		return 0.5 * acceleration * t * t;
	return distance - acceleration * hits * STOP_S * exp(-(t - hits) / STOP_S);
}

/* An inverted pendulum, theta'' = 3 g / (2 L) sin theta, from a small lean to the floor. */
void topple_make(struct person *p)
{
	double pull = pulled(p, 1.5) / (0.9 * p->setup->height_m), dt = 1e-3;
	double lean = rng_uniform(&p->rng, 0.1, 0.22), angle = 0, speed = 0;
	int stopping = 0, lean_ms = (int)(LEAN_S * 1000);

	for (p->topple_ms = 0; p->topple_ms < TOPPLE_MAX; p->topple_ms++) {
		p->topple[p->topple_ms] = (float)angle;
		if (p->topple_ms < lean_ms) {
			angle = lean * min_jerk((double)(p->topple_ms + 1) / lean_ms);
			continue;
		}
		if (!stopping)
			p->topple_hits_ms = p->topple_ms;
		stopping |= angle + speed * STOP_S >= PI / 2;
		if (stopping && speed < 0.01)
			break;
		speed += stopping ? -speed * dt / STOP_S : pull * sin(angle) * dt;
		angle += speed * dt;
	}
}

double fall_length_s(const struct person *p, enum motion motion)
{
	switch (motion) {
	case MOTION_TOPPLE:     return p->topple_ms / 1000.0;
	case MOTION_BUCKLE:     return 1.3;
	case MOTION_SLIP:       return 1.0;
	case MOTION_SLUMP:      return 0.3 + (pelvis_m(p) - SEATED_M) / 0.45;
	case MOTION_OUT_OF_BED: return 1.6;
	default:                return 0;
	}
}

double fall_impact_s(const struct person *p, const struct stretch *s)
{
	double height = fmax(0, s->from.z - FLOOR_M);

	switch (s->motion) {
	case MOTION_TOPPLE:     return p->topple_hits_ms / 1000.0;
	case MOTION_BUCKLE:     return hits_after(pulled(p, BUCKLE), s->from.z - SEATED_M);
	case MOTION_SLIP:       return hits_after(pulled(p, SLIP), height);
	case MOTION_SLUMP:      return fall_length_s(p, MOTION_SLUMP);
	default:                return EDGE_S + hits_after(pulled(p, 1), height);
	}
}

static struct pose toppled(const struct person *p, const struct stretch *s, double t)
{
	struct pose q = s->from;
	int i = (int)(t * 1000);
	double f = t * 1000 - i, angle, to = s->from.facing + s->side;

	if (i >= p->topple_ms - 1) {
		i = p->topple_ms - 2;
		f = 1;
	}
	angle = (double)p->topple[i] * (1 - f) + (double)p->topple[i + 1] * f;
	q.x += pelvis_m(p) * sin(angle) * cos(to);
	q.y += pelvis_m(p) * sin(angle) * sin(to);
	q.z = FLOOR_M + (s->from.z - FLOOR_M) * cos(angle);
	q.tilt = angle;
	q.tilt_to = s->side;
	return q;
}

static struct pose buckled(const struct person *p, const struct stretch *s, double t)
{
	struct pose q = s->from;
	double down = drop(t, pulled(p, BUCKLE), s->from.z - SEATED_M) / (s->from.z - SEATED_M);
	double over = min_jerk((t - 0.3) / 0.8), to = s->from.facing + s->side;

	q.z = s->from.z - down * (s->from.z - SEATED_M) - over * (SEATED_M - FLOOR_M);
	q.x += 0.3 * over * cos(to);
	q.y += 0.3 * over * sin(to);
	q.tilt = over * PI / 2;
	q.tilt_to = s->side;
	q.hip = 100 * DEGREE * (down - 0.8 * over);
	q.knee = 140 * DEGREE * (down - 0.8 * over);
	return q;
}

/* The feet go forwards, the trunk back. */
static struct pose slipped(const struct person *p, const struct stretch *s, double t)
{
	struct pose q = s->from;
	double back = drop(t, 8 * (1 - p->setup->eased), PI / 2), slide = 0.35 * (1 - exp(-fmax(t, 0) * 2.0 / 0.35));

	q.x += slide * cos(q.facing);
	q.y += slide * sin(q.facing);
	q.z -= drop(t, pulled(p, SLIP), s->from.z - FLOOR_M);
	q.tilt = back;
	q.tilt_to = PI;
	q.hip = q.knee = 15 * DEGREE * sin(fmin(back, PI / 2));
	return q;
}

static struct pose slumped(const struct person *p, const struct stretch *s, double t)
{
	struct pose q = s->from;
	double length = fall_length_s(p, MOTION_SLUMP), x = t / length, share;

	/* constant speed but for smooth ends of 15 % */
	if (x < 0.15)
		share = x * x / 0.3;
	else
		share = x < 0.85 ? x - 0.075 : 0.85 - (1 - x) * (1 - x) / 0.3;
	share = x <= 0 ? 0 : x >= 1 ? 1 : share / 0.85;
	q.z -= share * (s->from.z - SEATED_M);
	q.tilt = 40 * DEGREE * share;
	q.tilt_to = PI;
	q.hip = 80 * DEGREE * share;
	q.knee = 60 * DEGREE * share;
	return q;
}

static struct pose rolled_out(const struct person *p, const struct stretch *s, double t)
{
	struct pose q = s->from;
	double across = 0.6 * min_jerk(t / 0.9);

	q.x -= across * sin(q.facing);
	q.y += across * cos(q.facing);
	if (s->from.z > FLOOR_M)
		q.z -= drop(t - EDGE_S, pulled(p, 1), s->from.z - FLOOR_M);
	return q;
}

struct pose fall_pose(const struct person *p, const struct stretch *s, double into_s)
{
	switch (s->motion) {
	case MOTION_TOPPLE: return toppled(p, s, into_s);
	case MOTION_BUCKLE: return buckled(p, s, into_s);
	case MOTION_SLIP:   return slipped(p, s, into_s);
	case MOTION_SLUMP:  return slumped(p, s, into_s);
	default:            return rolled_out(p, s, into_s);
	}
}
