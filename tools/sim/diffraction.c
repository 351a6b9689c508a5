/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * diffraction.c -- what passes a body that stands in the direct path: knife edges (Fresnel)
 * of a box, as for people in links by Zhang, F. et al. 2018. */
#include "tools/sim/channel.h"

#define MARGIN    1.5	/* first-zone radii within which diffraction counts in full */

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
