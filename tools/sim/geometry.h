/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * geometry.h -- points in metres, and phases. */
#ifndef TOOLS_SIM_GEOMETRY_H
#define TOOLS_SIM_GEOMETRY_H

#include <math.h>

#define LIGHT_M_S 299792458.0
#define PI        3.14159265358979323846
#define DEGREE    (PI / 180)

struct point {
	double x, y, z;
};

static inline struct point point_add(struct point a, double factor, struct point b)
{
	return (struct point){ a.x + factor * b.x, a.y + factor * b.y, a.z + factor * b.z };
}

static inline struct point point_scale(struct point a, double factor)
{
	return (struct point){ factor * a.x, factor * a.y, factor * a.z };
}

static inline double point_dot(struct point a, struct point b)
{
	return a.x * b.x + a.y * b.y + a.z * b.z;
}

static inline struct point point_cross(struct point a, struct point b)
{
	return (struct point){ a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x };
}

static inline double point_length(struct point a)
{
	return sqrt(point_dot(a, a));
}

static inline double point_distance(struct point a, struct point b)
{
	return point_length(point_add(a, -1, b));
}

/* Turns v about the unit vector `axis`. */
static inline struct point point_turn(struct point v, struct point axis, double angle)
{
	double c = cos(angle), s = sin(angle);
	struct point out = point_add(point_scale(v, c), s, point_cross(axis, v));

	return point_add(out, (1 - c) * point_dot(axis, v), axis);
}

/* From 0 at t = 0 to 1 at t = 1 with the least jerk (Flash and Hogan 1985): how people
 * move a hand, sit down, turn.  Constant outside. */
static inline double min_jerk(double t)
{
	if (t <= 0)
		return 0;
	return t >= 1 ? 1 : t * t * t * (10 + t * (6 * t - 15));
}

/* exp(-2 pi j turns), to 1e-9: faster than libm, and the same on every machine. */
static inline void phasor(double turns, double *re, double *im)
{
	double quarter, x, xx, c, s;

	turns -= floor(turns);
	quarter = floor(4 * turns + 0.5);
	x = 2 * PI * (turns - quarter / 4);
	xx = x * x;
	s = x * (1 - xx / 6 * (1 - xx / 20 * (1 - xx / 42 * (1 - xx / 72 * (1 - xx / 110)))));
	c = 1 - xx / 2 * (1 - xx / 12 * (1 - xx / 30 * (1 - xx / 56 * (1 - xx / 90))));
	switch ((int)quarter & 3) {
	case 0: *re = c;  *im = -s; break;
	case 1: *re = -s; *im = -c; break;
	case 2: *re = -c; *im = s;  break;
	default: *re = s; *im = c;  break;
	}
}

#endif
