/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Per packet, with samples h and the average channel t, brought to the same power:
 *
 *	c = h conj(t);  slope from sum c_{m+1} conj(c_m) over neighbouring picks, refined by
 *		the angle between the upper and the lower half; phase from sum c
 *	z = (h turned back by both - t) conj(t), summed over a group of picks
 *
 * Four roots and divisions a packet, none a tone.
 *
 * Fooled by: a body that comes nearer to one device as it leaves the other goes along the link, and has
 * no heading; several bodies; steps between packets of more than half a turn (who calls must see to
 * the rate); a driver that hands out conjugated samples, which swaps the two. */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include "dsp/heading.h"

#define LEARN_US   2000000.0f	/* the average channel is of so long */
#define LEARN_FAST 200		/* packets that count the same at first */
#define RECENT_US  600000.0f	/* time constant of the sums */
#define GAP_US     300000u
#define LEAST      15		/* packets in the sums */

int heading_init(struct heading *h, int rx_count, int tones)
{
	memset(h, 0, sizeof(*h));
	if (rx_count < 2 || tones < HEADING_GROUPS)
		return -EINVAL;
	h->chains = rx_count < HEADING_CHAINS ? rx_count : HEADING_CHAINS;
	h->tones = tones;
	h->picks = tones < HEADING_PICKS ? tones : HEADING_PICKS;
	return 0;
}

void heading_reset(struct heading *h)
{
	heading_init(h, h->chains, h->tones);
}

static struct heading_cell times(struct heading_cell a, struct heading_cell b)
{
	return (struct heading_cell){ a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re };
}

/* a conj(b) */
static struct heading_cell against(struct heading_cell a, struct heading_cell b)
{
	return (struct heading_cell){ a.re * b.re + a.im * b.im, a.im * b.re - a.re * b.im };
}

static void add(struct heading_cell *sum, struct heading_cell a)
{
	sum->re += a.re;
	sum->im += a.im;
}

static float square(struct heading_cell a)
{
	return a.re * a.re + a.im * a.im;
}

/* Of length 1; 0 gives 1. */
static struct heading_cell unit(struct heading_cell a)
{
	float s = square(a), by;

	if (!(s > 0))
		return (struct heading_cell){ 1, 0 };
	by = 1 / sqrtf(s);
	return (struct heading_cell){ a.re * by, a.im * by };
}

/* The picked tones, at a mean power of 1.  False: silence. */
static bool pick(const struct heading *h, const struct csi_frame *f, struct heading_cell *x)
{
	float power = 0, by;
	int n = h->chains * h->picks;

	for (int c = 0; c < h->chains; c++) {
		const struct csi_sample *s = csi_pair(f, c, 0);

		for (int m = 0; m < h->picks; m++) {
			const struct csi_sample *k = s + (2 * m + 1) * h->tones / (2 * h->picks);
			struct heading_cell *to = &x[c * h->picks + m];

			*to = (struct heading_cell){ k->re, k->im };
			power += square(*to);
		}
	}
	if (!(power > 0))
		return false;
	by = sqrtf((float)n / power);
	for (int i = 0; i < n; i++) {
		x[i].re *= by;
		x[i].im *= by;
	}
	return true;
}

/* By how much the phase turns from pick to pick, against the average channel. */
static struct heading_cell coarse_slope(const struct heading *h, const struct heading_cell *x)
{
	struct heading_cell sum = { 0, 0 };

	for (int c = 0; c < h->chains; c++) {
		const struct heading_cell *a = x + c * h->picks, *t = h->still + c * h->picks;
		struct heading_cell before = against(a[0], t[0]);

		for (int m = 1; m < h->picks; m++) {
			struct heading_cell now = against(a[m], t[m]);

			add(&sum, against(now, before));
			before = now;
		}
	}
	return unit(sum);
}

/* What the packet and the average channel have in common, by groups; turns the packet's slope back first. */
static void compare(const struct heading *h, struct heading_cell *x, struct heading_cell slope,
		    struct heading_cell *common, float *still)
{
	struct heading_cell turn = { 1, 0 };

