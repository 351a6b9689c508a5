/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Every tone of the ideal channel is explained by the breath and its square (a chest that moves
 * by much of a wavelength bends the channel) beside a slow drift, by least squares: what the breath
 * explains is its power.  Sway and pulse stay outside. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tools/sim/visible.h"

#define WINDOW_S  30
#define WINDOWS   4		/* at most, spread over the stretch */
#define STEP_S    ((double)WINDOW_S / STEPS)
#define STEPS     150
#define SLOW      3		/* a constant, a line, a bow */
#define TERMS     (SLOW + 2)
#define HANN      1.5
#define LIMIT_DB  (3.5 + 2)

#define DIRECTIONS 3		/* gain, phase, delay */

struct fit {
	double term[TERMS][STEPS];	/* orthonormal */
	float *re, *im;			/* of one moment */
	/* [sample][re, im] each */
	double *along[2];		/* of the breath, of its square */
	double *still;			/* mean of the window */
	double *direction[DIRECTIONS];
	double power;			/* of the whole channel, mean of samples */
};

/* Takes the terms before it out of the last one, and makes it 1 long.  False: nothing is left. */
static bool make_orthogonal(struct fit *f, int last)
{
	double *x = f->term[last], before = 0, after = 0;

	for (int i = 0; i < STEPS; i++)
		before += x[i] * x[i];
	for (int k = 0; k < last; k++) {
		double along = 0;

		for (int i = 0; i < STEPS; i++)
			along += x[i] * f->term[k][i];
		for (int i = 0; i < STEPS; i++)
			x[i] -= along * f->term[k][i];
	}
	for (int i = 0; i < STEPS; i++)
		after += x[i] * x[i];
	for (int i = 0; i < STEPS; i++)
		x[i] = after > 1e-9 * before ? x[i] / sqrt(after) : 0;
	return after > 1e-9 * before;
}

static bool make_terms(struct fit *f, const struct chest *chest, double from_s)
{
	bool breathes = true;

	for (int k = 0; k < TERMS; k++) {
		for (int i = 0; i < STEPS; i++) {
			double t = (double)i / STEPS - 0.5, b = chest_breath_mm(chest, from_s + i * STEP_S);

			f->term[k][i] = k < SLOW ? pow(t, k) : pow(b, k - SLOW + 1);
		}
		breathes &= make_orthogonal(f, k) || k > SLOW;
	}
	return breathes;
}

/* Takes what lies along y out of x, both of n samples. */
static void subtract(double *x, const double *y, int n)
{
	double xy = 0, yy = 0;

	for (int k = 0; k < 2 * n; k++) {
		xy += x[k] * y[k];
		yy += y[k] * y[k];
	}
	for (int k = 0; k < 2 * n; k++)
		x[k] -= yy > 0 ? xy / yy * y[k] : 0;
}

/* A receiver does not know gain, phase and delay of a packet: what a breath does in those directions
 * it cannot tell from them. */
static void take_common(const struct world *w, int sender, struct fit *f, int n)
{
	const struct csi_tones *tones = &w->radio[sender].tones;

	for (int d = 0; d < DIRECTIONS; d++) {
		for (int k = 0; k < n; k++) {
			double re = f->still[2 * k], im = f->still[2 * k + 1];
			double turn = d == 1 ? 1 : tones->index[k % tones->count];

			f->direction[d][2 * k] = d == 0 ? re : -im * turn;
			f->direction[d][2 * k + 1] = d == 0 ? im : re * turn;
		}
		for (int e = 0; e < d; e++)
			subtract(f->direction[d], f->direction[e], n);
		for (int b = 0; b < 2; b++)
			subtract(f->along[b], f->direction[d], n);
	}
}

static double power_along(const struct fit *f, int n)
{
	double sum = 0;

	for (int b = 0; b < 2; b++)
		for (int k = 0; k < 2 * n; k++)
			sum += f->along[b][k] * f->along[b][k] / STEPS / n;
	return sum;
}

/* Power that the breath explains in a window, mean of the samples, and what is left of it; f->power: that
 * of the channel. */
