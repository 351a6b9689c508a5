/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Limits are from simulated rooms in which nobody is, of all radios: what chance leaves of so many looks where nothing
 * moves, and what curtains, fans and louvers make.
 *
 * Fooled by: what swings evenly without being known for a machine (comb.h), and the neighbours of a room that has but one link. */
#include <math.h>
#include <string.h>
#include "dsp/order.h"
#include "models/long_look.h"

#define SLOWEST_HZ (9.5f / 60)	/* below, rows slope by their windows, and bodies sway */
#define FASTEST_HZ (28.0f / 60)	/* above, it is rather a fan than a grown person who keeps still */
#define MOST       300		/* looks, one a second, of which neighbours overlap; what is older fades */
#define LEAST      60
#define NEWEST     60		/* looks that tell whether it is there still */
#define LOST       600		/* ticks without a look, and all that was seen is too old */
#define LEAST_DB   (-5.0f)	/* of one bin of one look */
#define MOST_DB    4.0f
#define WANDER     4		/* bins to either side, 1/min: nobody breathes as evenly as a clock */
#define CHANCE_DB  0.75f	/* usual spread of one look, or less: of it is */
#define SIGMA_DB   0.2f		/* that chance leaves of MOST looks at one rate; anywhere, 0.68 dB in one of a thousand */
#define EVEN_DB    0.61f	/* as likely somebody as nobody, after MOST looks */
#define ODDS_PER_DB 5.9f
#define ODDS_MOST  4.0f
#define GOES_ON    0.6f		/* of the mean, at least, less */
#define MISSED     0.5f		/* sigmas */

void long_look_init(struct long_look *l)
{
	memset(l, 0, sizeof(*l));
	l->odds = NAN;
}

static void add(struct long_look_mean *m, const float *row_db, int most)
{
	m->looks += m->looks < most;
	for (int j = 0; j < BREATH_BINS; j++) {
		float db = fminf(fmaxf(row_db[j], LEAST_DB), MOST_DB);

		m->row_db[j] = m->looks == 1 ? db : m->row_db[j] + (db - m->row_db[j]) / (float)m->looks;
	}
}

/* Mean around a rate over the median of all. */
static float at_db(const struct long_look_mean *m, int bin, int first)
{
	float sorted[BREATH_BINS], sum = 0;
	int n = BREATH_BINS - first;

	for (int j = bin - WANDER; j <= bin + WANDER; j++)
		sum += m->row_db[j];
	memcpy(sorted, m->row_db + first, (size_t)n * sizeof(*sorted));
	return sum / (2 * WANDER + 1) - order_select(sorted, n, n / 2);
}

static int highest(const struct long_look_mean *m, int first, int last)
{
	float sum = 0, most = -INFINITY;
	int bin = first + WANDER;

	for (int j = first; j <= last; j++) {
		sum += m->row_db[j];
		if (j < first + 2 * WANDER)
			continue;
		if (sum > most) {
			most = sum;
			bin = j - WANDER;
		}
		sum -= m->row_db[j - 2 * WANDER];
	}
	return bin;
}

/* Its bin, or the one at the nearer end. */
static int bin_of(const struct long_look_input *in, float hz)
{
	float at = (hz - in->lo_hz) / (in->hi_hz - in->lo_hz) * (BREATH_BINS - 1) + 0.5f;

	return (int)fminf(fmaxf(at, 0), BREATH_BINS - 1);
}

/* Looks that told something new: a window that sees all that comes again tells it at once. */
static float new_looks(const struct long_look *l, const struct long_look_input *in)
{
	float looks = (float)l->all.looks;

	return in->repeats_s > 0 ? fminf(looks, in->repeats_s - in->window_s) : looks;
}

/* Does it stand out, as far as so many looks can tell, and does it go on to? */
static float odds(const struct long_look *l, const struct long_look_input *in)
{
	float looks = new_looks(l, in);
	bool grown = in->lo_hz < SLOWEST_HZ;
	int first = grown ? bin_of(in, SLOWEST_HZ) : 0, last = grown ? bin_of(in, FASTEST_HZ) : BREATH_BINS - 1;
	float spread = fmaxf(in->chance_db / CHANCE_DB, 1), all_db, over_db, newest_db;
	int bin;

	if (looks < LEAST || last - first < 2 * WANDER)
		return NAN;
	bin = highest(&l->all, first, last);
	all_db = at_db(&l->all, bin, first);
	over_db = all_db / spread * sqrtf(looks / MOST) - EVEN_DB;
	newest_db = at_db(&l->newest, bin, first) / spread + MISSED * SIGMA_DB * sqrtf(MOST / (float)l->newest.looks) -
		fmaxf(GOES_ON * all_db / spread, EVEN_DB);
	return fminf(ODDS_PER_DB * fminf(over_db, newest_db), ODDS_MOST);
}

void long_look_tick(struct long_look *l, const struct long_look_input *in)
{
	if (in->walked || ++l->unseen > LOST)
		long_look_init(l);
	if (in->moving)
		l->newest.looks = 0;
	if (!in->row_db)
		return;
	l->unseen = 0;
	add(&l->all, in->row_db, MOST);
	add(&l->newest, in->row_db, NEWEST);
	l->odds = odds(l, in);
}
