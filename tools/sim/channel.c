/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include "tools/sim/channel.h"

#define LANES     4	/* tones that are computed at once */
#define NEAREST_M 0.3	/* closer to an antenna or its image the far field is absurd */
#define DOOR_RAYS 3	/* paths that a door changes */
#define SHAKE_M   1e-5	/* step of the derivative by the receiver's place */
#define MARGIN    1.5	/* first-zone radii within which diffraction counts in full */

typedef float lanes __attribute__((vector_size(4 * LANES)));

struct image {
	bool   plane;
	struct point at;	/* or the direction that a plane wave comes from */
	double gain;		/* its amplitude at 1 m; of a plane wave: anywhere */
	double length_m;	/* of a plane wave, to the corner of the room */
};

struct antenna {
	struct image image[CHANNEL_IMAGES];
	int images;
	lanes *re, *im;		/* its leg to the scatterer at hand */
};

struct channel {
	struct channel_setup setup;
	double wavelength_m, first_hz, spacing_hz;
	int groups;		/* of LANES tones */
	int first;		/* index of the first tone on the grid, which has no gaps */
	int pairs;
	struct antenna sender[CHANNEL_ANTENNAS], receiver[CHANNEL_ANTENNAS];
	lanes *memory;
	/* [pair][group] each */
	lanes *still_re, *still_im;	/* walls and clutter */
	lanes *door_re, *door_im;	/* what an open door adds */
	lanes *shake_re, *shake_im;	/* derivative by the receiver's place, 1/m */
	lanes *direct_re, *direct_im;
	lanes *sum_re, *sum_im;
};

/* --- sums over tones --- */

/* Adds amplitude * exp(-2 pi j f length / c + phase) for all tones of the grid. */
static void add_path(const struct channel *c, double amplitude, double length_m, double turns,
		     lanes *re, lanes *im)
{
	double a_re, a_im, s_re, s_im, t;
	lanes x, y, step_re, step_im;

	phasor(c->first_hz * length_m / LIGHT_M_S + turns, &a_re, &a_im);
	phasor(c->spacing_hz * length_m / LIGHT_M_S, &s_re, &s_im);
	a_re *= amplitude;
	a_im *= amplitude;
	for (int l = 0; l < LANES; l++) {
		x[l] = (float)a_re;
		y[l] = (float)a_im;
		t = a_re * s_re - a_im * s_im;
		a_im = a_re * s_im + a_im * s_re;
		a_re = t;
	}
	phasor(LANES * c->spacing_hz * length_m / LIGHT_M_S, &s_re, &s_im);
	for (int l = 0; l < LANES; l++) {
		step_re[l] = (float)s_re;
		step_im[l] = (float)s_im;
	}
	for (int g = 0; g < c->groups; g++) {
		lanes next = x * step_re - y * step_im;

		re[g] += x;
		im[g] += y;
		y = x * step_im + y * step_re;
		x = next;
	}
}

static void clear(const struct channel *c, lanes *re, lanes *im)
{
	memset(re, 0, (size_t)c->groups * sizeof(*re));
	memset(im, 0, (size_t)c->groups * sizeof(*im));
}

/* The field at `at` of an antenna that radiates, or of one that would: they are alike. */
static void compute_leg(const struct channel *c, struct antenna *a, struct point at, struct point normal)
{
	bool faces = normal.x != 0 || normal.y != 0 || normal.z != 0;

	clear(c, a->re, a->im);
	for (int i = 0; i < a->images; i++) {
		const struct image *m = &a->image[i];
		struct point to = m->plane ? m->at : point_add(m->at, -1, at);
		double length = m->plane ? 1 : point_length(to);
		double gain = m->plane ? m->gain : m->gain / fmax(length, NEAREST_M);

		if (faces)	/* a turned away side still scatters a little */
			gain *= 0.55 + 0.45 * point_dot(normal, to) / fmax(length, 1e-3);
		add_path(c, gain, m->plane ? m->length_m - point_dot(m->at, at) : length, 0, a->re, a->im);
	}
}

