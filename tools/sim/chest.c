/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "tools/sim/chest.h"
#include "tools/sim/drift.h"
#include "tools/sim/geometry.h"

#define RATE       100
#define WANDER_S   12.0		/* over which the breathing rate wanders */
#define HRV        0.03		/* beat to beat */
#define SINUS_ARRHYTHMIA 0.02	/* faster while inhaling */

/* One breath, phase 0..1: raised cosines in and out, a pause at the end. */
static double breath_shape(double phase, double inhale, double pause)
{
	if (phase < inhale)
		return 0.5 - 0.5 * cos(PI * phase / inhale);
	if (phase < 1 - pause)
		return 0.5 + 0.5 * cos(PI * (phase - inhale) / (1 - pause - inhale));
	return 0;
}

static double bump(double x, double at, double width)
{
	return exp(-0.5 * (x - at) * (x - at) / (width * width));
}

static double heart_shape(double p)
{
	return bump(p, 0.15, 0.07) - 0.45 * bump(p, 0.33, 0.08) + 0.25 * bump(p, 0.55, 0.10);
}

struct breather {
	const struct person_setup *p;
	struct rng *rng;
	double wander, depth, inhale, pause;	/* wander: mean 0, deviation 1 */
	double phase, count;
	double next_sigh_s, next_apnea_s, apnea_until_s;
	double open;				/* 1: breathes, 0: held; slowly between */
	int first;
	uint64_t voice;				/* key of its drift */
};

static double next_event(struct rng *rng, double now_s, double every_s)
{
	return every_s > 0 ? now_s + rng_exponential(rng, every_s) : 1e12;
}

static void next_breath(struct breather *b, double t_s, bool talks)
{
	const struct person_setup *p = b->p;

	b->depth = p->depth_mm * fmax(0.2, 1 + 2 * p->variability * rng_gaussian(b->rng));
	b->inhale = talks ? 0.15 : rng_uniform(b->rng, 0.38, 0.42);
	b->pause = rng_uniform(b->rng, 0.02, 0.12);
	if (t_s >= b->next_sigh_s) {
		b->depth *= 2.5;
		b->next_sigh_s = next_event(b->rng, t_s, p->sigh_every_s);
	}
	if (p->cheyne_stokes_s > 0)
		b->depth *= 0.5 - 0.5 * cos(2 * PI * t_s / p->cheyne_stokes_s);
}

/* -1: none */
static int episode_at(double t_s, const struct episode *episode, int episodes)
{
	for (int i = 0; i < episodes; i++)
		if (t_s >= episode[i].from_s && t_s < episode[i].until_s)
			return (int)episode[i].kind;
	return -1;
}

static int is_held(struct breather *b, double t_s, int kind)
{
	if (t_s >= b->next_apnea_s) {
		b->apnea_until_s = t_s + b->p->apnea_s;
		b->next_apnea_s = next_event(b->rng, b->apnea_until_s, b->p->apnea_every_s);
	}
	return kind == EPISODE_HOLD || t_s < b->apnea_until_s;
}

static double breathe(struct breather *b, double t_s, const struct episode *episode, int episodes)
{
	const double dt = 1.0 / RATE, keep = 1 - dt / WANDER_S;
	int kind = episode_at(t_s, episode, episodes), held = is_held(b, t_s, kind);
	double extra = 0;

	b->open += (held ? -dt : dt);
	b->open = b->open < 0 ? 0 : b->open > 1 ? 1 : b->open;
	b->wander = keep * b->wander + sqrt(1 - keep * keep) * rng_gaussian(b->rng);
	b->phase += dt * b->p->breaths_per_min / 60 * fmax(0.3, 1 + b->p->variability * b->wander);
	if (b->phase >= 1 || b->first) {
		b->phase -= b->first ? 0 : 1;
		b->first = 0;
		next_breath(b, t_s, kind == EPISODE_TALK);
	}
	if (!held)
		b->count += dt * b->p->breaths_per_min / 60 * fmax(0.3, 1 + b->p->variability * b->wander);
	if (kind == EPISODE_TALK)	/* the voice works the chest, and the breath waits for the sentence */
		extra = 0.25 * b->p->depth_mm * drift(b->voice, t_s, 1, 2);
	if (kind == EPISODE_COUGH)	/* three a second */
		extra = 1.5 * b->p->depth_mm * fabs(pow(sin(PI * 3 * t_s), 5));
	return b->depth * min_jerk(b->open) * breath_shape(b->phase, b->inhale, b->pause) + extra;
}

