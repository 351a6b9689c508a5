/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The denominator is the strongest chain: a weak one would add its own noise to all ratios.
 * It is changed only when another one has been four times as strong for a minute, because
 * every change makes what was seen before useless.  One that delivers nothing for three seconds
 * while others do is dead, and given up at once.
 *
 * Fooled by: chains of different radios, which share nothing (callers check CSI_SHARED_LO). */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/ratio.h"

#define FADED     4.0f	/* 6 dB */
#define PATIENCE  300	/* rows */
#define SILENCE   15	/* rows */
#define EPSILON   1e-3f	/* of the mean denominator: a faded tone must not explode */
#define LEVEL_KEEP 0.98f

int ratio_init(struct ratio *r, int rx_count, int tx_count, int tones)
{
	int room;

	if (rx_count < 2 || rx_count > CSI_MAX_RX || tx_count < 1 || tx_count > CSI_MAX_TX ||
	    tones < 1 || tones > CSI_MAX_TONES)
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	r->rx_count = rx_count;
	r->tx_count = tx_count;
	r->tones = tones;
	r->tx_used = tx_count > 4 ? 4 : tx_count;
	room = RATIO_MAX_GROUPS / ((rx_count - 1) * r->tx_used);
	r->group = (tones + room - 1) / room;
	r->per_pair = tones / r->group;
	r->streams = 2 * (rx_count - 1) * r->tx_used * r->per_pair;
	r->reference = -1;
	return 0;
}

static void clear_sums(struct ratio *r)
{
	r->packets = 0;
	memset(r->re, 0, sizeof(r->re));
	memset(r->im, 0, sizeof(r->im));
	memset(r->power, 0, sizeof(r->power));
	memset(r->denominator, 0, sizeof(r->denominator));
}

void ratio_reset(struct ratio *r)
{
	clear_sums(r);
	r->reference = -1;
	r->challenged = r->silent = 0;
	r->any_last = false;
	memset(r->turned, 0, sizeof(r->turned));
	memset(r->level, 0, sizeof(r->level));
}

static int64_t chain_power(const struct csi_sample *s, int n)
{
	int64_t sum = 0;

	for (int k = 0; k < n; k++)
		sum += (int64_t)s[k].re * s[k].re + (int64_t)s[k].im * s[k].im;
	return sum;
}

static int strongest(const float *power, int n)
{
	int best = 0;

	for (int i = 1; i < n; i++)
		if (power[i] > power[best])
			best = i;
	return best;
}

/* Sums h * conj(ref) over the tones of each group. */
static void add_products(const struct ratio *r, const struct csi_sample *h, const struct csi_sample *ref,
			 float weight, float *re, float *im)
{
	for (int g = 0, k = 0; g < r->per_pair; g++) {
		int end = g == r->per_pair - 1 ? r->tones : k + r->group;
		int64_t sum_re = 0, sum_im = 0;

		for (; k < end; k++) {
			sum_re += (int64_t)h[k].re * ref[k].re + (int64_t)h[k].im * ref[k].im;
			sum_im += (int64_t)h[k].im * ref[k].re - (int64_t)h[k].re * ref[k].im;
		}
		re[g] += (float)sum_re * weight;
		im[g] += (float)sum_im * weight;
	}
}

static void add_denominator(const struct ratio *r, const struct csi_sample *ref, float weight, float *sum)
{
	for (int g = 0, k = 0; g < r->per_pair; g++) {
		int end = g == r->per_pair - 1 ? r->tones : k + r->group;

		sum[g] += (float)chain_power(ref + k, end - k) * weight;
		k = end;
	}
}