static void add_product(const struct channel *c, float factor, const struct antenna *t,
			const struct antenna *r, lanes *re, lanes *im)
{
	for (int g = 0; g < c->groups; g++) {
		re[g] += factor * (t->re[g] * r->re[g] - t->im[g] * r->im[g]);
		im[g] += factor * (t->re[g] * r->im[g] + t->im[g] * r->re[g]);
	}
}

static void add_scatterer(struct channel *c, const struct scatterer *s)
{
	float factor = (float)(c->wavelength_m / pow(4 * PI, 1.5) * s->amplitude);

	for (int t = 0; t < c->setup.senders; t++)
		compute_leg(c, &c->sender[t], s->at, s->normal);
	for (int r = 0; r < c->setup.receivers; r++)
		compute_leg(c, &c->receiver[r], s->at, s->normal);
	for (int r = 0; r < c->setup.receivers; r++)
		for (int t = 0; t < c->setup.senders; t++) {
			int at = (r * c->setup.senders + t) * c->groups;

			add_product(c, factor, &c->sender[t], &c->receiver[r], c->sum_re + at, c->sum_im + at);
		}
}

/* --- diffraction --- */

/* Auxiliary functions of the Fresnel integrals (Boersma's form as in Abramowitz and
 * Stegun 7.3.32), good to 2e-3. */
static void fresnel(double x, double *cosine, double *sine)
{
	double a = fabs(x), angle = PI / 2 * a * a;
	double f = (1 + 0.926 * a) / (2 + a * (1.792 + 3.104 * a));
	double g = 1 / (2 + a * (4.142 + a * (3.492 + 6.670 * a)));

	*cosine = copysign(0.5 + f * sin(angle) - g * cos(angle), x);
	*sine = copysign(0.5 - f * cos(angle) - g * sin(angle), x);
}

/* Share of the field that passes between two edges: (1+j)/2 int exp(-j pi t^2 / 2). */
static void passes(double from, double to, double *re, double *im)
{
	double c0, s0, c1, s1, c, s;

	fresnel(from, &c0, &s0);
	fresnel(to, &c1, &s1);
	c = c1 - c0;
	s = s1 - s0;
	*re = (c + s) / 2;
	*im = (c - s) / 2;
}

/* 1 within `margin`, falls to 0 at twice of it: farther out, what a black box would still
 * scatter forward is left to the scatterers. */
static double fade(double distance, double margin)
{
	double x = distance / margin;

	return x <= 1 ? 1 : x >= 2 ? 0 : 0.5 + 0.5 * cos(PI * (x - 1));
}

void channel_diffraction(struct point from, struct point to, double wavelength_m,
			 const struct blocker *b, double *re, double *im)
{
	double dx = to.x - from.x, dy = to.y - from.y, length = sqrt(dx * dx + dy * dy);
	double along, across, d1, d2, line_z, reach, low, high, scale, weight, w_re, w_im, h_re, h_im;
	double nx, ny, facing, gap;

	*re = 1;
	*im = 0;
	if (length < 0.01)
		return;
	nx = -dy / length;
	ny = dx / length;
	along = ((b->x - from.x) * dx + (b->y - from.y) * dy) / (length * length);
	across = (b->x - from.x) * nx + (b->y - from.y) * ny;
	if (along <= 0.02 || along >= 0.98)
		return;
	d1 = along * point_distance(from, to);
	d2 = (1 - along) * point_distance(from, to);
	line_z = from.z + along * (to.z - from.z);
	facing = b->facing_x * nx + b->facing_y * ny;
	reach = sqrt(1 - fmin(1, facing * facing)) * b->side;
	high = across + hypot(reach, facing * (facing > 0 ? b->front : b->back));
	low = across - hypot(reach, facing * (facing > 0 ? b->back : b->front));
	gap = fmax(fmax(low, -high), fmax(b->z0 - line_z, line_z - b->z1));
	weight = fade(fmax(gap, 0), MARGIN * sqrt(wavelength_m * d1 * d2 / (d1 + d2)));
	if (weight <= 0)
		return;
	scale = sqrt(2 * (d1 + d2) / (wavelength_m * d1 * d2));
	passes(low * scale, high * scale, &w_re, &w_im);
	passes((b->z0 - line_z) * scale, (b->z1 - line_z) * scale, &h_re, &h_im);
	*re = 1 - weight * (w_re * h_re - w_im * h_im);
	*im = -weight * (w_re * h_im + w_im * h_re);
}

