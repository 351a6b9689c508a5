/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Streams share noise (neighbouring tones of one chip, chains of one amplifier), so lambda
 * of noise alone spreads more than the number of streams would say.  Its spread in the
 * noise band gives the shape of the gamma distribution that it follows, and that says how
 * high chance reaches: the null of each link from its own noise. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/order.h"
#include "dsp/rank1.h"

#define VALID_LEAST  0.7f
#define TRUST_S      5.0f	/* over which the energy is averaged */
#define TRUST_OF     48	/* streams are enough to see where the body moved; every third, of 144: an odd step, for both
				   parts of a sample */
#define TRUST_FULL   1.0f	/* of the usual energy, and below */
#define SHAPE_LEAST  1.0f
#define SHAPE_MOST   200.0f
#define BAND_LO_HZ   0.08f	/* where breaths are, and what wanders besides: */
#define BAND_HI_HZ   0.7f
#define EVERY        2	/* bins: the transform is padded, and neighbours say the same */
#define LN_2         0.6931f	/* median of what is spread exponentially, means */

int rank1_init(struct rank1 *r, float rate_hz, float noise_lo_hz, float noise_hi_hz)
{
	memset(r, 0, sizeof(*r));
	if (!(noise_lo_hz > 0 && noise_hi_hz > noise_lo_hz && noise_hi_hz < rate_hz / 2))
		return -EINVAL;
	r->rate_hz = rate_hz;
	r->noise_lo = (int)(rank1_bin(r, noise_lo_hz) + 0.5f);
	r->noise_hi = (int)(rank1_bin(r, noise_hi_hz) + 0.5f);
	r->fft = spectrum_create(RANK1_LEN);
	return r->fft ? 0 : -ENOMEM;
}

void rank1_free(struct rank1 *r)
{
	spectrum_free(r->fft);
	r->fft = NULL;
}

float rank1_bin(const struct rank1 *r, float hz)
{
	return hz * RANK1_LEN / r->rate_hz;
}

/* What was filled repeats the noise of its neighbours, slowly: it counts only where too little was measured. */
static bool measured_enough(const struct slowgrid *g, int rows)
{
	int measured = 0;

	for (int i = 0; i < rows; i++)
		measured += slowgrid_measured(g, i) != NULL;
	return (float)measured >= VALID_LEAST * (float)rows;
}

/* Hann weights and the window's rows, oldest first, all of them trusted alike.  Number of
 * rows that are there. */
static int prepare(struct rank1 *r, const struct slowgrid *g, int rows)
{
	bool enough = measured_enough(g, rows);
	int valid = 0;

	for (int i = 0; i < rows; i++) {
		r->row[i] = enough ? slowgrid_measured(g, rows - 1 - i) : slowgrid_row(g, rows - 1 - i);
		r->window[i] = 0.5f - 0.5f * cosf(2 * (float)M_PI * ((float)i + 0.5f) / (float)rows);
		r->trust[i] = r->row[i] ? 1 : 0;
		valid += r->row[i] != NULL;
	}
	return valid;
}

float rank1_trend(const float *trust, int rows, float *line, float *bow)
{
	float sum = 0, mean = 0, square = 0, cube = 0, sum_line = 0, sum_bow = 0;

	for (int i = 0; i < rows; i++) {
		sum += trust[i];
		mean += trust[i] * (float)i;
	}
	mean /= sum;
	for (int i = 0; i < rows; i++) {
		float t = ((float)i - mean) / (float)rows;

		line[i] = t;
		square += trust[i] * t * t;
		cube += trust[i] * t * t * t;
	}
	for (int i = 0; i < rows; i++) {
		float t = line[i];

		bow[i] = t * t - square / sum - cube / square * t;
		sum_line += trust[i] * t * t;
		sum_bow += trust[i] * bow[i] * bow[i];
	}
	for (int i = 0; i < rows; i++) {
		line[i] /= sqrtf(sum_line);
		bow[i] /= sqrtf(sum_bow);
	}
	return sum;
}

static void build_basis(struct rank1 *r, int rows)
{
	r->trust_sum = rank1_trend(r->trust, rows, r->basis[0], r->basis[1]);
}

/* One stream less its mean, trend and bow into x; what is missing is 0.  Sums go over what is left when some
 * row's value is taken off, as floats hold no small change of a large level; two of each, as an addition waits for the one
 * before it. */
