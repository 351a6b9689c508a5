/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>
#include "dsp/wave.h"

#define USUAL_S   30.0f	/* of the window's end that the usual amplitude is taken from */
#define PERIODS   1.5f	/* that the phase is fitted to */
#define TILT_KEEP 0.9f
#define TURN_TILT 0.15f	/* so much against it, and up was down */

void wave_reset(struct wave *w)
{
	memset(w, 0, sizeof(*w));
}

/* 1, or -1 where the component has turned over since the last window. */
static float follow_sign(struct wave *w, const struct steer *s)
{
	float dot = 0, sign;

	if (w->streams != s->streams)
		wave_reset(w);
	for (int k = 0; k < s->streams; k++)
		dot += w->axis[k] * s->axis[k];
	sign = dot < 0 ? -1 : 1;
	for (int k = 0; k < s->streams; k++)
		w->axis[k] = sign * s->axis[k];
	w->streams = s->streams;
	return sign;
}

/* Sum of the cubes of the slopes over that of their sizes' cubes: -1 to 1. */
static float tilt_of(const struct steer *s, const struct rank1 *r, float sign)
{
	int step = (int)(r->rate_hz / WAVE_HZ + 0.5f) * 2;
	float cubes = 0, sizes = 0;

	for (int i = step; i < s->rows; i++) {
		float slope = sign * (s->wave[i] - s->wave[i - step]);

		if (!r->row[i] || !r->row[i - step])
			continue;
		cubes += slope * slope * slope;
		sizes += fabsf(slope * slope * slope);
	}
	return sizes > 0 ? cubes / sizes : 0;
}

static float usual_amplitude(const struct steer *s, const struct rank1 *r)
{
	int from = s->rows - (int)(USUAL_S * r->rate_hz), n = 0;
	float sum = 0;

	for (int i = from < 0 ? 0 : from; i < s->rows; i++)
		if (r->row[i]) {
			sum += s->wave[i] * s->wave[i];
			n++;
		}
	return n ? sqrtf(2 * sum / (float)n) : 0;
}

/* The angle of the breath in the newest row: its last periods as a cosine beside a constant, by
 * least squares. */
static float newest_angle(const struct steer *s, const struct rank1 *r, float sign)
{
	float step = 2 * (float)M_PI * s->hz / r->rate_hz, n = 0, sum = 0;
	float c1 = 0, s1 = 0, cc = 0, ss = 0, cs = 0, yc = 0, ys = 0, det;
	int from = s->rows - (int)(PERIODS * r->rate_hz / s->hz);

	for (int i = from < 0 ? 0 : from; i < s->rows; i++) {
		float a = step * (float)(i - s->rows + 1), c = cosf(a), d = sinf(a), y = sign * s->wave[i];

		if (!r->row[i])
			continue;
		n++;
		sum += y;
		c1 += c;
		s1 += d;
		cc += c * c;
		ss += d * d;
		cs += c * d;
		yc += y * c;
		ys += y * d;
	}
	if (!(n > 0))
		return 0;
	cc -= c1 * c1 / n;
	ss -= s1 * s1 / n;
	cs -= c1 * s1 / n;
	yc -= sum * c1 / n;
	ys -= sum * s1 / n;
	det = cc * ss - cs * cs;
	if (!(det > 0))
		return 0;
	return atan2f((yc * cs - ys * cc) / det, (yc * ss - ys * cs) / det);
}

/* y = a cos(t) + b sin(t) = A cos(t + angle) with angle = atan2(-b, a), at t = 0. */
void wave_look(struct wave *w, const struct steer *s, const struct rank1 *r, float displacement[WAVE_SAMPLES],
	       float phase[WAVE_SAMPLES])
{
	int step = (int)(r->rate_hz / WAVE_HZ + 0.5f);
	bool first = w->streams != s->streams;
	float sign = follow_sign(w, s), usual = usual_amplitude(s, r), angle;

	w->tilt += (first ? 1 : 1 - TILT_KEEP) * (tilt_of(s, r, sign) - w->tilt);
	if (w->tilt < (first ? 0 : -TURN_TILT)) {
		for (int k = 0; k < w->streams; k++)
			w->axis[k] = -w->axis[k];
		w->tilt = -w->tilt;
		sign = -sign;
	}
	angle = newest_angle(s, r, sign);
	for (int i = 0; i < WAVE_SAMPLES; i++) {
		int back = (WAVE_SAMPLES - 1 - i) * step, row = s->rows - 1 - back;
		float cycles = (angle / (2 * (float)M_PI)) - s->hz * (float)back / r->rate_hz + 0.5f;

		displacement[i] = phase[i] = NAN;
		if (row < 0 || !r->row[row] || !(usual > 0))
			continue;
		displacement[i] = sign * s->wave[row] / usual;
		phase[i] = cycles - floorf(cycles);
	}
}