/* --- what stands still --- */

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
	a->image[a->images++] = (struct image){ .at = at, .gain = 1 };
	for (int wall = 0; s->reflect > 0 && wall < 6; wall++)
		a->image[a->images++] = (struct image){ .at = mirrored(at, s->size, wall), .gain = s->reflect };
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

	for (int i = 0; i < s->diffuse; i++) {
		struct point from = direction(rng, s->flat), leaves = direction(rng, s->flat);
		double length = rng_exponential(rng, s->spread_ns * 1e-9 * LIGHT_M_S) + rng_uniform(rng, 0, 1);

		for (int k = 0; k < antennas; k++)
			a[k].image[a[k].images++] = (struct image){
				.plane = true, .at = from, .gain = 1 / (reach_m * sqrt(s->diffuse)),
				.length_m = length + point_dot(leaves, point_add(at[k], -1, at[0])),
			};
	}
}

static struct point moved(struct point p, double shake_m)
{
	p.x += shake_m;
	return p;
}

/* Reflections at the walls, of the receiver moved by that much. */
static void add_walls(struct channel *c, double shake_m, lanes *re, lanes *im)
{
	const struct channel_setup *s = &c->setup;
	double base = c->wavelength_m / (4 * PI);

	for (int p = 0; s->reflect > 0 && p < c->pairs; p++)
		for (int wall = 0; wall < 6; wall++) {
			struct point from = mirrored(s->sender[p % s->senders], s->size, wall);
			double d = point_distance(from, moved(s->receiver[p / s->senders], shake_m));

			add_path(c, s->reflect * base / fmax(d, NEAREST_M), d, 0, re + p * c->groups,
				 im + p * c->groups);
		}
}

struct ray {
	struct point arrives, leaves;
	double amplitude, length_m, turns;
};

static void add_ray(struct channel *c, const struct ray *ray, double sign, double shake_m, lanes *re, lanes *im)
{
	const struct channel_setup *s = &c->setup;

	for (int p = 0; p < c->pairs; p++) {
		struct point r = moved(s->receiver[p / s->senders], shake_m), t = s->sender[p % s->senders];
		double length = ray->length_m - point_dot(ray->arrives, point_add(r, -1, s->receiver[0])) -
			point_dot(ray->leaves, point_add(t, -1, s->sender[0]));

		add_path(c, sign * ray->amplitude, length, ray->turns, re + p * c->groups, im + p * c->groups);
	}
}

static double direct_length(const struct channel_setup *s)
{
	return fmax(point_distance(s->sender[0], s->receiver[0]), NEAREST_M);
}

/* Power decays exponentially with the delay; K is of the direct path as if nothing stood
 * in its way, so that a blocked link keeps its clutter. */
static int make_rays(struct channel *c, struct ray *ray, int count, struct rng *rng)
{
	double direct = c->wavelength_m / (4 * PI * direct_length(&c->setup)), power = 0;

	for (int i = 0; i < count; i++) {
		double delay_ns = rng_exponential(rng, c->setup.spread_ns);
		double re = rng_gaussian(rng), im = rng_gaussian(rng);

		ray[i] = (struct ray){
			.arrives = direction(rng, false), .leaves = direction(rng, false),
			.length_m = direct_length(&c->setup) + delay_ns * 1e-9 * LIGHT_M_S,
			.amplitude = hypot(re, im), .turns = rng_uniform(rng, 0, 1),
		};
		power += ray[i].amplitude * ray[i].amplitude;
	}
	for (int i = 0; i < count; i++)
		ray[i].amplitude *= direct * sqrt(pow(10, -c->setup.k_db / 10) / power);
	return count;
}