static void detrend(const struct rank1 *r, int rows, int stream, float *x)
{
	const float *first = NULL;
	float mean[2] = { 0 }, line[2] = { 0 }, bow[2] = { 0 };

	for (int i = 0; i < rows && !first; i++)
		first = r->row[i];
	for (int i = 0; i < rows; i++) {
		float weighted;

		x[i] = r->row[i] ? r->row[i][stream] - first[stream] : 0;
		weighted = r->trust[i] * x[i];
		mean[i & 1] += weighted;
		line[i & 1] += weighted * r->basis[0][i];
		bow[i & 1] += weighted * r->basis[1][i];
	}
	mean[0] = (mean[0] + mean[1]) / r->trust_sum;
	line[0] += line[1];
	bow[0] += bow[1];
	for (int i = 0; i < rows; i++) {
		float trend = mean[0] + line[0] * r->basis[0][i] + bow[0] * r->basis[1][i];

		x[i] = r->row[i] ? x[i] - trend : 0;
	}
}

/* 1 / variance of white noise, from second differences; 0: the stream is dead. */
static float whiteness(const struct rank1 *r, int rows, const float *x)
{
	float sum = 0;
	int n = 0;

	for (int i = 2; i < rows; i++)
		if (r->row[i] && r->row[i - 1] && r->row[i - 2]) {
			sum += fabsf(x[i] - 2 * x[i - 1] + x[i - 2]);
			n++;
		}
	sum *= 0.512f / (float)(n > 0 ? n : 1);		/* E|d| = 0.798 sqrt(6) sigma */
	return sum > 1e-9f ? 1 / (sum * sum) : 0;
}

/* Mean of e over `width` rows around each, of those that are there. */
static void smooth(const struct rank1 *r, int rows, const float *e, int width, float *out)
{
	float sum = 0;
	int n = 0;

	for (int i = 0; i < rows + width / 2; i++) {
		if (i < rows && r->row[i]) {
			sum += e[i];
			n++;
		}
		if (i >= width && r->row[i - width]) {
			sum -= e[i - width];
			n--;
		}
		if (i >= width / 2)
			out[i - width / 2] = n > 0 ? sum / (float)n : 0;
	}
}

/* Where all streams together are far from their course, the body moved, or the radio: such
 * rows say less about breathing.  Trust falls with the square of the energy (as the weights
 * of a Cauchy distribution do), smoothed over some seconds so that no breath is flattened. */
static void distrust(struct rank1 *r, int rows, int streams)
{
	float x[SLOWGRID_ROWS], energy[SLOWGRID_ROWS] = { 0 }, level[SLOWGRID_ROWS], usual;
	int n = 0, step = streams / TRUST_OF | 1;

	for (int k = 0; k < streams; k += step) {
		float weight;

		detrend(r, rows, k, x);
		weight = whiteness(r, rows, x);
		for (int i = 0; i < rows; i++)
			energy[i] += weight * x[i] * x[i];
	}
	smooth(r, rows, energy, (int)(TRUST_S * r->rate_hz) | 1, level);
	for (int i = 0; i < rows; i++)
		if (r->row[i])
			x[n++] = level[i];
	usual = order_select(x, n, n / 2);
	for (int i = 0; i < rows; i++) {
		float above = level[i] / (TRUST_FULL * usual);

		if (r->row[i] && usual > 0 && above > 1)
			r->trust[i] = 1 / (above * above);
	}
}

const struct spectrum_bin *rank1_stream(const struct rank1 *r, int stream)
{
	float *x = spectrum_input(r->fft);

	detrend(r, r->rows, stream, x);
	for (int i = 0; i < r->rows; i++)
		x[i] *= r->window[i] * r->trust[i];
	memset(x + r->rows, 0, (size_t)(RANK1_LEN - r->rows) * sizeof(*x));
	return spectrum_run(r->fft);
}

static float bin_power(struct spectrum_bin x)
{
	return x.re * x.re + x.im * x.im;
}

/* What is usual of a stream where breaths are: a breath has few of those bins, what wanders has most. */
static float usual_power(const struct rank1 *r, const struct spectrum_bin *x)
{
	float power[RANK1_BINS];
	int lo = (int)rank1_bin(r, BAND_LO_HZ), n = ((int)rank1_bin(r, BAND_HI_HZ) - lo) / EVERY;

	for (int i = 0; i < n; i++)
		power[i] = bin_power(x[lo + EVERY * i]);
	return order_select(power, n, n / 2) / LN_2;
}

