/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The power response |H_k|^2 of a packet carries what bodies do to the channel, but
 * multiplied with a gain that the receiver chooses anew for every packet: steps of 0.5 to
 * 6 dB, seen on every chip.  One uncompensated step of 1.5 dB in a window looks like
 * strong motion.  Dividing by the mean over the tones of the same antenna pair and the
 * same packet removes any gain exactly, at the price of the part of the motion that is
 * common to all tones.
 *
 * Neighbouring tones see nearly the same channel, so where there are many they are added
 * in groups: less noise and less work for the same information.
 *
 * Fooled by: a gain that is not the same for all tones (an interferer on half the band),
 * and channels so narrow that fading is flat. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "dsp/csi.h"
#include "dsp/power.h"

#define LEVEL_OCTAVE 16		/* units of level in a factor of two, 3 dB */
#define OUTLIER      (4 * LEVEL_OCTAVE)	/* 12 dB off the median */
#define RAIL_LEAST   127	/* of 8 bits */
#define ROUGH_UNIT   4096	/* of roughness: neighbouring streams differ by their mean */
#define ROUGH_LEAST  256	/* 1/16: smoother ones are all the same */
#define ROUGH_DOWN   6		/* 1/64 a packet, */
#define ROUGH_UP     8		/* and 1/256: some hundreds of packets are noise until noise is the usual */
#define ROUGH_GROUP  8		/* tones: more of them differ by more than noise from the next */
#define NOISE_FIRST  (ROUGH_UNIT * 3 / 4)	/* so rough: 1 is noise alone, give or take a sixth */
#define NOISE_NEXT   (ROUGH_UNIT / 2)	/* where there is one such packet there are more, */
#define NOISE_SPELL  255	/* packets after it at least */

int power_init(struct power *p, int rx_count, int tx_count, int tones)
{
	int room;

	if (rx_count < 1 || rx_count > CSI_MAX_RX || tx_count < 1 || tx_count > CSI_MAX_TX ||
	    tones < 1 || tones > CSI_MAX_TONES)
		return -EINVAL;
	memset(p, 0, sizeof(*p));
	p->rx_count = rx_count;
	p->tx_count = tx_count;
	p->tones = tones;
	p->pairs = rx_count * tx_count;
	if (p->pairs > POWER_MAX_PAIRS)
		p->pairs = POWER_MAX_PAIRS;
	room = POWER_MAX_STREAMS / p->pairs;
	p->group = (tones + room - 1) / room;
	p->per_pair = tones / p->group;
	p->streams = p->pairs * p->per_pair;
	return 0;
}

/* The antenna pair of that place: different receive chains first, since what they see
 * differs most. */
static const struct csi_sample *pair_of(const struct power *p, const struct csi_frame *f, int i)
{
	return csi_pair(f, i % p->rx_count, i / p->rx_count);
}

static uint32_t sample_power(struct csi_sample s)
{
	return (uint32_t)((int32_t)s.re * s.re) + (uint32_t)((int32_t)s.im * s.im);
}

static uint64_t group_powers(const struct power *p, const struct csi_sample *s, uint64_t *sum)
{
	uint64_t total = 0;

	for (int g = 0, k = 0; g < p->per_pair; g++) {
		int end = g == p->per_pair - 1 ? p->tones : k + p->group;

		sum[g] = 0;
		for (; k < end; k++)
			sum[g] += sample_power(s[k]);
		total += sum[g];
	}
	return total;
}

/* Brings total to 32 significant bits; *shift is how far left (right if negative). */
static uint32_t normalise(uint64_t total, int *shift)
{
	int n = 0;

	while (total >> 32) {
		total >>= 1;
		n--;
	}
	while (!(total & 0x80000000u)) {
		total <<= 1;
		n++;
	}
	*shift = n;
	return (uint32_t)total;
}

/* Logarithm to base 2 in units of 1/16, linear between powers of two (0.09 off at most,
 * 0.3 dB: enough to find outliers).  total = mantissa * 2^-shift. */
static int16_t log_level(uint32_t mantissa, int shift)
{
	return (int16_t)((31 - shift) * LEVEL_OCTAVE + (int)((mantissa >> 27) & 15) + 1);
}

/* Writes one pair's streams; returns its level, 0 if it is silent. */
static int16_t scale_pair(const struct power *p, const struct csi_sample *s, int16_t *out)
{
	uint64_t sum[POWER_MAX_STREAMS];
	uint64_t total = group_powers(p, s, sum);
	uint64_t factor;
	uint32_t mantissa;
	int shift;

	if (!total) {
		memset(out, 0, (size_t)p->per_pair * sizeof(*out));
		return 0;
	}
	mantissa = normalise(total, &shift);
	factor = ((uint64_t)(p->per_pair * POWER_MEAN) << 31) / mantissa;
	for (int g = 0; g < p->per_pair; g++) {
		uint64_t x = shift < 0 ? sum[g] >> -shift : sum[g] << shift;

		x = (x * factor) >> 31;
		out[g] = (int16_t)(x > POWER_MAX ? POWER_MAX : x);
	}
	return log_level(mantissa, shift);
}

static int magnitude(int v)
{
	return v < 0 ? -v : v;
}