static void add_still(struct channel *c, const struct ray *ray, double shake_m, lanes *re, lanes *im)
{
	add_walls(c, shake_m, re, im);
	for (int i = 0; i < c->setup.clutter; i++)
		add_ray(c, &ray[i], 1, shake_m, re, im);
}

static void add_direct(struct channel *c, double shake_m, lanes *re, lanes *im)
{
	const struct channel_setup *s = &c->setup;
	double base = c->wavelength_m / (4 * PI) * pow(10, -s->direct_loss_db / 20);

	for (int p = 0; p < c->pairs; p++) {
		double d = point_distance(s->sender[p % s->senders], moved(s->receiver[p / s->senders], shake_m));

		add_path(c, base / fmax(d, NEAREST_M), d, 0, re + p * c->groups, im + p * c->groups);
	}
}

/* How all of it changes when the receiver shakes, with the direct path unobstructed. */
static void compute_shake(struct channel *c, const struct ray *ray)
{
	add_still(c, ray, SHAKE_M, c->shake_re, c->shake_im);
	add_direct(c, SHAKE_M, c->shake_re, c->shake_im);
	for (int i = 0; i < c->pairs * c->groups; i++) {
		c->shake_re[i] = (c->shake_re[i] - c->still_re[i] - c->direct_re[i]) / (float)SHAKE_M;
		c->shake_im[i] = (c->shake_im[i] - c->still_im[i] - c->direct_im[i]) / (float)SHAKE_M;
	}
}

/* An open door takes a few of the paths away and gives others. */
static void compute_still(struct channel *c, struct rng *rng)
{
	struct ray ray[CHANNEL_CLUTTER];

	make_rays(c, ray, c->setup.clutter, rng);
	add_still(c, ray, 0, c->still_re, c->still_im);
	add_direct(c, 0, c->direct_re, c->direct_im);
	compute_shake(c, ray);
	for (int i = 0; i < DOOR_RAYS && i < c->setup.clutter; i++) {
		add_ray(c, &ray[i], -1, 0, c->door_re, c->door_im);
		ray[i].turns += rng_uniform(rng, 0.15, 0.5);
		ray[i].length_m += rng_uniform(rng, 0, 2);
		add_ray(c, &ray[i], 1, 0, c->door_re, c->door_im);
	}
}

/* --- the object --- */

static lanes *take(lanes **at, int n)
{
	lanes *p = *at;

	*at += n;
	return p;
}

static bool allot(struct channel *c)
{
	int all = c->pairs * c->groups, antennas = c->setup.senders + c->setup.receivers;
	size_t bytes = (size_t)(10 * all + 2 * antennas * c->groups) * sizeof(lanes);
	lanes *at = aligned_alloc(sizeof(lanes), bytes);

	c->memory = at;
	if (!at)
		return false;
	memset(at, 0, bytes);
	for (int i = 0; i < antennas; i++) {
		struct antenna *a = i < c->setup.senders ? &c->sender[i] : &c->receiver[i - c->setup.senders];

		a->re = take(&at, c->groups);
		a->im = take(&at, c->groups);
	}
	c->still_re = take(&at, all);
	c->still_im = take(&at, all);
	c->door_re = take(&at, all);
	c->door_im = take(&at, all);
	c->shake_re = take(&at, all);
	c->shake_im = take(&at, all);
	c->direct_re = take(&at, all);
	c->direct_im = take(&at, all);
	c->sum_re = take(&at, all);
	c->sum_im = take(&at, all);
	return true;
}

