/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fooled by: somebody in this room who is far from its own links and near to theirs. */
#include <math.h>
#include "models/neighbour.h"

#define FAINT_DB   (-25.0f)	/* of the static paths: below it nobody comes in, where two links look */
#define STILL      20		/* ticks without a movement end it */
#define MOTION_DB  11.0f	/* theirs, if seen so much more strongly */
#define ENERGY_DB  9.0f
#define BREATH_DB  6.0f
#define KEEP       0.975f	/* of the mean difference, each tick: 4 s, */
#define KEEP_FALL  0.9f		/* 1 s as it falls: who moves here, too, is not kept out for long */
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

bool neighbour_moves(struct neighbour *b, const struct evidence *const evidence[], int ours, int all, bool occupied)
{
	bool here, there;
	float off_db = motion_db(evidence + ours, all - ours, &there) - motion_db(evidence, ours, &here);
	float keep;

	if (!there || isnan(off_db))
		off_db = 0;
	keep = here && off_db < b->motion_db ? KEEP_FALL : KEEP;
	b->motion_db = keep * b->motion_db + (1 - keep) * off_db;
	return b->motion_db > MOTION_DB || (!occupied && off_db > MOTION_DB);
}

/* Links that look along different paths, and whose word on motion counts; *most_db: the strongest that one sees move. */
static bool two_look(const struct evidence *const evidence[], int ours, float *most_db)
{
	bool two = false;
	const struct evidence *first = NULL;

	*most_db = -INFINITY;
	for (int i = 0; i < ours; i++) {
		if (evidence[i]->motion.reason != REASON_NONE)
			continue;
		if (evidence[i]->motion.moving)
			*most_db = fmaxf(*most_db, evidence[i]->motion.strength_db);
		first = first ? first : evidence[i];
		two |= evidence[i]->path != first->path;
	}
	return two;
}

bool neighbour_is_faint(struct neighbour *b, const struct evidence *const evidence[], int ours)
{
	float most_db;
	bool two = two_look(evidence, ours, &most_db);

	b->still = most_db > -INFINITY ? 0 : b->still + (b->still < STILL);
	b->near = (b->near && b->still < STILL) || most_db > FAINT_DB;
	return two && !b->near;
}

static float energy_db(const struct evidence *const evidence[], int n)
{
	float most = NAN, moves_db = NAN;

	for (int i = 0; i < n; i++) {
		const struct micro_evidence *e = &evidence[i]->micro;
		const struct motion_evidence *m = &evidence[i]->motion;

		if (e->reason == REASON_NONE)
			most = fmaxf(isnan(most) ? ENERGY_MIN : most, e->excess * e->noise);
		if (m->reason == REASON_NONE && m->moving)	/* no small movement any more */
			moves_db = isnan(moves_db) ? m->strength_db : fmaxf(moves_db, m->strength_db);
	}
	return fmaxf(10 * log10f(most), moves_db);	/* a NaN gives way */
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
