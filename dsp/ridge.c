/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include "dsp/ridge.h"

int ridge_init(struct ridge *r, int bins, float keep, int step, float penalty_db)
{
	memset(r, 0, sizeof(*r));
	if (bins < 1 || bins > RIDGE_BINS_MAX || !(keep >= 0 && keep < 1) || step < 0 || step >= bins)
		return -EINVAL;
	r->bins = bins;
	r->keep = keep;
	r->step = step;
	r->penalty_db = penalty_db;
	return 0;
}

void ridge_reset(struct ridge *r)
{
	memset(r->score, 0, sizeof(r->score));
	r->rows = 0;
}

/* The best score from which bin j can be reached. */
static float best_before(const struct ridge *r, const float *score, int j)
{
	float best = score[j];

	for (int d = 1; d <= r->step; d++) {
		float cost = (float)d * r->penalty_db;

		if (j >= d && score[j - d] - cost > best)
			best = score[j - d] - cost;
		if (j + d < r->bins && score[j + d] - cost > best)
			best = score[j + d] - cost;
	}
	return best;
}

int ridge_push(struct ridge *r, const float *row_db)
{
	float before[RIDGE_BINS_MAX];
	int best = 0;

	memcpy(before, r->score, sizeof(before));
	for (int j = 0; j < r->bins; j++) {
		r->score[j] = row_db[j] + r->keep * best_before(r, before, j);
		if (r->score[j] > r->score[best])
			best = j;
	}
	r->rows++;
	return best;
}