static double explained(struct world *w, int sender, struct fit *f, double from_s, double *left)
{
	int n = w->radio[sender].rx * w->radio[sender].tx * w->radio[sender].tones.count;
	double sum;

	for (int b = 0; b < 2; b++)
		memset(f->along[b], 0, 2 * (size_t)n * sizeof(**f->along));
	memset(f->still, 0, 2 * (size_t)n * sizeof(*f->still));
	f->power = 0;
	for (int i = 0; i < STEPS; i++) {
		world_channel(w, sender, from_s + i * STEP_S, f->re, f->im);
		for (int k = 0; k < n; k++) {
			double re = (double)f->re[k], im = (double)f->im[k];

			f->power += (re * re + im * im) / STEPS / n;
			f->still[2 * k] += re / STEPS;
			f->still[2 * k + 1] += im / STEPS;
			for (int b = 0; b < 2; b++) {
				f->along[b][2 * k] += re * f->term[SLOW + b][i];
				f->along[b][2 * k + 1] += im * f->term[SLOW + b][i];
			}
		}
	}
	sum = power_along(f, n);
	take_common(w, sender, f, n);
	*left = power_along(f, n);
	return sum;
}

/* Mean over windows of the signal over the noise of one sender's packets. */
static double ssnr(struct world *w, int i, int sender, struct fit *f, double from_s, double until_s, double *left)
{
	int windows = (int)fmin(WINDOWS, fmax(1, floor((until_s - from_s) / WINDOW_S)));
	double spare_s = fmax(until_s - from_s - windows * WINDOW_S, 0), sum = 0;

	*left = 0;
	for (int k = 0; k < windows; k++) {
		double at_s = from_s + k * WINDOW_S + (k + 0.5) * spare_s / windows, signal, rest, noise;

		if (!make_terms(f, &w->person[i].chest, at_s))
			continue;
		signal = explained(w, sender, f, at_s, &rest);
		noise = fmax(f->power * radio_error(&w->radio[sender], f->power), 1e-30);
		sum += signal / noise / windows;
		*left += rest / noise / windows;
	}
	return sum;
}

static double packets_per_s(const struct world *w, int sender)
{
	return w->scene->sender[sender].rate_hz * (1 - w->air[sender].loss);
}

static double distance_m(struct world *w, int i, int sender, double t_s)
{
	const double *a = w->scene->sender[sender].at, *b = w->scene->receiver.at;
	struct pose p;

	if (!person_pose(&w->person[i], t_s, &p))
		return NAN;
	return point_length((struct point){ p.x - (a[0] + b[0]) / 2, p.y - (a[1] + b[1]) / 2, p.z - (a[2] + b[2]) / 2 });
}

static void measure(struct world *w, int i, struct fit *f, double from_s, double until_s, struct visible *v)
{
	double best = 0;

	for (int s = 0; s < w->scene->senders; s++) {
		double left, got = ssnr(w, i, s, f, from_s, until_s, &left);

		if (left * packets_per_s(w, s) <= best || w->scene->sender[s].elsewhere > 0)
			continue;
		best = left * packets_per_s(w, s);
		v->ssnr_db = 10 * log10(got);
		v->left_db = 10 * log10(left);
		v->limit_db = 10 * log10((pow(10, LIMIT_DB / 10) - 1) * HANN / (WINDOW_S * packets_per_s(w, s)));
		v->distance_m = distance_m(w, i, s, (from_s + until_s) / 2);
	}
}

void visible_breath(struct world *w, int i, double from_s, double until_s, struct visible *v)
{
	struct fit *f = calloc(1, sizeof(*f));
	double *memory = calloc(2 * CSI_MAX_SAMPLES * (3 + DIRECTIONS), sizeof(*memory));
	float *moment = calloc(2 * CSI_MAX_SAMPLES, sizeof(*moment));

	*v = (struct visible){ NAN, NAN, NAN, NAN };
	if (f && memory && moment) {
		f->re = moment;
		f->im = moment + CSI_MAX_SAMPLES;
		f->still = memory;
		for (int b = 0; b < 2; b++)
			f->along[b] = memory + 2 * CSI_MAX_SAMPLES * (1 + b);
		for (int d = 0; d < DIRECTIONS; d++)
			f->direction[d] = memory + 2 * CSI_MAX_SAMPLES * (3 + d);
		measure(w, i, f, from_s, until_s, v);
	}
	free(f);
	free(memory);
	free(moment);
}
