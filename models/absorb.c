/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The odds were fitted (logistic regression) on still persons and empty rooms of the recordings that
 * are free to use, and tried on the others: an excess of 0.02 is what radios do alone, one of
 * 0.3 is hardly ever nobody. */
#include <math.h>
#include <string.h>
#include "models/absorb.h"

#define SLOPE      1.34f	/* log-odds for each doubling of the excess */
#define OFFSET     4.77f
#define EXCESS_LOW 0.01f	/* what is less says no more, */
#define EXCESS_TOP 1.0f		/* and what is more neither */
#define SOFTEN     0.02f

#define LEARN_S    30.0f	/* time constant */
#define ENERGY_MAX 1e-4f	/* nothing 40 dB below the static paths and more is absorbed: it would be motion */
#define GONE_SHARE 0.25f	/* of what was learned: less is a machine that has stopped, */
#define GONE_S     120.0f	/* if for so long */
#define HIDES      0.1f	/* excess */
#define RATE_MAX   120.0f
#define NEAR_PER_MIN 0.8f	/* rates within this are one */

void absorb_init(struct absorb *a)
{
	memset(a, 0, sizeof(*a));
}

static float log_odds(float excess)
{
	return SLOPE * log2f(fminf(fmaxf(excess, EXCESS_LOW), EXCESS_TOP) + SOFTEN) + OFFSET;
}

float absorb_micro(const struct absorb *a, const struct evidence *const evidence[], int n)
{
	float most = NAN;

	for (int i = 0; i < n; i++) {
		const struct micro_evidence *e = &evidence[i]->micro;
		float l;

		if (e->reason != REASON_NONE)
			continue;
		l = log_odds(e->excess - a->energy / e->noise);
		most = isnan(most) ? l : fmaxf(most, l);
	}
	return most;
}

bool absorb_hides(const struct absorb *a)
{
	return a->excess > HIDES;
}

bool absorb_is(const struct absorb *a, float rate)
{
	float known = a->rate_per_min;

	return known > 0 &&
		(fabsf(rate - known) < NEAR_PER_MIN || fabsf(2 * rate - known) < NEAR_PER_MIN ||
		 fabsf(rate - 2 * known) < NEAR_PER_MIN);
}

bool absorb_rate(const struct absorb *a, const struct breath_result *b)
{
	return b->reason == REASON_NONE && absorb_is(a, b->rate_per_min);
}

static void learn_rate(struct absorb *a, float s, bool nobody, const struct breath_result *b)
{
	if (absorb_rate(a, b)) {
		a->rate_gone_s = 0;
		if (nobody && fabsf(b->rate_per_min - a->rate_per_min) < NEAR_PER_MIN)
			a->rate_per_min += s / LEARN_S * (b->rate_per_min - a->rate_per_min);
		return;
	}
	if (nobody && b->reason == REASON_NONE) {
		a->rate_per_min = b->rate_per_min;
		a->rate_gone_s = 0;
		return;
	}
	a->rate_gone_s += s;
	if (a->rate_gone_s > GONE_S)
		a->rate_per_min = 0;
}

static void learn_energy(struct absorb *a, float s, bool nobody, const struct evidence *const evidence[], int n)
{
	float most = NAN, least_noise = NAN;

	for (int i = 0; i < n; i++) {
		const struct micro_evidence *e = &evidence[i]->micro;

		if (e->reason != REASON_NONE)
			continue;
		most = fmaxf(isnan(most) ? 0 : most, e->excess * e->noise);
		least_noise = fminf(isnan(least_noise) ? e->noise : least_noise, e->noise);
	}
	if (isnan(most))
		return;
	if (nobody)
		a->energy = fminf(a->energy + s / LEARN_S * (most - a->energy), ENERGY_MAX);
	a->energy_gone_s = most < GONE_SHARE * a->energy ? a->energy_gone_s + s : 0;
	if (a->energy_gone_s > GONE_S)
		a->energy = 0;
	a->excess = a->energy / least_noise;
}

void absorb_tick(struct absorb *a, float s, bool nobody, bool moving, const struct breath_result *b,
		 const struct evidence *const evidence[], int n)
{
	if (moving)
		return;		/* hides both */
	learn_rate(a, s, nobody, b);
	learn_energy(a, s, nobody, evidence, n);
}

void absorb_save(const struct absorb *a, struct snapshot_out *out)
{
	size_t begun;

	if (!(a->energy > 0) && !(a->rate_per_min > 0))
		return;
	begun = snapshot_begin(out, SNAPSHOT_ABSORBED, ABSORB_VERSION);
	snapshot_put_float(out, a->energy);
	snapshot_put_float(out, a->rate_per_min);
	snapshot_end(out, begun, true);
}

bool absorb_load(struct absorb *a, struct snapshot_in in)
{
	struct absorb is;

	absorb_init(&is);
	is.energy = snapshot_get_float(&in, 0, ENERGY_MAX);
	is.rate_per_min = snapshot_get_float(&in, 0, RATE_MAX);
	if (!snapshot_whole(&in))
		return false;
	*a = is;
	return true;
}
