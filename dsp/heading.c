/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each chain of each packet is brought to the same power first, as receivers set their gain by
 * chain.  One division a group and a square root a chain are what that costs: there is no sense
 * of turning in sums of products, where two images turn against each other.
 *
 * Fooled by: a body that comes nearer to one device as it leaves the other goes along the link, and has
 * no heading; several bodies; steps between packets of more than half a turn (who calls must see to
 * the rate); a driver that hands out conjugated samples, which swaps the two. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include "dsp/heading.h"

#define MEAN_US   1000000.0f
#define GAP_US    300000u
#define LEAST     20		/* packets */
#define SOFTEN    0.05f		/* of the mean power: a group in a fade is only noise */

int heading_init(struct heading *h, int rx_count, int tones)
{
	memset(h, 0, sizeof(*h));
	if (rx_count < 2 || tones < HEADING_GROUPS)
		return -EINVAL;
	h->chains = rx_count < HEADING_CHAINS ? rx_count : HEADING_CHAINS;
	h->tones = tones;
	h->group = tones / HEADING_GROUPS;
	h->groups = HEADING_GROUPS;
	return 0;
}

void heading_reset(struct heading *h)
{
	heading_init(h, h->chains, h->tones);
}

struct product {
	float re, im, power;		/* sums over a group: first chain times this one's conjugate; its own power */
};

static float chain_products(const struct heading *h, const struct csi_sample *a, const struct csi_sample *b,
			    struct product out[HEADING_GROUPS])
{
	float total = 0;

	for (int g = 0; g < h->groups; g++) {
		int64_t re = 0, im = 0, power = 0;

		for (int k = g * h->group; k < (g + 1) * h->group; k++) {
			re += (int64_t)(a[k].re * b[k].re) + a[k].im * b[k].im;
			im += (int64_t)(a[k].im * b[k].re) - a[k].re * b[k].im;
			power += (int64_t)(b[k].re * b[k].re) + b[k].im * b[k].im;
		}
		out[g] = (struct product){ (float)re, (float)im, (float)power };
		total += out[g].power;
	}
	return total;
}

/* The ratios of the other chains to the first.  False: a chain is silent. */
static bool ratios(const struct heading *h, const struct csi_frame *f, float *re, float *im)
{
	const struct csi_sample *first = csi_pair(f, 0, 0);
	struct product own[HEADING_GROUPS], p[HEADING_GROUPS];
	float reference = chain_products(h, first, first, own), soften = SOFTEN * reference / (float)h->groups;

	for (int c = 1; c < h->chains; c++) {
		const struct csi_sample *other = csi_pair(f, c, 0);
		struct product theirs[HEADING_GROUPS];
		float total = chain_products(h, other, other, theirs), level;

		chain_products(h, other, first, p);
		if (!(total > 0) || !(reference > 0))
			return false;
		level = sqrtf(reference / total);
		for (int g = 0; g < h->groups; g++) {
			float scale = level / (own[g].power + soften);

			*re++ = p[g].re * scale;
			*im++ = p[g].im * scale;
		}
	}
	return true;
}

static struct heading_slot *slot_of(struct heading *h, uint64_t time_us)
{
	uint64_t number = time_us / HEADING_SLOT_US + 1;
	struct heading_slot *s = &h->slot[number % HEADING_SLOTS];

	if (s->number != number)
		*s = (struct heading_slot){ .number = number };
	return s;
}

void heading_push(struct heading *h, const struct csi_frame *f)
{
	float re[HEADING_RATIOS] = { 0 }, im[HEADING_RATIOS] = { 0 }, turn = 0, keep;
	int n = (h->chains - 1) * h->groups;
	struct heading_slot *s;
	uint64_t step_us = f->time_us - h->last_us;

	if (f->rx_count < h->chains || f->tones->count != h->tones || !ratios(h, f, re, im))
		return;
	if (!h->last_us || step_us > GAP_US) {
		heading_reset(h);
		memcpy(h->mean_re, re, sizeof(re));
		memcpy(h->mean_im, im, sizeof(im));
		h->last_us = f->time_us ? f->time_us : 1;
		return;
	}
	keep = (float)step_us * (1 / MEAN_US);
	for (int i = 0; i < n; i++) {
		float a, b;

		h->mean_re[i] += keep * (re[i] - h->mean_re[i]);
		h->mean_im[i] += keep * (im[i] - h->mean_im[i]);
		a = re[i] - h->mean_re[i];
		b = im[i] - h->mean_im[i];
		turn += b * h->re[i] - a * h->im[i];
		h->re[i] = a;
		h->im[i] = b;
	}
	h->last_us = f->time_us;
	s = slot_of(h, f->time_us);
	s->packets++;
	s->turn += turn;
	s->square += turn * turn;
}

float heading_certainty(const struct heading *h, uint64_t now_us)
{
	uint64_t newest = now_us / HEADING_SLOT_US + 1;
	float turn = 0, square = 0;
	int packets = 0;

	for (int i = 0; i < HEADING_SLOTS; i++) {
		const struct heading_slot *s = &h->slot[i];

		if (!s->number || s->number > newest || newest - s->number >= HEADING_SLOTS)
			continue;
		packets += s->packets;
		turn += s->turn;
		square += s->square;
	}
	return packets < LEAST || !(square > 0) ? 0 : turn / sqrtf(square);
}