struct heart {
	double phase, count, period_factor;
};

static double beat(struct heart *h, const struct person_setup *p, struct rng *rng, double inhaled)
{
	double step = p->beats_per_min / 60 / RATE * h->period_factor * (1 + SINUS_ARRHYTHMIA * (2 * inhaled - 1));

	h->phase += step;
	h->count += step;
	if (h->phase >= 1) {
		h->phase -= 1;
		h->period_factor = fmax(0.7, 1 + HRV * rng_gaussian(rng));
	}
	return p->pulse_mm * heart_shape(h->phase);
}

static int allot(struct chest *c, int samples)
{
	float *memory = calloc((size_t)samples * 4, sizeof(*memory));

	if (!memory)
		return -ENOMEM;
	c->samples = samples;
	c->breath_mm = memory;
	c->heart_mm = memory + samples;
	c->breaths = memory + 2 * samples;
	c->beats = memory + 3 * samples;
	return 0;
}

double chest_bytes(double duration_s)
{
	return duration_s * RATE * 4 * sizeof(float);
}

int chest_make(struct chest *c, const struct person_setup *p, double duration_s,
	       const struct episode *episode, int episodes, struct rng *rng)
{
	struct breather b = { .p = p, .rng = rng, .open = 1, .first = 1 };
	struct heart h = { .period_factor = 1 };

	if (allot(c, (int)(duration_s * RATE) + 4))
		return -ENOMEM;
	b.phase = rng_uniform(rng, 0, 1);
	b.wander = rng_gaussian(rng);
	h.phase = rng_uniform(rng, 0, 1);
	b.voice = rng->state;
	b.next_sigh_s = next_event(rng, 0, p->sigh_every_s);
	b.next_apnea_s = next_event(rng, 0, p->apnea_every_s);
	for (int i = 0; i < c->samples; i++) {
		double x = breathe(&b, (double)i / RATE, episode, episodes);

		c->breath_mm[i] = (float)x;
		c->breaths[i] = (float)b.count;
		c->heart_mm[i] = (float)beat(&h, p, rng, p->depth_mm > 0 ? fmin(1, x / p->depth_mm) : 0.5);
		c->beats[i] = (float)h.count;
	}
	return 0;
}

void chest_free(struct chest *c)
{
	free(c->breath_mm);
	memset(c, 0, sizeof(*c));
}

/* Catmull and Rom's cubic through four samples. */
static double between(const float *x, int samples, double t_s)
{
	double at = t_s * RATE, f;
	int i = (int)at;

	if (at < 1)
		return x[0] + at * (x[1] - x[0]) * (at > 0);
	if (i > samples - 3)
		return x[samples - 1];
	f = at - i;
	return x[i] + 0.5 * f * (x[i + 1] - x[i - 1] +
		f * (2 * x[i - 1] - 5 * x[i] + 4 * x[i + 1] - x[i + 2] +
		f * (3 * (x[i] - x[i + 1]) + x[i + 2] - x[i - 1])));
}

double chest_breath_mm(const struct chest *c, double t_s)
{
	return between(c->breath_mm, c->samples, t_s);
}

double chest_heart_mm(const struct chest *c, double t_s)
{
	return between(c->heart_mm, c->samples, t_s);
}

static double rate(const float *count, int samples, double from_s, double until_s)
{
	return until_s > from_s ? 60 * (between(count, samples, until_s) - between(count, samples, from_s)) /
		(until_s - from_s) : 0;
}

double chest_breath_rate(const struct chest *c, double from_s, double until_s)
{
	return rate(c->breaths, c->samples, from_s, until_s);
}

double chest_heart_rate(const struct chest *c, double from_s, double until_s)
{
	return rate(c->beats, c->samples, from_s, until_s);
}
