/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "dsp/turn.h"

#define PARTS 3
#define ROWS  (SLOWGRID_ROWS / PARTS + 1)

struct part {
	int   from, rows;
	float c[ROWS], s[ROWS];		/* kernels */
	float axis[RANK1_STREAMS];	/* in units of the streams' noise */
	float power;			/* of that, */
	float noise;			/* and how much of it noise makes */
};

/* Cosine and sine under a Hann window and the rows' trust. */
static void make_kernels(const struct rank1 *r, float hz, struct part *p)
{
	for (int i = 0; i < p->rows; i++) {
		float angle = 2 * (float)M_PI * hz / r->rate_hz * (float)i;
		float w = r->trust[p->from + i] * (0.5f - 0.5f * cosf(2 * (float)M_PI * ((float)i + 0.5f) / (float)p->rows));

		p->c[i] = w * cosf(angle);
		p->s[i] = w * sinf(angle);
	}
}

/* Takes mean and line out of one: then what the streams have of those does not show. */
static void fold(const float *trust, int rows, float *kernel)
{
	float sum = 0, at = 0, square = 0, mean = 0, line = 0;

	for (int i = 0; i < rows; i++) {
		sum += trust[i];
		at += trust[i] * (float)i;
		mean += kernel[i];
	}
	at /= sum;
	for (int i = 0; i < rows; i++) {
		square += trust[i] * ((float)i - at) * ((float)i - at);
		line += kernel[i] * ((float)i - at);
	}
	for (int i = 0; i < rows; i++)
		kernel[i] -= trust[i] * (mean / sum + line / square * ((float)i - at));
}

/* The axis of all streams in that part. */
static void find_axis(const struct rank1 *r, int streams, struct part *p)
{
	float re[RANK1_STREAMS] = { 0 }, im[RANK1_STREAMS] = { 0 }, a = 0, b = 0, c = 0, co, si;

	for (int i = 0; i < p->rows; i++) {
		const float *x = r->row[p->from + i];

		for (int k = 0; x && k < streams; k++) {
			re[k] += x[k] * p->c[i];
			im[k] += x[k] * p->s[i];
		}
	}
	for (int k = 0; k < streams; k++) {
		a += re[k] * re[k] * r->weight[k];
		b += im[k] * im[k] * r->weight[k];
		c += re[k] * im[k] * r->weight[k];
	}
	co = cosf(0.5f * atan2f(2 * c, a - b));
	si = sinf(0.5f * atan2f(2 * c, a - b));
	p->power = 0;
	for (int k = 0; k < streams; k++) {
		p->axis[k] = (re[k] * co + im[k] * si) * sqrtf(r->weight[k]);
		p->power += p->axis[k] * p->axis[k];
	}
}

/* Weights are inverse powers of noise in the whole window's transform. */
static float noise_of(const struct rank1 *r, const struct part *p)
{
	float whole = 0, part = 0;

	for (int i = 0; i < r->rows; i++)
		whole += r->window[i] * r->window[i] * r->trust[i] * r->trust[i];
	for (int i = 0; i < p->rows; i++)
		part += p->c[i] * p->c[i] + p->s[i] * p->s[i];
	return whole > 0 ? 0.5f * (float)r->used * part / whole : 0;
}

static float likeness(const struct part *p, const struct part *q, int streams)
{
	float sum = 0;

	for (int k = 0; k < streams; k++)
		sum += p->axis[k] * q->axis[k];
	return fabsf(sum) / sqrtf(p->power * q->power);
}

/* Share of the power that is not noise's. */
static float signal(const struct part *p)
{
	return fmaxf(1 - p->noise / p->power, 0);
}

float turn_of(const struct rank1 *r, int streams, float hz)
{
	struct part part[PARTS];
	float least = 1, expected = 1;

	for (int i = 0; i < PARTS; i++) {
		struct part *p = &part[i];

		p->from = r->rows * i / PARTS;
		p->rows = r->rows * (i + 1) / PARTS - p->from;
		make_kernels(r, hz, p);
		fold(r->trust + p->from, p->rows, p->c);
		fold(r->trust + p->from, p->rows, p->s);
		find_axis(r, streams, p);
		p->noise = noise_of(r, p);
		if (!(p->power > 0))
			return 0;
		for (int j = 0; j < i; j++) {
			least = fminf(least, likeness(p, &part[j], streams));
			expected = fminf(expected, sqrtf(signal(p) * signal(&part[j])));
		}
	}
	return expected - least;
}
