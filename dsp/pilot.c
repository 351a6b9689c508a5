/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/order.h"
#include "dsp/pilot.h"

#define VALID_LEAST 0.8f

int pilot_init(struct pilot *p)
{
	memset(p, 0, sizeof(*p));
	p->fft = spectrum_create(PILOT_LEN);
	return p->fft ? 0 : -ENOMEM;
}

int pilot_aim(struct pilot *p, float rate_hz, struct pilot_band breath, struct pilot_band noise)
{
	if (!(breath.lo_hz > 0 && breath.hi_hz > breath.lo_hz && noise.lo_hz >= breath.hi_hz &&
	      noise.hi_hz > noise.lo_hz && noise.hi_hz < rate_hz / 2))
		return -EINVAL;
	p->rate_hz = rate_hz;
	p->breath = breath;
	p->noise = noise;
	return 0;
}

void pilot_free(struct pilot *p)
{
	spectrum_free(p->fft);
	p->fft = NULL;
}

float pilot_bin(const struct pilot *p, float hz)
{
	return hz * PILOT_LEN / p->rate_hz;
}

static int bin(const struct pilot *p, float hz)
{
	return (int)(pilot_bin(p, hz) + 0.5f);
}

/* The window's rows, oldest first; how many are there. */
static int prepare(struct pilot *p, const struct slowgrid *g, int rows)
{
	int valid = 0;

	for (int i = 0; i < rows; i++) {
		p->row[i] = slowgrid_row(g, rows - 1 - i);
		p->there[i] = p->row[i] != NULL;
		p->window[i] = 0.5f - 0.5f * cosf(2 * (float)M_PI * ((float)i + 0.5f) / (float)rows);
		valid += p->there[i];
	}
	return valid;
}

static float inner(const float *x, const float *y, int n)
{
	float sum = 0;

	for (int i = 0; i < n; i++)
		sum += x[i] * y[i];
	return sum;
}

static void subtract(float *x, const float *y, float share, int n)
{
	for (int i = 0; i < n; i++)
		x[i] -= share * y[i];
}

/* A constant, a line and a parabola, orthonormal over the rows that are there, 0 elsewhere. */
static void build_basis(struct pilot *p, int rows)
{
	for (int d = 0; d < 3; d++) {
		float *x = p->basis[d], norm;

		for (int i = 0; i < rows; i++) {
			float t = 2 * (float)i / (float)rows - 1;

			x[i] = !p->there[i] ? 0 : d == 0 ? 1 : d == 1 ? t : t * t;
		}
		for (int e = 0; e < d; e++)
			subtract(x, p->basis[e], inner(x, p->basis[e], rows), rows);
		norm = sqrtf(inner(x, x, rows));
		for (int i = 0; i < rows; i++)
			x[i] /= norm;
	}
}

/* One stream less its mean, trend and bow; what is missing is 0. */
static void detrend(const struct pilot *p, int rows, int stream, float *x)
{
	float mean = 0;
	int n = 0;

	for (int i = 0; i < rows; i++)
		if (p->there[i]) {
			mean += p->row[i][stream];
			n++;
		}
	mean /= (float)n;
	for (int i = 0; i < rows; i++)
		x[i] = p->there[i] ? p->row[i][stream] - mean : 0;
	for (int d = 1; d < 3; d++)
		subtract(x, p->basis[d], inner(x, p->basis[d], rows), rows);
}

/* Adds a stream's transform to the Gram matrices, divided by its noise, which is kept. */
static void add_stream(struct pilot *p, int stream, const struct spectrum_bin *x)
{
	int lo = bin(p, p->noise.lo_hz), hi = bin(p, p->noise.hi_hz);
	float noise = 0, weight;

	for (int i = lo; i <= hi; i++)
		noise += x[i].re * x[i].re + x[i].im * x[i].im;
	noise /= (float)(hi - lo + 1);
	weight = noise > 1e-12f && isfinite(noise) ? 1 / noise : 0;
	p->weight[stream] = weight;
	for (int i = 0; i <= hi; i++) {
		p->a[i] += x[i].re * x[i].re * weight;
		p->b[i] += x[i].im * x[i].im * weight;
		p->c[i] += x[i].re * x[i].im * weight;
	}
}

static float eigenvalue(const struct pilot *p, int i)
{
	float half = (p->a[i] - p->b[i]) / 2;

	return (p->a[i] + p->b[i]) / 2 + sqrtf(half * half + p->c[i] * p->c[i]);
}

/* The strongest bin of the band of breathing (or the one asked for), and how far it stands
 * out. */
