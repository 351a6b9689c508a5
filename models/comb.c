/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The method is ours.  A tooth is judged by how it stands over the two places halfway to its neighbours, in units of what
 * chance does there: of many streams' noise little (the shape of its distribution tells), of a body that sways
 * much, since that is one waveform.  The strongest line of the band is one of the pace's first multiples; it, its
 * double and its triple are left out, a chest has them too, and so are those of the next highest, for another chest.
 *
 * Fooled by: two whose rates are multiples of one pace and stay so for ten minutes; so what is taken for a comb must have a
 * line that is not uneven, too (machine_may_go()). */
#include <math.h>
#include <string.h>
#include "models/comb.h"

#define TEETH       25		/* that are looked at, at most */
#define TEETH_LEAST 3		/* that must be left */
#define CHEST       3		/* its rate, the double and the triple */
#define WINDOW_S    40.0f	/* at least */
#define KEEP        600		/* looks that the average goes back */
#define LEAST_DB    (-3.0f)
#define PACE_LEAST_HZ (3.0f / 60)	/* slower, teeth run together in a minute */
#define PACE_MOST_HZ (12.0f / 60)
#define MULTIPLE    8		/* that the strongest tooth may be */
#define DETUNE      0.015f	/* how well the place of a line is known */
#define ASIDE_HZ    (3.0f / 60)	/* from a line, all of it is over */
#define INDEPENDENT 40.0f	/* looks, of those a second apart */
#define NOISE_DB    4.34f	/* deviation of a decibel of noise, times the root of its shape */
#define BODY_DB     5.57f	/* the same of one waveform */
#define BESIDE      1.5f	/* a tooth and the mean of two places: so much variance */
#define LINE        4.0f	/* deviations that the strongest stands out, at least */
#define CLIP        2.5f	/* that one tooth may be worth: another chest, and its double, are two at most */
#define LOOKS       120		/* at least, for a verdict, */
#define SOON        5		/* but where it is */
#define SURE_SOON   4.2f
#define SURE        2.6f	/* people reach 1.8, most of them nothing, */
#define LIKELY      1.2f
#define DOUBT       1.0f	/* and a comb is believed until it is below this */
#define NEAR        0.12f	/* of the pace, a line is a tooth */
#define WIDER_DB    10.0f	/* so much higher, a tooth reaches further by the width of a line */
#define ABOVE_DB    6.0f	/* its usual level, a chest may stand */

void comb_reset(struct comb *c)
{
	memset(c, 0, sizeof(*c));
}

static int bins(const struct rank1 *r)
{
	return r->noise_lo < COMB_BINS ? r->noise_lo : COMB_BINS;
}

static float level(const struct comb *c, const struct rank1 *r, float hz)
{
	float at = rank1_bin(r, hz);
	int i = (int)at;

	if (i < 0 || i + 1 >= bins(r))
		return 0;
	return c->level_db[i] + (at - (float)i) * (c->level_db[i + 1] - c->level_db[i]);
}

static void add(struct comb *c, const struct rank1 *r)
{
	float share;

	c->looks += c->looks < KEEP;
	share = 1 / (float)c->looks;
	for (int i = 0; i < bins(r); i++) {
		float db = 10 * log10f(fmaxf(r->lambda[i] / r->noise, 1e-6f));

		c->level_db[i] += share * (fmaxf(db, LEAST_DB) - c->level_db[i]);
	}
	c->shape += share * (r->shape - c->shape);
}

/* How far the tooth at hz stands out, in deviations of chance. */
static float tooth(const struct comb *c, const struct rank1 *r, float hz, float aside_hz)
{
	float usual = 0.5f * (level(c, r, hz - aside_hz) + level(c, r, hz + aside_hz));
	float body = 1 - powf(10, -fmaxf(usual, 0) / 10);
	float variance = NOISE_DB * NOISE_DB / c->shape + BODY_DB * BODY_DB * body;

	variance *= BESIDE * fminf(INDEPENDENT / (float)c->looks, 1);
	return (level(c, r, hz) - usual) / sqrtf(variance);
}

/* Where between its neighbours the top of a line is that is highest at bin i. */
static float top_hz(const struct comb *c, const struct rank1 *r, int i)
{
	float a = c->level_db[i - 1], b = c->level_db[i], d = c->level_db[i + 1], bow = a - 2 * b + d;
	float off = bow < 0 ? fminf(fmaxf(0.5f * (a - d) / bow, -0.5f), 0.5f) : 0;

	return ((float)i + off) * r->rate_hz / RANK1_LEN;
}

