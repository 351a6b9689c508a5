/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The window's detrending is a projection, so it is folded into the kernel of the transform:
 * every row is read twice, once for the transform at one frequency, once for the waveform. */
#include <math.h>
#include <string.h>
#include "dsp/order.h"
#include "dsp/steer.h"

#define PERIODS     1.7f	/* in a stretch that is judged, */
#define STRETCH_S   5.0f	/* at least */
#define STRETCHES   3		/* judged ones that a window holds, at least */
#define ALIVE_SHARE 0.6f	/* of its usual amplitude: less is no breath but what is left of one */
#define PACE_PERIODS 2	/* in a stretch whose phase is read: whole ones, beside which half the
				 * frequency and the double do not show, */
#define PACE_ROWS   14	/* at least */
#define PACE_LEAST  4		/* stretches in a window, half over each other */
#define OVERLAP     2	/* what noise has in common with itself in stretches that share their halves */
#define DETUNE      0.15f	/* a breath is not where the mean of a minute is */

/* Takes mean, line and bow out of a kernel. */
static void fold(const struct rank1 *r, int rows, float *kernel)
{
	float mean = 0, line = 0, bow = 0;

	for (int i = 0; i < rows; i++) {
		mean += kernel[i];
		line += kernel[i] * r->basis[0][i];
		bow += kernel[i] * r->basis[1][i];
	}
	mean /= r->trust_sum;
	for (int i = 0; i < rows; i++)
		kernel[i] -= r->trust[i] * (mean + line * r->basis[0][i] + bow * r->basis[1][i]);
}

/* The transform of every stream at s->hz. */
static void transform(struct steer *s, const struct rank1 *r, float *re, float *im)
{
	float kc[SLOWGRID_ROWS], ks[SLOWGRID_ROWS];

	for (int i = 0; i < s->rows; i++) {
		float angle = 2 * (float)M_PI * s->hz / r->rate_hz * (float)i, w = r->window[i] * r->trust[i];

		kc[i] = w * cosf(angle);
		ks[i] = w * sinf(angle);
	}
	fold(r, s->rows, kc);
	fold(r, s->rows, ks);
	memset(re, 0, (size_t)s->streams * sizeof(*re));
	memset(im, 0, (size_t)s->streams * sizeof(*im));
	for (int i = 0; i < s->rows; i++) {
		const float *x = r->row[i];

		for (int k = 0; x && k < s->streams; k++) {
			re[k] += x[k] * kc[i];
			im[k] += x[k] * ks[i];
		}
	}
}

/* 0 where the row is missing. */
static float weigh_row(const struct steer *s, const float *row)
{
	float sum = 0;

	for (int k = 0; row && k < s->streams; k++)
		sum += s->weight[k] * row[k];
	return sum;
}

/* Takes the mean out of the rows from `from` on. */
static void level(struct steer *s, const struct rank1 *r, int from)
{
	float mean = 0, sum = 0;

	for (int i = from; i < s->rows; i++) {
		mean += r->trust[i] * s->wave[i];
		sum += r->trust[i];
	}
	for (int i = from; i < s->rows && sum > 0; i++)
		if (r->row[i])
			s->wave[i] -= mean / sum;
}

static void combine(struct steer *s, const struct rank1 *r)
{
	float line = 0, bow = 0;

	for (int i = 0; i < s->rows; i++)
		s->wave[i] = weigh_row(s, r->row[i]);
	level(s, r, 0);
	for (int i = 0; i < s->rows; i++) {
		line += r->trust[i] * s->wave[i] * r->basis[0][i];
		bow += r->trust[i] * s->wave[i] * r->basis[1][i];
	}
	for (int i = 0; i < s->rows; i++)
		if (r->row[i])
			s->wave[i] -= line * r->basis[0][i] + bow * r->basis[1][i];
}

void steer_to(struct steer *s, const struct rank1 *r, const struct slowgrid *g, float hz)
{
	float re[RANK1_STREAMS], im[RANK1_STREAMS], a = 0, b = 0, c = 0, co, si;

	s->hz = hz;
	s->rows = r->rows;
	s->streams = g->streams;
	transform(s, r, re, im);
	for (int k = 0; k < s->streams; k++) {
		a += re[k] * re[k] * r->weight[k];
		b += im[k] * im[k] * r->weight[k];
		c += re[k] * im[k] * r->weight[k];
	}
	co = cosf(0.5f * atan2f(2 * c, a - b));
	si = sinf(0.5f * atan2f(2 * c, a - b));
	for (int k = 0; k < s->streams; k++) {
		s->axis[k] = (re[k] * co + im[k] * si) * sqrtf(r->weight[k]);
		s->weight[k] = (re[k] * co + im[k] * si) * r->weight[k];
	}
	combine(s, r);
}

/* Cosine and sine of hz in the rows from..until, beside a constant, by least squares; phase 0 is at
 * row `from` - 1.  False: too much is missing. */
