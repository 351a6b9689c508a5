/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * channel_still.c -- what does not move: antennas and their mirror images, the direct path,
 * reflections at the sides of the room, clutter, the door. */
#include <string.h>
#include "tools/sim/channel_parts.h"

#define DOOR_RAYS 3	/* paths that a door changes */
#define SHAKE_M   1e-5	/* step of the derivative by the receiver's place */

static struct point mirrored(struct point p, const double size[3], int wall)
{
	double edge = wall & 1 ? 2 * size[wall / 2] : 0;

	switch (wall / 2) {
	case 0: p.x = edge - p.x; break;
	case 1: p.y = edge - p.y; break;
	default: p.z = edge - p.z; break;
	}
	return p;
}

static void make_images(struct antenna *a, const struct channel_setup *s, struct point at)
{
	a->at = at;
	a->images = 0;
	a->image[a->images++] = (struct image){ .at = at, .gain = 1, .side = -1 };
	for (int side = 0; s->reflect > 0 && side < 6; side++)
		a->image[a->images++] = (struct image){ .at = mirrored(at, s->size, side), .gain = s->reflect,
							.side = side };
}

/* On which side of the line a-b, in plan. */
static double turn_of(const double *a, const double *b, double x, double y)
{
	return (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0]);
}

double channel_through(const struct channel_setup *s, struct point from, struct point to)
{
	const double p[2] = { from.x, from.y }, q[2] = { to.x, to.y };
	double left = 1;

	for (int i = 0; i < s->walls; i++) {
		const struct channel_wall *w = &s->wall[i];

		if (turn_of(w->from, w->to, p[0], p[1]) * turn_of(w->from, w->to, q[0], q[1]) < 0 &&
		    turn_of(p, q, w->from[0], w->from[1]) * turn_of(p, q, w->to[0], w->to[1]) < 0)
			left *= w->passes;
	}
	return left;
}

double channel_through_image(const struct channel_setup *s, struct point antenna, const struct image *m,
			     struct point at)
{
	const double image[3] = { m->at.x, m->at.y, m->at.z }, end[3] = { at.x, at.y, at.z };
	struct point mirror;
	double edge, share;
	int axis = m->side / 2;

	if (m->side < 0)
		return channel_through(s, antenna, at);
	edge = m->side & 1 ? s->size[axis] : 0;
	if (fabs(end[axis] - image[axis]) < 1e-9)
		return 1;
	share = (edge - image[axis]) / (end[axis] - image[axis]);
	mirror = point_add(m->at, share, point_add(at, -1, m->at));
	return channel_through(s, antenna, mirror) * channel_through(s, mirror, at);
}

static struct point direction(struct rng *rng, bool flat)
{
	double z = flat ? 0 : rng_uniform(rng, -1, 1), around = rng_uniform(rng, 0, 2 * PI);
	double level = sqrt(1 - z * z);

	return (struct point){ level * cos(around), level * sin(around), z };
}

/* Plane waves with the power that a leg of half the room's diagonal would have.  The
 * antennas of one end see the same waves, each with its own phase. */
static void make_waves(struct antenna *a, int antennas, const struct channel_setup *s,
		       const struct point *at, struct rng *rng)
{
	double reach_m = 0.5 * sqrt(s->size[0] * s->size[0] + s->size[1] * s->size[1] + s->size[2] * s->size[2]);

	for (int k = 0; k < antennas; k++)
		a[k].images = 0;
	for (int i = 0; i < s->diffuse; i++) {
		struct point from = direction(rng, s->flat), leaves = direction(rng, s->flat);
		double length = rng_exponential(rng, s->spread_ns * 1e-9 * LIGHT_M_S) + rng_uniform(rng, 0, 1);

		for (int k = 0; k < antennas; k++)
			a[k].image[a[k].images++] = (struct image){
				.plane = true, .at = from, .side = -1, .gain = 1 / (reach_m * sqrt(s->diffuse)),
				.length_m = length + point_dot(leaves, point_add(at[k], -1, at[0])),
			};
	}
}