/* The highest line of the band that is beyond chance; 0: none is. */
static float strongest(const struct comb *c, const struct rank1 *r, float hi_hz)
{
	float high_db = 0;
	int at = 0;

	for (int i = (int)rank1_bin(r, 2 * PACE_LEAST_HZ); i + 1 < bins(r) && (float)i <= rank1_bin(r, hi_hz); i++) {
		if (c->level_db[i] <= high_db || c->level_db[i] < c->level_db[i - 1] ||
		    c->level_db[i] < c->level_db[i + 1] ||
		    tooth(c, r, (float)i * r->rate_hz / RANK1_LEN, ASIDE_HZ) < LINE)
			continue;
		high_db = c->level_db[i];
		at = i;
	}
	return at ? top_hz(c, r, at) : 0;
}

struct teeth {
	float out[TEETH + 1];		/* how far each stands out, from 1 on; 0: it is explained */
	int   n;
	float pace_hz;
};

/* Takes out what a chest that breathes at the kth shows. */
static void explain(struct teeth *t, int k)
{
	for (int i = k; i <= t->n && i <= CHEST * k; i += k)
		t->out[i] = 0;
}

/* The highest line that is left and may be another chest's, which is above its double; 0: there is none. */
static int another(const struct comb *c, const struct rank1 *r, const struct teeth *t, float hi_hz)
{
	float high_db = 0;
	int best = 0;

	for (int k = 1; k <= t->n && (float)k * t->pace_hz < hi_hz; k++) {
		float db = level(c, r, (float)k * t->pace_hz);

		if (t->out[k] > LINE && db > high_db && db > level(c, r, (float)(2 * k) * t->pace_hz)) {
			high_db = db;
			best = k;
		}
	}
	return best;
}

/* How far all teeth stand out that are not those of a chest which breathes at the `own`th, and of one beside it. */
static float teeth(const struct comb *c, const struct rank1 *r, float pace_hz, int own, float hi_hz)
{
	float end_hz = (float)(bins(r) - 1) * r->rate_hz / RANK1_LEN - pace_hz / 2, sum = 0;
	struct teeth t = { .pace_hz = pace_hz };
	int n = 0, second;

	for (int k = 1; k <= TEETH && (float)k * pace_hz < end_hz; k++)
		t.out[t.n = k] = tooth(c, r, (float)k * pace_hz, pace_hz / 2);
	explain(&t, own);
	second = another(c, r, &t, hi_hz);
	if (second)
		explain(&t, second);
	for (int k = 1; k <= t.n; k++) {
		sum += fminf(fmaxf(t.out[k], -CLIP), CLIP);
		n += t.out[k] != 0;
	}
	return n >= TEETH_LEAST ? sum / sqrtf((float)n) : 0;
}

void comb_look(struct comb *c, const struct rank1 *r, float hi_hz)
{
	float line_hz, least;

	if ((float)r->rows < WINDOW_S * r->rate_hz)
		return;
	add(c, r);
	c->z = 0;
	line_hz = strongest(c, r, hi_hz);
	for (int own = 2; own <= MULTIPLE; own++)
		for (int off = -1; off <= 1; off++) {
			float pace_hz = line_hz / (float)own * (1 + DETUNE * (float)off), z;

			if (pace_hz < PACE_LEAST_HZ || pace_hz > PACE_MOST_HZ)
				continue;
			z = teeth(c, r, pace_hz, own, hi_hz);
			if (z > c->z) {
				c->z = z;
				c->hz = pace_hz;
			}
		}
	least = c->sure ? DOUBT : c->looks >= LOOKS ? SURE : SURE_SOON;
	c->sure = c->looks >= SOON && c->z > least;
}

bool comb_has(const struct comb *c, const struct rank1 *r, float hz)
{
	float order, high_db;

	if (!c->sure)
		return false;
	order = fmaxf(roundf(hz / c->hz), 1);
	high_db = fmaxf(level(c, r, order * c->hz), 0);
	return fabsf(hz - order * c->hz) < (1 + high_db / WIDER_DB) * r->rate_hz / (float)r->rows &&
		rank1_db(r, hz) < fmaxf(level(c, r, hz), 0) + ABOVE_DB;
}

bool comb_explains(const struct comb *c, float hz)
{
	if (c->looks < LOOKS || c->z <= LIKELY)
		return false;
	return fabsf(hz - fmaxf(roundf(hz / c->hz), 1) * c->hz) < NEAR * c->hz;
}