static void make_antennas(struct channel *c, struct rng *rng)
{
	const struct channel_setup *s = &c->setup;

	if (s->diffuse) {
		make_waves(c->sender, s->senders, s, s->sender, rng);
		make_waves(c->receiver, s->receivers, s, s->receiver, rng);
		return;
	}
	for (int i = 0; i < s->senders; i++)
		make_images(&c->sender[i], s, s->sender[i]);
	for (int i = 0; i < s->receivers; i++)
		make_images(&c->receiver[i], s, s->receiver[i]);
}

struct channel *channel_new(const struct channel_setup *setup, struct rng *rng)
{
	struct channel *c = calloc(1, sizeof(*c));
	const struct csi_tones *t = setup->tones;

	if (!c)
		return NULL;
	c->setup = *setup;
	c->wavelength_m = LIGHT_M_S / setup->centre_hz;
	c->first = t->index[0];
	c->spacing_hz = t->spacing_hz;
	c->first_hz = setup->centre_hz + c->first * c->spacing_hz;
	c->groups = (t->index[t->count - 1] - c->first) / LANES + 1;
	c->pairs = setup->senders * setup->receivers;
	if (!allot(c)) {
		free(c);
		return NULL;
	}
	make_antennas(c, rng);
	compute_still(c, rng);
	return c;
}

void channel_free(struct channel *c)
{
	if (!c)
		return;
	free(c->memory);
	free(c);
}

static void pick_tones(const struct channel *c, const lanes *from, int pair, float *to)
{
	const struct csi_tones *t = c->setup.tones;
	const float *all = (const float *)(from + pair * c->groups);

	for (int k = 0; k < t->count; k++)
		to[k] = all[t->index[k] - c->first];
}

static void add_obstructed(struct channel *c, int pair, double f_re, double f_im)
{
	float x = (float)f_re, y = (float)f_im;

	for (int i = pair * c->groups; i < (pair + 1) * c->groups; i++) {
		c->sum_re[i] += c->direct_re[i] * x - c->direct_im[i] * y;
		c->sum_im[i] += c->direct_re[i] * y + c->direct_im[i] * x;
	}
}

static void add_direct_path(struct channel *c, const struct blocker *b, int blockers)
{
	const struct channel_setup *s = &c->setup;

	for (int p = 0; p < c->pairs; p++) {
		double re = 1, im = 0, x, y, t;

		for (int i = 0; i < blockers; i++) {
			channel_diffraction(s->sender[p % s->senders], s->receiver[p / s->senders],
					    c->wavelength_m, &b[i], &x, &y);
			t = re * x - im * y;
			im = re * y + im * x;
			re = t;
		}
		add_obstructed(c, p, re, im);
	}
}

void channel_response(struct channel *c, const struct scatterer *s, int scatterers,
		      const struct blocker *b, int blockers, const struct channel_state *state,
		      float *re, float *im)
{
	float door = (float)state->door, shake = (float)state->shake_m;
	int tones = c->setup.tones->count;

	for (int i = 0; i < c->pairs * c->groups; i++) {
		c->sum_re[i] = c->still_re[i] + door * c->door_re[i] + shake * c->shake_re[i];
		c->sum_im[i] = c->still_im[i] + door * c->door_im[i] + shake * c->shake_im[i];
	}
	add_direct_path(c, b, blockers);
	for (int i = 0; i < scatterers; i++)
		add_scatterer(c, &s[i]);
	for (int p = 0; p < c->pairs; p++) {
		pick_tones(c, c->sum_re, p, re + p * tones);
		pick_tones(c, c->sum_im, p, im + p * tones);
	}
}

void channel_leg(struct channel *c, struct point at, float *re, float *im)
{
	compute_leg(c, &c->sender[0], at, (struct point){ 0, 0, 0 });
	pick_tones(c, c->sender[0].re, 0, re);
	pick_tones(c, c->sender[0].im, 0, im);
}