static double direct_length(const struct channel_setup *s)
{
	return fmax(point_distance(s->sender[0], s->receiver[0]), NEAREST_M);
}

static void make_light(const struct channel_setup *s, struct light light[LIGHTS], struct rng *rng)
{
	for (int i = 0; i < LIGHTS; i++) {
		light[i].from = direction(rng, false);
		light[i].leaves = direction(rng, false);
		light[i].length_m = direct_length(s) + rng_exponential(rng, s->spread_ns * 1e-9 * LIGHT_M_S);
	}
}

/* Clutter fills the room evenly: it lights a body with as much power, and as late, as it brings to the
 * receiver, if light_db says nothing else. */
static void add_light(const struct channel_setup *s, struct antenna *a, const struct light light[LIGHTS],
		      struct point origin)
{
	double gain = pow(10, (s->light_db - s->k_db) / 20) / (direct_length(s) * sqrt(LIGHTS));
	struct point off = point_add(a->at, -1, origin);

	for (int i = 0; s->clutter && !s->diffuse && i < LIGHTS; i++)
		a->image[a->images++] = (struct image){
			.plane = true, .at = light[i].from, .side = -1, .gain = gain,
			.length_m = light[i].length_m - point_dot(light[i].leaves, off),
		};
}

/* Reflections at the sides of the room, the receiver moved by that much off its setup. */
static void add_sides(struct channel *c, struct point by, lanes *re, lanes *im)
{
	const struct channel_setup *s = &c->setup;
	double base = c->wavelength_m / (4 * PI);

	for (int p = 0; s->reflect > 0 && p < c->pairs; p++)
		for (int side = 0; side < 6; side++) {
			struct point from = s->sender[p % s->senders],
				     to = point_add(s->receiver[p / s->senders], 1, by);
			struct image m = { .at = mirrored(from, s->size, side), .side = side };
			double d = point_distance(m.at, to),
			       gain = s->reflect * channel_through_image(s, from, &m, to);

			channel_add_path(c, gain * base / fmax(d, NEAREST_M), d, 0, re + p * c->groups,
					 im + p * c->groups);
		}
}

static void add_ray(struct channel *c, const struct ray *ray, double sign, struct point by, lanes *re, lanes *im)
{
	const struct channel_setup *s = &c->setup;

	for (int p = 0; p < c->pairs; p++) {
		struct point r = point_add(s->receiver[p / s->senders], 1, by), t = s->sender[p % s->senders];
		double length = ray->length_m - point_dot(ray->arrives, point_add(r, -1, s->receiver[0])) -
			point_dot(ray->leaves, point_add(t, -1, s->sender[0]));

		channel_add_path(c, sign * ray->amplitude, length, ray->turns, re + p * c->groups,
				 im + p * c->groups);
	}
}

/* Power decays exponentially with the delay; K is of the direct path as if nothing stood
 * in its way, so that a blocked link keeps its clutter. */
static void make_rays(struct channel *c, struct rng *rng)
{
	struct ray *ray = c->ray;
	int count = c->setup.clutter;
	double direct = c->wavelength_m / (4 * PI * direct_length(&c->setup)), power = 0;

	for (int i = 0; i < count; i++) {
		double delay_ns = rng_exponential(rng, c->setup.spread_ns);
		double re = rng_gaussian(rng), im = rng_gaussian(rng);

		ray[i].arrives = direction(rng, false);
		ray[i].leaves = direction(rng, false);
		ray[i].length_m = direct_length(&c->setup) + delay_ns * 1e-9 * LIGHT_M_S;
		ray[i].amplitude = hypot(re, im);
		ray[i].turns = rng_uniform(rng, 0, 1);
		power += ray[i].amplitude * ray[i].amplitude;
	}
	for (int i = 0; i < count; i++)
		ray[i].amplitude *= direct * sqrt(pow(10, -c->setup.k_db / 10) / power);
}

