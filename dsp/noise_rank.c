/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The matrix R of the correlations of 64 streams would take 8 kB and 4096 products a
 * vector.  Of two independent vectors a and b of one kind the mean of (a b)^2 is tr(R^2),
 * and that of a^2 b^2 is tr(R)^2 but for how their sizes vary together, which they do not:
 * the ratio of the two is all that is wanted of R, and a new vector held against few
 * older ones gives it.  Being of the same vectors, it does not mind noise that comes and goes.
 *
 * Fooled by: motion, which is alike on all streams.  The caller knows when. */
#include <math.h>
#include "dsp/noise_rank.h"

#define UNIT        256.0f	/* one standard deviation */
#define UNIT_MAX    8191.0f	/* 32 of them: a square stays within 32 bits */
#define LARGE       4.0f	/* mean square of a vector that is none of those before: somebody begins to move */
#define VARIANCE_OF 16		/* vectors in the mean of the variances */
#define LEAST       16		/* vectors before anything is said: sigma is known to a fifth then, and to a tenth at 50; */
#define MOST        150		/* so many in the running means */

/* The vector in units of each stream's standard deviation. */
static float scale(struct noise_rank *r, const int16_t *change, int streams, int16_t *unit)
{
	float part = 1 / (float)(r->vectors < VARIANCE_OF ? r->vectors + 1 : VARIANCE_OF);
	float size = 0;

	for (int k = 0; k < streams; k++) {
		float v = change[k];

		r->variance[k] += part * (v * v - r->variance[k]);
		v = r->variance[k] > 0 ? UNIT * v / sqrtf(r->variance[k]) : 0;
		unit[k] = (int16_t)fmaxf(fminf(v, UNIT_MAX), -UNIT_MAX);
		size += (float)(unit[k] * unit[k]);
	}
	return size / (UNIT * UNIT);
}

static float product(const int16_t *a, const int16_t *b, int streams)
{
	int64_t sum = 0;

	for (int k = 0; k < streams; k++)
		sum += a[k] * b[k];
	return (float)sum / (UNIT * UNIT);
}

void noise_rank_add(struct noise_rank *r, const int16_t *change, int streams)
{
	int16_t unit[POWER_MAX_STREAMS];
	float size = scale(r, change, streams, unit), alike = 0, whole = 0, part;
	int kept = r->vectors < NOISE_RANK_KEPT ? (int)r->vectors : NOISE_RANK_KEPT;

	if (size > LARGE * (float)streams)
		return;
	for (int i = 0; i < kept; i++) {
		float both = product(unit, r->unit[i], streams);

		alike += both * both;
		whole += size * r->size[i];
	}
	r->size[r->pos] = size;
	for (int k = 0; k < streams; k++)
		r->unit[r->pos][k] = unit[k];
	r->pos = (r->pos + 1) % NOISE_RANK_KEPT;
	if (r->vectors < MOST)
		r->vectors++;
	if (!kept)
		return;
	part = 1 / (float)r->vectors;
	r->alike += part * (alike / (float)kept - r->alike);
	r->whole += part * (whole / (float)kept - r->whole);
}

float noise_rank_share(const struct noise_rank *r)
{
	return r->vectors >= LEAST && r->whole > 0 ? r->alike / r->whole : 0;
}
