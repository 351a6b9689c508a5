/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The phase of the breath is that of the analytic signal of the waveform around its rate.
 * The fit is weighted: by the window of the spectrum that follows, and down where what is
 * left stands far out, which is where the body shifted (Cauchy's weights). */
#include <math.h>
#include <string.h>
#include "dsp/order.h"
#include "dsp/pulse.h"

#define BREATH_LEAST_HZ 0.05f	/* half width of the band around the rate, at least; */
#define BREATH_SHARE    0.4f	/* else this share of the rate */
#define RIDGE           1e-4f	/* keeps the normal equations solvable */
#define CALM_S          1.5f	/* over which what is left is averaged to see where the body shifted */
#define FLOOR_HZ        0.4f	/* half width of the neighbourhood that the floor is taken from */
#define FLOOR_STEP      8	/* bins */

static const struct spectrum_bin *transform(struct pilot *p, const float *x, const float *weight)
{
	float *in = spectrum_input(p->fft);

	for (int i = 0; i < p->rows; i++)
		in[i] = x[i] * weight[i];
	memset(in + p->rows, 0, (size_t)(PILOT_LEN - p->rows) * sizeof(*in));
	return spectrum_run(p->fft);
}

static void follow_breath(struct pulse *u, struct pilot *p)
{
	const struct spectrum_bin *x = transform(p, p->y, p->window);
	float half_hz = fmaxf(BREATH_LEAST_HZ, BREATH_SHARE * p->breath_hz);
	int lo = (int)ceilf(pilot_bin(p, p->breath_hz - half_hz)), hi = (int)pilot_bin(p, p->breath_hz + half_hz);

	memset(u->turn_re, 0, sizeof(u->turn_re));
	memset(u->turn_im, 0, sizeof(u->turn_im));
	for (int k = lo < 1 ? 1 : lo; k <= hi; k++) {
		float angle = 2 * (float)M_PI * (float)k / PILOT_LEN, c = cosf(angle), s = sinf(angle);
		float re = x[k].re, im = x[k].im;

		for (int i = 0; i < p->rows; i++) {
			float next = re * c - im * s;

			u->turn_re[i] += re;
			u->turn_im[i] += im;
			im = re * s + im * c;
			re = next;
		}
	}
	for (int i = 0; i < p->rows; i++) {
		float size = hypotf(u->turn_re[i], u->turn_im[i]);

		u->turn_re[i] = size > 0 ? u->turn_re[i] / size : 1;
		u->turn_im[i] = size > 0 ? u->turn_im[i] / size : 0;
	}
}

/* The terms of the fit in one row. */
static void write_terms(const struct pulse *u, const struct pilot *p, int i, float *term)
{
	float t = 2 * (float)i / (float)p->rows - 1, re = 1, im = 0;
	int n = 3;

	term[0] = 1;
	term[1] = t;
	term[2] = t * t;
	for (int k = 1; k <= PULSE_HARMONICS; k++) {
		float next = re * u->turn_re[i] - im * u->turn_im[i];

		im = re * u->turn_im[i] + im * u->turn_re[i];
		re = next;
		term[n++] = re;
		term[n++] = im;
		if (k > PULSE_BENDING)
			continue;
		term[n++] = t * re;
		term[n++] = t * im;
	}
}

/* Solves gram x = right by Cholesky's factorisation; x is left in `right`. */
static void solve(struct pulse *u)
{
	for (int i = 0; i < PULSE_TERMS; i++) {
		u->gram[i][i] *= 1 + RIDGE;
		for (int j = 0; j <= i; j++) {
			float sum = u->gram[i][j];

			for (int k = 0; k < j; k++)
				sum -= u->gram[i][k] * u->gram[j][k];
			u->gram[i][j] = i == j ? sqrtf(fmaxf(sum, 1e-6f)) : sum / u->gram[j][j];
		}
	}
	for (int i = 0; i < PULSE_TERMS; i++) {
		for (int k = 0; k < i; k++)
			u->right[i] -= u->gram[i][k] * u->right[k];
		u->right[i] /= u->gram[i][i];
	}
	for (int i = PULSE_TERMS - 1; i >= 0; i--) {
		for (int k = i + 1; k < PULSE_TERMS; k++)
			u->right[i] -= u->gram[k][i] * u->right[k];
		u->right[i] /= u->gram[i][i];
	}
}

/* What the fit leaves, into u->left. */
static void cancel(struct pulse *u, const struct pilot *p)
{
	float term[PULSE_TERMS];

	memset(u->gram, 0, sizeof(u->gram));
	memset(u->right, 0, sizeof(u->right));
	for (int i = 0; i < p->rows; i++) {
		float weight = p->there[i] ? p->window[i] * u->trust[i] : 0;

		write_terms(u, p, i, term);
		for (int a = 0; a < PULSE_TERMS; a++) {
			float share = weight * term[a];

			u->right[a] += share * p->y[i];
			for (int b = 0; b <= a; b++)
				u->gram[a][b] += share * term[b];
		}
	}
	solve(u);
	for (int i = 0; i < p->rows; i++) {
		write_terms(u, p, i, term);
		u->left[i] = p->y[i];
		for (int a = 0; a < PULSE_TERMS; a++)
			u->left[i] -= u->right[a] * term[a];
		u->left[i] = p->there[i] ? u->left[i] : 0;
	}
}

/* Rows around which much is left are trusted less. */
static void distrust(struct pulse *u, const struct pilot *p)
{
	float level[PILOT_ROWS], sorted[PILOT_ROWS], sum = 0, usual;
	int width = (int)(CALM_S * p->rate_hz) | 1, half = width / 2;

	for (int i = -half; i < p->rows; i++) {
		if (i + half < p->rows)
			sum += u->left[i + half] * u->left[i + half];
		if (i - half - 1 >= 0)
			sum -= u->left[i - half - 1] * u->left[i - half - 1];
		if (i >= 0)
			level[i] = fmaxf(sum, 0);
	}
	memcpy(sorted, level, (size_t)p->rows * sizeof(*sorted));
	usual = 2 * order_select(sorted, p->rows, p->rows / 2);
	for (int i = 0; i < p->rows; i++)
		u->trust[i] = usual > 0 && level[i] > usual ? usual / level[i] : 1;
}

/* Median of the powers around bin i. */
static float local_floor(const float *power, int i, int half, int last)
{
	float near[PILOT_BINS];
	int lo = i - half < 1 ? 1 : i - half, hi = i + half > last ? last : i + half;

	memcpy(near, power + lo, (size_t)(hi - lo + 1) * sizeof(*near));
	return order_select(near, hi - lo + 1, (hi - lo + 1) / 2);
}

static void write_levels(struct pulse *u, const struct pilot *p, const struct spectrum_bin *x)
{
	float power[PILOT_BINS], before = 0, after, noise;
	int half = (int)(pilot_bin(p, FLOOR_HZ) + 0.5f), last = (int)(pilot_bin(p, p->noise.hi_hz) + 0.5f);
	int noise_lo = (int)(pilot_bin(p, p->noise.lo_hz) + 0.5f);

	for (int i = 0; i <= last; i++)
		power[i] = x[i].re * x[i].re + x[i].im * x[i].im;
	noise = local_floor(power, (noise_lo + last) / 2, (last - noise_lo) / 2, last);
	memset(u->level, 0, sizeof(u->level));
	after = fmaxf(local_floor(power, 0, half, last), noise);
	for (int i = 0; i <= last; i++) {
		float share = (float)(i % FLOOR_STEP) / FLOOR_STEP, usual;

		if (i % FLOOR_STEP == 0) {
			before = after;
			after = fmaxf(local_floor(power, i + FLOOR_STEP, half, last), noise);
		}
		usual = before + share * (after - before);
		u->level[i] = usual > 0 && power[i] > usual ? logf(power[i] / usual) : 0;
	}
}

void pulse_run(struct pulse *u, struct pilot *p)
{
	float weight[PILOT_ROWS];

	follow_breath(u, p);
	for (int i = 0; i < p->rows; i++)
		u->trust[i] = 1;
	cancel(u, p);
	distrust(u, p);
	cancel(u, p);
	for (int i = 0; i < p->rows; i++)
		weight[i] = p->window[i] * u->trust[i];
	u->step_hz = p->rate_hz / PILOT_LEN;
	write_levels(u, p, transform(p, u->left, weight));
}

float pulse_level(const struct pulse *u, float hz)
{
	float at = hz / u->step_hz;
	int i = (int)at;

	if (!(at >= 0) || i + 1 >= PILOT_BINS)
		return 0;
	return u->level[i] + (at - (float)i) * (u->level[i + 1] - u->level[i]);
}