static bool fit(const struct steer *s, const struct rank1 *r, int from, int until, float hz, float *cosine,
		float *sine)
{
	float n = 0, c1 = 0, s1 = 0, cc = 0, ss = 0, cs = 0, y1 = 0, yc = 0, ys = 0, det;
	float step = 2 * (float)M_PI * hz / r->rate_hz, co = cosf(step), si = sinf(step), c = co, d = si;

	for (int i = from; i < until; i++) {
		float turned = c * co - d * si;

		d = c * si + d * co;
		c = turned;
		if (!r->row[i])
			continue;
		n++;
		c1 += c;
		s1 += d;
		cc += c * c;
		ss += d * d;
		cs += c * d;
		y1 += s->wave[i];
		yc += s->wave[i] * c;
		ys += s->wave[i] * d;
	}
	if (2 * n < (float)(until - from))
		return false;
	cc -= c1 * c1 / n;
	ss -= s1 * s1 / n;
	cs -= c1 * s1 / n;
	yc -= y1 * c1 / n;
	ys -= y1 * s1 / n;
	det = cc * ss - cs * cs;
	*cosine = (yc * ss - ys * cs) / det;
	*sine = (ys * cc - yc * cs) / det;
	return det > 0;
}

static float amplitude(const struct steer *s, const struct rank1 *r, int from, int until, float hz)
{
	float c, d;

	return fit(s, r, from, until, hz, &c, &d) ? hypotf(c, d) : NAN;
}

static float most_near(const struct steer *s, const struct rank1 *r, int from, int until)
{
	float at = amplitude(s, r, from, until, s->hz);

	at = fmaxf(at, amplitude(s, r, from, until, s->hz * (1 - DETUNE)));
	return fmaxf(at, amplitude(s, r, from, until, s->hz * (1 + DETUNE)));
}

/* Variance of the waveform's white noise, from second differences. */
static float white(const struct steer *s, const struct rank1 *r)
{
	float sum = 0;
	int n = 0;

	for (int i = 2; i < s->rows; i++)
		if (r->row[i] && r->row[i - 1] && r->row[i - 2]) {
			float d = s->wave[i] - 2 * s->wave[i - 1] + s->wave[i - 2];

			sum += d * d;
			n++;
		}
	return n ? sum / (6 * (float)n) : 0;
}

/* Logarithm of the modified Bessel function of order 0; Abramowitz and Stegun 9.8.1, 9.8.2 (first
 * terms: within 2 %). */
static float log_i0(float x)
{
	float t = x / 3.75f;

	if (t < 1) {
		t *= t;
		return logf(1 + t * (3.5156229f + t * (3.0899424f + t * (1.2067492f + t * 0.2659732f))));
	}
	t = 1 / t;
	return x - 0.5f * logf(x) + logf(0.39894228f + t * (0.01328592f + t * 0.00225319f));
}

static float log_odds(float usual, float now, float variance, int width)
{
	float each = 2 * variance / (float)width;

	return each > 0 ? log_i0(usual * now / each) - usual * usual / (2 * each) : 0;
}

/* The newest `width` rows against the stretches of that width before them. */
static float judge(const struct steer *s, const struct rank1 *r, int width, float variance, float *usual)
{
	float before[2 * SLOWGRID_ROWS], now = most_near(s, r, s->rows - width, s->rows);
	int n = 0;

	for (int from = s->rows - 2 * width; from >= 0; from -= (width + 1) / 2) {
		float at = most_near(s, r, from, from + width);

		if (!isnan(at))
			before[n++] = at;
	}
	if (isnan(now) || n < 2)
		return 0;
	*usual = ALIVE_SHARE * order_select(before, n, 3 * n / 4);
	return log_odds(*usual, now, variance, width);
}

float steer_alive(struct steer *s, const struct rank1 *r, float floor)
{
	int width = (int)(r->rate_hz * fmaxf(PERIODS / s->hz, STRETCH_S));
	float least = NAN, usual = 0;

	s->width = width;
	s->usual = 0;
	s->variance = white(s, r) * fmaxf(floor, 1);
	for (; STRETCHES * width <= s->rows; width = width * 3 / 2) {
		float speaks = judge(s, r, width, s->variance, &usual);

		if (width == s->width)
			s->usual = usual;
		least = isnan(least) ? speaks : fminf(least, speaks);
	}
	return isnan(least) ? 0 : least;
}

float steer_recall(const struct steer *then, const struct rank1 *r)
{
	struct steer now = { .hz = then->hz, .rows = r->rows };
	int from = r->rows - then->width;
	float at;

	if (from < 0 || !(then->usual > 0))
		return 0;
	for (int i = from; i < r->rows; i++)
		now.wave[i] = weigh_row(then, r->row[i]);
	level(&now, r, from);
	at = most_near(&now, r, from, r->rows);
	return isnan(at) ? 0 : log_odds(then->usual, at, then->variance, then->width);
}