void ratio_push(struct ratio *r, const struct csi_frame *f)
{
	float amplitude[CSI_MAX_RX];	/* 1 / root of the chain's power in this packet; 0: silent */
	int at = 0;

	if (f->rx_count != r->rx_count || f->tx_count != r->tx_count || f->tones->count != r->tones)
		return;
	for (int i = 0; i < r->rx_count; i++) {
		float power = (float)chain_power(csi_pair(f, i, 0), r->tones * r->tx_count);

		r->power[i] += power;
		amplitude[i] = power > 0 ? 1 / sqrtf(power) : 0;
	}
	if (r->reference < 0 && r->power[strongest(r->power, r->rx_count)] > 0)
		r->reference = strongest(r->power, r->rx_count);
	if (r->reference < 0 || !(amplitude[r->reference] > 0))
		return;
	for (int t = 0; t < r->tx_used; t++) {
		const struct csi_sample *ref = csi_pair(f, r->reference, t);
		float mine = amplitude[r->reference];

		add_denominator(r, ref, mine * mine, r->denominator + t * r->per_pair);
		for (int i = 0; i < r->rx_count; i++) {
			if (i == r->reference)
				continue;
			add_products(r, csi_pair(f, i, t), ref, amplitude[i] * mine, r->re + at, r->im + at);
			at += r->per_pair;
		}
	}
	r->packets++;
}

/* Follows the chains' levels; true if another chain takes over. */
static bool reference_faded(struct ratio *r)
{
	float most = 0, all = 1;
	int best = r->reference;

	for (int i = 0; i < r->rx_count; i++)
		all += r->power[i];
	for (int i = 0; i < r->rx_count; i++) {
		float now = r->power[i] / all;

		r->level[i] = r->level[i] > 0 ? LEVEL_KEEP * r->level[i] + (1 - LEVEL_KEEP) * now : now;
		if (r->level[i] > most) {
			most = r->level[i];
			best = i;
		}
	}
	r->challenged = best != r->reference && most > FADED * r->level[r->reference] ?
		r->challenged + 1 : 0;
	if (r->challenged < PATIENCE)
		return false;
	r->challenged = 0;
	r->reference = best;
	memset(r->level, 0, sizeof(r->level));
	return true;
}

/* No packet had the reference chain; true if that one is given up. */
static bool reference_dead(struct ratio *r)
{
	bool others = r->power[strongest(r->power, r->rx_count)] > 0;

	clear_sums(r);
	if (r->reference < 0 || !others || ++r->silent < SILENCE)
		return false;
	ratio_reset(r);
	return true;
}

/* Some receivers turn the phase of a chain by half now and then, between two packets.  No body does: a chain
 * whose ratios all point away from where they pointed a row ago has flipped, and is turned back. */
static void turn_back(struct ratio *r, float *out)
{
	int others = r->rx_count - 1, row = 2 * r->per_pair;

	for (int i = 0; i < others; i++) {
		float along = 0;

		for (int t = 0; t < r->tx_used; t++)
			for (int k = (t * others + i) * row; k < (t * others + i + 1) * row; k++) {
				out[k] = r->turned[i] ? -out[k] : out[k];
				along += out[k] * r->last[k];
			}
		if (!r->any_last || along >= 0)
			continue;
		r->turned[i] = !r->turned[i];
		for (int t = 0; t < r->tx_used; t++)
			for (int k = (t * others + i) * row; k < (t * others + i + 1) * row; k++)
				out[k] = -out[k];
	}
	memcpy(r->last, out, (size_t)r->streams * sizeof(*out));
	r->any_last = true;
}

bool ratio_row(struct ratio *r, float *out, bool *changed)
{
	float mean = 0;
	int groups = r->per_pair * r->tx_used, others = r->rx_count - 1;

	*changed = false;
	if (!r->packets) {
		*changed = reference_dead(r);
		return false;
	}
	r->silent = 0;
	for (int g = 0; g < groups; g++)
		mean += r->denominator[g];
	mean /= (float)groups;
	if (!(mean > 0)) {
		clear_sums(r);
		r->reference = -1;
		return false;
	}
	for (int i = 0; i < others * groups; i++) {
		int tx = i / (others * r->per_pair);
		float den = r->denominator[tx * r->per_pair + i % r->per_pair] + EPSILON * mean;

		out[2 * i] = r->re[i] / den;
		out[2 * i + 1] = r->im[i] / den;
	}
	turn_back(r, out);
	*changed = reference_faded(r);
	r->any_last &= !*changed;
	clear_sums(r);
	return true;
}