static void add_stream(struct rank1 *r, int stream, const struct spectrum_bin *x)
{
	float noise = 0, weight;

	r->weight[stream] = 0;
	for (int i = r->noise_lo; i <= r->noise_hi; i++)
		noise += bin_power(x[i]);
	noise /= (float)(r->noise_hi - r->noise_lo + 1);
	if (!(noise > 1e-12f) || !isfinite(noise))
		return;
	if (r->scale == RANK1_USUAL)
		r->weight[stream] = 1 / fmaxf(noise, usual_power(r, x));
	else
		r->weight[stream] = r->scale == RANK1_NOISE ? 1 / noise : 1;
	weight = r->weight[stream];
	r->level += noise;
	for (int i = 0; i <= r->noise_hi; i++) {
		r->a[i] += x[i].re * x[i].re * weight;
		r->b[i] += x[i].im * x[i].im * weight;
		r->c[i] += x[i].re * x[i].im * weight;
	}
	r->used++;
}

static void judge_noise(struct rank1 *r)
{
	float level[RANK1_BINS], mean = 0, square = 0;
	int n = r->noise_hi - r->noise_lo + 1;

	memcpy(level, r->lambda + r->noise_lo, (size_t)n * sizeof(*level));
	r->noise = order_select(level, n, n / 2);
	for (int i = 0; i < n; i++)
		mean += level[i];
	mean /= (float)n;
	for (int i = 0; i < n; i++)
		square += (level[i] - mean) * (level[i] - mean);
	r->shape = square > 0 ? mean * mean * (float)n / square : SHAPE_MOST;
	r->shape = fminf(fmaxf(r->shape, SHAPE_LEAST), SHAPE_MOST);
}

int rank1_run(struct rank1 *r, const struct slowgrid *g, int rows)
{
	float power = 0;
	int valid;

	if (g->streams > RANK1_STREAMS)
		return -EINVAL;
	valid = prepare(r, g, rows);
	r->used = -1;
	if (valid < 8 || (float)valid < VALID_LEAST * (float)rows)
		return -ENODATA;
	build_basis(r, rows);
	distrust(r, rows, g->streams);
	build_basis(r, rows);
	memset(r->a, 0, sizeof(r->a));
	memset(r->b, 0, sizeof(r->b));
	memset(r->c, 0, sizeof(r->c));
	r->rows = rows;
	r->used = 0;
	r->level = 0;
	for (int k = 0; k < g->streams; k++)
		add_stream(r, k, rank1_stream(r, k));
	if (!r->used)
		return -ENODATA;
	for (int i = 0; i < rows; i++)
		power += r->window[i] * r->window[i] * r->trust[i] * r->trust[i];
	r->level /= power * (float)r->used;
	for (int i = 0; i <= r->noise_hi; i++) {
		float mean = (r->a[i] + r->b[i]) / 2, half = (r->a[i] - r->b[i]) / 2;
		float root = sqrtf(half * half + r->c[i] * r->c[i]);

		r->lambda[i] = mean + root;
	}
	judge_noise(r);
	return r->noise > 0 ? 0 : -ENODATA;
}

bool rank1_is_deaf(const struct rank1 *r)
{
	return r->used == 0;
}

float rank1_db(const struct rank1 *r, float hz)
{
	float at = rank1_bin(r, hz), value;
	int i = (int)at;

	if (i < 0 || i + 1 > r->noise_hi)
		return 0;
	value = r->lambda[i] + (at - (float)i) * (r->lambda[i + 1] - r->lambda[i]);
	return 10 * log10f(fmaxf(value / r->noise, 1e-6f));
}

/* Wilson and Hilferty (1931): the cube root of a gamma variable is nearly normal. */
static float gamma_quantile(float shape, float z)
{
	float c = 1 / (9 * shape), root = 1 - c + z * sqrtf(c);

	return shape * root * root * root;
}

/* Abramowitz and Stegun 26.2.23: z with that upper tail of the normal distribution. */
static float normal_tail(float p)
{
	float t = sqrtf(-2 * logf(p));

	return t - (2.515517f + t * (0.802853f + t * 0.010328f)) /
		(1 + t * (1.432788f + t * (0.189269f + t * 0.001308f)));
}

float rank1_null_db(float shape, float independent)
{
	float z = normal_tail(0.001f / fmaxf(independent, 1));

	return 10 * log10f(gamma_quantile(shape, z) / gamma_quantile(shape, 0));
}

float rank1_chance_db(float shape)
{
	return 10 / (logf(10) * sqrtf(shape));
}
