/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * channel.c -- adds up, packet by packet, what moves and what does not.  Tones lie on an
 * even grid, so that a path costs one complex product a tone, four tones at once. */
#include <stdlib.h>
#include <string.h>
#include "tools/sim/channel_parts.h"

void channel_add_path(const struct channel *c, double amplitude, double length_m, double turns,
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
	for (int n = 1; n < LANES; n *= 2) {	/* the step of a whole group: squared and squared */
		t = s_re * s_re - s_im * s_im;
		s_im = 2 * s_re * s_im;
		s_re = t;
	}
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

		if (c->setup.walls)	/* clutter has no way of its own: it takes the straight one */
			gain *= m->plane ? channel_through(&c->setup, a->at, at) :
				channel_through_image(&c->setup, a->at, m, at);
		if (faces)	/* a turned away side still scatters a little */
			gain *= 0.55 + 0.45 * point_dot(normal, to) / fmax(length, 1e-3);
		channel_add_path(c, gain, m->plane ? m->length_m - point_dot(m->at, at) : length, 0, a->re, a->im);
	}
}

static void add_product(const struct channel *c, float factor, const struct antenna *t,
			const struct antenna *r, lanes *re, lanes *im)
{
	lanes f = LANES_OF(factor);

	for (int g = 0; g < c->groups; g++) {
		re[g] += f * (t->re[g] * r->re[g] - t->im[g] * r->im[g]);
		im[g] += f * (t->re[g] * r->im[g] + t->im[g] * r->re[g]);
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
	channel_make_still(c, rng);
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
	lanes x = LANES_OF((float)f_re), y = LANES_OF((float)f_im);

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
			channel_diffraction(s->sender[p % s->senders], c->receiver[p / s->senders].at,
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
	lanes door = LANES_OF((float)state->door), shake = LANES_OF((float)state->shake_m);
	int tones = c->setup.tones->count;

	if (point_distance(state->carried, c->carried) > 0)
		channel_carry(c, state->carried);
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