static void add_still(struct channel *c, struct point by, lanes *re, lanes *im)
{
	add_sides(c, by, re, im);
	for (int i = 0; i < c->setup.clutter; i++)
		add_ray(c, &c->ray[i], 1, by, re, im);
}

static void add_direct(struct channel *c, struct point by, lanes *re, lanes *im)
{
	const struct channel_setup *s = &c->setup;
	double base = c->wavelength_m / (4 * PI) * pow(10, -s->direct_loss_db / 20);

	for (int p = 0; p < c->pairs; p++) {
		struct point from = s->sender[p % s->senders], to = point_add(s->receiver[p / s->senders], 1, by);
		double d = point_distance(from, to);

		channel_add_path(c, channel_through(s, from, to) * base / fmax(d, NEAREST_M), d, 0,
				 re + p * c->groups, im + p * c->groups);
	}
}

/* How all of it changes when the receiver shakes, with the direct path unobstructed. */
static void compute_shake(struct channel *c)
{
	struct point by = { SHAKE_M, 0, 0 };

	add_still(c, by, c->shake_re, c->shake_im);
	add_direct(c, by, c->shake_re, c->shake_im);
	for (int i = 0; i < c->pairs * c->groups; i++) {
		c->shake_re[i] = (c->shake_re[i] - c->still_re[i] - c->direct_re[i]) / (float)SHAKE_M;
		c->shake_im[i] = (c->shake_im[i] - c->still_im[i] - c->direct_im[i]) / (float)SHAKE_M;
	}
}

/* An open door takes a few of the paths away and gives others. */
static void compute_door(struct channel *c, struct rng *rng)
{
	struct point here = { 0, 0, 0 };

	for (int i = 0; i < DOOR_RAYS && i < c->setup.clutter; i++) {
		struct ray other = c->ray[i];

		other.turns += rng_uniform(rng, 0.15, 0.5);
		other.length_m += rng_uniform(rng, 0, 2);
		add_ray(c, &c->ray[i], -1, here, c->door_re, c->door_im);
		add_ray(c, &other, 1, here, c->door_re, c->door_im);
	}
}

void channel_make_still(struct channel *c, struct rng *rng)
{
	const struct channel_setup *s = &c->setup;
	struct point here = { 0, 0, 0 };

	for (int i = 0; i < s->senders; i++)
		make_images(&c->sender[i], s, s->sender[i]);
	for (int i = 0; i < s->receivers; i++)
		make_images(&c->receiver[i], s, s->receiver[i]);
	if (s->diffuse) {
		make_waves(c->sender, s->senders, s, s->sender, rng);
		make_waves(c->receiver, s->receivers, s, s->receiver, rng);
	}
	make_rays(c, rng);
	add_still(c, here, c->still_re, c->still_im);
	add_direct(c, here, c->direct_re, c->direct_im);
	compute_shake(c);
	compute_door(c, rng);
	make_light(s, c->sender_light, rng);
	make_light(s, c->receiver_light, rng);
	for (int i = 0; i < s->senders; i++)
		add_light(s, &c->sender[i], c->sender_light, s->sender[0]);
	for (int i = 0; i < s->receivers; i++)
		add_light(s, &c->receiver[i], c->receiver_light, s->receiver[0]);
}

void channel_carry(struct channel *c, struct point by)
{
	const struct channel_setup *s = &c->setup;
	size_t bytes = (size_t)(c->pairs * c->groups) * sizeof(*c->still_re);

	memset(c->still_re, 0, bytes);
	memset(c->still_im, 0, bytes);
	memset(c->direct_re, 0, bytes);
	memset(c->direct_im, 0, bytes);
	for (int i = 0; i < s->receivers; i++) {
		make_images(&c->receiver[i], s, point_add(s->receiver[i], 1, by));
		add_light(s, &c->receiver[i], c->receiver_light, s->receiver[0]);
	}
	add_still(c, by, c->still_re, c->still_im);
	add_direct(c, by, c->direct_re, c->direct_im);
	c->carried = by;
}