static int choose(struct pilot *p, float at_hz)
{
	float level[PILOT_BINS], usual;
	int lo = bin(p, p->noise.lo_hz), hi = bin(p, p->noise.hi_hz), best = bin(p, p->breath.lo_hz);

	for (int i = lo; i <= hi; i++)
		level[i - lo] = eigenvalue(p, i);
	usual = order_select(level, hi - lo + 1, (hi - lo + 1) / 2);
	for (int i = best; i <= bin(p, p->breath.hi_hz); i++)
		if (eigenvalue(p, i) > eigenvalue(p, best))
			best = i;
	if (at_hz > 0)
		best = bin(p, at_hz);
	p->breath_hz = (float)best * p->rate_hz / PILOT_LEN;
	p->snr_db = usual > 0 ? 10 * log10f(fmaxf(eigenvalue(p, best) / usual, 1e-6f)) : 0;
	return best;
}

/* What every stream has of the waveform x, times its weight. */
static void correlate(struct pilot *p, int rows, int streams, const float *wave)
{
	float x[PILOT_ROWS];

	for (int k = 0; k < streams; k++) {
		if (!(p->weight[k] > 0)) {
			p->steer[k] = 0;
			continue;
		}
		detrend(p, rows, k, x);
		p->steer[k] = inner(x, wave, rows) * p->weight[k];
	}
}

static void combine(struct pilot *p, int rows, int streams)
{
	float scale = 0;

	for (int k = 0; k < streams; k++)
		scale += p->weight[k] > 0 ? p->steer[k] * p->steer[k] / p->weight[k] : 0;
	scale = scale > 0 ? 1 / sqrtf(scale) : 0;
	for (int k = 0; k < streams; k++)
		p->steer[k] *= scale;
	for (int i = 0; i < rows; i++)
		p->y[i] = p->there[i] ? inner(p->row[i], p->steer, streams) : 0;
	for (int d = 0; d < 3; d++)
		subtract(p->y, p->basis[d], inner(p->y, p->basis[d], rows), rows);
}

/* The part of the waveform that is in the band of breathing, into p->slow. */
static void keep_breath(struct pilot *p, int rows)
{
	const struct spectrum_bin *x;
	float *in = spectrum_input(p->fft);

	for (int i = 0; i < rows; i++)
		in[i] = p->y[i] * p->window[i];
	memset(in + rows, 0, (size_t)(PILOT_LEN - rows) * sizeof(*in));
	x = spectrum_run(p->fft);
	memset(p->slow, 0, sizeof(p->slow));
	for (int k = bin(p, p->breath.lo_hz); k <= bin(p, p->breath.hi_hz); k++) {
		float angle = 2 * (float)M_PI * (float)k / PILOT_LEN, c = cosf(angle), s = sinf(angle);
		float re = x[k].re, im = x[k].im;

		for (int i = 0; i < rows; i++) {
			float next = re * c - im * s;

			p->slow[i] += re;
			im = re * s + im * c;
			re = next;
		}
	}
	for (int i = 0; i < rows; i++)
		p->slow[i] *= p->window[i];
}

int pilot_run(struct pilot *p, const struct slowgrid *g, int rows, float at_hz)
{
	int valid, best;
	float angle;

	if (!(p->rate_hz > 0) || rows > PILOT_ROWS || g->streams > PILOT_STREAMS)
		return -EINVAL;
	valid = prepare(p, g, rows);
	if (valid < 16 || (float)valid < VALID_LEAST * (float)rows)
		return -ENODATA;
	p->rows = rows;
	build_basis(p, rows);
	memset(p->a, 0, sizeof(p->a));
	memset(p->b, 0, sizeof(p->b));
	memset(p->c, 0, sizeof(p->c));
	for (int k = 0; k < g->streams; k++) {
		float *x = spectrum_input(p->fft);

		detrend(p, rows, k, x);
		for (int i = 0; i < rows; i++)
			x[i] *= p->window[i];
		memset(x + rows, 0, (size_t)(PILOT_LEN - rows) * sizeof(*x));
		add_stream(p, k, spectrum_run(p->fft));
	}
	best = choose(p, at_hz);
	if (!(eigenvalue(p, best) > 0))
		return -ENODATA;
	angle = 0.5f * atan2f(2 * p->c[best], p->a[best] - p->b[best]);
	for (int i = 0; i < rows; i++)
		p->slow[i] = p->window[i] * cosf(2 * (float)M_PI * (float)best * (float)i / PILOT_LEN + angle);
	correlate(p, rows, g->streams, p->slow);
	combine(p, rows, g->streams);
	keep_breath(p, rows);
	correlate(p, rows, g->streams, p->slow);
	combine(p, rows, g->streams);
	return 0;
}