void steer_place(const struct steer *s, const struct rank1 *r, float mean[RANK1_STREAMS])
{
	int from = r->rows > s->width ? r->rows - s->width : 0, n = 0;

	memset(mean, 0, RANK1_STREAMS * sizeof(*mean));
	for (int i = from; i < r->rows; i++) {
		const float *x = r->row[i];

		for (int k = 0; x && k < s->streams; k++)
			mean[k] += x[k];
		n += x != NULL;
	}
	for (int k = 0; n && k < s->streams; k++)
		mean[k] /= (float)n;
}

float steer_shift(const struct steer *then, const float mean_then[RANK1_STREAMS], const struct rank1 *r)
{
	float mean[RANK1_STREAMS], all = 0, along = 0, axis = 0, power;
	float full = then->usual / ALIVE_SHARE;
	int live = 0;

	steer_place(then, r, mean);
	for (int k = 0; k < then->streams; k++) {
		float a = then->axis[k], d;

		if (a * a < 1e-20f)
			continue;
		d = (mean[k] - mean_then[k]) * then->weight[k] / a;	/* in units of the stream's noise */
		all += d * d;
		along += d * a;
		axis += a * a;
		live++;
	}
	power = axis > 0 ? full * full / axis : 0;
	if (!(power > 0))
		return 0;
	all -= along * along / axis + 2 * (float)live / (float)then->width * then->variance / axis;
	return all / power;
}

float steer_likeness(const struct steer *a, const struct steer *b)
{
	float ab = 0, aa = 0, bb = 0;

	for (int k = 0; k < a->streams && k < b->streams; k++) {
		ab += a->axis[k] * b->axis[k];
		aa += a->axis[k] * a->axis[k];
		bb += b->axis[k] * b->axis[k];
	}
	return aa > 0 && bb > 0 ? fabsf(ab) / sqrtf(aa * bb) : 0;
}

struct phase {
	float at_s, rad, weight;	/* weight: power, as noise turns a strong one by less */
};

/* Phases of stretches of `width` rows that overlap by half; their number. */
static int read_phases(const struct steer *s, const struct rank1 *r, int width, struct phase *p)
{
	int hop = (width + 1) / 2, n = 0;
	float last = 0;

	if (s->rows < width)
		return 0;
	for (int from = (s->rows - width) % hop; from + width <= s->rows; from += hop) {
		float c, d, now;

		if (!fit(s, r, from, from + width, s->hz, &c, &d))
			continue;
		now = atan2f(-d, c) - 2 * (float)M_PI * s->hz / r->rate_hz * (float)from;
		last = now - 2 * (float)M_PI * roundf((now - last) / (2 * (float)M_PI));
		p[n++] = (struct phase){ ((float)from + 0.5f * (float)width) / r->rate_hz, last, c * c + d * d };
	}
	return n;
}

/* The slope of the phase is what the frequency is off; what a line leaves of it, how uneven it goes. */
bool steer_pace(const struct steer *s, const struct rank1 *r, float floor, struct steer_pace *p)
{
	struct phase phase[2 * SLOWGRID_ROWS / PACE_ROWS + 1];
	float sum = 0, t_mean = 0, mean = 0, tt = 0, tp = 0, left = 0, re = 0, im = 0;
	int width = (int)fmaxf(r->rate_hz * PACE_PERIODS / s->hz, PACE_ROWS);
	int n = read_phases(s, r, width, phase);

	if (n < PACE_LEAST)
		return false;
	for (int i = 0; i < n; i++) {
		sum += phase[i].weight;
		t_mean += phase[i].weight * phase[i].at_s;
		mean += phase[i].weight * phase[i].rad;
		re += sqrtf(phase[i].weight) * cosf(phase[i].rad);
		im += sqrtf(phase[i].weight) * sinf(phase[i].rad);
	}
	t_mean /= sum;
	mean /= sum;
	for (int i = 0; i < n; i++) {
		float t = phase[i].at_s - t_mean;

		tt += phase[i].weight * t * t;
		tp += phase[i].weight * t * (phase[i].rad - mean);
	}
	for (int i = 0; i < n; i++) {
		float off = phase[i].rad - mean - tp / tt * (phase[i].at_s - t_mean);

		left += phase[i].weight * off * off;
	}
	p->stretches = n;
	p->coherence = ((re * re + im * im) / sum - OVERLAP) / ((float)n - OVERLAP);
	p->hz = s->hz + tp / tt / (2 * (float)M_PI);
	p->wander_rad = sqrtf(left / sum * (float)n / (float)(n - 2));
	p->noise_rad = sqrtf(2 * white(s, r) * fmaxf(floor, 1) / (float)width * (float)n / sum);
	return isfinite(p->hz) && isfinite(p->wander_rad) && isfinite(p->noise_rad);
}