/* Many values at the end of the converter's range, whatever its width: 2^b - 1 or -2^b, from 8 bits on.  Sources that scale
 * to the maximum put one value there, and rightly so. */
static bool saturated(const struct power *p, const struct csi_frame *f)
{
	int most = 0, rail, rails = 0, seen = p->tones * p->pairs * 2;

	for (int i = 0; i < p->pairs; i++) {
		const struct csi_sample *s = pair_of(p, f, i);

		for (int k = 0; k < p->tones; k++) {
			most = most > magnitude(s[k].re) ? most : magnitude(s[k].re);
			most = most > magnitude(s[k].im) ? most : magnitude(s[k].im);
		}
	}
	rail = most & (most - 1) ? most : most - 1;
	if (rail < RAIL_LEAST || rail & (rail + 1))
		return false;
	for (int i = 0; i < p->pairs; i++) {
		const struct csi_sample *s = pair_of(p, f, i);

		for (int k = 0; k < p->tones; k++)
			rails += (magnitude(s[k].re) >= rail) + (magnitude(s[k].im) >= rail);
	}
	return rails > 2 && rails > seen / 20;
}

static int compare_levels(const void *a, const void *b)
{
	return *(const int16_t *)a - *(const int16_t *)b;
}

static int median_level(const struct power *p, int pair)
{
	int16_t sorted[POWER_HISTORY];

	memcpy(sorted, p->level[pair], sizeof(sorted));
	qsort(sorted, (size_t)p->fill, sizeof(*sorted), compare_levels);
	return sorted[p->fill / 2];
}

/* Takes the level of every pair into the history, which an outlier enters too: one that
 * stays becomes the new level after a few packets. */
static bool is_outlier(struct power *p, const int16_t *level)
{
	bool far = false;

	for (int i = 0; i < p->pairs && p->fill; i++)
		far |= abs(level[i] - median_level(p, i)) > OUTLIER;
	for (int i = 0; i < p->pairs; i++)
		p->level[i][p->pos] = level[i];
	p->pos = (p->pos + 1) % POWER_HISTORY;
	if (p->fill < POWER_HISTORY)
		p->fill++;
	return far;
}

/* What neighbouring streams differ by, as a share of their mean.  Sums are below 2^20: 64 streams of POWER_MAX. */
static uint32_t roughness(const struct power *p, const int16_t *x)
{
	uint32_t rough = 0, sum = 0;

	for (int first = 0; first < p->streams; first += p->per_pair) {
		sum += (uint32_t)x[first];
		for (int k = first + 1; k < first + p->per_pair; k++) {
			sum += (uint32_t)x[k];
			rough += (uint32_t)magnitude(x[k] - x[k - 1]);
		}
	}
	return rough * (ROUGH_UNIT / 4) / (sum / 4 + 1);
}

/* What a fifth of the packets are below: four of five may be others. */
static void learn_roughness(struct power *p, uint32_t rough)
{
	if (!p->rough)
		p->rough = rough;
	if (rough > p->rough)
		p->rough += p->rough >> ROUGH_UP;
	else
		p->rough -= p->rough >> ROUGH_DOWN;
	if (p->rough < ROUGH_LEAST)
		p->rough = ROUGH_LEAST;
}

/* Is this packet noise, where others are not?  Neighbouring tones see nearly the same channel: by what all of them differ on the mean
 * is noise, by what few of them do may be narrow.  Where tones are added, noise is less by the root of their number. */
static bool is_noise(struct power *p, const int16_t *x)
{
	uint32_t rough;
	uint64_t square;
	bool first, next;

	if (p->group > ROUGH_GROUP)
		return false;
	rough = roughness(p, x);
	square = (uint64_t)rough * rough * (uint64_t)p->group;
	learn_roughness(p, rough);
	first = rough > 2 * p->rough && square > (uint64_t)NOISE_FIRST * NOISE_FIRST;
	next = p->noisy && 2 * rough > 3 * p->rough && square > (uint64_t)NOISE_NEXT * NOISE_NEXT;
	if (first)
		p->noisy = NOISE_SPELL;
	else if (p->noisy)
		p->noisy--;
	return first || next;
}

enum power_verdict power_push(struct power *p, const struct csi_frame *frame,
			      int16_t out[POWER_MAX_STREAMS])
{
	int16_t level[POWER_MAX_PAIRS], x[POWER_MAX_STREAMS];
	uint16_t live = 0, before = p->live;

	if (frame->tones->count != p->tones || frame->rx_count != p->rx_count ||
	    frame->tx_count != p->tx_count)
		return POWER_EMPTY;
	if (saturated(p, frame))
		return POWER_SATURATED;
	for (int i = 0; i < p->pairs; i++) {
		level[i] = scale_pair(p, pair_of(p, frame, i), x + i * p->per_pair);
		if (level[i])
			live = (uint16_t)(live | 1u << i);
	}
	if (!live)
		return POWER_EMPTY;
	if (is_outlier(p, level))
		return POWER_OUTLIER;
	if (is_noise(p, x))
		return POWER_NOISE;
	memcpy(out, x, (size_t)p->streams * sizeof(*out));
	p->live = live;
	return before && live != before ? POWER_CHANGED : POWER_OK;
}