	for (int m = 0; m < h->picks; m++) {
		int group = m * HEADING_GROUPS / h->picks;

		for (int c = 0; c < h->chains; c++) {
			int i = c * h->picks + m, g = c * HEADING_GROUPS + group;

			x[i] = against(x[i], turn);
			add(&common[g], against(x[i], h->still[i]));
			still[g] += square(h->still[i]);
		}
		turn = times(turn, slope);
	}
}

/* What of the slope is left, from group to group: half the angle between the lower and the upper two. */
static struct heading_cell fine_slope(const struct heading *h, const struct heading_cell *common)
{
	struct heading_cell low = { 0, 0 }, high = { 0, 0 }, whole;

	for (int g = 0; g < h->chains * HEADING_GROUPS; g++)
		add(g % HEADING_GROUPS < HEADING_GROUPS / 2 ? &low : &high, common[g]);
	whole = unit(against(high, low));
	whole.re += 1;
	return unit(whole);
}

/* By what each group is turned back: the fine slope, and the phase that all of them share. */
static void turns_of(const struct heading *h, const struct heading_cell *common,
		     struct heading_cell turn[HEADING_GROUPS])
{
	struct heading_cell slope = fine_slope(h, common), sum = { 0, 0 };

	turn[0] = (struct heading_cell){ 1, 0 };
	for (int g = 1; g < HEADING_GROUPS; g++)
		turn[g] = times(turn[g - 1], slope);
	for (int g = 0; g < h->chains * HEADING_GROUPS; g++)
		add(&sum, against(common[g], turn[g % HEADING_GROUPS]));
	sum = unit(sum);
	for (int g = 0; g < HEADING_GROUPS; g++)
		turn[g] = times(turn[g], sum);
}

static void learn(struct heading *h, const struct heading_cell *x, const struct heading_cell turn[HEADING_GROUPS],
		  float share)
{
	for (int i = 0; i < h->chains * h->picks; i++) {
		struct heading_cell y = against(x[i], turn[i % h->picks * HEADING_GROUPS / h->picks]);

		h->still[i].re += share * (y.re - h->still[i].re);
		h->still[i].im += share * (y.im - h->still[i].im);
	}
}

/* How that which moves has turned since the packet before. */
static void count(struct heading *h, int g, struct heading_cell now, float keep)
{
	struct heading_cell before = h->moving[g], step = { now.re - before.re, now.im - before.im };

	h->turn[g] = keep * h->turn[g] + against(now, before).im;
	h->power[g] = keep * h->power[g] + 0.5f * (square(now) + square(before));
	h->step[g] = keep * h->step[g] + square(step);
}

static void begin(struct heading *h, const struct csi_frame *f)
{
	heading_reset(h);
	h->packets = pick(h, f, h->still);
	h->last_us = f->time_us;
}

void heading_push(struct heading *h, const struct csi_frame *f)
{
	struct heading_cell x[HEADING_ALL], common[HEADING_STREAMS] = { { 0, 0 } }, turn[HEADING_GROUPS];
	float still[HEADING_STREAMS] = { 0 }, passed_us = (float)(f->time_us - h->last_us), keep;

	if (f->rx_count < h->chains || f->tones->count != h->tones)
		return;
	if (!h->packets || passed_us > GAP_US) {
		begin(h, f);
		return;
	}
	if (!pick(h, f, x))
		return;
	compare(h, x, coarse_slope(h, x), common, still);
	turns_of(h, common, turn);
	keep = fmaxf(1 - passed_us * (1 / RECENT_US), 0);
	for (int g = 0; g < h->chains * HEADING_GROUPS; g++) {
		struct heading_cell z = against(common[g], turn[g % HEADING_GROUPS]);

		z.re -= still[g];
		count(h, g, z, keep);
		h->moving[g] = z;
	}
	h->weight = keep * h->weight + 1;
	learn(h, x, turn, fmaxf(passed_us * (1 / LEARN_US), 1 / (float)(h->packets + 1)));
	h->packets += h->packets < LEARN_FAST;
	h->last_us = f->time_us;
}

float heading_certainty(const struct heading *h)
{
	float sum = 0;
	int n = h->chains * HEADING_GROUPS;

	if (h->weight < LEAST)
		return 0;
	for (int g = 0; g < n; g++) {
		float most = h->power[g] * h->step[g];

		sum += most > 0 ? h->turn[g] / sqrtf(most) : 0;
	}
	return sum / (float)n;
}
