/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: somebody in this room who is far from its own links and near to theirs. */
#include <math.h>
#include "models/neighbour.h"

#define MOTION_DB  11.0f	/* theirs, if seen so much more strongly */
#define ENERGY_DB  9.0f
#define BREATH_DB  6.0f
#define KEEP       0.975f	/* of the mean difference, each tick: 4 s */
#define ENERGY_MIN 1e-7f

int neighbour_sort(const struct evidence *const in[], int n, const struct evidence *out[])
{
	int ours = 0, placed;

	for (int i = 0; i < n; i++)
		if (!in[i]->beyond)
			out[ours++] = in[i];
	placed = ours;
	for (int i = 0; i < n; i++)
		if (in[i]->beyond)
			out[placed++] = in[i];
	return ours;
}

static float motion_db(const struct evidence *const evidence[], int n, bool *moving)
{
	float most = NAN;

	*moving = false;
	for (int i = 0; i < n; i++) {
		const struct motion_evidence *e = &evidence[i]->motion;

		if (e->reason != REASON_NONE)
			continue;
		*moving |= e->moving;
		most = isnan(most) ? e->strength_db : fmaxf(most, e->strength_db);
	}
	return most;
}

bool neighbour_moves(struct neighbour *b, const struct evidence *const evidence[], int ours, int all)
{
	bool here, there;
	float off_db = motion_db(evidence + ours, all - ours, &there) - motion_db(evidence, ours, &here);

	b->motion_db = KEEP * b->motion_db + (there && !isnan(off_db) ? (1 - KEEP) * off_db : 0);
	return b->motion_db > MOTION_DB;
}

static float energy_db(const struct evidence *const evidence[], int n)
{
	float most = NAN;

	for (int i = 0; i < n; i++) {
		const struct micro_evidence *e = &evidence[i]->micro;

		if (e->reason == REASON_NONE)
			most = fmaxf(isnan(most) ? ENERGY_MIN : most, e->excess * e->noise);
	}
	return 10 * log10f(most);
}

bool neighbour_sways(const struct evidence *const evidence[], int ours, int all)
{
	return energy_db(evidence + ours, all - ours) > energy_db(evidence, ours) + ENERGY_DB;
}

static float breath_db(const struct evidence *const evidence[], int n, int bin)
{
	float most = NAN;

	for (int i = 0; i < n; i++)
		if (evidence[i]->breath.reason == REASON_NONE)
			most = fmaxf(isnan(most) ? 0 : most, evidence[i]->breath.row_db[bin]);
	return most;
}

bool neighbour_breathes(const struct evidence *const evidence[], int ours, int all, int bin)
{
	if (bin < 0 || bin >= BREATH_BINS)
		return false;
	return breath_db(evidence + ours, all - ours, bin) > breath_db(evidence, ours, bin) + BREATH_DB;
}
